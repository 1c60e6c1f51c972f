"""Sandboxes in processes of this machine, with a worker kept warm so that no trajectory waits for a start."""

import asyncio
import sys
from contextlib import suppress

from agents.errors import SandboxUnavailable
from agents.sandbox.execution import Execution, Limits, Sandbox
from agents.sandbox.level import Level
from agents.sandbox.worker import StartError, Worker

ATTEMPTS, PAUSE_S = 3, 0.5
PROBE = f"""
import os, socket
attempts = {{
    "reads the host's files": lambda: open({__file__!r}).close(),
    "opens sockets": lambda: socket.socket().close(),
    "starts processes": lambda: os.fork() or os._exit(0),
    "signals others": lambda: os.kill(os.getppid() or 2, 0),
    "changes modes": lambda: os.chmod("/", 0o755),
}}
breaches = []
for name, attempt in attempts.items():
    try:
        attempt()
        breaches.append(name)
    except OSError:
        pass
", ".join(breaches)
"""
"""What must not be possible, tried at every start of a run: a kernel that only says that it locks is found out."""


class Embedded:
    """Makes sandboxes of one level. Use it in one event loop."""

    def __init__(self, level: Level, limits: Limits) -> None:
        self.level, self.limits = level, limits
        self._warm: asyncio.Task[Worker] | None = None

    def new(self) -> Sandbox:
        return _Session(self)

    async def take(self) -> Worker:
        """The warm worker, while the next one starts. Raises: SandboxUnavailable: none could be started."""
        taken = self._warm or asyncio.create_task(self._start())
        self._warm = asyncio.create_task(self._start())
        return await taken

    async def _start(self) -> Worker:
        for attempt in range(ATTEMPTS):
            try:
                return await Worker.start(self.level, self.limits)
            except StartError as error:
                if attempt == ATTEMPTS - 1:
                    raise SandboxUnavailable(f"sandbox {error}; it had worked when the run began") from None
                await asyncio.sleep(PAUSE_S)
        raise AssertionError("unreachable")

    async def aclose(self) -> None:
        """Ends the warm worker; sandboxes that were handed out are their owners' to close."""
        if self._warm:
            self._warm.cancel()
            with suppress(asyncio.CancelledError, SandboxUnavailable):
                await (await self._warm).aclose()
            self._warm = None


class _Session:
    """A sandbox that takes a worker with its first cell, and a new one after a crash."""

    def __init__(self, pool: Embedded) -> None:
        self._pool = pool
        self._worker: Worker | None = None

    async def run(self, code: str) -> Execution:
        if self._worker is None or not self._worker.alive:
            self._worker = await self._pool.take()
        return await self._worker.run(code)

    async def aclose(self) -> None:
        if self._worker:
            await self._worker.aclose()


async def why_not(level: Level, limits: Limits) -> str:
    """Why the level cannot be used here, found out by trying; empty where it can."""
    if sys.platform != "linux":
        return f"namespaces and Landlock are Linux's, this is {sys.platform}"
    try:
        worker = await Worker.start(level, limits)
    except StartError as error:
        return str(error).removeprefix(f"{level}: ")
    try:
        execution = await worker.run(PROBE)
    finally:
        await worker.aclose()
    if execution.error:
        return f"{execution.error.name}: {execution.error.value}"
    return f"it does not hold: code {execution.text}" if execution.text else ""
