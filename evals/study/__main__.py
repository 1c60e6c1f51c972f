"""Does diversity beat quantity? Arms x seeds x sizes, trained and examined: python -m evals.study

Exit codes: 2 the user's mistake, or a stage that ended with a fault; 4 the folder is in use, or a process
was lost; 130 stopped.
"""

import sys
from pathlib import Path
from typing import Annotated

import typer
from pydantic import Field

from agents import cli
from agents.outputs import check_output
from agents.schema import Noun

HELP = """Compare ways to make training data by what a student learns from each.

\b
  python -m evals.study plan evals/studies/miniature.toml                  cells, cost and time, before anything starts
  python -m evals.study run evals/studies/miniature.toml --out runs/study  goes on after Ctrl-C, or a kill
  python -m evals.study page runs/study                                    results.json and study.html again
  python -m evals.study again runs/study/cells/sft-0123456789ab            one cell from its manifest, compared
  python -m evals.study sheet runs/study --out runs/rating                 a blinded sheet for people to rate
  python -m evals.study agreement ratings/*.csv                            Krippendorff's alpha of filled sheets

Exit codes: 0 done, 2 a mistake in the options or a stage that failed, 4 the folder is in use or a process was lost,
130 Ctrl-C or a signal (the same command goes on).
"""
app = typer.Typer(add_completion=False, rich_markup_mode=None, help=HELP, no_args_is_help=True)
FOLDER = Field(description="The folder of a study.")


class Plan(Noun):
    """A study that is not begun."""

    config: Annotated[Path, cli.ARGUMENT]
    """A study's TOML file; some ship in evals/studies."""


class Run(Plan):
    """A study to begin, or to go on with."""

    out: Path = Path("runs/study")
    """The study's folder."""


class Page(Noun):
    """A study that is begun."""

    study: Annotated[Path, cli.ARGUMENT, FOLDER]


class Again(Noun):
    """A cell to make again."""

    cell: Annotated[Path, cli.ARGUMENT]
    """The folder of a finished cell of data, sft, held or second."""


class Sheet(Page):
    """A sheet for raters."""

    out: Path
    """A folder for sheet.csv, sheet.html and, apart from them, key.csv."""
    per_arm: int = Field(default=50, ge=1)
    """Trajectories of each arm."""
    seed: int = 0
    """Of the choice and the order."""


class Ratings(Noun):
    """What raters have filled in."""

    files: Annotated[tuple[Path, ...], cli.ARGUMENT]
    """Filled sheets, one of each rater."""


def show_plan(options: Plan) -> None:
    """Tell what a study would make, and what that costs."""
    from evals.study import config, plan  # here and below what a command needs: --help answers at once

    print(*plan.lines(config.read(options.config)), sep="\n")


def run(options: Run) -> int:
    """Make what is missing of a study and write its page."""
    from evals.study import config, grid, plan

    study = config.read(options.config)
    check_output("--out", options.out, [options.config, *map(Path, study.tools)], folder=True)
    print(*plan.lines(study), sep="\n", flush=True)
    try:
        grid.run(study, options.out.absolute())
    except KeyboardInterrupt:
        print("stopped; the same command goes on", file=sys.stderr)
        return 130
    write_page(Page(study=options.out))
    return 0


def write_page(options: Page) -> None:
    """Write results.json, study.html and tables.md from the cells that are finished."""
    from evals.study import results
    from evals.study.pages import markdown, page

    out = options.study
    outcome = results.write(out)
    print(f"results: {out / results.NAME}, tables: {markdown.write(out, outcome)}, page: {page.write(out, outcome)}")


def repeat_cell(options: Again) -> int:
    """Make a cell again from its manifest, in a folder of its own, and compare; exits with 1 where it differs."""
    from evals.study.cells import repeat

    lines, same = repeat.compare(options.cell.absolute())
    print(*lines, sep="\n")
    return 0 if same else 1


def write_sheet(options: Sheet) -> None:
    """Write a sheet on which people rate trajectories without knowing their arm."""
    from evals.study.pages import sheet

    check_output("--out", options.out, [options.study], folder=True)
    print(*sheet.write(options.study, options.out, options.per_arm, options.seed), sep="\n")


def tell_agreement(options: Ratings) -> None:
    """Tell how far raters agree on each question."""
    from evals.study.pages import agreement

    print(*agreement.lines(options.files), sep="\n")


cli.add_command(app, Plan, show_plan, "plan")
cli.add_command(app, Run, run)
cli.add_command(app, Page, write_page, "page")
cli.add_command(app, Again, repeat_cell, "again")
cli.add_command(app, Sheet, write_sheet, "sheet")
cli.add_command(app, Ratings, tell_agreement, "agreement")


def main(arguments: list[str] | None = None) -> None:
    """Exits as the module says."""
    cli.run(app, arguments, "evals.study")


if __name__ == "__main__":
    main()
