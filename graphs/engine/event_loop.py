"""An event loop that does what it can before it looks for more: answers that came meanwhile are worked on together."""

import asyncio
import selectors
import time
from collections.abc import Coroutine
from typing import Any, TypeVar

BUSY_S = 0.02
"""[ours] So long a busy loop may go on without a look; an idle one looks at once."""
T = TypeVar("T")


class _Patient(selectors.DefaultSelector):
    """asyncio looks before each round of callbacks, about twenty times for one request, and finds an answer or two.

    Many at once go through the same code one after the other, while it is in the processor's cache.
    """

    _looked = 0.0

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        if timeout is not None and timeout <= 0 and time.monotonic() - self._looked < BUSY_S:
            return []
        found = super().select(timeout)
        self._looked = time.monotonic()
        return found


def run(main: Coroutine[Any, Any, T]) -> T:
    """As asyncio.run."""
    with asyncio.Runner(loop_factory=lambda: asyncio.SelectorEventLoop(_Patient())) as runner:
        return runner.run(main)
