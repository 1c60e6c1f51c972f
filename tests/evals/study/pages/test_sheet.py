"""Rating sheets and how far raters agree."""

import csv
from pathlib import Path

import pytest

from agents.errors import UsageError
from evals.study.pages import agreement

NAN = None
# Krippendorff, Computing Krippendorff's Alpha-Reliability, 2011: four observers, twelve units, values 1 to 5.
PUBLISHED = [
    [1, 2, 3, 3, 2, 1, 4, 1, 2, NAN, NAN, NAN],
    [1, 2, 3, 3, 2, 2, 4, 1, 2, 5, NAN, 3],
    [NAN, 3, 3, 3, 2, 3, 4, 2, 2, 5, 1, NAN],
    [1, 2, 3, 3, 2, 4, 4, 1, 2, 5, 1, NAN],
]


@pytest.mark.parametrize(("level", "value"), [("nominal", 0.743), ("ordinal", 0.815)])
def test_alpha_is_the_published_one(level: str, value: float) -> None:
    alpha = agreement.alpha(PUBLISHED, level)
    assert alpha is not None
    assert round(alpha, 3) == value


def test_alpha_of_opposites_is_below_zero_and_of_one_value_unknown() -> None:
    opposed = agreement.alpha([[1, 5, 1, 5], [5, 1, 5, 1]])
    assert opposed is not None
    assert opposed < -0.5
    assert agreement.alpha([[3, 3], [3, 3]]) is None
    assert agreement.alpha([[1, None], [None, 2]]) is None


def sheet(path: Path, ratings: dict[str, str]) -> Path:
    with path.open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["item", *agreement.QUESTIONS])
        writer.writerows([item, *[value] * len(agreement.QUESTIONS)] for item, value in ratings.items())
    return path


def test_filled_sheets_are_compared_question_by_question(tmp_path: Path) -> None:
    first = sheet(tmp_path / "a.csv", {"T1": "1", "T2": "5", "T3": ""})
    second = sheet(tmp_path / "b.csv", {"T1": "1", "T2": "5", "T3": "2"})
    lines = agreement.lines([first, second])
    assert lines[0] == "realistic: alpha (ordinal) 1.000, 5 ratings of 2 raters"
    assert len(lines) == len(agreement.QUESTIONS)


@pytest.mark.parametrize(
    ("ratings", "message"), [({"T1": "6"}, "'6' is none of 1, 2"), ({"T9": "1"}, "has other items")]
)
def test_a_sheet_that_does_not_fit_is_refused(tmp_path: Path, ratings: dict[str, str], message: str) -> None:
    good = sheet(tmp_path / "a.csv", {"T1": "1"})
    with pytest.raises(UsageError, match=message):
        agreement.lines([good, sheet(tmp_path / "b.csv", ratings)])
