"""Whether a text says a time of day, or a moment."""

import re
from datetime import UTC, date, datetime, timedelta, timezone
from functools import lru_cache
from zoneinfo import ZoneInfo

from agents.plan.values.answer import Answer
from agents.plan.values.compare.days import says_day
from agents.plan.values.reading.clock import DAY, HOUR, MINUTE
from agents.plan.values.reading.mentions import Mentions

SAYS, DOES_NOT, CANNOT_TELL = Answer.SAYS, Answer.DOES_NOT, Answer.CANNOT_TELL
MOMENT = re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d(?::\d\d(?:\.\d+)?)? ?(?:Z|[+-]\d\d:?\d\d)?")
# 24:00 is the end of a day in ISO 8601
TIME = re.compile(r"([01]?\d|2[0-4]):([0-5]\d)(?::([0-5]\d)(?:\.\d+)?)?(Z|[+-]\d\d:?\d\d)?")
_DAY_PARTS = {
    "morning morgens vormittag vormittags fruh matin matinee manana mattina mattino manha ochtend ochtends": (5, 12),
    "noon midday mittag mittags midi lunchtime lunch": (11, 14),
    "afternoon nachmittag nachmittags apres midi tarde pomeriggio middag middags": (12, 19),
    "evening tonight abend abends soir soiree noche sera noite avond avonds night nacht nuit notte": (17, 24),
}
_END_OF_DAY = re.compile(
    r"\b(?:(?:end|close) of (?:the day|day|play|business|today|tomorrow|\w+day)|eod|tagesende|ende des tages"
    r"|fin de (?:la journee|jornada)|final del dia|fine giornata|einde van de dag)\b"
)
_PART_OF_WORD = {word: hours for names, hours in _DAY_PARTS.items() for word in names.split()}


def says_time(text: Mentions, seconds: int) -> Answer:
    if any(m.seconds == seconds % DAY and not m.withdrawn for m in text.times):
        return SAYS
    times = [t for m in text.times for t in (m.seconds, m.other) if t is not None]
    if seconds % DAY in times or _in_day_part(text, seconds):
        return CANNOT_TELL
    # some minutes or hours after or before a time that was said
    spans = [a.base for a in text.bases.get("time", []) if a.factor <= HOUR and a.base]
    is_later = any((t + sign * span - seconds) % DAY == 0 for t in times for span in spans for sign in (1, -1))
    # asked for nine, but ten works better: an hour that nothing shows to be one
    hours = {a.value for a in text.amounts if not a.dimension} if seconds % HOUR == 0 and not text.times else set()
    is_hour = not hours.isdisjoint({seconds // HOUR, (seconds // HOUR - 12) % 24})
    return CANNOT_TELL if is_later or is_hour else DOES_NOT


def _in_day_part(text: Mentions, seconds: int) -> bool:
    """An hour of the morning where only "the morning" was said."""
    if text.times:
        return False
    hours = [_PART_OF_WORD[word] for word in text.words if word in _PART_OF_WORD]
    return any(low * HOUR <= seconds <= high * HOUR for low, high in hours)


def says_moment(text: Mentions, moment: datetime, today: date | None) -> Answer:
    """A date-time: the same day and time, or the same moment elsewhere where a zone was said."""
    same_day = says_day(text, moment.date(), today)
    answers = [_says_wall_clock(text, moment, today)]
    places = text.zones_of_places if answers[0] is SAYS and moment.tzinfo and not text.zones else set()
    if places and not any(_is_clock_of(zone, moment) for zone in places):
        answers[0] = CANNOT_TELL  # 3 pm in New York, which may be by the clocks there
    timed = any(m.start <= m2.end + 40 and m2.start <= m.end + 40 for m in text.dates for m2 in text.times)
    if not timed and (not text.times or DOES_NOT not in (same_day, answers[0])):
        # a day alone is its midnight; its last second may be meant
        seconds = _seconds(moment)
        open_end = seconds >= DAY - 60 or _in_day_part(text, seconds)
        as_end = CANNOT_TELL if open_end and same_day is not DOES_NOT else DOES_NOT
        if seconds >= DAY - 60 and _END_OF_DAY.search(text.folded):
            as_end = same_day
        answers.append(same_day if seconds == 0 else as_end)
    for zone in (text.zones or text.zones_of_places) if moment.tzinfo and text.times else ():
        try:
            answers.append(_says_wall_clock(text, moment.astimezone(_zone(zone)), today))
        except (OverflowError, ValueError):
            continue
    return Answer.of(SAYS in answers, rules_out=CANNOT_TELL not in answers)


def _seconds(moment: datetime) -> int:
    return moment.hour * HOUR + moment.minute * MINUTE + moment.second


def _says_wall_clock(text: Mentions, moment: datetime, today: date | None) -> Answer:
    """The time stands with the day, in no other zone than the moment's."""
    day, seconds = moment.date(), _seconds(moment)
    same = says_day(text, day, today), says_time(text, seconds)
    if DOES_NOT in same:
        return DOES_NOT
    fitting = [(m, days) for m, days in text.day_of_time if m.seconds == seconds and not m.withdrawn]
    only_zone = next(iter(text.zones)) if len(text.zones) == 1 else None
    in_zone = [days for m, days in fitting if _is_clock_of(only_zone if m.zone is None else m.zone, moment)]
    if fitting and not in_zone:
        # EST where summer time is meant: an hour beside an abbreviation of America
        offset = moment.utcoffset() or timedelta()
        loose = [m.zone for m, _ in fitting if isinstance(m.zone, int) and m.zone < 0]
        return CANNOT_TELL if any(abs(offset.total_seconds() - zone) == HOUR for zone in loose) else DOES_NOT
    if CANNOT_TELL in same:
        return CANNOT_TELL
    readings = [reading for days in in_zone for mention in days for reading in mention.readings]
    near = any((r.month, r.day) == (day.month, day.day) and r.year in (None, day.year) for r in readings)
    return SAYS if near or not text.dates or len(text.days) == 1 else CANNOT_TELL


def _is_clock_of(zone: str | int | None, moment: datetime) -> bool:
    """Whether clocks in the zone show what the moment shows; nothing tells otherwise where either has no zone."""
    if zone is None or moment.tzinfo is None:
        return True
    try:
        return moment.replace(tzinfo=_zone(zone)).utcoffset() == moment.utcoffset()
    except (OverflowError, ValueError):
        return False


@lru_cache(maxsize=256)
def _zone(zone: str | int) -> timezone | ZoneInfo:
    return ZoneInfo(zone) if isinstance(zone, str) else timezone(timedelta(seconds=zone))


def moment_of_epoch(number: float) -> datetime | None:
    """Seconds or milliseconds since 1970 as a moment between 1990 and 2100."""
    # 1e11 seconds are the year 5138, 1e11 milliseconds are 1973
    seconds = number / 1000 if number > 1e11 else number
    return datetime.fromtimestamp(seconds, UTC) if 631152000 <= seconds <= 4102444800 else None
