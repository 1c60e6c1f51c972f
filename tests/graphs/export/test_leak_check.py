import asyncio
import json
import shutil
from pathlib import Path

import pytest

from evals.bench import bfcl, data
from graphs.export import dataset
from graphs.run import main as generate
from memory.measure import overlap
from memory.measure.overlap import Reference

PLANTED = "multi_turn_base_119/3"


@pytest.fixture(scope="module")
def texts(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """BFCL's multi-turn texts as `python -m evals.contamination texts` writes them."""
    data.set_up("bfcl")
    file = tmp_path_factory.mktemp("texts") / "texts.jsonl"
    rows = asyncio.run(bfcl.texts(bfcl.MULTI_TURN))
    file.write_text(overlap.dump(Reference.model_validate({"bench": "bfcl", **row}) for row in rows))
    return file


@pytest.fixture(scope="module")
def clean(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("runs") / "run"
    with pytest.raises(SystemExit):
        generate(["--out", str(folder), "--count", "6"])
    return folder


@pytest.fixture
def leaking(clean: Path, texts: Path, tmp_path: Path) -> Path:
    """The run with one item of BFCL as what the user of its second row says."""
    folder = tmp_path / "leaking"
    shutil.copytree(clean, folder)
    rows = [json.loads(line) for line in (folder / "trajectories.jsonl").read_text().splitlines()]
    item = next(one.text for one in overlap.read(texts) if one.id == PLANTED)
    next(message for message in rows[1]["messages"] if message["role"] == "user")["content"] = f"Hi! {item} Thanks."
    (folder / "trajectories.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    return folder


def export(run: Path, texts: Path, leaks: str, code: int = 0) -> list[str]:
    """The lines of an OpenAI export that was held against the texts."""
    out = run / "export" / f"{leaks}.jsonl"
    with pytest.raises(SystemExit, match=str(code)):
        dataset.main([str(run), "--format", "openai", "--out", str(out), "--against", str(texts), "--leaks", leaks])
    return out.read_text().splitlines() if out.exists() else []


def test_a_planted_benchmark_item_stops_the_export(
    leaking: Path, texts: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert export(leaking, texts, "refuse", code=2) == []
    said = capsys.readouterr().err
    assert "1 of 6 rows overlap" in said
    assert PLANTED in said


def test_it_is_dropped_or_reported_on_request(leaking: Path, texts: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert [len(export(leaking, texts, leaks)) for leaks in ("drop", "report")] == [5, 6]
    assert capsys.readouterr().out.count("slot 1 by 13 words with bfcl") == 2


def test_a_clean_run_passes(clean: Path, texts: Path) -> None:
    assert len(export(clean, texts, "refuse")) == 6


def test_near_copies_of_named_sets_are_counted(clean: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    lines = (clean / "trajectories.jsonl").read_text().splitlines()
    messages = [{"messages": json.loads(line)["messages"]} for line in lines[:2]]
    other = [{"role": "user", "content": "How tall is the tower?"}, {"role": "assistant", "content": "Tall."}]
    sets = {"two.jsonl": messages, "none.jsonl": [{"messages": other}]}
    options = ["--format", "openai", "--out", str(tmp_path / "out.jsonl")]
    for name, rows in sets.items():
        (tmp_path / name).write_text("".join(f"{json.dumps(row)}\n" for row in rows))
        options += ["--compare", str(tmp_path / name)]
    with pytest.raises(SystemExit, match="0"):
        dataset.main([str(clean), *options])
    assert "near-copies: 2 of 6 in two.jsonl, 0 of 6 in none.jsonl" in capsys.readouterr().out
    with pytest.raises(SystemExit, match="2"):
        dataset.main([str(clean), "--format", "openai", "--compare", str(tmp_path / "nothing")])
    assert "--compare: " in capsys.readouterr().err
