"""Results in words: what was asked for first, what stands out of a list, what a change came to; the rest left out."""

import re
from collections.abc import Iterable
from random import Random

from pydantic import JsonValue

from agents.offline.speech.labels import label_argument
from agents.offline.speech.spoken import show_value
from agents.offline.talk.clauses import line_field, note_field, note_fields, note_record, say_field, say_number
from agents.offline.talk.listings import WAYS, Telling, describe_list, is_empty, lay_out_rows, lead_in
from agents.offline.talk.telling import (
    IDENTIFYING,
    MOMENT,
    capitalise,
    choose_fields,
    enumerate_parts,
    id_key,
    is_aside,
    label_field,
    name_key,
)
from agents.offline.talk.wording import answers_yes_or_no, phrase_done, turn_to_you
from agents.plan.dataflow import nouns
from agents.schema import JsonObject, plural, singular, words

FAILED_STATES = ("failed", "rejected", "declined", "error", "denied")
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
    ("name", "title", "word", "symbol", "city", "place", "location", "repo", "repository", "domain", "url", "path")
)
"""Last words of arguments by which a thing is called that has no id."""
_OWN = frozenset(("id", "number", "name", "title", "path", "slug", "key", "code", "reference"))
"""Arguments that name the very thing that a tool is about."""


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
            # What a change repeats of its arguments says not what its ids are called.
            if (
                name
                and ident
                and "success" not in result
                and not isinstance(result[ident], list | dict)
                and name != ident
            ):
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
    if answers_yes_or_no(telling.phrase) and isinstance(result.get("result"), bool):
        clause = re.sub(r"^[a-z ]*?(?:if|whether) ", "", turn_to_you(telling.phrase))
        return f"Yes, {clause}." if result["result"] else f"No. I checked whether {clause}, and that is not the case."
    names, table = result.get("columns"), result.get("rows")
    if isinstance(names, list) and isinstance(table, list) and all(isinstance(line, list) for line in table):
        return lay_out_rows(names, [line for line in table if isinstance(line, list)])
    lists = [key for key, some in result.items() if isinstance(some, list) and (not some or isinstance(some[0], dict))]
    rest = {
        key: value
        for key, value in result.items()
        if key not in lists and telling.arguments.get(key, ...) != value and not is_empty(value)
    }
    # What a list is of is said where it is counted, and what the person called it by is no news.
    head = next((key for key in rest if words(key)[-1] in _NAMING), "") if lists else ""
    if head and all(key == head or is_aside(key, value) for key, value in rest.items()):
        if rest[head] not in telling.arguments.values():
            telling = telling._replace(arguments={**telling.arguments, "query": rest[head]})
        del rest[head]
    whole = result.get("total")
    total = whole if isinstance(whole, int) else 0
    parts = []
    summed = isinstance(whole, float) or (bool(whole) and "currency" in result)
    plain = not lists or any(not is_aside(key, value) for key, value in rest.items())
    if plain and not (summed and len(rest) < 3):  # a sum and its currency are told behind what adds up to it
        parts.append(_describe_record(rest or result, telling, rng))
    for key in lists:
        items = result[key]
        # What is said once for all of them holds for each.
        money: JsonObject = {"currency": result["currency"]} if result.get("currency") else {}
        records = [{**money, **item} for item in items if isinstance(item, dict)] if isinstance(items, list) else []
        parts.append(describe_list(records, key, total, telling, rng))
    if summed:
        shown = f"{show_value(whole)} {result.get('currency') or result.get('unit') or ''}".strip()
        parts.append(f"In total that is {shown}.")
    elif lists and set(words(lists[0])) & telling.asked:
        parts.append(parts.pop(0))
    return "\n\n".join(part for part in parts if part)


def _open(sentence: str, rng: Random) -> str:
    """The sentence, now and then after a few words that lead to it."""
    return f"{capitalise(lead_in('before', rng) + sentence)}."


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
    # Of what has nothing else the day says at least how old it is.
    fields = fields or [key for key in plain if is_aside(key) and MOMENT.fullmatch(str(plain[key]))][:2]
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
        lines = [f"- {_shorten(line_field(key, plain[key], plain))}" for key in fields[1:]]
        lead = "\n".join([_open(head, rng), *lines])
    return "\n\n".join([*([lead] if lead else []), *paragraphs])


def note_result(result: JsonValue, telling: Telling) -> str:
    """A record beside the name of what it is about: its fields without what is known of it by then."""
    if not isinstance(result, dict):
        return show_value(result)
    fresh = {key: value for key, value in result.items() if telling.arguments.get(key, ...) != value}
    record = {key: value for key, value in fresh.items() if key != name_key(result)}
    days = (note_field(key, value, record) for key, value in record.items() if MOMENT.fullmatch(str(value)))
    return note_fields(record, most=6) or ", ".join(days) or note_record(record, most=6)


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
            return str(value) if str(value).lower().startswith(stem.lower()) else f"{stem} {value}"
    named = (str(value) for key, value in telling.arguments.items() if words(key)[-1:] and words(key)[-1] in _NAMING)
    return next(named, "it")


def describe_change(result: JsonValue, telling: Telling, rng: Random) -> str:
    """That something was changed, with the thing that it was done to, and what came of it."""
    if failure := failure_of(result):
        lead = f"I tried to {turn_to_you(telling.phrase)}, but it did not go through: {failure}."
        rest = {key: value for key, value in result.items() if key not in ("status", "state")}  # type: ignore[union-attr]
        return f"{lead} {say_outcome(rest, telling)}".strip()
    done = name_object(phrase_done(telling.phrase), telling)
    if (
        isinstance(result, dict)
        and "success" not in result
        and any(isinstance(items, list) and items and isinstance(items[0], dict) for items in result.values())
    ):
        return describe_read(result, telling, rng)  # what was run brought rows, which say that it was done
    if isinstance(result, list | dict):
        outcome = say_outcome(result, telling) if isinstance(result, dict) else ""
        return f"{capitalise(rng.choice(WAYS['done']).format(done=done))}. {outcome}".strip()
    return f"{capitalise(rng.choice(WAYS['done']).format(done=done))}: {show_value(result)}."


def say_outcome(result: JsonValue, telling: Telling) -> str:
    """What a change brought that nobody knew before: a new reference, a day, a state."""
    if not isinstance(result, dict):
        return ""
    fresh = {key: v for key, v in result.items() if telling.arguments.get(key, ...) != v and not is_empty(v)}
    fields = [key for key in choose_fields(fresh, telling.asked) if not is_aside(key, fresh[key])]
    fields = [key for key in fields if key not in ("success", "output")]
    ident = id_key(fresh)
    fields = [key for key in fields if key != name_key(fresh) or str(fresh[key]) not in telling.phrase][:3]
    clauses = [say_field(key, fresh[key], fresh) for key in fields]
    if ident and ident not in fields:
        label = label_field(ident)
        clauses.append(f"{'its' if len(words(ident)) == 1 else 'the'} {label} is {fresh[ident]}")
    text = enumerate_parts(clauses, "and")
    printed = str(fresh.get("output") or "").strip()
    told = [f"{capitalise(text)}."] if text else []
    if printed:
        told.append(f"It printed:\n```\n{printed}\n```" if "\n" in printed else f"It printed: {printed}")
    return " ".join(told)


def has_said(text: str, value: str) -> bool:
    """Whether the value stands in the text by itself: 14 is not said by `ZMY-4914`."""
    return bool(re.search(rf"(?<![\w-]){re.escape(value)}(?!\w)", text, re.IGNORECASE))


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
        if about[-1:] in (["sql"], ["currency"], ["password"], ["secret"], ["token"]) or has_said(done, str(value)):
            continue  # the money is told with its amount
        name = telling.called.get(str(value))
        shown = name or show_value(value, key)
        if has_said(done, shown):
            continue
        label = label_argument("", key)
        stem = label.rpartition(" ")[0].removesuffix("'s") if about[-1:] and about[-1] in IDENTIFYING | _NAMING else ""
        stem = label if stem in ("full", "first", "last", "display") else stem
        told = shown if name or not stem or shown.lower().startswith(stem.lower()) else f"{stem} {shown}"
        if not about or about[-1] not in IDENTIFYING | _NAMING:
            plain = isinstance(value, int | float) and "amount" in about
            own = f"{label_argument(telling.tool, key)} {say_number(key, value, telling.arguments) or shown}"
            notes.append(own if plain else note_field(key, value, telling.arguments))
        elif not pointed and stem and not name and done.endswith((f" the {stem}", f" a {stem}", f" an {stem}")):
            done, pointed = f"{re.sub(rf' (?:the|an?) {re.escape(stem)}$', '', done)} {stem} {shown}", True
        elif not pointed and (done.endswith(f" {stem}") if stem else re.search(r" (?:the|an?) \w+$", done)):
            done, pointed = (
                f"{done} {shown}" if stem or (len(about) == 1 and about[0] in _OWN) else f"{done} for {shown}",
                True,
            )
        elif stem and not name and re.search(rf" (?:the|an?) {re.escape(stem)}\b", done):
            done = re.sub(rf" (?:the|an?) {re.escape(stem)}\b", f" {stem} {shown}", done, count=1)
        elif " for " not in done and not notes:
            done = f"{done} {'to' if stem == 'assignee' else 'for'} {told}"
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
