"""Four vendors' own APIs on loopback, as far as LangChain's packages speak them: a call for tools, else words."""

import json
import re
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

Body = dict[str, Any]
PLAN = "First the plan {is} made."
WORDS = '{"say": "Is it 3 < 4?"}'
ARGUMENTS = {"city": "K\u00f6ln"}


class Vendors:
    """What each was sent: its bodies and the keys that came with them."""

    def __init__(self, refuse: Response | None = None) -> None:
        self.bodies: list[Body] = []
        self.keys: list[str] = []
        self._refuse = refuse

    def app(self) -> Starlette:
        routes = {
            "/anthropic/v1/messages": _anthropic,
            "/mistral/v1/chat/completions": _mistral,
            "/ollama/api/chat": _ollama,
            "/google/v1beta/models/{model}": _google,
        }
        return Starlette(routes=[Route(path, self._answer(speak), methods=["POST"]) for path, speak in routes.items()])

    def _answer(self, speak: Any) -> Any:
        async def answer(request: Request) -> Response:
            headers = request.headers
            bearer = headers.get("authorization", "").removeprefix("Bearer ")
            self.keys.append(headers.get("x-api-key") or headers.get("x-goog-api-key") or bearer)
            self.bodies.append(json.loads(await request.body()))
            spoken: Response = self._refuse or speak(self.bodies[-1])
            return spoken

        return answer


def _anthropic(body: Body) -> Response:
    call = {"type": "tool_use", "id": "toolu_1", "name": "weather", "input": ARGUMENTS}
    said = [call] if body.get("tools") else [{"type": "text", "text": WORDS}]
    content = [{"type": "thinking", "thinking": PLAN, "signature": "s"}, *said]
    usage = {"input_tokens": 9, "output_tokens": 4, "cache_read_input_tokens": 2}
    head = {"id": "m1", "type": "message", "role": "assistant", "model": "m-1", "usage": usage}
    return JSONResponse({**head, "content": content, "stop_reason": "tool_use" if body.get("tools") else "end_turn"})


def _mistral(body: Body) -> Response:
    ids = [call["id"] for message in body["messages"] for call in message.get("tool_calls") or ()]
    if not all(re.fullmatch("[A-Za-z0-9]{9}", call) for call in ids):
        return JSONResponse({"object": "error", "message": "Tool call id was not nine letters and digits"}, 400)
    if "seed" in body:
        return JSONResponse({"detail": [{"loc": ["body", "seed"], "msg": "Extra inputs are not permitted"}]}, 422)
    function = {"name": "weather", "arguments": json.dumps(ARGUMENTS)}
    message: Body = {"role": "assistant", "content": "" if body.get("tools") else WORDS}
    message |= {"tool_calls": [{"id": "abcdefghi", "function": function}]} if body.get("tools") else {}
    choice = {"index": 0, "message": message, "finish_reason": "tool_calls" if body.get("tools") else "stop"}
    usage = {"prompt_tokens": 9, "completion_tokens": 4, "total_tokens": 13}
    return JSONResponse({"id": "c", "object": "chat.completion", "model": "m-1", "choices": [choice], "usage": usage})


def _ollama(body: Body) -> Response:
    message: Body = {"role": "assistant", "content": "" if body.get("tools") else f"<think>{PLAN}</think>{WORDS}"}
    if body.get("tools"):
        message["tool_calls"] = [{"function": {"name": "weather", "arguments": ARGUMENTS}}]
    head = {"model": "m-1", "created_at": "2026-01-01T00:00:00Z"}
    end = {"done": True, "done_reason": "stop", "prompt_eval_count": 9, "eval_count": 4}
    lines = [
        {**head, "message": message, "done": False},
        {**head, "message": {"role": "assistant", "content": ""}, **end},
    ]
    return Response("".join(json.dumps(line) + "\n" for line in lines), media_type="application/x-ndjson")


def _google(body: Body) -> Response:
    part: Body = {"functionCall": {"name": "weather", "args": ARGUMENTS}} if body.get("tools") else {"text": WORDS}
    candidate = {"content": {"role": "model", "parts": [part]}, "finishReason": "STOP", "index": 0}
    usage = {"promptTokenCount": 9, "candidatesTokenCount": 4, "totalTokenCount": 13}
    return JSONResponse({"candidates": [candidate], "usageMetadata": usage, "modelVersion": "m-1"})
