"""What a slot should become: its mode, its operator, its complexity band."""

import hashlib
from datetime import date, timedelta
from enum import StrEnum
from functools import lru_cache

from pydantic import Field

from agents.schema.base import Noun


class Mode(StrEnum):
    """Coarse reasoning modes [ours]: the shape that a trajectory's actions take."""

    LINEAR = "linear"
    CHAINED = "chained"
    PARALLEL = "parallel"
    BRANCHING = "branching"
    ITERATIVE = "iterative"
    RECOVERY = "recovery"
    CLARIFICATION = "clarification"
    COMPUTATION = "computation"
    REFUSAL = "refusal"


class Operator(StrEnum):
    """How adaptive evolution [ours] makes a slot differ from what there is."""

    FRESH = "fresh"
    """Anything of the mode."""
    DEEPEN = "deepen"
    """More calls feed each other than in the parent."""
    BROADEN = "broaden"
    """More services are called than in the parent."""
    CONSTRAIN = "constrain"
    """A policy holds: look before anything is changed."""
    PERTURB = "perturb"
    """A tool fails once."""
    UNDERSPECIFY = "underspecify"
    """The user must be asked."""
    COMPUTE = "compute"
    """The Code Tool is needed."""
    REFUSE = "refuse"
    """No tool fits."""


class Parent(Noun):
    """An earlier slot of the same leaf that a directive goes beyond."""

    slot: int
    chain: int
    """Calls that feed each other one after the other: as measured, or as its directive asked while it is still out."""
    services: int
    """Services called, at least 1."""


class Directive(Noun):
    """What the next slot should become: drawn before its blueprint, from what is still missing."""

    slot: int
    cluster: str
    """The id of the Business Cluster to use."""
    leaf: str
    mode: Mode
    steps: int = Field(ge=0, le=12)
    """About how many tool calls the plan should have: the complexity band."""
    operator: Operator = Operator.FRESH
    parent: Parent | None = None
    """What `deepen` and `broaden` are measured against; none for the others."""
    tools: tuple[str, ...] = ()
    """Offered names of the tools that the fewest rows call: the plan should call these where it can."""
    exists: tuple[str, ...] = ()
    """Plans of this cluster that are accepted, or planned in slots before this one: not to be repeated."""
    gains: dict[str, float] = {}
    """What the choice adds to evolution's coverage, by kind of unit."""

    @property
    def today(self) -> date:
        """The day on which the slot plays [ours]: drawn from what the directive says, never from a clock."""
        return draw_day(f"{self.slot} {self.cluster} {self.mode} {self.steps}")


@lru_cache(maxsize=4096)  # each turn of a slot asks for its day
def draw_day(seed: str) -> date:
    """A day of 2026."""
    # no leap year, so 365 days are all of it
    return date(2026, 1, 1) + timedelta(days=int.from_bytes(hashlib.sha256(seed.encode()).digest()[:4]) % 365)
