"""Concave coverage [ours]: how much one more row adds to everything that should be level at once.

U is the sum over kinds of weight / sqrt(units of the kind) times the sum over these units of sqrt(count). A square root
has diminishing returns, so the unit that was met least adds most, and greedy choices keep at least 1 - 1/e of the best
(Nemhauser, Wolsey and Fisher, 1978). Divided by the root of the number of units, kinds weigh alike when all are level.
"""

from collections import defaultdict
from collections.abc import Hashable, Iterable, Mapping
from math import sqrt


class Level:
    """Counts of units by kind; what one more of a unit adds costs the same after a million rows."""

    def __init__(self, units: Mapping[str, int], weights: Mapping[str, float]) -> None:
        self._scale = {kind: weights[kind] / sqrt(max(count, 1)) for kind, count in units.items()}
        self._counts: dict[str, defaultdict[Hashable, float]] = {kind: defaultdict(float) for kind in units}

    def gain(self, kind: str, unit: Hashable) -> float:
        """What one more of the unit adds to U."""
        count = self._counts[kind].get(unit, 0.0)
        return self._scale[kind] * (sqrt(count + 1.0) - sqrt(count))

    def add(self, kind: str, units: Iterable[Hashable], amount: float = 1.0) -> None:
        """Counts the units; a negative amount takes back what was counted before, never to below nothing."""
        counts = self._counts[kind]
        for unit in units:
            counts[unit] = max(counts[unit] + amount, 0.0)
