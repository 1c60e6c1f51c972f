"""From a model's words to a noun: JSON found in its wrapping, validated, asked for once more where it does not fit."""

import json
import re
from functools import lru_cache
from typing import Any, TypeVar

import json_repair
from pydantic import ValidationError

from agents.errors import FormatError
from agents.schema import Noun, Role, Schema
from agents.teacher.langchain import Message
from agents.teacher.request import LONGEST, MISFIT, Answer, Ask, Flaw, flaw

NounT = TypeVar("NounT", bound=Noun)


async def fill(ask: Ask, role: Role, messages: list[Message], form: type[NounT]) -> NounT:
    """The role's answer as a noun; an answer that does not fit is shown its fault and asked again once.

    Raises: FormatError: the second answer did not fit either.
    """
    schema = _schema(form)
    first = await ask(role, messages, form=schema)
    try:
        return _read(first, form)
    except (ValueError, RecursionError) as error:
        fault = f"{MISFIT}{_fault(error)}. Answer again, with one JSON object and nothing else."
    bad = {"role": "assistant", "content": first.content[:LONGEST] or "(empty)"}
    second = await ask(role, [*messages, bad, {"role": "user", "content": fault}], form=schema)
    try:
        return _read(second, form)
    except (ValueError, RecursionError) as error:
        shown = second.content[:200]
        raise FormatError(f"{role} answer is no {form.__name__}: {_fault(error)}; it begins {shown!r}") from None


@lru_cache
def _schema(form: type[Noun]) -> Schema:
    return form.model_json_schema()


def _read(answer: Answer, form: type[NounT]) -> NounT:
    found = flaw(answer)
    if found in {Flaw.REFUSED, Flaw.OVERLONG}:
        raise ValueError(f"it is {found}")
    try:
        return form.model_validate(_object(answer.content))
    except (ValueError, RecursionError) as error:
        raise ValueError(f"it is {found}, {_fault(error)}" if found else _fault(error)) from None


def _object(content: str) -> Any:
    text = re.sub(r"<think>.*?</think>", "", content, flags=re.DOTALL)
    start, end = text.find("{"), text.rfind("}")
    if start < 0 or end < start:
        raise ValueError("there is no JSON object")
    return _STRICT.decode(text[start : end + 1])


def _refuse(constant: str) -> None:
    raise ValueError(f"{constant} is not JSON")


_STRICT = json.JSONDecoder(parse_constant=_refuse)


def _fault(error: Exception) -> str:
    if not isinstance(error, ValidationError):
        return str(error)
    return "; ".join(f"{'.'.join(map(str, one['loc']))}: {one['msg']}" for one in error.errors()[:5])


def mended(answer: Answer) -> Answer:
    """The answer with JSON that json-repair could make of its text, where strict reading finds none."""
    try:
        _object(answer.content)
    except (ValueError, RecursionError):
        found = json_repair.loads(answer.content[:LONGEST])
        if isinstance(found, dict) and found:
            content = json.dumps(found, ensure_ascii=False)
            return answer.model_copy(update={"content": content, "mended": answer.content})
    return answer
