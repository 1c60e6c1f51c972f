"""A run's figures, each with what it means, for one run or for two beside each other at equal N."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from agents.errors import UsageError
from agents.schema import JsonObject
from graphs.report.summary import Summary, open_run
from memory.page.charts import Line, lines
from memory.page.page import section, table

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


def measured(last: JsonObject) -> Iterator[tuple[str, object, str]]:
    """Each measure of a line of metrics.jsonl that it holds: title, value, meaning."""
    for name, (title, meaning) in MEASURES.items():
        if name in last:
            # log2 N bounds an entropy, so within a hundredth of it the corpus no longer shows in the figure
            yield title, f"{_spell(last[name])}{' (saturated)' if last.get(f'{name}_saturated') else ''}", meaning


def compare(folder: Path, other: Path) -> Iterator[str]:
    """The sections that set this run beside another one, at as many rows as both have. Raises UsageError."""
    mine, theirs = open_run(folder), open_run(other)
    here, there = ({row["n"]: row for row in run.metrics} for run in (mine, theirs))
    both = sorted(here.keys() & there.keys())
    if not both:
        raise UsageError(f"{folder} and {other} have no number of rows in common in metrics.jsonl; let both end first")
    rows = [
        (title, _spell(here[both[-1]].get(name)), _spell(there[both[-1]].get(name)), meaning)
        for name, (title, meaning) in MEASURES.items()
    ]
    heads = ("", folder.resolve().name, other.resolve().name, "")
    curves = [
        lines(MEASURES[name][0], [_curve(run, at, both, name) for run, at in ((folder, here), (other, there))], "rows")
        for name in ("h_dom", "h_mode", "h_service", "h_tool", "cac_mean", "largest_service")
    ]
    note = (
        f"Both at their first {both[-1]:,} accepted rows: an entropy cannot exceed log2 N, so only equal N compares. "
    )
    note += "One run each has no interval; python -m evals.diversity gives intervals over seeds."
    yield section("Beside another run", table(heads, rows), *curves, *_spent(mine, theirs, heads), note=note)


def _curve(run: Path, by_rows: Mapping[int, JsonObject], both: Sequence[int], name: str) -> Line:
    shown = [*both[:: -(-len(both) // 300)], both[-1]]
    return Line(run.resolve().name, [(n, by_rows[n][name]) for n in shown if name in by_rows[n]])


def _spent(mine: Summary, theirs: Summary, heads: Sequence[str]) -> Iterator[str]:
    """What a row cost in each, over the whole runs."""
    each = [run.cost.get("per_accepted") for run in (mine, theirs)]
    tokens = [tokens and round(tokens["input"] + tokens["output"]) for tokens in each]
    yield table(heads[:3], [("tokens for each accepted row", *tokens)])


def _spell(value: object) -> str:
    return f"{value:.3f}" if isinstance(value, float) else "–" if value is None else f"{value}"
