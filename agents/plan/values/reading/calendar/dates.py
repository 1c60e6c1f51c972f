"""Days, months, quarters and weeks that a text names, in the languages of the vocabulary."""

import re
from calendar import monthrange
from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

from agents.plan.values.language import corrections, phrases
from agents.plan.values.language import vocabulary as words
from agents.plan.values.reading.calendar.day import BIRTH, EXPIRING, Day, find_short_dates, year_of_short
from agents.plan.values.reading.calendar.relative import shift_before


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


_ORD = r"(?:st|nd|rd|th|er|re|e|o|a|ste|de|te|\.|°)?"
_THE = r"(?:the |den |dem |zum |le |il |el |o |dia |del |de )?"
_JOIN = (
    rf" ?(?:-|to|till|until|through|thru|and|&|or|bis|und|oder|au|et|ou|al|ed|e|y|a|ate|tot en met|tot|en|t/m|,)"
    rf"(?: and| und| et| y)? ?{_THE}"
)
_DAYS = rf"((?:\d{{1,2}}{_ORD}{_JOIN})*\d{{1,2}}{_ORD})(?!\d)"
_OF = r"[ ,.-]{0,2}(?:of |de |di |do |del |dell'|d'|of the month of )?"
# four digits that go on as a date, an hour or an amount are no year
_YEAR = (
    r"(?:,? (?:of |de |del |di |do )?(\d{4})(?!\d|[-:]\d|[.,]\d)|(?: of)? '(\d{2})(?!\d)| (\d{2})(?= ?[.;!?)]| ?$))?"
)
_ISO = re.compile(r"(?<![\d.])(\d{4})([-/.])(\d{1,2})\2(\d{1,2})(?![\d])")
_NUMERIC = re.compile(r"(?<![\d./-])(\d{1,2})([./-])(\d{1,2})\2(\d{4}|\d{2})(?!\d|[./-]\d)")
# letzter Februartag is one word
_LAST_DAY = (
    r"\b(?:(?:last|final) day (?:of|in) |laatste dag (?:van|in) |dernier jour (?:du mois )?(?:de |d')"
    r"|ultimo (?:dia|giorno) (?:del mes |do mes |del mese )?(?:de |di |d')"
    r"|letzte[nrsm]? tag (?:des monats |des |im |in )?|letzte[nrsm]? (?=\w+tag)){}(?:s?\b|tage?s?\b)"
)
LAST = frozenset(
    ["last", "final", "laatste", "dernier", "ultimo", "letzter", "letzten", "letzte", "letztes", "letztem"]
)
# not every name of a month: `may` is a verb, `set` and `mars` are words
_MONTH_ALONE = (
    r"(?:\b(?:(?P<early>early(?: in)?|start of|beginning of|anfang|debut|principios de|inizio|a inizio|inicio de|begin)"
    r"|(?P<middle>mid|middle of|mitte|mi|mediados de|meta|meados de|half)"
    r"|(?P<late>late(?: in)?|end of|ende|fin|finales de|fine|a fine|fim de|eind)"
    r"|in|of|by|from|since|until|till|to|for|during|this|next|last|im|bis|seit|ab|en|depuis|de|desde|hasta|a|em|di|da"
    r"|sinds|tot|nachste[nrm]?|letzte[nrm]?|diese[nrm]?)[ -]"
    r"(?:the |next |this |last |month of |d'|de |du mois d[e'] ?|des )?|^(?!may|set|mars))"
)
_MARKED = re.compile(r"\d[-/.] ?\d")
_DOTTED = re.compile(r"(?<![\d.])(\d{1,2})\. ?(\d{1,2})\.(?!\d)")
_SURELY_DOTTED = re.compile(r"(?<![\d.])(1[3-9]|2\d|3[01])\.(0[1-9])\.(?!\d)")
_STOP = re.compile(r"[.!?]\s")
_DAY_OF_SAME = re.compile(
    r"\b(?:the|am|den|zum|vom|le|el|il|dia|op de|op|al|dal|del) (\d{1,2})(?:th|st|nd|rd|\.|e|er|o)?"
    r"(?= ?(?:$|[.,;:!?)-]|(?:and|or|at|instead|please|again|then|und|oder|um|bitte|et|ou|a|y|o|e|of the same)\b))"
)
_DAY_AFTER = re.compile(
    r"\b(?:the (?:next|following) day|am (?:nachsten|folgenden) tag|le lendemain|(?:al|el) dia siguiente|il giorno dopo"
    r"|no dia seguinte|de volgende dag|nasta dag|nastepnego dnia)\b"
)
_CJK = re.compile(
    r"(?:(?:(?P<era>令和|平成|昭和) ?(?P<n>\d{1,2}|元)|(\d{4}))[年년] ?)?(\d{1,2})[月월] ?(?:(\d{1,2})[日号號일])?"
)
_ISO_MONTH = re.compile(r"(?<![\d-])(\d{4})-(\d{2})(?![\d-])")
_RANGE = re.compile(r" ?(?:-|to|until|till|through|and|bis|und|au|et|al|a|y|e|ate|tot|en|t/m)(?: the| zum| den)? ?")


class NamePatterns(NamedTuple):
    """What is written with the name of a month or a weekday."""

    day_month: re.Pattern[str]
    month_day: re.Pattern[str]
    month_year: re.Pattern[str]
    day_of_letter: re.Pattern[str]
    """17-Apr-26"""
    last_day: re.Pattern[str]
    weekday_of_month: re.Pattern[str]
    month: re.Pattern[str]
    weekday: re.Pattern[str]
    short_weekday: re.Pattern[str]
    """Right before a date."""


@lru_cache(maxsize=1)
def name_patterns() -> NamePatterns:
    names = "|".join(sorted(map(re.escape, words.months()), key=len, reverse=True))
    days = "|".join(sorted(map(re.escape, words.weekdays()), key=len, reverse=True))
    weekday_between = rf"{_JOIN}(?:(?:{days}),? {_THE})?"  # Monday the 8th to Friday the 12th of June
    return NamePatterns(
        day_month=re.compile(rf"(?<![\w.,:/]){_DAYS.replace(_JOIN, weekday_between)}{_OF}({names})\b\.?{_YEAR}"),
        month_day=re.compile(rf"\b({names})\b\.? (?:the )?{_DAYS}(?![:]\d){_YEAR}"),
        month_year=re.compile(rf"\b({names})\b\.?,? ?(?:of |de |del |di |do )?(?:(\d{{4}})(?!\d)|'(\d\d)(?![\w']))"),
        day_of_letter=re.compile(rf"(?<![\w.,:/-])(\d{{1,2}})([-/.])({names})\2(\d{{4}}|\d{{2}})(?!\d|[-/]\d)"),
        last_day=re.compile(_LAST_DAY.format(rf"(?P<month>{names})") + _YEAR),
        weekday_of_month=re.compile(
            r"\b(?:([1-5])th|last|letzte[nrms]?|dernier|ultimo|laatste) "
            rf"({days}) (?:of |in |im |des |de |d'|del |di |van )({names})\b"
            r"(?:,? (?:of |de |del |di )?(\d{4})(?!\d))?"
        ),
        month=re.compile(_MONTH_ALONE + rf"(?P<month>{names})\b"),
        # no plural of short ones: thus
        weekday=re.compile(rf"\b({days})(?:(?<=\w{{5}})s)?\b"),
        short_weekday=re.compile(rf"\b({'|'.join(map(re.escape, words.weekdays_before_dates()))})\.?,? {_THE}$"),
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
        is_day = int(first) > 12 or BIRTH.search(text) is not None
        if len(year) == 2 and mark == "." and language == "en" and not is_day:
            return match[0]  # a version's number
        day_first = mark == "." or language != "en"
        if order := order_of(text):
            full = year_of_short(int(year), text) if len(year) == 2 else int(year)
            days = int(first), int(second)
            return take(match, [Day(full, *(days[::-1] if order == "day" else days))])
        full = year_of_short(int(year), text) if len(year) == 2 else int(year)
        return take(match, Day.either_way(int(first), int(second), full, day_first))

    def year_in(match: re.Match[str], first: int) -> int | None:
        """The year that a match of _YEAR names, whose groups begin at `first`."""
        full, short, bare = match.group(first, first + 1, first + 2)
        return int(full) if full else year_of_short(int(short or bare), text) if short or bare else None

    def take_last(match: re.Match[str]) -> str:
        month, year = words.months()[match["month"]], year_in(match, 2)
        lengths = [monthrange(year, month)[1]] if year else sorted({monthrange(y, month)[1] for y in (2000, 2001)})
        days = tuple(Day(year, month, length) for length in lengths)
        mentions.append(DateMention(days, *match.span(), is_last=True))
        return " " * len(match[0])

    def take_each(match: re.Match[str], days: str, month: str) -> str:
        start = match.start() + match[0].index(days)
        # each has its own place, for a weekday stands before each: Monday the 8th to Friday the 12th
        places = {int(day[0]): start + day.start() for day in re.finditer(r"\d+", days)}
        numbers = list(places)
        places[numbers[0]] = match.start()
        each = [Day(year_in(match, 3), words.months()[month], day) for day in numbers]
        if not all(day.exists for day in each):
            # in `40, 3 May` the 40 counted something else
            each = each[-1:]
        if not all(day.exists for day in each):
            return match[0]
        mentions.extend(DateMention((day,), places[day.day or 0], match.end()) for day in each)
        return " " * len(match[0])

    has_marks = _MARKED.search(text) is not None
    if has_marks:
        text = _ISO.sub(lambda m: take(m, [Day(int(m[1]), int(m[3]), int(m[4]))]), text)
        text = _NUMERIC.sub(take_numeric, text)
    if "月" in text or "월" in text:
        text = _CJK.sub(lambda m: take(m, [Day(year_of(m), int(m[4]), int(m[5]) if m[5] else None)]), text)
    if not LAST.isdisjoint(present):
        text = name_patterns().last_day.sub(take_last, text)
    if not words.months().keys().isdisjoint(present):
        day_month, month_day, month_year, day_of_letter, *_ = name_patterns()
        text = day_of_letter.sub(
            lambda m: take(
                m,
                [Day(year_of_short(int(m[4]), text) if len(m[4]) < 3 else int(m[4]), words.months()[m[3]], int(m[1]))],
            ),
            text,
        )
        text = day_month.sub(lambda m: take_each(m, m[1], m[2]), text)
        text = month_day.sub(lambda m: take_each(m, m[2], m[1]), text)
        text = month_year.sub(
            lambda m: take(m, [Day(int(m[2] or year_of_short(int(m[3]), text)), words.months()[m[1]], None)]), text
        )
    if has_marks:
        text = _ISO_MONTH.sub(lambda m: take(m, [Day(int(m[1]), int(m[2]), None)]), text)
        # elsewhere `3.5.` is a number at the end of a sentence, but 31.03. is none
        dotted = _DOTTED if language == "de" else _SURELY_DOTTED
        text = dotted.sub(lambda m: take(m, [Day(None, int(m[2]), int(m[1]))]), text)
    if has_marks or not EXPIRING.isdisjoint(present):
        mentions += [DateMention(*short) for short in find_short_dates(text, language != "en")]
    mentions.sort(key=lambda mention: mention.start)
    return mentions


_DAY_FIRST = re.compile(
    r"\b(?:british|uk|european|eu|dd[/. -]?mm|day (?:comes )?(?:first|1th)|day/month|day before (?:the )?month)\b"
)
_MONTH_FIRST = re.compile(
    r"\b(?:american|us (?:style|format|date|order|notation)|mm[/. -]?dd|month (?:comes )?(?:first|1th)|month/day)\b"
)


def order_of(text: str) -> str:
    """`day` or `month`, where the text tells which stands first, by itself or by another date that can be read one way.

    >>> order_of("4/5/2026, month first"), order_of("from 04/05/2026 to 25/05/2026"), order_of("on 04/05/2026")
    ('month', 'day', '')
    """
    orders = {"day"} if _DAY_FIRST.search(text) else set()
    orders |= {"month"} if _MONTH_FIRST.search(text) else set()
    if not orders:
        for first, _, second, _ in _NUMERIC.findall(text):
            orders |= {"day"} if 12 < int(first) < 32 else {"month"} if 12 < int(second) < 32 else set()
    return orders.pop() if len(orders) == 1 else ""


_ERAS = {"令和": 2018, "平成": 1988, "昭和": 1925}


def year_of(match: re.Match[str]) -> int | None:
    """The year of a Japanese date, by the Gregorian calendar or by an era."""
    if match["era"]:
        return _ERAS[match["era"]] + (1 if match["n"] == "元" else int(match["n"]))
    return int(match[3]) if match[3] else None


def blank(text: str, spans: list[tuple[int, int]]) -> str:
    for start, end in spans:
        text = text[:start] + " " * (end - start) + text[end:]
    return text


def carry_on(text: str, mentions: list[DateMention]) -> list[DateMention]:
    """The same and the days whose month stands before: "on 1 November and back on the fifth"."""
    out = list(mentions)
    for match in _DAY_OF_SAME.finditer(blank(text, [(m.start, m.end) for m in mentions])):
        before = [m for m in mentions if m.end <= match.start()]
        day = before[-1].readings[0]._replace(day=int(match[1])) if before else None
        is_better = bool(before) and corrections.sets_right(text, before[-1].end, match.start(), match.end())
        is_other = not before or (not is_better and _STOP.search(text, before[-1].end, match.start()))
        if not day or is_other or not day.exists or len(before[-1].readings) > 1 or before[-1].readings[0].day is None:
            continue
        # a day earlier in the month is rather one of the next, unless it corrects the one before
        if is_better or int(match[1]) > before[-1].readings[0].day:
            out.append(DateMention((day,), *match.span(), years_on=before[-1].years_on))
    for match in _DAY_AFTER.finditer(text) if mentions else ():
        last = next((m for m in reversed(out) if m.end <= match.start() and len(m.readings) == 1), None)
        if last and last.readings[0].day:
            out.append(DateMention(tuple(sorted(last.readings[0].move(1))), *match.span(), years_on=last.years_on))
    return sorted(out, key=lambda mention: mention.start)


def move(text: str, mentions: Sequence[DateMention]) -> list[DateMention]:
    """The same and the days that are named by them: of "the eve of 5 May" the 4th, and the 5th is not meant itself."""
    out = []
    for mention in mentions:
        shift = shift_before(text, mention.start) if mention.readings[0].day else None
        out.append(mention._replace(withdrawn=True) if shift else mention)
        if shift:
            readings = {target for day in mention.readings for target in day.move(shift.days)}
            out.append(
                mention._replace(
                    readings=tuple(sorted(readings)), weekday=None, start=shift.start, withdrawn=not shift.is_sure
                )
            )
    return out


def connect(text: str, mentions: list[DateMention]) -> list[DateMention]:
    """The same mentions with the year that two ends of a range share, and with the weekday that stands beside."""
    out = []
    weekday = name_patterns().weekday
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
        elif short := name_patterns().short_weekday.search(text, max(0, mention.start - 12), mention.start):
            mention = mention._replace(weekday=words.weekdays_before_dates()[short[1]])
        if day.year is None:
            mention = mention._replace(years_on=phrases.years_beside(text, mention.start, mention.end))
        out.append(mention)
    return out
