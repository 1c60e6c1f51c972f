"""The offline ObservationAgent: what a tool returns for a call, in a world that is read back from the calls so far."""

from collections.abc import Sequence
from random import Random
from typing import Any

from agents.offline.criteria import Condition, meets, read_conditions, read_limit, sort_records
from agents.offline.imagine import imagine_shape
from agents.offline.meaning import split
from agents.offline.ordering import add_up, fit_parts, settle
from agents.offline.subject import NOUNS, PERSONS, Subject
from agents.offline.values import fill_value
from agents.offline.world import Call, Exchange, World, identifies, iter_objects
from agents.plan.dataflow import Described, noun
from agents.plan.examples import valid
from agents.plan.json_paths import flat, leaves, schema_at
from agents.schema import JsonObject, Schema, singular

_DECORATIONS = ("{}", "{} (draft)", "Notes on {}", "{}, second round", "{} 2026", "Old {}", "{} overview")
_TAKES = ("{} (live)", "{} (acoustic)", "{} Again", "Before {}", "{}, Part Two", "{} (remix)")
_EMPTY = 0.04
"""The share of searches that come back empty, where nothing that follows needs a result."""


def simulate(
    tools: Sequence[Described],
    history: Sequence[Exchange],
    call: Call,
    rng: Random,
    setting: JsonObject | None = None,
) -> JsonObject:
    """The next observation: the planned failure, `not found` for what was deleted, else a result that fits the lock."""
    if call.get("must_fail"):
        return {"ok": False, "code": _code_of(call["must_fail"]), "message": call["must_fail"]}
    world = World(tools, history, call, setting or {})
    named = [str(value) for path, value in leaves(call["arguments"]) if identifies(path, value)]
    lost = [value for value in named if value in world.gone]
    if lost:
        return {"ok": False, "code": "not_found", "message": f"{lost[0]} was not found"}
    tool = world.tools[call["tool"]]
    lock = call.get("lock") or {}
    result: Any = {}
    for attempt in range(4):
        result = _Answer(world, tool, call["arguments"], lock, attempt).result()
        if valid(lock, result):
            break
    return {"ok": True, "result": result}


def lock_of(tools: Sequence[Described], history: Sequence[Exchange], call: Call) -> Schema:
    """What the call's tool declares, with what the calls of it so far have brought as locks."""
    same = [earlier for earlier in [*(request for request, _ in history), call] if earlier["tool"] == call["tool"]]
    schema = dict(next(tool for tool in tools if tool["name"] == call["tool"]).get("outputSchema") or {})
    for earlier in same:
        schema |= earlier.get("lock", {})
    return schema


def _code_of(message: str) -> str:
    """An error code in the usual words for a failure."""
    codes = {"timed out": "timeout", "rate limit": "rate_limited", "locked": "conflict", "maintenance": "unavailable"}
    return next((code for words, code in codes.items() if words in message.lower()), "temporarily_unavailable")


class _Answer:
    """One call's result in the making."""

    def __init__(self, world: World, tool: Described, arguments: JsonObject, lock: Schema, attempt: int) -> None:
        self.world, self.tool, self.arguments, self.lock, self.attempt = world, tool, arguments, lock, attempt
        self.about = singular((noun(tool) or ["result"])[-1])
        self.rng = Random(f"{world.seed}/{tool['name']}/{sorted(map(str, leaves(arguments)))}/{attempt}")

    def result(self) -> Any:
        declared = self.tool.get("outputSchema") or self.lock.get("x-observed")
        shape = flat(self.lock, self.lock) if self.lock else {}
        if not declared:
            shape = imagine_shape(self.tool, self.arguments, shape, self.world.domain)
        shape = self.world.with_choices(shape)
        value = self._fill(shape)
        if isinstance(value, dict):
            self._echo(value, shape)
            self._list(value, shape)
            add_up(value)
            self.world.expect(self.tool["name"], value)
        self._recall(value, shape)
        for record in iter_objects(value):
            fit_parts(record)
        return value

    def _fill(self, shape: Schema) -> Any:
        """A result of the shape about whatever the arguments name."""
        ids = [str(value) for path, value in leaves(self.arguments) if identifies(path, value)]
        about = ids[0] if ids else f"{self.tool['name']}/{sorted(map(str, leaves(self.arguments)))}"
        subject = self._person(self.world.subject(f"{about}/{self.attempt}" if self.attempt else about))
        return fill_value(shape, self.about, self.about, subject, self.lock or shape, full=True, own=True)

    def _person(self, subject: Subject) -> Subject:
        """The subject with the name that the call gives for it, so that mail and name agree."""
        by_words = {split(key): value for key, value in self.arguments.items() if isinstance(value, str)}
        first, last = by_words.get(("first", "name")), by_words.get(("last", "name"))
        whole = next((value for key, value in by_words.items() if key[-1:] == ("name",) and " " in value), "")
        search = next((value for key, value in by_words.items() if set(key) & {"query", "q", "name", "search"}), "")
        if first or last:
            subject.names = (first or subject.names[0], last or subject.names[1])
        elif self.about in PERSONS and (whole or search):
            given, _, family = (whole or search).rpartition(" ")
            subject.names = (given or subject.names[0], family)
        return subject

    def _echo(self, value: JsonObject, shape: Schema) -> None:
        """Arguments that the result has a field for stand in it as they were sent."""
        by_words = {split(key): key for key in value}
        for key, argument in self.arguments.items():
            field = key if key in value else by_words.get(split(key), "")
            if field and not isinstance(value[field], list) and self._fits(shape, field, argument):
                value[field] = argument

    def _fits(self, shape: Schema, field: str, value: Any) -> bool:
        schema = schema_at(shape, field)
        return valid({**schema, "$defs": self.lock.get("$defs", {})}, value) if schema else True

    def _list(self, value: JsonObject, shape: Schema) -> None:
        """The records of a listing, each of which is what was looked for; now and then there is none."""
        for key, items in value.items():
            if not isinstance(items, list) or not items or not isinstance(items[0], dict):
                continue
            schema = flat(
                flat((shape.get("properties") or {}).get(key, {}), self.lock or shape).get("items") or {},
                self.lock or shape,
            )
            records = [self._record(key, index, item, schema) for index, item in enumerate(items)]
            made = self.world.created.get(singular(split(key)[-1]), [])
            for record, fields in zip(records, made, strict=False):
                record |= {
                    name: field
                    for name, field in fields.items()
                    if name in record and type(field) is type(record[name])
                }
            records = _without_repeats(records)
            records = [record for record in records if self._wanted(record)] if self.tool["reads"] else records
            most = min(read_limit(self.arguments), self.world.most(self.tool["name"], key))
            records = sort_records(records, self.arguments)[:most]
            searching = any(
                condition.relation == "contains"
                for record in records[:1]
                for condition in read_conditions(self.arguments, record)
            )
            if searching and not self.lock.get("allOf") and self.rng.random() < _EMPTY:
                records = []
            least = flat((shape.get("properties") or {}).get(key, {}), self.lock or shape).get("minItems", 0)
            value[key] = records if len(records) >= least else items

    def _record(self, key: str, index: int, item: JsonObject, schema: Schema) -> JsonObject:
        """The record again, about whoever its id names, and bent to the conditions of the call."""
        named = next((str(field) for name, field in item.items() if identifies(name, field)), "")
        if self.about in PERSONS and named:
            subject = self._person(self.world.subject(f"{named}/{index}", index))
            fresh = fill_value(schema, self.about, self.about, subject, self.lock or schema, full=True, own=True)
            item = {**fresh, **{name: field for name, field in item.items() if identifies(name, field)}}
        if self.tool["reads"]:
            for condition in list(read_conditions(self.arguments, item)):
                if not meets(item, condition):
                    self._bend(item, condition, index, schema)
            item = settle(item, schema, self.lock or schema, self.world.subject(str(index)))
        return item

    def _bend(self, item: JsonObject, condition: Condition, index: int, schema: Schema) -> None:
        """The record's field changed so that it meets the condition, if its schema allows that."""
        field, value, present = condition.field, condition.value, item.get(condition.field)
        bent: Any = value
        if condition.relation == "contains":
            text = str(value).strip()
            text = text[:1].upper() + text[1:]
            titled = [title for title in NOUNS.get(self.about, ()) if text.lower() in title.lower()]
            ways = _TAKES if self.world.domain == "media" else _DECORATIONS
            bent = titled[index] if index < len(titled) else ways[(index + len(text)) % len(ways)].format(text)
        elif condition.relation == "positive":
            bent = True if isinstance(present, bool) else 1 + self.rng.randint(0, 8)
        elif condition.relation in ("least", "most"):
            spread = abs(value) * self.rng.uniform(0.02, 0.3)
            bent = value + spread if condition.relation == "least" else max(0, value - spread)
            bent = round(bent) if isinstance(present, int) else round(bent, 1)
        elif condition.relation in ("from", "until"):
            bent = self.world.within(self.arguments, condition, str(present), index)
        elif isinstance(value, list):
            bent = (
                [*value, *(part for part in present if part not in value)]
                if isinstance(present, list)
                else value[index % len(value)]
            )
        elif isinstance(present, list):
            bent = [value, *(part for part in present if part != value)][: max(1, len(present))]
        elif (
            split(field)[-1:] == ("name",)
            and isinstance(present, str)
            and split(condition.argument)[0] in ("first", "last")
        ):
            return
        inner = (schema.get("properties") or {}).get(field, {})
        if field and valid({**inner, "$defs": self.lock.get("$defs", {})}, bent):
            item[field] = bent

    def _wanted(self, record: JsonObject) -> bool:
        return all(meets(record, condition) for condition in read_conditions(self.arguments, record))

    def _recall(self, value: Any, shape: Schema) -> None:
        """What is known of an id stands in a fresh record of it, as far as the schema allows."""
        if not self.tool["reads"]:
            return
        for entity in iter_objects(value):
            for key, field in list(entity.items()):
                facts = self.world.by_id.get(f"{key}={field}") if identifies(key, field) else None
                if facts:
                    before = dict(entity)
                    entity |= {
                        name: old for name, old in facts.items() if name in entity and type(old) is type(entity[name])
                    }
                    if self.lock and not valid(self.lock, value):
                        entity.clear()
                        entity |= before
                    break


def _without_repeats(records: list[JsonObject]) -> list[JsonObject]:
    """The records without a second one of the same id."""
    first: dict[str, JsonObject] = {}
    for index, record in enumerate(records):
        name = next((f"{key}={field}" for key, field in record.items() if identifies(key, field)), str(index))
        first.setdefault(name, record)
    return list(first.values())
