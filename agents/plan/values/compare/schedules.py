"""Whether a text says how often something is to be done: weekly, or every Monday at nine as a line of cron."""

import re

from agents.plan.values.answer import Answer
from agents.plan.values.reading.mentions import Mentions

_FREQUENCIES = {
    "hourly": r"hourly|(?:every|each|once an|once per|per) hour|stundlich|jede stunde|toutes les heures|cada hora"
    r"|ogni ora",
    "daily": r"daily|(?:every|each|once a|once per|per) day|every (?:morning|evening|night)|taglich|jeden tag"
    r"|(?:tous|touts) les jours|chaque jour|quotidien\w*|cada dia|todos los dias|diari[oa]\w*|ogni giorno"
    r"|todos os dias|dagelijks|elke dag",
    "weekly": r"weekly|(?:every|each|once a|once per|per) week|every (?:mon|tues|wednes|thurs|fri|satur|sun)day"
    r"|wochentlich\w*|jede woche|hebdomadaire|(?:toutes les|chaque) semaines?|cada semana|semanal\w*|ogni settimana"
    r"|settimanal\w*|toda semana|wekelijks|elke week",
    "biweekly": r"bi-?weekly|fortnightly|every (?:2 weeks|two weeks|other week|second week|fortnight)"
    r"|alle (?:2|zwei) wochen|zweiwochentlich",
    "monthly": r"monthly|(?:every|each|once a|once per|per) month|monatlich\w*|jeden monat|mensuel\w*"
    r"|(?:tous les|chaque) mois|cada mes|mensual\w*|ogni mese|mensil\w*|todo mes|mensal\w*|maandelijks|elke maand",
    "quarterly": r"quarterly|(?:every|each|once a|once per|per) quarter|every (?:3|three) months|quartalsweise"
    r"|vierteljahrlich|trimestriel\w*|trimestral\w*|trimestrale|ogni trimestre|per kwartaal",
    "yearly": r"yearly|annual(?:ly)?|(?:every|each|once a|once per|per) year|jahrlich\w*|jedes jahr|annuel\w*"
    r"|chaque annee|tous les ans|cada ano|anual\w*|ogni anno|annuale|jaarlijks|elk jaar",
}
_PATTERNS = {name: re.compile(rf"\b(?:{pattern})\b") for name, pattern in _FREQUENCIES.items()}
_SAME = {"annually": "yearly", "annual": "yearly", "fortnightly": "biweekly", "day": "", "week": ""}
_EVERY = re.compile(
    r"\b(?:every|each|jede[nrsm]?|chaque|tous les|toutes les|cada|todos l[oa]s|ogni|elke|iedere?|daily|on)\b|s\b"
)
_EVERY_DAY = re.compile(_FREQUENCIES["daily"])


def says_frequency(text: Mentions, wanted: tuple[str, ...]) -> bool:
    """Whether no frequency is said but that one."""
    name = _SAME.get(wanted[0], wanted[0])
    if len(wanted) > 1 or name not in _PATTERNS:
        return False
    named = {other for other, pattern in _PATTERNS.items() if pattern.search(text.folded)}
    return named == {name}


def says_cron(text: Mentions, value: str) -> Answer:
    """A time of every day, or of one day of each week; other schedules are the judge's."""
    match value.split(" "):
        case [minute, hour, "*", "*", days] if minute.isdigit() and hour.isdigit():
            times = {mention.seconds for mention in text.times if not mention.withdrawn}
            weekdays = {weekday.number for weekday in text.weekdays}
            is_time = times == {int(hour) * 3600 + int(minute) * 60}
            if days == "*":
                return Answer.of(is_time and not weekdays and _EVERY_DAY.search(text.folded), rules_out=False)
            is_day = days in "01234567" and weekdays == {(int(days) - 1) % 7}
            return Answer.of(is_time and is_day and _EVERY.search(text.folded), rules_out=False)
        case [minute, "*", "*", "*", "*"] if re.fullmatch(r"\*/\d+", minute):
            spans = {amount.base for amount in text.bases.get("time", ())}
            return Answer.of(spans == {60.0 * int(minute[2:])} and _EVERY.search(text.folded), rules_out=False)
        case _:
            return Answer.CANNOT_TELL
