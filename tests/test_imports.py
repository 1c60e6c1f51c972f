"""What `--help` and a mistyped option must not wait for."""

import subprocess
import sys

import pytest

HEAVY = {"chromadb", "scipy.stats", "sklearn", "torch", "transformers", "ray", "langgraph"}
COMMANDS = """graphs.run graphs.export.dataset graphs.report.page memory.clusters.build memory.corpus.corpus
memory.store.__main__ evals.diversity.arms finetune.sft"""


@pytest.mark.parametrize("module", COMMANDS.split())
def test_command_line_is_read_without_heavy_packages(module: str) -> None:
    code = f"import sys, {module}; print(*sorted({HEAVY!r} & sys.modules.keys()))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == []
