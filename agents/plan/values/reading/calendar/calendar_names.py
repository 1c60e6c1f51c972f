"""Weekdays, months without a day, quarters, weeks and years that a text names."""

import re
from calendar import monthrange
from collections.abc import Sequence
from datetime import date, timedelta
from functools import lru_cache
from itertools import pairwise
from typing import NamedTuple

from agents.plan.values.answer import Answer
from agents.plan.values.language import corrections, phrases
from agents.plan.values.language import vocabulary as words
from agents.plan.values.reading import denied
from agents.plan.values.reading.calendar.dates import DateMention, blank, name_patterns
from agents.plan.values.reading.calendar.day import year_of_short
from agents.plan.values.reading.calendar.edges import shift_month
from agents.plan.values.reading.calendar.relative import shift_before


class NamedMonth(NamedTuple):
    """A month without a day or a year."""

    number: int
    years_on: int | None
    """From this year, where that is said."""
    days: tuple[int, int]
    """The first and the last that may be meant: of "mid-March" the 10th to the 21st."""

    def may_be_in(self, year: int, today: date | None) -> bool:
        if today is None:
            return True
        return year == today.year + self.years_on if self.years_on is not None else abs(year - today.year) <= 1


class WeekdayOfMonth(NamedTuple):
    """The last Friday of October."""

    place: int
    """Which one, from 1; -1: the last."""
    number: int
    """Monday 0."""
    month: int
    year: int | None
    days_on: int = 0
    """Of "the day before" it."""

    def falls_on(self, day: date) -> bool:
        if not date.min.toordinal() <= day.toordinal() - self.days_on <= date.max.toordinal():
            return False
        day -= timedelta(days=self.days_on)
        length = monthrange(day.year, day.month)[1]
        places = ((day.day + 6) // 7, -((length - day.day) // 7) - 1)
        return (day.month, day.weekday()) == (self.month, self.number) and self.place in places

    def nearest_year(self, today: date) -> int:
        # its middle will do: of two years the same month is eleven months apart
        return min(
            (today.year + n for n in (-1, 0, 1)), key=lambda year: abs((date(year, self.month, 15) - today).days)
        )


class Weekday(NamedTuple):
    """A weekday that is named, Monday 0, with the text before it."""

    number: int
    before: str
    weeks_on: int = 0
    """Of "a week from Friday"."""
    is_plural: bool = False
    """On Fridays: no one of them."""
    is_next_week: bool = False
    """Friday next week."""
    start: int = 0
    end: int = 0
    day: int | None = None
    """Of "Friday the 19th"."""
    is_past: bool = False
    """We noticed it on Monday."""

    def says(self, day: date, today: date) -> Answer:
        """Whether it means that day of the same name."""
        offset = (day - today).days
        if self.day is not None and self.day != day.day:
            return Answer.DOES_NOT
        if self.is_past:
            return Answer.of(-7 <= offset < 0, rules_out=offset >= 0)
        words_before = self.before.split()[-2:]
        if any(_PAST_ONE.match(word) for word in words_before):
            return Answer.SAYS if -7 <= offset < 0 else Answer.DOES_NOT
        if self.is_plural:
            return Answer.CANNOT_TELL
        if self.is_next_week:
            monday = 7 - today.weekday()
            return Answer.of(monday <= offset < monday + 7, rules_out=True)
        if self.weeks_on:
            return Answer.SAYS if 0 < offset - 7 * self.weeks_on <= 7 else Answer.DOES_NOT
        coming = 0 < offset <= 7
        if any(_NEXT_ONE.match(word) for word in words_before):
            # on a Wednesday `next Friday` is in two days to some and in nine to others
            next_week = 7 - today.weekday() <= offset < 14 - today.weekday()
            return Answer.of(coming and next_week, rules_out=not coming and not next_week)
        return Answer.of(coming, rules_out=not -7 <= offset < 14)


class Period(NamedTuple):
    """A year's quarter ("Q"), half ("H"), week ("W") or the year itself ("Y")."""

    kind: str
    number: int
    year: int | None


_CJK_DAYS = "月火水木金土日"
_CJK_WEEKDAY = re.compile(r"(?P<ja>[月火水木金土日])曜|(?:星期|周|週|礼拜)(?P<zh>[一二三四五六日天1-7])")
_CJK_NEXT = re.compile(r"(?:来週の?|下周?|下个?|下週)$")
_CJK_LAST = re.compile(r"(?:先週の?|上周?|上个?|上週)$")
_HAPPENED = re.compile(
    r"\b(?:noticed|happened|occurred|arrived|came|broke|crashed|failed|fell|bought|ordered|purchased|paid|received"
    r"|lost|called|rang|visited|stopped|died|went down|sent|reported|delivered|found|passiert|gekauft|bestellt"
    r"|angekommen|arrive hier|achete|compre)\b[^.;!?]{0,40}\b(?:on|last|am|letzten|el|le|this past) (?:the )?$"
)
_DAY_BEHIND = re.compile(
    r",? (?:the |den |dem |le |el |il |de )?(\d{1,2})(?:th|st|nd|rd|\.|er|e|o)(?!\d| ?[a-z]*(?:week|woche|floor))"
)
_PAST_ONE = re.compile(r"last|past|letzt|vorig|dernier|pasad|ultim|scors|passad|afgelopen|vorige")
_NEXT_ONE = re.compile(r"next|nachst|prochain|proxim|prossim|volgend")
_QUARTER = re.compile(
    r"\bq([1-4])(?:[ /-]*(?:of |von |de |del |di )?(\d{4}))?|\b(\d{4})[ -]?q([1-4])\b"
    r"|\b([1-4])(?:th|st|nd|rd|\.|er|o|e)? (?:quarter|quartal|trimestre|kwartaal)(?: (?:of |de |del |di |van"
    r" )?(\d{4}))?"
)
_LAST_QUARTER = re.compile(
    r"\b(?:last|final|letzte[sn]?|dernier|ultimo|laatste) (?:quarter|quartal|trimestre|kwartaal)"
    r" (?:of |de |del |di |van )?(\d{4})"
)
_HALF_YEAR = re.compile(
    r"\bh(?P<h>[12])(?:[ /-]*(?:of )?(?P<y>\d{4}))?\b|\b(?P<n>[12])(?:th|st|nd|\.|er|e|o)? (?:half|halbjahr|semestre"
    r"|semester|helft)(?: (?:of |von |des jahres |de |del |van )?(?P<z>\d{4}))?"
)
_UNTIL = re.compile(r" ?(?:-|to|through|thru|until|till|bis|a|au|al|hasta|tot) ?(?:the end of )?")
_WEEK = re.compile(
    r"\b(?:week|kw|kalenderwoche|semaine|semana|settimana|cw|wk) (\d{1,2})(?!\d)(?:,? ?/?(?:of |de |del |di |van |in"
    r" )?(\d{4}))?|\b(\d{4})-?w(\d{1,2})\b"
)
_YEAR_IN_PAIRS = re.compile(r"(?<![\w.,:/-])20 ([23]\d)(?![\w:/%-]|[.,]\d| \d)")
_BARE_DAY = re.compile(
    r"\b(?:the|am|den|zum|vom|le|el|il|dia|op|al|dal|del) (\d{1,2})(?:th|st|nd|rd|\.|e|er|o)?(?![\d:%]|[.,]\d)"
)
_PARTS_OF_MONTH = {(1, 11): "early", (10, 21): "middle", (19, 31): "late"}
_NEXT_WEEK = re.compile(
    r"(?:,? ?(?:of|in|der|de la|de|da|della|van)?,? ?(?:next week|nachste[rn]? woche|kommende[rn]? woche"
    r"|la semaine prochaine|semaine prochaine|la proxima semana|proxima semana|semana que viene|semana que vem"
    r"|la prossima settimana|prossima settimana|volgende week))\b"
)
_WEEKS_FROM = re.compile(r"\b(\d) weeks? (?:from|after) (?:next |this )?$")
_WEEKS_AFTER = re.compile(r" (?:in (\d) wochen?|week\b|en 8\b|en huit\b)")


def months_alone(text: str, mentions: Sequence[DateMention]) -> list[NamedMonth]:
    """Months without a day or a year: "in March", "early next June"."""
    rest = blank(text, [(m.start, m.end) for m in mentions])
    months = []
    for match in name_patterns().month.finditer(rest):
        years = phrases.years_beside(text, *match.span("month"))
        part = next((days for days, word in _PARTS_OF_MONTH.items() if match[word]), (1, 31))
        months.append(NamedMonth(words.months()[match["month"]], years, part))
    return months


@lru_cache(maxsize=1)
def month_names() -> re.Pattern[str]:
    return re.compile(rf"\b(?:{words.any_month()})\b")


def find_periods(text: str) -> list[Period]:
    quarters = [Period("Q", 4, int(m[1])) for m in _LAST_QUARTER.finditer(text)]
    quarters += [
        Period("Q", int(m[1] or m[4] or m[5]), int(year) if (year := m[2] or m[3] or m[6]) else None)
        for m in _QUARTER.finditer(text)
    ]
    weeks = [
        Period("W", int(m[1] or m[4]), int(year) if (year := m[2] or m[3]) else None) for m in _WEEK.finditer(text)
    ]
    years = [
        Period("Y", int(year), int(year))
        for year in re.findall(r"(?<![\w.,:/-])((?:19|20)\d{2})(?:(?=[年년])|(?![\w:/]|[.,]\d))", text)
    ]
    # twenty twenty-six; 19 99 may be a price
    years += [Period("Y", int("20" + year), int("20" + year)) for year in _YEAR_IN_PAIRS.findall(text)]
    years += [
        Period("Y", year_of_short(int(year), text), year_of_short(int(year), text))
        for year in re.findall(r"(?<![\w'])'(\d\d)(?![\w'%]|[.,:]\d)", text)
    ]
    halves = [
        Period("H", int(m["h"] or m["n"]), int(year) if (year := m["y"] or m["z"]) else None)
        for m in _HALF_YEAR.finditer(text)
    ]
    for left, right in pairwise(month_names().finditer(text)):
        first, last = words.months()[left[0]], words.months()[right[0]]
        if _UNTIL.fullmatch(text, left.end(), right.start()) and first % 3 == 1 and last == first + 2:
            year = re.match(r",? (\d{4})", text[right.end() :])
            quarters.append(Period("Q", last // 3, int(year[1]) if year else None))
    return [*quarters, *halves, *weeks, *years]


def weekdays_in(text: str) -> list[Weekday]:
    weekdays = []
    for match in name_patterns().weekday.finditer(text):
        if denied.REFUSED.match(text, match.end()):
            continue  # Friday's no good
        before = text[max(0, match.start() - 14) : match.start()]
        weeks = _WEEKS_FROM.search(before) or _WEEKS_AFTER.match(text, match.end())
        weeks_on = int(weeks[1] or 1) if weeks else 0
        is_next_week = _NEXT_WEEK.match(text, match.end()) is not None
        number, is_plural = words.weekdays()[match[1]], match[0].endswith("days")
        if (shift := shift_before(text, match.start())) and abs(shift.days) < 7:
            number = (number + shift.days) % 7
        named = _DAY_BEHIND.match(text, match.end())
        day_of_month = int(named[1]) if named else None
        is_past = _HAPPENED.search(text, max(0, match.start() - 60), match.start()) is not None
        weekdays.append(
            Weekday(number, before, weeks_on, is_plural, is_next_week, *match.span(), day_of_month, is_past)
        )
    if max(text, default="") > "\u3000":
        for match in _CJK_WEEKDAY.finditer(text):
            number = _CJK_DAYS.index(match["ja"]) if match["ja"] else "1234567".find(match["zh"])
            number = (
                number if number >= 0 else "一二三四五六日".find(match["zh"]) if match["zh"] in "一二三四五六日" else 6
            )
            before = "last " if _CJK_LAST.search(text, 0, match.start()) else ""
            is_next_week = _CJK_NEXT.search(text[: match.start()]) is not None
            weekdays.append(Weekday(number, before, 0, False, is_next_week, *match.span()))
    return weekdays


def weekdays_of_months(text: str) -> list[WeekdayOfMonth]:
    """The last Friday of October, am ersten Montag im Mai."""
    named = []
    for match in name_patterns().weekday_of_month.finditer(text):
        shift = shift_before(text, match.start())
        year = int(match[4]) if match[4] else None
        place, number, month = int(match[1] or -1), words.weekdays()[match[2]], words.months()[match[3]]
        named.append(WeekdayOfMonth(place, number, month, year, shift.days if shift else 0))
    return named


def bare_days(text: str) -> frozenset[int]:
    return frozenset(int(day) for day in _BARE_DAY.findall(text))


def without_corrected(text: str) -> str:
    """A text without the days that a better one follows: on the 22nd, no, make that the 23rd."""
    named = list(_BARE_DAY.finditer(text))
    old = [m.span() for m, better in pairwise(named) if corrections.CORRECTION.search(text, m.end(), better.start())]
    return blank(text, old)


_DAY_OF_MONTH = re.compile(
    r"\b(?P<day>\d{1,2})(?:th|st|nd|rd|\.|e|er|o)? (?:(?:of|in|des|de|du|del|do|di|van) )?(?:(?P<this>this month"
    r"|the month|diesen monats|dieses monats|ce mois|este mes|questo mese|deze maand)|(?P<next>next month"
    r"|nachsten monats|kommenden monats|(?:le )?mois prochain|(?:el )?(?:proximo mes|mes que viene)"
    r"|(?:il )?(?:prossimo mese|mese prossimo)|volgende maand)"
    r"|(?P<last>last month|letzten monats|vorigen monats|(?:le )?mois dernier|(?:el )?mes pasado|(?:il )?mese scorso"
    r"|vorige maand))\b"
)


_CJK_DAY_OF_MONTH = re.compile(r"(来月|今月|先月|下个?月|这个?月|本月|上个?月)の? ?(\d{1,2})[日号號]")


def days_of_months(text: str, today: date) -> list[date]:
    """The first of next month, am 10. dieses Monats."""
    days = []
    for match in _DAY_OF_MONTH.finditer(text):
        months = 1 if match["next"] else -1 if match["last"] else 0
        first = shift_month(today.replace(day=1), months)
        if int(match["day"]) <= monthrange(first.year, first.month)[1] and int(match["day"]):
            days.append(first.replace(day=int(match["day"])))
    for month, day in _CJK_DAY_OF_MONTH.findall(text) if max(text, default="") > "\u3000" else ():
        first = shift_month(today.replace(day=1), 1 if month[0] in "来下" else -1 if month[0] in "先上" else 0)
        if 0 < int(day) <= monthrange(first.year, first.month)[1]:
            days.append(first.replace(day=int(day)))
    return days
