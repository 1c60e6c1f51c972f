"""Lists in words: how many there are, what stands out, and then each of them with what counts of it."""

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from random import Random
from typing import Any

from pydantic import JsonValue

from agents.offline.speech.spoken import SPOKEN_DAY, show_number, show_value, spell_number
from agents.offline.talk.clauses import (
    HAPPENED,
    LEADING,
    TAILS,
    join_notes,
    note_field,
    note_fields,
    note_record,
)
from agents.offline.talk.telling import (
    MONEY,
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
from agents.offline.talk.wording import count_things, name_things, say_filter
from agents.offline.trade import tasks
from agents.offline.trade.subject import load_table
from agents.schema import JsonObject, plural, singular, words

WAYS: dict[str, list[str]] = load_table("talk")["answers"]
MANY = 5
"""Records of which an answer still tells more than it was worked out of."""
SHOWN = 10
"""Records that an answer lists before it only counts the rest."""
_LOWEST = {
    **dict.fromkeys(("price", "cost", "fee", "rate", "fare", "rent", "premium"), "cheapest"),
    **dict.fromkeys(("due", "deadline"), "first to fall due"),
    **{"distance": "closest", "departs": "first to leave", "expires": "first to run out"},
}
_HIGHEST = {"rating": "best rated", "score": "best match", "stars": "most starred", "relevance": "best match"}


_COUNTING_KEYS = "open now,available,in stock,returnable,eligible,active,online,overdue,enabled,covered,is active"
_COUNTING = frozenset(_COUNTING_KEYS.split(","))
"""What somebody counts at once in a list."""


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
        text = note_record(items[0], {name for name in items[0] if name != head and items[0][name] in told}, most=6)
        # What is known of it by nothing but the words that it was looked for with has a number at least.
        text += f" ({label_field(ident)} {items[0][ident]})" if ident and text.strip("“”") in known else ""
        lead = count_things(1, 1, thing, telling)
        return end_sentence(f"{lead}: {text}" if text else lead)
    # A text is told with each, though it be the same.
    alike = {name: value for name, value in shared_fields(items).items() if len(str(value)) < 40}
    laid = _lay_out(items, frozenset(alike), thing, telling)
    # The day that the list is of is not said again with each of its times.
    laid = re.sub(rf" on ({SPOKEN_DAY}):", lambda match: ":" if f" on {match[1]}" in where else match[0], laid)
    if telling.worked == key:
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
    standing = find_standing_out(items, (thing, things), where)
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
        names = enumerate_parts((line.removeprefix("- ") for line in laid.split("\n")), "and")
        return f"{capitalise(lead)}{every}: {names}."
    return f"{capitalise(lead)}{every}:\n{laid}"


def _lay_out(items: list[JsonObject], alike: frozenset[str], thing: str, telling: Telling) -> str:
    """The records themselves: a line for each, or a table where there is something to compare."""
    shown = items if len(items) <= 2 * SHOWN else items[:SHOWN]
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
    ][:4]
    # What was worked out of many is the answer: of each only what it was worked out of stays.
    figures = [key for key in first if key not in own and tasks.speak_field(key) in telling.figures]
    fields = figures if figures and len(items) > MANY else fields
    columns = [*own, *sorted(fields, key=list(first).index)]
    left = f"\n- and {len(items) - len(shown)} more" if len(shown) < len(items) else ""
    narrow = all(len(str(item.get(key, ""))) < 40 for item in shown for key in columns)
    flat = not any(isinstance(first.get(key), list | dict) for key in columns)
    if len(shown) > 4 and len(columns) > (2 if own else 1) and narrow and flat:
        labels = [re.sub(r"(?<= in )\w+$", lambda m: UNITS.get(m[0], m[0]), label_field(key)) for key in columns]
        labels = [
            re.sub(r"(?:(?<=ed)|(?<=ews)|(?<=res)|(?<=taken)|(?<=sent)|(?<=paid)) (?:time|date)$", "", label)
            for label in labels
        ]
        money = items[0].get("currency") if "currency" in alike else ""
        priced = [money and not MONEY.isdisjoint(words(key)) for key in columns]
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
        head = f"| {' | '.join(map(capitalise, labels))} |\n|{'---|' * len(columns)}"
        lines = []
        for item in shown:
            cells = [
                show_number(item[k]) if k in large and item.get(k) else show_value(item.get(k), k) for k in columns
            ]
            lines.append(f"| {' | '.join(cells)} |")
        rows = "\n".join(lines)
        rest = f"\n\nThat leaves {len(items) - len(shown)} more." if left else ""
        return f"\n{head}\n{rows}{rest}"
    lines = []
    for item in shown:
        head = name_record(item) if own else ""
        head = f"{thing} {head}" if head.isdecimal() else head  # a bare number says not what it numbers
        measured = [key for key in fields if key != "unit" or "value" not in fields]
        notes = [note_field(key, item[key], item) for key in measured if not is_empty(item.get(key))]
        text = join_notes(notes)
        lines.append(f"- **{head}**: {text}" if head and text else f"- {head or text}")
    return "\n".join(lines) + left


def lay_out_rows(names: Sequence[JsonValue], rows: Sequence[Sequence[JsonValue]]) -> str:
    """Rows without names of their own as the table that they are."""
    if not rows:
        return "No rows came back."
    head = f"| {' | '.join(map(str, names))} |\n|{'---|' * len(names)}"
    lines = "\n".join(f"| {' | '.join(map(show_value, row))} |" for row in rows)
    lead = f"Here are the {len(rows)} rows" if len(rows) > 1 else "There is one row"
    return f"{lead}:\n\n{head}\n{lines}"


def find_standing_out(items: Sequence[JsonObject], called: tuple[str, str], where: str) -> str:
    """What somebody would point out in a list: the cheapest, the first that is due, how many are open; or nothing."""
    if all(isinstance(item.get(key), int | float) for item in items for key in ("value", "low", "high")):
        return find_outside(items)
    if not all(name_key(item) or id_key(item) for item in items):
        return _find_peak(items)
    if len({name_record(item) for item in items}) < len(items):
        return ""  # nobody can tell which of them is meant
    several = f"of the {spell_number(len(items))} {called[1]}{where}"
    for key in items[0]:
        about = words(key)
        values = [item.get(key) for item in items]
        numeric = all(isinstance(value, int | float) and not isinstance(value, bool) for value in values)
        dated = all(isinstance(value, str) and re.match(r"\d{4}-\d\d-\d\d", value) for value in values)
        if not (numeric or dated) or len(set(map(str, values))) < 2:
            continue
        lowest = next((_LOWEST[word] for word in about if word in _LOWEST), "")
        rate = about[-1] == "rate" and len(about) > 1 and about[0] not in ("hourly", "daily", "nightly", "weekly")
        lowest = "" if rate else lowest  # the rate of those who left costs nothing
        lowest = "" if lowest == "closest" and " near " not in where else lowest  # how far somebody ran is no way to go
        rated = numeric and not {"age", "content", "risk", "credit"} & set(about)
        rated = rated and called[0] not in ("review", "comment", "rating", "feedback")
        highest = next((_HIGHEST[word] for word in about if word in _HIGHEST), "") if rated else ""
        best = (min if lowest else max)(values, key=lambda value: value if numeric else str(value))  # type: ignore[arg-type,return-value]
        ahead = [item for item in items if item.get(key) == best]
        if len(ahead) == 1 and (lowest or highest):
            name = name_record(ahead[0]) if name_key(ahead[0]) else f"{called[0]} {name_record(ahead[0])}"
            return f"{several}, {name} is the {lowest or highest} ({note_field(key, best, ahead[0])})"
    if len(items) < 4:
        return ""  # so few are seen at once
    for key, value in items[0].items():
        if isinstance(value, bool) and " ".join(words(key)) in _COUNTING:
            holds = sum(item.get(key) is True for item in items)
            if 0 < holds < len(items):
                note = note_field(key, True, items[0])
                verb = "comes " if holds == 1 else "come "
                verb = verb if note.startswith("with ") else "is " if holds == 1 else "are "
                return f"{several}, {spell_number(holds)} {verb}{note}"
        if words(key)[-1:] in (["status"], ["state"]):
            counts = Counter(str(item.get(key)) for item in items)
            if 1 < len(counts) <= 3:
                parts = []
                for state, count in counts.items():
                    verb = "" if state in HAPPENED else "is " if count == 1 else "are "
                    parts.append(f"{spell_number(count)} {verb}{show_value(state, key)}")
                return f"{several}, {enumerate_parts(parts, 'and')}"
    return ""


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


def find_outside(items: Sequence[JsonObject]) -> str:
    """Which values lie outside of their range.

    >>> find_outside([{"analyte": "TSH", "value": 5, "low": 1, "high": 4}, {"value": 2, "low": 1, "high": 4}])
    'TSH is above the range'
    """
    sides = {"below": [item for item in items if item["value"] < item["low"]]}
    sides["above"] = [item for item in items if item["value"] > item["high"]]
    parts = [
        f"{enumerate_parts(map(name_record, some), 'and')} {'is' if len(some) == 1 else 'are'} {side} the range"
        for side, some in sides.items()
        if some
    ]
    return enumerate_parts(parts, "and") or "all of them are within the range"


def _find_peak(items: Sequence[JsonObject]) -> str:
    """The highest value of a series and its moment; empty where the records are no series."""
    moment = next((key for key, value in items[0].items() if re.match(r"\d{4}-\d\d-\d\d", str(value))), "")
    numbers = [key for key, value in items[0].items() if isinstance(value, int | float) and not isinstance(value, bool)]
    named = any(isinstance(value, str) and key != moment for key, value in items[0].items())
    if (
        not moment
        or named
        or len(numbers) != 1
        or not all(isinstance(item.get(numbers[0]), int | float) for item in items)
    ):
        return ""
    highest = max(items, key=lambda item: float(item[numbers[0]]))
    label, when = label_field(numbers[0]), show_value(highest.get(moment), moment)
    return f"the highest {label} is {show_value(highest[numbers[0]])}, on {when}"


def add_listed(item: JsonValue, name: str, result: JsonValue, listing: Telling) -> str:
    """In brackets, what the list says of one of its things and neither the look at it nor the request does."""
    if not isinstance(item, dict) or not isinstance(result, dict):
        return ""
    rest = {key: value for key, value in item.items() if key not in result and str(value) != name}
    known = [*listing.arguments.values()]
    rest = {key: value for key, value in rest.items() if not is_aside(key, value) and value not in known}
    text = note_fields(rest, most=3)
    return f" ({text})" if text else ""
