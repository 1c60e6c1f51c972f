"""Intervals and tests against values worked out by hand or by scipy, and their error rates in simulation."""

import math

import numpy as np
import pytest
from scipy import stats

from memory.statistics import holm, mean, paired_difference, ratio


def test_without_clusters_the_interval_is_students() -> None:
    values = [3.0, 5.0, 4.0, 8.0]
    low, high = stats.t.interval(0.95, 3, loc=5.0, scale=stats.sem(values))
    found = mean(values)
    assert (found.low, found.high) == pytest.approx((low, high))
    assert (found.value, found.n, found.clusters) == (5.0, 4, 4)


def test_a_ratio_of_equal_weights_is_a_mean_and_one_unit_has_no_interval() -> None:
    like = ratio([2.0, 6.0, 16.0], [2.0, 2.0, 2.0])
    assert like.model_dump() == pytest.approx(mean([1.0, 3.0, 8.0]).model_dump())
    assert ratio([3.0], [2.0]).model_dump() == {"value": 1.5, "low": -np.inf, "high": np.inf, "n": 1, "clusters": 1}


def test_a_ratio_weighs_large_units_more_and_its_interval_holds_the_truth_nineteen_times_of_twenty() -> None:
    assert ratio([1.0, 30.0], [1.0, 10.0]).value == pytest.approx(31 / 11)
    draws = np.random.default_rng(5)
    sizes = draws.integers(5, 50, (2000, 30)).astype(float)
    sums = 2 * sizes + draws.normal(0, 1, sizes.shape) * sizes
    hits = [one.low <= 2 <= one.high for one in map(ratio, sums, sizes)]
    assert np.mean(hits) == pytest.approx(0.95, abs=0.02)


def test_equal_clusters_count_as_their_means() -> None:
    once = mean([1.0, 3.0, 8.0])
    thrice = mean([1.0] * 3 + [3.0] * 3 + [8.0] * 3, clusters=["a"] * 3 + ["b"] * 3 + ["c"] * 3)
    assert (thrice.low, thrice.high) == pytest.approx((once.low, once.high))
    assert (thrice.n, thrice.clusters) == (9, 3)


def test_one_cluster_excludes_nothing() -> None:
    found = mean([1.0, 2.0], clusters=["a", "a"])
    assert (found.low, found.high) == (-math.inf, math.inf)


def test_sign_flips_of_few_clusters_are_counted_exactly() -> None:
    """Five differences of one sign: only the pattern and its mirror are as extreme, 2 of 32."""
    found = paired_difference([1.1, 2.2, 1.3, 2.4, 1.5], [1.0, 2.0, 1.0, 2.0, 1.0])
    assert found.p == 2 / 32
    assert found.difference == pytest.approx(0.3)
    # Totals of +-1 +-2 +-3 that are at least as far from 0 as 1 + 2 - 3 = 0: all of them.
    assert paired_difference([1.0, 2.0, 0.0], [0.0, 0.0, 3.0]).p == 1.0


def test_sampled_flips_agree_with_the_exact_ones() -> None:
    rng = np.random.default_rng(1)
    differences = rng.normal(0.35, 1, 40)
    found = paired_difference(differences, np.zeros(40))
    exact = stats.permutation_test(
        (differences, np.zeros(40)), lambda a, b: np.mean(a - b), permutation_type="samples", n_resamples=50_000, rng=2
    )
    assert found.p == pytest.approx(exact.pvalue, abs=0.01)
    assert found == paired_difference(differences, np.zeros(40))


@pytest.mark.parametrize("spread", [0.0, 2.0])
def test_clusters_keep_the_error_rate(spread: float) -> None:
    """Nothing is better, values of a cluster move together: about 5% of the tests and intervals err."""
    rng, clusters = np.random.default_rng(3), np.repeat(np.arange(12), 4)
    found = [
        paired_difference(rng.normal(size=48) + rng.normal(0, spread, 12)[clusters], np.zeros(48), clusters.tolist())
        for _ in range(1000)
    ]
    assert np.mean([one.p <= 0.05 for one in found]) == pytest.approx(0.05, abs=0.02)
    assert np.mean([one.low <= 0 <= one.high for one in found]) == pytest.approx(0.95, abs=0.02)


def test_holm_steps_down_and_keeps_the_order() -> None:
    assert holm([0.04, 0.01, 0.03, 0.005]) == pytest.approx([0.06, 0.03, 0.06, 0.02])
    assert holm([0.6, 0.7]) == pytest.approx([1.0, 1.0])


@pytest.mark.parametrize(
    ("values", "clusters", "fault"),
    [([], None, "finite"), ([1.0, math.nan], None, "finite"), ([1.0, 2.0], ["a"], "1 labels for 2 values")],
)
def test_what_cannot_be_averaged_is_refused(values: list[float], clusters: list[str] | None, fault: str) -> None:
    with pytest.raises(ValueError, match=fault):
        mean(values, clusters)
