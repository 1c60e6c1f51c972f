"""The run's event loop looks for new data seldom while it is busy, and not too seldom."""

import asyncio
import socket
import time

from graphs import polling


async def until_heard() -> float:
    """Seconds that a loop which is never idle takes to hear of what was sent to it."""
    ours, theirs = socket.socketpair()
    heard = asyncio.Event()
    with ours, theirs:
        asyncio.get_running_loop().add_reader(ours, heard.set)
        theirs.send(b"!")
        began = time.monotonic()
        while not heard.is_set() and time.monotonic() - began < 10:
            await asyncio.sleep(0)
        asyncio.get_running_loop().remove_reader(ours)
    return time.monotonic() - began


def test_a_busy_loop_hears_of_new_data() -> None:
    assert polling.run(until_heard()) < 5


def test_an_idle_loop_hears_of_a_thread_at_once() -> None:
    assert polling.run(asyncio.to_thread(sum, [1, 2])) == 3
