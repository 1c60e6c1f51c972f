"""The embedded sandbox seen from the host: a locked-down process, a socket to it, and a watch over what it uses."""

import asyncio
import os
import signal
import socket
import tempfile
from contextlib import suppress
from pathlib import Path
from typing import Any

import orjson
from pydantic import ValidationError

from agents.sandbox import level as levels
from agents.sandbox import watch
from agents.sandbox.execution import CRASH, TIMEOUT, Execution, Failure, Limits, Logs
from agents.sandbox.level import ENVIRONMENT, INSIDE, Level, Start
from agents.sandbox.wall import bubblewrap

GRACE_S, START_S, WATCH_S = 1.0, 30.0, 0.05
"""Seconds to end after an interrupt, to become ready, between two looks at what is used."""
FLOOD_FACTOR = 512
"""At so many times the output limit a cell is ended."""
LOST = "its state is lost"
DIED = f"the process died, as it does after a fault in C code or os._exit; {LOST}"


class StartError(Exception):
    """A worker did not become ready; says why."""


class _Output:
    """Standard output or error: the first bytes of each cell are kept, the rest is counted."""

    def __init__(self, limit: int) -> None:
        self._limit, self._kept, self.size = limit, b"", 0
        self._fd, self.theirs = os.pipe()
        os.set_blocking(self._fd, False)
        asyncio.get_running_loop().add_reader(self._fd, self.read)

    def read(self) -> None:
        """Takes in what is there now, but no more than a pipe holds: a flood must not keep the loop busy."""
        for _ in range(16):
            try:
                part = os.read(self._fd, 65536)
            except BlockingIOError:
                return
            if not part:
                asyncio.get_running_loop().remove_reader(self._fd)
                return
            self.size += len(part)
            self._kept += part[: max(0, self._limit - len(self._kept))]

    def take(self) -> tuple[str, ...]:
        """The text of the cell that has ended, in a tuple that is empty where it wrote none; the next starts anew."""
        self.read()
        text, cut = self._kept.decode(errors="replace"), self.size - len(self._kept)
        self._kept, self.size = b"", 0
        return (text + (f"\n[cut off: {cut} more bytes]" if cut else ""),) if text else ()

    def hand_over(self) -> None:
        """The end that is written to is the process's alone from now on."""
        if self.theirs >= 0:
            os.close(self.theirs)
            self.theirs = -1

    def close(self) -> None:
        self.hand_over()
        asyncio.get_running_loop().remove_reader(self._fd)
        os.close(self._fd)


class Worker:
    """One process. It is stopped between cells, so that no thread goes on computing."""

    def __init__(self, limits: Limits) -> None:
        self.limits = limits
        self._stdout, self._stderr = (_Output(limits.output_kb * 1024) for _ in range(2))
        self._process: asyncio.subprocess.Process | None = None
        self._writer: asyncio.StreamWriter | None = None
        self._closed = False
        self.pid, self._pidfd = -1, -1
        self._home = self._seen_home = ""

    @classmethod
    async def start(cls, level: Level, limits: Limits) -> "Worker":
        """A worker that is ready, and stopped until it runs a cell.

        Raises: StartError: says what the kernel, bubblewrap or the worker refused.
        """
        worker = cls(limits)
        try:
            async with asyncio.timeout(START_S):
                if level is Level.NAMESPACES:
                    first_pid = await worker._start_namespaced()
                else:
                    # not in a thread: it would go on where this is cut off, and nobody would remove the folder
                    worker._home = tempfile.mkdtemp(prefix="sandbox-")
                    landlocked = await asyncio.to_thread(levels.landlock_start, limits, worker._home)
                    first_pid = (await worker._spawn(landlocked)).pid
                if await worker._receive() != {"ready": True}:
                    raise StartError(f"{level}: {worker._take_last_line()}")
                # in a namespace the first process is bubblewrap's own, and the worker is its only child
                children = Path(f"/proc/{first_pid}/task/{first_pid}/children")  # of memory, so it blocks nobody
                worker.pid = int(children.read_text()) if level is Level.NAMESPACES else first_pid  # noqa: ASYNC240
                worker._seen_home = worker._home or f"/proc/{worker.pid}/root/tmp"
                # a descriptor, for a number may be another process's once this one is dead
                worker._pidfd = os.pidfd_open(worker.pid)
        except BaseException as error:
            await worker.aclose()
            if isinstance(error, TimeoutError | OSError | ValueError):
                raise StartError(f"{level}: {error or 'not ready in time'}") from None
            raise
        worker._signal(signal.SIGSTOP)
        return worker

    async def _start_namespaced(self) -> int:
        """The id of the first process of the namespace, which takes the worker with it when it dies."""
        bwrap = bubblewrap()
        if not bwrap:
            raise StartError("namespaces: bubblewrap is not installed")
        info, status_end = os.pipe()
        with os.fdopen(info, "rb") as pipe:
            try:
                # it looks at folders, which would stop every other slot of the loop
                start = await asyncio.to_thread(levels.namespaces_start, self.limits, bwrap, status_end)
                process = await self._spawn(start, status_end)
            finally:
                os.close(status_end)
            status = await asyncio.to_thread(pipe.read)
        if not status:
            await process.wait()
            raise StartError(f"namespaces: {self._take_last_line()}")
        return int(orjson.loads(status)["child-pid"])

    async def _spawn(self, start: Start, *keep: int) -> asyncio.subprocess.Process:
        ours, theirs = socket.socketpair()
        with theirs:
            self._reader, self._writer = await asyncio.open_connection(sock=ours)
            self._process = await asyncio.create_subprocess_exec(
                *start.command,
                stdin=theirs.fileno(),
                stdout=self._stdout.theirs,
                stderr=self._stderr.theirs,
                env={**ENVIRONMENT, "PYTHONPATH": str(INSIDE.parent), "HOME": start.home, "TMPDIR": start.home},
                cwd="/",
                pass_fds=keep,
                start_new_session=True,
            )
        self._stdout.hand_over()
        self._stderr.hand_over()
        return self._process

    def _take_last_line(self) -> str:
        """The last thing that a worker which did not become ready wrote."""
        lines = "".join(self._stderr.take()).strip().splitlines()
        return lines[-1] if lines else "ended without a word"

    @property
    def alive(self) -> bool:
        return self._pidfd >= 0

    async def run(self, code: str) -> Execution:
        """What came of one cell. A worker that had to be ended, or that died, is not `alive` any more."""
        self._signal(signal.SIGCONT)
        reply = asyncio.create_task(self._exchange(code))
        clock, wrong = asyncio.get_running_loop().time, None
        deadline, interrupted = clock() + self.limits.time_s, False
        flood = self.limits.output_kb * 1024 * FLOOD_FACTOR
        while not wrong and not reply.done():
            await asyncio.wait({reply}, timeout=WATCH_S)
            over = await asyncio.to_thread(watch.over, self.pid, self._seen_home, self.limits)
            if max(self._stdout.size, self._stderr.size) > flood:
                over = f"more than {flood} bytes of output"
            if over:
                wrong = Failure(name=CRASH, value=f"{over}; the process was ended and {LOST}", traceback="")
            elif clock() > deadline and interrupted and not reply.done():
                wrong = Failure(
                    name=TIMEOUT, value=f"{self._timeout_text()}, could not be interrupted; {LOST}", traceback=""
                )
            elif clock() > deadline and not reply.done():
                self.interrupt()
                deadline, interrupted = deadline + GRACE_S, True
        if not wrong:
            with suppress(ValidationError, TypeError):
                # what is not of the form that the worker sends was sent by the code, and ends it
                execution = Execution.model_validate({**(await reply), "logs": self._take_logs()})
                self._signal(signal.SIGSTOP)
                if execution.error and execution.error.name == "Interrupted":
                    late = f"{self._timeout_text()}; what it had defined is kept"
                    error = Failure(name=TIMEOUT, value=late, traceback="")
                    execution = execution.model_copy(update={"error": error})
                return execution
        reply.cancel()
        logs = self._take_logs()
        await self.aclose()
        return Execution(logs=logs, error=wrong or Failure(name=CRASH, value=DIED, traceback=""))

    def _timeout_text(self) -> str:
        return f"the cell took longer than {self.limits.time_s:g} s"

    async def _exchange(self, code: str) -> Any:
        """The worker's reply; None where it died."""
        data = orjson.dumps({"code": code})
        assert self._writer
        self._writer.write(len(data).to_bytes(4, "big") + data)
        return await self._receive()

    async def _receive(self) -> Any:
        """The next message of the worker; None where it died or sent what it never does."""
        try:
            size = int.from_bytes(await self._reader.readexactly(4), "big")
            if size > self.limits.output_kb * 1024 * 16:  # the worker cuts off far below, whatever JSON escapes
                return None
            return orjson.loads(await self._reader.readexactly(size))
        except (asyncio.IncompleteReadError, ConnectionError, ValueError):
            return None

    def _take_logs(self) -> Logs:
        return Logs(stdout=self._stdout.take(), stderr=self._stderr.take())

    def interrupt(self) -> None:
        """Ends the cell that is running, as its time limit would."""
        self._signal(signal.SIGINT)

    def _signal(self, number: int) -> None:
        with suppress(ProcessLookupError):
            signal.pidfd_send_signal(self._pidfd, number)

    async def aclose(self) -> None:
        """Kills the process and removes what it wrote; a second time does nothing."""
        if self._pidfd >= 0:
            self._signal(signal.SIGKILL)
            os.close(self._pidfd)
            self._pidfd = -1
        if self._process:
            if self._process.returncode is None:
                with suppress(ProcessLookupError):
                    os.kill(self._process.pid, signal.SIGKILL)  # Process.kill would reap it behind asyncio's back
            await self._process.wait()
            self._process = None
        if self._writer:
            self._writer.close()
            with suppress(ConnectionError):
                await self._writer.wait_closed()
            self._writer = None
        if not self._closed:
            self._closed = True
            self._stdout.close()
            self._stderr.close()
        if self._home:
            # Not shutil.rmtree, which gives up on folders nested a thousand deep.
            remove = await asyncio.create_subprocess_exec("rm", "-rf", "--", self._home)
            await remove.wait()
            self._home = ""
