"""A model -> a score with its interval: python -m evals.run setup | generate | score | compare | paper

Answers are collected first (`generate`, which a kill does not lose) and scored afterwards by each benchmark's official
scorer in a process of its own (`score`). Exit codes: 2 the user's mistake, 3 data or a package is missing, 4 too much
was lost to infrastructure for a score.
"""

import asyncio
import sys
from pathlib import Path
from typing import Annotated, Any

import typer
from pydantic import ValidationError
from rich.progress import Progress

from agents import cli
from agents.errors import UsageError, usage_error
from agents.schema import JsonObject
from evals.answer import models, records
from evals.bench import data, held_out, rebench, tau2
from evals.bench.load import BENCHES, Config, choose, load
from evals.schema import Suite, Task
from evals.score import card as cards
from evals.score import compare as comparison
from evals.score import page, scoring
from evals.score import paper as published

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
held-out set; data that nobody may ship is named with its path and source where it is missing (exit code 3).
"""
app = typer.Typer(add_completion=False, rich_markup_mode=None, help=HELP, no_args_is_help=True)
Bench = Annotated[str, typer.Argument(help=f"One of {', '.join(BENCHES)}.")]
Folder = Annotated[Path, typer.Argument(help="A model's folder, as given to generate --out.")]


def _option(name: str) -> Any:
    return typer.Option(f"--{name.replace('_', '-')}", help=Config.model_fields[name].description)


@app.command()
def setup(
    bench: Bench,
    tools: Annotated[Path | None, typer.Option(help="heldout: the held_out.jsonl of a run with --hold-out.")] = None,
    teacher: Annotated[str, typer.Option(help="heldout: who makes its conversations.")] = "offline",
    count: Annotated[int, typer.Option(help="heldout: how many to try.", min=1)] = 100,
    checkout: Annotated[Path | None, typer.Option(help="tau2: a clone of tau2-bench, at the tag to measure.")] = None,
) -> None:
    """Make the environment of a benchmark's official scorer or scaffold, or the data of the held-out set."""
    if _bench(bench) == "heldout":
        if tools is None:
            raise UsageError("setup heldout: --tools is needed, the held_out.jsonl of a run with --hold-out")
        print(f"data of heldout: {held_out.set_up(tools, teacher, count)}")
    elif bench == "tau2":
        print(f"environment of tau2: {tau2.set_up(checkout)}")
    else:
        print(f"environment of {bench}: {data.set_up(bench)}")


@app.command()
def generate(
    bench: Bench,
    model: Annotated[str, _option("model")],
    out: Annotated[Path, typer.Option(help="The model's folder; each benchmark gets a folder in it.")],
    runs: Annotated[int, _option("runs")] = 1,
    category: Annotated[list[str], _option("category")] = [],  # noqa: B006  (typer reads it)
    mode: Annotated[str, _option("mode")] = "fc",
    clusters: Annotated[int, _option("clusters")] = 0,
    concurrency: Annotated[int, _option("concurrency")] = 4,
    temperature: Annotated[float, _option("temperature")] = 0.0,
    max_tokens: Annotated[int, _option("max_tokens")] = 4096,
    seed: Annotated[int, _option("seed")] = 0,
    user: Annotated[str, _option("user")] = "",
    judge: Annotated[str, _option("judge")] = "",
    price_input: Annotated[float | None, _option("price_input")] = None,
    price_output: Annotated[float | None, _option("price_output")] = None,
) -> None:
    """Let a model answer the tasks of a benchmark; called again, it asks for what is still missing."""
    options = {key: value for key, value in locals().items() if key not in ("out",)}
    config = _config(options | {"category": tuple(category)})
    folder = out / _bench(bench)
    scoring.keep(config, folder)
    asyncio.run(_generate(config, folder))
    print(f"answers: {folder / records.NAME}; next: python -m evals.run score {out}")


async def _generate(config: Config, folder: Path) -> None:
    suite = await load(config)
    tasks = choose(suite, config)
    todo = records.todo(records.read(folder), tasks, config.runs)
    print(f"{suite.scorer}: {len(tasks)} tasks x {config.runs} runs, {len(todo)} still to answer", file=sys.stderr)
    answers = models.find_answers(config.model, suite, config.runs, config.seed)
    if answers is not None:
        for task, run in todo:
            records.append(folder, answers[task.id, run])
    elif todo:
        await _ask(config, suite, folder, todo)
    rows = records.settle(folder, tasks, config.runs)
    if config.bench == "rebench":
        print("predictions:", *rebench.keep(folder, rows))


async def _ask(config: Config, suite: Suite, folder: Path, todo: list[tuple[Task, int]]) -> None:
    params = {"temperature": config.temperature, "max_tokens": config.max_tokens}
    async with models.connect(config.model, params) as (model, endpoint), suite.playing(endpoint) as play:
        examiner = models.Examiner(model, play, config.seed)
        with Progress(transient=True) as bar:
            shown = bar.add_task(config.bench, total=len(todo))
            async for record in models.collect(examiner, todo, config.concurrency):
                records.append(folder, record)
                bar.advance(shown)


@app.command()
def score(out: Folder) -> None:
    """Score what was answered: result.json and outcomes.jsonl beside the answers."""
    for folder in scoring.folders(out):
        result = asyncio.run(scoring.score(folder))
        print(page.line(result))


@app.command()
def compare(
    first: Folder,
    second: Folder,
    out: Annotated[Path | None, typer.Option(help="Folder of the page; default: FIRST/against-SECOND.")] = None,
) -> None:
    """How much better the first model is: paired differences, clustered intervals, Holm over the benchmarks."""
    differences = comparison.compare(first, second)
    written = comparison.write(differences, out or first / f"against-{second.name}")
    print("\n".join(comparison.lines(differences)), f"page: {written}", sep="\n")


@app.command()
def card(out: Folder) -> None:
    """One page and a model card's snippet of a model's benchmarks, and results as leaderboards take them."""
    for path in cards.write(out):
        print(path)


@app.command()
def paper(out: Annotated[Path, typer.Option(help="Folder of the page.")] = Path("runs/evals/paper")) -> None:
    """The paper's table in this form, with the intervals it does not give estimated and marked so."""
    print(f"page: {published.write(out)}")


def _bench(name: str) -> str:
    if name not in BENCHES:
        raise UsageError(f"no benchmark {name!r}; one of {', '.join(BENCHES)}")
    return name


def _config(options: JsonObject) -> Config:
    try:
        return Config.model_validate(options)
    except ValidationError as error:
        raise usage_error(error) from None


def main(arguments: list[str] | None = None) -> None:
    """The command with these arguments, else the process's. Exits with 0, 2, 3 or 4 as the module says."""
    cli.run(app, arguments, "evals.run")


if __name__ == "__main__":
    main()
