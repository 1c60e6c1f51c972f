"""The offline teacher as an OpenAI-compatible endpoint, for trying the path of a hosted model without one.

POST /v1/chat/completions and GET /v1/models, model `offline`. Equal requests get equal bytes, ids included. Usage is
the offline teacher's own count, a regular expression's words and marks: close to a tokenizer's, but no BPE.

    python -m agents.serve --port 8008
"""

import hashlib
import json
import re
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any, Literal

import typer
import uvicorn
from langchain_core.messages import convert_to_openai_messages
from pydantic import BaseModel, Field, ValidationError, field_validator
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import Route

from agents import offline
from agents.chat import Message, converted

MODEL = "offline"
Reply = Callable[[list[Message], list[dict[str, Any]], int], Message]
"""(messages, tools, seed) -> the assistant's message; may raise HTTPException to script an endpoint's faults."""


class _Function(BaseModel):
    name: str
    arguments: str


class _Call(BaseModel):
    id: str
    function: _Function


class _Message(BaseModel):
    role: Literal["system", "developer", "user", "assistant", "tool"]
    content: str | None = None
    tool_calls: list[_Call] | None = None


class Body(BaseModel):
    """What is read of a request; sampling settings are accepted and change nothing."""

    model: str
    messages: list[Message] = Field(min_length=1)
    tools: list[dict[str, Any]] | None = None
    tool_choice: Literal["none", "auto"] | None = None
    seed: int | None = None
    stream: bool = False
    stream_options: dict[str, Any] | None = None
    response_format: dict[str, Any] | None = None
    """Accepted: the offline teacher knows each role's form from its prompt."""

    @field_validator("messages")
    @classmethod
    def _are_chat_messages(cls, messages: list[Message]) -> list[Message]:
        for message in messages:
            _Message.model_validate(message)
        return messages


def app(reply: Reply | None = None, *, log: Path | None = None, seed: int = 0) -> Starlette:
    """The endpoint around `reply`, by default the offline teacher's.

    log: gets a JSON line for each request that could be read. seed: of requests that bring none.
    """
    reply, count = reply or _offline, 0

    async def complete(request: Request) -> Response:
        nonlocal count
        body = _read(await request.body())
        digest = _digest(body)
        count += 1
        _note(log, {"n": count, "role": _role(body), "model": body.model, "messages": len(body.messages)}, digest)
        tools = [] if body.tool_choice == "none" else body.tools or []
        message = reply(body.messages, tools, seed if body.seed is None else body.seed)
        completion = _completion(body, message, digest)
        if body.stream:
            usage = bool((body.stream_options or {}).get("include_usage"))
            return StreamingResponse(_chunks(completion, usage), media_type="text/event-stream")
        return JSONResponse(completion)

    routes = [Route("/v1/chat/completions", complete, methods=["POST"]), Route("/v1/models", _models)]
    return Starlette(routes=routes, exception_handlers={HTTPException: _failed, ValueError: _refused})


def _offline(messages: list[Message], tools: list[dict[str, Any]], seed: int) -> Message:
    return offline.reply(_plain(messages), tools, seed)


def _plain(messages: list[Message]) -> list[Message]:
    """The messages as the offline teacher gets them in one process: its choices depend on every byte of them."""
    return [dict(message) for message in convert_to_openai_messages(converted(messages))]


async def _models(request: Request) -> Response:
    model = {"id": MODEL, "object": "model", "created": 0, "owned_by": "agents"}
    return JSONResponse({"object": "list", "data": [model]})


def _read(raw: bytes) -> Body:
    try:
        body = Body.model_validate_json(raw)
    except ValidationError as error:
        first = error.errors()[0]
        raise HTTPException(400, f"{'.'.join(map(str, first['loc'])) or 'body'}: {first['msg']}") from None
    if body.model != MODEL:
        raise HTTPException(404, f"The model {body.model!r} does not exist; there is {MODEL!r}")
    return body


def _digest(body: Body) -> str:
    said = body.model_dump(include={"messages", "tools", "tool_choice", "response_format", "seed"})
    return hashlib.sha256(json.dumps(said, sort_keys=True).encode()).hexdigest()


def _role(body: Body) -> str:
    """The agent that the first line of the system prompt, `You are the <Role>Agent`, names; empty without one."""
    prompts = [str(message.get("content")) for message in body.messages if message.get("role") == "system"]
    named = re.match(r"You are the (\w+)Agent", prompts[0]) if prompts else None
    return named[1].lower() if named else ""


def _note(log: Path | None, entry: dict[str, Any], digest: str) -> None:
    if log:
        with log.open("a", encoding="utf-8") as file:
            file.write(json.dumps(entry | {"digest": digest}) + "\n")


def _completion(body: Body, message: Message, digest: str) -> dict[str, Any]:
    said = {"role": "assistant", "content": message.get("content") or None}
    calls = message.get("tool_calls")
    choice = {
        "index": 0,
        "message": said | ({"tool_calls": calls} if calls else {}),
        "logprobs": None,
        "finish_reason": "tool_calls" if calls else "stop",
    }
    head = {"id": f"chatcmpl-{digest[:24]}", "object": "chat.completion", "created": 0, "model": MODEL}
    return head | {"choices": [choice], "usage": _usage(body, message)}


def _usage(body: Body, message: Message) -> dict[str, Any]:
    asked, told = (offline.tokens(json.dumps(said, ensure_ascii=False)) for said in (_plain(body.messages), message))
    return {"prompt_tokens": asked, "completion_tokens": told, "total_tokens": asked + told}


def _chunks(completion: dict[str, Any], usage: bool) -> Iterator[str]:
    """The completion as server-sent events: words of the content, whole tool calls, the end, the usage if asked."""
    choice = completion["choices"][0]
    message = choice["message"]
    calls = [{"index": i, **call} for i, call in enumerate(message.get("tool_calls", ()))]
    words = re.findall(r"\s*\S+\s*$|\s*\S+", message["content"] or "")
    deltas: list[Message] = [{"role": "assistant"}, *({"content": word} for word in words)]
    deltas += [{"tool_calls": [call]} for call in calls]
    head = completion | {"object": "chat.completion.chunk", "usage": None}
    ends = [*((delta, None) for delta in deltas), ({}, choice["finish_reason"])]
    chunks = [head | {"choices": [{"index": 0, "delta": delta, "finish_reason": end}]} for delta, end in ends]
    if usage:
        chunks.append(head | {"choices": [], "usage": completion["usage"]})
    yield from (f"data: {json.dumps(chunk)}\n\n" for chunk in chunks)
    yield "data: [DONE]\n\n"


async def _failed(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    kind = "server_error" if error.status_code >= 500 else "invalid_request_error"
    code = {401: "invalid_api_key", 404: "model_not_found"}.get(error.status_code)
    fault = {"message": error.detail, "type": kind, "param": None, "code": code}
    return JSONResponse({"error": fault}, error.status_code, error.headers)


async def _refused(request: Request, error: Exception) -> Response:
    return await _failed(request, HTTPException(400, str(error)))


@contextmanager
def running(served: Starlette, port: int = 0) -> Iterator[str]:
    """The base URL of the app, served from a thread while the block runs; a free port by default."""
    with socket.create_server(("127.0.0.1", port)) as listening:
        url = f"http://127.0.0.1:{listening.getsockname()[1]}/v1"
        settings = uvicorn.Config(served, log_level="warning", ws="none", lifespan="off", timeout_graceful_shutdown=2)
        server = uvicorn.Server(settings)
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]}, daemon=True)
        thread.start()
        deadline = time.monotonic() + 10
        while not server.started and thread.is_alive() and time.monotonic() < deadline:
            time.sleep(0.005)
        try:
            yield url
        finally:
            server.should_exit = True
            thread.join(timeout=10)


def main(
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="Port to listen on.", min=1, max=65535)] = 8008,
    seed: Annotated[int, typer.Option(help="Seed of requests that bring none.")] = 0,
    log: Annotated[Path | None, typer.Option(help="Append one JSON line for each request to this file.")] = None,
) -> None:
    """Serve the offline teacher as an OpenAI-compatible endpoint.

    Any OpenAI client can talk to it; it needs no key. Generate through it, in another terminal, with

    python -m graphs.run --teacher openai:offline@http://127.0.0.1:8008/v1
    """
    if log:
        log.parent.mkdir(parents=True, exist_ok=True)
    typer.echo(f"offline teacher at http://{host}:{port}/v1, model {MODEL}; stop with Ctrl-C")
    uvicorn.run(app(log=log, seed=seed), host=host, port=port, log_level="warning", ws="none", lifespan="off")


if __name__ == "__main__":
    typer.run(main)
