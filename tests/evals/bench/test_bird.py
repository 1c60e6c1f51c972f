import asyncio
import json
import sqlite3
from pathlib import Path

import pytest

from agents.errors import MissingError
from evals.answer import models
from evals.bench import bird
from evals.schema import Record
from evals.score.result import score_records

QUESTIONS = [
    ("What is the name of the oldest?", "SELECT name FROM person ORDER BY age DESC LIMIT 1", "simple"),
    ("Which names are there?", "SELECT name FROM person", "simple"),
    ("Who is older than 100?", "SELECT name FROM person WHERE age > 100", "challenging"),
]


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Two databases of three people each and three questions to each, as BIRD lays them out."""
    monkeypatch.setenv("TDS_EVAL_DATA", str(tmp_path))
    rows = []
    for name in ("club", "team"):
        folder = tmp_path / "bird" / "dev_databases" / name
        folder.mkdir(parents=True)
        with sqlite3.connect(folder / f"{name}.sqlite") as connection:
            connection.execute("CREATE TABLE person (name TEXT, age INTEGER)")
            connection.executemany("INSERT INTO person VALUES (?, ?)", [("Ada", 36), ("Bo", 71), ("Cy", 20)])
        connection.close()
        rows += [
            {"question": q, "SQL": sql, "difficulty": kind, "db_id": name, "evidence": ""} for q, sql, kind in QUESTIONS
        ]
    numbered = [{"question_id": i, **row} for i, row in enumerate(rows)]
    (tmp_path / "bird" / "dev.json").write_text(json.dumps(numbered))
    return tmp_path / "bird"


def values(suite: bird.Bird, answers: list[str]) -> list[tuple[float, str]]:
    """What the scorer says of answers to question 1."""
    rows = [Record(task="1", run=i, answer=answer) for i, answer in enumerate(answers)]
    return [(outcome.value, outcome.error) for outcome in asyncio.run(score_records(suite, rows))]


def test_gold_is_right_and_an_empty_query_is_where_the_answer_has_no_rows(data: Path) -> None:
    suite = bird.load()
    for answers, right in ((suite.gold(), "012345"), (suite.nothing(), "25")):
        rows = [Record(task=task, run=0, answer=answer) for task, answer in answers.items()]
        assert "".join(outcome.task for outcome in asyncio.run(score_records(suite, rows)) if outcome.value) == right


def test_rows_are_compared_as_sets(data: Path) -> None:
    suite = bird.load()
    doubled = "SELECT name FROM person UNION ALL SELECT name FROM person ORDER BY name DESC"
    assert values(suite, [doubled, "SELECT age FROM person"]) == [(1, ""), (0, "other rows")]


def test_queries_that_drop_write_or_reach_other_files_harm_nothing_and_are_wrong(data: Path, tmp_path: Path) -> None:
    suite, there = bird.load(), data / "dev_databases" / "club" / "club.sqlite"
    before, other = there.read_bytes(), tmp_path / "other.sqlite"
    evil = [
        "DROP TABLE person",
        "DELETE FROM person",
        f"ATTACH '{other}' AS o",
        f"VACUUM INTO '{other}'",
        "SELECT 1; DROP",
    ]
    scored = values(suite, [*evil, "SELECT name FROM person"])
    assert [value for value, _ in scored] == [0, 0, 0, 0, 0, 1]
    assert (there.read_bytes() == before, other.exists()) == (True, False)


def test_a_query_without_end_or_too_large_is_wrong_in_its_time(data: Path) -> None:
    endless = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n"
    many = endless.replace("count(*)", "i")
    command = [*bird.COMMAND, "0.5"]
    database = str(data / "dev_databases" / "club" / "club.sqlite")
    rows = [{"database": database, "gold": "SELECT 1", "predicted": query} for query in (endless, many)]
    verdicts = asyncio.run(bird.judge(command, rows))
    assert verdicts[0] == {"valid": False, "error": "too long"}
    assert verdicts[1]["error"] in ("too long", "too many rows")


def test_the_query_is_the_last_sql_block_or_the_whole_answer() -> None:
    assert bird.query("First\n```sql\nSELECT 1\n```\nbetter\n```sql\nSELECT 2;\n```") == "SELECT 2;"
    assert bird.query(" SELECT 3 ") == "SELECT 3"


def test_predictions_in_birds_own_form_are_read_and_what_is_not_there_is_lost(data: Path, tmp_path: Path) -> None:
    predictions = {str(i): f"SELECT {i}\t----- bird -----\tclub" for i in range(6)}
    (tmp_path / "predict.json").write_text(json.dumps(predictions))
    records = models.find_answers(f"recorded:{tmp_path / 'predict.json'}", bird.load(), runs=2, seed=0) or {}
    assert [records["2", 0].answer, records["2", 1].error] == ["SELECT 2", "infrastructure: not in predict.json"]


def test_missing_data_names_the_path_and_where_to_get_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TDS_EVAL_DATA", str(tmp_path))
    with pytest.raises(MissingError, match=r"bird/dev\.json; get mini_dev .* https://github\.com/bird-bench/mini_dev"):
        bird.load()
