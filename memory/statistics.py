"""Intervals and tests for every comparison of the project: numpy arrays in, small frozen nouns out.

Values of one cluster (a task's repeats, a scenario's variants, a seed) are not independent: what is random is which
clusters there are. Without `clusters` each value is its own.
"""

from collections.abc import Hashable, Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray

from agents.schema import Noun

Floats = NDArray[np.float64]
Clusters = Sequence[Hashable] | None

EXACT = 16
"""Up to so many clusters every sign pattern is counted; above, patterns are sampled."""
FLIPS = 20_000


class Estimate(Noun):
    """A mean or another statistic with its interval; an interval that one cluster cannot give is infinite."""

    value: float
    low: float
    high: float
    n: int
    """Values."""
    clusters: int
    """Independent ones among them."""


class Paired(Noun):
    """How much higher the first side is, pair by pair."""

    difference: float
    low: float
    high: float
    p: float
    """Two-sided, of the cluster sign-flip test; with g clusters never below 2 / 2^g."""
    n: int
    clusters: int


def mean(values: ArrayLike, clusters: Clusters = None) -> Estimate:
    """The mean and its cluster-robust 95% t interval: residuals added within clusters, clusters - 1 degrees of freedom.

    With a cluster for each value it is the ordinary t interval. Raises: ValueError: no value, or one is not finite.

    >>> mean([1.0, 2.0, 3.0]).value
    2.0
    """
    numbers, groups = _check(values, clusters)
    middle, count, half = float(numbers.mean()), _count(groups), float("inf")
    if count > 1:
        # the sandwich estimate with its small-sample factor: what one cluster adds up to is one observation
        sums = _sums(numbers - numbers.mean(), groups)
        error = np.sqrt(count / (count - 1) * (sums @ sums)) / len(numbers)
        half = student_quantile(0.975, count - 1) * float(error)
    return Estimate(value=middle, low=middle - half, high=middle + half, n=len(numbers), clusters=count)


def student_quantile(p: float, degrees: float) -> float:
    """The quantile of Student's t distribution: an interval of 95% is the one of 0.975 times the standard error.

    >>> round(student_quantile(0.975, 9), 4)
    2.2622
    """
    from scipy.special import stdtrit  # type: ignore[import-untyped]  # scipy.stats would take a second more

    return float(stdtrit(degrees, p))


def ratio(sums: ArrayLike, weights: ArrayLike) -> Estimate:
    """The sum of `sums` over the sum of `weights`, such as a loss for each token: one pair of each independent unit.

    The 95% interval is the linearised one of a ratio of means (Cochran, Sampling Techniques, 3rd ed., 6.4), by t.
    Raises: ValueError: no value, one is not finite, or no weight.

    >>> ratio([2.0, 4.0], [1.0, 2.0]).value
    2.0
    """
    totals, sizes = _check(sums, None)[0], _check(weights, None)[0]
    if len(totals) != len(sizes) or sizes.sum() <= 0:
        raise ValueError(f"weights: {len(totals)} of a sum above 0 expected, not {len(sizes)} of {sizes.sum()}")
    value = float(totals.sum() / sizes.sum())
    # residuals add up to 0, so their mean is the ratio's error
    error = mean((totals - value * sizes) / sizes.mean())
    return Estimate(value=value, low=value + error.low, high=value + error.high, n=len(totals), clusters=len(totals))


def exact_share(hits: int, n: int) -> Estimate:
    """A share of n independent ones with its exact 95% interval (Clopper and Pearson 1934), which 0 and all have too.

    >>> round(exact_share(0, 20).high, 4)
    0.1684
    """
    from scipy.special import betaincinv

    low = float(betaincinv(hits, n - hits + 1, 0.025)) if hits else 0.0
    high = float(betaincinv(hits + 1, n - hits, 0.975)) if hits < n else 1.0
    return Estimate(value=hits / n, low=low, high=high, n=n, clusters=n)


def paired_difference(first: ArrayLike, second: ArrayLike, clusters: Clusters = None) -> Paired:
    """Mean of first - second with its clustered 95% t interval and the p of a sign-flip test over whole clusters.

    Flipping a cluster's sign is fair when neither side is better. Exact up to 16 clusters, else 20,000 seeded flips.
    """
    if np.shape(first) != np.shape(second):
        raise ValueError(f"pairs: {np.shape(first)} values against {np.shape(second)}")
    differences, groups = _check(np.subtract(first, second, dtype=float), clusters)
    middle, p = mean(differences, clusters), _sign_flip(_sums(differences, groups))
    return Paired(difference=middle.value, low=middle.low, high=middle.high, p=p, n=middle.n, clusters=middle.clusters)


def holm(p: ArrayLike) -> Floats:
    """Adjusted p-values in the order given: under a level, the chance of any false rejection is under it (Holm 1979).

    >>> holm([0.01, 0.04, 0.03]).round(2).tolist()
    [0.03, 0.06, 0.06]
    """
    raw = np.asarray(p, dtype=float)
    order = np.argsort(raw, kind="stable")
    # never smaller than an adjusted value before it, or a larger p could be rejected where a smaller one is not
    stepped = np.maximum.accumulate(raw[order] * np.arange(len(raw), 0, -1))
    adjusted = np.empty_like(raw)
    adjusted[order] = np.minimum(stepped, 1.0)
    return adjusted


def _check(values: ArrayLike, clusters: Clusters) -> tuple[Floats, NDArray[np.intp]]:
    """The values as floats, and the number of each one's cluster by first appearance."""
    numbers = np.asarray(values, dtype=float)
    if numbers.ndim != 1 or not len(numbers) or not np.isfinite(numbers).all():
        raise ValueError(f"values: one row of finite numbers expected, not {numbers.shape} {numbers[:3]}")
    labels = range(len(numbers)) if clusters is None else clusters
    if len(labels) != len(numbers):
        raise ValueError(f"clusters: {len(labels)} labels for {len(numbers)} values")
    number = {label: place for place, label in enumerate(dict.fromkeys(labels))}
    return numbers, np.array([number[label] for label in labels], dtype=np.intp)


def _count(groups: NDArray[np.intp]) -> int:
    return int(groups.max()) + 1


def _sums(numbers: Floats, groups: NDArray[np.intp]) -> Floats:
    return np.bincount(groups, weights=numbers).astype(np.float64)


def _sign_flip(sums: Floats) -> float:
    """How often random signs give a total at least as far from 0; of a pattern and its mirror one is enough."""
    # a little below the observed total: patterns that give it exactly must not be lost to the last bit
    least = abs(sums.sum()) - 1e-9 * np.abs(sums).sum()
    if len(sums) <= EXACT:
        patterns = np.arange(2 ** (len(sums) - 1))
        signs = 1 - 2 * ((patterns[:, None] >> np.arange(len(sums))) & 1)
        return float(np.mean(np.abs(signs @ sums) >= least))
    signs = np.random.default_rng(0).choice((-1, 1), size=(FLIPS, len(sums)))
    # the observed pattern counts among the sampled ones, so that p is never 0 (Phipson and Smyth, 2010)
    return float((1 + np.sum(np.abs(signs @ sums) >= least)) / (1 + FLIPS))
