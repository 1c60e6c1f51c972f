"""BFCL v4 by its own loop and scorer (PyPI bfcl-eval): multi-turn by default, its AST categories by name.

An answer is what BFCL writes into its result files: for multi-turn a list of turns, of steps, of calls. The four
multi-turn variants of one scenario are one cluster.
"""

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

from pydantic import JsonValue

from agents.errors import MissingError, UsageError
from agents.schema import JsonObject
from evals.bench import data
from evals.bench.process import Died, Worker, judge, pool
from evals.schema import ALL_THERE, Ask, Play, Record, Score, Task

SCRIPT = Path(__file__).parents[1] / "scorers" / "bfcl.py"
MULTI_TURN = tuple(f"multi_turn_{kind}" for kind in ("base", "miss_func", "miss_param", "long_context"))
MEMORY = ("memory_kv", "memory_rec_sum")
WEB = ("web_search_base", "web_search_no_snippet")
"""Scored, as files that were made elsewhere; to play them needs the network and a search engine's key."""
NEEDS = {"memory_vector": "an embedder of a hub, torch and faiss"}
"""What is not here and why."""
FORMATS = "format_sensitivity"
"""In prompt mode alone, and no part of the overall score."""
KINDS = ("simple", "multiple", "parallel", "parallel_multiple", "irrelevance", "relevance")
SINGLE = ("simple_python", "simple_java", "simple_javascript", *KINDS[1:5], *(f"live_{kind}" for kind in KINDS))
ALL = (*MULTI_TURN, *SINGLE, *MEMORY, *WEB, FORMATS)
AGENTIC = (*MEMORY, *WEB)
TALKS = tuple(name for name in SINGLE if not name.endswith("relevance"))
"""Of one turn, with calls that are right; where none is, nobody says what the answer should be."""
LIVE_TASKS = {"live_simple": 258, "live_multiple": 1053, "live_parallel": 16, "live_parallel_multiple": 24}
WEIGHTS = {
    **{f"simple_{language}": 0.1 / 4 / 3 for language in ("python", "java", "javascript")},
    **dict.fromkeys(("multiple", "parallel", "parallel_multiple"), 0.1 / 4),
    **{name: 0.1 * count / sum(LIVE_TASKS.values()) for name, count in LIVE_TASKS.items()},
    **dict.fromkeys(("irrelevance", "live_irrelevance"), 0.1 / 2),
    **dict.fromkeys(MULTI_TURN, 0.3 / 4),
    **dict.fromkeys(WEB, 0.4 / 2 / 2),
    **dict.fromkeys(("memory_kv", "memory_vector", "memory_rec_sum"), 0.4 / 2 / 3),
}
"""Of the leaderboard's overall score: 10, 10, 10, 30 and 40% for non-live, live, irrelevance, multi-turn and agentic,
parts of each alike, but for the live ones, which count by their tasks (bfcl-eval, generate_leaderboard_csv)."""


class BFCL:
    """The categories named, with tool calls (`fc`) or with calls written into the text (`prompt`)."""

    name = "bfcl"
    left_out = ALL_THERE
    weights = WEIGHTS

    def __init__(self, rows: list[dict[str, JsonValue]], mode: str, at_once: int) -> None:
        head, *items = rows
        self.tasks = [
            Task(id=str(item["id"]), cluster=str(item["cluster"]), category=str(item["category"])) for item in items
        ]
        self.scorer, self.sha256 = f"{head['version']} ({mode})", str(head["sha256"])
        self._items, self._mode, self._at_once = items, mode, at_once

    def gold(self) -> Mapping[str, JsonValue] | None:
        # as text only where the text's form is what is measured
        if self._mode == "prompt" and any(task.category != FORMATS for task in self.tasks):
            return None
        return {str(item["id"]): item["gold"] for item in self._items}

    def nothing(self) -> Mapping[str, JsonValue]:
        silence: JsonValue = "" if self._mode == "prompt" else []
        multi = {str(item["id"]): item["nothing"] for item in self._items}
        return {task.id: multi[task.id] if task.category in (*MULTI_TURN, *AGENTIC) else silence for task in self.tasks}

    def read_results(self, path: Path) -> dict[str, list[JsonValue]]:
        """Results as `bfcl generate` writes them: a file of JSON lines, or a folder of such."""
        files = sorted(path.rglob("BFCL_v4_*_result.json")) if path.is_dir() else [path]
        return {row["id"]: [row["result"]] for file in files for row in data.lines(file)}

    @asynccontextmanager
    async def playing(self, endpoint: str) -> AsyncIterator[Play]:
        if web := sorted({task.category for task in self.tasks} & set(WEB)):
            raise MissingError(f"bfcl: {', '.join(web)}: playing them needs the network; give recorded:RESULTS instead")
        async with pool(command("play", self._mode), self._at_once) as run_task:

            async def play(task: Task, run: int, ask: Ask) -> JsonValue:
                try:
                    return await run_task({"id": task.id, "run": run}, ask)
                except Died as death:
                    return f"Error during inference: {death}"

            yield play

    async def score(self, records: Sequence[Record]) -> list[Score]:
        rows = [{"id": record.task, "run": record.run, "result": record.answer} for record in records]
        # in a process of its own each time: scored twice in one process, the same name finds old state
        verdicts = await judge(command("score", self._mode), rows)
        return [Score(value=float(verdict.get("valid", False)), error=str(verdict["error"])) for verdict in verdicts]


def result_file(category: str) -> str:
    """The name of the category's file where `bfcl generate` writes its results."""
    return f"BFCL_v4_{category}_result.json"


def command(*arguments: str) -> list[str | Path]:
    return [data.interpreter("bfcl"), "-I", SCRIPT, *arguments]


async def load(categories: Sequence[str], mode: str, at_once: int) -> BFCL:
    """Raises: UsageError: a category that is not known or needs the network. MissingError: no environment."""
    for name in categories:
        if name in NEEDS:
            raise MissingError(f"bfcl: {name} needs {NEEDS[name]}, which the scorer's environment has not")
        if name not in (*ALL, "all"):
            raise UsageError(f"--category: {name!r} is none of all, {', '.join(ALL)}")
    if FORMATS in categories and mode == "fc":
        raise UsageError(f"--category {FORMATS}: it varies prompts; use --mode prompt")
    scoring = [name for name in ALL if name != FORMATS] if "all" in categories else []
    chosen = [name for name in ALL if name in categories or name in scoring] or MULTI_TURN
    return BFCL(await _list_rows("tasks", chosen), mode, at_once)


async def texts(categories: Sequence[str] = ALL) -> list[dict[str, str]]:
    """What users say and which tools are offered, to look for in a training set."""
    return (await _list_rows("texts", categories))[1:]


async def talks(categories: Sequence[str]) -> list[JsonObject]:
    """Tasks of one turn as conversations in OpenAI's layout, answered by their own calls. Raises MissingError."""
    return (await _list_rows("talks", categories))[1:]


async def _list_rows(what: str, categories: Sequence[str]) -> list[JsonObject]:
    """The head, which counts them, and the rows. Raises MissingError: no environment, or a broken one."""
    async with Worker(command(what, *categories)) as worker:
        head = await worker.first()
        return [head, *[await worker.read() for _ in range(head["rows"])]]
