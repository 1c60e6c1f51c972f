"""Codes that a text reads out sign by sign: "R, B, four zero eight one seven"; and seats: "row F, seats 7 and 8"."""

import re
from collections.abc import Iterator
from functools import lru_cache
from itertools import pairwise

from agents.plan.values.language import phrases

_TOKEN = re.compile(r"[^\W_]+")
_GAP = re.compile(r",? | ?[-/] ?")
_WORDS = frozenset("aeioy1")
"""Signs that are words too, in one language or another: a, I, un (as a 1)."""
_AS_IN = re.compile(r",? (?:as in|for|like|wie|comme|como|come|van|als in|de|di) ([^\W\d_]+)")


@lru_cache(maxsize=16384)
def codes_in(line: str) -> dict[str, bool]:
    """Each code of a line that is in digits already, and whether it is sure: three signs and more, read out one by one.

    >>> codes_in("it is r, b, double 4 0 8"), codes_in("order 48 21")
    ({'rb4408': True, 'isrb4408': False}, {'4821': False, 'order4821': False})
    """
    codes: dict[str, bool] = {}
    for before, signs, gaps, named in _runs(line.replace("x-ray", "xray")):
        # what ends on the name of a letter may end before it: "4 0 8 we"
        whole = next((n for n in range(len(signs), 0, -1) if n - 1 not in named), 0)
        if 2 < whole < len(signs):
            codes.setdefault("".join(signs[:whole]), all(len(sign) == 1 for sign in signs[:whole]))
        code = "".join(signs)
        is_list = any("," in gap for gap in gaps) and code.isdigit() and len(signs) < 5
        # groups of digits (48 21) may be two numbers
        is_sure = len(signs) > 2 and not is_list and all(len(sign) == 1 or not code.isdigit() for sign in signs)
        codes[code] = codes.get(code, False) or is_sure
        # what stands between commas may be a code by itself
        breaks = [n for n, gap in enumerate(gaps, 1) if "," in gap]
        for start, end in pairwise([0, *breaks, len(signs)]) if breaks else ():
            if end - start > 4:
                codes.setdefault("".join(signs[start:end]), True)
                codes.setdefault((before if not start else "") + "".join(signs[start:end]), True)
        # the first and the last may be words: "a 4 0 8", "4 0 8 I think"
        if signs[0] in _WORDS and len(signs) > 3:
            codes.setdefault("".join(signs[1:]), is_sure)
        if signs[-1] in _WORDS and len(signs) > 3:
            codes.setdefault("".join(signs[:-1]), is_sure)
        if before.isalpha() and len(before) < 6:
            codes.setdefault(before + code, is_sure and len(before) < 4 and before not in phrases.SMALL)
    return codes


def _runs(line: str) -> Iterator[tuple[str, list[str], list[str], set[int]]]:
    """Runs of two signs and more: the word before, the signs, what stands between them, which are names of letters."""
    signs: list[str] = []
    named: set[int] = set()
    gaps: list[str] = []
    before, end, place = "", 0, 0
    while match := _TOKEN.search(line, place):
        word, gap, place = match[0], line[end : match.start()], match.end()
        if signs and not _GAP.fullmatch(gap):
            if len(signs) > 1:
                yield before, signs, gaps, named
            before, signs, gaps, named = "", [], [], set()
        times = phrases.TIMES.get(word, 0)
        if times and (following := _TOKEN.match(line, place + 1)) and len(following[0]) == 1:
            word, place = following[0] * times, following.end()
        sign = word if len(word) == 1 or word.isdigit() or times else phrases.LETTERS.get(word, "")
        # no run begins with what may be a word: `es r b 4`
        sign = sign or (phrases.NAMES_OF_LETTERS.get(word, "") if signs or is_spelled(line, place) else "")
        if sign:
            gaps += [gap] if signs else []
            named |= {len(signs)} if word in phrases.NAMES_OF_LETTERS else set()
            signs += sign if times else [sign]
            # b as in bravo
            example = _AS_IN.match(line, place)
            place = example.end() if example and sign.isalpha() and example[1][0] == sign else place
        elif not (signs and word in phrases.JOINTS):
            if len(signs) > 1:
                yield before, signs, gaps, named
            # of QX dash 117 the first two letters are before a joint
            before = before if word in phrases.JOINTS and not signs else word
            signs, gaps, named = [], [], set()
        end = place
    if len(signs) > 1:
        yield before, signs, gaps, named


def is_spelled(line: str, place: int) -> bool:
    """Whether a comma and another name of a letter follow: zeta, erre, 4."""
    match = re.match(r", ([^\W\d_]+)", line[place : place + 12])
    return match is not None and (match[1] in phrases.NAMES_OF_LETTERS or len(match[1]) == 1)


_MARKS = {
    "@": "at|arroba|chiocciola|apenstaartje|arobase|klammeraffe",
    ".": "dot|punkt|point|punto|ponto|punt",
    "_": "underscore|unterstrich|tiret bas|underscore|guion bajo|trattino basso|sublinhado|liggend streepje",
    "-": "dash|hyphen|bindestrich|tiret|guion|trattino|hifen|streepje",
    "/": "slash|schragstrich|barra|schuine streep",
    "+": "plus",
}
MARKS = re.compile(" ?\\b(?:" + "|".join(f"({names})" for names in _MARKS.values()) + ")\\b ?")


def mark_of(match: re.Match[str]) -> str:
    """The sign whose name a match of MARKS is."""
    return list(_MARKS)[(match.lastindex or 1) - 1]


_ROW = r"\b(?:row|reihe|fila|fileira|rang|rangee|rij)"
_SEATS = (
    r"(?:seats?|seat numbers?|platz|platze|plaetze|sitze?|sitzplatze?|places?|sieges?|asientos?|butacas?|post[oi]"
    r"|lugar|lugares|stoel|stoelen)"
)
_AND = r"(?:, ?| ?- ?| ?& ?|,? (?:and|und|et|y|e|en|bis|to) )"
_SEATS_OF_ROW = re.compile(rf"{_ROW} (\w{{1,2}}),? (?:and |, )?{_SEATS} (\w{{1,2}}(?:{_AND}\w{{1,2}}\b)*)")
_SEATS_IN_ROW = re.compile(
    rf"\b{_SEATS} (\w{{1,2}}(?:{_AND}\w{{1,2}})*)\b,? (?:in |of |on |en |de |in der |im |a la )?{_ROW} (\w{{1,2}})\b"
)


def seats_in(line: str) -> Iterator[str]:
    """Row and seat in one: F7, 14C."""
    placed = [(match[1], match[2]) for match in _SEATS_OF_ROW.finditer(line)]
    placed += [(match[2], match[1]) for match in _SEATS_IN_ROW.finditer(line)]
    for row, seats in placed:
        for seat in re.findall(r"(?<!\w)(?:\d{1,2}|[a-z])(?!\w)", seats):
            if row.isdigit() != seat.isdigit():
                yield row + seat


EMAIL = re.compile(r"[\w.+'-]*[\w.+-]@[\w-]+(?:\.[\w-]+)+")
_SPOKEN_AT = re.compile(r" ?[\[(]? ?\b(?:at|arroba|chiocciola|apenstaartje|arobase)\b ?[\])]? ?")
SPOKEN_DOT = re.compile(r" ?[\[(]? ?\b(?:dot|punkt|point|punto|ponto|punt)\b ?[\])]? ?")


def emails_in(folded: str) -> list[str]:
    """Addresses, also those that are read out."""
    addresses = EMAIL.findall(folded)
    if SPOKEN_DOT.search(folded):
        addresses += EMAIL.findall(_SPOKEN_AT.sub("@", SPOKEN_DOT.sub(".", folded)))
    return addresses
