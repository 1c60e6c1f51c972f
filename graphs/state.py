"""What flows through the graph of one trajectory: plain JSON, for any checkpointer to keep and a person to edit."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import (
    Any,
    NotRequired,  # langgraph reads typing's own only from Python 3.12 on
    Protocol,
)

from typing_extensions import TypedDict

from agents.schema import Blueprint
from agents.teachers import Ask, Message


class Near(Protocol):
    """A remembered trajectory that a blueprint is too close to."""

    @property
    def summary(self) -> str: ...


Gate = Callable[[Blueprint], Awaitable[Sequence[Near]]]
"""The Global Memory's word on a blueprint: nothing where it is novel enough, else the neighbours."""


async def open_gate(blueprint: Blueprint) -> Sequence[Near]:
    """A gate without a memory: everything is new."""
    return ()


@dataclass(frozen=True)
class Limits:
    draws: int = 4
    """Blueprints per slot: one and three more."""
    messages: int = 48
    """Messages after which a conversation is stopped."""


@dataclass(frozen=True)
class Context:
    """Run-wide things of a trajectory; the graph never stores them."""

    ask: Ask
    gate: Gate = open_gate
    limits: Limits = Limits()


class Input(TypedDict):
    """What a person fills in by hand in Studio."""

    service: str
    """Part of the name of a service of the built-in catalogue, or a cluster's id."""
    seed: NotRequired[int]
    mode: NotRequired[str]
    teacher: NotRequired[str]


class State(TypedDict):
    service: NotRequired[str]
    seed: NotRequired[int]
    mode: NotRequired[str]
    teacher: NotRequired[str]
    cluster: NotRequired[dict[str, Any]]
    directive: NotRequired[dict[str, Any]]
    blueprint: NotRequired[dict[str, Any] | None]
    draws: NotRequired[int]
    messages: NotRequired[list[Message]]
    """The whole conversation; a node returns the whole list, so a fork may replace it."""
    pending: NotRequired[list[dict[str, Any]]]
    """Calls that passed the guard and wait for an observation, with the last violation if one broke its lock."""
    drafts: NotRequired[list[dict[str, Any]]]
    """Observations that have not passed the guard yet, by position in `pending`."""
    locks: NotRequired[dict[str, Any]]
    ledger: NotRequired[dict[str, Any]]
    origins: NotRequired[dict[str, Any]]
    history: NotRequired[list[list[str]]]
    """Calls and observations as the ObservationAgent reads them."""
    failed: NotRequired[list[str]]
    """Steps whose planned failure has happened."""
    refused: NotRequired[int]
    """Calls that the guard refused."""
    regenerated: NotRequired[int]
    """Times in a row that an observation was sent back."""
    stop: NotRequired[str]
    reason: NotRequired[str]
    faults: NotRequired[list[str]]
    verdict: NotRequired[dict[str, Any] | None]
