"""How a value sounds: plain numbers and ids as they are, and back again by the type that the tool wants."""

import re
from typing import Any

from agents.plan.json_paths import flat
from agents.schema import Schema

_MONTHS = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)
_MOMENT = re.compile(r"(\d{4})-(0[1-9]|1[0-2])-([0-3]\d)(?:T(\d\d:\d\d)(?::\d\d)?Z?)?")


def speak_value(value: Any, label: str = "") -> str:
    """A value as people write it; quotes inside are single ones, for the sentence's own are double."""
    if isinstance(value, bool) or value is None:
        return {True: "yes", False: "no", None: "nothing"}[value]
    return str(value)


def understand(text: str, schema: Schema) -> Any:
    """What was said as a value of the type that the schema wants; the text itself where it is none."""
    kind = flat(schema, schema).get("type")
    if kind == "boolean":
        return text in ("yes", "true")
    if kind in ("integer", "number"):
        try:
            return int(text) if re.fullmatch(r"-?\d+", text) else float(text)
        except ValueError:
            return text  # a hosted user may say "a dozen"; the guard answers that
    return None if kind == "null" else text


def show_value(value: Any) -> str:
    """A value of a result as an assistant tells it: days and times in words, choices without underscores."""
    if isinstance(value, bool) or value is None:
        return {True: "yes", False: "no", None: "none"}[value]
    if isinstance(value, list):
        return ", ".join(map(show_value, value)) or "none"
    if isinstance(value, dict):
        return ", ".join(
            f"{' '.join(re.findall(r'[A-Za-z]+|[0-9]+', str(key))).lower()} {show_value(inner)}"
            for key, inner in value.items()
        )
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    text = str(value)
    if re.fullmatch(r"[a-z]+(?:_[a-z]+)+", text):
        return text.replace("_", " ")
    moment = _MOMENT.fullmatch(text)
    if not moment:
        return f'"{text}"' if re.search(r"[.?!] [A-Z]|\.$", text) and "\n" not in text else text
    year, month, day, clock = moment.groups()
    return f"{int(day)} {_MONTHS[int(month) - 1]} {year}" + (f", {clock}" if clock else "")
