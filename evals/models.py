"""The model under test by its name, and what it said as records.

openai:NAME@http://host/v1   an endpoint, reached as teachers are
path/to/checkpoint           a folder, served for as long as it is asked
gold, nothing, noisy:0.1     the benchmark's own solutions, silence, and a known share of silence among solutions
"""

import asyncio
import random
import re
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from pydantic import JsonValue

from agents.errors import FormatError, OutageError, TeacherError, UsageError
from agents.schema import Role, Schema
from agents.teachers import Answer, Message, Request, Teachers
from evals import serving
from evals.schema import INFRASTRUCTURE, Play, Record, Suite, Task

IN_A_ROW = 20
"""So many failures of the endpoint one after another stop a run: going on would only make more."""


def reference(name: str, suite: Suite, seed: int) -> Mapping[str, JsonValue] | None:
    """The answers of a reference model by task; None where the name is not one.

    noisy:P gives silence on the first P of the tasks in a shuffled order, so its score is known beforehand.
    """
    if name == "nothing":
        return _must(suite.nothing(), name, suite)
    if name == "gold":
        return _must(suite.gold(), name, suite)
    if not name.startswith("noisy:"):
        return None
    right, wrong = _must(suite.gold(), name, suite), _must(suite.nothing(), name, suite)
    order = [task.id for task in suite.tasks]
    random.Random(seed).shuffle(order)
    silent = set(order[: round(_share(name) * len(order))])
    return {task: (wrong if task in silent else right)[task] for task in right}


def _must(answers: Mapping[str, JsonValue] | None, name: str, suite: Suite) -> Mapping[str, JsonValue]:
    if answers is None:
        raise UsageError(f"--model {name}: {suite.name} has no such answers for these categories and this mode")
    return answers


def _share(name: str) -> float:
    try:
        share = float(name.removeprefix("noisy:"))
    except ValueError:
        share = -1.0
    if not 0 <= share <= 1:
        raise UsageError(f"--model {name}: expected noisy:P with a share from 0 to 1")
    return share


@asynccontextmanager
async def connected(name: str, params: Mapping[str, Any]) -> AsyncIterator[Teachers]:
    """The model as an endpoint; a folder is served until the block ends."""
    folder = _folder(name)
    async with serving.served(folder) if folder else _named(name) as endpoint:
        model = Teachers({Role.ASSISTANT: endpoint}, params=params)
        try:
            yield model
        finally:
            await model.aclose()


def _folder(name: str) -> Path | None:
    return Path(name).absolute() if Path(name).is_dir() else None


@asynccontextmanager
async def _named(name: str) -> AsyncIterator[str]:
    yield name


class Examiner:
    """Puts tasks to a model and keeps count of what it cost."""

    def __init__(self, model: Teachers, play: Play, seed: int) -> None:
        self._model, self._play, self._seed = model, play, seed
        self._failures = 0

    async def record(self, task: Task, run: int) -> Record:
        """The task answered once; what the endpoint did wrong is marked as infrastructure, for another try.

        Raises: UsageError: every request would fail. OutageError: many in a row did.
        """
        said: list[Answer] = []
        answer: JsonValue = None
        error = ""

        async def ask(messages: list[Message], tools: list[Schema]) -> Answer:
            request = Request(role=Role.ASSISTANT, messages=messages, tools=tools, seed=self._seed + run)
            said.append(await self._model.answer(request))
            return said[-1]

        try:
            answer = await self._play(task, run, ask)
            self._failures = 0
        except FormatError as fault:
            error = f"format: {fault}"
        except TeacherError as fault:
            error = f"{_blame(fault)}: {fault}"
            if error.startswith(INFRASTRUCTURE):
                self._failed(fault)
        return Record(task=task.id, run=run, answer=answer, error=error, **_spent(said))

    def _failed(self, fault: TeacherError) -> None:
        self._failures += 1
        if self._failures >= IN_A_ROW:
            raise OutageError(f"{IN_A_ROW} tasks in a row were lost to the endpoint; start again to go on: {fault}")


def _blame(fault: TeacherError) -> str:
    """A conversation longer than the model's window is the model's, every other fault the endpoint's.

    A refused request (HTTP 400) is not enough: a server without its tool parser refuses all, and would score 0.
    """
    return "context" if re.search(r"HTTP 4\d\d.*(context|too long|maximum)", str(fault), re.I) else INFRASTRUCTURE


def _spent(said: Sequence[Answer]) -> dict[str, Any]:
    usages = [one.usage for one in said]
    known = [usage for usage in usages if usage is not None]
    sums = {key: sum(usage[key] for usage in known) for key in ("input", "output")}
    by = sorted({one.served_by for one in said} - {""})
    tokens = sums if len(known) == len(usages) else {"input": None, "output": None}
    return {"calls": len(said), **tokens, "served_by": ", ".join(by)}


async def drawn(examiner: Examiner, todo: Sequence[tuple[Task, int]], at_once: int) -> AsyncIterator[Record]:
    """Records as they finish, `at_once` tasks in flight."""
    gate = asyncio.Semaphore(at_once)

    async def one(task: Task, run: int) -> Record:
        async with gate:
            return await examiner.record(task, run)

    running = [asyncio.create_task(one(task, run)) for task, run in todo]
    try:
        for done in asyncio.as_completed(running):
            yield await done
    finally:
        for task in running:
            task.cancel()
        await asyncio.gather(*running, return_exceptions=True)
