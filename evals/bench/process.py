"""A scorer's process: JSON lines in, JSON lines out, bounded in time, memory and disk, with a clean environment.

What a model wrote may be evaluated in it, so it sees no variable of ours, can write to a throw-away folder only, has no
network, and is killed where it says nothing for too long.
"""

import asyncio
import json
import os
import shutil
import signal
import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from itertools import count
from pathlib import Path
from types import TracebackType
from typing import Self

from pydantic import JsonValue

from agents.errors import MissingError
from agents.sandbox.wall import bound, confinement
from agents.schema import JsonObject
from evals.schema import Ask

START_S, SILENCE_S = 300.0, 180.0
"""Long: a slow machine must not make an answer wrong."""
Line = JsonObject
LONGEST_LINE = 64 * 2**20


class Died(Exception):
    """The process ended, or said nothing in time: what it was given did that."""


class Worker:
    """`async with Worker([...]) as worker`: each `ask` is one line there and one back.

    `hidden` are files that it cannot read and folders that it finds empty, where there are namespaces.
    """

    def __init__(
        self, command: Sequence[str | Path], silence_s: float = SILENCE_S, hidden: Sequence[Path] = ()
    ) -> None:
        self._command = [str(part) for part in command]
        self._silence_s, self._hidden = silence_s, hidden
        self._process: asyncio.subprocess.Process
        self.folder = ""

    async def __aenter__(self) -> Self:
        return await self.start()

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.stop()

    async def start(self) -> Self:
        self.folder = tempfile.mkdtemp(prefix="tds-eval-")
        pipe = asyncio.subprocess.PIPE
        begin = asyncio.create_subprocess_exec(
            *confinement(self.folder, self._hidden),
            *self._command,
            stdin=pipe,
            stdout=pipe,
            stderr=asyncio.subprocess.DEVNULL,
            cwd=self.folder,
            env=environment(self.folder),
            limit=LONGEST_LINE,
            start_new_session=True,
            preexec_fn=bound,
        )
        beginning = asyncio.ensure_future(begin)
        try:
            self._process = await asyncio.shield(beginning)
        except asyncio.CancelledError:
            # another task's fault ends this one while its process starts; left alone it would outlive the loop
            self._process = await beginning
            await self.stop()
            raise
        return self

    async def stop(self) -> None:
        with suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGKILL)
        ending = asyncio.ensure_future(self._process.communicate())  # not wait: its pipes are closed too
        try:
            await asyncio.shield(ending)
        except asyncio.CancelledError:
            # another task's fault; a process that nobody waited for would outlive the loop
            await ending
            raise
        finally:
            shutil.rmtree(self.folder, ignore_errors=True)

    async def first(self) -> Line:
        """The line that it begins with. Raises MissingError: it could not start, so its environment is broken."""
        try:
            return await self._read(START_S)
        except Died as death:
            command = " ".join(self._command)
            fix = f"run `{command}` to see why, or remove its environment and set it up anew"
            raise MissingError(f"a scorer's process does not start ({death}): {fix}") from None

    async def ask(self, row: object) -> Line:
        """The line that answers this one. Raises Died."""
        assert self._process.stdin
        try:
            self._process.stdin.write(json.dumps(row).encode() + b"\n")
            await self._process.stdin.drain()
        except ConnectionError:
            raise Died("ended") from None
        return await self.read()

    async def read(self) -> Line:
        """The next line. Raises Died."""
        return await self._read(self._silence_s)

    async def _read(self, limit_s: float) -> Line:
        assert self._process.stdout
        try:
            line = await asyncio.wait_for(self._process.stdout.readline(), limit_s)
            return dict(json.loads(line))
        except TimeoutError:
            raise Died(f"no answer in {limit_s:g} s") from None
        except (ValueError, TypeError):
            raise Died("ended") from None


async def converse(worker: Worker, task: object, asks: Ask | Mapping[str, Ask]) -> JsonValue:
    """The result of a task whose process asks for the model's messages, or for those of several sides. Raises Died."""
    line, number = await worker.ask(task), count()
    while "ask" in line:
        ask = asks[line["ask"]["side"]] if isinstance(asks, Mapping) else asks
        answer = await ask(line["ask"]["messages"], line["ask"]["tools"])
        calls = [{"id": f"call_{next(number)}", "type": "function", "function": call} for call in answer.tool_calls]
        message = {"role": "assistant", "content": answer.content, "tool_calls": calls or None}
        line = await worker.ask({"message": message})
    result: JsonValue = line.get("result", line)
    return result


Run = Callable[[object, Ask | Mapping[str, Ask]], Awaitable[JsonValue]]


@asynccontextmanager
async def pool(command: Sequence[str | Path], at_once: int) -> AsyncIterator[Run]:
    """So many processes of a command, each with a task at a time; one that a model broke is replaced."""
    idle: asyncio.Queue[Worker | None] = asyncio.Queue()
    for _ in range(at_once):
        idle.put_nowait(None)

    async def run(task: object, asks: Ask | Mapping[str, Ask]) -> JsonValue:
        worker = await idle.get() or await _begin(command)
        kept: Worker | None = None
        try:
            answer = await converse(worker, task, asks)
            kept = worker
            return answer
        finally:
            if kept is None:
                await worker.stop()
            idle.put_nowait(kept)

    try:
        yield run
    finally:
        while not idle.empty():
            if left := idle.get_nowait():
                await left.stop()


async def _begin(command: Sequence[str | Path]) -> Worker:
    worker = await Worker(command).start()
    try:
        await worker.first()
    except BaseException:
        await worker.stop()
        raise
    return worker


def environment(folder: str) -> dict[str, str]:
    """All that a scorer's process is told: no key, no home, no proxy."""
    return {"PATH": "/usr/bin:/bin", "LANG": "C.UTF-8", "HOME": folder, "TMPDIR": folder, "BFCL_PROJECT_ROOT": folder}


async def judge(command: Sequence[str | Path], rows: Sequence[object], silence_s: float = SILENCE_S) -> list[Line]:
    """What a scorer says of each row, in order; `{"error": "scorer: ..."}` of a row that killed or stalled it."""
    verdicts: list[Line] = []
    while len(verdicts) < len(rows):
        async with Worker(command, silence_s) as worker:
            await worker.first()
            try:
                while len(verdicts) < len(rows):
                    verdicts.append(await worker.ask(rows[len(verdicts)]))
            except Died as death:
                verdicts.append({"error": f"scorer: {death}"})
    return verdicts
