"""A conversation looked up once: its calls, what they returned, and what had been said at each place."""

import re
from collections.abc import Sequence
from datetime import date
from functools import cached_property, partial
from typing import Any, NamedTuple

import orjson

from agents.memo import MESSAGES, remembered
from agents.plan.json_paths import leaves
from agents.plan.values import Answer, says
from agents.schema import Blueprint, Claim, Cluster, Observation, Schema
from agents.teacher.request import Message
from memory.measure.acts import says as holds

ISO = re.compile(r"([12]\d{3}-\d\d-\d\d)(?:T\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:Z|[+-]\d\d:\d\d)?)?")
"""A date, alone or in a moment, as services return it."""
TODAY = re.compile(r"Today is [^(\n]*\((\d{4}-\d\d-\d\d)\)")


class Call(NamedTuple):
    """A tool call where it stands."""

    place: int
    """Index of its message."""
    id: str
    name: str
    arguments: Any


class Finding(NamedTuple):
    """Something that a rule objects to, or cannot tell and asks the judge."""

    name: str
    detail: str
    claim: Claim | None = None
    """What the judge is asked; none where it is not asked at all."""
    certain: bool = False
    """The rule sees a fault. The judge is asked all the same where whoever made it was shown it and stands by it."""

    @property
    def is_fault(self) -> bool:
        return self.certain or not self.claim

    @property
    def fault(self) -> str:
        return f"{self.name}: {self.detail}"


class Case:
    """`messages` may still grow: nothing here looks ahead of the place that it is asked about."""

    def __init__(self, blueprint: Blueprint, cluster: Cluster, messages: Sequence[Message]) -> None:
        self.blueprint, self.cluster, self.messages = blueprint, cluster, messages
        self.observed = {
            message["tool_call_id"]: _read_result(message) for message in messages if message["role"] == "tool"
        }
        self.calls = [
            Call(place, *call)
            for place, message in enumerate(messages)
            if message.get("tool_calls")
            for call in _calls(message)
        ]

    @cached_property
    def today(self) -> date | None:
        """As the system prompt says it; conversations from elsewhere have none."""
        stated = TODAY.search(self.messages[0]["content"] or "") if self.messages else None
        return date.fromisoformat(stated[1]) if stated else None

    def successes(self, origins: dict[str, Observation]) -> list[Call]:
        return [call for call in self.calls if call.id in origins and origins[call.id].ok]

    def hear_before(self, place: int) -> "Heard":
        """All that the assistant had been told before its message at that place."""
        return Heard([self.messages[n] for n in range(place)], self.today)

    def schema(self, tool: str) -> Schema:
        return self.cluster.by_name[tool].input_schema if tool in self.cluster.by_name else {}


class Heard:
    """What system, user and tools had said; `own` is what the assistant had said itself."""

    def __init__(self, messages: Sequence[Message], today: date | None) -> None:
        self._messages, self._today = messages, today

    @cached_property
    def normal(self) -> str:
        """All of it, normalised."""
        return "\n".join(filter(None, (normal_text(message) for message in self._messages)))

    @cached_property
    def text(self) -> str:
        return "\n".join(filter(None, (spoken_text(message) for message in self._messages)))

    @cached_property
    def own(self) -> str:
        return "\n".join(m["content"] or "" for m in self._messages if m["role"] == "assistant")

    def answer(self, value: Any, schema: Schema | None = None) -> Answer:
        """Whether the value was said. What only the assistant proposed is the judge's: the user may have agreed."""
        if mentions(self.normal, value):
            return Answer.SAYS
        if isinstance(value, str) and any(value in returned_days(message) for message in self._messages):
            return Answer.SAYS
        answer = says(self.text, value, schema, self._today)
        if answer is Answer.DOES_NOT and self.own and says(self.own, value, schema, self._today) is Answer.SAYS:
            return Answer.CANNOT_TELL
        return answer


# Each look at a growing conversation reads all of it, so what a message holds is worked out once.


@partial(remembered, size=MESSAGES)
def _read_result(message: Message) -> Any:
    """The result that a tool's message holds."""
    return orjson.loads(message["content"] or "null")


@partial(remembered, size=MESSAGES)
def _calls(message: Message) -> list[tuple[str, str, Any]]:
    """Id, name and arguments of each call."""
    functions = [(call["id"], call["function"]) for call in message["tool_calls"]]
    return [(id, function["name"], orjson.loads(function["arguments"])) for id, function in functions]


@partial(remembered, size=MESSAGES)
def spoken_text(message: Message) -> str:
    """What a message tells the assistant, a line for each value of a result."""
    if message["role"] == "tool":
        return "\n".join(str(value) for _, value in leaves(_read_result(message)))
    return message["content"] or "" if message["role"] in ("system", "user") else ""


@partial(remembered, size=MESSAGES)
def normal_text(message: Message) -> str:
    """What a message tells the assistant, normalised."""
    return normal(spoken_text(message))


@partial(remembered, size=MESSAGES)
def normal_words(message: Message) -> str:
    """The words of a message, normalised, whoever hears them."""
    return normal(message["content"] or "")


@partial(remembered, size=MESSAGES)
def returned_days(message: Message) -> frozenset[str]:
    """The days of the dates and moments that a result holds as such, of which nobody needs to read any more."""
    if message["role"] != "tool":
        return frozenset()
    matches = (ISO.fullmatch(value) for _, value in leaves(_read_result(message)) if isinstance(value, str))
    return frozenset(match[1] for match in matches if match)


def normal(text: str) -> str:
    """Lower case, single spaces, numbers without thousands commas and trailing zeros.

    >>> normal("Pay  1,200.50 Now")
    'pay 1200.5 now'
    """
    text = " ".join(text.lower().split())
    if "," in text:
        text = re.sub(r"(?<=\d),(?=\d{3}\b)", "", text)
    if "." in text:
        text = re.sub(r"(\d+)\.(\d*?)0+\b", lambda m: f"{m[1]}.{m[2]}" if m[2] else m[1], text)
    return text


def mentions(known: str, value: Any) -> bool:
    """Whether normalised text holds the value as a whole token: most values are told as they are."""
    text = normal(str(value))
    return not text or holds(known, text)


def make_claim(text: str, value: Any, place: int) -> Finding:
    """What the rules cannot tell."""
    return Finding("claim", text, Claim(text=text, value=value, place=place))


def contest(name: str, detail: str, claim: str, value: Any, place: int) -> Finding:
    """A fault as far as rules can tell; who insists on it has the claim put to the judge instead."""
    return Finding(name, detail, Claim(text=claim, value=value, place=place), certain=True)


def same(value: Any, other: Any) -> bool:
    """Whether two values of JSON mean the same, however they are spelled."""
    match value, other:
        case (bool(), _) | (_, bool()):
            return value is other  # True == 1 in Python, not in JSON
        case dict(), dict():
            return value.keys() == other.keys() and all(same(value[key], other[key]) for key in value)
        case list(), list():
            return len(value) == len(other) and all(map(same, value, other))
        case ((str() | int() | float()), (str() | int() | float())) if value != other:
            return says(str(other), value) is Answer.SAYS and says(str(value), other) is Answer.SAYS
        case _:
            return bool(value == other)
