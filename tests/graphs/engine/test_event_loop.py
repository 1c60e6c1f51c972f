"""The run's event loop looks for new data seldom while it is busy, and not too seldom."""

import asyncio
import socket

from graphs.engine import event_loop


async def heard_while_busy() -> bool:
    """Whether a loop that is never idle hears of what was sent to it."""
    loop, heard, (ours, theirs) = asyncio.get_running_loop(), asyncio.Event(), socket.socketpair()

    def busy() -> None:
        if not heard.is_set():
            loop.call_soon(busy)

    with ours, theirs:
        loop.add_reader(ours, heard.set)
        loop.call_soon(busy)
        theirs.send(b"!")
        async with asyncio.timeout(5):
            return await heard.wait()


def test_a_busy_loop_hears_of_new_data() -> None:
    assert event_loop.run(heard_while_busy())


def test_an_idle_loop_hears_of_a_thread_at_once() -> None:
    assert event_loop.run(asyncio.to_thread(sum, [1, 2])) == 3
