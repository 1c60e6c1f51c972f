"""What a student makes of rows that it did not learn: losses as a plain loop gives them, calls right only if all is."""

import json
from pathlib import Path
from typing import Any

import pytest
import torch
from transformers import AutoModelForCausalLM, AutoTokenizer

from finetune import held_out, sft
from finetune.data.examples import encode
from finetune.data.layouts import read_conversation
from finetune.data.template import load_template
from finetune.model import scores
from tests import tiny_student


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A student, one that has a row by heart, and this row."""
    folder = tmp_path_factory.mktemp("held")
    tiny_student.save(folder / "student")
    tiny_student.rows(folder / "rows.jsonl", 1)
    files = ["--model", str(folder / "student"), "--data", str(folder / "rows.jsonl"), "--out", str(folder / "out")]
    options = ["--held-out", "0", "--lr", "1e-2", "--batch", "1", "--steps", "150", "--tracker", "none"]
    with pytest.raises(SystemExit):
        sft.main([*files, *options])
    return folder


def run(*arguments: str) -> None:
    with pytest.raises(SystemExit) as ended:
        held_out.main(list(arguments))
    assert ended.value.code == 0


def measure(home: Path, model: str, *more: str) -> list[dict[str, Any]]:
    out = home / "held.json"
    run("--model", str(home / model), "--rows", str(home / "rows.jsonl"), "--out", str(out), *more)
    rows: list[dict[str, Any]] = json.loads(out.read_text())["rows"]
    return rows


def test_the_loss_is_that_of_a_plain_loop(home: Path) -> None:
    words = AutoTokenizer.from_pretrained(home / "student")
    model = AutoModelForCausalLM.from_pretrained(home / "student")
    (example,) = encode(
        read_conversation(tiny_student.row("Port 0", "sun")), load_template(words, [words.eos_token_id])
    )
    with torch.no_grad():
        logits = model(torch.from_numpy(example.ids_T).long()[None]).logits[0]
    labels = torch.from_numpy(example.labels_T)
    whole = torch.nn.functional.cross_entropy(logits, labels, reduction="sum", ignore_index=-100)
    first = measure(home, "student")[0]
    assert first["loss"] == pytest.approx(float(whole), rel=1e-4)
    assert first["learned"] == example.learned_tokens
    assert 0 < first["call_learned"] < first["learned"]


def test_a_student_that_has_the_rows_by_heart_calls_right_and_a_random_one_does_not(home: Path) -> None:
    knows, random = measure(home, "out/model", "--free", "1"), measure(home, "student", "--free", "1")
    assert [(score["calls"], score["right"], score["free"]) for score in knows] == [(1, 1, True)]
    assert [(score["calls"], score["right"], score["free"]) for score in random] == [(1, 0, False)]
    assert knows[0]["call_loss"] < random[0]["call_loss"] / 20


def test_one_wrong_token_makes_a_call_wrong(home: Path) -> None:
    words = AutoTokenizer.from_pretrained(home / "out" / "model")
    model = AutoModelForCausalLM.from_pretrained(home / "out" / "model")
    template, row = load_template(words, [words.eos_token_id]), tiny_student.row("Port 0", "sun")
    assert scores.score_row(model, read_conversation(row), template, 4096)["right"] == 1
    row["messages"][2]["tool_calls"][1]["function"]["arguments"] = '{"city": "Port 0 airporT"}'
    assert scores.score_row(model, read_conversation(row), template, 4096)["right"] == 0


def test_only_answers_that_fit_count(home: Path) -> None:
    words = AutoTokenizer.from_pretrained(home / "student")
    (example,) = encode(
        read_conversation(tiny_student.row("Port 0", "sun")), load_template(words, [words.eos_token_id])
    )
    fits = str(example.ends[1])  # two of three answers
    whole, short = measure(home, "student")[0], measure(home, "student", "--length", fits)[0]
    assert (short["calls"], short["call_learned"]) == (1, whole["call_learned"])
    assert 0 < short["learned"] < whole["learned"]


def test_a_row_that_the_template_cannot_say_is_left_out_and_told(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rows = [tiny_student.row("Oslo", "sun"), {"messages": [{"role": "user", "content": "Hi"}], "tools": []}]
    (home / "some.jsonl").write_text("\n".join(map(json.dumps, rows)))
    run("--model", str(home / "student"), "--rows", str(home / "some.jsonl"), "--out", str(home / "some.json"))
    assert [score["row"] for score in json.loads((home / "some.json").read_text())["some"]] == ["some.jsonl:1"]
    assert "left out: some.jsonl:2: no assistant turn" in capsys.readouterr().out
