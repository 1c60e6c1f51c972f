"""The paper's table as a page of this form. It gives no interval, so every one here is an estimate and says so.

A score p of one run over n tasks in g clusters: p +- t sqrt(deff p (1 - p) / n), deff = 1 + (n / g - 1) rho, with g - 1
degrees of freedom [ours]; rho, how alike tasks of a cluster come out, is assumed, and so is the size of BIRD's set
(mini_dev's). Differences are taken as those of independent scores: the same tasks on both sides make them narrower,
but only the answers could say by how much. Where no size is known there is no interval.
"""

import json
from collections.abc import Mapping
from math import sqrt
from pathlib import Path
from typing import Any

from evals.answer import records
from evals.schema import Interval
from evals.score import page
from memory.page.page import page as whole
from memory.page.page import section, table
from memory.statistics import student_quantile

Published = Mapping[str, Any]
"""paper.json: its columns with their sizes, rows and pairs."""
PUBLISHED = Path(__file__).parent / "paper.json"


def write(folder: Path) -> Path:
    """The page; its estimates lie beside it as paper.json."""
    published = json.loads(PUBLISHED.read_text(encoding="utf-8"))
    scores = estimates(published)
    rows = []
    for first, second in published["pairs"]:
        for column in (column for column in scores[first] if column in scores[second]):
            a, b = scores[first][column], scores[second][column]
            between = Interval(mean=a.mean - b.mean, low=None, high=None, n=a.n, clusters=a.clusters)
            if a.clusters:
                error = sqrt(_error(published, column, a.mean) ** 2 + _error(published, column, b.mean) ** 2)
                half = student_quantile(0.975, 2 * a.clusters - 2) * error
                between = between.model_copy(update={"low": between.mean - half, "high": between.mean + half})
            rows.append(page.Row(f"{column}: {first} against {second}", a, b, between, None))
    folder.mkdir(parents=True, exist_ok=True)
    listed = {model: {name: interval.model_dump() for name, interval in mine.items()} for model, mine in scores.items()}
    differences = {row.name: row.difference.model_dump() for row in rows}
    estimated = {**published, "estimated": True, "scores": listed, "differences": differences}
    records.replace(folder / "paper.json", json.dumps(estimated, indent=2) + "\n")
    cells = [(row.name, row.difference.mean, page.edges(row.difference)) for row in rows]
    plot = page.forest("Difference in points, intervals ESTIMATED", {row.name: row.difference for row in rows})
    head = ("pair", "difference", "95% ESTIMATED")
    pairs = section("Differences", table(head, cells), plot, note=assumptions(published))
    path = folder / "paper.html"
    records.replace(path, whole(published["title"], [_scores(published, scores), pairs]))
    return path


def estimates(published: Published) -> dict[str, dict[str, Interval]]:
    """Model -> column -> its score, with an estimated interval where the column's size is known."""
    return {
        row["model"]: {name: _estimate(published, name, value) for name, value in row.items() if name != "model"}
        for row in published["rows"]
    }


def _estimate(published: Published, column: str, value: float) -> Interval:
    size = published["columns"].get(column)
    if size is None:
        return Interval(mean=value, low=None, high=None, n=0, clusters=0)
    half = student_quantile(0.975, size["clusters"] - 1) * _error(published, column, value)
    return Interval(mean=value, low=value - half, high=value + half, n=size["n"], clusters=size["clusters"])


def _error(published: Published, column: str, value: float) -> float:
    """The standard error of one run, in percentage points."""
    size, share = published["columns"][column], value / 100
    # the design effect of clusters of equal size (Kish 1965)
    effect = 1 + (size["n"] / size["clusters"] - 1) * size["alike"]
    return 100 * sqrt(effect * share * (1 - share) / size["n"])


def _scores(published: Published, scores: Mapping[str, Mapping[str, Interval]]) -> str:
    names = list(dict.fromkeys(name for mine in scores.values() for name in mine))
    rows = []
    for model, mine in scores.items():
        rows.append([model, *(page.percent(mine[name]) if name in mine else None for name in names)])
    header = ["model", *(f"{name}, 95% ESTIMATED" if name in published["columns"] else name for name in names)]
    return section("Scores", table(header, rows), note=f"{published['source']}. {assumptions(published)}")


def assumptions(published: Published) -> str:
    """What the intervals stand on, in a sentence."""
    sizes = [
        f"{name}: {size['n']} tasks in {size['clusters']} clusters that correlate by {size['alike']}"
        for name, size in published["columns"].items()
    ]
    return f"No interval is the paper's: each is estimated from its one run, assuming {'; '.join(sizes)}."
