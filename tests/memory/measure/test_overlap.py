import asyncio
import json
import random
from pathlib import Path

import pytest

from agents.errors import UsageError
from evals import contamination
from evals.bench import bfcl, data
from memory.corpus.corpus import CATALOGUE
from memory.embed.embedder import embedder
from memory.measure import overlap
from memory.measure.overlap import Overlap, Reference
from tests.bench.contamination import edited, planted

ASKED = "Move the final report into the temp directory and make sure that the directory exists before you do so."


@pytest.fixture(scope="module")
def references() -> list[Reference]:
    """What BFCL's multi-turn tasks say, and their tools."""
    data.set_up("bfcl")
    return [Reference.model_validate({"bench": "bfcl", **row}) for row in asyncio.run(bfcl.texts(bfcl.MULTI_TURN))]


@pytest.fixture(scope="module")
def known(references: list[Reference]) -> Overlap:
    return Overlap(references, embedder())


def test_every_verbatim_item_and_most_lightly_edited_ones_are_found(
    references: list[Reference], known: Overlap
) -> None:
    sets = planted(references)
    found = {kind: len(known.matches(texts)) / len(texts) for kind, texts in sets.items()}
    assert found["verbatim"] == 1
    assert found["20% edited"] > 0.9


def test_unrelated_texts_raise_no_alarm(known: Overlap) -> None:
    texts = json.loads((CATALOGUE / "insurance.json").read_text())
    tools = [overlap.tool_text(tool) for tool in texts]
    said = [
        "Please file a claim for the broken window of my holiday flat, policy HV-2231, it happened on Sunday night."
    ]
    assert known.matches(said, tools) == []


def test_a_tool_of_a_benchmark_is_found_by_its_words(known: Overlap, references: list[Reference]) -> None:
    tool = next(one for one in references if one.kind == "tool")
    (found,) = known.matches((), [tool.text])
    assert (found.id, found.by) == (tool.id, "same text")


def test_a_tool_that_does_what_a_task_asks_for_is_no_copy_of_it(known: Overlap) -> None:
    text = (
        "purchase_insurance Purchase travel insurance for the flight booking with the credit card. "
        "booking_id insurance_cost card_id"
    )
    assert known.matches((), [text]) == []
    assert [match.by for match in known.matches([text])] == ["embedding"]  # as words of a user it would be near


@pytest.mark.parametrize(
    ("text", "by"),
    [
        (ASKED.upper() + "!", "same text"),
        (f"Hello. {ASKED} Thanks.", "13 words"),
        ("So move the final report into the temp directory and make it quick", "50 characters"),
        ("Go, and make sure that the directory exists before noon", "8 words"),
    ],
)
def test_the_strongest_evidence_is_told(text: str, by: str) -> None:
    known = Overlap([Reference(bench="b", id="1", kind="task", text=ASKED)], embedder())
    assert [one.by for one in known.matches([text])] == [by]


def test_short_words_in_common_are_no_overlap() -> None:
    known = Overlap([Reference(bench="b", id="1", kind="task", text=ASKED)], embedder())
    assert known.matches(["make sure that the directory exists", "Thank you."]) == []


def test_the_command_names_the_row_that_holds_a_planted_item(
    references: list[Reference], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    item = next(one for one in references if one.kind == "task" and len(one.text.split()) > 20)
    words = [word for one in references[:50] for word in one.text.split()]
    said = ["What is the weather?", edited(item.text, words, random.Random(0), 0.1)]
    rows = [{"messages": [{"role": "user", "content": text}], "tools": []} for text in said]
    (tmp_path / "rows.jsonl").write_text("\n".join(json.dumps(row) for row in rows))
    (tmp_path / "texts.jsonl").write_text(overlap.dump(references))
    with pytest.raises(SystemExit) as ended:
        contamination.main(["check", str(tmp_path / "rows.jsonl"), "--against", str(tmp_path / "texts.jsonl")])
    assert ended.value.code == 1
    assert capsys.readouterr().out.splitlines()[-1].startswith("1 rows overlap; matches: 1 by")


def test_a_file_that_is_not_one_of_references_is_refused(tmp_path: Path) -> None:
    (tmp_path / "texts.jsonl").write_text('{"a": 1}\n')
    with pytest.raises(UsageError, match="not a file of benchmark texts"):
        overlap.read(tmp_path / "texts.jsonl")
    with pytest.raises(UsageError, match=r"evals\.contamination texts"):
        overlap.read(tmp_path / "none.jsonl")
    (tmp_path / "texts.jsonl").write_text("\n")
    with pytest.raises(UsageError, match="to check against none is no check"):
        overlap.read(tmp_path / "texts.jsonl")
