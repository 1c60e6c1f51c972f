"""From a model's words to a noun: JSON found in its wrapping, validated, asked for once more where it does not fit."""

import json
import re
from collections.abc import Sequence
from contextlib import suppress
from functools import lru_cache
from typing import TypeVar

from pydantic import ValidationError

from agents.errors import FormatError
from agents.schema import MISFIT, JsonObject, Noun, Role, Schema, answer_form
from agents.teacher.reading import loose_json
from agents.teacher.reading.arguments import encodable_json
from agents.teacher.reading.reasoning import has_markup
from agents.teacher.request import LONGEST, Answer, Ask, Flaw, Message, flaw

THOUGHTS = frozenset(
    {"$schema", "reasoning", "thinking", "thought", "thoughts", "analysis", "rationale", "explanation"}
)
"""What models say beside the fields that they were asked for."""
NounT = TypeVar("NounT", bound=Noun)


async def fill(ask: Ask, role: Role, messages: list[Message], form: type[NounT], tools: Sequence[Schema] = ()) -> NounT:
    """The role's answer as a noun; an answer that does not fit is shown its fault and asked again once.

    `tools` are those of the conversation that the messages go on from; none of them is to be called.

    Raises: FormatError: the second answer did not fit either.
    """
    schema = answer_form(form)
    first = await ask(role, messages, tools=list(tools), form=schema)
    try:
        return _read(first, form)
    except (ValueError, RecursionError) as error:
        fault = f"{MISFIT}{_fault(error)}. Answer again, with one JSON object and nothing else."
    bad = {"role": "assistant", "content": first.content[:LONGEST] or "(empty)"}
    again = [*messages, bad, {"role": "user", "content": fault}]
    second = await ask(role, again, tools=list(tools), form=schema)
    try:
        return _read(second, form)
    except (ValueError, RecursionError) as error:
        shown = second.content[:200]
        raise FormatError(f"{role} answer is no {form.__name__}: {_fault(error)}; it begins {shown!r}") from None


def _read(answer: Answer, form: type[NounT]) -> NounT:
    """Raises: ValueError: refused, cut, or no such object. An object that can be read may still be half of one."""
    fault = flaw(answer)
    if fault in {Flaw.REFUSED, Flaw.TRUNCATED, Flaw.OVERLONG}:
        raise ValueError(f"it is {fault}")
    try:
        text, _ = _object_text(answer.content)
        if has_markup(text):
            raise ValueError("it holds marks of a chat template")
        value = loose_json.decode(encodable_json(text))
        try:
            return form.model_validate(value)
        except ValidationError as error:
            return unwrap(value, form, error)
    except (ValueError, RecursionError) as error:
        raise ValueError(f"it is {fault}, {_fault(error)}" if fault else _fault(error)) from None


def unwrap(value: JsonObject, form: type[NounT], error: ValidationError) -> NounT:
    """The noun in an object of a model's own making: beside its thoughts, or the one object under another name.

    Raises: ValidationError: `error`, where neither fits.
    """
    thoughts = THOUGHTS - form.model_fields.keys()
    bare = {key: part for key, part in value.items() if key not in thoughts}
    inner = [part for part in bare.values() if isinstance(part, dict) and part]
    for candidate in ([bare] if bare != value else []) + (inner if len(inner) == 1 else []):
        try:
            return form.model_validate(candidate)
        except ValidationError:
            continue
    raise error


@lru_cache(maxsize=64)  # asked when an answer arrives and when it is read
def _object_text(content: str) -> tuple[str, bool]:
    """The first whole object of an answer, else all from its first brace to the last; whether it is JSON for sure.

    Raises: ValueError: there is none, or more follows.
    """
    if content.startswith('"') and content.endswith('"'):
        with suppress(ValueError):
            content = json.loads(content)  # quoted once more
    start, end = content.find("{"), content.rfind("}")
    if start < 0 or end < start:
        raise ValueError("there is no JSON object")
    try:
        first, is_json = loose_json.STRICT.raw_decode(content, start)[1], True
    except (ValueError, RecursionError):
        first, is_json = end + 1, False
    # what goes on after a comma is the rest of this object, closed too early, and a second one would be another answer;
    # a brace of the words that follow is neither
    if _REST.match(content, first) or (first > end and _ANOTHER.search(content, first)):
        raise ValueError("the JSON goes on after its object is closed")
    if _ANOTHER.search(content, first):
        return content[start : end + 1], False
    return content[start:first], is_json


_ANOTHER = re.compile(r"\{\s*[\"'}]")
_REST = re.compile(r"\s*,\s*[\"'{\[]")


def _fault(error: Exception) -> str:
    if not isinstance(error, ValidationError):
        return str(error)
    return "; ".join(f"{'.'.join(map(str, first['loc']))}: {first['msg']}" for first in error.errors()[:5])


def mend(answer: Answer) -> Answer:
    """The answer with JSON for the text that models write instead of it, where only one value can be meant.

    What was cut off is not closed for it: half a sentence or half a list would pass for the whole.

    >>> mend(Answer(content="So: {'say': 'hi',}")).content, mend(Answer(content="{'a': {'b': 1}, 'c': 'un")).content
    ('{"say": "hi"}', "{'a': {'b': 1}, 'c': 'un")
    """
    if flaw(answer):
        return answer
    with suppress(ValueError, RecursionError):
        text, is_json = _object_text(answer.content)
        if is_json:
            return answer
        with suppress(ValueError):
            loose_json.decode(text)
            return answer
        value = loose_json.read(text)
        return answer.model_copy(update={"content": json.dumps(value, ensure_ascii=False), "mended": answer.content})
    return answer
