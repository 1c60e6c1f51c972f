"""How alike a run's trajectories are, for its report: a map, and two curves over the commits.

The texts are those that the Global Memory embeds (goal, tools, mode); the model is the embedded one for any run.
"""

from collections.abc import Iterator, Sequence

import numpy as np

from graphs.report.summary import Row
from memory.embed.embedder import embedder
from memory.measure.diversity import copies, vendi
from memory.page.charts import Line, Point, lines, scatter
from memory.page.page import section
from memory.statistics import Floats

DRAWN = 40
"""Points of a curve; each is a decomposition of all rows before it."""


def sections(entries: Sequence[Row], texts: Sequence[str], sampled: str = "") -> Iterator[str]:
    """The sections of the report, of one entry and one text for each slot; `sampled` says which slots are missing."""
    vectors = embedder().embed(texts).astype(np.float64) if texts else np.zeros((0, 1))
    kept = [n for n, entry in enumerate(entries) if entry["outcome"] == "accepted"]
    note = "Effective number: Vendi score (arXiv:2210.02410). A near-copy has an earlier row at cosine 0.95 or more."
    note = f"{note} {sampled}".strip()
    yield section("Likeness", *_curves([entries[n]["slot"] for n in kept], vectors[kept]), note=note)
    places = []
    if len(vectors):
        centred = vectors - vectors.mean(axis=0)
        _, axes = np.linalg.eigh(centred.T @ centred)
        axes = axes[:, :-3:-1]  # eigh sorts upwards: the last two are the main ones
        axes *= np.sign(axes[np.abs(axes).argmax(axis=0), (0, 1)])  # either sign is an eigenvector: choose one
        places = (centred @ axes).tolist()
    points = [_point(entry, *place) for entry, place in zip(entries, places, strict=True)]
    note = "Goal, tools and mode of every slot as the Global Memory embeds them, in the plane of their two main axes."
    yield section("Map of trajectories", scatter("By mode; click to open", points), note=note)


def _curves(slots: Sequence[int], vectors: Floats) -> Iterator[str]:
    ends = sorted({round(end) for end in np.linspace(1, len(slots), DRAWN)}) if slots else []
    different = [(slots[end - 1], vendi(vectors[:end])) for end in ends]
    copied = np.cumsum(copies(vectors))
    shares = [(slots[end - 1], copied[end - 1] / end) for end in ends]
    yield lines("Effective number of different rows", [Line("effective number", different)], "slot")
    yield lines("Share of near-copies so far", [Line("near-copies", shares)], "slot")


def _point(entry: Row, x: float, y: float) -> Point:
    slot, outcome = entry["slot"], entry["outcome"]
    group = entry["mode"] if outcome == "accepted" else "rejected"
    return Point(x, y, group, f"slot {slot}, {outcome}: {entry['goal']}", key=f"slot:{slot}")
