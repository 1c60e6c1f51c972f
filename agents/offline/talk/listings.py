"""Lists in words: how many there are, what stands out, and then each of them with what counts of it."""

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from random import Random
from typing import Any, NamedTuple

from pydantic import JsonValue

from agents.offline.speech.labels import label_argument, spell_words
from agents.offline.speech.spoken import show_value
from agents.offline.talk.clauses import UNITS, note_field, note_record, share_field
from agents.offline.talk.telling import (
    IDENTIFYING,
    capitalise,
    choose_fields,
    enumerate_parts,
    head_key,
    id_key,
    is_aside,
    label_field,
    name_key,
    name_record,
    shared_fields,
)
from agents.offline.trade.subject import load_table
from agents.plan.dataflow import nouns
from agents.schema import JsonObject, plural, singular, words

WAYS: dict[str, list[str]] = load_table("talk")["answers"]
LED = 0.1
"""The share of answers that begin with some words before what they tell."""
SHOWN = 10
"""Records that an answer lists before it only counts the rest."""
_GENERIC_WORDS = """
web google internet engine duckduckgo brave item result value
record row datum element data hit match response output
"""
_GENERIC = frozenset(_GENERIC_WORDS.split())
_LOOKED_FOR = frozenset(("query", "q", "search", "keyword", "keywords", "term", "name", "title"))
_LOWEST = {
    **dict.fromkeys(("price", "cost", "fee", "rate", "fare", "rent"), "cheapest"),
    **dict.fromkeys(("due", "deadline"), "first to fall due"),
    **{"distance": "closest", "departs": "first to leave", "expires": "first to run out"},
}
_HIGHEST = {"rating": "best rated", "score": "best match", "stars": "most starred", "relevance": "best match"}


class Telling(NamedTuple):
    """What a result is told with: how the call was asked for, with what, and what is known by now."""

    tool: str
    phrase: str
    arguments: JsonObject
    asked: frozenset[str]
    """Words of what the person wants to know."""
    called: Mapping[str, str]
    """Ids of all results so far -> what the things are called."""
    worked: bool = False
    """Whether something is worked out in it, which says what stands out."""


def is_empty(value: JsonValue) -> bool:
    return value is None or value in ("", [], {})


def lead_in(kind: str, rng: Random) -> str:
    """A few words that lead to a sentence, seldom, so that none becomes a habit."""
    return rng.choice(WAYS[kind]) if rng.random() < LED else ""


def describe_list(items: list[Any], key: str, total: int, telling: Telling, rng: Random) -> str:
    """How many there are, what stands out, and then each of them with what counts of it."""
    about = words(key)
    thing = spell_words([*about[:-1], singular(about[-1])]) if about else "result"
    if thing in _GENERIC:
        own = [noun for noun in nouns(telling.tool)[-1:] if noun not in _GENERIC]
        # What an eligibility holds is no eligibility: a quality has no plural.
        thing = own[0] if own and not own[0].endswith(("ity", "ness", "ance")) else "item" if own else "result"
    thing = "absence" if thing == "away" else thing
    if about == ["results"] and {"doc", "docs", "documentation"} & set(words(telling.tool)):
        thing = "page"
    thing = "forecast day" if thing == "forecast" else thing
    if about[-1:] == ["history"]:
        thing = spell_words([*about[:-1], "entry"])
    things, where = plural(thing), _say_filter(telling)
    if not items:
        return f"{capitalise(rng.choice(WAYS['none']).format(things=things, where=where))}."
    if len(items) == 1:
        text = rng.choice(WAYS["single"])
        return f"{capitalise(text.format(thing=thing, where=where, text=note_record(items[0], most=6)))}."
    lead = rng.choice(WAYS["found"]).format(n=len(items), things=things, where=where)
    lead += f", of {total} in all" if total > len(items) else ""
    alike = shared_fields(items)
    known = [value for value in telling.arguments.values() if isinstance(value, str)]
    said = {name: value for name, value in alike.items() if not is_aside(name, value) and value not in known}
    said = {name: value for name, value in said.items() if name not in telling.arguments}
    sentences = [f"{capitalise(lead_in('before lists', rng) + lead)}."]
    shared = [share_field(name, value, items[0]) for name, value in list(said.items())[:2]]
    if shared:
        sentences.append(f"{capitalise(rng.choice(WAYS['alike']).format(notes=enumerate_parts(shared, 'and')))}.")
    if not telling.worked and (standing := find_standing_out(items, thing, rng)):
        sentences.append(f"{capitalise(standing)}.")
    laid = _lay_out(items, frozenset(alike), telling)
    short = all(len(line) < 40 for line in laid.split("\n"))
    if short and "**" not in laid and "|" not in laid and "more" not in laid and len(items) < 7:
        # Where there is nothing to tell of them but what they are called, they are named in a sentence.
        names = enumerate_parts((line.removeprefix("- ") for line in laid.split("\n")), "and")
        return (
            f"{' '.join(sentences)[:-1]}: {names}."
            if len(sentences) == 1
            else f"{' '.join(sentences)} They are {names}."
        )
    return f"{' '.join(sentences)}\n{laid}"


def _say_filter(telling: Telling) -> str:
    """By what a list was chosen: ` for “night trains”`, ` in Lisbon`, ` for order 7`."""
    for key, value in telling.arguments.items():
        about = words(key)
        if not isinstance(value, str | int) or isinstance(value, bool) or len(str(value)) > 40:
            continue
        if set(about) & _LOOKED_FOR and about[-1] not in IDENTIFYING:
            return f" for “{value}”"
        if about == ["postcode"]:
            return f" near {value}"
        if about[-1:] and about[-1] in ("city", "place", "location"):
            return f" in {value}"
        if about[-1:] and about[-1] in IDENTIFYING and len(about) > 1:
            stem = label_argument("", key).rpartition(" ")[0]
            return f" for {telling.called.get(str(value)) or f'{stem} {value}'}"
    return ""


def _lay_out(items: list[JsonObject], alike: frozenset[str], telling: Telling) -> str:
    """The records themselves: a line for each, or a table where there is something to compare."""
    shown = items if len(items) <= 2 * SHOWN else items[:SHOWN]
    own = [key for key in (head_key(items[0]),) if key and (key not in alike or len(items) == 1)]
    fields = [
        key
        for key in choose_fields({key: value for key, value in items[0].items() if key not in alike}, telling.asked)
        if key not in own and (not is_aside(key, items[0][key]) or set(words(key)) <= telling.asked)
    ][:4]
    columns = [*own, *sorted(fields, key=list(items[0]).index)]
    left = f"\n- and {len(items) - len(shown)} more" if len(shown) < len(items) else ""
    narrow = all(len(str(item.get(key, ""))) < 40 for item in shown for key in columns)
    flat = not any(isinstance(items[0][key], list | dict) for key in columns)
    if len(shown) > 4 and len(columns) > (2 if own else 1) and narrow and flat:
        labels = [re.sub(r"(?<= in )\w+$", lambda m: UNITS.get(m[0], m[0]), label_field(key)) for key in columns]
        head = f"| {' | '.join(map(capitalise, labels))} |\n|{'---|' * len(columns)}"
        rows = "\n".join(f"| {' | '.join(show_value(item.get(key), key) for key in columns)} |" for item in shown)
        rest = f"\n\nThat leaves {len(items) - len(shown)} more." if left else ""
        return f"\n{head}\n{rows}{rest}"
    lines = []
    for item in shown:
        head = name_record(item) if own else ""
        notes = [note_field(key, item[key], item) for key in fields if not is_empty(item.get(key))]
        text = ", ".join(notes)
        lines.append(f"- **{head}**: {text}" if head and text else f"- {head or text}")
    return "\n".join(lines) + left


def lay_out_rows(names: Sequence[JsonValue], rows: Sequence[Sequence[JsonValue]]) -> str:
    """Rows without names of their own as the table that they are."""
    if not rows:
        return "No rows came back."
    head = f"| {' | '.join(map(str, names))} |\n|{'---|' * len(names)}"
    lines = "\n".join(f"| {' | '.join(map(show_value, row))} |" for row in rows)
    return f"{len(rows)} row{'s' if len(rows) > 1 else ''} came back.\n\n{head}\n{lines}"


def find_standing_out(items: Sequence[JsonObject], thing: str, rng: Random) -> str:
    """What somebody would point out in a list: the cheapest, the first that is due, how many are open; or nothing."""
    if all(isinstance(item.get(key), int | float) for item in items for key in ("value", "low", "high")):
        return find_outside(items)
    if not all(name_key(item) or id_key(item) for item in items):
        return _find_peak(items)
    if len({name_record(item) for item in items}) < len(items):
        return ""  # nobody can tell which of them is meant
    for key in items[0]:
        about = words(key)
        values = [item.get(key) for item in items]
        numeric = all(isinstance(value, int | float) and not isinstance(value, bool) for value in values)
        dated = all(isinstance(value, str) and re.match(r"\d{4}-\d\d-\d\d", value) for value in values)
        if not (numeric or dated) or len(set(map(str, values))) < 2:
            continue
        lowest = next((_LOWEST[word] for word in about if word in _LOWEST), "")
        highest = next((_HIGHEST[word] for word in about if word in _HIGHEST), "") if numeric else ""
        best = (min if lowest else max)(values, key=lambda value: value if numeric else str(value))  # type: ignore[arg-type,return-value]
        ahead = [item for item in items if item.get(key) == best]
        if len(ahead) > 1:
            continue
        name, note = name_record(ahead[0]), note_field(key, best, ahead[0])
        name = name if name_key(ahead[0]) else f"{thing} {name}"
        if lowest or highest:
            return rng.choice(WAYS["lowest"]).format(name=name, adjective=lowest or highest, note=note)
        counted = numeric and singular(about[0]) != about[0] and not is_aside(key)
        if counted and isinstance(best, int) and best > 1:
            things = spell_words(about)
            return rng.choice(WAYS["most"]).format(name=name, things=things, n=best)
    for key, value in items[0].items():
        if isinstance(value, bool):
            holds = sum(item.get(key) is True for item in items)
            if 0 < holds < len(items):
                note = note_field(key, True, items[0])
                verb = "" if note.startswith("with ") else "is " if holds == 1 else "are "
                return rng.choice(WAYS["part"]).format(k=holds, n=len(items), notes=f"{verb}{note}")
        if words(key)[-1:] in (["status"], ["state"]):
            counts = Counter(str(item.get(key)) for item in items)
            if 1 < len(counts) <= 3:
                parts = [f"{count} {'is' if count == 1 else 'are'} {show_value(s, key)}" for s, count in counts.items()]
                return enumerate_parts(parts, "and")
    return ""


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
