"""Benchmark texts, and how much of a training set is in them: python -m evals.contamination texts | check"""

import asyncio
import sys
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Annotated

import typer

from agents import cli
from agents.errors import MissingError, UsageError
from agents.outputs import check_output
from agents.schema import Noun
from evals.answer import records
from evals.bench import bfcl, bird, codeci, data
from memory.embed.embedder import embedder
from memory.measure import overlap
from memory.measure.overlap import Match, Overlap, Reference

SOURCES: dict[str, Callable[[], list[dict[str, str]]]] = {
    "bfcl": lambda: asyncio.run(bfcl.texts()),
    "bird": bird.texts,
    "codeci": codeci.texts,
}
HELP = """Benchmark texts, and how much of a training set is in them.

\b
  python -m evals.contamination texts --out runs/evals/texts.jsonl          of every benchmark that is set up here
  python -m evals.contamination check runs/a/trajectories.jsonl --against runs/evals/texts.jsonl

`check` exits with 1 where a row overlaps. The same file is what `python -m graphs.export` is given to refuse, drop or
report such rows.
"""


class Texts(Noun):
    """Where benchmark texts go."""

    out: Path
    """File of benchmark texts to write."""


class Check(Noun):
    """Which rows are compared with which texts."""

    rows: Annotated[Path, cli.ARGUMENT]
    """Exported rows, a JSON line each: trajectories.jsonl."""
    against: Path
    """File of benchmark texts."""
    embedder: str = "wordllama"
    """`wordllama` or a sentence-transformers model."""


def texts(config: Texts) -> None:
    """Write what the benchmarks that are set up here ask and which tools they offer."""
    check_output("--out", config.out)
    references: list[Reference] = []
    for name, read in SOURCES.items():
        try:
            mine = [Reference.model_validate({"bench": name, **row}) for row in read()]
        except MissingError as error:
            # told, because a check against fewer benchmarks than one thinks is worse than none
            print(f"left out: {error}", file=sys.stderr)
            continue
        print(f"{name}: {len(mine)} texts")
        references += mine
    if not references:
        raise MissingError("texts: no benchmark is set up here; first: python -m evals.run setup bfcl")
    config.out.parent.mkdir(parents=True, exist_ok=True)
    records.replace(config.out, overlap.dump(references))


def check(config: Check) -> int:
    """List the rows that overlap with a benchmark, and how."""
    benchmarks = Overlap(overlap.read(config.against), embedder(config.embedder))
    overlaps = overlapping(read_rows(config.rows), benchmarks)
    for place, matches in overlaps.items():
        for match in matches:
            print(f"row {place}: {match.by} with {match.bench} {match.id}: {match.text!r}")
    kinds = Counter(match.by for matches in overlaps.values() for match in matches)
    print(f"{len(overlaps)} rows overlap; matches: {', '.join(f'{n} by {by}' for by, n in kinds.items()) or 'none'}")
    return 1 if overlaps else 0


def overlapping(rows: Sequence[dict[str, object]], benchmarks: Overlap) -> dict[int, list[Match]]:
    """Place of a row -> its matches, where it has any."""
    by_row = {place: benchmarks.row_matches(row) for place, row in enumerate(rows)}
    return {place: matches for place, matches in by_row.items() if matches}


def read_rows(path: Path) -> list[dict[str, object]]:
    """Raises: UsageError: no such file, or one without JSON lines."""
    try:
        return data.lines(path)
    except FileNotFoundError:
        raise UsageError(f"no rows in {path}; give an exported file such as runs/a/trajectories.jsonl") from None
    except ValueError as error:
        raise UsageError(f"{path}: not JSON lines: {error}") from None


def main(arguments: list[str] | None = None) -> None:
    """Exits with 0, 1 where rows overlap, 2 for the user's own mistake, 3 where no benchmark is set up."""
    app = typer.Typer(add_completion=False, rich_markup_mode=None, help=HELP, no_args_is_help=True)
    cli.add_command(app, Texts, texts)
    cli.add_command(app, Check, check)
    cli.run(app, arguments, "evals.contamination")


if __name__ == "__main__":
    main()
