"""What people ask for that nobody at a desk does or may do: sentences of `tables/wishes.json`, their gaps filled."""

import re
from collections.abc import Collection
from random import Random

from agents.offline.trade.subject import Subject, load_table
from agents.schema import JsonObject, plural

_TABLE: JsonObject = load_table("wishes")
_THINGS = frozenset(load_table("repertoire")["nouns"]) - frozenset(_TABLE["uncounted"].split())
"""What there is one or several of at a desk."""
_GAP = re.compile(r"\{(\w+)\}")
_OF_MARKETS = frozenset(("price", "quote", "market", "stock"))
_UNTRADED = frozenset(_TABLE["trades"]) - {"markets", "general"}
"""Where the price of a lamp or an insurer's quote is none that somebody sells at."""
_WAYS = ("",) * 6 + tuple(f" {way}" for way in _TABLE["fills"]["rest"])
_PLACED = re.compile(
    r",|\{occasion\}|^(?:tell|find|give|explain|get|recommend|suggest|work out|lend|remind)\b"
    r"|\b(?:that|what|how|who|whether|which|if|while|before|until|over|when|tonight|tomorrow|last|next|every|after"
    r"|at|from|on|weekend|week|year|years|months|hours|night|season|term|day|meeting|Monday|Tuesday|Friday|Saturday"
    r"|Sunday)\b"
)
"""What a sentence has that has its time already, or ends with a clause that a time would belong to."""
REASONED = 0.5
"""The share of people who say why."""


def fill_gaps(text: str, subject: Subject, rng: Random) -> str:
    """The sentence with a person, a place or a thing in each gap, drawn anew for each.

    >>> from agents.offline.trade.subject import FIRST_DAY
    >>> fill_gaps("put it into {language}", Subject("a", "maps", "maps", FIRST_DAY), Random(1))
    'put it into Greek'
    """
    wished = subject.other("wished")
    # Whoever the assistant works for is no stranger to it.
    companies = (subject.other("wished", n).company for n in range(9))
    house = subject.company.split()[0]
    company = next((name for name in companies if name.split()[0] != house), wished.company)
    own = {"name": wished.name, "city": wished.place.city, "company": company}

    def fill(gap: re.Match[str]) -> str:
        return own.get(gap[1]) or str(rng.choice(_TABLE["fills"][gap[1]]))

    return _GAP.sub(fill, text)


def imagine_wishes(subject: Subject, rng: Random) -> list[str]:
    """All of them in the order in which they come to mind: those of the subject's trade, then what anybody wants."""
    near, any_trade = _TABLE["trades"].get(subject.domain, []), _TABLE["anywhere"]
    wishes = [*rng.sample(near, len(near)), *rng.sample(any_trade, len(any_trade))]
    timed = [wish if _PLACED.search(wish) else f"{wish}{rng.choice(_WAYS)}" for wish in wishes]
    return [fill_gaps(wish, subject, rng) for wish in timed]


def imagine_more(things: Collection[str], subject: Subject, rng: Random) -> list[str]:
    """What somebody would like done with the things that a desk has to do with, and no such desk does.

    >>> from agents.offline.trade.subject import FIRST_DAY
    >>> sorted(imagine_more(["time"], Subject("a", "maps", "maps", FIRST_DAY), Random(1)))[-1]
    'wake me at six tomorrow'
    """
    wishes: list[str] = []
    for thing in things:
        if thing in _OF_MARKETS and subject.domain in _UNTRADED:
            continue
        named = next((texts for kinds, texts in _TABLE["about"].items() if thing in kinds.split()), None)
        spoken = thing.replace("_", " ")
        kept = thing in _THINGS and plural(spoken) != spoken
        others = _TABLE["about"]["*"] if kept else []
        texts = [text.replace("{things}", plural(spoken)).replace("{thing}", spoken) for text in named or others]
        wishes += rng.sample(texts, len(texts))
    return [fill_gaps(wish, subject, rng) for wish in wishes]


def explain(kind: str, rng: Random) -> str:
    """Why somebody asks for it, in one of the `reasons` or `pleas`; empty for those who do not say."""
    return str(rng.choice(_TABLE[kind])) if rng.random() < REASONED else ""


def is_made_of(request: str, wish: str) -> bool:
    """Whether the request holds the sentence, whatever fills its gaps.

    >>> is_made_of("Could you tell me where Ana lives?", "tell me where {name} lives")
    True
    """
    text = re.escape(wish).replace(r"\{", "{").replace(r"\}", "}")
    return bool(re.search(_GAP.sub(".+?", text), request, re.I))
