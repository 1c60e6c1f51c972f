"""What an argument holds by what a registry says of it: an Azure region, a numeric gid, the name of a business."""

import re
from datetime import timedelta
from random import Random

from pydantic import JsonValue

from agents.offline.fields.meaning import is_past
from agents.offline.fields.particulars import draw_gid, draw_uuid
from agents.offline.fields.topic import FIELDS, name_thing
from agents.offline.trade.subject import Subject, load_table
from agents.plan.dataflow import Described
from agents.plan.examples import examples
from agents.schema import Schema, singular, words

_HINTS = [
    (re.compile(f"(?:{key})$"), re.compile(f"(?i){said}"), of == "argument", options)
    for key, of, said, options in load_table("hints")
]
"""(the end of an argument's words, what is said, whether the argument's own text must say it, values)."""
_LISTED = re.compile(
    r"(?i)\b(?:available|allowed|valid|possible|supported) (\w+):?\s*((?:\s*[-*•] *[\w-]+(?=\s|$)){2,})"
)
"""Values that a tool's description lists point by point."""
_IDS = frozenset(("id", "ids", "gid", "uuid", "guid", "identifier", "key"))
_NUMERIC = re.compile(r"(?i)\b(?:numeric|gids?|integer|digits)\b")
_UUID = re.compile(r"(?i)\buuids?\b")


_BEGINNING = frozenset(("start", "since", "from", "after", "begin"))
_ENDING = frozenset(("end", "until", "to", "before"))


def look_back(tool: Described, key: str, value: JsonValue, subject: Subject) -> JsonValue:
    """The value, or a day that is over where the tool looks for what has happened: nobody looks for incidents to come.

    >>> from datetime import date
    >>> tool = {"name": "list_incidents", "reads": True}
    >>> look_back(tool, "since", "2026-06-02", Subject("", "devops", "", date(2026, 6, 1))) < "2026-06-01"
    True
    """
    about, bound = set(words(key)), re.match(r"\d{4}-\d\d-\d\d", str(value))
    fields = FIELDS.get(name_thing(tool["name"]), ())
    stamped = next((field for field in fields if words(field)[-1] in ("at", "on", "date")), "")
    if not (bound and tool["reads"] and is_past(stamped) and about & (_BEGINNING | _ENDING)):
        return value
    days = subject.rng("looked back").randint(9, 30) if about & _BEGINNING else subject.rng("until").randint(0, 6)
    return f"{subject.today - timedelta(days=days)}{str(value)[10:]}"


def find_hint(tool: Described, key: str, schema: Schema, rng: Random) -> str:
    """A value that people give there; empty where nothing is said that tells one, or examples are given."""
    if examples(schema):
        return ""
    spoken, own = " ".join(words(key)), str(schema.get("description") or schema.get("title") or "")
    if words(key)[-1] in _IDS and _UUID.search(f"{key} {own}"):
        return draw_uuid(rng)
    if words(key)[-1] in _IDS and _NUMERIC.search(f"{spoken} {own}"):
        return draw_gid(rng) if "gid" in f"{spoken} {own}".lower() else f"{rng.randint(10**6, 10**8)}"
    if listed := _LISTED.search(tool.get("description") or ""):
        kind = listed[1].lower()
        if words(key)[-1] in (singular(kind), kind):
            return str(rng.choice(re.findall(r"[-*•] *([\w-]+)", listed[2])))
    whole = f"{tool['service']} {' '.join(words(tool['name']))} {tool.get('description')} {own}"
    for ending, said, narrow, options in _HINTS:
        if ending.search(spoken) and said.search(own if narrow else whole):
            return str(rng.choice(options))
    return ""
