"""The offline ObservationAgent: what a tool returns for a call, in a world that is read back from the calls so far."""

from collections.abc import Sequence
from random import Random

from pydantic import JsonValue

from agents.offline.criteria import read_conditions, read_limit, sort_records
from agents.offline.imagine import imagine_shape
from agents.offline.inquiry import Inquiry, bend_record, is_wanted
from agents.offline.meaning import split
from agents.offline.ordering import add_up, fit_parts, read_moment
from agents.offline.records import FAILED_STATES
from agents.offline.values import fill_value
from agents.offline.world import EFFECTS, Call, Exchange, World, identifies, iter_objects
from agents.plan.dataflow import Described
from agents.plan.examples import valid
from agents.plan.json_paths import flat, leaves, schema_at
from agents.schema import JsonObject, Schema, singular

_EMPTY = 0.04
"""The share of searches that come back empty, where nothing that follows needs a result."""
_TRIES = 4
"""Worlds that are tried for a call before a result that misses the lock is given after all."""
_STATES = ("status", "state", "stage", "outcome")
_BEGUN_WORDS = """
confirmed booked scheduled created submitted requested accepted queued pending open active processing draft started
running done ok success completed sent new
"""
_BEGUN = _BEGUN_WORDS.split()
"""States in which something is after the call that began it, the likeliest first."""
_STAMPED = frozenset(("updated", "created", "completed", "cancelled", "closed", "booked", "sent", "placed", "opened"))
_CODES = {
    "timed out": "timeout", "timeout": "timeout", "rate limit": "rate_limited", "too many": "rate_limited",
    "locked": "conflict", "conflict": "conflict", "maintenance": "unavailable", "unavailable": "unavailable",
    "stale": "stale_cache", "part of the answer": "partial_result", "incomplete": "partial_result",
    "empty page": "empty_page", "session expired": "unauthenticated", "connection": "connection_error",
}  # fmt: skip
"""Words of a failure -> its usual error code."""


def simulate(
    tools: Sequence[Described],
    history: Sequence[Exchange],
    call: Call,
    rng: Random,
    setting: JsonObject | None = None,
) -> JsonObject:
    """The next observation: the planned failure, `not found` for what was deleted, else a result that fits the lock."""
    if failure := call.get("must_fail"):
        codes = (code for text, code in _CODES.items() if text in failure.lower())
        return {"ok": False, "code": next(codes, "temporarily_unavailable"), "message": failure}
    world = World(tools, history, call, setting or {})
    lost = [str(v) for path, v in leaves(call["arguments"]) if identifies(path, v) and str(v) in world.gone]
    if lost:
        return {"ok": False, "code": "not_found", "message": f"{lost[0]} was not found"}
    tool = world.tools[call["tool"]]
    lock = call.get("lock") or {}
    result: JsonValue = {}
    for attempt in range(_TRIES):
        result = _draw_result(Inquiry(world, tool, call["arguments"], lock, attempt))
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


def _draw_result(inquiry: Inquiry) -> JsonValue:
    """A result about whatever the arguments name, bent to what they ask for and to what is known already."""
    world, tool, lock = inquiry.world, inquiry.tool, inquiry.lock
    shape = flat(lock, lock) if lock else {}
    if not (tool.get("outputSchema") or lock.get("x-observed")):
        shape = imagine_shape(tool, inquiry.arguments, shape, world.domain)
    shape = world.with_choices(shape)
    ids = [str(value) for path, value in leaves(inquiry.arguments) if identifies(path, value)]
    about = ids[0] if ids else f"{tool['name']}/{sorted(map(str, leaves(inquiry.arguments)))}"
    subject = inquiry.name_subject(world.subject(f"{about}/{inquiry.attempt}" if inquiry.attempt else about))
    value = fill_value(shape, inquiry.about, inquiry.about, subject, lock or shape, full=True, own=True)
    if isinstance(value, dict):
        # Arguments that the result has a field for stand in it as they were sent.
        by_words = {split(key): key for key in value}
        for key, argument in inquiry.arguments.items():
            field = key if key in value else by_words.get(split(key), "")
            schema = schema_at(shape, field) if field else None
            fits = not schema or valid({**schema, "$defs": lock.get("$defs", {})}, argument)
            if field and not isinstance(value[field], list) and fits:
                value[field] = argument
        for key, items in value.items():
            records = [item for item in items if isinstance(item, dict)] if isinstance(items, list) else []
            if records:
                value[key] = [*_fit_list(inquiry, key, records, shape)]
        add_up(value)
        world.expect(tool["name"], value)
    if tool["reads"]:
        _recall(inquiry, value)
    elif isinstance(value, dict):
        _mark_change(inquiry, value, shape)
    for record in iter_objects(value):
        fit_parts(record)
    return value


def _fit_list(inquiry: Inquiry, key: str, items: list[JsonObject], shape: Schema) -> list[JsonObject]:
    """The records of a listing, each of which is what was looked for; now and then there is none."""
    world, tool, arguments, root = inquiry.world, inquiry.tool, inquiry.arguments, inquiry.lock or shape
    listed = flat((shape.get("properties") or {}).get(key, {}), root)
    schema = flat(listed.get("items") or {}, root)
    records = [bend_record(inquiry, index, item, schema) for index, item in enumerate(items)]
    # What was made in this conversation is in the list, too.
    for record, fields in zip(records, world.created.get(singular(split(key)[-1]), []), strict=False):
        record |= {k: field for k, field in fields.items() if k in record and type(field) is type(record[k])}
    first: dict[str, JsonObject] = {}
    for index, record in enumerate(records):
        name = next((f"{key}={field}" for key, field in record.items() if identifies(key, field)), str(index))
        first.setdefault(name, record)
    records = list(first.values())
    if all(isinstance(record.get("at"), str) for record in records):
        records.sort(key=lambda record: str(record["at"]))  # what is written down as it happens comes in that order
    if tool["reads"]:
        records = [record for record in records if is_wanted(inquiry, record)]
        titled = {record["title"]: record for record in reversed(records) if isinstance(record.get("title"), str)}
        if len(titled) < len(records) and all("title" in record for record in records):
            records = list(reversed(titled.values()))  # what was looked for by its title is found once
    records = sort_records(records, arguments)[: min(read_limit(arguments), world.most(tool["name"], key))]
    conditions = [condition for record in records[:1] for condition in read_conditions(arguments, record)]
    searching = any(condition.relation == "contains" for condition in conditions)
    if searching and not inquiry.lock.get("allOf") and inquiry.rng.random() < _EMPTY:
        records = []
    return records if len(records) >= listed.get("minItems", 0) else items


def _mark_change(inquiry: Inquiry, value: JsonObject, shape: Schema) -> None:
    """What has just been done bears this moment, and the state that it leads to or begins with."""
    verbs = split(inquiry.tool["name"])
    # A yes that came the first time comes each time, though the lock that was read off it leaves it open.
    value |= {
        key: True for key in ("deleted", "success") if key in (shape.get("properties") or {}) and key not in value
    }
    for key, field in value.items():
        about = split(key)
        if about[-1] in _STATES and isinstance(field, str) and key not in inquiry.arguments:
            members = (schema_at(shape, key) or {}).get("enum") or [field]
            effects = [EFFECTS[verb] for verb in verbs if verb in EFFECTS]
            begun = [member for state in (*effects, *_BEGUN) for member in members if member == state]
            value[key] = begun[0] if begun else next((m for m in members if m not in FAILED_STATES), field)
        if set(about) & _STAMPED and isinstance(field, str) and read_moment(field):
            stamp = inquiry.world.now if len(field) > 10 else inquiry.world.now[:10]
            value[key] = stamp if key not in inquiry.arguments and len(field) != 5 else field


def _recall(inquiry: Inquiry, value: JsonValue) -> None:
    """What is known of an id stands in a fresh record of it, as far as the schema allows."""
    for entity in iter_objects(value):
        for key, field in list(entity.items()):
            facts = inquiry.world.by_id.get(f"{key}={field}") if identifies(key, field) else None
            if facts:
                before = dict(entity)
                entity |= {k: old for k, old in facts.items() if k in entity and type(old) is type(entity[k])}
                for created, updated in (("created_at", "updated_at"), ("createdAt", "updatedAt")):
                    # What was remembered stays; a new stamp beside it gives way.
                    if created in entity and entity[created] > entity.get(updated, entity[created]):
                        changed = created if created not in facts else updated
                        entity[changed] = entity[updated if changed == created else created]
                if inquiry.lock and not valid(inquiry.lock, value):
                    entity.clear()
                    entity |= before
                break
