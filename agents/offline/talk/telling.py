"""Fields of a record: what they are called, which of them name it and which are worth telling."""

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from pydantic import JsonValue

from agents.offline.speech.labels import name_field, spell_words
from agents.offline.speech.spoken import show_number, show_value
from agents.offline.trade.subject import load_table
from agents.schema import JsonObject, plural, singular, with_article, words

TABLE = load_table("telling")
NAMES = (
    *("name", "title", "subject", "label", "full name", "display name", "summary", "company", "headline"),
    *("question", "room type"),
)
IDENTIFYING = frozenset(TABLE["identifying"].split())
"""Last words of fields that name a thing to machines."""
_ASIDE = frozenset(TABLE["aside"].split())
"""Words of fields that nobody asks for unless they say so."""
_STAMPED = frozenset(TABLE["stamped"].split())
STATES = frozenset(TABLE["states"].split())
AWAITING = re.compile(r"(?:requires|needs|awaits)[ _]")
"""How a state begins that says what is still to come."""
LONG = 120
"""Characters of a sentence that still stands in a line."""
BARE = frozenset(TABLE["bare"].split())
"""Last words of fields whose value says alone what it is."""
MONEY = frozenset(TABLE["money"].split())
PRICED = MONEY | frozenset(TABLE["money with currency"].split())
"""Words of fields that are sums of money where a currency stands beside them."""
_COUNTED = frozenset(TABLE["counted"].split())
"""How what is counted is, in the name of a field before it."""
_PEOPLE = ("author", "user", "customer", "employee", "sender", "from", "reviewer", "patient", "guest", "player")
_TEXTS = frozenset(("text", "body", "content", "comment", "message"))
"""Fields that hold what somebody wrote."""
_CALLED_WORDS = (
    "path file filename analyte company symbol ticker seat email username domain branch version word column flight"
)
_CALLED = frozenset(_CALLED_WORDS.split())
"""Last words of fields by which a thing without a name is known."""
MOMENT = re.compile(r"\d{4}-\d\d-\d\d(?:T\d\d:\d\d.*)?|[0-2]\d:[0-5]\d(?::00)?")

UNITS: dict[str, str] = TABLE["units"]
_ALONE = frozenset(("celsius", "kg", "km"))
"""Units by which a field is called that needs no other name."""


class Telling(NamedTuple):
    """What a result is told with: how the call was asked for, with what, and what is known by now."""

    tool: str
    phrase: str
    arguments: JsonObject
    asked: frozenset[str]
    """Words of what the person wants to know."""
    called: Mapping[str, str]
    """Ids of all results so far -> what the things are called."""
    worked: str = ""
    """The list of it in which something is worked out, which says how many there are and what stands out."""
    because: bool = False
    """Whether it was done because of what was seen before."""
    told: frozenset[str] = frozenset()
    """Values that the person told for it: a thing that was called by its number is not called by its name alone."""
    figures: frozenset[str] = frozenset()
    """What the fields are called that it is worked out of: of that list nothing else was asked for."""
    spared: str = ""
    """How much of its list is not told because what is worked out names the things in it: `many` of them, `all`."""
    fewest: int = 99
    """How many things the shortest list has that the tool brought in this turn: they are all laid out alike."""


_NAMING_WORDS = "name title word symbol ticker city place location repo repository domain url path"
NAMING = frozenset(_NAMING_WORDS.split())
"""Last words of arguments by which a thing is called that has no id."""


class Call(NamedTuple):
    """A call of the assistant's and what came of it."""

    tool: str
    arguments: JsonObject
    ok: bool
    result: Any


class Report(NamedTuple):
    """What there is to tell of a turn."""

    plan: JsonObject
    turn: int
    results: dict[str, list[JsonValue]]
    calls: list[Call]
    functions: dict[str, JsonObject]
    said: str = ""
    """What the assistant said on the way to it."""


def label_field(path: str) -> str:
    """A field's name in words, by its path.

    >>> label_field("orders[0].orderId"), label_field("placed_at"), label_field("size_mb")
    ('order ID', 'placed time', 'size in mb')
    """
    return name_field(path.rpartition(".")[2].split("[")[0]) or "result"


def is_aside(key: str, value: JsonValue = None) -> bool:
    """Whether a field is for machines or for the list as a whole, so that it is told only where it was asked for."""
    about = words(key)
    if "download" in about:
        return False
    if about == ["total"] and isinstance(value, float):
        return False  # a sum of money, and no count
    if about[-1:] == ["count"] and about[:-1] not in ([], ["total"], ["result"], ["item"]):
        return False  # how many there are of something in it
    if about[-1:] == ["version"] and len(about) > 1:
        return False  # of firmware, or the latest one
    stamp = bool(_STAMPED & set(about)) and (about[-1:] in (["at"], ["on"]) or len(about) == 1)
    long = isinstance(value, str) and len(value) > 160
    return (
        stamp
        or long
        or about[-1:] == []
        or about[-1] in IDENTIFYING | _ASIDE
        or " ".join(about) in ("has more", "mime type")
    )


def name_key(record: Mapping[str, JsonValue]) -> str:
    """The field that says what the record is called, else empty."""
    for name in NAMES:
        for key, value in record.items():
            if " ".join(words(key)) == name and isinstance(value, str) and value:
                return key
    ends = (key for key in record if words(key)[-1:] in (["name"], ["title"]) and isinstance(record[key], str))
    return next(ends, "")


def author_key(record: Mapping[str, JsonValue]) -> str:
    """The field that says whose a record without a name is: who wrote a comment, whom a booking is for."""
    texts = (key for key, value in record.items() if isinstance(value, str) and not MOMENT.fullmatch(value))
    # What goes from one place to another is not from somebody.
    people = [role for role in _PEOPLE if role != "from" or not any(words(key) == ["to"] for key in record)]
    return next((key for key in texts if " ".join(words(key)) in people), "")


def id_key(record: Mapping[str, JsonValue]) -> str:
    """The field that identifies the record, else empty."""
    keys = [key for key in record if words(key)[-1:] and words(key)[-1] in IDENTIFYING and record[key]]
    return next((key for key in keys if words(key) == ["id"]), keys[0] if keys else "")


def name_record(item: JsonValue) -> str:
    """What a record is called, else its id; empty for one that has neither.

    >>> name_record({"id": 4, "name": "Blue lamp"}), name_record({"meter_id": "88"}), name_record({"rows": 3})
    ('Blue lamp', '88', '')
    """
    if not isinstance(item, dict):
        return show_value(item)
    key = head_key(item)
    return show_value(item[key], key) if key else ""


def collect_names(results: Iterable[JsonValue]) -> dict[str, str]:
    """The ids in these results and what the records that bear them are called."""
    names: dict[str, str] = {}
    for result in results:
        if isinstance(result, dict):
            name, ident = name_key(result), id_key(result)
            # What a change repeats of its arguments says not what its ids are called.
            if (
                name
                and ident
                and "success" not in result
                and not isinstance(result[ident], list | dict)
                and result[name] != result[ident]
            ):
                names[str(result[ident])] = str(result[name])
            names |= collect_names(result.values())
        elif isinstance(result, list):
            # What has no name of its own is called as the list heads it: a deployment by its version.
            for item in (item for item in result if isinstance(item, dict)):
                ident, head = id_key(item), head_key(item)
                # What somebody wrote is not called by whoever wrote it.
                head = "" if head == author_key(item) and not _TEXTS.isdisjoint(item) else head
                if ident and head and item[head] != item[ident] and not isinstance(item[ident], list | dict):
                    names[str(item[ident])] = str(item[head])
            names |= collect_names(result)
    return names


def head_key(item: Mapping[str, JsonValue]) -> str:
    """The field by which a record of a list is known best."""
    called = (key for key in item if words(key)[-1:] and words(key)[-1] in _CALLED and isinstance(item[key], str))
    # An order is not called by the address of whoever placed it.
    called = (key for key in called if words(key)[-1] != "email" or len(words(key)) == 1)
    # What is written down as it happens is known by its moment.
    logged = (key for key in item if words(key) == ["at"] and {"text", "message", "value", "event"} & item.keys())
    # Of what has neither name nor number the kind says most: how much vacation, how much sick leave.
    kinds = (key for key in item if words(key)[-1:] and words(key)[-1] in BARE and isinstance(item[key], str))
    days = (
        key
        for key, value in item.items()
        if words(key) in (["date"], ["day"], ["month"]) and re.match(r"\d{4}-\d\d", str(value))
    )
    ways = (name_key(item), author_key(item), next(called, ""), id_key(item), next(logged, ""), next(days, ""))
    return next(filter(None, ways), "") or next(kinds, "")


def choose_fields(record: JsonObject, asked: Collection[str] = (), *, most: int = 6) -> list[str]:
    """The fields worth telling in the order in which they count: what was asked for, then how things stand."""
    fields = [key for key, value in record.items() if value not in (None, "", [], {})]
    wanted, ranks = list[str](), dict[str, int]()
    for key in fields:
        value, about = record[key], [word for word in words(key) if word not in ("at", "on", "is", "of")]
        if about and all(word in asked or singular(word) in asked for word in about):
            wanted.append(key)
        elif not is_aside(key, value):
            counts = isinstance(value, bool | int | float) or MOMENT.fullmatch(str(value)) or MONEY & {*words(key)}
            leads = bool((STATES | {"winner"}) & {*words(key)})
            ranks[key] = 0 if leads else 3 if isinstance(value, dict | list) else 1 if counts else 2
    chosen = [*wanted, *sorted(ranks, key=ranks.__getitem__)]
    return (chosen or [key for key in fields if key != "success"])[:most]


def shared_fields(items: Sequence[JsonObject]) -> dict[str, JsonValue]:
    """The plain fields that all records have alike."""
    if len(items) < 2:
        return {}
    first, *others = items
    return {
        key: value
        for key, value in first.items()
        if not isinstance(value, list | dict) and value != 0 and all(other.get(key, ...) == value for other in others)
    }


def enumerate_parts(parts: Iterable[str], word: str) -> str:
    """The parts with commas, the word before the last one."""
    texts = list(parts)
    return texts[0] if len(texts) == 1 else f"{', '.join(texts[:-1])} {word} {texts[-1]}" if texts else ""


def is_done(word: str) -> bool:
    """Whether a word says that something was done: signed, taken."""
    return word.endswith("ed") or word in ("taken", "made", "sent", "paid", "held", "drawn", "written", "built", "seen")


def end_sentence(text: str) -> str:
    """The text as a sentence of its own."""
    return capitalise(text if text.endswith((".", ".”", "!”", "?”")) else f"{text}.")


def capitalise(text: str) -> str:
    """The text as a sentence begins; a name of machines stays as it is written.

    >>> capitalise("three orders"), capitalise("example.com is free"), capitalise("app_b0d is active")
    ('Three orders', 'example.com is free', 'app_b0d is active')
    """
    first = text.partition(" ")[0].rstrip(".,:;")
    return text if re.search(r"[\d_./@]|[a-z]-[a-z]", first) else f"{text[:1].upper()}{text[1:]}"


def say_number(key: str, value: float, record: Mapping[str, JsonValue]) -> str:
    """A number with what it counts or is measured in: `752 households`, `40%`, `12 EUR`; else empty."""
    about, shown = words(key), show_number(value)
    last = about[-1] if about else ""
    if len(about) > 1 and (unit := UNITS.get(" ".join(about))):
        return f"{shown} {unit}"  # of square metres the unit is the name
    if last in UNITS and (len(about) > 1 or last in _ALONE):
        unit = UNITS[last]
        return f"{shown}%" if unit == "%" else f"{shown} {unit}"
    if len(about) == 2 and about[0] in UNITS and is_done(last):
        return f"{shown} {UNITS[about[0]]} {last}"  # 500 km included
    if last == "count" and len(about) > 1:
        return _count(shown, [*about[:-2], plural(singular(about[-2]))], value)
    currency = next((record[name] for name in record if words(name)[-1:] == ["currency"]), None)
    each = about[:1] == ["per"] and len(about) == 2
    paid = last == "rate" and about[0] in ("hourly", "daily", "nightly", "weekly", "monthly", "yearly")
    if currency and about and (each or paid or set(about) & PRICED):
        cents = isinstance(value, float) and round(value, 2) == value
        shown = f"{value:,.2f} {_spell_unit(currency)}" if cents else f"{shown} {_spell_unit(currency)}"
        if not paid:
            return f"{shown} per {last}" if each else shown
    if paid:
        return (
            f"{shown} {'a day' if about[0] == 'daily' else 'an hour' if about[0] == 'hourly' else f'a {about[0][:-2]}'}"
        )
    if len(about) > 2 and about[-2] == "per":
        return f"{shown} {with_article(last)}"
    if about == ["value"] and isinstance(record.get("unit"), str):
        return f"{shown} {UNITS.get(str(record['unit']), record['unit'])}"
    if len(about) == 2 and about[0] in _COUNTED and last != singular(last) and isinstance(value, int):
        return _count(shown, about, value)
    first = about[0] if about else ""
    if first != singular(first) and first not in MONEY and not first.endswith("ss") and isinstance(value, int):
        return _count(shown, about, value)
    return ""


def _spell_unit(unit: JsonValue) -> str:
    """A currency in capitals; a unit that has some keeps its own, as in kWh."""
    return str(unit).upper() if str(unit).islower() and len(str(unit)) == 3 else str(unit)


def _count(shown: str, about: Sequence[str], value: float) -> str:
    things = list(about)
    if value == 1:
        things = [singular(word) if n == 0 or n == len(things) - 1 else word for n, word in enumerate(things)]
    return f"{shown} {spell_words(things)}"
