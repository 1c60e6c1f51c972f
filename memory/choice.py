"""Which tools a plan should call and how long it may be [ours]: what they would add to a run, and what steps cost.

`look_over` and `choose_tools` ask a coverage (`Level`) what each tool would add; nothing here counts.
"""

from collections.abc import Hashable, Iterable, Sequence
from itertools import combinations
from operator import add
from typing import NamedTuple

from agents.schema import Mode, Operator
from memory.measure.level import Level
from memory.stock import Stock, work_of

BANDS = range(1, 7)
"""Planned tool calls."""
TAKEN = -1.0
"""Less than any tool is worth."""
SEVERAL = (Mode.CHAINED, Mode.BRANCHING, Mode.ITERATIVE, Mode.PARALLEL, Mode.COMPUTATION)
"""Modes that need two steps: code works on what another step returned."""
DEPENDENT = (Mode.CHAINED, Mode.ITERATIVE, Mode.COMPUTATION)
"""Modes in which one step waits for what another returned."""
_PRICES = {
    **dict.fromkeys((Mode.LINEAR, Mode.CLARIFICATION, Mode.RECOVERY), (3500, 3400)),
    **dict.fromkeys(DEPENDENT, (4900, 3200)),
    Mode.BRANCHING: (-2500, 5300),
    Mode.PARALLEL: (6700, 550),
    Mode.REFUSAL: (5300, 0),
}
"""Tokens of a slot, and of each of its steps."""
CHARACTER = 3.7
"""Tokens that a slot costs more for each character of its tools' definitions: every request reads them."""
Units = dict[str, Sequence[Hashable]]
"""Kind -> the units that a row is counted for."""


class Prospect(NamedTuple):
    """What a cluster's tools would add, before any is chosen."""

    alone: list[float]
    """Each as a tool."""
    spelled: list[float]
    """Each by the words of its name."""
    most: list[float]
    """What the first n to be chosen add at most; of none it is what they do add."""


def look_over(stock: Stock, most: int, level: Level) -> Prospect:
    """Cheap beside a choice: of most clusters it is enough to see that they cannot add enough."""
    tool, word, service = level.gains["tool"], level.gains["word"], level.gains["service"]
    # a refusal calls nothing: its service counts apart, or refusals would use up services that nobody calls
    bounds = [sum([service[f"beside {name}"] for name in stock.services])]
    if not most:
        return Prospect([], [], bounds)
    # `get`, for many were never met, and to be asked for what it lacks costs a dict a call of Python's
    alone = [tool.get(offer.work, tool.usual) for offer in stock.all_offers]
    spelled = [sum([word.get(part, word.usual) for part in offer.words]) for offer in stock.all_offers]
    # as if each came first with its words, called all services, and had not met any other
    bound, new = sum([service[name] for name in stock.services]), level.gains["pair"].usual
    for n, worth in enumerate(sorted(map(add, alone, spelled), reverse=True)[:most]):
        bound += worth + n * new
        bounds.append(bound)
    return Prospect(alone, spelled, bounds)


def choose_tools(stock: Stock, most: int, level: Level, prospect: Prospect) -> tuple[list[int], list[float]]:
    """Places of the cluster's tools, one after the other what adds most, at most so many; what the first n of them add.

    Of a shorter list they are the beginning, so that one look at a cluster serves plans of every length.
    """
    word, met, service = level.gains["word"], level.gains["pair"], level.gains["service"]
    offers, alone, spelled = stock.all_offers, prospect.alone, prospect.spelled
    own = [gain + service[offer.service] for gain, offer in zip(alone, offers, strict=bool(most))]
    pairs = [0.0] * len(offers)
    wish, sums, whole = list[int](), prospect.most[:1], 0.0
    spent, left = set[str](), list(range(len(own)))
    while left:
        best, gain = -1, TAKEN
        for place in left:
            worth = own[place] + pairs[place] + spelled[place]
            if worth > gain:
                best, gain = place, worth
        wish.append(best)
        whole += gain
        sums.append(whole)
        if len(wish) == most:
            break
        left.remove(best)
        # a row counts once for each of its services and words
        for place in stock.served_alike[best]:
            own[place] = alone[place]
        fresh = set(offers[best].words) - spent
        spent |= fresh
        for place in stock.named_alike[best]:
            parts = offers[place].words
            if not fresh.isdisjoint(parts):
                spelled[place] = sum([0.0 if part in spent else word.get(part, word.usual) for part in parts])
        # added up as tools are chosen: anew for each, the pairs were most of what a draw cost
        beside = stock.pairs[best]
        for place in left:
            pairs[place] += met.get(beside[place], met.usual)
    return wish, sums


def list_units(keys: Iterable[str]) -> Units:
    """What calls of these tools count for.

    A tool counts by the words of its name: `get_forecast` of another service makes much the same conversation.
    """
    keys = list(keys)
    names = sorted({work_of(key) for key in keys})
    services = sorted({key.rpartition("/")[0] for key in keys})
    pairs = list(combinations(names, 2))
    return {"tool": names, "word": sorted({*" ".join(names).split()}), "pair": pairs, "service": services}


def count_units(stock: Iterable[Stock], modes: Iterable[Sequence[Mode]]) -> dict[str, int]:
    """How many units of each kind the clusters can bring."""
    units: dict[str, set[Hashable]] = {"leaf": set(), "service": set(), "tool": set(), "pair": set()}
    for cluster in stock:
        units["leaf"].add(cluster.leaf)
        units["tool"].update(offer.work for offer in cluster.offers.values())
        units["service"].update(cluster.services)
        units["pair"].update(list_units(cluster.offers)["pair"])
    played = {mode for some in modes for mode in some}
    shapes = sum(2**steps for mode in played for steps in bands(mode))
    spelled = {word for name in units["tool"] for word in str(name).split()}
    counts = {kind: len(some) for kind, some in units.items()}
    form = {"mode": len(played), "signature": shapes, "band": 1 + len(BANDS), "code": 1}
    return {**counts, "word": len(spelled), **form, "operator": len(Operator)}


def bands(mode: Mode) -> list[int]:
    """The steps that a plan of the mode may have."""
    if mode is Mode.REFUSAL:
        return [0]
    return [band for band in BANDS if band > 1 or mode not in SEVERAL]


def count_tools(mode: Mode, steps: int) -> int:
    """How many tools a plan of so many steps can call: one step of a computation is code."""
    return steps - 1 if mode is Mode.COMPUTATION else steps


def price(mode: Mode, steps: int) -> int:
    """About what a slot costs in tokens, but for the definitions of its tools; only ratios matter.

    Fitted to the teacher tokens of the rows of a run (docs/diversity.md, the ninth comparison). Where a step waits for
    what another returned, more is read and told; of a branch both ways are; calls made at once are answered together.
    """
    base, step = _PRICES[mode]
    return base + step * steps
