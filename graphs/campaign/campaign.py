"""Slots become commits: many are played at once, one after the other is committed, in slot order.

The directive and the blueprint gate of slot i see exactly the commits up to i - window and the directives before i; the
final gate, the memory and the metrics see all slots before i. So the bytes of a run depend neither on its concurrency
nor on how often it was killed. Memory does not grow with the count: at most `window` outcomes are held.
"""

import asyncio
import logging
from collections import Counter
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from functools import partial

import orjson

from agents.errors import LostError, UsageError, storage_fault
from agents.schema import Directive, Played, Role, Stop, Trajectory
from agents.teacher.request import Answer
from graphs.campaign.accept import INTERNAL_ERROR
from graphs.campaign.gates import Gates
from graphs.campaign.parts import Parts, Progress, Settings
from graphs.campaign.record.journal import Commit
from graphs.campaign.record.recorded_calls import open_runners, record_answers
from graphs.campaign.saturation import Saturation, is_refused, is_unserved, is_used_up
from graphs.campaign.spending.budget import Halt
from graphs.trajectory.state import Context
from memory.measure.modes import Measures
from memory.store.novelty import spoken_text

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
        self._errors_in_a_row = self._outages = self._tokens = 0
        self._gates = Gates(settings, parts)
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
                # after each commit too, so that other slots take their places meanwhile
                for task in [task for task in self._playing if task.done()]:
                    slot = self._playing.pop(task)
                    if isinstance(task.exception(), Halt):
                        self.stop.set()
                    else:
                        self._played[slot] = task.result()
        finally:
            # after it `_spending` lets no new request through, those on their way go on
            self.stop.set()
            if self._playing:  # what is on its way is paid for
                await asyncio.wait(self._playing, timeout=DRAIN_S)
            stopped.cancel()
            for task in self._playing:
                task.cancel()
            await asyncio.gather(stopped, *self._playing, return_exceptions=True)
            self._gates.close()
        return not self._slots_left()

    def _slots_left(self) -> int:
        return self.settings.slots_left(self._committed, self._progress.accepted)

    def _recall(self) -> None:
        """Take up what earlier processes committed: directives, memory, files and counters."""
        journal, self._next = self.parts.journal, self.parts.journal.commit_count
        self._committed = self._next
        for commit in journal.commits():
            directive, row = self.parts.steering.draw(commit.slot), orjson.loads(commit.row)
            if directive.model_dump(mode="json") != row["directive"]:
                raise UsageError(
                    f"slot {commit.slot}: this version draws another directive than the run holds; go on with the "
                    "version that manifest.json names, or choose another --out"
                )
            if commit.accepted:
                self._gates.recall(row["nearest"])
            self._advance(commit)
            self._saturation.note(commit.reason)
            self._errors_in_a_row = self._errors_in_a_row + 1 if commit.reason == INTERNAL_ERROR else 0
        accepted = (commit for commit in journal.commits() if commit.accepted)
        self.parts.memory.reconcile(
            ((commit.slot, commit.text, commit.summary) for commit in accepted),
            lambda slot: spoken_text(next(journal.commits(slot, slot + 1)).row),
        )
        self.parts.files.rebuild((commit, journal.tokens(commit.slot).spent) for commit in journal.commits())
        self._progress = Progress(
            self.settings.count,
            self._committed,
            journal.accepted_count,
            Counter(journal.reasons()),
            journal.tokens().spent,
            self.settings.accepted,
        )
        self._show(self._progress)

    def _advance(self, commit: Commit) -> None:
        measures = Measures.model_validate_json(commit.measures) if commit.measures else None
        self.parts.steering.advance(commit.slot, measures, is_used_up(commit), is_refused(commit))

    def _start(self) -> None:
        """Start slots in order while there is room, none before slot - window is committed.

        Nor one that is not committed where all before it are accepted: it would be paid for in vain.
        """
        limit = self._committed + min(self._slots_left(), self.settings.window)
        while self._next < limit and len(self._playing) < self.settings.concurrency:
            slot, self._next = self._next, self._next + 1
            directive = self._directives[slot] = self.parts.steering.draw(slot)
            played = self.parts.journal.read_played(slot)
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
            if storage_fault(error):
                raise
            logger.exception("slot %d: unexpected error", directive.slot)
            return error

    async def _attempt(self, directive: Directive, lost: int = 0) -> Played:
        """Played as far as the journal goes from the journal; from there again where its player is lost."""
        slot, parts = directive.slot, self.parts
        ask = record_answers(parts.teachers, parts.journal, slot, self.settings.seed, self._spending)
        cluster = parts.clusters[directive.cluster]
        try:
            async with open_runners(parts.services, parts.journal, slot) as runners:
                gate = partial(self._gates.near_to_plan, slot, cluster)
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

    async def _commit(self, slot: int, played: Played | Exception) -> None:
        commit = await self._derive(self._directives.pop(slot), played)
        # first: memory and files are derived, and `_recall` makes up what they lack
        self.parts.journal.commit(commit)
        if commit.accepted:
            await self._gates.remember(commit)
        self._advance(commit)
        self.parts.files.append(commit, self.parts.journal.tokens(slot).spent)
        self._committed += 1
        self._count(commit)
        self._saturation.note(commit.reason)
        if is_refused(commit) and isinstance(played, Played):
            cluster = played.trajectory.directive.cluster
            logger.warning("slot %d: cluster %s is not drawn again: %s", slot, cluster, played.reason)
        if is_unserved(commit) and not self._unserved:
            self._unserved = True
            logger.warning("a live server died or stayed silent: clusters in which that happens leave the draw")
        self._notice()

    def _notice(self) -> None:
        """Say that slots bring little any more, once, and end the run where that is wished."""
        if warning := self._saturation.warning():
            logger.warning("%s", warning)
        if self.settings.stop_when_saturated and self._saturation.is_saturated:
            self.saturated = True
            self.stop.set()

    def _count(self, commit: Commit) -> None:
        before = self._progress
        before.reasons.update([commit.reason] if commit.reason else [])
        accepted, tokens = before.accepted + commit.accepted, before.tokens + self._tokens
        self._progress, self._tokens = replace(before, done=self._committed, accepted=accepted, tokens=tokens), 0
        self._show(self._progress)

    async def _derive(self, directive: Directive, played: Played | Exception) -> Commit:
        """Raises: UsageError: a teacher has been out of reach, or no judge, for several slots in a row."""
        out = isinstance(played, Played) and played.stop in OUTAGES
        self._outages = self._outages + 1 if out else 0
        if self._outages >= MAX_OUTAGES and isinstance(played, Played):
            raise UsageError(
                f"{MAX_OUTAGES} slots in a row: {played.reason}; mend the endpoint, then go on with --resume"
            )
        if isinstance(played, Played):
            try:
                commit = await self._gates.decide(played, self._progress.accepted)
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
        return self._gates.reject(crashed, INTERNAL_ERROR, f"{type(played).__name__}: {played}")
