"""Scores of categories -> one overall score, weighed as a leaderboard does, with its clustered interval.

overall = sum of w(c) mean(c) over categories, so a task of category c counts w(c) / n(c). The variance is that of the
clusters' totals of weighed residuals, g / (g - 1) times their sum of squares; clusters reach over categories. Degrees
of freedom are those of the weighed category with the fewest clusters, which is on the safe side [ours].
"""

from collections.abc import Mapping, Sequence
from math import sqrt

import numpy as np

from evals.schema import Interval, Outcome, Overall
from evals.score import result
from memory.statistics import student_quantile


def weigh(outcomes: Sequence[Outcome], weights: Mapping[str, float]) -> Overall | None:
    """None where no category with a weight was asked."""
    tasks = [outcome for outcome in outcomes if weights.get(outcome.category)]
    if not tasks:
        return None
    there = {outcome.category for outcome in tasks}
    share = sum(weights[name] for name in there)
    score = _interval(tasks, weights)
    # the leaderboard counts what was not asked as 0; over what was asked alone the weights are made whole
    scaled = {name: weights[name] / share for name in there}
    missing = tuple(name for name, weight in weights.items() if weight and name not in there)
    return Overall(score=score, asked=share, of_asked=_interval(tasks, scaled), missing=missing)


def _interval(outcomes: Sequence[Outcome], weights: Mapping[str, float]) -> Interval:
    totals: dict[str, float] = {}
    mean, most, fewest, count = 0.0, 0.0, 0, 0
    for name in dict.fromkeys(outcome.category for outcome in outcomes):
        mine = [outcome for outcome in outcomes if outcome.category == name]
        _, values, clusters = result.by_task(mine)
        mean += weights[name] * float(np.mean(values))
        most += weights[name]
        for value, cluster in zip(values, clusters, strict=True):
            part = weights[name] * (value - float(np.mean(values))) / len(values)
            # a scenario has tasks in four categories, which fall together
            totals[cluster] = totals.get(cluster, 0.0) + part
        groups = len(set(clusters))
        fewest, count = min(fewest or groups, groups), count + len(values)
    low = high = None
    if fewest > 1:
        variance = len(totals) / (len(totals) - 1) * sum(total**2 for total in totals.values())
        half = student_quantile(0.975, fewest - 1) * sqrt(variance)
        # what was not asked counts 0, so that no answers bring the score above the weights that were asked
        low, high = result.edges(mean, mean - half, mean + half, len(totals), most=most)
    return Interval(mean=100 * mean, low=low, high=high, n=count, clusters=len(totals))
