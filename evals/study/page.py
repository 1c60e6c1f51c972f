"""results.json -> study.html, which opens from disk."""

from collections.abc import Iterator, Mapping, Sequence
from html import escape
from math import isfinite
from pathlib import Path
from typing import Any

from evals.answer import records
from memory.page import charts
from memory.page.page import page, section, table

NAME = "study.html"
Found = Mapping[str, Any]


def write(out: Path, found: Found) -> Path:
    path = out / NAME
    records.replace(path, page(f"Study: {found['config']['name']}", sections(found)))
    return path


def sections(found: Found) -> Iterator[str]:
    """What is asked, then curves, comparisons, floors, reasons, leaks and cost."""
    config = found["config"]
    seeds, sizes = (", ".join(map(str, config[name])) for name in ("seeds", "sizes"))
    told = f"{config['question']} Student {Path(config['student']).name}; seeds {seeds}; sizes {sizes}."
    note = (
        "Intervals are 95% t intervals over seeds. Gains are over the untrained student; higher is better everywhere."
    )
    yield section("Question", f"<p>{escape(told)}</p>", note=note)
    if found["missing_points"]:
        yield section("Not made", table(("point",), [[one] for one in found["missing_points"]]))
    yield _scores(found)
    for name in informative(found):
        yield _curves(name, found["curves"][name])
        yield _compared(name, found)
    yield _floors(found)
    yield from _reasons(found)
    yield _leaks(found["leaks"])
    rows = [(stage, one["cells"], one["cpu_s"] / 3600, one["gpu_s"] / 3600) for stage, one in found["cost"].items()]
    yield section("Cost", table(("stage", "cells", "CPU-hours", "GPU-hours"), rows), note="Of processes that finished.")


def informative(found: Found) -> list[str]:
    """The measures that tell students apart."""
    return [name for name in found["metrics"] if name not in found["uninformative"]]


def shown(one: Found | None) -> str:
    """A mean with its interval, where there is one."""
    if one is None:
        return "–"
    return f"{one['value']:.4g}" + (f" [{one['low']:.4g}, {one['high']:.4g}]" if sure(one) else "")


def sure(one: Found) -> bool:
    """Whether it has an interval; one seed gives none."""
    return one["low"] is not None and isfinite(one["low"])


def _scores(found: Found) -> str:
    names = list(found["metrics"])
    rows: list[list[Any]] = [["untrained", 0, 0, *(found["base"]["scores"].get(name) for name in names)]]
    for arm in found["config"]["arms"]:
        for one in found["curves"][names[0]][arm]:
            cells = [score_at(found["curves"][name][arm], one["rows"]) for name in names]
            rows.append([arm, one["rows"], round(one["tokens"]), *cells])
    head = [f"{name} ({one['better']} is better)" for name, one in found["metrics"].items()]
    return section("Scores", table(("arm", "trajectories", "teacher tokens", *head), rows))


def score_at(curve: Sequence[Found], rows: int) -> str:
    """The score of a curve's point with so many rows."""
    return shown(next((one["score"] for one in curve if one["rows"] == rows), None))


def _curves(name: str, curves: Found) -> str:
    note = "Gain over the untrained student, against trajectories and against teacher tokens."
    return section(f"Curve: {name}", *curve_charts(name, curves).values(), note=note)


def curve_charts(name: str, curves: Found) -> dict[str, str]:
    """The gain against `rows` and against `tokens`, as SVG."""
    return {
        axis: charts.lines(
            f"{name}: gain", [_line(arm, some, axis) for arm, some in curves.items() if _gains(some)], x=told
        )
        for axis, told in (("rows", "trajectories"), ("tokens", "teacher tokens"))
    }


def _gains(curve: Sequence[Found]) -> list[Found]:
    return [one for one in curve if one["gain"]]


def _line(arm: str, curve: Sequence[Found], axis: str) -> charts.Line:
    mine = _gains(curve)
    points = [(0.0, 0.0), *((float(one[axis]), one["gain"]["value"]) for one in mine)]
    band = [(one["gain"]["low"], one["gain"]["high"]) for one in mine if sure(one["gain"])]
    return charts.Line(arm, points, [(0.0, 0.0), *band] if len(band) == len(mine) else ())


def _compared(name: str, found: Found) -> str:
    """Leads at equal N and at equal tokens."""
    rows, drawn = [], []
    for size, leads in found["equal_n"][name].items():
        rows += [_lead(f"N = {size}", one) for one in leads]
        drawn += [_span(f"{one['first']} - {one['other']}, N {size}", one) for one in leads if sure(one)]
    for one in found["equal_tokens"][name]:
        for lead in one["leads"]:
            arms = [one["arms"][lead[side]]["rows"] for side in ("first", "other")]
            rows.append(_lead(f"equal tokens, rows {arms[0]} and {arms[1]}", lead))
            drawn += [_span(f"{lead['first']} - {lead['other']}, tokens", lead)] if sure(lead) else []
    head = ("at", "first", "other", "lead of the first", "95% interval", "p", "p (Holm)", "seeds")
    plot = charts.forest(f"{name}: lead", drawn)
    return section(f"Leads: {name}", table(head, rows), plot, note="A lead above 0 is the first arm's, also of a loss.")


def _lead(at: str, one: Found) -> list[Any]:
    edges = f"[{one['low']:.4g}, {one['high']:.4g}]" if sure(one) else "one seed"
    return [at, one["first"], one["other"], one["difference"], edges, one["p"], one["p_holm"], len(one["seeds"])]


def _span(name: str, one: Found) -> charts.Estimate:
    return charts.Estimate(name, one["difference"], one["low"], one["high"])


def _floors(found: Found) -> str:
    rows = []
    for name, metric in found["metrics"].items():
        if metric["floor"] is not None:
            told = "uninformative: no student is above it" if name in found["uninformative"] else "informative"
            rows.append((name, found["base"]["scores"].get(name), metric["floor"], told))
    lost = {name: reason for one in found["points"] for name, reason in one["missing"].items()}
    rows += [(name, None, None, f"not measured: {reason}") for name, reason in lost.items()]
    note = "At the floor: the untrained student and every arm are at most one task above what doing nothing gives."
    return section("Floors", table(("measure", "untrained", "floor", "what it tells"), rows), note=note)


def _reasons(found: Found) -> Iterator[str]:
    """What may explain the result: whose conversations are examined on, what rows are like, and how that goes along."""
    parts = list(found["base"]["by_part"])
    rows = [(one["arm"], one["rows"], *(one["gains"][part] for part in parts)) for one in found["home_ground"]]
    note = "Gain in held-out loss, by whose conversations the student is examined on."
    yield section("Home ground", table(("trained on", "rows", *parts), rows), note=note)
    head = ("arm", "seed", "rows", "h_dom", "h_mode_coarse", "cac", "tools", "services", "learned", "trained", "loss")
    yield section("What the rows are like", table(head, [[one[key] for key in head] for one in found["described"]]))
    rows = [(one["rows"], one["measure"], one["rho"], one["n"]) for one in found["why"]]
    note = "Spearman's rank correlation with the held-out loss over arms and seeds; below 0 is: more of it, less loss."
    yield section("What goes along with the loss", table(("rows", "measure", "rho", "n"), rows), note=note)


def _leaks(leaks: Sequence[Found]) -> str:
    rows = [
        (
            one["arm"],
            one["seed"],
            one["rows"],
            one["held_out_tools"],
            ", ".join(f"{n} by {by}" for by, n in one["user_texts"].items()),
        )
        for one in leaks
    ]
    head = ("arm", "seed", "rows", "with held-out tools", "rows whose user texts overlap with the exam's")
    note = "A row with a held-out tool stops the study. An offline teacher has stock phrases, which overlap."
    return section("Contamination", table(head, rows), note=note)
