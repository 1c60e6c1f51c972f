"""What `--help` and a mistyped option must not wait for."""

import subprocess
import sys

import pytest

HEAVY = """aiohttp chromadb datasets e2b langchain_core langgraph openai pandas pyarrow ray scipy.stats sklearn torch
transformers wordllama"""
COMMANDS = """evals.contamination evals.diversity evals.rl.play evals.rl.server evals.run evals.study finetune.held_out
finetune.model.memory finetune.model.push finetune.sft agents.serve graphs.export graphs.public graphs.report graphs.run
graphs.studio graphs.studio.prompts memory.clusters memory.corpus memory.store"""
HELP = """import runpy, sys
module, heavy = sys.argv.pop(1), sys.argv.pop(1).split()
try:
    runpy.run_module(module, run_name="__main__")
except SystemExit as exit:
    print(exit.code, *sorted(set(heavy) & sys.modules.keys()), file=sys.stderr)
"""


@pytest.mark.parametrize("module", COMMANDS.split())
def test_help_is_printed_without_heavy_packages(module: str) -> None:
    command = [sys.executable, "-c", HELP, module, HEAVY, "--help"]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert done.stdout.startswith("Usage:")
    assert done.stderr.split() == ["0"]


def test_what_plays_offline_does_without_openais_package() -> None:
    code = "import sys, graphs.setup, agents.offline; print('langchain_core' in sys.modules, 'openai' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "True False\n"
