"""A tool's definition as validators of hosted models take it: a tolerant copy for the wire alone.

Level 1 mends what OpenAI's, Google's and their kin refuse: arrays without `items`, lookaround patterns, a root that is
no object, references. Level 2 keeps only what every validator knows. The row keeps the definition as it is.
"""

import re
from collections.abc import Mapping, Sequence

from agents.schema import Schema

LEVELS = 2
_PLAIN = frozenset(["type", "description", "properties", "required", "items", "enum", "anyOf", "nullable"])
_LOOKAROUND = re.compile(r"\(\?[=!<]|\\[pPkK]\{?|\(\?P")
_FORMATS = frozenset({"date-time", "date", "time", "email", "uuid", "ipv4", "ipv6", "hostname", "duration"})
_DEEPEST = 24
"""References nested deeper, as a schema that contains itself, become anything."""


def tolerant(tools: Sequence[Schema], level: int) -> list[Schema]:
    """The tools with schemas that a validator of this level takes; level 0 leaves them as they are."""
    if not level:
        return list(tools)
    mended = list[Schema]()
    for tool in tools:
        function = tool["function"]
        parameters = _root(function.get("parameters") or {}, level)
        mended.append({**tool, "function": {**function, "parameters": parameters}})
    return mended


def _root(schema: Schema, level: int) -> Schema:
    """A root object whose alternatives are joined into one set of properties, none of them required."""
    whole = _mend(schema, schema, level, 0)
    properties, required = dict(whole.get("properties") or {}), list(whole.get("required") or ())
    for keyword in ("anyOf", "oneOf", "allOf"):
        for part in whole.pop(keyword, ()):
            properties = {**(part.get("properties") or {}), **properties}
            required += (part.get("required") or ()) if keyword == "allOf" else ()
    for keyword in ("not", "if", "then", "else", "enum", "const", "$defs", "definitions"):
        whole.pop(keyword, None)
    required = [name for name in dict.fromkeys(required) if name in properties]
    root = {**whole, "type": "object", "properties": properties}
    root.pop("required", None)
    return {**root, "required": required} if required else root


def _mend(schema: object, root: Schema, level: int, depth: int) -> Schema:
    if not isinstance(schema, Mapping) or depth > _DEEPEST:
        return {"type": "string"} if level > 1 else {}
    schema = _resolve(schema, root)
    mended = {key: value for key, value in schema.items() if level < 2 or key in _PLAIN}
    kinds = mended.get("type")
    if isinstance(kinds, list):
        named = [kind for kind in kinds if kind != "null"] or ["string"]
        mended["type"] = named[0]
        if "null" in kinds:
            mended["nullable"] = True
    if mended.get("type") == "array" or "items" in mended:
        items = mended.get("items")
        mended["items"] = _mend(items if isinstance(items, Mapping) else {"type": "string"}, root, level, depth + 1)
    if isinstance(mended.get("properties"), Mapping):
        mended["properties"] = {n: _mend(s, root, level, depth + 1) for n, s in mended["properties"].items()}
        names = [name for name in mended.get("required") or () if name in mended["properties"]]
        mended.pop("required", None)
        mended |= {"required": names} if names else {}
    for keyword in ("anyOf", "oneOf", "allOf"):
        if isinstance(mended.get(keyword), list):
            mended[keyword] = [_mend(part, root, level, depth + 1) for part in mended[keyword]]
    if isinstance(mended.get("additionalProperties"), Mapping):
        mended["additionalProperties"] = True
    if _LOOKAROUND.search(str(mended.get("pattern", ""))):
        del mended["pattern"]
    if mended.get("format") not in _FORMATS:
        mended.pop("format", None)
    if isinstance(mended.get("enum"), list):
        mended["enum"] = [value for value in mended["enum"] if value is not None]
    for keyword in ("$schema", "$id", "$comment", "patternProperties", "propertyNames", "dependentRequired"):
        mended.pop(keyword, None)
    if level > 1 and "type" not in mended and "anyOf" not in mended:
        mended["type"] = "object" if "properties" in mended else "string"
    return mended


def _resolve(schema: Mapping[str, object], root: Schema) -> Schema:
    """The schema with its own reference put in its place; one that leads nowhere is dropped."""
    plain = {key: value for key, value in schema.items() if key != "$ref"}
    target: object = root
    reference = schema.get("$ref")
    if not isinstance(reference, str) or not reference.startswith("#"):
        return plain
    for part in reference.removeprefix("#").split("/")[1:]:
        key = part.replace("~1", "/").replace("~0", "~")
        target = target.get(key) if isinstance(target, Mapping) else None
    return {**target, **plain} if isinstance(target, Mapping) and target is not schema else plain
