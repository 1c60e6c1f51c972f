"""Without the `train` extra the package can be imported, and its commands say what to install."""

import subprocess
import sys
from pathlib import Path

import pytest

WITHOUT = """
import runpy, sys

class Without:
    def __init__(self, finder):
        self.finder = finder

    def find_spec(self, name, path=None, target=None):
        hidden = name.partition(".")[0] in {"torch", "transformers", "accelerate"}
        return None if hidden else self.finder.find_spec(name, path, target)

sys.meta_path = [Without(finder) for finder in sys.meta_path]
import finetune
runpy.run_module(sys.argv.pop(1), run_name="__main__", alter_sys=True)
"""
ROOT = Path(__file__).parents[2]


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", WITHOUT, *arguments], capture_output=True, text=True, timeout=120, cwd=ROOT, input=""
    )


@pytest.mark.parametrize(
    "arguments",
    [
        ("finetune.sft", "--model", "m", "--out", "/tmp/none/such"),
        ("finetune.held_out", "--model", "m", "--rows", "r", "--out", "o"),
        ("finetune.unpack", "m", "o"),
        ("finetune.fork_server",),
    ],
)
def test_commands_say_what_to_install(arguments: tuple[str, ...]) -> None:
    ended = run(*arguments)
    assert ended.returncode == 2
    assert ended.stderr == (
        "error: finetune needs torch, transformers, accelerate; install the extra: pip install -e '.[train]'\n"
    )


def test_help_needs_no_extra() -> None:
    ended = run("finetune.sft", "--help")
    assert ended.returncode == 0
    assert "--held-out-data" in ended.stdout
