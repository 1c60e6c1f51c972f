"""Dynamic Schema Locking [ours]: the guard of the graph. Calls and observations in, nothing or a LockError out.

Inputs are frozen with the cluster when the blueprint is accepted. An output schema is what the tool declares, with the
fields that the blueprint relies on; a tool that declares none is locked by its first successful observation. Values are
held by the entity ledger: what was said of an id stays said until a write.
"""

import re
from functools import lru_cache
from typing import Any

import jsonschema_rs
import orjson
from jsonschema import Draft202012Validator
from jsonschema.validators import validator_for
from referencing import Registry

from agents.errors import LockError
from agents.memo import remembered
from agents.plan.json_paths import is_guaranteed, leaves, merge, requiring, schema_at
from agents.schema import (
    Blueprint,
    Cluster,
    Condition,
    Constant,
    Expect,
    FromItem,
    FromStep,
    FromUser,
    JsonObject,
    Schema,
    Source,
    Step,
    Template,
    Tool,
    flow,
    singular,
    words,
)

PLACES = (["path"], ["endpoint"], ["url"], ["uri"], ["route"], ["sql"], ["statement"])
"""Last words of arguments that name where a general tool looks."""
STATEMENT = re.compile(r"\s*(?:select|with|insert|update|delete|match|query|mutation|\{)\b|\s*\{", re.IGNORECASE)
MAX_RECOVERIES = 2
"""Refused calls after which the assistant may try again."""
MAX_REGENERATIONS = 3
"""Times that a violating observation goes back to the ObservationAgent."""


def refuse_invalid(schema: Schema, value: Any, what: str) -> None:
    """Raises: LockError: with the validator's message and where in the value it is."""
    if not schema:
        return
    validator = _validator(schema)
    if validator is not None and validator.is_valid(value):
        return
    # Where the validator in Rust, which takes microseconds, objects or cannot tell, the one in Python says what is
    # wrong: rows and recorded requests have had its words, and a run could not go on in others as it began.
    kind = validator_for(schema, default=Draft202012Validator)
    errors = kind(schema, registry=Registry()).iter_errors(value)  # an empty registry never fetches a `$ref`
    # the outermost, then by its words: the validator promises no order
    first = min(errors, key=lambda e: (len(e.path), e.message), default=None)
    if first:
        raise LockError(f"{what}: {first.json_path}: {first.message[:300]}")


@remembered
def _validator(schema: Schema) -> jsonschema_rs.Validator | None:
    return validator_of(orjson.dumps(schema))


@lru_cache(maxsize=2048)
def validator_of(schema: bytes) -> jsonschema_rs.Validator | None:
    """None where it cannot read the schema, such as an expression of Python's own or a reference to elsewhere."""

    def refuse_to_fetch(uri: str) -> Schema:
        raise ValueError(f"{uri} is not fetched: a tool's definition must hold all that it needs")

    try:
        return jsonschema_rs.validator_for(orjson.loads(schema), validate_formats=False, retriever=refuse_to_fetch)
    except ValueError:
        return None


def check_call(cluster: Cluster, name: str, arguments: Any) -> None:
    """Raises: LockError: the tool is outside the frozen cluster, or its arguments do not fit `inputSchema`."""
    tool = cluster.by_name.get(name)
    if tool is None:
        raise LockError(f"unknown tool {name!r}: expected one of {sorted(cluster.by_name)}")
    refuse_invalid(tool.input_schema, arguments, name)


def relied_fields(blueprint: Blueprint) -> dict[str, list[str]]:
    """Step id -> the paths into its result that later steps, conditions, checkpoints and the plan's wishes read."""
    paths: dict[str, list[str]] = {}
    for step in blueprint.steps:
        for source in (part for argument in step.arguments.values() for part in flow(argument)):
            if isinstance(source, FromStep) and source.path:
                paths.setdefault(source.step, []).append(source.path)
            if isinstance(source, FromItem) and step.repeat:
                paths.setdefault(step.repeat.step, []).append(f"{step.repeat.path}[0]" + _with_dot(source.path))
        if step.repeat:
            paths.setdefault(step.repeat.step, []).append(step.repeat.path)
        if step.when:
            paths.setdefault(step.when.step, []).append(step.when.path)
    read = [(point.step, point.path) for point in blueprint.checkpoints]
    for step_id, path in read + [(expect.step, expect.path) for expect in blueprint.expects]:
        if path:
            paths.setdefault(step_id, []).append(path)
    return {step: sorted(set(found)) for step, found in paths.items()}


def _with_dot(path: str) -> str:
    return f".{path}" if path else ""


def freeze(blueprint: Blueprint, cluster: Cluster) -> dict[str, Schema]:
    """Offered name -> output lock at the moment that the blueprint is accepted; empty where nothing is known yet."""
    tools, relied = cluster.by_name, relied_fields(blueprint)
    locks: dict[str, Schema] = {name: tool.output_schema for name, tool in tools.items() if tool.output_schema}
    demands: dict[str, Schema] = {}
    for step in blueprint.steps:
        key = planned_key(blueprint, step, tools[step.tool]) if step.tool in tools else step.tool
        for path in relied.get(step.id, []) if key else ():
            leaf = _find_schema(blueprint, tools, step.id, path)
            if not is_guaranteed(locks.get(key, {}), path, leaf):
                # One schema for all paths: the ObservationAgent reads it, and `orders` need not be said for each field.
                demands[key] = merge(demands.get(key, {}), requiring(path, leaf))
    for key, demand in demands.items():
        declared = locks.get(key, {})
        # beside what the tool declares, which stays as it was read
        locks[key] = {**declared, "allOf": [*declared.get("allOf", []), demand]}
    return locks


def planned_key(blueprint: Blueprint, step: Step, tool: Tool) -> str:
    """Where what is demanded of a step's result is kept; empty where its path is not known before it is called.

    Of a general tool that several steps call, a demand on one path must not meet the others.
    """
    facts = {fact.name: fact.value for fact in blueprint.facts}
    known = {name: _planned_value(source, facts) for name, source in step.arguments.items()}
    places = {name: value if isinstance(value, str) else "?" for name, value in known.items()}
    key = lock_key(tool, step.tool, places)
    alone = sum(other.tool == step.tool for other in blueprint.steps) == 1
    return step.tool if alone or key == step.tool else "" if key.endswith(" ?") else key


def _planned_value(source: Source, facts: JsonObject) -> Any:
    """What an argument will be, as far as the plan alone tells."""
    if isinstance(source, FromUser):
        return facts.get(source.fact)
    if isinstance(source, Template):
        parts = {name: _planned_value(part, facts) for name, part in source.parts.items()}
        known = all(value is not None for value in parts.values())
        return re.sub(r"{(\w+)}", lambda m: str(parts[m[1]]), source.template) if known else None
    return source.value if isinstance(source, Constant) else None


def _find_schema(blueprint: Blueprint, tools: dict[str, Tool], step_id: str, path: str) -> Schema:
    """The type that the consumer of a field needs."""
    for step in blueprint.steps:
        for name, source in step.arguments.items():
            if isinstance(source, FromStep) and (source.step, source.path) == (step_id, path) and "[*]" not in path:
                return _type_only(schema_at(tools[step.tool].input_schema, name))
            if not isinstance(source, FromItem) or not step.repeat or step.repeat.step != step_id:
                continue
            if path == f"{step.repeat.path}[0]" + _with_dot(source.path):
                return _type_only(schema_at(tools[step.tool].input_schema, name))
        if step.repeat and (step.repeat.step, step.repeat.path) == (step_id, path):
            return {"type": "array"}
    # What the plan hopes for is as good as a type: a state that is compared, a value that is expected.
    hopes: list[Condition | Expect] = [*blueprint.expects, *(step.when for step in blueprint.steps if step.when)]
    for hope in hopes:
        value = hope.value if isinstance(hope, Expect) else hope.equals
        if (hope.step, hope.path) == (step_id, path) and value is not None:
            return _type_only(infer(value))
    return {}


def _type_only(schema: Schema) -> Schema:
    kinds = schema.get("type")
    return {"type": kinds} if kinds else {}


def lock_key(tool: Tool, name: str, arguments: Any) -> str:
    """What a call's lock is kept under: the tool, and for a general one that declares no result the path as well.

    Of a tool that fetches any path or runs any statement, two calls return different things.
    """
    if tool.output_schema or not isinstance(arguments, dict):
        return name
    for argument, value in sorted(arguments.items()):
        last = words(argument)[-1:]
        if isinstance(value, str) and (last in PLACES or (last == ["query"] and STATEMENT.match(value))):
            return f"{name} {value}"
    return name


def lock_of(locks: dict[str, Schema], key: str, name: str) -> Schema:
    """The lock of a key; before its first success what is demanded of the tool."""
    return locks.get(key, locks.get(name, {}))


def lock_with(locks: dict[str, Schema], tool: Tool, key: str, name: str, result: Any) -> dict[str, Schema]:
    """The locks after a first success: a tool that declares no output schema is locked by what it returned."""
    lock = lock_of(locks, key, name)
    # the mark keeps a second result from replacing what the first one locked
    if tool.output_schema or "type" in lock or "x-observed" in lock:
        return locks
    return {**locks, key: {**lock, **infer(result), "x-observed": True}}


def infer(value: Any) -> Schema:
    """The schema of a first observation: types and item types, no values; null always allowed, keys may be left out.

    >>> infer({"id": "A1", "total": 5})["properties"]["total"]
    {'type': ['number', 'null']}
    """
    if isinstance(value, dict):
        return {"type": "object", "properties": {key: _nullable(infer(item)) for key, item in value.items()}}
    if isinstance(value, list):
        kinds = [infer(item) for item in value]
        same = all(kind == kinds[0] for kind in kinds)
        return {"type": "array", "items": _nullable(kinds[0])} if kinds and same else {"type": "array"}
    if value is None:
        return {}
    # a bool is an int in Python; no `integer`, for the next total may have cents
    kind = "boolean" if isinstance(value, bool) else "string" if isinstance(value, str) else "number"
    return {"type": kind}


def _nullable(schema: Schema) -> Schema:
    return {**schema, "type": [schema["type"], "null"]} if "type" in schema else schema


class Ledger:
    """What earlier simulated observations said: whole results by read call, and scalar fields by entity.

    An object is an entity where it has `id` (or `uuid`, `key`) or `<kind>_id` of its own kind, the kind being the
    list or key that holds it, else the noun of the tool.
    """

    def __init__(self, said: JsonObject | None = None) -> None:
        self.entities: dict[str, JsonObject] = dict((said or {}).get("entities", {}))
        self.reads: JsonObject = dict((said or {}).get("reads", {}))

    def dump(self) -> JsonObject:
        return {"entities": self.entities, "reads": self.reads}

    def recall(self, name: str, arguments: Any) -> Any:
        """The result that the same read call got, no write in between, as `{"result": ...}`; None if there is none."""
        return self.reads.get(_call_key(name, arguments))

    def check(self, tool: Tool, result: Any) -> None:
        """Raises: LockError: the result says something else of an entity than an earlier observation did."""
        for entity, fields in entities(tool, result):
            for key, value in fields.items():
                known = self.entities.get(entity, {}).get(key, value)
                # a write may return what it has changed
                if known != value and tool.reads:
                    said = f"{orjson.dumps(known).decode()} earlier, {orjson.dumps(value).decode()} now"
                    raise LockError(f"ledger: {entity} has {key} = {said}, and nothing was written in between")

    def note(self, tool: Tool, name: str, arguments: Any, result: Any) -> None:
        """Remember a success. A write forgets every read, and what was known of the ids that it names."""
        if tool.reads:
            self.reads[_call_key(name, arguments)] = {"result": result}
        else:
            # as text, for one tool returns 17 where another is called with "17"
            named = {str(value) for _, value in [*leaves(arguments), *leaves(result)]}
            # any list may have held what was written
            self.reads.clear()
            self.entities = {key: known for key, known in self.entities.items() if key.split(":", 1)[1] not in named}
        for entity, fields in entities(tool, result):
            self.entities[entity] = {**self.entities.get(entity, {}), **fields}


def _call_key(name: str, arguments: Any) -> str:
    return name + orjson.dumps(arguments, option=orjson.OPT_SORT_KEYS).decode()


def entities(tool: Tool, result: Any) -> list[tuple[str, JsonObject]]:
    """`kind:id` and the scalar fields of every entity in a result."""
    nouns = [singular(word) for word in words(tool.name)[1:]] or ["thing"]
    return list(_walk(result, nouns))


def _walk(value: Any, kinds: list[str]) -> list[tuple[str, JsonObject]]:
    if isinstance(value, list):
        return [record for item in value for record in _walk(item, kinds)]
    if not isinstance(value, dict):
        return []
    records: list[tuple[str, JsonObject]] = []
    for key, named in value.items():
        name = words(key)
        own = name in (["id"], ["uuid"], ["key"]) or (name[-1:] in (["id"], ["uuid"]) and name[:-1] == kinds)
        if own and isinstance(named, str | int) and not isinstance(named, bool):
            scalars = {k: v for k, v in value.items() if isinstance(v, str | int | float | bool) and k != key}
            records.append((f"{kinds[-1] if kinds else 'thing'}:{named}", scalars))
            break
    for key, inner in value.items():
        if not isinstance(inner, list | dict):
            continue
        # such a key does not say what its records are
        generic = key in ("results", "items", "data", "result", "records", "entries", "value", "values")
        records += _walk(inner, kinds if generic else [singular(word) for word in words(key)])
    return records
