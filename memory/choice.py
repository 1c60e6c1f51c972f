"""Which tools a plan should call and how long it may be [ours]: what they would add to a run, and what steps cost.

`look_over` and `choose_tools` ask a coverage (`Level`) what each tool would add; nothing here counts.
"""

from collections.abc import Hashable, Iterable, Sequence
from itertools import combinations
from operator import add
from typing import NamedTuple

from agents.schema import Mode
from memory.measure.level import NEW, Level
from memory.stock import Stock, work_of

BANDS = range(1, 7)
"""Planned tool calls."""
TAKEN = -1.0
"""Less than any tool is worth."""
SEVERAL = (Mode.CHAINED, Mode.BRANCHING, Mode.ITERATIVE, Mode.PARALLEL, Mode.COMPUTATION)
"""Modes that need two steps: code works on what another step returned."""
_PRICES = {
    Mode.LINEAR: (3000, 5500),
    Mode.CLARIFICATION: (2000, 5000),
    Mode.RECOVERY: (2500, 4100),
    Mode.CHAINED: (2900, 4300),
    Mode.ITERATIVE: (5500, 5000),
    Mode.COMPUTATION: (6400, 2000),
    Mode.BRANCHING: (900, 4100),
    Mode.PARALLEL: (2100, 4200),
    Mode.REFUSAL: (3700, 0),
}
"""Tokens of a slot, and of each of its steps."""
CHARACTER = 1.3
"""Tokens that each character of its tools' definitions costs in a slot: four requests read it."""
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
    """What tools of the cluster would add, at most so many of them; where that is none, of no tool.

    Cheap beside a choice: of most clusters it is enough to see that they cannot add enough.
    """
    # a refusal calls nothing: its service counts apart, or refusals would use up services that nobody calls
    bounds = [level.gain("service", stock.unserved)]
    if not most:
        return Prospect([], [], bounds)
    # `get`, for many were never met, and to be asked for what it lacks costs a dict a call of Python's
    tool, word = level.gains["tool"].get, level.gains["word"].get
    tools, names, new = level.worth["tool"], level.worth["word"], level.worth["pair"] * NEW
    alone = [tools * tool(work, NEW) for work in stock.works]
    spelled = [names * sum([word(part, NEW) for part in parts]) for parts in stock.spelled]
    # as if each came first with its words, called all services, and had not met any other
    bound = level.gain("service", stock.services)
    for n, worth in enumerate(sorted(map(add, alone, spelled), reverse=True)[:most]):
        bound += worth + n * new
        bounds.append(bound)
    return Prospect(alone, spelled, bounds)


def choose_tools(stock: Stock, most: int, level: Level, prospect: Prospect) -> tuple[list[int], list[float]]:
    """Places of the cluster's tools, one after the other what adds most, at most so many; what the first n of them add.

    Of a shorter list they are the beginning, so that one look at a cluster serves plans of every length.
    """
    word, met, service = level.gains["word"].get, level.gains["pair"].get, level.gains["service"]
    names, together, serving = (level.worth[kind] for kind in ("word", "pair", "service"))
    offers, alone, spelled = stock.all_offers, prospect.alone, prospect.spelled
    own = [gain + serving * service[offer.service] for gain, offer in zip(alone, offers, strict=bool(most))]
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
                spelled[place] = names * sum([0.0 if part in spent else word(part, NEW) for part in parts])
        # added up as tools are chosen: anew for each, the pairs were most of what a draw cost
        beside = stock.pairs[best]
        for place in left:
            pairs[place] += together * met(beside[place], NEW)
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


def bands(mode: Mode) -> list[int]:
    """The steps that a plan of the mode may have."""
    if mode is Mode.REFUSAL:
        return [0]
    return [band for band in BANDS if band > 1 or mode not in SEVERAL]


def count_tools(mode: Mode, steps: int) -> int:
    """How many tools a plan of so many steps can call: one step of a computation is code."""
    return steps - 1 if mode is Mode.COMPUTATION else steps


def price(mode: Mode, steps: int, size: int) -> float:
    """About what a slot with so many characters of definitions costs in tokens; only ratios matter.

    Fitted by least squares to the teacher tokens of the 3,904 rows of a run of 4,000 slots with real tools
    (docs/diversity.md, the twelfth comparison); steps are those that the directives asked for. What several calls
    return is read once where they are made at once, and again and again where each waits for another.
    """
    base, step = _PRICES[mode]
    return base + step * steps + CHARACTER * size
