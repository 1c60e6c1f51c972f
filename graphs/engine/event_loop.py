"""What the command does to its process while a run goes on: signals end it in order, and the collector rests."""

import asyncio
import gc
import signal
from collections.abc import Iterator
from contextlib import contextmanager

ALLOCATIONS = 50_000
"""Between two collections of young objects; Python's own 700 are a tenth of one conversation's."""


def stop_on_signal(stop: asyncio.Event) -> None:
    """Sets the event at the first Ctrl-C or SIGTERM; from then on signals do what they always did."""
    loop = asyncio.get_running_loop()

    def set_once() -> None:
        stop.set()
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.remove_signal_handler(number)

    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, set_once)


@contextmanager
def collect_rarely() -> Iterator[None]:
    """While it lasts, what there is already (tools, clusters, modules) is no part of a garbage collection.

    Each full collection would walk through all of it, and free none: an eighth of a run's CPU time.
    """
    before = gc.get_threshold()
    gc.freeze()
    gc.set_threshold(ALLOCATIONS, *before[1:])
    try:
        yield
    finally:
        gc.set_threshold(*before)
        gc.unfreeze()
