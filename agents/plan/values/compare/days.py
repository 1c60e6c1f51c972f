"""Whether a text says a day, a month, or a week or quarter of a year."""

import re
from calendar import monthrange
from datetime import date, timedelta

from agents.plan.values.answer import Answer
from agents.plan.values.compare import roles
from agents.plan.values.language import vocabulary
from agents.plan.values.reading.calendar import calendar_names
from agents.plan.values.reading.calendar.calendar_names import Period
from agents.plan.values.reading.calendar.day import Day
from agents.plan.values.reading.calendar.relative import nearest_year, shift
from agents.plan.values.reading.mentions import Mentions

SAYS, DOES_NOT, CANNOT_TELL = Answer.SAYS, Answer.DOES_NOT, Answer.CANNOT_TELL
DATE = re.compile(r"\d{4}-\d\d-\d\d")
MONTH = re.compile(r"((?:1[5-9]|20|21)\d\d)-(\d\d)")
PERIOD = re.compile(
    r"(?:(\d{4})[ -/]?([QWH])(\d{1,2})|([QWH])(\d{1,2})[ -/]?(\d{4})|(Q|H(?=[12]$))([1-4]))", re.IGNORECASE
)


def says_day(text: Mentions, day: date, today: date | None) -> Answer:
    mentions = text.days.get(Day(day.year, day.month, day.day), [])
    fits = [m for m in mentions if len(m.readings) == 1 and m.weekday in (None, day.weekday()) and not m.withdrawn]
    if fits:
        return SAYS
    partial = [
        m
        for m in text.days.get(Day(None, day.month, day.day), [])
        if (len(m.readings) == 1 or m.is_last)
        and m.weekday in (None, day.weekday())
        and (not m.is_last or monthrange(day.year, day.month)[1] == day.day)
    ]
    if mentions:
        return SAYS if partial and not any(m.withdrawn for m in mentions) else CANNOT_TELL
    if partial:
        # a day without a year has the one beside it, the nearest to today, or the only one of which the text speaks
        stated = {today.year + m.years_on for m in partial if today and m.years_on is not None}
        if stated and day.year not in stated:
            return DOES_NOT
        nearest = {nearest_year(day.month, day.day, today)} if today else text.years
        if all(m.weekday is not None for m in partial) and not today:
            nearest = nearest or {day.year}  # the weekday told is the value's
        elif today and not stated and all(m.weekday is not None for m in partial):  # of two years one has that weekday
            nearest = {
                y
                for n in (-1, 0, 1)
                if (y := today.year + n)
                and Day(y, day.month, day.day).exists
                and date(y, day.month, day.day).weekday() == partial[0].weekday
            }
        if today and not stated:
            nearest |= {today.year + years for years in text.years_on}
        return SAYS if (stated or nearest) == {day.year} and any(not m.withdrawn for m in partial) else CANNOT_TELL
    # the day itself is told in full elsewhere: the end of June is one more
    elsewhere = {(named.year, named.month) for named in text.days if named.day}
    if (edges := text.edges(today)) and day in edges and not elsewhere & {(day.year, day.month), (None, day.month)}:
        return SAYS
    for weekday in text.weekdays_of_months:
        if weekday.falls_on(day):
            year = weekday.year or (weekday.nearest_year(today) if today else 0)
            return SAYS if year == day.year else CANNOT_TELL
    of_month = {month.number for month in text.months_alone} == {day.month} and text.bare_days == {day.day}
    if of_month and today and not text.days and nearest_year(day.month, day.day, today) == day.year:
        return SAYS  # mid-December, on the fifteenth
    relative = _says_relative_day(text, day, today)
    if relative is not DOES_NOT:
        return relative
    is_either = Day(None, day.month, day.day) in text.days or text.has_pair(day.day, day.month)
    if is_either or day.day in text.bare_days or _is_edge(text, day, today):
        return CANNOT_TELL
    # ten weeks after a day that was said
    named = [(m.year or nearest_year(m.month, m.day, today or day), m.month, m.day) for m in text.days if m.day]
    anchors = [date(*parts) for parts in named if text.spans_of_days and Day(*parts).exists]
    anchors += [today, *(today + timedelta(days=days) for days in text.relative_days)] if today else []
    shifts = [(sign * count, unit) for count, unit in text.spans_of_days for sign in (1, -1)]
    is_counted_to = any(shift(anchor, count, unit) == day for anchor in anchors for count, unit in shifts)
    return CANNOT_TELL if is_counted_to else DOES_NOT


_NIGHTS = re.compile(
    r"(?<![\d.,-])(\d{1,2}) (nights?|nachte?n?|nuits?|noches?|nott[ei]|noites?|natter|noce|nocy"
    r"|(?:days?|weeks?)(?= later))\b"
)
_LEAVING = re.compile(r"check-?out|leav|depart|return|abreise|auszug|salida|partenza|vertrek|avresa|wyjazd")


def ends_stay(text: Mentions, day: date, described: str) -> bool:
    """Whether a day on which somebody leaves is so many nights after the only one that is said, or a period's edge."""
    is_first = roles.is_start(described) if text.periods and not text.dates else None
    for kind, number, year in text.periods if is_first is not None else ():
        if kind in "QH" and year:
            first = start_of(kind, number, year)
            last = shift(first, 6 if kind == "H" else 3, "month") or first
            return date(day.year, day.month, day.day) == (first if is_first else last - timedelta(days=1))
    nights = _NIGHTS.findall(text.in_digits) if _LEAVING.search(described) else ()
    arrivals = [(said.year, said.month, said.day) for said in text.days if said.year and said.day and said.exists]
    if len(nights) != 1 or len(arrivals) != 1:
        return False
    year, month, number = arrivals[0]
    count, unit = nights[0]
    leaving = shift(date(year, month, number), int(count), "week" if unit.startswith("week") else "day")
    return leaving == date(day.year, day.month, day.day)


def _says_relative_day(text: Mentions, day: date, today: date | None) -> Answer:
    """Tomorrow, next Tuesday, in ten weeks: decided where today is known."""
    known = today or text.told_today
    spans = [shift(known, count, unit) for count, unit in text.relative_spans] if known else []
    if known and ((day - known).days in text.relative_days or day in spans):
        return SAYS
    same_weekday = [weekday for weekday in text.weekdays if weekday.number == day.weekday()]
    # besides today's own, which every system prompt tells
    own = Day(today.year, today.month, today.day) if today else None
    has_full_days = any(reading.day and reading != own for reading in text.days)
    if today is None:
        if text.weekdays and not has_full_days:
            return CANNOT_TELL if same_weekday or text.relative_days else DOES_NOT
        is_near = text.relative_days or text.relative_spans or text.vague_reach > 0 or same_weekday
        return CANNOT_TELL if is_near else DOES_NOT
    offset = (day - today).days
    if day in (counted := calendar_names.days_of_months(text.in_digits, today)):
        return SAYS
    # until the 30th: the next one there is, where nothing says of which month
    is_next = text.sure_days == {day.day} and 0 <= offset <= 31 and not text.weekdays and not text.months_alone
    if is_next and not has_full_days and not counted and not text.vague_reach and not text.relative_spans:
        return SAYS if offset <= 27 else CANNOT_TELL
    if same_weekday and text.sure_days == {day.day} and len(text.weekdays) == 1 and 0 <= offset <= 45:
        return SAYS  # Saturday the 18th, when that is the next one
    for weekday in same_weekday:
        answer = weekday.says(day, today)
        if not has_full_days:
            return answer
        if answer is not DOES_NOT:  # beside another day in full it may still be meant
            return CANNOT_TELL
    if abs(offset) <= 62:  # two months of 31 days: so far away `the end of next month` can be
        return CANNOT_TELL if text.vague_reach else DOES_NOT
    is_edge = day.day == 1 or monthrange(day.year, day.month)[1] == day.day
    return CANNOT_TELL if is_edge and abs(offset) <= text.vague_reach else DOES_NOT


def _is_edge(text: Mentions, day: date, today: date | None) -> bool:
    """First or last day (or the day after) of a month, quarter or year that the text names; any of a named week."""
    # of the first and the last day of all there is none before or after
    if not date.min < day < date.max:
        return False
    year, week, _ = day.isocalendar()
    if any(p.kind == "W" and p.number == week and p.year in (None, year) for p in text.periods):
        return True
    alone = [month for month in text.months_alone if month.number == day.month and month.may_be_in(day.year, today)]
    if any(month.days != (1, 31) and month.days[0] <= day.day <= month.days[1] for month in alone):
        return True
    if day.day != 1 and (day + timedelta(days=1)).day != 1:
        return False
    around = {(d.year, d.month) for d in (day, day - timedelta(days=1))}
    named = {(m.year, m.month) for m in text.days if m.day is None}
    if day.day == 1:  # until the last day of February, that one excluded
        named |= {(r.year or year, r.month) for m in text.dates if m.is_last for r in m.readings}
    named |= {(y, m.number) for y, _ in around for m in text.months_alone if m.may_be_in(y, today)}
    quarters = {(p.year, p.number) for p in text.periods if p.kind == "Q"}
    years = {p.number for p in text.periods if p.kind == "Y"}
    return bool(
        around & named
        or any((year, (month + 2) // 3) in quarters for year, month in around)
        or ((day.month, day.day) in ((1, 1), (12, 31)) and years & {day.year, day.year - 1})
    )


_TO_COME = re.compile(r"\b(?:some ?time|would|will|could|next|coming|'ll|irgendwann|kommend\w*|prochaine?|proximo)\b")


def says_month(text: Mentions, year: int, month: int, today: date | None) -> Answer:
    if any(not m.withdrawn for m in text.days.get(Day(year, month, None), [])):
        return SAYS
    if any(m.month == month and m.year in (None, year) for m in text.days):
        return CANNOT_TELL
    alone = [m for m in text.months_alone if m.number == month]
    if any(m.years_on is not None and today and m.may_be_in(year, today) for m in alone):
        return SAYS
    is_past = today and (year, month) <= (today.year, today.month) and year == today.year
    if is_past and {m.number for m in alone} == {month} and not (text.years or text.years_on):
        return CANNOT_TELL if _TO_COME.search(text.folded) else SAYS  # the hours of February, asked for in April
    if alone:
        return CANNOT_TELL if any(m.may_be_in(year, today) for m in alone) else DOES_NOT
    is_named = any(vocabulary.months().get(word) == month for word in text.words)  # the March report
    is_open = is_named or text.vague_reach or (text.relative_days and today is None)
    return CANNOT_TELL if is_open and not (is_named and text.years) else DOES_NOT


def start_of(kind: str, number: int, year: int) -> date:
    """The first day of a week or quarter, of the year where there is none of that number."""
    try:
        return (
            date.fromisocalendar(year, number, 1)
            if kind == "W"
            else date(year, (6 if kind == "H" else 3) * (number - 1) + 1, 1)
        )
    except ValueError:
        return date(year, 1, 1)


def says_period(text: Mentions, period: Period, today: date | None) -> Answer:
    kind, number, year = period
    if today and year and {p.year for p in text.periods if p[:2] == (kind, number)} == {None}:
        # one without a year is the nearest
        nearest = min((today.year + n for n in (-1, 0, 1)), key=lambda y: abs((start_of(kind, number, y) - today).days))
        stated = {today.year + years for years in text.years_on} or {nearest}
        return SAYS if stated == {year} else CANNOT_TELL
    same = [p for p in text.periods if p.kind == kind and p.number == number]
    if any(p.year == year or year is None for p in same):
        return SAYS
    if any(p.year is None for p in same):
        return SAYS if text.years == {year} else CANNOT_TELL
    return (
        CANNOT_TELL
        if text.vague_reach or text.months_alone or (not any(p.kind == kind for p in text.periods) and text.days)
        else DOES_NOT
    )


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
