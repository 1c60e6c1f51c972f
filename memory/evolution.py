"""What the next slot should become: directives drawn toward the leaves and modes that are still missing [ours].

The paper (arXiv:2602.03219) steers toward the long tail without a formula; here the weight of a leaf, a mode or an
operator is its deficit against uniform. A draw costs O(leaves + clusters of one leaf), however many slots there were.
"""

import random
from collections import defaultdict
from collections.abc import Hashable, Mapping, Sequence
from typing import TypeVar

import orjson

from agents.errors import UsageError
from agents.plan.dataflow import carried
from agents.plan.operators import OWN, open_to, reach
from agents.schema import Cluster, Directive, Mode, Operator, Parent, Tool
from memory.measure.modes import Measures

Label = TypeVar("Label", bound=Hashable)

SEEN, PLANNED, REFUSED = 1.0, 1.0, 0.25
"""What an accepted row, a slot still out and a slot without a row count for; the last keeps a run from spending itself
on a leaf that never succeeds."""
BANDS = range(1, 7)
"""Planned tool calls."""
SHARES = {Mode.COMPUTATION: 2.0}
"""A mode's share where it is not that of the others: code keeps the student's own coding skill alive."""
RELATIVE = (Operator.DEEPEN, Operator.BROADEN)
SEVERAL = (Mode.CHAINED, Mode.BRANCHING, Mode.ITERATIVE, Mode.PARALLEL)


class Evolution:
    """Directives in slot order; the same for the same seed, clusters and outcomes, whenever these are told.

    The directive of slot i sees the outcomes of slots up to i - window and the directives of all slots before i.
    """

    def __init__(
        self, clusters: Sequence[Cluster], seed: int = 0, modes: Sequence[Mode] = tuple(Mode), window: int = 64
    ) -> None:
        self._modes = carriers(clusters, modes)
        self._reach = {cluster.id: reach(cluster) for cluster in clusters}
        by_leaf: dict[str, list[str]] = defaultdict(list)
        for cluster in sorted(clusters, key=lambda c: c.id):
            if cluster.id in self._modes:
                by_leaf[cluster.leaf].append(cluster.id)
        self._clusters = dict(sorted(by_leaf.items()))
        self._unused: dict[str, list[str]] = {leaf: [] for leaf in self._clusters}
        self._tools = {cluster.id: {tool.key for tool in cluster.tools} for cluster in clusters}
        self._sizes = {cluster.id: sum(map(_size, cluster.tools)) for cluster in clusters}
        self._called: set[str] = set()
        self._leaves: dict[str, float] = defaultdict(float)
        self._counts: dict[Mode, float] = defaultdict(float)
        self._bands: dict[int, float] = defaultdict(float)
        self._operators: dict[Operator, float] = defaultdict(float)
        self._planned: dict[str, Parent] = {}
        self._accepted: dict[str, Parent] = {}
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
        directive = self._drawn(random.Random(f"{self._seed}:{slot}"))
        self._count(directive.leaf, directive.mode, PLANNED)
        self._operators[directive.operator] += 1
        self._planned[directive.leaf] = _asked(directive)
        self._out[slot] = directive
        self._next += 1
        return directive

    def _drawn(self, rng: random.Random) -> Directive:
        """Leaf, then mode, then operator, then steps, then cluster: each from what the ones before leave open."""
        leaf = _drawn(rng, tuple(self._clusters), self._leaves)
        held = self._clusters[leaf]
        mode = _drawn(rng, [mode for mode in Mode if any(mode in self._modes[c] for c in held)], self._counts, SHARES)
        parent = self._accepted.get(leaf) or self._planned.get(leaf)
        choices = {c: open_to(mode, self._reach[c], parent) for c in held if mode in self._modes[c]}
        open_now = [operator for operator in Operator if any(operator in some for some in choices.values())]
        operator = _drawn(rng, open_now, self._operators)
        parent, steps = parent if operator in RELATIVE else None, self._steps(rng, mode)
        if parent and operator is Operator.DEEPEN:
            steps = max(steps, parent.chain + 1)
        cluster = self._least_used(rng, leaf, [c for c, some in choices.items() if operator in some], steps)
        return Directive(
            slot=self._next, cluster=cluster, leaf=leaf, mode=mode, steps=steps, operator=operator, parent=parent
        )

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
            self._called.update(measures.tools)
            services = {tool.rpartition("/")[0] for tool in measures.tools}
            self._accepted[measures.leaf] = Parent(slot=slot, chain=measures.chain, services=max(1, len(services)))
        self._seen += 1

    def _count(self, leaf: str, mode: Mode, amount: float) -> None:
        self._leaves[leaf] += amount
        self._counts[mode] += amount

    def _least_used(self, rng: random.Random, leaf: str, able: Sequence[str], steps: int) -> str:
        """Of these clusters of the leaf, none a second time before each was used once.

        Of what is left, one in which these steps can call the most uncalled tools, and of those the cheapest to read.
        """
        unused = self._unused[leaf]
        left = [cluster for cluster in unused if cluster in able]
        if not left:
            left = list(able)
            unused.extend(left)
        worth = {c: (min(steps, len(self._tools[c] - self._called)), -self._sizes[c]) for c in left}
        most = max(worth.values())
        chosen = rng.choice([cluster for cluster in left if worth[cluster] == most])
        unused.remove(chosen)
        return chosen

    def _steps(self, rng: random.Random, mode: Mode) -> int:
        """0 for a refusal, else 1 to 6, the emptier and the higher band the likelier."""
        if mode is Mode.REFUSAL:
            return 0
        bands = _bands(mode)
        lacking = _deficits(bands, self._bands)
        steps = rng.choices(bands, [band * lack for band, lack in zip(bands, lacking, strict=True)])[0]
        self._bands[steps] += 1
        return steps


def _size(tool: Tool) -> int:
    """About how much of a prompt its definition takes."""
    return len(tool.description) + len(orjson.dumps(tool.input_schema)) + len(orjson.dumps(tool.output_schema))


def _asked(directive: Directive) -> Parent:
    """What is known of a slot while it is out: what its directive asks for at least."""
    deepened = directive.parent.chain + 1 if directive.parent and directive.operator is Operator.DEEPEN else 0
    least = 2 if directive.mode in (Mode.CHAINED, Mode.ITERATIVE) else 1
    return Parent(slot=directive.slot, chain=max(deepened, least), services=1)


class Uniform:
    """Directives that know nothing of what there is: cluster, mode and steps each drawn evenly [ours]."""

    def __init__(self, clusters: Sequence[Cluster], seed: int = 0, modes: Sequence[Mode] = tuple(Mode)) -> None:
        self._modes = carriers(clusters, modes)
        self._clusters = sorted((c for c in clusters if c.id in self._modes), key=lambda c: c.id)
        self._seed = seed

    def advance(self, slot: int, measures: Measures | None) -> None:
        """Nothing is learnt."""

    def draw(self, slot: int) -> Directive:
        rng = random.Random(f"{self._seed}:{slot}")
        cluster = rng.choice(self._clusters)
        mode = rng.choice(self._modes[cluster.id])
        steps = 0 if mode is Mode.REFUSAL else rng.choice(_bands(mode))
        operator = OWN.get(mode, Operator.FRESH)
        return Directive(slot=slot, cluster=cluster.id, leaf=cluster.leaf, mode=mode, steps=steps, operator=operator)


def carriers(clusters: Sequence[Cluster], modes: Sequence[Mode]) -> dict[str, tuple[Mode, ...]]:
    """Cluster -> those of the modes that it carries; clusters that carry none are left out.

    Raises: UsageError: no cluster is left.
    """
    carrying = {c.id: tuple(mode for mode in modes if mode in carried(c)) for c in clusters}
    found = {cluster: some for cluster, some in carrying.items() if some}
    if not found:
        raise UsageError(f"no cluster can carry any of the modes {', '.join(modes)}; give more tools or modes")
    return found


def _bands(mode: Mode) -> list[int]:
    return [band for band in BANDS if band > 1 or mode not in SEVERAL]


def _deficits(
    labels: Sequence[Label], counts: Mapping[Label, float], shares: Mapping[Label, float] | None = None
) -> list[float]:
    """How much each label lacks of its share, 1 by default, of what there will be after this draw; never all 0."""
    held = [counts.get(label, 0.0) for label in labels]
    parts = [(shares or {}).get(label, 1.0) for label in labels]
    whole = (sum(held) + 1) / sum(parts)
    return [max(whole * part - count, 0.0) for part, count in zip(parts, held, strict=True)]


def _drawn(
    rng: random.Random,
    labels: Sequence[Label],
    counts: Mapping[Label, float],
    shares: Mapping[Label, float] | None = None,
) -> Label:
    return rng.choices(labels, _deficits(labels, counts, shares))[0]
