"""What isolation costs: python -m tests.bench.sandbox

Each level that the machine has, beside a bare `python -c` for each cell and a Jupyter kernel, in turns in one process.
The kernel takes part where it is installed: pip install ipykernel jupyter_client (in an environment of your own).
"""

import argparse
import asyncio
import json
import os
import statistics
import sys
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any, ClassVar, Protocol

from agents.sandbox import Level, Limits, find
from agents.sandbox.embedded import Embedded
from agents.sandbox.worker import Worker

CELL = "sum(n * n for n in range(100))"
VALUE = "328350"


class Running(Protocol):
    """Something that runs cells; `pids` are its processes."""

    pids: list[int]

    async def cell(self) -> str: ...

    async def aclose(self) -> None: ...


class Locked:
    """A worker of ours, without the pool that hides its start."""

    def __init__(self, worker: Worker) -> None:
        self.worker, self.pids = worker, [worker.pid]

    @classmethod
    async def start(cls, level: Level) -> "Locked":
        return cls(await Worker.start(level, Limits()))

    async def cell(self) -> str:
        return (await self.worker.run(CELL)).text or ""

    async def aclose(self) -> None:
        await self.worker.aclose()


class Bare:
    """A new interpreter for each cell: no isolation, no state."""

    pids: ClassVar[list[int]] = []

    @classmethod
    async def start(cls) -> "Bare":
        return cls()

    async def cell(self) -> str:
        piped = asyncio.subprocess.PIPE
        child = await asyncio.create_subprocess_exec(sys.executable, "-c", f"print({CELL})", stdout=piped)
        return (await child.communicate())[0].decode().strip()

    async def aclose(self) -> None:
        """Nothing is left running."""


class Kernel:
    """A Jupyter kernel: state, no isolation."""

    def __init__(self, manager: Any, client: Any) -> None:
        self.manager, self.client, self.pids = manager, client, [manager.provisioner.pid]

    @classmethod
    async def start(cls) -> "Kernel":
        from jupyter_client.manager import start_new_async_kernel

        return cls(*await start_new_async_kernel())

    async def cell(self) -> str:
        told: list[str] = []

        def hear(message: dict[str, Any]) -> None:
            told.append(message["content"].get("data", {}).get("text/plain", ""))

        await self.client.execute_interactive(CELL, output_hook=hear, timeout=30)
        return "".join(told)

    async def aclose(self) -> None:
        self.client.stop_channels()
        await self.manager.shutdown_kernel(now=True)


def _mib(pids: list[int]) -> float:
    """Resident memory of a contender's processes that no other process shares, in MiB."""
    found = [Path(f"/proc/{pid}/smaps_rollup").read_text() for pid in pids]
    lines = [line.split() for text in found for line in text.splitlines() if line.startswith("Private_")]
    return sum(int(line[1]) for line in lines) / 1024


async def measure(start: Callable[[], Awaitable[Running]], calls: int) -> dict[str, float]:
    """One turn of a contender: seconds to the first value, of a warm call, calls/s over eight at once, MiB."""
    began = time.perf_counter()
    one = await start()
    assert await one.cell() == VALUE
    cold = time.perf_counter() - began
    took = []
    for _ in range(calls):
        began = time.perf_counter()
        await one.cell()
        took.append(time.perf_counter() - began)
    memory = _mib(one.pids)
    eight = [one, *await asyncio.gather(*(start() for _ in range(7)))]
    began = time.perf_counter()
    await asyncio.gather(*(_several(each, calls) for each in eight))
    rate = 8 * calls / (time.perf_counter() - began)
    await asyncio.gather(*(each.aclose() for each in eight))
    return {"cold_s": cold, "warm_ms": 1000 * statistics.median(took), "calls_per_s_at_8": rate, "mib": memory}


async def _several(one: Running, calls: int) -> None:
    for _ in range(calls):
        assert await one.cell() == VALUE


async def taken(level: Level) -> float:
    """Seconds to the first value of a sandbox out of the pool, a worker being warm."""
    pool = await find(level)
    assert isinstance(pool, Embedded)
    await (await pool.take()).aclose()
    await asyncio.sleep(1)
    box, began = pool.new(), time.perf_counter()
    await box.run(CELL)
    took = time.perf_counter() - began
    await box.aclose()
    await pool.aclose()
    return took


async def main(repeats: int, calls: int) -> None:
    contenders: dict[str, Callable[[], Awaitable[Running]]] = {
        "namespaces": lambda: Locked.start(Level.NAMESPACES),
        "landlock": lambda: Locked.start(Level.LANDLOCK),
        "bare": Bare.start,
        "jupyter": Kernel.start,
    }
    turns: dict[str, list[dict[str, float]]] = {name: [] for name in contenders}
    for _ in range(repeats):
        for name, start in contenders.items():
            try:
                turns[name].append(await measure(start, calls))
            except ImportError as error:
                print(f"{name}: left out, {error}", file=sys.stderr)
    medians = {
        name: {key: round(statistics.median(turn[key] for turn in made), 4) for key in made[0]}
        for name, made in turns.items()
        if made
    }
    pooled = {level: round(await taken(level), 4) for level in (Level.NAMESPACES, Level.LANDLOCK)}
    print(f"{'':<12}{'cold s':>9}{'warm ms':>9}{'calls/s at 8':>14}{'MiB':>7}")
    for name, row in medians.items():
        print(
            f"{name:<12}{row['cold_s']:>9.3f}{row['warm_ms']:>9.2f}{row['calls_per_s_at_8']:>14.0f}{row['mib']:>7.1f}"
        )
    print(f"first value with a warm worker, s: {pooled}")
    print(json.dumps({"medians": medians, "pooled_s": pooled, "repeats": repeats, "load": os.getloadavg()[0]}))


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--repeats", type=int, default=5)
    parser.add_argument("--calls", type=int, default=100)
    told = parser.parse_args()
    asyncio.run(main(told.repeats, told.calls))
