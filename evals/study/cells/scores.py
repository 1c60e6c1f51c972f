"""One point's scores, out of its cells' JSON."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Literal

import orjson
from pydantic import Field

from agents.schema import JsonObject, Noun
from evals.study.cells.code_sets import CODE
from evals.study.cells.points import Point
from evals.study.cells.second import SECOND
from memory.statistics import mean

Part = Sequence[Mapping[str, Any]]


class Metric(Noun):
    """What is measured of a student."""

    name: str
    better: Literal["higher", "lower"]
    floor: float | None = None
    """What a student that can do nothing gets; None: there is no such value."""
    step: float = 0.0
    """By how much one task more or less changes it."""

    def gain(self, value: float, over: float) -> float:
        """How much better a value is."""
        return value - over if self.better == "higher" else over - value


LOSS = Metric(name="held-out loss", better="lower")
CALL_LOSS = Metric(name="held-out loss of calls", better="lower")
Scores = dict[str, float]


class Scored(Noun):
    """A point with its scores."""

    point: Point
    scores: Scores
    by_part: dict[str, float] = Field(default={})
    """The held-out loss by whose conversations are examined on."""
    missing: dict[str, str] = Field(default={})
    """Benchmark -> why it has no score."""
    learned: int = 0
    """Tokens that the student was trained to say."""
    trained: int = 0
    """Tokens that it was trained on."""
    cpu: dict[str, float] = Field(default={})
    gpu: dict[str, float] = Field(default={})
    """Seconds by stage; data counts for each of the points that share it."""


def score_point(cells: Path, point: Point, metrics: dict[str, Metric]) -> Scored:
    """The point's scores; metrics that are met for the first time are added to those known."""
    parts: dict[str, Part] = orjson.loads((cells / point.held / "held.json").read_bytes())
    talks = {name: rows for name, rows in parts.items() if not name.startswith((CODE, SECOND))}
    by_part = {name: _rate(rows, "loss", "learned") for name, rows in talks.items()}
    scores: Scores = {LOSS.name: mean(list(by_part.values())).value}
    metrics[LOSS.name] = LOSS
    everyone = [row for rows in talks.values() for row in rows]
    if count := _sum(everyone, "calls"):
        # each part counts alike here too, so that a strategy with many calls does not decide
        calls = [_rate(rows, "call_loss", "call_learned") for rows in talks.values() if _sum(rows, "call_learned")]
        metrics[CALL_LOSS.name], scores[CALL_LOSS.name] = CALL_LOSS, mean(calls).value
        _add(scores, metrics, "exact calls, forced", 100 * _sum(everyone, "right") / count, 100 / count)
    first_calls = [row["free"] for row in everyone if row.get("free") is not None]
    if first_calls:
        _add(scores, metrics, "exact calls, free", 100 * sum(first_calls) / len(first_calls), 100 / len(first_calls))
    for name, rows in parts.items():
        if name.startswith(CODE):
            metric = Metric(name=f"loss of {name.removeprefix(CODE)}", better="lower")
            metrics[metric.name], scores[metric.name] = metric, _rate(rows, "loss", "learned")
    others = {name.removeprefix(SECOND): rows for name, rows in parts.items() if name.startswith(SECOND)}
    if others:
        losses = {name: _rate(rows, "loss", "learned") for name, rows in others.items()}
        # each part counts alike, however many rows it has
        named = {"second exam: loss": mean(list(losses.values())).value}
        for name, loss in [*named.items(), *((f"second exam: loss of {part}", loss) for part, loss in losses.items())]:
            metrics[name], scores[name] = Metric(name=name, better="lower"), loss
        rows = [row for some in others.values() for row in some]
        if count := _sum(rows, "calls"):
            _add(scores, metrics, "second exam: exact calls, forced", 100 * _sum(rows, "right") / count, 100 / count)
    missing = {}
    for name, folder in point.benches.items():
        if (reason := cells / folder / "missing.json").is_file():
            missing[name] = str(orjson.loads(reason.read_bytes())["reason"])
        else:
            result = orjson.loads((cells / folder / "scored" / name / "result.json").read_bytes())
            _add(scores, metrics, name, result["score"]["mean"], 100 / result["n"], result["floor"])
            for also, value in result["also"].items():
                _add(scores, metrics, f"{name}: {also}", value["mean"], 100 / value["n"], None)
    return Scored(point=point, scores=scores, by_part=by_part, missing=missing, **_cost(cells, point))


def _add(
    scores: Scores, metrics: dict[str, Metric], name: str, value: float, step: float, floor: float | None = 0.0
) -> None:
    """A share in percent."""
    scores[name] = value
    metrics[name] = Metric(name=name, better="higher", floor=floor, step=step)


def _sum(rows: Part, name: str) -> float:
    return float(sum(row[name] for row in rows))


def _rate(rows: Part, what: str, of: str) -> float:
    return _sum(rows, what) / _sum(rows, of)


def _cost(cells: Path, point: Point) -> JsonObject:
    seconds = {
        name: orjson.loads((cells / folder / "manifest.json").read_bytes())["seconds"]
        for name, folder in point.cells.items()
    }
    by_kind = {kind: {name: spent[kind] for name, spent in seconds.items()} for kind in ("cpu", "gpu")}
    if not point.sft:
        return by_kind
    counts = orjson.loads((cells / point.sft / "counts.json").read_bytes())
    return {**by_kind, "learned": counts["learned"], "trained": counts["tokens"]}
