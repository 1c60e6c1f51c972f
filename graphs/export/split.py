"""Rows -> train, validation and test that share no service and no near-copy.

A student that is tested on services it was trained on is tested on what it has seen. Rows that share a service, or
that say nearly the same, are one group; groups go whole into one part.
"""

from collections import defaultdict
from collections.abc import Sequence
from hashlib import sha256

from agents.schema import Row
from graphs.export.rows import services
from memory.measure.diversity import DUPLICATE
from memory.statistics import Floats

PARTS = ("train", "validation", "test")
SHARE = 0.05
"""About this share of the rows is in validation, and as much in test."""
BLOCK = 1024
"""Rows compared at a time, so that a hundred thousand rows need no matrix of ten thousand million cosines."""


def split(rows: Sequence[Row], vectors: Floats) -> dict[str, list[int]]:
    """Part -> the numbers of its rows, in order; vectors are of length 1, one for each row.

    Nothing is drawn: groups are taken in the order of a hash of their services' names, so the same rows are always
    parted in the same way. With fewer than three groups train has all rows.
    """
    groups = _group_rows(rows, vectors)
    wanted = max(1, round(SHARE * len(rows))) if len(groups) >= len(PARTS) else 0
    parts: dict[str, list[int]] = {part: [] for part in PARTS}

    def order_key(group: Sequence[int]) -> str:
        """A place in the order by what the services are called, so that rows added later move no other group."""
        names = sorted({service for number in group for service in services(rows[number])})
        return sha256("\n".join(names or [str(rows[number]["slot"]) for number in group]).encode()).hexdigest()

    for group in sorted(groups, key=order_key):
        room = (part for part in ("test", "validation") if len(parts[part]) + len(group) <= wanted)
        parts[next(room, "train")] += group
    return {part: sorted(numbers) for part, numbers in parts.items()}


def _group_rows(rows: Sequence[Row], vectors: Floats) -> list[list[int]]:
    """The numbers of the rows that share a service or are near-copies, also by way of others: union-find."""
    parent = list(range(len(rows)))

    def root(number: int) -> int:
        while parent[number] != number:
            parent[number] = parent[parent[number]]
            number = parent[number]
        return number

    first: dict[str, int] = {}
    for number, row in enumerate(rows):
        for service in services(row):
            parent[root(number)] = root(first.setdefault(service, number))
    for start in range(0, len(rows), BLOCK):
        near = vectors[start : start + BLOCK] @ vectors.T >= DUPLICATE
        for number, other in zip(*near.nonzero(), strict=True):
            parent[root(start + int(number))] = root(int(other))
    groups: dict[int, list[int]] = defaultdict(list)
    for number in range(len(rows)):
        groups[root(number)].append(number)
    return list(groups.values())
