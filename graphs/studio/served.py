"""The graphs that `langgraph dev` serves, and what a person fills in for them in Studio.

    langgraph dev        from the repository's root; needs the `studio` extra

`trajectory` is the graph that campaigns play; `apigen_mt` and `toucan` are those of the baselines. Tools are the
built-in catalogue's, or those of the files and folders that the variable TDS_TOOLS names, as PATH names programs.
"""

import asyncio
import itertools
import os
import random
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import aclosing
from functools import cache
from pathlib import Path
from typing import Any, Literal
from zoneinfo import ZoneInfo

from langgraph.graph import START, StateGraph
from langgraph.graph.state import CompiledStateGraph
from langgraph.runtime import Runtime
from pydantic import Field

from agents.errors import UsageError
from agents.plan import values
from agents.plan.code_tool import SERVICE, offering
from agents.plan.dataflow import find_modes
from agents.plan.values.language import vocabulary
from agents.plan.values.reading import zones
from agents.sandbox import Limits as CodeLimits
from agents.sandbox import find
from agents.sandbox.tool import open_code_tool
from agents.schema import Cluster, Directive, JsonObject, Mode, Noun, Observed, Origin, Role, Tool
from agents.teacher import params
from agents.teacher.teachers import Answer, Message, Request, Teachers
from graphs.campaign.config import Cast
from graphs.campaign.record.journal import seed_of
from graphs.strategies import apigen_mt, toucan
from graphs.trajectory.graph import RECURSION_LIMIT, Node, Roles, wire
from graphs.trajectory.state import Call, Context, Limits, Runners, State
from memory.choice import bands
from memory.clusters import build
from memory.corpus import corpus
from memory.embed.embedder import embedder


class Mistake(ValueError):
    """A UsageError as the server tells it: of most other exceptions it shows no text."""


class Start(Noun):
    """What to play."""

    service: str
    """Part of the name of a service, such as `helpdesk`, or the id of a cluster."""
    seed: int = 0
    """Another seed, another trajectory."""
    mode: Mode | None = None
    """The reasoning mode; none: one that the tools can carry is drawn."""
    teacher: str = ""
    """provider:model[@base_url] for every role, instead of the settings' one."""


class Settings(Cast):
    """Who plays, and within which limits. A fork goes on with those that its thread began with, unless given anew."""

    sandbox: Literal["auto", "namespaces", "landlock", "e2b", "off"] = "auto"
    """Where the Code Tool runs code; off: nowhere."""
    code_time_s: float = Field(default=10, gt=0)
    """Seconds that one call of the Code Tool may take."""
    draws: int = Field(default=4, ge=1, le=20)
    """Blueprints that may be drawn."""
    messages: int = Field(default=48, ge=4, le=400)
    """Messages after which a conversation is stopped."""


async def begin(state: Start, runtime: Runtime[Settings]) -> State:
    """The cluster and the directive that a person's few words mean. Raises: Mistake: they mean none."""
    settings = _settings({}, runtime.context)
    if state.teacher:
        settings = settings.model_copy(update={"teacher": state.teacher})
    try:
        return await asyncio.to_thread(_begin, state, settings)
    except UsageError as error:
        raise Mistake(str(error)) from None


def _begin(state: Start, settings: Settings) -> State:
    clusters = (
        {id: offering(cluster) for id, cluster in _clusters().items()} if settings.sandbox != "off" else _clusters()
    )
    cluster = _choose(clusters, state)
    _connect(settings)  # a wrong name is told before anything is drawn
    # the mode is drawn among those that the cluster carries unless it is given, the number of steps always
    rng = random.Random(f"directive:{state.seed}")
    mode = state.mode or Mode(rng.choice(sorted(find_modes(cluster))))
    directive = Directive(slot=0, cluster=cluster.id, leaf=cluster.leaf, mode=mode, steps=rng.choice(bands(mode)))
    return start_state(cluster, directive, settings)


def start_state(cluster: Cluster, directive: Directive, settings: Settings) -> State:
    """The state that the roles begin with."""
    return {
        "cluster": cluster.model_dump(mode="json"),
        "directive": directive.model_dump(mode="json"),
        "settings": settings.model_dump(mode="json"),
    }


@cache
def _clusters() -> dict[str, Cluster]:
    """Those of TDS_TOOLS, else of the built-in catalogue, by id."""
    paths = [Path(path) for path in os.environ.get("TDS_TOOLS", "").split(os.pathsep) if path]
    tools = corpus.load(paths, "TDS_TOOLS") if paths else corpus.builtin()
    return {cluster.id: cluster for cluster in build.build(tools.tools, embedder())}


def _choose(by_id: Mapping[str, Cluster], start: Start) -> Cluster:
    """By id, else one of the clusters whose service has these words in its name and whose tools carry the mode."""
    wanted = start.service.strip().lower()
    named = [cluster for cluster in by_id.values() if wanted in cluster.tools[0].service.lower()]
    matches = [by_id[wanted]] if wanted in by_id else named
    if not wanted or not matches:
        services = sorted({cluster.tools[0].service for cluster in by_id.values()})
        raise UsageError(f"service {start.service!r} is not a cluster or one of {', '.join(services)}")
    able = [cluster for cluster in matches if not start.mode or start.mode in find_modes(cluster)]
    if not able:
        modes = sorted({mode.value for cluster in matches for mode in find_modes(cluster)})
        raise UsageError(f"mode {start.mode} cannot be carried by {start.service!r}; one of {', '.join(modes)}")
    return random.Random(f"cluster:{start.seed}").choice(able)


class _Code:
    """The Code Tool with a sandbox for each call: the cells before it are run again, so that a fork has its own."""

    origin = Origin.CODE

    def __init__(self, settings: Settings) -> None:
        self._settings = settings

    async def call(self, tool: Tool, arguments: JsonObject, before: Sequence[Call]) -> Observed:
        limits = CodeLimits(time_s=self._settings.code_time_s)
        async with (
            aclosing(await find(self._settings.sandbox, limits)) as sandboxes,
            open_code_tool(sandboxes) as code,
        ):
            return await code.call(tool, arguments, before)


def _settings(kept: JsonObject, given: Settings | None) -> Settings:
    """The thread's own settings, and over them what this run was given."""
    return Settings.model_validate({**kept, **(given.model_dump(exclude_unset=True) if given else {})})


def supply(node: Node) -> Callable[[State, Runtime[Settings]], Awaitable[State]]:
    """The node with a Context made from its state and settings; same state, same seeds."""

    async def with_context(state: State, runtime: Runtime[Settings]) -> State:
        settings = _settings(state.get("settings") or {}, runtime.context)
        try:
            teachers = await asyncio.to_thread(_connect, settings)  # it reads certificates
            try:
                return await node(state, Runtime(context=_context(state, settings, teachers)))
            finally:
                await teachers.aclose()
        except UsageError as error:
            raise Mistake(str(error)) from None

    return with_context


@cache
def _read_tables() -> None:
    """What the checks read of files when they first need it: words of languages, dates, times and their zones."""
    for table in (vocabulary.languages_of, vocabulary.months, vocabulary.weekdays, vocabulary.names_by_code):
        table()
    for zone in {*zones.zones_by_name().values(), *zones.zones_by_city().values()}:
        if isinstance(zone, str):
            ZoneInfo(zone)
    values.says("On Monday, 4 May 2026, at half past two, twelve of them cost 3.50 EUR, or a quarter.", "2026-05-04")


def _connect(settings: Settings) -> Teachers:
    _read_tables()
    return Teachers(settings.teachers, params=params.read(settings.param))


def _context(state: State, settings: Settings, teachers: Teachers) -> Context:
    calls = itertools.count(len(state.get("messages", [])) << 8)

    async def ask(role: Role, messages: list[Message], **options: Any) -> Answer:
        seed = seed_of(state.get("seed", 0), state["directive"]["slot"], next(calls))
        return await teachers.answer(Request(role=role, messages=messages, seed=seed, **options))

    runners: Runners = {} if settings.sandbox == "off" else {SERVICE: _Code(settings)}
    return Context(ask=ask, runners=runners, limits=Limits(draws=settings.draws, messages=settings.messages))


def serve(name: str, roles: Roles) -> CompiledStateGraph[State, Settings, Start, State]:
    """A strategy's graph, which begins with a person's few words."""
    graph = StateGraph(State, context_schema=Settings, input_schema=Start)
    wire(graph, roles, wrap=supply)
    graph.add_node("begin", begin).add_edge(START, "begin").add_edge("begin", "blueprint")
    return graph.compile(name=name).with_config({"recursion_limit": RECURSION_LIMIT})


trajectory_graph = serve("trajectory", Roles())
apigen_mt_graph = serve("apigen_mt", apigen_mt.ROLES)
toucan_graph = serve("toucan", toucan.ROLES)
"""What langgraph.json names."""
