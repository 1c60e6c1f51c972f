"""Layouts of chat messages: OpenAI's fine-tuning, TRL, Axolotl, and the two other hosted interfaces.

They differ in the form of the arguments (text or objects), in where the loss is switched off, and in what may think.
"""

from collections.abc import Iterator

from agents.schema import Message, Row
from graphs.export.rows import Record, as_json, calls, definitions, is_learned, system_prompt


def openai(row: Row) -> Record:
    """OpenAI's chat fine-tuning: arguments as text, and `weight` 0 on an answer that should not be learned.

    Reasoning has no place there, and a key that OpenAI does not know makes it refuse the file.
    """
    return {"messages": [_openai_message(message) for message in row["messages"]], "tools": definitions(row)}


def _openai_message(message: Message) -> Record:
    keys = ("role", "content", "tool_calls", "tool_call_id")
    plain: Record = {key: message[key] for key in keys if key in message}  # type: ignore[literal-required]
    unlearned = message["role"] == "assistant" and not is_learned(message)
    return {**plain, "weight": 0} if unlearned else plain


def axolotl(row: Row) -> Record:
    """Axolotl's `chat_template` datasets: each message says whether it is trained on; reasoning is kept.

    Axolotl reads arguments and tools from JSON text, which keeps Arrow from merging the schemas of different tools.
    """
    messages = []
    for message in row["messages"]:
        plain = {key: value for key, value in _openai_message(message).items() if key != "weight"}
        messages.append({**plain, **_reasoning(message), "train": is_learned(message)})
    return {"messages": messages, "tools": as_json(definitions(row))}


def trl(row: Row) -> Iterator[Record]:
    """TRL's conversational prompt and completion, arguments as objects: an example for each stretch that is learned.

    TRL has no flag for a message. So an example ends before an answer that should not be learned, and the next one has
    that answer in its prompt; with `assistant_only_loss=True` what tools and users say in a completion does not count.
    """
    messages = [with_objects(message) for message in row["messages"]]
    tools = [dict(tool) for tool in definitions(row)]
    start = None
    for number, message in enumerate([*row["messages"], None]):
        if message and is_learned(message):
            start = number if start is None else start
        elif start is not None and (message is None or message["role"] == "assistant"):
            last = max(n for n in range(start, number) if is_learned(row["messages"][n]))
            yield {"prompt": messages[:start], "completion": messages[start : last + 1], "tools": tools}
            start = None


def with_objects(message: Message) -> Record:
    """A message with its arguments as objects, as TRL and most templates take it."""
    plain: Record = {"role": message["role"], "content": message["content"] or "", **_reasoning(message)}
    if message.get("tool_calls"):
        plain["tool_calls"] = [
            {"id": call.id, "type": "function", "function": {"name": call.name, "arguments": call.arguments}}
            for call in calls(message)
        ]
    if "tool_call_id" in message:
        plain["tool_call_id"] = message["tool_call_id"]
    return plain


def _reasoning(message: Message) -> Record:
    return {"reasoning_content": message["reasoning_content"]} if message.get("reasoning_content") else {}


def anthropic(row: Row) -> Record:
    """Anthropic's Messages: `system` apart, calls and results as content blocks; roles take turns.

    Its thinking blocks carry a signature that only its own server can write, so reasoning stands beside them.
    """
    messages: list[tuple[str, list[Record]]] = []
    for message in row["messages"]:
        if message["role"] == "system":
            continue
        role = "assistant" if message["role"] == "assistant" else "user"
        # Roles have to alternate there, and a tool's result is the user's: several of them are one message.
        if not messages or messages[-1][0] != role:
            messages.append((role, []))
        blocks, content = messages[-1][1], message["content"] or ""
        if message["role"] == "tool":
            seen = row.get("origins", {}).get(message["tool_call_id"], {})
            failed: Record = {"is_error": True} if seen.get("ok") is False else {}
            result = {"type": "tool_result", "tool_use_id": message["tool_call_id"], "content": content}
            blocks.append({**result, **failed})
            continue
        if content:  # an empty text block is refused
            blocks.append({"type": "text", "text": content})
        blocks += [{"type": "tool_use", "id": c.id, "name": c.name, "input": c.arguments} for c in calls(message)]
    tools = [
        {"name": f["name"], "description": f.get("description", ""), "input_schema": f["parameters"]}
        for f in (tool["function"] for tool in definitions(row))
    ]
    thoughts = [message.get("reasoning_content") for message in row["messages"] if message["role"] == "assistant"]
    record: Record = {
        "system": system_prompt(row),
        "messages": [{"role": role, "content": blocks} for role, blocks in messages],
        "tools": tools,
    }
    return {**record, "reasoning": thoughts} if any(thoughts) else record


def responses(row: Row) -> Record:
    """OpenAI's Responses: one list of items, each call and each result an item of its own, tools without a wrapper."""
    return {
        "instructions": system_prompt(row),
        "input": [item for n, message in enumerate(row["messages"]) for item in response_items(message, n)],
        "tools": response_tools(row),
    }


def response_tools(row: Row) -> list[Record]:
    """The offered functions as the Responses interface takes them."""
    return [{"type": "function", "strict": False, **tool["function"]} for tool in definitions(row)]


def response_items(message: Message, number: int) -> Iterator[Record]:
    """A message, the system prompt apart, as items of the Responses interface."""
    content = message["content"] or ""
    if message.get("reasoning_content"):
        summary = [{"type": "summary_text", "text": message["reasoning_content"]}]
        yield {"type": "reasoning", "id": f"rs_{number}", "summary": summary}
    if message["role"] == "tool":
        yield {"type": "function_call_output", "call_id": message["tool_call_id"], "output": content}
    elif message["role"] in ("user", "assistant") and content:
        yield {"type": "message", "role": message["role"], "content": content}
    for call in calls(message):
        yield {"type": "function_call", "call_id": call.id, "name": call.name, "arguments": call.text}
