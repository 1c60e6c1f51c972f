"""A typer application run as a command: the user's own mistake is one line on stderr and exit code 2."""

import sys

import typer
from typer.exceptions import TyperException

from agents.errors import UsageError


def run(app: typer.Typer, arguments: list[str] | None, name: str) -> None:
    """Runs it with these arguments, else the process's."""
    try:
        app(arguments, standalone_mode=False, prog_name=f"python -m {name}")
    except (UsageError, TyperException) as error:
        message = error.format_message() if isinstance(error, TyperException) else str(error)
        print(f"error: {' '.join(message.split())}", file=sys.stderr)
        raise SystemExit(2) from None
