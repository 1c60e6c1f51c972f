"""What a string means where it is more than its letters: a day, a moment, a duration, an amount."""

import re
from datetime import date, datetime
from functools import lru_cache
from typing import NamedTuple

from agents.plan.values.compare import days, moments, quantities
from agents.plan.values.language import units
from agents.plan.values.language.spelling import tokens
from agents.plan.values.reading.amounts import Amount
from agents.plan.values.reading.calendar.calendar_names import Period
from agents.plan.values.reading.calendar.day import Day
from agents.plan.values.reading.clock import HOUR, MINUTE
from agents.plan.values.reading.mentions import Mentions, read

_HOURS_OF_DAY = re.compile(r"(\d{1,2})(?::([0-5]\d))? ?([ap])\.?m\.?")
_MAIL_DATE = re.compile(
    r"[A-Z][a-z]{2,8}\.?,? \d{1,2} [A-Z][a-z]{2,8} \d{4}|[A-Z][a-z]{2,8},? [A-Z][a-z]{2,8} \d{1,2},? \d{4}"
)
_SPAN = re.compile(
    r"(?:(\d+) ?h(?:ours?|rs?)?)?,? ?(?:(\d+) ?m(?:in(?:utes?|s)?)?)?,? ?(?:(\d+) ?s(?:ec(?:onds?|s)?)?)?"
)


class TimeOfDay(NamedTuple):
    seconds: int


class Duration(NamedTuple):
    seconds: float


Meaning = datetime | date | TimeOfDay | Day | Period | Duration | Amount | None


_INTERVAL = re.compile(r"(\d[\d:TZ+.-]{3,24}?) ?(?:-|–|/|to) ?(\d[\d:TZ+.-]{3,24})")


@lru_cache(maxsize=2048)
def ends_of(value: str) -> tuple[str, str] | None:
    """
    >>> ends_of("13:00-15:00"), ends_of("2026-05-01/2026-05-03"), ends_of("2026-05-01")
    (('13:00', '15:00'), ('2026-05-01', '2026-05-03'), None)
    """
    match = _INTERVAL.fullmatch(value)
    if not match:
        return None
    first, last = meaning_of(match[1]), meaning_of(match[2])
    return (match[1], match[2]) if isinstance(first, TimeOfDay | date) and type(first) is type(last) else None


@lru_cache(maxsize=8192)
def meaning_of(value: str) -> Meaning:
    """
    >>> meaning_of("2026-05"), meaning_of("P90D"), meaning_of("RB-40817")
    (Day(year=2026, month=5, day=None), Duration(seconds=7776000.0), None)
    """
    value = value.strip()
    if len(value) > 40 or "*" in value or not any(map(str.isdigit, value)):
        return None
    try:
        if moments.MOMENT.fullmatch(value):
            return datetime.fromisoformat(value)
        if days.DATE.fullmatch(value):
            return date.fromisoformat(value)
    except ValueError:
        return None
    if (clock := moments.TIME.fullmatch(value)) and (clock[2] or clock[3]):
        return TimeOfDay(int(clock[1]) * HOUR + int(clock[2]) * MINUTE + int(clock[3] or 0))
    if (month := days.MONTH.fullmatch(value)) and 1 <= int(month[2]) <= 12 and month[1] >= "1000":
        return Day(int(month[1]), int(month[2]), None)
    if spoken := _HOURS_OF_DAY.fullmatch(value.lower()):
        return TimeOfDay(
            int(spoken[1]) % 12 * HOUR + int(spoken[2] or 0) * MINUTE + (12 * HOUR if spoken[3] == "p" else 0)
        )
    if (span := _SPAN.fullmatch(value.lower())) and (span[1] and (span[2] or span[3])):
        return Duration(float(int(span[1]) * HOUR + int(span[2] or 0) * MINUTE + int(span[3] or 0)))
    if period := days.period_of(value):
        return period
    if (seconds := units.duration_of(value)) is not None:
        return Duration(seconds)
    # written as people write: 19 May 2026, 49.99 USD
    mentions = read(value)
    if (
        (is_single(mentions, "date") or _MAIL_DATE.fullmatch(value))
        and len(mentions.dates) == 1
        and len(mentions.dates[0].readings) == 1
    ):
        year, month_number, day = mentions.dates[0].readings[0]
        if year and day:
            return date(year, month_number, day)
    is_amount = is_single(mentions, "amount") and not quantities.LONG_NUMBER.search(value)
    return mentions.amounts[0] if is_amount else None


def is_single(mentions: Mentions, kind: str) -> bool:
    """Whether the whole text is one date or one amount, and nothing else."""
    spans = {(m.start, m.end) for m in (mentions.dates if kind == "date" else mentions.amounts)}
    if len(spans) != 1:
        return False
    start, end = spans.pop()
    rest = (mentions.in_digits[:start] + mentions.in_digits[end:]).strip()
    money = kind == "amount" and mentions.amounts[0].dimension in units.CURRENCIES
    return not tokens(rest) or (money and units.UNITS.get(rest, ("",))[0] in units.CURRENCIES)
