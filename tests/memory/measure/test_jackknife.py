"""The interval of a measure over rows: exact on small cases, and it covers what it should."""

from math import inf, log2, sqrt

import numpy as np
import pytest

from memory.measure.diversity import entropy_bits
from memory.measure.jackknife import entropy_over_rows, largest_share

ROWS = [["a", "b"], ["a"], ["b", "c", "d"], ["a", "d"]]


def test_the_entropy_is_the_plug_in_one_and_its_error_that_of_leaving_each_row_out() -> None:
    without = []
    for place in range(len(ROWS)):
        labels = [label for n, row in enumerate(ROWS) if n != place for label in row]
        without.append(entropy_bits([labels.count(label) for label in set(labels)]))
    found = entropy_over_rows(ROWS)
    half = 3.182446 * sqrt(3 / 4 * sum((value - np.mean(without)) ** 2 for value in without))  # t with 3 degrees
    assert found.value == pytest.approx(entropy_bits([3, 2, 1, 2]))
    assert (found.low, found.high) == (pytest.approx(found.value - half), pytest.approx(found.value + half))


def test_an_interval_over_rows_covers_the_truth_about_as_often_as_it_says() -> None:
    rng = np.random.default_rng(0)
    truth = np.array([0.4, 0.3, 0.2, 0.1])
    bits = -float((truth * np.log2(truth)).sum())
    hits = 0
    for _ in range(400):
        found = entropy_over_rows([[label] for label in rng.choice(4, 200, p=truth)])
        hits += found.low <= bits <= found.high
    assert 0.92 <= hits / 400 <= 0.98


def test_the_largest_share_is_of_rows_and_one_row_has_no_interval() -> None:
    share = largest_share(ROWS)
    assert share.value == 0.75
    assert share.low < 0.75 < share.high
    assert (largest_share([["a"]]).low, entropy_over_rows([["a"]]).high) == (-inf, inf)
    assert entropy_over_rows([["a"], ["b"]]).value == log2(2)
