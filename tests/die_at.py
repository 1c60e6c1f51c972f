"""A command that meets its end at a place, not at a moment: whatever the machine's speed, it is the same place.

    python -m tests.die_at graphs.campaign.record.journal:Journal.commit 3 KILL graphs.run --out runs/a

runs `graphs.run` and, when the third call of that function has returned, sends the process SIGKILL (TERM: SIGTERM;
FULL: no file may grow any more, as on a full disk).
"""

import importlib
import itertools
import os
import resource
import runpy
import signal
import sys
from functools import wraps
from typing import Any

from tests.forks import Command

RECORD, FINISH, COMMIT = (f"graphs.campaign.record.journal:Journal.{name}" for name in ("record", "finish", "commit"))
APPEND = "graphs.campaign.record.output:Files.append"
FULL_BYTES = 50_000


def run(place: str, count: int, action: str, module: str, *options: str) -> Command:
    """The command, which met its end there."""
    return Command("tests.die_at", place, count, action, module, *options).wait()


def kill(place: str, count: int, *options: str) -> None:
    """Run `graphs.run` until it is killed there. Raises AssertionError where it ended before."""
    ended = run(place, count, "KILL", "graphs.run", *options)
    assert ended.returncode == -signal.SIGKILL, f"it ended before it was killed: {ended.stderr}"


def end(action: str) -> None:
    if action == "FULL":
        resource.setrlimit(resource.RLIMIT_FSIZE, (FULL_BYTES, FULL_BYTES))
        return
    os.kill(os.getpid(), signal.Signals[f"SIG{action}"])


def main() -> None:
    place, count, action, module, *options = sys.argv[1:]
    owner_path, _, name = place.partition(":")
    owner: Any = importlib.import_module(owner_path)
    *classes, function = name.split(".")
    for part in classes:
        owner = getattr(owner, part)
    original, calls = getattr(owner, function), itertools.count(1)

    @wraps(original)
    def watched(*arguments: Any, **keywords: Any) -> Any:
        result = original(*arguments, **keywords)
        if next(calls) == int(count):
            end(action)
        return result

    setattr(owner, function, watched)
    sys.argv = [module, *options]
    runpy.run_module(module, run_name="__main__")


if __name__ == "__main__":
    main()
