"""The offline teacher as an OpenAI-compatible endpoint: python -m agents.serve

python -m agents.serve --port 8008 --latency 0.2 --throttled 0.05 --errors 0.05 --cut 0.02 --log requests.jsonl
"""

import inspect
import logging
from contextlib import suppress
from pathlib import Path

from pydantic import Field

from agents import cli
from agents.serve.faults import Faults, quiet
from agents.serve.listening import listening
from agents.teacher.wire.names import OFFLINE


class Config(Faults):
    """Where the endpoint listens, and what it does wrong on purpose."""

    host: str = "127.0.0.1"
    """Address to listen on."""
    port: int = Field(default=8008, ge=1, le=65535)
    """Port to listen on."""
    log: Path | None = None
    """Append one JSON line for each request to this file."""


def serve(config: Config) -> None:
    """Serve the offline teacher as an OpenAI-compatible endpoint.

    Any OpenAI client can talk to it; it needs no key. Generate through it, in another terminal, with

    python -m graphs.run --teacher openai:offline@http://127.0.0.1:8008/v1
    """
    import uvicorn

    from agents.serve.app import app  # the whole teacher, two seconds: --help and a wrong option do without

    if config.log:
        config.log.parent.mkdir(parents=True, exist_ok=True)
    served = app(log=config.log, seed=config.seed, wrong=config)
    logging.getLogger("uvicorn.error").addFilter(quiet)
    settings = uvicorn.Config(served, log_level="warning", ws="none", lifespan="off")
    with suppress(KeyboardInterrupt), listening(config.host, config.port) as port:
        where, models = f"http://{config.host}:{config.port}/v1", ", ".join(OFFLINE)
        print(f"offline teacher at {where}, models {models}; stop with Ctrl-C", flush=True)
        uvicorn.Server(settings).run([port])


def main(arguments: list[str] | None = None) -> None:
    """Runs until it is stopped."""
    cli.run(cli.command(Config, serve, inspect.getdoc(serve) or ""), arguments, "agents.serve")


if __name__ == "__main__":
    main()
