"""Results as lines and as pages: a table with intervals, a forest plot, categories."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from evals.schema import Interval, Result
from memory.page import charts
from memory.page.page import section, table

HEADER = ["model", "score", "95% interval", "n", "clusters", "runs", "floor", "ceiling", "missing", "calls"]
HEADER += ["tokens in", "tokens out", "dollars", "scorer"]


class Row(NamedTuple):
    """A benchmark in a table of differences."""

    name: str
    first: Interval
    second: Interval
    difference: Interval
    p: float | None
    """After Holm; None where nobody can know it."""


def edges(interval: Interval) -> str:
    return (
        "[no interval]"
        if interval.low is None or interval.high is None
        else f"[{interval.low:.2f}, {interval.high:.2f}]"
    )


def percent(interval: Interval) -> str:
    return f"{interval.mean:.2f} {edges(interval)}"


def line(result: Result) -> str:
    """A result in a line, for the terminal."""
    floor, ceiling = (("–" if v is None else f"{v:.2f}") for v in (result.floor, result.ceiling))
    lost = f", {result.missing} lost to infrastructure" if result.missing else ""
    return (
        f"{result.bench}: {percent(result.score)}, n {result.n} in {result.score.clusters} clusters, "
        f"{result.runs} runs, floor {floor}, ceiling {ceiling}, {result.calls} calls{lost}; {result.scorer}"
    )


def differences(first: str, second: str, rows: Sequence[Row]) -> str:
    """The table and the forest plot of a comparison."""
    header = ("benchmark", first, second, "difference", "95% interval", "p (Holm)", "n", "clusters")
    cells = []
    for name, mean, other, pair, p in rows:
        cells.append((name, percent(mean), percent(other), pair.mean, edges(pair), p, pair.n, pair.clusters))
    plot = forest("Difference in percentage points", {row.name: row.difference for row in rows})
    return section(f"{first} against {second}", table(header, cells), plot)


def bench(name: str, results: Sequence[Result], by_category: Mapping[str, Interval], note: str) -> str:
    """One benchmark: both results in full, their categories, their errors."""
    rows = []
    for result in results:
        scored = [result.model, result.score.mean, edges(result.score), result.n, result.score.clusters, result.runs]
        spent = [result.missing, result.calls, result.input_tokens, result.output_tokens, result.dollars]
        rows.append([*scored, result.floor, result.ceiling, *spent, result.scorer])
    bodies = [table(HEADER, rows)]
    if by_category:
        header = ("category", *(result.model for result in results), "difference", "95% interval", "n")
        cells = [
            (key, *(percent(result.by_category[key]) for result in results), pair.mean, edges(pair), pair.n)
            for key, pair in by_category.items()
        ]
        bodies += [table(header, cells), forest("By category", by_category)]
    kinds = sorted({kind for result in results for kind in result.errors})
    if kinds:
        cells = [(kind, *(result.errors.get(kind, 0) for result in results)) for kind in kinds]
        bodies.append(table(("answers by error", *(result.model for result in results)), cells))
    return section(name, *bodies, note=note)


def forest(title: str, rows: Mapping[str, Interval]) -> str:
    """The rows that have an interval."""
    drawn = [
        charts.Estimate(name, interval.mean, interval.low, interval.high)
        for name, interval in rows.items()
        if interval.low is not None and interval.high is not None
    ]
    return charts.forest(title, drawn, "points")
