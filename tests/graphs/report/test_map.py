"""What the report says of how alike rows are."""

from typing import Any

from graphs.report import map

FLIGHT, PLANTS = "book a flight\nsearch_flights\nchained", "water the plants\nset_timer\nlinear"


def entries(*outcomes: str) -> list[dict[str, Any]]:
    common = {"mode": "linear", "goal": "a goal"}
    return [{"slot": slot, "outcome": outcome, **common} for slot, outcome in enumerate(outcomes)]


def test_a_row_told_twice_is_a_near_copy_and_makes_no_more_different_ones() -> None:
    page = "".join(map.sections(entries("accepted", "accepted", "accepted"), [FLIGHT, FLIGHT, FLIGHT]))
    assert "near-copies: 0.6667 at 2" in page
    assert "effective number: 1 at 2" in page


def test_what_was_rejected_is_on_the_map_alone() -> None:
    page = "".join(map.sections(entries("accepted", "not_novel", "accepted"), [FLIGHT, FLIGHT, PLANTS]))
    assert "near-copies: 0 at 2" in page
    assert "slot 1, not_novel: a goal" in page


def test_nothing_accepted_has_no_curve() -> None:
    assert "".join(map.sections(entries("rules"), [FLIGHT])).count("no data") == 2
    assert "no data" in "".join(map.sections([], []))
