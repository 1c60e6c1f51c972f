"""The size that people would expect of a number, by the words of its field, its holder and its trade."""

import math
import re
from typing import NamedTuple

from agents.offline.fields.meaning import split
from agents.offline.trade.subject import Subject, load_table
from agents.schema import Schema


class Range(NamedTuple):
    low: float
    high: float
    step: float = 1
    """What the number is a multiple of."""


_RANGES = {kind: {word: Range(*row) for word, row in rows.items()} for kind, rows in load_table("numbers").items()}
_BY_WORD = _RANGES["by_word"]
_MONEY_WORDS = """
price amount total cost fee balance salary gross net rent deposit premium budget paid deductible tip discount
subtotal refund refunded outstanding saving interest monthly yearly revenue committed weighted credit threshold
spent estimate sum bid copay instalment tax payout value charge insured offer"""
_MONEY = frozenset(_MONEY_WORDS.split())
_MONEY_OF_TRADE = _RANGES["money_of_trade"]
_MONEY_OF_WORD = _RANGES["money_of_word"]


def draw_number(schema: Schema, key: str, holder: str, subject: Subject, *, whole: bool) -> int | float:
    """A number that fits the schema's bounds and, inside them, what the field means."""
    usual = expect_range(key, holder, subject, schema)
    schema = read_bounds(schema)
    least = schema.get("minimum", schema.get("exclusiveMinimum"))
    most = schema.get("maximum", schema.get("exclusiveMaximum"))
    low = usual.low if not isinstance(least, int | float) else max(least, usual.low)
    high = usual.high if not isinstance(most, int | float) else min(most, usual.high)
    if low > high:  # what people expect lies outside what the schema allows
        low = least if isinstance(least, int | float) else high
        high = most if isinstance(most, int | float) else low + usual.high - usual.low
    step = schema.get("multipleOf") or (max(1, round(usual.step)) if whole else usual.step)
    number = low + (high - low) * subject.rng(key).random()
    number = math.floor(number / step) * step
    while number < low or number == schema.get("exclusiveMinimum"):
        number += step
    if number > high and not schema.get("multipleOf"):
        number = high
    return int(number) if whole or (float(number).is_integer() and step >= 1) else round(number, 4)


_BOUNDS = re.compile(
    r"(?i)(?:\(|\bbetween |\bfrom |\brange:? )(\d{1,4})\s*(?:-|–|to|and)\s*(\d{1,4})(?=[,;).]|\s*$| \()"
)


def read_bounds(schema: Schema) -> Schema:
    """The schema with the bounds that only its description tells: `Priority (0-4)`, `between 1 and 100`."""
    told = _BOUNDS.search(str(schema.get("description", "")))
    if not told or not {"minimum", "maximum"}.isdisjoint(schema) or int(told[1]) >= int(told[2]):
        return schema
    return {**schema, "minimum": int(told[1]), "maximum": int(told[2])}


def expect_range(key: str, holder: str, subject: Subject, schema: Schema) -> Range:
    """The usual range; money by what is traded, everything else by the last telling word."""
    about = split(key)
    place = {"lat": subject.place.latitude, "latitude": subject.place.latitude}
    place |= dict.fromkeys(("lon", "lng", "longitude"), subject.place.longitude)
    for word in about:
        if word in place:
            return Range(place[word], place[word], 0.01)
    if about == ("number",) and holder in ("round", "floor", "ceil", "ceiling"):
        return Range(3, 400, 0.01)  # nobody rounds what is whole
    if about and about[-1] in ("id", "number", "article") and about[-1:] != ("count",):
        noun = about[-2] if len(about) > 1 else holder
        if about[-1] == "number" and noun.rpartition("_")[2] in ("issue", "pull", "request", "discussion", "pr"):
            return Range(12, 980)
        magnitude = 10 ** (3 + len(noun) % 3)
        return Range(magnitude, 10 * magnitude - 1)
    body = {"height", "weight"} & set(about)
    if body and (holder in ("bmi", "body") or "bmi" in about):
        metres = "cm" not in about and not re.search(r"(?i)\bcm\b|centimet", str(schema.get("description", "")))
        tall = Range(1.56, 1.94, 0.01) if metres else Range(156, 194)
        return tall if "height" in body else Range(52, 98)
    if {"distance", "m"} <= set(about):
        return Range(80, 1900, 10)
    if {"change", "percent"} <= set(about):
        return Range(-4.5, 4.5, 0.1)  # what a price gains or loses in a day
    for word in ("unsubscribed", "runtime"):  # whatever it is counted in
        if word in about:
            return _BY_WORD[word]
    if about[-1:] == ("count",) and about[-2:-1] and about[-2] in _BY_WORD:
        return _BY_WORD[about[-2]]  # a table has more rows than a team has members
    for word in reversed(about):
        if word in _MONEY_OF_WORD:  # an hourly rate is money first and a rate second
            return _MONEY_OF_WORD[word]
    for word in reversed(about):
        if word == "limit" and subject.domain == "insurance":
            return Range(2_000, 40_000, 500)
        if word in _MONEY and not (word == "total" and schema.get("type") == "integer" and subject.domain != "finance"):
            return _MONEY_OF_TRADE.get(subject.domain, Range(15, 480, 0.5))
        if word in _BY_WORD:
            return _BY_WORD[word]
    return Range(1, 48)


_WHOLE_WORDS = """
count bytes width height likes views downloads followers stars forks points year pages employees seconds minutes holders
decimals restarts replicas quantity stock population ttl offset volume players recipients members additions deletions
opens clicks bounces subscribers used limit tokens length orders servings runtime rank played findings pid mileage
"""
_WHOLE = frozenset(_WHOLE_WORDS.split())
_REAL_WORDS = """
price amount total balance value rate rating percent celsius kmh km hectares magnitude gain cap mb weight score
similarity temperature humidity size distance speed duration bid ask spread open high low close latitude longitude
"""
_REAL = frozenset(_REAL_WORDS.split())


def is_number(name: str) -> str:
    """Whether a field of that name counts (`whole`) or measures (`real`); empty where it does neither.

    >>> is_number("comments_count"), is_number("temperature_celsius"), is_number("author")
    ('whole', 'real', '')
    """
    about = set(split(name))
    # A file count counts, a disk size in MB measures: the unit speaks before the noun.
    return "whole" if about & _WHOLE and not about & {"percent", "celsius"} else "real" if about & _REAL else ""


def read_number(value: object) -> float | None:
    """The number that a value is; a yes is none."""
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else None
