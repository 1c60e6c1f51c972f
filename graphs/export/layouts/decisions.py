"""Rows for reinforcement learning: one for each turn of the assistant, with what makes an answer right.

A decision is the state so far, the tools, and the calls that were made there; none where speaking was right. An
argument is *determined* where what was told says its value, or its schema leaves a choice of few; else it is *free*,
such as a message's words or code, and any valid value is right. `evals.rl.verify` gives the reward.
"""

from collections.abc import Iterator

from pydantic import JsonValue

from agents.plan.values import Answer, Mentions, read, says
from agents.schema import Row, Schema
from graphs.export.layouts.chat import response_items, response_tools
from graphs.export.rows import Call, Record, calls, definitions, is_learned, system_prompt


def nemo_gym(row: Row) -> Iterator[Record]:
    """NeMo Gym's rows: `responses_create_params` is what a policy gets, `verifier_metadata` what its answer is held to.

    `expected_action` is the form that Gym's own single-step servers read: the first call, or the words that were said.
    """
    schemas = {tool["function"]["name"]: tool["function"]["parameters"] for tool in definitions(row)}
    items: list[Record] = [{"role": "system", "content": system_prompt(row)}]
    for number, message in enumerate(row["messages"]):
        if message["role"] == "system":
            continue
        if is_learned(message):
            right = calls(message)
            heard = read("\n".join(m["content"] or "" for m in row["messages"][:number] if m["role"] != "assistant"))
            yield {
                "id": f"slot-{row['slot']}-{number}",
                "responses_create_params": {
                    "input": list(items),
                    "tools": response_tools(row),
                    "parallel_tool_calls": True,
                },
                "expected_action": _action(right, message["content"] or ""),
                "verifier_metadata": {"calls": [_expected(call, schemas.get(call.name, {}), heard) for call in right]},
            }
        items += response_items(message, number)


def _action(right: list[Call], content: str) -> Record:
    if right:
        return {"type": "function_call", "name": right[0].name, "arguments": right[0].text}
    return {"type": "message", "content": content}


def _expected(call: Call, schema: Schema, heard: Mentions) -> Record:
    properties = schema.get("properties", {})
    determined = [
        name
        for name, value in call.arguments.items()
        if is_determined(value, properties.get(name, {}), name in schema.get("required", ()), heard)
    ]
    return {"name": call.name, "arguments": call.arguments, "determined": determined, "schema": schema}


def is_determined(value: JsonValue, schema: Schema, required: bool, heard: Mentions) -> bool:
    """Whether the state so far leaves one value only; a choice of few counts where the tool wants one."""
    if says(heard, value, schema) is Answer.SAYS:
        return True
    few = isinstance(value, bool) or "enum" in schema or "const" in schema
    return few and required
