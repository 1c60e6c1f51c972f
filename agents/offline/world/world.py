"""The simulated world: what earlier calls say of each id, what was made, what is gone, which day it is."""

import re
from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta
from functools import cached_property
from random import Random

from pydantic import JsonValue

from agents.offline.fields.meaning import is_past, read_moment, split
from agents.offline.trade.subject import FIRST_DAY, PLACES, Place, Subject, domain_of, trade_text
from agents.offline.world.changes import EFFECTS
from agents.offline.world.criteria import Condition
from agents.offline.world.pricing import find_least
from agents.plan.dataflow import Described, nouns
from agents.plan.json_paths import leaves
from agents.schema import JsonObject, Schema, plural, singular, words

Call = JsonObject
"""A call as the ObservationAgent reads it: tool, arguments, and hints such as `lock`."""
Exchange = tuple[Call, JsonObject]
"""A call and the observation that it got."""
_GONE = frozenset(("delete", "remove", "destroy", "drop", "purge"))
_MAKING_WORDS = "create add book register open new make start schedule upload order set request submit hold reserve"
_MAKING = frozenset(_MAKING_WORDS.split())
_STATES = (("status",), ("state",), ("stage",), ("outcome",), ("severity",), ("priority",))
PLENTY = 0.08
"""The share of worlds with much of what there can be much of; their rows are up to ten times as long as others."""
OFFICES = frozenset(("scheduling", "health", "hr"))
"""Trades in which nothing begins at the weekend."""
_ROWS, _APART = 5040, 4
"""A number that small tables divide evenly; how far from each other two calls' lists begin: few are longer."""
_GOLDEN = 0.618034
LONG = 12_000
"""Characters of an answer after which such a world has shown it: three of them would be a row that nobody trains on."""


def identifies(path: str, value: object = "") -> bool:
    """Whether the field names one thing: an id, or a number or code with digits in it."""
    last = words(path.rpartition(".")[2].split("[")[0])[-1:]
    if not isinstance(value, str | int) or isinstance(value, bool):
        return False
    if last in (["id"], ["uuid"], ["uid"], ["key"], ["ids"], ["sku"]):
        return True
    coded = isinstance(value, str) and any(c.isdigit() for c in value) and len(value) > 4
    return last in (["number"], ["reference"], ["code"]) and coded


def iter_objects(value: object) -> Iterator[JsonObject]:
    """Every object in a JSON value, outer ones first."""
    if isinstance(value, dict):
        yield value
    for inner in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from iter_objects(inner)


def is_plain(items: list[JsonValue]) -> bool:
    """Whether a list holds words or numbers and no records."""
    return not any(isinstance(item, dict | list) for item in items)


def scalars(value: JsonObject) -> JsonObject:
    return {key: inner for key, inner in value.items() if isinstance(inner, str | int | float | bool)}


class World:
    """Read from the history alone, so that any answer can be given again from the same prompt."""

    def __init__(
        self, tools: Sequence[Described], history: Sequence[Exchange], call: Call, setting: JsonObject
    ) -> None:
        self.setting = setting
        self.successes = [request for request, answer in history if answer.get("ok")]
        self.tools = {tool["name"]: tool for tool in tools}
        first = history[0][0] if history else call
        self.seed = f"{setting.get('today', '')}/{setting.get('facts', '')}/{first['tool']}/{first['arguments']}"
        self.service = self.tools[call["tool"]]["service"]
        self.domain = domain_of(trade_text([tool for tool in tools if tool["service"] == self.service]))
        self.requests = requests = [request for request, _ in history] + [call]
        self.here = find_place(call["arguments"])
        """The place that this call asks about, if it names one: what it brings is there."""
        self.home = next((place for r in reversed(requests) if (place := find_place(r["arguments"]))), None)
        """The place that the conversation was last about."""
        named = find_place(setting.get("facts") or {})
        self.base = named or PLACES[Random(f"{self.seed}/base").randrange(len(PLACES))]
        """Where most of those live that nobody has asked for by a place: where the person is going to ask about."""
        plenty = Random(f"{self.seed}/plenty").random() < PLENTY
        self.plenty = plenty and not any(len(str(answer.get("result"))) > LONG for _, answer in history)
        self.worked = any(entry["tool"] == call["tool"] and "at_least" in entry for entry in setting.get("lists", ()))
        """Whether something is going to be worked out in what this call brings."""
        call_of = [request["arguments"] for request in requests if request["tool"] == call["tool"]]
        turn = [arguments for n, arguments in enumerate(call_of) if arguments not in call_of[:n]].index(
            call["arguments"]
        )
        # Two calls of a tool begin apart from each other: what is borrowed on two cards is not the same books.
        self.start = Random(f"{self.seed}/{call['tool']}").randrange(_ROWS) + _APART * turn
        """Where the lists of this call begin in the tables of what belongs together."""
        self.now = f"{self.today}T{9 + len(history) // 20:02}:{3 * len(history) % 60:02}:00Z"
        """The moment of this call: a conversation takes minutes, whenever it is played."""
        self.by_id: dict[str, JsonObject] = {}
        self.created: dict[str, list[JsonObject]] = {}
        self.sought: dict[str, JsonObject] = {}
        """Id -> what was looked for when it came up: a quote is for what the quotes were asked for."""
        self.least: dict[str, float] = {}
        """Id -> what the cheapest costs of the offers that were listed for it."""
        self.gone: set[str] = set()
        self.made: set[str] = set()
        """Ids of what was made in this conversation and not changed since."""
        self.titled: dict[tuple[str, str], JsonValue] = {}
        """(name of the id, title) -> the id under which a thing of that title was listed."""
        self.listed: list[JsonObject] = []
        """What earlier reads brought, record by record: what is looked up by its name is what was listed under it."""
        for request, answer in history:
            if answer.get("ok"):
                self.learn(request, answer.get("result"))

    @cached_property
    def today(self) -> date:
        """The day of the conversation: the one stated, else as near as the dates in its calls say, else any."""
        if stated := self.setting.get("today"):
            return date.fromisoformat(stated)
        for request in self.requests:
            for path, value in leaves(request["arguments"]):
                moment = read_moment(value) if len(str(value)) >= 10 else None
                about = set(split(path.rpartition(".")[2]))
                if moment and moment.year >= 2025 and not about & {"born", "birth", "birthday"}:
                    past = about & {"from", "since", "after", "occurred", "placed", "spent", "read", "paid", "started"}
                    return moment.date() + timedelta(days=6 if past else -6)
        return FIRST_DAY + timedelta(days=Random(self.seed).randint(0, 300))

    @cached_property
    def dealt_with(self) -> list[JsonValue]:
        """What earlier calls named."""
        return [value for request in self.requests[:-1] for _, value in leaves(request["arguments"])]

    def subject(self, about: str, index: int = 0) -> Subject:
        place = self.here or self.home or self.base
        subject = Subject(f"{self.seed}/{about}", self.domain, self.service, self.today, index, place)
        subject.settled, subject.plenty, subject.worked = self.here is not None, self.plenty, self.worked
        subject.lists_from = self.start
        return subject

    def most(self, tool: str) -> int:
        """How many records a list of the tool may have, where something is done for each of them."""
        lists = self.setting.get("lists", ())
        return min((entry.get("at_most", 1000) for entry in lists if entry["tool"] == tool), default=1000)

    def recollect(self, ids: Sequence[str]) -> JsonObject:
        """What is known of the things of these ids, the last one first."""
        known = [facts for name, facts in self.by_id.items() if name.partition("=")[2] in ids]
        sought = [self.sought[name] for name in ids if name in self.sought]
        return {key: value for facts in (*sought, *reversed(known)) for key, value in facts.items()}

    def price(self, thing: object, field: str) -> float | None:
        """What an earlier result says under that field of the thing that a value names."""
        for entity in self.listed:
            if thing in scalars(entity).values() and thing not in ("", 0, 1, True, False):
                value = next((value for key, value in entity.items() if "_".join(split(key)) == field), None)
                if isinstance(value, int | float):
                    return float(value)
        return None

    def expect(self, tool: str, arguments: JsonObject, value: JsonObject) -> list[str]:
        """The results that the plan needs of a first success, put where they are expected; their fields."""
        expected = []
        for entry in self.setting.get("expects", ()):
            wanted = entry.get("arguments", {})
            calls = [arguments, *(request["arguments"] for request in self.successes if request["tool"] == tool)]
            alike = [call for call in calls if wanted.items() <= call.items()]
            if entry["tool"] != tool or alike != [arguments]:
                continue
            listed, _, inner = str(entry["path"]).partition("[0].")
            items = value.get(listed)
            if entry["path"] in value:
                value[entry["path"]] = entry["value"]
                if (entry["path"], entry["value"]) == ("total", 0):  # there are none
                    value |= {key: [] for key, part in value.items() if isinstance(part, list)}
                expected.append(str(entry["path"]))
            elif isinstance(items, list) and items and inner in items[0]:
                items[0][inner] = entry["value"]
        return expected

    def with_choices(self, shape: Schema, tool: Described) -> Schema:
        """The shape in which a state that this tool or another declares as a choice is one of its choices here, too."""
        choices: dict[str, list[JsonValue]] = {}
        for key, inner in (tool["inputSchema"].get("properties") or {}).items():
            told = (
                isinstance(inner, dict) and inner.get("enum") and (":" in tool["service"] or split(key)[-1:] in _STATES)
            )
            members = [member for member in inner["enum"] if str(member).lower() not in ("all", "any")] if told else []
            choices |= {key: members} if members else {}
        for other in self.tools.values():
            if other["service"] == tool["service"]:
                _collect_choices(other.get("outputSchema") or {}, choices)
        return _choose(shape, choices) if choices else shape

    def within(self, arguments: JsonObject, condition: Condition, like: str, index: int) -> str:
        """A moment inside the window that the call opens, written as the field writes moments.

        What has happened already has not happened after today.
        """
        bound = read_moment(condition.value) or datetime(2026, 1, 1)
        moments = [
            moment
            for key, value in arguments.items()
            if set(split(key)) & {"to", "until", "before", "end"} and (moment := read_moment(value))
        ]
        days = next(
            (value for key, value in arguments.items() if split(key)[-1:] == ("days",) and isinstance(value, int)), 12
        )
        if "after" in split(condition.argument) and len(str(condition.value)) == 10:
            bound += timedelta(days=1)  # a whole day is over when what is after it begins
        if condition.relation == "from":
            last = max(moments, default=bound + timedelta(days=days))
        else:
            bound, last = bound - timedelta(days=7), bound
        now = datetime.fromisoformat(self.now.removesuffix("Z"))
        if is_past(condition.field.rpartition(".")[2]) and bound < now:
            last = min(last, now)
        span = max((last - bound) * 0.9, timedelta(hours=1))
        moment = bound + span * ((index + 1) * _GOLDEN % 1)  # spread evenly, however many there are
        moment = moment.replace(minute=moment.minute // 15 * 15, second=0, microsecond=0)
        if self.domain in OFFICES and "start" in "_".join(split(condition.field)):
            moment = move_to_office_hours(moment, bound, last)
        if "T" in like and len(str(condition.value)) == 10:
            moment = moment.replace(hour=8 + (index * 3) % 10)
        return f"{moment:%Y-%m-%dT%H:%M:%S}Z" if "T" in like else f"{moment:%Y-%m-%d}"

    def learn(self, request: Call, result: JsonValue) -> None:
        """What a call and its result say from then on: of each id, of what was made and of what is gone."""
        tool, arguments = self.tools[request["tool"]], request["arguments"]
        verbs = set(words(request["tool"])[:3])
        ids = [str(value) for path, value in leaves(arguments) if identifies(path, value)]
        if verbs & _GONE:
            kind = nouns(tool["name"])[-1:]
            named = [str(v) for path, v in leaves(arguments) if identifies(path, v) and split(path)[:-1] == kind]
            # a topic that goes by its name is one of those of the cluster that the id is of
            called = {("name",), kind, (*kind, "name")}.intersection(split(path) for path, _ in leaves(arguments))
            self.gone |= set(named[:1] or ids[: not called])
        for entity in iter_objects(result):
            ids_of = [key for key, value in entity.items() if identifies(key, value)]
            # its own id, where it also names others: assigning a ticket may tell which one it was merged from
            own = [key for key in ids_of if split(key)[:-1] == nouns(tool["name"])[-1:]] or ids_of
            for key in own[:1]:
                self.sought.setdefault(str(entity[key]), scalars(arguments))
                if isinstance(entity.get("title"), str):
                    self.titled.setdefault((key, entity["title"]), entity[key])
                lists = {name: part for name, part in entity.items() if isinstance(part, list) and is_plain(part)}
                self.by_id.setdefault(f"{key}={entity[key]}", {}).update({**scalars(entity), **lists})
        if tool["reads"] or not isinstance(arguments, dict):
            self.listed += [dict(entity) for entity in iter_objects(result) if len(scalars(entity)) > 1]
            cheapest = find_least(result)
            self.least |= dict.fromkeys(ids, cheapest) if cheapest else {}
            return
        changes = scalars(arguments)
        for verb in verbs & EFFECTS.keys():
            changes |= {"status": EFFECTS[verb], "state": EFFECTS[verb]}
        changes |= {"done": True} if "complete" in verbs else {}
        for key, fields in self.by_id.items():
            if key.split("=", 1)[1] in ids:
                fields.update({name: value for name, value in changes.items() if name in fields})
        for record in self.listed:
            if any(str(value) in ids for key, value in record.items() if identifies(key, value)):
                new = changes | (scalars(result) if isinstance(result, dict) else {})
                record |= {name: value for name, value in new.items() if name in record}
        added = result.get("added") if isinstance(result, dict) else None
        for entity in [entry for entries in self.created.values() for entry in entries] if added else ():
            if {str(value) for value in entity.values()}.intersection(ids):  # what was put into what was made before
                entity[plural(nouns(tool["name"])[-1])] = added
        if verbs & _MAKING and isinstance(result, dict):
            about = singular((nouns(tool["name"]) or ("item",))[-1])
            own = [split(key)[0] for key in result if identifies(key, result[key]) and key not in arguments][:1]
            for noun in dict.fromkeys((about, *(noun for noun in own if noun not in ("id", "uid", "key")))):
                # a booking that booking a room made is listed among the bookings
                self.created.setdefault(noun, []).append({**scalars(arguments), **scalars(result)})
            for key in [key for key, value in result.items() if identifies(key, value) and str(value) not in ids][:1]:
                # what it was made with is known of it, lists as well: the panels of an order
                self.by_id[f"{key}={result[key]}"] = {**arguments, **scalars(result)}
                self.made.add(str(result[key]))
            # what it was given as its own number or name
            own = [key for key in arguments if words(key)[0] == about and words(key)[-1] in ("id", "uid", "key")]
            self.made |= {str(arguments[key]) for key in own}
        self.made -= set() if verbs & _MAKING else set(ids)


def move_to_office_hours(moment: datetime, first: datetime, last: datetime) -> datetime:
    """The moment on a weekday and by day, where the window from the first to the last moment has room for that.

    >>> day = datetime(2026, 8, 22, 23, 15)
    >>> move_to_office_hours(day, day - timedelta(days=3), day + timedelta(days=3)).isoformat()
    '2026-08-24T13:15:00'
    """
    if moment.weekday() > 4:
        monday = moment + timedelta(days=7 - moment.weekday())
        moment = monday if monday <= last else max(first, moment - timedelta(days=moment.weekday() - 4))
    by_day = moment if 8 <= moment.hour < 18 else moment.replace(hour=8 + moment.hour % 9)
    return by_day if first <= by_day <= last else moment


_POINT = ((("latitude",), ("lat",)), (("longitude",), ("lon",), ("lng",)))


def find_place(arguments: JsonObject) -> Place | None:
    """The place that a call names: one of those that are known here, or one of that name or at that point."""
    point = {split(path.rpartition(".")[2])[-1:]: value for path, value in leaves(arguments)}
    north, east = (next((point[key] for key in keys if key in point), None) for keys in _POINT)
    if isinstance(north, int | float) and isinstance(east, int | float):
        return next((p for p in PLACES if abs(p.latitude - north) < 0.05 and abs(p.longitude - east) < 0.05), None)
    for path, value in leaves(arguments):
        about = set(split(path.rpartition(".")[2].split("[")[0]))
        if not isinstance(value, str) or not value:
            continue
        for place in PLACES:
            code = re.escape(place.postcode).replace(r"\#", "[0-9]")
            postal = about & {"postcode", "zip", "postal"} and re.fullmatch(code, value)
            if postal:  # what is looked for around a postcode lies there
                return place._replace(postcode=value)
            if value in (place.city, place.airport):
                return place
        if about & {"city", "town"} and value.istitle():
            return PLACES[len(value) % len(PLACES)]._replace(city=value)
    return None


def _collect_choices(schema: Schema, choices: dict[str, list[JsonValue]], outer: frozenset[str] = frozenset()) -> None:
    """The states that are declared as choices; those of a part say nothing of a whole that has a state of its own."""
    properties = schema.get("properties") or {}
    for key, inner in properties.items():
        if isinstance(inner, dict):
            if inner.get("enum") and split(key)[-1:] in _STATES and key not in outer:
                choices.setdefault(key, inner["enum"])
            items = inner.get("items") or inner  # draft 7 takes a list of schemas, one for each place
            for each in items if isinstance(items, list) else [items]:
                _collect_choices(each if isinstance(each, dict) else {}, choices, outer | properties.keys())


def _choose(schema: Schema, choices: dict[str, list[JsonValue]]) -> Schema:
    properties = schema.get("properties")
    if isinstance(schema.get("items"), dict):
        return {**schema, "items": _choose(schema["items"], choices)}
    if not isinstance(properties, dict):
        return schema
    chosen: Schema = {}
    for key, inner in properties.items():
        plain = isinstance(inner, dict) and inner.get("type") == "string" and not inner.get("enum")
        chosen[key] = {**inner, "enum": choices[key]} if plain and key in choices else inner
        if isinstance(inner, dict) and not plain:
            chosen[key] = _choose(inner, choices)
    return {**schema, "properties": chosen}
