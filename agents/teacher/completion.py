"""From an endpoint's body to an Answer, whatever shape it came in: JSON, events of a stream, lists of parts.

What is no answer is a typed fault. What is missing and not needed (ids, usage, a reason to end) is no fault.
"""

import json
from collections.abc import Iterator, Mapping

import orjson

from agents.teacher import reasoning
from agents.teacher.fault import Fault, WireError, is_error, refusal
from agents.teacher.request import Answer

Json = Mapping[str, object]
_ENDED = """stop tool_calls tool_call function_call tool_use end_turn stop_sequence eos eos_token end end_of_text
complete completed finish finished done normal"""
_CUT = """length max_tokens max_output_tokens max_length model_length token_limit context_length incomplete
model_context_window_exceeded context_window_exceeded"""
_WITHHELD = """refusal content_filter content_filtered safety recitation blocklist prohibited_content spii sensitive
guardrail_intervened error_toxic image_safety language"""
ENDED, CUT, WITHHELD = (frozenset(words.split()) for words in (_ENDED, _CUT, _WITHHELD))
"""How endpoints and gateways say that an answer ended; what is on none of these lists is asked again."""


def read(raw: bytes) -> Answer:
    """Raises: WireError: an error told with HTTP 200, an answer that broke off, or no chat completion."""
    try:
        body = _body(raw)
    except (ValueError, RecursionError):
        raise _misread("it is not JSON", raw) from None
    if isinstance(body, list) and len(body) == 1:
        body = body[0]
    if not isinstance(body, Mapping):
        raise _misread("it is no JSON object", raw)
    if is_error(body):
        raise refusal(None, body)
    choice = _first(body.get("choices"))
    if choice is None:
        raise _misread("it has no choices", raw)
    if choice.get("error"):
        raise refusal(None, {"error": choice["error"]})
    message = next((m for m in (choice.get("message"), choice.get("delta")) if isinstance(m, Mapping)), None)
    if message is None:
        if not isinstance(choice.get("text"), str):
            raise _misread("its choice has no message", raw)
        message = {"content": choice["text"]}
    try:
        return _answer(body, choice, message)
    except (ValueError, RecursionError) as error:
        raise _misread(str(error), raw) from None


def _misread(why: str, raw: bytes) -> WireError:
    return WireError(Fault.MALFORMED, f"no chat completion: {why}; it begins {raw[:120].decode(errors='replace')!r}")


def _body(raw: bytes) -> object:
    text = raw.removeprefix(b"\xef\xbb\xbf").lstrip()
    if text.startswith((b"data:", b"event:", b"id:", b":")):
        return _join(_events(text.decode()))
    try:
        return orjson.loads(text)
    except orjson.JSONDecodeError:
        return json.loads(text.decode())  # takes lone surrogates and NaN, which some servers write


def _first(choices: object) -> Json | None:
    if isinstance(choices, Mapping):
        return choices
    listed = choices if isinstance(choices, list) else []
    return next((choice for choice in listed if isinstance(choice, Mapping)), None)


def _answer(body: Json, choice: Json, message: Json) -> Answer:
    """Raises: ValueError: a call without a name, or content of no known shape. WireError: it broke off."""
    spoken, thoughts, refused = _content(message.get("content"))
    refused = refused or _string(message.get("refusal"))
    thought, spoken = reasoning.split(spoken or refused)
    calls = tuple(_calls(message))
    finish = _finish(choice, refused, bool(calls))
    packed = [_thoughts(message.get(key)) for key in ("reasoning_content", "reasoning", "thinking")]
    field = next(filter(None, packed), "") or _thoughts(message.get("reasoning_details"))
    return Answer(
        content=encodable(spoken),
        reasoning=encodable("\n".join(filter(None, (field or thoughts, thought)))),
        tool_calls=calls,
        usage=usage(body.get("usage")),
        finish=finish,
        served_by=encodable(_string(body.get("model"))),
        fingerprint=encodable(_string(body.get("system_fingerprint"))),
    )


def _finish(choice: Json, refused: str, calls: bool) -> str:
    """`stop` or `tool_calls`, `length`, `refusal`. Raises: WireError: it ended in an error, or in an unknown way."""
    reasons = [choice.get(key) for key in ("finish_reason", "native_finish_reason", "stop_reason")]
    reason = next((reason for reason in reasons if isinstance(reason, str) and reason), "")
    return finish(reason, refused, calls)


def finish(reason: str, refused: str, calls: bool) -> str:
    """An endpoint's own word for an answer's end as one of ours. Raises: WireError: it broke off."""
    word = reason.lower().removeprefix("finish_reason_")
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
    for call in [listed] if isinstance(listed, Mapping) else listed if isinstance(listed, list) else []:
        function = call.get("function", call) if isinstance(call, Mapping) else None
        name = function.get("name") if isinstance(function, Mapping) else None
        if not isinstance(function, Mapping) or not isinstance(name, str) or not name.strip():
            raise ValueError("a call in it has no name")
        arguments = next((function[key] for key in ("arguments", "input", "parameters") if key in function), None)
        yield call_of(name, arguments)


def call_of(name: str, arguments: object) -> dict[str, str]:
    """A call with its arguments as the model's own text, where they came as text.

    Servers whose parser stops too late leave template marks on a name, others quote the arguments twice.

    >>> call_of("functions.find<|channel|>json", {"id": 3}), call_of("find", '"{}"')
    ({'name': 'find', 'arguments': '{"id":3}'}, {'name': 'find', 'arguments': '{}'})
    """
    clean = name.partition("<|")[0].strip().removeprefix("functions.") or name.strip()
    if not isinstance(arguments, str):
        text = json.dumps({} if arguments is None else arguments, ensure_ascii=False, separators=(",", ":"))
        return {"name": encodable(clean), "arguments": encodable(text)}
    text = reasoning.split(arguments)[1] if reasoning.END.search(arguments) and not is_object(arguments) else arguments
    if text.lstrip().startswith('"'):
        try:
            inner = json.loads(text)
        except (ValueError, RecursionError):
            inner = None
        text = inner if isinstance(inner, str) and is_object(inner) else text
    return {"name": encodable(clean), "arguments": encodable(text) if text.strip() else "{}"}


def is_object(text: str) -> bool:
    try:
        return isinstance(json.loads(text), dict)
    except (ValueError, RecursionError):
        return False


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


def _events(text: str) -> Iterator[object]:
    """The JSON of each server-sent event; None for its end mark. Raises: ValueError."""
    for line in text.splitlines():
        field, _, value = line.partition(":")
        if field == "data":
            yield None if value.strip() == "[DONE]" else json.loads(value)


def _join(events: Iterator[object]) -> Json:
    """The completion that a stream's pieces add up to. Raises: WireError: it tells an error, or stops short."""
    whole: dict[str, object] = {}
    message: dict[str, object] = {}
    calls: dict[object, dict[str, str]] = {}
    finish, ended, pieces = None, False, 0
    for event in events:
        if event is None:
            ended = True
            continue
        if not isinstance(event, Mapping):
            raise ValueError("an event of the stream is no JSON object")
        if is_error(event) and not event.get("choices"):
            raise refusal(None, event)
        whole.update({key: event[key] for key in ("model", "system_fingerprint", "usage") if event.get(key)})
        choice = _first(event.get("choices"))
        if choice is None:
            continue
        pieces += 1
        if event.get("error") or choice.get("error"):
            raise refusal(None, {"error": event.get("error") or choice.get("error")})
        finish = choice.get("finish_reason") or finish
        if isinstance(choice.get("message"), Mapping):
            message = dict(choice["message"])  # type: ignore[call-overload]
        elif isinstance(choice.get("delta"), Mapping):
            _add(choice["delta"], message, calls)  # type: ignore[arg-type]
    if not pieces:
        raise ValueError("the stream has no choices")
    if not ended and not finish:
        raise WireError(Fault.CUT, "the stream ended within the answer")
    if calls:
        message["tool_calls"] = [{"function": call} for call in calls.values()]
    return {**whole, "choices": [{"message": message, "finish_reason": finish}]}


def _add(delta: Json, message: dict[str, object], calls: dict[object, dict[str, str]]) -> None:
    for key in ("content", "reasoning_content", "reasoning", "thinking", "refusal"):
        piece = delta.get(key)
        if isinstance(piece, str):
            message[key] = _string(message.get(key)) + piece
        elif isinstance(piece, list):
            before = message.get(key)
            message[key] = [*(before if isinstance(before, list) else [before] if before else []), *piece]
    pieces = delta.get("tool_calls")
    for n, piece in enumerate(pieces if isinstance(pieces, list) else []):
        function = piece.get("function") if isinstance(piece, Mapping) else None
        if not isinstance(piece, Mapping) or not isinstance(function, Mapping):
            raise ValueError("a call in the stream has no function")
        index = piece.get("index")
        last = next(reversed(calls), n)  # without an index or an id it goes on with the call before
        place = index if isinstance(index, int) else _string(piece.get("id")) or last
        call = calls.setdefault(place, {"name": "", "arguments": ""})
        call["name"] = call["name"] or _string(function.get("name"))
        arguments = function.get("arguments")
        call["arguments"] += arguments if isinstance(arguments, str) else json.dumps(arguments) if arguments else ""


def _string(value: object) -> str:
    return value if isinstance(value, str) else ""


def _value(text: object) -> str:
    return _string(text.get("value")) if isinstance(text, Mapping) else _string(text)


def encodable(text: str) -> str:
    """Lone surrogates, which JSON can carry and UTF-8 cannot, become `?`."""
    return text.encode("utf-8", "replace").decode()
