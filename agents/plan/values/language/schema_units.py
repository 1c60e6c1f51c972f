"""The unit in which a schema wants its number: seconds, cents, a share of 1."""

import re
from functools import lru_cache

from agents.plan.values.language import units
from agents.schema import Schema

_UNIT_OF_SCHEMA = (
    (r"\b(?:unix|epoch)\b", ("epoch", 1.0)),
    (r"smallest (?:currency )?unit|minor units?|\bin cents\b|\bcents\b", ("cents", 1.0)),
    (r"milliseconds?\b|\bms\b|millis\b", ("time", 0.001)),
    (r"\bseconds?\b|\bsecs?\b|\(s\)", ("time", 1.0)),
    (r"\bminutes?\b|\bmins\b|\bmin\b(?! \w)", ("time", 60.0)),  # min age is no time
    (r"\bhours?\b", ("time", 3600.0)),
    (r"\bdays?\b", ("time", 86400.0)),
    (r"\bweeks?\b", ("time", 604800.0)),
    (r"\bmonths?\b", ("time", units.MONTH)),
    (r"\byears?\b", ("time", units.YEAR)),
    (r"°c\b|\bcelsius\b|\bcentigrade\b", ("celsius", 1.0)),
    (r"°f\b|\bfahrenheit\b", ("fahrenheit", 1.0)),
    (r"\bkibibytes?\b|\bkib\b", ("bytes", 1024.0)),
    (r"\bmebibytes?\b|\bmib\b", ("bytes", 1024.0**2)),
    (r"\bgibibytes?\b|\bgib\b", ("bytes", 1024.0**3)),
    (r"\bbytes?\b", ("bytes", 1.0)),
    (r"\bkilobytes?\b|\bkb\b", ("bytes", 1e3)),
    (r"\bmegabytes?\b|\bmb\b", ("bytes", 1e6)),
    (r"\bgigabytes?\b|\bgb\b", ("bytes", 1e9)),
    (r"\bkilograms?\b|\bkg\b|\bkilos?\b", ("mass", 1e3)),
    (r"\bmilligrams?\b|\bmg\b", ("mass", 1e-3)),
    (r"\bmicrograms?\b|\bmcg\b|μg", ("mass", 1e-6)),
    (r"\bgrams?\b|\bin g\b", ("mass", 1.0)),
    (r"\btonnes?\b", ("mass", 1e6)),
    (r"(?<!square )\bkilomet(?:er|re)s?\b|\bkm\b", ("length", 1e3)),
    (r"\bmillimet(?:er|re)s?\b|\bmm\b", ("length", 1e-3)),
    (r"\bcentimet(?:er|re)s?\b|\bcm\b", ("length", 1e-2)),
    (r"(?<!square )\bmet(?:er|re)s?\b|\bin m\b", ("length", 1.0)),
    (r"\bmillilit(?:er|re)s?\b|\bml\b", ("volume", 1e-3)),
    (r"\blit(?:er|re)s?\b", ("volume", 1.0)),
    (r"\bpercent(?:age)?\b|%", ("%", 1.0)),
    (r"\blbs?\b", ("mass", 453.59237)),
    (r"\bounces?\b|\boz\b", ("mass", 28.349523125)),
    (r"\binch(?:es)?\b", ("length", 0.0254)),
    (r"(?<!square )\bfeet\b|\bft\b", ("length", 0.3048)),
    (r"(?<!square )\bmiles?\b", ("length", 1609.344)),
    (r"\bpence\b", ("cents", 1.0)),
    (r"\bmbit|\bmbps\b|\bmegabits?\b", ("megabits", 1.0)),
    (r"\bsquare (?:feet|foot)\b|\bsq\.? ?ft\b", ("area", 0.09290304)),
    (r"\bsquare met(?:er|re)s?\b|\bm2\b|m²|\bsqm\b", ("area", 1.0)),
    (r"\bsquare kilomet(?:er|re)s?\b|\bkm2\b|km²", ("area", 1e6)),
    (r"\bhectares?\b", ("area", 1e4)),
    (r"\bacres?\b", ("area", 4046.8564224)),
    (r"\bkm/h\b|\bkph\b|\bkilomet(?:er|re)s per hour\b", ("speed", 1 / 3.6)),
    (r"\bmph\b|\bmiles per hour\b", ("speed", 0.44704)),
    (r"\bm/s\b|\bmet(?:er|re)s per second\b", ("speed", 1.0)),
    (r"\bgallons?\b", ("volume", 3.785411784)),
    (r"\byards?\b", ("length", 0.9144)),
    (r"\bkwh\b", ("energy", 1e3)),
    (r"\bkcal\b|\bkilocalories\b", ("energy", 1.163)),
    (r"\bkw\b|\bkilowatts?\b", ("power", 1e3)),
    (r"\bwatts?\b", ("power", 1.0)),
    (r"\bfraction\b|between 0 and 1\b|\b0(?:\.0)?[ -]+(?:to )?1(?:\.0)?\b", ("share", 1.0)),
)
_UNIT_PATTERNS = tuple((re.compile(pattern), unit) for pattern, unit in _UNIT_OF_SCHEMA)


_WITHIN = re.compile(r"\((?:in )?([^()]{1,20})\)|\bin ([^\W\d_]+|[€$£¥₹])")
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
