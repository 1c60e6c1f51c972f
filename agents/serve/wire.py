"""What goes over the wire of an OpenAI-compatible endpoint: a completion as one body, and as server-sent events."""

import json
import re

from starlette.responses import Response

from agents import offline
from agents.schema import JsonObject
from agents.teacher.request import Message


def write_completion(model: str, message: Message, digest: str) -> JsonObject:
    """A chat completion without its usage; its request's digest is its id, so that equal requests get equal bytes."""
    fields = {"role": "assistant", "content": message.get("content") or None}
    calls = message.get("tool_calls")
    choice = {
        "index": 0,
        "message": fields | ({"tool_calls": calls} if calls else {}),
        "logprobs": None,
        "finish_reason": "tool_calls" if calls else "stop",
    }
    # `created` is 0, for a clock would make unequal bytes of equal requests
    head = {"id": f"chatcmpl-{digest[:24]}", "object": "chat.completion", "created": 0, "model": model}
    return head | {"system_fingerprint": offline.FINGERPRINT, "choices": [choice]}


def write_events(completion: JsonObject, usage: bool) -> Response:
    """The completion as server-sent events: words of the content, whole tool calls, the end, the usage if asked."""
    choice = completion["choices"][0]
    message = choice["message"]
    calls = [{"index": i, **call} for i, call in enumerate(message.get("tool_calls", ()))]
    # the last word takes the blanks behind it: put together again, the deltas are the content
    words = re.findall(r"\s*\S+\s*$|\s*\S+", message["content"] or "")
    deltas: list[Message] = [{"role": "assistant"}, *({"content": word} for word in words)]
    deltas += [{"tool_calls": [call]} for call in calls]
    head = completion | {"object": "chat.completion.chunk", "usage": None}
    ends = [*((delta, None) for delta in deltas), ({}, choice["finish_reason"])]
    chunks = [head | {"choices": [{"index": 0, "delta": delta, "finish_reason": end}]} for delta, end in ends]
    if usage:
        # as OpenAI does it: a last chunk with the usage and no choice
        chunks.append(head | {"choices": [], "usage": completion["usage"]})
    events = [f"data: {json.dumps(chunk)}\n\n" for chunk in chunks] + ["data: [DONE]\n\n"]
    return Response("".join(events), media_type="text/event-stream")
