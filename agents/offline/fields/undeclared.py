"""The fields of a record that nobody declares: by its noun, and by what its tool's text speaks of."""

import re
from functools import lru_cache

from pydantic import JsonValue

from agents.offline.fields.meaning import split
from agents.offline.fields.numbers import is_number
from agents.offline.fields.reference import COINS
from agents.offline.fields.topic import FIELDS, TABLED, find_sense, is_listing
from agents.offline.trade.almanac import ALMANAC
from agents.offline.trade.subject import COMPANIES, PERSONS
from agents.plan.dataflow import Described
from agents.schema import Schema, words

_YES_OR_NO = frozenset(
    (
        "read",
        "available",
        "verified",
        "visible",
        "protected",
        "enabled",
        "active",
        "online",
        "on",
        "nullable",
        "healthy",
    )
)
_DAYS = frozenset(("on", "date"))
_SPOKEN_WORDS = """
temperature humidity price volume balance rating score duration size status author url email language version license
stars forks downloads address phone population followers views likes priority assignee severity owner currency country
city timezone title description category bytes distance speed
"""
_SPOKEN = frozenset(_SPOKEN_WORDS.split())
"""Words of a description that are names of fields."""
_MANY = 7
"""Fields of a record in an imagined list, at most."""
_PART = r"[a-z][a-z' /-]+"
_NAMED_FIELDS = re.compile(
    rf"(?i)\b(?:including|includes?|returns?:?|such as|containing|with(?: its| their)?) "
    rf"((?:{_PART}, )+(?:and |or )?{_PART})"
)
"""A list of what a description says that there is: `including status, uptime and response time`."""


@lru_cache(maxsize=4096)
def field_schema(name: str) -> Schema:
    """What a field of that name holds.

    >>> field_schema("created_at"), field_schema("stars"), field_schema("author")
    ({'type': 'string', 'format': 'date-time'}, {'type': 'integer'}, {'type': 'string'})
    """
    about = split(name)
    if (about[-1] in ("at", "time") and len(about) > 1) or name in ("at", "as_of"):
        return {"type": "string", "format": "date-time"}
    if (about[-1] in _DAYS and len(about) > 1) or name == "date":
        return {"type": "string", "format": "date"}
    if name == "url":
        return {"type": "string", "format": "uri"}
    if name in ("ingredients", "tags"):
        return {"type": "array", "items": {"type": "string"}}
    if name in _YES_OR_NO:
        return {"type": "boolean"}
    if is_number(name):
        return {"type": "integer" if is_number(name) == "whole" else "number"}
    return {"type": "string"}


def infer_shape(value: JsonValue) -> Schema:
    """The schema of results like this one; all elements of a list are like its first."""
    if isinstance(value, dict):
        properties = {key: infer_shape(inner) for key, inner in value.items()}
        return {"type": "object", "properties": properties, "required": list(properties)}
    if isinstance(value, list):
        return {"type": "array", "items": infer_shape(value[0]) if value else {}}
    if isinstance(value, bool):
        return {"type": "boolean"}
    if isinstance(value, int | float):
        return {"type": "number"}
    return {"type": "string", **({"format": "date"} if re.fullmatch(r"\d{4}-\d\d-\d\d", str(value)) else {})}


def record_fields(tool: Described, about: str, domain: str) -> dict[str, Schema]:
    """The fields of a record of the noun, and those that the tool's own text speaks of."""
    if sense := find_sense(tool):
        return {
            name: field_schema(name) if options == "" else choose_in_turn(options) for name, options in sense.items()
        }
    if about in ALMANAC and about not in TABLED:
        properties: dict[str, Schema] = infer_shape(ALMANAC[about][0])["properties"]
        return properties
    if about == "alert" and re.search(r"(?i)weather|forecast", tool.get("description") or ""):
        about = "weather_alert"
    names = (
        FIELDS.get(f"{domain}/{about}")
        or FIELDS.get(about)
        or (
            ["id", "name", "email", "created_at"]
            if about in PERSONS
            else ["id", "name", "city", "website"]
            if about in COMPANIES
            else []
        )
    )
    plain = ["id", "name", "status", "created_at"]
    description = " ".join((tool.get("description") or "").split())
    heard = [word for word in words(description[:300]) if word in _SPOKEN]
    if named := _NAMED_FIELDS.search(description):
        parts = re.split(r", and |, or |, | and | or |/", named[1])
        heard += ["_".join(words(part)) for part in parts if 0 < len(part.split()) <= 3 and len(part) < 30]
    if names:
        heard = []  # what such a thing has is known, and a description speaks of much else
    covered = {part for name in names for part in words(name)}
    names = names or ([] if heard and not is_listing(tool, {}) else plain)
    names = [*names, *(word for word in dict.fromkeys(heard) if word not in covered)][:_MANY]
    symbol = next((COINS[word] for word in words(tool["name"]) if word in COINS), "")
    return {name: {"const": symbol} if symbol and name in ("symbol", "coin") else field_schema(name) for name in names}


def choose_in_turn(options: list[JsonValue]) -> Schema:
    """What is one of these, neighbours in a list in their order: what stands at one place of each belongs together."""
    kinds = {bool: "boolean", int: "integer", float: "number"}
    return {"type": kinds.get(type(options[0]), "string"), "enum": options, "x-in-turn": True}
