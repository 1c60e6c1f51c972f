"""A finished or rejected slot of a run as a thread of the server: turn by turn, to edit, fork and go on from.

    python -m graphs.studio RUN SLOT

The slot is not copied but played again with the answers that its journal holds, so that each checkpoint of the thread
is whole. No teacher is asked before the thread is forked; then the run's teachers play their roles.
"""

import asyncio
import sqlite3
from collections import ChainMap
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from typing import Any, NamedTuple, cast

import httpx
import orjson
from langchain_core.runnables import RunnableConfig
from langgraph_sdk import get_client

from agents.errors import TeacherError, UsageError
from agents.plan.code_tool import RUN_PYTHON
from agents.schema import Blueprint, Cluster, JsonObject, Observed, Origin, Played, Role, Stop
from agents.teacher.teachers import Answer, Message
from graphs.campaign.record.recorded_calls import Replay
from graphs.report.requests import open_journal
from graphs.strategies import apigen_mt, toucan
from graphs.studio.served import Settings, start_state
from graphs.trajectory.graph import RECURSION_LIMIT, compile_graph, to_played
from graphs.trajectory.state import Context, Near, Runners, State
from memory.clusters import file
from memory.store.trajectories import Neighbour

TIMEOUT_S = 60.0
"""For an answer of the server, which keeps a slot's checkpoints; the client's own is five minutes."""
GRAPHS = {"tdscaling": "trajectory", "random": "trajectory", "apigen-mt": "apigen_mt", "toucan": "toucan"}
"""Strategy -> the served graph that plays it; simia asks once and has none."""
COMPILED_GRAPHS = {
    "trajectory": compile_graph(),
    "apigen_mt": compile_graph(apigen_mt.ROLES),
    "toucan": compile_graph(toucan.ROLES),
}


class Record(NamedTuple):
    """What a journal holds of a slot."""

    graph: str
    """The name of the graph that plays it; empty where there is none."""
    answers: list[Answer]
    runners: Runners
    """They repeat what was executed."""


def read(run: Path, slot: int) -> tuple[State, Played, Record]:
    """A finished slot's first state, how it was played and its record. Raises UsageError where these are missing."""
    try:
        config = orjson.loads((run / "manifest.json").read_bytes())["config"]
        with closing(open_journal(run)) as journal:
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
    cluster = _find_cluster(clusters, past.trajectory.cluster)
    if cluster is None:
        raise UsageError(f"{run}: cluster {directive.cluster} is not in its file of clusters; that has changed since")
    settings = Settings.model_validate({name: config[name] for name in Settings.model_fields if name in config})
    start: State = {"service": cluster.id, "seed": config["seed"], **start_state(cluster, directive, settings)}
    seen = (Observed.model_validate_json(observed) for _, _, observed in executed)
    runners = {service: Replay(Origin(origin), seen) for service, origin, _ in executed}
    answers = [Answer.model_validate_json(row[0]) for row in rows]
    return start, past, Record(str(GRAPHS.get(config["strategy"], "")), answers, runners)


def _find_cluster(clusters: Sequence[Cluster], played: JsonObject) -> Cluster | None:
    """The cluster that a slot was played with. One of several servers is in no file, but its tools are."""
    tools = {tool.key: tool for cluster in clusters for tool in cluster.tools} | {RUN_PYTHON.key: RUN_PYTHON}
    if not tools.keys() >= set(played["tools"].values()):
        return None
    kept = tuple(tools[key] for key in played["tools"].values())
    return Cluster(id=played["id"], leaf=played["leaf"], title=played["title"], tools=kept)


async def turns(
    start: State, past: Played, record: Record, asked: list[list[Message]] | None = None
) -> list[tuple[str, State]]:
    """Each node's update, in order; `asked` collects the prompts, if it is there.

    Raises: UsageError: this version plays the same answers in another way.
    """
    if record.graph not in COMPILED_GRAPHS:
        raise UsageError("a slot of the strategy simia is one question, which no graph plays")
    steps: list[tuple[str, State]] = [("begin", start)]
    config: RunnableConfig = {"recursion_limit": RECURSION_LIMIT}
    try:
        replaying = _replay_context(past, record, [] if asked is None else asked)
        async for update in COMPILED_GRAPHS[record.graph].astream(
            start, config, context=replaying, stream_mode="updates"
        ):
            steps += update.items()
    except TeacherError as error:  # only `blueprint` lets it pass
        steps.append(("blueprint", {"stop": Stop.TEACHER_ERROR, "reason": str(error)}))
    end = cast(State, dict(ChainMap(*(dict(values) for _, values in reversed(steps)))))
    if to_played(end, past.trajectory.directive, Cluster.model_validate(start["cluster"])) != past:
        raise UsageError("this version plays the slot in another way; use the one that the run's manifest.json names")
    return steps


def _replay_context(past: Played, record: Record, asked: list[list[Message]]) -> Context:
    """The answers in their order, and a Global Memory that lets pass the blueprint that it let pass at the time."""
    left = iter(record.answers)

    async def ask(role: Role, messages: list[Message], **options: Any) -> Answer:
        asked.append([*messages])
        for answer in left:
            return answer
        raise TeacherError(past.reason)  # a request that failed has no answer

    async def gate(drawn: Blueprint) -> Sequence[Near]:
        return () if drawn == past.trajectory.blueprint else [Neighbour(0, 0.0, "refused at the time")]

    return Context(ask=ask, gate=gate, runners=record.runners)


async def open_slot(run: Path, slot: int, url: str) -> str:
    """The id of a new thread that holds the slot. Raises UsageError where no server listens."""
    start, past, record = await asyncio.to_thread(read, run, slot)
    steps = await turns(start, past, record)
    supersteps: list[JsonObject] = [{"updates": [{"values": values, "as_node": node}]} for node, values in steps]
    try:
        async with get_client(url=url, timeout=TIMEOUT_S) as client:
            named = {"run": run.name, "slot": slot}
            thread = await client.threads.create(graph_id=record.graph, metadata=named, supersteps=supersteps)
    except httpx.HTTPError:
        raise UsageError(f"no LangGraph server at {url}; start it in the repository: langgraph dev") from None
    return str(thread["thread_id"])
