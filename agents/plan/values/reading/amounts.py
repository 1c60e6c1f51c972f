"""Numbers and amounts with their units in a folded text, however they are grouped, spelled or shortened."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import pairwise
from typing import NamedTuple

from agents.plan.values.language import phrases, units
from agents.plan.values.language import vocabulary as words
from agents.plan.values.language.small_words import ACCENTS
from agents.plan.values.language.spelling import tokens

_BEGINS = re.compile(r"[-+\d]")
_NUMBER = re.compile(
    # not inside a word, a path, a decimal or an id such as A-17
    r"(?<![\w./])(?<![^\W\d_]-)(?<!\d[-'])(?<!\d,(?=\d))"
    # a minus has nothing right before it, or 10-12 would end in -12
    r"(-(?=\d)(?<![\w)]-)|\+(?=\d))?"
    # grouped by thousands; as in India, where 1,00,000 is a lakh; then any other digits and marks
    r"(\d{1,3}(?:[ ,.']\d{3})+(?:[.,]\d+)?(?!\d)|\d{1,2}(?:,\d{2})+,\d{3}(?!\d)|\d+(?:[.,]\d+)*)"
)
_CJK_UNITS = "|".join(sorted((word for word in units.UNITS if word[0] > "\u3000"), key=len, reverse=True))
_AFTER = re.compile(
    r"(?: (?:more|extra|additional|further|full|weitere|weiteren|whole)(?= ))?"
    rf"[ -]?(us\$|r\$|°[cf]\b|[%€$£¥₹₺₽₴₪₱₫₦฿₩¢]|{_CJK_UNITS}|[a-z]+(?=[\u3040-\u9fff])|[^\W\d_]+(?: sterling)?)"
)
_BEFORE = re.compile(r"((?:us|r|c|ca|a|s|hk|nz)\$|[€$£¥₹₺₽₴₪₱₫₦฿₩]|\b[a-z]{3}) ?-?$")
_SCALE = {word: float(scale) for scales in words.SCALES.values() for word, scale in scales.items() if scale > 100} | {
    **dict.fromkeys(("k", "tsd", "grand"), 1e3), **dict.fromkeys(("m", "mio", "mn"), 1e6),
    **dict.fromkeys(("bn", "mrd"), 1e9), "lakh": 1e5, "crore": 1e7, **dict.fromkeys(words.DOZENS, 12.0),
}  # fmt: skip
_ATTACHED = frozenset(["th", "st", "nd", "rd", "er", "re", "e", "o", "a", "ste", "de", "te", "x", "p"])
_SHARED_UNIT = re.compile(
    r",? ?(?:(?:and |but )?(?:at most|no more than|up to|max(?:imum)?)|-|x|×|by|mal|par|per|and|or|to|und|oder|bis|et"
    r"|ou|a|y|o|e|tot|en) ?"
)
_PARTS = re.compile(r"[ ,]*(?:and|und|et|y|e|en)?[ ,]*")
_SHARES = tuple((re.compile(rf"\b(?:{pattern})"), value) for pattern, value in phrases.SHARES)
_FRACTION = re.compile(r"(?<![\w/.-])([1-9])/([2-9])(?![\d/])")
_OF_SO_MANY = re.compile(
    r"(?:(?<![\d.,/:-])\b(?P<n>\d{1,2})|\bone|\beine?[rs]?|\bune?|\buno|\bum)"
    r" (?:in|out of|von|sur|de cada|em cada|su|op de|na) (?:every )?(?P<m>\d{1,4})(?! ?[.,:/%-]?\d)"
    r"(?! (?:hours?|days?|minutes?|weeks?|months?|years?|stunden|tagen|jours|dias|giorni)\b)"
)
"""One in four."""
POUND = "pound"
"""Money or mass."""
_LOWER = {
    "third": 3, "quarter": 4, "fifth": 5, "sixth": 6, "seventh": 7, "eighth": 8, "ninth": 9, "tenth": 10, "twelfth": 12,
    "twentieth": 20, "hundredth": 100,
}  # fmt: skip
_PARTS_IN_SWEDISH = {"tredje": 3, "fjarde": 4, "femte": 5, "sjatte": 6, "attonde": 8, "tion": 10}
_ORDINAL_FRACTION = re.compile(
    r"\b(?P<one>an?|1|ein|une?|uno|um|een|en|ett) (?:(?P<of>\d{1,2})th|(?P<part>[^\W\d_]+)del)"
    r" (?:of|du|d[eo]s?|del\w*|d[ei]|van|av|der|des|the)\b"
    rf"|\b(?P<upper>\d{{1,2}}|an?) (?:(?P<n>\d{{1,3}})ths?|(?P<word>{'|'.join(_LOWER)})s)\b(?! of [a-z]+ \d)"
)
_CENT_WORDS = frozenset(
    ["cent", "cents", "centimes", "centimos", "centesimi", "centavos", "eurocent", "eurocents", "¢"]
)
_CENTS_OF = re.compile(r"[ -](?:cents?|centimes)\b")
"""Behind a currency: 99 euro cents are no 99 euros."""


class Amount(NamedTuple):
    """One number of a text with its unit: `value * factor` in the base unit of `dimension`."""

    value: float
    dimension: str
    factor: float
    start: int
    end: int
    other: float | None = None
    """What the digits mean in another country (1,200 is 1.2 elsewhere)."""
    withdrawn: bool = False
    """Taken back by the next words: "ten, no wait, twelve"."""
    is_operand: bool = False
    """Something is only worked out from it: of "ten more than 50" neither was meant; withdrawn as well."""

    @property
    def base(self) -> float:
        return self.value * self.factor


def language_of(folded: str, letters: str = "") -> str:
    """The language that most of a text's small words, number words, months and units belong to, and its accents.

    >>> language_of("the first of may"), language_of("funfzehn prozent"), language_of("rendez-vous a 9h", "à")
    ('en', 'de', 'fr')
    """
    scores = dict.fromkeys(words.LANGUAGES, 0.0)
    # line by line, for a talk that grows is asked again and again
    present = frozenset[str]().union(*map(small_words, folded.split("\n")))
    for spoken_in, count in Counter(map(words.languages_of().__getitem__, present)).items():
        for language in spoken_in:
            scores[language] += count if len(spoken_in) > 1 else 1.5 * count
    for letter in letters:
        for language in ACCENTS.get(letter, ()):
            scores[language] += 1.5
    if max(scores.values()) <= 1:
        for language, joints in words.JOINT.items():
            for joint in joints:
                # most texts have none, and need not be taken apart
                scores[language] += sum(joint in word for word in tokens(folded)) if joint in folded else 0
    return max(words.LANGUAGES, key=lambda language: scores[language])


@lru_cache(maxsize=16384)
def small_words(line: str) -> frozenset[str]:
    """The words that tell a language."""
    return frozenset(words.languages_of().keys() & tokens(line))


def readings(digits: str, language: str) -> tuple[list[float], float | None]:
    """What the digits mean in the language, and what else elsewhere; several where commas only part a list.

    >>> readings("1,200", "en"), readings("1.200", "de"), readings("1'250.50", "de")
    (([1200.0], 1.2), ([1200.0], 1.2), ([1250.5], None))
    """
    plain = digits.replace("'", "").replace(" ", "")
    points, commas = plain.count("."), plain.count(",")
    if points and commas:
        decimal = max(plain.rfind("."), plain.rfind(","))
        whole = plain[:decimal].replace(".", "").replace(",", "")
        return ([float(f"{whole}.{plain[decimal + 1 :]}")], None) if min(points, commas) == 1 else ([], None)
    mark = "." if points else ","
    pieces = plain.split(mark)
    if len(pieces) == 1:
        return [float(plain)], None
    # a leading 0 groups nothing: 0,125 is an eighth
    grouped = all(len(piece) == 3 for piece in pieces[1:]) and len(pieces[0]) <= 3 and pieces[0] != "0"
    indian = mark == "," and len(pieces) > 2 and len(pieces[-1]) == 3 and all(len(p) == 2 for p in pieces[1:-1])
    if len(pieces) > 2:
        if grouped or indian:
            return [float("".join(pieces))], None
        return ([], None) if mark == "." else ([float(piece) for piece in pieces], None)
    as_decimal = float(".".join(pieces))
    if not grouped or " " in digits or "'" in digits:
        return [as_decimal], None
    as_whole = float("".join(pieces))
    if (mark == ",") == (language == "en"):
        return [as_whole], as_decimal
    return [as_decimal], as_whole


_POINTS = re.compile(r"(?<![\d.,:/-])\d+\.(?:\d{1,2}|\d{4,})(?![\d.,:/-])|\d\.\d+°")
_COMMAS = re.compile(r"(?<![\d.,:/-])\d+,(?:\d{1,2}|\d{4,})(?![\d.,:/-])|\d,\d+°")


def language_of_marks(text: str, language: str) -> str:
    """A language whose decimal mark is the one that the text itself shows: beside 52.52, 13.405 is no 13,405."""
    if ("." not in text or language == "en") and ("," not in text or language != "en"):
        return language
    has_points, has_commas = _POINTS.search(text) is not None, _COMMAS.search(text) is not None
    return language if has_points == has_commas else "en" if has_points else "de" if language == "en" else language


def numbers_in(text: str) -> Iterator[re.Match[str]]:
    """The matches of _NUMBER: most places hold no sign that one begins with, and need not be tried."""
    place = 0
    while start := _BEGINS.search(text, place):
        match = _NUMBER.match(text, start.start())
        place = match.end() if match else start.end()
        if match:
            yield match


def find_amounts(text: str, language: str) -> list[Amount]:
    """Every number of the text in order, dates and times already blanked out."""
    amounts: list[Amount] = []
    mil = "scandinavian mile" if language == "sv" else "mil"  # elsewhere a thousand
    language = language_of_marks(text, language)
    for match in numbers_in(text):
        sign = -1.0 if match[1] == "-" else 1.0
        values, other = readings(match[2], language)
        after = _AFTER.match(text, match.end())
        unit = after[1] if after else ""
        unit = (
            "" if unit == "d" and after and text[after.end() : after.end() + 1] == "'" else unit
        )  # une douzaine d'oeufs
        attached = bool(after) and text[match.end()] == unit[:1]
        scale, end = 1.0, match.end()
        unit = mil if unit == "mil" else unit
        # 5m may be five millions, 5 m are metres
        if unit in _SCALE and not (unit in ("m", "mil") and not attached and unit == "m"):
            scale, end = _SCALE[unit], after.end() if after else end
            after = _AFTER.match(text, end)
            if after is None and text[end : end + 4] == " de ":
                after = _AFTER.match(text, end + 3)
            unit = after[1] if after else ""
        elif (
            attached
            and unit.isascii()
            and unit not in units.UNITS
            and unit not in _ATTACHED
            and not (
                unit in ("c", "f") and not match[2].isdigit()  # 21.5C, where 21C may be a seat
            )
        ):
            continue  # 3fa2c81b and 4k-monitor-like names are ids, not amounts
        if text[end : end + 1] == "-" and text[end + 1 : end + 2].isdigit() and match[2].isdigit() and scale == 1:
            between = re.match(r"-\d+(?![\w-])", text[end:])
            if not between:
                continue
        dimension, factor = units.UNITS.get(unit, ("", 1.0))
        if unit == "mi" and attached:
            dimension, factor = "bytes", 1024.0**2  # 512Mi of memory; miles stand apart
        before = _BEFORE.search(text[max(0, match.start() - 5) : match.start()])
        prefix = units.UNITS.get(before[1], ("", 1.0))[0] if before else ""
        if prefix in units.CURRENCIES:
            dimension, factor = prefix, 1.0
        elif unit in _CENT_WORDS or (dimension in units.CURRENCIES and after and _CENTS_OF.match(text, after.end())):
            dimension, factor = "cents", 1.0
        elif unit in ("pound", "pounds") and after and not text[after.end() :].startswith((" of", " sterling")):
            dimension, factor = POUND, 1.0
        if dimension and after and unit in units.UNITS:
            end = after.end()
        start = match.start()
        amounts += [
            Amount(
                # 1.005 * 1e3 is 1004.9999999999999
                round(sign * value * scale, 9 if scale == 1 else 3),
                dimension,
                factor,
                start,
                end,
                other and sign * other * scale,
            )
            for value in values
        ]
        # 1 200 may be two numbers as well, of which nothing is certain
        if " " in match[2]:
            amounts += [
                Amount(float(part), "", 1.0, start, end, withdrawn=True) for part in re.findall(r"\d+", match[2])
            ]
    return amounts


def is_part(amount: Amount, amounts: Sequence[Amount]) -> bool:
    """Whether it is one of those that make up another: of `6 ft 2 inches` neither was meant."""
    return any(
        other.start <= amount.start and amount.end <= other.end and other.end - other.start > amount.end - amount.start
        for other in amounts
        if other.dimension == amount.dimension
    )


def find_sums(text: str, amounts: list[Amount]) -> list[Amount]:
    """1 hour 30 minutes is also one duration of 90 minutes; in "50 to 75 percent" both are percents."""
    sums = []
    for left, right in pairwise(amounts):
        if left.dimension == right.dimension in ("time", "mass", "length") and left.factor > right.factor:
            gap = text[left.end : right.start]
            # half a year, 26 weeks: as much as one of the larger unit is no part of it
            if len(gap) < 8 and _PARTS.fullmatch(gap) and right.base < left.factor:
                sums.append(Amount(left.base + right.base, left.dimension, 1.0, left.start, right.end))
        if right.dimension and not left.dimension and _SHARED_UNIT.fullmatch(text[left.end : right.start]):
            sums.append(left._replace(dimension=right.dimension, factor=right.factor))
        is_money = left.dimension in units.CURRENCIES and right.dimension == "cents"
        if is_money and _PARTS.fullmatch(text[left.end : right.start]):
            sums.append(left._replace(value=left.value + right.value / 100, end=right.end))
    return sums


def find_shares(text: str) -> list[float]:
    written = [int(upper) / int(lower) for upper, lower in _FRACTION.findall(text)]
    if "th" in text or "del" in text or "ths" in text or "quarters" in text or "rds" in text:
        for match in _ORDINAL_FRACTION.finditer(text):
            if match["one"]:
                lower = int(match["of"] or 0) or _PARTS_IN_SWEDISH.get(match["part"], 0)
                written += [1 / lower] if lower > 2 else []
                continue
            lower = int(match["n"] or 0) or _LOWER[match["word"]]
            upper = int(match["upper"]) if match["upper"].isdigit() else 1
            written += [upper / lower] if 0 < upper < lower else []
    return written + [value for pattern, value in _SHARES if pattern.search(text)]


def find_odds(text: str) -> list[float]:
    """
    >>> find_odds("a 1 in 4 chance")
    [0.25]
    """
    return [int(match["n"] or 1) / int(match["m"]) for match in _OF_SO_MANY.finditer(text) if int(match["m"]) > 1]
