"""Whether a text says how a list is to be sorted: newest first, by price from low to high."""

import re

from agents.plan.values.answer import Answer
from agents.plan.values.compare.roles import is_like
from agents.plan.values.language.spelling import value_words
from agents.plan.values.reading.mentions import Mentions

_UP = (
    r"(?:lowest|cheapest|least expensive|smallest|oldest|earliest|least|shortest|nearest|closest|youngest|fewest"
    r"|slowest|worst)"
    r"(?: \w+){0,2} (?:first|on top|at the top)|low(?:est)? to high(?:est)?|small(?:est)? to (?:large|big)\w*"
    r"|old(?:est)? to new(?:est)?|cheap(?:est)? to \w+|a (?:to|-) z|a-z|alphabetical\w*|ascending|increasing"
    r"|aufsteigend|von a bis z|alphabetisch|(?:billigste|gunstigste|alteste)\w* zuerst|croissant|de a a z"
    r"|du moins cher au plus cher|ascendente|creciente|crescente|oplopend|van a tot z|goedkoopste eerst"
)
_DOWN = (
    r"(?:highest|newest|latest|most recent|most expensive|priciest|dearest|largest|biggest|most \w+|best|top|longest"
    r"|farthest|fastest)"
    r"(?: \w+){0,2} (?:first|on top|at the top)|(?:newest|latest|highest) at the top|high(?:est)? to low(?:est)?"
    r"|(?:large|big)\w* to small\w*|new(?:est)? to old(?:est)?|z (?:to|-) a|z-a|descending|decreasing|absteigend"
    r"|(?:neueste|teuerste|hochste|beste)\w* zuerst|decroissant|du plus cher au moins cher"
    r"|(?:les )?plus recents? d'abord|descendente|decreciente|decrescente|(?:mas|mais|piu) (?:recientes?|caros?"
    r"|nuevos?|recentes?|recenti) primero?i?s?|aflopend|nieuwste eerst"
)
_PATTERNS = {1: re.compile(rf"\b(?:{_UP})\b"), -1: re.compile(rf"\b(?:{_DOWN})\b")}
_SIGN = {"asc": 1, "ascending": 1, "increasing": 1, "desc": -1, "descending": -1, "decreasing": -1}
# what a superlative is of: the cheapest first is by price
_FIELDS = {
    "price": r"cheap\w*|expensive|pric\w*|dear\w*|cost\w*|billig\w*|gunstig\w*|teuer\w*|cher|caro\w*|goedkoop\w*",
    "date": r"newest|oldest|recent\w*|latest|earliest|dates?|neueste\w*|alteste\w*"
            r"|nieuwste", "rating": r"rated|ratings?|best|stars|reviews?",
    "distance": r"nearest|closest|farthest|distance|nah\w*", "name": r"names?|alphabet\w*|a (?:to|-) z|z (?:to|-) a",
    "size": r"large\w*|big\w*|small\w*|size", "duration": r"short\w*|long\w*|fast\w*|duration",
}  # fmt: skip
_OF_DATE = frozenset(
    ("created", "updated", "modified", "published", "time", "added", "pushed", "at", "on", "timestamp")
)


def says_sorting(text: Mentions, value: str) -> Answer | None:
    """None where the value tells no direction."""
    words = value_words(value)
    signs = {_SIGN[word] for word in words if word in _SIGN} or ({-1} if re.fullmatch(r"-[a-z_]+", value) else set())
    if len(signs) != 1 or len(words) > 4:
        return None
    sign = signs.pop()
    here = {direction for direction, pattern in _PATTERNS.items() if pattern.search(text.folded)}
    if here != {sign}:
        return Answer.DOES_NOT if here == {-sign} else None
    fields = [word for word in words if word not in _SIGN]
    if all(is_named(text, field) for field in fields):
        return Answer.SAYS
    return Answer.CANNOT_TELL


def is_named(text: Mentions, field: str) -> bool:
    if any(is_like(field, word) for word in text.stems):
        return True
    pattern = _FIELDS.get("date" if field in _OF_DATE else field)
    return pattern is not None and re.search(rf"\b(?:{pattern})\b", text.folded) is not None
