"""Paths into JSON values and into the schemas that describe them: `orders[0].id`, empty for the whole.

`[*]` is every element of a list.
"""

import re
from collections.abc import Iterator
from typing import Any

from agents.schema import Schema

MISSING = object()
"""What `value_at` gives where the path leads nowhere; None is a value."""


EACH = -1
"""Stands for `[*]` among the parts of a path."""


def parts(path: str) -> list[str | int]:
    """
    >>> parts("orders[0].id"), parts("orders[*].id")
    (['orders', 0, 'id'], ['orders', -1, 'id'])
    """
    found = re.findall(r"([^.\[\]]+)|\[(\d+|\*)\]", path)
    return [EACH if index == "*" else int(index) if index else key for key, index in found]


def value_at(value: Any, path: str) -> Any:
    for part in parts(path):
        # a range, for EACH is -1 and would lead to the last element
        inside = part in value if isinstance(value, dict) else isinstance(value, list) and part in range(len(value))
        if not inside:
            return MISSING
        value = value[part]
    return value


def each_at(value: Any, path: str) -> Any:
    """What the path leads to; where it goes through `[*]`, the list of what it leads to in each element.

    >>> each_at({"orders": [{"id": 1}, {"id": 2}]}, "orders[*].id")
    [1, 2]
    """
    head, star, tail = path.partition("[*]")
    listed = value_at(value, head)
    if not star or listed is MISSING:
        return listed
    return [each_at(item, tail.lstrip(".")) for item in listed] if isinstance(listed, list) else MISSING


def requiring(path: str, leaf: Schema) -> Schema:
    """The smallest schema that demands the path, with `leaf` at its end.

    >>> requiring("a[0]", {"type": "string"})["properties"]["a"]
    {'type': 'array', 'minItems': 1, 'items': {'type': 'string'}}
    """
    schema = leaf
    for part in reversed(parts(path)):
        if isinstance(part, int):
            schema = {"type": "array", "minItems": max(part, 0) + 1, "items": schema}
        else:
            schema = {"type": "object", "required": [part], "properties": {part: schema}}
    return schema


def is_guaranteed(schema: Schema, path: str, leaf: Schema) -> bool:
    """Whether whatever fits the schema has something at the path, of the leaf's type where it states one.

    >>> order = {"required": ["id"], "properties": {"id": {"type": "string"}}}
    >>> is_guaranteed(order, "id", {}), is_guaranteed(order, "id", {"type": "integer"})
    (True, False)
    """
    here = flat(schema, schema)
    for part in parts(path):
        if isinstance(part, int):
            # never true of EACH: an empty list has all its elements
            if here.get("minItems", 0) <= part:
                return False
            inner = here.get("items") or {}
        else:
            if part not in here.get("required", ()):
                return False
            inner = (here.get("properties") or {}).get(part) or {}
        here = flat(inner, schema) if isinstance(inner, dict) else {}
    return "type" not in leaf or leaf["type"] == here.get("type")


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
    # references may go round in a circle
    if not isinstance(schema, dict) or depth > 8:
        return {}
    reference = schema.get("$ref")
    if not isinstance(reference, str) or not reference.startswith("#"):
        return schema
    target: Any = root
    for part in reference.lstrip("#/").split("/") if reference != "#" else []:
        # ~1 before ~0 (RFC 6901), or ~01 would become a slash
        target = target.get(part.replace("~1", "/").replace("~0", "~"), {}) if isinstance(target, dict) else {}
    siblings = {key: value for key, value in schema.items() if key != "$ref"}
    target = resolve(target, root, depth + 1)
    # what stands beside a reference holds as well as what it leads to: a lock adds its own fields there
    return merge(siblings, target) if siblings else target


def schema_at(schema: Schema, path: str) -> Schema:
    """What a schema says of a path through `properties` and `items`; empty where it says nothing."""
    here = resolve(schema, schema)
    for part in parts(path):
        inner = here.get("items", {}) if isinstance(part, int) else (here.get("properties") or {}).get(part, {})
        here = resolve(inner, schema)
    return here


def flat(schema: Schema, root: Schema) -> Schema:
    """A schema with references, unions and `allOf` folded into one plain branch: the first that is not null."""
    schema = resolve(schema, root)
    for key in ("anyOf", "oneOf"):
        if schema.get(key):
            branches = [resolve(branch, root) for branch in schema[key]]
            chosen = next((b for b in branches if b.get("type") != "null"), branches[0])
            schema = merge({k: v for k, v in schema.items() if k != key}, flat(chosen, root))
    for part in schema.get("allOf", []):
        schema = merge({k: v for k, v in schema.items() if k != "allOf"}, flat(part, root))
    kinds = schema.get("type")
    if isinstance(kinds, list):
        schema = {**schema, "type": next((kind for kind in kinds if kind != "null"), "null")}
    return schema


def merge(one: Schema, other: Schema) -> Schema:
    """Both schemas at once, as far as shapes go."""
    both = {**one, **{key: value for key, value in other.items() if key not in one}}
    properties = {**one.get("properties", {})}
    for key, schema in other.get("properties", {}).items():
        properties[key] = merge(properties[key], schema) if key in properties else schema
    if properties:
        both["properties"] = properties
    if one.get("required") or other.get("required"):
        both["required"] = sorted({*one.get("required", []), *other.get("required", [])})
    if "items" in one and "items" in other:
        both["items"] = merge(one["items"], other["items"])
    if "minItems" in one or "minItems" in other:
        both["minItems"] = max(one.get("minItems", 0), other.get("minItems", 0))
    return both
