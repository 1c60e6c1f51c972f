"""What the next slot should become: the directive that adds most to everything that should be level at once [ours].

The paper (arXiv:2602.03219) steers toward the long tail without a formula; here it is one concave coverage (`Level`) of
modes, code, mode signatures and complexity bands, which are the form of a slot, and of leaves, services, tools, the
words of their names, pairs of tools and operators, which are its content. The mode comes first, by what it adds for its
price and by how often its latest slots kept it. Steps, cluster, operator and tools are chosen together, by what they
add for the tokens that they will cost. Each choice is greedy, that of a cluster over a sample, so a draw costs the same
after a million slots. Every directive says in `gains` what each kind added. What there is to set stands below; what a
step costs is choice.py's, how steep a coverage is level.py's.
"""

from collections import Counter, defaultdict
from collections.abc import Hashable, Iterable, Sequence
from math import log2
from random import Random

from agents.errors import UsageError
from agents.plan.operators import open_to
from agents.schema import Cluster, Directive, Mode, Operator, Parent
from memory.choice import CHARACTER, Prospect, Units, bands, choose_tools, count_tools, list_units, look_over, price
from memory.measure.level import Level
from memory.measure.modes import Measures
from memory.stock import ABLE, ALL_REFUSED, Pool, Skill, Stock, carriers, computed_stock_of, stock_of

EVEN = ("mode", "signature", "band", "word", "operator")
WEIGHTS = dict.fromkeys(EVEN, 1.0) | {"leaf": 4.0, "service": 5.0, "tool": 2.5, "pair": 0.25, "code": 0.03}
"""Leaves, services and tools weigh more than in the tenth comparison (docs/diversity.md). A service counts more than a
leaf: one that fills a leaf alone would else be drawn as often as that leaf. A word of tools' names counts by itself,
beside the whole name: what `list orders` and `list invoices` have in common is soon used up. Pairs come with tools and
grow with the square of a plan's length. Code is one of nine modes, and should be in one of seven rows: a student that
only calls tools unlearns to program (the paper's own ablation)."""
THRIFT, EARLY, LATER = 1.75, 750, 0.6
"""The power of a slot's price that its gain is divided by, in so many slots, and what each doubling of them adds to it.
At 1 a token buys most, in long rows; a steeper price keeps a row near what one of an even draw costs. What is cheap is
used up first, so that at one power rows of 4,000 slots cost 1.3 times those of an even draw.
From there on a service weighs more from slot to slot, twice at the double: by then most services were met, and what is
new lies in the few that have hundreds of tools."""
HOPE, LASTING = 10, 0.98
"""Slots of each mode that count as kept before any was, and what each slot leaves of the weight of those before it: a
mode whose plans are used up, or become rows of another mode, is drawn less."""
MODE_THRIFT = 0.25
"""The power of a mode's price that its gain is divided by: of 100 rows 16 decline and 6 repeat a call. At 0 all modes
are as frequent; by the full price it would be a refusal more often than not."""
UNCALLED = 0.25
"""What a tool or a mode counts for that was wished for and did not come, so that it is not wished for for ever."""
SAMPLE = 64
"""Clusters that a draw looks at, each of another service."""
CLOSE = 16
"""Of these so many, at most, of whose tools it chooses some: those that could add most for their price."""
PLANS = 8
"""Plans of a cluster that its BlueprintAgent hears of, the latest."""
NARROW = (Mode.CHAINED, Mode.BRANCHING, Mode.ITERATIVE, Mode.COMPUTATION)
"""Modes that few of a cluster's tools can carry, so that what is wished for differs more often than what is played: a
cluster one of whose tools was played so n times is worth one part in 1 + n."""
PLANNED, AGAIN = 0.25, 0.05
"""What a plan with a set of tools that was planned before is worth, and one that was planned in the same mode: of these
one in five was refused, after four requests, of clarifications more than half."""
ROUNDING = 1e-12
"""A bound may be so much lower than what it bounds: sums of floats depend on their order."""
RELATIVE = (Operator.DEEPEN, Operator.BROADEN)


class Evolution:
    """Directives in slot order; the same for the same seed, clusters and outcomes, whenever these are told.

    The directive of slot i sees the outcomes of slots up to i - window and the directives of all slots before i, which
    count as if they had become what they ask for.
    """

    def __init__(
        self,
        clusters: Sequence[Cluster],
        seed: int = 0,
        modes: Sequence[Mode] = tuple(Mode),
        window: int = 64,
        skill: Skill = ABLE,
    ) -> None:
        """`skill` says of which tools a plan may be made; the others are only offered."""
        self._seed, self._window = seed, window
        self._modes = carriers(clusters, modes, skill)
        self._stock = {cluster.id: stock_of(cluster, skill) for cluster in clusters if cluster.id in self._modes}
        # a computation begins with a tool of which something can be worked out: no other is wished for there
        computing = (cluster for cluster in clusters if Mode.COMPUTATION in self._modes.get(cluster.id, ()))
        self._computed = {cluster.id: computed_stock_of(cluster, skill) for cluster in computing}
        self._refused: set[str] = set()
        self._fill()
        self._level = Level(WEIGHTS, steep=("service",))
        self._likely: dict[str, str] = {}
        self._planned: dict[str, Parent] = {}
        self._accepted: dict[str, Parent] = {}
        self._plans: dict[str, dict[int, str]] = defaultdict(dict)
        self._sets = set[tuple[Mode | None, frozenset[Hashable]]]()
        """Tools that were planned together, by mode, and whatever the mode."""
        self._played = Counter[tuple[Mode, str]]()
        self._tried, self._kept = defaultdict[Mode, float](float), defaultdict[Mode, float](float)
        self._next, self._seen = 0, 0
        self._out: dict[int, tuple[Directive, Units]] = {}
        self._outcomes: dict[int, tuple[Measures | None, bool, bool]] = {}

    def advance(self, slot: int, measures: Measures | None, used_up: bool = False, refused: bool = False) -> None:
        """Tells a slot's outcome: its measures, or None if no row came of it.

        `used_up`: the cluster brought no plan of this mode, or nothing new; it is no longer drawn for it.
        `refused`: the teacher takes no request with its tools; it is not drawn again for any mode.
        """
        self._outcomes[slot] = measures, used_up, refused

    def draw(self, slot: int) -> Directive:
        """The directive of the slot.

        Raises: ValueError: not the next slot, or an outcome that it must see was not told. UsageError: the teacher
        refuses the tools of every cluster.
        """
        if slot != self._next:
            raise ValueError(f"directive of slot {slot} asked for; the next is {self._next}")
        while self._seen <= slot - self._window:
            self._take_outcome()
        self._level.weigh("service", WEIGHTS["service"] * max(1.0, slot / EARLY))
        # of the slot alone: a resume draws the same without replaying what came before
        rng = Random(f"{self._seed}:{slot}")
        mode = self._choose_mode(rng)
        steps, stock, operator, wish = self._choose_content(rng, mode)
        parent = self._parent(stock.leaf) if operator in RELATIVE else None
        deepened = parent.chain + 1 if parent and operator is Operator.DEEPEN else 0
        steps = max(steps, deepened)
        services = {stock.offers[key].service for key in wish} or {f"beside {name}" for name in stock.services}
        content = {"leaf": [stock.leaf], "operator": [operator.value], **list_units(wish), "service": sorted(services)}
        units = {**self._form_units(mode, steps), **content}
        directive = Directive(
            slot=slot,
            cluster=stock.id,
            leaf=stock.leaf,
            mode=mode,
            steps=steps,
            operator=operator,
            parent=parent,
            tools=tuple(stock.offers[key].name for key in wish),
            exists=tuple(self._plans[stock.id].values()),
            gains={kind: round(self._level.gain(kind, names), 9) for kind, names in units.items()},
        )
        self._keep_plan(slot, stock, mode, wish)
        self._keep_set(mode, units["tool"])
        self._played.update((mode, str(name)) for name in units["tool"])
        self._count(units, 1.0)
        # until its outcome is seen, a slot counts for what its directive asks for at least
        least = 2 if mode in (Mode.CHAINED, Mode.ITERATIVE) else 1
        self._planned[stock.leaf] = Parent(slot=slot, chain=max(deepened, least), services=1)
        self._out[slot] = directive, units
        self._next += 1
        return directive

    def _choose_mode(self, rng: Random) -> Mode:
        """Of the modes that are open the one that adds most for its price and as it is kept, of several any."""
        if not any(self._open.values()):
            self._fill()
        modes = [mode for mode, pool in self._open.items() if pool]
        rng.shuffle(modes)  # of several that add the same `max` takes the first

        def worth(mode: Mode) -> float:
            paid: float = price(mode, bands(mode)[0], 0) ** MODE_THRIFT
            kept = (self._kept[mode] + HOPE) / (self._tried[mode] + HOPE)
            return kept * self._gain(_mode_units(mode)) / paid

        return max(modes, key=worth)

    def _choose_content(self, rng: Random, mode: Mode) -> tuple[int, Stock, Operator, list[str]]:
        """Steps, cluster, operator and the tools to call: of a sample those that add most for their price.

        What is not new (PLANNED, NARROW) is worth less. Tools are chosen of the clusters that could add most, until
        none is left that could add more than the best.
        """
        leaves, operators = self._level.gains["leaf"], self._level.gains["operator"]
        per_leaf, per_operator = self._level.worth["leaf"], self._level.worth["operator"]
        forms = [(steps, count_tools(mode, steps), self._gain(self._form_units(mode, steps))) for steps in bands(mode)]
        bare = [price(mode, steps, 0) for steps, *_ in forms]
        most = max(count for _, count, _ in forms)
        thrift = THRIFT + LATER * log2(max(1.0, self._next / EARLY))
        looks = list[tuple[float, int, Stock, Operator, Prospect, float, float, list[float]]]()
        for place, name in enumerate(self._open[mode].sample(rng, SAMPLE)):
            stock = (self._computed if mode is Mode.COMPUTATION else self._stock)[name]
            operator = max(open_to(mode, stock.reach, self._parent(stock.leaf)), key=operators.__getitem__)
            prospect = look_over(stock, most, self._level)
            beside = per_leaf * leaves[stock.leaf] + per_operator * operators[operator]
            last, size = len(prospect.most) - 1, CHARACTER * stock.size
            prices = [(cost + size) ** thrift for cost in bare]
            worn = max(self._played[mode, work] for work in stock.works) if mode in NARROW else 0
            # to decline, nobody has to know the tools
            ease = (1.0 if mode is Mode.REFUSAL else stock.ease) / (1 + worn)
            # alone each of its tools was planned; of several together nobody knows before they are chosen
            stale = PLANNED if self._sets.issuperset(stock.single) else 1.0
            bound = ease * max(
                [
                    (form + prospect.most[min(count, last)] + beside) / paid * (stale if count == 1 else 1.0)
                    for (_, count, form), paid in zip(forms, prices, strict=True)
                ]
            )
            looks.append((-bound, place, stock, operator, prospect, beside, ease, prices))
        # gain for its price, and of several that are worth the same the first of the sample
        best = -1.0, 0
        closest = sorted(looks, key=lambda look: look[:2])[:CLOSE]
        for bound, place, stock, operator, prospect, beside, ease, prices in closest:
            if ROUNDING - bound < best[0]:
                break
            wish, sums = choose_tools(stock, most, self._level, prospect)
            for (steps, wanted, form), paid in zip(forms, prices, strict=True):
                count = min(wanted, len(wish))
                worth = ease * (form + sums[count] + beside) / paid
                if (worth, -place) <= best:
                    continue
                together = frozenset(stock.all_offers[tool].work for tool in wish[:count])
                if count and (None, together) in self._sets:
                    worth *= AGAIN if (mode, together) in self._sets else PLANNED
                if (worth, -place) > best:
                    best = worth, -place
                    choice = steps, stock, operator, [stock.keys[tool] for tool in wish[:count]]
        return choice  # there is one: a mode without an open cluster is not drawn

    def _keep_set(self, mode: Mode, tools: Iterable[Hashable]) -> None:
        self._sets |= {(None, frozenset(tools)), (mode, frozenset(tools))}

    def _parent(self, leaf: str) -> Parent | None:
        return self._accepted.get(leaf) or self._planned.get(leaf)

    def _form_units(self, mode: Mode, steps: int) -> Units:
        shape = f"{mode} {steps}"
        form = {"signature": [self._likely.get(shape, shape)], "band": [str(steps)]}
        return {**_mode_units(mode), **form}

    def _gain(self, units: Units) -> float:
        return sum(self._level.gain(kind, names) for kind, names in units.items())

    def _count(self, units: Units, amount: float) -> None:
        for kind, names in units.items():
            self._level.add(kind, names, amount)

    def _take_outcome(self) -> None:
        """The outcome of the first slot that is still out takes the place of its plan."""
        slot = self._seen
        if slot not in self._outcomes:
            raise ValueError(f"the outcome of slot {slot} is not known yet; window {self._window}")
        (measures, used_up, refused), (directive, units) = self._outcomes.pop(slot), self._out.pop(slot)
        stock = self._stock[directive.cluster]
        self._plans[stock.id].pop(slot, None)
        # what became of another mode is no gain of this one, and was dearer than that other one's own slots
        kept = measures is not None and measures.mode is directive.mode
        for counts, came in (self._tried, 1), (self._kept, kept):
            counts[directive.mode] = counts[directive.mode] * LASTING + came
        if measures:  # without, what was spent in vain stays spent: it is not tried again before the others
            self._count(units, -1.0)
            # a row counts for what it is, not for what its directive asks for
            calls = list_units(measures.tools)
            services = calls["service"] or [name for name in units["service"] if str(name).startswith("beside ")]
            row = {"mode": [measures.mode.value], "signature": [measures.signature], "leaf": [measures.leaf]}
            self._count({**units, **calls, **row, "service": services}, 1.0)
            self._level.add("tool", set(units["tool"]) - set(calls["tool"]), UNCALLED)
            self._level.add("mode", set(units["mode"]) - {measures.mode.value}, UNCALLED)
            self._likely[f"{directive.mode} {directive.steps}"] = measures.signature
            self._accepted[measures.leaf] = Parent(
                slot=slot, chain=max(1, measures.chain), services=max(1, len(calls["service"]))
            )
            self._keep_plan(slot, stock, measures.mode, measures.tools)
            self._keep_set(measures.mode, calls["tool"])
            self._played.subtract((directive.mode, str(name)) for name in units["tool"])
            self._played.update((measures.mode, str(name)) for name in calls["tool"])
        if used_up:
            self._open[directive.mode].discard(stock)
        if refused:
            self._refused.add(stock.id)
            for pool in self._open.values():
                pool.discard(stock)
        self._seen += 1

    def _keep_plan(self, slot: int, stock: Stock, mode: Mode, tools: Iterable[str]) -> None:
        plans = self._plans[stock.id]
        plans[slot] = describe_plan(mode, (stock.offers[key].name for key in tools if key in stock.offers))
        if len(plans) > PLANS:
            del plans[next(iter(plans))]  # the oldest: a dict keeps the order in which it was filled

    def _fill(self) -> None:
        """Opens all clusters for all modes that they carry: at the start, and when everything is used up."""
        ordered = sorted(self._modes.keys() - self._refused)
        if not ordered:
            raise UsageError(ALL_REFUSED)
        self._open = {mode: Pool(self._stock[name] for name in ordered if mode in self._modes[name]) for mode in Mode}


def _mode_units(mode: Mode) -> Units:
    return {"mode": [mode.value], "code": ["code"] if mode is Mode.COMPUTATION else []}


def describe_plan(mode: Mode, names: Iterable[str]) -> str:
    """A plan by its mode and the tools that it calls, in any order: what a later one of its cluster should not repeat.

    >>> describe_plan(Mode.LINEAR, ["list_orders", "get_order"])
    'linear: get_order, list_orders'
    """
    return f"{mode}: {', '.join(sorted(set(names))) or 'no tool'}"
