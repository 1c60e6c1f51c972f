"""Two scored models -> paired differences, benchmark by benchmark, as JSON and as a page."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from agents.errors import UsageError
from agents.schema import Noun
from evals.answer import records
from evals.schema import Interval, Outcome, Result
from evals.score import page, result, scoring, stats
from memory import statistics
from memory.page.page import page as whole


class Difference(Noun):
    """First minus second in percentage points, over tasks that both answered, each the mean of its runs."""

    difference: float
    low: float | None
    high: float | None
    """The clustered 95% interval; None where one cluster cannot give it."""
    p: float
    """Of the cluster sign-flip test."""
    n: int
    clusters: int


class Column(Noun):
    """One benchmark of a comparison."""

    bench: str
    first: Result
    second: Result
    paired: Difference
    p_holm: float
    """Adjusted over the benchmarks of this comparison."""
    power: stats.Power
    by_category: dict[str, Difference]
    """Not adjusted: to look at, not to test."""


class Comparison(Noun):
    """comparison.json."""

    first: str
    second: str
    columns: tuple[Column, ...]


def compare(first: Path, second: Path) -> Comparison:
    """Raises: UsageError: not scored, no common benchmark, or not the same tasks, data and scorer."""
    other = {folder.name for folder in scoring.folders(second)}
    common = [folder.name for folder in scoring.folders(first) if folder.name in other]
    if not common:
        raise UsageError(f"compare: {first} and {second} have no benchmark in common")
    columns = [_compare_bench(first / name, second / name) for name in common]
    adjusted = statistics.holm([column.paired.p for column in columns])
    columns = [column.model_copy(update={"p_holm": float(p)}) for column, p in zip(columns, adjusted, strict=True)]
    return Comparison(first=str(first), second=str(second), columns=tuple(columns))


def _compare_bench(first: Path, second: Path) -> Column:
    """One benchmark's column; its p is not adjusted yet, for that takes all of them."""
    (a, mine), (b, others) = scoring.read(first), scoring.read(second)
    for name in ("scorer", "data_sha256"):
        if getattr(a, name) != getattr(b, name):
            raise UsageError(
                f"compare {a.bench}: {name} {getattr(a, name)!r} against {getattr(b, name)!r}; score both anew"
            )
    paired = difference(mine, others)
    # power is of as many runs as both sides have of every task
    sides = [_runs(mine), _runs(others)]
    runs = min(len(values) for side in sides for values in side.values())
    tasks = list(sides[0])
    gaps = [np.subtract(sides[0][task][:runs], sides[1][task][:runs]).tolist() for task in tasks]
    cluster = {outcome.task: outcome.cluster for outcome in mine}
    power = stats.power(gaps, [cluster[task] for task in tasks])
    by_category = {}
    names = dict.fromkeys(outcome.category for outcome in mine)
    for name in names if len(names) > 1 else ():
        left, right = ([outcome for outcome in side if outcome.category == name] for side in (mine, others))
        by_category[name] = difference(left, right)
    return Column(
        bench=a.bench, first=a, second=b, paired=paired, p_holm=paired.p, power=power, by_category=by_category
    )


def difference(first: Sequence[Outcome], second: Sequence[Outcome]) -> Difference:
    """Raises: UsageError: the two have no task in common, or one has tasks that the other was never asked."""
    mine, others = _means(first), _means(second)
    if set(mine) != set(others):
        count = f"{len(set(mine) ^ set(others))} tasks are in only one of the two"
        raise UsageError(
            f"compare: {count}; use the same --category, --clusters and --seed, and ask for what is missing"
        )
    cluster = {outcome.task: outcome.cluster for outcome in first}
    pairs = statistics.paired_difference([mine[t] for t in mine], [others[t] for t in mine], [cluster[t] for t in mine])
    # a difference may be anything from -100 to 100
    low, high = result.edges(pairs.difference, pairs.low, pairs.high, pairs.clusters, least=-1.0)
    return Difference(
        difference=100 * pairs.difference, low=low, high=high, p=pairs.p, n=pairs.n, clusters=pairs.clusters
    )


def _means(outcomes: Sequence[Outcome]) -> dict[str, float]:
    tasks, values, _ = result.by_task(outcomes)
    return dict(zip(tasks, values, strict=True))


def _runs(outcomes: Sequence[Outcome]) -> dict[str, list[float]]:
    values: dict[str, list[float]] = {}
    for outcome in outcomes:
        values.setdefault(outcome.task, []).append(outcome.value)
    return values


def lines(comparison: Comparison) -> list[str]:
    """A line for each benchmark."""
    return [
        f"{column.bench}: {page.percent(column.first.score)} against {page.percent(column.second.score)}, difference "
        f"{column.paired.difference:+.2f} {page.edges(_interval(column.paired))} points, p {column.paired.p:.2g} "
        f"(Holm {column.p_holm:.2g}), n {column.paired.n} in {column.paired.clusters} clusters"
        for column in comparison.columns
    ]


def write(comparison: Comparison, folder: Path) -> Path:
    """The page; comparison.json lies beside it."""
    folder.mkdir(parents=True, exist_ok=True)
    records.replace(folder / "comparison.json", comparison.model_dump_json(indent=2) + "\n")
    rows = [
        page.Row(column.bench, column.first.score, column.second.score, _interval(column.paired), column.p_holm)
        for column in comparison.columns
    ]
    table = page.differences(comparison.first, comparison.second, rows)
    sections = [table]
    for column in comparison.columns:
        results, power = [column.first, column.second], column.power
        by_category = {name: _interval(pair) for name, pair in column.by_category.items()}
        note = f"to settle it: {power.runs or '–'} runs, or {power.clusters or '–'} clusters {power.note}"
        sections.append(page.bench(column.bench, results, by_category, note))
    path = folder / "comparison.html"
    records.replace(path, whole(f"{comparison.first} against {comparison.second}", sections))
    return path


def _interval(pair: Difference) -> Interval:
    return Interval(mean=pair.difference, low=pair.low, high=pair.high, n=pair.n, clusters=pair.clusters)
