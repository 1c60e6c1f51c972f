"""The Global Memory [ours]: accepted trajectories in Chroma, asked for the nearest to a text.

Chroma is derived from the journal and may be thrown away. Vectors are ours, never Chroma's, and lie on a grid of 2^-16:
its storage is off by a last bit, the grid takes that away again, and dot products over the grid are exact in float64,
so a distance is the same before and after a restart, on any machine.
"""

from collections.abc import Callable, Iterable, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from memory.embed.embedder import Embedder
from memory.store.shelf import FolderShelf, Shelf

GRID = 65536
BATCH = 1000
"""Slots that are embedded, or forgotten, at a time."""
ASKED = 128
"""Vectors of the latest texts that are remembered."""
EXACT = 100_000
"""Up to so many vectors are searched exactly (a bare product of 100,000 takes about 22 ms). Above, Chroma's graph names
the candidates; it misses a neighbour in some 4 of 100 queries, other ones each time it is filled, so that bytes may
differ."""
ELSEWHERE = -1
"""The slot of a neighbour that is no row of the run."""


class Neighbour(NamedTuple):
    """An accepted trajectory near to a text; `distance` is cosine, 0 (the same direction) to 2."""

    slot: int
    distance: float
    summary: str


class Memory:
    """Texts of accepted trajectories by slot."""

    _vectors: NDArray[np.float64]
    _lengths: NDArray[np.float64]
    _slots: NDArray[np.int64]

    def __init__(self, place: Path | Shelf, embedder: Embedder, window: int, exact: int = EXACT) -> None:
        """`place`: a folder of its own, or a shelf that is shared with other runs."""
        self._embedder, self._window, self._exact = embedder, window, exact
        # What is added was asked about just before.
        self._vector = lru_cache(maxsize=ASKED)(lambda text: to_grid(embedder.embed([text]))[0])
        self._shelf = FolderShelf(place) if isinstance(place, Path) else place
        self._read()

    def __len__(self) -> int:
        return len(self._row)

    @property
    def is_shared(self) -> bool:
        """Whether other runs read it, who compare their rows also with the user's words."""
        return self._shelf.shared

    def add(self, slot: int, text: str, summary: str, words: str = "") -> None:
        """Keeps the slot; a second time replaces it. Chroma learns of it with the next batch, or at close."""
        self._keep(slot, self._vector(text), summary)
        self._words |= {slot: self._vector(words)} if words and self.is_shared else {}
        self._untold.add(slot)
        if len(self._untold) >= self._shelf.batch:
            self._tell()

    def reconcile(self, items: Iterable[tuple[int, str, str]], find_words: Callable[[int], str] | None = None) -> None:
        """Makes the memory hold exactly these (slot, text, summary), whatever it held before.

        `find_words` gives what the user of a slot says, where the memory is shared.
        """
        self._tell()
        # the journal is right: a folder may be copied from elsewhere, and a server may hold what a lost journal knew
        wanted = {slot: (text, summary) for slot, text, summary in items}
        surplus = [slot for slot in self._row if slot not in wanted]
        for part in _batches(surplus):
            self._shelf.remove(part)
        if surplus:
            self._read()
        stale = (
            s for s, (_, summary) in wanted.items() if s not in self._row or self._summary[self._row[s]] != summary
        )
        for part in _batches(list(stale)):
            vectors = to_grid(self._embedder.embed([wanted[slot][0] for slot in part]))
            for slot, vector in zip(part, vectors, strict=True):
                self._keep(slot, vector, wanted[slot][1])
                self._untold.add(slot)
                self._words |= {slot: self._vector(find_words(slot))} if find_words and self.is_shared else {}
            self._tell()

    def nearest(self, text: str, k: int = 5, *, before: int) -> list[Neighbour]:
        """The k nearest among slots smaller than `before`, by (distance, slot); fewer if there are fewer."""
        if not len(self):
            return []
        query = self._vector(text)
        view = rows = np.flatnonzero(self._slots[: len(self)] < before)
        if len(self) > max(self._exact, k + self._window):
            # not all of the view: what Chroma names, and what it was not told yet
            named = self._untold.union(self._shelf.near(query.astype(np.float32), k + self._window))
            near = [self._row[slot] for slot in named if slot < before]
            rows = np.array(near, dtype=np.intp) if len(near) >= k else view
        distances = self._distances(query, rows)
        order = np.lexsort((self._slots[rows], distances))[:k]  # by distance first: lexsort's last key leads
        return [
            Neighbour(int(self._slots[row]), float(distance), self._summary[int(row)])
            for row, distance in zip(rows[order], distances[order], strict=True)
        ]

    def nearest_elsewhere(self, texts: Sequence[str], k: int = 5) -> list[Neighbour]:
        """The k rows of other runs that are nearest to any of the texts, where the place is shared with some."""
        queries = [self._vector(text) for text in texts]
        nearest: dict[str, float] = {}
        for row in self._shelf.others(np.array(queries, dtype=np.float32), k):
            vector = to_grid(np.asarray(row.vector))
            cosines = [vector @ query / np.sqrt((vector @ vector) * (query @ query)) for query in queries]
            summary = f"{row.run}, slot {row.slot}: {row.summary}"
            # a row of two texts is as near as the nearer one
            nearest[summary] = min(nearest.get(summary, 2.0), max(round(1.0 - float(max(cosines)), 6), 0.0))
        neighbours = (Neighbour(ELSEWHERE, distance, summary) for summary, distance in nearest.items())
        return sorted(neighbours, key=lambda neighbour: neighbour[1:])[:k]

    def close(self) -> None:
        """Hands over what Chroma was not told yet."""
        try:
            self._tell()
        finally:
            self._shelf.close()

    def _distances(self, query: NDArray[np.float64], rows: NDArray[np.intp]) -> NDArray[np.float64]:
        """1 - cosine in float64, rounded to 1e-6."""
        # Not `@`: BLAS wakes a thread on every core for a fraction of a millisecond of work, and they wait spinning.
        # And where most rows are wanted, a product with all of them costs less than a copy of these.
        products: NDArray[np.float64]
        if 2 * len(rows) > len(self):
            products = np.einsum("ij,j->i", self._vectors[: len(self)], query)[rows]
        else:
            products = np.einsum("ij,j->i", self._vectors[rows], query)
        cosines = products / (self._lengths[rows] * np.sqrt(query @ query))
        return np.maximum(np.round(1.0 - cosines, 6), 0.0) + 0.0  # never -0.0

    def _tell(self) -> None:
        """Hands to Chroma what it lacks; alone, a slot would cost it twenty times as much."""
        slots = sorted(self._untold)
        rows = [self._row[slot] for slot in slots]
        if slots:
            self._shelf.put(slots, self._vectors[rows].astype(np.float32), [self._summary[row] for row in rows])
        if spoken := sorted(self._words):
            vectors = np.array([self._words[slot] for slot in spoken], dtype=np.float32)
            self._shelf.put_words(spoken, vectors, [self._summary[self._row[slot]] for slot in spoken])
        self._untold.clear()
        self._words.clear()

    def _keep(self, slot: int, vector: NDArray[np.float64], summary: str) -> None:
        row = self._row.setdefault(slot, len(self._row))
        if row == len(self._vectors):
            more = max(64, row)  # doubled, so that a million adds copy each vector once or twice in all
            self._vectors = np.concatenate([self._vectors.reshape(row, vector.size), np.zeros((more, vector.size))])
            self._lengths = np.concatenate([self._lengths, np.zeros(more)])
            self._slots = np.concatenate([self._slots, np.zeros(more, dtype=np.int64)])
        self._vectors[row], self._lengths[row], self._slots[row] = vector, np.sqrt(vector @ vector), slot
        self._summary[row] = summary

    def _read(self) -> None:
        """Everything that Chroma holds, as one array that grows on add."""
        self._untold: set[int] = set()
        self._words: dict[int, NDArray[np.float64]] = {}
        self._row: dict[int, int] = {}
        self._summary: dict[int, str] = {}
        self._vectors, self._lengths, self._slots = np.zeros((0, 0)), np.zeros(0), np.zeros(0, dtype=np.int64)
        for row in self._shelf.read():
            self._keep(row.slot, to_grid(np.asarray(row.vector)), row.summary)


def _batches(slots: Sequence[int]) -> Iterable[Sequence[int]]:
    return (slots[start : start + BATCH] for start in range(0, len(slots), BATCH))


def to_grid(vectors: NDArray[Any]) -> NDArray[np.float64]:
    """The vectors rounded to the grid."""
    return np.round(np.asarray(vectors, dtype=np.float64) * GRID) / GRID
