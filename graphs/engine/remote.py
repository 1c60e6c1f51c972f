"""A slot played away from its driver: whatever it needs of the run it wishes for, one thing at a time.

    begin(directive, cluster) -> Wish       the play came to a call of its ask, gate or runners, and waits
    grant(slot, what it returned) -> Wish | Played | Exception

So an actor holds no teacher, key, journal or memory, and the play cannot tell the difference.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from agents.errors import TeacherError
from agents.schema import Cluster, Directive, JsonObject, Observed, Origin, Played, Tool
from graphs.campaign.record.provenance import provenance
from graphs.trajectory.state import Call, Context, Limits, Play


@dataclass(frozen=True)
class Wish:
    """A call that the driver is to make."""

    what: str
    """`ask`, `gate` or `search` of the driver's context, or `run` for a service that it executes."""
    positional: tuple[object, ...] = ()
    named: Mapping[str, object] = field(default_factory=dict)


Step = Wish | Played | Exception
"""How far a slot came: to its next wish, to its end, or to an unexpected error."""


async def grant_wish(wish: Wish, hands: Mapping[str, Callable[..., Awaitable[object]]]) -> object:
    """What the call returned, or the TeacherError that a play can live with; the driver's other errors are raised."""
    try:
        return await hands[wish.what](*wish.positional, **wish.named)
    except TeacherError as error:
        return error  # the play raises it where it asked, and ends the slot in order


class _Slot:
    """A play that runs until its next wish."""

    def __init__(self) -> None:
        self.steps: asyncio.Queue[Step] = asyncio.Queue()
        self._answer: asyncio.Future[Any]

    def start(self, played: Awaitable[Played]) -> None:
        async def finish() -> None:
            try:
                self.steps.put_nowait(await played)
            except Exception as error:  # the driver raises it, where the campaign hears of it
                self.steps.put_nowait(error)

        self._task = asyncio.create_task(finish())

    # Any: it stands for each of the context's callables, whose answers are of different types.
    async def wish(self, what: str, *positional: object, **named: object) -> Any:
        self._answer = asyncio.get_running_loop().create_future()
        self.steps.put_nowait(Wish(what, positional, named))
        return await self._answer

    def hear(self, answer: object) -> None:
        if isinstance(answer, TeacherError):
            self._answer.set_exception(answer)
        else:
            self._answer.set_result(answer)

    def end(self) -> None:
        self._task.cancel()  # its driver has given it up, so nobody waits for it


@dataclass(frozen=True)
class _Runner:
    """A service that the driver executes."""

    origin: Origin
    run: Callable[..., Awaitable[Observed]]

    async def call(self, tool: Tool, arguments: JsonObject, before: Sequence[Call]) -> Observed:
        return await self.run(tool, arguments, before)


class Actor:
    """Plays many slots at once."""

    def __init__(self, play: Play) -> None:
        self._play = play
        self._slots: dict[int, _Slot] = {}

    async def provenance(self) -> JsonObject:
        return provenance()

    async def begin(
        self, directive: Directive, cluster: Cluster, limits: Limits, origins: Mapping[str, Origin]
    ) -> Step:
        """Up to the first step; `origins` are those of the services that the driver executes."""
        slot = self._slots[directive.slot] = _Slot()
        runners = {name: _Runner(origin, partial(slot.wish, "run", name)) for name, origin in origins.items()}
        ask, gate, search = (partial(slot.wish, what) for what in ("ask", "gate", "search"))
        context = Context(ask=ask, gate=gate, runners=runners, limits=limits, search=search)
        slot.start(self._play(directive, cluster, context))
        return await slot.steps.get()

    async def grant(self, number: int, answer: object) -> Step:
        slot = self._slots[number]
        slot.hear(answer)
        return await slot.steps.get()

    async def end(self, number: int) -> None:
        """Forget a slot, wherever it is."""
        if slot := self._slots.pop(number, None):
            slot.end()
