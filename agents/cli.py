"""A typer application run as a command: what went wrong is one line on stderr and an exit code."""

import sys
from collections.abc import Callable
from typing import Any, Never

import typer
from typer.exceptions import TyperException

from agents.errors import MissingError, OutageError, UsageError


def one(function: Callable[..., Any], arguments: list[str] | None, name: str) -> Never:
    """Runs a function whose parameters are the options."""
    app = typer.Typer(add_completion=False, rich_markup_mode=None)
    app.command()(function)
    run(app, arguments, name)


def run(app: typer.Typer, arguments: list[str] | None, name: str) -> Never:
    """Runs it with these arguments, else the process's, and exits.

    With the command's own code, else 2 for the user's own mistake, 3 where data or a package is missing, 4 where too
    much was lost to infrastructure.
    """
    try:
        code = app(arguments, standalone_mode=False, prog_name=f"python -m {name}") or 0
    except (UsageError, TyperException, MissingError, OutageError) as error:
        message = error.format_message() if isinstance(error, TyperException) else str(error)
        help_asked = message.startswith("Usage:")  # no_args_is_help raises the help text
        print(message if help_asked else f"error: {' '.join(message.split())}", file=sys.stderr)
        code = 3 if isinstance(error, MissingError) else 4 if isinstance(error, OutageError) else 2
    raise SystemExit(code)
