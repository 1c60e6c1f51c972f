"""A row of OpenAI's or ShareGPT's layout -> messages and tools in OpenAI's.

ShareGPT's layout is read as LLaMA-Factory writes it and as Hermes does: calls as turns of their own, or in <tool_call>
tags.
"""

import json
import re
from collections.abc import Iterator, Sequence

from agents.errors import UsageError
from agents.schema import JsonObject

ROLES = {"system": "system", "human": "user", "user": "user", "gpt": "assistant", "assistant": "assistant"}
CALL = re.compile(r"<tool_call>\s*(.*?)\s*</tool_call>", re.DOTALL)
RESPONSE = re.compile(r"<tool_response>\s*(.*?)\s*</tool_response>", re.DOTALL)
Row = JsonObject


def read(row: Row, where: str) -> Row:
    """Messages and tools in OpenAI's layout. Raises: UsageError: the row is in neither."""
    try:
        if "messages" in row:
            return {"messages": row["messages"], "tools": _tools(row.get("tools"))}
        turns = list(_messages(row["conversations"]))
        if system := row.get("system"):
            turns.insert(0, {"role": "system", "content": system})
        return {"messages": turns, "tools": _tools(row.get("tools"))}
    except (KeyError, TypeError, ValueError) as error:
        raise UsageError(f"{where}: neither OpenAI's nor ShareGPT's layout: {error!r}") from None


def _tools(tools: str | list[Row] | None) -> list[Row]:
    listed = json.loads(tools) if isinstance(tools, str) else tools or []
    return [tool if "function" in tool else {"type": "function", "function": tool} for tool in listed]


def _messages(turns: Sequence[Row]) -> Iterator[Row]:
    """One message or more for each turn; results answer the calls before them in their order."""
    waiting: list[str] = []
    for place, turn in enumerate(turns):
        kind, value = turn["from"], turn["value"]
        if kind in ("observation", "tool", "function_response"):
            for name, content in zip(waiting, _results(value, len(waiting)), strict=True):
                yield {"role": "tool", "tool_call_id": name, "content": content}
            waiting = []
            continue
        texts = CALL.findall(value) if kind in ("gpt", "assistant") else []
        calls = [json.loads(text) for text in texts]
        content = CALL.sub("", value).strip() if calls else value
        if kind == "function_call":  # LLaMA-Factory: the calls are the whole turn
            parsed = json.loads(value)
            calls, content = parsed if isinstance(parsed, list) else [parsed], turn.get("text", "")
        message: Row = {"role": "assistant" if kind == "function_call" else ROLES[kind], "content": content}
        waiting = [f"call_{place}_{number}" for number in range(len(calls))]
        if calls:
            message["tool_calls"] = []
        for name, call in zip(waiting, calls, strict=True):
            arguments = call.get("arguments", call.get("parameters", {}))
            text = arguments if isinstance(arguments, str) else json.dumps(arguments, ensure_ascii=False)
            function = {"name": call["name"], "arguments": text}
            message["tool_calls"].append({"id": name, "type": "function", "function": function})
        yield message


def _results(value: str, count: int) -> list[str]:
    """The results of so many calls: in tags, as a JSON list, or the whole text of one."""
    if tagged := RESPONSE.findall(value):
        return list(tagged)
    if count == 1:  # whatever it looks like: a list may be one call's result
        return [value]
    return [item if isinstance(item, str) else json.dumps(item) for item in json.loads(value)]
