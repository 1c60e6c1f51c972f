"""Small sets in the formats of CodeCI and BIRD [ours], to see whether a student's coding skill was kept.

They are in evals/studies/code.json, and no part of the official sets: their scores compare students of a study with
each other and with nothing else. Each problem has a solution, which LiveCodeBench's have not, so that a student too
small to solve any can still be measured by how well it says them.
"""

import json
import sqlite3
from contextlib import closing
from pathlib import Path

from agents.schema import JsonObject
from evals.bench import bird, codeci, data

FILE = data.ROOT / "evals" / "studies" / "code.json"
CODE = "code_"
"""How the names of the exam's files of code begin."""
Row = JsonObject


def write(folder: Path) -> list[str]:
    """codeci/ and bird/ as their benchmarks read them, and each set as conversations; the names of these."""
    sets = json.loads(FILE.read_text(encoding="utf-8"))
    problems = [_problem(number, item) for number, item in enumerate(sets["problems"])]
    _lines(folder / "codeci" / "test.jsonl", problems)
    files = {}
    for name, sql in sets["databases"].items():
        files[name] = folder / "bird" / "dev_databases" / name / f"{name}.sqlite"
        files[name].parent.mkdir(parents=True, exist_ok=True)
        # what a killed study left has the tables already
        files[name].unlink(missing_ok=True)
        with closing(sqlite3.connect(files[name])) as connection:
            connection.executescript(sql)
            connection.commit()
    questions = [
        {"question_id": n, "evidence": "", "difficulty": "simple", **item} for n, item in enumerate(sets["questions"])
    ]
    (folder / "bird" / "dev.json").write_text(json.dumps(questions), encoding="utf-8")
    pairs = zip(problems, sets["problems"], strict=True)
    _lines(
        folder / f"{CODE}python.jsonl",
        [_conversation(codeci.prompt(row), "python", item["solution"]) for row, item in pairs],
    )
    answers = [(bird.prompt(item, files[item["db_id"]]), item["SQL"]) for item in questions]
    _lines(folder / f"{CODE}sql.jsonl", [_conversation(prompt, "sql", sql) for prompt, sql in answers])
    return [f"{CODE}python.jsonl", f"{CODE}sql.jsonl"]


def _problem(number: int, problem: Row) -> Row:
    tests = [{"input": stdin, "output": wanted, "testtype": "stdin"} for stdin, wanted in problem["tests"]]
    packed = {"public_test_cases": json.dumps(tests[:1]), "private_test_cases": json.dumps(tests[1:])}
    question = {"question_id": f"{number}", "question_content": problem["question"], "difficulty": "easy"}
    return {**question, **packed, "starter_code": "", "metadata": "{}"}


def _conversation(prompt: str, language: str, answer: str) -> Row:
    """A question and its answer as a conversation."""
    block = f"```{language}\n{answer}\n```"
    return {"messages": [{"role": "user", "content": prompt}, {"role": "assistant", "content": block}], "tools": []}


def _lines(path: Path, rows: list[Row]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("".join(f"{json.dumps(row)}\n" for row in rows), encoding="utf-8")
