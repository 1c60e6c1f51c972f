import os
import shutil
from pathlib import Path
from typing import Any

import orjson
import pytest

from graphs.campaign.config import Config
from graphs.campaign.record.journal import Journal
from graphs.report import summary
from graphs.run import main
from tests import die_at
from tests.die_at import APPEND, kill

FILES = ("trajectories.jsonl", "rejected.jsonl", "metrics.jsonl", "cost.json")


def exit_code(*arguments: Any) -> int:
    with pytest.raises(SystemExit) as exited:
        main([str(argument) for argument in arguments])
    return int(exited.value.code or 0)


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A complete run of the offline teacher."""
    folder = tmp_path_factory.mktemp("runs") / "whole"
    assert exit_code("--out", folder, "--count", 12, "--concurrency", 4, "--window", 8) == 0
    return folder


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--count", "0"], "--count: Input should be greater than or equal to 1, not 0"),
        (["--copies", "1.5"], "--copies: Input should be less than or equal to 1, not 1.5"),
        (["--accepted", "41", "--count", "40"], "--accepted 41 is above --count 40, the limit on slots; raise that"),
        (["--memory", "x"], "--memory: not the address of a Chroma server, such as http://127.0.0.1:8000, not 'x'"),
        (["--concurrency", "65"], "--concurrency 65 is above --window 64; lower it"),
        (["--tools", "/nowhere"], "--tools: /nowhere: no such file or folder"),
        (["--seed", "-1"], "--seed: Input should be greater than or equal to 0, not -1"),
        (["--clusters", "/tmp"], "--clusters: /tmp is a folder; name a file in it"),
        (["--embedder", ""], "--embedder: an empty value"),
        (["--teacher", "nobody"], "nobody"),
        (["--teacher-user", "nobody"], "nobody"),
        (["--resume"], "--resume: there is no run in"),
        (["--cuont", "3"], "No such option: --cuont"),
        (["--count", "many"], "Invalid value for '--count'"),
    ],
)
def test_bad_input_is_one_line_and_no_folder(
    arguments: list[str], message: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert exit_code("--out", tmp_path / "run", *arguments) == 2
    told = capsys.readouterr().err
    assert told.startswith("error: ")
    assert message in told
    assert told.count("\n") == 1
    assert not (tmp_path / "run").exists()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ([], "is not empty; add --resume"),
        (["--resume", "--seed", "1"], "has 0, not 1; choose another --out"),
        (["--resume", "--count", "11"], "has 12 and may only grow, not 11"),
        (["--resume", "--window", "9"], "--window: the run in"),
    ],
)
def test_a_run_keeps_what_it_began_with(
    arguments: list[str], message: str, run: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = {path.name: path.read_bytes() for path in run.glob("*.json*")}
    assert exit_code("--out", run, *arguments) == 2
    assert message in capsys.readouterr().err
    assert {path.name: path.read_bytes() for path in run.glob("*.json*")} == before


@pytest.mark.parametrize(
    ("name", "why"),
    [("x" * 300, "File name too long"), (os.fsdecode(b"run\xff"), "run?: there are letters in this name")],
)
def test_a_name_that_no_folder_can_have_is_one_line(
    name: str, why: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert exit_code("--out", tmp_path / name) == 2
    told = capsys.readouterr().err
    assert why in told
    assert told.count("\n") == 1


def test_a_folder_that_is_no_run_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "thesis.txt").write_text("mine")
    assert exit_code("--out", tmp_path) == 2
    assert "is not empty and not a run" in capsys.readouterr().err
    assert [path.name for path in tmp_path.iterdir()] == ["thesis.txt"]


def test_a_file_is_no_folder_for_a_run(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (file := tmp_path / "thesis.txt").write_text("mine")
    assert exit_code("--out", file) == 2
    assert f"error: --out: {file} is a file; name a folder" in capsys.readouterr().err
    assert file.read_text() == "mine"


def test_a_folder_that_cannot_be_made_is_one_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "thesis.txt").write_text("mine")
    file = tmp_path / "thesis.txt"
    for out, reason in (
        (file / "run", f"cannot be made: {file} is a file"),
        ("/proc/run", "cannot be written (No such file or directory)"),
    ):
        assert exit_code("--out", out, "--count", "1", "--sandbox", "off") == 2
        assert capsys.readouterr().err == f"error: --out: {out} {reason}; choose another place\n"


def test_second_process_is_refused(run: Path, capsys: pytest.CaptureFixture[str]) -> None:
    first = Journal(run)
    assert exit_code("--out", run, "--resume") == 2
    assert "another process is writing" in capsys.readouterr().err
    first.close()


def test_a_run_whose_journal_is_gone_is_not_paid_for_again(
    run: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = shutil.copytree(run, tmp_path / "copy", ignore=shutil.ignore_patterns("journal.*"))
    rows = (folder / "trajectories.jsonl").read_bytes()
    assert exit_code("--out", folder, "--resume") == 2
    assert "journal.sqlite is gone" in capsys.readouterr().err
    assert (folder / "trajectories.jsonl").read_bytes() == rows


def test_manifest_says_what_the_run_is_made_of(run: Path) -> None:
    manifest = orjson.loads((run / "manifest.json").read_bytes())
    assert manifest["config"] == Config(count=12, concurrency=4, window=8).model_dump(mode="json", exclude={"out"})
    assert {"assistant", "blueprint", "observation", "quality", "user", "toucan/rating"} <= set(manifest["prompts"])
    assert manifest["packages"]["pydantic"].startswith("2.")
    assert (manifest["corpus"]["dropped"], list(manifest["corpus"]["licences"])) == ({}, ["Apache-2.0"])


def test_offline_run_accepts_and_tells(run: Path, capsys: pytest.CaptureFixture[str]) -> None:
    held = summary.read(run)
    assert held.slots == 12
    assert held.accepted >= 6
    assert "\n".join(summary.describe(run)).startswith(f"accepted {held.accepted} of 12 slots in {run}")


def test_same_bytes_when_killed_and_grown(run: Path, tmp_path: Path) -> None:
    again = tmp_path / "again"
    kill(APPEND, 2, "--out", str(again), "--count", "6", "--window", "8", "--concurrency", "1")
    assert exit_code("--out", again, "--resume", "--count", "12", "--concurrency", "8") == 0
    assert {name: (again / name).read_bytes() for name in FILES} == {name: (run / name).read_bytes() for name in FILES}


SIX_ROWS = ("--strategy", "apigen-mt", "--accepted", "6", "--window", "16")
"""Its slot 3 is rejected, so that six rows take seven slots."""


@pytest.fixture(scope="module")
def six_rows(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """The files of a run that plays one slot after the other and is never stopped."""
    folder = tmp_path_factory.mktemp("runs") / "six"
    assert exit_code("--out", folder, *SIX_ROWS, "--concurrency", 1) == 0
    return {name: (folder / name).read_bytes() for name in FILES}


def test_the_last_wanted_row_ends_the_run(
    six_rows: dict[str, bytes], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert exit_code("--out", tmp_path / "many", *SIX_ROWS, "--concurrency", 16) == 0
    assert {name: (tmp_path / "many" / name).read_bytes() for name in FILES} == six_rows
    accepted, rejected = (six_rows[name].count(b"\n") for name in FILES[:2])
    assert accepted == 6
    ending = f"ended by --accepted 6, after {6 + rejected} of at most 12 slots"
    assert capsys.readouterr().out.splitlines()[-1] == ending


def test_a_killed_run_ends_at_the_same_row(six_rows: dict[str, bytes], tmp_path: Path) -> None:
    kill(APPEND, 3, "--out", str(tmp_path / "run"), *SIX_ROWS, "--concurrency", "8")
    assert exit_code("--out", tmp_path / "run", "--resume", "--concurrency", 4) == 0
    assert {name: (tmp_path / "run" / name).read_bytes() for name in FILES} == six_rows


def test_either_limit_may_grow(six_rows: dict[str, bytes], tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run = tmp_path / "run"
    slots = [orjson.loads(line)["slot"] for line in six_rows["trajectories.jsonl"].splitlines()]
    early = sum(slot < 4 for slot in slots)
    assert 0 < early < 4 <= slots[3] < 9
    assert exit_code("--out", run, *SIX_ROWS[:2], "--window", 16, "--accepted", 4, "--count", 4) == 3
    more = f"raise it to go on: python -m graphs.run --out {run} --resume --count MORE"
    assert capsys.readouterr().out.splitlines()[-1] == f"ended by --count 4, with {early} of 4 rows; {more}"
    assert exit_code("--out", run, "--resume", "--count", 9) == 0
    last = f"ended by --accepted 4, after {slots[3] + 1} of at most 9 slots"
    assert capsys.readouterr().out.splitlines()[-1] == last
    assert exit_code("--out", run, "--resume", "--accepted", 6) == 0
    assert {name: (run / name).read_bytes() for name in FILES} == six_rows
    assert orjson.loads((run / "manifest.json").read_bytes())["config"]["accepted"] == 6
    assert exit_code("--out", run, "--resume", "--accepted", 5) == 2
    assert "has 6 rows, more than 5" in capsys.readouterr().err


def test_sigterm_stops_in_order(tmp_path: Path) -> None:
    folder = tmp_path / "run"
    ended = die_at.run(APPEND, 2, "TERM", "graphs.run", "--out", str(folder), "--count", "5000")
    assert ended.returncode == 130
    assert f"--out {folder} --resume" in ended.stderr
    assert (folder / "cost.json").exists()


def test_default_folder_goes_on_by_itself(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert exit_code("--count", 3) == 0
    rows = Path("runs/default/metrics.jsonl").read_bytes()
    assert exit_code("--count", 3) == 0
    assert Path("runs/default/metrics.jsonl").read_bytes() == rows
    assert exit_code("--count", 5) == 0
    assert Path("runs/default/metrics.jsonl").read_bytes().startswith(rows)
    assert exit_code("--seed", 1) == 2
