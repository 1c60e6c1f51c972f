"""What was said before an answer: dates of results are known without being read."""

from typing import Any

import orjson
import pytest

from agents.plan.values import Answer, says
from graphs.trajectory.case import Heard, returned_days


def result(**fields: Any) -> dict[str, Any]:
    return {"role": "tool", "tool_call_id": "call_1", "content": orjson.dumps(fields).decode()}


@pytest.mark.parametrize(
    "moment",
    ["2026-05-19", "2026-05-19T09:30Z", "2026-05-19T09:30:00+02:00", "2026-05-19T09:30:00.250Z", "2026-05-19T23:59:59"],
)
def test_the_day_of_a_returned_moment_is_said_as_reading_it_says(moment: str) -> None:
    message = result(order="A-17", due=moment, note="not before noon")
    assert returned_days(message) == {"2026-05-19"}
    assert Heard([message], None).answer("2026-05-19") is Answer.SAYS
    assert says(f"A-17\n{moment}\nnot before noon", "2026-05-19") is Answer.SAYS


@pytest.mark.parametrize("value", ["3026-05-19", "2026-05-19 or later", "not 2026-05-19", "v2026-05-19", 20260519])
def test_only_a_whole_date_is_taken_unread(value: str | int) -> None:
    assert returned_days(result(due=value)) == frozenset()
    assert returned_days({"role": "user", "content": "2026-05-19"}) == frozenset()


def test_another_day_than_the_returned_one_was_not_said() -> None:
    assert Heard([result(due="2026-05-19T09:30:00Z")], None).answer("2026-05-20") is Answer.DOES_NOT
    assert Heard([result(due="2026-05-19T09:30:00Z")], None).answer(["2026-05-20"]) is Answer.DOES_NOT
