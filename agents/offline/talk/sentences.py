"""A record in sentences, and what it is called in them."""

import re
from collections.abc import Sequence

from pydantic import JsonValue

from agents.offline.fields.topic import has_fields
from agents.offline.speech.labels import label_argument
from agents.offline.speech.spoken import show_value
from agents.offline.talk.clauses import CLAUSES, HAPPENED, SUBJECT, note_field, note_fields, note_record, say_field
from agents.offline.talk.telling import (
    IDENTIFYING,
    LONG,
    MOMENT,
    NAMING,
    Telling,
    enumerate_parts,
    name_key,
)
from agents.offline.talk.times import shorten_moments
from agents.plan.dataflow import nouns
from agents.schema import JsonObject, singular, with_article, words

_LYING_WORDS = "file folder directory document page website site url image video sheet workbook screenshot repository"
_LYING = frozenset(_LYING_WORDS.split())
"""What is known by where it lies."""


def say_record(fields: Sequence[str], record: JsonObject, it: str) -> list[str]:
    """The fields in sentences without their full stops: what it is, what it has, then what else there is of it.

    >>> say_record(["state", "population", "capital"], {"state": "new", "population": 7, "capital": "Rome"}, "Italy")
    ['Italy is new and has a population of 7', 'its capital is Rome']
    >>> say_record(["status", "attempts"], {"status": "failed", "attempts": 3}, "it")
    ['it has failed and has 3 attempts']
    """
    being, having, own, others = list[str](), list[str](), list[str](), list[str]()
    asked_for, labelled, asserted, happened = list[str](), list[str](), list[str](), list[str]()
    person = bool({" ".join(words(key)) for key in record} & {"email", "skills", "born on", "date of birth"})
    plainly = it == "it" or it.startswith("the ")  # what has no name of its own has nothing of its own either
    for key in fields:
        if key == "unit" and "value" in fields:
            continue  # said with its value
        if key == "target" and isinstance(record.get("done"), int | float) and "done" in fields:
            continue  # said with how much of it is done
        value = record[key]
        clause = say_field(key, value, record, SUBJECT)
        if clause.removeprefix(f"{SUBJECT} has ") in HAPPENED:
            happened.append(clause.removeprefix(f"{SUBJECT} "))
        elif clause.startswith((f"{SUBJECT} is ", f"{SUBJECT} has ", f"{SUBJECT} comes with ")):
            (being if clause.startswith(f"{SUBJECT} is ") else having).append(
                re.sub(rf"^{SUBJECT} (?:is|has|comes) ", "", clause)
            )
        elif SUBJECT in clause or " ".join(words(key)) in CLAUSES:
            (asserted if isinstance(value, bool) and SUBJECT not in clause else others).append(clause)
        elif match := re.fullmatch(r"the ([\w /'-]+?) (is|are) (.+)", clause, re.DOTALL):
            numeric = isinstance(value, int | float) and not isinstance(value, bool)
            if words(key)[-1] in IDENTIFYING and key == fields[0] and it != "it":
                own_name = it.removeprefix("the ") == words(key)[-1]
                asked_for = [f"the {match[1]}{'' if own_name else f' of {it}'} is {match[3]}"]
            elif plainly and match[2] == "is" and "\n" not in match[3]:
                labelled.append(f"the {match[1]} is {match[3]}")
            elif words(key)[-1] in IDENTIFYING:
                having.append(f"the {match[1]} {match[3]}")
            elif numeric and match[2] == "is":
                having.append(f"{with_article(match[1])} of {match[3]}")
            else:
                own.append(f"{'the' if plainly else 'their' if person else 'its'} {match[1]} {match[2]} {match[3]}")
        else:
            others.append(clause)
    first = " and ".join(
        part
        for part in (
            *happened,
            f"is {enumerate_parts(being, 'and')}" if being else "",
            f"has {enumerate_parts(having, 'and')}" if having else "",
        )
        if part
    )
    it = "it" if asked_for else it
    if plainly and labelled:
        gapped = [labelled[0], *(re.sub(" is ", " ", part, count=1) for part in labelled[1:])]
        labelled = [enumerate_parts(gapped, "and")]
    elif not first and own:
        own[0] = (
            re.sub("^its ", "the ", own[0])
            if it == "it"
            else re.sub(
                r"^(?:its|their) (.+?) (is|are) ",
                lambda match: f"{it if it == f'the {match[1]}' else f'the {match[1]} of {it}'} {match[2]} ",
                own[0],
            )
        )
    sentences = [*asked_for, *([f"{it} {first}"] if first else []), *labelled]
    sentences += [enumerate_parts(own[n : n + 2], "and") for n in range(0, len(own), 2)]
    others = [other.replace(SUBJECT, "it" if sentences or n else it) for n, other in enumerate(others)]
    for n in range(len(others) - 1, 0, -1):
        start = re.match(r"it (?:was|is) (?=\w+ed\b)", others[n])
        if start and others[n - 1].startswith(start[0]):  # it was started then and finished then
            both = shorten_moments([others[n - 1], others.pop(n).removeprefix(start[0])])
            others[n - 1] = f"{both[0]} and {re.sub(r' on (?=..:..)', ' at ', both[1])}"
    return asserted + sentences + others  # whether it is so stands before all else


def note_result(result: JsonValue, telling: Telling) -> str:
    """A record beside the name of what it is about: its fields without what is known of it by then."""
    if not isinstance(result, dict):
        return show_value(result)
    fresh = {key: value for key, value in result.items() if telling.arguments.get(key, ...) != value}
    record = {key: value for key, value in fresh.items() if key != name_key(result)}
    days = (note_field(key, value, record) for key, value in record.items() if MOMENT.fullmatch(str(value)))
    notes = note_fields(record, most=6) or ", ".join(days) or note_record(record, most=6)
    said = str(record.get("description") or "")  # who wants the details wants what it says of itself, too
    return f"{notes}, “{said}”" if said and said not in notes and len(said) < LONG else notes


def name_subject(record: JsonObject, telling: Telling) -> str:
    """What a record is called in a sentence about it: its name, else what the person called it by, else it."""
    symbol = next((key for key in record if words(key)[-1:] in (["symbol"], ["ticker"])), "")
    if name := name_key(record) or symbol:
        own = ((), nouns(telling.tool)[-1:])
        keys = [key for key in telling.arguments if words(key)[-1] in IDENTIFYING]
        # A label is not called by the number of the project that it is in.
        keys = [key for key in keys if tuple(words(key)[:-1]) in own] or keys
        idents = (str(telling.arguments[key]) for key in keys)
        ident = next((i for i in idents if i in telling.told and words(i) != words(str(record[name]))), "")
        return f"{record[name]} ({ident})" if ident else str(record[name])
    for key, value in telling.arguments.items():
        about = words(key)
        if about[-1:] and about[-1] in IDENTIFYING and isinstance(value, str | int):
            if re.search(r"[^\W\d_]{2}", name := telling.called.get(str(value), "")):
                return name
            value = name or value  # a version is said with what it is of, as a number is
            stem = label_argument("", key).rpartition(" ")[0] or (nouns(telling.tool) or ("",))[-1]
            if stem.endswith("ing") and about[-1] != "id":  # the parcel of tracking number 7
                stem = (nouns(telling.tool) or (f"{stem} {about[-1]}",))[-1]
            stem = "" if about == ["sku"] else stem  # an article is called by it
            return str(value) if str(value).lower().startswith(stem.lower()) else f"{stem} {value}"
    noun = (nouns(telling.tool) or ("",))[-1]
    # The latest commit of a file is not called by the file's path.
    naming = NAMING if noun in _LYING or not has_fields(noun) else NAMING - {"path", "url"}
    single = {
        key: value[0] if isinstance(value, list) and len(value) == 1 else value
        for key, value in telling.arguments.items()
    }
    named = (str(value) for key, value in single.items() if words(key)[-1:] and singular(words(key)[-1]) in naming)
    return next(named, "it")
