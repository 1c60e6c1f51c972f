"""CPU time of a turn as campaigns walk it and by LangGraph: python -m tests.bench.graph

Both play the same slots of the built-in catalogue with the offline teacher in one process, in turns.
"""

import asyncio
import itertools
import json
import os
import statistics
import time
from collections.abc import Awaitable, Callable, Iterator
from typing import Any

from langchain_core.runnables import RunnableConfig

from agents.schema import Cluster, Directive, Role
from agents.teacher.teachers import Answer, Message, Request, Teachers, teachers
from graphs.campaign.record.journal import seed_of
from graphs.trajectory.graph import RECURSION_LIMIT, compile_graph, walk
from graphs.trajectory.state import Context, State
from memory.clusters import build
from memory.corpus import corpus
from memory.embed.embedder import embedder
from memory.evolution import Evolution

Slots = list[tuple[Directive, Cluster]]
Way = Callable[[State, Context], Awaitable[State]]


def drawn(count: int) -> Slots:
    clusters = build.build(corpus.builtin().tools, embedder("wordllama"), 0)
    by_id, evolution = {cluster.id: cluster for cluster in clusters}, Evolution(clusters, window=count)
    return [(directive, by_id[directive.cluster]) for directive in map(evolution.draw, range(count))]


async def by_langgraph(state: State, context: Context) -> State:
    limit: RunnableConfig = {"recursion_limit": RECURSION_LIMIT}
    return (await compile_graph().ainvoke(state, limit, context=context, version="v2")).value


async def spend(slots: Slots, offline: Teachers, way: Way) -> tuple[float, int]:
    """CPU seconds, and turns of all roles."""
    began, turns = time.process_time(), 0
    for directive, cluster in slots:
        seeds = (seed_of(0, directive.slot, call) for call in itertools.count())

        async def ask(role: Role, messages: list[Message], seeds: Iterator[int] = seeds, **options: Any) -> Answer:
            return await offline.answer(Request(role=role, messages=messages, seed=next(seeds), **options))

        start: State = {"cluster": cluster.model_dump(mode="json"), "directive": directive.model_dump(mode="json")}
        end = await way(start, Context(ask))
        turns += 2 + sum(message["role"] != "system" for message in end["messages"])  # the blueprint and the verdict
    return time.process_time() - began, turns


async def measure(count: int, repeats: int) -> dict[str, Any]:
    slots, offline = drawn(count), teachers("offline")
    _, turns = await spend(slots, offline, walk)  # fills caches
    pairs = [[(await spend(slots, offline, way))[0] for way in (walk, by_langgraph)] for _ in range(repeats)]
    walk_ms, langgraph_ms = (1e3 * statistics.median(times) / turns for times in zip(*pairs, strict=True))
    ratio = statistics.median(slow / fast for fast, slow in pairs)
    return {"slots": count, "turns": turns, "walk_ms": walk_ms, "langgraph_ms": langgraph_ms, "ratio": ratio}


def main() -> None:
    figures = asyncio.run(measure(count=40, repeats=7))
    print(
        "{turns} turns: {walk_ms:.2f} ms each, by LangGraph {langgraph_ms:.2f} ms, ratio {ratio:.2f}".format(**figures)
    )
    print(json.dumps(figures | {"load": os.getloadavg()[0]}))


if __name__ == "__main__":
    main()
