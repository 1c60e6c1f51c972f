"""The unit in which a schema wants its number: seconds, cents, a share of 1."""

import re
from functools import lru_cache

from agents.plan.values.language import units
from agents.schema import Schema

# dimension -> words of a description -> factor; cents first, which are also euros
_UNITS = {
    "cents": {r"smallest (?:currency )?unit|minor units?|in cents|cents|pence": 1.0},
    "time": {
        r"milliseconds?|ms|\w*millis": 0.001, r"seconds?|secs?|\(s\)": 1.0, r"minutes?|mins|min(?! \w)": 60.0,
        r"hours?": 3600.0, r"days?": 86400.0, r"weeks?": 604800.0, r"months?": units.MONTH, r"years?": units.YEAR,
    },
    "celsius": {r"°c|celsius|centigrade": 1.0}, "fahrenheit": {r"°f|fahrenheit": 1.0},
    "kelvin": {r"kelvin": 1.0},
    "bytes": {
        r"kibibytes?|kib": 1024.0, r"mebibytes?|mib": 1024.0**2, r"gibibytes?|gib": 1024.0**3, r"bytes?": 1.0,
        r"kilobytes?|kb": 1e3, r"megabytes?|mb": 1e6, r"gigabytes?|gb": 1e9,
    },
    "mass": {
        r"kilograms?|kg|kilos?": 1e3, r"milligrams?|mg": 1e-3, r"micrograms?|mcg|μg": 1e-6, r"grams?|in g": 1.0,
        r"tonnes?": 1e6, r"lbs?": 453.59237, r"ounces?|oz": 28.349523125,
    },
    "length": {
        r"(?<!square )kilomet(?:er|re)s?|km": 1e3, r"millimet(?:er|re)s?|mm": 1e-3, r"centimet(?:er|re)s?|cm": 1e-2,
        r"(?<!square )met(?:er|re)s?|in m": 1.0, r"inch(?:es)?": 0.0254, r"(?<!square )feet|ft": 0.3048,
        r"(?<!square )miles?": 1609.344, r"yards?": 0.9144,
    },
    "volume": {r"millilit(?:er|re)s?|ml": 1e-3, r"lit(?:er|re)s?": 1.0, r"gallons?": 3.785411784},
    "%": {r"percent(?:age)?|%": 1.0}, "megabits": {r"mbit\w*|mbps|megabits?": 1.0},
    "area": {
        r"square (?:feet|foot)|sq\.? ?ft": 0.09290304, r"square met(?:er|re)s?|m2|m²|sqm": 1.0,
        r"square kilomet(?:er|re)s?|km2|km²": 1e6, r"hectares?": 1e4, r"acres?": 4046.8564224,
    },
    "speed": {
        r"km/h|kph|kilomet(?:er|re)s per hour": 1 / 3.6, r"mph|miles per hour": 0.44704,
        r"m/s|met(?:er|re)s per second": 1.0,
    },
    "energy": {r"kwh": 1e3, r"kcal|kilocalories": 1.163}, "power": {r"kw|kilowatts?": 1e3, r"watts?": 1.0},
    "share": {r"fraction|between 0 and 1|\b0(?:\.0)?[ -]+(?:to )?1(?:\.0)?": 1.0},
}  # fmt: skip
_UNIT_PATTERNS = tuple(
    (re.compile(rf"(?<![a-z])(?:{words})(?![a-z0-9²])"), (dimension, factor))
    for dimension, table in _UNITS.items()
    for words, factor in table.items()
)


_WITHIN = re.compile(r"\((?:in )?([^()]{1,20})\)|\b(?:in|en|em) ([^\W\d_]+|[€$£¥₹])")
# a share of a day or a price per night is no length of time
_PER = re.compile(
    r"\b(?:per|a|each|every|of the) (?:second|minute|hour|day|night|week|month|year)\b|\bper (?:kilo|kg|pound|lb"
    r"|lit(?:er|re)|gallon|mile|km|gb)\w*\b|\bdays? of (?:the )?week\b"
)


def unit_of_schema(schema: Schema | None) -> tuple[str, float]:
    """Dimension and factor of the unit that a schema's title or description names; ("", 1.0) where none or several."""
    if not schema:
        return "", 1.0
    description = f"{schema.get('title') or ''} {schema.get('description') or ''}"
    return unit_of_description(description.lower().replace("_", " ")) if description != " " else ("", 1.0)


@lru_cache(maxsize=2048)
def unit_of_description(description: str) -> tuple[str, float]:
    """
    >>> unit_of_description("delay in minutes (default: 30 seconds)")
    ('time', 60.0)
    """
    if "basis point" in description:
        return "%", 0.01
    description = _PER.sub("", description)
    if re.search(r"\b(?:unix|epoch)\b", description):
        return "epoch", 1.0
    speed = [unit for pattern, unit in _UNIT_PATTERNS if unit[0] == "speed" and pattern.search(description)]
    if speed:
        return speed[0]
    stated = re.search(r"\bin (?:the )?(?:whole |full )?([\w ]+)", description)
    unit_first = stated[1] if stated else ""
    # `in minutes` is surest; what stands in brackets, as an example or as the default may be in another unit
    for part in (unit_first, re.sub(r"\(.*?\)|e\.g\..*|default.*", "", description), description):
        named = [unit for pattern, unit in _UNIT_PATTERNS if part and pattern.search(part)]
        if named and ({dimension for dimension, _ in named} == {named[0][0]} or named[0][0] == "cents"):
            is_sure = part == unit_first or len(named) == 1 or named[0][0] == "cents"
            return named[0] if is_sure else ("", 1.0)
    if not re.search(r"\b(?:square|sq|cubic)\b|/", description):
        within = {units.UNITS[word] for m in _WITHIN.finditer(description) if (word := m[1] or m[2]) in units.UNITS}
        # `in a`, `in d` say no unit
        return within.pop() if len(within) == 1 else ("", 1.0)
    return "", 1.0


_MONEY = re.compile(
    r"\b(?:price\w*|amount\w*|cost\w*|budget\w*|fees?|tips?|salar\w+|balance|rent|wages?|deposit|refund\w*|payments?"
    r"|fare|total|bid"
    r"|betrag|preis\w*|prix|montant|precio|importe|importo|prezzo|preco|valor|prijs|bedrag|cena|kwota)\b"
)
_CHANGES = re.compile(
    r"\b(?:chang\w*|delta|balance|growth|difference|variation|adjust\w*|offset|shift|trend|return|profit|negativ\w*)\b"
)


_SCALES = ((re.compile(r"\b(?:millions?|mio|mn)\b"), 1e6), (re.compile(r"\b(?:thousands|tsd|in k)\b"), 1e3))


def scale_of_schema(schema: Schema | None) -> float:
    """A million where the value counts millions of something."""
    described = words_for(schema)
    return next((scale for pattern, scale in _SCALES if pattern.search(described)), 1.0)


def words_for(schema: Schema | None) -> str:
    return f"{(schema or {}).get('title') or ''} {(schema or {}).get('description') or ''}".lower()


def is_for_money(schema: Schema | None) -> bool:
    """Whether the value is a price or another sum of money, by its unit or its description."""
    return unit_of_schema(schema)[0] in units.CURRENCIES or _MONEY.search(words_for(schema)) is not None


def is_for_change(schema: Schema | None) -> bool:
    """Whether the value's sign tells what went up and what went down."""
    return _CHANGES.search(words_for(schema)) is not None


_LEAVING_OUT = re.compile(
    r"\b(?:avoid|exclu\w+|omit\w*|without|leave out|skip\w*|allerg\w+|intoleran\w+|forbidden|(?<!is )(?<!was )blocked"
    r"|unwanted|to (?:be )?(?:remove|delete|drop)d?|ausschl\w+)\b"
)


def is_for_leaving_out(schema: Schema | None) -> bool:
    """Whether the value is to be kept out of something: "no peanuts" says peanuts."""
    return _LEAVING_OUT.search(words_for(schema)) is not None
