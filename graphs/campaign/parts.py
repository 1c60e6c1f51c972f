"""What a campaign is made of, and how far it is."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from agents.errors import UsageError
from agents.schema import Cluster, Directive
from agents.teacher.teachers import Teachers
from graphs.campaign.record.journal import Journal
from graphs.campaign.record.output import Files
from graphs.campaign.spending.budget import Budget
from graphs.trajectory.state import Play, Search, Service, nothing_near
from memory.measure.modes import Measures
from memory.store.novelty import Aim
from memory.store.trajectories import Memory, Neighbour


class Steering(Protocol):
    """Adaptive evolution. It must see no outcome after slot - window, and it keeps that itself."""

    def draw(self, slot: int) -> Directive:
        """The slot's directive; asked once for each slot, in order."""

    def advance(self, slot: int, measures: Measures | None, used_up: bool = False, refused: bool = False) -> None:
        """The slot's outcome, in order; no measures where it was rejected.

        `used_up` where its cluster has no more for its mode, `refused` where it has nothing to offer this teacher.
        """


@dataclass(frozen=True)
class Settings:
    """What decides a run's bytes, and `concurrency`, which does not."""

    count: int
    seed: int = 0
    window: int = 64
    concurrency: int = 16
    aim: Aim = field(default_factory=Aim)
    """How near to each other rows may be."""
    stop_when_saturated: bool = False
    accepted: int | None = None
    """The accepted row that ends the run, where it comes before the last slot; None: every slot is played."""

    def __post_init__(self) -> None:
        if self.concurrency > self.window:
            raise UsageError(f"--concurrency {self.concurrency} is above --window {self.window}; lower it")

    def slots_left(self, committed: int, accepted: int) -> int:
        """So many slots are needed at least to complete the run; 0 where it is complete.

        >>> Settings(40, accepted=10).slots_left(committed=12, accepted=7), Settings(40).slots_left(12, 7)
        (3, 28)
        """
        rows = self.count if self.accepted is None else self.accepted - accepted
        return max(0, min(self.count - committed, rows))


@dataclass(frozen=True)
class Parts:
    """What a campaign is made of."""

    play: Play
    teachers: Teachers
    clusters: Mapping[str, Cluster]
    steering: Steering
    memory: Memory
    journal: Journal
    files: Files
    budget: Budget = field(default_factory=Budget)
    services: Mapping[str, Service] = field(default_factory=dict)
    """Those whose tools are executed; the others are simulated."""
    earlier: Callable[[Sequence[str]], list[Neighbour]] | None = None
    """Rows that were there before the run and are nearest to any of some texts; None where there were none."""
    search: Search = nothing_near
    """Tools of other services, for refusals."""


@dataclass(frozen=True)
class Progress:
    """How far a run is, told after every commit."""

    count: int
    done: int = 0
    accepted: int = 0
    reasons: Counter[str] = field(default_factory=Counter)
    tokens: int = 0
    wanted: int | None = None
    """Accepted rows that end the run before its last slot."""

    @property
    def share(self) -> float:
        """How much of the run is done, by slots or by accepted rows, whichever is nearer to its end."""
        return max(self.done / self.count, self.accepted / self.wanted if self.wanted else 0.0)
