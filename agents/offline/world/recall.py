"""One thing, one record: what is told of a thing is what earlier results told of it, also its name and its people."""

from copy import deepcopy

from pydantic import JsonValue

from agents.offline.fields.meaning import split
from agents.offline.fields.prose import suit_text
from agents.offline.trade.subject import PLACES, plain
from agents.offline.world.inquiry import Inquiry
from agents.offline.world.world import World, identifies, iter_objects, scalars
from agents.plan.examples import valid
from agents.schema import JsonObject, singular


def find_listed(inquiry: Inquiry) -> JsonObject | None:
    """The record of an earlier result that an argument names by one of its fields: a link, a slug, a name, a number."""
    sent = {split(key): value for key, value in inquiry.arguments.items() if isinstance(value, str | int)}
    named = [(key, value) for key, value in sent.items() if _tells_which(key, value)]
    for earlier in inquiry.world.listed if named else ():
        fields = [(split(key), field) for key, field in earlier.items() if isinstance(field, str | int)]
        texts = [(key, field) for key, field in fields if isinstance(field, str)]
        slugs = [(("slug",), "-".join(plain(field).split())) for key, field in texts if key in (("name",), ("title",))]
        ids = [((inquiry.about, "id"), field) for key, field in texts if key == ("id",)]  # `order_id` of a listed order
        if any(sent.get(key, field) != field for key, field in fields if _tells_which(key, field)):
            continue  # of the same project, but another one
        if any(field in named for field in (*fields, *slugs, *ids)):
            return earlier
    return None


def _tells_which(key: tuple[str, ...], value: JsonValue) -> bool:
    """Whether a value under that name may say which thing is meant."""
    return len(value) > 3 if isinstance(value, str) else key[-1:] in (("number",), ("id",)) and type(value) is int


def recall(inquiry: Inquiry, value: JsonValue) -> None:
    """What is known of an id, or was listed under a name, stands in a fresh record of it, if the schema allows."""
    earlier, sent = find_listed(inquiry), {split(key): part for key, part in inquiry.arguments.items()}
    if earlier and isinstance(value, dict) and not any(isinstance(part, list) for part in value.values()):
        before = dict(value)
        value |= {k: field for k, field in scalars(earlier).items() if type(value.get(k)) is type(field)}
        _fit(value, earlier)
        if inquiry.lock and not valid(inquiry.lock, value):
            value |= before
    for entity in iter_objects(value):
        for key, field in list(entity.items()):
            # A film has one number, in whatever cinema it runs.
            named = identifies(key, field) and split(key)[0] in ("film", "movie")
            same = inquiry.world.titled.get((key, str(entity.get("title")))) if named else None
            if same is not None and type(same) is type(field) and field not in inquiry.arguments.values():
                entity[key] = field = same
            facts = inquiry.world.by_id.get(f"{key}={field}") if identifies(key, field) else None
            if facts:
                before = dict(entity)
                known = {k: old for k, old in facts.items() if k in entity and type(old) is type(entity[k])}
                # what the call itself says of it stands: it is another image of the same file
                entity |= {k: old for k, old in known.items() if entity[k] != sent.get(split(k))}
                _fit(entity, facts)
                if inquiry.lock and not valid(inquiry.lock, value):
                    entity.clear()
                    entity |= before
                break


def _fit(record: JsonObject, known: JsonObject) -> None:
    """What was drawn beside what is known goes with it: the order of dates, and the text of a title that is known."""
    put_in_order(record, known)
    suited = dict(record)
    suit_text(suited, {})
    record |= {key: text for key, text in suited.items() if key not in known}


def put_in_order(record: JsonObject, known: JsonObject) -> None:
    """Nothing was changed before it was made: what is known of it stays, and the new stamp beside that gives way.

    >>> record = {"created_at": "2026-02-05", "updated_at": "2026-01-31"}
    >>> put_in_order(record, {"created_at": "2026-02-05"})
    >>> record["updated_at"]
    '2026-02-05'
    """
    for created, updated in (("created_at", "updated_at"), ("createdAt", "updatedAt")):
        if created in record and record[created] > record.get(updated, record[created]):
            changed = created if created not in known else updated
            record[changed] = record[updated if changed == created else created]


def agree_on_names(world: World, value: JsonValue) -> None:
    """Gives what stands beside another thing's id the name under which that was listed, or the id that the name has.

    A booking of room 17 is in the room that a search found under that number.
    """
    here: dict[tuple[str, str], JsonValue] = {}
    for entity in iter_objects(value):
        for key in [key for key in entity if split(key)[-1:] == ("id",) and len(split(key)) > 1]:
            stem = split(key)[:-1]
            beside = next((name for name in entity if split(name) in (stem, (*stem, "name"))), "")
            if isinstance(entity.get(beside), str):
                _agree(world, entity, key, beside)
                entity[key] = here.setdefault((key, str(entity[beside])), entity[key])


def know_again(inquiry: Inquiry, value: JsonValue) -> None:
    """What was looked at by its id is listed under that id when a list has something of its name."""
    own = (inquiry.about, "id")
    for entity in iter_objects(value):
        called = entity.get("name") or entity.get("title")
        for known in inquiry.world.listed if isinstance(called, str) else ():
            ident = next((field for key, field in known.items() if split(key) == own), None)
            same = called in (known.get("name"), known.get("title"))
            if same and "id" in entity and type(ident) is type(entity["id"]):
                told = {key: field for key, field in scalars(known).items() if type(entity.get(key)) is type(field)}
                entity |= {**told, "id": ident}


def apply_changes(world: World, known: JsonObject) -> JsonObject:
    """What anybody can look up, with what this conversation has changed of it since."""
    known = deepcopy(known)  # the tables stay as they are
    for request in world.successes:
        sent = request["arguments"]
        which = {value for key, value in sent.items() if split(key)[-1] in ("name", "key") and isinstance(value, str)}
        if world.tools[request["tool"]]["reads"] or not which:
            continue
        for record in iter_objects(known):
            if which & {record.get("name"), record.get("key")}:
                new = {key: value for key, value in sent.items() if type(record.get(key)) is type(value)}
                record.update({key: value for key, value in new.items() if value not in which})
    return known


def dial_from_address(record: JsonObject) -> None:
    """A phone number begins as those of the city do that stands in the address beside it.

    >>> shop = {"address": "92 Mill Lane, D08 X2A4 Dublin", "phone": "+48-12-555-8657"}
    >>> dial_from_address(shop)
    >>> shop["phone"]
    '+353-1-555-8657'
    """
    address, phone = record.get("address"), record.get("phone")
    if isinstance(address, str) and isinstance(phone, str) and "-555-" in phone:
        place = next((place for place in PLACES if address.endswith(f" {place.city}")), None)
        record["phone"] = f"{place.dial.replace(' ', '-')}{phone[phone.index('-555-') :]}" if place else phone


def _agree(world: World, entity: JsonObject, key: str, beside: str) -> None:
    for known in world.listed:
        called, ident = known.get("name") or known.get("title"), known.get(key)
        if not isinstance(called, str) or type(ident) is not type(entity[key]):
            continue
        if ident == entity[key]:
            entity[beside] = called
            return
    same = (known for known in world.listed if entity[beside] in (known.get("name"), known.get("title")))
    ident = next((known[key] for known in same if type(known.get(key)) is type(entity[key])), entity[key])
    entity[key] = ident


def name_sought(value: JsonObject, sought: JsonObject) -> None:
    """Whoever a thing was found by is among its people: the signer whose mail was searched for."""
    for key, mail in sought.items():
        kind = split(key)[:-1]
        called = str(mail).partition("@")[0].split(".") if split(key)[-1:] == ("email",) else []
        people = [part for name, part in value.items() if isinstance(part, list) and (singular(name),) == kind]
        persons = [person for part in people for person in part if isinstance(person, dict) and "name" in person]
        if len(called) == 2 and persons:
            persons[-1]["name"] = " ".join(map(str.capitalize, called))
