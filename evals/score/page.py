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


def edges(one: Interval) -> str:
    return "[no interval]" if one.low is None or one.high is None else f"[{one.low:.2f}, {one.high:.2f}]"


def percent(one: Interval) -> str:
    return f"{one.mean:.2f} {edges(one)}"


def line(one: Result) -> str:
    """A result in a line, for the terminal."""
    floor, ceiling = (("–" if v is None else f"{v:.2f}") for v in (one.floor, one.ceiling))
    lost = f", {one.missing} lost to infrastructure" if one.missing else ""
    return (
        f"{one.bench}: {percent(one.score)}, n {one.n} in {one.score.clusters} clusters, {one.runs} runs, "
        f"floor {floor}, ceiling {ceiling}, {one.calls} calls{lost}; {one.scorer}"
    )


def differences(first: str, second: str, rows: Sequence[Row], note: str = "") -> str:
    """The table and the forest plot of a comparison."""
    header = ("benchmark", first, second, "difference", "95% interval", "p (Holm)", "n", "clusters")
    cells = []
    for name, one, other, pair, p in rows:
        cells.append((name, percent(one), percent(other), pair.mean, edges(pair), p, pair.n, pair.clusters))
    plot = forest("Difference in percentage points", {one.name: one.difference for one in rows})
    return section(f"{first} against {second}", table(header, cells), plot, note=note)


def bench(name: str, results: Sequence[Result], by_category: Mapping[str, Interval], note: str) -> str:
    """One benchmark: both results in full, their categories, their errors."""
    rows = []
    for one in results:
        told = [one.model, one.score.mean, edges(one.score), one.n, one.score.clusters, one.runs]
        spent = [one.missing, one.calls, one.input_tokens, one.output_tokens, one.dollars]
        rows.append([*told, one.floor, one.ceiling, *spent, one.scorer])
    bodies = [table(HEADER, rows)]
    if by_category:
        header = ("category", *(one.model for one in results), "difference", "95% interval")
        cells = [
            (key, *(percent(one.by_category[key]) for one in results), pair.mean, edges(pair))
            for key, pair in by_category.items()
        ]
        bodies += [table(header, cells), forest("By category", by_category)]
    kinds = sorted({kind for one in results for kind in one.errors})
    if kinds:
        cells = [(kind, *(one.errors.get(kind, 0) for one in results)) for kind in kinds]
        bodies.append(table(("answers by error", *(one.model for one in results)), cells))
    return section(name, *bodies, note=note)


def forest(title: str, rows: Mapping[str, Interval]) -> str:
    """The rows that have an interval."""
    drawn = [
        charts.Estimate(name, one.mean, one.low, one.high)
        for name, one in rows.items()
        if one.low is not None and one.high is not None
    ]
    return charts.forest(title, drawn, "points")
