"""Private data of live observations; values are made up, and of kinds that their libraries know."""

import copy
import json

import pytest

from graphs.export.scrub import Scrub, find, scrub
from tests.graphs.export.samples import Row, parallel

KEY = "ghp_" + "a1B2" * 9
SHA = "3f786850e387550fdab836ed7e6dc881de23001b"
LIVE = {
    "owner": "ann.lee@widgets.org",
    "phone": "+44 20 7946 0958",
    "token": KEY,
    "sha": SHA,
}


def live(content: object = LIVE, origin: str = "mcp") -> Row:
    row = copy.deepcopy(parallel())
    row["messages"][3]["content"] = json.dumps(content)
    row["messages"][-1]["content"] = "Ask ann.lee@widgets.org."
    row["origins"]["call_1"]["origin"] = origin
    return row


def test_what_a_live_server_returned_is_masked_wherever_it_stands() -> None:
    (row,), note = scrub([live()], Scrub.MASK)
    text = json.dumps(row)
    assert not any(value in text for value in ("ann.lee", "7946", KEY))
    assert row["messages"][-1]["content"] == "Ask [e-mail 1]."
    assert SHA in text
    assert note == "1 e-mail, 1 key, 1 phone in 1 of 1 rows, masked"


def test_the_row_is_left_out_on_request() -> None:
    rows, note = scrub([live(), live({"id": 1})], Scrub.DROP)
    assert [json.loads(row["messages"][3]["content"] or "") for row in rows] == [{"id": 1}]
    assert note.endswith("in 1 of 2 rows, rows left out")


def test_invented_people_stay() -> None:
    simulated, note = scrub([live(origin="simulated")], Scrub.MASK)
    assert (simulated, note) == ([live(origin="simulated")], "no live observation")
    told = live()
    told["messages"][1]["content"] = f"I am ann.lee@widgets.org, {LIVE['phone']}, {KEY}"
    assert scrub([told], Scrub.MASK)[0] == [told]


@pytest.mark.parametrize(
    ("text", "kinds"),
    [
        ("AKIAIOSFODNN7EXAMPLE", ["key"]),
        ("-----BEGIN RSA PRIVATE KEY-----", ["key"]),
        ("call +1 650-253-0000 or +49 30 901820", ["phone", "phone"]),
        ("order 4420794609, invoice 2026-11-28, version 1.30.0", []),
        ("550e8400-e29b-41d4-a716-446655440000", []),
        ("write to a@b, or to first+tag@sub.example.co.uk", ["e-mail"]),
    ],
)
def test_what_is_private_and_what_is_not(text: str, kinds: list[str]) -> None:
    assert [kind for _, kind in find(text)] == kinds
