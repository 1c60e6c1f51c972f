"""The offline teacher asked again: what it was shown as wrong is put aside, and it answers from what was before."""

from collections.abc import Sequence
from itertools import pairwise
from random import Random

import orjson

from agents.schema import REFUSED, UNSOUND, JsonObject

Message = JsonObject
Calls = Sequence[tuple[str, JsonObject]]
SLIPPING = "offline-slipping"
"""The persona that says something wrong in some of the assistant's turns; shown its fault it says it right."""
SLIP = 0.1
"""The share of these turns."""


def is_asked_again(messages: Sequence[Message]) -> bool:
    return str(messages[-1].get("content")).startswith(UNSOUND)


def before_fault(messages: Sequence[Message]) -> list[Message]:
    """The conversation without the answer that was shown as wrong."""
    if not is_asked_again(messages):
        return list(messages)
    kept = list(messages)
    while str(kept[-1].get("content")).startswith(UNSOUND):
        kept.pop()
    return kept[:-1]


def refused_plans(messages: Sequence[Message]) -> list[JsonObject]:
    """The plans of this request that were read and refused."""
    pairs = [(plan["content"], str(answer["content"])) for plan, answer in pairwise(messages)]
    return [orjson.loads(plan) for plan, answer in pairs if answer.startswith(REFUSED) and plan.startswith("{")]


def slip(text: str, calls: Calls, rng: Random) -> tuple[str, Calls]:
    """An answer with one of a capable model's slips: a wrong digit in a call, an answer that tells no values."""
    if rng.random() >= SLIP:
        return text, calls
    for name, arguments in calls:
        for key, value in arguments.items():
            if isinstance(value, str) and any(map(str.isdigit, value)) and key != "code":
                digit = next(sign for sign in reversed(value) if sign.isdigit())
                head, _, tail = value.rpartition(digit)
                wrong = {**arguments, key: f"{head}{(int(digit) + 3) % 10}{tail}"}
                return text, [(name, wrong), *calls[1:]]
    return text if calls or text.rstrip().endswith("?") else "All of that is done now.", calls
