"""Believable values from JSON Schemas: the shape is the schema's, the meaning is read from the names of the fields."""

from collections.abc import Sequence
from datetime import date, timedelta
from random import Random

from pydantic import JsonValue

from agents.offline.fields.facts import WORKED_ON, relate
from agents.offline.fields.fitting import count_known, size_of_result
from agents.offline.fields.meaning import split
from agents.offline.fields.numbers import draw_number, is_number
from agents.offline.fields.ordering import settle
from agents.offline.fields.prose import suit_text
from agents.offline.fields.strings import write_string
from agents.offline.trade.subject import FIRST_DAY, NOUNS, PERSONS, Subject, domain_of
from agents.plan.examples import examples, valid
from agents.plan.json_paths import flat
from agents.schema import JsonObject, Schema, plural, singular

_YES_WORDS = """
success ok created deleted updated merged sent healthy online active available eligible covered plausible
enabled returned returnable smart mergeable complete reached open now new track
"""
_YES = frozenset(_YES_WORDS.split())
_SWITCHED = frozenset(("enabled", "active", "online", "verified", "visible"))

_CONTAINERS = ("items", "results", "data", "nodes", "values", "entries", "records", "elements")
_PERSONAL = frozenset((part, "id") for part in ("user", "employee", "member", "patient", "customer", "person", "agent"))
_PAGE = (2, 3, 3, 4, 4, 5, 6, 7, 8, 12)
"""Records of a page; few of them are long."""
_REGISTERED_PAGE = (3, 3, 4, 4, 5, 5, 6, 7, 8, 12)
"""Records of a page of a registry's tool: of two nothing can be counted."""
_WORKED = (WORKED_ON, 12, 13, 14, 14, 15, 16, 18, 21)
"""Records of a list that somebody works on with code."""
_PLENTY = (60, 90, 140, 220, 300)
"""Records of such a list in a world with much of everything."""
_STREAM = (8, 12, 18, 24, 32, 60, 110)
"""Records of something that is written down as it happens."""
_STREAMS_WORDS = (
    "log logs line lines transaction transactions event events point points message messages metric metrics"
)
_STREAMS = frozenset(_STREAMS_WORDS.split())
_MANY_WORDS = """
order transaction payment invoice entry event log message email mail reading measurement
metric point sample product article employee student member customer client contact user patient subscriber candidate
applicant attendee participant ticket issue commit file document request track song listing deal lead workout envelope
deployment booking loan title book notification alert trade activity result row
"""
_MANY = frozenset(_MANY_WORDS.split())
"""Of what there are hundreds in a world with much of everything; nobody has as many task lists, cards or rooms."""
_SPARE = 12
"""Things drawn again for being called as others of their list, before the list is whole."""
_PUBLIC = frozenset(("game", "movie", "film", "book", "song", "album", "paper", "podcast"))
"""Things that everybody knows by their title."""
_OTHER_SIDE = frozenset(("recipient", "receiver", "consignee", "payee", "beneficiary"))
"""People that something goes to: somebody else than who sends it."""
_NAMED = ("path", "title", "name", "label", "analyte", "seat", "key")
_ABSENT_WORDS = """
error errors next cursor rejection warning warnings conflicts archived deleted snoozed
"""
_ABSENT = frozenset(_ABSENT_WORDS.split())
"""Words of optional fields that an ordinary record does not have."""
_TROUBLE = frozenset(("error", "errors", "next", "cursor", "rejection", "warning"))
"""Words of fields that are null in an ordinary record where they may be."""


def draw_subject(rng: Random, about: str, service: str = "", today: date | None = None) -> Subject:
    """A subject for a slot whose day is drawn, too; `about` is text by which its trade is told."""
    today = today or FIRST_DAY + timedelta(days=rng.randint(0, 300))
    return Subject(f"{rng.getrandbits(48):x}", domain_of(about), service, today)


def believable(
    schema: Schema, name: str, rng: Random, root: Schema, *, full: bool = False, subject: Subject | None = None
) -> JsonValue:
    """A value of the schema for something called `name`; `full` fills optional properties too."""
    subject = subject or draw_subject(rng, name)
    holder = singular(split(name)[-1]) if split(name) else ""
    return fill_value(schema, name, holder, subject, root, full=full)


def fill_value(
    schema: Schema,
    key: str,
    holder: str,
    subject: Subject,
    root: Schema,
    *,
    full: bool = False,
    depth: int = 0,
    own: bool = False,
) -> JsonValue:
    """A value for the field `key` of a record about `subject`; `holder` is the noun of that record.

    An object is about something else that the record mentions, unless it is the subject's `own` record.
    """
    absent = full and bool(_TROUBLE & set(split(key))) and valid({**schema, "$defs": root.get("$defs", {})}, None)
    schema = flat(schema, root)
    if "const" in schema:
        const: JsonValue = schema["const"]
        return const
    if schema.get("enum"):
        members: list[JsonValue] = [value for value in schema["enum"] if value is not None] or [None]
        if schema.get("x-in-turn"):
            # What belongs together stands at one place in each field's list; the list of records counts on.
            start = Random(subject.kin).randrange(len(members)) if subject.start is None else subject.start
            return members[(start + subject.index) % len(members)]
        return subject.rng(key).choice(members)
    kind = schema.get("type") or ("object" if "properties" in schema else "string")
    if absent:
        return None
    if not full and (options := examples(schema)):
        # For arguments only: records that share an example would be one.
        example: JsonValue = subject.rng(key).choice(options)
        return example
    if kind == "object":
        return _fill_object(schema, key, subject, root, full=full, depth=depth, own=own or depth == 0)
    if kind == "array":
        # What stands under `items` is whatever was asked for.
        contained = key in _CONTAINERS or (holder in NOUNS and holder.endswith(f"_{singular(key)}"))
        key = plural(holder) if full and holder and contained else key
        return _fill_array(schema, key, subject, root, full=full, depth=depth)
    if kind == "string":
        return write_string(schema, key, holder, subject)
    if kind in ("integer", "number"):
        return draw_number(schema, key, holder, subject, whole=kind == "integer")
    if kind == "boolean":
        if ":" in subject.service and full and not _SWITCHED.isdisjoint(split(key)):
            return subject.index % 4 != 2  # not everything in a list is on
        return not _YES.isdisjoint(split(key)) or subject.rng(key).random() < 0.4
    return None


def _fill_object(
    schema: Schema, name: str, subject: Subject, root: Schema, *, full: bool, depth: int, own: bool
) -> JsonObject:
    required, properties = schema.get("required", []), schema.get("properties") or {}
    keys = [key for key in properties if key in required or (full and depth < 3 and not _ABSENT & set(split(key)))]
    keys += [key for key in required if key not in properties]
    holder = name_holder(name)
    same = own or (holder in PERSONS and holder not in _OTHER_SIDE) or holder == "address"
    inner = subject if same else subject.other(name, subject.index)
    if any(split(key) in _PERSONAL for key in keys) and "name" in keys:
        holder = "user"  # `primary: {userId, name}` is somebody, whatever the role is called
    title: JsonValue = None
    if holder in _PUBLIC and full and (called := next((key for key in ("title", "name") if key in keys), "")):
        # A film has its year and its genre wherever it is listed.
        title = fill_value(properties.get(called) or {}, called, holder, inner, root, full=full, depth=depth + 1)
        inner = Subject(f"public/{title}", inner.domain, inner.service, inner.today, inner.index, inner.home)
        inner.called = str(title)
    record = {
        key: fill_value(properties.get(key) or {}, key, holder, inner, root, full=full, depth=depth + 1) for key in keys
    }
    if title is not None:
        record[called] = title
    columns, rows = record.get("columns"), record.get("rows")
    if isinstance(columns, list) and isinstance(rows, list) and rows and isinstance(rows[0], list):
        heads = list(dict.fromkeys(map(str, columns)))
        record["columns"] = list(heads)
        kinds = {head: {"whole": "integer", "real": "number"}.get(is_number(head), "string") for head in heads}
        record["rows"] = [
            [
                str(fill_value({"type": kinds[head]}, head, "row", inner.other(f"row {n}", n), {}, full=True))
                for head in heads
            ]
            for n in range(size_of_result(subject))
        ]
    spare = [key for key in properties if key not in record] + ["label", "note", "group", "tag"]
    for key in spare[: max(0, schema.get("minProperties", 0) - len(record))]:
        record[key] = fill_value(properties.get(key, {}), key, holder, inner, root, depth=depth + 1)
    relate(record, schema, root, name_holder(name), inner)
    suit_text(record, properties)
    return settle(record, schema, root, inner)


def name_holder(name: str) -> str:
    """What a field of that name holds, in its last word, or in two where these are one thing: a pull request."""
    about = split(name)
    whole = "_".join([*about[:-1], singular(about[-1])]) if about else ""
    return whole if whole in NOUNS else singular(about[-1]) if about else ""


def qualify(key: str, owner: str) -> str:
    """A key that says nothing alone, with the noun that it belongs to: the name of a guest is a person's."""
    return f"{owner}_{key}" if key.lower() in ("id", "name", "title", "code", "number") else key


def _fill_array(
    schema: Schema, name: str, subject: Subject, root: Schema, *, full: bool, depth: int
) -> list[JsonValue]:
    places = schema.get("prefixItems") or (schema.get("items") if isinstance(schema.get("items"), list) else [])
    noun = name_holder(name) or "item"
    if places:
        inner = [subject.other(f"{name}/{n}", n) for n in range(len(places))]
        return [
            fill_value(place, noun, noun, item, root, full=full, depth=depth + 1)
            for place, item in zip(places, inner, strict=True)
        ]
    items = schema.get("items") if isinstance(schema.get("items"), dict) else {}
    plain = "properties" not in flat(items or {}, root)
    size = count_items(schema, name, subject, full=full, plain=plain, depth=depth)
    if (kinds := count_known(noun, subject.domain)) and not plain:
        size = max(schema.get("minItems", 0), min(size, kinds))  # nothing of it comes up twice
    listed: list[JsonValue] = []
    titles: list[JsonValue] = []
    for index in range(size * 4):
        if index > len(listed) + _SPARE:
            break  # all that there are by name are listed
        about = subject.other(f"{name}/{index}", index)
        about.of_places = noun in ("city", "country", "town")
        if noun in PERSONS and index == 0 and not full:
            about.names = subject.names  # the first guest is whoever gives their mail for it
        key = "_".join([*split(name)[:-1], noun]) if len(split(name)) > 1 and "_" not in noun else noun
        item = fill_value(items or {}, key, noun, about, root, full=full, depth=depth + 1, own=True)
        # Two things of a list that are called the same are one to whoever reads it; people may share a name.
        called = (item[field] for field in _NAMED if item.get(field)) if isinstance(item, dict) else iter(())
        title = next(called, index)
        if item not in listed and (noun in PERSONS or title not in titles):
            listed.append(item)
            titles.append(title)
        if len(listed) == size:
            break
    return listed


def count_items(schema: Schema, name: str, subject: Subject, *, full: bool, plain: bool, depth: int) -> int:
    """How many a list has: what a person tells is short, a page of records is not, a log is longer still."""
    sizes: Sequence[int] = (1, 2)
    page = _REGISTERED_PAGE if ":" in subject.service else _PAGE
    if full:
        sizes = (1, 2, 2, 3) if plain else page if depth < 2 else (2, 2, 3, 4)
    if full and depth < 2 and not plain and not _STREAMS.isdisjoint(split(name)):
        sizes = _STREAM
    if full and depth < 2 and subject.worked and not plain:
        sizes = [max(size, WORKED_ON) for size in sizes] if sizes == _STREAM else _WORKED
    if full and depth < 2 and subject.plenty and not plain and name_holder(name) in _MANY:
        sizes = _PLENTY
    least, most = schema.get("minItems", 0), schema.get("maxItems", max(_PLENTY))
    return int(max(least, min(most, subject.rng(f"{name}/size").choice(sizes))))
