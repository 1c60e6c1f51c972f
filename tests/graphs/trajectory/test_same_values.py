from typing import Any

import pytest

from graphs.trajectory.case import same


@pytest.mark.parametrize(
    ("value", "other"),
    [
        (1, 1.0),
        ("2026-05-19", "19 May 2026"),
        ({"at": "13:30", "tags": [1, 2]}, {"tags": [1.0, 2], "at": "13:30:00"}),
        (None, None),
        (True, True),
    ],
)
def test_one_value_in_two_spellings_is_the_same(value: Any, other: Any) -> None:
    assert same(value, other)
    assert same(other, value)


@pytest.mark.parametrize(
    ("value", "other"),
    [
        (True, 1),
        (False, 0),
        ([True], [1]),
        ({"a": 0}, {"a": False}),
        (None, 0),
        ([1], [1, 2]),
        ({"a": 1}, {"b": 1}),
        ("1", [1]),
    ],
)
def test_true_is_not_one_and_nothing_is_not_zero(value: Any, other: Any) -> None:
    assert not same(value, other)
    assert not same(other, value)
