"""The offline judge reads: faults of meaning planted into a sound conversation, and the sound one left alone."""

import copy
from collections.abc import Callable
from random import Random
from typing import Any

import pytest

from agents.offline.judge import claims, quality

Transcript = list[dict[str, Any]]
STEPS = [
    {"id": "s1", "tool": "search_orders", "arguments": {}},
    {"id": "s2", "tool": "cancel_order", "arguments": {}},
]
CASE = {"steps": STEPS, "checkpoints": [], "tools": {"search_orders": "Find orders.", "cancel_order": "Cancel one."}}
RULE = "You help.\n\nPolicy: House rules:\n- Before you change anything, look at what is there."
ORDER = {"order_id": "ORD-1000200", "customer_email": "ana@mail.example", "placed_at": "2026-04-02T10:00:00Z"}
LINES = [{"sku": "A-1", "quantity": 2, "unit_price": 10.5}, {"sku": "B-2", "quantity": 1, "unit_price": 9.0}]
CANCELLED = {"order_id": "ORD-1000200", "status": "cancelled", "lines": LINES, "total": 30.0}
SOUND: Transcript = [
    {"role": "system", "content": RULE},
    {"role": "user", "content": "Please find the order of ana@mail.example and cancel it. It arrived twice."},
    {
        "role": "assistant",
        "content": "",
        "calls": [{"id": "c1", "name": "search_orders", "arguments": {"customer_email": "ana@mail.example"}}],
    },
    {"role": "tool", "id": "c1", "result": {"orders": [ORDER], "lines": 1}},
    {
        "role": "assistant",
        "content": "",
        "calls": [{"id": "c2", "name": "cancel_order", "arguments": {"order_id": "ORD-1000200"}}],
    },
    {"role": "tool", "id": "c2", "result": CANCELLED},
    {"role": "assistant", "content": "Order ORD-1000200 of 2 April 2026 is cancelled; 30 euros come back to you."},
]  # fmt: skip


def another_person(talk: Transcript) -> None:
    talk[3]["result"]["orders"][0]["customer_email"] = "bob@mail.example"


def another_record(talk: Transcript) -> None:
    talk[5]["result"]["order_id"] = "ORD-1000999"


def another_day(talk: Transcript) -> None:
    talk[6]["content"] = talk[6]["content"].replace("2 April 2026", "12 May 2026")


def another_amount(talk: Transcript) -> None:
    talk[6]["content"] = talk[6]["content"].replace("30 euros", "4711 euros")


def a_wrong_total(talk: Transcript) -> None:
    talk[5]["result"]["total"] = 41.0


def success_after_failure(talk: Transcript) -> None:
    talk[5]["result"] = {"error": {"code": "conflict", "message": "packed already"}}


def a_refused_change_told_as_done(talk: Transcript) -> None:
    talk[5]["result"]["success"] = False


def a_change_before_a_look(talk: Transcript) -> None:
    talk[2], talk[3], talk[4], talk[5] = talk[4], talk[5], talk[2], talk[3]


def an_invented_id(talk: Transcript) -> None:
    talk[4]["calls"][0]["arguments"]["order_id"] = "ORD-7654321"


def nothing_told(talk: Transcript) -> None:
    talk[6]["content"] = "All of that is taken care of."


def a_step_left_out(talk: Transcript) -> None:
    del talk[4:6]


def an_end_before_its_start(talk: Transcript) -> None:
    talk[3]["result"]["orders"][0] |= {"start": "2026-05-02", "end": "2026-04-30"}


def a_recited_field(talk: Transcript) -> None:
    talk[1]["content"] = "cancel the order, email = ana@mail.example"


FAULTS: list[tuple[Callable[[Transcript], None], str]] = [
    (another_person, "observation"),
    (another_record, "observation"),
    (another_day, "assistant"),
    (another_amount, "assistant"),
    (a_wrong_total, "observation"),
    (success_after_failure, "assistant"),
    (a_refused_change_told_as_done, "assistant"),
    (a_change_before_a_look, "assistant"),
    (an_invented_id, "assistant"),
    (nothing_told, "assistant"),
    (a_step_left_out, "assistant"),
    (an_end_before_its_start, "observation"),
    (a_recited_field, "user"),
]


@pytest.mark.parametrize(("plant", "role"), FAULTS, ids=lambda part: getattr(part, "__name__", part))
def test_a_fault_of_meaning_is_seen(plant: Callable[[Transcript], None], role: str) -> None:
    talk = copy.deepcopy(SOUND)
    plant(talk)
    verdict = quality.verdict(CASE, talk, Random(0))
    assert min(verdict["scores"].values()) <= 2
    assert verdict["blame"] == role


def test_a_sound_conversation_is_praised() -> None:
    verdict = quality.verdict(CASE, SOUND, Random(0))
    assert set(verdict["scores"].values()) == {5}
    assert verdict["blame"] == "none"


def by_another_writer(talk: Transcript) -> None:
    """The same conversation as another author would write it: other forms, nothing that is not so."""
    order = talk[3]["result"]["orders"][0]
    order |= {"shop_id": 1187, "shift_starts": "2026-04-01T08:00:00Z", "shift_ends": "2026-04-09T08:00:00Z"}
    talk[2]["calls"][0]["arguments"] |= {"shop_id": "northwind/books", "from": "2026-04-02", "to": "2026-04-05"}
    talk[1]["content"] += " It is the shop northwind/books, from 2 to 5 April 2026."
    talk[6]["content"] = (
        "The **cancelled order** ORD-1000200 is the 1st of the list, placed on April 2nd at 12:00 (UTC+02:00). "
        "**30 euros back** in all."
    )


def test_other_words_for_the_same_are_no_fault() -> None:
    talk = copy.deepcopy(SOUND)
    by_another_writer(talk)
    verdict = quality.verdict(CASE, talk, Random(0))
    assert (set(verdict["scores"].values()), verdict["blame"]) == ({5}, "none"), verdict["reasons"]


def test_a_name_that_nobody_said_is_a_fault_in_bold_too() -> None:
    talk = copy.deepcopy(SOUND)
    talk[6]["content"] += " It belonged to **Marit Vandenberg**."
    assert quality.verdict(CASE, talk, Random(0))["blame"] == "assistant"


def test_a_talk_that_recites_is_sound_and_stiff() -> None:
    talk = copy.deepcopy(SOUND)
    talk[1]["content"] += " The day is Monday. The time is noon. The place is here. The size is small. The name is Ana."
    assert quality.verdict(CASE, talk, Random(0))["scores"]["naturalness"] == 4


def reading(request: str, name: str, arguments: dict[str, Any], result: Any, answer: str) -> list[str]:
    """What is held against a conversation of one reading call."""
    talk: Transcript = [
        {"role": "system", "content": "You help."},
        {"role": "user", "content": request},
        {"role": "assistant", "content": "", "calls": [{"id": "c1", "name": name, "arguments": arguments}]},
        {"role": "tool", "id": "c1", "result": result},
        {"role": "assistant", "content": answer},
    ]
    case = {"steps": [{"id": "s1", "tool": name, "arguments": {}}], "checkpoints": [], "tools": {name: "Read it."}}
    verdict = quality.verdict(case, talk, Random(0))
    return [] if min(verdict["scores"].values()) == 5 else [verdict["reasons"]]


LONG = "Most questions are answered further down. The short version fits on one page. Figures are rounded."
FILE = {"filename": "a.md", "content": LONG, "updated_at": "2026-05-15T08:15:00Z"}


@pytest.mark.parametrize(
    ("answer", "told"),
    [
        ("It was updated on 15 May 2026.", True),
        ("Most questions are answered further down. The short version fits on one page. …", True),
        ("It was updated on 16 May 2026.", False),
        ("I've opened a.md.", False),
    ],
)
def test_the_day_of_a_moment_and_the_beginning_of_a_text_are_told(answer: str, told: bool) -> None:
    complaints = reading(
        "Please read a.md. It is from 16 May 2026, I think.", "read_file", {"filename": "a.md"}, FILE, answer
    )
    assert complaints == ([] if told else ["the answer tells nothing of what read_file returned"])


def test_what_is_found_by_its_name_is_told_by_its_name() -> None:
    found = {"labels": [{"label_id": "735b4c6c", "name": "urgent", "count": 3}], "total": 1}
    search = ("Please find the label urgent.", "search_labels", {"search": "urgent"}, found)
    assert reading(*search, "One label matches: urgent.") == []
    assert reading(*search, "I've had a look.") == ["the answer tells nothing of what search_labels returned"]


def test_a_quoted_query_recites_no_field() -> None:
    query = 'Please run "UPDATE products SET price = 24.90".'
    result = {"affected_rows": 214}
    assert reading(query, "write_query", {}, result, "214 rows are changed.") == []
    unquoted = reading(query.replace('"', ""), "write_query", {}, result, "214 rows are changed.")
    assert unquoted == ["the user recites a field and its value"]


def test_an_average_of_totals_is_the_codes_figure() -> None:
    talk = copy.deepcopy(SOUND)
    calls = [{"id": "c3", "name": "run_python", "arguments": {"code": "mean"}}]
    talk[6:6] = [
        {"role": "assistant", "content": "", "calls": calls},
        {"role": "tool", "id": "c3", "result": {"result": "average 237.62", "stdout": ""}},
    ]
    talk[8]["content"] += " The average total is 237.62."
    case = {**CASE, "tools": {**CASE["tools"], "run_python": "Run code."}}
    assert quality.verdict(case, talk, Random(0))["blame"] == "none"
    talk[8]["content"] = talk[8]["content"].replace("237.62", "30.01")
    assert quality.verdict(case, talk, Random(0))["reasons"].startswith("30.01 was neither told nor returned")


def test_what_reads_by_its_description_may_come_before_a_change() -> None:
    talk = copy.deepcopy(SOUND)
    talk[2]["calls"][0]["name"] = "parse_orders"
    steps = [{**STEPS[0], "tool": "parse_orders"}, STEPS[1]]
    for text, blame in (("Parses a file of orders.", "none"), ("Creates orders from a file.", "assistant")):
        case = {**CASE, "steps": steps, "tools": {"parse_orders": text, "cancel_order": "Cancel one."}}
        assert quality.verdict(case, talk, Random(0))["blame"] == blame


def test_a_number_in_words_was_said() -> None:
    transcript = [
        {"role": "user", "content": "Within a day, please. The hours should be three."},
        {"role": "assistant", "content": "", "calls": [{"id": "call_1", "name": "extend", "arguments": {"hours": 3}}]},
    ]
    claim = {"id": 1, "claim": "hours = 3, which follows from what was said", "value": 3, "place": 1}
    (ruling,) = claims.rulings([claim], transcript)
    assert (ruling["derivable"], ruling["why"]) == (True, "said, in whatever words")
    (invented,) = claims.rulings([{**claim, "value": 17}], transcript)
    assert invented["derivable"] is False


def test_that_there_is_none_of_it_tells_a_nought() -> None:
    claim = {"id": 1, "claim": "the answers tell the fee", "value": [0]}
    texts = {"It's off. There is no fee.": True, "It's off.": False, "There is no seat left.": False}
    for text, told in texts.items():
        (ruling,) = claims.rulings([claim], [{"role": "assistant", "content": text}])
        assert ruling["derivable"] is told
