"""What agents and teachers say to each other: a request, its answer, and what can be wrong with an answer."""

import hashlib
from enum import StrEnum
from typing import Protocol

import orjson
from pydantic import Field

from agents.schema import MISFIT, REFUSED, UNSOUND, JsonObject, Noun, Role, Schema
from agents.teacher.fault import Fault
from agents.teacher.reading.reasoning import has_markup

Message = JsonObject
"""An OpenAI chat message."""
IN_WORDS = "\n\nAnswer with one JSON object that matches "
"""What stands between a system prompt and the form, for an endpoint that takes no schema in `response_format`."""
LONGEST = 200_000
"""Characters of one answer; a longer one is a model that runs in circles."""


class Request(Noun):
    """All that decides an answer, besides the model."""

    role: Role
    messages: list[Message]
    tools: list[Schema] = Field(default=[])
    """OpenAI function definitions."""
    form: Schema | None = None
    """JSON Schema that the answer must match. Beside tools, which endpoints do not take with a schema, it stands in
    the messages and nothing is to be called."""
    seed: int = 0

    def as_bytes(self) -> bytes:
        """Sorted JSON, the same for equal requests."""
        fields = {name: getattr(self, name) for name in Request.model_fields}
        return orjson.dumps(fields, option=orjson.OPT_SORT_KEYS)

    def digest(self) -> str:
        return hashlib.sha256(self.as_bytes()).hexdigest()

    @property
    def again(self) -> bool:
        """Whether it shows the model why its last answer was of no use: no such form, or a plan that was refused."""
        return str(self.messages[-1].get("content")).startswith((MISFIT, REFUSED))

    @property
    def early(self) -> bool:
        """Whether it shows the model a fault that would have cost the slot at its end."""
        return str(self.messages[-1].get("content")).startswith(UNSOUND)


class Answer(Noun):
    """What a model said."""

    content: str
    """What somebody is told, without the model's thinking."""
    reasoning: str = ""
    """Its thinking, as the endpoint gave it: in a field, in parts, or within tags. Never in a row's words."""
    tool_calls: tuple[dict[str, str], ...] = ()
    """Each `{"name", "arguments"}`; the arguments are the model's own text, which need not be JSON."""
    usage: dict[str, int] | None = None
    """Tokens: `input`, `output`, and `cached` as part of the input. None where the endpoint does not say."""
    finish: str = "stop"
    served_by: str = ""
    """What the endpoint said the model was."""
    fingerprint: str = ""
    """What it said of its system, where it did."""
    faults: tuple[Fault, ...] = ()
    """The attempts before this one, which brought no answer."""
    mended: str = ""
    """The content as it came, where it was nearly JSON and is read as JSON."""


class Flaw(StrEnum):
    """What is wrong with an answer that did arrive, whatever was asked."""

    REFUSED = "refused"
    TRUNCATED = "truncated"
    """Out of tokens: raise max_tokens."""
    OVERLONG = "overlong"
    EMPTY = "empty"
    """Neither words nor calls."""
    MARKUP = "full of a chat template's own marks"
    """The server's parser for tool calls or for thinking is missing, or is another model's."""


def flaw(answer: Answer) -> Flaw | None:
    """The flaw of an answer; an answer without one may still not be what was asked for."""
    if answer.finish == "refusal":
        return Flaw.REFUSED
    if answer.finish == "length":
        return Flaw.TRUNCATED
    if len(answer.content) + sum(len(call["arguments"]) for call in answer.tool_calls) > LONGEST:
        return Flaw.OVERLONG
    if has_markup(answer.content):
        return Flaw.MARKUP
    return None if answer.tool_calls or answer.content.strip() else Flaw.EMPTY


class Ask(Protocol):
    """How agents reach their model; the caller binds seeds, caches and limits."""

    async def __call__(
        self, role: Role, messages: list[Message], *, tools: list[Schema] = ..., form: Schema | None = None
    ) -> Answer: ...
