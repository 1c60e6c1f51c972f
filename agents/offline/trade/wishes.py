"""What people ask for that nobody at a desk does or may do: sentences of `tables/wishes.json`, their gaps filled."""

import re
from random import Random

from agents.offline.trade.subject import Subject, load_table
from agents.schema import JsonObject

_TABLE: JsonObject = load_table("wishes")
_GAP = re.compile(r"\{(\w+)\}")
_WAYS = ("", "", "", *(f" {way}" for way in _TABLE["fills"]["rest"]))
_PLACED = re.compile(
    r",|\{occasion\}|\b(?:that|what|how|who|whether|which|if|while|before|until|over|when|tonight|weekend|week|year"
    r"|winter|night|hour|season|election|birthday)\b"
)
"""What a sentence has that has its time already, or ends with a clause that a time would belong to."""
NEAR = 0.4
"""The share of wishes that somebody of the trade could be asked for, if there is such work in it."""
REASONED = 0.5
"""The share of people who say why."""


def fill_gaps(text: str, subject: Subject, rng: Random) -> str:
    """The sentence with a person, a place or a thing in each gap, drawn anew for each.

    >>> from agents.offline.trade.subject import FIRST_DAY
    >>> fill_gaps("paint it in {colour}", Subject("a", "maps", "maps", FIRST_DAY), Random(1))
    'paint it in pale yellow'
    """
    own = {"name": subject.other("wished").name, "city": subject.other("wished").place.city, "company": subject.company}

    def fill(gap: re.Match[str]) -> str:
        return own.get(gap[1]) or str(rng.choice(_TABLE["fills"][gap[1]]))

    return _GAP.sub(fill, text)


def imagine_wishes(subject: Subject, rng: Random, count: int) -> list[str]:
    """So many, each of another kind of work; of the subject's trade where that has people who would do it."""
    ways = rng.sample(list(_TABLE["anywhere"]), count)
    wishes = [way.format(rng.choice(_TABLE["anywhere"][way])) for way in ways]
    near = _TABLE["trades"].get(subject.domain, [])
    if near and rng.random() < NEAR:
        wishes = [*rng.sample(near, len(near)), *wishes]
    timed = [wish if _PLACED.search(wish) else f"{wish}{rng.choice(_WAYS)}" for wish in wishes]
    return [fill_gaps(wish, subject, rng) for wish in timed]


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
