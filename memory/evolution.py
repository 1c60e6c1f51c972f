"""What the next slot should become: directives drawn toward the leaves and modes that are still missing [ours].

The paper (arXiv:2602.03219) steers toward the long tail without a formula; here a leaf's or a mode's weight is its
deficit against uniform. A draw costs O(leaves + modes), however many slots there were.
"""

import random
from collections import defaultdict
from collections.abc import Hashable, Mapping, Sequence
from typing import TypeVar

from agents.dataflow import carried
from agents.errors import UsageError
from agents.schema import Cluster, Directive, Mode
from memory.modes import Measures

Label = TypeVar("Label", bound=Hashable)

SEEN, PLANNED, REFUSED = 1.0, 1.0, 0.25
"""What an accepted row, a slot still out and a slot without a row count for; the last keeps a run from spending itself
on a leaf that never succeeds."""
BANDS = range(1, 7)
"""Planned tool calls."""
SEVERAL = (Mode.CHAINED, Mode.BRANCHING, Mode.ITERATIVE, Mode.PARALLEL)


class Evolution:
    """Directives in slot order; the same for the same seed, clusters and outcomes, whenever these are told.

    The directive of slot i sees the outcomes of slots up to i - window and the directives of all slots before i.
    """

    def __init__(
        self, clusters: Sequence[Cluster], seed: int = 0, modes: Sequence[Mode] = tuple(Mode), window: int = 64
    ) -> None:
        self._modes = {c.id: tuple(mode for mode in modes if mode in carried(c)) for c in clusters}
        by_leaf: dict[str, list[str]] = defaultdict(list)
        for cluster in sorted(clusters, key=lambda c: c.id):
            if self._modes[cluster.id]:
                by_leaf[cluster.leaf].append(cluster.id)
        if not by_leaf:
            raise UsageError(f"no cluster can carry any of the modes {', '.join(modes)}; give more tools or modes")
        self._clusters = dict(sorted(by_leaf.items()))
        self._unused: dict[str, list[str]] = {leaf: [] for leaf in self._clusters}
        self._leaves: dict[str, float] = defaultdict(float)
        self._counts: dict[Mode, float] = defaultdict(float)
        self._bands: dict[int, float] = defaultdict(float)
        self._seed, self._window = seed, window
        self._next, self._seen = 0, 0
        self._out: dict[int, Directive] = {}
        self._outcomes: dict[int, Measures | None] = {}

    def advance(self, slot: int, measures: Measures | None) -> None:
        """Tells a slot's outcome: its measures, or None if no row came of it."""
        self._outcomes[slot] = measures

    def draw(self, slot: int) -> Directive:
        """The directive of the slot.

        Raises: ValueError: not the next slot, or an outcome that it must see was not told.
        """
        if slot != self._next:
            raise ValueError(f"directive of slot {slot} asked for; the next is {self._next}")
        while self._seen <= slot - self._window:
            self._see(self._seen)
        rng = random.Random(f"{self._seed}:{slot}")
        leaf = _drawn(rng, tuple(self._clusters), self._leaves)
        able = [mode for mode in Mode if any(mode in self._modes[cluster] for cluster in self._clusters[leaf])]
        mode = _drawn(rng, able, self._counts)
        cluster = self._least_used(rng, leaf, mode)
        directive = Directive(slot=slot, cluster=cluster, leaf=leaf, mode=mode, steps=self._steps(rng, mode))
        self._count(directive.leaf, directive.mode, PLANNED)
        self._out[slot] = directive
        self._next += 1
        return directive

    def _see(self, slot: int) -> None:
        """The outcome takes the place of the plan."""
        if slot not in self._outcomes:
            raise ValueError(f"the outcome of slot {slot} is not known yet; window {self._window}")
        measures, plan = self._outcomes.pop(slot), self._out.pop(slot)
        self._count(plan.leaf, plan.mode, -PLANNED)
        if measures is None:
            self._count(plan.leaf, plan.mode, REFUSED)
        else:
            self._count(measures.leaf, measures.mode, SEEN)
        self._seen += 1

    def _count(self, leaf: str, mode: Mode, amount: float) -> None:
        self._leaves[leaf] += amount
        self._counts[mode] += amount

    def _least_used(self, rng: random.Random, leaf: str, mode: Mode) -> str:
        """A cluster of the leaf that carries the mode, none a second time before each of these was used once."""
        unused = self._unused[leaf]
        able = [cluster for cluster in unused if mode in self._modes[cluster]]
        if not able:
            able = [cluster for cluster in self._clusters[leaf] if mode in self._modes[cluster]]
            unused.extend(able)
        chosen = rng.choice(able)
        unused.remove(chosen)
        return chosen

    def _steps(self, rng: random.Random, mode: Mode) -> int:
        """0 for a refusal, else 1 to 6, the emptier and the higher band the likelier."""
        if mode is Mode.REFUSAL:
            return 0
        bands = [band for band in BANDS if band > 1 or mode not in SEVERAL]
        lacking = _deficits(bands, self._bands)
        steps = rng.choices(bands, [band * lack for band, lack in zip(bands, lacking, strict=True)])[0]
        self._bands[steps] += 1
        return steps


def _deficits(labels: Sequence[Label], counts: Mapping[Label, float]) -> list[float]:
    """How much each label lacks of an equal share of what there will be after this draw; never all 0."""
    held = [counts.get(label, 0.0) for label in labels]
    share = (sum(held) + 1) / len(labels)
    return [max(share - count, 0.0) for count in held]


def _drawn(rng: random.Random, labels: Sequence[Label], counts: Mapping[Label, float]) -> Label:
    return rng.choices(labels, _deficits(labels, counts))[0]
