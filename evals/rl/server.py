"""A resources server for NeMo Gym: python -m evals.rl.server

Speaks what Gym's agents and verifiers' `nemo_gym` taskset ask of one: POST /seed_session, /verify and /TOOL.

Of `--format nemo-gym` a row is a decision, which is over with its first calls: a tool answers only that it was called,
and the reward is `evals.rl.verify`'s. Of `--format verifiers` a row is an episode: a session is played in
`evals.rl.episode`, tools return what the row recorded, and the reward is the share of its checkpoints.
"""

import secrets
from collections import OrderedDict
from collections.abc import Iterator
from contextlib import suppress

import uvicorn
from pydantic import Field, ValidationError
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from agents import cli
from agents.plan.episode import Task
from agents.plan.equivalence import Called, Expected
from agents.schema import JsonObject, Noun
from agents.serve.listening import listening
from evals.rl.episode import Episode
from evals.rl.verify import score


class Config(Noun):
    """Where the server listens."""

    host: str = "127.0.0.1"
    """The address."""
    port: int = Field(default=8765, ge=0, le=65535)
    """The port."""


SESSIONS: OrderedDict[str, Episode] = OrderedDict()
"""Episodes that have begun and were not verified yet, by the cookie of their session."""
MOST = 10_000
"""Sessions that are kept; the oldest is forgotten, for not every policy comes back to be verified."""
COOKIE = "episode"


async def seed_session(request: Request) -> JSONResponse:
    """An episode begins; of a decision nothing is kept, for its row holds all that verification needs."""
    body, answer = await request.json(), JSONResponse({})
    if episode := body.get("verifier_metadata", {}).get("episode"):
        try:
            begun = Episode(Task.model_validate(episode))
        except ValidationError as error:
            return JSONResponse({"error": f"not a row of --format verifiers: {error!r}"}, status_code=422)
        await begun.begin(at_once=True)
        name = secrets.token_hex(16)
        SESSIONS[name] = begun
        if len(SESSIONS) > MOST:
            SESSIONS.popitem(last=False)
        answer.set_cookie(COOKIE, name)
    return answer


async def verify(request: Request) -> JSONResponse:
    """The request with its reward; 422 where it is not a row of ours."""
    body = await request.json()
    if "episode" in (body.get("verifier_metadata") or {}):
        episode = SESSIONS.pop(request.cookies.get(COOKIE, ""), None)
        if episode is None:
            return JSONResponse({"error": "no such session: POST /seed_session first"}, status_code=422)
        # The tools were called here, one by one; what the policy said comes only now.
        words = "\n".join(texts(body["response"]["output"]))
        episode.messages.append({"role": "assistant", "content": words})
        return JSONResponse({**body, "reward": episode.reward()})
    try:
        expected = [Expected.model_validate(call) for call in body["verifier_metadata"]["calls"]]
        answer = list(first_calls(body["response"]["output"]))
    except (KeyError, TypeError, ValidationError) as error:
        return JSONResponse({"error": f"not a row of --format nemo-gym: {error!r}"}, status_code=422)
    return JSONResponse({**body, "reward": score(expected, answer)})


async def call_tool(request: Request) -> Response:
    """What the episode's world returns; in a decision what stands in for a tool, for it is made."""
    if episode := SESSIONS.get(request.cookies.get(COOKIE, "")):
        content = await episode.call(request.path_params["tool"], (await request.body()).decode() or "{}")
        return Response(content, media_type="application/json")
    return JSONResponse({"output": f"{request.path_params['tool']} was called; this decision is over"})


def texts(output: list[JsonObject]) -> Iterator[str]:
    """What a policy said, in whole messages or in parts of them."""
    for item in output:
        if item.get("type") == "message" and item.get("role") == "assistant":
            content = item["content"]
            yield from [content] if isinstance(content, str) else (part.get("text", "") for part in content)


def first_calls(output: list[JsonObject]) -> Iterator[Called]:
    """The calls that a policy made before it saw any result."""
    for item in output:
        if item["type"] == "function_call_output":
            return
        if item["type"] == "function_call":
            yield Called(name=item["name"], arguments=item["arguments"])


app = Starlette(
    routes=[
        Route("/seed_session", seed_session, methods=["POST"]),
        Route("/verify", verify, methods=["POST"]),
        Route("/{tool}", call_tool, methods=["POST"]),
    ]
)


def serve(config: Config) -> None:
    """Serve until stopped."""
    with suppress(KeyboardInterrupt), listening(config.host, config.port) as port:
        uvicorn.Server(uvicorn.Config(app, log_level="warning")).run([port])


def main(arguments: list[str] | None = None) -> None:
    """Exits with 2 for the user's own mistake."""
    cli.run(
        cli.command(Config, serve, "The reward of decisions, over HTTP, for NeMo Gym."), arguments, "evals.rl.server"
    )


if __name__ == "__main__":
    main()
