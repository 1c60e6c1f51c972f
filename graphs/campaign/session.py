"""One command's work on a run's folder: from its checked parts to every slot committed, or to what stopped it."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, AsyncExitStack
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

from agents.errors import UsageError, storage_fault
from agents.files import make_folder
from agents.sandbox import Sandboxes
from agents.schema import Cluster, JsonObject
from agents.teacher.teachers import Teachers
from agents.teacher.wire.reach import check_teachers
from graphs.campaign.campaign import OUTAGES, Campaign
from graphs.campaign.parts import Parts, Progress, Settings, Steering
from graphs.campaign.record import manifest
from graphs.campaign.record.journal import Journal
from graphs.campaign.record.output import Files
from graphs.campaign.record.recorded_calls import record_answers
from graphs.campaign.spending import cost
from graphs.campaign.spending.budget import Budget, Halt, Limit, Prices
from graphs.trajectory.state import Play, Search, Service
from memory.clusters.sample import Sample
from memory.corpus.corpus import Corpus
from memory.embed.embedder import Embedder
from memory.store.earlier import Earlier
from memory.store.shelf import ServerShelf, Shelf
from memory.store.trajectories import Memory, Neighbour

SIGNALLED = "stopped"
SATURATED = "saturated: nearly no slot brought anything new, and --stop-when-saturated ends such a run"
NO_SANDBOX = "off"


@dataclass(frozen=True)
class Setup:
    """What the options name, found and checked before anything is written."""

    folder: Path
    settings: Settings
    options: JsonObject
    """As the manifest keeps them."""
    corpus: Corpus
    sample: Sample
    embedder: Embedder
    teachers: Teachers
    clusters: Sequence[Cluster]
    """Those that the strategy draws from: the sample's, with the Code Tool unless there is none."""
    steering: Steering
    play: Play
    limits: Sequence[Limit]
    prices: Prices | None
    """None where the user gave no prices."""
    sandboxes: Sandboxes | None
    services: Mapping[str, Service]
    search: Search
    earlier: Earlier
    memory: str
    """The address of a Chroma server that several runs share; empty for the run's own folder."""
    engine: Callable[[Play], AbstractAsyncContextManager[Play]]
    """From a play of this process to one by other processes."""


Show = Callable[[Progress], None]


async def generate(setup: Setup, show: Show, stop: asyncio.Event) -> str:
    """Play and commit the slots of the run; returns what stopped it before, else nothing.

    `stop`, once set, ends it in order: answers on their way are waited for and kept.
    """
    make_folder(setup.folder)
    try:
        # each is closed in any case: on a full disk not even a file can be, for what it holds is written then
        async with AsyncExitStack() as resources:
            if setup.sandboxes:
                resources.push_async_callback(setup.sandboxes.aclose)
            resources.push_async_callback(setup.teachers.aclose)
            journal, files = Journal(setup.folder), Files(setup.folder)
            resources.callback(journal.close)
            resources.callback(files.close)
            session = _Session(setup, journal, files, Budget(setup.limits, journal.usage()), show, stop)
            return await session.run()
    except Exception as error:
        if not (fault := storage_fault(error)):
            raise
        reason = error.strerror if isinstance(error, OSError) and not error.filename else fault
        raise UsageError(f"{setup.folder}: {reason}; once that is mended, --resume goes on") from error


@dataclass(frozen=True)
class _Session:
    """What is open while a run goes on."""

    setup: Setup
    journal: Journal
    files: Files
    budget: Budget
    show: Show
    stop: asyncio.Event

    async def run(self) -> str:
        setup, journal = self.setup, self.journal
        sandbox = setup.sandboxes.level if setup.sandboxes else NO_SANDBOX
        hands: JsonObject = {"teachers": setup.teachers.identity, "sandbox": sandbox}
        manifest.check_earlier(setup.folder, setup.earlier.sources)
        hands |= {"against": setup.earlier.sources} if setup.earlier.sources else {}
        # under it stand the run's rows on the server: a folder may be moved, and another may have its name
        hands |= {"run_id": uuid4().hex} if setup.memory else {}
        contents = manifest.describe(setup.folder, setup.options, setup.corpus, setup.sample, hands)
        journal.reopen(OUTAGES)
        wanted, rows = setup.settings.accepted, journal.accepted_count
        if wanted is not None and rows > wanted:
            raise UsageError(f"--accepted: the run in {setup.folder} has {rows} rows, more than {wanted}")
        try:
            if not setup.settings.slots_left(journal.commit_count, rows):
                # only files are made again: nobody is asked, no actor hired
                return await self._commit_all(contents, setup.play)
            await asyncio.to_thread(check_teachers, setup.teachers.names)
            async with setup.engine(setup.play) as play:
                # at a place before slot 0, so that it does not renumber any slot's calls
                ask = record_answers(setup.teachers, journal, journal.before, setup.settings.seed, self.budget.room)
                contents["endpoints"] = await manifest.probe(contents, journal.commit_count, setup.teachers, ask)
                return await self._commit_all(contents, play)
        except Halt:
            return self.budget.reached

    async def _commit_all(self, contents: JsonObject, play: Play) -> str:
        setup = self.setup
        manifest.write(setup.folder, contents)
        setup.sample.keep(setup.folder)
        shelf: Path | Shelf = setup.folder / "memory"
        if setup.memory:
            name = setup.folder.resolve().name
            shelf = ServerShelf(setup.memory, setup.embedder.name, contents["run_id"], name)
        memory = Memory(shelf, setup.embedder, setup.settings.window)

        def find_earlier(texts: Sequence[str]) -> list[Neighbour]:
            return [*setup.earlier.nearest(texts), *memory.nearest_elsewhere(texts)]

        parts = Parts(
            play=play,
            teachers=setup.teachers,
            clusters={cluster.id: cluster for cluster in setup.clusters},
            steering=setup.steering,
            memory=memory,
            journal=self.journal,
            files=self.files,
            budget=self.budget,
            services=setup.services,
            earlier=find_earlier if setup.earlier.sources or setup.memory else None,
            search=setup.search,
        )
        try:
            campaign = Campaign(setup.settings, parts, self.show, self.stop)
            complete = await campaign.run()
            if campaign.saturated:
                return SATURATED
            return "" if complete else self.budget.reached or SIGNALLED
        finally:
            try:
                memory.close()
            finally:  # a server may be gone; what was spent is told in any case
                cost.write(setup.folder, self.journal, setup.prices)
