"""How fast an endpoint may be asked: learned from its 429s, and never faster than the user allows.

Additive increase, multiplicative decrease, of requests per second, which bounds what is in flight also where that must
be less than one. The increase is CUBIC's (RFC 9438): back to the rate that was refused within `BACK_S`, slowly past
it, then ever faster, so that a limit that is lifted is noticed. Some endpoints refuse at random whatever the rate: what
is refused while the rate is low counts as such noise, and only more than that slows down [ours].
"""

import asyncio
import math
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass

FALL = 0.8
"""What a decrease leaves of the rate."""
BACK_S = 4.0
"""Until the rate is back where it was refused."""
CALM_S = BACK_S / 2
"""So long after a decrease refusals are taken for noise."""
LIFTED = 30.0
"""That many times the refused rate without a refusal: there is no limit any more."""
MOST_NOISE = 0.15
"""Where more than that share is refused, the rate is to blame."""
BURST_S = 0.05
"""A late wake-up may be made up for, up to so much of the rate."""


@dataclass(frozen=True)
class Pace:
    """What the user allows an endpoint, a minute; None is no limit. Requests are spread evenly, without bursts."""

    requests: float | None = None
    tokens: float | None = None


@dataclass
class Count:
    """Outcomes of the requests sent in one phase after a decrease."""

    passed: int = 0
    refused: int = 0

    @property
    def total(self) -> int:
        return self.passed + self.refused


class Throttle:
    """One endpoint's pace. Take a `turn` before each request, then `note_pass` or `note_refusal` when it was sent."""

    def __init__(self, pace: Pace | None = None, clock: Callable[[], float] = time.monotonic) -> None:
        self._pace, self._clock = pace or Pace(), clock
        self._free_at = -math.inf
        """When the user's pace allows the next request."""
        self._ceiling = math.inf
        self._fell = -math.inf
        self._calm, self._brisk = Count(), Count()
        self._sent, self._good = deque[float](), deque[float]()
        self._last = -math.inf
        self._line = asyncio.Lock()

    @property
    def rate(self) -> float:
        """Requests per second now; infinite without a known limit."""
        growth = 1 - (1 - FALL) * ((BACK_S - self._clock() + self._fell) / BACK_S) ** 3
        if self._ceiling < math.inf and growth > LIFTED:
            self._ceiling = math.inf
        return self._ceiling * growth if self._ceiling < math.inf else math.inf

    @property
    def ready(self) -> bool:
        """Whether a turn would come without a wait."""
        return self._ceiling == math.inf or self._due() <= self._clock()

    async def turn(self, tokens: float = 0.0) -> float:
        """Wait, in order of arrival, until the next request may be sent; returns the time.

        `tokens` is what it is expected to cost; `spend` tells later what it did.
        """
        if self._pace != Pace():
            async with self._line:
                await asyncio.sleep(max(0.0, self._free_at - self._clock()))
                shares = ((1, self._pace.requests), (tokens, self._pace.tokens))
                minutes = max((amount / most for amount, most in shares if most), default=0.0)
                self._free_at = max(self._free_at, self._clock()) + minutes * 60
        if self._ceiling < math.inf:
            async with self._line:
                await asyncio.sleep(max(0.0, self._due() - self._clock()))
                self._last = max(self._due(), self._clock() - BURST_S)
        now = self._clock()
        self._sent.append(now)
        _forget(self._sent, now - 1)
        return now

    @property
    def counts_tokens(self) -> bool:
        """Whether a turn needs to be told what it costs."""
        return self._pace.tokens is not None

    def spend(self, tokens: float) -> None:
        """So many tokens more, or fewer, were used than the turn had been told."""
        if self._pace.tokens:
            self._free_at += tokens / self._pace.tokens * 60

    def _due(self) -> float:
        return self._last + 1 / self.rate

    def note_pass(self, sent: float) -> None:
        """A request was answered, with anything but a 429."""
        now = self._clock()
        self._good.append(now)
        _forget(self._good, now - 1)
        if sent >= self._fell:
            self._phase(sent).passed += 1

    def note_refusal(self, sent: float) -> None:
        """A 429; one to a request that was sent before the last decrease says nothing new."""
        if sent < self._fell:
            return
        self._phase(sent).refused += 1
        if self._ceiling == math.inf:
            self._fall(len(self._sent) / self._span(self._sent))
        elif self._clock() - self._fell > 1:  # sooner, it is not known what passes
            # Soon after a decrease: more than any noise. Later: more than its noise explains, by three deviations.
            noise = self._calm.refused / max(1, self._calm.total)
            expected = noise * self._brisk.total
            calm = sent - self._fell < CALM_S
            most = MOST_NOISE * self._calm.total if calm else expected + 3 * math.sqrt(expected)
            if self._calm.refused >= max(4.0, most) if calm else self._brisk.refused > most:
                self._fall(min(self.rate, len(self._good) / self._span(self._good)))

    def _phase(self, sent: float) -> Count:
        return self._calm if sent - self._fell < CALM_S else self._brisk

    def _span(self, times: deque[float]) -> float:
        """Seconds that these times of the last second cover, a tenth at least."""
        return max(0.1, self._clock() - times[0]) if times else 1.0

    def _fall(self, ceiling: float) -> None:
        self._ceiling, self._fell = max(ceiling, 0.2), self._clock()
        self._calm, self._brisk = Count(), Count()


def _forget(times: deque[float], before: float) -> None:
    while times and times[0] < before:
        times.popleft()
