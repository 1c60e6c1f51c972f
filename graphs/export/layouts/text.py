"""Layouts that write calls and results as text: ShareGPT, as LLaMA-Factory reads it, and Hermes.

Neither can say that an answer should not be learned, so a row that holds one is left out.
"""

from agents.errors import FormatError
from agents.schema import Message, Row
from graphs.export.rows import Call, Record, as_json, calls, definitions, is_learned, system_prompt, turns

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


def sharegpt(row: Row) -> Record:
    """LLaMA-Factory's layout: human, function_call, observation, gpt.

    Parallel calls are a JSON list, and so are then their observations, since turns have to alternate. It has no place
    for what is said or thought beside a call: that is the turn's `text` and `reasoning`.
    """
    _refuse_unlearned(row)
    conversation: list[Record] = []
    for role, messages in turns(row):
        first = messages[0]
        if role == "tool":
            contents = [message["content"] for message in messages]
            conversation.append(
                {"from": "observation", "value": contents[0] if len(contents) == 1 else as_json(contents)}
            )
        elif first.get("tool_calls"):
            objects = [_call_object(call) for call in calls(first)]
            value = as_json(objects[0] if len(objects) == 1 else objects)
            text: Record = {"text": first["content"]} if first["content"] else {}
            conversation.append({"from": "function_call", "value": value, **text, **_reasoning(first)})
        else:
            speaker = "human" if role == "user" else "gpt"
            conversation.append({"from": speaker, "value": first["content"], **_reasoning(first)})
    offered = [tool["function"] for tool in definitions(row)]
    return {"conversations": conversation, "system": system_prompt(row), "tools": as_json(offered)}


def hermes(row: Row) -> Record:
    """Nous Research's function-calling layout: tools in the system prompt, calls and results within XML tags."""
    _refuse_unlearned(row)
    texts = [message["content"] or "" for message in row["messages"]]
    clash = next((tag for tag in TAGS for text in texts if tag in text), None)
    if clash:
        raise FormatError(f"slot {row['slot']}: a message holds {clash}, which this layout could not tell from a call")
    offered = "\n".join(as_json(tool) for tool in definitions(row))
    conversation = [{"from": "system", "value": HERMES.format(system=system_prompt(row), tools=offered)}]
    names = {"user": "human", "assistant": "gpt", "tool": "tool"}
    for role, messages in turns(row):
        parts = []
        for message in messages:
            content, thought = message["content"], message.get("reasoning_content")
            if role == "tool":
                content = f"<tool_response>\n{content}\n</tool_response>"
            parts += [f"<think>\n{thought}\n</think>"] if thought else []
            parts += [content] if content else []
            parts += [f"<tool_call>\n{as_json(_call_object(call))}\n</tool_call>" for call in calls(message)]
        conversation.append({"from": names[role], "value": "\n".join(parts)})
    return {"conversations": conversation, "tools": as_json(definitions(row))}


def _call_object(call: Call) -> Record:
    return {"name": call.name, "arguments": call.arguments}


def _reasoning(message: Message) -> Record:
    return {"reasoning": message["reasoning_content"]} if message.get("reasoning_content") else {}


def _refuse_unlearned(row: Row) -> None:
    for number, message in enumerate(row["messages"]):
        if message["role"] == "assistant" and not is_learned(message):
            place = f"slot {row['slot']}: message {number}"
            raise FormatError(f"{place} should not be learned, which this layout cannot say")
