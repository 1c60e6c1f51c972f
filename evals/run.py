"""A model -> a score with its interval: python -m evals.run setup | generate | score | compare | paper

Answers are collected first (`generate`, which a kill does not lose) and scored afterwards by each benchmark's official
scorer in a process of its own (`score`). Exit codes: 2 the user's mistake, 3 data or a package is missing, 4 too much
was lost to infrastructure for a score.
"""

import asyncio
import sys
from pathlib import Path
from typing import Annotated

import typer
from pydantic import Field

from agents import cli
from agents.errors import UsageError
from agents.outputs import check_output
from agents.schema import Noun, Role
from evals.bench.load import Bench, Config, choose, load

HELP = """Measure models on official benchmarks, with intervals, floors and ceilings.

\b
  python -m evals.run setup bfcl                                    once: the scorer's own environment
  python -m evals.run generate bfcl --model openai:NAME@http://127.0.0.1:8000/v1 --out runs/evals/base --runs 2
  python -m evals.run generate bfcl --model path/to/checkpoint --out runs/evals/tuned --runs 2
  python -m evals.run score runs/evals/base
  python -m evals.run score runs/evals/tuned
  python -m evals.run compare runs/evals/tuned runs/evals/base      a page, and JSON beside it
  python -m evals.run card runs/evals/tuned                         one page of all benchmarks, a model card's snippet

--model gold, nothing or noisy:0.1 are references that need no model. A stopped `generate` goes on when called again.

What benchmarks need lies in $TDS_EVAL_DATA, by default .evals: `setup` makes environments (bfcl, rebench) and the
held-out set; data that nobody may ship is named with its path and source where it is missing.

Exit codes: 0 done, 2 a mistake in the options, 3 data, a package or an environment is missing, 4 the endpoint lost too
much, 130 Ctrl-C (the same command goes on).
"""
FOLDER = "A model's folder, as given to generate --out."
app = typer.Typer(add_completion=False, rich_markup_mode=None, help=HELP, no_args_is_help=True)


class Setup(Noun):
    """What a benchmark needs before it is played."""

    bench: Bench
    tools: Path | None = None
    """heldout: the held_out.jsonl of a run with --hold-out."""
    teacher: str = "offline"
    """heldout: who makes its conversations."""
    count: int = Field(default=100, ge=1)
    """heldout: how many to try."""
    checkout: Path | None = None
    """tau2: a clone of tau2-bench, at the tag to measure."""


def setup(config: Setup) -> None:
    """Make the environment of a benchmark's official scorer or scaffold, or the data of the held-out set."""
    from evals.bench import data, held_out, tau2  # here and below what a command needs: --help answers at once

    if config.bench == "heldout":
        if config.tools is None:
            raise UsageError("setup heldout: --tools is needed, the held_out.jsonl of a run with --hold-out")
        print(f"data of heldout: {held_out.set_up(config.tools, config.teacher, config.count)}")
    elif config.bench == "tau2":
        print(f"environment of tau2: {tau2.set_up(config.checkout)}")
    else:
        print(f"environment of {config.bench}: {data.set_up(config.bench)}")


class Generate(Config):
    """A model's answers to a benchmark, and where they lie."""

    out: Path
    """The model's folder; each benchmark gets a folder in it."""


def generate(options: Generate) -> None:
    """Let a model answer the tasks of a benchmark; called again, it asks for what is still missing."""
    from evals.answer import records
    from evals.score import scoring

    config = Config.model_validate(options.model_dump(exclude={"out"}))
    folder = options.out / config.bench
    check_output("--out", folder, [Path(config.model)], folder=True)
    scoring.keep(config, folder)
    asyncio.run(answer(config, folder))
    print(f"answers: {folder / records.NAME}; next: python -m evals.run score {options.out}")


async def answer(config: Config, folder: Path) -> None:
    """answers.jsonl, each answer written as it comes, so that a kill loses none."""
    from rich.progress import Progress

    from agents.teacher.wire.reach import check_teachers
    from evals.answer import models, records
    from evals.bench import rebench
    from evals.bench.hosted import mcp_atlas

    suite = await load(config)
    tasks = choose(suite, config)
    todo = records.todo(records.read(folder), tasks, config.runs)
    print(f"{suite.scorer}: {len(tasks)} tasks x {config.runs} runs, {len(todo)} still to answer", file=sys.stderr)
    answers = models.find_answers(config.model, suite, config.runs, config.seed)
    if answers is not None:
        for task, run in todo:
            records.append(folder, answers[task.id, run])
    elif todo:
        params = {"temperature": config.temperature, "max_tokens": config.max_tokens}
        async with models.connect(config.model, params) as (model, endpoint), suite.playing(endpoint) as play:
            check_teachers({Role.ASSISTANT: endpoint})
            examiner = models.Examiner(model, play, config.seed)
            with Progress(transient=True) as bar:
                shown = bar.add_task(config.bench, total=len(todo))
                async for record in models.collect(examiner, todo, config.concurrency):
                    records.append(folder, record)
                    bar.advance(shown)
    rows = records.settle(folder, tasks, config.runs)
    # what their own harnesses grade, on a machine where Docker or a judge is
    if config.bench == "rebench":
        print("predictions:", *rebench.keep(folder, rows))
    elif config.bench == "mcpatlas" and (outputs := mcp_atlas.keep(folder, rows)):
        print(f"outputs: {outputs}; {mcp_atlas.JUDGE}")


class Scored(Noun):
    """A model that has answered."""

    out: Annotated[Path, cli.ARGUMENT] = Field(description=FOLDER)


def score(config: Scored) -> None:
    """Score what was answered: result.json and outcomes.jsonl beside the answers."""
    from evals.score import page, scoring

    for folder in scoring.folders(config.out):
        print(page.line(asyncio.run(scoring.score(folder))))


class Compare(Noun):
    """Two models that are scored."""

    first: Annotated[Path, cli.ARGUMENT] = Field(description=FOLDER)
    second: Annotated[Path, cli.ARGUMENT] = Field(description=FOLDER)
    out: Path | None = None
    """Folder of the page; default: FIRST/against-SECOND."""


def compare(config: Compare) -> None:
    """How much better the first model is: paired differences, clustered intervals, Holm over the benchmarks."""
    from evals.score import compare as comparison

    inputs = (config.first, config.second) if config.out else ()
    out = config.out or config.first / f"against-{config.second.name}"
    check_output("--out", out, inputs, folder=True, fix=f"leave it out to write into {config.first}")
    differences = comparison.compare(config.first, config.second)
    written = comparison.write(differences, out)
    print("\n".join(comparison.lines(differences)), f"page: {written}", sep="\n")


def card(config: Scored) -> None:
    """One page and a model card's snippet of a model's benchmarks, and results as leaderboards take them."""
    from evals.score import card as cards

    for path in cards.write(config.out):
        print(path)


class Paper(Noun):
    """Where the paper's table goes."""

    out: Path = Path("runs/evals/paper")
    """Folder of the page."""


def paper(config: Paper) -> None:
    """The paper's table in this form, with the intervals it does not give estimated and marked so."""
    from evals.score import paper as published

    check_output("--out", config.out, folder=True)
    print(f"page: {published.write(config.out)}")


cli.add_command(app, Setup, setup)
cli.add_command(app, Generate, generate)
cli.add_command(app, Scored, score)
cli.add_command(app, Compare, compare)
cli.add_command(app, Scored, card)
cli.add_command(app, Paper, paper)


def main(arguments: list[str] | None = None) -> None:
    """The command with these arguments, else the process's. Exits with 0, 2, 3 or 4 as the module says."""
    cli.run(app, arguments, "evals.run")


if __name__ == "__main__":
    main()
