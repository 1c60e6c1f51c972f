"""The offline teacher as an OpenAI-compatible endpoint, for trying the path of a hosted model without one.

POST /v1/chat/completions and GET /v1/models, models `offline`, `offline-weak` and `offline-favourite`. Equal requests
get equal bytes, ids included. Usage is the offline teacher's own count, a regular expression's words and marks: close
to a tokenizer's, but no BPE; its cached part is what a model server's prefix cache would have known. Faults can be
switched on.
"""

import hashlib
import json
import logging
import socket
import threading
import time
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Literal

import uvicorn
from langchain_core.messages import convert_to_openai_messages
from pydantic import BaseModel, Field, ValidationError, field_validator
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from agents import offline
from agents.offline.model import role_of
from agents.schema import JsonObject
from agents.serve import faults, wire
from agents.serve.faults import Faults, Outcome, Weather
from agents.serve.prefix_cache import Prefixes
from agents.teacher.request import IN_WORDS, Message
from agents.teacher.wire.langchain import to_messages
from agents.teacher.wire.names import OFFLINE

MODELS = OFFLINE
WELL = Faults()
FORMS = frozenset({"json_schema", "json_object"})
Reply = Callable[[list[Message], list[JsonObject], int], Message]
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
    tools: list[JsonObject] | None = None
    tool_choice: Literal["none", "auto"] | None = None
    seed: int | None = None
    stream: bool = False
    stream_options: JsonObject | None = None
    response_format: JsonObject | None = None
    """Accepted: the offline teacher knows each role's form from its prompt."""

    @field_validator("messages")
    @classmethod
    def check_messages(cls, messages: list[Message]) -> list[Message]:
        for message in messages:
            _Message.model_validate(message)
        return messages


class Served:
    """The endpoint's state: how many requests came, which prompts are known, and its faults."""

    def __init__(self, reply: Reply | None, log: Path | None, seed: int, wrong: Faults, forms: frozenset[str]) -> None:
        self._reply, self._log, self._seed, self._forms = reply, log, seed, forms
        self._weather, self._known, self._count = Weather(wrong), Prefixes(), 0

    async def complete(self, request: Request) -> Response:
        body = _read(await request.body(), self._forms)
        self._count = n = self._count + 1
        entry = {
            "n": n,
            "role": role_of(body.messages),
            "model": body.model,
            "messages": len(body.messages),
            "seed": body.seed,
        }
        digest = _digest(body)
        entry |= {"digest": digest, "outcome": "error", "usage": None}
        try:
            outcome = entry["outcome"] = await self._weather.outcome(n)
            faults.refuse(outcome)
            completion = self.completion(body, digest)
            entry["usage"] = completion["usage"]
        finally:
            if self._log:
                with self._log.open("a", encoding="utf-8") as file:
                    file.write(json.dumps(entry) + "\n")
        usage = bool((body.stream_options or {}).get("include_usage"))
        whole = wire.write_events(completion, usage) if body.stream else JSONResponse(completion)
        if outcome is Outcome.MALFORMED:
            return faults.garble(whole, n)
        return faults.Cut(whole) if outcome is Outcome.CUT else whole

    def completion(self, body: Body, digest: str) -> JsonObject:
        """What a good endpoint answers."""
        tools = [] if body.tool_choice == "none" else body.tools or []
        seed = self._seed if body.seed is None else body.seed
        if self._reply:
            message = self._reply(body.messages, tools, seed)
        else:
            message = offline.reply(as_in_process(body.messages), tools, seed, persona=body.model)
        prompt = offline.tokens(offline.prompt(as_in_process(body.messages), tools))
        spoken = len(offline.tokens(offline.prompt([message], [])))
        usage = {"prompt_tokens": len(prompt), "completion_tokens": spoken, "total_tokens": len(prompt) + spoken}
        details = {"prompt_tokens_details": {"cached_tokens": self._known.read(prompt)}}
        return wire.write_completion(body.model, message, digest) | {"usage": usage | details}

    async def list_models(self, request: Request) -> Response:
        models = [{"id": name, "object": "model", "created": 0, "owned_by": "agents"} for name in MODELS]
        return JSONResponse({"object": "list", "data": models})


def app(
    reply: Reply | None = None,
    *,
    log: Path | None = None,
    seed: int = 0,
    wrong: Faults = WELL,
    forms: Collection[str] = FORMS,
) -> Starlette:
    """The endpoint around `reply`, by default the offline teacher's.

    log: gets a JSON line for each request that could be read. seed: of requests that bring none. forms: the kinds of
    `response_format` that it knows, others are a bad request.
    """
    served = Served(reply, log, seed, wrong, frozenset(forms))
    routes = [Route("/v1/chat/completions", served.complete, methods=["POST"]), Route("/v1/models", served.list_models)]
    return Starlette(routes=routes, exception_handlers={HTTPException: _error, ValueError: _error})


def as_in_process(messages: list[Message]) -> list[Message]:
    """The messages as the offline teacher gets them in one process: its choices depend on every byte of them.

    Call ids are the wire's own, so they are numbered anew, in the order in which the calls were made. A form in words
    is left out, for the offline teacher knows each role's.
    """
    calls = [call["id"] for message in messages for call in message.get("tool_calls") or ()]
    ids = {call: f"call_{n}" for n, call in enumerate(calls, 1)}
    numbered: list[Message] = []
    for message in messages:
        if message.get("tool_calls"):
            named = [{**call, "id": ids[call["id"]]} for call in message["tool_calls"]]
            message = {"content": "", **message, "tool_calls": named}  # beside calls the content may be left out
        elif answered := message.get("tool_call_id"):
            message = {**message, "tool_call_id": ids.get(answered, answered)}
        elif message["role"] == "system":
            message = {**message, "content": str(message.get("content")).partition(IN_WORDS)[0]}
        numbered.append(message)
    # there and back through LangChain, which is how they come in one process
    return [dict(message) for message in convert_to_openai_messages(to_messages(numbered))]


def _read(raw: bytes, forms: frozenset[str]) -> Body:
    try:
        body = Body.model_validate_json(raw)
    except ValidationError as error:
        first = error.errors()[0]
        raise HTTPException(400, f"{'.'.join(map(str, first['loc'])) or 'body'}: {first['msg']}") from None
    if body.model not in MODELS:
        raise HTTPException(404, f"The model {body.model!r} does not exist; there are {', '.join(MODELS)}")
    if body.response_format and body.response_format.get("type") not in forms:
        raise HTTPException(400, f"response_format: {body.response_format.get('type')!r} is not supported")
    return body


def _digest(body: Body) -> str:
    fields = body.model_dump(include={"messages", "tools", "tool_choice", "response_format", "seed"})
    return hashlib.sha256(json.dumps(fields, sort_keys=True).encode()).hexdigest()


async def _error(request: Request, error: Exception) -> Response:
    if not isinstance(error, HTTPException):
        error = HTTPException(400, str(error))  # the offline teacher's: a prompt that it cannot read
    kind = "server_error" if error.status_code >= 500 else "invalid_request_error"
    code = {401: "invalid_api_key", 404: "model_not_found"}.get(error.status_code)
    fault = {"message": error.detail, "type": kind, "param": None, "code": code}
    return JSONResponse({"error": fault}, error.status_code, error.headers)


@contextmanager
def running(served: Starlette, port: int = 0) -> Iterator[str]:
    """The base URL of the app, served from a thread while the block runs; a free port by default."""
    # bound here and not by uvicorn, so that the number of a free port is known
    with socket.create_server(("127.0.0.1", port)) as listening:
        url = f"http://127.0.0.1:{listening.getsockname()[1]}/v1"
        settings = uvicorn.Config(served, log_level="warning", ws="none", lifespan="off", timeout_graceful_shutdown=2)
        logging.getLogger("uvicorn.error").addFilter(faults.quiet)
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
