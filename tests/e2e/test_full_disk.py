"""A full disk, a folder that is none, a second process, a terminal of few letters: one line, and nothing lost."""

import os
import resource
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from graphs.campaign.record.journal import Journal
from graphs.run import main
from tests.forks import Command

FILES = ("trajectories.jsonl", "rejected.jsonl", "metrics.jsonl")
COUNT = ("--count=6", "--seed=3", "--concurrency=2", "--sandbox=off")


def command(out: Path, *options: str, before: Callable[[], None] | None = None) -> Command:
    return Command("graphs.run", "--out", out, *options, before=before).wait()


def small() -> None:
    """No file may grow beyond 300 kB: the journal does at once."""
    resource.setrlimit(resource.RLIMIT_FSIZE, (300_000, resource.RLIM_INFINITY))


def test_a_full_disk_is_one_line_and_a_resume_gives_the_same_bytes(tmp_path: Path) -> None:
    whole, out = tmp_path / "whole", tmp_path / "run"
    with pytest.raises(SystemExit, match="0"):
        main(["--out", str(whole), *COUNT])
    full = command(out, *COUNT, before=small)
    assert full.returncode == 2, full.stderr[-2000:]
    (error,) = [line for line in full.stderr.splitlines() if line.startswith("error: ")]
    assert "too large" in error or "disk" in error
    assert error.startswith(f"error: {out}: ")
    assert error.endswith("; once that is mended, --resume goes on")
    assert "Traceback" not in full.stderr
    again = command(out, *(["--resume"] if (out / "manifest.json").exists() else COUNT))
    assert again.returncode == 0, again.stderr[-2000:]
    assert [(out / name).read_bytes() for name in FILES] == [(whole / name).read_bytes() for name in FILES]


@pytest.mark.parametrize("place", ["/dev/null/a", "/dev/null"])
def test_a_place_that_cannot_be_written_to_is_one_line(place: str) -> None:
    refused = command(Path(place), *COUNT)
    assert refused.returncode == 2
    assert refused.stderr.startswith("error: ")
    assert refused.stderr.count("\n") == 1


def test_a_second_process_on_the_same_run_is_one_line(tmp_path: Path) -> None:
    first = Journal(tmp_path)
    try:
        second = command(tmp_path, *COUNT)
    finally:
        first.close()
    assert second.returncode == 2
    assert "another process is writing to this run" in second.stderr
    assert second.stderr.count("\n") == 1


def test_a_terminal_that_cannot_print_a_letter_loses_nothing(tmp_path: Path) -> None:
    out = tmp_path / "größe"
    line = [sys.executable, "-m", "graphs.run", "--out", str(out), *COUNT]
    environment = {**os.environ, "PYTHONIOENCODING": "ascii"}
    run = subprocess.run(line, env=environment, capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stderr[-2000:]
    assert "gr??e" in run.stdout
    assert (out / "report.html").exists()
