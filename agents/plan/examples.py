"""Values that a schema knows by name, and the arguments of a live tool that cannot be made up [ours].

A simulated world has whatever its caller names. A live server's world is what it is: a path, a query, an id or a name
means something there or nothing. Free text, numbers, days and times can be made up, and so can what the schema fixes.
"""

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

import orjson
from jsonschema import Draft7Validator, Draft202012Validator
from jsonschema.protocols import Validator
from jsonschema.validators import validator_for
from referencing import Registry

from agents.plan.json_paths import flat
from agents.schema import Schema, words

_QUOTED = re.compile(
    r"(?:e\.g\.|such as|[Ff]or example|[Ee]xamples?:)[^.'\"`]*((?:['\"`][^'\"`]{1,60}['\"`](?:,| or|\s)*)+)"
)
"""Examples in prose."""
_PLACEHOLDER = re.compile(
    r"(?i)\b(?:your|my|some)[-_ ]|[<{\[]\w+[>}\]]|\bxxx+|\b(?:user|order|doc|document|item|project|account)_?id\d?\b|"
    r"^(?:PROJECT|KEY|ID|NAME|VALUE|TOKEN|TITLE|foo|bar|abc123|string)$"
)
"""What stands for a value that somebody has to put there."""
_FREE = """text message messages content body description comment comments note notes title prompt thought thoughts
subject summary reason question insight topic greeting sentence observation label caption"""
FREE = frozenset(_FREE.split())
"""Last words of arguments that are free text."""
NAMING = frozenset(("id", "ids", "key", "uuid", "guid", "sku", "pid"))
"""Last words of numbers that name something."""
SPELLED = ("YYYY-MM-DD", "HH:MM")
"""Days and times whose form a description spells out."""


def valid(schema: Schema, value: Any) -> bool:
    """Whether the value fits the schema by its own dialect; no `$ref` is fetched."""
    return bool(_validator(orjson.dumps(schema)).is_valid(value))


@lru_cache(maxsize=2048)
def _validator(schema: bytes) -> Validator:
    loaded = orjson.loads(schema)
    # a part of a schema has lost its `$schema`, and a list of items, one for each place, is read by the older dialect
    dialect = Draft7Validator if b'"items":[' in schema else Draft202012Validator
    return validator_for(loaded, default=dialect)(loaded, registry=Registry())


def examples(schema: Schema) -> list[Any]:
    """The values that a schema gives as examples: under `examples`, else quoted in its description.

    >>> examples({"type": "string", "description": "An airport (e.g. 'TXL', 'SFO')."})
    ['TXL', 'SFO']
    """
    quoted = _QUOTED.search(str(schema.get("description", "")))
    listed = schema.get("examples") or (re.findall(r"['\"`]([^'\"`]+)['\"`]", quoted[1]) if quoted else [])
    kept = [value for value in listed if valid(schema, value)] if isinstance(listed, list) else []
    return [value for value in kept if not _PLACEHOLDER.search(str(value))]


def unknown_arguments(schema: Schema) -> list[str]:
    """The required arguments of a live tool for which no value is known that means something to its server."""
    properties = schema.get("properties") or {}
    return [name for name in schema.get("required", []) if is_unknown(properties.get(name) or {}, name, schema)]


def is_unknown(schema: Schema, name: str, root: Schema) -> bool:
    """Whether the argument names something in the server's world and no value of it is known."""
    schema = flat(schema, root)
    if examples(schema):
        return False
    items = schema.get("items")
    if schema.get("type") == "array" and isinstance(items, dict):
        return is_unknown(items, name.removesuffix("s"), root)
    return names_something(schema, name, root)


def names_something(schema: Schema, name: str, root: Schema) -> bool:
    """Whether a value of the argument means something in the server's world or nothing."""
    schema = flat(schema, root)
    if schema.get("enum") or "const" in schema or "default" in schema:
        return False
    kind = schema.get("type") or ("object" if "properties" in schema else "string")
    last = words(name)[-1:]
    if kind == "array":
        items = schema.get("items")
        return names_something(items if isinstance(items, dict) else {}, name.removesuffix("s"), root)
    if kind == "object":
        inner: Mapping[str, Any] = schema.get("properties") or {}
        asked = schema.get("required", inner)
        return not inner or any(names_something(inner.get(key) or {}, key, root) for key in asked)
    if kind == "string":
        told = str(schema.get("description", ""))
        moment = schema.get("format") in ("date", "date-time", "time") or any(form in told for form in SPELLED)
        return not moment and FREE.isdisjoint(last)
    return kind in ("integer", "number") and not NAMING.isdisjoint(last)


def is_invented(value: Any, schema: Schema, name: str, root: Schema) -> bool:
    """Whether a live tool would be called with a value that nobody knows to mean something to its server."""
    schema = flat(schema, root)
    listed = examples(schema)
    if isinstance(value, list) and not listed:
        items = schema.get("items") if isinstance(schema.get("items"), dict) else {}
        return any(is_invented(item, items or {}, name.removesuffix("s"), root) for item in value)
    return value not in listed if listed and FREE.isdisjoint(words(name)[-1:]) else is_unknown(schema, name, root)
