"""No figure stands alone: each page that leaves the project gives n, interval, floor and ceiling beside what it scores.

The study's page, a model's card, a comparison and the paper's table are walked where they are made: tests/evals.
"""

import re
import shutil
from pathlib import Path

import pytest

from graphs import run
from graphs.report import page
from tests import figures

ROOT = Path(__file__).parents[2]
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The page of a small run, and of the same run beside itself."""
    out = tmp_path_factory.mktemp("run") / "a"
    with pytest.raises(SystemExit):
        run.main(["--count", "6", "--out", str(out)])
    other = shutil.copytree(out, out.parent / "b")
    return page.write(out, other).read_text()


def test_what_is_measured_of_a_run_has_its_n_interval_and_bounds(report: str) -> None:
    assert figures.bare(report) == []
    assert figures.bare_rows(report) == []
    rows = [row[0] for header, *rows in figures.Tables(report).tables if "floor" in header for row in rows]
    assert sum(bool(figures.MEASURED.search(row)) for row in rows) >= 9


def test_the_walk_notices_what_is_taken_away(report: str) -> None:
    for cell, fault in ((r"\[[\d.]+, [\d.]+\]", "interval"), (r"(?<=<td>)[56](?=</td><td>0</td>)", "n")):
        spoiled = re.sub(cell, "–", report)
        assert any(line.endswith(f"no {fault}") for line in figures.bare_rows(spoiled))


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.name)
def test_tables_of_the_docs_give_intervals_and_counts(path: Path) -> None:
    assert figures.bare_docs(path.read_text(encoding="utf-8")) == []


def test_a_table_of_the_docs_without_them_is_noticed() -> None:
    table = "| model | score |\n| --- | --- |\n| a | 12.5 |\n"
    assert [fault.rsplit(": ", 1)[1] for fault in figures.bare_docs(table)] == ["no interval", "no n"]
    assert figures.bare_docs(table.replace("score |", "score | n |", 1).replace("12.5", "12.5 [1, 20] | 9", 1)) == []
