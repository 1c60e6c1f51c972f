"""Does diversity beat quantity? Arms x seeds x sizes, trained and examined: python -m evals.study

Exit codes: 2 the user's mistake, or a stage that ended with a fault; 4 the folder is in use, or a process
was lost; 130 stopped.
"""

import sys
from pathlib import Path
from typing import Annotated

import typer

from agents import cli
from evals.study import agreement, config, grid, markdown, page, plan, repeat, results, sheet

HELP = """Compare ways to make training data by what a student learns from each.

\b
  python -m evals.study plan evals/studies/miniature.toml                  cells, cost and time, before anything starts
  python -m evals.study run evals/studies/miniature.toml --out runs/study  goes on after Ctrl-C, or a kill
  python -m evals.study page runs/study                                    results.json and study.html again
  python -m evals.study again runs/study/cells/sft-0123456789ab            one cell from its manifest, compared
  python -m evals.study sheet runs/study --out runs/rating                 a blinded sheet for people to rate
  python -m evals.study agreement ratings/*.csv                            Krippendorff's alpha of filled sheets
"""
app = typer.Typer(add_completion=False, rich_markup_mode=None, help=HELP, no_args_is_help=True)
File = Annotated[Path, typer.Argument(metavar="CONFIG", help="A study's TOML file; some ship in evals/studies.")]
Folder = Annotated[Path, typer.Argument(metavar="STUDY", help="The folder of a study.")]


@app.command("plan")
def _plan(file: File) -> None:
    """Tell what a study would make, and what that costs."""
    print(*plan.lines(config.read(file)), sep="\n")


@app.command("run")
def _run(file: File, out: Annotated[Path, typer.Option(help="The study's folder.")] = Path("runs/study")) -> None:
    """Make what is missing of a study and write its page."""
    read = config.read(file)
    print(*plan.lines(read), sep="\n", flush=True)
    grid.run(read, out.absolute())
    _page(out)


@app.command("page")
def _page(out: Folder) -> None:
    """Write results.json, study.html and tables.md from the cells that are finished."""
    outcome = results.write(out)
    print(f"results: {out / results.NAME}, tables: {markdown.write(out, outcome)}, page: {page.write(out, outcome)}")


@app.command("again")
def _again(cell: Annotated[Path, typer.Argument(help="The folder of a finished cell of data, sft or held.")]) -> None:
    """Make a cell again from its manifest, in a folder of its own, and compare; exits with 1 where it differs."""
    lines, same = repeat.compare(cell.absolute())
    print(*lines, sep="\n")
    raise typer.Exit(0 if same else 1)


@app.command("sheet")
def _sheet(
    study: Folder,
    out: Annotated[Path, typer.Option(help="A folder for sheet.csv, sheet.html and, apart from them, key.csv.")],
    per_arm: Annotated[int, typer.Option(help="Trajectories of each arm.", min=1)] = 50,
    seed: Annotated[int, typer.Option(help="Of the choice and the order.")] = 0,
) -> None:
    """Write a sheet on which people rate trajectories without knowing their arm."""
    print(*sheet.write(study, out, per_arm, seed), sep="\n")


@app.command("agreement")
def _agreement(files: Annotated[list[Path], typer.Argument(help="Filled sheets, one of each rater.")]) -> None:
    """Tell how far raters agree on each question."""
    print(*agreement.lines(files), sep="\n")


def main(arguments: list[str] | None = None) -> None:
    """Exits as the module says."""
    try:
        cli.run(app, arguments, "evals.study")
    except (KeyboardInterrupt, typer.Abort):
        print("stopped; the same command goes on", file=sys.stderr)
        raise SystemExit(130) from None


if __name__ == "__main__":
    main()
