"""A tool's definition as short as it can be said without loss: prompts carry it in every request of a slot.

Rows and locks keep the definition as it was read.
"""

import inspect
from collections.abc import Callable, Collection
from typing import Any

from agents.memo import remembered
from agents.schema import Schema

SILENT = frozenset(("$schema", "$id", "$comment", "title"))
"""Keywords that say nothing to whoever fills the arguments."""
NULL = {"type": "null"}
DATA = frozenset(("default", "const", "enum", "examples", "required"))
"""Keywords whose values are no schemas."""
NAMED = frozenset(("properties", "patternProperties", "$defs", "definitions", "dependentSchemas"))
"""Keywords that hold schemas by name."""
HOLDING = frozenset(("items", "prefixItems", "additionalProperties", "anyOf", "oneOf", "allOf"))
"""Keywords that hold a schema or a list of them."""
PLAIN = frozenset(("string", "integer", "number", "boolean"))
SIZE = 4096
"""Schemas whose short form is remembered: three roles' prompts say the same of a tool."""


def concise(schema: Schema) -> Schema:
    """The schema without dialects, titles and what a caller cannot use; descriptions without their indentation.

    >>> title = {"anyOf": [{"type": "string"}, {"type": "null"}], "default": None}
    >>> concise({"title": "Args", "properties": {"title": title}})
    {'properties': {'title': {'type': 'string'}}}
    """
    return _remembered(schema)


def _concise(schema: Schema) -> Schema:
    short = {key: _shorten(value) for key, value in schema.items() if key not in SILENT and key != "properties"}
    # the guard refuses unknown keys by the whole schema, whether a prompt says it or not
    if short.get("additionalProperties") is False:
        del short["additionalProperties"]
    if isinstance(short.get("description"), str):
        short["description"] = inspect.cleandoc(short["description"])
    fields = schema.get("properties")
    if isinstance(fields, dict):
        needed = schema.get("required") or ()
        short["properties"] = {}
        for name, field in fields.items():
            inner = _concise(field) if isinstance(field, dict) else field
            if isinstance(inner, dict) and name not in needed:
                # one that may be null may as well be left out, and says so by being optional
                branches = inner.get("anyOf")
                if isinstance(branches, list) and NULL in branches and len(branches) == 2:
                    branch = next(branch for branch in branches if branch != NULL)
                    inner = {**branch, **{key: value for key, value in inner.items() if key != "anyOf"}}
                inner = {key: value for key, value in inner.items() if key != "default" or value is not None}
            short["properties"][name] = inner
    return {key: short[key] for key in schema if key in short}


_remembered = remembered(_concise, SIZE)


def outline(schema: Schema) -> Schema:
    """Only names, types and choices of the arguments that it needs: of a tool that a plan does not call.

    >>> kind = {"enum": ["a", "b"], "description": "Which one."}
    >>> outline({"properties": {"kind": kind, "limit": {}}, "required": ["kind"]})
    {'type': 'object', 'properties': {'kind': {'enum': ['a', 'b']}}}
    """
    fields, needed = concise(schema).get("properties") or {}, schema.get("required") or ()
    return {"type": "object", "properties": {name: _outline_field(fields[name]) for name in fields if name in needed}}


def outline_others(schema: Schema, named: Collection[str]) -> Schema:
    """The schema with only type and choices of the optional arguments that are not among those named.

    >>> limit = {"type": "integer", "description": "At most so many."}
    >>> outline_others({"properties": {"id": {"type": "string"}, "limit": limit}}, {"id"})["properties"]["limit"]
    {'type': 'integer'}
    """
    fields, needed = schema.get("properties"), {*named, *(schema.get("required") or ())}
    if not isinstance(fields, dict):
        return schema
    kept = {name: field if name in needed else _outline_field(field) for name, field in fields.items()}
    return {**schema, "properties": kept}


def _outline_field(field: Any) -> Schema:
    if not isinstance(field, dict):
        return {}
    short = {key: field[key] for key in ("type", "enum", "format") if key in field}
    # some endpoints refuse an array that does not say of what
    return {**short, "items": _outline_field(field.get("items"))} if short.get("type") == "array" else short


def tacit(schema: Schema) -> Schema:
    """A schema of results without what goes without saying: what has properties is an object and has all of them.

    >>> order = {"type": "object", "properties": {"id": {"type": "string"}}, "required": ["id"]}
    >>> tacit({"type": "array", "items": order})
    {'items': {'properties': {'id': {'type': 'string'}}}}
    """
    short = {key: _descend(key, value, tacit) for key, value in schema.items() if key != "properties"}
    fields = schema.get("properties")
    if schema.get("type") == "array" and "items" in schema:
        del short["type"]
    if isinstance(fields, dict) and fields and schema.get("type", "object") == "object":
        short.pop("type", None)
        required = short.pop("required", [])
        short["properties"] = _descend("properties", fields, tacit)
        return short if set(required) == set(fields) else {**short, "required": required}
    return short if fields is None else {**short, "properties": fields}


def explicit(short: Schema) -> Schema:
    """What `tacit` left out, said again.

    >>> explicit({"properties": {"ids": {"items": {"type": "string"}}}})["properties"]
    {'ids': {'type': 'array', 'items': {'type': 'string'}}}
    """
    schema = {key: _descend(key, value, explicit) for key, value in short.items() if key != "properties"}
    fields = short.get("properties")
    if "items" in short and "type" not in short:
        schema = {"type": "array", **schema}
    if not isinstance(fields, dict) or not fields or "type" in short:
        return schema if fields is None else {**schema, "properties": fields}
    properties = _descend("properties", fields, explicit)
    return {"type": "object", "required": list(fields), **schema, "properties": properties}


def by_type(part: Any) -> Any:
    """A schema in which a type that is all there is to say stands alone, and what only texts can be says no type.

    >>> by_type({"properties": {"id": {"type": "string"}, "day": {"type": "string", "format": "date"}}})
    {'properties': {'id': 'string', 'day': {'format': 'date'}}}
    """
    if not isinstance(part, dict):
        return part
    short = _within(part, by_type)
    if short.get("type") == "string" and _is_text(short):
        del short["type"]
    return short["type"] if short.keys() == {"type"} and str(short["type"]) in PLAIN else short


def with_types(part: Any) -> Any:
    """What `by_type` left out, said again.

    >>> with_types({"items": {"properties": {"state": {"enum": ["open"]}, "number": "integer"}}})["items"]["properties"]
    {'state': {'type': 'string', 'enum': ['open']}, 'number': {'type': 'integer'}}
    """
    if isinstance(part, str):
        return {"type": part}
    if not isinstance(part, dict):
        return part
    schema = _within(part, with_types)
    return {"type": "string", **schema} if "type" not in schema and _is_text(schema) else schema


@remembered
def short_result(schema: Schema) -> Any:
    """What a tool returns, in the fewest words."""
    return by_type(tacit(concise(schema)))


@remembered
def short_arguments(schema: Schema) -> Any:
    """What a tool takes, in the fewest words; that it is an object is not said."""
    return by_type({key: part for key, part in concise(schema).items() if key != "type"})


def _is_text(schema: Schema) -> bool:
    """Whether something beside the type tells that it is a text."""
    choices = schema.get("enum")
    texts = isinstance(choices, list) and bool(choices) and all(isinstance(choice, str) for choice in choices)
    return texts or "pattern" in schema or "format" in schema


def _within(schema: Schema, change: Callable[[Any], Any]) -> Schema:
    """The schema with each schema directly in it changed."""
    changed = dict(schema)
    for key, value in schema.items():
        if key in NAMED and isinstance(value, dict):
            changed[key] = {name: change(inner) for name, inner in value.items()}
        elif key in HOLDING:
            changed[key] = [change(inner) for inner in value] if isinstance(value, list) else change(value)
    return changed


def _descend(key: str, value: Any, change: Callable[[Schema], Schema]) -> Any:
    """The keyword's value with every schema in it changed."""
    if key in DATA:
        return value
    if isinstance(value, list):
        return [_descend("", item, change) for item in value]
    if not isinstance(value, dict):
        return value
    return {name: _descend("", inner, change) for name, inner in value.items()} if key in NAMED else change(value)


def _shorten(value: Any) -> Any:
    if isinstance(value, list):
        return [_shorten(item) for item in value]
    return _concise(value) if isinstance(value, dict) else value
