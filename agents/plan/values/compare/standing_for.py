"""Numbers that stand for what is said otherwise: 4 for April, 6 for Saturday, -33.9 for 33.9 degrees south."""

import re
from datetime import date

from agents.plan.values.language import vocabulary as words
from agents.plan.values.language.schema_units import unit_of_schema, words_for
from agents.plan.values.reading.mentions import Mentions
from agents.schema import Schema

_WEEK_STARTS = re.compile(r"([01]) ?(?:=|is|for|:|means) ?(monday|sunday)|(monday|sunday) ?(?:=|is|:|as) ?([01])")
_COMPASS = re.compile(
    r" ?(?:°|degrees?|deg|grad|degres?|grados?|gradi|graus?|graden)? ?(?<![a-z])(?:(?P<south>s|south\w*|sud"
    r"|sudlich\w*|sur|sul|zuid\w*)|(?P<west>w|west\w*|oeste|ouest|ovest)|(?P<north>n|nord\w*|north\w*|norte"
    r"|noord\w*)|e|east\w*|ost|ostlich\w*|est|este|leste|oost\w*)\b"
)


_AXIS = re.compile(r"\b(?:(?P<lat>lat(?:itude)?)|lng|lon(?:g|gitude)?)\b")


def says_place_in_calendar(text: Mentions, number: float, schema: Schema | None) -> bool:
    """April for the month number 4; Saturday for 6 where the schema counts from Monday as 1."""
    if not text.weekdays and not text.months_alone and not text.days:
        return False
    described = f"{(schema or {}).get('title') or ''} {(schema or {}).get('description') or ''}".lower()
    if "month" in described and re.search(r"\bday\b|31", described):
        return {m.day for m in text.days if m.day} == {number}
    if "month" in described and re.search(r"number|\b1 ?(?:to|-|–|through) ?12\b", described):
        return {m.number for m in text.months_alone} | {m.month for m in text.days} == {number}
    start = _WEEK_STARTS.search(described)
    if not start or not text.weekdays:
        return False
    first = words.weekdays()[(start[2] or start[3])]
    shift = int(start[1] or start[4]) - first
    return {(weekday.number - first) % 7 + first + shift for weekday in text.weekdays} == {number}


_JOINED = re.compile(r" ?(?:-|to|till?|until|bis|a|as|hasta|alle|tot|ate|and|und|et|y|e) ?(?:as |a las |las )?")


def span_of_times(text: Mentions) -> float | None:
    """Seconds from the one time that a text names to the other, of a clock of twelve hours where it tells no half."""
    times = sorted(text.times, key=lambda time: time.start)
    if len(times) != 2 or not _JOINED.fullmatch(text.in_digits, times[0].end, times[1].start):
        return None
    is_open = any(time.other is not None for time in times)
    return float((times[1].seconds - times[0].seconds) % (43200 if is_open else 86400))


_NIGHTS = re.compile(r"\b(?:nights?|nachten?|nuits?|noches|notti|noites|noce|natter)\b")
_PACE = re.compile(
    r"(?<!\d)(\d{1,2})[: ]([0-5]\d)(?: ?min\w*)? ?(?:/ ?|(?:per|a|an|pro|par|por|al|the) )(?:k\b|km|kilomet|mi\b|mile)"
)


def says_difference(text: Mentions, number: float, schema: Schema | None) -> bool:
    """From one time or day that is named to the other; the seconds of a pace of 5:30 per kilometre."""
    described = words_for(schema)
    if "second" in described and (pace := _PACE.search(text.in_digits)):
        return number == int(pace[1]) * 60 + int(pace[2])
    dimension, factor = unit_of_schema(schema)
    if dimension == "time" and len(text.times) == 2:
        return span_of_times(text) == number * factor
    if not _NIGHTS.search(described):
        return False
    year = min(text.years, default=2001)
    named = [day._replace(year=day.year or year) for day in text.days if day.day]
    days = [date(day.year or year, day.month, day.day or 1) for day in named if day.exists]
    return len(days) == len(text.days) == 2 and abs((days[0] - days[1]).days) == number


def signs_of_compass(text: Mentions, degrees: float, schema: Schema | None) -> set[int]:
    """-1 where so many degrees are said to be south or west, 1 where north or east, 0 where the other axis is meant."""
    after = [_COMPASS.match(text.in_digits, amount.end) for amount in text.by_value.get(round(degrees, 9), ())]
    axis = _AXIS.search(words_for(schema))
    signs = set()
    for match in filter(None, after):
        is_upright = match.lastgroup in ("south", "north")
        is_meant = axis is None or is_upright is bool(axis["lat"])
        signs.add((-1 if match["south"] or match["west"] else 1) if is_meant else 0)
    return signs
