"""Lists in words: how many there are, what stands out, and then each of them with what counts of it."""

import re
from collections.abc import Mapping, Sequence
from random import Random
from typing import Any

from pydantic import JsonValue

from agents.offline.speech.spoken import SPOKEN_DAY, show_number, show_value, spell_number
from agents.offline.talk.clauses import LEADING, TAILS, name_quotes, note_field, note_fields, note_record
from agents.offline.talk.standouts import find_standing_out
from agents.offline.talk.telling import (
    LONG,
    PRICED,
    STATES,
    UNITS,
    Telling,
    capitalise,
    choose_fields,
    end_sentence,
    enumerate_parts,
    head_key,
    id_key,
    is_aside,
    is_done,
    label_field,
    name_key,
    name_record,
    shared_fields,
)
from agents.offline.talk.times import join_notes
from agents.offline.talk.wording import count_things, name_things, say_filter
from agents.offline.trade import tasks
from agents.offline.trade.subject import load_table
from agents.schema import JsonObject, plural, singular, words

WAYS: dict[str, list[str]] = load_table("talk")["answers"]
_WHOLES = frozenset(("entitled", "limit", "quota", "allowance", "granted"))
_USED = frozenset(("taken", "used", "spent", "consumed"))
_LINKS = ("url", "uri", "link", "href")
TO_READ = frozenset(load_table("telling")["to_read"].split())
"""What is looked for to be read where it stands."""
MANY = 5
"""Records that an answer still tells besides what was worked out of them."""
_SHOWING = re.compile(r"(?:show|list|give|get|read|go through|pull up|see which)\b")
"""How somebody asks for the things themselves, whatever they want worked out of them besides."""
SHOWN = 10
"""Records that an answer lists before it only counts the rest."""
_TOLD = 4
"""Fields that are told of each thing beside what it is called."""
_TABLED = 6
"""The same in a table, which has room: who played is worth little without who won."""
_SIDES = frozenset(("team", "player", "score", "goals"))
"""Last words of fields that there are two of, one of each side."""
_ROOM = 3
"""Fields beside a name, from which on there is no place for a sentence."""


def is_empty(value: JsonValue) -> bool:
    return value is None or value in ("", [], {})


def describe_list(items: list[Any], key: str, total: int, telling: Telling, rng: Random) -> str:
    """How many there are, what stands out, and then each of them with what counts of it."""
    thing, things = name_things(key, telling)
    where = say_filter(telling)
    known = [value for value in telling.arguments.values() if isinstance(value, str)]
    wondered = re.search(r"\b(?:if|whether) there (?:is|are)\b", telling.phrase)
    if not items:
        none = rng.choice(WAYS["none"]).format(things=things, where=where)
        return f"No, there are no {things}{where}." if wondered else f"{capitalise(none)}."
    if len(items) == 1 and telling.worked != key:
        told = [value for value in telling.arguments.values() if isinstance(value, str)]
        ident, head = id_key(items[0]), head_key(items[0])
        skipped = {name for name in items[0] if name != head and items[0][name] in told}
        skipped |= {"unit"} if "value" in items[0] else set()  # told with the value
        text = note_record(items[0], skipped, most=6)
        # What is known of it by nothing but the words that it was looked for with has a number at least.
        text += f" ({label_field(ident)} {items[0][ident]})" if ident and text.strip("“”") in known else ""
        link = link_key(items[0], thing, telling)
        text += f" ({items[0][link]})" if text and link and str(items[0][link]) not in text else ""
        lead = count_things(1, 1, thing, telling)
        return end_sentence(f"{lead}: {text}" if text else lead)
    shown = len(items) <= MANY or (_SHOWING.match(telling.phrase) and tells_more(items[0], telling))
    if telling.worked == key and (telling.spared == "all" or (telling.spared == "many" and not shown)):
        return ""  # what was worked out of them is the answer
    # A text is told with each, though it be the same.
    alike = {name: value for name, value in shared_fields(items).items() if len(str(value)) < 40}
    laid = _lay_out(items, frozenset(alike), thing, telling)
    # The day that the list is of is not said again with each of its times.
    laid = re.sub(rf" on ({SPOKEN_DAY}):", lambda match: ":" if f" on {match[1]}" in where else match[0], laid)
    if telling.worked == key:
        lines = laid.strip().split("\n")
        if len(lines) > MANY and all(re.fullmatch(r"- [^*:]{1,24}", line) for line in lines):
            # Bare names need no line each.
            notes = [share_field(name, alike[name], items[0]) for name in alike if not is_aside(name, alike[name])][:2]
            every = f", all {enumerate_parts(notes, 'and')}" if notes else ""
            return f"They are {enumerate_parts((line[2:] for line in lines), 'and')}{every}."
        return laid.strip()  # what was worked out says how many there are
    known += [value for items in telling.arguments.values() if isinstance(items, list) for value in items]
    shared = {
        name: value
        for name, value in alike.items()
        if not is_aside(name, value) and value not in known and name != "unit"
    }
    notes = [
        share_field(name, value, items[0]) for name, value in list(shared.items())[:2] if name not in telling.arguments
    ]
    # Who wants to see the first of them did not ask which is the best.
    standing = "" if "first" in telling.asked else find_standing_out(items, (thing, things), where)
    lead = standing or count_things(len(items), total, things, telling)
    every = f", {'both' if len(items) == 2 else 'all'} {enumerate_parts(notes, 'and')}" if notes else ""
    lead = f"Yes, {lead}" if wondered else lead
    if standing and notes:
        standing = standing.removeprefix(f"of the {spell_number(len(items))} {things}{where}, ")
        lead, every = f"{count_things(len(items), total, things, telling)}{every}; {standing}", ""
    if (
        not set(map(len, laid.split("\n"))) - set(range(40))
        and not re.search(r"\*\*|\||more$", laid)
        and len(items) < 7
    ):
        # Where there is nothing to tell of them but what they are called, they are named in a sentence.
        names = [line.removeprefix("- ").strip() for line in laid.split("\n")]
        if not all(names):  # they are all called as what was looked for
            return f"{capitalise(lead)}{every}."
        return f"{capitalise(lead)}{every}: {enumerate_parts(names, 'and')}."
    return f"{capitalise(lead)}{every}:\n{laid}"


def tells_more(item: JsonObject, telling: Telling) -> bool:
    """Whether a list says more of its things than what something was worked out of."""
    fields = [key for key in item if key != head_key(item) and not is_aside(key, item[key])]
    return any(tasks.speak_field(key) not in telling.figures for key in fields)


def _is_idle(key: str, items: Sequence[JsonObject]) -> bool:
    """Whether none of them has taken any time yet, which how they stand says already."""
    return words(key)[-1] in ("seconds", "minutes", "hours") and all(item.get(key) == 0 for item in items)


def _is_precise(values: Sequence[JsonValue]) -> bool:
    """Whether all are fractions and some have two places behind the point, none more: 67,340.00 beside 64,870.41."""
    fractions = [value for value in values if isinstance(value, float) and round(value, 2) == value]
    return len(fractions) == len(values) and any(round(value, 1) != value for value in fractions)


def _say_cell(value: Any, key: str, *, precise: bool, large: bool) -> str:
    if precise:
        return f"{value:,.2f}"
    return show_number(value) if large and value else show_value(value, key)


def _lay_out(items: list[JsonObject], alike: frozenset[str], thing: str, telling: Telling) -> str:
    """The records themselves: a line for each, or a table where there is something to compare."""
    shown = items if len(items) <= 3 * SHOWN else items[:SHOWN]
    # What one of them has the others may lack: a reason why not.
    first = {key: value for item in reversed(items) for key, value in item.items() if not is_empty(value)}
    first = {key: items[0].get(key, first[key]) for key in [*items[0], *first] if key in first}
    own = [key for key in (head_key(items[0]),) if key and (key not in alike or len(items) == 1)]
    fields = [
        key
        for key in choose_fields({key: value for key, value in first.items() if key not in alike}, telling.asked)
        if key not in own
        and (not is_aside(key, first[key]) or set(words(key)) <= telling.asked)
        # Nobody's address is passed on in a list without need.
        and (words(key)[-1] not in ("email", "phone", "sha", "hash") or bool(set(words(key)) & telling.asked))
    ]
    fields = [key for key in fields if not _is_idle(key, shown)]
    beside = {"unit"} if "value" in fields else set()  # told with the value, where it takes no place from a flag
    room = _TABLED if min(len(shown), telling.fewest) > 4 else _TOLD
    chosen = [key for n, key in enumerate(fields) if n < room + len(beside & {*fields[:n]})]
    # Of two sides both are told: who played whom.
    ends = {tuple(words(key)[1:]) for key in chosen if len(words(key)) == 2}
    fields = [key for key in fields if key in chosen or (words(key)[-1] in _SIDES and tuple(words(key)[1:]) in ends)]
    said = find_said(first, shown) if len(fields) < _ROOM and not telling.worked else ""
    fields += [said] if said and said not in (*own, *fields) else []
    columns = [*own, *sorted(fields, key=list(first).index)]
    link = link_key(first, thing, telling)
    left = f"\n- and {len(items) - len(shown)} more" if len(shown) < len(items) else ""
    narrow = all(len(str(item.get(key, ""))) < 40 for item in shown for key in columns) and "text" not in columns
    flat = not any(isinstance(first.get(key), list | dict) for key in columns)
    if min(len(shown), telling.fewest) > 4 and len(columns) > (2 if own else 1) and narrow and flat and not link:
        labels = [re.sub(r"(?<= in )\w+$", lambda m: UNITS.get(m[0], m[0]), label_field(key)) for key in columns]
        labels = [
            re.sub(r"(?:(?<=ed)|(?<=ews)|(?<=res)|(?<=taken)|(?<=sent)|(?<=paid)) (?:time|date)$", "", label)
            for label in labels
        ]
        money = items[0].get("currency") if "currency" in alike else ""
        priced = [money and not PRICED.isdisjoint(words(key)) for key in columns]
        labels = [
            f"{label} in {money}" if own_money else label for label, own_money in zip(labels, priced, strict=True)
        ]
        labels = [
            "time" if label == "at" else re.sub(r"(\w+) count$", lambda match: plural(singular(match[1])), label)
            for label in labels
        ]
        # In one column thousands are set apart in all numbers or in none.
        large = {
            key
            for key in columns
            if any("," in show_value(i.get(key), key) for i in items if isinstance(i.get(key), int))
        }
        # and two places behind the point
        precise = {key for key in columns if _is_precise([item.get(key) for item in shown])}
        head = f"| {' | '.join(map(capitalise, labels))} |\n|{'---|' * len(columns)}"
        lines = []
        for item in shown:
            cells = [_say_cell(item.get(k), k, precise=k in precise, large=k in large) for k in columns]
            lines.append(f"| {' | '.join(cells)} |")
        rows = "\n".join(lines)
        rest = f"\n\nThat leaves {len(items) - len(shown)} more." if left else ""
        return f"\n{head}\n{rows}{rest}"
    lines = []
    for item in shown:
        head = name_record(item) if own else ""
        head = f"{thing} {head}" if head.isdecimal() else head  # a bare number says not what it numbers
        measured = [key for key in fields if key != "unit" or "value" not in fields]
        most = _TOLD + sum(words(key)[-1] in _SIDES for key in measured) // 2
        measured = [*measured[:most], *([said] if said in measured[most:] else [])]
        told = {
            key: f"“{item[key]}”" if key == said else note_field(key, item[key], item)
            for key in measured
            if not is_empty(item.get(key))
        }
        notes = [*count_left(item, telling), *name_quotes(told).values()]
        text = join_notes(notes)
        where = f" ({item[link]})" if link and item.get(link) and item[link] != head else ""
        lines.append(f"- **{head}**: {text}{where}" if head and text else f"- {head or text}{where}")
    return "\n".join(lines) + left


def find_said(first: JsonObject, items: Sequence[JsonObject]) -> str:
    """The field in which somebody says in a sentence what each of them is, or wrote of it; empty where none is short.

    >>> find_said({"name": "tabs", "description": ""}, [{"description": "Several panels."}])
    'description'
    """
    fields = (key for key in first if words(key)[-1:] in (["description"], ["comment"]))
    return next((key for key in fields if all(len(str(item.get(key, ""))) < LONG for item in items)), "")


def name_beside(items: JsonValue, key: str, telling: Telling) -> str:
    """What a list holds that stands beside the one that was worked on: the folders beside the documents."""
    records = [item for item in items if isinstance(item, dict)] if isinstance(items, list) else []
    names = [name_record(item) for item in records if name_key(item)]
    if not names or len(names) < len(records):
        return ""
    thing, things = name_things(key, telling)
    count = f"are also {spell_number(len(names))} {things}" if len(names) > 1 else f"is also one {thing}"
    return f"There {count}: {enumerate_parts(names, 'and')}."


def link_key(item: JsonObject, thing: str, telling: Telling) -> str:
    """The field with the address of what was looked for to be read; empty for other things.

    >>> link_key({"title": "Pricing", "url": "https://a.example/p"}, "page", Telling("t", "", {}, frozenset(), {}))
    'url'
    """
    if TO_READ.isdisjoint({singular(word) for word in (*words(thing), *words(telling.tool))}):
        return ""
    links = (key for key in item if words(key)[-1:] and words(key)[-1] in _LINKS)
    return next((key for key in links if str(item[key]).startswith("http")), "")


def count_left(item: JsonObject, telling: Telling) -> list[str]:
    """How much is left of what there was, where that was asked for and no field says it.

    >>> count_left({"entitled": 30, "taken": 12}, Telling("", "", {}, frozenset(("leave", "left")), {}))
    ['18 left']
    """
    whole = next((value for key, value in item.items() if words(key)[-1:] and words(key)[-1] in _WHOLES), None)
    used = next((value for key, value in item.items() if words(key)[-1:] and words(key)[-1] in _USED), None)
    silent = not any({"left", "remaining"} & {*words(key)} for key in item)
    if "left" in telling.asked and silent and isinstance(whole, int | float) and isinstance(used, int | float):
        return [f"{show_number(whole - used)} left"]
    return []


def lay_out_rows(names: Sequence[JsonValue], rows: Sequence[Sequence[JsonValue]]) -> str:
    """Rows without names of their own as the table that they are."""
    if not rows:
        return "No rows came back."
    head = f"| {' | '.join(map(str, names))} |\n|{'---|' * len(names)}"
    lines = "\n".join(f"| {' | '.join(map(show_value, row))} |" for row in rows)
    lead = f"Here are the {len(rows)} rows" if len(rows) > 1 else "There is one row"
    return f"{lead}:\n\n{head}\n{lines}"


def share_field(key: str, value: JsonValue, record: Mapping[str, JsonValue]) -> str:
    """What all of several records have in common, after `all`.

    >>> share_field("state", "closed", {}), share_field("timezone", "Europe/Paris", {})
    ('closed', 'with the same timezone, Europe/Paris')
    """
    about, note = words(key), note_field(key, value, record)
    stem = " ".join(about[:-1] if len(about) > 1 and about[-1] in ("on", "at", "date", "time") else about)
    if about[-1] in ("severity", "priority", "risk", "difficulty"):
        return f"of {show_value(value, key)} {label_field(key)}"
    if about[-1] in ("type", "kind", "level", "category", "genre"):
        return f"of {label_field(key)} {show_value(value, key)}"
    if about == ["year"] and note.startswith("year "):
        return f"in {note}"  # of a course of study
    if isinstance(value, int) and not isinstance(value, bool) and note == f"{value} {' '.join(about)}":
        return f"with {note}"  # with 2 renewals left
    if isinstance(value, int | float) and not isinstance(value, bool) and is_done(about[-1]):
        return note  # entitled to as many days
    if (
        isinstance(value, int | float)
        and not isinstance(value, bool)
        and note == f"{label_field(key)} {show_value(value, key)}"
    ):
        return f"with {note}"
    if isinstance(value, bool):
        plain = note.removeprefix("not ").endswith(TAILS) or note in ("on", "off")
        return note if plain or note.startswith("with") else f"with{'' if value else 'out'} {note.removeprefix('no ')}"
    if stem in LEADING or (note == value == show_value(value) and about[-1] in STATES):
        return note
    return f"with the same {label_field(key)}, {show_value(value, key)}"


def add_listed(item: JsonValue, name: str, result: JsonValue, listing: Telling) -> str:
    """In brackets, what the list says of one of its things and neither the look at it nor the request does."""
    if not isinstance(item, dict) or not isinstance(result, dict):
        return ""
    rest = {key: value for key, value in item.items() if key not in result and str(value) != name}
    rest |= {"currency": item["currency"]} if item.get("currency") else {}
    known = [*listing.arguments.values()]
    rest = {k: v for k, v in rest.items() if k == "currency" or (not is_aside(k, v) and v not in known)}
    text = note_fields(rest, most=3)
    return f" ({text})" if text else ""
