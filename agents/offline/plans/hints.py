"""What an argument holds by what a registry says of it: an Azure region, a numeric gid, the name of a business."""

import re
from random import Random

from agents.offline.fields.particulars import draw_gid, draw_uuid
from agents.offline.trade.subject import load_table
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
