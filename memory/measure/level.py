"""Concave coverage [ours]: how much one more row adds to everything that should be level at once.

The coverage of a kind is 1 + the sum over its units of sqrt(count): a root has diminishing returns, so the unit that
was met least adds most. Of a steep kind it is a logarithm, whose returns diminish sooner: what was met five times adds
a tenth of what is new (with a root a fifth). U is the sum over kinds of weight times log(coverage): the logarithm of a
product, in which no kind makes up for another. It weighs kinds the same at any number of rows n, for what every row
has, such as a mode, and what is always new, such as a tool, then both add as 1 / n. (In a plain sum what is new weighs
ever more, and plans grow longer.) U is submodular, so greedy choices keep at least 1 - 1/e of the best (Nemhauser,
Wolsey and Fisher, 1978).
"""

from collections import defaultdict
from collections.abc import Collection, Hashable, Iterable, Mapping
from math import log1p, sqrt

NEW = 1.0
"""What a unit that was never met adds to the coverage of its kind."""
STEEP = 5.0
"""The slope in log(1 + STEEP * count): a unit that was met once adds a third of a new one (with a root two fifths)."""


class Gains(dict[Hashable, float]):
    """Unit -> what one more of it adds to the coverage of its kind."""

    def __missing__(self, unit: Hashable) -> float:
        return NEW


class Level:
    """Counts of units by kind; what one more of a unit adds costs the same after a million rows."""

    def __init__(self, weights: Mapping[str, float], steep: Collection[str] = ()) -> None:
        self._weights = dict(weights)
        self._counts: dict[str, defaultdict[Hashable, float]] = {kind: defaultdict(float) for kind in weights}
        self._covers = {kind: _cover_steeply if kind in steep else sqrt for kind in weights}
        self._coverage = dict.fromkeys(weights, 1.0)
        # A draw asks for a thousand gains and a row changes a dozen, so they are worked out when a count changes.
        self.gains = {kind: Gains() for kind in weights}
        self.worth = dict(weights)
        """Kind -> what its coverage adds to U at the margin: the slope, weight over coverage."""

    def add(self, kind: str, units: Iterable[Hashable], amount: float = 1.0) -> None:
        """Counts the units; a negative amount takes back what was counted before, never to below nothing."""
        counts, gains, cover = self._counts[kind], self.gains[kind], self._covers[kind]
        for unit in units:
            count = max(counts[unit] + amount, 0.0)
            self._coverage[kind] += cover(count) - cover(counts[unit])
            counts[unit] = count
            gains[unit] = cover(count + 1.0) - cover(count)
        self.worth[kind] = self._weights[kind] / self._coverage[kind]

    def weigh(self, kind: str, weight: float) -> None:
        self._weights[kind] = weight
        self.worth[kind] = weight / self._coverage[kind]

    def gain(self, kind: str, units: Iterable[Hashable]) -> float:
        """What one more of each of these adds to U at the margin; in fact less, for the logarithm bends."""
        gains = self.gains[kind]
        return self.worth[kind] * sum([gains[unit] for unit in units])


def _cover_steeply(count: float) -> float:
    return log1p(STEEP * count) / log1p(STEEP)
