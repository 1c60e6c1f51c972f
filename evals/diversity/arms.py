"""Run folders -> how diverse their datasets are: python -m evals.diversity RUN...

Runs whose settings differ only in the seed are one arm. Arms are compared with the first, paired by seed, at equal N
(rarefied to the smallest dataset), at equal teacher tokens (each run cut where the cheapest one ended) and, with
--sizes, at the first so many rows. With --corpus the leaves are made anew.
"""

import io
import sys
from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any, TypeVar

import orjson
from pydantic import Field
from rich.console import Console
from rich.table import Table

from agents import cli
from agents.errors import UsageError
from agents.files import write_whole
from agents.outputs import check_output
from agents.schema import JsonObject, Noun
from evals.diversity.leaves import leaves
from evals.diversity.runs import Run, Values, read
from memory.corpus import corpus
from memory.embed.cache import Cached
from memory.embed.embedder import embedder
from memory.measure.diversity import entropy_bits, entropy_interval, is_saturated
from memory.statistics import Estimate, holm, mean, paired_difference

ENTROPIES = ("h_dom", "h_mode_coarse", "h_mode")
LOWER_IS_BETTER = {"largest_service", "duplicate_rate", "near_90", "self_bleu", "tokens_per_row"}
LOSS = 0.02
"""An arm holds its own on a measure where the interval of its lead excludes a loss of more than this share."""
T = TypeVar("T")


class Config(Noun):
    """Which runs, and by what they are measured."""

    run: Annotated[tuple[Path, ...], cli.ARGUMENT]
    """Folders of runs; the first one's arm leads."""
    out: Path | None = None
    """A JSON file for all numbers."""
    embedder: str = "wordllama"
    """For Vendi and near-copies: `wordllama`, or a sentence-transformers model."""
    second: str = ""
    """Another model, for a second Vendi."""
    sizes: tuple[Annotated[int, Field(ge=1)], ...] = ()
    """Also compare the first so many rows of each run, the option once for each size."""
    corpus: tuple[Path, ...] = ()
    """The runs' tools, to make leaves anew of, with --leaves by another model."""
    leaves: str = "wordllama"
    """The model of these leaves."""


def arms(runs: Sequence[Run]) -> dict[str, dict[int, Run]]:
    """Label -> seed -> run; the label names the settings in which the runs differ. Raises: UsageError: twice a seed."""
    names = sorted({name for run in runs for name in run.settings})
    differing = [name for name in names if len({repr(run.settings.get(name)) for run in runs}) > 1]
    grouped: dict[str, dict[int, Run]] = defaultdict(dict)
    for run in runs:
        settings = ((name, run.settings.get(name)) for name in differing)
        arm = grouped[" ".join(f"{name}={value}" for name, value in settings if value not in ("", None)) or "all"]
        if run.seed in arm:
            raise UsageError(f"{run.folder}: has the settings and the seed of {arm[run.seed].folder}; give only one")
        arm[run.seed] = run
    return dict(grouped)


def compare(runs: Sequence[Run], sizes: Sequence[int] = ()) -> JsonObject:
    """All that --out holds: the comparisons and every run by itself.

    Not compared at equal tokens are runs without tokens, and runs of which the cheapest one's tokens buy no row.
    """
    grouped = arms(runs)
    least = min(len(run.measures) for run in runs)
    budget = min(run.tokens[-1] for run in runs)
    result = {"equal_n": {"n": least, **compare_arms(_each(grouped, lambda run: run.at(least)))}}
    result["first_rows"] = {str(size): compare_arms(_each(grouped, _begin(size))) for size in sizes if size <= least}
    bought = _each(grouped, lambda run: run.until(sum(spent <= budget for spent in run.tokens) - 1))
    if budget and all(run.measures for seeds in bought.values() for run in seeds.values()):
        result["equal_tokens"] = {
            "tokens": budget,
            **compare_arms(_each(bought, lambda run: run.at(len(run.measures)))),
        }
    return {**result, "runs": {arm: [describe(run) for run in seeds.values()] for arm, seeds in grouped.items()}}


def compare_arms(values: Mapping[str, Mapping[int, Values]]) -> JsonObject:
    """Each arm's mean over seeds with its interval, and the first arm's lead over each other one, seed by seed."""
    first, *others = values
    return {
        "arms": {arm: _means(list(seeds.values())) for arm, seeds in values.items()},
        "lead": {arm: _lead(values[first], values[arm]) for arm in others},
    }


def _means(values: Sequence[Values]) -> JsonObject:
    means = {name: mean([seed[name] for seed in values]).model_dump(mode="json") for name in values[0]}
    n = means["n"]["value"]
    return {**means, "saturated": [name for name in ENTROPIES if is_saturated(means[name]["value"], n)]}


def _lead(first: Mapping[int, Values], other: Mapping[int, Values]) -> JsonObject:
    """Paired differences with clustered t intervals, sign-flip p-values and these after Holm over the measures."""
    seeds = sorted(first.keys() & other.keys())
    if not seeds:
        return {}
    names = [name for name in first[seeds[0]] if name != "n"]
    leads = [paired_difference([first[s][name] for s in seeds], [other[s][name] for s in seeds]) for name in names]
    adjusted = holm([lead.p for lead in leads])
    result = {}
    for name, lead, p in zip(names, leads, adjusted, strict=True):
        worst = -lead.high if name in LOWER_IS_BETTER else lead.low
        holds = worst >= -LOSS * sum(other[s][name] for s in seeds) / len(seeds)
        result[name] = {**lead.model_dump(mode="json"), "p_holm": float(p), "holds": bool(holds)}
    return result


def describe(run: Run) -> JsonObject:
    """The run by itself, at its own N: plug-in entropies, Chao-Shen estimates with bootstrap intervals."""
    labels = {
        "h_dom": [row.leaf for row in run.measures],
        "h_mode_coarse": [str(row.mode) for row in run.measures],
        "h_mode": [row.signature for row in run.measures],
    }
    counts = {name: Counter(names).values() for name, names in labels.items()}
    entropies = {
        name: {
            "plug_in": entropy_bits(sizes),
            "corrected": entropy_interval(sizes).model_dump(mode="json"),
            "saturated": is_saturated(entropy_bits(sizes), len(run.measures)),
        }
        for name, sizes in counts.items()
    }
    return {"folder": run.folder.name, "seed": run.seed, "n": len(run.measures), "tokens": run.tokens[-1], **entropies}


def _begin(size: int) -> Callable[[Run], Values]:
    return lambda run: run.first(size).at(size)


def _each(grouped: Mapping[str, Mapping[int, Run]], work: Callable[[Run], T]) -> dict[str, dict[int, T]]:
    return {arm: {seed: work(run) for seed, run in seeds.items()} for arm, seeds in grouped.items()}


def draw_table(title: str, comparison: Mapping[str, Any]) -> Table:
    """Measures by arms: mean and half-width; in brackets the first arm's lead, `*` where its interval excludes 0."""
    table = Table(title=title)
    means = comparison["arms"]
    table.add_column("", overflow="fold")
    for name, arm in means.items():
        table.add_column(f"{name}, {arm['n']['n']} seeds", overflow="fold")
    for name in (name for name in next(iter(means.values())) if name != "saturated"):
        cells = [
            _cell(arm[name], comparison["lead"].get(label, {}).get(name)) + "~" * (name in arm["saturated"])
            for label, arm in means.items()
        ]
        table.add_row(name, *cells)
    return table


def print_table(table: Table) -> None:
    """Print it by `print`, for rich itself makes exit code 1 of a pipe that nobody reads."""
    text, at_terminal = io.StringIO(), sys.stdout.isatty()
    Console(file=text, force_terminal=at_terminal, width=None if at_terminal else 200).print(table)
    print(text.getvalue(), end="")


def _cell(value: Mapping[str, Any], lead: Mapping[str, Any] | None) -> str:
    estimate = Estimate.model_validate(value)
    shown = f"{estimate.value:,.3f}" + (f" ±{estimate.high - estimate.value:.3f}" if estimate.clusters > 1 else "")
    if not lead:
        return shown
    sure = lead["low"] is not None and (lead["low"] > 0 or lead["high"] < 0)
    return f"{shown} ({lead['difference']:+,.3f}{'*' * sure}{'!' * (not lead['holds'])})"


def start(config: Config) -> None:
    """The whole command."""
    if config.out:
        check_output("--out", config.out, (*config.run, *config.corpus))
    by = (
        leaves(corpus.load(config.corpus, "--corpus").tools, Cached(embedder(config.leaves))) if config.corpus else None
    )
    vectors = Cached(embedder(config.embedder))
    second = Cached(embedder(config.second)) if config.second else None
    result = compare([read(folder, vectors, by, second) for folder in config.run], config.sizes)
    if config.out:  # before it is printed: whoever reads that may go away
        write_whole(config.out, orjson.dumps(result, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE))
    for size, comparison in result["first_rows"].items():
        print_table(draw_table(f"The first {size} rows", comparison))
    print_table(draw_table(f"At equal N = {result['equal_n']['n']}", result["equal_n"]))
    if "equal_tokens" in result:
        print_table(draw_table(f"At {result['equal_tokens']['tokens']:,} teacher tokens", result["equal_tokens"]))
    else:
        print("not compared at equal teacher tokens: none were spent, or the least buy another run no row")
    print("± half a 95% interval over seeds; (lead of the first arm; *: its interval excludes 0); ~: saturated")
    print(f"!: the interval of the lead does not exclude a loss of more than {LOSS:.0%}")
    print("entropies in bits, from 0, all rows alike, to log2 N, no two alike; shares and rates from 0 to 1")


def main(arguments: list[str] | None = None) -> None:
    """Exits with 2 for the user's own mistake."""
    app = cli.command(Config, start, "Compare the diversity of runs at equal N and at equal teacher tokens.")
    cli.run(app, arguments, "evals.diversity")
