"""Intervals of a run's measures over its rows: each row is left out once (delete-one jackknife).

A row calls several tools, so its calls are not independent draws; rows are. Estimate +- t(0.975, n - 1) times the
standard error sqrt((n - 1) / n * sum((v_i - mean)^2)), v_i being the measure without row i (Efron and Stein 1981). It
is of the plug-in value, whose bias it does not take away: where a value is saturated, n decides it and not the corpus.
"""

from collections import Counter
from collections.abc import Collection, Hashable, Sequence
from math import log2, sqrt

import numpy as np

from memory.statistics import Estimate, Floats, student_quantile


def entropy_over_rows(rows: Sequence[Collection[Hashable]]) -> Estimate:
    """The plug-in entropy, in bits, of all labels of all rows, with its interval.

    >>> entropy_over_rows([["a"], ["b"], ["a"], ["b"]]).value
    1.0
    """
    counts = Counter(label for row in rows for label in row)
    total, weighed = counts.total(), sum(count * log2(count) for count in counts.values())
    without = []
    for row in rows:
        left, sum_left = total - len(row), weighed
        for label, count in Counter(row).items():
            rest = counts[label] - count
            sum_left += (rest * log2(rest) if rest else 0.0) - counts[label] * log2(counts[label])
        without.append(log2(left) - sum_left / left if left else 0.0)
    value = log2(total) - weighed / total if total else 0.0
    return _estimate(value, np.array(without))


def largest_share(rows: Sequence[Collection[Hashable]]) -> Estimate:
    """The share of the rows that have the commonest label, with the interval of that label's share."""
    counts = Counter(label for row in rows for label in set(row))
    if not counts:
        return _estimate(0.0, np.zeros(len(rows)))
    name, most = max(counts.items(), key=lambda item: item[1])
    without = [(most - (name in row)) / max(len(rows) - 1, 1) for row in rows]
    return _estimate(most / len(rows), np.array(without))


def _estimate(value: float, without: Floats) -> Estimate:
    """None can be had of one row: the interval is infinite, as everywhere."""
    n = len(without)
    if n < 2:
        return Estimate(value=value, low=-np.inf, high=np.inf, n=n, clusters=n)
    error = sqrt((n - 1) / n * float(((without - without.mean()) ** 2).sum()))
    half = student_quantile(0.975, n - 1) * error
    return Estimate(value=value, low=value - half, high=value + half, n=n, clusters=n)
