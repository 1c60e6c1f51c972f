"""The model under test by its name, and what it said as records.

openai:NAME@http://host/v1   an endpoint, reached as teachers are
path/to/checkpoint           a folder, served for as long as it is asked
recorded:PATH                answers in the benchmark's own format of results, whoever made them
gold, nothing, noisy:0.1     the benchmark's own solutions, silence, and a known share of silence among solutions
"""

import asyncio
import random
import re
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager, nullcontext
from pathlib import Path
from typing import Any

from pydantic import JsonValue

from agents.errors import FormatError, OutageError, TeacherError, UsageError
from agents.schema import Role, Schema
from agents.teacher.request import Answer, Message, Request
from agents.teacher.teachers import Teachers
from evals.answer import serving
from evals.schema import INFRASTRUCTURE, Play, Record, Suite, Task

IN_A_ROW = 20
"""So many failures of the endpoint one after another stop a run: going on would only make more."""


def find_answers(name: str, suite: Suite, runs: int, seed: int) -> dict[tuple[str, int], Record] | None:
    """(task, run) -> the record, where the name is of answers that are there already; None where it is of a model.

    noisy:P gives silence on the first P of the tasks in a shuffled order, so its score is known beforehand.
    """
    if name.startswith("recorded:"):
        return _read_recorded(Path(name.removeprefix("recorded:")), suite, runs)
    if name not in ("gold", "nothing") and not name.startswith("noisy:"):
        return None
    answers = _must(suite.nothing() if name == "nothing" else suite.gold(), name, suite)
    silent: Mapping[str, JsonValue] = {}
    if name.startswith("noisy:"):
        try:
            share = float(name.removeprefix("noisy:"))
        except ValueError:
            share = -1.0
        if not 0 <= share <= 1:
            raise UsageError(f"--model {name}: expected noisy:P with a share from 0 to 1")
        wrong, order = _must(suite.nothing(), name, suite), [task.id for task in suite.tasks]
        # tasks come by category: the first ones would be of one kind
        random.Random(seed).shuffle(order)
        silent = {task: wrong[task] for task in order[: round(share * len(order))]}
    pairs = [(task, run) for run in range(runs) for task in answers]
    return {(task, run): Record(task=task, run=run, answer=silent.get(task, answers[task])) for task, run in pairs}


def _read_recorded(path: Path, suite: Suite, runs: int) -> dict[tuple[str, int], Record]:
    """What the file has no answer for is lost, not wrong."""
    if not path.exists():
        raise UsageError(f"--model recorded:{path}: there is no such file")
    try:
        by_task, records = suite.read_results(path), {}
    except (ValueError, LookupError, TypeError, AttributeError) as error:
        raise UsageError(f"--model recorded:{path}: these are no results of {suite.name}: {error!r}") from error
    for task in suite.tasks:
        for run in range(runs):
            answers = by_task.get(task.id, ())
            lost = "" if run < len(answers) else f"{INFRASTRUCTURE}: not in {path.name}"
            # whoever made the file knows what it cost; 0 would be a claim
            answer, unknown = None if lost else answers[run], {"input": None, "output": None}
            records[task.id, run] = Record(task=task.id, run=run, answer=answer, error=lost, **unknown)
    return records


def _must(answers: Mapping[str, JsonValue] | None, name: str, suite: Suite) -> Mapping[str, JsonValue]:
    if answers is None:
        raise UsageError(f"--model {name}: {suite.name} has no such answers for these categories and this mode")
    return answers


@asynccontextmanager
async def connect(name: str, params: Mapping[str, Any]) -> AsyncIterator[tuple[Teachers, str]]:
    """The model, and the name of its endpoint; a folder is served until the block ends."""
    async with _endpoint(name) as endpoint:
        model = Teachers({Role.ASSISTANT: endpoint}, params=params)
        try:
            yield model, endpoint
        finally:
            await model.aclose()


def _endpoint(name: str) -> AbstractAsyncContextManager[str]:
    return serving.serve_checkpoint(Path(name).absolute()) if Path(name).is_dir() else nullcontext(name)


class Examiner:
    """Puts tasks to a model and keeps count of what it cost."""

    def __init__(self, model: Teachers, play: Play, seed: int) -> None:
        self._model, self._play, self._seed = model, play, seed
        self._failures = 0

    async def record(self, task: Task, run: int) -> Record:
        """The task answered once; what the endpoint did wrong is marked as infrastructure, for another try.

        Raises: UsageError: every request would fail. OutageError: many in a row did.
        """
        answers: list[Answer] = []
        answer: JsonValue = None
        error = ""

        async def ask(messages: list[Message], tools: list[Schema]) -> Answer:
            request = Request(role=Role.ASSISTANT, messages=messages, tools=tools, seed=self._seed + run)
            answers.append(await self._model.answer(request))
            return answers[-1]

        try:
            answer = await self._play(task, run, ask)
            self._failures = 0
        except FormatError as fault:
            error = f"format: {fault}"
        except TeacherError as fault:
            # A conversation longer than the model's window is the model's, every other fault the endpoint's. HTTP 400
            # alone is not enough: a server without its tool parser refuses every request, and would score 0.
            too_long = re.search(r"HTTP 4\d\d.*(context|too long|maximum)", str(fault), re.I)
            error = f"{'context' if too_long else INFRASTRUCTURE}: {fault}"
            self._failures += not too_long
            if self._failures >= IN_A_ROW:
                why = f"{IN_A_ROW} tasks in a row were lost to the endpoint; start again to go on: {fault}"
                raise OutageError(why) from None
        usages = [each.usage for each in answers if each.usage is not None]
        # a scaffold that asks the endpoint itself tells nothing
        is_whole = 0 < len(usages) == len(answers)
        tokens = {key: sum(usage[key] for usage in usages) if is_whole else None for key in ("input", "output")}
        by = ", ".join(sorted({each.served_by for each in answers} - {""}))
        return Record(task=task.id, run=run, answer=answer, error=error, calls=len(answers), served_by=by, **tokens)


async def collect(examiner: Examiner, todo: Sequence[tuple[Task, int]], at_once: int) -> AsyncIterator[Record]:
    """Records as they finish, `at_once` tasks in flight."""
    gate = asyncio.Semaphore(at_once)

    async def ask(task: Task, run: int) -> Record:
        async with gate:
            return await examiner.record(task, run)

    running = [asyncio.create_task(ask(task, run)) for task, run in todo]
    try:
        for done in asyncio.as_completed(running):
            yield await done
    finally:
        for task in running:
            task.cancel()
        await asyncio.gather(*running, return_exceptions=True)
