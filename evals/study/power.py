"""What so many seeds could have seen, computed from the spread of the seeds that there are."""

from collections.abc import Iterator, Mapping
from math import isfinite, sqrt
from typing import Any

from evals.score import stats
from memory.page.page import section, table
from memory.statistics import student_quantile

SEEDS = 5
"""Of a study of the usual size."""
HEAD = ("measure", "at", "first", "other", "lead", "95% interval", "seeds", "they see", f"{SEEDS} seeds would see")
NOTE = (
    "The smallest true lead that is found at 5% with a chance of 80%, if leads of seeds lie as far apart as here. Two "
    "seeds or three say little of that: take it as an order of magnitude."
)


def detectable_lead(difference: float, high: float, measured: int, seeds: int = SEEDS) -> float | None:
    """The smallest true lead that `seeds` seeds find; `high` ends the 95% interval of a lead over `measured` seeds.

    None where the interval says nothing of a spread: one seed, or no interval.
    """
    if measured < 2 or seeds < 2 or not isfinite(high):
        return None
    # an interval's half width is t(0.975) s / sqrt(n): the same s with other degrees of freedom
    spread = (high - difference) / student_quantile(0.975, measured - 1) * sqrt(measured)
    half = student_quantile(0.975, seeds - 1) * spread / sqrt(seeds)
    return stats.detectable_difference(0.0, half, seeds)


def statement(results: Mapping[str, Any]) -> Iterator[str]:
    """The section of a study's page: each lead at equal N, and what more seeds could have seen of it."""
    rows = []
    for name, by_size in results["equal_n"].items():
        for size, leads in by_size.items():
            for lead in leads:
                difference, high, measured = lead["difference"], lead["high"], len(lead["seeds"])
                edges = "one seed"
                own = more = None
                if high is not None and isfinite(high):
                    edges = f"[{lead['low']:.4g}, {high:.4g}]"
                    own = detectable_lead(difference, high, measured, measured)
                    more = detectable_lead(difference, high, measured)
                rows.append((name, f"N = {size}", lead["first"], lead["other"], difference, edges, measured, own, more))
    if rows:
        yield section("Power", table(HEAD, rows), note=NOTE)
