"""One call as a question to the world, and a record bent until it is an answer to it."""

import re
from random import Random
from typing import Any

from agents.offline.fields.facts import relate
from agents.offline.fields.fitting import count_known, follows, known_row, titles_of
from agents.offline.fields.meaning import split
from agents.offline.fields.ordering import settle
from agents.offline.fields.topic import looks, name_thing
from agents.offline.fields.values import fill_value
from agents.offline.speech.labels import label_argument
from agents.offline.trade.subject import NOUNS, PERSONS, Subject, load_table, plain
from agents.offline.world.criteria import Condition, meets, read_conditions, read_limit, sort_records
from agents.offline.world.moments import leave_weekend, order_naturally, put_newest_first, spread_moments
from agents.offline.world.world import OFFICES, World, identifies, scalars
from agents.plan.dataflow import Described, is_registered
from agents.plan.examples import valid
from agents.plan.json_paths import flat, leaves, schema_at, value_at
from agents.schema import JsonObject, Schema, singular, words

_EMPTY = 0.04
"""The share of searches that come back empty, where nothing that follows needs a result."""
_SEARCHING = frozenset(("query", "q", "name", "search", "keyword", "keywords", "term", "text"))
_DECORATIONS = {
    "page": ("{}", "{}: an overview", "Getting started with {}", "{} in practice", "Questions about {}", "More on {}"),
    "thing": ("{}", "{} 2026", "{}, phase two", "{} (archived)", "{} for new colleagues", "{} checklist", "{} 2025"),
}
"""How what is looked for by its words is called, as something to read and as anything else."""
_WAYS_OF: dict[str, list[str]] = load_table("decorations")
"""Noun -> how such things are called that are found by a word."""
OVER = frozenset(
    ("declined", "rejected", "cancelled", "closed", "solved", "resolved", "completed", "withdrawn", "signed")
)
"""States in which nothing more is done with a thing."""
_READ_WORDS = "page doc document documentation result search web article post paper news headline link fetch tutorial"
_READ = frozenset(_READ_WORDS.split())
_SAID = (
    "{}: come by on Friday, the door is open from ten.",
    "{}: three pictures and a short film.",
    "{}, and how it began.",
)
_NEWEST_FIRST = re.compile(r"(?i)\b(?:newest|latest|most recent) first\b")
_WHERE = frozenset(("city", "location", "place", "country", "symbol", "base", "timezone"))
_LISTED_AS = frozenset(("active", "enabled", "online", "available"))
"""How things are of which a tool lists no others."""
_PARTS = ("section", "link", "summary", "topic")


class Inquiry:
    """A tool's call in a world; `attempt` counts the answers that did not fit the lock."""

    def __init__(self, world: World, tool: Described, arguments: JsonObject, lock: Schema, attempt: int) -> None:
        self.world, self.tool, self.arguments, self.lock, self.attempt = world, tool, arguments, lock, attempt
        properties = (tool["inputSchema"].get("properties") or {}).items()
        given = {key: inner["default"] for key, inner in properties if isinstance(inner, dict) and "default" in inner}
        self.understood = {**given, **arguments}
        """The arguments with what the tool takes for those that are left out."""
        places = {key: value for key, value in given.items() if isinstance(value, str) and _WHERE & set(split(key))}
        self.settled = {**places, **arguments}
        """The arguments with the place that is meant where none is named."""
        self.about = name_thing(tool["name"])
        if "wikipedia" in f"{tool['service']} {tool.get('description')}".lower() and self.about in _PARTS:
            self.about = "article"  # of what is read of one
        telling = [value for _, value in leaves(arguments) if isinstance(value, str) or (value or 0) >= 1000]
        self.topic = sorted(map(str, telling))
        """What is looked for, whatever is said of how much of it and in which order."""
        self.least = 0
        """How many records the list that is being written must have."""
        self.rng = Random(f"{world.seed}/{tool['name']}/{sorted(map(str, leaves(arguments)))}/{attempt}")

    def names_somebody(self) -> bool:
        """Whether the call looks for a person by the name, of whom there are few."""
        by_words = {split(key): value for key, value in self.arguments.items() if isinstance(value, str)}
        return any(set(key) & {*_SEARCHING, "last", "first"} for key in by_words)

    def name_subject(self, subject: Subject) -> Subject:
        """The subject with the name that the call gives for it, so that mail and name agree."""
        by_words = {split(key): value for key, value in self.arguments.items() if isinstance(value, str)}
        by_words.pop(("user", "name"), None)  # a handle is no name
        first, last = by_words.get(("first", "name")), by_words.get(("last", "name"))
        whole = next((value for key, value in by_words.items() if key[-1:] == ("name",) and " " in value), "")
        search = next((value for key, value in by_words.items() if set(key) & _SEARCHING), "")
        mail = next((value for key, value in by_words.items() if key[-1:] == ("email",)), "")
        called = re.fullmatch(r"([a-z]+)\.([a-z]+)@.+", mail) if self.about in PERSONS else None
        if called and is_registered(self.tool):
            subject.names = (called[1].capitalize(), called[2].capitalize())
        elif first or last:
            subject.names = (first or subject.names[0], last or subject.names[1])
        elif self.about in PERSONS and (whole or search):
            forename, _, family = (whole or search).rpartition(" ")
            subject.names = (forename or subject.names[0], family)
        return subject


def fit_list(inquiry: Inquiry, key: str, items: list[JsonObject], shape: Schema) -> list[JsonObject]:
    """The records of a listing, each of which is what was looked for; now and then there is none."""
    world, tool, arguments, root = inquiry.world, inquiry.tool, inquiry.arguments, inquiry.lock or shape
    listed = flat((shape.get("properties") or {}).get(key, {}), root)
    inquiry.least = listed.get("minItems", 0)
    schema = flat(listed.get("items") or {}, root)
    noun = singular(split(key)[-1])
    if count_known(noun, world.domain):
        # Where the trade knows what there is, a search finds what fits of it; something is made up if nothing does.
        texts = [[c for c in read_conditions(arguments, item) if c.relation == "contains"] for item in items]
        fitting = [item for item, some in zip(items, texts, strict=True) if all(meets(item, c) for c in some)]
        items = fitting if len(fitting) >= max(1, inquiry.least) else items
    records = [bend_record(inquiry, noun, index, item, schema) for index, item in enumerate(items)]
    if is_registered(tool):
        records = [remember(inquiry, record) for record in records]
    # What was made in this conversation is in the list, too.
    for record, fields in zip(records, world.created.get(singular(split(key)[-1]), []), strict=False):
        # A playlist that was set up a moment ago holds no tracks.
        empty = {k: 0 for k, some in record.items() if type(some) is int and singular(split(k)[-1]) != split(k)[-1]}
        record |= empty | {k: field for k, field in fields.items() if k in record and type(field) is type(record[k])}
    first: dict[str, JsonObject] = {}
    for index, record in enumerate(records):
        name = next((f"{key}={field}" for key, field in record.items() if identifies(key, field)), str(index))
        first.setdefault(name, record)
    records, certain = list(first.values()), False
    fitting = records
    if all(isinstance(record.get("at"), str) for record in records):
        # What is written down as it happens comes in that order.
        for record, at in zip(records, spread_moments(sorted(str(record["at"]) for record in records)), strict=True):
            record["at"] = at
        if _NEWEST_FIRST.search(tool.get("description") or ""):
            records.reverse()
    if looks(tool):
        # What the person is going to name is in the list: the seats that somebody wants are free ones. It is in the
        # first of such lists, for nothing stands in all of them.
        again = any(request["tool"] == tool["name"] for request in world.successes)
        for name, wanted in dict({} if again else world.setting.get("facts") or {}).items():
            field = singular((split(name) or ("",))[-1])
            for record, part in zip(records, wanted if isinstance(wanted, list) else (), strict=False):
                if isinstance(record.get(field), str) and isinstance(part, str):
                    record |= known_row(noun, world.domain, {field: part})
            if isinstance(wanted, list):  # each stands in the list once
                parts = [str(record.get(field, n)) for n, record in enumerate(records)]
                records = [record for n, record in enumerate(records) if parts[n] not in parts[:n]]
            ways = {key: {split(key), split(label_argument("", key))} for key in records[0]} if records else {}
            key = next((key for key in ways if split(name) in ways[key]), "")
            if not key and records and split(name) == (noun, "id") and "id" in records[0]:
                key = "id"  # the device that is looked up by its id is one of the devices
            free = key and key not in arguments and all(record.get(key) != wanted for record in records)
            free = free and wanted not in world.dealt_with  # that need not be among what is looked for now
            own = own_key(records[0]) if records else ""
            free = free and key == own and noun != "grade" and f"{key}={wanted}" not in world.by_id
            if free and type(records[-1][key]) is type(wanted):
                # and so is the meter that they speak of; what they want to change is not over yet
                pending = (r for r in records if not OVER.intersection(map(str, scalars(r).values())))
                record = next(pending, records[-1])
                record[key], certain = wanted, True
                # an id that is made of a name is of what is called so
                titles = {
                    "-".join(plain(title).split()): title
                    for title in [*titles_of(noun, world.domain), *NOUNS.get(noun, ())]
                }
                made_of = next((title for part, title in titles.items() if str(wanted).endswith(f"-{part}")), "")
                record |= {"name": made_of} if made_of and "name" in record else {}
        records = [
            r for r in records if all(meets(r, condition) for condition in read_conditions(inquiry.understood, r))
        ]
        fitting = records  # with some that are called alike
        titled = {record["title"]: record for record in reversed(records) if isinstance(record.get("title"), str)}
        named = {record["name"]: record for record in reversed(records) if isinstance(record.get("name"), str)}
        if len(named) < len(records) and all("name" in record for record in records) and noun not in PERSONS:
            records = list(reversed(named.values()))
        if len(titled) < len(records) and all("title" in record for record in records):
            records = list(reversed(titled.values()))  # what was looked for by its title is found once
    records = [link_title(record) for record in records]
    if noun in PERSONS and looks(tool):
        called = [str(record.get("name", record.get("company", record))) for record in records]
        records = [record for n, record in enumerate(records) if called[n] not in called[:n]]
        born = any({"born", "birth", "birthday"} & set(split(name)) for name in arguments)
        few = 1 if born else inquiry.rng.choice((1, 2, 2, 3, 4))  # a name and a birthday belong to one
        records = records[:few] if inquiry.names_somebody() else records
    if looks(tool):
        # What differs in nothing but its number is one offer listed twice.
        told = [{k: v for k, v in record.items() if not identifies(k, v)} for record in records]
        records = [record for n, record in enumerate(records) if told[n] not in told[:n] or not told[n]]
        # What belongs together in a table comes once: no two matches are alike but for their day.
        turning = [k for k, inner in (schema.get("properties") or {}).items() if inner.get("x-in-turn")]
        rows = [[record.get(k) for k in turning] for record in records]
        whole = len(turning) > 3
        records = [record for n, record in enumerate(records) if not whole or rows[n] not in rows[:n]]
        # Nor does anybody post the same twice.
        posts = [str(record.get("text", "")) for record in records]
        records = [r for n, r in enumerate(records) if "level" in r or " " not in posts[n] or posts[n] not in posts[:n]]
        # Of the enabled plugins each is enabled.
        listed_as = _LISTED_AS.intersection(words(tool["name"]))
        for record in records if listed_as else ():
            record |= {k: True for k, part in record.items() if isinstance(part, bool) and k in _LISTED_AS}
    records = order_naturally(records)
    if is_registered(tool):
        records = put_newest_first(records)
    if all(isinstance(record.get("rank"), int) for record in records):
        records = [{**record, "rank": place} for place, record in enumerate(records, 1)]
    understood = inquiry.understood
    records = sort_records(records, understood)[: min(read_limit(understood), world.most(tool["name"]))]
    conditions = [condition for record in records[:1] for condition in read_conditions(arguments, record)]
    searching = any(condition.relation == "contains" for condition in conditions)
    if searching and not certain and not inquiry.lock.get("allOf") and inquiry.rng.random() < _EMPTY:
        records = []
    return next((some for some in (records, fitting) if len(some) >= listed.get("minItems", 0)), items)


def own_key(record: JsonObject) -> str:
    """The field by which a record is told from others: its id, or the number that it begins with; empty if it has none.

    >>> own_key({"pull_number": 12, "title": "Fix"}), own_key({"title": "Fix", "floor_number": 2})
    ('pull_number', '')
    """
    numbered = next(iter(record), "") if split(next(iter(record), ""))[-1:] == ("number",) else ""
    return next((key for key, value in record.items() if identifies(key, value)), numbered)


def remember(inquiry: Inquiry, record: JsonObject) -> JsonObject:
    """The record as an earlier result told of what is called the same; what the call asks for stands."""
    key = next((key for key in ("name", "title") if isinstance(record.get(key), str)), "")
    if any(identifies(name, value) for name, value in inquiry.arguments.items()):
        return record  # what is called so elsewhere is another one
    names = (key, f"{inquiry.about}_{key}") if key else ()  # `model_name` of the model that was looked at alone
    earlier = next((old for old in inquiry.world.listed for name in names if old.get(name) == record[key]), {})
    shared = earlier.keys() & record.keys()
    if len(shared) < max(3, len(record) - 1):
        return record  # a thing of another kind that is called so
    asked = {split(name) for name in inquiry.arguments}
    return record | {k: earlier[k] for k in shared if type(earlier[k]) is type(record[k]) and split(k) not in asked}


def link_title(record: JsonObject) -> JsonObject:
    """The record with its title in its link, as it was before it was called otherwise."""
    title, url = record.get("title") or record.get("name"), record.get("url")
    if isinstance(title, str) and isinstance(url, str) and (match := re.match(r"(https?://[^/]+/\w+/)[\w-]+$", url)):
        return {**record, "url": match[1] + re.sub(r"\W+", "-", plain(title)).strip("-")}
    return record


def bend_record(inquiry: Inquiry, noun: str, index: int, item: JsonObject, schema: Schema) -> JsonObject:
    """The record again, about whoever its id names, and bent to the conditions of the call."""
    root = inquiry.lock or schema
    name = next((str(field) for key, field in item.items() if identifies(key, field)), "")
    if inquiry.about in PERSONS and name:
        subject = inquiry.name_subject(inquiry.world.subject(f"{name}/{index}", index))
        fresh = fill_value(schema, inquiry.about, inquiry.about, subject, root, full=True, own=True)
        ids = {key: field for key, field in item.items() if identifies(key, field)}
        item = {**fresh, **ids} if isinstance(fresh, dict) else item
    if looks(inquiry.tool):
        conditions = list(read_conditions(inquiry.understood, item))
        for condition in conditions:
            if not meets(item, condition):
                bent = _bend_field(inquiry, item, condition, index)
                inner = schema_at(schema, condition.field) or {}
                if inner.get("x-in-turn") and condition.relation == "contains":
                    inner = {"type": inner["type"]}  # there is more of such things than the table knows
                if condition.field and valid({**inner, "$defs": inquiry.lock.get("$defs", {})}, bent):
                    at, _, key = condition.field.rpartition(".")
                    (item[at] if at else item)[key] = bent
                    if condition.relation == "contains" and is_registered(inquiry.tool):
                        item |= number_anew(inquiry, item, schema, str(bent))
        if inquiry.world.domain in OFFICES:
            leave_weekend(item, conditions)
        about = inquiry.world.subject(f"{noun} {inquiry.topic}/{index}", index)
        fixed = [
            condition.field
            for condition in conditions
            if "." not in condition.field
            and not (condition.relation == "from" and follows(noun, about.domain, condition.field))
        ]
        told = {"tool": inquiry.tool["name"], **inquiry.arguments, "now": inquiry.world.now, "listed": True}
        relate(item, schema, root, noun, about, told, fixed)
        item = settle(item, schema, root, about)
    in_turn = {key: inner["enum"] for key, inner in (schema.get("properties") or {}).items() if inner.get("x-in-turn")}
    head = next((key for key in ("name", "title") if key in in_turn and isinstance(item.get(key), str)), "")
    place = next((n for n, called in enumerate(in_turn.get(head, ())) if str(called) in str(item[head])), None)
    if place is not None:  # what is found by its name has what belongs to it, `customer_reviews 2025` as well
        same = item[head] == in_turn[head][place]
        own = {key: row[place] for key, row in in_turn.items() if key in item and not identifies(key, item[key])}
        own = {key: field for key, field in own.items() if same or isinstance(field, str)}  # the figures are its own
        item |= own | {head: item[head]}
    # A sensor is called one: where a kind is given, so is a name with it.
    kind = str(item.get("kind", ""))
    if {"name", "room", "kind"} <= item.keys():
        item["name"] = f"{item['room']} {kind}"
    elif titled := [title for title in NOUNS.get(inquiry.about, ()) if kind and kind in title.lower()]:
        item |= (
            {"name": titled[index % len(titled)]} if "name" in item and kind not in str(item["name"]).lower() else {}
        )
    return item


def number_anew(inquiry: Inquiry, item: JsonObject, schema: Schema, called: str) -> JsonObject:
    """The ids of what is called otherwise now: they are those of another thing."""
    subject = inquiry.world.subject(f"{inquiry.about} called {called}")
    keys = [key for key, field in item.items() if identifies(key, field) and field not in inquiry.arguments.values()]
    return {
        key: fill_value(schema_at(schema, key) or {}, key, inquiry.about, subject, schema, full=True) for key in keys
    }


def _bend_field(inquiry: Inquiry, item: JsonObject, condition: Condition, index: int) -> Any:
    """A value of the record's field that meets the condition, near to the one that it has."""
    field, value, present = condition.field, condition.value, value_at(item, condition.field)
    if condition.relation == "lies in":
        # In another place than any that is known here the street stays and the place is the one asked for.
        street = str(present).partition(",")[0]
        return f"{street}, {value}" if "," in str(present) else str(value)
    if condition.relation == "contains":
        text = str(value).strip()
        if split(field)[-1:] == ("path",):
            # A file keeps its folder: `notes/logo-final.svg` is found by `logo-final.svg`.
            stem, dot, ending = text.rpartition(".") if "." in text else (text, "", "")
            folder = str(present).rpartition("/")[0] or "documents"
            return f"{folder}/{stem}{f'-{index + 1}' if index else ''}{dot}{ending}".replace(" ", "-")
        titled = [title for title in titles_of(inquiry.about, inquiry.world.domain) if text.lower() in title.lower()]
        # A registry's search finds a few more that are called alike, somebody's own desk has what it has.
        spare = Random(f"{inquiry.world.seed}/{inquiry.topic}").randint(1, 3) if is_registered(inquiry.tool) else 0
        if titled and index >= max(len(titled) + spare, inquiry.least):
            return present  # there are no more of that name
        text = titled[0] if titled else text[:1].upper() + text[1:]
        ways = _DECORATIONS["page" if inquiry.about in _READ else "thing"]
        if is_registered(inquiry.tool) or inquiry.world.domain == "media":
            ways = tuple(_WAYS_OF.get(inquiry.about, ways))
        if inquiry.about in ("post", "tweet", "story") and split(field)[-1] == "text":
            head = (titled or [text])[index % len(titled or [text])]
            return _SAID[(index + len(text)) % len(_SAID)].format(head)  # who posts says more than its title
        others = ways[1:] if titled and ways[1:] else ways
        if index < len(titled):
            return titled[index]
        # no Botanical Garden & Garden
        fresh = [way for way in others if set(words(text)).isdisjoint(words(way.replace("{}", "")))] or others
        way = fresh[(index + len(text)) % len(fresh)]
        if inquiry.about in _READ and not way.startswith("{}") and str(value).strip()[:1].islower():
            text = f"{text[:1].lower()}{text[1:]}"  # inside a headline it is written as it was looked for
        return way.format(text)
    if condition.relation == "positive":
        return True if isinstance(present, bool) else 1 + inquiry.rng.randint(0, 8)
    if condition.relation in ("least", "most"):
        spread = abs(value) * inquiry.rng.uniform(0.02, 0.3)
        bent = value + spread if condition.relation == "least" else max(0, value - spread)
        if "rating" in split(field):
            bent = min(bent, 5.0)  # nothing has more than five stars
        return round(bent) if isinstance(present, int) else round(bent, 1)
    if condition.relation in ("from", "until"):
        return inquiry.world.within(inquiry.arguments, condition, str(present), index)
    if isinstance(value, list):
        more = [part for part in present if part not in value] if isinstance(present, list) else []
        return [*value, *more] if isinstance(present, list) else value[index % len(value)]
    if isinstance(present, list):
        return [value, *(part for part in present if part != value)][: max(1, len(present))]
    whole_name = split(field)[-1:] == ("name",) and isinstance(present, str)
    # A first or last name is part of the whole one, which the subject was given already.
    return present if whole_name and split(condition.argument)[0] in ("first", "last") else value
