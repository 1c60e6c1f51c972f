"""An endpoint's pace under a made-up clock: limits that come and go, and refusals that have nothing to do with pace."""

import asyncio
import heapq
import math
import random
from dataclasses import dataclass, field

from agents.teacher.wire import throttle
from agents.teacher.wire.throttle import Throttle

STEP_S = 0.002


@dataclass
class World:
    """`flight` requests at once to an endpoint of 200 ms; answers and refusals by the second in which they came."""

    limit: float = math.inf
    """Requests per second that pass between second 5 and 45, in a bucket of one second."""
    noise: float = 0.0
    """The share that is refused whatever the pace."""
    flight: int = 64
    now: float = 0.0
    answered: list[float] = field(default_factory=list)
    refused: list[float] = field(default_factory=list)

    def run(self, until: float) -> "World":
        rng, pace, bucket, filled = random.Random(1), Throttle(clock=lambda: self.now), self.limit, 0.0
        events: list[tuple[float, int, str, float]] = []
        waiting, count = self.flight, 0
        loop = asyncio.new_event_loop()
        while self.now < until:
            self.now += STEP_S
            while events and events[0][0] <= self.now:
                _, _, kind, sent = heapq.heappop(events)
                if kind == "answer":
                    pace.note_pass(sent)
                    self.answered.append(self.now)
                elif kind == "refusal":
                    pace.note_refusal(sent)
                    self.refused.append(self.now)
                    heapq.heappush(events, (self.now + 1, count, "again", 0.0))
                waiting += kind != "refusal"
            while waiting and pace.ready:
                sent = loop.run_until_complete(pace.wait())
                limited = self.limit < math.inf and 5 <= sent < 45
                bucket, filled = min(self.limit, bucket + (sent - filled) * self.limit) if limited else self.limit, sent
                full = limited and bucket < 1
                bucket -= limited and not full
                kind = "refusal" if full or rng.random() < self.noise else "answer"
                after = 0.005 if kind == "refusal" else rng.uniform(0.16, 0.24)
                waiting, count = waiting - 1, count + 1
                heapq.heappush(events, (sent + after, count, kind, sent))
        loop.close()
        return self

    def per_s(self, begin: float, end: float) -> float:
        return sum(begin <= time < end for time in self.answered) / (end - begin)


def test_a_limit_is_found_kept_to_and_forgotten() -> None:
    world = World(limit=50).run(until=70)
    assert world.per_s(1, 5) > 300
    assert 45 <= world.per_s(25, 45) <= 51
    assert sum(25 <= time < 45 for time in world.refused) < 0.02 * 20 * 50
    assert len(world.refused) < 0.02 * len(world.answered)
    assert world.per_s(65, 70) > 300


def test_refusals_at_random_do_not_slow_down() -> None:
    free, noisy = World().run(until=20), World(noise=0.05).run(until=20)
    assert noisy.per_s(8, 20) > 0.6 * free.per_s(8, 20)


def test_an_old_refusal_says_nothing_new() -> None:
    now = [0.0]
    pace = Throttle(clock=lambda: now[0])
    sent = [asyncio.run(pace.wait()) for _ in range(10)]
    now[0] = 1.0
    pace.note_refusal(sent[0])
    lowered = pace.rate
    for time in sent[1:]:
        pace.note_refusal(time)
    assert pace.rate == lowered == throttle.FALL * 10
