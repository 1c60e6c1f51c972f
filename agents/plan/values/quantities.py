"""Whether a text says a number, an amount or a duration, in whatever unit."""

import re
from functools import lru_cache

from agents.plan.values import units
from agents.plan.values import vocabulary as words
from agents.plan.values.amounts import Amount
from agents.plan.values.answer import Answer
from agents.plan.values.mentions import Mentions
from agents.schema import Schema

SAYS, DOES_NOT, CANNOT_TELL = Answer.SAYS, Answer.DOES_NOT, Answer.CANNOT_TELL
DURATION = re.compile(
    r"P(?:(\d+(?:\.\d+)?)Y)?(?:(\d+(?:\.\d+)?)M)?(?:(\d+(?:\.\d+)?)W)?(?:(\d+(?:\.\d+)?)D)?"
    r"(?:T(?:(\d+(?:\.\d+)?)H)?(?:(\d+(?:\.\d+)?)M)?(?:(\d+(?:\.\d+)?)S)?)?"
)
_FACTORS = (units.YEAR, units.MONTH, 604800.0, 86400.0, 3600.0, 60.0, 1.0)
_TIME_FACTORS = (0.001, *_FACTORS)
_UNIT_OF_SCHEMA = (
    (r"\b(?:unix|epoch)\b", ("epoch", 1.0)),
    (r"smallest (?:currency )?unit|minor units?|\bin cents\b|\bcents\b", ("cents", 1.0)),
    (r"milliseconds?\b|\bms\b|millis\b", ("time", 0.001)),
    (r"\bseconds?\b|\bsecs?\b|\(s\)", ("time", 1.0)),
    (r"\bminutes?\b|\bmins?\b", ("time", 60.0)),
    (r"\bhours?\b", ("time", 3600.0)),
    (r"\bdays?\b", ("time", 86400.0)),
    (r"\bweeks?\b", ("time", 604800.0)),
    (r"\bmonths?\b", ("time", units.MONTH)),
    (r"\byears?\b", ("time", units.YEAR)),
    (r"\bbytes?\b", ("bytes", 1.0)),
    (r"\bkilobytes?\b|\bkb\b", ("bytes", 1e3)),
    (r"\bmegabytes?\b|\bmb\b", ("bytes", 1e6)),
    (r"\bgigabytes?\b|\bgb\b", ("bytes", 1e9)),
    (r"\bkilograms?\b|\bkg\b|\bkilos?\b", ("mass", 1e3)),
    (r"\bgrams?\b|\bin g\b", ("mass", 1.0)),
    (r"\btonnes?\b", ("mass", 1e6)),
    (r"\bkilomet(?:er|re)s?\b|\bkm\b", ("length", 1e3)),
    (r"\bmillimet(?:er|re)s?\b|\bmm\b", ("length", 1e-3)),
    (r"\bcentimet(?:er|re)s?\b|\bcm\b", ("length", 1e-2)),
    (r"\bmet(?:er|re)s?\b|\bin m\b", ("length", 1.0)),
    (r"\bmillilit(?:er|re)s?\b|\bml\b", ("volume", 1e-3)),
    (r"\blit(?:er|re)s?\b", ("volume", 1.0)),
    (r"\bpercent(?:age)?\b|%", ("%", 1.0)),
    (r"\bfraction\b|between 0 and 1\b|\b0(?:\.0)?[ -]+(?:to )?1(?:\.0)?\b", ("share", 1.0)),
)
_UNIT_PATTERNS = tuple((re.compile(pattern), unit) for pattern, unit in _UNIT_OF_SCHEMA)
_ONE = re.compile(
    r"\b(?:eins|first|single)\b|(?<!the )(?<!this )(?<!that )(?<!which )(?<!new )(?<!no )(?<!other )(?<!every )\bone"
    r" (?!of|that|who|which|is|was|to|and|or|in)[a-z]"
)
_ONE_MORE = re.compile(
    r"\b(?:1|one) (?:more|extra|less|fewer)|\banother\b|\badditional\b|\bplus (?:1|one)\b|\bnoch (?:ein|1)"
    r"|\b(?:un|1) de plus|\b(?:uno|una|1) mas\b|\bin piu\b|\bnext\b"
)
_WORKING_OUT = re.compile(
    r"\b(?:total\w*|sum|sums|average|averag\w+|mean|altogether|together|left|remain\w*|difference|each|per|times"
    r"|twice|double\w*|half|triple"
    r"|discount|rounded?|ratio|how many|how much|more|less|fewer|extra|longer|shorter|another|increase\w*"
    r"|decrease\w*|add\w*|minus|plus"
    r"|durchschnitt\w*|mittel\w*|summe|insgesamt|gesamt\w*|zusammen|ubrig|jeweils|pro|mal|doppelt|halfte|mehr"
    r"|weniger|je|differenz"
    r"|somme|moyenne|chacune?|reste|ensemble|suma|promedio|cada|resto|media|somma|totale|ciascun\w|soma|gemiddeld\w*"
    r"|totaal|samen|elk)\b"
)


def unit_of_schema(schema: Schema | None) -> tuple[str, float]:
    """Dimension and factor of the unit that a schema's title or description names; ("", 1.0) where none or several."""
    if not schema:
        return "", 1.0
    description = f"{schema.get('title') or ''} {schema.get('description') or ''}"
    return _unit_named(description.lower().replace("_", " ")) if description != " " else ("", 1.0)


@lru_cache(maxsize=2048)
def _unit_named(description: str) -> tuple[str, float]:
    if re.search(r"\b(?:unix|epoch)\b", description):
        return "epoch", 1.0
    said = re.search(r"\bin (?:the )?(?:whole |full )?([\w ]+)", description)
    # `in minutes` is surest; what stands in brackets, as an example or as the default may be in another unit
    for part in (said[1] if said else "", re.sub(r"\(.*?\)|e\.g\..*|default.*", "", description), description):
        units = [unit for pattern, unit in _UNIT_PATTERNS if part and pattern.search(part)]
        if units and ({dimension for dimension, _ in units} == {units[0][0]} or units[0][0] == "cents"):
            return (
                units[0]
                if part == (said[1] if said else "") or len(units) == 1 or units[0][0] == "cents"
                else ("", 1.0)
            )
    return "", 1.0


def says_number(text: Mentions, value: float, schema: Schema | None) -> Answer:
    dimension, factor = unit_of_schema(schema)
    best = DOES_NOT
    for amount in text.by_value.get(round(value, 9), ()):
        answer = _same_unit(amount, dimension, factor)
        if dimension and not amount.dimension and dimension in text.bases and answer is SAYS:
            answer = CANNOT_TELL  # five attempts, where half an hour was said in the schema's kind of unit
        if answer is SAYS and not amount.withdrawn and not _is_article(text, value):
            return SAYS
        best = CANNOT_TELL if answer is not DOES_NOT or amount.withdrawn else best
    if best is DOES_NOT:
        best = _converted(text, value, dimension, factor)
    if best is DOES_NOT and not dimension and value in text.years:
        return SAYS
    if best is DOES_NOT and (any(value == a.other for a in text.amounts) or _in_date_or_id(text, value)):
        return CANNOT_TELL
    if best is DOES_NOT and ((value == 1 and not words.ARTICLES.isdisjoint(text.words)) or _is_worked_out(text, value)):
        return CANNOT_TELL
    return best


def _same_unit(amount: Amount, dimension: str, factor: float) -> Answer:
    if not dimension or not amount.dimension:
        return SAYS
    if dimension == "cents":
        return DOES_NOT if amount.dimension in units.CURRENCIES else SAYS
    if dimension == "share":
        return DOES_NOT if amount.dimension == "%" else SAYS
    if dimension == amount.dimension:
        return SAYS if abs(amount.factor - factor) < 1e-9 * factor else DOES_NOT
    return CANNOT_TELL


def _is_article(text: Mentions, value: float) -> bool:
    """Whether "one" or "a" is all that stands for a 1."""
    return value == 1 and "1" not in text.words and not _ONE.search(text.folded)


def _near(left: float, right: float) -> bool:
    return abs(left - right) <= 1e-9 * max(abs(left), abs(right), 1e-9)


def _rounds_to(exact: float, value: float) -> bool:
    digits = len(repr(value).partition(".")[2])
    return "e" not in repr(value) and digits >= 2 and abs(round(exact, digits) - value) < 10**-digits / 2


def _converted(text: Mentions, value: float, dimension: str, factor: float) -> Answer:
    """Percent and fraction, seconds and days, euros and cents, bytes; other units where the schema names its own."""
    percents = [a.value for a in text.bases.get("%", [])]
    if any(_near(p / 100, value) for p in percents) and dimension in ("", "share"):
        return SAYS
    if dimension in ("", "share", "%") and any(
        _near(s, value) or _rounds_to(s, value) or _near(100 * s, value) for s in text.shares
    ):
        return SAYS
    if dimension in ("", "time") and value > 0:
        factors = (factor,) if dimension else _TIME_FACTORS
        spans = text.bases.get("time", [])
        if any(_near(a.base, value * f) and not a.withdrawn for a in spans for f in factors):
            return SAYS
        if any(_near(a.value * rounded, value * f) for a in spans for rounded in _rounded(a) for f in factors):
            return CANNOT_TELL
    counts = {value * factor, value * _BINARY.get(factor, factor)}
    if dimension in ("", "bytes") and any(
        _near(base, count) for a in text.bases.get("bytes", []) for base in _byte_counts(a) for count in counts
    ):
        return SAYS
    if dimension in ("mass", "length", "volume") and any(
        _near(a.base, value * factor) for a in text.bases.get(dimension, [])
    ):
        return SAYS
    money = [a.value for code in units.CURRENCIES & text.bases.keys() for a in text.bases[code]]
    if any(_near(100 * m, value) for m in money):
        if dimension == "cents":
            return SAYS
        # 1250 for 12.50 may be in cents; 1200 for 12 euros is rather another price
        return CANNOT_TELL if not dimension and _has_cents(money) else DOES_NOT
    if any(_near(a.value / 100, value) for a in text.bases.get("cents", [])) and not dimension:
        return CANNOT_TELL
    return CANNOT_TELL if not dimension and _is_other_unit(text, value) else DOES_NOT


def _rounded(amount: Amount) -> tuple[float, ...]:
    """Seconds of a month of 30 days and of a year of 365, which people mean too."""
    return {units.MONTH: (30 * 86400.0, 31 * 86400.0), units.YEAR: (365 * 86400.0, 366 * 86400.0)}.get(
        amount.factor, ()
    )


def _has_cents(money: list[float]) -> bool:
    return any(m != int(m) for m in money)


_BINARY = {1e3: 1024.0, 1e6: 1024.0**2, 1e9: 1024.0**3, 1e12: 1024.0**4}


def _byte_counts(amount: Amount) -> tuple[float, ...]:
    """5 MB is 5,000,000 bytes, or 5,242,880."""
    binary = _BINARY.get(amount.factor)
    return (amount.base, amount.value * binary) if binary else (amount.base,)


def _is_other_unit(text: Mentions, value: float) -> bool:
    for dimension, factors in (
        ("mass", (1.0, 1e3, 1e6, 453.59237)),
        ("length", (1e-3, 1e-2, 1.0, 1e3, 1609.344, 0.3048)),
    ):
        for amount in text.bases.get(dimension, []):
            if any(_near(amount.base, value * f) or _rounds_to(amount.base / f, value) for f in factors):
                return True
    return False


def _in_date_or_id(text: Mentions, value: float) -> bool:
    """A number that stands in a date, a time or an id: its day, its hour, its last digits."""
    return value == int(value) and str(int(value)) in text.parts_of_names


def _is_worked_out(text: Mentions, value: float) -> bool:
    """A sum, a difference, a product, a quotient or a mean of numbers that were said.

    By chance many small numbers are: below 100 that counts only where the text speaks of working something out.
    """
    if len(text.amounts) < 2 and not text.shares:
        return False
    if value == int(value) and abs(value) < 100 and not _speaks_of_working_out(text):
        return False
    written = repr(value)
    digits = len(written.partition(".")[2]) if "." in written and "e" not in written and value != int(value) else 6
    return round(value, digits) in _results(text, digits)


@lru_cache(maxsize=4096)
def _speaks_of_working_out(text: Mentions) -> bool:
    return _WORKING_OUT.search(text.in_digits) is not None


@lru_cache(maxsize=512)
def _results(text: Mentions, digits: int) -> frozenset[float]:
    """What the first sixty numbers of a text may be worked out to; one more or less only where that is said."""
    # pairs grow with the square: of sixty numbers there are 1,770
    numbers = list(dict.fromkeys(a.value for a in text.amounts if not a.withdrawn))[:60]
    rows = [a.value for a in text.amounts if not a.withdrawn][:60]
    speaks, counts_on = _speaks_of_working_out(text), _ONE_MORE.search(text.in_digits) is not None
    results: set[float] = set()
    for start in range(len(rows)):
        total = 0.0
        for count, number in enumerate(rows[start : start + 30], 1):
            total += number
            results |= {total, total / count} if count > 1 and (counts_on or abs(number) > 1 or count > 2) else set()
    for place, left in enumerate(numbers):
        for right in numbers[:place]:
            if counts_on or min(abs(left), abs(right)) > 1:
                results |= {left - right, right - left, left + right}
            tens = {left, right} & {1.0, 10.0, 100.0, 1000.0, 0.1, 0.01}
            if speaks or not tens:  # 6,850 is no tenth of 68,500 only because a 10 stands somewhere
                results |= {left * right, left / right if right else 0.0, right / left if left else 0.0}
                results |= {left * right / 100, left * (1 - right / 100), right * (1 - left / 100)}
    # a number that was said itself has been compared with its unit, which this must not undo
    return frozenset(round(result, digits) for result in results) - {round(number, digits) for number in numbers}


def duration_of(value: str) -> float | None:
    """Seconds of an ISO 8601 duration; None where it is none."""
    match = DURATION.fullmatch(value)
    if not match or not any(match.groups()):
        return None
    return sum(float(part) * factor for part, factor in zip(match.groups(), _FACTORS, strict=True) if part)


def says_duration(text: Mentions, seconds: float) -> Answer:
    spans = text.bases.get("time", [])
    # of `1 hour 30 minutes` neither part is what was meant
    wholes = [a for a in spans if not any(b.start <= a.start and a.end <= b.end and b != a for b in spans)]
    if any(_near(a.base, seconds) and not a.withdrawn for a in wholes):
        return SAYS
    if (
        any(_near(a.base, seconds) for a in spans)
        or any(m.seconds == seconds for m in text.times)
        or (len(text.times) > 1 and not spans)
    ):
        return CANNOT_TELL
    return CANNOT_TELL if len(spans) > 1 and _speaks_of_working_out(text) else DOES_NOT


def says_amount(text: Mentions, wanted: Amount) -> Answer:
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
        bytes_alike = amount.dimension == wanted.dimension == "bytes" and set(_byte_counts(amount)) & set(
            _byte_counts(wanted)
        )
        best = CANNOT_TELL if same or bare or bytes_alike else best
    if best is DOES_NOT and not wanted.dimension:
        return says_number(text, wanted.value, None)
    return CANNOT_TELL if best is DOES_NOT and _is_worked_out(text, wanted.value) else best
