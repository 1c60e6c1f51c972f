import pytest
import typer

from agents import cli
from agents.errors import MissingError, OutageError, UsageError


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
