"""What points a study has: every arm at every size, and some at what a number of teacher tokens buys.

A point is a student: the untrained one, or one trained on the first rows of an arm's run with a seed. Rows are taken in
the order of commits, so the rows of a smaller size are those of a larger one's beginning, and what they cost is what
the teacher had spent up to the slot of the last one.
"""

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Literal

import orjson
from pydantic import Field

from agents.errors import UsageError
from agents.schema import Noun
from evals.bench import data as home
from evals.study.cells import stages
from evals.study.config import Config

Run = tuple[str, int]
"""An arm and a seed."""


class Point(Noun):
    """A student and where its scores lie, below the study's cells."""

    arm: str
    """Empty: the untrained student."""
    seed: int
    rows: int
    tokens: int
    """Of the teacher, up to the slot of the last row; what was refused on the way is in it."""
    by: Literal["base", "size", "budget"]
    data: str = ""
    sft: str = ""
    held: str = ""
    benches: dict[str, str] = Field(default={})

    @property
    def cells(self) -> dict[str, str]:
        """Stage or benchmark -> its cell, of those that it has."""
        named = {"data": self.data, "sft": self.sft, "held": self.held, **self.benches}
        return {name: folder for name, folder in named.items() if folder}

    @property
    def label(self) -> str:
        return f"{self.arm} seed {self.seed}: {self.rows} rows, {self.by}" if self.arm else "the untrained student"


def tokens_up_to(run: Path, rows: int) -> int:
    """Teacher tokens up to the slot of the last of so many rows."""
    slot = orjson.loads(stages.first(run, rows)[-1])["slot"]
    return next(row["tokens"] for row in _metrics(run) if row["slot"] == slot)


def rows_for(run: Path, tokens: int) -> int:
    """Rows accepted up to the last slot that so many tokens pay for."""
    # refused slots are paid for too, so it is the slot that counts and not the row
    paid = {row["slot"] for row in _metrics(run) if row["tokens"] <= tokens}
    return sum(orjson.loads(line)["slot"] in paid for line in stages.first(run, 10**9))


def _metrics(run: Path) -> list[dict[str, int]]:
    return home.lines(run / "metrics.jsonl")


def plan(config: Config, runs: dict[Run, Path]) -> list[Point]:
    """All students in the order of their making, small ones first, so that a stopped study has whole sizes."""
    points = [Point(arm="", seed=0, rows=0, tokens=0, by="base")]
    leaders = list(dict.fromkeys(config.against(arm) for arm in config.arms))
    for leader in leaders:
        arms = [arm for arm in config.arms if config.against(arm) == leader]
        sizes = sorted({size for arm in arms for size in config.of(arm)})
        grid = [(size, (arm, seed)) for size in sizes for seed in config.seeds for arm in arms]
        points += [_point(runs, run, size, "size") for size, run in grid if size in config.of(run[0])]
        if leader == leaders[0]:
            points += [point for seed in config.seeds for point in _points_of_budgets(config, runs, arms, seed)]
    return points


def _points_of_budgets(config: Config, runs: dict[Run, Path], arms: Sequence[str], seed: int) -> list[Point]:
    """The arms at equal tokens. Raises: UsageError: a budget is more than an arm's whole run cost."""
    arms = [arm for arm in arms if not config.arms[arm].data]  # what a file of rows cost nobody knows
    if not arms:
        return []
    most, poor = min((_metrics(runs[arm, seed])[-1]["tokens"], arm) for arm in arms)
    if max(config.budgets, default=0) > most:
        over = f"{max(config.budgets):,} is more than the {most:,} tokens that {poor} seed {seed} spent"
        raise UsageError(f"budgets: {over}; lower it, or raise sizes")
    # what the cheapest arm's largest size cost is what every arm can be given
    least = min(tokens_up_to(runs[arm, seed], max(config.of(arm))) for arm in arms)
    pairs = [(budget, (arm, seed)) for budget in config.budgets or (least,) for arm in arms]
    points = [_point(runs, run, rows_for(runs[run], budget), "budget") for budget, run in pairs]
    return [point.model_copy(update={"tokens": budget}) for point, (budget, _) in zip(points, pairs, strict=True)]


def largest(points: Iterable[Point]) -> dict[Run, Point]:
    """Of each run the point with the most rows, which holds those of the others."""
    return {(point.arm, point.seed): point for point in sorted(points, key=lambda point: point.rows) if point.data}


def _point(runs: dict[Run, Path], run: Run, rows: int, by: Literal["size", "budget"]) -> Point:
    tokens = tokens_up_to(runs[run], rows) if rows else 0
    return Point(arm=run[0], seed=run[1], rows=rows, tokens=tokens, by=by, data=runs[run].parent.name)
