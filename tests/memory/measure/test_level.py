"""How much one more of a unit adds."""

import pytest

from memory.measure.level import Level


def test_the_first_adds_most_and_each_more_adds_less() -> None:
    level = Level({"leaf": 1.0})
    gains = []
    for _ in range(3):
        gains.append(level.gains["leaf"]["0.0"])
        level.add("leaf", ["0.0"])
    assert gains == pytest.approx([1.0, 2**0.5 - 1, 3**0.5 - 2**0.5])


def test_a_gain_is_what_log_coverage_grows_by_at_first() -> None:
    """Weight / (1 + the sum of roots) for a unit that is new."""
    level = Level({"tool": 2.0})
    assert level.gain("tool", ["a"]) == 2.0
    level.add("tool", ["a"], 4.0)
    level.add("tool", ["b"], 9.0)
    assert level.gain("tool", ["c"]) == pytest.approx(2.0 / (1 + 2 + 3))
    assert level.gain("tool", ["c", "d"]) == pytest.approx(2 * 2.0 / 6)
    assert level.gain("tool", ["b"]) == pytest.approx(2.0 / 6 * (10**0.5 - 3))


@pytest.mark.parametrize("rows", [100, 10_000])
def test_kinds_weigh_the_same_at_any_number_of_rows(rows: int) -> None:
    """What each row has, one of four, adds half of what is always new: the coverage of the first grows by a root."""
    level = Level({"mode": 1.0, "tool": 1.0})
    level.add("mode", [str(n) for n in range(4)], rows / 4)
    level.add("tool", [str(n) for n in range(rows)])
    assert level.gain("mode", ["0"]) / level.gain("tool", ["new"]) == pytest.approx(0.5, rel=0.05)


def test_of_a_steep_kind_each_more_adds_less_still() -> None:
    """Of log(1 + 5 n) / log 6; a root would leave 0.41, 0.32 and 0.27."""
    level = Level({"service": 1.0, "leaf": 1.0}, steep=("service",))
    gains = []
    for _ in range(4):
        gains.append(level.gains["service"]["a"])
        level.add("service", ["a"])
    assert gains == pytest.approx([1.0, 0.338, 0.209, 0.152], abs=0.0005)
    level.add("leaf", ["0.0"])
    assert level.gains["leaf"]["0.0"] == pytest.approx(2**0.5 - 1)


def test_what_is_taken_back_counts_no_longer() -> None:
    level = Level({"leaf": 1.0})
    before = level.gain("leaf", ["0.0"])
    level.add("leaf", ["0.0"])
    level.add("leaf", ["0.0"], -1.0)
    level.add("leaf", ["0.0"], -1.0)
    assert level.gain("leaf", ["0.0"]) == before


def test_a_kind_that_weighs_twice_is_worth_twice() -> None:
    level = Level({"leaf": 1.0, "service": 3.0})
    level.add("service", ["a", "b"])
    before = level.gain("service", ["a"])
    level.weigh("service", 6.0)
    assert level.gain("service", ["a"]) == 2 * before
    level.add("service", ["c"])
    assert level.worth["service"] == 6.0 / 4
