"""A command's Config as its command line, and its end as one line and an exit code.

A command is a frozen pydantic Config, whose field descriptions are the options' help, and a function that takes it:

    class Config(Noun):
        run: Annotated[Path, cli.ARGUMENT]
        "The folder of a run."
        slots: int = Field(default=3, ge=1)
        "How many."

    def main(arguments: list[str] | None = None) -> None:
        cli.run(cli.command(Config, start, "What it does."), arguments, "package.module")

A command that can be resumed must know which options were given; `resumable` hands it those alone, with its switches.
"""

import inspect
import io
import os
import re
import select
import sys
import types
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, Never, TypeVar, Union, get_args, get_origin

import typer
from pydantic import ValidationError
from typer.exceptions import TyperException

from agents.errors import MissingError, OutageError, UsageError, storage_fault, usage_error
from agents.schema import Noun

ARGUMENT = "argument"
"""Marks a field that has no `--name` before it: `Annotated[Path, ARGUMENT]`."""
CLOSED = 141
"""The exit code of a command whose reader went away, as of one that SIGPIPE ends: 128 and the signal's number."""
NounT = TypeVar("NounT", bound=Noun)
Options = dict[str, Any]


@dataclass(frozen=True)
class Switch:
    """An option that is not part of the Config, such as --resume."""

    default: bool | str
    help: str


def command(config: type[NounT], start: Callable[[NounT], int | None], text: str) -> typer.Typer:
    """A command that calls `start` with its whole Config and exits with what that returns, 0 for None."""
    return resumable(config, lambda options: start(validate(config, options)), text)


def resumable(
    config: type[Noun], start: Callable[..., int | None], text: str, switches: Mapping[str, Switch] | None = None
) -> typer.Typer:
    """A command that calls `start(options given, **switches)`; options that were left out are not among them."""
    app = typer.Typer(add_completion=False, rich_markup_mode=None)
    add(app, None, config, start, text, switches)
    return app


def add(
    app: typer.Typer,
    name: str | None,
    config: type[Noun],
    start: Callable[..., int | None],
    text: str,
    switches: Mapping[str, Switch] | None = None,
) -> None:
    """Put such a command into an application of several."""
    extra = dict(switches or {})

    def call(ctx: typer.Context, **values: Any) -> None:
        sources = {key: ctx.get_parameter_source(key) for key in values}
        options = {
            key: value
            for key, value in values.items()
            if key not in extra and (source := sources[key]) and source.name != "DEFAULT"
        }
        try:
            code = start(options, **{key: values[key] for key in extra}) or 0
        except KeyboardInterrupt:
            more = "; the same command with --resume goes on" if "resume" in extra else ""
            print(f"stopped at once{more}", file=sys.stderr)
            code = 130
        raise typer.Exit(code)

    parameters = [_parameter("ctx", inspect.Parameter.empty, typer.Context)]
    for key, switch in extra.items():
        option = typer.Option(switch.default, f"--{key.replace('_', '-')}", help=switch.help)
        parameters.append(_parameter(key, option, type(switch.default)))
    for key, field in config.model_fields.items():
        start_value = list(field.default) if isinstance(field.default, tuple) else field.default
        start_value = ... if field.is_required() else start_value
        long = f"--{key.replace('_', '-')}"
        if field.annotation is bool and field.default is True:
            long = f"{long}/--no-{long[2:]}"
        # of an option that is given several times the type of each, not `list[Path]`
        each = None
        if get_origin(field.annotation) is tuple:
            kind = get_args(field.annotation)[0]
            each = f"<{getattr(kind, '__origin__', kind).__name__.lower()}>"  # of `Annotated[int, ...]` the int
        if ARGUMENT in field.metadata:
            shown: Any = typer.Argument(start_value, metavar=key.upper(), help=field.description)
        else:
            shown = typer.Option(start_value, long, metavar=each, help=field.description)
        parameters.append(_parameter(key, shown, _typer_type(field.annotation)))
    # typer reads a function's signature, so the fields are given to it as one
    vars(call)["__signature__"] = inspect.Signature(parameters)
    call.__annotations__ = {parameter.name: parameter.annotation for parameter in parameters}
    app.command(name, help=text)(call)


def add_command(app: typer.Typer, config: type[NounT], start: Callable[[NounT], int | None], name: str = "") -> None:
    """A command of several that takes its whole Config: the function's docstring is its help, its name the default."""
    add(app, name or start.__name__, config, lambda options: start(validate(config, options)), start.__doc__ or "")


def validate(config: type[NounT], options: Options) -> NounT:
    """Raises: UsageError: a value that the Config refuses, told as its option."""
    try:
        return config.model_validate(options)
    except ValidationError as error:
        raise usage_error(error) from None


def run(app: typer.Typer, arguments: list[str] | None, name: str) -> Never:
    """Runs it with these arguments, else the process's, and exits.

    With the command's own code, else 2 for the user's own mistake, 3 where data or a package is missing, 4 where too
    much was lost to infrastructure, and 130 after Ctrl-C.
    """
    leave(lambda: _end(app, arguments, name))


def leave(work: Callable[[], int]) -> Never:
    """Exits with what it returns, 141 where nobody reads any more what it prints, 2 where there is no room for it."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")  # a terminal that cannot print a letter is no reason to lose a run
    try:
        code = work()
        code = _print_rest() or code
    except BrokenPipeError:
        if not _let_go():
            raise
        code = CLOSED
    raise SystemExit(code)


def _print_rest() -> int:
    """Print what is still held back, here: at its own end Python would complain of a closed pipe in its own words."""
    try:
        for stream in filter(None, (sys.stdout, sys.stderr)):
            stream.flush()
    except BrokenPipeError:
        raise
    except OSError as error:  # it goes into a file on a full disk
        print(f"error: standard output: {error.strerror}", file=sys.stderr)
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
        return 2
    return 0


def _let_go() -> bool:
    """Whether a reader of the standard streams is gone; what is still to be printed there goes nowhere."""
    polling = select.poll()
    for number in (1, 2):
        polling.register(number, 0)
    gone = [number for number, event in polling.poll(0) if event & select.POLLERR]
    for number in gone:
        os.dup2(os.open(os.devnull, os.O_WRONLY), number)
    return bool(gone)


def _end(app: typer.Typer, arguments: list[str] | None, name: str) -> int:
    """Run it; the exit code, with the error said."""
    given = sys.argv[1:] if arguments is None else arguments
    try:
        for before, text in pairwise(("", *given)):
            if not text or re.fullmatch(r"--[\w-]+=", text):  # a variable of the shell that is not set; "" is no folder
                option = text.rstrip("=") or (before if before.startswith("--") else "an argument")
                raise UsageError(f"{option}: an empty value; give one, or leave it out")
        return int(app(arguments, standalone_mode=False, prog_name=f"python -m {name}") or 0)
    except SystemExit as end:
        if isinstance(end.__context__, BrokenPipeError):  # of which typer makes exit code 1, without a word
            raise end.__context__ from None
        raise
    except (UsageError, TyperException, MissingError, OutageError) as error:
        message = error.format_message() if isinstance(error, TyperException) else str(error)
        is_help = message.startswith("Usage:")  # no_args_is_help raises the help text
        line = " ".join(message.replace("Value error, ", "").split())
        print(message if is_help else f"error: {line}", file=sys.stderr)
        return 3 if isinstance(error, MissingError) else 4 if isinstance(error, OutageError) else 2
    except Exception as error:
        fault = storage_fault(error)
        if not fault:
            raise
        print(f"error: {fault}", file=sys.stderr)
        return 2


def _typer_type(annotation: Any) -> Any:
    """`tuple[X, ...]` is an option that is given once for each X; typer says `list[X]` for that."""
    if get_origin(annotation) is tuple:
        return list[get_args(annotation)[0]]  # type: ignore[misc]
    if get_origin(annotation) in {Union, types.UnionType}:
        kinds = [kind for kind in get_args(annotation) if kind is not type(None)]
        return _typer_type(kinds[0]) | None
    return annotation


def _parameter(name: str, default: Any, annotation: Any) -> inspect.Parameter:
    return inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, default=default, annotation=annotation)
