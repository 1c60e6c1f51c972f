"""The weaker persona of the offline teacher: which mistakes it makes, and how often."""

from collections import Counter
from random import Random
from typing import Any

import pytest

from agents.errors import LockError
from agents.offline import weak
from agents.schema import Cluster, Tool
from graphs.trajectory.lock import check_call

FIELDS = {"a": {"type": "integer"}, "b": {"type": "string"}}
SCHEMA = {"type": "object", "required": ["a", "b"], "properties": FIELDS}
CLUSTER = Cluster(id="c", leaf="0.0", tools=(Tool(name="get", input_schema=SCHEMA, service="shop"),))
CALL = ("get", {"a": 1, "b": "x"})
SEEDS = 2000


def kind(text: str, calls: weak.Calls) -> str:
    """Which mistake a turn is; the guard refuses what is no call of the tool."""
    if not calls:
        return "claimed" if text == "I have taken care of that." else "silent"
    if calls[0] == CALL:
        return "right"
    with pytest.raises(LockError):
        check_call(CLUSTER, *calls[0])
    return "lost" if len(calls[0][1]) == 1 else "mistyped"


def test_an_eighth_of_its_calls_are_claimed_lost_or_mistyped() -> None:
    kinds = Counter(kind(*weak.assistant("", [CALL], Random(seed))) for seed in range(SEEDS))
    assert kinds == {"right": 1731, "claimed": 78, "lost": 100, "mistyped": 91}


def test_words_without_calls_and_other_calls_are_left_alone() -> None:
    assert all(weak.assistant("Hello", [], Random(seed)) == ("Hello", []) for seed in range(99))
    assert all(weak.assistant("", [CALL, CALL], Random(seed))[1][1:] in ([], [CALL]) for seed in range(99))


def test_its_judge_is_off_by_one_at_most_in_half_of_the_scores() -> None:
    said = {"scores": {"grounding": 3, "coherence": 5}, "reasons": "fine"}
    scores = [weak.form("Quality", said, Random(seed))["scores"] for seed in range(SEEDS)]
    assert {one["grounding"] for one in scores} == {2, 3, 4}
    assert {one["coherence"] for one in scores} == {4, 5}
    assert 0.45 < sum(one["grounding"] != 3 for one in scores) / SEEDS < 0.55


@pytest.mark.parametrize(
    ("role", "said", "slipped"),
    [
        ("Observation", {"ok": True, "result": 1}, {"ok": False, "code": "unavailable"}),
        ("Blueprint", {"steps": [{"id": "s1", "arguments": {"a": 1}}]}, {"steps": [{"id": "s1", "arguments": {}}]}),
        ("User", {"say": "Book it. It is for two", "done": False}, {"say": "Book it"}),
    ],
)
def test_another_role_slips_in_its_own_way(role: str, said: dict[str, Any], slipped: dict[str, Any]) -> None:
    made = [weak.form(role, said, Random(seed)) for seed in range(SEEDS)]
    wrong = [one for one in made if one != said]
    assert 0.10 < len(wrong) / SEEDS < 0.14
    assert all(one.items() >= slipped.items() for one in wrong)


@pytest.mark.parametrize("role", ["Blueprint", "User", "Observation"])
def test_a_field_that_is_not_there_is_no_crash(role: str) -> None:
    assert all(weak.form(role, {"mode": "refusal", "say": ""}, Random(seed)) for seed in range(99))
