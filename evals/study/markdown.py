"""results.json -> tables.md and curves as SVG files: what a page of docs/ shows, with no figure typed by hand."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from evals.answer import records
from evals.study.page import curve_charts, informative, score_at, sure
from memory.page.page import STYLE

Found = Mapping[str, Any]


def write(out: Path, found: Found) -> Path:
    """tables.md, and curve-rows.svg and curve-tokens.svg of the first measure."""
    first = next(iter(found["metrics"]))
    for axis, drawn in curve_charts(first, found["curves"][first]).items():
        records.replace(out / f"curve-{axis}.svg", drawn.replace(">", f"><style>{STYLE}</style>", 1) + "\n")
    path = out / "tables.md"
    records.replace(path, "\n\n".join(tables(found)) + "\n")
    return path


def tables(found: Found) -> Iterator[str]:
    """Scores; leads at equal N and at equal tokens; home ground; what goes along with the loss; cost."""
    names = list(found["metrics"])
    rows = [["untrained", 0, 0, *(_figure(found["base"]["scores"].get(name)) for name in names)]]
    for arm, curve in found["curves"][names[0]].items():
        for one in curve:
            cells = [score_at(found["curves"][name][arm], one["rows"]) for name in names]
            rows.append([arm, one["rows"], f"{one['tokens']:,.0f}", *cells])
    yield _table(["arm", "rows", "teacher tokens", *names], rows)
    for name in informative(found):
        sizes = found["equal_n"][name].items()
        leads = [[f"N = {size}", *_lead(one)] for size, some in sizes for one in some]
        for one in found["equal_tokens"][name]:
            leads += [[f"tokens, rows {_bought(one, lead)}", *_lead(lead)] for lead in one["leads"]]
        if leads:
            yield _table([f"{name}, at", "lead of", "over", "lead", "95% interval", "p (Holm)", "seeds"], leads)
    parts = list(found["base"]["by_part"])
    home = [[one["arm"], one["rows"], *(f"{one['gains'][part]:.3f}" for part in parts)] for one in found["home_ground"]]
    yield _table(["trained on", "rows", *(f"gain on {part}" for part in parts)], home)
    rho = [[one["rows"], one["measure"], f"{one['rho']:.2f}", one["n"]] for one in found["why"]]
    yield _table(["rows", "measure of the data", "rank correlation with the loss", "n"], rho)
    cost = [[stage, one["cells"], f"{one['cpu_s']:,.0f}"] for stage, one in found["cost"].items()]
    yield _table(["stage", "cells", "CPU seconds"], cost)


def _figure(value: float | None) -> str:
    return "–" if value is None else f"{value:.4g}"


def _lead(one: Found) -> list[Any]:
    edges = f"[{one['low']:.3f}, {one['high']:.3f}]" if sure(one) else "one seed"
    star = "*" if sure(one) and (one["low"] > 0 or one["high"] < 0) else ""
    return [
        one["first"],
        one["other"],
        f"{one['difference']:+.3f}{star}",
        edges,
        f"{one['p_holm']:.2f}",
        len(one["seeds"]),
    ]


def _bought(one: Found, lead: Found) -> str:
    return " and ".join("/".join(map(str, one["arms"][lead[side]]["rows"])) for side in ("first", "other"))


def _table(head: Sequence[str], rows: Sequence[Sequence[Any]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(map(str, line))} |" for line in lines)
