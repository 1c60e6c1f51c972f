"""How different a dataset's trajectories are: `Measures` in, metrics in bits out, always with N beside them [ours]."""

from collections import Counter
from collections.abc import Iterable, Mapping
from math import fsum, log2
from typing import Any

from memory.modes import Measures


def entropy_bits(counts: Iterable[int]) -> float:
    """Plug-in Shannon entropy of the counts in bits; 0.0 when there are none.

    Equal counts are added once and with `fsum`, so the value does not depend on the order of the counts.

    >>> entropy_bits([2, 1, 1])
    1.5
    """
    return _entropy(Counter(counts))


def _entropy(sizes: Mapping[int, int]) -> float:
    """The entropy from {count: how many labels have it}."""
    n = sum(size * labels for size, labels in sizes.items())
    if n == 0:
        return 0.0
    return abs(fsum(-labels * size / n * log2(size / n) for size, labels in sizes.items() if size and labels))


class Spread:
    """Counts of labels whose entropy costs no more after many labels than after few."""

    def __init__(self) -> None:
        self.counts: Counter[str] = Counter()
        self._sizes: Counter[int] = Counter()

    def add(self, label: str) -> None:
        self._sizes[self.counts[label]] -= 1
        self.counts[label] += 1
        self._sizes[self.counts[label]] += 1
        self._sizes = +self._sizes

    def bits(self) -> float:
        return _entropy(self._sizes)


class Tally:
    """A fold over committed rows: what `metrics.jsonl` says after each."""

    def __init__(self) -> None:
        self.n = 0
        self.leaves, self.modes, self.signatures = Spread(), Spread(), Spread()
        self.tools: Counter[str] = Counter()
        self.services: Counter[str] = Counter()
        self.cac_sum = 0.0

    def add(self, measures: Measures) -> None:
        self.n += 1
        self.leaves.add(measures.leaf)
        self.modes.add(measures.mode)
        self.signatures.add(measures.signature)
        self.tools.update(measures.tools)
        self.services.update({tool.rpartition("/")[0] for tool in measures.tools})
        self.cac_sum += measures.cac

    def metrics(self) -> dict[str, Any]:
        """H_dom, H_mode at both grains and the mean CAC [ours], with N beside them.

        Saturated: within 1% of log2 N, the most that a plug-in entropy can be; the coarse grain then decides.
        """
        ceiling = log2(self.n) if self.n else 0.0
        bits = {"h_dom": self.leaves.bits(), "h_mode": self.signatures.bits(), "h_mode_coarse": self.modes.bits()}
        return {
            "n": self.n,
            **{name: round(value, 6) for name, value in bits.items()},
            **{f"{name}_saturated": value >= 0.99 * ceiling for name, value in bits.items()},
            "log2_n": round(ceiling, 6),
            "cac_mean": round(self.cac_sum / self.n, 6) if self.n else 0.0,
            "tools": len(self.tools),
            "services": len(self.services),
        }
