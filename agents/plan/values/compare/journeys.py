"""Where something goes from and to: of "leaving Lyon on Friday" Lyon is no destination."""

import re
from collections.abc import Callable
from functools import lru_cache

from agents.plan.values.answer import Answer
from agents.plan.values.reading.mentions import Mentions, read

Compare = Callable[[Mentions], Answer]
_ORIGIN = re.compile(
    r"\b(?:origin\w*|departure|from|source|start\w*|leaving|abflug\w*|abfahrt\w*|depart|origen|salida|partenza"
    r"|vertrek\w*"
    r"|quell\w*|avgang\w*|to be (?:merged|moved|copied|converted|translated|transferred|replaced|renamed))\b|von$"
)
_DESTINATION = re.compile(
    r"\b(?:dest\w*|arrival|to|into|target|going|goes|ziel\w*|ankunft\w*|arrivee|llegada|destino|arrivo|aankomst\w*"
    r"|bestemming)\b"
)
_INFINITIVE = re.compile(r"\bto (?=[a-z]+ (?:\w+ ){0,3}(?:from|to|into|in|for|out)\b)|\bto be \w+|\bto [a-z]+$")
_FROM = r"(?:from|leaving|out of|departing|von|ab|de|depuis|desde|da|van|vanuit)"
_TO = r"(?:to|for|into|towards|nach|a|vers|pour|hasta|para|naar)"
_NAMED = re.compile(r"[^\W\d_]+[\w ./-]*")
_PLACE = r"(?:the )?(?P<{}>[^\W\d_][\w' ./-]*?)"
_STOP = r"(?=$|[,.;!?]| (?:on|at|in|by|with|this|next|tomorrow|am|um|le|el|il|via)\b)"
_START, _GOAL = f"{_FROM} {_PLACE.format('start')}", f"{_TO} {_PLACE.format('goal')}"
_JOURNEYS = (re.compile(rf"\b{_START} {_GOAL}{_STOP}"), re.compile(rf"\b{_GOAL} {_START}{_STOP}"))

_ROUTE = re.compile(r"(?<!\w)([A-Z]{3}) ?(?:to|nach|a|à|[-–→>]) ?([A-Z]{3})(?!\w)")


def is_other_end(text: Mentions, value: str, described: str, compare: Compare) -> bool | None:
    """Whether it is where a journey begins and its end is asked for, or the other way round; None without one."""
    is_start = _ORIGIN.search(described) is not None
    is_goal = _DESTINATION.search(_INFINITIVE.sub("", described)) is not None
    if is_start == is_goal or not _NAMED.fullmatch(value):
        return None
    if (route := _ROUTE.search(text.text)) and value in route.groups():
        return (value == route[1]) is not is_start
    for journey in _JOURNEYS:
        if match := journey.search(text.folded):
            ends = [text.text[slice(*match.span(name))] for name in ("start", "goal")]
            own, other = map(read, ends if is_start else ends[::-1])
            return compare(other) is Answer.SAYS and compare(own) is not Answer.SAYS
    own_way, other_way = ways_in(text.language)[:: 1 if is_start else -1]
    goals = [compare(read(text.text[slice(*match.span(1))])) for match in own_way.finditer(text.folded)]
    if Answer.SAYS in goals:
        return None
    if goals and described.endswith((" into", " from")):
        return True  # merge this into that
    behind = [read(text.text[slice(*match.span(1))]) for match in other_way.finditer(text.folded)]
    return True if any(compare(phrase) is Answer.SAYS for phrase in behind) else None


@lru_cache(maxsize=16)
def ways_in(language: str) -> tuple[re.Pattern[str], re.Pattern[str]]:
    """What stands behind the words for `from` and for `to` in a language: up to three words."""
    return tuple(
        re.compile(rf"\b(?:{words}) ((?:the |la |le |el |il )?[^\W\d_][\w'./-]*(?: [^\W\d_][\w'./-]*){{0,2}})")
        for words in _WAYS.get(language, _WAYS["en"])
    )  # type: ignore[return-value]


_WAYS = {
    "en": (r"from|leav(?:e|es|ing)|left|depart(?:s|ing)?|out of", r"to|into|towards?|bound for|reach(?:es|ing)?"),
    "de": ("von|aus|ab", "nach|ins?"), "fr": ("de|depuis", "a|vers|en"), "es": ("de|desde", "a|al|hacia|hasta"),
    "it": ("da|dal|dalla|di", "a|ad|in|verso"), "pt": ("de|do|da|desde", "para|a|ao"), "nl": ("van|vanuit", "naar"),
    "pl": ("z|ze|od", "do|na"), "sv": ("fran", "till"),
}  # fmt: skip
