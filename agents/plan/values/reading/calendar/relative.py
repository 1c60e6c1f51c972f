"""Days, months and years that a text names by their distance from today, or only roughly."""

import re
from datetime import date, timedelta
from typing import NamedTuple

from agents.plan.values.language import phrases, units

_VAGUE = re.compile(
    r"\b(?:(?:first|last) day of|next|last|past|this|coming|following|previous|within|rest of|end of|beginning of"
    r"|start of|mid|early|late|since|recent\w*|nachste[nrms]?|letzte[nrms]?|kommende[nrms]?|diese[nrms]?|ende|anfang"
    r"|mitte|prochaine?s?|derniere?s?|cette|fin|debut|proxim[oa]s?|ultim[oaie]s?|este|esta|pasad[oa]|fin|prossim[oaie]"
    r"|scors[oaie]|quest[oa]|fine|inizio|passad[oa]|volgende|afgelopen|deze|eind|begin)\b(?: (?:the|des|de|der|du|del"
    r"|della|di|la|el|van|\d+))*"
    r" (?:week|weekend|month|year|quarter|woche|wochenende|monats?|jahr\w*|quartals?|semaine|mois|annee|semana|mes|ano"
    r"|settimana|mese|anno|maand|jaar|days?|weeks|months|years|tage?n?|wochen|monate?n?|jours|semaines|dias|semanas"
    r"|meses|giorni|settimane|dagen|weken|maanden|easter|christmas|holidays)\b|\b(?:easter|christmas|weihnachten"
    r"|ostern|noel|natale|navidad|heiligabend|silvester|neujahr|halloween|valentine'?s day|boxing day"
    r"|new year'?s (?:eve|day)|nochebuena|nochevieja|kerst\w*|pinksteren|pfingsten)\b|\b(?:weekend|wochenende|week-end"
    r"|business days?|working days?|werktage?n?|fortnight)\b"
)


def vague_reach(text: str) -> int:
    """How many days away what is named roughly may be: two months, of quarters and years more; 0 where nothing is."""
    reach = 0
    for match in _VAGUE.finditer(text):
        long = _LONG.search(match[0])
        reach = max(reach, 62 if not long else 200 if long[1] else 750)
    return reach


_LONG = re.compile(r"(quar|trimes|kwart)|year|jahr|annee|ano|anno|jaar")
_RELATIVE = re.compile(rf"(?<!\w)({'|'.join(map(re.escape, phrases.RELATIVE))})(?!\w)")
_SPAN = (
    r"(\d+) (day|days|week|weeks|wks?|fortnights?|month|months|year|years|tage?n?|wochen?|monate?n?|jours?|semaines?"
    r"|dias?|semanas?|mes(?:es)?|giorn[oi]|settiman[ae]|mes[ei]|dag(?:en|ar)?|we[e]?k(?:en)?|maand(?:en)?|veck(?:a|or)"
    r"|manad(?:er)?|dni|dzien|tydzien|tygodni(?:e)?|miesiac\w*|miesiecy)\b"
)
_AHEAD = re.compile(
    rf"\b(?:in|dans|en|fra|tra|em|over|om|za|daqui a|within|innerhalb von) {_SPAN}|{_SPAN} (?:from now|from today"
    rf"|later)"
)
_AGO = re.compile(rf"{_SPAN} (?:ago|earlier|fa|geleden|atras|temu|sedan)|\b(?:vor|il y a|hace|ha) {_SPAN}")


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


_CJK_UNIT = {"日": "day", "天": "day", "週間": "week", "周": "week", "个星期": "week", "个月": "month", "ヶ月": "month",
             "か月": "month", "年": "year"}  # fmt: skip
_CJK_SPAN = re.compile(rf"(?P<n>\d+)(?P<unit>{'|'.join(_CJK_UNIT)})(?:[后後]|以后|之后|(?P<ago>前|之前|以前))")
_SAME_DAY = re.compile(
    r"\b(?:this time|the same (?:day|time)|same (?:day|time)|a week from (?:today|now)|today|heute|aujourd'hui|hoy"
    r"|oggi|hoje|vandaag)"
    r" (?:(?:in )?(?P<week>next week|a week|1 week|week|in einer woche|nachste woche|en huit|en ocho|over een week)"
    r"|(?P<month>next month|in (?:a|1) month)|(?P<year>next year))\b"
)


def relative_spans(text: str) -> list[tuple[int, str]]:
    """(number, unit's first word) ahead of today, negative for the past."""
    spans = []
    for pattern, sign in ((_AHEAD, 1), (_AGO, -1)):
        for match in pattern.finditer(text):
            groups = [group for group in match.groups() if group]
            spans.append((sign * int(groups[0]), groups[1]))
    for match in _CJK_SPAN.finditer(text) if max(text, default="") > "\u3000" else ():
        spans.append((-int(match["n"]) if match["ago"] else int(match["n"]), _CJK_UNIT[match["unit"]]))
    spans += [(1, match.lastgroup or "week") for match in _SAME_DAY.finditer(text)]
    return spans


_SHIFTED = re.compile(
    r"\b(?:(?:(?P<n>\d+) )?(?P<unit>days?|nights?|evenings?|mornings?|weeks?|tage?n?|abende?|wochen?|jours?|semaines?"
    r"|dias?|noche|semanas?|giorn[oi]|sera|settiman[ae]|dag(?:en|ar)?|avond|weken|dzien|dni|veck(?:a"
    r"|or)) (?:(?P<before>before|prior to|ahead of|vor|avant"
    r"|antes d[eo]l?|prima d\w+|voor|przed|fore)|after|following|nach|apres|despues del?|depois d[eo]|dopo|na|po|efter)"
    r"|(?P<eve>eve of|vorabend|(?:la )?veille|vispera|vigilia|vespera|vooravond)|lendemain|dia siguiente (?:a|de))"
    r"(?: (?:the|my|of|on|den|dem|des|der|von|zum|de|du|le|la|el|al|del|di|il|do|da|van|\w+day,?|\w+tag,?)| d['e]"
    r"|, )* ?$"
)
_TODAYS = ("today", "heute", "aujourd'hui", "hoy", "oggi", "hoje", "vandaag", "dzis", "dzisiaj", "idag")
_TODAY_IS = re.compile(
    rf"\b(?:{'|'.join(_TODAYS)})(?:'s date)?(?: is|'s| ist| est| es| e| jest| ar),?(?: [^\W\d_]+,?){{0,2}} $"
)
_IS_TODAY = re.compile(rf",? (?:{'|'.join(_TODAYS)})\b(?! in )")


def is_today(text: str, start: int, end: int) -> bool:
    """Whether the words around a date tell that it is today's."""
    return any(word in text for word in _TODAYS) and (
        _IS_TODAY.match(text, end) is not None or _TODAY_IS.search(text, max(0, start - 40), start) is not None
    )


_ANY = re.compile(r"\b(?:any|each|every|no|some|all|jede[nrm]?|chaque|cada|ogni|elke) $")
_AT_MOST = re.compile(r"\b(?:at least|more than|less than|no later than|within|up to|or more|mindestens|spatestens) $")


class Shift(NamedTuple):
    """So many days on from the day that is named right behind."""

    days: int
    start: int
    is_sure: bool
    """Not of "at least two days before"."""


def shift_before(text: str, place: int) -> Shift | None:
    """What moves the day that is named at this place: the eve of, the day after, two weeks before."""
    match = _SHIFTED.search(text, max(0, place - 60), place)
    if not match or _ANY.search(text, 0, match.start()):
        return None
    unit = match["unit"] or "day"
    factor = 7 if unit[0] in "ws" and not unit.startswith("sera") else 1
    is_swedish = unit == "dagen" and re.search(r"\b(?:efter|fore)\b", match[0])
    if (
        not match["n"]
        and not is_swedish
        and (factor > 1 or unit.endswith(("days", "tage", "jours", "dias", "giorni", "dagen")))
    ):
        return None  # the week before, days after
    sign = -1 if match["before"] or match["eve"] else 1
    is_sure = _AT_MOST.search(text, 0, match.start()) is None
    return Shift(sign * factor * int(match["n"] or 1), match.start(), is_sure)


NEXT_DAY = re.compile(
    r"\b(?:day (?:after|before)|(?:next|following|previous) day|tags? (?:danach|darauf|zuvor)|nachsten tag|lendemain"
    r"|la veille|dia siguiente|dia anterior|giorno dopo|giorno prima|dia seguinte|volgende dag)\b"
)


def shift(day: date, count: int, unit: str) -> date | None:
    """The day so many units on; months by the calendar, the 31st becomes the last."""
    factor = units.UNITS.get(unit, ("", 0.0))[1] / 86400
    try:
        if factor in (1, 7, 14):
            return day + timedelta(days=count * int(factor))
        months = count * (12 if factor > 300 else 1)
        total = day.year * 12 + day.month - 1 + months
        first = date(total // 12, total % 12 + 1, 1)
        # 32 days on is the next month, however long this one is
        length = ((first + timedelta(days=32)).replace(day=1) - first).days
        return first.replace(day=min(day.day, length))
    except (OverflowError, ValueError):
        return None


def nearest_year(month: int, day: int, today: date) -> int:
    """The year in which that day is nearest to today."""

    def distance(year: int) -> float:
        try:
            days = (date(year, month, day) - today).days
            return days if days >= 0 else -days * 1.25  # of two that are as near people rather mean the one to come
        except ValueError:
            return 10**6  # 29 February, of a year that has none

    return min((today.year - 1, today.year, today.year + 1), key=distance)
