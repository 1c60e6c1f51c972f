"""The Global Memory at 10,000 and 100,000 trajectories, and a run's CPU time by what it goes to.

python -m tests.bench.memory             both
python -m tests.bench.memory --run 200   only the shares, of a run of 200 slots

A query through Chroma stands beside the exact one and beside a bare numpy product with as many vectors. A run is
measured with one slot in flight, so that each moment of CPU time, Chroma's own threads included, has one owner.
"""

import argparse
import asyncio
import json
import os
import random
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from functools import update_wrapper
from pathlib import Path
from statistics import median
from typing import Any
from unittest.mock import patch

import numpy as np
import psutil

from agents.offline import model
from graphs import setup
from graphs.campaign import gates, session
from graphs.campaign.config import settle
from graphs.campaign.record import journal, output
from graphs.report import page
from memory.clusters import build
from memory.corpus import corpus
from memory.embed.embedder import embedder
from memory.store.trajectories import Memory

WINDOW, K = 64, 5
SEAMS: list[tuple[str, Any, tuple[str, ...]]] = [
    ("clustering", build, ("build",)),
    ("memory", Memory, ("__init__", "add", "nearest", "reconcile", "close")),
    ("teacher (offline)", model, ("reply",)),
    (
        "journal and files",
        journal.Journal,
        ("__init__", "answer", "record", "finish", "read_played", "commit", "tokens"),
    ),
    ("journal and files", output.Files, ("append",)),
    ("measures", gates, ("measure", "trajectory_text")),
    ("report", page, ("write",)),
]


class Owners:
    """CPU seconds of the process by who had it; one owner at a time, the innermost."""

    def __init__(self) -> None:
        self.spent: dict[str, float] = defaultdict(float)
        self._stack, self._since = ["rest"], time.process_time()

    def _settle(self) -> None:
        now = time.process_time()
        self.spent[self._stack[-1]] += now - self._since
        self._since = now

    @contextmanager
    def of(self, what: str) -> Iterator[None]:
        self._settle()
        self._stack.append(what)
        try:
            yield
        finally:
            self._settle()
            self._stack.pop()

    def total(self) -> float:
        self._settle()
        return sum(self.spent.values())

    def watch(self, what: str, call: Callable[..., Any]) -> Callable[..., Any]:
        def watched(*args: Any, **kwargs: Any) -> Any:
            with self.of(what):
                return call(*args, **kwargs)

        return update_wrapper(watched, call)

    def watch_async(self, what: str, call: Callable[..., Any]) -> Callable[..., Any]:
        async def watched(*args: Any, **kwargs: Any) -> Any:
            with self.of(what):
                return await call(*args, **kwargs)

        return update_wrapper(watched, call)


def shares(count: int) -> dict[str, Any]:
    """CPU seconds of a whole run of `count` slots, its report included, and the share of each part."""
    owners = Owners()
    with tempfile.TemporaryDirectory() as folder, ExitStack() as stack:
        for what, home, names in SEAMS:
            for name in names:
                stack.enter_context(patch.object(home, name, owners.watch(what, getattr(home, name))))
        config = settle({"out": Path(folder) / "run", "count": count, "concurrency": 1}, resume=False)
        parts = setup.prepare(config)
        watched = owners.watch_async("graph, prompts, locking", parts.play)
        asyncio.run(session.generate(replace(parts, play=watched), lambda progress: None, asyncio.Event()))
        page.write(config.out)
    whole = owners.total()
    by_share = sorted(owners.spent.items(), key=lambda item: -item[1])
    return {"slots": count, "cpu_s": round(whole, 1), "shares": {name: round(s / whole, 3) for name, s in by_share}}


def texts(count: int) -> list[str]:
    """Different texts such as the memory holds, of real words."""
    rng, tools = random.Random(0), corpus.builtin().tools
    words = sorted({word for tool in tools for word in tool.description.split()})
    names, kinds = [tool.name for tool in tools], ("read", "write*", "ask", "recover")
    return [
        f"{' '.join(rng.sample(words, 6))}\n{', '.join(rng.sample(names, 3))}\n{rng.choice(kinds)} answer"
        for _ in range(count)
    ]


def at(count: int) -> dict[str, float]:
    """Times of a memory that holds `count` trajectories; medians in ms of the wall clock unless the name says more."""
    texts_held, queries, more = np.split(np.array(texts(count + 150), dtype=object), [count, count + 100])
    vectors = np.random.default_rng(0).random((count, 256))
    with tempfile.TemporaryDirectory() as folder:
        memory = Memory(Path(folder), embedder(), WINDOW, exact=0)
        items = [(slot, text, "") for slot, text in enumerate(texts_held)]
        cpu, wall = time.process_time(), time.perf_counter()
        memory.reconcile(items[: count // 2])
        rss = psutil.Process().memory_info().rss  # of the second half alone: the first one also pays for Chroma itself
        memory.reconcile(items)
        grown = psutil.Process().memory_info().rss - rss
        batch = {
            "batched_add": (time.perf_counter() - wall) / count,
            "batched_add_cpu": (time.process_time() - cpu) / count,
        }
        near, query = time_calls(lambda text: memory.nearest(text, K, before=count), queries)
        _, add = time_calls(lambda pair: memory.add(pair[0], pair[1], ""), enumerate(more, count))
        _, product = time_calls(lambda vector: np.einsum("ij,j->i", vectors, vector), vectors[:100])
        memory.close()
        began = time.perf_counter()
        exact = Memory(Path(folder), embedder(), WINDOW, exact=2 * count)
        opened = time.perf_counter() - began
        truth, exactly = time_calls(lambda text: exact.nearest(text, K, before=count), queries)
        exact.close()
    missed = sum(answer != right for answer, right in zip(near, truth, strict=True))
    times = {**batch, "add": add, "query": query, "exact_query": exactly, "numpy_product": product}
    figures = {name: round(1e3 * seconds, 3) for name, seconds in times.items()}
    sizes = {"bytes_a_row": round(grown / (count - count // 2)), "queries_with_a_miss_of_100": missed}
    return {"held": count, **figures, "open_s": round(opened, 1), **sizes}


def time_calls(call: Callable[[Any], Any], items: Iterable[Any]) -> tuple[list[Any], float]:
    """The results, and the median seconds of a call."""
    results, seconds = [], []
    for item in items:
        began = time.perf_counter()
        results.append(call(item))
        seconds.append(time.perf_counter() - began)
    return results, median(seconds)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--held", type=int, nargs="*", default=[10_000, 100_000])
    parser.add_argument("--run", type=int, default=200, help="slots of the run that is taken apart; 0: none")
    options = parser.parse_args()
    for count in options.held:
        print(json.dumps(at(count)), flush=True)
    if options.run:
        print(json.dumps(shares(options.run) | {"load": os.getloadavg()[0]}))


if __name__ == "__main__":
    main()
