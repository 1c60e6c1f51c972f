"""CPU time of a superstep beside that of a bare LangGraph: python -m tests.bench.graph

Both play the same slots of the built-in catalogue in one process, in turns. The bare graph has one node that only
returns, step by step, the very updates that the real nodes returned: as many steps, as large a state.
"""

import asyncio
import itertools
import json
import os
import statistics
import time
from collections import defaultdict
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import fields, replace
from functools import partial
from typing import Any
from unittest.mock import patch

from langgraph.graph import END, START, StateGraph
from langgraph.runtime import Runtime

from agents.offline import model
from agents.schema import Cluster, Directive, Role
from agents.teacher.teachers import Answer, Message, Request, Teachers, teachers
from graphs.campaign.journal import seed_of
from graphs.trajectory import calls, lock
from graphs.trajectory import graph as trajectory
from graphs.trajectory.state import Context, State
from memory.clusters import build
from memory.corpus import corpus
from memory.embed.embedder import embedder
from memory.evolution import Evolution

Slots = list[tuple[Directive, Cluster]]
GUARDS: list[tuple[Any, str]] = [(trajectory, "faults"), (calls, "_seal"), (lock, "check_call"), (lock, "freeze")]
TIMED = [(model, "reply", "offline reply"), *((*guard, "rules and locks") for guard in GUARDS)]


def drawn(count: int) -> Slots:
    known = build.build(corpus.builtin().tools, embedder("wordllama"), 0)
    by_id, evolution = {cluster.id: cluster for cluster in known}, Evolution(known, window=count)
    return [(directive, by_id[directive.cluster]) for directive in map(evolution.draw, range(count))]


async def real(slots: Slots, offline: Teachers, graph: trajectory.Player = trajectory.PLAYER) -> float:
    began = time.process_time()
    for directive, cluster in slots:
        seeds = (seed_of(0, directive.slot, call) for call in itertools.count())

        async def ask(role: Role, messages: list[Message], seeds: Iterator[int] = seeds, **given: Any) -> Answer:
            return await offline.answer(Request(role=role, messages=messages, seed=next(seeds), **given))

        await trajectory.play(directive, cluster, Context(ask), graph)
    return time.process_time() - began


async def bare(slots: Slots, updates: dict[int, list[State]]) -> float:
    left: list[State] = []

    async def step(state: State) -> State:
        return left.pop()

    async def after(state: State) -> str:
        return "step" if left else END

    graph = StateGraph(State).add_node("step", step).add_edge(START, "step")
    player = graph.add_conditional_edges("step", after, ["step", END]).compile()
    began = time.process_time()
    for directive, cluster in slots:
        left.extend(reversed(updates[directive.slot]))
        begin: State = {"cluster": cluster.model_dump(mode="json"), "directive": directive.model_dump(mode="json")}
        await player.ainvoke(begin, {"recursion_limit": trajectory.RECURSION_LIMIT})
    return time.process_time() - began


async def watched(slots: Slots, offline: Teachers) -> tuple[dict[str, float], dict[int, list[State]]]:
    """CPU seconds by what they went to, and by slot what each superstep returned."""
    spent, updates = defaultdict[str, float](float), defaultdict[int, list[State]](list)

    def timed(what: str, call: Any, *args: Any, **kwargs: Any) -> Any:
        spent[what] -= time.process_time()
        try:
            return call(*args, **kwargs)
        finally:
            spent[what] += time.process_time()

    def kept(node: trajectory.Node) -> trajectory.Node:
        async def run(state: State, runtime: Runtime[Context]) -> State:
            updates[state["directive"]["slot"]].append(update := await node(state, runtime))
            return update

        return run

    whole = trajectory.Roles()
    roles = replace(whole, **{role.name: kept(getattr(whole, role.name)) for role in fields(whole)})
    with ExitStack() as stack:
        for module, name, what in TIMED:
            stack.enter_context(patch.object(module, name, partial(timed, what, getattr(module, name))))
        return {"whole": await real(slots, offline, trajectory.player(roles)), **spent}, updates


async def measured(count: int, repeats: int) -> dict[str, Any]:
    slots, offline = drawn(count), teachers("offline")
    await real(slots, offline)  # fills caches
    spent, updates = await watched(slots, offline)
    pairs = [(await real(slots, offline), await bare(slots, updates)) for _ in range(repeats)]
    steps, ratio = sum(map(len, updates.values())), statistics.median(one / other for one, other in pairs)
    real_ms, bare_ms = (1e3 * statistics.median(times) / steps for times in zip(*pairs, strict=True))
    shares = {"langgraph": 1 / ratio} | {
        what: cpu_s / spent["whole"] for what, cpu_s in spent.items() if what != "whole"
    }
    shares["rest: prompts, forms, pydantic, LangChain"] = 1 - sum(shares.values())
    times = {"real_ms": real_ms, "bare_ms": bare_ms, "ratio": ratio, "load": os.getloadavg()[0]}
    return {"slots": count, "steps": steps, **times, "shares": shares}


def main() -> None:
    found = asyncio.run(measured(count=40, repeats=7))
    print("{steps} supersteps: {real_ms:.2f} ms each, bare {bare_ms:.2f} ms, ratio {ratio:.1f}".format(**found))
    print(*(f"  {share:6.1%}  {what}" for what, share in found["shares"].items()), json.dumps(found), sep="\n")


if __name__ == "__main__":
    main()
