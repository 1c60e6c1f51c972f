"""The leaderboard's overall score, recomputed to its last digit from what it publishes of each category.

Its tables are data_*.csv of the gh-pages branch of ShishirPatil/gorilla, laid in $TDS_EVAL_DATA/bfcl/leaderboard;
without them this is left out.
"""

import csv
from collections.abc import Iterator

import pytest

from evals.bench import bfcl, data
from evals.schema import Outcome
from evals.score import overall

FOLDER = data.folder("bfcl") / "leaderboard"
COLUMNS = {
    "non_live": {
        "simple_python": ("Python Simple AST", 400),
        "simple_java": ("Java Simple AST", 100),
        "simple_javascript": ("JavaScript Simple AST", 50),
        "multiple": ("Multiple AST", 200),
        "parallel": ("Parallel AST", 200),
        "parallel_multiple": ("Parallel Multiple AST", 200),
        "irrelevance": ("Irrelevance Detection", 240),
    },
    "live": {
        "live_simple": ("Python Simple AST", 258),
        "live_multiple": ("Python Multiple AST", 1053),
        "live_parallel": ("Python Parallel AST", 16),
        "live_parallel_multiple": ("Python Parallel Multiple AST", 24),
        "live_irrelevance": ("Irrelevance Detection", 884),
    },
    "multi_turn": {
        "multi_turn_base": ("Base", 200),
        "multi_turn_miss_func": ("Miss Func", 200),
        "multi_turn_miss_param": ("Miss Param", 200),
        "multi_turn_long_context": ("Long Context", 200),
    },
    "agentic": {
        "web_search_base": ("Web Search Base", 100),
        "web_search_no_snippet": ("Web Search No Snippet", 100),
        "memory_kv": ("Memory KV", 155),
        "memory_vector": ("Memory Vector", 155),
        "memory_rec_sum": ("Memory Recursive Summarization", 155),
    },
}
"""Table -> category -> its column and how many tasks it has: a share of two digits then says how many were right."""

pytestmark = pytest.mark.skipif(not FOLDER.is_dir(), reason="no tables of the leaderboard")


def table(name: str) -> dict[str, dict[str, str]]:
    with (FOLDER / f"data_{name}.csv").open(newline="") as file:
        return {row["Model"]: row for row in csv.DictReader(file)}


def right(model: str) -> Iterator[tuple[str, int, int]]:
    """(category, tasks right, tasks); what was not measured counts 0, as it does there."""
    for name, columns in COLUMNS.items():
        row = TABLES[name][model]
        for category, (column, count) in columns.items():
            text = row[column].rstrip("%")
            yield category, 0 if text == "N/A" else round(float(text) / 100 * count), count


TABLES = {name: table(name) for name in COLUMNS} if FOLDER.is_dir() else {}


def test_the_overall_score_of_every_model_comes_out_to_the_digit() -> None:
    published = {model: row["Overall Acc"] for model, row in table("overall").items()}
    weights = bfcl.WEIGHTS
    ours = {model: sum(weights[name] * hits / n for name, hits, n in right(model)) for model in published}
    assert len(published) > 100
    assert {model: f"{100 * score:.2f}%" for model, score in ours.items()} == published


def test_so_does_it_from_outcomes_with_an_interval() -> None:
    model, row = next(iter(table("overall").items()))
    outcomes = [
        Outcome(task=f"{name} {i}", run=0, cluster=f"{name} {i}", category=name, value=float(i < hits))
        for name, hits, n in right(model)
        for i in range(n)
    ]
    weighed = overall.weigh(outcomes, bfcl.WEIGHTS)
    assert weighed is not None
    assert f"{weighed.score.mean:.2f}%" == row["Overall Acc"]
    assert weighed.score.low is not None
    assert weighed.score.low < weighed.score.mean
    assert (weighed.asked, weighed.missing) == (pytest.approx(1.0), ())
