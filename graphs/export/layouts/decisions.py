"""Rows for reinforcement learning: one for each turn of the assistant, with what makes an answer right.

A decision is the state so far, the tools, and the calls that were made there; none where speaking was right.
`evals.rl.verify` gives the reward.
"""

from collections.abc import Iterator

from agents.plan.equivalence import expect
from agents.plan.values import read
from agents.schema import Row
from graphs.export.layouts.chat import response_items, response_tools
from graphs.export.rows import Record, calls, definitions, is_learned, system_prompt


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
            # What only the assistant said determines nothing: it may have made it up.
            heard = read("\n".join(m["content"] or "" for m in row["messages"][:number] if m["role"] != "assistant"))
            expected = [expect(call.name, call.arguments, schemas.get(call.name, {}), heard) for call in right]
            action: Record = {"type": "message", "content": message["content"] or ""}
            if right:
                action = {"type": "function_call", "name": right[0].name, "arguments": right[0].text}
            yield {
                "id": f"slot-{row['slot']}-{number}",
                "responses_create_params": {
                    "input": list(items),
                    "tools": response_tools(row),
                    "parallel_tool_calls": True,
                },
                "expected_action": action,
                "verifier_metadata": {"calls": [call.model_dump(mode="json", by_alias=True) for call in expected]},
            }
        items += response_items(message, number)
