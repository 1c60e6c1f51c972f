"""Slots played by Ray actors, on this machine or on a cluster: the campaign's `play`, shared out among processes.

Only the playing moves. What a slot wishes for the driver does, with the very callables that it would give to a play of
its own: teachers with their keys, pace and budget, journal, Global Memory, sandboxes and live servers. So order and
bytes are those of one process, every answer is in the journal before an actor sees it, and an actor that dies takes
nothing along: its slots go on from the journal elsewhere. docs/ray.md has the set-up of several machines.
"""

import asyncio
import logging
import os
import secrets
import socket
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from functools import partial
from tempfile import TemporaryDirectory
from typing import Any

import ray
from ray.exceptions import NodeDiedError, ObjectLostError, OutOfMemoryError, RayActorError

from agents.errors import LostError, UsageError
from agents.schema import Cluster, Directive, JsonObject, Observed, Played, Tool
from graphs.campaign.record.provenance import provenance
from graphs.engine.remote import Actor, Step, Wish, grant_wish
from graphs.trajectory.state import Call, Context, Play

logger = logging.getLogger(__name__)

DEATHS = (RayActorError, NodeDiedError, ObjectLostError, OutOfMemoryError)
STORE_BYTES = 80 * 2**20
"""Of a local Ray's shared memory, about the least that it takes: what is sent here is small."""
START_S = 300.0
"""So long an actor may take to start."""


@asynccontextmanager
async def fleet(play: Play, address: str, workers: int | None, flight: int) -> AsyncIterator[Play]:
    """The same play, by so many actors; None: one for each CPU. At most `flight` slots are played at once.

    Raises: UsageError: no cluster at the address, no room for the actors, or other code there than here.
    """
    with _connect(address, workers):
        actors = Fleet(play, flight)
        await asyncio.gather(*(actors.hire() for _ in range(workers or int(ray.cluster_resources().get("CPU", 1)))))
        yield actors.play


@contextmanager
def _connect(address: str, workers: int | None) -> Iterator[None]:
    """To the cluster at the address, else to a Ray of this run's own, which ends with it."""
    os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")  # it would be sent to Ray's makers
    with TemporaryDirectory(prefix="ray-", ignore_cleanup_errors=True) as folder:
        own = {"include_dashboard": False, "object_store_memory": STORE_BYTES, "num_cpus": workers, "_temp_dir": folder}
        if not address:
            os.environ.setdefault("RAY_AUTH_TOKEN", secrets.token_hex(32))  # else one is left in the home folder
        try:
            host, colon, port = address.removeprefix("ray://").rpartition(":")
            if colon:  # where nothing listens Ray itself would try for many minutes
                socket.create_connection((host, int(port)), timeout=10).close()
            ray.init(address or "local", logging_level=logging.ERROR, log_to_driver=False, **({} if address else own))
        except (OSError, RuntimeError, ValueError) as error:
            fix = "start one with `ray start --head`, or leave the option out"
            raise UsageError(f"--address {address}: no Ray cluster can be reached ({_last(error)}); {fix}") from None
        try:
            yield
        finally:
            ray.shutdown()


@dataclass(eq=False)
class Hired:
    """An actor that has started, and how many slots it plays."""

    handle: Any
    slots: int = 0


class Fleet:
    """The actors of a run. One that dies is replaced; its slots are lost to it, and not to the journal."""

    def __init__(self, play: Play, flight: int) -> None:
        remote_class = ray.remote(num_cpus=1, max_concurrency=flight + 1, scheduling_strategy="SPREAD")(Actor)
        self._make: Callable[[], Any] = partial(remote_class.remote, play)
        self._hired: list[Hired] = []
        self._coming = 0
        self._changed = asyncio.Condition()

    async def hire(self) -> None:
        """One more actor. Raises: UsageError: it does not start, or plays by other code."""
        actor = self._make()
        try:
            there = await asyncio.wait_for(_result(actor.provenance.remote()), START_S)
        except TimeoutError:
            room = f"the cluster has {ray.cluster_resources().get('CPU', 0):g} CPUs"
            raise UsageError(f"--workers: an actor did not start in {START_S:g} s; {room}, each takes one") from None
        except DEATHS as error:
            raise UsageError(f"--engine ray: an actor died at its start ({_last(error)})") from None
        if other := differences(provenance(), there):
            raise UsageError(f"--engine ray: {'; '.join(other[:3])}; install the same on every machine")
        self._hired.append(Hired(actor))

    async def play(self, directive: Directive, cluster: Cluster, context: Context) -> Played:
        """Raises: LostError: its actor died. UsageError: there is no actor left."""

        async def run(service: str, tool: Tool, arguments: JsonObject, before: Sequence[Call]) -> Observed:
            return await context.runners[service].call(tool, arguments, before)

        hands: dict[str, Callable[..., Awaitable[object]]] = {
            "ask": context.ask,
            "gate": context.gate,
            "search": context.search,
            "run": run,
        }
        # An actor that is being replaced is waited for; it is the end where none is left and none comes.
        async with self._changed:
            await self._changed.wait_for(lambda: self._hired or not self._coming)
        if not self._hired:
            raise UsageError("--engine ray: no actor is left, and no other starts; go on with --resume")
        actor, number = min(self._hired, key=lambda hired: hired.slots), directive.slot
        actor.slots += 1
        try:
            origins = {name: runner.origin for name, runner in context.runners.items()}
            step: Step = await actor.handle.begin.remote(directive, cluster, context.limits, origins)
            while isinstance(step, Wish):
                step = await actor.handle.grant.remote(number, await grant_wish(step, hands))
        except DEATHS as error:
            await self._replace(actor)
            raise LostError(f"the Ray actor that played it died ({_last(error)})") from None
        finally:
            actor.slots -= 1
            actor.handle.end.remote(number)
        if isinstance(step, Exception):
            raise step
        return step

    async def _replace(self, actor: Hired) -> None:
        """The first of its slots to notice waits for a new actor, the others go on with those that are left."""
        if actor not in self._hired:
            return
        self._hired.remove(actor)
        logger.warning("a Ray actor died; another is started, and its slots go on from the journal")
        ray.kill(actor.handle)  # it may only be out of reach
        self._coming += 1
        try:
            await self.hire()
        except UsageError as error:
            logger.warning("%s; the run goes on with %d actors", error, len(self._hired))
        finally:
            self._coming -= 1
            async with self._changed:
                self._changed.notify_all()


async def _result(reference: Any) -> Any:
    return await reference


def differences(here: Mapping[str, object], there: Mapping[str, object]) -> list[str]:
    """What both sides know and have otherwise.

    >>> differences({"python": "3.11.7", "git_commit": None}, {"python": "3.12.1", "git_commit": "b67"})
    ['python is 3.11.7 here and 3.12.1 on a worker']
    """
    mine, theirs = _flat(here), _flat(there)
    shared = [name for name in mine if mine[name] and theirs.get(name)]
    return [
        f"{name} is {mine[name]} here and {theirs[name]} on a worker" for name in shared if mine[name] != theirs[name]
    ]


def _flat(nested: Mapping[str, object]) -> dict[str, object]:
    flat: dict[str, object] = {}
    for name, value in nested.items():
        flat.update(
            {f"{name} {key}": item for key, item in value.items()} if isinstance(value, dict) else {name: value}
        )
    return flat


def _last(error: Exception) -> str:
    """The last line of what Ray says, which is the reason."""
    return str(error).strip().splitlines()[-1].strip()[:200] if str(error).strip() else type(error).__name__
