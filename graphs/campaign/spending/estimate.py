"""What a run would cost, before it begins: a few of its slots played by the offline teacher, which costs nothing."""

import asyncio
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import count
from typing import Any

from agents.offline import prompt, tokens
from agents.schema import Cluster, Role
from agents.serve.prefix_cache import Prefixes
from agents.teacher.request import Answer, Message, Request
from agents.teacher.teachers import teachers
from graphs.campaign.record.journal import seed_of
from graphs.campaign.spending.budget import Prices
from graphs.trajectory.state import Context, Play
from memory.evolution import Evolution

SAMPLE = 12
"""Slots that are played for it."""


Used = dict[Role, Counter[str]]
"""Role -> `requests`, and tokens: `input`, `cached` as part of it, `output`."""


def estimate_run(clusters: Sequence[Cluster], seed: int, planned: int, prices: Prices, play: Play) -> list[str]:
    """Lines for a terminal: requests, tokens and, where all prices are known, dollars of `planned` slots.

    The clusters are without the Code Tool: it is never simulated.
    """
    slots = min(planned, SAMPLE)
    used = asyncio.run(play_sample(clusters, seed, slots, play))
    scaled = {
        role: Counter({key: round(number * planned / slots) for key, number in counts.items()})
        for role, counts in used.items()
    }
    lines = [f"estimate for {planned} slots, from {slots} played by the offline teacher:"]
    lines += [_line(role, counts) for role, counts in scaled.items()]
    lines += [_line("all", sum(scaled.values(), Counter[str]())), _dollars(scaled, prices)]
    return [*lines, "words and marks stand for tokens, and hosted models say more: expect up to twice this"]


async def play_sample(clusters: Sequence[Cluster], seed: int, slots: int, play: Play) -> Used:
    """What so many slots of these clusters use."""
    # a window as long as the sample: the draw waits for no outcome, and there is none
    by_id, steering = {cluster.id: cluster for cluster in clusters}, Evolution(clusters, seed, window=slots)
    used: Used = {role: Counter() for role in Role}
    offline, prefixes = teachers("offline"), Prefixes()
    for directive in map(steering.draw, range(slots)):
        # the same seeds as the run will use, so that the estimate is of its very first slots
        seeds = (seed_of(seed, directive.slot, call) for call in count())

        async def ask(role: Role, messages: list[Message], seeds: Iterator[int] = seeds, **options: Any) -> Answer:
            request = Request(role=role, messages=messages, seed=next(seeds), **options)
            answer = await offline.answer(request)
            cached = prefixes.read(tokens(prompt(messages, request.tools)))
            used[role].update({**(answer.usage or {}), "requests": 1, "cached": cached})
            return answer

        await play(directive, by_id[directive.cluster], Context(ask))
    return used


def _line(name: str, counts: Counter[str]) -> str:
    share = counts["cached"] / counts["input"] if counts["input"] else 0.0
    text = f"{counts['input']:,} tokens in, {share:.0%} of them a known prefix, {counts['output']:,} out"
    return f"  {name}: {counts['requests']:,} requests, {text}"


def _dollars(used: Used, prices: Prices) -> str:
    priced = {role: price for role, price in prices.items() if price}
    if len(priced) < len(used):
        return "dollars: unknown; give --prices FILE"
    return f"dollars: {sum(priced[role].of(counts) for role, counts in used.items()):,.2f}, with a perfect prefix cache"
