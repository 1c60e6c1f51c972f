"""What costs money or changes something happens once: answers and executed calls, with the journal before their use.

A resumed run takes both from the journal: no answer is paid for twice, a live call is not made twice and none is lost,
but for those that were under way when the process died.
"""

import itertools
import time
from collections.abc import AsyncIterator, Callable, Iterator, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from hashlib import sha256
from typing import Protocol

import orjson

from agents.errors import TeacherError
from agents.schema import JsonObject, Observed, Origin, Role, Schema, Tool
from agents.teacher.request import Answer, Ask, Message, Request
from graphs.campaign.record.journal import TRANSPORT, Journal, seed_of
from graphs.trajectory.state import Call, Runner, Runners, Service


class Answering(Protocol):
    """What the journal needs of the teachers."""

    async def answer(self, request: Request) -> Answer: ...


Spending = Callable[[Role, int], AbstractAsyncContextManager[Callable[[Answer], object]]]
"""Around a request of so many bytes that is really sent: may hold it back, and is told of its answer."""


@asynccontextmanager
async def spend_freely(role: Role, size: int) -> AsyncIterator[Callable[[Answer], object]]:
    """Without limits."""
    yield lambda answer: None


def record_answers(
    teachers: Answering, journal: Journal, slot: int, seed: int, spending: Spending = spend_freely
) -> Ask:
    """An Ask for one slot: replays what the journal knows, else asks and records before returning.

    Calls are numbered in the order made, so one slot may not ask twice at once.
    """
    calls = itertools.count()

    async def ask(
        role: Role, messages: list[Message], *, tools: list[Schema] | None = None, form: Schema | None = None
    ) -> Answer:
        call = next(calls)
        # not validated: it is our own, and validation is a tenth of a request's CPU time
        request = Request.model_construct(
            role=role, messages=messages, tools=tools or [], form=form, seed=seed_of(seed, slot, call)
        )
        body = request.as_bytes()
        digest = sha256(body).hexdigest()
        # by place and content: other prompts or another version ask anew, and only there
        answer = journal.answer(slot, call, digest)
        if answer:
            return answer
        async with spending(role, len(body)) as pay:
            began = time.monotonic()
            try:
                answer = await teachers.answer(request)
            except TeacherError as error:
                journal.note(slot, call, role, TRANSPORT, error.faults)
                raise
            journal.record(slot, call, request, answer, digest, time.monotonic() - began)
            pay(answer)
        return answer

    return ask


@asynccontextmanager
async def open_runners(services: Mapping[str, Service], journal: Journal, slot: int) -> AsyncIterator[Runners]:
    """The runners of one slot by service; each result is recorded, and a recorded one is not executed again."""
    async with AsyncExitStack() as sessions:
        runners = {name: await sessions.enter_async_context(service()) for name, service in services.items()}
        numbers = itertools.count()
        yield {name: _Recorded(runner, name, journal, slot, numbers) for name, runner in runners.items()}


class _Recorded:
    """A runner behind the journal; calls are numbered over all runners of the slot, in the order made."""

    def __init__(self, runner: Runner, service: str, journal: Journal, slot: int, numbers: Iterator[int]) -> None:
        self.origin, self._runner, self._service = runner.origin, runner, service
        self._journal, self._slot, self._numbers = journal, slot, numbers

    async def call(self, tool: Tool, arguments: JsonObject, before: Sequence[Call]) -> Observed:
        number, digest = next(self._numbers), _digest(tool, arguments)
        observed = self._journal.observation(self._slot, number, digest)
        if observed:
            return observed
        observed = await self._runner.call(tool, arguments, before)
        self._journal.execute(self._slot, number, digest, self._service, self.origin, observed)
        return observed


def _digest(tool: Tool, arguments: JsonObject) -> str:
    return sha256(orjson.dumps([tool.key, arguments], option=orjson.OPT_SORT_KEYS)).hexdigest()


class Replay:
    """A runner that only repeats, in their order, what a journal holds of a slot."""

    def __init__(self, origin: Origin, observations: Iterator[Observed]) -> None:
        self.origin, self._observations = origin, observations

    async def call(self, tool: Tool, arguments: JsonObject, before: Sequence[Call]) -> Observed:
        return next(self._observations)
