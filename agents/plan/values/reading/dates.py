"""Days, months, quarters and weeks that a text names, in the languages of the vocabulary."""

import re
from datetime import date, timedelta
from functools import lru_cache
from typing import NamedTuple

from agents.plan.values.answer import Answer
from agents.plan.values.language import phrases, units
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


class Weekday(NamedTuple):
    """A weekday that is named, Monday 0, with the text before it."""

    number: int
    before: str

    def says(self, day: date, today: date) -> Answer:
        """Whether it means that day of the same name."""
        offset = (day - today).days
        words_before = self.before.split()[-2:]
        if any(_PAST_ONE.match(word) for word in words_before):
            return Answer.SAYS if -7 <= offset < 0 else Answer.DOES_NOT
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
_BARE_DAY = re.compile(
    r"\b(?:the|am|den|zum|vom|le|el|il|dia|op|al|dal|del) (\d{1,2})(?:th|st|nd|rd|\.|e|er|o)?(?![\d:%]|[.,]\d)"
)
_RANGE = re.compile(r" ?(?:-|to|until|till|through|and|bis|und|au|et|al|a|y|e|ate|tot|en|t/m)(?: the| zum| den)? ?")
_VAGUE = re.compile(
    r"\b(?:next|last|past|this|coming|following|previous|within|rest of|end of|beginning of|start of|mid|early|late"
    r"|since|recent\w*"
    r"|nachste[nrms]?|letzte[nrms]?|kommende[nrms]?|diese[nrms]?|ende|anfang|mitte|prochaine?s?|derniere?s?|cette"
    r"|fin|debut|proxim[oa]s?"
    r"|ultim[oaie]s?|este|esta|pasad[oa]|fin|prossim[oaie]|scors[oaie]|quest[oa]|fine|inizio|passad[oa]|volgende"
    r"|afgelopen|deze|eind|begin)\b"
    r"(?: (?:the|des|de|der|du|del|della|di|la|el|van|\d+))*"
    r" (?:week|weekend|month|year|quarter|woche|wochenende|monats?|jahr\w*|quartals?|semaine|mois|annee|semana|mes"
    r"|ano|settimana"
    r"|mese|anno|maand|jaar|days?|weeks|months|years|tage?n?|wochen|monate?n?|jours|semaines|dias|semanas|meses"
    r"|giorni|settimane"
    r"|dagen|weken|maanden|easter|christmas|holidays)\b|\b(?:easter|christmas|weihnachten|ostern|noel|natale|navidad|heiligabend|silvester|neujahr|halloween"
    r"|valentine'?s day|boxing day|new year'?s (?:eve|day)|nochebuena|nochevieja|kerst\w*|pinksteren|pfingsten)\b"
    r"|\b(?:weekend|wochenende|week-end|business days?|working days?|werktage?n?|fortnight)\b"
)


@lru_cache(maxsize=1)
def _patterns_of_names() -> tuple[re.Pattern[str], re.Pattern[str], re.Pattern[str], re.Pattern[str]]:
    names = "|".join(sorted(map(re.escape, words.months()), key=len, reverse=True))
    days = "|".join(sorted(map(re.escape, words.weekdays()), key=len, reverse=True))
    return (
        re.compile(rf"(?<![\w.,:/]){_DAYS}{_OF}({names})\b\.?{_YEAR}"),
        re.compile(rf"\b({names})\b\.? (?:the )?{_DAYS}(?![:]\d){_YEAR}"),
        re.compile(rf"\b({names})\b\.?,? ?(?:of |de |del |di |do )?(\d{{4}})(?!\d)"),
        re.compile(rf"\b({days})s?\b"),
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
    if not words.months().keys().isdisjoint(present):
        day_month, month_day, month_year, _ = _patterns_of_names()
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
    weekday = _patterns_of_names()[3]
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
        out.append(mention)
    return out


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
    return [*quarters, *weeks, *years]


def weekdays_in(text: str) -> list[Weekday]:
    pattern = _patterns_of_names()[3]
    return [Weekday(words.weekdays()[m[1]], text[max(0, m.start() - 14) : m.start()]) for m in pattern.finditer(text)]


def bare_days(text: str) -> frozenset[int]:
    return frozenset(int(day) for day in _BARE_DAY.findall(text))


def is_vague(text: str) -> bool:
    return _VAGUE.search(text) is not None


_RELATIVE = re.compile(rf"(?<!\w)({'|'.join(map(re.escape, phrases.RELATIVE))})(?!\w)")
_SPAN = (
    r"(\d+) (day|days|week|weeks|month|months|year|years|tage?n?|wochen?|monate?n?|jours?|semaines?|dias?"
    r"|semanas?|mes(?:es)?|giorn[oi]|settiman[ae]|mes[ei]|dag(?:en)?|we[e]?k(?:en)?|maand(?:en)?)\b"
)
_AHEAD = re.compile(
    rf"\b(?:in|dans|en|fra|tra|em|over|daqui a|within|innerhalb von) {_SPAN}|{_SPAN} (?:from now|from today|later)"
)
_AGO = re.compile(rf"{_SPAN} (?:ago|earlier|fa|geleden|atras)|\b(?:vor|il y a|hace|ha) {_SPAN}")


_TOMORROW = re.compile(
    r"(?<!am )(?<!guten )(?<!heute )(?<!gestern )(?<!goede )(?<!tag )\bmorgen\b"
    r"|(?<!la )(?<!esta )(?<!pasado )(?<!por )\bmanana\b"
)


def relative_words(text: str) -> frozenset[int]:
    """Days from today that words such as tomorrow mean; Japanese and Chinese have no spaces to part them."""
    days = {phrases.RELATIVE[word] for word in _RELATIVE.findall(text)}
    if _TOMORROW.search(text):
        days.add(1)  # where it is not the morning
    unspaced = {offset for word, offset in phrases.RELATIVE.items() if word[0] > "\u3000" and word in text}
    return frozenset(days | unspaced)


def relative_spans(text: str) -> list[tuple[int, str]]:
    """(number, unit's first word) ahead of today, negative for the past."""
    spans = []
    for pattern, sign in ((_AHEAD, 1), (_AGO, -1)):
        for match in pattern.finditer(text):
            groups = [group for group in match.groups() if group]
            spans.append((sign * int(groups[0]), groups[1]))
    return spans


def shift(day: date, count: int, unit: str) -> date | None:
    """The day so many units on; months by the calendar, the 31st becomes the last."""
    factor = units.UNITS.get(unit, ("", 0.0))[1] / 86400
    try:
        if factor in (1, 7):
            return day + timedelta(days=count * int(factor))
        months = count * (12 if factor > 300 else 1)
        total = day.year * 12 + day.month - 1 + months
        first = date(total // 12, total % 12 + 1, 1)
        # 32 days on is the next month, however long this one is
        length = ((first + timedelta(days=32)).replace(day=1) - first).days
        return first.replace(day=min(day.day, length))
    except (OverflowError, ValueError):
        return None
