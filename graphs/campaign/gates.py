"""The two gates of a slot: its blueprint, before the conversation is paid for, and the finished trajectory.

Both ask the Global Memory and what was there before the run; the second also asks the rules and the judge's scores.
"""

import asyncio
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import ParamSpec, TypeVar

from agents.schema import Blueprint, Cluster, Played, Stop
from graphs.campaign import accept
from graphs.campaign.accept import NOT_NOVEL
from graphs.campaign.parts import Parts, Settings
from graphs.campaign.record.journal import Commit
from memory.measure.modes import Measures, measure
from memory.store.novelty import (
    Aim,
    K,
    blueprint_text,
    nearest_distance,
    novelty,
    plan_texts,
    row_texts,
    spoken_text,
    trajectory_text,
)
from memory.store.trajectories import Neighbour

EARLIER = Aim()
"""However near to each other a run's own rows may be, a copy of what was there before it is one."""

P = ParamSpec("P")
T = TypeVar("T")


class Gates:
    """What a campaign lets pass. It counts the near-copies among the accepted rows, of which there may be few."""

    def __init__(self, settings: Settings, parts: Parts) -> None:
        self._aim, self._window, self._parts = settings.aim, settings.window, parts
        self._copies = 0
        self._thread = ThreadPoolExecutor(1, "memory")

    def recall(self, nearest: float) -> None:
        """Take up a row that an earlier process accepted, at this distance from the nearest one before it."""
        self._copies += nearest < self._aim.distance

    async def near_to_plan(self, slot: int, cluster: Cluster, blueprint: Blueprint) -> list[Neighbour]:
        """The neighbours of a blueprint that would become a copy; none where it is novel enough."""
        # `before` is exclusive; which of the later slots are committed by now is a matter of speed
        text, before = blueprint_text(blueprint, cluster), slot - self._window + 1
        near, earlier = await self._look_up(text, before, lambda: plan_texts(blueprint, cluster))
        copied = [neighbour for neighbour in earlier if EARLIER.is_copy([neighbour])]
        return copied or (near if self._aim.is_copy(near) else [])

    async def decide(self, played: Played, accepted: int) -> Commit:
        """Measured and compared with all accepted before, so many; only a completed trajectory is."""
        if played.stop != Stop.COMPLETED:
            return self.reject(played, played.stop, played.reason)
        row, slot = played.trajectory.model_dump(mode="json"), played.trajectory.slot
        measures = measure(row)
        text = trajectory_text(row, measures.signature)
        compared = row | {"measures": measures.model_dump()}
        near, earlier = await self._look_up(text, slot, lambda: row_texts(compared))
        distances = {"novelty": novelty([*near, *earlier]), "nearest": nearest_distance([*near, *earlier])}
        copied = f"too close to {earlier[0].summary}" if EARLIER.is_copy(earlier) else ""
        is_copy = self._aim.is_copy(near)
        surplus = is_copy and not self._aim.allows_copy(self._copies, accepted)
        if reason := accept.rejection_reason(played, surplus or bool(copied)):
            trajectory = played.trajectory.model_copy(update=distances)
            rejected = played.model_copy(update={"trajectory": trajectory})
            return self.reject(rejected, reason, copied if reason == NOT_NOVEL else "", measures)
        self._copies += is_copy
        line = accept.accepted_line(row | distances, measures)
        return Commit(slot, True, "", line, measures.model_dump_json(), text, accept.summarize_plan(played.trajectory))

    def reject(self, played: Played, reason: str, detail: str = "", measures: Measures | None = None) -> Commit:
        slot = played.trajectory.slot
        row = accept.rejected_line(played, reason, detail, measures, self._parts.journal.tokens(slot))
        return Commit(slot, False, reason, row)

    async def remember(self, commit: Commit) -> None:
        """From now on an accepted row is in the memory."""
        memory = self._parts.memory
        words = spoken_text(commit.row) if memory.is_shared else ""
        await self._in_thread(memory.add, commit.slot, commit.text, commit.summary, words)

    def close(self) -> None:
        self._thread.shutdown()

    async def _look_up(
        self, text: str, before: int, texts: Callable[[], Sequence[str]]
    ) -> tuple[list[Neighbour], list[Neighbour]]:
        """The nearest of this run's rows before that slot, and of those before the run, in one turn of the thread."""
        memory, earlier = self._parts.memory, self._parts.earlier

        def look() -> tuple[list[Neighbour], list[Neighbour]]:
            return memory.nearest(text, K, before=before), earlier(texts()) if earlier else []

        return await self._in_thread(look)

    async def _in_thread(self, call: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """An embedder may take its time: the memory has one thread, and everything in it is in order."""
        return await asyncio.get_running_loop().run_in_executor(self._thread, partial(call, *args, **kwargs))
