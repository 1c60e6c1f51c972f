"""What flows through the graph of one trajectory: plain JSON, for any checkpointer to keep and a person to edit."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from typing import (
    NotRequired,  # langgraph reads typing's own only from Python 3.12 on
    Protocol,
    TypeVar,
)

from typing_extensions import TypedDict

from agents.errors import FormatError, TeacherError, ToolsRefusedError
from agents.memo import MESSAGES, remembered
from agents.schema import (
    Blueprint,
    Cluster,
    Directive,
    JsonObject,
    Noun,
    Observation,
    Observed,
    Origin,
    Played,
    Stop,
    Tool,
)
from agents.teacher.request import Ask, Message

NounT = TypeVar("NounT", bound=Noun)


class Near(Protocol):
    """A remembered trajectory that a blueprint is too close to."""

    @property
    def summary(self) -> str: ...


Gate = Callable[[Blueprint], Awaitable[Sequence[Near]]]
"""The Global Memory's word on a blueprint: nothing where it is novel enough, else the neighbours."""


Search = Callable[..., Awaitable[Sequence[Tool]]]
"""The catalogue's word on a cluster: tools of other services that are about like things."""


async def nothing_near(cluster: Cluster, slot: int = 0) -> Sequence[Tool]:
    """A search without a catalogue."""
    return ()


async def open_gate(blueprint: Blueprint) -> Sequence[Near]:
    """A gate without a memory: everything is new."""
    return ()


Call = tuple[Tool, JsonObject]
"""A tool and the arguments that it was called with."""


class Runner(Protocol):
    """Executes the tools of a service for one trajectory; without one they are simulated."""

    @property
    def origin(self) -> Origin: ...

    async def call(self, tool: Tool, arguments: JsonObject, before: Sequence[Call]) -> Observed:
        """What the tool really returned; its failure is an observation too.

        `before` are the service's calls that this trajectory has executed: a runner that keeps state between calls and
        has lost it, or never had it because the journal answered, makes them again first; others take no notice.
        Raises: UsageError: nothing can be executed any more, so that every slot would suffer.
        """


Runners = Mapping[str, Runner]
"""By service."""


Service = Callable[[], AbstractAsyncContextManager[Runner]]
"""Opens a runner for one trajectory. Opening is cheap: what costs time waits for the first call."""


@dataclass(frozen=True)
class Limits:
    draws: int = 4
    """Blueprints per slot: one and three more."""
    messages: int = 48
    """Messages after which a conversation is stopped."""
    early: bool = True
    """A fault is shown at once to the role that made it; without, it is found at the end."""


@dataclass(frozen=True)
class Context:
    """All that a slot is played with: what its play may ask of the run. The graph never stores it."""

    ask: Ask
    gate: Gate = open_gate
    runners: Runners = field(default_factory=dict)
    limits: Limits = Limits()
    search: Search = nothing_near


Play = Callable[[Directive, Cluster, Context], Awaitable[Played]]
"""A slot from its directive to its end. All that it needs of the run it asks its context for, one thing at a time."""


class Guard(TypedDict):
    """What the guard remembers from call to call; one channel, for a superstep's cost grows with their number."""

    ledger: JsonObject
    history: list[list[str]]
    """Calls and observations as the ObservationAgent reads them."""
    failed: list[str]
    """Steps whose planned failure has happened."""
    refused: int
    """Calls that the guard refused."""
    objections: list[str]
    """Faults of the assistant's that it was shown and insisted on, which are the judge's to decide, and facts that the
    user was asked for, which are asked for once."""


class State(TypedDict):
    service: NotRequired[str]
    seed: NotRequired[int]
    settings: NotRequired[JsonObject]
    """What Studio's form said when the thread began."""
    cluster: NotRequired[JsonObject]
    directive: NotRequired[JsonObject]
    blueprint: NotRequired[JsonObject | None]
    draws: NotRequired[int]
    messages: NotRequired[list[Message]]
    """The whole conversation; a node returns the whole list, so a fork may replace it."""
    locks: NotRequired[JsonObject]
    origins: NotRequired[JsonObject]
    guard: NotRequired[Guard]
    stop: NotRequired[str]
    reason: NotRequired[str]
    faults: NotRequired[list[str]]
    verdict: NotRequired[JsonObject | None]


def blueprint_of(state: State) -> Blueprint:
    return _blueprint(state["blueprint"])


def cluster_of(state: State) -> Cluster:
    return _cluster(state["cluster"])


_blueprint = remembered(Blueprint.model_validate)
_cluster = remembered(Cluster.model_validate)
_directive = remembered(Directive.model_validate)
_observation = remembered(Observation.model_validate, size=MESSAGES)


def _dump(noun: NounT, read: remembered[JsonObject, NounT]) -> JsonObject:
    """A noun as states hold it. Read back it is this very noun: to validate it takes longer than to look it up."""
    fields = noun.model_dump(mode="json")
    read.keep(fields, noun)
    return fields


@remembered
def dump_cluster(cluster: Cluster) -> JsonObject:
    return _dump(cluster, _cluster)


def dump_directive(directive: Directive) -> JsonObject:
    return _dump(directive, _directive)


def dump_blueprint(blueprint: Blueprint) -> JsonObject:
    return _dump(blueprint, _blueprint)


def dump_observation(observation: Observation) -> JsonObject:
    return _dump(observation, _observation)


def directive_of(state: State) -> Directive:
    return _directive(state["directive"])


def origins_of(state: State) -> dict[str, Observation]:
    return {call: _observation(origin) for call, origin in state["origins"].items()}


def stop_for(error: FormatError | TeacherError) -> State:
    kind = Stop.FORMAT_ERROR if isinstance(error, FormatError) else Stop.TEACHER_ERROR
    # last, for it is a TeacherError too
    kind = Stop.TOOLS_REFUSED if isinstance(error, ToolsRefusedError) else kind
    return {"stop": kind, "reason": str(error)}
