"""Whether a text says a day, a time of day, or a moment."""

import re
from datetime import UTC, date, datetime, timedelta, timezone
from functools import lru_cache
from zoneinfo import ZoneInfo

from agents.plan.values.answer import Answer
from agents.plan.values.clock import DAY, HOUR
from agents.plan.values.dates import Day, Period, shift
from agents.plan.values.mentions import Mentions, nearest_year

SAYS, DOES_NOT, CANNOT_TELL = Answer.SAYS, Answer.DOES_NOT, Answer.CANNOT_TELL
DATE = re.compile(r"\d{4}-\d\d-\d\d")
MOMENT = re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d(?::\d\d(?:\.\d+)?)? ?(?:Z|[+-]\d\d:?\d\d)?")
# 24:00 is the end of a day in ISO 8601
TIME = re.compile(r"([01]?\d|2[0-4]):([0-5]\d)(?::([0-5]\d)(?:\.\d+)?)?(Z|[+-]\d\d:?\d\d)?")
MONTH = re.compile(r"(\d{4})-(\d\d)")
PERIOD = re.compile(r"(?:(\d{4})[ -/]?([QW])(\d{1,2})|([QW])(\d{1,2})[ -/]?(\d{4})|(Q)([1-4]))", re.IGNORECASE)
_DAY_PARTS = {
    "morning morgens vormittag vormittags fruh matin matinee manana mattina mattino manha ochtend ochtends": (5, 12),
    "noon midday mittag mittags midi lunchtime lunch": (11, 14),
    "afternoon nachmittag nachmittags apres midi tarde pomeriggio middag middags": (12, 19),
    "evening tonight abend abends soir soiree noche sera noite avond avonds night nacht nuit notte": (17, 24),
}
_PART_OF_WORD = {word: hours for names, hours in _DAY_PARTS.items() for word in names.split()}


def says_day(text: Mentions, day: date, today: date | None) -> Answer:
    mentions = text.days.get(Day(day.year, day.month, day.day), [])
    fits = [m for m in mentions if len(m.readings) == 1 and m.weekday in (None, day.weekday()) and not m.withdrawn]
    if fits:
        return SAYS
    partial = [m for m in text.days.get(Day(None, day.month, day.day), []) if m.weekday in (None, day.weekday())]
    if mentions:
        return SAYS if partial and not any(m.withdrawn for m in mentions) else CANNOT_TELL
    if partial:
        return _year_of(text, day, today) if any(not m.withdrawn for m in partial) else CANNOT_TELL
    relative = _relative_day(text, day, today)
    if relative is not DOES_NOT or _is_edge(text, day) or _is_worked_out(text, day, today):
        return relative if relative is SAYS else CANNOT_TELL
    return CANNOT_TELL if day.day in text.bare_days else DOES_NOT


def _has_full_days(text: Mentions, today: date | None) -> bool:
    """Whether the text names a day in full besides today's own, which every system prompt tells."""
    own = Day(today.year, today.month, today.day) if today else None
    return any(reading.day and reading != own for reading in text.days)


def _year_of(text: Mentions, day: date, today: date | None) -> Answer:
    """The year that a day without one has: the nearest to today, else the only one of which the text speaks."""
    if today:
        return SAYS if nearest_year(day.month, day.day, today) == day.year else CANNOT_TELL
    return SAYS if text.years == {day.year} else CANNOT_TELL


def _relative_day(text: Mentions, day: date, today: date | None) -> Answer:
    """Tomorrow, next Tuesday, in ten weeks: decided where today is known."""
    if today is None:
        weekdays = {weekday for weekday, _ in text.weekdays}
        if weekdays and not _has_full_days(text, today):
            return CANNOT_TELL if day.weekday() in weekdays or text.relative_days else DOES_NOT
        told = text.relative_days or text.relative_spans or text.is_vague or day.weekday() in weekdays
        return CANNOT_TELL if told else DOES_NOT
    offset = (day - today).days
    if offset in text.relative_days:
        return SAYS
    if any(shift(today, count, unit) == day for count, unit in text.relative_spans):
        return SAYS
    for weekday, before in text.weekdays:
        if weekday == day.weekday():
            answer = _weekday_reading(offset, before, today)
            if not _has_full_days(text, today):
                return answer
            if answer is not DOES_NOT:  # beside another day in full it may still be meant
                return CANNOT_TELL
    # two months of 31 days: so far away `the end of next month` can be
    return CANNOT_TELL if text.is_vague and abs(offset) <= 62 else DOES_NOT


def _weekday_reading(offset: int, before: str, today: date) -> Answer:
    words = before.split()[-2:]
    if any(
        re.match(r"last|past|letzt|vorig|dernier|pasad|ultim|scors|passad|afgelopen|vorige", word) for word in words
    ):
        return SAYS if -7 <= offset < 0 else DOES_NOT
    coming = 0 < offset <= 7
    if any(re.match(r"next|nachst|prochain|proxim|prossim|volgend", word) for word in words):
        # on a Wednesday `next Friday` is in two days to some and in nine to others
        next_week = 7 - today.weekday() <= offset < 14 - today.weekday()
        return Answer.of(coming and next_week, rules_out=not coming and not next_week)
    return Answer.of(coming, rules_out=not -7 <= offset < 14)


def _is_edge(text: Mentions, day: date) -> bool:
    """First or last day (or the day after) of a month, quarter or year that the text names."""
    # of the first and the last day of all there is none before or after
    if not date.min < day < date.max:
        return False
    if day.day != 1 and (day + timedelta(days=1)).day != 1:
        return _in_named_week(text, day)
    around = {(d.year, d.month) for d in (day, day - timedelta(days=1))}
    named = {(m.year, m.month) for m in text.days if m.day is None}
    quarters = {(p.year, p.number) for p in text.periods if p.kind == "Q"}
    edges_of_year = {(d.month, d.day) for d in (day,)} & {(1, 1), (12, 31)}
    return bool(
        around & named
        or any((year, (month + 2) // 3) in quarters for year, month in around)
        or (edges_of_year and any(p.kind == "Y" and p.number in (day.year, day.year - 1) for p in text.periods))
        or _in_named_week(text, day)
    )


def _in_named_week(text: Mentions, day: date) -> bool:
    year, week, _ = day.isocalendar()
    return any(p.kind == "W" and p.number == week and p.year in (None, year) for p in text.periods)


def _is_worked_out(text: Mentions, day: date, today: date | None) -> bool:
    """Ten weeks after a day that was said."""
    spans = text.spans_of_days
    if not spans:
        return False
    anchors = [date(m.year, m.month, m.day) for m in text.days if m.year and m.day]
    anchors += [today] if today else []
    return any(
        shift(anchor, sign * count, unit) == day for anchor in anchors for count, unit in spans for sign in (1, -1)
    )


def says_month(text: Mentions, year: int, month: int, today: date | None) -> Answer:
    if any(not m.withdrawn for m in text.days.get(Day(year, month, None), [])):
        return SAYS
    if any(m.month == month and m.year in (None, year) for m in text.days):
        return CANNOT_TELL
    return CANNOT_TELL if text.is_vague or (text.relative_days and today is None) else DOES_NOT


def says_period(text: Mentions, kind: str, number: int, year: int | None, today: date | None) -> Answer:
    same = [p for p in text.periods if p.kind == kind and p.number == number]
    if any(p.year == year or year is None for p in same):
        return SAYS
    if any(p.year is None for p in same):
        return SAYS if text.years == {year} else CANNOT_TELL
    return CANNOT_TELL if text.is_vague or (not any(p.kind == kind for p in text.periods) and text.days) else DOES_NOT


def says_time(text: Mentions, seconds: int) -> Answer:
    if any(m.seconds == seconds % DAY and not m.withdrawn for m in text.times):
        return SAYS
    if any(seconds % DAY in (m.seconds, m.other) for m in text.times):
        return CANNOT_TELL
    return CANNOT_TELL if _is_later(text, seconds) or _in_day_part(text, seconds) else DOES_NOT


def _is_later(text: Mentions, seconds: int) -> bool:
    """Some minutes or hours after or before a time that was said."""
    spans = [a.base for a in text.bases.get("time", []) if a.factor <= HOUR and a.base]
    times = [t for m in text.times for t in (m.seconds, m.other) if t is not None]
    return any((t + sign * span - seconds) % DAY == 0 for t in times for span in spans for sign in (1, -1))


def _in_day_part(text: Mentions, seconds: int) -> bool:
    """An hour of the morning where only "the morning" was said."""
    if text.times:
        return False
    hours = [_PART_OF_WORD[word] for word in text.words if word in _PART_OF_WORD]
    return any(low * HOUR <= seconds <= high * HOUR for low, high in hours)


def says_moment(text: Mentions, moment: datetime, today: date | None) -> Answer:
    """A date-time: the same day and time, or the same moment elsewhere where a zone was said."""
    seconds = moment.hour * HOUR + moment.minute * 60 + moment.second
    same_wall = says_day(text, moment.date(), today)
    answers = [_pair(text, moment, seconds, today)]
    if not text.times or DOES_NOT not in (same_wall, answers[0]):
        answers.append(_without_time(text, same_wall, seconds))
    if moment.tzinfo and text.zones:
        answers.append(_elsewhere(text, moment, today))
    return Answer.of(SAYS in answers, rules_out=CANNOT_TELL not in answers)


def _without_time(text: Mentions, same_day: Answer, seconds: int) -> Answer:
    """A day alone is its midnight; its last second may be meant."""
    if any(m.start <= m2.end + 40 and m2.start <= m.end + 40 for m in text.dates for m2 in text.times):
        return DOES_NOT
    if seconds == 0:
        return same_day
    open_end = seconds >= DAY - 60 or _in_day_part(text, seconds)
    return DOES_NOT if same_day is DOES_NOT or not open_end else CANNOT_TELL


def _pair(text: Mentions, moment: datetime, seconds: int, today: date | None) -> Answer:
    """Wall clock as said: the time stands with the day, in no other zone than the value's."""
    same_day, same_time = says_day(text, moment.date(), today), says_time(text, seconds)
    if DOES_NOT in (same_day, same_time):
        return DOES_NOT
    fitting = [(m, days) for m, days in text.day_of_time if m.seconds == seconds and not m.withdrawn]
    zone = _only_zone(text)
    in_zone = [(m, days) for m, days in fitting if _same_zone(m.zone if m.zone is not None else zone, moment)]
    if fitting and not in_zone:
        return (
            CANNOT_TELL if any(isinstance(m.zone, int) and _is_loose(m.zone, moment) for m, _ in fitting) else DOES_NOT
        )
    if CANNOT_TELL in (same_day, same_time):
        return CANNOT_TELL
    near = any(_is_day(day.readings, moment.date()) for _, days in in_zone for day in days)
    return SAYS if near or not text.dates or len(text.days) == 1 else CANNOT_TELL


def _is_day(readings: tuple[Day, ...], day: date) -> bool:
    return any((r.month, r.day) == (day.month, day.day) and r.year in (None, day.year) for r in readings)


def _only_zone(text: Mentions) -> str | int | None:
    zones = text.zones
    return next(iter(zones)) if len(zones) == 1 else None


def _same_zone(zone: str | int | None, moment: datetime) -> bool:
    return zone is None or moment.tzinfo is None or _offset(zone, moment) == moment.utcoffset()


def _is_loose(zone: int, moment: datetime) -> bool:
    """EST where summer time is meant: an hour beside an abbreviation of America."""
    offset = moment.utcoffset()
    return zone < 0 and offset is not None and abs(offset.total_seconds() - zone) == HOUR


@lru_cache(maxsize=256)
def _zone(zone: str | int) -> timezone | ZoneInfo:
    return ZoneInfo(zone) if isinstance(zone, str) else timezone(timedelta(seconds=zone))


def _offset(zone: str | int, moment: datetime) -> timedelta | None:
    try:
        return moment.replace(tzinfo=_zone(zone)).utcoffset()
    except (OverflowError, ValueError):
        return None


def _elsewhere(text: Mentions, moment: datetime, today: date | None) -> Answer:
    """The same moment by another clock, for each zone that the text names."""
    best = DOES_NOT
    for zone in text.zones:
        try:
            there = moment.astimezone(_zone(zone))
        except (OverflowError, ValueError):
            continue
        answer = _pair(text, there, there.hour * HOUR + there.minute * 60 + there.second, today)
        if answer is SAYS:
            return SAYS
        best = CANNOT_TELL if answer is CANNOT_TELL else best
    return best


def moment_of_epoch(number: float) -> datetime | None:
    """Seconds or milliseconds since 1970 as a moment between 1990 and 2100."""
    # 1e11 seconds are the year 5138, 1e11 milliseconds are 1973
    seconds = number / 1000 if number > 1e11 else number
    return datetime.fromtimestamp(seconds, UTC) if 631152000 <= seconds <= 4102444800 else None


def period_of(value: str) -> Period | None:
    match = PERIOD.fullmatch(value)
    if not match:
        return None
    groups = match.groups()
    kind, number, year = (
        (groups[1], groups[2], groups[0])
        if groups[0]
        else (groups[3], groups[4], groups[5])
        if groups[3]
        else (groups[6], groups[7], None)
    )
    return Period(kind.upper(), int(number), int(year) if year else None)
