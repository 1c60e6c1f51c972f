"""How a value sounds: days and times in words, small counts as words, choices without underscores; and back again."""

import re
from datetime import date
from hashlib import sha256
from typing import Any

from agents.offline.speech.money import SIGNS
from agents.plan.json_paths import flat
from agents.schema import Schema, words

_YEAR = "January February March April May June July August September October November December"
_MONTHS = _YEAR.split()
_MOMENT = re.compile(r"(\d{4})-(0[1-9]|1[0-2])-([0-3]\d)(?:T(\d\d:\d\d)(?::00)?Z)?")
_DAYS = "|".join(("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"))
_WEEKDAYS = {day[:3].lower(): day for day in _DAYS.split("|")}
_NUMBERED = rf"(?:(?:{_DAYS}) )?(?:the )?(\d{{1,2}})(?:st|nd|rd|th)?(?: of)? ({'|'.join(_MONTHS)}) (\d{{4}})"
_HEARD_DAY = re.compile(_NUMBERED + r"(?: at (\d\d:\d\d) UTC)?")
_HEARD_MONTH = re.compile(rf"({'|'.join(_MONTHS)}) (\d{{4}})")
SPOKEN_DAY = re.sub(r"\((?!\?)", "(?:", rf"(?:{_HEARD_DAY.pattern}|{_HEARD_MONTH.pattern})")
"""A pattern for every way in which this person says a day, or a month."""
_COUNTS = ["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"]
_COUNTED = re.compile(
    r"^(?:number of|quantity|weeks|days|months|years|copies|hours)\b|"
    r"\b(?:results|people|guests|nights|items|pages|rows|count|limit|size|depth|ahead|minutes|rooms|years|tries)$"
)
_CHOICES = (
    "trade reason kind status state type stage category priority method condition region window peril resolution level"
)
_NUMBERING_WORDS = "id ids number no code ref reference sku key year port zip postcode phone pid index value version"
_NUMBERING = frozenset(_NUMBERING_WORDS.split())
"""Words of fields whose numbers count nothing, so that no comma stands in them."""
_PRICED = frozenset(
    ("price", "total", "amount", "balance", "fee", "cost", "net", "vat", "bid", "ask", "deposit", "subtotal", "salary")
) | frozenset(("premium", "rent", "fare", "refunded", "fines"))
CHOSEN = frozenset((*_CHOICES.split(), "occasion", "panel", "panels"))
"""Last words of facts whose values are choices: their underscores are not said."""


def speak_value(value: object, label: str = "") -> str:
    """A value as people write it; the same value sounds the same each time."""
    if isinstance(value, bool) or value is None:
        return {True: "yes", False: "no", None: "nothing"}[value]
    if isinstance(value, int) and 0 < value < len(_COUNTS) and _COUNTED.match(label) and _coin(f"{label}{value}", 4):
        return _COUNTS[value]
    text = str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)
    if match := _MOMENT.fullmatch(text):
        year, month, number, clock = match.groups()
        try:
            weekday = date(int(year), int(month), int(number)).strftime("%A")
        except ValueError:  # the 31st of February is said as it is written
            return text
        day, name = int(number), _MONTHS[int(month) - 1]
        ending = "th" if 10 < day < 20 else {1: "st", 2: "nd", 3: "rd"}.get(day % 10, "th")
        ways = (f"{day} {name} {year}", f"the {day}{ending} of {name} {year}", f"{weekday} {day} {name} {year}")
        spoken = ways[_coin(match[0] + label, 2 if "birth" in label else 3)]  # nobody knows the weekday of a birth
        return f"{spoken} at {clock} UTC" if clock else spoken
    if match := re.fullmatch(r"(20\d\d)-(0[1-9]|1[0-2])", text):
        return f"{_MONTHS[int(match[2]) - 1]} {match[1]}"
    if re.fullmatch(r"[0-2]\d:[0-5]\d:00", text):
        return text[:5]
    if label.rpartition(" ")[2] == "currency":
        return text.upper()
    if label.rpartition(" ")[2] in CHOSEN and re.fullmatch(r"[a-z]+(?:_[a-z]+)+", text):
        return text.replace("_", " ")
    return text


def _coin(text: str, sides: int) -> int:
    """A side that depends on the text alone."""
    return sha256(text.encode()).digest()[0] % sides


def spell_number(count: int) -> str:
    """A small number in letters, as in `three orders`."""
    return _COUNTS[count] if 0 < count < 10 else f"{count:,}"


def understand(text: str, schema: Schema) -> Any:
    """What was said as a value of the type that the schema wants; the text itself where it is none."""
    schema = flat(schema, schema)
    kind = schema.get("type")
    if schema.get("enum"):
        spoken = re.sub(r"[ _-]+", "_", text).lower()
        members = {re.sub(r"[ _-]+", "_", str(member)).lower(): member for member in reversed(schema["enum"])}
        return text if text in schema["enum"] else members.get(spoken, text)
    if kind == "boolean":
        return text in ("yes", "true")
    if kind in ("integer", "number"):
        if text.lower() in _COUNTS:
            return _COUNTS.index(text.lower())
        text = text[1:] if text[:1] in SIGNS.values() else text
        try:
            return int(text) if re.fullmatch(r"-?\d+", text) else float(text)
        except ValueError:
            return text  # a hosted user may say "a dozen"; the guard answers that
    if kind == "null":
        return None
    if schema.get("format") == "time" and re.fullmatch(r"[0-2]\d:[0-5]\d", text):
        return f"{text}:00"
    if match := _HEARD_MONTH.fullmatch(text):
        return f"{match[2]}-{_MONTHS.index(match[1]) + 1:02d}"
    if match := _HEARD_DAY.fullmatch(text):
        day = f"{match[3]}-{_MONTHS.index(match[2]) + 1:02d}-{int(match[1]):02d}"
        return f"{day}T{match[4]}:00Z" if match[4] else day
    return text


def show_number(value: float) -> str:
    """A quantity with commas between its thousands.

    >>> show_number(1228.08), show_number(124500000), show_number(4.0)
    ('1,228.08', '124,500,000', '4')
    """
    return f"{int(value):,}" if float(value).is_integer() else f"{value:,}"


def show_value(value: object, key: str = "") -> str:
    """A value of a result as an assistant tells it: days and times in words, choices without underscores."""
    if isinstance(value, bool) or value is None:
        return {True: "yes", False: "no", None: "none"}[value]
    if isinstance(value, list):
        return ", ".join(show_value(item, key) for item in value) or "none"
    if isinstance(value, dict):
        return ", ".join(f"{' '.join(words(key))} {show_value(inner, key)}" for key, inner in value.items())
    if isinstance(value, float):
        cents = round(value, 2) == value and bool(_PRICED & {*words(key)})
        return f"{value:,.2f}" if cents else show_number(value)
    least = 1_000 if _PRICED & {*words(key)} else 10_000
    if isinstance(value, int) and abs(value) >= least and words(key) and _NUMBERING.isdisjoint(words(key)):
        return show_number(value)
    text = str(value)
    if words(key)[-1:] not in (["id"], ["name"], ["by"], ["key"], ["variable"]) and re.fullmatch(
        r"[a-z]+(?:_[a-z]+)+", text
    ):
        return text.replace("_", " ").replace("vitamin d", "vitamin D")
    if match := re.fullmatch(r"(\d{4})-(0[1-9]|1[0-2])-([0-3]\d)(?:T(\d\d:\d\d)(?::\d\d)?Z?)?", text):
        day = f"{int(match[3])} {_MONTHS[int(match[2]) - 1]} {match[1]}"
        return f"{day}, {match[4]}" if match[4] else day
    if re.fullmatch(r"[0-2]\d:[0-5]\d:00", text):
        return text[:5]
    if "month" in words(key) and (match := re.fullmatch(r"(\d{4})-(0[1-9]|1[0-2])", text)):
        return f"{_MONTHS[int(match[2]) - 1]} {match[1]}"
    if words(key)[-1:] == ["day"] and text in _WEEKDAYS:
        return _WEEKDAYS[text]
    return (
        f"“{text}”"
        if re.search(r"(?<!\bDr)(?<!\bProf)(?<!\bSt)(?<!\b[A-Z])[.?!] [A-Z]|(?<!et al)\.$", text) and "\n" not in text
        else text
    )
