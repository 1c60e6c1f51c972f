"""How far a text lies from what the Global Memory holds, and the texts it is asked with [ours].

Asked twice: with the blueprint before the conversation is paid for, and with the finished trajectory.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import orjson

from agents.schema import Blueprint, Cluster
from memory.measure.acts import Row
from memory.measure.diversity import DUPLICATE
from memory.measure.foresight import foresee
from memory.measure.modes import signature
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


def trajectory_text(row: Row, mode: str) -> str:
    """What the memory keeps: the goal, the tools called in order, the mode signature."""
    goal = (row.get("blueprint") or {}).get("goal", "")
    calls = (call for message in row.get("messages", ()) for call in message.get("tool_calls") or ())
    return _text(goal, (call["function"]["name"] for call in calls), mode)


def plan_texts(blueprint: Blueprint, cluster: Cluster) -> list[str]:
    """What a plan is compared with earlier rows by: as the memory will keep it, and what the user will say."""
    asks = "\n".join(turn.ask for turn in blueprint.turns)
    return [blueprint_text(blueprint, cluster), _words(asks, foresee(blueprint, cluster).tools)]


def row_texts(row: Row) -> list[str]:
    """What a row of any layout is compared by: the user's words and its tools; ours also as the memory has it."""
    messages = row.get("messages") or ()
    words = "\n".join(_content(message.get("content")) for message in messages if message.get("role") == "user")
    tools = (call["function"]["name"] for message in messages for call in message.get("tool_calls") or ())
    texts = [_words(words, tools)]
    if row.get("blueprint"):
        texts.append(trajectory_text(row, (row.get("measures") or {}).get("signature") or signature(row)))
    return texts


def spoken_text(line: bytes | str) -> str:
    """The words of a row's user and its tools, the row as it stands in a file."""
    return row_texts(orjson.loads(line))[0]


def _words(words: str, tools: Iterable[str]) -> str:
    return f"{words}\n{', '.join(tools) or 'no tool'}"


def _content(content: object) -> str:
    """The text of a message, also where it stands in parts."""
    parts = content if isinstance(content, list) else [{"text": content}]
    return "".join(str(part.get("text") or "") for part in parts if isinstance(part, dict))


def _text(goal: str, tools: Iterable[str], mode: str) -> str:
    return f"{goal}\n{', '.join(tools) or 'no tool'}\n{mode}"
