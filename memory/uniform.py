"""What the next slot should become where nothing steers: cluster, mode and steps each drawn evenly [ours].

What adaptive evolution (evolution.py) is measured against, and how the strategies without it draw.
"""

from collections.abc import Sequence
from random import Random

from agents.errors import UsageError
from agents.plan.operators import OWN
from agents.schema import Cluster, Directive, Mode, Operator
from memory.choice import bands
from memory.measure.modes import Measures
from memory.stock import ALL_REFUSED, carriers


class Uniform:
    """Directives by lot, of the clusters that carry one of the modes."""

    def __init__(
        self, clusters: Sequence[Cluster], seed: int = 0, modes: Sequence[Mode] = tuple(Mode), window: int = 64
    ) -> None:
        self._modes = carriers(clusters, modes)
        self._clusters = sorted((c for c in clusters if c.id in self._modes), key=lambda c: c.id)
        self._seed, self._window = seed, window
        self._drawn: dict[int, str] = {}
        """Slot -> cluster, of the slots that are out."""
        self._refused: dict[str, int] = {}
        """Cluster -> the first slot in which the teacher refused its tools."""

    def advance(self, slot: int, measures: Measures | None, used_up: bool = False, refused: bool = False) -> None:
        """Nothing is learnt but that a cluster's tools are refused, which slots from `slot + window` on see."""
        cluster = self._drawn.pop(slot)
        if refused:
            self._refused.setdefault(cluster, slot)

    def draw(self, slot: int) -> Directive:
        """The directive of the slot. Raises: UsageError: the teacher refuses the tools of every cluster."""
        rng = Random(f"{self._seed}:{slot}")
        gone = {name for name, first in self._refused.items() if first <= slot - self._window}
        clusters = [cluster for cluster in self._clusters if cluster.id not in gone] if gone else self._clusters
        if not clusters:
            raise UsageError(ALL_REFUSED)
        cluster = rng.choice(clusters)
        self._drawn[slot] = cluster.id
        mode = rng.choice(self._modes[cluster.id])
        steps = rng.choice(bands(mode))
        operator = OWN.get(mode, Operator.FRESH)
        return Directive(slot=slot, cluster=cluster.id, leaf=cluster.leaf, mode=mode, steps=steps, operator=operator)
