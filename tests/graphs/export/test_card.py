from math import log2
from pathlib import Path
from typing import Any

import pytest

from agents.run_format import find_manifest
from evals.diversity import arms, runs
from graphs.export import card, dataset
from memory.embed.embedder import embedder
from memory.measure.acts import conversation_text
from tests import tiny_student

Row = dict[str, Any]


def test_diversity_is_what_evals_say(run: Path, rows: list[Row]) -> None:
    vectors = embedder().embed([conversation_text(row) for row in rows]).astype(float)
    by_name = {name: others for name, *others in card.diversity(rows, vectors)}
    measured = runs.read(run, embedder())
    alone, at_n = arms.describe(measured), measured.at(len(rows))
    assert by_name["H_dom"][0].startswith(f"{alone['h_dom']['plug_in']:.3f}")
    estimate = alone["h_mode"]["corrected"]
    assert by_name["H_mode"][1] == f"{estimate['value']:.3f} corrected, {estimate['low']:.3f} to {estimate['high']:.3f}"
    assert [by_name[name][2:] for name in ("H_mode", "share of near-copies")] == [
        ["0", f"{log2(len(rows)):.3f}"],
        ["0", "1"],
    ]
    assert by_name["effective number of rows (Vendi)"][0] == f"{at_n['vendi']:.3f}"
    assert by_name["share of near-copies"][0] == f"{at_n['duplicate_rate']:.4f}"
    assert by_name["mean CAC"][0] == f"{at_n['cac_mean']:.3f}"


def test_facts_are_counted(run: Path, rows: list[Row]) -> None:
    facts = card.facts(rows, find_manifest(run), card.Notes(benchmarks="0 of 9 rows overlap with texts.jsonl"))
    assert facts["messages"] == sum(len(row["messages"]) for row in rows)
    assert facts["of these not to be learned"] == 0
    assert facts["benchmarks"] == "0 of 9 rows overlap with texts.jsonl"
    observations = sum(len(row["origins"]) for row in rows)
    assert sum(int(part.split()[0]) for part in str(facts["observations"]).split(", ")) == observations


def test_tokens_are_counted_with_every_tokenizer_that_is_named(rows: list[Row], tmp_path: Path) -> None:
    tiny_student.tokenizer().save_pretrained(tmp_path)
    carried, small = card.lengths(rows, ""), card.lengths(rows, str(tmp_path))
    assert carried[1] < small[1] <= small[2] <= small[3]
    assert carried[3] > 500


def test_an_unknown_tokenizer_is_one_line(run: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    options = ["--format", "parquet", "--out", str(tmp_path / "out"), "--tokenizer", str(tmp_path / "none")]
    with pytest.raises(SystemExit, match="2"):
        dataset.main([str(run), *options])
    line = capsys.readouterr().err.splitlines()[-1]
    assert line.startswith(f"error: --tokenizer {tmp_path / 'none'}: ")
