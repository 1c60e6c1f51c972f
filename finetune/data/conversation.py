"""A conversation as training sees it, whatever layout its row came in."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from pydantic import JsonValue

Json = dict[str, JsonValue]
Speaker = Literal["system", "developer", "user", "assistant", "tool"]


@dataclass(frozen=True)
class Call:
    """One tool call of an answer."""

    name: str
    arguments: Json
    id: str = ""


@dataclass(frozen=True)
class Utterance:
    """What somebody said once: a person, the assistant or a tool."""

    role: Speaker
    text: str = ""
    calls: tuple[Call, ...] = ()
    thought: str = ""
    """The assistant's reasoning, which servers give back apart from the text."""
    call_id: str = ""
    """Of a tool's result: the call that it answers."""
    name: str = ""
    learn: bool = True
    """Whether the student should learn to say this; only the assistant's words are learned anyway."""


@dataclass(frozen=True)
class Conversation:
    """What training needs of a row: who said what, and the tools that were offered, as OpenAI writes them."""

    utterances: Sequence[Utterance]
    tools: Sequence[Json] = ()
