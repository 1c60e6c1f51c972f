"""BIRD: a question and a database -> one SQL query, by execution accuracy; the databases are the clusters.

Data as BIRD ships it: `dev.json` (or mini_dev's), a list of {question_id, db_id, question, evidence, SQL, difficulty},
and `dev_databases/<db_id>/<db_id>.sqlite`. An answer is the query's text.
"""

import json
import re
import sqlite3
import sys
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager, closing
from pathlib import Path
from typing import Any

from pydantic import JsonValue

from evals.bench import data
from evals.bench.process import judge
from evals.schema import ALL_THERE, UNWEIGHED, Ask, Play, Record, Score, Task

Question = Mapping[str, Any]
"""An item of dev.json."""
COMMAND = (sys.executable, "-I", Path(__file__).parents[1] / "scorers" / "bird.py")
SOURCE = "get mini_dev (SQLite) from https://github.com/bird-bench/mini_dev, licence CC BY-SA 4.0"
PROMPT = """Write one SQLite query that answers the question.

{schema}

{evidence}Question: {question}

Answer with the query alone, in a ```sql block."""


class Bird:
    """The questions of one dev.json."""

    name = "bird"
    scorer = "BIRD execution accuracy (set equality), tdscaling 1"
    left_out = ALL_THERE
    weights = UNWEIGHED

    def __init__(self, rows: Sequence[Question], databases: Path, sha256: str) -> None:
        self._rows = {str(row["question_id"]): row for row in rows}
        self._databases, self.sha256 = databases, sha256
        self.tasks = [
            Task(id=key, cluster=row["db_id"], category=row.get("difficulty", "")) for key, row in self._rows.items()
        ]

    def gold(self) -> Mapping[str, JsonValue]:
        return {key: row["SQL"] for key, row in self._rows.items()}

    def nothing(self) -> Mapping[str, JsonValue]:
        """An empty query, which is right wherever the right answer has no rows."""
        return dict.fromkeys(self._rows, "")

    def read_results(self, path: Path) -> dict[str, list[JsonValue]]:
        """Predictions as BIRD reads them: {"0": "SQL\\t----- bird -----\\tdb_id", ...} in the order of questions."""
        predictions = json.loads(path.read_text(encoding="utf-8"))
        return {key: [predictions[str(place)].split("\t----- bird -----\t")[0]] for place, key in enumerate(self._rows)}

    @asynccontextmanager
    async def playing(self, endpoint: str) -> AsyncIterator[Play]:
        async def play(task: Task, run: int, ask: Ask) -> JsonValue:
            row = self._rows[task.id]
            text = prompt(row, self._file(row))
            return query((await ask([{"role": "user", "content": text}], [])).content)

        yield play

    async def score(self, records: Sequence[Record]) -> list[Score]:
        rows = [self._rows[record.task] for record in records]
        queries = [
            {"database": str(self._file(row)), "gold": row["SQL"], "predicted": str(record.answer)}
            for row, record in zip(rows, records, strict=True)
        ]
        verdicts = await judge(COMMAND, queries, silence_s=180)
        return [Score(value=float(verdict.get("valid", False)), error=verdict["error"]) for verdict in verdicts]

    def _file(self, row: Question) -> Path:
        name = str(row["db_id"])
        return self._databases / name / f"{name}.sqlite"


def load() -> Bird:
    """Raises: MissingError: the questions or a database is not there."""
    questions = data.data("bird", "dev.json", SOURCE)
    rows = json.loads(questions.read_text(encoding="utf-8"))
    names = sorted({row["db_id"] for row in rows})
    files = [data.data("bird", f"dev_databases/{name}/{name}.sqlite", SOURCE) for name in names]
    return Bird(rows, data.folder("bird") / "dev_databases", data.digest(questions, *files))


def prompt(row: Question, database: Path) -> str:
    """What the model is asked of a question."""
    evidence = f"Hint: {row['evidence']}\n" if row.get("evidence") else ""
    return PROMPT.format(schema=_schema(database), evidence=evidence, question=row["question"])


def query(text: str) -> str:
    """The last SQL block of an answer, else all of it."""
    # the last one: models that think aloud try queries before they settle
    blocks = re.findall(r"```(?:sql|sqlite)?\s*\n(.*?)```", text, re.DOTALL | re.IGNORECASE)
    return str(blocks[-1] if blocks else text).strip()


def _schema(database: Path) -> str:
    with closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True)) as connection:
        return ";\n".join(row[0] for row in connection.execute("SELECT sql FROM sqlite_master WHERE sql IS NOT NULL"))


def texts() -> list[dict[str, str]]:
    """The questions, to look for in a training set. Raises: MissingError."""
    rows = json.loads(data.data("bird", "dev.json", SOURCE).read_text(encoding="utf-8"))
    return [{"id": str(row["question_id"]), "kind": "task", "text": row["question"]} for row in rows]
