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
UNLIMITED_GROWTH = 30.0
"""At so many times the refused rate without a refusal there is no limit any more."""
MOST_NOISE = 0.15
"""Where more than that share is refused, the rate is to blame."""
BURST_S = 0.05
"""A late wake-up may be made up for, up to so much of the rate."""


@dataclass(frozen=True)
class Pace:
    """What the user allows an endpoint; None is no limit. Requests are spread evenly, without bursts."""

    requests_per_minute: float | None = None
    tokens_per_minute: float | None = None


@dataclass
class Count:
    """Outcomes of the requests sent in one phase after a decrease."""

    passed: int = 0
    refused: int = 0

    @property
    def total(self) -> int:
        return self.passed + self.refused


class Throttle:
    """One endpoint's pace. `wait` before each request, then `note_pass` or `note_refusal` with the time it was sent."""

    def __init__(self, pace: Pace | None = None, clock: Callable[[], float] = time.monotonic) -> None:
        self._pace, self._clock = pace or Pace(), clock
        self._free_at = -math.inf
        """When the user's pace allows the next request."""
        self._refused_rate = math.inf
        """What the last decrease fell from; the rate grows back to it and then past it. Infinite: no known limit."""
        self._fell = -math.inf
        self._calm, self._brisk = Count(), Count()
        """Of requests sent within `CALM_S` of the last decrease, and later."""
        self._sent, self._passed = deque[float](), deque[float]()
        self._last = -math.inf
        self._line = asyncio.Lock()

    @property
    def rate(self) -> float:
        """Requests per second now; infinite without a known limit."""
        growth = 1 - (1 - FALL) * ((BACK_S - self._clock() + self._fell) / BACK_S) ** 3
        if self._refused_rate < math.inf and growth > UNLIMITED_GROWTH:
            self._refused_rate = math.inf
        return self._refused_rate * growth if self._refused_rate < math.inf else math.inf

    @property
    def ready(self) -> bool:
        """Whether `wait` would return at once, as far as the refusals go; it leaves out the user's pace."""
        return self._refused_rate == math.inf or self._due() <= self._clock()

    async def wait(self, tokens: float = 0.0) -> float:
        """Wait, in order of arrival, until the next request may be sent; returns the time.

        `tokens` is what it is expected to use; `adjust` corrects that once it is answered.
        """
        if self._pace != Pace():
            async with self._line:
                await asyncio.sleep(max(0.0, self._free_at - self._clock()))
                shares = ((1, self._pace.requests_per_minute), (tokens, self._pace.tokens_per_minute))
                minutes = max((amount / most for amount, most in shares if most), default=0.0)
                self._free_at = max(self._free_at, self._clock()) + minutes * 60
        if self._refused_rate < math.inf:
            async with self._line:
                await asyncio.sleep(max(0.0, self._due() - self._clock()))
                self._last = max(self._due(), self._clock() - BURST_S)
        now = self._clock()
        self._sent.append(now)
        _forget(self._sent, now - 1)
        return now

    @property
    def counts_tokens(self) -> bool:
        """Whether `wait` needs to be told how many tokens a request is expected to use."""
        return self._pace.tokens_per_minute is not None

    def adjust(self, surplus: float) -> None:
        """Later or sooner for the next request: so many tokens more than expected were used, or fewer if negative."""
        if self._pace.tokens_per_minute:
            self._free_at += surplus / self._pace.tokens_per_minute * 60

    def _due(self) -> float:
        """When the refusals allow the next request."""
        return self._last + 1 / self.rate

    def note_pass(self, sent: float) -> None:
        """A request that was sent at this time was answered, with anything but a 429."""
        now = self._clock()
        self._passed.append(now)
        _forget(self._passed, now - 1)
        if sent >= self._fell:
            self._phase(sent).passed += 1

    def note_refusal(self, sent: float) -> None:
        """A 429; one to a request that was sent before the last decrease says nothing new."""
        if sent < self._fell:
            return
        self._phase(sent).refused += 1
        if self._refused_rate == math.inf:
            self._fall(len(self._sent) / self._span(self._sent))
        elif self._clock() - self._fell > 1:  # sooner, it is not known what passes
            # Soon after a decrease: more than any noise. Later: more than its noise explains, by three deviations.
            noise = self._calm.refused / max(1, self._calm.total)
            expected = noise * self._brisk.total
            calm = sent - self._fell < CALM_S
            most = MOST_NOISE * self._calm.total if calm else expected + 3 * math.sqrt(expected)
            if self._calm.refused >= max(4.0, most) if calm else self._brisk.refused > most:
                self._fall(min(self.rate, len(self._passed) / self._span(self._passed)))

    def _phase(self, sent: float) -> Count:
        return self._calm if sent - self._fell < CALM_S else self._brisk

    def _span(self, times: deque[float]) -> float:
        """Seconds that these times of the last second cover, a tenth at least."""
        return max(0.1, self._clock() - times[0]) if times else 1.0

    def _fall(self, refused_rate: float) -> None:
        """The rate is `FALL` of the refused one from now on, and grows again."""
        self._refused_rate, self._fell = max(refused_rate, 0.2), self._clock()
        self._calm, self._brisk = Count(), Count()


def _forget(times: deque[float], before: float) -> None:
    while times and times[0] < before:
        times.popleft()
