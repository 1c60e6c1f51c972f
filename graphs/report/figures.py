"""A run's figures, each with what it means, for one run or for two beside each other at equal N."""

from collections.abc import Iterator, Mapping, Sequence
from math import isfinite, log2
from pathlib import Path

from agents.errors import UsageError
from agents.schema import JsonObject, Mode
from graphs.report.summary import read
from memory.measure.diversity import pairs_of, services_of
from memory.measure.jackknife import entropy_over_rows, largest_share
from memory.measure.modes import Measures
from memory.page.charts import Line, lines
from memory.page.page import section, table
from memory.statistics import Estimate, mean

MEASURES: Mapping[str, tuple[str, str]] = {
    "h_dom": ("H_dom, bits", "Domain Entropy: how evenly the rows spread over the leaves, the cells of tools alike"),
    "h_mode": ("H_mode, bits", "Reasoning Mode Entropy: how differently the rows are built, by their ordered acts"),
    "h_mode_coarse": ("coarse H_mode, bits", "the same over the nine modes alone; at most 3.17"),
    "cac_mean": ("mean CAC", "Cumulative Action Complexity: arguments, depth and code, summed over a row's actions"),
    "h_service": ("entropy over services, bits", "how evenly the rows call the services; it does not saturate early"),
    "h_tool": ("entropy over tools, bits", "how evenly they call the tools"),
    "h_pair": ("entropy over pairs of tools, bits", "how evenly they call two tools in the same row"),
    "services": ("services called", "different services in all rows so far"),
    "tools": ("tools called", "different tools in all rows so far"),
    "pairs": ("pairs of tools", "different pairs called in one row"),
    "largest_service": ("the largest service's share", "of the rows that call it; a small one is better"),
}
"""Name in metrics.jsonl -> its title and what it says."""


HEAD = ("", "value", "95% interval", "n", "floor", "ceiling", "what it says")
Figure = tuple[str, object, str | None, int | None, float | None, float | None, str]
"""A row under HEAD."""


def list_figures(last: JsonObject, rows: Sequence[Measures]) -> Iterator[Figure]:
    """Each measure of a line of metrics.jsonl that it holds, with its interval over these rows where there are any."""
    estimates = estimate(rows)
    # the most that a measure can be with so many rows: none for a sum, and for what counts itself
    labels = {"h_service": "services", "h_tool": "tools", "h_pair": "pairs"}
    most = {"h_dom": last.get("log2_n"), "h_mode": last.get("log2_n"), "largest_service": 1.0}
    most["h_mode_coarse"] = min(last.get("log2_n") or 0.0, log2(len(Mode)))
    most |= {name: log2(max(last.get(label) or 1, 1)) for name, label in labels.items()}
    for name, (title, meaning) in MEASURES.items():
        if name in last:
            # log2 N bounds an entropy, so within a hundredth of it the corpus no longer shows in the figure
            value = f"{_spell(last[name])}{' (saturated)' if last.get(f'{name}_saturated') else ''}"
            ceiling = most.get(name)
            interval = edges(estimates[name], ceiling) if name in estimates else None
            yield title, value, interval, last.get("n"), 0.0, ceiling, meaning


def estimate(rows: Sequence[Measures]) -> dict[str, Estimate]:
    """Name -> the measure with its interval; of counts, such as services called, there is none."""
    if not rows:
        return {}
    services = [services_of(row) for row in rows]
    return {
        "h_dom": entropy_over_rows([[row.leaf] for row in rows]),
        "h_mode": entropy_over_rows([[row.signature] for row in rows]),
        "h_mode_coarse": entropy_over_rows([[row.mode] for row in rows]),
        "cac_mean": mean([row.cac for row in rows]),
        "h_service": entropy_over_rows(services),
        "h_tool": entropy_over_rows([row.tools for row in rows]),
        "h_pair": entropy_over_rows([pairs_of(row) for row in rows]),
        "largest_service": largest_share(services),
    }


def edges(estimate: Estimate, ceiling: float | None = None) -> str:
    """The interval, as far as such a value can lie; where no row makes a difference it is n that decides."""
    if not isfinite(estimate.low) or estimate.high - estimate.low < 1e-9:
        return f"none: n of {estimate.n} decides"
    # t knows no bounds; what lies beyond them cannot be
    high = min(estimate.high, ceiling) if ceiling is not None else estimate.high
    return f"[{max(estimate.low, 0.0):.3f}, {high:.3f}]"


def compare(folder: Path, other: Path) -> Iterator[str]:
    """The sections that set this run beside another one, at as many rows as both have. Raises UsageError."""
    mine, theirs = read(folder), read(other)
    here, there = ({row["n"]: row for row in run.metrics} for run in (mine, theirs))
    both = sorted(here.keys() & there.keys())
    if not both:
        raise UsageError(f"{folder} and {other} have no number of rows in common in metrics.jsonl; let both end first")
    rows, n = [], both[-1]
    intervals = [{name: edges(each) for name, each in estimate(run.measures[:n]).items()} for run in (mine, theirs)]
    for name, (title, meaning) in MEASURES.items():
        sides = [(_spell(by[n].get(name)), own.get(name)) for by, own in zip((here, there), intervals, strict=True)]
        rows.append((title, *sides[0], *sides[1], n, meaning))
    names = (folder.resolve().name, other.resolve().name)
    heads = ("", names[0], "95% interval", names[1], "95% interval", "n", "")
    curves = [
        lines(MEASURES[name][0], [_curve(run, at, both, name) for run, at in ((folder, here), (other, there))], "rows")
        for name in ("h_dom", "h_mode", "h_service", "h_tool", "cac_mean", "largest_service")
    ]
    note = (
        f"Both at their first {both[-1]:,} accepted rows: an entropy cannot exceed log2 N, so only equal N compares. "
    )
    note += "Intervals are over the rows of one run each; python -m evals.diversity gives those over seeds."
    # what a row cost in each, over the whole runs
    each = [run.cost.get("per_accepted") for run in (mine, theirs)]
    tokens = [tokens and round(tokens["input"] + tokens["output"]) for tokens in each]
    spent = table(("", *names), [("tokens for each accepted row", *tokens)])
    yield section("Beside another run", table(heads, rows), *curves, spent, note=note)


def _curve(run: Path, by_rows: Mapping[int, JsonObject], both: Sequence[int], name: str) -> Line:
    shown = [*both[:: -(-len(both) // 300)], both[-1]]
    return Line(run.resolve().name, [(n, by_rows[n][name]) for n in shown if name in by_rows[n]])


def _spell(value: object) -> str:
    return f"{value:.3f}" if isinstance(value, float) else "–" if value is None else f"{value}"
