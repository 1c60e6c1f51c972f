"""What evaluations need of statistics beyond memory/statistics.py: power, and the error rates of the tests themselves.

python -m evals.score.stats     the simulated rate of false alarms, clustered and naive
"""

from collections.abc import Callable, Sequence
from math import atanh, ceil, sqrt, tanh
from statistics import NormalDist

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from agents import cli as command
from agents.schema import Noun
from memory import statistics
from memory.statistics import student_quantile

Floats = NDArray[np.float64]
NORMAL, POWER = NormalDist(), 0.8


class Power(Noun):
    """What would settle a difference of the size seen: found at 5% with a chance of 80%."""

    runs: int | None
    """Runs of each task on the same tasks; None where more runs alone never would, or one run cannot tell."""
    clusters: int | None
    """Clusters of the same kind with as many runs; None where no difference was seen."""
    note: str = ""


def power(runs: Sequence[Sequence[float]], clusters: Sequence[str]) -> Power:
    """How many runs, or clusters, would settle paired differences (task, run), each task being of a cluster.

    The variance of the mean is between / clusters + within / runs, within being what repeats of a task differ by;
    only the second part falls with more runs. The factor is z(0.975) + z(0.8).
    """
    values = np.asarray(runs, dtype=float)
    mean = statistics.mean(values.mean(axis=1), clusters)
    if mean.clusters < 2 or mean.value == 0:
        return Power(runs=None, clusters=None, note="no difference seen" if mean.value == 0 else "one cluster")
    variance = standard_error(values.mean(axis=1), clusters) ** 2
    allowed = (abs(mean.value) / (NORMAL.inv_cdf(0.975) + NORMAL.inv_cdf(POWER))) ** 2
    # one cluster gives no interval
    needed = max(2, ceil(mean.clusters * variance / allowed))
    if values.shape[1] < 2:
        return Power(runs=None, clusters=needed, note="one run cannot tell noise between runs from tasks")
    within = float(values.var(axis=1, ddof=1).sum()) / len(values) ** 2
    between = max(0.0, variance - within / values.shape[1])
    if between >= allowed:
        return Power(runs=None, clusters=needed, note="more runs alone would not")
    return Power(runs=max(1, ceil(within / (allowed - between))), clusters=needed)


def detectable_difference(difference: float, high: float, seeds: int) -> float | None:
    """The smallest true difference that so many seeds find at 5% with a chance of 80%, their spread being as seen.

    `high` is the upper end of the difference's 95% interval. (t(0.975) + t(0.8)) times the standard error, with
    seeds - 1 degrees of freedom; None of one seed.
    """
    if seeds < 2:
        return None
    error = (high - difference) / student_quantile(0.975, seeds - 1)
    return (student_quantile(0.975, seeds - 1) + student_quantile(POWER, seeds - 1)) * error


def rank_interval(rho: float, n: int) -> tuple[float, float]:
    """The 95% interval of Spearman's rank correlation: Fisher's z with the variance (1 + rho^2 / 2) / (n - 3).

    Bonett and Wright, Psychometrika 65, 2000. A correlation of 1 has no error there, so it is taken as just below.

    >>> [round(edge, 3) for edge in rank_interval(0.5, 20)]
    [0.045, 0.783]
    """
    middle = atanh(max(-1 + 1e-9, min(1 - 1e-9, rho)))
    half = NORMAL.inv_cdf(0.975) * sqrt((1 + rho**2 / 2) / (n - 3))
    return tanh(middle - half), tanh(middle + half)


def standard_error(values: Floats, clusters: Sequence[str]) -> float:
    """The clustered standard error of the mean, from its 95% interval."""
    mean = statistics.mean(values, clusters)
    return (mean.high - mean.value) / student_quantile(0.975, mean.clusters - 1)


def false_alarm_rates(trials: int, scenarios: int = 200, variants: int = 4, seed: int = 0) -> dict[str, float]:
    """How often each test finds a difference at 5% between two models that are equally good.

    A BFCL-like world: whether a model solves a scenario is drawn once and shared by its variants, each of which is then
    spoiled on its own with a chance of 20%; both models draw from the same scenario's difficulty.
    """
    rng = np.random.default_rng(seed)
    clusters = [str(i) for i in range(scenarios) for _ in range(variants)]
    tests: dict[str, Callable[[Floats], bool]] = {
        "clustered t": lambda d: _excludes_0(statistics.mean(d, clusters)),
        "cluster sign-flip": lambda d: statistics.paired_difference(d, np.zeros_like(d), clusters).p < 0.05,
        "naive paired t": lambda d: _excludes_0(statistics.mean(d)),
    }
    hits = dict.fromkeys(tests, 0)
    for _ in range(trials):
        ease = rng.beta(1, 1, size=scenarios)
        # the scenario is drawn once for each model, what spoils a variant for each answer
        sides = [(rng.random(scenarios) < ease)[:, None] & (rng.random((scenarios, variants)) < 0.8) for _ in range(2)]
        difference = (sides[0].astype(float) - sides[1]).ravel()
        for name, alarms in tests.items():
            hits[name] += alarms(difference)
    return {name: count / trials for name, count in hits.items()}


def _excludes_0(estimate: statistics.Estimate) -> bool:
    return not estimate.low <= 0 <= estimate.high


class Config(Noun):
    """How often to simulate."""

    trials: int = Field(default=2000, ge=1)
    """Simulated comparisons of two models that are alike."""


def simulate(config: Config) -> None:
    """Simulate how often each test finds a difference where there is none."""
    rates = {name: f"{rate:.2%}" for name, rate in false_alarm_rates(config.trials).items()}
    print(rates, f"in {config.trials} trials, nominal 5%")


if __name__ == "__main__":
    command.run(command.command(Config, simulate, simulate.__doc__ or ""), None, "evals.score.stats")
