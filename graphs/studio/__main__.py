"""A slot of a run in Studio: python -m graphs.studio RUN SLOT"""

import asyncio
import logging
from pathlib import Path
from typing import Annotated
from urllib.parse import quote

from pydantic import Field

from agents import cli
from agents.schema import Noun

STUDIO, URL = "https://smith.langchain.com/studio/", "http://127.0.0.1:2024"


class Config(Noun):
    """Which slot to open, and where."""

    run: Annotated[Path, cli.ARGUMENT]
    """The run's folder."""
    slot: Annotated[int, cli.ARGUMENT] = Field(ge=0)
    """As in trajectories.jsonl or rejected.jsonl."""
    url: str = URL
    """Where `langgraph dev` listens."""


def show(config: Config) -> None:
    """Open the slot and print where it can be seen."""
    from graphs.studio.slots import open_slot  # the whole project, three seconds: --help and a wrong option do without

    thread = asyncio.run(open_slot(config.run, config.slot, config.url))
    print(f"thread {thread}", f"{STUDIO}?baseUrl={quote(config.url, safe='')}&thread={thread}", sep="\n")


def main(arguments: list[str] | None = None) -> None:
    """Exits with 2 for the user's own mistake."""
    logging.basicConfig(level=logging.WARNING)
    cli.run(cli.command(Config, show, "Open a slot of a run in Studio."), arguments, "graphs.studio")


if __name__ == "__main__":
    main()
