"""A run and the same slots played by a weak assistant: where they part, the better turn stands beside the worse one."""

import copy
from pathlib import Path
from typing import Any

import datasets
import pytest

from graphs.export import dataset
from graphs.export.layouts.pairs import by_blueprint, dpo
from graphs.run import main
from tests.graphs.export.samples import Row, refused

PLAN = {"goal": "know thing 3"}


def planned(row: Row, **changes: Any) -> Row:
    return {**copy.deepcopy(row), "blueprint": PLAN, **changes}


def better() -> Row:
    """The same conversation without the refused call."""
    row = planned(refused())
    del row["messages"][2:4]
    return row


def test_a_refused_call_stands_beside_the_right_one_with_its_error() -> None:
    (pair,) = dpo(better(), by_blueprint([planned(refused())]))
    assert [message["role"] for message in pair["prompt"]] == ["system", "user"]
    assert pair["chosen"][0]["tool_calls"][0]["function"]["arguments"] == {"id": 3}
    assert pair["rejected"][0]["tool_calls"][0]["function"]["arguments"] == {"id": "three"}
    assert pair["reason"].startswith('refused: {"error": {"code": "invalid_call"')


def answering(content: str, **changes: Any) -> Row:
    row = planned(better(), **changes)
    row["messages"][4]["content"] = content
    return row


@pytest.mark.parametrize(
    ("other", "reason"),
    [
        (answering("A shoe.", reason="rules", faults=["grounding: 'shoe' was never told"]), "rules: grounding: 'shoe'"),
        (answering("A.", reason="quality", verdict={"blame": "assistant", "reasons": "Curt."}), "quality: Curt."),
    ],
)
def test_a_rejected_row_gives_its_reason(other: Row, reason: str) -> None:
    (pair,) = dpo(better(), by_blueprint([other]))
    assert (pair["chosen"][0]["content"], pair["reason"][: len(reason)]) == ("A lamp.", reason)


def test_what_is_not_the_assistants_fault_makes_no_pair() -> None:
    asked = planned(better(), reason="rules", faults=["x"])
    asked["messages"][1]["content"] = "Thing 4?"
    others = [
        asked,
        better(),
        answering("A fine lamp."),
        answering("A fine lamp.", reason="not_novel"),
        answering("A fine lamp.", reason="quality", verdict={"blame": "user", "reasons": "Rude."}),
        {**answering("A shoe.", reason="rules", faults=["x"]), "blueprint": {"goal": "another"}},
    ]
    assert list(dpo(better(), by_blueprint(others))) == []


def test_an_answer_not_to_be_learned_is_never_chosen() -> None:
    other = planned(refused(), reason="rules", faults=["x"])
    other["messages"][2]["content"] = "Hm."
    assert list(dpo(planned(refused()), by_blueprint([other]))) == []


def test_a_weak_assistant_beside_a_good_one_makes_pairs_that_trl_reads(tmp_path: Path) -> None:
    for name, options in (("good", []), ("weak", ["--teacher-assistant", "offline-weak"])):
        with pytest.raises(SystemExit):
            main(["--out", str(tmp_path / name), "--count", "40", *options])
    command = [str(tmp_path / "good"), "--format", "dpo", "--beside", str(tmp_path / "weak")]
    with pytest.raises(SystemExit, match="0"):
        dataset.main([*command, "--out", str(tmp_path / "dpo")])
    parts = datasets.load_dataset(str(tmp_path / "dpo"), cache_dir=str(tmp_path / "cache"))
    pairs = [pair for part in parts.values() for pair in part]
    assert len(pairs) >= 2
    assert all(pair["reason"] and pair["chosen"] != pair["rejected"] for pair in pairs)
    assert all(pair["chosen"][0]["role"] == pair["rejected"][0]["role"] == "assistant" for pair in pairs)
