"""The offline teacher as an OpenAI-compatible endpoint: python -m agents.serve"""

from agents.serve.app import main

main()
