"""The rows of a run's folder, and what every layout asks of a row."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import cast

from pydantic import JsonValue

from agents import files
from agents.errors import UsageError
from agents.plan.code_tool import SERVICE
from agents.schema import Message, Origin, Row, ToolDefinition

Record = dict[str, object]
"""What one line of a layout holds."""
Manifest = dict[str, object]


@dataclass(frozen=True)
class Call:
    """One tool call, its arguments as an object."""

    id: str
    name: str
    arguments: dict[str, JsonValue]
    text: str
    """The arguments as the model wrote them."""


def read_rows(run: Path, name: str = "trajectories.jsonl") -> Iterator[Row]:
    """The accepted rows, or those of another file of the run, in slot order.

    Raises: UsageError: there is no such file; in the middle, a line of it is no row.
    """
    path = run / name
    if not path.is_file():
        raise UsageError(f"{run}: no {name} there; give the folder of a run, such as runs/default")
    return (cast(Row, row) for _, row in files.read_rows(path, {"messages": list}))


def definitions(row: Row) -> list[ToolDefinition]:
    """The offered functions: name, description and parameters, without the hints that only MCP knows.

    In the order in which inference servers print them: chat templates print keys as they come, and a row's are sorted.
    """
    return [
        {
            "type": "function",
            "function": {
                "name": function["name"],
                "description": function.get("description", ""),
                "parameters": function.get("parameters", {}),
            },
        }
        for function in (tool["function"] for tool in row["tools"])
    ]


def calls(message: Message) -> list[Call]:
    """The message's calls in order."""
    functions = [(call["id"], call["function"]) for call in message.get("tool_calls") or ()]
    return [Call(id, f["name"], json.loads(f["arguments"] or "{}"), f["arguments"]) for id, f in functions]


def system_prompt(row: Row) -> str:
    """What stands before the conversation."""
    return "\n\n".join(message["content"] or "" for message in row["messages"] if message["role"] == "system")


def turns(row: Row) -> Iterator[tuple[str, list[Message]]]:
    """Role and messages of each turn after the system prompt; tool messages that follow one another are one turn."""
    spoken = [message for message in row["messages"] if message["role"] != "system"]
    for role, group in groupby(spoken, key=lambda message: message["role"]):
        if role == "tool":
            yield role, list(group)
        else:
            yield from ((role, [message]) for message in group)


def is_learned(message: Message) -> bool:
    """Whether a student should learn to say this message."""
    return message["role"] == "assistant" and message.get("learn", True)


def is_learned_whole(row: Row) -> bool:
    """Whether a student should learn all that the assistant says."""
    return all(is_learned(message) for message in row["messages"] if message["role"] == "assistant")


def unlearn_failures(row: Row) -> Row:
    """The row with `learn: false` on the first attempt of each step that the plan let fail."""
    steps = cast(list[dict[str, JsonValue]], (row.get("blueprint") or {}).get("steps") or [])
    planned = {step["tool"] for step in steps if step.get("fails")}
    messages: list[Message] = []
    for message in row["messages"]:
        made = {call.name: row.get("origins", {}).get(call.id, {}) for call in calls(message)}
        failed = {name for name, seen in made.items() if seen.get("ok") is False and seen.get("origin") != Origin.LOCK}
        # the second attempt succeeds by the plan; a failure of its own is no planned one
        messages.append({**message, "learn": False} if failed & planned else message)
        planned -= failed
    return {**row, "messages": messages}


def services(row: Row) -> set[str]:
    """The services whose tools the row offers; the Code Tool belongs to none."""
    return {key.rsplit("/", 1)[0] for key in row["cluster"]["tools"].values()} - {SERVICE}


def mode_of(row: Row) -> str:
    """The mode that was played where it was measured, else the one that was asked for."""
    return str((row.get("measures") or {}).get("mode") or row["directive"]["mode"])


def as_json(value: object) -> str:
    """JSON text for people: no escapes for letters that are not ASCII."""
    return json.dumps(value, ensure_ascii=False)
