"""From an endpoint's body to an Answer, whatever shape it came in: JSON, events of a stream, lists of parts.

What is no answer is a typed fault. What is missing and not needed (ids, usage, a reason to end) is no fault.
"""

import json
import re
from collections.abc import Iterator, Mapping
from contextlib import suppress
from functools import lru_cache

import orjson

from agents.teacher.fault import Fault, WireError, is_error, refusal
from agents.teacher.reading import loose_json, reasoning, stream
from agents.teacher.reading.arguments import ARGUMENTS, call_of, encodable, in_order, is_object
from agents.teacher.reading.shapes import Json, choices_of, is_response
from agents.teacher.request import Answer

_ENDED = """stop tool_calls tool_call function_call tool_use end_turn stop_sequence stop_token stop_word stop_string
word eos eos_token end end_of_text complete completed finish finished done normal im_end eot_id eom_id endoftext
end_of_turn end_of_sequence return /s none null"""
_CUT = """length max_tokens max_token max_new_tokens max_output_tokens max_completion_tokens max_length model_length
token_limit length_limit limit context_length incomplete model_context_window_exceeded context_window_exceeded"""
_WITHHELD = """refusal content_filter content_filtered safety recitation blocklist prohibited_content spii sensitive
guardrail_intervened error_toxic image_safety language"""
ENDED, CUT, WITHHELD = (frozenset(words.split()) for words in (_ENDED, _CUT, _WITHHELD))
"""How endpoints and gateways say that an answer ended; what is on none of these lists is asked again."""
_REASONS = ("finish_reason", "finishReason", "native_finish_reason", "stop_reason", "finish_details", "done_reason")
"""Where they say it. The first that there is must say that it ended; any may say that it was cut or withheld."""
_WRAPPERS = ("data", "result", "response", "body", "output")
"""Where gateways put the completion, beside a code and a message of their own."""
_CALL_PARTS = frozenset({"tool_use", "tool_call", "function_call", "function"})
_OF_CALL = frozenset({"id", "index", "type", "function", "name", *ARGUMENTS})
"""What a place that was kept for a call may have; anything else is a call of no known form, and not to be lost."""


def read(raw: bytes) -> Answer:
    """Raises: WireError: an error told with HTTP 200, an answer that broke off, or no chat completion."""
    try:
        body = _unwrap(_body(raw))
    except (ValueError, RecursionError):
        raise _misread("it is not JSON", raw) from None
    if not isinstance(body, Mapping):
        raise _misread("it is no JSON object", raw)
    every = choices_of(body)
    choice = next(iter(every), None)
    if is_error(body):
        raise refusal(None, body)
    if choice is None:
        if body.get("prompt_filter_results") or body.get("promptFeedback") or body.get("prompt_feedback"):
            raise WireError(Fault.REJECTED, "the endpoint's filter holds back the prompt")
        raise _misread("it has no choices", raw)
    if choice.get("error"):
        raise refusal(None, {"error": choice["error"]})
    message = next((m for m in (choice.get("message"), choice.get("delta")) if isinstance(m, Mapping)), None)
    if message is None:
        text = choice.get("text")
        if not isinstance(text, str) and not set(_endings(choice)) & (CUT | WITHHELD):
            raise _misread("its choice has no message", raw)
        message = {"content": text if isinstance(text, str) else ""}
    if {"tool_calls", "tool_use"} & set(_endings(choice)) and not message.get("tool_calls"):
        # a gateway that gives a turn's words as one choice and its calls as the next
        others = [other for each in every[1:] if isinstance(other := each.get("message"), Mapping)]
        message = {**message, "tool_calls": next((m["tool_calls"] for m in others if m.get("tool_calls")), None)}
    try:
        return _answer(body, choice, message)
    except (ValueError, RecursionError) as error:
        raise _misread(str(error), raw) from None


def _misread(why: str, raw: bytes) -> WireError:
    return WireError(Fault.MALFORMED, f"no chat completion: {why}; it begins {raw[:120].decode(errors='replace')!r}")


def _body(raw: bytes) -> object:
    text = raw.replace(b"\0", b"").lstrip()  # what pads a buffer; as an escape within a text it goes later
    while text.startswith(b":"):  # what keeps a connection alive, before events or before JSON
        text = text.partition(b"\n")[2].lstrip()
    if text.startswith(stream.STARTS):
        return stream.read(text.decode())
    try:
        return orjson.loads(text)
    except orjson.JSONDecodeError:
        try:
            return json.loads(text.decode(), strict=False)  # lone surrogates, NaN and bare control characters
        except ValueError:
            with suppress(ValueError):
                return loose_json.read(text.decode())  # a server that prints its own object
            return stream.read(text.decode())  # JSON lines


def _unwrap(body: object) -> object:
    """The completion out of a list of one, a text, or what a gateway puts around it."""
    if isinstance(body, str) and body.lstrip().startswith("{"):
        body = json.loads(body)
    if isinstance(body, list) and len(body) == 1:
        body = body[0]
    if isinstance(body, Mapping) and not body.get("choices"):
        inner = [each for key in _WRAPPERS if isinstance(each := body.get(key), Mapping)]
        return next((each for each in inner if each.get("choices") or is_response(each)), body)
    return body


def _answer(body: Json, choice: Json, message: Json) -> Answer:
    """Raises: ValueError: a call without a name, or content of no known shape. WireError: it broke off."""
    spoken, thoughts, refused = _content(message.get("content"))
    refused = refused or _string(message.get("refusal"))
    thought, spoken = reasoning.split((spoken or refused).removeprefix("\ufeff"))
    calls = tuple(_calls(message))
    if calls and spoken.strip() in {"", "null", "None"}:
        spoken = ""  # a server that writes out that there are no words
    endings = _endings(choice)
    cut = next((word for word in endings if word in CUT | WITHHELD), "")
    ending = finish(cut or next(iter(endings), ""), refused, bool(calls))
    packed = [_thoughts(message.get(key)) for key in ("reasoning_content", "reasoning", "thinking")]
    field = next(filter(None, packed), "") or _thoughts(message.get("reasoning_details"))
    if not calls and not spoken.strip() and is_object(field):
        field, spoken = "", field  # a parser of thoughts beside a model that was told not to think takes the answer
    return Answer(
        content=encodable(spoken),
        reasoning=encodable("\n".join(filter(None, (field or thoughts, thought)))),
        tool_calls=calls,
        usage=usage(body.get("usage")),
        finish=ending,
        served_by=encodable(_string(body.get("model"))),
        fingerprint=encodable(_string(body.get("system_fingerprint"))),
    )


def _endings(choice: Json) -> list[str]:
    """What a choice says of its end, in small letters and without marks, the first place first."""
    words = list[str]()
    for key in _REASONS:
        value = choice.get(key)
        if isinstance(value, Mapping):
            value = value.get("type") or value.get("reason")
        if isinstance(value, str | int) and value and value is not True:
            words.append(_plain(str(value)))
    return words


@lru_cache(maxsize=256)  # of an endpoint that has few words for it, with each answer
def _plain(reason: str) -> str:
    """
    >>> _plain("FINISH_REASON_STOP"), _plain("tool-calls"), _plain("endTurn"), _plain("<|im_end|>")
    ('stop', 'tool_calls', 'end_turn', 'im_end')
    >>> _plain("StopReason.MAX_TOKENS"), _plain("<FinishReason.STOP: 1>"), _plain("End of turn")
    ('max_tokens', 'stop', 'end_of_turn')
    """
    bare = re.sub(r":\s*\d+$", "", reason.strip("<|> "))  # an enum's member as Python shows it
    spaced = re.sub(r"(?<=[a-z])(?=[A-Z])", "_", bare)
    words = re.sub(r"[\s-]+", "_", spaced.lower())
    return re.sub(r"^(?:[a-z]+_)*(?:reason|type)[._:]+(?=.)", "", words)


def finish(reason: str, refused: str, calls: bool) -> str:
    """An endpoint's own word for an answer's end as one of ours. Raises: WireError: it broke off."""
    word = _plain(reason)
    if word in CUT:
        return "length"
    if word and word not in ENDED | WITHHELD:
        raise WireError(Fault.MALFORMED, f"the answer broke off: the endpoint says it ended with {reason!r}")
    if refused or word in WITHHELD:
        return "refusal"
    return "tool_calls" if calls else "stop"


def _content(content: object) -> tuple[str, str, str]:
    """Words, thoughts and a refusal from a message's content: text, a list of parts, or nothing.

    Raises: ValueError: anything else.
    """
    if content is None or isinstance(content, str):
        return content or "", "", ""
    if isinstance(content, Mapping) and not {"type", "text", "thinking"} & content.keys():
        return json.dumps(content, ensure_ascii=False), "", ""  # a server that read the model's JSON for us
    parts = [content] if isinstance(content, Mapping) else content
    if not isinstance(parts, list):
        raise ValueError(f"its content is {type(content).__name__}")
    words, thoughts, refused = list[str](), list[str](), list[str]()
    for part in parts:
        if isinstance(part, str):
            words.append(part)
        elif isinstance(part, Mapping):
            kind = _string(part.get("type"))
            if kind in {"thinking", "reasoning", "reasoning_content", "thought"}:
                thoughts.append(_thoughts(part))
            elif kind == "refusal":
                refused.append(_string(part.get("refusal")))
            elif part.get("thought") is True:
                thoughts.append(_string(part.get("text")))
            elif kind in {"", "text", "output_text"}:
                words.append(_value(part.get("text")))
    return "".join(words), "\n".join(thoughts), "".join(refused)


def _thoughts(value: object) -> str:
    """The text of a field or of parts that hold a model's thinking."""
    if isinstance(value, list):
        return "\n".join(filter(None, map(_thoughts, value)))
    if isinstance(value, Mapping):
        keys = ("thinking", "reasoning", "reasoning_content", "text", "summary", "content")
        return next(filter(None, (_thoughts(value.get(key)) for key in keys)), "")
    return value if isinstance(value, str) else ""


def _calls(message: Json) -> Iterator[dict[str, str]]:
    """Raises: ValueError: a call without a name."""
    listed = message.get("tool_calls") or message.get("function_call") or []
    if isinstance(listed, str):
        listed = loose_json.read(listed)
    calls = _by_id(listed) or in_order(listed)
    parts = message.get("content")
    if not calls and isinstance(parts, list):
        calls = [part for part in parts if isinstance(part, Mapping) and _string(part.get("type")) in _CALL_PARTS]
    for call in calls:
        if not isinstance(call, Mapping):
            raise ValueError("a call in it is no object")
        function = call.get("function", call)
        if not function:
            continue  # a place that was kept for a call
        name = arguments = None
        if isinstance(function, Mapping):
            name = function.get("name")
            arguments = next((function[key] for key in ARGUMENTS if key in function), None)
        if not isinstance(name, str) or not name.strip():
            if not name and not arguments and call.keys() <= _OF_CALL and not isinstance(call.get("id"), str):
                continue
            raise ValueError("a call in it has no name")
        yield call_of(name, arguments)


def _by_id(listed: object) -> list[object]:
    """Calls that are a map from their ids to them; none where they are something else."""
    calls = list(listed.values()) if isinstance(listed, Mapping) and "function" not in listed else []
    whole = all(isinstance(call, Mapping) and isinstance(call.get("function"), Mapping) for call in calls)
    return calls if whole else []


def usage(value: object) -> dict[str, int] | None:
    """Tokens in and out and the cached part of the input; None where the endpoint does not say both.

    >>> usage({"prompt_tokens": 5, "total_tokens": 7}), usage({"prompt_tokens": 5}), usage({})
    ({'input': 5, 'output': 2, 'cached': 0}, None, None)
    """
    if not isinstance(value, Mapping):
        return None
    into = _count(value.get("prompt_tokens"), value.get("input_tokens"))
    out = _count(value.get("completion_tokens"), value.get("output_tokens"))
    total = _count(value.get("total_tokens"))
    if into is not None and out is None and total is not None:
        out = total - into
    if into is None or out is None or out < 0:
        return None
    details = [value.get(key) for key in ("prompt_tokens_details", "input_tokens_details", "input_token_details")]
    nested = next((d for d in details if isinstance(d, Mapping)), {})
    cached = _count(
        nested.get("cached_tokens"),
        nested.get("cache_read"),
        value.get("prompt_cache_hit_tokens"),
        value.get("cached_tokens"),
        value.get("cache_read_input_tokens"),
    )
    return {"input": into, "output": out, "cached": min(cached or 0, into)}


def _count(*values: object) -> int | None:
    for value in values:
        if isinstance(value, int | float) and not isinstance(value, bool) and value == value and 0 <= value < 2**53:
            return int(value)
    return None


def _string(value: object) -> str:
    return value if isinstance(value, str) else ""


def _value(text: object) -> str:
    return _string(text.get("value")) if isinstance(text, Mapping) else _string(text)
