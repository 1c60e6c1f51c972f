"""Paths into JSON values and into the schemas that describe them: `orders[0].id`, empty for the whole."""

import re
from collections.abc import Iterator
from typing import Any

from agents.schema import Schema

MISSING = object()
"""What `value_at` gives where the path leads nowhere; None is a value."""


def parts(path: str) -> list[str | int]:
    """
    >>> parts("orders[0].id")
    ['orders', 0, 'id']
    """
    return [int(index) if index else key for key, index in re.findall(r"([^.\[\]]+)|\[(\d+)\]", path)]


def value_at(value: Any, path: str) -> Any:
    for part in parts(path):
        inside = part in value if isinstance(value, dict) else isinstance(value, list) and part in range(len(value))
        if not inside:
            return MISSING
        value = value[part]
    return value


def requiring(path: str, leaf: Schema) -> Schema:
    """The smallest schema that demands the path, with `leaf` at its end.

    >>> requiring("a[0]", {"type": "string"})["properties"]["a"]
    {'type': 'array', 'minItems': 1, 'items': {'type': 'string'}}
    """
    schema = leaf
    for part in reversed(parts(path)):
        if isinstance(part, int):
            schema = {"type": "array", "minItems": part + 1, "items": schema}
        else:
            schema = {"type": "object", "required": [part], "properties": {part: schema}}
    return schema


def leaves(value: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    """Every scalar of a JSON value with its path, in order; empty containers have none."""
    if isinstance(value, dict):
        for key, item in value.items():
            yield from leaves(item, f"{path}.{key}" if path else str(key))
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from leaves(item, f"{path}[{index}]")
    else:
        yield path, value


def resolve(schema: Any, root: Schema, depth: int = 0) -> Schema:
    """The schema with its local `$ref`s followed, at most 8 deep; what cannot be followed says nothing."""
    if not isinstance(schema, dict) or depth > 8:
        return {}
    reference = schema.get("$ref")
    if not isinstance(reference, str) or not reference.startswith("#"):
        return schema
    target: Any = root
    for part in reference.lstrip("#/").split("/") if reference != "#" else []:
        target = target.get(part.replace("~1", "/").replace("~0", "~"), {}) if isinstance(target, dict) else {}
    siblings = {key: value for key, value in schema.items() if key != "$ref"}
    return {**resolve(target, root, depth + 1), **siblings}


def schema_at(schema: Schema, path: str) -> Schema:
    """What a schema says of a path through `properties` and `items`; empty where it says nothing."""
    here = resolve(schema, schema)
    for part in parts(path):
        inner = here.get("items", {}) if isinstance(part, int) else (here.get("properties") or {}).get(part, {})
        here = resolve(inner, schema)
    return here
