"""Every command of the README and the docs is run as it stands, but for those that say that they are not.

A page's `sh` fences are one script, run from top to bottom in a copy of the checkout after `make run` has been. A line
with "not run in CI" in its comment is left out; one that ends with `&` goes on in the background and is waited for,
at a port that is free.
"""

import os
import re
import shutil
import signal
import socket
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
FENCE = re.compile(r"^```sh\n(.*?)^```", re.MULTILINE | re.DOTALL)
PAGES = sorted(path for path in (ROOT / "docs").glob("*.md") if FENCE.search(path.read_text(encoding="utf-8")))
LEFT_OUT = "not run in CI"
READY = "until (: </dev/tcp/127.0.0.1/{}) 2>/dev/null; do sleep 1; done"
ELSEWHERE = {"README.md": ".ci/run", "CONTRIBUTING.md": "Makefile"}
"""Pages whose commands CI itself is made of."""


def lines_of(page: Path) -> list[str]:
    """The page's commands, a line each, continued ones joined."""
    text = "".join(FENCE.findall(page.read_text(encoding="utf-8"))).replace("\\\n", "")
    return [line for line in text.splitlines() if line.strip()]


def script(page: Path) -> str:
    """The page's commands as a script that ends at the first one that fails."""
    steps = ["set -euo pipefail"]
    for line in lines_of(page):
        command, _, comment = line.partition(" #")
        if LEFT_OUT in comment:
            continue
        steps.append(command.rstrip())
        if command.rstrip().endswith("&"):
            steps.append(READY.format(re.search(r"--port (\d+)", command)[1]))  # type: ignore[index]
    text = "\n".join(steps)
    for port in set(re.findall(r"--port (\d+)", text)):
        text = text.replace(port, str(free_port()))  # the documented one may be in use
    return text


def free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


@pytest.fixture(scope="module")
def checkout(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the checkout in which `make run` has been, with the environment that the tests run in."""
    copy = tmp_path_factory.mktemp("docs") / "checkout"
    left_out = shutil.ignore_patterns(".git", ".venv", "runs", "*.egg-info", ".*_cache", "*.pyc.*", ".hypothesis")
    shutil.copytree(ROOT, copy, ignore=left_out)
    (copy / ".venv").symlink_to(Path(sys.prefix))
    run(copy, "python -m graphs.run")
    return copy


def run(checkout: Path, text: str) -> None:
    """Run a script in the checkout; what it left in the background is ended. Fails with its last words."""
    environment = {
        **os.environ,
        "PATH": f"{Path(sys.prefix) / 'bin'}:{os.environ['PATH']}",
        "PYTHONPATH": "",
    }
    output = checkout.parent / "output.txt"
    with output.open("w") as sink, output.open("r") as words:
        shell = subprocess.Popen(
            ["bash", "-c", text], cwd=checkout, env=environment, stdout=sink, stderr=sink, start_new_session=True
        )
        try:
            code = shell.wait(timeout=3600)
        finally:
            with suppress(ProcessLookupError):  # nothing is left of it
                os.killpg(shell.pid, signal.SIGTERM)
        assert code == 0, words.read()[-3000:]


PLAYED = [page for page in PAGES if any(LEFT_OUT not in line for line in lines_of(page))]


@pytest.mark.parametrize("page", PLAYED, ids=lambda page: page.name)
def test_a_pages_commands_work_as_written(checkout: Path, page: Path) -> None:
    run(checkout, script(page))


@pytest.mark.parametrize(("page", "place"), ELSEWHERE.items())
def test_the_commands_of_the_front_door_are_those_of_ci(page: str, place: str) -> None:
    commands = [line.partition(" #")[0].strip() for line in lines_of(ROOT / page)]
    text = (ROOT / place).read_text(encoding="utf-8")
    assert commands
    for command in commands:
        assert command in text or f"{command.removeprefix('make ')}:" in text


def test_a_line_that_is_left_out_says_so() -> None:
    left_out = [line for page in PAGES for line in lines_of(page) if LEFT_OUT in line]
    assert all(LEFT_OUT in line.partition(" #")[2] for line in left_out)
    assert len(left_out) < 20
