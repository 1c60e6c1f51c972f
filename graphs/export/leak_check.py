"""The export's gate: rows that overlap with a benchmark are refused, dropped or reported; near-copies are counted."""

from collections.abc import Sequence
from enum import StrEnum
from pathlib import Path

from agents.errors import UsageError
from agents.schema import Row
from memory.embed.embedder import embedder
from memory.measure import overlap
from memory.measure.overlap import Overlap
from memory.store.earlier import Earlier
from memory.store.novelty import Aim, row_texts

SHOWN = 5
"""Matches that are printed."""


class Leak(StrEnum):
    """What becomes of a row that overlaps with a benchmark."""

    REFUSE = "refuse"
    DROP = "drop"
    REPORT = "report"


def count_copies(rows: Sequence[Row], sets: Sequence[Path]) -> str:
    """How many rows are near-copies of a row in each of the sets, which are runs or files of conversations.

    Near is what a run itself calls a copy, by what users say and the tools that are called. Raises: UsageError: a set
    cannot be read.
    """
    counts = []
    for path in sets:
        try:
            earlier = Earlier([path], embedder())
        except UsageError as error:  # it speaks of the option by which a run names such sets
            raise UsageError(str(error).replace("--against", "--compare", 1)) from None
        copies = sum(Aim().is_copy(earlier.nearest(row_texts(dict(row)), 1)) for row in rows)
        counts.append(f"{copies} of {len(rows)} in {path.name}")
    return ", ".join(counts)


def check(rows: Sequence[Row], against: Path, leak: Leak) -> tuple[list[Row], str]:
    """The rows that may leave, and one line that says how many overlap.

    Raises: UsageError: one overlaps and `leak` says refuse, or none is left.
    """
    overlaps = Overlap(overlap.read(against), embedder())
    matched = [(row, overlaps.row_matches(dict(row))) for row in rows]
    leaking = [(row, matches) for row, matches in matched if matches]
    lines = [
        f"slot {row['slot']} by {match.by} with {match.bench} {match.id}: {match.text[:60]!r}"
        for row, (match, *_) in leaking[:SHOWN]
    ]
    count = f"{len(leaking)} of {len(rows)} rows overlap with {against}"
    if leaking and leak is Leak.REFUSE:
        raise UsageError(f"--against: {count}: {'; '.join(lines)}; --leaks drop leaves them out, report lets them pass")
    print("\n".join([f"{count}{', left out' if leaking and leak is Leak.DROP else ''}", *lines]))
    kept = [row for row, matches in matched if not matches or leak is Leak.REPORT]
    if not kept:
        raise UsageError(f"--leaks drop: no row is left; every one overlaps with {against}")
    return kept, f"{count}{', left out' if leaking and leak is Leak.DROP else ''}"
