import numpy as np
import pytest

from evals.score import stats
from memory import statistics

VALUES = [1.0, 0.0, 1.0, 1.0, 0.0, 0.0, 1.0, 0.5, 0.0, 1.0, 1.0, 0.0]
CLUSTERS = ["a", "a", "a", "b", "b", "c", "c", "c", "d", "d", "e", "e"]


def test_the_clustered_error_is_that_of_statsmodels() -> None:
    """OLS on a constant with cov_type="cluster", use_t: statsmodels 0.15.0 on the same numbers."""
    estimate = statistics.mean(VALUES, CLUSTERS)
    assert stats.standard_error(np.array(VALUES), CLUSTERS) == pytest.approx(0.03920690899526464, abs=1e-12)
    assert (estimate.low, estimate.high) == pytest.approx((0.432810836096829, 0.6505224972365047), abs=1e-9)


def test_the_naive_test_errs_where_the_clustered_ones_keep_their_level() -> None:
    rates = stats.false_alarm_rates(trials=400, scenarios=20, variants=4, seed=1)
    assert 0.03 <= rates["clustered t"] <= 0.07
    assert rates["cluster sign-flip"] <= 0.07  # its steps are coarse with so few clusters
    assert rates["naive paired t"] > 0.15


def test_more_runs_settle_what_is_noise_between_runs_and_not_what_is_between_tasks() -> None:
    names = [str(i) for i in range(100)]
    between_runs, between_tasks = [[1.15, -0.85]] * 100, [[1.15, 1.15], [-0.85, -0.85]] * 50
    assert stats.power(between_runs, names).runs == 7
    assert stats.power(between_tasks, names).note == "more runs alone would not"
    assert stats.power([[0.0]] * 4, ["a", "b", "c", "d"]).note == "no difference seen"


def test_as_many_clusters_as_power_names_find_the_difference_four_times_in_five() -> None:
    rng = np.random.default_rng(1)
    seen = rng.normal(0.1, 1.0, size=(400, 1))
    needed = stats.power(seen.tolist(), [str(i) for i in range(400)]).clusters
    assert needed
    effect, spread = seen.mean(), seen.std(ddof=1)
    hits = [not _holds_0(rng.normal(effect, spread, size=needed)) for _ in range(200)]
    assert 0.7 < np.mean(hits) < 0.9


def _holds_0(values: np.ndarray) -> bool:
    estimate = statistics.mean(values)
    return estimate.low <= 0 <= estimate.high
