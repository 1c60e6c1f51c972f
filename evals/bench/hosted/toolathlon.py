"""Toolathlon: long tasks in real software, played and graded by its own runner in Docker (arXiv:2510.25726).

tasks.txt                              the data: a task a line, as its --task_list takes it
RUN/finalpool/TASK/eval_res.json       {"pass": true, false or null}: a run's folder, as --model recorded:RUN
RUN/execution_report_*.json            the same of a whole run in one file, as --model recorded:FILE
"""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from pydantic import JsonValue

from agents.errors import MissingError
from evals.bench import data
from evals.bench.hosted.graded import Graded
from evals.schema import Play

POOL = "finalpool"
SOURCE = f"list the folders of tasks/{POOL} of github.com/hkust-nlp/Toolathlon in tasks.txt, one a line"


class Toolathlon(Graded):
    """The tasks of one list."""

    def read_results(self, path: Path) -> dict[str, list[JsonValue]]:
        """Task -> its grade; as its own rate has it, a task without its file, or with null in it, was not evaluated."""
        if path.is_file():
            details = json.loads(path.read_text(encoding="utf-8"))["details"]
            groups = {"passed_tasks": 1.0, "failed_tasks": 0.0, "not_executed_tasks": None, "error_tasks": None}
            return {name.rpartition("/")[2]: [grade] for group, grade in groups.items() for name in details[group]}
        grades: dict[str, list[JsonValue]] = {}
        for folder in (path / POOL / task.id for task in self.tasks):
            if folder.is_dir():
                result = folder / "eval_res.json"
                verdict = json.loads(result.read_text(encoding="utf-8"))["pass"] if result.exists() else None
                grades[folder.name] = [None if verdict is None else float(verdict)]
        return grades

    @asynccontextmanager
    async def playing(self, endpoint: str) -> AsyncIterator[Play]:
        """Raises: MissingError: always; it says how its own runner asks this endpoint."""
        name, _, url = endpoint.partition("@")
        model = name.partition(":")[2]
        command = f"TOOLATHLON_OPENAI_BASE_URL={url or 'URL'} bash scripts/run_parallel.sh {model} RUN unified 10"
        needs = "its own runner plays it (Docker, and accounts at its services; see global_preparation there)"
        raise MissingError(f"toolathlon: {needs}: {command}; then give --model recorded:RUN")
        yield


def load() -> Toolathlon:
    """Raises: MissingError: no tasks."""
    path = data.data("toolathlon", "tasks.txt", SOURCE)
    lines = (line.strip() for line in path.read_text(encoding="utf-8").splitlines())
    names = [line for line in lines if line and not line.startswith("#")]
    return Toolathlon("toolathlon", "Toolathlon's own evaluation of the final state", names, data.digest(path))
