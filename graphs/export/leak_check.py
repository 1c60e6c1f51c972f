"""The export's gate: accepted rows that overlap with a benchmark are refused, dropped or reported."""

from collections.abc import Sequence
from enum import StrEnum
from pathlib import Path

from agents.errors import UsageError
from agents.schema import Row
from memory.embed.embedder import embedder
from memory.measure import overlap
from memory.measure.overlap import Overlap

SHOWN = 5
"""Matches that are printed."""


class Leak(StrEnum):
    """What becomes of a row that overlaps with a benchmark."""

    REFUSE = "refuse"
    DROP = "drop"
    REPORT = "report"


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
