"""How much one more of a unit adds."""

import pytest

from memory.measure.level import Level

LEVEL = {"leaf": 4, "tool": 100}
WEIGHTS = {"leaf": 1.0, "tool": 2.0}


def test_the_first_adds_most_and_each_more_adds_less() -> None:
    level = Level(LEVEL, WEIGHTS)
    gains = []
    for _ in range(3):
        gains.append(level.gains["leaf"]["0.0"])
        level.add("leaf", ["0.0"])
    assert gains == pytest.approx([0.5, 0.5 * (2**0.5 - 1), 0.5 * (3**0.5 - 2**0.5)])


def test_kinds_weigh_alike_where_all_are_level() -> None:
    """With n rows spread evenly over k units one more adds about weight / (2 sqrt n), whatever k is."""
    level = Level(LEVEL, {"leaf": 1.0, "tool": 1.0})
    level.add("leaf", [str(n) for n in range(4)], 10_000)
    level.add("tool", [str(n) for n in range(100)], 400)
    assert level.gains["leaf"]["0"] == pytest.approx(level.gains["tool"]["0"], rel=1e-3)
    assert level.gains["tool"]["0"] == pytest.approx(1 / (2 * 200), rel=1e-3)


def test_weights_multiply() -> None:
    assert Level(LEVEL, WEIGHTS).gains["tool"]["a"] == pytest.approx(2 / 10)


def test_what_is_taken_back_counts_no_longer() -> None:
    level = Level(LEVEL, WEIGHTS)
    level.add("leaf", ["0.0"])
    level.add("leaf", ["0.0"], -1.0)
    level.add("leaf", ["0.0"], -1.0)
    assert level.gains["leaf"]["0.0"] == 0.5
