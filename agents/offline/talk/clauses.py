"""Fields in words: how each is said in a clause of its own, or as short as it can be beside a name."""

import re
from collections.abc import Collection, Mapping

from pydantic import JsonValue

from agents.offline.speech.labels import spell_words
from agents.offline.speech.spoken import show_value
from agents.offline.talk.telling import (
    AWAITING,
    BARE,
    MOMENT,
    PRICED,
    STATES,
    TABLE,
    UNITS,
    capitalise,
    choose_fields,
    enumerate_parts,
    head_key,
    is_aside,
    is_done,
    label_field,
    name_key,
    name_record,
    say_number,
)
from agents.offline.talk.times import join_notes, note_times
from agents.schema import JsonObject, singular, with_article, words

LEADING: dict[str, str] = TABLE["leading"]
"""Fields that a short word before the value says better than their name."""
_WORDY = 3
"""So many spaces make a value a text, which stands in quotation marks."""
_ABOUT = frozenset(("author", "artist", "city", "country", "year"))
HAPPENED = frozenset(("failed", "passed", "succeeded", "expired", "landed", "departed", "signed", "viewed"))
_PLURAL_COUNTRIES = frozenset(("United States", "United Kingdom", "Netherlands", "Philippines", "Czech Republic"))
SUBJECT = "\N{WHITE SQUARE}"
"""Stands where a clause names what it is about, until that is known."""
CLAUSES: dict[str, str | list[str]] = TABLE["clauses"]
"""Fields that have a sentence of their own; of a yes or no two."""
_PLAINLY_PAID = frozenset(("price", "total", "amount", "cost"))
"""Sums of money that need no name beside what they are for, as a deposit does."""
NOTHING: dict[str, str] = TABLE["nothing"]
"""What is said where there is none of it: nobody says that the fee is 0."""
_SELF_EXPLAINING = frozenset(TABLE["self-explaining"].split())
_QUOTED = frozenset(
    ("text", "comment", "note", "message", "body", "quote", "snippet", "description", "caption", "content", "advice")
)
_HAVING = frozenset(
    ("done", "used", "left", "remaining", "spent", "completed", "available", "reserved", "sold", "paid")
)
"""Words for how much of something is there already, or still."""
_TAILS_WORDS = "now done public able ible ed ing ful ive al line free smart open full active valid"
TAILS = tuple(_TAILS_WORDS.split())


def _is_done_by(about: list[str]) -> bool:
    """Whether a field says who did something: created by, signed by."""
    return len(about) == 2 and about[1] == "by" and is_done(about[0])


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
        if bare.split()[0] == "open":
            return bare if value else bare.replace("open", "closed", 1)
        plain = bare.endswith(TAILS) or about[0] in ("on", "in", "at", "is")
        return bare if value else f"not {bare}" if plain else f"no {bare}"
    if isinstance(value, dict):
        return f"{label} {note_record(value)}"
    if about == ["pair"] and isinstance(value, list) and len(value) == 2:
        return f"between {enumerate_parts(map(show_value, value), 'and')}"
    if isinstance(value, list):
        records = [item for item in value if isinstance(item, dict)]
        if value and len(records) == len(value) and (timed := note_times(label, records)):
            return timed
        pairs = [list(record.values()) for record in records]
        if len(records) == len(value) > 1 and all(
            len(pair) == 2 and isinstance(pair[0], str) and isinstance(pair[1], int | float) for pair in pairs
        ):
            if len(pairs) > _WORDY and all(MOMENT.fullmatch(str(name)) for name, _ in pairs):
                span = f"from {show_value(pairs[0][0])} to {show_value(pairs[-1][0])}"
                return f"{span}: {', '.join(show_value(number) for _, number in pairs)}"
            return f"{label} {', '.join(f'{show_value(name)}: {show_value(number)}' for name, number in pairs)}"
        label = singular(label) if len(value) == 1 else label
        texts = [note_record(item) if isinstance(item, dict) else show_value(item) for item in value]
        return f"{label}: {'; '.join(texts)}" if any("," in text for text in texts) else f"{label} {', '.join(texts)}"
    if value == 0 and " ".join(about) in NOTHING:
        return re.sub(r"^there (?:is|are) (?=no )", "", NOTHING[" ".join(about)])
    shown = show_value(value, key)
    if _is_done_by(about):
        return f"{label} {shown}"
    if shown == "Remote" and LEADING.get(about[-1]) == "in":
        return "remote"
    if about == ["at"] and MOMENT.fullmatch(str(value)):
        return shown
    if about == ["value"] and isinstance(value, int | float) and len(record) < 3:
        return say_number(key, value, record) or shown
    if about == ["amount"] and isinstance(value, int | float) and not say_number(key, value, record):
        return shown
    if about[-1:] and about[-1] in _QUOTED and " " in shown:
        return shown if shown.startswith("“") else f"“{shown}”"
    if isinstance(value, int | float) and len(about) > 1 and about[0] in ("on", "in"):
        return f"{shown} {label}"  # 57 on hand
    if isinstance(value, int | float) and about[-1:] and about[-1] in _HAVING and len(about) == 1:
        return f"{shown} {label}"
    if isinstance(value, int | float) and (number := say_number(key, value, record)):
        plain = (
            about[0] in _SELF_EXPLAINING
            or about == ["value"]
            or about[0] in UNITS
            or number.endswith(f" {spell_words(about)}")
            or about[-1] == "count"
        )
        money = about[0] in _PLAINLY_PAID and len(about) == 1 and not number.replace(",", "").isdigit()
        alone = plain or money or "per" in about or about[-1] == "rate" or number == f"{shown} {label}" or value == 1
        # What is a way from here has a name and no moment: a workout's distance was run.
        place = (
            about[0] == "distance" and name_key(record) and not any(map(MOMENT.fullmatch, map(str, record.values())))
        )
        away = f"{number} away" if place else number
        if about == ["from", "price"]:
            return f"from {number}"
        return away if alone else f"{spell_words([word for word in about if word not in UNITS])} {number}"
    if about[:1] == ["per"] and len(about) > 1:
        return f"{shown} per {spell_words(about[1:])}"
    named = len(about) == 1 and about[0] not in LEADING and singular(about[0]) in shown.lower()
    if isinstance(value, str) and named and " " in shown:
        return shown  # beds: two single beds, but in Mexico City
    if about == ["reason"]:
        return shown if " " in shown else f"reason {shown}"
    if about == ["definition"]:
        return shown if shown.startswith("“") else f"“{shown}”"
    if about == ["example"]:
        return f"for example {shown}"
    if about == ["part", "of", "speech"]:
        return shown
    if about == ["year"] and isinstance(value, int) and value < 20:
        return f"year {shown}"  # of a course of study
    stem = " ".join(about[:-1] if len(about) > 1 and about[-1] in ("on", "at", "date", "time") else about)
    if stem.startswith("last ") and MOMENT.fullmatch(str(value)):
        return f"{stem} {shown}"
    if stem in LEADING:
        return f"{LEADING[stem]} {'the ' if stem == 'country' and shown in _PLURAL_COUNTRIES else ''}{shown}"
    if (
        len(about) > 1
        and about[-1] in ("on", "at")
        and (is_done(about[-2]) or about[-2].endswith(("ews", "res", "rts")))
    ):
        return f"{' '.join(about[:-1])} {shown}"  # signed on a day, renews on one
    if shown.lower().startswith(f"{label.lower()} "):
        return shown  # hall `Hall 2`
    if (
        isinstance(value, str)
        and shown.count(" ") >= _WORDY
        and not shown.startswith("“")
        and not MOMENT.fullmatch(value)
    ):
        return f"{label} “{shown}”"
    if about and (about[-1] in STATES | BARE) and isinstance(value, str):
        return shown
    return f"{label} {shown}"


def name_quotes(notes: Mapping[str, str]) -> dict[str, str]:
    """The notes by their fields, those of several that are nothing but a quote with what each of them is.

    >>> name_quotes({"title": "“A”", "text": "“B”"}), name_quotes({"text": "“B”", "likes": "3 likes"})
    ({'title': 'title “A”', 'text': 'text “B”'}, {'text': '“B”', 'likes': '3 likes'})
    """
    several = sum("“" in note for note in notes.values()) > 1
    return {
        key: f"{label_field(key)} {note}" if several and note.startswith("“") else note for key, note in notes.items()
    }


def line_field(key: str, value: JsonValue, record: Mapping[str, JsonValue]) -> str:
    """A field on a line of its own, its unit with the number.

    >>> line_field("wind_kmh", 16.7, {}), line_field("measured_at", "2026-04-07T09:03:00Z", {})
    ('Wind: 16.7 km/h', 'Measured: 7 April 2026, 09:03')
    """
    about, shown = words(key), show_value(value, key)
    if isinstance(value, int | float) and not isinstance(value, bool) and (number := say_number(key, value, record)):
        stem = spell_words([word for word in about if word not in UNITS])
        named = about[-1] in UNITS or (about[-1] in PRICED and number.partition(" ")[2] not in ("", spell_words(about)))
        return f"{capitalise(stem)}: {number}" if named else capitalise(number)
    if len(about) == 2 and about[1] in ("on", "at") and is_done(about[0]):
        return f"{capitalise(about[0])}: {shown}"
    if isinstance(value, list) and value and isinstance(value[0], dict):
        return f"{capitalise(label_field(key))}: {'; '.join(note_record(item) for item in value)}"
    return f"{capitalise(label_field(key))}: {note_record(value) if isinstance(value, dict) else shown}"


def note_record(item: JsonValue, skipped: Collection[str] = (), most: int = 4) -> str:
    """A record in brackets' length: its name and what counts of it."""
    if not isinstance(item, dict):
        return show_value(item)
    head = name_record(item)
    notes = note_fields(
        item, {key for key, value in item.items() if value == item.get(head_key(item))} | {*skipped}, most
    )
    return f"{head} ({notes})" if head and notes else head or notes


def note_fields(record: JsonObject, skipped: Collection[str] = (), most: int = 4) -> str:
    """What counts of a record beside its name."""
    chosen = choose_fields({key: value for key, value in record.items() if key not in skipped}, most=most)
    notes = [note_field(key, record[key], record) for key in chosen if not is_aside(key, record[key])]
    return join_notes(notes)


def say_field(key: str, value: JsonValue, record: Mapping[str, JsonValue], it: str = "it") -> str:
    """A field as a clause of its own.

    >>> say_field("state", "reported", {}, "claim CLM-4"), say_field("due_on", "2026-08-16", {})
    ('claim CLM-4 is reported', 'it is due on 16 August 2026')
    >>> say_field("plausible", True, {}), say_field("assessor", "Sofie Lund", {}), say_field("rows", 3, {})
    ('it is plausible', 'the assessor is Sofie Lund', 'it has 3 rows')
    """
    about, label = words(key), label_field(key)
    clause = CLAUSES.get(" ".join(about))
    if value == 0 and not isinstance(value, bool) and " ".join(about) in NOTHING:
        return NOTHING[" ".join(about)]
    arrived = about == ["eta"] and "delivered" in record.values()
    clause = "it was expected on {shown}" if arrived else clause
    timeless = about == ["from"] and not MOMENT.fullmatch(str(value))
    if clause and not timeless and isinstance(clause, list) == isinstance(value, bool):  # done: how many, or whether
        yes_or_no = clause if isinstance(clause, list) else [clause, clause]
        single = value if isinstance(value, list) else [value]
        shown = enumerate_parts([show_value(part, key) for part in single], "and")
        paid = isinstance(value, int | float) and PRICED & set(about) and "currency" in record
        shown = say_number(key, value, record) if paid and isinstance(value, int | float) else shown
        aim = record.get("target")
        if about == ["done"] and isinstance(value, int | float) and isinstance(aim, int | float):
            shown = f"{shown} of its target of {show_value(aim)}"
        metric = record.get("metric")
        if "per" in about and isinstance(metric, str):  # a number alone says not of what
            shown = f"{shown} {metric}" if singular(metric) != metric else f"{with_article(metric)} of {shown}"
        text = str(yes_or_no[value is False])
        text = text.replace(" a {shown}", " an {shown}") if shown[:1] in ("a", "e", "i", "o") else text
        text = text.format(it=it, shown=shown.strip("“”") if "“" in text else shown)
        return re.sub(r"\b1 ((?:working )?(?:day|minute|credit))s\b", r"1 \1", text)
    if isinstance(value, bool):
        note = note_field(key, value, record)
        if note.startswith(("with ", "without ")):
            return f"{it} comes {note}"
        plain = (
            note in ("on", "off") or note.removeprefix("not ").endswith(TAILS) or about[0] in ("on", "in", "at", "is")
        )
        if not plain:
            return f"as to the {label}, that is a {show_value(value)}"
        return f"{it} is {note}"
    if about in (["primary"], ["secondary"]) and isinstance(value, dict):
        return f"{note_record(value)} is {label}"
    if isinstance(value, list | dict):
        parts = value if isinstance(value, list) else [value]
        texts = [note_record(part) for part in parts]
        plural = (label.endswith("s") and not label.endswith("ss")) or (
            len(texts) > 1 and singular(about[0]) != about[0]
        )
        if plural and len(texts) == 1:
            return f"the {singular(label)} is {texts[0]}"
        if about[-1].endswith("ed") and len(about) == 1:
            last = texts[-1].rpartition(" ")[2]
            several = len(texts) > 1 or singular(last) != last
            return f"{enumerate_parts(texts, 'and')} {'are' if several else 'is'} {label}"
        return f"the {label} {'are' if plural else 'is'} {enumerate_parts(texts, 'and')}"
    shown = show_value(value, key)
    if about == ["time"] and isinstance(zone := record.get("timezone"), str):
        return f"the time is {shown} {f'({zone})' if '/' in zone else zone}"  # no time is one without its zone
    if _is_done_by(about):
        return f"{it} was {label} {shown}"
    moment = isinstance(value, str) and bool(MOMENT.fullmatch(value))
    stem = " ".join(about[:-1] if len(about) > 1 and about[-1] in ("on", "at", "date", "time") else about)
    if moment and stem == "due":
        return f"{it} is due on {shown}"
    if moment and len(about) == 2 and about[-1] in ("on", "at") and is_done(about[0]):
        return f"{it} was {stem} on {shown}"
    if moment and about[0] == "last" and len(about) == 3 and is_done(about[1]):
        return f"{it} was last {about[1]} on {shown}"
    if moment and about[0] == "last" and len(about) == 3 and not is_done(about[1]):
        return f"the last {about[1]} was on {shown}"
    if moment and stem in ("valid until", "expires", "expiry"):
        return f"{it} is valid until {shown}"
    if moment and stem in ("starts", "start", "begins", "ends", "departs", "arrives"):
        return f"{it} {ends_in_s(stem)} {'at' if re.match(r'[0-2].:', shown) else 'on'} {shown}"
    if about[-1:] and about[-1] in STATES and AWAITING.match(str(value)):
        return f"{it} {shown}"
    if about[-1:] and about[-1] in STATES and isinstance(value, str) and len(about) == 1:
        return f"{it} {'has' if value in HAPPENED else 'is a' if value == 'draft' else 'is'} {shown}"
    if stem in _ABOUT and (isinstance(value, str) or stem == "year"):
        return f"{it} is {LEADING[stem]} {shown}"
    if isinstance(value, int) and len(about) == 1 and about[0].endswith("ed"):
        return f"{shown} {'was' if value == 1 else 'were'} {label}"  # added, removed
    if about == ["as", "of"]:
        return f"that is as of {shown}"
    if isinstance(value, int | float) and len(about) == 1 and about[0] in _HAVING:
        spent = say_number(key, value, record) or shown
        return f"{spent} has been {label}" if about[0] in ("paid", "spent") else f"{it} has {shown} {label}"
    if isinstance(value, int | float) and (number := say_number(key, value, record)):
        if (
            number.partition(" ")[2] in (spell_words(about), singular(spell_words(about)))
            or number.partition(" ")[2] == spell_words([singular(word) for word in about])
            or about[-1] == "count"
            or number.endswith(label)
        ):
            return f"{it} has {number}"
        stem = spell_words(
            [word for word in about if word not in UNITS and word != "per"][: 2 if "per" not in about else 1]
        )
        return f"the {stem} {'are' if stem in ('fees', 'fines') else 'is'} {number}"
    if isinstance(value, int | float) and about[-1:] == ["id"]:
        return f"the {label} is {value}"
    plural = label.endswith("s") and not label.endswith(("us", "ss", "is"))
    shown = f"“{shown}”" if about[-1:] and about[-1] in _QUOTED and " " in shown and shown[0] != "“" else shown
    return f"the {label} {'are' if plural else 'is'} {shown}"


def ends_in_s(verb: str) -> str:
    return verb if verb.endswith("s") else f"{verb}s"
