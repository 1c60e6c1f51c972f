"""Ctrl-C and SIGTERM -> an event: the first one ends a run in order, a second one at once."""

import asyncio
import signal


def heed(stop: asyncio.Event) -> None:
    """Sets the event at the first signal; from then on signals do what they always did."""
    loop = asyncio.get_running_loop()

    def heard() -> None:
        stop.set()
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.remove_signal_handler(number)

    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, heard)
