"""results.json -> tables.md and curves as SVG files: what a page of docs/ shows, with no figure typed by hand."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from evals.answer import records
from evals.study.pages.page import curve_charts, informative, score_at, show, sure
from memory.page.page import STYLE

Found = Mapping[str, Any]
LEADS = ("lead of", "over", "lead", "95% interval", "p (Holm)", "seeds", "could be seen")


def write(out: Path, results: Found) -> Path:
    """tables.md, and curve-rows.svg and curve-tokens.svg of the first measure."""
    first = next(iter(results["metrics"]))
    for axis, drawn in curve_charts(first, results["curves"][first]).items():
        records.replace(out / f"curve-{axis}.svg", drawn.replace(">", f"><style>{STYLE}</style>", 1) + "\n")
    path = out / "tables.md"
    records.replace(path, "\n\n".join(tables(results)) + "\n")
    return path


def tables(results: Found) -> Iterator[str]:
    """Scores; leads at equal N and at equal tokens; home ground; what goes along with the loss; cost."""
    names = list(results["metrics"])
    rows = [["untrained", 0, 0, 1, *(_figure(results["base"]["scores"].get(name)) for name in names)]]
    for arm, curve in results["curves"][names[0]].items():
        for row in curve:
            cells = [score_at(results["curves"][name][arm], row["rows"]) for name in names]
            rows.append([arm, row["rows"], f"{row['tokens']:,.0f}", len(row["score"]["values"]), *cells])
    yield _table(["arm", "rows", "teacher tokens", "seeds", *names], rows)
    for name in informative(results):
        sizes = results["equal_n"][name].items()
        leads = [[f"N = {size}", *_lead(row)] for size, some in sizes for row in some]
        for row in results["equal_tokens"][name]:
            for lead in row["leads"]:
                bought = ["/".join(map(str, row["arms"][lead[side]]["rows"])) for side in ("first", "other")]
                leads.append([f"tokens, rows {' and '.join(bought)}", *_lead(lead)])
        if leads:
            yield _table(
                [f"{name}, at", "lead of", "over", "lead", "95% interval", "p (Holm)", "seeds", "could be seen"], leads
            )
    parts = list(results["base"]["by_part"])
    home = [[row["arm"], row["rows"], *(show(row["gains"][part]) for part in parts)] for row in results["home_ground"]]
    yield _table(["trained on", "rows", *(f"gain on {part}" for part in parts)], home)
    rho = [
        [row["rows"], row["measure"], f"{row['rho']:.2f}", f"[{row['low']:.2f}, {row['high']:.2f}]", row["n"]]
        for row in results["why"]
    ]
    yield _table(["rows", "measure of the data", "rank correlation with the loss", "95% interval", "n"], rho)
    cost = [[stage, row["cells"], f"{row['cpu_s']:,.0f}"] for stage, row in results["cost"].items()]
    yield _table(["stage", "cells", "CPU seconds"], cost)


def _figure(value: float | None) -> str:
    return "–" if value is None else f"{value:.4g}"


def _lead(lead: Found) -> list[Any]:
    edges = f"[{lead['low']:.3f}, {lead['high']:.3f}]" if sure(lead) else "one seed"
    star = "*" if sure(lead) and (lead["low"] > 0 or lead["high"] < 0) else ""
    return [
        lead["first"],
        lead["other"],
        f"{lead['difference']:+.3f}{star}",
        edges,
        f"{lead['p_holm']:.2f}",
        len(lead["seeds"]),
        _figure(lead["detectable"]),
    ]


def _table(head: Sequence[str], rows: Sequence[Sequence[Any]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(map(str, line))} |" for line in lines)
