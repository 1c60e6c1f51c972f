"""The first and the last day of periods that a text names so: by the end of June, at the start of next quarter."""

import re
from collections.abc import Iterator
from datetime import date, timedelta
from functools import lru_cache

from agents.plan.values.language import phrases
from agents.plan.values.language import vocabulary as words
from agents.plan.values.language.spelling import word_set

_END = (
    r"(?:the )?(?:end|close|last day|final day) (?:of|in)|month-end|ende|(?:la )?fin (?:de|du|d')"
    r"|(?:a )?final(?:es)? (?:de|del|do|da)|(?:la )?fine(?: di| del| dell')?|(?:het )?einde?(?: van)?|fim d[eoa]"
    r"|ultimo (?:dia|giorno) (?:de|del|do|di)|letzte[nr]? tag"
)
_START = (
    r"(?:the )?(?:start|beginning|first day|1th day|1st day) (?:of|in)|anfang|beginn|(?:le )?debut (?:de|du|d')"
    r"|principios? (?:de|del)"
    r"|(?:a )?comienzos? (?:de|del)|(?:l')?inizio(?: di| del| dell')?|inicio (?:de|del|do|da)|(?:het )?begin(?: van)?"
)
# towards the end of May is any of its last days, by the end of May the very last
_ROUGHLY = re.compile(r"\b(?:around|about|towards?|near|gegen|a la|a|vers|hacia|verso|rond|per) (?:the )?$")
_RELATION = (
    r"(?P<this>this|the|the current|current|diese[sm]|des|dieses|ce|cette|este|esta|questo|quest'|deze|dit|het)"
    r"|(?P<next>next|the coming|the following|coming|following|nachste[nsm]|kommende[nsm]|proximo|prossimo|volgende)"
    r"|(?P<last>last|the last|previous|the previous|letzte[nsm]|vergangene[nsm]|vorige[nsm]|scorso|vorige|pasado)"
)
_UNIT = (
    r"(?P<month>months?|monats?|mois|mes|mese|maand)|(?P<quarter>quarters?|quartals?|trimestre|kwartaal)"
    r"|(?P<year>years?|jahres|jahrs?|annee|ano|anno|jaar)"
)
_BEHIND = (
    r"(?: (?P<after>prochaine?|que viene|que vem|prossimo|seguinte))?(?: (?P<before>derniere?|dernier|pasado"
    r"|passado|scorso))?"
)
HINTS = word_set("""
    end close last final ende fin finales fine einde eind fim ultimo letzter letzten start beginning first anfang beginn
    debut principio principios comienzo comienzos inizio inicio begin 1th 1st
    monatsende jahresende quartalsende
""")  # fmt: skip
"""One of these stands wherever an edge is named."""


@lru_cache(maxsize=1)
def edge_pattern() -> re.Pattern[str]:
    months = words.any_month()
    return re.compile(
        rf"\b(?:(?P<end>{_END})|(?P<start>{_START})) ?(?:the |le |el |il |l')?"
        rf"(?:(?:(?:{_RELATION}) )?(?:{_UNIT}){_BEHIND}|(?:the )?month of (?P<alone>{months})"
        rf"|(?P<relmonth>(?:this|next|last) )?(?P<name>{months})(?!\w)\.?(?:,? (?:of |de |del |di )?(?P<of>\d{{4}}))?"
        r"|(?:the )?(?:q(?P<q>[1-4])|(?P<nth>[1-4])(?:th|st|nd|rd|\.)? (?:quarter|quartals?|trimestre|kwartaal))"
        r"(?: (?:of |de |del |di )?(?P<qyear>\d{4}))?|(?:the year |des jahres |l'annee |jahr )?(?P<wholeyear>(?:19"
        r"|20)\d\d))(?!\w)"
    )


def edges_in(text: str, today: date | None) -> Iterator[date]:
    """Those that are certain: without today no `end of this month`, and of a month without a year the nearest."""
    for match in edge_pattern().finditer(text):
        months = months_of(match, text, today)
        if months is None or _ROUGHLY.search(text, 0, match.start()):
            continue
        first, length = months
        last = shift_month(first, length) - timedelta(days=1)
        yield last if match["end"] else first


def months_of(match: re.Match[str], text: str, today: date | None) -> tuple[date, int] | None:
    """First day and number of months of the period that is named."""
    step = 1 if match["next"] or match["after"] else -1 if match["last"] or match["before"] else 0
    unit = next((name for name in ("month", "quarter", "year") if match[name]), "")
    if unit:
        if not today:
            return None
        length = {"month": 1, "quarter": 3, "year": 12}[unit]
        begin = date(today.year, (today.month - 1) // length * length + 1, 1)
        return shift_month(begin, step * length), length
    if match["wholeyear"]:
        return date(int(match["wholeyear"]), 1, 1), 12
    quarter = match["q"] or match["nth"]
    name = match["name"] or match["alone"]
    month = 3 * int(quarter) - 2 if quarter else words.months()[name]
    year = match["of"] or match["qyear"]
    years_on = phrases.years_beside(text, *match.span())
    if not year and years_on is not None and today:
        year = str(today.year + years_on)
    if not year and not today:
        return None
    if year:
        return (date(int(year), month, 1), 3 if quarter else 1) if int(year) >= 1000 else None
    candidates = [date(today.year + n, month, 1) for n in (-1, 0, 1)] if today else []
    return min(candidates, key=lambda day: abs((day - (today or day)).days)), 3 if quarter else 1


def shift_month(first: date, months: int) -> date:
    total = first.year * 12 + first.month - 1 + months
    return date(min(max(total // 12, 1), 9999), total % 12 + 1, 1)
