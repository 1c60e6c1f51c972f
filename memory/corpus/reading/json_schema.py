"""A JSON Schema as people write it -> one that validates anything at all, with what was mended; or why it cannot be.

A fault is mended only where the repair is obvious and loses nothing. Nothing is ever fetched: a `$ref` that leaves its
schema is a fault.
"""

from collections.abc import Iterator
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

from agents.schema import Schema
from memory.corpus.reading.mends import MAPS, MENDS, TUPLE, Mend, refer_within

KINDS = (Draft4Validator, Draft6Validator, Draft7Validator, Draft201909Validator, Draft202012Validator)
DIALECTS: dict[str, Any] = {str(kind.META_SCHEMA["$schema"]).rstrip("#"): kind for kind in KINDS}
DEFAULT_DIALECT = list(DIALECTS)[-1]
SINGLE = "items additionalProperties additionalItems not if then else contains propertyNames unevaluatedProperties"
LISTS = "items allOf anyOf oneOf prefixItems"
IN_PLACE = frozenset(("allOf", "anyOf", "oneOf", "not", "if", "then", "else", "dependentSchemas"))
"""Keywords whose schemas apply to the same value."""
INNER = frozenset((*SINGLE.split(), *LISTS.split()))
SUSPECT = (b'"$ref"', b'"$dynamicRef"', b'"pattern', b'"":', b'"enum":[]', b'"type_":')
"""Only a schema that has one of these needs a walk; the meta-schema sees all other faults."""


class Unusable(Exception):
    """Why a definition is dropped, as `kind: detail`."""


def sound(schema: object, field: str) -> tuple[Schema, list[str]]:
    """The schema, and the kinds of faults that were mended in it.

    Raises: Unusable: it cannot be a schema, and no repair is obvious.
    """
    if not isinstance(schema, dict):
        raise Unusable(f"{field} is not a schema object: {str(schema)[:40]!r}")
    try:
        done: dict[str, None] = {}
        if "$id" in schema and (local := refer_within(schema)) is not schema:
            schema, done["references by its own $id"] = local, None
        problem = _problem(schema)
        if not problem:
            return schema, [f"{field} had {fault}" for fault in done]
        newest = str(schema.get("$schema", DEFAULT_DIALECT)).rstrip("#") == DEFAULT_DIALECT
        mended = _mend(schema, {fault: MENDS[fault] for fault in MENDS if newest or fault != TUPLE}, done)
        problem = (_problem(mended) or "") if done else problem
    except (AttributeError, RecursionError, TypeError, ValueError) as error:  # bottomless nesting, `$ref: 5`
        problem = f"cannot be checked: {error}"
    if problem:
        raise Unusable(f"{field} {problem}")
    return mended, [f"{field} had {fault}" for fault in done]


def _problem(schema: Schema) -> str:
    """What is wrong with a schema, as `kind: detail`; empty when nothing is."""
    dialect = str(schema.get("$schema", DEFAULT_DIALECT)).rstrip("#")
    if dialect not in DIALECTS:
        return f"has an unknown $schema: {dialect!r}"
    # the fast validator says yes or no; only where it says no is the slow one asked for its words
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


def _faults(schema: object, resolver: Any, kind: Specification[Any], applied: dict[int, set[int]]) -> Iterator[str]:
    """What a meta-schema does not see, in the schema and in all that it refers to.

    `applied` fills with the schemas that each schema applies to the very value that it is applied to itself.
    """
    if not isinstance(schema, dict) or id(schema) in applied:
        return
    applied[id(schema)] = set()
    for key in IN_PLACE & schema.keys():
        value = schema[key]
        parts = value.values() if key in MAPS else value if isinstance(value, list) else [value]
        applied[id(schema)].update(map(id, parts))
    if "" in schema.get("properties", ()):
        yield "has an empty property name"
    if "type_" in schema and "type" not in schema:
        yield "is invalid: type_ is no keyword"
    if schema.get("enum") == []:
        yield "is invalid: an enum without members"
    for pattern in [*schema.get("patternProperties", ()), *([schema["pattern"]] if "pattern" in schema else [])]:
        if not Draft7Validator.FORMAT_CHECKER.conforms(pattern, "regex"):
            yield f"is invalid: {pattern[:80]!r} is not a regular expression of Python"
    for key in sorted({"$ref", "$dynamicRef"} & schema.keys()):
        try:
            target = resolver.lookup(schema[key])
            applied[id(schema)].add(id(target.contents))
            yield from _faults(target.contents, target.resolver, kind, applied)
        except Unresolvable:
            yield f"has a $ref that leads nowhere: {schema[key]!r}"
    for part in kind.create_resource(schema).subresources():
        yield from _faults(part.contents, resolver.in_subresource(part), kind, applied)


def _mend(schema: object, mends: dict[str, Mend], done: dict[str, None]) -> Any:
    """The schema with every obvious fault mended, here and below; what was done is noted in `done`."""
    if not isinstance(schema, dict):
        return schema
    for fault, repair in mends.items():
        fixed = repair(schema)
        if fixed != schema:
            done[fault], schema = None, fixed
    mended: Schema = {}
    for key, value in schema.items():
        if key in MAPS and isinstance(value, dict):
            mended[key] = {name: _mend(inner, mends, done) for name, inner in value.items()}
        elif key in INNER:
            several = isinstance(value, list)
            mended[key] = [_mend(inner, mends, done) for inner in value] if several else _mend(value, mends, done)
        else:  # `default`, `enum` and `examples` hold values, which may look like schemas
            mended[key] = value
    return mended
