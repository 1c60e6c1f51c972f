"""A row of trajectories.jsonl -> a record of the layout that another tool reads.

Each function takes a row and returns what one line of the file holds. Nothing of the conversation is lost: what a
layout has no place for stands in a key of its own, which its readers pass over. A row that a layout would make
ambiguous is refused with FormatError. Call ids are `call_1`, `call_2`, ... in order, so a layout may leave them out.
"""

import json
from collections.abc import Iterator
from enum import StrEnum
from importlib import metadata
from itertools import groupby
from typing import Any

from agents.errors import FormatError

Row = dict[str, Any]
Record = dict[str, Any]
TAGS = ("<tool_call>", "</tool_call>", "<tool_response>", "</tool_response>")
HERMES = """{system}

You may call the functions described within <tools></tools>:
<tools>
{tools}
</tools>
To call one, answer with a JSON object of its name and arguments within <tool_call></tool_call> tags:
<tool_call>
{{"name": <function-name>, "arguments": <arguments-object>}}
</tool_call>"""


class Format(StrEnum):
    """The layouts that `python -m graphs.export` writes."""

    OPENAI = "openai"
    SHAREGPT = "sharegpt"
    HERMES = "hermes"
    ATIF = "atif"
    PARQUET = "parquet"


def openai(row: Row) -> Record:
    """Messages and tools as OpenAI's chat fine-tuning takes them, without the hints that only MCP knows."""
    return {"messages": row["messages"], "tools": tools(row)}


def tools(row: Row) -> list[Record]:
    """The offered functions: name, description and parameters only."""
    keys = ("name", "description", "parameters")
    return [
        {"type": "function", "function": {key: tool["function"][key] for key in keys if key in tool["function"]}}
        for tool in row["tools"]
    ]


def sharegpt(row: Row) -> Record:
    """LLaMA-Factory's layout: human, function_call, observation, gpt.

    Parallel calls are a JSON list, and so are then their observations, since turns have to alternate. It has no place
    for what is said beside a call: that is the turn's `text`.
    """
    turns: list[Record] = []
    for role, group in _turns(row):
        if role == "tool":
            contents = [message["content"] for message in group]
            turns.append({"from": "observation", "value": contents[0] if len(contents) == 1 else _json(contents)})
        elif group[0].get("tool_calls"):
            called = _calls(group[0])
            beside = {"text": group[0]["content"]} if group[0].get("content") else {}
            value = _json(called[0] if len(called) == 1 else called)
            turns.append({"from": "function_call", "value": value, **beside})
        else:
            turns.append({"from": "human" if role == "user" else "gpt", "value": group[0]["content"]})
    offered = [tool["function"] for tool in tools(row)]
    return {"conversations": turns, "system": _system(row), "tools": _json(offered)}


def hermes(row: Row) -> Record:
    """Nous Research's function-calling layout: tools in the system prompt, calls and results within XML tags."""
    texts = [message.get("content") or "" for message in row["messages"]]
    clash = next((tag for tag in TAGS for text in texts if tag in text), None)
    if clash:
        raise FormatError(f"slot {row['slot']}: a message holds {clash}, which this layout could not tell from a call")
    offered = "\n".join(_json(tool) for tool in tools(row))
    turns = [{"from": "system", "value": HERMES.format(system=_system(row), tools=offered)}]
    names = {"user": "human", "assistant": "gpt", "tool": "tool"}
    for role, group in _turns(row):
        turns.append({"from": names[role], "value": "\n".join(_tag(role, group))})
    return {"conversations": turns, "tools": _json(tools(row))}


def _tag(role: str, group: list[Row]) -> Iterator[str]:
    for message in group:
        if role == "tool":
            yield f"<tool_response>\n{message['content']}\n</tool_response>"
        elif message.get("content"):
            yield message["content"]
        for call in _calls(message):
            yield f"<tool_call>\n{_json(call)}\n</tool_call>"


def atif(row: Row, model: str | None = None) -> Record:
    """Harbor's Agent Trajectory Interchange Format, version 1.7; `model` is the assistant's.

    An observation belongs to the step of its call; its origin is in the result's `extra`.
    """
    agent = {"name": "tdscaling", "version": metadata.version("tdscaling"), "tool_definitions": tools(row)}
    steps: list[Record] = []
    for message in row["messages"]:
        if message["role"] == "tool":
            steps[-1].setdefault("observation", {"results": []})["results"].append(_result(message, row))
        else:
            steps.append({"step_id": len(steps) + 1, **_step(message)})
    kept = ("cluster", "directive", "blueprint", "measures", "verdict", "novelty", "nearest", "locks", "tool_licences")
    return {
        "schema_version": "ATIF-v1.7",
        "trajectory_id": f"slot-{row['slot']}",
        "agent": {**agent, "model_name": model} if model else agent,
        "steps": steps,
        "extra": {"slot": row["slot"], **{key: row[key] for key in kept if row.get(key) is not None}},
    }


def _step(message: Row) -> Record:
    source = {"assistant": "agent"}.get(message["role"], message["role"])
    step: Record = {"source": source, "message": message.get("content") or ""}
    if message.get("tool_calls"):
        ids = [call["id"] for call in message["tool_calls"]]
        step["tool_calls"] = [
            {"tool_call_id": name, "function_name": call["name"], "arguments": call["arguments"]}
            for name, call in zip(ids, _calls(message), strict=True)
        ]
    return step


def _result(message: Row, row: Row) -> Record:
    result = {"source_call_id": message["tool_call_id"], "content": message["content"]}
    origin = row.get("origins", {}).get(message["tool_call_id"])
    return {**result, "extra": origin} if origin else result


def _turns(row: Row) -> Iterator[tuple[str, list[Row]]]:
    """The messages after the system prompt; the tool messages that follow one another are one turn."""
    spoken = [message for message in row["messages"] if message["role"] != "system"]
    for role, group in groupby(spoken, key=lambda message: str(message["role"])):
        if role == "tool":
            yield role, list(group)
        else:
            yield from ((role, [message]) for message in group)


def _system(row: Row) -> str:
    return "\n\n".join(message["content"] for message in row["messages"] if message["role"] == "system")


def _calls(message: Row) -> list[Record]:
    functions = [call["function"] for call in message.get("tool_calls") or ()]
    return [{"name": function["name"], "arguments": json.loads(function["arguments"])} for function in functions]


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)
