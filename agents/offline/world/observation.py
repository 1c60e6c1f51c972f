"""The offline ObservationAgent: what a tool returns for a call, in a world that is read back from the calls so far."""

import re
from collections.abc import Iterator, Sequence
from random import Random

from pydantic import JsonValue

from agents.offline.fields.facts import relate
from agents.offline.fields.fitting import FACTS, join
from agents.offline.fields.imagine import imagine_shape, is_planned_otherwise
from agents.offline.fields.meaning import split
from agents.offline.fields.ordering import add_up, fit_parts
from agents.offline.fields.reference import look_up
from agents.offline.fields.topic import find_sense, looks
from agents.offline.fields.values import fill_value
from agents.offline.trade.subject import PERSONS, PLACES, Subject
from agents.offline.world.changes import begin, mark_change
from agents.offline.world.criteria import keep_asked, read_limit
from agents.offline.world.inquiry import Inquiry, fit_list, link_title
from agents.offline.world.moments import begin_after
from agents.offline.world.numbering import number_ids, takes_numbers
from agents.offline.world.pricing import agree_on_least
from agents.offline.world.recall import (
    agree_on_names,
    apply_changes,
    dial_from_address,
    find_listed,
    know_again,
    name_sought,
    recall,
)
from agents.offline.world.world import Call, Exchange, World, identifies, iter_objects, scalars
from agents.plan.dataflow import Described, is_registered
from agents.plan.examples import valid
from agents.plan.json_paths import flat, leaves, schema_at
from agents.plan.operators import code_of
from agents.schema import JsonObject, Schema, plural, singular

_HANDLES = (("username",), ("user", "name"), ("login",))
_BY_MAIL = (("author",), ("student",), ("user",), ("employee",), ("member",))
"""Fields that hold who it is whose mail the call gives."""
_NEARBY = frozenset(("place", "restaurant", "museum", "hotel", "store", "cinema", "station"))
"""What people look for around them."""
_COUNTED = 12
"""So many of what was counted before are listed in full."""
_TRIES = 4
"""Worlds that are tried for a call before a result that misses the lock is given after all."""


def simulate(
    tools: Sequence[Described],
    history: Sequence[Exchange],
    call: Call,
    rng: Random,
    setting: JsonObject | None = None,
) -> JsonObject:
    """The next observation: the planned failure, `not found` for what was deleted, else a result that fits the lock."""
    if failure := call.get("must_fail"):
        return {"ok": False, "code": code_of(failure), "message": failure}
    world = World(tools, history, call, setting or {})
    lost = [str(v) for path, v in leaves(call["arguments"]) if identifies(path, v) and str(v) in world.gone]
    if lost:
        return {"ok": False, "code": "not_found", "message": f"{lost[0]} was not found"}
    tool = world.tools[call["tool"]]
    lock = call.get("lock") or {}
    result: JsonValue = {}
    for attempt in range(_TRIES):
        result = _draw_result(Inquiry(world, tool, call["arguments"], lock, attempt))
        if looks(tool) and isinstance(result, dict):
            result = leave_others(result, call["arguments"], lock)
        if valid(lock, result):
            break
    return {"ok": True, "result": result}


def leave_others(result: JsonObject, arguments: JsonObject, lock: Schema) -> JsonObject:
    """The result without what is remembered of it and not what the call asks for, as far as the lock allows."""
    for key, items in result.items():
        if not (isinstance(items, list) and len(items) > 1 and all(isinstance(item, dict) for item in items)):
            continue
        kept = keep_asked(items, arguments)
        shorter = {**result, key: kept, **({"total": len(kept)} if result.get("total") == len(items) else {})}
        if len(kept) < len(items) and valid(lock, shorter):
            result = shorter
    return result


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
    if not tool.get("outputSchema"):
        told = find_listed(inquiry) or {}
        called = str(told.get("title") or told.get("name") or "")
        now = world.now.replace("Z", "+00:00")
        asked = (tool["name"], inquiry.about, inquiry.settled, now, world.seed, called, world.start)
        known = None if find_sense(tool) else look_up(*asked)
        if known and is_planned_otherwise(inquiry.about, lock.get("properties") or {}, known):
            known = None
        if known is not None and not valid(lock, known):
            known = complete_record(known, lock, inquiry)
        for key, part in list(known.items()) if known else ():
            if known and isinstance(part, list) and len(part) > (most := world.most(tool["name"])):
                known = {**known, key: part[:most], **({"total": most} if known.get("total") == len(part) else {})}
        if known is not None and valid(lock, known):
            world.expect(tool["name"], inquiry.arguments, known)
            return apply_changes(world, known)
    shape = flat(lock, lock) if lock else {}
    if not (tool.get("outputSchema") or (lock.get("x-observed") and not find_sense(tool))):
        shape = imagine_shape(tool, inquiry.arguments, shape, world.domain)
    if not tool.get("outputSchema"):
        shape = number_ids(shape, takes_numbers(world, tool["service"], inquiry.about))
    shape = list_as_counted(world.with_choices(shape, tool), inquiry)
    ids = [str(value) for path, value in leaves(inquiry.arguments) if identifies(path, value)]
    about = ids[0] if ids else f"{tool['name']}/{sorted(map(str, leaves(inquiry.arguments)))}"
    # Two things that are looked at by their ids are seldom called the same.
    turn = Random(about).randrange(12) if is_registered(tool) and ids else 0
    earlier = find_listed(inquiry)
    if earlier and is_registered(tool):
        turn = world.listed.index(earlier)  # what was listed beside each other is not all alike
    subject = inquiry.name_subject(world.subject(f"{about}/{inquiry.attempt}" if inquiry.attempt else about, turn))
    # What is looked for in no place in particular is looked for where one is.
    subject.settled = subject.settled or inquiry.about in _NEARBY
    subject.of_places = inquiry.about in ("city", "country", "town")
    earlier_told = world.recollect(ids)
    if earlier:
        subject.called = next((str(earlier[key]) for key in ("title", "name") if isinstance(earlier.get(key), str)), "")
    if subject.of_places:
        subject.place = next((place for place in PLACES if place.city == subject.called), subject.place)
    met = next((earlier_told[key] for key in ("name", "fullName", "full_name") if key in earlier_told), "")
    if isinstance(met, str) and " " in met and inquiry.about in PERSONS:
        subject.names = (met.rpartition(" ")[0], met.rpartition(" ")[2])  # so that the mail is theirs, too
    value = fill_value(shape, inquiry.about, inquiry.about, subject, lock or shape, full=True, own=True)
    if isinstance(value, dict):
        row = find_row(find_sense(tool), inquiry.arguments)
        value |= {key: field for key, field in row.items() if type(value.get(key)) is type(field)}
        _echo(inquiry, value, shape, earlier)
        told = {**earlier_told, **inquiry.arguments, "now": world.now, "earlier": earlier_told}
        told["just_made"] = bool(world.made.intersection(ids))
        asked_with = {split(key) for key in inquiry.arguments}
        fixed = [key for key in value if split(key) in asked_with]
        if looks(tool) and not world.made.intersection(ids):
            # What is known of it comes first, and the rest is fitted to that.
            before = {**scalars(earlier or {}), **earlier_told}
            others = [part for key, part in inquiry.arguments.items() if split(key)[:-1] not in ((), (inquiry.about,))]
            before = {k: old for k, old in before.items() if split(k) != ("id",) or old not in others}  # its owner's id
            kept = {k: old for k, old in before.items() if type(value.get(k)) is type(old) and k not in fixed}
            value |= {k: old for k, old in kept.items() if not isinstance(old, list)}
            fixed += [k for k, old in kept.items() if not isinstance(old, list)]
        relate(value, shape, lock or shape, inquiry.about, subject, told, fixed, world.price)
        for key, items in value.items():
            records = [item for item in items if isinstance(item, dict)] if isinstance(items, list) else []
            if records:
                value[key] = [*begin_after(fit_list(inquiry, key, records, shape), earlier_told.get("created_at"))]
        relate(value, shape, lock or shape, inquiry.about, subject, told, fixed, world.price)
        agree_on_least(value, earlier_told, world.least, inquiry.arguments)
        add_up(value)
        if is_registered(tool) and isinstance(count := value.get("count"), int):
            value["count"] = min(count, read_limit(inquiry.arguments))  # no more than were to be handled
        name_sought(value, earlier_told)
        firsts = {key: dict(first) for key, items in value.items() if (first := find_first(items))}
        expected = world.expect(tool["name"], inquiry.arguments, value)
        for key, before in firsts.items():
            first = find_first(value[key]) or {}
            follow_state(first, before, singular(split(key)[-1]), schema_at(shape, key) or {}, subject)
        if expected:
            relate(value, shape, lock or shape, inquiry.about, subject, told, [*fixed, *expected], world.price)
    if looks(tool):
        if isinstance(value, dict) and world.made.intersection(ids):
            begun = begin(value, shape)
            relate(value, shape, lock or shape, inquiry.about, subject, told, [*fixed, *begun], world.price)
        recall(inquiry, value)
        agree_on_names(world, value)
        know_again(inquiry, value)
        for record in iter_objects(value):
            dial_from_address(record)
    elif isinstance(value, dict):
        mark_change(tool["name"], inquiry.arguments, value, shape, world.now)
    if earlier and isinstance(value, dict) and isinstance(value.get("result"), bool):
        flags = [part for part in earlier.values() if isinstance(part, bool)]
        value["result"] = flags[0] if flags else value["result"]  # as the list said of it
    for record in iter_objects(value):
        fit_parts(record)
    if not isinstance(value, dict) or not is_registered(tool) or value.get("url") in inquiry.arguments.values():
        return value
    links = {record.get("url") for record in world.listed}  # what is known stands where it stood
    for key, items in value.items():
        if isinstance(items, list):
            value[key] = [
                link_title(item) if isinstance(item, dict) and item.get("url") not in links else item for item in items
            ]
    return link_title(value)


def _echo(inquiry: Inquiry, value: JsonObject, shape: Schema, earlier: JsonObject | None) -> None:
    """What the call says of the thing stands in the result: its arguments, and what follows from them."""
    # Arguments that the result has a field for stand in it as they were sent.
    by_words = {split(key): key for key in value}
    if ("id",) not in by_words and (inquiry.about, "id") in by_words:
        by_words[("id",)] = by_words[inquiry.about, "id"]
    paths = [part for key, part in inquiry.arguments.items() if split(key)[-1:] == ("path",)]
    if len(paths) == 1 and isinstance(paths[0], str) and isinstance(value.get("path"), str):
        value["path"] = paths[0]
    for key, argument in inquiry.arguments.items():
        field = key if key in value else by_words.get(split(key), "")
        schema = schema_at(shape, field) if field else None
        fits = not schema or valid({**schema, "$defs": inquiry.lock.get("$defs", {})}, argument)
        if field and not isinstance(value[field], list) and fits:
            value[field] = argument
    handle = next((part for key, part in inquiry.arguments.items() if split(key) in _HANDLES), None)
    mail = value.get("email")
    if isinstance(handle, str) and isinstance(mail, str) and "email" not in inquiry.arguments:
        value["email"] = f"{handle}@{mail.rpartition('@')[2]}"  # whoever is called so has it as a mail
    address = next((part for key, part in inquiry.arguments.items() if split(key)[-1:] in (("email",), ("mail",))), "")
    whose = " ".join(part.capitalize() for part in str(address).partition("@")[0].split("."))
    for key, part in value.items():
        if " " in whose and isinstance(part, str) and split(key)[-1:] in _BY_MAIL:
            value[key] = whose  # what is looked up by somebody's mail is theirs
    slug = next((part for key, part in inquiry.arguments.items() if split(key)[-1:] == ("slug",)), None)
    head = next((key for key in ("name", "title") if isinstance(value.get(key), str)), "")
    if head and not earlier and isinstance(slug, str):
        value[head] = slug.replace("-", " ").capitalize()  # it is called as its address says
    links = [part for key, part in inquiry.arguments.items() if split(key)[-1:] == ("url",) and isinstance(part, str)]
    page = re.fullmatch(r"https?://[^/]+/(?:.*/)?([a-z]+(?:-[a-z]+)+)", links[0]) if len(links) == 1 else None
    if page and not earlier and isinstance(value.get("title"), str) and looks(inquiry.tool):
        value["title"] = page[1].replace("-", " ").capitalize()  # and a page as its link says
    by_name = {split(key): argument for key, argument in inquiry.arguments.items()}
    for key, inner in iter_nested(value):
        # Within a thing that an argument names by its id stands that id.
        named = by_name.get((*split(key), "id"))
        if isinstance(named, str) and isinstance(inner.get("id"), str):
            inner["id"] = named


def find_row(table: JsonObject, arguments: JsonObject) -> JsonObject:
    """What belongs together in a table of such things, where an argument names one of them; empty where none does.

    >>> find_row({"id": ["BTC", "ETH"], "price": [67, 2], "listed_at": ""}, {"coin": "eth"})
    {'id': 'ETH', 'price': 2}
    """
    columns = {key: options for key, options in table.items() if isinstance(options, list)}
    named = {value.lower() for value in arguments.values() if isinstance(value, str)}
    rows = (n for column in columns.values() for n, field in enumerate(column) if str(field).lower() in named)
    place = next(rows, None)
    return {} if place is None else {key: column[place] for key, column in columns.items() if place < len(column)}


def list_as_counted(shape: Schema, inquiry: Inquiry) -> Schema:
    """The shape with as many things in each list as were counted before: a list of four open tasks holds four.

    A filter beside the id may leave some of them out, and of very many only a page comes.
    """
    sent = list(leaves(inquiry.arguments))
    if len(sent) > 1 and not all(identifies(path, value) for path, value in sent):
        return shape
    known, counts = inquiry.world.recollect([str(value) for _, value in sent]), {}
    for key, number in known.items():
        about, spelled = [part for part in split(key) if part != "count"], split(key)[-1] == "count"
        if about and type(number) is int and (0 < number <= _COUNTED or (spelled and number == 0)):
            counts[plural(singular(about[-1]))] = number
    properties = dict(shape.get("properties") or {})
    for key, inner in properties.items():
        number = counts.get(plural(singular(split(key)[-1])), -1)
        if inner.get("type") == "array" and "minItems" not in inner and 0 <= number <= inner.get("maxItems", number):
            properties[key] = {**inner, "minItems": number, "maxItems": number}
    return {**shape, "properties": properties} if "properties" in shape else shape


def find_first(items: JsonValue) -> JsonObject | None:
    """The record that a list begins with; None where there is none."""
    first = items[0] if isinstance(items, list) and items else None
    return first if isinstance(first, dict) else None


def follow_state(record: JsonObject, before: JsonObject, noun: str, listed: Schema, subject: Subject) -> None:
    """What depends on a field that the plan has set is fitted to it: what is overdue was due some days ago."""
    set_now = {join(key) for key in record if record[key] != before.get(key)}
    facts = FACTS.get(f"{subject.domain}/{noun}") or {}
    following = {name for name, spec in facts.items() if isinstance(spec, dict) and spec.get("by") in set_now}
    fixed = [key for key in record if join(key) not in following]
    if following:
        relate(record, flat(listed.get("items") or {}, listed), listed, noun, subject, {}, fixed)


def complete_record(known: JsonObject, lock: Schema, inquiry: Inquiry) -> JsonObject:
    """What is looked up, with the ids that the plan needs of each record."""
    whole = dict(known)
    lists = {key for key, inner in (flat(lock, lock).get("properties") or {}).items() if "items" in flat(inner, lock)}
    found = [key for key, part in known.items() if isinstance(part, list)]
    if len(lists) == len(found) == 1 and lists.isdisjoint(known):
        whole = {lists.copy().pop() if key == found[0] else key: part for key, part in known.items()}
    for key, inner in (flat(lock, lock).get("properties") or {}).items():
        items = flat(flat(inner, lock).get("items") or {}, lock)
        listed = whole.get(key)
        if isinstance(listed, list) and "properties" in items:
            whole[key] = [
                {**_draw_missing(items, item, inquiry, place), **item} if isinstance(item, dict) else item
                for place, item in enumerate(listed)
            ]
    asked_with = {
        key: inquiry.arguments[key] for key in flat(lock, lock).get("required", ()) if key in inquiry.arguments
    }
    whole = {**asked_with, **whole}
    return {**_draw_missing(flat(lock, lock), whole, inquiry, 0), **whole}


def _draw_missing(shape: Schema, record: JsonObject, inquiry: Inquiry, place: int) -> JsonObject:
    """The fields that a record of the shape must have and this one lacks."""
    subject = inquiry.world.subject(f"{inquiry.about}/{place}").other(str(place), place)
    properties = shape.get("properties") or {}
    lacking = [key for key in shape.get("required", ()) if key not in record]
    drawn = {key: fill_value(properties.get(key) or {}, key, inquiry.about, subject, shape) for key in lacking}
    called = record.get("name", record.get("title"))
    # Where the plan calls a thing's name its key, it is its name.
    drawn = {key: called if called and split(key)[-1] in ("key", "name", "slug") else v for key, v in drawn.items()}
    return {key: _as_asked(key, value, inquiry.arguments) for key, value in drawn.items()}


def _as_asked(key: str, value: JsonValue, arguments: JsonObject) -> JsonValue:
    """What is drawn of what was asked for goes by what the call calls it: a coin is quoted under its symbol."""
    if isinstance(value, list):
        return [{k: _as_asked(k, v, arguments) for k, v in i.items()} if isinstance(i, dict) else i for i in value]
    told = arguments.get(key)
    return told if type(told) is type(value) and not identifies(key, told) else value


def iter_nested(value: JsonObject) -> Iterator[tuple[str, JsonObject]]:
    """The objects within an object, by the key that holds them."""
    for key, inner in value.items():
        if isinstance(inner, dict):
            yield key, inner
            yield from iter_nested(inner)
