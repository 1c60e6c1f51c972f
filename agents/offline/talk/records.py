"""Results in words: what was asked for first, what stands out of a list, what a change came to; the rest left out."""

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from random import Random
from typing import Any, NamedTuple

from pydantic import JsonValue

from agents.offline.talk.labels import label_argument, spell_words
from agents.offline.talk.phrases import phrase_done, turn_to_you
from agents.offline.talk.spoken import show_value
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
    note_field,
    note_record,
    say_field,
    share_field,
    shared_fields,
)
from agents.offline.trade.subject import load_table
from agents.plan.dataflow import nouns
from agents.schema import JsonObject, plural, singular, words

_WAYS: dict[str, list[str]] = load_table("talk")["answers"]
FAILED_STATES = ("failed", "rejected", "declined", "error", "denied")
LED = 0.18
"""The share of answers that begin with some words before what they tell."""
_SHOWN = 10
"""Records that an answer lists before it only counts the rest."""
_GENERIC_WORDS = "item result value record row datum element data hit match response output"
_GENERIC = frozenset(_GENERIC_WORDS.split())
_WRITTEN = (
    "content",
    "text",
    "body",
    "markdown",
    "answer",
    "explanation",
    "output",
    "transcript",
    "html",
    "summary",
    "log",
    "logs",
)
"""Fields that hold what somebody wrote: it is told as a text."""
_NAMING = frozenset(
    ("name", "title", "symbol", "city", "place", "location", "repo", "repository", "domain", "url", "path")
)
"""Last words of arguments by which a thing is called that has no id."""
_OWN = frozenset(("id", "number", "name", "title", "path", "slug", "key", "code", "reference"))
"""Arguments that name the very thing that a tool is about."""
_LOOKED_FOR = frozenset(("query", "q", "search", "keyword", "keywords", "term"))
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


def failure_of(result: JsonValue) -> str:
    """What a result says of its own failure though the call went through; empty for a success."""
    if not isinstance(result, dict):
        return ""
    for key in ("success", "ok", "merged", "ticketed", "deposit_returned"):
        if result.get(key) is False:
            return f"the answer on {label_field(key)} is no"
    state = str(result.get("status", result.get("state", "")))
    return f"its status is {state}" if state in FAILED_STATES else ""


def collect_names(results: Iterable[JsonValue]) -> dict[str, str]:
    """The ids in these results and what the records that bear them are called."""
    names: dict[str, str] = {}
    for result in results:
        if isinstance(result, dict):
            name, ident = name_key(result), id_key(result)
            if name and ident and not isinstance(result[ident], list | dict) and name != ident:
                names[str(result[ident])] = str(result[name])
            names |= collect_names(result.values())
        elif isinstance(result, list):
            names |= collect_names(result)
    return names


def describe_read(result: JsonValue, telling: Telling, rng: Random) -> str:
    """What a look brought: a text as a text, a list with what stands out of it, a record by what was asked of it."""
    if isinstance(result, list):
        result = {plural(singular((nouns(telling.tool) or ("result",))[-1])): result}
    if isinstance(result, dict) and result.get("success") is True:
        return describe_change(result, telling, rng)
    if not isinstance(result, dict):
        text = show_value(result)
        return text if "\n" in text or len(text) > 120 else _open(f"the answer is {text}", rng)
    lists = [key for key, some in result.items() if isinstance(some, list) and (not some or isinstance(some[0], dict))]
    rest = {
        key: value
        for key, value in result.items()
        if key not in lists and telling.arguments.get(key, ...) != value and not _is_empty(value)
    }
    whole = result.get("total")
    total = whole if isinstance(whole, int) else 0
    parts = []
    if not lists or any(not is_aside(key, value) for key, value in rest.items()):
        parts.append(_describe_record(rest or result, telling, rng))
    if isinstance(whole, float) or (whole and "currency" in result):
        shown = f"{show_value(whole)} {result.get('currency') or ''}".strip()
        parts = [part for part in parts if part] if len(rest) > 2 else []
        parts.append(f"In total that is {shown}.")
    for key in lists:
        items = result[key]
        parts.append(_describe_list(items, key, total, telling, rng) if isinstance(items, list) else "")
    if lists and set(words(lists[0])) & telling.asked:
        parts.append(parts.pop(0))
    return "\n\n".join(part for part in parts if part)


def _is_empty(value: JsonValue) -> bool:
    return value is None or value in ("", [], {})


def _open(sentence: str, rng: Random) -> str:
    """The sentence, now and then after a few words that lead to it."""
    return f"{capitalise(_lead('before', rng) + sentence)}."


def _lead(kind: str, rng: Random) -> str:
    """A few words that lead to a sentence, seldom, so that none becomes a habit."""
    return rng.choice(_WAYS[kind]) if rng.random() < LED else ""


def _describe_record(record: JsonObject, telling: Telling, rng: Random) -> str:
    texts = [key for key in record if words(key)[-1:] and words(key)[-1] in _WRITTEN and len(str(record[key])) > 60]
    paragraphs = [_shorten(show_value(str(record[key])).strip("“”")) for key in texts]
    if texts and (about := name_subject({}, telling)) != "it":
        idents = (str(value) for key, value in telling.arguments.items() if words(key)[-1:] == ["id"])
        number = next((f" ({ident})" for ident in idents if ident not in about), "")
        paragraphs[0] = f"The {label_field(texts[0])} of {about}{number}:\n\n{paragraphs[0]}"
    plain = {key: value for key, value in record.items() if key not in texts}
    if plain.get("success") is True and len(plain) == 1:
        plain = {}
    name = name_key(plain)
    it = name_subject(plain, telling)
    # What the person called it by is no news; what it is called is said with the first of its fields.
    fields = [key for key in choose_fields(plain, telling.asked, most=8) if str(plain[key]) != it or key != name]
    told = [key for key in fields if not is_aside(key, plain[key]) or set(words(key)) <= telling.asked]
    fields = told or fields[:3]
    strict = [key for key in fields if set(label_field(key).lower().split()) <= telling.asked]
    fields = [*strict, *(key for key in fields if key not in strict)][: len(strict) + 2] if strict else fields
    lists = [value for value in (plain[key] for key in fields) if isinstance(value, list)]
    if not fields:
        lead = _open(f"it's {it}", rng) if name and not texts else ""
    elif len(fields) <= 4 and all(
        len(items) <= 5 and not any(isinstance(item, dict) for item in items) for items in lists
    ):
        clauses = [say_field(key, plain[key], plain, it if n == 0 else "it") for n, key in enumerate(fields)]
        first = clauses[0] if it in clauses[0] or it == "it" else f"for {it}, {clauses[0]}"
        pieces = [enumerate_parts([first, *clauses[1:2]], "and"), enumerate_parts(clauses[2:], "and")]
        lead = " ".join([_open(pieces[0], rng), *(f"{capitalise(piece)}." for piece in pieces[1:] if piece)])
    else:
        head = say_field(fields[0], plain[fields[0]], plain, it)
        head = head if it in head or it == "it" else f"for {it}, {head}"
        lines = [f"- {capitalise(label_field(key))}: {_show_part(plain[key], key)}" for key in fields[1:]]
        lead = "\n".join([_open(head, rng), *lines])
    return "\n\n".join([*([lead] if lead else []), *paragraphs])


def _show_part(value: JsonValue, key: str) -> str:
    if isinstance(value, list) and value and isinstance(value[0], dict):
        return "; ".join(note_record(item) for item in value[:_SHOWN])
    return note_record(value) if isinstance(value, dict) else _shorten(show_value(value, key))


def note_result(result: JsonValue, telling: Telling) -> str:
    """A record beside the name of what it is about: its fields without what is known of it by then."""
    if not isinstance(result, dict):
        return show_value(result)
    fresh = {key: value for key, value in result.items() if telling.arguments.get(key, ...) != value}
    return note_record({key: value for key, value in fresh.items() if key != name_key(result)}, most=6)


def name_subject(record: JsonObject, telling: Telling) -> str:
    """What a record is called in a sentence about it: its name, else what the person called it by, else it."""
    if name := name_key(record):
        return str(record[name])
    for key, value in telling.arguments.items():
        about = words(key)
        if about[-1:] and about[-1] in IDENTIFYING and isinstance(value, str | int):
            if str(value) in telling.called:
                return telling.called[str(value)]
            stem = label_argument("", key).rpartition(" ")[0] or (nouns(telling.tool) or ("",))[-1]
            return str(value) if str(value).lower().startswith(stem) else f"{stem} {value}"
    named = (str(value) for key, value in telling.arguments.items() if words(key)[-1:] and words(key)[-1] in _NAMING)
    return next(named, "it")


def _describe_list(items: list[Any], key: str, total: int, telling: Telling, rng: Random) -> str:
    """How many there are, what stands out, and then each of them with what counts of it."""
    about = words(key)
    thing = spell_words([*about[:-1], singular(about[-1])]) if about else "result"
    if thing in _GENERIC:
        own = [noun for noun in nouns(telling.tool)[-1:] if noun not in _GENERIC]
        # What an eligibility holds is no eligibility: a quality has no plural.
        thing = own[0] if own and not own[0].endswith(("ity", "ness", "ance")) else "item" if own else "result"
    thing = "absence" if thing == "away" else thing
    things, where = plural(thing), _say_filter(telling)
    if not items:
        return f"{capitalise(rng.choice(_WAYS['none']).format(things=things, where=where))}."
    if len(items) == 1:
        text = rng.choice(_WAYS["single"])
        return f"{capitalise(text.format(thing=thing, where=where, text=note_record(items[0], most=6)))}."
    lead = rng.choice(_WAYS["found"]).format(n=len(items), things=things, where=where)
    lead += f", of {total} in all" if total > len(items) else ""
    alike = shared_fields(items)
    said = {name: value for name, value in alike.items() if not is_aside(name, value) and name not in telling.arguments}
    sentences = [f"{capitalise(_lead('before lists', rng) + lead)}."]
    shared = [share_field(name, value, items[0]) for name, value in list(said.items())[:2]]
    if shared:
        sentences.append(f"{capitalise(rng.choice(_WAYS['alike']).format(notes=enumerate_parts(shared, 'and')))}.")
    if standing := find_standing_out(items, thing, rng):
        sentences.append(f"{capitalise(standing)}.")
    laid = _lay_out(items, frozenset(alike), telling)
    if "**" not in laid and "|" not in laid and "more" not in laid and len(items) < 7:
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
        if set(about) & _LOOKED_FOR:
            return f" for “{value}”"
        if about[-1:] and about[-1] in ("city", "place", "location"):
            return f" in {value}"
        if about[-1:] and about[-1] in IDENTIFYING and len(about) > 1:
            stem = label_argument("", key).rpartition(" ")[0]
            return f" for {telling.called.get(str(value)) or f'{stem} {value}'}"
    return ""


def _lay_out(items: list[JsonObject], alike: frozenset[str], telling: Telling) -> str:
    """The records themselves: a line for each, or a table where there is something to compare."""
    shown = items if len(items) <= 2 * _SHOWN else items[:_SHOWN]
    own = [key for key in (head_key(items[0]),) if key]
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
        head = f"| {' | '.join(capitalise(label_field(key)) for key in columns)} |\n|{'---|' * len(columns)}"
        rows = "\n".join(f"| {' | '.join(show_value(item.get(key), key) for key in columns)} |" for item in shown)
        rest = f"\n\nThat leaves {len(items) - len(shown)} more." if left else ""
        return f"\n{head}\n{rows}{rest}"
    lines = []
    for item in shown:
        head = name_record(item) if own else ""
        notes = [note_field(key, item[key], item) for key in fields if not _is_empty(item.get(key))]
        text = ", ".join(notes)
        lines.append(f"- **{head}**: {text}" if head and text else f"- {head or text}")
    return "\n".join(lines) + left


def find_standing_out(items: Sequence[JsonObject], thing: str, rng: Random) -> str:
    """What somebody would point out in a list: the cheapest, the first that is due, how many are open; or nothing."""
    if not all(name_key(item) or id_key(item) for item in items):
        return _find_peak(items)
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
            return rng.choice(_WAYS["lowest"]).format(name=name, adjective=lowest or highest, note=note)
        counted = numeric and singular(about[0]) != about[0] and not is_aside(key)
        if counted and isinstance(best, int) and best > 1:
            things = spell_words(about)
            return rng.choice(_WAYS["most"]).format(name=name, things=things, n=best)
    for key, value in items[0].items():
        if isinstance(value, bool):
            holds = sum(item.get(key) is True for item in items)
            if 0 < holds < len(items):
                note = note_field(key, True, items[0])
                verb = "" if note.startswith("with ") else "is " if holds == 1 else "are "
                return rng.choice(_WAYS["part"]).format(k=holds, n=len(items), notes=f"{verb}{note}")
        if words(key)[-1:] in (["status"], ["state"]):
            counts = Counter(str(item.get(key)) for item in items)
            if 1 < len(counts) <= 3:
                parts = [f"{count} {'is' if count == 1 else 'are'} {show_value(s, key)}" for s, count in counts.items()]
                return enumerate_parts(parts, "and")
    return ""


def _find_peak(items: Sequence[JsonObject]) -> str:
    """The highest value of a series and its moment; empty where the records are no series."""
    moment = next((key for key, value in items[0].items() if re.match(r"\d{4}-\d\d-\d\d", str(value))), "")
    numbers = [key for key, value in items[0].items() if isinstance(value, int | float) and not isinstance(value, bool)]
    if not moment or len(numbers) != 1 or not all(isinstance(item.get(numbers[0]), int | float) for item in items):
        return ""
    highest = max(items, key=lambda item: float(item[numbers[0]]))
    label, when = label_field(numbers[0]), show_value(highest.get(moment), moment)
    return f"the highest {label} is {show_value(highest[numbers[0]])}, on {when}"


def describe_change(result: JsonValue, telling: Telling, rng: Random) -> str:
    """That something was changed, with the thing that it was done to, and what came of it."""
    if failure := failure_of(result):
        lead = f"I tried to {turn_to_you(telling.phrase)}, but it did not go through: {failure}."
        rest = {key: value for key, value in result.items() if key not in ("status", "state")}  # type: ignore[union-attr]
        return f"{lead} {say_outcome(rest, telling)}".strip()
    done = name_object(phrase_done(telling.phrase), telling)
    if isinstance(result, list | dict):
        outcome = say_outcome(result, telling) if isinstance(result, dict) else ""
        return f"{capitalise(rng.choice(_WAYS['done']).format(done=done))}. {outcome}".strip()
    return f"{capitalise(rng.choice(_WAYS['done']).format(done=done))}: {show_value(result)}."


def say_outcome(result: JsonValue, telling: Telling) -> str:
    """What a change brought that nobody knew before: a new reference, a day, a state."""
    if not isinstance(result, dict):
        return ""
    fresh = {key: v for key, v in result.items() if telling.arguments.get(key, ...) != v and not _is_empty(v)}
    fields = [key for key in choose_fields(fresh, telling.asked) if not is_aside(key, fresh[key]) and key != "success"]
    ident = id_key(fresh)
    fields = [key for key in fields if key != name_key(fresh) or str(fresh[key]) not in telling.phrase][:3]
    clauses = [say_field(key, fresh[key], fresh) for key in fields]
    if ident and ident not in fields:
        label = label_field(ident)
        clauses.append(f"{'its' if len(words(ident)) == 1 else 'the'} {label} is {fresh[ident]}")
    text = enumerate_parts(clauses, "and")
    return f"{capitalise(text)}." if text else ""


def name_object(done: str, telling: Telling) -> str:
    """What was done with the thing that it was done to, and what it was told to be.

    >>> telling = Telling("cancel_order", "cancel the order", {"order_id": "ORD-7"}, frozenset(), {})
    >>> name_object("cancelled the order", telling)
    'cancelled order ORD-7'
    """
    notes: list[str] = []
    pointed = False
    for key, value in telling.arguments.items():
        about = words(key)
        if isinstance(value, list | dict | bool) or value is None or len(str(value)) > 60:
            continue
        name = telling.called.get(str(value))
        shown = name or show_value(value, key)
        if shown.lower() in done.lower():
            continue
        label = label_argument("", key)
        stem = label.rpartition(" ")[0] if about[-1:] and about[-1] in IDENTIFYING | _NAMING else ""
        told = shown if name or not stem or shown.lower().startswith(stem.lower()) else f"{stem} {shown}"
        if not about or about[-1] not in IDENTIFYING | _NAMING:
            notes.append(note_field(key, value, telling.arguments))
        elif not pointed and stem and not name and done.endswith((f" the {stem}", f" a {stem}", f" an {stem}")):
            done, pointed = f"{re.sub(rf' (?:the|an?) {re.escape(stem)}$', '', done)} {stem} {shown}", True
        elif not pointed and (done.endswith(f" {stem}") if stem else re.search(r" (?:the|an?) \w+$", done)):
            done, pointed = (
                f"{done} {shown}" if stem or (len(about) == 1 and about[0] in _OWN) else f"{done} for {shown}",
                True,
            )
        elif " for " not in done and not notes:
            done = f"{done} for {told}"
        else:
            notes.append(told)
    joined = ", ".join(notes[:3])
    return f"{done} ({joined})" if joined else done


def _shorten(text: str) -> str:
    """The beginning of a long text, up to the end of a sentence."""
    if len(text) < 420:
        return text
    end = max(text[:300].rfind(". "), text[:300].rfind("\n")) + 1 or 240
    return f"{text[:end].strip()} …"
