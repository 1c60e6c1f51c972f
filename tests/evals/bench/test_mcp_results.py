"""MCP-Atlas and Toolathlon: what their own harnesses wrote becomes a score with its interval."""

import csv
import json
from pathlib import Path
from typing import Any

import pytest

from tests.evals.bench.test_bfcl import command


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Three tasks of each."""
    monkeypatch.setenv("TDS_EVAL_DATA", str(tmp_path / "data"))
    for name in ("mcpatlas", "toolathlon"):
        (tmp_path / "data" / name).mkdir(parents=True)
    table(tmp_path / "data" / "mcpatlas" / "tasks.csv", [{"TASK": f"t{n}", "PROMPT": "p"} for n in range(3)])
    (tmp_path / "data" / "toolathlon" / "tasks.txt").write_text("a\nb\nc\n")
    return tmp_path


def table(path: Path, rows: list[dict[str, Any]]) -> Path:
    with path.open("w", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    return path


def result(home: Path, bench: str, path: Path) -> dict[str, Any]:
    command(["generate", bench, "--model", f"recorded:{path}", "--out", str(home / "m")])
    command(["score", str(home / "m")])
    return dict(json.loads((home / "m" / bench / "result.json").read_text()))


def test_claims_covered_by_three_quarters_pass(home: Path) -> None:
    rows = [
        {"task_id": f"t{n}", "coverage_score": score, "response": "x" * 200_000}
        for n, score in enumerate((1, 0.75, 0.5))
    ]
    scored = result(home, "mcpatlas", table(home / "scored_m.csv", rows))
    assert scored["score"]["mean"] == pytest.approx(200 / 3)
    assert scored["also"]["coverage"]["mean"] == 75
    assert (scored["floor"], scored["ceiling"], scored["errors"]) == (0, None, {"not passed": 1})


def test_a_claim_that_nobody_judged_is_no_zero(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    rows = [{"task_id": f"t{n}", "coverage_score": score} for n, score in enumerate((1, "", 0))]
    path = table(home / "scored_m.csv", rows)
    command(["generate", "mcpatlas", "--model", f"recorded:{path}", "--out", str(home / "m")])
    command(["score", str(home / "m")], 4)
    assert "1 of 3 answers were lost to infrastructure" in capsys.readouterr().err


def test_final_states_of_a_run_are_read(home: Path) -> None:
    for task, passed in (("a", True), ("b", False), ("c", True)):
        folder = home / "run" / "finalpool" / task
        folder.mkdir(parents=True)
        (folder / "eval_res.json").write_text(json.dumps({"pass": passed}))
    scored = result(home, "toolathlon", home / "run")
    assert (scored["score"]["mean"], scored["n"]) == (pytest.approx(200 / 3), 3)


@pytest.mark.parametrize(
    ("bench", "needs"), [("mcpatlas", "Docker, 36 MCP servers"), ("toolathlon", "Docker, accounts")]
)
def test_playing_them_needs_what_is_not_here(
    home: Path, bench: str, needs: str, capsys: pytest.CaptureFixture[str]
) -> None:
    command(["generate", bench, "--model", "openai:m@http://127.0.0.1:9/v1", "--out", str(home / "m")], 3)
    assert needs in capsys.readouterr().err
