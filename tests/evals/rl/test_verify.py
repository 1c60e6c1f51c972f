"""Decisions of a real run, answered rightly, in other words, and wrongly in twelve ways."""

import copy
import json
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from agents.plan.equivalence import Called, Expected, is_same
from evals.rl import server
from evals.rl.verify import score
from graphs.export import formats
from graphs.export.formats import Format
from graphs.export.rows import read_rows
from graphs.run import main as generate

SCHEMA = {
    "type": "object",
    "properties": {
        "guest": {"type": "string"},
        "date": {"type": "string", "format": "date"},
        "nights": {"type": "integer"},
        "note": {"type": "string"},
        "breakfast": {"type": "boolean", "default": False},
        "rooms": {"type": "array", "items": {"type": "string"}},
    },
    "required": ["guest", "date", "nights"],
    "additionalProperties": False,
}
RIGHT = {"guest": "Ann Lee", "date": "2026-05-19", "nights": 3, "note": "late arrival", "rooms": ["R1", "R2"]}
BOOK = Expected(name="book", arguments=RIGHT, determined=("guest", "date", "nights", "rooms"), schema=SCHEMA)


def called(name: str = "book", without: str = "", **changes: object) -> Called:
    arguments = {key: value for key, value in {**RIGHT, **changes}.items() if key != without}
    return Called(name=name, arguments=json.dumps(arguments))


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"guest": "ann lee"},
        {"date": "2026-05-19"},
        {"note": "We come late."},
        {"without": "note"},
        {"breakfast": False},
    ],
)
def test_the_recorded_call_and_other_spellings_of_it_are_right(changes: dict[str, Any]) -> None:
    assert score([BOOK], [called(**changes)]) == 1.0


WRONG = {
    "another tool": [called("cancel")],
    "no call": [],
    "called twice": [called(), called()],
    "another call beside it": [called(), called("cancel")],
    "another value": [called(guest="Bob Roe")],
    "a value that holds the right one": [called(guest="Ann Lee's brother")],
    "another day": [called(date="2026-05-20")],
    "another number": [called(nights=2)],
    "a required argument left out": [called(without="date")],
    "an argument that the tool does not have": [called(colour="red")],
    "a value of the wrong type": [called(note=7)],
    "a list with one missing": [called(rooms=["R1"])],
    "a list in another order": [called(rooms=["R2", "R1"])],
    "a default changed": [called(breakfast=True)],
    "no JSON": [Called(name="book", arguments="{guest: Ann")],
    "a list for arguments": [Called(name="book", arguments="[1]")],
}


@pytest.mark.parametrize("kind", WRONG)
def test_a_wrong_call_is_worth_nothing(kind: str) -> None:
    assert score([BOOK], WRONG[kind]) == 0.0


def test_parallel_calls_may_come_in_any_order() -> None:
    other = BOOK.model_copy(update={"arguments": {**RIGHT, "nights": 5}})
    assert score([BOOK, other], [called(nights=5), called()]) == 1.0
    assert score([BOOK, other], [called(), called()]) == 0.0


def test_where_speaking_is_right_no_call_is() -> None:
    assert (score([], []), score([], [called()])) == (1.0, 0.0)


def test_a_truth_value_is_no_number() -> None:
    assert not is_same(True, 1)
    assert is_same(1, 1.0)


@pytest.fixture(scope="module")
def decisions(tmp_path_factory: pytest.TempPathFactory) -> list[dict[str, Any]]:
    folder = tmp_path_factory.mktemp("runs") / "run"
    with pytest.raises(SystemExit):
        generate(["--out", str(folder), "--count", "8"])
    make = formats.layout(Format.NEMO_GYM, {})
    records: list[dict[str, Any]] = json.loads(json.dumps([r for row in read_rows(folder) for r in make(row)]))
    return records


def response(decision: dict[str, Any], **change: Any) -> dict[str, Any]:
    calls = copy.deepcopy(decision["verifier_metadata"]["calls"])
    for call in calls:
        call.update(change)
    output = [
        {"type": "function_call", "call_id": f"c{n}", "name": c["name"], "arguments": json.dumps(c["arguments"])}
        for n, c in enumerate(calls)
    ]
    return {**decision, "response": {"output": output or [{"type": "message", "role": "assistant", "content": []}]}}


def test_the_server_gives_gold_one_and_another_tool_nothing(decisions: list[dict[str, Any]]) -> None:
    calling = [decision for decision in decisions if decision["verifier_metadata"]["calls"]]
    assert len(calling) >= 10
    assert any(call["determined"] for decision in calling for call in decision["verifier_metadata"]["calls"])
    with TestClient(server.app) as client:
        assert client.post("/seed_session", json=calling[0]).json() == {}
        rewards = [client.post("/verify", json=response(decision)).json()["reward"] for decision in decisions]
        wrong = [client.post("/verify", json=response(decision, name="x")).json()["reward"] for decision in calling]
        assert client.post("/verify", json={"response": {}}).status_code == 422
    assert (set(rewards), set(wrong)) == ({1.0}, {0.0})


def test_what_comes_after_a_result_is_another_decision() -> None:
    call = {"type": "function_call", "name": "a", "arguments": "{}"}
    output = [call, {"type": "function_call_output", "output": ""}, {**call, "name": "b"}]
    assert [c.name for c in server.first_calls(output)] == ["a"]


def test_the_state_of_a_decision_ends_before_its_calls(decisions: list[dict[str, Any]], tmp_path: Path) -> None:
    for decision in decisions:
        items = decision["responses_create_params"]["input"]
        assert items[0]["role"] == "system"
        assert items[-1].get("role") == "user" or items[-1]["type"] == "function_call_output"
