"""How far a text lies from what the Global Memory holds, and the texts it is asked with [ours].

Asked twice: with the blueprint before the conversation is paid for, and with the finished trajectory.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from agents.schema import Blueprint, Cluster
from memory.measure.acts import Row
from memory.measure.diversity import DUPLICATE
from memory.measure.foresight import foresee
from memory.store.trajectories import Neighbour

K = 5
"""Neighbours that count."""


def novelty(neighbours: Sequence[Neighbour]) -> float:
    """Mean cosine distance of the five nearest, rounded to 1e-6; 1.0 while there is nothing to be near to.

    >>> novelty([Neighbour(0, 0.25, ""), Neighbour(3, 0.5, "")])
    0.375
    """
    if not neighbours:
        return 1.0
    nearest = sorted(neighbour.distance for neighbour in neighbours)[:K]
    return round(sum(nearest) / len(nearest), 6)


def nearest_distance(neighbours: Sequence[Neighbour]) -> float:
    """How far the nearest is; 1.0 while there is none."""
    return min((neighbour.distance for neighbour in neighbours), default=1.0)


@dataclass(frozen=True)
class Aim:
    """How near to what there is a row may be [ours].

    A row is a copy if it lies nearer than `distance` to one that was accepted before; at most `share` of all accepted
    rows may be copies. A mean over neighbours would let the first five copies of anything pass, and a bound on it
    refuses the more the larger a corpus grows, whether rows repeat each other or not.
    """

    distance: float = round(1 - DUPLICATE, 6)
    """0 refuses nothing."""
    share: float = 0.01

    def is_copy(self, neighbours: Sequence[Neighbour]) -> bool:
        return nearest_distance(neighbours) < self.distance

    def allows_copy(self, copies: int, accepted: int) -> bool:
        """Whether one more copy, paid for already, keeps the share of so many of so many accepted rows.

        >>> Aim(share=0.01).allows_copy(0, 98), Aim(share=0.01).allows_copy(0, 99), Aim(share=0.01).allows_copy(1, 99)
        (False, True, False)
        """
        return copies + 1 <= self.share * (accepted + 1)


def blueprint_text(blueprint: Blueprint, cluster: Cluster) -> str:
    """What the first gate embeds: what the memory will embed of the trajectory if it goes as planned."""
    foreseen = foresee(blueprint, cluster)
    return _text(blueprint.goal, foreseen.tools, foreseen.signature)


def trajectory_text(row: Row, signature: str) -> str:
    """What the memory keeps: the goal, the tools called in order, the mode signature."""
    goal = (row.get("blueprint") or {}).get("goal", "")
    calls = (call for message in row.get("messages", ()) for call in message.get("tool_calls") or ())
    return _text(goal, (call["function"]["name"] for call in calls), signature)


def _text(goal: str, tools: Iterable[str], mode: str) -> str:
    return f"{goal}\n{', '.join(tools) or 'no tool'}\n{mode}"
