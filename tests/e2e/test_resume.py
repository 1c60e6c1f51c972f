"""A run killed five times, at five kinds of places, ends with the bytes of one that was left alone."""

import hashlib
from pathlib import Path

import orjson
import pytest

from graphs.run import main
from tests.die_at import APPEND, COMMIT, FINISH, RECORD, kill

COUNT = 24
FILES = ("trajectories.jsonl", "rejected.jsonl")


def run(out: Path, concurrency: int) -> Path:
    told = ("--count", str(COUNT), "--seed", "2", "--window", "16", "--concurrency", str(concurrency))
    finished("--out", out, *told)
    return out


def finished(*options: str | Path) -> None:
    """A run in this process that comes to its end."""
    with pytest.raises(SystemExit, match="0"):
        main([str(option) for option in options])


def slots(out: Path) -> list[int]:
    """Every committed slot, in order; a line that was cut short has none."""
    lines = [line for name in FILES if (out / name).exists() for line in (out / name).read_bytes().splitlines(True)]
    return sorted(orjson.loads(line)["slot"] for line in lines if line.endswith(b"\n"))


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


PLACES = [(RECORD, 60), (COMMIT, 3), (FINISH, 4), (APPEND, 2), (RECORD, 41)]
"""Within a conversation; between a commit and its files; between a slot's end and its commit; after its files."""


def test_five_kills_do_not_change_the_bytes(alone: Path, tmp_path: Path) -> None:
    out = tmp_path / "killed"
    first = ("--count", str(COUNT), "--seed", "2", "--window", "16", "--concurrency", "4")
    before = 0
    for n, (place, count) in enumerate(PLACES):
        kill(place, count, "--out", str(out), *(["--resume"] if n else first))
        assert slots(out) == list(range(len(slots(out))))
        assert len(slots(out)) >= before
        before = len(slots(out))
    finished("--out", out, "--resume")
    assert digest(out) == digest(alone)
    assert slots(out) == list(range(COUNT))
