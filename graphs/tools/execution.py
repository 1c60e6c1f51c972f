"""Tools that are executed instead of simulated: a service's runner, with every result in the journal before its use.

A resumed run takes what was executed from the journal: a live call is not made twice and none is lost, but for the one
that was under way when the process died.
"""

import itertools
from collections.abc import AsyncIterator, Callable, Iterator, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from hashlib import sha256
from typing import Any

import orjson

from agents.schema import Observed, Origin, Tool
from graphs.campaign.journal import Journal
from graphs.trajectory.state import Call, Runner, Runners

Service = Callable[[], AbstractAsyncContextManager[Runner]]
"""Opens a runner for one trajectory. Opening is cheap: what costs time waits for the first call."""


@asynccontextmanager
async def opened(services: Mapping[str, Service], journal: Journal, slot: int) -> AsyncIterator[Runners]:
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

    async def call(self, tool: Tool, arguments: dict[str, Any], before: Sequence[Call]) -> Observed:
        number, digest = next(self._numbers), _digest(tool, arguments)
        known = self._journal.executed(self._slot, number, digest)
        if known:
            return known
        seen = await self._runner.call(tool, arguments, before)
        self._journal.execute(self._slot, number, digest, self._service, self.origin, seen)
        return seen


def _digest(tool: Tool, arguments: dict[str, Any]) -> str:
    return sha256(orjson.dumps([tool.key, arguments], option=orjson.OPT_SORT_KEYS)).hexdigest()


class Replayed:
    """A runner that only repeats, in their order, what a journal holds of a slot."""

    def __init__(self, origin: Origin, seen: Iterator[Observed]) -> None:
        self.origin, self._seen = origin, seen

    async def call(self, tool: Tool, arguments: dict[str, Any], before: Sequence[Call]) -> Observed:
        return next(self._seen)
