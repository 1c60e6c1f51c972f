"""A run killed seven times, at six kinds of places, ends with the bytes of one that was left alone."""

import hashlib
import shutil
from pathlib import Path

import orjson
import pytest

from graphs.export import dataset
from graphs.run import main
from tests.die_at import APPEND, COMMIT, FINISH, RECORD, kill

MANIFEST, REBUILD = "graphs.campaign.record.manifest:write", "graphs.campaign.record.output:Files.rebuild"

COUNT = 24
NEWLINE = b"\n"
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


PLACES = [(MANIFEST, 1), (RECORD, 60), (COMMIT, 3), (FINISH, 4), (REBUILD, 1), (APPEND, 2), (RECORD, 8)]
"""Before the first slot; within a conversation; between a commit and its files; between a slot's end and its commit;
when the files are made anew; after its files."""


def test_seven_kills_do_not_change_the_bytes(alone: Path, tmp_path: Path) -> None:
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


def test_a_last_line_that_is_cut_off_is_told_and_mended_by_a_resume(
    alone: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out, export = tmp_path / "torn", tmp_path / "rows.jsonl"
    shutil.copytree(alone, out)
    rows = (out / "trajectories.jsonl").read_bytes()
    (out / "trajectories.jsonl").write_bytes(rows[:-100])
    last = rows.splitlines()[-1]
    with pytest.raises(SystemExit, match="0"):
        dataset.main([str(out), "--format", "openai", "--out", str(export)])
    assert capsys.readouterr().err == (
        f"{out}/trajectories.jsonl:{rows.count(NEWLINE)}: the last line is cut off after {len(last) - 99:,} bytes and "
        f"left out; unless it is still being written, python -m graphs.run --out {out} --resume mends it\n"
    )
    assert export.read_bytes().count(NEWLINE) == rows.count(NEWLINE) - 1
    finished("--out", out, "--resume")
    assert (out / "trajectories.jsonl").read_bytes() == rows
