"""Records and what the scorer said of them -> the result: mean, clustered interval, floor, ceiling, cost, errors."""

from collections import Counter
from collections.abc import Sequence
from math import isfinite
from typing import TypeVar

import numpy as np

from agents.errors import OutageError
from evals.schema import INFRASTRUCTURE, Interval, Outcome, Record, Score, Suite
from memory import statistics

Known = TypeVar("Known", Record, Outcome)
MAY_MISS = 0.01
"""[ours] The share of answers that infrastructure may cost; above it there is no score."""


def outcomes(suite: Suite, records: Sequence[Record], scores: Sequence[Score]) -> list[Outcome]:
    by_id = {task.id: task for task in suite.tasks}
    return [
        Outcome(
            task=record.task,
            run=record.run,
            cluster=by_id[record.task].cluster,
            category=by_id[record.task].category,
            value=score.value,
            error=score.error,
            also=score.also,
        )
        for record, score in zip(records, scores, strict=True)
    ]


async def score_records(suite: Suite, records: Sequence[Record]) -> list[Outcome]:
    """An outcome for each answer; one without an answer is wrong, with its error as the class."""
    answered = [record for record in records if not record.error]
    silent = [record for record in records if record.error]
    wrong = [Score(value=0.0, error=record.error.split(":")[0]) for record in silent]
    rows = outcomes(suite, answered, await suite.score(answered)) + outcomes(suite, silent, wrong)
    # in the order that was asked: suites may score those with an answer in any
    place = {(record.task, record.run): i for i, record in enumerate(records)}
    return sorted(rows, key=lambda row: place[row.task, row.run])


def drop_lost(rows: Sequence[Known], total: int) -> list[Known]:
    """Those that say something about the model. Raises OutageError: too many of `total` were lost to infrastructure."""
    left = [row for row in rows if not row.error.startswith(INFRASTRUCTURE)]
    lost = total - len(left)
    if lost > MAY_MISS * total:
        example = next((row.error for row in rows if row.error.startswith(INFRASTRUCTURE)), "")
        fault = f"{lost} of {total} answers were lost to infrastructure, more than {MAY_MISS:.0%}"
        raise OutageError(f"no score: {fault}; generate again to ask for them; {example}")
    return left


def interval(outcomes: Sequence[Outcome]) -> Interval:
    """The mean of the tasks' means in percent, clusters being what is random."""
    tasks, values, clusters = by_task(outcomes)
    mean = statistics.mean(values, clusters)
    low, high = edges(mean.value, mean.low, mean.high, mean.clusters)
    return Interval(mean=100 * mean.value, low=low, high=high, n=len(tasks), clusters=mean.clusters)


def edges(
    value: float, low: float, high: float, clusters: int, least: float = 0.0, most: float = 1.0
) -> tuple[float | None, float | None]:
    """An interval in percent, of values from `least` to `most`; None where one cluster cannot give it.

    Where no cluster differs t has no width. Then, at 97.5%, less than 1 - 0.025^(1 / clusters) of all clusters would
    differ, which moves the mean as far as they reach; where all are wrong, or right, this is Clopper and Pearson's.
    """
    if high - low < 1e-9:
        far = 1 - 0.025 ** (1 / clusters)
        low, high = value - far * (value - least), value + far * (most - value)
    if not isfinite(low):
        return None, None
    # t knows no bounds; what lies beyond them cannot be, so cutting it off loses no coverage
    return 100 * max(least, low), 100 * min(most, high)


def by_task(outcomes: Sequence[Outcome]) -> tuple[list[str], list[float], list[str]]:
    """Tasks in order, the mean of each one's runs, its cluster."""
    values: dict[str, list[float]] = {}
    for outcome in outcomes:
        values.setdefault(outcome.task, []).append(outcome.value)
    cluster = {outcome.task: outcome.cluster for outcome in outcomes}
    return list(values), [float(np.mean(runs)) for runs in values.values()], [cluster[task] for task in values]


def by_category(outcomes: Sequence[Outcome]) -> dict[str, Interval]:
    """The score of each category; none where there is one alone, whose score is the whole."""
    names = dict.fromkeys(outcome.category for outcome in outcomes)
    return (
        {name: interval([outcome for outcome in outcomes if outcome.category == name]) for name in names}
        if len(names) > 1
        else {}
    )


def also(outcomes: Sequence[Outcome]) -> dict[str, Interval]:
    """The scorer's other measures, over the answers that have them."""
    by_name: dict[str, list[Outcome]] = {}
    for outcome in outcomes:
        for name, value in outcome.also.items():
            by_name.setdefault(name, []).append(outcome.model_copy(update={"value": value}))
    return {name: interval(mine) for name, mine in by_name.items()}


def by_run(outcomes: Sequence[Outcome]) -> tuple[float, ...]:
    """The mean of each run alone, in percent."""
    runs = sorted({outcome.run for outcome in outcomes})
    return tuple(100 * float(np.mean([outcome.value for outcome in outcomes if outcome.run == run])) for run in runs)


def bounds(outcomes: Sequence[Outcome], total: int) -> tuple[float, float]:
    """The score in percent if each of the `total` answers that is lost were wrong, and if each were right.

    Every task is asked as often, so with all answers there the mean of the tasks' means is that of the answers. Of what
    is left it is not: a task that lost a run counts as much as one that did not.
    """
    right = sum(outcome.value for outcome in outcomes)
    return 100 * right / total, 100 * (right + total - len(outcomes)) / total


def errors(outcomes: Sequence[Outcome]) -> dict[str, int]:
    return dict(sorted(Counter(outcome.error for outcome in outcomes if outcome.error).items()))


def tokens(records: Sequence[Record], side: str) -> int | None:
    counts = [getattr(record, side) for record in records]
    return None if None in counts else sum(counts)


def dollars(tokens: tuple[int | None, int | None], prices: tuple[float | None, float | None]) -> float | None:
    """Tokens at prices in dollars for a million; None where either is not known."""
    pairs = list(zip(tokens, prices, strict=True))
    if any(count is None or price is None for count, price in pairs):
        return None
    return round(sum((count or 0) * (price or 0.0) for count, price in pairs) / 1e6, 6)
