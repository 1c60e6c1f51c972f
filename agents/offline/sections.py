"""What a prompt carries as data, read back: the JSON under its headings, with all that it leaves unsaid."""

import re
from typing import Any

import orjson

from agents.plan.concise import explicit, with_types
from agents.plan.sources import restore
from agents.schema import JsonObject


def section(text: str, name: str, default: object = None) -> Any:
    """The JSON under the last heading `## name`, or the default where there is no such heading.

    Raises: ValueError: no such section, and no default.
    """
    blocks = re.findall(rf"^## {name}\n```json\n(.*?)\n```$", text, re.MULTILINE | re.DOTALL)
    if not blocks and default is None:
        raise ValueError(f"prompt: no section {name!r} with a JSON block")
    if not blocks:
        return default
    value = orjson.loads(blocks[-1])
    match name:
        case "Tools":
            service = ""
            for tool in value:
                # that of the tool before
                service = tool.setdefault("service", service)
                tool |= complete_definition(tool)
        case "Plan":
            value = complete_plan(value)
        case "You":
            notes = value.get("facts", {}).items()
            value["facts"] = [
                {"name": fact, **(note if isinstance(note, dict) else {"value": note})} for fact, note in notes
            ]
    return value


def complete_definition(tool: JsonObject) -> JsonObject:
    """The definition with what goes without saying: that the tool takes nothing, that it writes, what results need."""
    known = {name: {"default": value} for name, value in tool.get("defaults", {}).items()}
    inputs = with_types(tool.get("inputSchema") or {"properties": known})
    output = {"outputSchema": explicit(with_types(tool["outputSchema"]))} if tool.get("outputSchema") else {}
    return {"reads": False, **tool, "inputSchema": inputs, **output}


def complete_plan(plan: JsonObject) -> JsonObject:
    """The assistant's plan with each step's id and turn, and with sources and checkpoints in their form."""
    steps = [
        {
            "id": id,
            "turn": 1,
            **step,
            "arguments": {key: restore(part) for key, part in step.get("arguments", {}).items()},
        }
        for id, step in plan["steps"].items()
    ]
    points = [dict(zip(("step", "text", "path"), point, strict=False)) for point in plan["checkpoints"]]
    return {**plan, "steps": steps, "checkpoints": points}
