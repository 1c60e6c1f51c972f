"""Bodies of other APIs than chat completions -> the choices that a chat completion would have.

Gateways pass on what the API behind them said: Ollama's, Anthropic's, Cohere's, or OpenAI's Responses.
"""

from collections.abc import Mapping

from agents.teacher.reading.arguments import in_order

Json = Mapping[str, object]


def choices_of(body: Json) -> list[Json]:
    """The answers in a body, the first one first; none where it is of no known shape."""
    if body.get("choices") is not None:
        return [choice for choice in in_order(body["choices"]) if isinstance(choice, Mapping)]
    if isinstance(body.get("message"), Mapping) and not body.keys().isdisjoint(("done", "finish_reason")):
        return [body]
    if body.get("type") == "message" and "content" in body:
        return [{"message": body, "stop_reason": body.get("stop_reason")}]
    return [_of_response(body, in_order(body["output"]))] if is_response(body) else []


def is_response(body: Json) -> bool:
    """Whether it is OpenAI's Responses API that speaks."""
    output = in_order(body.get("output"))
    return bool(output) and all(isinstance(item, Mapping) and isinstance(item.get("type"), str) for item in output)


def _of_response(body: Json, output: list[object]) -> Json:
    items = [item for item in output if isinstance(item, Mapping)]
    words = [part for item in items if item["type"] == "message" for part in _parts(item.get("content"))]
    calls = [item for item in items if item["type"] in {"function_call", "custom_tool_call"}]
    thoughts = [item for item in items if item["type"] == "reasoning"]
    details = body.get("incomplete_details")
    reason = details.get("reason") if isinstance(details, Mapping) else None
    states = {item.get("status") for item in items} | {body.get("status")}
    unfinished = next((state for state in states if state not in (None, "completed")), None)
    message = {"content": words, "tool_calls": calls, "reasoning_details": thoughts}
    return {"message": message, "finish_reason": reason or unfinished or "stop"}


def _parts(content: object) -> list[object]:
    """The parts of a message of it, whose words may also be plain text."""
    return [{"type": "text", "text": content}] if isinstance(content, str) else in_order(content)
