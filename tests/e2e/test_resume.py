"""A run killed five times, at moments nobody chose, ends with the bytes of one that was left alone."""

import hashlib
import random
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

import orjson
import pytest

from graphs.run import main

COUNT = 24
FILES = ("trajectories.jsonl", "rejected.jsonl")


def command(out: Path, *options: str) -> list[str]:
    return [sys.executable, "-m", "graphs.run", "--out", str(out), *options]


def run(out: Path, concurrency: int) -> Path:
    told = ("--count", str(COUNT), "--seed", "2", "--window", "16", "--concurrency", str(concurrency))
    finished("--out", out, *told)
    return out


def finished(*options: str | Path) -> None:
    """A run in this process that comes to its end."""
    with pytest.raises(SystemExit, match="0"):
        main([str(option) for option in options])


def commits(out: Path) -> int:
    metrics = out / "metrics.jsonl"
    return metrics.read_bytes().count(b"\n") if metrics.exists() else 0


def slots(out: Path) -> list[int]:
    """Every committed slot, in order; a line that was cut short has none."""
    lines = [line for name in FILES if (out / name).exists() for line in (out / name).read_bytes().splitlines(True)]
    return sorted(orjson.loads(line)["slot"] for line in lines if line.endswith(b"\n"))


def killed(call: Sequence[str], out: Path, more: int) -> None:
    """Start it, and kill it at a random moment after so many commits."""
    goal = commits(out) + more
    with subprocess.Popen(call, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        while process.poll() is None and commits(out) < goal:
            time.sleep(0.02)
        time.sleep(random.random() * 0.2)
        process.kill()
    assert process.returncode < 0, "it ended before it was killed"


def digest(out: Path) -> str:
    return hashlib.sha256((out / "trajectories.jsonl").read_bytes()).hexdigest()


@pytest.fixture(scope="module")
def alone(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One slot after the other, never stopped."""
    return run(tmp_path_factory.mktemp("resume") / "alone", concurrency=1)


def test_concurrency_does_not_change_the_bytes(alone: Path, tmp_path: Path) -> None:
    many = run(tmp_path / "many", concurrency=16)
    assert digest(many) == digest(alone)
    assert slots(many) == slots(alone) == list(range(COUNT))


def test_five_kills_do_not_change_the_bytes(alone: Path, tmp_path: Path) -> None:
    out = tmp_path / "killed"
    first = ("--count", str(COUNT), "--seed", "2", "--window", "16", "--concurrency", "4")
    seen = 0
    for n in range(5):
        killed(command(out, *first) if n == 0 else command(out, "--resume"), out, more=1 if n else 2)
        assert slots(out) == list(range(len(slots(out))))
        assert len(slots(out)) >= seen
        seen = len(slots(out))
    finished("--out", out, "--resume")
    assert digest(out) == digest(alone)
    assert slots(out) == list(range(COUNT))
