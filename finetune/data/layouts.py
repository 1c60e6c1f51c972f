"""A record of any common layout -> a conversation.

Read are OpenAI's chat messages (and what `datasets` makes of them: keys that are null), ShareGPT's and Hermes' turns,
and Harbor's ATIF steps. What is missing is a default; what cannot be understood is a RowError that names its place.
"""

import ast
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from itertools import takewhile
from typing import cast

import jsonschema_rs
import orjson
from pydantic import JsonValue

from agents.errors import RowError
from finetune.data.conversation import Call, Conversation, Json, Speaker, Utterance

ROLES: dict[str, Speaker] = {
    **{role: role for role in ("system", "developer", "user", "assistant", "tool")},
    **{"human": "user", "gpt": "assistant", "chatgpt": "assistant", "model": "assistant", "bing": "assistant"},
    **{"agent": "assistant", "function_call": "assistant", "tool_call": "assistant"},
    **{"function": "tool", "observation": "tool", "function_response": "tool", "tool_response": "tool"},
}
CALL = re.compile(r"<tool_call>\s*(.*?)\s*</tool_call>", re.DOTALL)
RESULT = re.compile(r"<tool_response>\n?(.*?)\n?</tool_response>", re.DOTALL)
OFFERED = re.compile(r"<tools>\s*([\[{].*?)\s*</tools>", re.DOTALL)
MEANT = {"default", "const", "example"}
"""Keys of a JSON Schema whose null may be meant."""


def read_conversation(record: object) -> Conversation:
    """The conversation in a record. Raises: RowError: nobody speaks in it, or something in it is not understood."""
    if not isinstance(record, dict):
        raise RowError("not a JSON object")
    if isinstance(record.get("steps"), list):
        agent = _object(record.get("agent") or {}, "agent")
        tools = read_tools(agent.get("tool_definitions"))
        return Conversation(tuple(_atif(record["steps"])), tools)
    key = next((key for key in ("messages", "conversations", "conversation") if record.get(key) is not None), None)
    if key is None:
        raise RowError("no `messages`, `conversations` or `steps`")
    turns = [_object(turn, f"{key}.{n}") for n, turn in enumerate(_list(record[key], key))]
    tools = read_tools(next((record[name] for name in ("tools", "functions") if record.get(name)), None))
    if not any("from" in turn or turn.get("tool_calls") for turn in turns) and any(map(is_tagged, turns)):
        turns = [{**turn, "from": turn.get("role"), "value": turn.get("content")} for turn in turns]  # Hermes' text
    if any("from" in turn for turn in turns):
        return _sharegpt(turns, tools, str(record.get("system") or ""), key)
    functions = [cast(Json, tool["function"]) for tool in tools]
    schemas = {str(function["name"]): cast(Json, function.get("parameters") or {}) for function in functions}
    utterances = list[Utterance]()
    for number, message in enumerate(turns):
        place = f"{key}.{number}"
        calls = message.get("tool_calls") or ([message["function_call"]] if message.get("function_call") else [])
        called = enumerate(_list(calls, f"{place}.tool_calls"))
        thought = next((message[key] for key in ("reasoning_content", "reasoning", "thinking") if message.get(key)), "")
        utterance = Utterance(
            role=_role(message.get("role"), place),
            text=_text(message.get("content"), f"{place}.content"),
            calls=tuple(_call(call, f"{place}.tool_calls.{n}", schemas) for n, call in called),
            thought=_text(thought, f"{place}.reasoning_content"),
            call_id=str(message.get("tool_call_id") or ""),
            name=str(message.get("name") or ""),
            learn=_is_learned(message),
        )
        utterances.append(utterance)
    return Conversation(utterances, tools)


def is_tagged(turn: Json) -> bool:
    """Whether a call stands within tags in what the assistant says."""
    content = turn.get("content")
    return turn.get("role") in {"assistant", "gpt", "model"} and isinstance(content, str) and bool(CALL.search(content))


def _is_learned(message: Json) -> bool:
    """Whether a row wants its message learned; OpenAI's fine-tuning knows the weights 0 and 1 only."""
    return message.get("learn") is not False and message.get("weight") != 0


def _call(value: JsonValue, place: str, schemas: Mapping[str, Json]) -> Call:
    call = _object(value, place)
    function = _object(call.get("function") or call, place)
    name, arguments = function.get("name"), function.get("arguments", function.get("parameters"))
    if not isinstance(name, str) or not name:
        raise RowError(f"{place}: a call without a name: {_short(value)}")
    if isinstance(arguments, str):
        try:
            arguments = orjson.loads(arguments or "{}")
        except ValueError:
            raise RowError(f"{place}: arguments are not JSON: {_short(arguments)}") from None
    elif isinstance(arguments, dict) and name in schemas:
        arguments = _without_absent(arguments, schemas[name])
    if arguments is None:
        arguments = {}
    if not isinstance(arguments, dict):
        raise RowError(f"{place}: arguments are not a JSON object: {_short(arguments)}")
    return Call(name, arguments, str(call.get("id") or ""))


def _without_absent(value: Json, schema: Json) -> Json:
    """Arguments without the nulls that Arrow puts where a row lacks a key that another row has.

    A null stays where the tool's schema admits it.
    """
    properties = schema.get("properties")
    kinds = properties if isinstance(properties, dict) else {}
    kept: Json = {}
    for key, inner in value.items():
        kind = kinds.get(key)
        if inner is None:
            try:
                meant = isinstance(kind, dict) and jsonschema_rs.is_valid(kind, None)
            except ValueError:  # a schema that is none, or refers to what is not there
                meant = False
            if not meant:
                continue
        kept[key] = _without_absent(inner, kind) if isinstance(inner, dict) and isinstance(kind, dict) else inner
    return kept


def _sharegpt(turns: Sequence[Json], tools: Sequence[Json], system: str, key: str) -> Conversation:
    """Turns of `from` and `value`; calls and results stand in them as JSON or, as Hermes has them, within tags.

    A layout without call ids: calls are numbered, and results belong to the calls in their order.
    """
    utterances: list[Utterance] = [Utterance("system", system)] if system else []
    pending: list[Call] = []
    number = 0
    for n, turn in enumerate(turns):
        place, kind, value = f"{key}.{n}", turn.get("from"), _text(turn.get("value"), f"{key}.{n}.value")
        role = _role(kind, place)
        if role == "assistant":
            text, texts = str(turn.get("text") or ""), CALL.findall(value)
            if kind in {"function_call", "tool_call"} and not texts:
                called = _decode(value, place)
                texts = called if isinstance(called, list) else [called]
            else:
                text = CALL.sub("", value).strip() if texts else value
            pending = [_call(_decode(each, place), place, {}) for each in texts]
            pending = [Call(call.name, call.arguments, f"call_{number + m}") for m, call in enumerate(pending, 1)]
            number += len(pending)
            utterances.append(Utterance(role, text, tuple(pending), learn=_is_learned(turn)))
        elif role == "tool":
            # within tags, as a JSON list of as many texts as there were calls, or one text
            results = RESULT.findall(value) or [value]
            if len(pending) > 1 and results == [value]:
                with suppress(ValueError):
                    texts = orjson.loads(value)
                    if isinstance(texts, list) and len(texts) == len(pending):
                        results = [text if isinstance(text, str) else orjson.dumps(text).decode() for text in texts]
            for result in results:
                answered = pending.pop(0) if pending else Call("", {})
                utterances.append(Utterance(role, result, call_id=answered.id, name=answered.name))
        elif role == "system" and (offered := OFFERED.search(value)):
            # the student's own template writes how its tools are called, so the layout's way goes
            tools = tools or read_tools(_decode_lines(offered.group(1), place))
            kept = "\n\n".join(takewhile(lambda paragraph: "<tools>" not in paragraph, value.split("\n\n")))
            utterances += [Utterance(role, kept)] if kept else []
        else:
            utterances.append(Utterance(role, value))
    return Conversation(utterances, tools)


def _atif(steps: Sequence[JsonValue]) -> Iterator[Utterance]:
    for n, value in enumerate(steps):
        place, step = f"steps.{n}", _object(value, f"steps.{n}")
        called = [_object(call, place) for call in _list(step.get("tool_calls") or [], place)]
        calls = tuple(
            _call({**call, "name": call.get("function_name"), "id": call.get("tool_call_id")}, place, {})
            for call in called
        )
        thought = _text(step.get("reasoning_content"), place)
        yield Utterance(_role(step.get("source"), place), _text(step.get("message"), place), calls, thought)
        observation = _object(step.get("observation") or {}, place)
        for part in _list(observation.get("results") or [], place):
            result = _object(part, place)
            text, call_id = _text(result.get("content"), place), str(result.get("source_call_id") or "")
            yield Utterance("tool", text, call_id=call_id)


def read_tools(value: JsonValue) -> list[Json]:
    """Tools as OpenAI writes them, out of text, a list, OpenAI's older functions or MCP's definitions, null or none."""
    if isinstance(value, str):
        value = _decode_lines(value, "tools") if value.strip() else None
    tools = list[Json]()
    for number, listed in enumerate(_list(value or [], "tools")):
        place = f"tools.{number}"
        tool = _object(_decode(listed, place), place)
        if not isinstance(tool.get("function"), dict):
            schema = next((tool[key] for key in ("parameters", "inputSchema", "input_schema") if tool.get(key)), None)
            function: Json = {"name": tool.get("name"), "description": tool.get("description")}
            tool = {"type": "function", "function": {**function, "parameters": schema}}
        function = _object(tool["function"], place)
        if not isinstance(function.get("name"), str):
            raise RowError(f"{place}: a tool without a name: {_short(listed)}")
        defaults: Json = {"description": "", "parameters": {"type": "object", "properties": {}}}
        absent = {key: default for key, default in defaults.items() if function.get(key) is None}
        if _has_absent(tool):
            function = cast(Json, _prune(function))
        # Templates print keys as they come: those that servers send, in their order, whatever a file holds.
        shown = {key: {**function, **absent}[key] for key in ("name", *defaults)}
        tools.append({"type": "function", "function": shown})
    return tools


def _has_absent(value: JsonValue) -> bool:
    """Whether a null stands where a schema has no use for one: Arrow's mark of a key that this row lacks."""
    if isinstance(value, dict):
        return any((inner is None and key not in MEANT) or _has_absent(inner) for key, inner in value.items())
    return isinstance(value, list) and any(map(_has_absent, value))


def _prune(value: JsonValue) -> JsonValue:
    if isinstance(value, dict):
        return {key: _prune(inner) for key, inner in value.items() if inner is not None}
    return [_prune(inner) for inner in value] if isinstance(value, list) else value


def _role(value: JsonValue, place: str) -> Speaker:
    if not isinstance(value, str) or value not in ROLES:
        raise RowError(f"{place}: nobody knows the role {_short(value)}; known: {' '.join(ROLES)}")
    return ROLES[value]


def _text(value: JsonValue, place: str) -> str:
    if isinstance(value, str) or value is None:
        return value or ""
    texts = []
    for part in _list(value, place):
        text = part if isinstance(part, str) else part.get("text") if isinstance(part, dict) else None
        if not isinstance(text, str):
            raise RowError(f"{place}: only text can be trained on, not {_short(part)}")
        texts.append(text)
    return "".join(texts)


def _decode(value: JsonValue, place: str) -> JsonValue:
    """A value that may be JSON text, or the Python literal that older Hermes data holds."""
    if not isinstance(value, str):
        return value
    parsers: tuple[Callable[[str], JsonValue], ...] = (orjson.loads, ast.literal_eval)
    for parse in parsers:
        try:
            return parse(value)
        except (ValueError, SyntaxError):
            continue
    raise RowError(f"{place}: neither JSON nor a literal: {_short(value)}")


def _decode_lines(text: str, place: str) -> JsonValue:
    """JSON text, or one JSON text in each line."""
    try:
        return cast(JsonValue, orjson.loads(text))
    except ValueError:
        return [_decode(line, place) for line in text.splitlines() if line.strip()]


def _object(value: JsonValue, place: str) -> Json:
    if not isinstance(value, dict):
        raise RowError(f"{place}: not a JSON object: {_short(value)}")
    return value


def _list(value: JsonValue, place: str) -> list[JsonValue]:
    value = _decode_lines(value, place) if isinstance(value, str) else value
    if isinstance(value, dict):
        value = [value]
    if not isinstance(value, list):
        raise RowError(f"{place}: not a list: {_short(value)}")
    return value


def _short(value: object) -> str:
    return repr(value)[:80]
