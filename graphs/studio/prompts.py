"""The prompts that each teacher saw in some slots of a run, rendered again from its journal.

    python -m graphs.studio.prompts RUN 3 17

Prompts are not kept, for they follow from the answers before them. It writes RUN/prompts.jsonl, and the report anew.
"""

import asyncio
from pathlib import Path
from typing import Annotated

from agents import cli
from agents.files import json_line, write_whole
from agents.schema import Noun
from agents.teacher.request import Message
from graphs.report import page
from graphs.report.requests import PROMPTS


class Config(Noun):
    """Which prompts to show."""

    run: Annotated[Path, cli.ARGUMENT]
    """The run's folder."""
    slots: Annotated[tuple[int, ...], cli.ARGUMENT]
    """As in trajectories.jsonl or rejected.jsonl."""


def render(run: Path, slot: int) -> list[str]:
    """The prompts of a finished slot, in the order asked. Raises UsageError where this version plays it otherwise."""
    from graphs.studio import slots  # the whole project, three seconds: --help and a wrong option do without

    start, past, record = slots.read(run, slot)
    asked: list[list[Message]] = []
    asyncio.run(slots.turns(start, past, record, asked))
    return ["\n\n".join(_spell(message) for message in messages) for messages in asked]


def _spell(message: Message) -> str:
    calls = [
        f"calls {call['function']['name']} {call['function']['arguments']}" for call in message.get("tool_calls", [])
    ]
    return "\n".join([f"[{message['role']}]", *filter(None, [message.get("content")]), *calls])


def write(config: Config) -> None:
    """Write RUN/prompts.jsonl and RUN/report.html, and print where."""
    lines = [json_line({"slot": slot, "prompts": render(config.run, slot)}) for slot in config.slots]
    write_whole(config.run / PROMPTS, b"".join(lines))
    print(config.run / PROMPTS, page.write(config.run), sep="\n")


def main(arguments: list[str] | None = None) -> None:
    """Exits with 2 for the user's own mistake."""
    cli.run(cli.command(Config, write, "Show the prompts of slots in the report."), arguments, "graphs.studio.prompts")


if __name__ == "__main__":
    main()
