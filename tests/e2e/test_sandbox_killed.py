"""What a run that is killed leaves of its sandboxes: nothing, at either level, also as root."""

import os
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path

import pytest

from agents.sandbox import Level
from tests.levels import LEVELS

ROOT = Path(__file__).parents[2]
DRIVER = """
import asyncio, sys
from agents.sandbox import Limits, find

async def main() -> None:
    box = (await find(sys.argv[1], Limits(memory_mb=int(sys.argv[2])))).new()
    await box.run("1 + 1")
    busy = asyncio.create_task(box.run("while True: pass"))
    print("busy", flush=True)
    await busy

asyncio.run(main())
"""


def living(mark: str) -> list[str]:
    """Processes, zombies aside, with these words in their command."""
    found = []
    for entry in Path("/proc").glob("[0-9]*"):
        with suppress(FileNotFoundError, ProcessLookupError):
            if mark in (entry / "cmdline").read_text() and "State:\tZ" not in (entry / "status").read_text():
                found.append(entry.name)
    return found


@pytest.mark.parametrize("level", LEVELS)
def test_a_killed_run_leaves_no_worker_busy_or_stopped(level: Level) -> None:
    memory_mb = 400 + os.getpid() % 100
    driver = [sys.executable, "-c", DRIVER, level, str(memory_mb)]
    with subprocess.Popen(driver, cwd=ROOT, stdout=subprocess.PIPE) as process:
        assert process.stdout
        assert process.stdout.readline() == b"busy\n"
        assert len(living(f'"memory_mb": {memory_mb},')) >= 2
        process.kill()
    deadline = time.monotonic() + 10
    while left := living(f'"memory_mb": {memory_mb},'):
        assert time.monotonic() < deadline, left
        time.sleep(0.05)
