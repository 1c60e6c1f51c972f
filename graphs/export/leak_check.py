"""The export's gate: accepted rows that overlap with a benchmark are refused, dropped or reported."""

from collections.abc import Sequence
from enum import StrEnum
from pathlib import Path

from agents.errors import UsageError
from graphs.export.formats import Row
from memory.embed.embedder import embedder
from memory.measure import overlap
from memory.measure.overlap import Match, Overlap

SHOWN = 5
"""Matches told one by one."""


class Leak(StrEnum):
    """What becomes of a row that overlaps with a benchmark."""

    REFUSE = "refuse"
    DROP = "drop"
    REPORT = "report"


def passed(rows: Sequence[Row], against: Path, leak: Leak) -> list[Row]:
    """The rows that may leave, the others told. Raises: UsageError: one overlaps and `leak` says refuse."""
    known = Overlap(overlap.read(against), embedder())
    found = [(row, known.matches(overlap.row_texts(row))) for row in rows]
    leaking = [(row, matches) for row, matches in found if matches]
    told = [_told(row, matches[0]) for row, matches in leaking[:SHOWN]]
    count = f"{len(leaking)} of {len(rows)} rows overlap with {against}"
    if leaking and leak is Leak.REFUSE:
        raise UsageError(f"--against: {count}: {'; '.join(told)}; --leaks drop leaves them out, report lets them pass")
    print("\n".join([f"{count}{', left out' if leaking and leak is Leak.DROP else ''}", *told]))
    kept = [row for row, matches in found if not matches or leak is Leak.REPORT]
    if not kept:
        raise UsageError(f"--leaks drop: no row is left; every one overlaps with {against}")
    return kept


def _told(row: Row, match: Match) -> str:
    return f"slot {row['slot']} by {match.by} with {match.bench} {match.id}: {match.text[:60]!r}"
