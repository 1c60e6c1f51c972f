"""The offline teacher as an OpenAI-compatible endpoint: python -m agents.serve"""

from agents import cli
from agents.serve.app import main

cli.run_function(main, None, "agents.serve")
