"""Concave coverage [ours]: how much one more row adds to everything that should be level at once.

U is the sum over kinds of weight / sqrt(units of the kind) times the sum over these units of sqrt(count). A square root
has diminishing returns, so the unit that was met least adds most, and greedy choices keep at least 1 - 1/e of the best
(Nemhauser, Wolsey and Fisher, 1978). Divided by the root of the number of units, kinds weigh alike when all are level.
"""

from collections import defaultdict
from collections.abc import Hashable, Iterable, Mapping
from math import sqrt


class Gains(dict[Hashable, float]):
    """Unit -> what one more of it adds to U; what one that was never met adds stands for all of these."""

    def __init__(self, usual: float) -> None:
        super().__init__()
        self.usual = usual

    def __missing__(self, unit: Hashable) -> float:
        return self.usual


class Level:
    """Counts of units by kind; what one more of a unit adds costs the same after a million rows."""

    def __init__(self, units: Mapping[str, int], weights: Mapping[str, float]) -> None:
        # by the number of units that there are, not of those met: else a kind would weigh less from row to row
        scales = {kind: weights[kind] / sqrt(max(count, 1)) for kind, count in units.items()}
        self._counts: dict[str, defaultdict[Hashable, float]] = {kind: defaultdict(float) for kind in units}
        # A draw asks for a thousand gains and a row changes a dozen, so they are worked out when a count changes.
        self.gains = {kind: Gains(scale) for kind, scale in scales.items()}

    def add(self, kind: str, units: Iterable[Hashable], amount: float = 1.0) -> None:
        """Counts the units; a negative amount takes back what was counted before, never to below nothing."""
        counts, gains = self._counts[kind], self.gains[kind]
        for unit in units:
            count = counts[unit] = max(counts[unit] + amount, 0.0)
            gains[unit] = gains.usual * (sqrt(count + 1.0) - sqrt(count))
