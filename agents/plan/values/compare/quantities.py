"""Whether a text says a number, an amount or a duration, in whatever unit."""

import math
import re
from datetime import date

from agents.plan.values.answer import Answer
from agents.plan.values.compare import counted, moments, standing_for
from agents.plan.values.compare.working_out import is_worked_out, speaks_of_working_out
from agents.plan.values.language import units
from agents.plan.values.language import vocabulary as words
from agents.plan.values.language.schema_units import (
    is_for_change,
    is_for_money,
    scale_of_schema,
    unit_of_schema,
    words_for,
)
from agents.plan.values.language.spelling import places_of
from agents.plan.values.reading.amounts import POUND, Amount, is_part
from agents.plan.values.reading.mentions import Mentions
from agents.plan.values.reading.sentences import noun_behind
from agents.schema import Schema

SAYS, DOES_NOT, CANNOT_TELL = Answer.SAYS, Answer.DOES_NOT, Answer.CANNOT_TELL
LONG_NUMBER = re.compile(r"\d{16}")
"""More digits than a float holds: an account's number, not an amount."""
_TIME_FACTORS = (0.001, *units.FACTORS)
_ONE = re.compile(
    r"\b(?:eins|first|(?:just|only) (?:\w+ )?(?:the )?one)\b"
    r"|\bsingle (?!room|bed|cabin|ticket|malt|occupancy|use|sign)\w+"
    r"|(?<!the )(?<!this )(?<!that )(?<!which )(?<!new )(?<!no )(?<!other )(?<!every )\bone"
    r" (?!of|that|who|which|is|was|to|and|or|in)[a-z]"
)
_SINGLE = re.compile(r"\b(?:a|just a|only a|just 1|only 1) single (?!room|bed|cabin|ticket|malt|occupancy|use|sign)\w+")
_PAIR = r"(?<![\d.,:/-]){} {:02d}(?![\d:/%€$£]|[.,]\d| (?:minutes?|hours?|days?|people|euros?|dollars?|percent|kg)\b)"
_DOWN = re.compile(
    r"\b(?:dropp?\w*|fell|fall\w*|declin\w*|decreas\w*|down|lost|los[se]\w*|overdrawn|shrank|cut|reduc\w*|minus|less"
    r"|lower\w*|debt"
    r"|gefallen|gesunken|verlor\w*|weniger|baiss\w*|bajo|bajaron|caido|cayo|cal\w+|scend\w*|sces\w*|caiu|gedaald)\b"
)
_TAKEN = re.compile(
    r"\b(?:deduct\w*|withdr[ae]w\w*|subtract\w*|refund\w*|debit\w*|remov\w*|spen[dt]\w*|(?:take|knock|taken|took"
    r"|knocked)"
    r" .*?(?:off|out|away|from)|abzieh\w*|abheb\w*|abbuch\w*|zieh\w* .*?ab|heb\w* .*?ab|dedui\w*|retir\w*|enlev\w*"
    r"|rest[ae]\w*|descont\w*|deduz\w*|preleva\w*|detra\w*|sottra\w*|togli\w*|aftrek\w*|trek .*?af|dra av|ta ut"
    r"|odejm\w*|wyplac\w*)\b"
)
_UP = re.compile(r"\b(?:add\w*|rais\w*|increas\w*|up|credit\w*|deposit\w*|plus|more|rose|grew)\b")
_NONE = frozenset(("none", "nothing", "keine", "keiner", "aucun", "aucune", "ninguno", "ninguna", "nessuno"))
_SIGNED = re.compile(r"\bnegativ\w*|\bminus\b")
_IN_HUNDREDS = (("cents", 1.0), ("length", 0.01))
"""Said in pairs: two fifty, one eighty."""
_GIGS = re.compile(r"\d (?:gig|meg)s?$")
_ALONE = frozenset(("celsius", "fahrenheit", "megabits"))
"""Units that none but their own kind compares with by number."""
_BINARY = {1e3: 1024.0, 1e6: 1024.0**2, 1e9: 1024.0**3, 1e12: 1024.0**4}
# seconds of a month of 30 days and of a year of 365, which people mean too
_ROUNDED = {units.MONTH: (30 * 86400.0, 31 * 86400.0), units.YEAR: (365 * 86400.0, 366 * 86400.0)}
_OTHER_UNITS = {"mass": (1.0, 1e3, 1e6, 453.59237), "length": (1e-3, 1e-2, 1.0, 1e3, 1609.344, 0.3048)}


def says_number(text: Mentions, value: int | float, schema: Schema | None, today: date | None = None) -> Answer:
    try:
        number = float(value)
    except OverflowError:
        return SAYS if str(value) in text.words else DOES_NOT
    if number != number or number in (float("inf"), float("-inf")):
        return CANNOT_TELL
    # beyond it a float cannot tell a whole number from the next
    if abs(number) > 2**53 and isinstance(value, int):
        return SAYS if text.holds(str(abs(value))) else DOES_NOT
    answer = _says_as_amount(text, number, schema, today)
    scale = scale_of_schema(schema)
    if (
        answer is not SAYS
        and scale > 1
        and any(_near(a.value, number * scale) and not a.withdrawn for a in text.amounts)
    ):
        return SAYS
    if answer is not SAYS and 0 <= number <= 12 and standing_for.says_place_in_calendar(text, number, schema):
        return SAYS
    if answer is not SAYS and number > 0 and standing_for.says_difference(text, number, schema):
        return SAYS
    if number and not number.is_integer() and (signs := standing_for.signs_of_compass(text, abs(number), schema)):
        return Answer.of(any(sign * number > 0 for sign in signs), rules_out=True)
    hundreds = int(number // 100) if number.is_integer() and unit_of_schema(schema) in _IN_HUNDREDS else 0
    if answer is not SAYS and hundreds > 0 and stands_in_pairs(text, hundreds, int(number) % 100):
        return SAYS  # two fifty
    whole, cents = divmod(round(abs(number) * 100), 100) if abs(number) < 1e9 else (0, 0)
    if answer is DOES_NOT and cents and places_of(f"{whole} {cents:02d}", text.in_digits):
        return SAYS if is_for_money(schema) else CANNOT_TELL  # "eighty-four fifty" is a price, or two numbers
    high, low = divmod(round(number), 100) if number.is_integer() and 1000 <= number <= 9999 else (0, 0)
    if answer is not SAYS and high > 9 and low > 9 and stands_in_pairs(text, high, low):
        return CANNOT_TELL if is_for_money(schema) or schema is None else SAYS  # port eighty-four forty-three
    if number and is_for_change(schema) and (_DOWN.search(text.folded) or _TAKEN.search(text.folded)):
        if answer is CANNOT_TELL and number < 0:
            return Answer.of(any(a.value == -number and not a.withdrawn for a in text.amounts), rules_out=False)
        if answer is SAYS and number > 0 and _SIGNED.search(words_for(schema)) and not _UP.search(text.folded):
            return CANNOT_TELL
    described = words_for(schema) if answer is DOES_NOT and 0 <= number <= 12 else ""
    if counted.PEOPLE.search(described) and counted.COMPANY.search(text.folded):  # me and my wife
        return Answer.of(number == counted.count_company(text, described), rules_out=False)
    if answer is DOES_NOT and number > 6e8 and (moment := moments.moment_of_epoch(number)):
        return moments.says_moment(text, moment, today)
    return answer


def stands_in_pairs(text: Mentions, high: int, low: int) -> bool:
    """Whether the two halves stand side by side and count nothing."""
    return f"{high} {low:02d}" in text.in_digits and re.search(_PAIR.format(high, low), text.in_digits) is not None


def _says_as_amount(text: Mentions, value: float, schema: Schema | None, today: date | None) -> Answer:
    """A number that stands in the text, in whatever unit, or follows from what stands there."""
    dimension, factor = unit_of_schema(schema)
    if factor == units.YEAR and 1900 <= value <= 2100:
        dimension, factor = "", 1.0  # a year, and no so many years
    best = DOES_NOT
    # "one" or "a" may be all that stands for a 1
    is_article = value == 1 and "1" not in text.words and not _ONE.search(text.folded)
    for amount in text.by_value.get(round(value, 9), ()):
        answer = compare_units(amount, dimension, factor)
        if answer is SAYS and dimension == amount.dimension and is_part(amount, text.amounts):
            answer = CANNOT_TELL
        is_beside = any(not other.withdrawn for other in text.bases.get(dimension, ()))
        # of money the unit may be said once: I have 500 euros, send 200
        is_beside &= dimension not in units.CURRENCIES or noun_behind(text.in_digits, amount) != ""
        if dimension and not amount.dimension and is_beside and answer is SAYS:
            answer = CANNOT_TELL  # five attempts, where half an hour was said in the schema's kind of unit
        if answer is SAYS and not amount.withdrawn and not is_article:
            return SAYS
        best = CANNOT_TELL if answer is not DOES_NOT or amount.withdrawn else best
    if best is DOES_NOT:
        best = _convert(text, value, dimension, factor)
    if best is DOES_NOT and value == 1 and _SINGLE.search(text.folded) and not text.amounts:
        return SAYS
    if best is not DOES_NOT:
        return best
    if not dimension and (value in text.years or (today and value - today.year in text.years_on)):
        return SAYS
    code = str(int(value)) if value == int(value) else ""
    if text.codes.get(code):
        return SAYS
    # a number that stands in a date, a time or an id: its day, its hour, its last digits
    times = {m.seconds for m in text.times} if dimension in ("", "time") else set()  # 2h15 is a time, or lasts so long
    is_open = (
        value * factor in times
        or code in text.parts_of_names
        or code in text.codes
        or any(value == month.number for month in text.months_alone)
        or (text.years_on and today is None and 1900 <= value <= 2100)
        or any(value == amount.other for amount in text.amounts)
        # overdrawn by 250, three floors down
        or (value == 0 and not _NONE.isdisjoint(text.words))
        or (value < 0 and text.by_value.get(round(-value, 9)))
        or (value == 1 and not words.ARTICLES.isdisjoint(text.words))
        or is_worked_out(text, value)
    )
    return CANNOT_TELL if is_open else DOES_NOT


def compare_units(amount: Amount, dimension: str, factor: float) -> Answer:
    """Whether the number of an amount may stand where a schema wants that unit."""
    if not dimension or not amount.dimension:
        return SAYS
    if amount.dimension == POUND:
        if dimension in units.CURRENCIES or dimension in ("cents", "mass"):
            dimension_of_pound = "mass" if dimension == "mass" else "GBP"
            return compare_units(amount._replace(dimension=dimension_of_pound, factor=453.59237), dimension, factor)
        return SAYS
    match dimension:
        case "cents":
            return DOES_NOT if amount.dimension in units.CURRENCIES else SAYS
        case "share":
            return DOES_NOT if amount.dimension == "%" else SAYS
        case _ if amount.dimension == "cents" and dimension in units.CURRENCIES:
            return DOES_NOT
        case _ if {dimension, amount.dimension} & _ALONE or {dimension, amount.dimension} <= units.CURRENCIES:
            return SAYS if amount.dimension == dimension else DOES_NOT
        case amount.dimension if dimension in units.CURRENCIES:
            return SAYS
        case amount.dimension:
            return SAYS if abs(amount.factor - factor) < 1e-9 * factor else DOES_NOT
        case _:
            return CANNOT_TELL


def _near(left: float, right: float) -> bool:
    if left.is_integer() and right.is_integer():  # a card's number and the next one are nearer than any tolerance
        return left == right
    return abs(left - right) <= 1e-9 * max(abs(left), abs(right), 1e-9)


def _rounds_to(exact: float, value: float) -> bool:
    digits = len(repr(value).partition(".")[2])
    return "e" not in repr(value) and digits >= 2 and abs(round(exact, digits) - value) < 10**-digits / 2


def _is_rounded(amount: Amount, value: float, factor: float) -> bool:
    """Whether it is the amount in a unit of another system, rounded by half a percent at most."""
    exact, ratio = amount.base / factor, math.log10(amount.factor / factor)
    digits = len(f"{value:.9f}".rstrip("0").partition(".")[2])
    is_near = abs(exact - value) <= (0.005 if digits < 2 else 0.01) * abs(value) and round(exact, digits) == value
    return is_near and abs(ratio - round(ratio)) > 1e-6


def _convert(text: Mentions, value: float, dimension: str, factor: float) -> Answer:
    """Percent and fraction, seconds and days, euros and cents, bytes; other units where the schema names its own."""
    percents = [a.value for a in text.bases.get("%", [])]
    if any(_near(p / 100, value) for p in percents) and dimension in ("", "share"):
        return SAYS
    if dimension in ("", "share", "%") and any(
        _near(s, value) or _rounds_to(s, value) or _near(100 * s, value) or _rounds_to(100 * s, value)
        for s in (text.shares + text.odds if dimension else text.shares)
    ):
        return SAYS
    if dimension == "%" and value in {round(100 * share) for share in text.shares}:
        return SAYS  # a third off
    if dimension in ("", "time") and value > 0:
        factors = (factor,) if dimension else _TIME_FACTORS
        spans = text.wholes_of("time") if dimension else text.bases.get("time", [])
        if any(_near(a.base, value * f) and not a.withdrawn for a in spans for f in factors):
            return SAYS
        if dimension and any(_near(span, value * factor) for span in text.spans_back):
            return SAYS
        if any(_near(a.value * r, value * f) for a in spans for r in _ROUNDED.get(a.factor, ()) for f in factors):
            return CANNOT_TELL
    counts = {value * factor, value * _BINARY.get(factor, factor)}
    if dimension in ("", "bytes") and any(
        _near(base, count) for a in text.bases.get("bytes", []) for base in _byte_counts(a) for count in counts
    ):
        return SAYS
    if (dimension, factor) in (("length", 1e3), ("kelvin", 1.0)) and any(
        not a.dimension and _near(a.value, value * 1e3) for a in text.amounts if text.in_digits[a.end - 1] == "k"
    ):
        return SAYS  # ran ten and a half k; 2700 K
    if (dimension, factor) == ("length", 0.01) and any(
        not a.dimension and 1 < a.value < 2.6 and _near(round(100 * a.value, 6), value) for a in text.amounts
    ):
        return SAYS  # somebody is 1.70 tall
    if dimension == "%" and any(_near(round(a.base, 9), round(value * factor, 9)) for a in text.bases.get("%", [])):
        return SAYS
    if dimension in ("mass", "length", "volume", "area", "speed", "energy", "power") and any(
        _near(a.base, value * factor) or _near(round(a.base / factor, 6), value) or _is_rounded(a, value, factor)
        for a in text.wholes_of(dimension)
    ):
        return SAYS
    money = [a.value for code in units.CURRENCIES & text.bases.keys() for a in text.bases[code]]
    if any(_near(100 * m, value) for m in money):
        if dimension == "cents":
            return SAYS
        # 1250 for 12.50 may be in cents; 1200 for 12 euros is rather another price
        return CANNOT_TELL if not dimension and any(m != int(m) for m in money) else DOES_NOT
    # 68 °F are 20 °C
    celsius = [(a.value - 32) / 1.8 for a in text.bases.get("fahrenheit", [])]
    fahrenheit = [a.value * 1.8 + 32 for a in text.bases.get("celsius", [])]
    degrees = celsius if dimension == "celsius" else fahrenheit if dimension == "fahrenheit" else []
    if any(_near(round(exact, digits), value) for exact in degrees for digits in (0, 1, 2)):
        return SAYS
    cents = [a.value / 100 for a in text.bases.get("cents", [])]
    if any(_near(c, value) for c in cents) and dimension in units.CURRENCIES:
        return SAYS
    if dimension:
        return DOES_NOT
    others = [(a.base, f) for kind, factors in _OTHER_UNITS.items() for a in text.bases.get(kind, []) for f in factors]
    is_other = any(_near(base, value * f) or _rounds_to(base / f, value) for base, f in others)
    return CANNOT_TELL if is_other or any(_near(c, value) for c in cents) else DOES_NOT


def _byte_counts(amount: Amount) -> tuple[float, ...]:
    """5 MB is 5,000,000 bytes, or 5,242,880."""
    binary = _BINARY.get(amount.factor)
    return (amount.base, amount.value * binary) if binary else (amount.base,)


def says_duration(text: Mentions, seconds: float) -> Answer:
    spans = text.bases.get("time", [])
    if any(_near(a.base, seconds) and not a.withdrawn for a in text.wholes_of("time")) or seconds in text.spans_back:
        return SAYS
    if not spans and standing_for.span_of_times(text) == seconds:
        return SAYS
    if (
        any(_near(a.base, seconds) for a in spans)
        or any(m.seconds == seconds for m in text.times)
        or (len(text.times) > 1 and not spans)
    ):
        return CANNOT_TELL
    return CANNOT_TELL if len(spans) > 1 and speaks_of_working_out(text) else DOES_NOT


def says_amount(text: Mentions, wanted: Amount, today: date | None = None) -> Answer:
    """A number with its unit: 2 t is 2,000 kg, and 49.99 USD is not 49.99 EUR."""
    best = DOES_NOT
    if wanted.dimension == "%" and any(_near(100 * share, wanted.value) for share in text.shares):
        return SAYS
    for amount in text.amounts:
        same = _near(amount.base, wanted.base) and amount.dimension == wanted.dimension
        if same and not amount.withdrawn:
            return SAYS
        bare = _near(amount.value, wanted.value) and (not amount.dimension or not wanted.dimension)
        if bare and not wanted.dimension and not amount.withdrawn:
            return SAYS
        if (
            amount.dimension == wanted.dimension == "bytes"
            and amount.value == wanted.value
            and _GIGS.search(text.in_digits[amount.start : amount.end])
        ):
            return SAYS
        bytes_alike = amount.dimension == wanted.dimension == "bytes" and set(_byte_counts(amount)) & set(
            _byte_counts(wanted)
        )
        best = CANNOT_TELL if same or bare or bytes_alike else best
    if wanted.dimension == "time" and any(_near(span, wanted.base) for span in text.spans_back):
        return SAYS
    if best is DOES_NOT and not wanted.dimension:
        return _says_as_amount(text, wanted.value, None, today)
    return CANNOT_TELL if best is DOES_NOT and is_worked_out(text, wanted.value) else best
