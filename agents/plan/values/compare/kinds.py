"""Which values of the same kind as another a text has: beside them that one may be for something else."""

import re
from functools import lru_cache

from agents.plan.values.language.spelling import shape_of
from agents.plan.values.reading.mentions import Mentions

_FROM_AND_TO = re.compile(
    r"\b(?:from|leaving|von|ab|depuis|desde|da|van|de)\b.*\b(?:to|into|for|nach|a|vers|hasta|para|naar|auf|in)\b"
    r"|\b(?:to|into|nach|naar|para)\b.*\b(?:from|von|van|desde)\b"
    r"|\b(?:convert|swap|replac|exchang|redirect|translat|switch|chang)\w*\b.*\b(?:to|for|with|by|into)\b"
)
_CLOCK = re.compile(r"\d\d?:\d\d")
_NAMES = re.compile(r"[^\W\d_a-z][\w'-]+(?: [^\W\d_a-z][\w'-]+)*")
_PHONE = re.compile(r"(?<![\w.])\+?\(?\d[\d ()/.-]{5,}\d(?!\w)")
_NUMERIC = re.compile(r"\d[\d:/.T -]*$")
_FILE = re.compile(r"\.[a-z]\w{1,4}$")


def is_name(value: str | int | float) -> bool:
    return isinstance(value, str) and re.sub(r"[ .'-]", "", value).isalpha() and not value.islower()


def is_dated(value: str) -> bool:
    """Whether it is a date, a time or another value in digits, which the readers take back themselves."""
    return _NUMERIC.match(value) is not None


def has_several_of(text: Mentions, value: str | int | float) -> bool:
    """Whether two values of the same kind and more stand in this text, which is one utterance."""
    if len(text.text) > 400 or "\n" in text.text:
        return False  # in a talk of several turns a value may be said once more elsewhere
    if isinstance(value, str) and value.replace(" ", "").isalpha():
        return _FROM_AND_TO.search(text.folded) is not None
    return count_of_kind(text, value) > 1


def holds_kind_of(text: Mentions, value: str | int | float) -> bool:
    """Whether a value of the same kind stands here: a day, a time of day, an address, a name or a number."""
    if isinstance(value, str) and value.replace(" ", "").isalpha():
        return value.islower() or len(value) < 4 or re.search(r"[A-Z]", text.text) is not None
    return count_of_kind(text, value) > 0


def count_of_kind(text: Mentions, value: str | int | float) -> int:
    if not isinstance(value, str):
        return len(text.amounts)
    if "@" in value:
        return len(text.emails)
    if value[:1] == "+":
        return len(_PHONE.findall(text.folded))
    if "/" in value or _FILE.search(value):
        return sum("/" in word or _FILE.search(word) is not None for word in text.folded.split())
    if is_name(value):
        return len(_NAMES.findall(text.text))
    if not _NUMERIC.match(value):  # an id, by where it has letters and digits
        return len(set(pattern_of_shape(value).findall(text.folded)))
    if _CLOCK.match(value):
        return len(text.times)
    return len(text.dates) + len(text.bare_days) + len(text.weekdays) + len(text.relative_days)


@lru_cache(maxsize=4096)
def pattern_of_shape(value: str) -> re.Pattern[str]:
    """What has letters and digits where this has them: LH 455 is like AB 123."""
    shape = "".join({"a": "[a-z]", "0": r"\d", " ": "[ -]?"}.get(mark) or re.escape(mark) for mark in shape_of(value))
    return re.compile(rf"(?<![\w-]){shape}(?![\w-])")


def names_day_of(text: Mentions, value: str | int | float) -> bool:
    """Whether a date's day stands here, if its month or its year does not: not the 4th of May but the 5th."""
    if not isinstance(value, str) or not (match := re.match(r"\d{4}-(\d\d)-(\d\d)", value)):
        return False
    month, day = int(match[1]), int(match[2])
    return day in text.bare_days or any((reading.month, reading.day) == (month, day) for reading in text.days)
