"""Whether a text says how often something is to be done: weekly, or every Monday at nine as a line of cron."""

import re

from agents.plan.values.answer import Answer
from agents.plan.values.compare import codes
from agents.plan.values.language import units
from agents.plan.values.language.vocabulary import weekdays
from agents.plan.values.reading.mentions import Mentions

_DAY = rf"(?:{'|'.join(day for day in weekdays() if len(day) > 4)})"
_FREQUENCIES = {
    "hourly": r"hourly|(?:every|each|once an|once per|per) hour|stundlich|jede stunde|toutes les heures|cada hora"
    r"|ogni ora",
    "daily": r"codziennie|co dzien|kazdego dnia|daily|nightly|(?:every|each|once a|once per|per) (?:single )?day"
    r"|(?:every|each) (?:morning|afternoon|evening|night)|jede nacht|chaque nuit|ogni (?:mattina|sera|notte)"
    r"|jeden (?:morgen|abend)|chaque (?:matin|soir)|cada (?:manana|noche)|tutti i giorni|iedere dag|varje dag|dagligen"
    r"|en gang om dagen|taglich|jeden tag|(?:tous|touts) les jours|chaque jour|quotidien\w*|cada dia|todos los dias"
    r"|diari[oa]\w*|ogni giorno|todos os dias|dagelijks|elke dag",
    "weekly": r"(?:einmal|1mal|1x) (?:pro|die|in der) woche|une fois par semaine|una vez (?:a la|por) semana"
    r"|una volta (?:a|alla) settimana|eens per week|co tydzien|cotygodniow\w+|weekly|(?:every|each|once a|once per"
    r"|per) week|every (?:mon|tues|wednes|thurs|fri|satur|sun)day|wochentlich\w*|jede woche|hebdomadaire|(?:toutes les"
    r"|chaque) semaines?|cada semana|semanal\w*|ogni settimana|settimanal\w*|toda semana|wekelijks|(?:elke"
    r"|iedere) week|todas l?as semanas|tutte le settimane|varje vecka|veckovis|en gang i veckan|kazdego tygodnia",
    "biweekly": r"bi-?weekly|fortnightly|every (?:2 weeks|two weeks|other week|second week|fortnight)"
    r"|alle (?:2|zwei) wochen|zweiwochentlich|toutes les (?:2|deux) semaines|cada (?:2|dos) semanas"
    r"|ogni (?:2|due) settimane|om de (?:2|twee) weken|varannan vecka|co dwa tygodnie|a cada duas semanas"
    rf"|(?:alternate|every (?:other|second)) (?:weeks|{_DAY}s?)|jede[nrs]? (?:zweite\w*|2th) (?:woche|{_DAY})"
    rf"|(?:varannan|varje annan|om de|co (?:drug\w+|2th)) {_DAY}|om de week|{_DAY} si,? {_DAY} no"
    rf"|(?:{_DAY}|semaine|semana|settimana) (?:sur|su|si|sim|de cada) (?:2|deux|due|dos)",
    "monthly": r"(?:einmal|1mal|1x) (?:im|pro) monat|une fois par mois|una vez al mes|una volta al mese"
    r"|uma vez por mes|eens per maand|fins? de (?:chaque )?mois|monatsende|end of (?:each|every) month|co miesiac"
    r"|miesiecznie|comiesieczn\w+|monthly|(?:every|each|once a|once per|per) month|monatlich\w*|jeden monat|mensuel\w*"
    r"|(?:tous les|chaque) mois|cada mes|mensual\w*|ogni mese|mensil\w*|todo mes|mensal\w*|maandelijks|(?:elke"
    r"|iedere) maand|todos l?os meses|tutti i mesi|varje manad|en gang i manaden|kazdego miesiaca",
    "quarterly": r"quarterly|(?:every|each|once a|once per|per) quarter|every (?:3|three) months|quartalsweise"
    r"|vierteljahrlich|trimestriel\w*|trimestral\w*|trimestrale|ogni trimestre|per kwartaal",
    "yearly": r"(?:einmal|1mal|1x) (?:im|pro) jahr|une fois par an|una vez al ano|una volta all'anno|uma vez por ano"
    r"|eens per jaar|raz w roku|co rok|rocznie|yearly|annual(?:ly)?|per annum|(?:every|each|once a|once per|per) year"
    r"|jahrlich\w*|jedes jahr|annuel\w*|chaque annee|tous les ans|cada ano|anual\w*|ogni anno|annuale|jaarlijks|(?:elk"
    r"|ieder) jaar|todos l?os anos|tutti gli anni|varje ar|arligen|en gang om aret|kazdego roku",
}
_SIGNS = {
    "daily": "毎日|每天|每日",
    "weekly": "毎週|每周|每週|每星期",
    "monthly": "毎月|每月|每个月",
    "yearly": "毎年|每年",
}
_PATTERNS = {
    name: re.compile(rf"\b(?:{pattern})\b" + (f"|{_SIGNS[name]}" if name in _SIGNS else ""))
    for name, pattern in _FREQUENCIES.items()
}
_SAME = {"annually": "yearly", "annual": "yearly", "fortnightly": "biweekly", "day": "", "week": ""}
_EVERY = re.compile(
    r"\b(?:every|each|jede[nrsm]?|alle|varje|kazd\w+|chaque|tous les|toutes les|cada|todos l[oa]s|ogni|elke|iedere?"
    r"|daily|on)\b|s\b|weekdays?"
)
_EVERY_DAY = re.compile(_FREQUENCIES["daily"])
_MONTHLY = re.compile(
    rf"\b(?:{_FREQUENCIES['monthly']}|(?:the|a) month|del mes|del mese|du mois|(?:des|jede[ns]) monats|van de maand)\b"
)


def says_frequency(text: Mentions, wanted: tuple[str, ...]) -> bool:
    """Whether no frequency is said but that one."""
    name = _SAME.get(wanted[0], wanted[0])
    if len(wanted) > 1 or name not in _PATTERNS:
        return False
    named = {other for other, pattern in _PATTERNS.items() if pattern.search(text.folded)}
    return named == {name}


_COUNTS = {
    "once": 1, "one": 1, "1x": 1, "twice": 2, "two": 2, "2x": 2, "thrice": 3, "three": 3, "3x": 3, "four": 4, "4x": 4,
}  # fmt: skip
_MAL = {"einmal": 1, "zweimal": 2, "dreimal": 3, "viermal": 4, "once": 1, "twice": 2, "thrice": 3}
_PER = {
    "daily": r"day|daily|tag|taglich|jour|dia|giorno|dag|dzien|dziennie|dagligen|dygnet",
    "weekly": r"week|weekly|woche|wochentlich|semaine|semana|settimana|tydzien|tygodniowo|veckan?",
    "monthly": r"month|monthly|monat|monatlich|mois|mes|mese|maand|miesiac|miesiecznie|manaden",
    "yearly": r"year|yearly|jahr|jahrlich|an|ano|anno|jaar|rok|rocznie|aret",
}
_PERIODS = {"day": "daily", "week": "weekly", "month": "monthly", "year": "yearly", "annually": "yearly"}
_TIMES = (
    r"(?:(?P<n>\d{1,2}) ?(?:times?|x|mal|fois|veces|vez|volte|volta|vezes|keer|razy|raz|ganger|gang)?"
    rf"|(?P<mal>{'|'.join(_MAL)})|(?:1|one|an?) \w+ (?=(?:every|each|per|a) ))"
    r" ?(?:a|an|per|each|every|pro|am|im|in der|par|por|al|alla|a la|ao|na|w|om|op een|per)? ?(?:the |1 )?"
)


def says_count(text: Mentions, wanted: tuple[str, ...]) -> bool:
    """Whether it says so many times in such a period: `three_times_daily` by "3x a day"."""
    count, period = _COUNTS.get(wanted[0]), _PERIODS.get(wanted[-1], wanted[-1])
    if count is None or period not in _PER or not {*wanted[1:-1]} <= {"times", "time", "a", "per"}:
        return False
    places = re.finditer(rf"(?<![\w.,]){_TIMES}(?:{_PER[period]})\b", text.in_digits)
    return {int(m["n"]) if m["n"] else _MAL.get(m["mal"] or "", 1) for m in places} == {count}


def says_cron(text: Mentions, value: str) -> Answer:
    """A time of every day, of days of each week or of one day of each month, or every so many minutes or hours."""
    spans = {amount.base for amount in text.bases.get("time", ())}
    match value.split(" "):
        case [minute, hour, day, "*", days] if minute.isdigit() and hour.isdigit():
            is_time = is_at(text, int(hour) * 3600 + int(minute) * 60)
            if day.isdigit():
                is_said = days == "*" and is_day_of_month(text, day)
            else:
                is_said = day == "*" and is_on(text, EVERY_DAY if days == "*" else days_of_cron(days))
            return Answer.of(is_time and is_said, rules_out=False)
        case [minute, "*", "*", "*", "*"] if minute.isdigit() and minute != "0":
            past = re.search(rf"\b{'quarter' if minute == '15' else minute}(?: minutes?)? past ", text.in_digits)
            return Answer.of(
                (past or f"minute {minute}" in text.in_digits) and _HOURLY.search(text.folded), rules_out=False
            )
        case [minute, "*", "*", "*", "*"] if re.fullmatch(r"\*/\d+", minute):
            return Answer.of(spans == {60.0 * int(minute[2:])} and _EVERY.search(text.folded), rules_out=False)
        case ["0", hours, "*", "*", "*"] if re.fullmatch(r"\*(?:/\d+)?", hours):
            return Answer.of(spans == {3600.0 * int(hours[2:] or 1)} and _EVERY.search(text.folded), rules_out=False)
        case _:
            return Answer.CANNOT_TELL


_HOURLY = re.compile(rf"\b(?:{_FREQUENCIES['hourly']}|the hour)\b")
_NIGHTLY = re.compile(r"\b(?:nightly|(?:every|each) night)\b")


def is_at(text: Mentions, seconds: int) -> bool:
    """Whether that time of day alone is said; nightly at three is before dawn."""
    times = [mention for mention in text.times if not mention.withdrawn]
    by_night = {mention.seconds % 43200 for mention in times if mention.bare} if _NIGHTLY.search(text.folded) else set()
    is_night = not 5 * 3600 < seconds < 19 * 3600
    return {mention.seconds for mention in times} == {seconds} or (is_night and by_night == {seconds % 43200})


def is_on(text: Mentions, days: set[int], weeks: int = 1) -> bool:
    """Whether these days of each week, or each second, are said, and no others."""
    named = codes.weekdays_of(text)
    if (weeks == 2) != (is_every_second := _PATTERNS["biweekly"].search(text.folded) is not None):
        return False
    if is_every_second:
        return named == days
    if days == EVERY_DAY:
        return named in (set(), EVERY_DAY) and _EVERY_DAY.search(text.folded) is not None
    return named == days and (len(days) > 1 or _EVERY.search(text.folded) is not None)


def is_day_of_month(text: Mentions, day: str) -> bool:
    ordinal = rf"\b{day}(?:th|st|nd|rd|\.|er|e|o)? ?(?:day )?(?:of|de|del|di|des|jedes|van|i) "
    return re.search(ordinal, text.in_digits) is not None and _MONTHLY.search(text.folded) is not None


_SECOND_DAY = re.compile(
    r"\b(?:every (?:other|second) day|jeden zweiten tag|un jour sur deux|un dia si|un giorno si|om de dag"
    r"|varannan dag)\b"
)
_LAST = r"last|letzte\w*|dernier|ultim[oa]|laatste|sista|ostatni\w*"


def is_weekday_of_month(text: Mentions, number: str, code: str) -> bool:
    """The first Monday of every month, the last Friday."""
    ordinal = _LAST if number == "-1" else f"{number}th"
    is_named = codes.weekdays_of(text) == {codes.weekday_of(code)} and _MONTHLY.search(text.folded)
    return bool(is_named) and re.search(rf"\b(?:{ordinal}) ", text.in_digits) is not None


_BASE = {"HOURLY": 3600.0, "DAILY": 86400.0, "WEEKLY": 604800.0, "MONTHLY": units.MONTH, "YEARLY": units.YEAR}


def says_rule(text: Mentions, value: str) -> Answer:
    """A rule of RFC 5545: how often, on which days, how many times.

    >>> from agents.plan.values.reading.mentions import read
    >>> says_rule(read("every other week, ten times"), "RRULE:FREQ=WEEKLY;INTERVAL=2;COUNT=10")
    <Answer.SAYS: 'says'>
    """
    parts = dict(part.split("=", 1) for part in value.removeprefix("RRULE:").split(";") if "=" in part)
    frequency, every = parts.pop("FREQ", ""), int(parts.pop("INTERVAL", "1"))
    days, day, month, count = (parts.pop(name, "") for name in ("BYDAY", "BYMONTHDAY", "BYMONTH", "COUNT"))
    if parts.keys() - {"WKST"} or frequency not in _BASE:
        return Answer.CANNOT_TELL
    name = "biweekly" if (frequency, every) == ("WEEKLY", 2) else frequency.lower() if every == 1 else ""
    spans = {amount.base for amount in text.bases.get("time", ())}
    is_said = says_frequency(text, (name,)) or (spans == {every * _BASE[frequency]} and _EVERY.search(text.folded))
    if (frequency, every) == ("DAILY", 2) and _SECOND_DAY.search(text.folded):
        is_said = True
    if month:
        said = {(named.month, named.day) for named in text.days}
        wanted = tuple(int(number) for number in (month, day) if number.isdigit())  # 05 is a month, too
        is_said = said == {wanted} and says_frequency(text, ("yearly",))
    elif nth := re.fullmatch(r"(-1|[1-5])([A-Z]{2})", days):
        is_said = frequency == "MONTHLY" and every == 1 and is_weekday_of_month(text, nth[1], nth[2])
    elif day:
        is_said = (frequency, every) == ("MONTHLY", 1) and is_day_of_month(text, day)
    elif days:
        named = {number for code in days.split(",") if (number := codes.weekday_of(code)) is not None}
        is_all = frequency == "DAILY" or (frequency == "WEEKLY" and every < 3)
        is_said = is_all and len(named) == days.count(",") + 1 and is_on(text, named, every)
    elif not days and frequency != "DAILY" and codes.weekdays_of(text):
        is_said = False
    is_counted = not count or any(not a.dimension and a.value == int(count) for a in text.amounts)
    return Answer.of(is_said and is_counted, rules_out=False)


def days_of_cron(field: str) -> set[int]:
    """Monday 0; cron counts from Sunday, by numbers or by names, with ranges.

    >>> days_of_cron("MON-FRI"), days_of_cron("0,6")
    ({0, 1, 2, 3, 4}, {5, 6})
    """
    days: set[int] = set()
    for part in field.split(","):
        ends = [
            int(end) - 1 if end.isdigit() else codes.short_names().get(end.lower(), ("", -9))[1]
            for end in part.split("-")
        ]
        if not all(-1 <= end <= 6 for end in ends):
            return set()
        days |= {day % 7 for day in range(ends[0], ends[-1] + 1)}
    return days


EVERY_DAY = set(range(7))
