"""How far a text lies from what the Global Memory holds, and the texts it is asked with [ours].

Asked twice: with the blueprint before the conversation is paid for, and with the finished trajectory.
"""

from collections.abc import Iterable, Sequence

from agents.schema import Blueprint
from memory.measure.acts import Row
from memory.measure.diversity import DUPLICATE
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


def familiar(neighbours: Sequence[Neighbour], threshold: float) -> bool:
    """Whether a text is refused [ours]: it is less novel than that, or a duplicate of one neighbour, cosine 0.95.

    The mean alone would let the first five copies of anything pass. A threshold of 0 refuses nothing.
    """
    nearest = min((neighbour.distance for neighbour in neighbours), default=1.0)
    return novelty(neighbours) < threshold or nearest < min(threshold, round(1 - DUPLICATE, 6))


def blueprint_text(blueprint: Blueprint) -> str:
    """What the first gate embeds: the goal, the planned tools in order, the intended mode."""
    return _text(blueprint.goal, (step.tool for step in blueprint.steps), blueprint.mode)


def trajectory_text(row: Row, signature: str) -> str:
    """What the memory keeps: the goal, the tools called in order, the mode signature."""
    goal = (row.get("blueprint") or {}).get("goal", "")
    calls = (call for message in row.get("messages", ()) for call in message.get("tool_calls") or ())
    return _text(goal, (call["function"]["name"] for call in calls), signature)


def _text(goal: str, tools: Iterable[str], mode: str) -> str:
    return f"{goal}\n{', '.join(tools) or 'no tool'}\n{mode}"
