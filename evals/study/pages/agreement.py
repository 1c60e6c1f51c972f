"""How far raters agree: Krippendorff's alpha of filled sheets.

The package `krippendorff` is GPL, so these few lines are our own, tested against published values.
"""

import csv
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from agents.errors import UsageError
from evals.study.pages.sheet import ITEM, QUESTIONS, SCALE


def alpha(ratings: Sequence[Sequence[float | None]], level: str = "ordinal") -> float | None:
    """1 - observed / expected disagreement; rows are raters, columns items, None where one did not rate.

    Krippendorff, Content Analysis, 2004, chapter 11: pairs within an item, weighted by 1 / (its ratings - 1);
    distances by rank (ordinal), or 1 (nominal). Items with one rating say nothing. None: nothing can disagree, as all
    ratings are the same or no item has two.

    >>> alpha([[1, 2, 3], [1, 2, 3]])
    1.0
    """
    values = sorted({rating for row in ratings for rating in row if rating is not None})
    place = {value: number for number, value in enumerate(values)}
    seen = np.zeros((len(values), len(values)))
    for item in zip(*ratings, strict=True):
        counts = np.bincount([place[rating] for rating in item if rating is not None], minlength=len(values))
        if counts.sum() > 1:
            seen += (np.outer(counts, counts) - np.diag(counts)) / (counts.sum() - 1)
    totals = seen.sum(axis=1)
    # a rating is never paired with itself, which is what takes the diagonal off
    expected = np.outer(totals, totals) - np.diag(totals)
    distances = _distances(totals, level)
    if not (expected * distances).sum():
        return None
    return float(1 - (totals.sum() - 1) * (seen * distances).sum() / (expected * distances).sum())


def _distances(totals: NDArray[np.float64], level: str) -> NDArray[np.float64]:
    """Squared; of ranks: how many ratings lie between two, their own counted half."""
    if level == "nominal":
        return 1.0 - np.eye(len(totals))
    middles = np.cumsum(totals) - totals / 2
    return np.asarray((middles[:, None] - middles[None, :]) ** 2, dtype=float)


def lines(files: Sequence[Path]) -> list[str]:
    """A line for each question. Raises: UsageError: fewer than two sheets, other items, or a rating off the scale."""
    if len(files) < 2:
        raise UsageError("agreement: give the filled sheets of at least two raters")
    sheets = [_read(path) for path in files]
    for path, (before, after) in zip(files[1:], pairwise(sheets), strict=True):
        if before.keys() != after.keys():
            raise UsageError(f"{path}: has other items than {files[0]}; sheets of one study and one seed are needed")
    return [
        _line(question, [[ratings[question] for ratings in sheet.values()] for sheet in sheets])
        for question in QUESTIONS
    ]


def _line(question: str, ratings: list[list[float | None]]) -> str:
    value, count = alpha(ratings), sum(rating is not None for row in ratings for rating in row)
    shown = "not known: no two ratings of an item, or all are the same" if value is None else f"{value:.3f}"
    return f"{question}: alpha (ordinal) {shown}, {count} ratings of {len(ratings)} raters"


def _read(path: Path) -> dict[str, dict[str, float | None]]:
    with path.open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    if not rows or not {ITEM, *QUESTIONS} <= rows[0].keys():
        raise UsageError(f"{path}: not a sheet; expected the columns {ITEM}, {', '.join(QUESTIONS)}")
    sheet: dict[str, dict[str, float | None]] = {}
    for row in rows:
        ratings = sheet[row[ITEM]] = dict[str, float | None]()
        for name in QUESTIONS:
            text = row[name].strip()
            if text and text not in SCALE:
                why = f"{row[name]!r} is none of {', '.join(SCALE)}; leave it empty where there is no rating"
                raise UsageError(f"{path}: {row[ITEM]}: {name}: {why}")
            ratings[name] = float(text) if text else None
    return sheet
