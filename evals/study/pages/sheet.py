"""A blinded rating sheet: trajectories of all arms in a shuffled order, for people to rate; nobody's ratings are here.

sheet.csv and sheet.html go to the raters. key.csv, which says whose each item is, does not.
"""

import csv
import random
from collections.abc import Iterable
from html import escape
from pathlib import Path

import orjson

from agents.errors import UsageError
from agents.schema import JsonObject
from evals.answer import records
from evals.study import grid
from evals.study.cells import points, stages
from memory.page.page import page, section

ITEM = "item"
SCALE = ("1", "2", "3", "4", "5")
QUESTIONS = {
    "realistic": "A person could have asked for this, in these words.",
    "right": "The calls are those that the request needs, with the right arguments, and no other.",
    "faithful": "What the assistant tells at the end is what the tools returned.",
    "worthwhile": "An assistant would learn something from it that is not trivial.",
}
"""Column -> what is rated, from 1 (not at all) to 5 (entirely)."""
Row = JsonObject
Item = tuple[str, int, Row]
"""Arm, seed, row."""


def write(study: Path, out: Path, per_arm: int, seed: int) -> list[str]:
    """The three files. Raises: UsageError: no data in the study, or a folder that is in use."""
    if out.exists() and any(out.iterdir()):
        raise UsageError(f"--out: {out} is not empty; choose another folder, filled sheets may lie there")
    items = draw(study, per_arm, seed)
    # numbers in the shuffled order: a name of the arm, the slot or the file would tell whose it is
    names = [f"T{number:04d}" for number in range(1, len(items) + 1)]
    out.mkdir(parents=True, exist_ok=True)
    _csv(out / "sheet.csv", [ITEM, *QUESTIONS, "remark"], ([name] for name in names))
    key = ([name, arm, number, row["slot"]] for name, (arm, number, row) in zip(names, items, strict=True))
    _csv(out / "key.csv", [ITEM, "arm", "seed", "slot"], key)
    shown = [section(name, _show(row)) for name, (_, _, row) in zip(names, items, strict=True)]
    questions = "".join(f"<li><b>{name}</b>: {escape(text)}</li>" for name, text in QUESTIONS.items())
    head = section(
        "What to rate", f"<ul>{questions}</ul>", note="From 1, not at all, to 5, entirely; empty: cannot say."
    )
    records.replace(out / "sheet.html", page("Trajectories to rate", [head, *shown]))
    counts = {arm: sum(arm_of_item == arm for arm_of_item, _, _ in items) for arm, _, _ in items}
    shares = ", ".join(f"{arm} {count}" for arm, count in sorted(counts.items()))
    return [f"{len(items)} trajectories ({shares}) in {out}", "keep key.csv apart; give each rater a copy of sheet.csv"]


def draw(study: Path, per_arm: int, seed: int) -> list[Item]:
    """As many of each arm, over its seeds, as there are; shuffled."""
    rng, items = random.Random(seed), list[Item]()
    rows = _rows(study)
    for arm in sorted({arm_of_item for arm_of_item, _, _ in rows}):
        mine = [item for item in rows if item[0] == arm]
        items += rng.sample(mine, min(per_arm, len(mine)))
    # over all arms, so that the place on the sheet tells nothing
    rng.shuffle(items)
    return items


def _rows(study: Path) -> list[Item]:
    """All rows that the study's students were trained on."""
    return [
        (arm, seed, orjson.loads(line))
        for (arm, seed), point in sorted(points.largest(grid.read_points(study)).items())
        for line in stages.first(study / "cells" / point.data / "run", point.rows)
    ]


def _show(row: Row) -> str:
    """The conversation as a rater reads it: who spoke, what was called, what came back."""
    tools = ", ".join(tool["function"]["name"] for tool in row["tools"])
    turns = "".join(f"<p><b>{escape(message['role'])}</b> {_text(message)}</p>" for message in row["messages"])
    return f"<div><p class='note'>tools: {escape(tools)}</p>{turns}</div>"


def _text(message: Row) -> str:
    calls = [call["function"] for call in message.get("tool_calls") or ()]
    called = "".join(f"<br><code>{escape(call['name'])} {escape(call['arguments'])}</code>" for call in calls)
    return escape(str(message.get("content") or "")) + called


def _csv(path: Path, header: list[str], rows: Iterable[list[object]]) -> None:
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(header)
        writer.writerows([*row, *[""] * (len(header) - len(row))] for row in rows)
