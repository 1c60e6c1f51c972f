import errno
import os
import sqlite3
import subprocess
import sys
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import pytest
import typer
from pydantic import Field

from agents import cli
from agents.errors import MissingError, OutageError, UsageError
from agents.schema import Noun


def ended(raised: Exception | None, arguments: list[str]) -> object:
    """The exit code of a command that ends so."""
    app = typer.Typer(rich_markup_mode=None, no_args_is_help=True)
    app.callback()(lambda: None)

    @app.command("act")
    def _act() -> None:
        if raised:
            raise raised

    with pytest.raises(SystemExit) as exited:
        cli.run(app, arguments, "a.command")
    return exited.value.code


@pytest.mark.parametrize(
    ("raised", "code"),
    [
        (None, 0),
        (typer.Exit(1), 1),
        (UsageError("a\n  b"), 2),
        (MissingError("a\n  b"), 3),
        (OutageError("a\n  b"), 4),
    ],
)
def test_an_end_has_its_code_and_an_error_one_line(
    raised: Exception | None, code: int, capsys: pytest.CaptureFixture[str]
) -> None:
    assert ended(raised, ["act"]) == code
    assert capsys.readouterr().err == ("error: a b\n" if code > 1 else "")


def test_what_is_no_error_of_ours_is_not_hidden() -> None:
    with pytest.raises(ZeroDivisionError):
        ended(ZeroDivisionError(), ["act"])


def test_without_arguments_the_help_is_readable(capsys: pytest.CaptureFixture[str]) -> None:
    assert ended(None, []) == 2
    assert capsys.readouterr().err.startswith("Usage: python -m a.command [OPTIONS] COMMAND [ARGS]...\n\n")


class Colour(StrEnum):
    RED = "red"
    BLUE = "blue"


class Config(Noun):
    folder: Annotated[Path, cli.ARGUMENT]
    """Where."""
    tag: tuple[str, ...] = ()
    """The option once for each."""
    colour: Colour = Colour.RED
    """Of the thing."""
    packing: bool = True
    """Whether to pack."""
    hold_out: float = Field(default=0.1, ge=0, lt=1)
    """A share."""
    limit: int | None = None
    """At most."""


def parse(*arguments: str) -> Config:
    """What a command whose options are these fields was started with."""
    configs: list[Config] = []
    with pytest.raises(SystemExit) as exited:
        cli.run(cli.command(Config, configs.append, "Do it."), list(arguments), "a.command")
    assert exited.value.code == 0
    return configs[0]


def test_the_fields_are_the_options() -> None:
    assert parse("here") == Config(folder=Path("here"))
    options = ("--tag", "a", "--tag", "b", "--colour", "blue", "--no-packing", "--hold-out", "0.5", "--limit", "3")
    assert parse("here", *options) == Config(
        folder=Path("here"), tag=("a", "b"), colour=Colour.BLUE, packing=False, hold_out=0.5, limit=3
    )


def test_the_descriptions_are_the_help(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        cli.run(cli.command(Config, print, "Do it."), ["--help"], "a.command")
    text = capsys.readouterr().out
    assert "FOLDER <path>" in text
    assert "A share.  [default: 0.1]" in text
    assert "--tag <str>" in text  # the type of each, where an option is given several times


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["here", "--hold-out", "1"], "error: --hold-out: Input should be less than 1, not 1.0\n"),
        ([], "error: Missing argument 'FOLDER'.\n"),
        (["here", "--colour", "green"], "error: Invalid value for '--colour': 'green' is not one of 'red', 'blue'.\n"),
        (["here", "--tag", ""], "error: --tag: an empty value; give one, or leave it out\n"),
        (["here", "--tag="], "error: --tag: an empty value; give one, or leave it out\n"),
        (["", "--tag", "a"], "error: an argument: an empty value; give one, or leave it out\n"),
    ],
)
def test_a_wrong_value_is_told_as_its_option(
    arguments: list[str], message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as exited:
        cli.run(cli.command(Config, print, "Do it."), arguments, "a.command")
    assert exited.value.code == 2
    assert capsys.readouterr().err == message


def test_a_command_that_can_be_resumed_knows_what_was_given() -> None:
    calls: list[tuple[dict[str, Any], bool]] = []

    def start(options: dict[str, Any], resume: bool) -> int:
        calls.append((options, resume))
        return 3

    app = cli.resumable(Config, start, "Do it.", {"resume": cli.Switch(False, "Go on.")})
    with pytest.raises(SystemExit) as exited:
        cli.run(app, ["here", "--limit", "1", "--resume"], "a.command")
    assert exited.value.code == 3
    assert calls == [({"folder": Path("here"), "limit": 1}, True)]


@pytest.mark.parametrize(
    ("error", "code", "line"),
    [
        (OSError(errno.ENOSPC, "No space left on device", "runs/a"), 2, "error: runs/a: No space left on device"),
        (OSError(errno.EROFS, "Read-only file system"), 2, "error: what is written to: Read-only"),
        (sqlite3.OperationalError("database or disk is full"), 2, "error: database or disk is full"),
        (KeyboardInterrupt(), 130, "stopped at once"),
    ],
)
def test_full_or_closed_folder_and_ctrl_c_are_one_line(
    error: BaseException, code: int, line: str, capsys: pytest.CaptureFixture[str]
) -> None:
    def start(config: Noun) -> None:
        raise error

    with pytest.raises(SystemExit) as ended:
        cli.run(cli.command(Noun, start, "Fails."), [], "test")
    assert ended.value.code == code
    (told,) = capsys.readouterr().err.splitlines()
    assert told.startswith(line)


def test_error_of_the_program_itself_is_no_line() -> None:
    def start(config: Noun) -> None:
        raise sqlite3.OperationalError("no such table: answers")

    with pytest.raises(sqlite3.OperationalError):
        cli.run(cli.command(Noun, start, "Fails."), [], "test")


def test_second_ctrl_c_of_a_command_that_goes_on_says_how(capsys: pytest.CaptureFixture[str]) -> None:
    def start(options: cli.Options, resume: bool) -> None:
        raise KeyboardInterrupt

    switches = {"resume": cli.Switch(False, "Go on.")}
    with pytest.raises(SystemExit) as ended:
        cli.run(cli.resumable(Noun, start, "Stops.", switches), [], "test")
    assert ended.value.code == 130
    assert capsys.readouterr().err == "stopped at once; the same command with --resume goes on\n"


TALKING = """
import sys
from agents import cli
from agents.schema import Noun

def start(config):
    print("one", flush=True)
    print("two")

cli.run(cli.command(Noun, start, "Talk."), [], "talk")
"""


@pytest.mark.parametrize("unbuffered", ["", "1"])
@pytest.mark.parametrize("option", ["", "--help"])
def test_a_pipe_that_nobody_reads_is_an_exit_code_and_no_traceback(option: str, unbuffered: str) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    script = TALKING.replace("[]", repr([option] if option else []))
    env = {**os.environ, "PYTHONUNBUFFERED": unbuffered}
    done = subprocess.run([sys.executable, "-c", script], stdout=writing, stderr=subprocess.PIPE, env=env, check=False)
    os.close(writing)
    assert (done.returncode, done.stderr) == (141, b"")


def test_a_full_standard_output_is_one_line() -> None:
    script = TALKING.replace("flush=True", "flush=False")
    env = {**os.environ, "PYTHONUNBUFFERED": ""}
    with open("/dev/full", "wb") as full:
        done = subprocess.run([sys.executable, "-c", script], stdout=full, stderr=subprocess.PIPE, env=env, check=False)
    assert (done.returncode, done.stderr) == (2, b"error: standard output: No space left on device\n")


def test_a_pipe_to_somebody_else_that_breaks_is_not_hidden() -> None:
    def start(config: Noun) -> None:
        reading, writing = os.pipe()
        os.close(reading)
        os.write(writing, b"x")

    with pytest.raises(BrokenPipeError):
        cli.run(cli.command(Noun, start, "Fails."), [], "test")
