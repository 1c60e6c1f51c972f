import pytest

from agents.plan.values import Answer, says
from agents.plan.values.language.moods import Mood, mood_of

RIVALS = [
    ("Number of workers", "bump the pool to 12 workers. It runs with 4 at present.", 12, 4),
    ("Memory limit in MB", "It keeps dying at 512 MB, give it 1024.", 1024, 512),
    ("Weight in kg", "My brother weighs 92 kilos, I'm at 74.", 74, 92),
    ("Target branch", "merge it into release/2.4, master hasn't been touched in months", "release/2.4", "master"),
    ("Region", "Latency from eu-north-1 is awful. Launch it in eu-west-3.", "eu-west-3", "eu-north-1"),
    ("City", "My parents live in Leeds. What's the weather in Hull?", "Hull", "Leeds"),
    ("Body temperature in °C", "She had 39.4 last night; just now it was 37.9. Log that.", 37.9, 39.4),
    ("Zielort", "Meine Schwester wohnt in Ulm, ich möchte aber nach Trier.", "Trier", "Ulm"),
    ("Number of guests", "We said 10 people, but Lea can't come so we'll only be eight", 8, 10),
]


@pytest.mark.parametrize(("described", "text", "wished", "other"), RIVALS)
def test_of_two_values_the_one_in_the_clause_that_asks_is_said(
    described: str, text: str, wished: str | float, other: str | float
) -> None:
    schema = {"description": described}
    assert says(text, wished, schema) is Answer.SAYS
    assert says(text, other, schema) is Answer.CANNOT_TELL


def test_what_is_told_of_the_thing_asked_for_stands() -> None:
    assert says("my shoe size is 37, my waist is 70", 37, {"description": "Shoe size"}) is Answer.SAYS
    assert says("We've got 7 running, should be 9", 7, {"description": "Current number of replicas"}) is Answer.SAYS


def test_an_order_outweighs_a_state_and_a_past() -> None:
    clauses = ["my wife is vegan", "we have 3 right now", "@@ is frozen", "i'm at 74", "two rooms", "launch it there"]
    assert [mood_of(clause) for clause in clauses] == [*Mood]
