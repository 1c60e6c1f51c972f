"""What a text names in one breath: of "Ann, Bea and Carl" two are not the whole list."""

import re
from collections.abc import Sequence
from functools import lru_cache
from itertools import pairwise
from typing import NamedTuple

from agents.plan.values.language.schema_units import words_for
from agents.plan.values.language.spelling import value_words, word_set
from agents.plan.values.reading.mentions import Mentions
from agents.schema import Schema

_AND = r"and|or|nor|plus|as well as|und|oder|sowie|et|ou|y|ed|e|o|oraz|lub|och|eller|samt|&"
_MORE_ANDS = {"nl": "en|of", "pl": "i"}
"""Words that join only there: `en`, `of` and `i` are prepositions elsewhere."""
_SMALL = (
    r"(?:(?:the|an?|some|also|my|our|to|die|der|das|den|dem|eine?n?|le|les|la|l'|une?|du|des|a|al|el|los|las|una|il|lo"
    r"|gli|het|een|de|en|ett) )?"
)
_ELEMENT = r"[^\W_][\w.@/+'-]*[\w@/+]|\w"
_NO_MEMBERS = word_set("""
    please thanks thank yes no not ok okay so then too also it that this them those these i we you he she they me us
    nothing everything all more others else sorry well hi hello hey bitte danke ja nein auch nicht merci oui non pas
    gracias si tambien grazie anche sim obrigado nee tack just only but maybe which who where when if as let leave keep
    both instead again now today tomorrow later first there here is are was for with
""")  # fmt: skip
_GOES_ON = re.compile(
    r" (?:it|them|him|her|me|us|that|this|those|these|the|an?|my|our|your|his|their|all|every|es|ihn|sie|den|die|das"
    r"|le|la|les|un|une|el|los|il|lo|het|de|den|det|is|are|was|has|can|will|should|\d+|[a-z]+(?:'s|n't)) ?"
)
"""Stands behind a verb: of "bug and urgent and assign it to me" nothing more is a label."""
_PLACING = re.compile(r"(?:^|\s)(?:in|on|at|from|by|since|until|am|im|aus|von|ab|dans|chez|en|desde|da|i|pa|w) $", re.I)


_COMMA = re.compile(r", ?")
_WHOLE = re.compile(rf"(?<!\w)[\w-]+(?:, [\w-]+)+,? (?:{_AND}) [\w-]+", re.I)
"""Words parted by commas, the last by `and`."""


class Listing(NamedTuple):
    source: str
    start: int
    end: int
    is_closed: bool
    """Whether a word for `and` stands before its last item."""


@lru_cache(maxsize=16)
def joints_in(language: str) -> str:
    words = f"{_AND}|{_MORE_ANDS[language]}" if language in _MORE_ANDS else _AND
    return rf"(?:,? (?P<and>{words}) |, ?|; )"


def listing_of(text: Mentions, items: Sequence[object]) -> Listing | None:
    """Where the items stand one after the other with nothing between them but commas and `and`; None where not so."""
    is_named = all(isinstance(item, str) for item in items)
    folded = text.folded if is_named else text.in_digits
    source = text.text if is_named and len(text.text) == len(folded) else folded
    spans = []
    for item in items:
        wanted = value_words(str(item)) if is_named else (str(item),)
        match = re.search(rf"(?<![\w-]){'[^a-z0-9]{1,3}'.join(map(re.escape, wanted))}s?(?![\w-])", folded)
        if not match or not wanted:
            return None
        spans.append(match.span())
    spans.sort()
    joint = re.compile(joints_in(text.language) + _SMALL, re.I)
    is_closed = False
    for (_, end), (start, _) in pairwise(spans):
        match = joint.fullmatch(folded, end, start)
        if not match:
            return None
        is_closed = match["and"] is not None
    return Listing(source, spans[0][0], spans[-1][1], is_closed)


def names_further(text: Mentions, items: Sequence[object], schema: Schema | None) -> bool:
    """Whether the list that the items stand in has another member, before them or behind.

    Of one item without a word about what it is for nobody knows whether the others are asked for with it.

    >>> from agents.plan.values.reading.mentions import read
    >>> text = read("invite Ann, Bea and Carl to the quiz")
    >>> names_further(text, ["Ann", "Bea"], None), names_further(text, ["Ann", "Bea", "Carl"], None)
    (True, False)
    """
    is_open = len(text.text) < 400 and (len(items) > 1 or words_for(schema).strip() != "")
    listing = listing_of(text, items) if is_open else None
    if listing is None:  # German, English and French are more than two, whatever they are called
        counts = [len(_COMMA.split(match[0])) + 1 for match in _WHOLE.finditer(text.in_digits)]
        return is_open and len(items) > 1 and max(counts, default=0) > len(items)
    return goes_on(listing, text, items) or goes_before(listing, text, items)


def goes_on(listing: Listing, text: Mentions, items: Sequence[object]) -> bool:
    source, _, end, is_closed = listing
    joint = re.compile(rf"{joints_in(text.language)}{_SMALL}(?P<member>{_ELEMENT})", re.I)
    match = joint.match(source, end)
    if not match or (is_closed and not match["and"]):
        return False
    # of "Ann, Bea, come along" nothing closes the list
    last = match
    while not last["and"] and (following := joint.match(source, last.end())):
        last = following
    return last["and"] is not None and is_alike(match["member"], source[match.end() :], items, listing)


def goes_before(listing: Listing, text: Mentions, items: Sequence[object]) -> bool:
    source, start, end, is_closed = listing
    joint = rf"(?P<member>(?<![\w.@/+'-])(?:{_ELEMENT})){joints_in(text.language)}{_SMALL}$"
    match = re.search(joint, source[:start], re.I)
    if not match or not (match["and"] or is_closed or goes_on(listing._replace(start=end), text, items)):
        return False
    is_placed = _PLACING.search(source[: match.start()]) is not None
    begins = not source[: match.start()].strip() or source[: match.start()].rstrip()[-1] in ".!?:;,"
    is_bare = match["member"].islower() and begins
    return not is_placed and not is_bare and is_alike(match["member"], "", items, listing)


def is_alike(member: str, behind: str, items: Sequence[object], listing: Listing) -> bool:
    """Whether a word could be one more of the items: a name beside names, a number beside numbers."""
    if member.lower() in _NO_MEMBERS:
        return False
    if all(isinstance(item, int | float) for item in items):
        return member.isdigit()
    if all("@" in str(item) for item in items):
        return "@" in member
    if all(any(map(str.isdigit, str(item))) for item in items):
        return any(map(str.isdigit, member))
    if listing.source[listing.start].isupper() and (listing.start or str(items[0])[:1].isupper()):
        return member[0].isupper() and not member.startswith("I'")
    marks = {mark for item in items for mark in "._/" if mark in str(item)}  # files and the like
    is_word = marks <= set(member) if marks else member.isalpha()
    return member[0].islower() and is_word and not _GOES_ON.match(behind.lower())
