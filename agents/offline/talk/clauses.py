"""Fields in words: how each is said in a clause of its own, or as short as it can be beside a name."""

import re
from collections.abc import Collection, Mapping, Sequence

from pydantic import JsonValue

from agents.offline.speech.labels import spell_words
from agents.offline.speech.spoken import show_value
from agents.offline.talk.telling import (
    BARE,
    MOMENT,
    MONEY,
    STATES,
    TABLE,
    capitalise,
    choose_fields,
    enumerate_parts,
    head_key,
    is_aside,
    label_field,
    name_record,
)
from agents.schema import JsonObject, singular, words

_LEADING: dict[str, str] = TABLE["leading"]
"""Fields that a short word before the value says better than their name."""
_HAPPENED = frozenset(("failed", "passed", "succeeded", "expired", "landed", "departed"))
CLAUSES: dict[str, str | list[str]] = TABLE["clauses"]
"""Fields that have a sentence of their own; of a yes or no two."""
UNITS: dict[str, str] = TABLE["units"]
_SELF_EXPLAINING = frozenset(TABLE["self-explaining"].split())
_QUOTED = frozenset(("text", "comment", "note", "message", "body", "quote", "snippet"))
_HAVING = frozenset(
    ("done", "used", "left", "remaining", "spent", "completed", "available", "reserved", "sold", "paid")
)
"""Words for how much of something is there already, or still."""
_TAILS = (
    "now",
    "public",
    "able",
    "ible",
    "ed",
    "ing",
    "ful",
    "ive",
    "al",
    "line",
    "free",
    "smart",
    "open",
    "full",
    "active",
    "valid",
)


def say_number(key: str, value: float, record: Mapping[str, JsonValue]) -> str:
    """A number with what it counts or is measured in: `752 households`, `40%`, `12 EUR`; else empty."""
    about, shown = words(key), show_value(value)
    last = about[-1] if about else ""
    if last in UNITS and len(about) > 1:
        unit = UNITS[last]
        return f"{shown}%" if unit == "%" else f"{shown} {unit}"
    if last == "count" and len(about) > 1:
        return _count(shown, [*about[:-2], f"{singular(about[-2])}s"], value)
    currency = next((record[name] for name in record if words(name)[-1:] == ["currency"]), None)
    if currency and about and set(about) & MONEY:
        return f"{shown} {currency}"
    if last == "rate" and about[0] in ("hourly", "daily", "nightly", "weekly", "monthly", "yearly"):
        return (
            f"{shown} {'a day' if about[0] == 'daily' else 'an hour' if about[0] == 'hourly' else f'a {about[0][:-2]}'}"
        )
    if len(about) > 2 and about[-2] == "per":
        return f"{shown} {'an' if last[0] in 'aeiou' or last == 'hour' else 'a'} {last}"
    first = about[0] if about else ""
    if first != singular(first) and first not in MONEY and not first.endswith("ss") and isinstance(value, int):
        return _count(shown, about, value)
    return ""


def _count(shown: str, about: Sequence[str], value: float) -> str:
    things = list(about)
    if value == 1:
        things = [singular(word) if n == 0 or n == len(things) - 1 else word for n, word in enumerate(things)]
    return f"{shown} {spell_words(things)}"


def note_field(key: str, value: JsonValue, record: Mapping[str, JsonValue]) -> str:
    """A field beside a name, as short as it can be said.

    >>> note_field("due_on", "2026-08-20", {}), note_field("smart", False, {}), note_field("rows", 1, {})
    ('due 20 August 2026', 'not smart', '1 row')
    """
    about = words(key)
    label = label_field(key)
    if isinstance(value, bool):
        bare = spell_words([word for word in about if word not in ("is", "has")]) or label
        if "has" in about[:1]:
            return f"with {bare}" if value else f"without {bare}"
        if bare == "on":
            return "on" if value else "off"
        plain = bare.endswith(_TAILS) or about[0] in ("on", "in", "at", "is")
        return bare if value else f"not {bare}" if plain else f"no {bare}"
    if isinstance(value, dict):
        return f"{label} {note_record(value)}"
    if isinstance(value, list):
        texts = [note_record(item) if isinstance(item, dict) else show_value(item) for item in value]
        return f"{label}: {'; '.join(texts)}" if any("," in text for text in texts) else f"{label} {', '.join(texts)}"
    shown = show_value(value, key)
    if about[-1:] and about[-1] in _QUOTED and " " in shown:
        return shown if shown.startswith("“") else f"“{shown}”"
    if isinstance(value, int | float) and about[-1:] and about[-1] in _HAVING and len(about) == 1:
        return f"{shown} {label}"
    if isinstance(value, int | float) and (number := say_number(key, value, record)):
        plain = about[0] in _SELF_EXPLAINING or number.endswith(f" {spell_words(about)}") or about[-1] == "count"
        alone = plain or "per" in about or about[-1] == "rate" or number == f"{shown} {label}" or value == 1
        away = f"{number} away" if about[0] == "distance" else number
        return away if alone else f"{spell_words([word for word in about if word not in UNITS])} {number}"
    if about == ["year"] and isinstance(value, int) and value < 20:
        return f"year {shown}"  # of a course of study
    stem = " ".join(about[:-1] if len(about) > 1 and about[-1] in ("on", "at", "date", "time") else about)
    if stem in _LEADING:
        return f"{_LEADING[stem]} {shown}"
    if len(about) > 1 and about[-1] in ("on", "at") and about[-2].endswith("ed"):
        return f"{' '.join(about[:-1])} {shown}"  # signed on a day
    if shown.lower().startswith(f"{label.lower()} "):
        return shown  # hall `Hall 2`
    if about and (about[-1] in STATES | BARE) and isinstance(value, str):
        return shown
    return f"{label} {shown}"


def line_field(key: str, value: JsonValue, record: Mapping[str, JsonValue]) -> str:
    """A field on a line of its own, its unit with the number.

    >>> line_field("wind_kmh", 16.7, {}), line_field("measured_at", "2026-04-07T09:03:00Z", {})
    ('Wind: 16.7 km/h', 'Measured: 7 April 2026, 09:03')
    """
    about, shown = words(key), show_value(value, key)
    if isinstance(value, int | float) and not isinstance(value, bool) and (number := say_number(key, value, record)):
        stem = spell_words([word for word in about if word not in UNITS])
        return f"{capitalise(stem)}: {number}" if about[-1] in UNITS else capitalise(number)
    if len(about) == 2 and about[1] in ("on", "at") and about[0].endswith("ed"):
        return f"{capitalise(about[0])}: {shown}"
    if isinstance(value, list) and value and isinstance(value[0], dict):
        return f"{capitalise(label_field(key))}: {'; '.join(note_record(item) for item in value)}"
    return f"{capitalise(label_field(key))}: {note_record(value) if isinstance(value, dict) else shown}"


def note_record(item: JsonValue, skipped: Collection[str] = (), most: int = 4) -> str:
    """A record in brackets' length: its name and what counts of it."""
    if not isinstance(item, dict):
        return show_value(item)
    head = name_record(item)
    notes = note_fields(item, {head_key(item), *skipped}, most)
    return f"{head} ({notes})" if head and notes else head or notes


def note_fields(record: JsonObject, skipped: Collection[str] = (), most: int = 4) -> str:
    """What counts of a record beside its name."""
    chosen = choose_fields({key: value for key, value in record.items() if key not in skipped}, most=most)
    return ", ".join(note_field(key, record[key], record) for key in chosen if not is_aside(key, record[key]))


def say_field(key: str, value: JsonValue, record: Mapping[str, JsonValue], it: str = "it") -> str:
    """A field as a clause of its own.

    >>> say_field("state", "reported", {}, "claim CLM-4"), say_field("due_on", "2026-08-16", {})
    ('claim CLM-4 is reported', 'it is due on 16 August 2026')
    >>> say_field("plausible", True, {}), say_field("assessor", "Sofie Lund", {}), say_field("rows", 3, {})
    ('it is plausible', 'the assessor is Sofie Lund', 'there are 3 rows')
    """
    about, label = words(key), label_field(key)
    clause = CLAUSES.get(" ".join(about))
    if clause and not (isinstance(clause, str) and isinstance(value, bool)):  # done: how many, or whether
        yes_or_no = clause if isinstance(clause, list) else [clause, clause]
        single = value if isinstance(value, list) else [value]
        shown = enumerate_parts([show_value(part, key) for part in single], "and")
        return str(yes_or_no[value is False]).format(it=it, shown=shown)
    if isinstance(value, bool):
        note = note_field(key, value, record)
        if note.startswith(("with ", "without ")):
            return f"{it} comes {note}"
        plain = (
            note in ("on", "off") or note.removeprefix("not ").endswith(_TAILS) or about[0] in ("on", "in", "at", "is")
        )
        if not plain:
            return f"as to the {label}, that is a {show_value(value)}"
        return f"{it} is {note}"
    if isinstance(value, list | dict):
        parts = value if isinstance(value, list) else [value]
        texts = [note_record(part) for part in parts]
        plural = (label.endswith("s") and not label.endswith("ss")) or (
            len(texts) > 1 and singular(about[0]) != about[0]
        )
        if plural and len(texts) == 1:
            return f"the {singular(label)} is {texts[0]}"
        if about[-1].endswith("ed") and len(about) == 1:
            return f"{enumerate_parts(texts, 'and')} {'are' if len(texts) > 1 else 'is'} {label}"
        return f"the {label} {'are' if plural else 'is'} {enumerate_parts(texts, 'and')}"
    shown = show_value(value, key)
    moment = isinstance(value, str) and bool(MOMENT.fullmatch(value))
    stem = " ".join(about[:-1] if len(about) > 1 and about[-1] in ("on", "at", "date", "time") else about)
    if moment and stem == "due":
        return f"{it} is due on {shown}"
    if moment and len(about) == 2 and about[-1] in ("on", "at") and about[0].endswith("ed"):
        return f"{it} was {stem} on {shown}"
    if moment and stem in ("valid until", "expires", "expiry"):
        return f"{it} is valid until {shown}"
    if moment and stem in ("starts", "start", "begins", "ends", "departs", "arrives"):
        return f"{it} {ends_in_s(stem)} {'at' if re.match(r'[0-2].:', shown) else 'on'} {shown}"
    if about[-1:] and about[-1] in STATES and isinstance(value, str) and len(about) == 1:
        if " " in shown:
            return f"its {label} is {shown}" if it == "it" else f"the {label} of {it} is {shown}"
        return f"{it} {'has' if value in _HAPPENED else 'is a' if value == 'draft' else 'is'} {shown}"
    if about == ["as", "of"]:
        return f"that is as of {shown}"
    if isinstance(value, int | float) and len(about) == 1 and about[0] in _HAVING:
        return f"{shown} {'is' if value == 1 or about[0] in ('paid', 'spent') else 'are'} {label}"
    if isinstance(value, int | float) and (number := say_number(key, value, record)):
        if (
            number.partition(" ")[2] in (spell_words(about), singular(spell_words(about)))
            or about[-1] == "count"
            or number.endswith(label)
        ):
            return f"there {'is' if value == 1 else 'are'} {number}"
        stem = spell_words(
            [word for word in about if word not in UNITS and word != "per"][: 2 if "per" not in about else 1]
        )
        return f"the {stem} is {number}"
    plural = label.endswith("s") and not label.endswith(("us", "ss", "is"))
    return f"the {label} {'are' if plural else 'is'} {shown}"


def ends_in_s(verb: str) -> str:
    return verb if verb.endswith("s") else f"{verb}s"


def share_field(key: str, value: JsonValue, record: Mapping[str, JsonValue]) -> str:
    """What all of several records have in common, after `all of them`.

    >>> share_field("state", "closed", {}), share_field("timezone", "Europe/Paris", {})
    ('are closed', 'have the same timezone, Europe/Paris')
    """
    about, note = words(key), note_field(key, value, record)
    stem = " ".join(about[:-1] if len(about) > 1 and about[-1] in ("on", "at", "date", "time") else about)
    if isinstance(value, bool):
        if note.startswith(("with ", "without ")):
            return f"come {note}"
        plain = note.removeprefix("not ").endswith(_TAILS) or note in ("on", "off")
        return f"are {note}" if plain else f"come with{'' if value else 'out'} {note.removeprefix('no ')}"
    if stem in _LEADING or (note == value == show_value(value) and about[-1] in STATES):
        return f"are {note}"
    return f"have the same {label_field(key)}, {show_value(value, key)}"
