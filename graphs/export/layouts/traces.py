"""Layouts that show what an agent did: Harbor's ATIF, and sessions as dataset hubs display them."""

from collections.abc import Iterator
from importlib import metadata

from agents.schema import Message, Row
from graphs.export.rows import Record, calls, definitions, is_learned

KEPT = ("cluster", "directive", "blueprint", "measures", "verdict", "novelty", "nearest", "locks", "tool_licences")


def atif(row: Row, model: str | None = None) -> Record:
    """Harbor's Agent Trajectory Interchange Format, version 1.7; `model` is the assistant's.

    An observation belongs to the step of its call; its origin is in the result's `extra`.
    """
    agent: Record = {
        "name": "tdscaling",
        "version": metadata.version("tdscaling"),
        "tool_definitions": definitions(row),
    }
    if model:
        agent["model_name"] = model
    steps: list[Record] = []
    results: list[Record] = []
    for message in row["messages"]:
        if message["role"] != "tool":
            results = []
            steps.append({"step_id": len(steps) + 1, **_step(message)})
            continue
        result: Record = {"source_call_id": message["tool_call_id"], "content": message["content"]}
        origin = row.get("origins", {}).get(message["tool_call_id"])
        results.append({**result, "extra": origin} if origin else result)
        # the same list each time: the results of parallel calls are one observation of one step
        steps[-1]["observation"] = {"results": results}
    return {
        "schema_version": "ATIF-v1.7",
        "trajectory_id": f"slot-{row['slot']}",
        "agent": agent,
        "steps": steps,
        "extra": {"slot": row["slot"], **{key: row[key] for key in KEPT if row.get(key) is not None}},  # type: ignore[literal-required]
    }


def _step(message: Message) -> Record:
    source = "agent" if message["role"] == "assistant" else message["role"]
    step: Record = {"source": source, "message": message["content"] or ""}
    if message.get("reasoning_content"):
        step["reasoning_content"] = message["reasoning_content"]
    if message.get("tool_calls"):
        step["tool_calls"] = [
            {"tool_call_id": call.id, "function_name": call.name, "arguments": call.arguments}
            for call in calls(message)
        ]
    if source == "agent" and not is_learned(message):
        step["extra"] = {"learn": False}
    return step


def session(row: Row, model: str | None = None) -> Iterator[Record]:
    """Lines of one session in the hubs' Session Trace Simple Format: a header, then a message each."""
    goal = (row.get("blueprint") or {}).get("goal") or f"slot {row['slot']}"
    header = {"type": "session", "harness": "tdscaling", "id": f"slot-{row['slot']}", "name": goal}
    yield {**header, "tools": definitions(row)}
    for message in row["messages"]:
        line: Record = {"role": message["role"], "content": message["content"] or ""}
        if message["role"] == "assistant" and model:
            line["model"] = model
        if message.get("reasoning_content"):
            line["reasoningContent"] = message["reasoning_content"]
        if message.get("tool_calls"):
            line["toolCalls"] = message["tool_calls"]
        if "tool_call_id" in message:
            line["toolCallId"] = message["tool_call_id"]
        yield {"type": "message", "message": line}
