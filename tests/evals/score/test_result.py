"""What a result says of answers, some of which may be lost."""

import pytest
from scipy.stats import binomtest  # type: ignore[import-untyped]

from evals.schema import Outcome
from evals.score import result


@pytest.mark.parametrize("right", [0, 24])
def test_where_all_clusters_agree_the_interval_is_the_exact_binomial_one(right: int) -> None:
    rows = [
        Outcome(task=f"{i} {run}", run=run, cluster=str(i), category="", value=right / 24)
        for i in range(24)
        for run in range(2)
    ]
    exact = binomtest(right, 24).proportion_ci(method="exact")
    interval = result.interval(rows)
    assert (interval.low, interval.high) == pytest.approx((100 * exact.low, 100 * exact.high))


def test_models_that_agree_everywhere_may_still_differ_elsewhere() -> None:
    far = 100 * (1 - 0.025 ** (1 / 24))
    assert result.edges(0.0, 0.0, 0.0, 24, least=-1.0) == pytest.approx((-far, far))
    assert result.edges(1.0, 1.0, 1.0, 24, least=-1.0) == pytest.approx((100 - 2 * far, 100))
    assert result.edges(1 / 3, 1 / 3 - 1e-17, 1 / 3, 24) == pytest.approx(((100 - far) / 3, (100 + 2 * far) / 3))
    assert result.edges(0.5, float("-inf"), float("inf"), 1) == (None, None)


def test_bounds_are_what_the_score_would_be_with_the_lost_answers_wrong_or_right() -> None:
    """One task lost a run, one both: the score of what is left, 75, says nothing of how many answers are there."""
    there = {("a", 0): 1.0, ("b", 0): 0.0, ("b", 1): 1.0}
    asked = [(task, run) for task in "abc" for run in range(2)]

    def outcomes(lost: float | None) -> list[Outcome]:
        values = [(key, there.get(key, lost)) for key in asked]
        return [
            Outcome(task=task, run=run, cluster=task, category="", value=value)
            for (task, run), value in values
            if value is not None
        ]

    low, high = result.bounds(outcomes(lost=None), total=6)
    assert result.interval(outcomes(lost=None)).mean == 75
    assert (low, high) == pytest.approx((100 / 3, 250 / 3))
    assert (low, high) == pytest.approx([result.interval(outcomes(lost)).mean for lost in (0.0, 1.0)])
