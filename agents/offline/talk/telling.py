"""Fields in words: which of a record's are worth telling, and how each is said in a sentence or beside a name."""

import re
from collections.abc import Collection, Iterable, Mapping, Sequence

from pydantic import JsonValue

from agents.offline.speech.labels import name_field, spell_words
from agents.offline.speech.spoken import show_value
from agents.offline.trade.subject import load_table
from agents.schema import JsonObject, singular, words

_TABLE = load_table("telling")
NAMES = (
    *("name", "title", "subject", "label", "full name", "display name", "summary", "company", "headline"),
    *("question",),
)
IDENTIFYING = frozenset(_TABLE["identifying"].split())
"""Last words of fields that name a thing to machines."""
_ASIDE = frozenset(_TABLE["aside"].split())
"""Words of fields that nobody asks for unless they say so."""
_STAMPED = frozenset(_TABLE["stamped"].split())
_STATES = frozenset(_TABLE["states"].split())
_BARE = frozenset(_TABLE["bare"].split())
"""Last words of fields whose value says alone what it is."""
_LEADING: dict[str, str] = _TABLE["leading"]
"""Fields that a short word before the value says better than their name."""
_HAPPENED = frozenset(("failed", "passed", "succeeded", "expired", "landed", "departed"))
CLAUSES: dict[str, str | list[str]] = _TABLE["clauses"]
"""Fields that have a sentence of their own; of a yes or no two."""
_UNITS: dict[str, str] = _TABLE["units"]
_SELF_EXPLAINING = frozenset(_TABLE["self-explaining"].split())
_MONEY = frozenset(_TABLE["money"].split())
_PEOPLE = ("author", "user", "customer", "employee", "sender", "from", "reviewer", "patient", "guest", "player")
_CALLED = frozenset(
    (
        "path",
        "file",
        "filename",
        "analyte",
        "company",
        "symbol",
        "ticker",
        "seat",
        "email",
        "username",
        "domain",
        "branch",
    )
)
"""Last words of fields by which a thing without a name is known."""
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
_MOMENT = re.compile(r"\d{4}-\d\d-\d\d(?:T\d\d:\d\d.*)?|[0-2]\d:[0-5]\d(?::00)?")


def label_field(path: str) -> str:
    """A field's name in words, by its path.

    >>> label_field("orders[0].orderId"), label_field("placed_at"), label_field("size_mb")
    ('order ID', 'placed time', 'size in mb')
    """
    return name_field(path.rpartition(".")[2].split("[")[0]) or "result"


def is_aside(key: str, value: JsonValue = None) -> bool:
    """Whether a field is for machines or for the list as a whole, so that it is told only where it was asked for."""
    about = words(key)
    if about == ["total"] and isinstance(value, float):
        return False  # a sum of money, and no count
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
    texts = (key for key, value in record.items() if isinstance(value, str) and not _MOMENT.fullmatch(value))
    return next((key for key in texts if " ".join(words(key)) in _PEOPLE), "")


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


def head_key(item: Mapping[str, JsonValue]) -> str:
    """The field by which a record of a list is known best."""
    called = (key for key in item if words(key)[-1:] and words(key)[-1] in _CALLED and isinstance(item[key], str))
    # Of what has neither name nor number the kind says most: how much vacation, how much sick leave.
    kinds = (key for key in item if words(key)[-1:] and words(key)[-1] in _BARE and isinstance(item[key], str))
    return name_key(item) or author_key(item) or next(called, "") or id_key(item) or next(kinds, "")


def choose_fields(record: JsonObject, asked: Collection[str] = (), *, most: int = 6) -> list[str]:
    """The fields worth telling in the order in which they count: what was asked for, then how things stand."""
    fields = [key for key, value in record.items() if value not in (None, "", [], {})]
    wanted, ranks = list[str](), dict[str, int]()
    for key in fields:
        value, about = record[key], [word for word in words(key) if word not in ("at", "on", "is", "of")]
        if about and all(word in asked or singular(word) in asked for word in about):
            wanted.append(key)
        elif not is_aside(key, value):
            counts = isinstance(value, bool | int | float) or _MOMENT.fullmatch(str(value)) or _MONEY & {*words(key)}
            ranks[key] = 0 if _STATES & {*words(key)} else 3 if isinstance(value, dict | list) else 1 if counts else 2
    chosen = [*wanted, *sorted(ranks, key=ranks.__getitem__)]
    return (chosen or [key for key in fields if key != "success"])[:most]


def say_number(key: str, value: float, record: Mapping[str, JsonValue]) -> str:
    """A number with what it counts or is measured in: `752 households`, `40%`, `12 EUR`; else empty."""
    about, shown = words(key), show_value(value)
    last = about[-1] if about else ""
    if last in _UNITS and len(about) > 1:
        unit = _UNITS[last]
        return f"{shown}%" if unit == "%" else f"{shown} {unit}"
    if last == "count" and len(about) > 1:
        return _count(shown, [*about[:-2], f"{singular(about[-2])}s"], value)
    currency = next((record[name] for name in record if words(name)[-1:] == ["currency"]), None)
    if currency and about and set(about) & _MONEY:
        return f"{shown} {currency}"
    if last == "rate" and about[0] in ("hourly", "daily", "nightly", "weekly", "monthly", "yearly"):
        return (
            f"{shown} {'a day' if about[0] == 'daily' else 'an hour' if about[0] == 'hourly' else f'a {about[0][:-2]}'}"
        )
    if len(about) > 2 and about[-2] == "per":
        return f"{shown} {'an' if last[0] in 'aeiou' or last == 'hour' else 'a'} {last}"
    first = about[0] if about else ""
    if first != singular(first) and first not in _MONEY and not first.endswith("ss") and isinstance(value, int):
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
        return away if alone else f"{spell_words([word for word in about if word not in _UNITS])} {number}"
    stem = " ".join(about[:-1] if len(about) > 1 and about[-1] in ("on", "at", "date", "time") else about)
    if stem in _LEADING:
        return f"{_LEADING[stem]} {shown}"
    if len(about) == 2 and about[-1] in ("on", "at") and about[0].endswith("ed"):
        return f"{about[0]} {shown}"  # signed on a day
    if shown.lower().startswith(f"{label.lower()} "):
        return shown  # hall `Hall 2`
    if about and (about[-1] in _STATES | _BARE) and isinstance(value, str):
        return shown
    return f"{label} {shown}"


def note_record(item: JsonValue, skipped: Collection[str] = (), most: int = 4) -> str:
    """A record in brackets' length: its name and what counts of it."""
    if not isinstance(item, dict):
        return show_value(item)
    head = name_record(item)
    own = {head_key(item), *skipped}
    notes = [
        note_field(key, item[key], item)
        for key in choose_fields({key: value for key, value in item.items() if key not in own}, most=most)
        if not is_aside(key, item[key])
    ]
    return f"{head} ({', '.join(notes)})" if head and notes else head or ", ".join(notes)


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
    moment = isinstance(value, str) and bool(_MOMENT.fullmatch(value))
    stem = " ".join(about[:-1] if len(about) > 1 and about[-1] in ("on", "at", "date", "time") else about)
    if moment and stem == "due":
        return f"{it} is due on {shown}"
    if moment and len(about) == 2 and about[-1] in ("on", "at") and about[0].endswith("ed"):
        return f"{it} was {stem} on {shown}"
    if moment and stem in ("valid until", "expires", "expiry"):
        return f"{it} is valid until {shown}"
    if moment and stem in ("starts", "start", "begins", "ends", "departs", "arrives"):
        return f"{it} {ends_in_s(stem)} {'at' if re.match(r'[0-2].:', shown) else 'on'} {shown}"
    if about[-1:] and about[-1] in _STATES and isinstance(value, str) and len(about) == 1:
        if " " in shown:
            return f"its {label} is {shown}" if it == "it" else f"the {label} of {it} is {shown}"
        return f"{it} {'has' if value in _HAPPENED else 'is a' if value == 'draft' else 'is'} {shown}"
    if about == ["as", "of"]:
        return f"that is as of {shown}"
    if isinstance(value, int | float) and len(about) == 1 and about[0] in _HAVING:
        return f"{shown} {'is' if value == 1 or about[0] in ('paid', 'spent') else 'are'} {label}"
    if isinstance(value, int | float) and (number := say_number(key, value, record)):
        if number.partition(" ")[2] == spell_words(about) or about[-1] == "count" or number.endswith(label):
            return f"there {'is' if value == 1 else 'are'} {number}"
        stem = spell_words(
            [word for word in about if word not in _UNITS and word != "per"][: 2 if "per" not in about else 1]
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
        return f"come {note}" if note.startswith(("with ", "without ")) else f"are {note}"
    if stem in _LEADING or (note == value == show_value(value) and about[-1] in _STATES):
        return f"are {note}"
    return f"have the same {label_field(key)}, {show_value(value, key)}"


def shared_fields(items: Sequence[JsonObject]) -> dict[str, JsonValue]:
    """The plain fields that all records have alike."""
    if len(items) < 2:
        return {}
    first, *others = items
    return {
        key: value
        for key, value in first.items()
        if not isinstance(value, list | dict) and all(other.get(key, ...) == value for other in others)
    }


def enumerate_parts(parts: Iterable[str], word: str) -> str:
    """The parts with commas, the word before the last one."""
    texts = list(parts)
    return texts[0] if len(texts) == 1 else f"{', '.join(texts[:-1])} {word} {texts[-1]}" if texts else ""


def capitalise(text: str) -> str:
    return f"{text[:1].upper()}{text[1:]}"
