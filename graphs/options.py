"""A command line with an option for each field of a command's Config."""

import inspect
from collections.abc import Callable
from pathlib import Path
from typing import Any

import typer

from agents.schema import Noun

Start = Callable[[dict[str, Any], bool, bool], int]
"""(options given, whether to resume, whether to estimate only) -> exit code."""


def app(config: type[Noun], start: Start, help: str) -> typer.Typer:
    """The fields' descriptions are the options' help; options that were not given are left out."""

    def command(ctx: typer.Context, resume: bool, dry_run: bool, **options: Any) -> None:
        sources = {name: ctx.get_parameter_source(name) for name in options}
        given = {name: options[name] for name, source in sources.items() if source and source.name != "DEFAULT"}
        raise typer.Exit(start(given, resume, dry_run))

    made = typer.Typer(add_completion=False, rich_markup_mode=None)
    parameters = [inspect.Parameter("ctx", inspect.Parameter.KEYWORD_ONLY, annotation=typer.Context), *_options(config)]
    vars(command)["__signature__"] = inspect.Signature(parameters)
    command.__annotations__ = {parameter.name: parameter.annotation for parameter in parameters}
    made.command(help=help)(command)
    return made


def _options(config: type[Noun]) -> list[inspect.Parameter]:
    going_on = typer.Option(False, "--resume", help="Go on with the run in --out; options not given are the run's.")
    only_told = typer.Option(False, "--dry-run", help="Only estimate requests, tokens and dollars.")
    parameters = [_parameter("resume", going_on, bool), _parameter("dry_run", only_told, bool)]
    for name, told in config.model_fields.items():
        kind = {"tools": list[Path], "param": list[str]}.get(name, told.annotation)
        default = list(told.default) if isinstance(told.default, tuple) else told.default
        option = typer.Option(default, f"--{name.replace('_', '-')}", help=told.description)
        parameters.append(_parameter(name, option, kind))
    return parameters


def _parameter(name: str, default: Any, kind: Any) -> inspect.Parameter:
    return inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, default=default, annotation=kind)
