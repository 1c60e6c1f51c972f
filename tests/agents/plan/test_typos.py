"""Mistyped words of dates, times and amounts are read as what was meant; words of their own stay."""

from datetime import date

import pytest

from agents.plan.values import Answer, says
from agents.plan.values.reading.typos import mend


@pytest.mark.parametrize(
    ("value", "schema", "text"),
    [
        ("2025-10-04T10:00:00", {"type": "string", "format": "date-time"}, "Schedule it for tommorow at ten, please"),
        ("2026-09-03", {"type": "string", "format": "date"}, "we land on 3 Spetember 2026"),
        ("06:45", {"type": "string"}, "wake me at qaurter to seven in the morning"),
        (15, {"type": "integer"}, "put fifteeen chairs into the hall"),
        (40, {"type": "integer"}, "put fourty chairs into the hall"),
    ],
)
def test_a_mistyped_value_is_said(value: object, schema: dict[str, object], text: str) -> None:
    assert says(text, value, schema, date(2025, 10, 3)) is Answer.SAYS  # type: ignore[arg-type]


def test_a_mistyped_unit_is_a_unit() -> None:
    schema = {"type": "number", "description": "Target temperature in °C"}
    assert says("set the hallway thermostat to 68 farenheit", 68, schema) is Answer.DOES_NOT
    assert says("set the hallway thermostat to 68 farenheit", 20, schema) is Answer.SAYS


@pytest.mark.parametrize("word", ["thirsty", "eighth", "sundae", "augusta", "mondays", "weight", "billing", "seventh"])
def test_a_word_of_its_own_stays(word: str) -> None:
    assert mend(f"the {word} one") == f"the {word} one"
