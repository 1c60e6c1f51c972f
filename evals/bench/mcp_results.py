"""MCP-Atlas and Toolathlon, as their own harnesses graded them: --model recorded:PATH.

Both play on dozens of live services in Docker, several of them with keys, and MCP-Atlas is graded by a judge model: so
neither is played here. What their harnesses write is read, and gets n, interval and floor as every other benchmark.

mcpatlas     tasks.csv (TASK, PROMPT, ENABLED_TOOLS, GTFA_CLAIMS); a scored_<model>.csv of services/scoring
             A task is passed where three quarters of its claims are covered (arXiv:2602.00933).
toolathlon   tasks.txt, a task a line; a run's folder with finalpool/<task>/eval_res.json: {"pass": true, false or null}
"""

import csv
import json
import sys
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

from pydantic import JsonValue

from agents.errors import MissingError
from evals.bench import data
from evals.schema import ALL_THERE, INFRASTRUCTURE, UNWEIGHED, Play, Record, Score, Task

PASSED = 0.75
ATLAS = "export ScaleAI/MCP-Atlas of huggingface.co to CSV as tasks.csv"
TOOLATHLON = "list the folders of tasks/finalpool of github.com/hkust-nlp/Toolathlon in tasks.txt, one a line"
PLAY = {
    "mcpatlas": "run_eval.py of github.com/scaleapi/mcp-atlas plays it (Docker, 36 MCP servers, 16 of them with keys)",
    "toolathlon": "its own runner plays it (Docker, accounts at its services) or its public evaluation service does",
}


class Graded:
    """A benchmark whose answers are grades; each task is a cluster."""

    left_out = ALL_THERE
    weights = UNWEIGHED

    def __init__(self, name: str, scorer: str, tasks: Sequence[str], sha256: str) -> None:
        self.name, self.scorer, self.sha256 = name, scorer, sha256
        self.tasks = [Task(id=task, cluster=task) for task in tasks]

    def gold(self) -> None:
        """No solution that their graders could be given without the services, or the judge."""

    def nothing(self) -> Mapping[str, JsonValue]:
        """An empty response covers no claim and passes no task: MCP-Atlas scores it 0 without asking its judge."""
        # a float, as their graders give: 0 would be no grade
        return {task.id: 0.0 for task in self.tasks}

    def read_results(self, path: Path) -> dict[str, list[JsonValue]]:
        """Task -> its grades; null where the harness gave none."""
        if self.name == "toolathlon":
            return {task.id: [_passed(path, task.id)] for task in self.tasks if (path / "finalpool" / task.id).is_dir()}
        grades: dict[str, list[JsonValue]] = {}
        for row in _rows(path):
            covered = row["coverage_score"].strip()
            grades.setdefault(row.get("TASK") or row["task_id"], []).append(float(covered) if covered else None)
        return grades

    @asynccontextmanager
    async def playing(self, endpoint: str) -> AsyncIterator[Play]:
        raise MissingError(f"{self.name}: {PLAY[self.name]}; then give --model recorded:RESULTS")
        yield

    async def score(self, records: Sequence[Record]) -> list[Score]:
        return [self._grade(record.answer) for record in records]

    def _grade(self, grade: JsonValue) -> Score:
        if not isinstance(grade, float):
            return Score(value=0.0, error=f"{INFRASTRUCTURE}: its harness gave no grade")
        value = float(grade >= PASSED)
        also = {"coverage": grade} if self.name == "mcpatlas" else {}
        return Score(value=value, error="" if value else "not passed", also=also)


def load_atlas() -> Graded:
    """Raises: MissingError: no tasks."""
    path = data.data("mcpatlas", "tasks.csv", ATLAS)
    names = [row["TASK"] for row in _rows(path)]
    return Graded("mcpatlas", f"MCP-Atlas claim coverage, passed at {PASSED}", names, data.digest(path))


def load_toolathlon() -> Graded:
    """Raises: MissingError: no tasks."""
    path = data.data("toolathlon", "tasks.txt", TOOLATHLON)
    names = [line.strip() for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]
    return Graded("toolathlon", "Toolathlon's own evaluation of the final state", names, data.digest(path))


def _rows(path: Path) -> list[dict[str, str]]:
    csv.field_size_limit(sys.maxsize)  # whole conversations lie in its fields
    with path.open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def _passed(run: Path, task: str) -> float | None:
    """As Toolathlon's own rate has it: a task without its file, or with null in it, was not evaluated."""
    path = run / "finalpool" / task / "eval_res.json"
    if not path.exists():
        return None
    passed = json.loads(path.read_text(encoding="utf-8"))["pass"]
    return None if passed is None else float(passed)
