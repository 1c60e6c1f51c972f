"""Slots become commits: many are played at once, one after the other is committed, in slot order.

The directive and the blueprint gate of slot i see exactly the commits up to i - window and the directives before i; the
final gate, the memory and the metrics see all slots before i. So the bytes of a run depend neither on its concurrency
nor on how often it was killed. Memory does not grow with the count: at most `window` outcomes are held.
"""

import asyncio
import logging
from collections import Counter
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any, ParamSpec, Protocol, TypeVar

import orjson

from agents.errors import LostError, UsageError, storage_fault
from agents.schema import Blueprint, Cluster, Directive, Played, Role, Stop, Trajectory
from agents.teacher.teachers import Answer, Teachers
from graphs.campaign import accept
from graphs.campaign.accept import INTERNAL_ERROR, NOT_NOVEL
from graphs.campaign.budget import Budget, Halt
from graphs.campaign.journal import Commit, Journal
from graphs.campaign.output import Files
from graphs.campaign.recorded_calls import open_runners, record_answers
from graphs.campaign.saturation import Saturation
from graphs.trajectory.state import Context, Play, Search, Service, nothing_near
from memory.measure.modes import Measures, measure
from memory.store.novelty import (
    Aim,
    K,
    blueprint_text,
    nearest_distance,
    novelty,
    plan_texts,
    row_texts,
    trajectory_text,
)
from memory.store.trajectories import Memory, Neighbour

logger = logging.getLogger(__name__)

MAX_INTERNAL_ERRORS = 3
"""[ours] That many unexpected errors in consecutive slots are a bug and stop the run."""

MAX_OUTAGES = 5
"""[ours] That many consecutive slots without a teacher, or without a verdict, are an outage: the run stops."""
OUTAGES = frozenset({Stop.TEACHER_ERROR, Stop.UNJUDGED})
"""Ends that a resume tries again: what was said is in the journal, only what is missing is asked for."""

MAX_LOST = 3
"""[ours] A slot that so many players are lost with, one after the other, stops the run."""

DRAIN_S = 60.0
"""So long a run that stops waits for the answers on their way; a resume would have to pay for them again."""

USED_UP = (NOT_NOVEL, Stop.BLUEPRINT_NOT_NOVEL, Stop.BLUEPRINT_INVALID)
"""Reasons that say that a cluster brought no plan, or only what there is already."""

UNSERVED = b"server_unavailable"
"""What stands in the row of a slot whose live server died or stayed silent."""

EARLIER = Aim()
"""However near to each other a run's own rows may be, a copy of what was there before it is one."""

P = ParamSpec("P")
T = TypeVar("T")


class Steering(Protocol):
    """Adaptive evolution. It must see no outcome after slot - window, and it keeps that itself."""

    def draw(self, slot: int) -> Directive:
        """The slot's directive; asked once for each slot, in order."""

    def advance(self, slot: int, measures: Measures | None, used_up: bool = False, refused: bool = False) -> None:
        """The slot's outcome, in order; no measures where it was rejected.

        `used_up` where its cluster has no more for its mode, `refused` where it has nothing to offer this teacher.
        """


@dataclass(frozen=True)
class Settings:
    """What decides a run's bytes, and `concurrency`, which does not."""

    count: int
    seed: int = 0
    window: int = 64
    concurrency: int = 16
    aim: Aim = field(default_factory=Aim)
    """How near to each other rows may be."""
    stop_when_saturated: bool = False
    accepted: int | None = None
    """The accepted row that ends the run, where it comes before the last slot; None: every slot is played."""

    def __post_init__(self) -> None:
        if self.concurrency > self.window:
            raise UsageError(f"--concurrency {self.concurrency} is above --window {self.window}; lower it")

    def slots_left(self, committed: int, accepted: int) -> int:
        """So many slots are needed at least to complete the run; 0 where it is complete.

        >>> Settings(40, accepted=10).slots_left(committed=12, accepted=7), Settings(40).slots_left(12, 7)
        (3, 28)
        """
        rows = self.count if self.accepted is None else self.accepted - accepted
        return max(0, min(self.count - committed, rows))


@dataclass(frozen=True)
class Parts:
    """What a campaign is made of."""

    play: Play
    teachers: Teachers
    clusters: Mapping[str, Cluster]
    steering: Steering
    memory: Memory
    journal: Journal
    files: Files
    budget: Budget = field(default_factory=Budget)
    services: Mapping[str, Service] = field(default_factory=dict)
    """Those whose tools are executed; the others are simulated."""
    earlier: Callable[[Sequence[str]], list[Neighbour]] = lambda texts: []
    """Rows that were there before the run and are nearest to any of some texts."""
    search: Search = nothing_near
    """Tools of other services, for refusals."""


@dataclass(frozen=True)
class Progress:
    """How far a run is, told after every commit."""

    count: int
    done: int = 0
    accepted: int = 0
    reasons: Counter[str] = field(default_factory=Counter)
    tokens: int = 0
    wanted: int | None = None
    """Accepted rows that end the run before its last slot."""

    @property
    def share(self) -> float:
        """How much of the run is done, by slots or by accepted rows, whichever is nearer to its end."""
        return max(self.done / self.count, self.accepted / self.wanted if self.wanted else 0.0)


class Campaign:
    """One run. Set `stop` to end it after the current commit; answers on their way are waited for and kept."""

    def __init__(
        self,
        settings: Settings,
        parts: Parts,
        show: Callable[[Progress], None] = lambda progress: None,
        stop: asyncio.Event | None = None,
    ) -> None:
        self.settings, self.parts, self._show = settings, parts, show
        self.stop = stop or asyncio.Event()
        self._directives: dict[int, Directive] = {}
        self._playing: dict[asyncio.Task[Played | Exception], int] = {}
        self._played: dict[int, Played | Exception] = {}
        self._errors_in_a_row = self._outages = self._tokens = self._copies = 0
        self._thread = ThreadPoolExecutor(1, "memory")
        self._saturation = Saturation(len({tool.key for cluster in parts.clusters.values() for tool in cluster.tools}))
        self._unserved = self.saturated = False
        """Whether it ended because nothing new came any more."""

    async def run(self) -> bool:
        """Commit every slot, or those up to the last accepted row that is wanted; False where it was stopped before.

        Raises UsageError where a teacher cannot be used at all, and the third unexpected error in a row.
        """
        self._recall()
        self._notice()
        stopped = asyncio.create_task(self.stop.wait())
        try:
            while self._slots_left() and not self.stop.is_set():
                self._start()
                if self._committed in self._played:
                    await self._commit(self._committed, self._played.pop(self._committed))
                else:
                    await asyncio.wait({stopped, *self._playing}, return_when=asyncio.FIRST_COMPLETED)
                self._collect()
        finally:
            # after it `_spending` lets no new request through, those on their way go on
            self.stop.set()
            if self._playing:  # what is on its way is paid for
                await asyncio.wait(self._playing, timeout=DRAIN_S)
            await _cancel(stopped, *self._playing)
            self._thread.shutdown()
        return not self._slots_left()

    def _slots_left(self) -> int:
        return self.settings.slots_left(self._committed, self._progress.accepted)

    def _recall(self) -> None:
        """Take up what earlier processes committed: directives, memory, files and counters."""
        journal, self._next = self.parts.journal, self.parts.journal.committed
        self._committed = self._next
        for commit in journal.commits():
            self._redraw(commit)
            self._saturation.note(commit.reason)
            self._errors_in_a_row = self._errors_in_a_row + 1 if commit.reason == INTERNAL_ERROR else 0
        accepted = (commit for commit in journal.commits() if commit.accepted)
        self.parts.memory.reconcile((commit.slot, commit.text, commit.summary) for commit in accepted)
        self.parts.files.rebuild((commit, journal.tokens(commit.slot).spent) for commit in journal.commits())
        self._progress = Progress(
            self.settings.count,
            self._committed,
            journal.accepted,
            Counter(journal.reasons()),
            journal.tokens().spent,
            self.settings.accepted,
        )
        self._show(self._progress)

    def _redraw(self, commit: Commit) -> None:
        directive, row = self.parts.steering.draw(commit.slot), orjson.loads(commit.row)
        self._copies += commit.accepted and row["nearest"] < self.settings.aim.distance
        if directive.model_dump(mode="json") != row["directive"]:
            raise UsageError(
                f"slot {commit.slot}: this version draws another directive than the run holds; go on with the version "
                "that manifest.json names, or choose another --out"
            )
        self.parts.steering.advance(commit.slot, _measures(commit), is_used_up(commit), is_refused(commit))

    def _start(self) -> None:
        """Start slots in order while there is room, none before slot - window is committed.

        Nor one that is not committed where all before it are accepted: it would be paid for in vain.
        """
        limit = self._committed + min(self._slots_left(), self.settings.window)
        while self._next < limit and len(self._playing) < self.settings.concurrency:
            slot, self._next = self._next, self._next + 1
            directive = self._directives[slot] = self.parts.steering.draw(slot)
            played = self.parts.journal.finished(slot)
            # another version may draw another directive: then it is played anew
            if played and played.trajectory.directive == directive:
                self._played[slot] = played
            else:
                self._playing[asyncio.create_task(self._play(directive))] = slot

    async def _play(self, directive: Directive) -> Played | Exception:
        try:
            played = await self._attempt(directive)
            if played.stop == Stop.UNJUDGED:
                self.parts.journal.forget_verdict(directive.slot)
            elif played.stop not in OUTAGES:
                self.parts.journal.finish(played)
            return played
        except (UsageError, Halt):
            raise
        except Exception as error:
            if fault := storage_fault(error):
                raise UsageError(f"{fault}; make room, then go on with --resume") from error
            logger.exception("slot %d: unexpected error", directive.slot)
            return error

    async def _attempt(self, directive: Directive, lost: int = 0) -> Played:
        """Played as far as the journal goes from the journal; from there again where its player is lost."""
        slot, parts = directive.slot, self.parts
        ask = record_answers(parts.teachers, parts.journal, slot, self.settings.seed, self._spending)
        cluster = parts.clusters[directive.cluster]
        try:
            async with open_runners(parts.services, parts.journal, slot) as runners:
                gate = partial(self._gate, slot)
                context = Context(ask=ask, gate=gate, runners=runners, search=partial(parts.search, slot=slot))
                return await parts.play(directive, cluster, context)
        except LostError as error:
            if lost + 1 == MAX_LOST:
                raise UsageError(f"slot {slot}: {error}, {MAX_LOST} times; go on with --resume") from None
        return await self._attempt(directive, lost + 1)

    @asynccontextmanager
    async def _spending(self, role: Role, size: int) -> AsyncIterator[Callable[[Answer], object]]:
        """Raises: Halt: the run is stopping, or its budget is spent."""
        if self.stop.is_set():
            raise Halt("the run is stopping")
        async with self.parts.budget.room(role, size) as pay:

            def count(answer: Answer) -> None:
                pay(answer)
                self._tokens += sum((answer.usage or {}).get(key, 0) for key in ("input", "output"))

            yield count

    async def _gate(self, slot: int, blueprint: Blueprint) -> list[Neighbour]:
        """The neighbours of a blueprint that would become a copy; none where it is novel enough."""
        cluster = self.parts.clusters[self._directives[slot].cluster]
        earlier = await self._in_thread(self.parts.earlier, plan_texts(blueprint, cluster))
        if copied := [neighbour for neighbour in earlier if EARLIER.is_copy([neighbour])]:
            return copied
        if not self.settings.aim.distance:
            return []
        # `before` is exclusive; which of the later slots are committed by now is a matter of speed
        near = await self._nearest(blueprint_text(blueprint, cluster), slot - self.settings.window + 1)
        return near if self.settings.aim.is_copy(near) else []

    async def _nearest(self, text: str, before: int) -> list[Neighbour]:
        return await self._in_thread(self.parts.memory.nearest, text, K, before=before)

    async def _in_thread(self, call: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """An embedder may take its time: the memory has one thread, and everything in it is in order."""
        return await asyncio.get_running_loop().run_in_executor(self._thread, partial(call, *args, **kwargs))

    def _collect(self) -> None:
        """What is played by now, after each commit too, so that other slots take their places meanwhile."""
        for task in [task for task in self._playing if task.done()]:
            slot = self._playing.pop(task)
            if isinstance(task.exception(), Halt):
                self.stop.set()
            else:
                self._played[slot] = task.result()

    async def _commit(self, slot: int, played: Played | Exception) -> None:
        commit = await self._derive(self._directives.pop(slot), played)
        # first: memory and files are derived, and `_recall` makes up what they lack
        self.parts.journal.commit(commit)
        if commit.accepted:
            await self._in_thread(self.parts.memory.add, slot, commit.text, commit.summary)
        self.parts.steering.advance(slot, _measures(commit), is_used_up(commit), is_refused(commit))
        self.parts.files.append(commit, self.parts.journal.tokens(slot).spent)
        self._committed += 1
        self._count(commit)
        self._saturation.note(commit.reason)
        if is_refused(commit) and isinstance(played, Played):
            cluster = played.trajectory.directive.cluster
            logger.warning("slot %d: cluster %s is not drawn again: %s", slot, cluster, played.reason)
        if _is_unserved(commit) and not self._unserved:
            self._unserved = True
            logger.warning("a live server died or stayed silent: clusters in which that happens leave the draw")
        self._notice()

    def _notice(self) -> None:
        """Say that slots bring little any more, once, and end the run where that is wished."""
        if warning := self._saturation.warning():
            logger.warning("%s", warning)
        if self.settings.stop_when_saturated and self._saturation.saturated:
            self.saturated = True
            self.stop.set()

    def _count(self, commit: Commit) -> None:
        before = self._progress
        before.reasons.update([commit.reason] if commit.reason else [])
        accepted, tokens = before.accepted + commit.accepted, before.tokens + self._tokens
        self._progress, self._tokens = replace(before, done=self._committed, accepted=accepted, tokens=tokens), 0
        self._show(self._progress)

    async def _derive(self, directive: Directive, played: Played | Exception) -> Commit:
        self._stop_on_outage(played)
        if isinstance(played, Played):
            try:
                commit = await self._accept_or_reject(played)
                self._errors_in_a_row = 0
                return commit
            except Exception as error:
                if storage_fault(error):
                    raise
                logger.exception("slot %d: unexpected error at its commit", directive.slot)
                played = error
        self._errors_in_a_row += 1
        if self._errors_in_a_row >= MAX_INTERNAL_ERRORS:
            raise played
        crashed = Played(trajectory=Trajectory(slot=directive.slot, directive=directive), stop=Stop.UNJUDGED)
        return self._reject(crashed, INTERNAL_ERROR, f"{type(played).__name__}: {played}")

    def _stop_on_outage(self, played: Played | Exception) -> None:
        """Raises: UsageError: a teacher has been out of reach, or no judge, for several slots in a row."""
        out = isinstance(played, Played) and played.stop in OUTAGES
        self._outages = self._outages + 1 if out else 0
        if self._outages >= MAX_OUTAGES and isinstance(played, Played):
            raise UsageError(
                f"{MAX_OUTAGES} slots in a row: {played.reason}; mend the endpoint, then go on with --resume"
            )

    async def _accept_or_reject(self, played: Played) -> Commit:
        """Measured and compared with all accepted before; only a completed trajectory is."""
        if played.stop != Stop.COMPLETED:
            return self._reject(played, played.stop, played.reason)
        row, slot = played.trajectory.model_dump(mode="json"), played.trajectory.slot
        measures = measure(row)
        text = trajectory_text(row, measures.signature)
        near = await self._nearest(text, slot)
        earlier = await self._in_thread(self.parts.earlier, row_texts(row | {"measures": measures.model_dump()}))
        distances = {"novelty": novelty([*near, *earlier]), "nearest": nearest_distance([*near, *earlier])}
        copied = f"too close to {earlier[0].summary}" if EARLIER.is_copy(earlier) else ""
        is_copy = self.settings.aim.is_copy(near)
        surplus = is_copy and not self.settings.aim.allows_copy(self._copies, self._progress.accepted)
        if reason := accept.rejection_reason(played, surplus or bool(copied)):
            trajectory = played.trajectory.model_copy(update=distances)
            rejected = played.model_copy(update={"trajectory": trajectory})
            return self._reject(rejected, reason, copied if reason == NOT_NOVEL else "", measures)
        self._copies += is_copy
        line = accept.accepted_line(row | distances, measures)
        return Commit(slot, True, "", line, measures.model_dump_json(), text, accept.summarize_plan(played.trajectory))

    def _reject(self, played: Played, reason: str, detail: str = "", measures: Measures | None = None) -> Commit:
        slot = played.trajectory.slot
        row = accept.rejected_line(played, reason, detail, measures, self.parts.journal.tokens(slot))
        return Commit(slot, False, reason, row)


def is_refused(commit: Commit) -> bool:
    """Whether its cluster leaves the draw for every mode: the assistant's endpoint does not take its tools."""
    return commit.reason == Stop.TOOLS_REFUSED


def is_used_up(commit: Commit) -> bool:
    """Whether its cluster leaves the draw for its mode: it brought nothing new, or a live server of it fails."""
    return commit.reason in USED_UP or _is_unserved(commit)


def _is_unserved(commit: Commit) -> bool:
    return not commit.accepted and UNSERVED in commit.row


def _measures(commit: Commit) -> Measures | None:
    return Measures.model_validate_json(commit.measures) if commit.measures else None


async def _cancel(*tasks: asyncio.Task[Any]) -> None:
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
