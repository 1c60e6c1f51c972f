"""The reward of a decision: 1 for the recorded calls, however their values are spelled, 0 for anything else.

Rows come from `python -m graphs.export RUN --format nemo-gym`. Parallel calls may come in any order.
"""

from collections.abc import Sequence

from agents.plan.equivalence import Called, Expected, do_the_same


def score(expected: Sequence[Expected], answer: Sequence[Called]) -> float:
    """1.0 where the calls do what the recorded ones did, else 0.0; without recorded calls, where none is made."""
    return float(do_the_same(expected, answer))
