"""A conversation as one endpoint wants to read it: its messages put otherwise, the conversation itself unchanged."""

import json
from collections.abc import Sequence

from agents.schema import JsonObject, Schema
from agents.teacher.request import Message


def shorten_ids(messages: Sequence[Message]) -> list[Message]:
    """The messages with call ids of nine letters and digits, as the strictest endpoint wants them.

    >>> shorten_ids([{"role": "tool", "tool_call_id": "call_12", "content": "{}"}])[0]["tool_call_id"]
    'call00012'
    """
    short = list[Message]()
    for message in messages:
        if message.get("tool_calls"):
            message = {**message, "tool_calls": [{**call, "id": wire_id(call["id"])} for call in message["tool_calls"]]}
        elif "tool_call_id" in message:
            message = {**message, "tool_call_id": wire_id(message["tool_call_id"])}
        short.append(message)
    return short


def wire_id(call_id: str) -> str:
    """Nine letters and digits for one of our `call_1`, `call_2`, ..."""
    number = call_id.removeprefix("call_")
    return f"call{int(number):05d}" if number.isdigit() else call_id


def fold_system(messages: Sequence[Message]) -> list[Message]:
    """System messages become the beginning of the first user message."""
    system = "\n\n".join(str(message["content"]) for message in messages if message["role"] == "system")
    rest = [message for message in messages if message["role"] != "system"]
    if rest and rest[0]["role"] == "user":
        return [{**rest[0], "content": f"{system}\n\n{rest[0]['content']}"}, *rest[1:]]
    return [{"role": "user", "content": system}, *rest]


def join_roles(messages: Sequence[Message]) -> list[Message]:
    """Messages of one role in a row become one. Calls and their results stay apart: each has an id of its own."""
    joined = list[Message]()
    for message in messages:
        last = joined[-1] if joined else {"role": ""}
        plain = message["role"] in {"user", "system", "assistant"} and "tool_calls" not in message
        if message["role"] == "user" and last["role"] == "tool":  # Mistral's template lets nobody speak there
            joined.append({"role": "assistant", "content": "OK."})
            last = joined[-1]
        if plain and last["role"] == message["role"] and "tool_calls" not in last:
            joined[-1] = {**last, "content": f"{last['content']}\n\n{message['content']}"}
        else:
            joined.append(message)
    return joined


def write_out(messages: Sequence[Message], tools: Sequence[Schema]) -> list[Message]:
    """A conversation with its tools, calls and results in words, for a judge whose endpoint knows no tools."""
    words = list[Message]()
    for message in messages:
        if message["role"] == "tool":
            message = {"role": "user", "content": f"({message['tool_call_id']} returned {message['content']})"}
        elif calls := message.get("tool_calls"):
            lines = [f"({c['id']} calls {c['function']['name']} {c['function']['arguments']})" for c in calls]
            message = {"role": "assistant", "content": "\n".join([message.get("content") or "", *lines]).strip()}
        words.append(message)
    functions = json.dumps([tool["function"] for tool in tools], ensure_ascii=False)
    return [{**words[0], "content": f"{words[0]['content']}\n\n## Tools\n{functions}"}, *words[1:]]


def dress_calls(messages: Sequence[Message], *, thoughts: bool, signature: JsonObject | None) -> list[Message]:
    """The assistant's calls with what thinking models want beside them: their thoughts, empty, and a signature."""
    dressed = list[Message]()
    for message in messages:
        calls = message.get("tool_calls")
        if calls and thoughts:
            message = {"reasoning_content": "", **message}
        if calls and signature:
            message = {**message, "tool_calls": [{**call, "extra_content": signature} for call in calls]}
        dressed.append(message)
    return dressed


def fill_content(messages: Sequence[Message]) -> list[Message]:
    """Content that is empty left out beside calls, which speak for themselves, and a space elsewhere."""
    filled = list[Message]()
    for message in messages:
        if not message.get("content"):
            bare = {key: value for key, value in message.items() if key != "content"}
            message = bare if message.get("tool_calls") else {**message, "content": " "}
        filled.append(message)
    return filled
