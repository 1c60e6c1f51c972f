"""A resources server for NeMo Gym: python -m evals.rl.server

Speaks what Gym's agents and verifiers' `nemo_gym` taskset ask of one: POST /seed_session, /verify and /TOOL. A decision
is over with its first calls, so a tool answers only that it was called; the reward is `evals.rl.verify`'s.
"""

from collections.abc import Iterator

import uvicorn
from pydantic import Field, ValidationError
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from agents import cli
from agents.plan.equivalence import Called, Expected
from agents.schema import JsonObject, Noun
from evals.rl.verify import score


class Config(Noun):
    """Where the server listens."""

    host: str = "127.0.0.1"
    """The address."""
    port: int = Field(default=8765, ge=0, le=65535)
    """The port."""


async def seed_session(request: Request) -> JSONResponse:
    """Nothing is kept between requests: a row holds all that its verification needs."""
    return JSONResponse({})


async def verify(request: Request) -> JSONResponse:
    """The request with its reward; 422 where it is not a row of ours."""
    body = await request.json()
    try:
        expected = [Expected.model_validate(call) for call in body["verifier_metadata"]["calls"]]
        answer = list(first_calls(body["response"]["output"]))
    except (KeyError, TypeError, ValidationError) as error:
        return JSONResponse({"error": f"not a row of --format nemo-gym: {error!r}"}, status_code=422)
    return JSONResponse({**body, "reward": score(expected, answer)})


async def call_tool(request: Request) -> JSONResponse:
    """What stands in for a tool: the decision is made."""
    return JSONResponse({"output": f"{request.path_params['tool']} was called; this decision is over"})


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
    uvicorn.run(app, host=config.host, port=config.port, log_level="warning")


def main(arguments: list[str] | None = None) -> None:
    """Exits with 2 for the user's own mistake."""
    cli.run(
        cli.command(Config, serve, "The reward of decisions, over HTTP, for NeMo Gym."), arguments, "evals.rl.server"
    )


if __name__ == "__main__":
    main()
