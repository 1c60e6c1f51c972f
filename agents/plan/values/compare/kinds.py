"""Which values of the same kind as another a text has: beside them that one may be for something else."""

import re
from functools import lru_cache

from agents.plan.values.compare import addresses
from agents.plan.values.language import units
from agents.plan.values.language.spelling import fold, shape_of
from agents.plan.values.language.vocabulary import months, weekdays
from agents.plan.values.reading.mentions import Mentions

_FROM_AND_TO = re.compile(
    r"\b(?:from|leaving|von|ab|depuis|desde|da|van|de)\b.*\b(?:to|into|for|nach|a|vers|hasta|para|naar|auf|in)\b"
    r"|\b(?:to|into|nach|naar|para)\b.*\b(?:from|von|van|desde)\b"
    r"|\b(?:convert|swap|replac|exchang|redirect|translat|switch|chang)\w*\b.*\b(?:to|for|with|by|into)\b"
)
_MOMENT = re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d")
_CLOCK = re.compile(r"\d\d?:\d\d")
_NO_NAMES = {"i", "i'm", "i'd", "i'll", "i've", "ok", *months(), *weekdays()}
_NAMES = re.compile(r"[^\W\d_a-z][\w'-]+(?: [^\W\d_a-z][\w'-]+)*")
_NUMERIC = re.compile(r"\d[\d:/.TZ+ -]*$")
_VERSION = re.compile(r"(?<![\w.:/-])v?\d{1,3}(?:\.\d{1,3}){0,3}(?![\w:/-]|\.\d)")
_HASH = re.compile(r"\b(?=[a-f]*\d)(?=\d*[a-f])[0-9a-f]{7,40}\b")
_FILE = re.compile(r"\.[a-z]\w{1,4}$")


def is_name(value: str | int | float) -> bool:
    return isinstance(value, str) and re.sub(r"[ .'-]", "", value).isalpha() and not value.islower()


def is_dated(value: str) -> bool:
    """Whether it is a date, a time or another value in digits, which the readers take back themselves."""
    return _NUMERIC.match(value) is not None


_LABELS_OF_NOUNS = re.compile(
    r"\b(?:de[rnms]|die|das|eine?[mnrs]?|im|am|zum|zur|beim?|mein\w*|dein\w*|sein\w*|ihr\w*|unser\w*|kein\w*"
    r"|dies\w+) $",
    re.I,
)


def count_of_names(text: Mentions, name: str) -> int:
    """How many other names stand here, as far as capitals tell: not what begins a sentence, or has an article."""
    count = 0
    for match in _NAMES.finditer(text.text):
        begins = match.start() == 0 or text.text[: match.start()].rstrip()[-1:] in (".", "!", "?", "")
        is_noun = begins or _LABELS_OF_NOUNS.search(text.text, 0, match.start())
        words_of_name = set(fold(match[0]).split(" "))
        count += not is_noun and words_of_name.isdisjoint(fold(name).split(" ")) and words_of_name.isdisjoint(_NO_NAMES)
    return count


def has_several_of(text: Mentions, value: str | int | float) -> bool:
    """Whether two values of the same kind and more stand in this text, which is one utterance."""
    if len(text.text) > 400 or "\n" in text.text:
        return False  # in a talk of several turns a value may be said once more elsewhere
    if isinstance(value, str) and value.replace(" ", "").isalpha():
        return _FROM_AND_TO.search(text.folded) is not None
    if isinstance(value, str) and clock_of(text, value) and place_in_range(text, value, "", 1.0) is not None:
        return True  # on the 16th from 9:30 to 11
    return count_of_kind(text, value) > 1


def clock_of(text: Mentions, value: str) -> str:
    """The time of a moment where the text has one day and several times, else nothing."""
    if not _MOMENT.match(value) or len(text.times) < 2:
        return ""
    return value[11:16] if len(text.dates) + len(text.weekdays) + len(text.relative_days) == 1 else ""


def holds_kind_of(text: Mentions, value: str | int | float, dimension: str | None = None) -> bool:
    """Whether a value of the same kind stands here: a day, a time of day, an address, a name or a number.

    With a `dimension` only a number in it, or without a unit.
    """
    if dimension is not None and not isinstance(value, str):
        return any(amount.dimension in ("", dimension) for amount in text.amounts)
    if isinstance(value, str) and value.replace(" ", "").isalpha():
        return value.islower() or len(value) < 4 or re.search(r"[A-Z]", text.text) is not None
    return count_of_kind(text, value) > 0


def count_of_kind(text: Mentions, value: str | int | float) -> int:
    if not isinstance(value, str):
        return len(text.amounts)
    if "@" in value:
        return len(text.emails)
    if value[:1] == "+":
        return len(addresses.PHONES.findall(text.folded))
    if "/" in value or _FILE.search(value):
        others = text.folded.replace(fold(value), "/")  # which may have blanks in it
        return sum("/" in word or _FILE.search(word) is not None for word in others.split())
    if is_name(value):
        return len(_NAMES.findall(text.text))
    if _VERSION.fullmatch(value):
        return sum(("." in number) is ("." in value) for number in {*_VERSION.findall(text.in_digits)})
    if _HASH.fullmatch(value):
        return len({*_HASH.findall(text.folded)})
    if not _NUMERIC.match(value):  # an id, by where it has letters and digits
        return len(set(pattern_of_shape(value).findall(text.folded)))
    if _CLOCK.match(value):
        return len(text.times)
    return len(text.dates) + len(text.bare_days) + len(text.weekdays) + len(text.relative_days)


Place = tuple[int, int, float]
"""Where a value stands in the text in digits, and what it is, so that two of them can be told apart."""


def places_of_kind(text: Mentions, value: str | int | float, dimension: str) -> list[Place]:
    """The days, times or amounts of the text that could be taken for the value, in order; of other kinds none."""
    if not isinstance(value, str):
        own = {round(value, 9)}
        wholes = text.wholes_of(dimension)
        if "1" not in text.words and "one" not in text.words:  # of "3 times a day" the day is none
            wholes = [amount for amount in wholes if amount.value != 1]
        return sorted((a.start, a.end, a.base) for a in wholes if not a.withdrawn and (dimension or a.value in own))
    if _CLOCK.match(value):
        return [(time.start, time.end, time.seconds % 43200) for time in text.times if not time.withdrawn]
    if re.match(r"\d{4}-\d\d-\d\d", value):
        named = [m for m in text.dates if not m.withdrawn and len(m.readings) == 1]
        return [(m.start, m.end, 100.0 * m.readings[0].month + (m.readings[0].day or 0)) for m in named]
    return []


def is_alone_in_unit(text: Mentions, value: float, dimension: str, factor: float) -> bool:
    """Whether it alone stands with its schema's unit, beside numbers without one: 3 times, 5 seconds apart."""
    own = [(round(amount.value, 9), amount.factor) for amount in text.bases.get(dimension, ()) if dimension]
    is_priced = dimension in units.CURRENCIES  # whose unit may be said once: 1,200 euros and 300
    return own == [(round(value, 9), factor)] and not is_priced and "" in text.bases


def is_at(place: Place, value: str | int | float, factor: float) -> bool:
    """Whether the value stands there."""
    if not isinstance(value, str):
        return abs(place[2] - value * factor) < 1e-6
    if _CLOCK.match(value):
        hour, minute = value.split(":")[:2]
        return place[2] == (int(hour) * 3600 + int(minute) * 60) % 43200
    return place[2] == 100 * int(value[5:7]) + int(value[8:10])


_BETWEEN = re.compile(r"\b(?:between|zwischen|entre|tra|fra|tussen) (?:the |den |le |el |il )?$")
_TO = re.compile(
    r"(?: ?(?:heures?|uhr|horas?|ore|uur|h|o'clock)\b)? ?(?:-|to|until|till|through|thru|bis|au|a|al|alle|as|hasta"
    r"|ate|tot|t/m|or|and|und|et|y|e|en) ?(?:the |den |le |el |il |las |la |les |zum )?"
)
_LASTING_TO = re.compile(r"\b(?:until|till?|to|bis|jusqu'[ao]u?|hasta|fino|ate|tot|do|ends?|ending|finish\w*|endet)\b")


def place_in_range(text: Mentions, value: str | int | float, dimension: str, factor: float) -> int | None:
    """0 where the value begins a range of two, 1 where it ends it, None without one."""
    value = clock_of(text, value) or value if isinstance(value, str) else value
    places = places_of_kind(text, value, dimension)
    if len(places) != 2 or places[0][2] == places[1][2]:
        return None
    first, last = places
    between = text.in_digits[first[1] : last[0]] if first[1] <= last[0] else "-"  # 3-9 August is one place
    is_open = _BETWEEN.search(text.in_digits, 0, first[0]) is not None
    # from ten in the evening on the 3rd until six the next morning
    if isinstance(value, str) and "T" in value and len(between) < 50 and _LASTING_TO.search(between):
        return next((n for n, place in enumerate(places) if is_at(place, value, factor)), None)
    if not _TO.fullmatch(between) or (
        between.strip().split(" ")[0] in ("or", "and", "und", "et", "y", "e", "en") and not is_open
    ):
        return None
    return next((n for n, place in enumerate(places) if is_at(place, value, factor)), None)


@lru_cache(maxsize=4096)
def pattern_of_shape(value: str) -> re.Pattern[str]:
    """What has letters and digits where this has them: LH 455 is like AB 123."""
    shape = "".join({"a": "[a-z]", "0": r"\d", " ": "[ -]?"}.get(mark) or re.escape(mark) for mark in shape_of(value))
    shape = re.sub(r"(?:\[a-z\]){3,}", "[a-z]{2,}", shape)  # us-east-1 is like eu-central-1
    return re.compile(rf"(?<![\w-]){shape}(?![\w-])")


def names_day_of(text: Mentions, value: str | int | float) -> bool:
    """Whether a date's day stands here, if its month or its year does not: not the 4th of May but the 5th."""
    if not isinstance(value, str) or not (match := re.match(r"\d{4}-(\d\d)-(\d\d)", value)):
        return False
    month, day = int(match[1]), int(match[2])
    return day in text.bare_days or any((reading.month, reading.day) == (month, day) for reading in text.days)
