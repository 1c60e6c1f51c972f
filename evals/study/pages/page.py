"""results.json -> study.html, which opens from disk."""

from collections.abc import Iterator, Mapping, Sequence
from html import escape
from math import isfinite
from pathlib import Path
from typing import Any

from evals.answer import records
from evals.study import power
from memory.page import charts
from memory.page.page import page, section, table

NAME = "study.html"
LEADS = (
    "A lead above 0 is the first arm's, also of a loss. Could be seen: the smallest true lead that so many seeds find "
    "at 5% with a chance of 80%, if they differ as these do."
)
Found = Mapping[str, Any]


def write(out: Path, results: Found) -> Path:
    path = out / NAME
    records.replace(path, page(f"Study: {results['config']['name']}", sections(results)))
    return path


def sections(results: Found) -> Iterator[str]:
    """What is asked, then curves, comparisons, power, floors, reasons, leaks and cost."""
    config = results["config"]
    seeds, sizes = (", ".join(map(str, config[name])) for name in ("seeds", "sizes"))
    asked_of = f"{config['question']} Student {Path(config['student']).name}; seeds {seeds}; sizes {sizes}."
    note = (
        "Intervals are 95% t intervals over seeds. Gains are over the untrained student; higher is better everywhere."
    )
    yield section("Question", f"<p>{escape(asked_of)}</p>", note=note)
    if results["missing_points"]:
        yield section("Not made", table(("point",), [[row] for row in results["missing_points"]]))
    yield _scores(results)
    for name in informative(results):
        note = "Gain over the untrained student, against trajectories and against teacher tokens."
        yield section(f"Curve: {name}", *curve_charts(name, results["curves"][name]).values(), note=note)
        yield _comparisons(name, results)
    yield from power.statement(results)
    yield from _reasons(results)
    head = ["arm", "seed", "rows", "with held-out tools", "with tools of the second exam"]
    head += ["rows whose user texts overlap with the exam's", "with the second exam's"]
    overlaps: list[list[object]] = []
    for row in results["leaks"]:
        shared = (row["user_texts"], row["second_texts"])
        kinds = [", ".join(f"{n} by {by}" for by, n in texts.items()) for texts in shared]
        counts = (row[name] for name in ("arm", "seed", "rows", "held_out_tools", "second_tools"))
        overlaps.append([*counts, *kinds])
    note = "A row with a held-out tool stops the study. An offline teacher has stock phrases, which overlap."
    yield section("Contamination", table(head, overlaps), note=note)
    rows = [(stage, row["cells"], row["cpu_s"] / 3600, row["gpu_s"] / 3600) for stage, row in results["cost"].items()]
    yield section("Cost", table(("stage", "cells", "CPU-hours", "GPU-hours"), rows), note="Of processes that finished.")


def informative(results: Found) -> list[str]:
    """The measures that tell students apart."""
    return [name for name in results["metrics"] if name not in results["uninformative"]]


def show(estimate: Found | None) -> str:
    """A mean with its interval, where there is one."""
    if estimate is None:
        return "–"
    return f"{estimate['value']:.4g}" + (f" [{estimate['low']:.4g}, {estimate['high']:.4g}]" if sure(estimate) else "")


def sure(estimate: Found) -> bool:
    """Whether it has an interval; one seed gives none."""
    return estimate["low"] is not None and isfinite(estimate["low"])


def _scores(results: Found) -> str:
    names = list(results["metrics"])
    rows: list[list[Any]] = [["untrained", 0, 0, 1, *(results["base"]["scores"].get(name) for name in names)]]
    for arm in results["config"]["arms"]:
        for row in results["curves"][names[0]][arm]:
            cells = [score_at(results["curves"][name][arm], row["rows"]) for name in names]
            rows.append([arm, row["rows"], round(row["tokens"]), len(row["score"]["values"]), *cells])
    head = [f"{name}, 95% interval ({row['better']} is better)" for name, row in results["metrics"].items()]
    note = "The untrained student is one, whatever the seed: its scores have no interval over seeds."
    return section("Scores", table(("arm", "trajectories", "teacher tokens", "seeds", *head), rows), note=note)


def score_at(curve: Sequence[Found], rows: int) -> str:
    """The score of a curve's point with so many rows."""
    return show(next((point["score"] for point in curve if point["rows"] == rows), None))


def curve_charts(name: str, curves: Found) -> dict[str, str]:
    """The gain against `rows` and against `tokens`, as SVG."""
    return {
        axis: charts.lines(
            f"{name}: gain", [_line(arm, some, axis) for arm, some in curves.items() if _gains(some)], x=label
        )
        for axis, label in (("rows", "trajectories"), ("tokens", "teacher tokens"))
    }


def _gains(curve: Sequence[Found]) -> list[Found]:
    return [point for point in curve if point["gain"]]


def _line(arm: str, curve: Sequence[Found], axis: str) -> charts.Line:
    mine = _gains(curve)
    # from the untrained student, who gains nothing by nothing
    points = [(0.0, 0.0), *((float(point[axis]), point["gain"]["value"]) for point in mine)]
    band = [(point["gain"]["low"], point["gain"]["high"]) for point in mine if sure(point["gain"])]
    return charts.Line(arm, points, [(0.0, 0.0), *band] if len(band) == len(mine) else ())


def _comparisons(name: str, results: Found) -> str:
    """Leads at equal N and at equal tokens."""
    rows, drawn = [], []
    for size, leads in results["equal_n"][name].items():
        rows += [_lead(f"N = {size}", row) for row in leads]
        drawn += [_span(f"{row['first']} - {row['other']}, N {size}", row) for row in leads if sure(row)]
    for row in results["equal_tokens"][name]:
        for lead in row["leads"]:
            arms = [row["arms"][lead[side]]["rows"] for side in ("first", "other")]
            rows.append(_lead(f"equal tokens, rows {arms[0]} and {arms[1]}", lead))
            drawn += [_span(f"{lead['first']} - {lead['other']}, tokens", lead)] if sure(lead) else []
    if not rows:  # such as the losses of code, of which arms share no size
        return ""
    head = ("at", "first", "other", "lead of the first", "95% interval", "p", "p (Holm)", "seeds", "could be seen")
    plot = charts.forest(f"{name}: lead", drawn)
    return section(f"Leads: {name}", table(head, rows), plot, note=LEADS)


def _lead(at: str, lead: Found) -> list[Any]:
    edges = f"[{lead['low']:.4g}, {lead['high']:.4g}]" if sure(lead) else "one seed"
    tested = [lead["p"], lead["p_holm"], len(lead["seeds"]), lead["detectable"]]
    return [at, lead["first"], lead["other"], lead["difference"], edges, *tested]


def _span(name: str, lead: Found) -> charts.Estimate:
    return charts.Estimate(name, lead["difference"], lead["low"], lead["high"])


def _reasons(results: Found) -> Iterator[str]:
    """What may explain the result.

    Floors, whose conversations are examined on, what rows are like, and how that goes along.
    """
    rows = []
    for name, metric in results["metrics"].items():
        if metric["floor"] is not None:
            verdict = "uninformative: no student is above it" if name in results["uninformative"] else "informative"
            rows.append((name, results["base"]["scores"].get(name), metric["floor"], verdict))
    lost = {name: reason for row in results["points"] for name, reason in row["missing"].items()}
    rows += [(name, None, None, f"not measured: {reason}") for name, reason in lost.items()]
    note = "At the floor: the untrained student and every arm are at most one task above what doing nothing gives."
    yield section("Floors", table(("measure", "untrained", "floor", "what it tells"), rows), note=note)
    parts = list(results["base"]["by_part"])
    grounds = []
    for row in results["home_ground"]:
        gains = [row["gains"][part] for part in parts]
        grounds.append((row["arm"], row["rows"], len(gains[0]["values"]), *map(show, gains)))
    note = "Gain in held-out loss, by whose conversations the student is examined on."
    head = ("trained on", "rows", "seeds", *(f"gain on {part}, 95% interval" for part in parts))
    yield section("Home ground", table(head, grounds), note=note)
    head = ("arm", "seed", "rows", "h_dom", "h_mode_coarse", "cac", "tools", "services", "learned", "trained", "loss")
    yield section("What the rows are like", table(head, [[row[key] for key in head] for row in results["described"]]))
    ranks = [
        (row["rows"], row["measure"], row["rho"], f"[{row['low']:.2f}, {row['high']:.2f}]", row["n"])
        for row in results["why"]
    ]
    note = "Spearman's rank correlation with the held-out loss over arms and seeds; below 0 is: more of it, less loss."
    yield section(
        "What goes along with the loss", table(("rows", "measure", "rho", "95% interval", "n"), ranks), note=note
    )
