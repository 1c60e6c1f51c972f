"""The command line of the trainer: an option for each field of its config, presets, and what a resume may change."""

import inspect
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import orjson
import typer
from pydantic import ValidationError

from agents.errors import UsageError, usage_error
from agents.schema import Noun

T = TypeVar("T", bound=Noun)
Presets = dict[str, dict[str, Any]]


def app(
    config: type[Noun], presets: Presets, start: Callable[[dict[str, Any], str, bool], int], text: str
) -> typer.Typer:
    """A typer application that calls `start(options given, preset, resume)` and exits with what it returns."""

    def run(ctx: typer.Context, preset: str, resume: bool, **options: Any) -> None:
        sources = {name: ctx.get_parameter_source(name) for name in options}
        given = {name: options[name] for name, source in sources.items() if source and source.name != "DEFAULT"}
        raise typer.Exit(start(given, preset, resume))

    keyword = inspect.Parameter.KEYWORD_ONLY
    named = typer.Option(next(iter(presets)), help=f"Other defaults, one of: {' '.join(presets)}.")
    going_on = typer.Option(False, "--resume", help="Go on from the last checkpoint in --out, with its options.")
    parameters = [inspect.Parameter("ctx", keyword, annotation=typer.Context)]
    parameters.append(inspect.Parameter("preset", keyword, default=named, annotation=str))
    parameters.append(inspect.Parameter("resume", keyword, default=going_on, annotation=bool))
    for name, field in config.model_fields.items():
        switch = f"--{name}/--no-{name}" if field.annotation is bool else f"--{name}"
        option = typer.Option(field.default, switch.replace("_", "-"), help=field.description)
        parameters.append(inspect.Parameter(name, keyword, default=option, annotation=field.annotation))
    vars(run)["__signature__"] = inspect.Signature(parameters)
    run.__annotations__ = {parameter.name: parameter.annotation for parameter in parameters}
    application = typer.Typer(add_completion=False, rich_markup_mode=None)
    application.command(help=text)(run)
    return application


def settle(config: type[T], given: dict[str, Any], preset: dict[str, Any], resume: bool) -> T:
    """The config of a new run, or of the one in `out`: a run keeps what it began with.

    Raises: UsageError: a value out of range, a folder that is taken, or a resume that would change the run.
    """
    out = Path(given.get("out", config.model_fields["out"].default))
    path = out / "config.json"
    if not resume:
        if out.exists() and (not out.is_dir() or any(out.iterdir())):
            raise UsageError(f"--out: {out} is not empty; add --resume to go on, or choose another folder")
        return _valid(config, {**preset, **given})
    if not path.is_file():
        raise UsageError(f"--resume: there is no run in {out}; leave the option out, or correct --out")
    old = orjson.loads(path.read_bytes())["config"]
    for name, value in given.items():
        if name != "out" and _valid(config, {**old, name: value}) != _valid(config, old):
            raise UsageError(f"--{name.replace('_', '-')}: the run in {out} has {old[name]!r}, not {value!r}")
    return _valid(config, {**old, "out": out})


def _valid(config: type[T], values: dict[str, Any]) -> T:
    try:
        return config.model_validate(values)
    except ValidationError as error:
        raise usage_error(error) from None
