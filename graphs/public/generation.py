"""A run from Python: its rows one by one, while a thread of its own plays and commits them.

The thread has its own event loop, so a notebook, whose loop is running, may iterate as well as a script.
"""

import asyncio
import difflib
import queue
import threading
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import orjson

from agents.errors import UsageError
from agents.schema import Row
from graphs.campaign.config import Config, settle

if TYPE_CHECKING:
    from graphs.campaign.parts import Progress


def generate(*, resume: bool = False, **options: Any) -> "Generation":
    """The rows of a run: `for row in generate(out="runs/a", count=100, teacher="openai:gpt-4.1-mini")`.

    The options are those of `tdscaling run`, with `_` for `-`, and one value of an option that may be given more than
    once needs no list; `resume` goes on with the run that is in `out`, whose rows so far come first. Nothing is played
    before the first row is asked for. Leaving the loop ends the run in order.

    Raises: UsageError: an option that there is not, or that cannot be used.
    """
    for name, value in options.items():
        if name not in Config.model_fields:
            near = difflib.get_close_matches(name, Config.model_fields, n=1)
            fix = f"did you mean {near[0]}?" if near else "tdscaling run --help lists them"
            raise UsageError(f"generate: there is no option {name!r}; {fix}")
        if value == "":
            raise UsageError(f"generate: {name} is empty; give a value, or leave it out")
        if isinstance(value, str | Path) and isinstance(Config.model_fields[name].default, tuple):
            options[name] = (value,)
    if "out" in options:
        options["out"] = Path(options["out"])
    return Generation(settle(options, resume))


class Generation:
    """The accepted rows of a run in slot order, each as soon as it is committed. Iterate it once, either way.

    `progress` tells how far it is, `stopped_by` what ended it before its end: a limit, or that it was left.
    """

    def __init__(self, config: Config) -> None:
        self.config = config
        self.progress: Progress | None = None
        self.stopped_by = ""
        self._rows: queue.SimpleQueue[Row | BaseException | None] = queue.SimpleQueue()
        self._read_bytes = 0
        self._loop: asyncio.AbstractEventLoop | None = None
        self._stop: asyncio.Event | None = None

    def __iter__(self) -> Iterator[Row]:
        thread = self._start()
        try:
            while (item := self._rows.get()) is not None:
                yield _row_or_raise(item)
        finally:
            self.stop()
            thread.join()

    async def __aiter__(self) -> AsyncIterator[Row]:
        thread = self._start()
        try:
            while (item := await asyncio.to_thread(self._rows.get)) is not None:
                yield _row_or_raise(item)
        finally:
            self.stop()
            await asyncio.to_thread(thread.join)

    def stop(self) -> None:
        """End the run after the current commit; answers on their way are waited for and kept, so it can be resumed."""
        if self._loop and self._stop and not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._stop.set)

    def _start(self) -> threading.Thread:
        def play() -> None:
            try:
                self.stopped_by = asyncio.run(self._generate())
            except BaseException as error:  # it belongs to whoever iterates
                self._rows.put(error)
            self._rows.put(None)

        # A daemon: a notebook that is closed in the middle of a run must not wait for it.
        thread = threading.Thread(target=play, name="tdscaling", daemon=True)
        thread.start()
        return thread

    async def _generate(self) -> str:
        self._loop, self._stop = asyncio.get_running_loop(), asyncio.Event()
        from graphs.campaign import session  # the whole project, three seconds: `tdscaling --help` does without
        from graphs.setup import prepare

        # it reads files and starts a sandbox with a loop of its own, which this one would forbid
        parts = await asyncio.to_thread(prepare, self.config)
        return await session.generate(parts, self._show, self._stop)

    def _show(self, progress: "Progress") -> None:
        """Called after each commit, when its line is in the file."""
        self.progress = progress
        with (self.config.out / "trajectories.jsonl").open("rb") as file:
            file.seek(self._read_bytes)
            for line in file:
                self._rows.put(orjson.loads(line))
            self._read_bytes = file.tell()


def _row_or_raise(item: Row | BaseException) -> Row:
    if isinstance(item, BaseException):
        raise item
    return item
