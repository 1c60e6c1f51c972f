"""One trajectory in LangGraph Studio, and any slot of a run opened there: turn by turn, to edit, fork and go on from.

    langgraph dev                          the server, from the repository's root; needs the `studio` extra
    python -m graphs.studio RUN SLOT       a finished or rejected slot as a thread of that server

The slot is not copied but played again with the answers that its journal holds, so that each checkpoint of the thread
is whole. No teacher is asked before the thread is forked; then the run's default teacher plays all roles.
"""

import argparse
import asyncio
import itertools
import logging
import random
import sqlite3
import sys
from collections import ChainMap
from collections.abc import Awaitable, Callable, Sequence
from contextlib import aclosing, closing
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import quote

import httpx
import orjson
from langchain_core.runnables import RunnableConfig
from langgraph.graph import START, StateGraph
from langgraph.runtime import Runtime
from langgraph_sdk import get_client

from agents.errors import TeacherError, UsageError
from agents.plan.code_tool import RUN_PYTHON, SERVICE, offering
from agents.plan.dataflow import carried
from agents.sandbox import find
from agents.sandbox.tool import open_code_tool
from agents.schema import Blueprint, Cluster, Directive, Mode, Observed, Origin, Played, Role, Stop, Tool
from agents.teacher.teachers import Answer, Message, Request, teachers
from graphs.campaign.journal import seed_of
from graphs.campaign.recorded_calls import Replay
from graphs.trajectory.graph import PLAYER, RECURSION_LIMIT, Node, played, wire
from graphs.trajectory.state import Call, Context, Input, Near, Runners, State
from memory.clusters import build, file
from memory.corpus import corpus
from memory.embed.embedder import embedder
from memory.evolution import bands
from memory.store.trajectories import Neighbour

STUDIO, URL = "https://smith.langchain.com/studio/", "http://127.0.0.1:2024"


async def begin(state: Input) -> State:
    """The cluster and the directive that a person's few words mean. Raises UsageError for others."""
    seed = state.get("seed", 0)
    cluster = await asyncio.to_thread(_choose, state["service"], seed)
    return _start(cluster, _directive(cluster, seed, state.get("mode", "")))


def _start(cluster: Cluster, directive: Directive) -> State:
    return {"cluster": cluster.model_dump(mode="json"), "directive": directive.model_dump(mode="json")}


@cache
def _clusters() -> dict[str, Cluster]:
    """Those of the built-in catalogue, by id."""
    return {cluster.id: offering(cluster) for cluster in build.build(corpus.builtin().tools, embedder())}


def _choose(service: str, seed: int) -> Cluster:
    """By id, else one of the clusters whose service has these words in its name."""
    by_id, wanted = _clusters(), service.strip().lower()
    named = [cluster for cluster in by_id.values() if wanted in cluster.tools[0].service.lower()]
    matches = [by_id[wanted]] if wanted in by_id else named
    if not wanted or not matches:
        services = sorted({cluster.tools[0].service for cluster in by_id.values()})
        raise UsageError(f"service {service!r} is not a cluster or one of {', '.join(services)}")
    return random.Random(f"cluster:{seed}").choice(matches)


def _directive(cluster: Cluster, seed: int, mode: str) -> Directive:
    """The mode drawn among those that the cluster carries unless given; the number of steps always drawn."""
    rng, modes = random.Random(f"directive:{seed}"), sorted(carried(cluster))
    if mode and mode not in modes:
        raise UsageError(f"mode {mode!r} cannot be carried by {cluster.title!r}; one of {', '.join(modes)}")
    meant = Mode(mode or rng.choice(modes))
    steps = rng.choice(bands(meant))
    return Directive(slot=0, cluster=cluster.id, leaf=cluster.leaf, mode=meant, steps=steps)


class _Code:
    """The Code Tool with a sandbox for each call: the cells before it are run again, so that a fork has its own."""

    origin = Origin.CODE

    async def call(self, tool: Tool, arguments: dict[str, Any], before: Sequence[Call]) -> Observed:
        async with aclosing(await find()) as sandboxes, open_code_tool(sandboxes) as code:
            return await code.call(tool, arguments, before)


def supplied(node: Node) -> Callable[[State], Awaitable[State]]:
    """The node with a Context made from its state, for Studio cannot give one; same state, same seeds."""

    async def with_context(state: State) -> State:
        hands = await asyncio.to_thread(teachers, state.get("teacher") or "offline")
        seed, calls = state.get("seed", 0), itertools.count(len(state.get("messages", [])) << 8)

        async def ask(role: Role, messages: list[Message], **options: Any) -> Answer:
            drawn = seed_of(seed, state["directive"]["slot"], next(calls))
            return await hands.answer(Request(role=role, messages=messages, seed=drawn, **options))

        try:
            return await node(state, Runtime(context=Context(ask=ask, runners={SERVICE: _Code()})))
        finally:
            await hands.aclose()

    return with_context


graph = (
    wire(StateGraph(State, input_schema=Input), wrap=supplied)
    .add_node("begin", begin)
    .add_edge(START, "begin")
    .add_edge("begin", "blueprint")
    .compile(name="trajectory")
    .with_config({"recursion_limit": RECURSION_LIMIT})
)
"""What langgraph.json names."""


Record = tuple[list[Answer], Runners]
"""A slot's answers, and runners that repeat what was executed."""


def read(run: Path, slot: int) -> tuple[State, Played, Record]:
    """A finished slot's first state, how it was played and its record. Raises UsageError where these are missing."""
    try:
        config = orjson.loads((run / "manifest.json").read_bytes())["config"]
        with closing(sqlite3.connect(f"{(run / 'journal.sqlite').resolve().as_uri()}?mode=ro", uri=True)) as journal:
            finished = journal.execute("select played from finished where slot = ?", (slot,)).fetchone()
            rows = journal.execute("select answer from answers where slot = ? order by call", (slot,)).fetchall()
            query = "select service, origin, observed from executed where slot = ? order by call"
            executed = journal.execute(query, (slot,)).fetchall()
    except (OSError, sqlite3.OperationalError) as error:
        raise UsageError(f"{run} is not a run that can be read ({error}); give the folder that --out named") from None
    if finished is None:
        raise UsageError(f"{run}: slot {slot} is not finished; choose one of trajectories.jsonl or rejected.jsonl")
    past = Played.model_validate_json(finished[0])
    directive = past.trajectory.directive
    clusters = file.read(Path(config["clusters"] or run / file.CLUSTERS))
    cluster = next((cluster for cluster in clusters if cluster.id == directive.cluster), None)
    if cluster is None:
        raise UsageError(f"{run}: cluster {directive.cluster} is not in its file of clusters; that has changed since")
    if RUN_PYTHON.key in past.trajectory.cluster["tools"].values():
        cluster = offering(cluster)
    inputs: State = {"service": cluster.id, "seed": config["seed"], "teacher": config["teacher"]}
    seen = (Observed.model_validate_json(observed) for _, _, observed in executed)
    runners = {service: Replay(Origin(origin), seen) for service, origin, _ in executed}
    answers = [Answer.model_validate_json(row[0]) for row in rows]
    return {**inputs, **_start(cluster, directive)}, past, (answers, runners)


async def turns(start: State, past: Played, record: Record) -> list[tuple[str, State]]:
    """Each node's update, in order. Raises UsageError where this version plays the same answers in another way."""
    steps: list[tuple[str, State]] = [("begin", start)]
    config: RunnableConfig = {"recursion_limit": RECURSION_LIMIT}
    try:
        replaying = _replay_context(past, *record)
        async for update in PLAYER.astream(start, config, context=replaying, stream_mode="updates"):
            steps += update.items()
    except TeacherError as error:  # only `blueprint` lets it pass
        steps.append(("blueprint", {"stop": Stop.TEACHER_ERROR, "reason": str(error)}))
    end = dict(ChainMap(*(dict(values) for _, values in reversed(steps))))
    if played(end, past.trajectory.directive, Cluster.model_validate(start["cluster"])) != past:
        raise UsageError("this version plays the slot in another way; use the one that the run's manifest.json names")
    return steps


def _replay_context(past: Played, answers: list[Answer], runners: Runners) -> Context:
    """The answers in their order, and a Global Memory that lets pass the blueprint that it let pass at the time."""
    left = iter(answers)

    async def ask(role: Role, messages: list[Message], **options: Any) -> Answer:
        for answer in left:
            return answer
        raise TeacherError(past.reason)  # a request that failed has no answer

    async def gate(drawn: Blueprint) -> Sequence[Near]:
        return () if drawn == past.trajectory.blueprint else [Neighbour(0, 0.0, "refused at the time")]

    return Context(ask=ask, gate=gate, runners=runners)


async def open_slot(run: Path, slot: int, url: str = URL) -> str:
    """The id of a new thread that holds the slot. Raises UsageError where no server listens."""
    steps = await turns(*await asyncio.to_thread(read, run, slot))
    supersteps: list[dict[str, Any]] = [{"updates": [{"values": values, "as_node": node}]} for node, values in steps]
    try:
        async with get_client(url=url) as client:
            named = {"run": run.name, "slot": slot}
            thread = await client.threads.create(graph_id="trajectory", metadata=named, supersteps=supersteps)
    except httpx.HTTPError:
        raise UsageError(f"no LangGraph server at {url}; start it in the repository: langgraph dev") from None
    return str(thread["thread_id"])


def main(arguments: list[str] | None = None) -> None:
    """Print where the slot can be seen."""
    logging.basicConfig(level=logging.WARNING)
    parser = argparse.ArgumentParser(prog="python -m graphs.studio", description="Open a slot of a run in Studio.")
    parser.add_argument("run", type=Path, help="the run's folder")
    parser.add_argument("slot", type=int, help="as in trajectories.jsonl or rejected.jsonl")
    parser.add_argument("--url", default=URL, help="where `langgraph dev` listens")
    options = parser.parse_args(arguments)
    try:
        thread = asyncio.run(open_slot(options.run, options.slot, options.url))
    except UsageError as error:
        print(f"error: {error}", file=sys.stderr)
        raise SystemExit(2) from None
    print(f"thread {thread}", f"{STUDIO}?baseUrl={quote(options.url, safe='')}&thread={thread}", sep="\n")


if __name__ == "__main__":
    main()
