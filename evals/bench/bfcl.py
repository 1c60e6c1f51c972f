"""BFCL v4 by its own loop and scorer (PyPI bfcl-eval): multi-turn by default, its AST categories by name.

An answer is what BFCL writes into its result files: for multi-turn a list of turns, of steps, of calls. The four
multi-turn variants of one scenario are one cluster.
"""

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from pydantic import JsonValue

from agents.errors import UsageError
from evals.bench import data
from evals.bench.process import Died, Worker, converse, judge
from evals.schema import Ask, Play, Record, Score, Task

SCRIPT = Path(__file__).parents[1] / "scorers" / "bfcl.py"
MULTI_TURN = tuple(f"multi_turn_{kind}" for kind in ("base", "miss_func", "miss_param", "long_context"))
KINDS = ("simple", "multiple", "parallel", "parallel_multiple", "irrelevance", "relevance")
SINGLE = ("simple_python", "simple_java", "simple_javascript", *KINDS[1:5], *(f"live_{kind}" for kind in KINDS))
ALL = (*MULTI_TURN, *SINGLE)


class BFCL:
    """The categories named, with tool calls (`fc`) or with calls written into the text (`prompt`)."""

    name = "bfcl"

    def __init__(self, rows: list[dict[str, JsonValue]], mode: str, at_once: int) -> None:
        head, *items = rows
        self.tasks = [
            Task(id=str(item["id"]), cluster=str(item["cluster"]), category=str(item["category"])) for item in items
        ]
        self.scorer, self.sha256 = f"{head['version']} ({mode})", str(head["sha256"])
        self._items, self._mode, self._at_once = items, mode, at_once

    def gold(self) -> Mapping[str, JsonValue] | None:
        solutions = {str(item["id"]): item["gold"] for item in self._items}
        return None if self._mode == "prompt" or None in solutions.values() else solutions

    def nothing(self) -> Mapping[str, JsonValue]:
        silence: JsonValue = "" if self._mode == "prompt" else []
        multi = {str(item["id"]): item["nothing"] for item in self._items}
        return {task.id: multi[task.id] if task.category in MULTI_TURN else silence for task in self.tasks}

    def read_results(self, path: Path) -> dict[str, list[JsonValue]]:
        """Results as `bfcl generate` writes them: a file of JSON lines, or a folder of such."""
        files = sorted(path.rglob("BFCL_v4_*_result.json")) if path.is_dir() else [path]
        return {row["id"]: [row["result"]] for file in files for row in data.lines(file)}

    @asynccontextmanager
    async def playing(self, endpoint: str) -> AsyncIterator[Play]:
        """A pool of processes, each with one task at a time; one that a model broke is replaced."""
        idle: asyncio.Queue[Worker | None] = asyncio.Queue()
        for _ in range(self._at_once):
            idle.put_nowait(None)

        async def play(task: Task, run: int, ask: Ask) -> JsonValue:
            worker = await idle.get() or await Worker(command("play", self._mode)).start()
            kept: Worker | None = None
            try:
                answer = await converse(worker, {"id": task.id, "run": run}, ask)
                kept = worker
                return answer
            except Died as death:
                return f"Error during inference: {death}"
            finally:
                if kept is None:
                    await worker.stop()
                idle.put_nowait(kept)

        try:
            yield play
        finally:
            while not idle.empty():
                if left := idle.get_nowait():
                    await left.stop()

    async def score(self, records: Sequence[Record]) -> list[Score]:
        rows = [{"id": one.task, "run": one.run, "result": one.answer} for one in records]
        verdicts = await judge(command("score", self._mode), rows)
        return [Score(value=float(one.get("valid", False)), error=str(one["error"])) for one in verdicts]


def command(*arguments: str) -> list[str | Path]:
    return [data.interpreter("bfcl"), "-I", SCRIPT, *arguments]


async def load(categories: Sequence[str], mode: str, at_once: int) -> BFCL:
    """Raises: UsageError: a category that is not known or needs the network. MissingError: no environment."""
    for name in categories:
        if name not in ALL:
            raise UsageError(f"--category: {name!r} is none of {', '.join(ALL)}; BFCL's others need network or memory")
    chosen = [name for name in ALL if name in categories] or MULTI_TURN
    return BFCL(await _list_rows("tasks", chosen), mode, at_once)


async def texts(categories: Sequence[str] = ALL) -> list[dict[str, str]]:
    """What users say and which tools are offered, to look for in a training set."""
    return (await _list_rows("texts", categories))[1:]


async def _list_rows(what: str, categories: Sequence[str]) -> list[dict[str, Any]]:
    """The head, which counts them, and the rows. Raises MissingError: no environment, or a broken one."""
    async with Worker(command(what, *categories)) as worker:
        head = await worker.first()
        return [head, *[await worker.read() for _ in range(head["rows"])]]
