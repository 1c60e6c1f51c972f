"""Days, months, quarters and weeks that a text names, in the languages of the vocabulary."""

import re
from calendar import monthrange
from collections.abc import Sequence
from datetime import date
from functools import lru_cache
from typing import NamedTuple

from agents.plan.values.answer import Answer
from agents.plan.values.language import phrases
from agents.plan.values.language import vocabulary as words


class Day(NamedTuple):
    """A calendar day, or a month where `day` is None; without a year where nobody said it."""

    year: int | None
    month: int
    day: int | None

    @property
    def exists(self) -> bool:
        try:
            # 2000 is a leap year: without a year 29 February exists
            date(self.year or 2000, self.month, self.day or 1)
        except ValueError:
            return False
        return self.year is None or 1000 <= self.year <= 2999

    @classmethod
    def either_way(cls, first: int, second: int, year: int, day_first: bool) -> list["Day"]:
        """What 04/05/2026 may mean: one day where that is usual or the other does not exist, else both."""
        by_day, by_month = cls(year, second, first), cls(year, first, second)
        if day_first or first == second:
            return [by_day if by_day.exists else by_month]
        return [by_month, by_day]


class DateMention(NamedTuple):
    readings: tuple[Day, ...]
    """More than one where 04/05/2026 may be read both ways."""
    start: int
    end: int
    weekday: int | None = None
    withdrawn: bool = False
    years_on: int | None = None
    """Of "3 June next year": years from this one."""
    is_last: bool = False
    """The last day of its month, whichever that is in the year."""


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

    def falls_on(self, day: date) -> bool:
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

    def says(self, day: date, today: date) -> Answer:
        """Whether it means that day of the same name."""
        offset = (day - today).days
        words_before = self.before.split()[-2:]
        if any(_PAST_ONE.match(word) for word in words_before):
            return Answer.SAYS if -7 <= offset < 0 else Answer.DOES_NOT
        if self.is_plural:
            return Answer.CANNOT_TELL
        if self.weeks_on:
            return Answer.SAYS if 0 < offset - 7 * self.weeks_on <= 7 else Answer.DOES_NOT
        coming = 0 < offset <= 7
        if any(_NEXT_ONE.match(word) for word in words_before):
            # on a Wednesday `next Friday` is in two days to some and in nine to others
            next_week = 7 - today.weekday() <= offset < 14 - today.weekday()
            return Answer.of(coming and next_week, rules_out=not coming and not next_week)
        return Answer.of(coming, rules_out=not -7 <= offset < 14)


class Period(NamedTuple):
    """A year's quarter ("Q"), week ("W") or the year itself ("Y")."""

    kind: str
    number: int
    year: int | None


_PAST_ONE = re.compile(r"last|past|letzt|vorig|dernier|pasad|ultim|scors|passad|afgelopen|vorige")
_NEXT_ONE = re.compile(r"next|nachst|prochain|proxim|prossim|volgend")
_ORD = r"(?:st|nd|rd|th|er|re|e|o|a|ste|de|te|\.|°)?"
_THE = r"(?:the |den |dem |zum |le |il |el |o |dia |del |de )?"
_JOIN = (
    rf" ?(?:-|to|till|until|through|thru|and|&|or|bis|und|oder|au|et|ou|al|ed|e|y|a|ate|tot en met|tot|en|t/m|,)"
    rf"(?: and| und| et| y)? ?{_THE}"
)
_DAYS = rf"((?:\d{{1,2}}{_ORD}{_JOIN})*\d{{1,2}}{_ORD})(?!\d)"
_OF = r"[ ,.-]{0,2}(?:of |de |di |do |del |dell'|d'|of the month of )?"
# four digits that go on as a date, an hour or an amount are no year
_YEAR = r"(?:,? (?:of |de |del |di |do )?(\d{4})(?!\d|[-:]\d|[.,]\d)| '(\d{2})(?!\d))?"
_ISO = re.compile(r"(?<![\d.])(\d{4})([-/.])(\d{1,2})\2(\d{1,2})(?![\d])")
_NUMERIC = re.compile(r"(?<![\d./-])(\d{1,2})([./-])(\d{1,2})\2(\d{4}|\d{2})(?!\d|[./-]\d)")
# letzter Februartag is one word
_LAST_DAY = (
    r"\b(?:(?:last|final) day (?:of|in) |laatste dag (?:van|in) |dernier jour (?:du mois )?(?:de |d')"
    r"|ultimo (?:dia|giorno) (?:del mes |do mes |del mese )?(?:de |di |d')"
    r"|letzte[nrsm]? tag (?:des monats |des |im |in )?"
    r"|letzte[nrsm]? (?=\w+tag)){}(?:s?\b|tage?s?\b)"
)
LAST = frozenset(
    ["last", "final", "laatste", "dernier", "ultimo", "letzter", "letzten", "letzte", "letztes", "letztem"]
)
_PARTS_OF_MONTH = {(1, 11): "early", (10, 21): "middle", (19, 31): "late"}
# not every name of a month: `may` is a verb, `set` and `mars` are words
_MONTH_ALONE = (
    r"(?:\b(?:(?P<early>early(?: in)?|start of|beginning of|anfang|debut|principios de|inizio|a inizio|inicio de|begin)"
    r"|(?P<middle>mid|middle of|mitte|mi|mediados de|meta|meados de|half)"
    r"|(?P<late>late(?: in)?|end of|ende|fin|finales de|fine|a fine|fim de|eind)"
    r"|in|of|by|from|since|until|till|to|for|during|this|next|last|im|bis|seit|ab|en|depuis|de|desde|hasta|a|em|di|da"
    r"|sinds|tot|nachste[nrm]?|letzte[nrm]?|diese[nrm]?)[ -]"
    r"(?:the |next |this |last |month of |d'|de |du mois d[e'] ?|des )?|^(?!may|set|mars))"
)
_WEEKS_FROM = re.compile(r"\b(\d) weeks? (?:from|after) (?:next |this )?$")
_WEEKS_AFTER = re.compile(r" (?:in (\d) wochen?|week\b|en 8\b|en huit\b)")
_MARKED = re.compile(r"\d[-/.] ?\d")
_DOTTED = re.compile(r"(?<![\d.])(\d{1,2})\. ?(\d{1,2})\.(?!\d)")
_CJK = re.compile(r"(?:(\d{4})年)?(\d{1,2})月(?:(\d{1,2})[日号號])?")
_ISO_MONTH = re.compile(r"(?<![\d-])(\d{4})-(\d{2})(?![\d-])")
_QUARTER = re.compile(
    r"\bq([1-4])(?:[ /-]*(?:of |von |de |del |di )?(\d{4}))?|\b(\d{4})[ -]?q([1-4])\b"
    r"|\b([1-4])(?:th|st|nd|rd|\.|er|o|e)? (?:quarter|quartal|trimestre|kwartaal)(?: (?:of |de |del |di |van"
    r" )?(\d{4}))?"
)
_LAST_QUARTER = re.compile(
    r"\b(?:last|final|letzte[sn]?|dernier|ultimo|laatste) (?:quarter|quartal|trimestre|kwartaal)"
    r" (?:of |de |del |di |van )?(\d{4})"
)
_WEEK = re.compile(
    r"\b(?:week|kw|kalenderwoche|semaine|semana|settimana|cw|wk) (\d{1,2})(?!\d)(?:,? ?/?(?:of |de |del |di |van |in"
    r" )?(\d{4}))?|\b(\d{4})-?w(\d{1,2})\b"
)
_YEAR_IN_PAIRS = re.compile(r"(?<![\w.,:/-])20 ([23]\d)(?![\w:/%-]|[.,]\d| \d)")
_BARE_DAY = re.compile(
    r"\b(?:the|am|den|zum|vom|le|el|il|dia|op|al|dal|del) (\d{1,2})(?:th|st|nd|rd|\.|e|er|o)?(?![\d:%]|[.,]\d)"
)
_RANGE = re.compile(r" ?(?:-|to|until|till|through|and|bis|und|au|et|al|a|y|e|ate|tot|en|t/m)(?: the| zum| den)? ?")


@lru_cache(maxsize=1)
def _patterns_of_names() -> tuple[re.Pattern[str], ...]:
    """A day and its month either way round, a month and its year, the last day of a month, a month, a weekday."""
    names = "|".join(sorted(map(re.escape, words.months()), key=len, reverse=True))
    days = "|".join(sorted(map(re.escape, words.weekdays()), key=len, reverse=True))
    return (
        re.compile(rf"(?<![\w.,:/]){_DAYS}{_OF}({names})\b\.?{_YEAR}"),
        re.compile(rf"\b({names})\b\.? (?:the )?{_DAYS}(?![:]\d){_YEAR}"),
        re.compile(rf"\b({names})\b\.?,? ?(?:of |de |del |di |do )?(\d{{4}})(?!\d)"),
        re.compile(_LAST_DAY.format(rf"(?P<month>{names})") + _YEAR),
        re.compile(
            r"\b(?:([1-5])th|last|letzte[nrms]?|dernier|ultimo|laatste) "
            rf"({days}) (?:of |in |im |des |de |d'|del |di |van )({names})\b"
            r"(?:,? (?:of |de |del |di )?(\d{4})(?!\d))?"
        ),
        re.compile(_MONTH_ALONE + rf"(?P<month>{names})\b"),
        # no plural of short ones: thus
        re.compile(rf"\b({days})(?:(?<=\w{{5}})s)?\b"),
    )


def find_dates(text: str, language: str, present: frozenset[str]) -> list[DateMention]:
    """Every day or month that is named, in order; what stands once is not read twice.

    `present` are the text's words and marks: most sentences have nothing that a date is written with.
    """
    mentions: list[DateMention] = []

    def take(match: re.Match[str], readings: list[Day]) -> str:
        valid = tuple(day for day in readings if day.exists)
        if valid:
            mentions.append(DateMention(valid, *match.span()))
        return " " * len(match[0]) if valid else match[0]

    def take_numeric(match: re.Match[str]) -> str:
        first, mark, second, year = match.groups()
        if len(year) == 2 and mark == "." and language == "en":
            return match[0]  # a version's number
        day_first = mark == "." or language != "en"
        return take(match, Day.either_way(int(first), int(second), int(f"20{year}"[-4:]), day_first))

    def take_last(match: re.Match[str]) -> str:
        month, year = words.months()[match["month"]], match[2] or (match[3] and "20" + match[3])
        lengths = [monthrange(int(year), month)[1]] if year else sorted({monthrange(y, month)[1] for y in (2000, 2001)})
        days = tuple(Day(int(year) if year else None, month, length) for length in lengths)
        mentions.append(DateMention(days, *match.span(), is_last=True))
        return " " * len(match[0])

    def take_each(match: re.Match[str], days: str, month: str, year: str | None) -> str:
        numbers = [int(day) for day in re.findall(r"\d+", days)]
        each = [Day(int(year) if year else None, words.months()[month], day) for day in numbers]
        if not all(day.exists for day in each):
            # in `40, 3 May` the 40 counted something else
            each = each[-1:]
        if not all(day.exists for day in each):
            return match[0]
        mentions.extend(DateMention((day,), *match.span()) for day in each)
        return " " * len(match[0])

    has_marks = _MARKED.search(text) is not None
    if has_marks:
        text = _ISO.sub(lambda m: take(m, [Day(int(m[1]), int(m[3]), int(m[4]))]), text)
        text = _NUMERIC.sub(take_numeric, text)
    if "月" in text:
        text = _CJK.sub(
            lambda m: take(m, [Day(int(m[1]) if m[1] else None, int(m[2]), int(m[3]) if m[3] else None)]), text
        )
    if not LAST.isdisjoint(present):
        text = _patterns_of_names()[3].sub(take_last, text)
    if not words.months().keys().isdisjoint(present):
        day_month, month_day, month_year, *_ = _patterns_of_names()
        text = day_month.sub(lambda m: take_each(m, m[1], m[2], m[3] or (m[4] and "20" + m[4])), text)
        text = month_day.sub(lambda m: take_each(m, m[2], m[1], m[3] or (m[4] and "20" + m[4])), text)
        text = month_year.sub(lambda m: take(m, [Day(int(m[2]), words.months()[m[1]], None)]), text)
    if has_marks:
        text = _ISO_MONTH.sub(lambda m: take(m, [Day(int(m[1]), int(m[2]), None)]), text)
        # elsewhere `3.5.` is a number at the end of a sentence
        if language == "de":
            text = _DOTTED.sub(lambda m: take(m, [Day(None, int(m[2]), int(m[1]))]), text)
    mentions.sort(key=lambda mention: mention.start)
    return mentions


def blank(text: str, spans: list[tuple[int, int]]) -> str:
    for start, end in spans:
        text = text[:start] + " " * (end - start) + text[end:]
    return text


def connect(text: str, mentions: list[DateMention]) -> list[DateMention]:
    """The same mentions with the year that two ends of a range share, and with the weekday that stands beside."""
    out = []
    weekday = _patterns_of_names()[-1]
    for place, mention in enumerate(mentions):
        day = mention.readings[0]
        following = mentions[place + 1] if place + 1 < len(mentions) else None
        if day.year is None and following and _RANGE.fullmatch(text[mention.end : following.start]):
            last = following.readings[0]
            # from December to 3 January 2027 begins in the year before
            if last.year and last.month >= day.month:
                mention = mention._replace(readings=(day._replace(year=last.year),))
        near = list(weekday.finditer(text, max(0, mention.start - 16), mention.start))
        if near and len(re.findall(r"\w+", text[near[-1].end() : mention.start])) <= 1:
            mention = mention._replace(weekday=words.weekdays()[near[-1][1]])
        if day.year is None and (years_on := _years_beside(text, mention.start, mention.end)):
            mention = mention._replace(years_on=years_on[0])
        out.append(mention)
    return out


def _years_beside(text: str, start: int, end: int) -> list[int]:
    """Years on from this one that stand right behind a day or month, or right before it."""
    after = phrases.YEARS_ON.match(text, end + len(text[end:]) - len(text[end:].lstrip(" ,")))
    before = [m for m in phrases.YEARS_ON.finditer(text, max(0, start - 40), start) if start - m.end() <= 8]
    return [phrases.years_on(match) for match in ([after] if after else before)]


def months_alone(text: str, mentions: Sequence[DateMention]) -> list[NamedMonth]:
    """Months without a day or a year: "in March", "early next June"."""
    rest = blank(text, [(m.start, m.end) for m in mentions])
    months = []
    for match in _patterns_of_names()[-2].finditer(rest):
        years = _years_beside(text, *match.span("month"))
        part = next((days for days, word in _PARTS_OF_MONTH.items() if match[word]), (1, 31))
        months.append(NamedMonth(words.months()[match["month"]], years[0] if years else None, part))
    return months


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
        for year in re.findall(r"(?<![\w.,:/-])((?:19|20)\d{2})(?![\w:/]|[.,]\d)", text)
    ]
    # twenty twenty-six; 19 99 may be a price
    years += [Period("Y", int("20" + year), int("20" + year)) for year in _YEAR_IN_PAIRS.findall(text)]
    return [*quarters, *weeks, *years]


def weekdays_in(text: str) -> list[Weekday]:
    weekdays = []
    for match in _patterns_of_names()[-1].finditer(text):
        before = text[max(0, match.start() - 14) : match.start()]
        weeks = _WEEKS_FROM.search(before) or _WEEKS_AFTER.match(text, match.end())
        weeks_on = int(weeks[1] or 1) if weeks else 0
        weekdays.append(Weekday(words.weekdays()[match[1]], before, weeks_on, match[0].endswith("days")))
    return weekdays


def weekdays_of_months(text: str) -> list[WeekdayOfMonth]:
    """The last Friday of October, am ersten Montag im Mai."""
    pattern = _patterns_of_names()[4]
    return [
        WeekdayOfMonth(int(m[1] or -1), words.weekdays()[m[2]], words.months()[m[3]], int(m[4]) if m[4] else None)
        for m in pattern.finditer(text)
    ]


def bare_days(text: str) -> frozenset[int]:
    return frozenset(int(day) for day in _BARE_DAY.findall(text))
