"""A JSON Schema as people write it -> one that validates anything at all, with what was mended; or why it cannot be.

A fault is mended only where the repair is obvious and loses nothing. Nothing is ever fetched: a `$ref` that leaves its
schema is a fault.
"""

from collections.abc import Callable, Iterator
from functools import cache
from graphlib import CycleError, TopologicalSorter
from typing import Any

import jsonschema_rs
import orjson
from jsonschema import (
    Draft4Validator,
    Draft6Validator,
    Draft7Validator,
    Draft201909Validator,
    Draft202012Validator,
)
from jsonschema.exceptions import best_match
from jsonschema.protocols import Validator
from referencing import Registry, Specification
from referencing.exceptions import Unresolvable
from referencing.jsonschema import specification_with

from agents.schema import JsonObject, Schema
from memory.corpus import python_types

KINDS = (Draft4Validator, Draft6Validator, Draft7Validator, Draft201909Validator, Draft202012Validator)
DIALECTS: JsonObject = {str(kind.META_SCHEMA["$schema"]).rstrip("#"): kind for kind in KINDS}
DEFAULT_DIALECT = list(DIALECTS)[-1]
MAPS = ("properties", "patternProperties", "$defs", "definitions", "dependentSchemas")
"""Keywords that hold schemas by name; the others hold one, or a list."""
SINGLE = "items additionalProperties additionalItems not if then else contains propertyNames unevaluatedProperties"
LISTS = "items allOf anyOf oneOf prefixItems"
IN_PLACE = frozenset(("allOf", "anyOf", "oneOf", "not", "if", "then", "else", "dependentSchemas"))
"""Keywords whose schemas apply to the same value."""
INNER = frozenset((*SINGLE.split(), *LISTS.split()))
TYPES = {
    "str": "string", "text": "string", "enum": "string", "int": "integer", "long": "integer", "float": "number",
    "double": "number", "bool": "boolean", "dict": "object", "map": "object", "list": "array", "none": "null",
}  # fmt: skip
"""What other languages call the JSON types."""
NAMES = ("string", "number", "integer", "boolean", "object", "array", "null")
SUSPECT = (b'"$ref"', b'"$dynamicRef"', b'"pattern', b'"":', b'"enum":[]')
"""Only a schema that has one of these needs a walk; the meta-schema sees all other faults."""


class Unusable(Exception):
    """Why a definition is dropped, as `kind: detail`."""


def sound(schema: Any, field: str) -> tuple[Schema, list[str]]:
    """The schema, and the kinds of faults that were mended in it.

    Raises: Unusable: it cannot be a schema, and no repair is obvious.
    """
    if not isinstance(schema, dict):
        raise Unusable(f"{field} is not a schema object: {str(schema)[:40]!r}")
    try:
        problem = _problem(schema)
        if not problem:
            return schema, []
        mends: dict[str, None] = {}
        mended = _mended(schema, mends)
        problem = (_problem(mended) or "") if mends else problem
    except (AttributeError, RecursionError, TypeError, ValueError) as error:  # bottomless nesting, `$ref: 5`
        problem = f"cannot be checked: {error}"
    if problem:
        raise Unusable(f"{field} {problem}")
    return mended, [f"{field} had {mend}" for mend in mends]


def _problem(schema: Schema) -> str:
    """What is wrong with a schema, as `kind: detail`; empty when nothing is."""
    dialect = str(schema.get("$schema", DEFAULT_DIALECT)).rstrip("#")
    if dialect not in DIALECTS:
        return f"has an unknown $schema: {dialect!r}"
    if not jsonschema_rs.meta.is_valid(schema):
        error = best_match(_meta_validator(dialect).iter_errors(schema))
        if error is not None:
            return f"is invalid: {error.json_path}: {error.message[:120]}"
    text = orjson.dumps(schema)
    if not any(mark in text for mark in SUSPECT):
        return ""
    kind, applied = specification_with(dialect), dict[int, set[int]]()
    fault = next(_faults(schema, Registry().resolver_with_root(kind.create_resource(schema)), kind, applied), "")
    try:
        TopologicalSorter(applied).prepare()
    except CycleError:
        return fault or "has a $ref that comes back to itself without an end"
    return fault


@cache
def _meta_validator(dialect: str) -> Validator:
    kind = DIALECTS[dialect]
    checker: Validator = kind(kind.META_SCHEMA, format_checker=kind.FORMAT_CHECKER)
    return checker


def _faults(schema: Any, resolver: Any, kind: Specification[Any], applied: dict[int, set[int]]) -> Iterator[str]:
    """What a meta-schema does not see, in the schema and in all that it refers to.

    `applied` fills with the schemas that each schema applies to the very value that it is applied to itself.
    """
    if not isinstance(schema, dict) or id(schema) in applied:
        return
    applied[id(schema)] = {id(part) for key in IN_PLACE & schema.keys() for part in _parts(key, schema[key])}
    if "" in schema.get("properties", ()):
        yield "has an empty property name"
    if schema.get("enum") == []:
        yield "is invalid: an enum without members"
    for pattern in [*schema.get("patternProperties", ()), *([schema["pattern"]] if "pattern" in schema else [])]:
        if not Draft7Validator.FORMAT_CHECKER.conforms(pattern, "regex"):
            yield f"is invalid: {pattern[:80]!r} is not a regular expression of Python"
    for key in sorted({"$ref", "$dynamicRef"} & schema.keys()):
        try:
            found = resolver.lookup(schema[key])
            applied[id(schema)].add(id(found.contents))
            yield from _faults(found.contents, found.resolver, kind, applied)
        except Unresolvable:
            yield f"has a $ref that leads nowhere: {schema[key]!r}"
    for part in kind.create_resource(schema).subresources():
        yield from _faults(part.contents, resolver.in_subresource(part), kind, applied)


def _parts(key: str, value: Any) -> list[Any]:
    """The schemas under a keyword: one, a list, or a map of them."""
    if key in MAPS:
        return list(value.values())
    return value if isinstance(value, list) else [value]


def _mended(schema: Any, mends: dict[str, None]) -> Any:
    """The schema with every obvious fault mended, here and below; what was done is noted in `mends`."""
    if not isinstance(schema, dict):
        return schema
    for name, mend in MENDS.items():
        fixed = mend(schema)
        if fixed != schema:
            mends[name], schema = None, fixed
    return {key: _mended_within(key, value, mends) for key, value in schema.items()}


def _mended_within(key: str, value: Any, mends: dict[str, None]) -> Any:
    if key in MAPS and isinstance(value, dict):
        return {name: _mended(inner, mends) for name, inner in value.items()}
    if key in INNER:
        return [_mended(inner, mends) for inner in value] if isinstance(value, list) else _mended(value, mends)
    return value


def _official_dialect(schema: Schema) -> Schema:
    """`https` for `http`, or the reverse, in a `$schema`."""
    said = str(schema.get("$schema", "")).rstrip("#").partition("://")[2]
    known = next((dialect for dialect in DIALECTS if said and dialect.endswith(f"://{said}")), None)
    return {**schema, "$schema": known} if known and str(schema["$schema"]).rstrip("#") != known else schema


def _without_nulls(schema: Schema) -> Schema:
    return {key: value for key, value in schema.items() if value is not None or key in ("default", "const", "example")}


def _hoisted(schema: Schema) -> Schema:
    """`properties` that hold a whole schema instead of the schemas of properties."""
    inner = schema.get("properties")
    if not isinstance(inner, dict) or inner.get("type") != "object" or not isinstance(inner.get("properties"), dict):
        return schema
    return {**schema, **inner}


def _property_map(schema: Schema) -> Schema:
    """PHP writes an empty map as a list."""
    return {key: {} if key in MAPS and value == [] else value for key, value in schema.items()}


def _numeric_bounds(schema: Schema) -> Schema:
    """Draft 4's boolean `exclusiveMinimum` as the number it stands for."""
    for exclusive, bound in (("exclusiveMinimum", "minimum"), ("exclusiveMaximum", "maximum")):
        flag = schema.get(exclusive)
        if isinstance(flag, bool):
            schema = {key: value for key, value in schema.items() if key != exclusive}
            if flag and bound in schema:
                schema[exclusive] = schema.pop(bound)
    return schema


def _json_types(schema: Schema) -> Schema:
    """Types as JSON Schema spells them; `any` says nothing."""
    kind = schema.get("type")
    if not isinstance(kind, str) or kind in NAMES:
        return schema
    if kind.lower() == "any":
        return {key: value for key, value in schema.items() if key != "type"}
    name = TYPES.get(kind.lower(), kind.lower())
    if name in NAMES:
        return {**schema, "type": name}
    spelled = python_types.schema_of(kind)
    return schema if spelled is None else {**{key: value for key, value in schema.items() if key != "type"}, **spelled}


def _required_list(schema: Schema) -> Schema:
    """`required: true` at a property, as Draft 3 had it, in the list of its parent."""
    inner = schema.get("properties")
    named = {key for key, part in inner.items() if _flagged(part)} if isinstance(inner, dict) else set()
    if not named or not isinstance(inner, dict):
        return {key: value for key, value in schema.items() if key != "required"} if _flagged(schema) else schema
    listed = schema.get("required")
    listed = [*(listed if isinstance(listed, list) else []), *(key for key in inner if _asked(inner[key]))]
    parts = {
        key: {k: v for k, v in part.items() if k != "required"} if key in named else part for key, part in inner.items()
    }
    return {**schema, "properties": parts, **({"required": list(dict.fromkeys(listed))} if listed else {})}


def _flagged(schema: Any) -> bool:
    return isinstance(schema, dict) and isinstance(schema.get("required"), bool)


def _asked(schema: Any) -> bool:
    return _flagged(schema) and schema["required"]


def _filled_enum(schema: Schema) -> Schema:
    return {key: value for key, value in schema.items() if key != "enum"} if schema.get("enum") == [] else schema


MENDS: dict[str, Callable[[Schema], Schema]] = {
    "a misspelt $schema": _official_dialect,
    "keywords set to null": _without_nulls,
    "a whole schema as its properties": _hoisted,
    "a list for a map": _property_map,
    "a boolean exclusive bound": _numeric_bounds,
    "a type of another language": _json_types,
    "required as a flag": _required_list,
    "an empty enum": _filled_enum,
}
"""What was wrong -> the repair. Each gives back an equal schema where it has nothing to do."""
