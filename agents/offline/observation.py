"""The offline ObservationAgent: a stateful world read back from the calls and results so far."""

from collections.abc import Iterator, Sequence
from random import Random
from typing import Any

from agents.offline.values import believable, valid
from agents.plan.dataflow import Described, lists, noun
from agents.plan.json_paths import flat, leaves, schema_at
from agents.schema import Schema, words

_GONE = frozenset(("delete", "remove", "cancel", "destroy", "drop", "purge"))


class World:
    """What earlier successes said: fields by id, and the ids that were deleted."""

    def __init__(self, tools: Sequence[Described], history: Sequence[tuple[dict[str, Any], dict[str, Any]]]) -> None:
        self.tools = {tool["name"]: tool for tool in tools}
        self.known: dict[str, dict[str, Any]] = {}
        self.made: dict[str, list[dict[str, Any]]] = {}
        self.gone: set[str] = set()
        for call, answer in history:
            if answer.get("ok"):
                self._learn(call, answer.get("result"))

    def _learn(self, call: dict[str, Any], result: Any) -> None:
        tool = self.tools[call["tool"]]
        verb = words(call["tool"])[:1]
        named = [str(value) for path, value in leaves(call["arguments"]) if identifies(path)]
        if not _GONE.isdisjoint(verb) and verb != ["cancel"]:
            self.gone |= set(named)
        for entity in objects(result):
            for key, value in entity.items():
                if identifies(key) and isinstance(value, str | int):
                    self.known.setdefault(f"{key}={value}", {}).update(scalars(entity))
                    break
        if not tool["reads"] and isinstance(call["arguments"], dict):
            self._write(tool, call["arguments"], named, result)

    def _write(self, tool: Described, arguments: dict[str, Any], named: list[str], result: Any) -> None:
        """A write changes what is known of the ids it names; a create adds to what a list returns."""
        for key, fields in self.known.items():
            if key.split("=", 1)[1] in named:
                fields.update({name: value for name, value in scalars(arguments).items() if name in fields})
        if words(tool["name"])[:1] in (["create"], ["add"], ["book"], ["register"]) and isinstance(result, dict):
            self.made.setdefault(" ".join(noun(tool)[-1:]), []).append({**scalars(arguments), **scalars(result)})


def identifies(path: str) -> bool:
    last = words(path.rpartition(".")[2].split("[")[0])[-1:]
    return last in (["id"], ["uuid"], ["key"], ["ids"], ["sku"])


def objects(value: Any) -> Iterator[dict[str, Any]]:
    if isinstance(value, dict):
        yield value
    for inner in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from objects(inner)


def scalars(value: dict[str, Any]) -> dict[str, Any]:
    return {key: inner for key, inner in value.items() if isinstance(inner, str | int | float | bool)}


def observed(
    tools: Sequence[Described],
    history: Sequence[tuple[dict[str, Any], dict[str, Any]]],
    call: dict[str, Any],
    rng: Random,
) -> dict[str, Any]:
    """The next observation: the planned failure, `not found` for what was deleted, else a result that fits the lock."""
    if call.get("must_fail"):
        return {"ok": False, "code": "temporarily_unavailable", "message": call["must_fail"]}
    world = World(tools, history)
    lost = [str(v) for path, v in leaves(call["arguments"]) if identifies(path) and str(v) in world.gone]
    if lost:
        return {"ok": False, "code": "not_found", "message": f"{lost[0]} was not found"}
    tool = world.tools[call["tool"]]
    schema = call.get("lock") or {}
    result = _result(world, tool, call["arguments"], schema, rng)
    for _ in range(5):
        if valid(schema, result):
            break
        result = _result(world, tool, call["arguments"], schema, rng)
    return {"ok": True, "result": result}


def locked(
    tools: Sequence[Described], history: Sequence[tuple[dict[str, Any], dict[str, Any]]], call: dict[str, Any]
) -> Schema:
    """What the call's tool declares, with what the calls of it so far have brought as locks."""
    same = [one for one in [*(earlier for earlier, _ in history), call] if one["tool"] == call["tool"]]
    schema = dict(next(tool for tool in tools if tool["name"] == call["tool"]).get("outputSchema") or {})
    for one in same:
        schema |= one.get("lock", {})
    return schema


def _result(world: World, tool: Described, arguments: dict[str, Any], lock: Schema, rng: Random) -> Any:
    shape = flat(lock, lock) if lock else {}
    seen = bool(lock.get("x-observed"))
    if not tool.get("outputSchema") and not seen:
        made: Any = _imagined(tool, arguments, rng)
        made = _relied(made, shape, rng, lock)
    else:
        made = believable(shape, noun(tool)[-1] if noun(tool) else "result", rng, lock, full=True)
    _recall(world, tool, arguments, made, lock)
    return made


def _imagined(tool: Described, arguments: dict[str, Any], rng: Random) -> dict[str, Any]:
    """The result of a tool that declares none: a list, a record, or an acknowledgement, by its verb and noun."""
    about = (noun(tool) or ["result"])[-1]
    verb = (words(tool["name"]) or [""])[0]
    given = scalars(arguments)
    if lists(tool):
        rows = [_record(about, rng) for _ in range(rng.choice((2, 3, 4, 5)))]
        return {f"{about}s": rows, "total": len(rows)}
    if verb in _GONE:
        return {**{key: value for key, value in given.items() if identifies(key)}, "success": True}
    if tool["reads"]:
        return {**_record(about, rng), **given}
    day = believable({"type": "string", "format": "date-time"}, "updated_at", rng, {})
    fresh = {} if any(map(identifies, given)) else {"id": believable({"type": "string"}, f"{about}_id", rng, {})}
    return {**fresh, **given, "success": True, "updated_at": day}


def _record(about: str, rng: Random) -> dict[str, Any]:
    kinds = {"id": f"{about}_id", "name": f"{about}_name", "status": "status", "created_at": "created_at"}
    made = {key: believable({"type": "string"}, name, rng, {}) for key, name in kinds.items()}
    extra = rng.choice(("priority", "score", "amount", "count", "size"))
    return {**made, extra: believable({"type": "integer"}, extra, rng, {})}


def _relied(value: Any, shape: Schema, rng: Random, root: Schema) -> Any:
    """The value with every field that the plan relies on put in."""
    shape = flat(shape, root)
    if shape.get("type") == "array":
        kept = value if isinstance(value, list) else []
        while len(kept) < max(2, shape.get("minItems", 0)):
            kept = [*kept, {}]
        return [_relied(item, shape.get("items") or {}, rng, root) for item in kept]
    if shape.get("properties"):
        made = dict(value) if isinstance(value, dict) else {}
        for key, inner in shape["properties"].items():
            about = f"{key}" if key not in made else key
            made[key] = _relied(made.get(key, _nothing), {"title": about, **inner}, rng, root)
        return made
    if value is _nothing or (shape.get("type") and not valid({"type": shape["type"]}, value)):
        return believable(shape, str(shape.get("title", "value")), rng, root)
    return value


_nothing: Any = object()


def _recall(world: World, tool: Described, arguments: dict[str, Any], made: Any, lock: Schema) -> None:
    """Put what is known into a fresh result: the arguments that it echoes, created rows, fields of known ids."""
    if isinstance(made, dict):
        _overlay(made, {key: value for key, value in arguments.items() if key in made}, lock)
    created = world.made.get(" ".join(noun(tool)[-1:]), []) if tool["reads"] and lists(tool) else []
    rows = next((v for v in made.values() if isinstance(v, list)), []) if isinstance(made, dict) else []
    for row, kept in zip([row for row in rows if isinstance(row, dict)], created, strict=False):
        row.update({key: value for key, value in kept.items() if key in row and type(value) is type(row[key])})
    for entity in objects(made):
        for key, value in list(entity.items()):
            known = world.known.get(f"{key}={value}") if identifies(key) and isinstance(value, str | int) else None
            if known and tool["reads"]:
                entity.update({name: old for name, old in known.items() if name in entity})
                break


def _overlay(made: dict[str, Any], given: dict[str, Any], lock: Schema) -> None:
    for key, value in given.items():
        schema = schema_at(lock, key) if lock else {}
        if valid({**schema, "$defs": lock.get("$defs", {})} if schema else {}, value):
            made[key] = value
