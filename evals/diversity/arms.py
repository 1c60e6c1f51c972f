"""Run folders -> how diverse their datasets are: python -m evals.diversity RUN...

Runs whose settings differ only in the seed are one arm. Arms are compared with the first, paired by seed, at equal N
(rarefied to the smallest dataset) and at equal teacher tokens (each run cut where the cheapest one ended). Reads
manifest.json, trajectories.jsonl and metrics.jsonl of each folder. With --corpus the leaves are made anew.
"""

import sys
from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Annotated, Any, TypeVar

import orjson
import typer
from rich.console import Console
from rich.table import Table

from agents import cli as command
from agents.errors import UsageError
from evals.bench import data
from evals.diversity.leaves import Leaves, leaves
from memory import tool_files
from memory.embed.cache import Cached
from memory.embed.embedder import Embedder, embedder
from memory.measure.acts import Row, actions
from memory.measure.diversity import at_equal_n, entropy_bits, entropy_interval, saturated
from memory.measure.modes import Measures
from memory.statistics import Estimate, Floats, holm, mean, paired

NO_ARM = {"seed", "out", "count", "concurrency"}
"""Settings in which runs of one arm may differ."""
ENTROPIES = ("h_dom", "h_mode_coarse", "h_mode")
Values = dict[str, float]
T = TypeVar("T")


@dataclass(frozen=True)
class Run:
    """A run's dataset, in slot order."""

    folder: Path
    settings: Mapping[str, Any]
    seed: int
    corpus: int
    """Tools that the run could draw from."""
    measures: Sequence[Measures]
    vectors: Floats
    tokens: Sequence[int]
    """Teacher tokens spent up to each slot, accepted or not."""
    leaves: Leaves | None = None
    """Those that the run is scored by, if not its own."""

    def until(self, slot: int) -> "Run":
        """The dataset as it was after that slot."""
        kept = [n for n, one in enumerate(self.measures) if one.slot <= slot]
        measures = [self.measures[n] for n in kept]
        return replace(self, measures=measures, vectors=self.vectors[kept])


def read(folder: Path, vectors: Embedder, leaves: Leaves | None = None) -> Run:
    """Raises: UsageError: no run, or nothing was accepted."""
    try:
        manifest = orjson.loads((folder / "manifest.json").read_bytes())
        rows = data.lines(folder / "trajectories.jsonl")
        spent = [one["tokens"] for one in data.lines(folder / "metrics.jsonl")]
    except (OSError, ValueError, KeyError) as error:
        raise UsageError(f"{folder}: not a run's folder ({error}); make one with python -m graphs.run") from None
    if not rows:
        raise UsageError(f"{folder}: nothing was accepted; play more slots")
    config = manifest["config"]
    settings = {name: value for name, value in config.items() if name not in NO_ARM}
    measures = [Measures.model_validate(row["measures"]) for row in rows]
    if leaves:
        pairs = zip(measures, rows, strict=True)
        measures = [one.model_copy(update={"leaf": leaves.label(row, one)}) for one, row in pairs]
    texts = vectors.embed([text(row) for row in rows]).astype(float)
    return Run(folder, settings, config["seed"], manifest["corpus"]["tools"], measures, texts, spent, leaves)


def text(row: Row) -> str:
    """What is embedded of a row, whatever its strategy: the user's words, the tools called, the mode signature."""
    said = [message["content"] for message in row["messages"] if message["role"] == "user"]
    return "\n".join([*said, ", ".join(act.tool for act in actions(row) if act.tool), row["measures"]["signature"]])


def arms(runs: Sequence[Run]) -> dict[str, dict[int, Run]]:
    """Label -> seed -> run; the label names the settings in which the runs differ. Raises: UsageError: twice a seed."""
    names = sorted({name for run in runs for name in run.settings})
    told = [name for name in names if len({repr(run.settings.get(name)) for run in runs}) > 1]
    found: dict[str, dict[int, Run]] = defaultdict(dict)
    for run in runs:
        said = (f"{name}={run.settings.get(name)}" for name in told if run.settings.get(name) not in ("", None))
        arm = found[" ".join(said) or "all"]
        if run.seed in arm:
            raise UsageError(f"{run.folder}: has the settings and the seed of {arm[run.seed].folder}; give one of them")
        arm[run.seed] = run
    return dict(found)


def at_n(run: Run, n: int) -> Values:
    """The measures of n rows of the run, and the share of the corpus that they call, in all and of a leaf."""
    found = at_equal_n(run.measures, run.vectors, n)
    even = {"leaf_coverage": run.leaves.coverage(run.measures, n)} if run.leaves else {}
    return {"n": float(n), **found, "coverage": found["tools"] / run.corpus, **even}


def compared(values: Mapping[str, Mapping[int, Values]]) -> dict[str, Any]:
    """Each arm's mean over seeds with its interval, and the first arm's lead over each other one, seed by seed."""
    first, *others = values
    return {
        "arms": {arm: _means(list(seeds.values())) for arm, seeds in values.items()},
        "lead": {arm: _lead(values[first], values[arm]) for arm in others},
    }


def _means(values: Sequence[Values]) -> dict[str, Any]:
    found = {name: mean([one[name] for one in values]).model_dump(mode="json") for name in values[0]}
    n = found["n"]["value"]
    return {**found, "saturated": [name for name in ENTROPIES if saturated(found[name]["value"], n)]}


def _lead(first: Mapping[int, Values], other: Mapping[int, Values]) -> dict[str, Any]:
    """Paired differences with clustered t intervals, sign-flip p-values and these after Holm over the measures."""
    seeds = sorted(first.keys() & other.keys())
    if not seeds:
        return {}
    names = [name for name in first[seeds[0]] if name != "n"]
    found = [paired([first[s][name] for s in seeds], [other[s][name] for s in seeds]) for name in names]
    adjusted = holm([one.p for one in found])
    return {
        name: {**one.model_dump(mode="json"), "p_holm": float(p)}
        for name, one, p in zip(names, found, adjusted, strict=True)
    }


def described(run: Run) -> dict[str, Any]:
    """The run by itself, at its own N: plug-in entropies, Chao-Shen estimates with bootstrap intervals."""
    labels = {
        "h_dom": [one.leaf for one in run.measures],
        "h_mode_coarse": [str(one.mode) for one in run.measures],
        "h_mode": [one.signature for one in run.measures],
    }
    counts = {name: Counter(found).values() for name, found in labels.items()}
    told = {
        name: {
            "plug_in": entropy_bits(some),
            "corrected": entropy_interval(some).model_dump(mode="json"),
            "saturated": saturated(entropy_bits(some), len(run.measures)),
        }
        for name, some in counts.items()
    }
    return {"folder": run.folder.name, "seed": run.seed, "n": len(run.measures), "tokens": run.tokens[-1], **told}


def compare(runs: Sequence[Run]) -> dict[str, Any]:
    """All that --out holds: both comparisons and every run by itself.

    Not compared at equal tokens are runs without tokens, and runs of which the cheapest one's tokens buy no row.
    """
    grouped = arms(runs)
    least = min(len(run.measures) for run in runs)
    budget = min(run.tokens[-1] for run in runs)
    found = {"equal_n": {"n": least, **compared(_each(grouped, lambda run: at_n(run, least)))}}
    bought = _each(grouped, lambda run: _bought(run, budget))
    if budget and all(run.measures for seeds in bought.values() for run in seeds.values()):
        cut = _each(bought, lambda run: at_n(run, len(run.measures)))
        found["equal_tokens"] = {"tokens": budget, **compared(cut)}
    return {**found, "runs": {arm: [described(run) for run in seeds.values()] for arm, seeds in grouped.items()}}


def _each(grouped: Mapping[str, Mapping[int, Run]], work: Callable[[Run], T]) -> dict[str, dict[int, T]]:
    return {arm: {seed: work(run) for seed, run in seeds.items()} for arm, seeds in grouped.items()}


def _bought(run: Run, budget: int) -> Run:
    """What the tokens buy: the rows accepted up to the last slot that they pay for."""
    return run.until(sum(spent <= budget for spent in run.tokens) - 1)


def tabled(title: str, found: Mapping[str, Any]) -> Table:
    """Arms by measures: mean and half-width; in brackets the first arm's lead, `*` where its interval excludes 0."""
    table = Table(title=title, show_lines=True)
    first = next(iter(found["arms"].values()))
    names = [name for name in first if name != "saturated"]
    for name in ("arm", *names):
        table.add_column(name, overflow="fold")
    for arm, means in found["arms"].items():
        lead = found["lead"].get(arm, {})
        marks = ["~" if name in means["saturated"] else "" for name in names]
        table.add_row(arm, *(_cell(means[name], lead.get(name)) + m for name, m in zip(names, marks, strict=True)))
    return table


def _cell(value: Mapping[str, Any], lead: Mapping[str, Any] | None) -> str:
    one = Estimate.model_validate(value)
    shown = f"{one.value:.3f}" + (f" ±{one.high - one.value:.3f}" if one.clusters > 1 else "")
    if not lead:
        return shown
    sure = lead["low"] is not None and (lead["low"] > 0 or lead["high"] < 0)
    return f"{shown}\n({lead['difference']:+.3f}{'*' * sure})"


def cli(
    folders: Annotated[
        list[Path], typer.Argument(metavar="RUN...", help="Folders of runs; the first one's arm leads.")
    ],
    out: Annotated[Path | None, typer.Option(help="A JSON file for all numbers.")] = None,
    model: Annotated[
        str, typer.Option("--embedder", help="For Vendi and duplicates: `wordllama`, or a sentence-transformers model.")
    ] = "wordllama",
    corpus: Annotated[
        list[Path], typer.Option(help="The runs' tools, to make leaves anew of, with --leaves by another model.")
    ] = [],  # noqa: B006
    by: Annotated[str, typer.Option("--leaves", help="The model of these leaves.")] = "wordllama",
) -> None:
    """Compare the diversity of runs at equal N and at equal teacher tokens."""
    vectors = Cached(embedder(model))
    known = leaves(tool_files.read(corpus), Cached(embedder(by))) if corpus else None
    found = compare([read(folder, vectors, known) for folder in folders])
    console = Console(width=None if sys.stdout.isatty() else 200)
    console.print(tabled(f"At equal N = {found['equal_n']['n']}", found["equal_n"]))
    if "equal_tokens" in found:
        console.print(tabled(f"At {found['equal_tokens']['tokens']:,} teacher tokens", found["equal_tokens"]))
    else:
        print("not compared at equal teacher tokens: none were spent, or the least buy another run no row")
    print("± half a 95% interval over seeds; (lead of the first arm; *: its interval excludes 0); ~: saturated")
    if out:
        out.write_bytes(orjson.dumps(found, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE))


def main(arguments: list[str] | None = None) -> None:
    """Exits with 2 for the user's own mistake."""
    command.run_function(cli, arguments, "evals.diversity")
