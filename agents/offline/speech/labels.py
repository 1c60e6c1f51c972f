"""What people call an argument: `bornOn` is the date of birth, `q` the search term, `order_id` the order ID."""

import re
from collections.abc import Sequence
from functools import lru_cache

from agents.offline.trade.subject import load_table
from agents.plan.dataflow import VERBS, nouns
from agents.schema import Schema, singular, words

_WHOLE: dict[str, str] = load_table("labels")
"""Words of an argument, or a tool and its argument -> what people call it."""
_CAPITALS = {
    word: word.upper()
    for word in [
        "id",
        "sku",
        "rma",
        "iban",
        "isbn",
        "vat",
        "sql",
        "api",
        "dns",
        "ip",
        "cpu",
        "pdf",
        "csv",
        "po",
        "dag",
        "vpc",
        "vm",
        "json",
        "qr",
        "html",
        "svg",
        "seo",
        "ui",
        "vps",
        "cdn",
        "gpu",
        "ssh",
        "ssl",
        "nft",
        "npm",
    ]
}
_CAPITALS |= {"ids": "IDs", "uuid": "ID", "uid": "ID", "guid": "ID", "url": "link", "uri": "link", "urls": "links"}
_CAPITALS |= {"conn": "connection", "env": "environment", "dir": "directory", "cfg": "configuration", "addr": "address"}
_CAPITALS |= {"acct": "account", "org": "organization", "qty": "quantity", "num": "number", "desc": "description"}
_CAPITALS |= {"src": "source", "dst": "destination", "dest": "destination", "msg": "message", "img": "image"}
_VAGUE_WORDS = """id ids name type title text description value data key path content kind number"""
_VAGUE = frozenset(_VAGUE_WORDS.split())
_DEEDS = VERBS | {"hello", "greet", "round", "floor", "ceil", "ceiling", "sqrt", "square"}
"""Words of a tool's name that are no thing of which an argument is the name or the key."""
_DEEDS_FIRST = frozenset(("store", "fill", "type", "press", "put", "speak"))
"""Words that are none where a tool's name begins with them: what is stored has a key, a store has a name."""
_ID_OF = re.compile(
    r"(?i)^(?:the |an? )?(?:unique )?"
    r"(?:(?:[a-z]+ )?([a-z]+) (?:id|uuid|identifier)\b|(?:id|uuid|identifier) (?:of|for) (?:the|an?) "
    r"(?:specific )?([a-z]+)(?= to | in |[.,;)]|$))"
)
"""What an id is of, by what is said of it: `The cluster UUID`, `ID of the comment`."""
_UNNAMED_WORDS = (
    "the a an unique its this that their numeric valid specific internal by optional required or and target"
)
_UNNAMED = frozenset(_UNNAMED_WORDS.split())
_ASKING = frozenset(("sql", "query", "execute", "run", "explain"))
"""Words of tools that take a query as it is to be run, and search for no words."""
_CONVERTING = frozenset(("currency", "currencies", "exchange"))
_TIMES = {
    "from": "start",
    "to": "end",
    "start": "start",
    "end": "end",
    "since": "earliest",
    "after": "earliest",
    "before": "latest",
}


def label_argument(tool: str, key: str, schema: Schema | None = None) -> str:
    """What people call the argument; a word that says nothing alone gets what the tool is about.

    A number called by what it counts is the number of these.

    >>> label_argument("get_order", "id"), label_argument("get_order", "placedOn"), label_argument("find", "born_on")
    ('order ID', 'placed date', 'date of birth')
    """
    timing = {"date": "date", "date-time": "time", "time": "time"}.get((schema or {}).get("format", ""), "")
    about = _ID_OF.search((schema or {}).get("description") or "") if words(key) in (["id"], ["uuid"]) else None
    noun = (about[1] or about[2]).lower() if about else ""
    label = f"{noun} ID" if noun and noun not in _UNNAMED else _label(tool, key, timing)
    # What has a name of its own, as a length in minutes, is not counted in these.
    plural = singular(label) != label and " of " not in label and " in " not in label and "number" not in label
    counts = (schema or {}).get("type") == "integer" and plural and f"{tool}.{key}" not in _WHOLE
    return f"number of {label}" if counts else label


@lru_cache(maxsize=65536)
def _label(tool: str, key: str, timing: str) -> str:
    if f"{tool}.{key}" in _WHOLE:
        return _WHOLE[f"{tool}.{key}"]
    about = words(key)
    text = " ".join(about) or "value"
    if timing and about and about[0] in _TIMES and len(about) == 1:
        return f"{_TIMES[about[0]]} {timing}"
    if text in ("from", "to") and _CONVERTING & set(words(tool)):
        return f"currency to convert {'from' if text == 'from' else 'into'}"
    if text == "path":
        # of a sheet and of a defined name the path is that of the file which they are in
        return "folder path" if {"directory", "folder"} & set(words(tool)) else "file path"
    if text == "value" and "select" in words(tool):
        return "option"
    if text == "query" and _ASKING & set(words(tool)):
        return "query"
    if text in ("since", "until") and not timing:
        return "period"
    if text in _WHOLE and not (text in ("since", "until") and timing == "time"):
        return _WHOLE[text]
    if timing == "date" and about[-1:] == ["on"] and len(about) > 1:
        return f"{' '.join(about[:-1])} date"
    if timing == "time" and about[-1:] == ["at"] and len(about) > 1:
        return f"{' '.join(about[:-1])} time"
    if len(about) > 1 and about[-1] == "on" and not timing:
        return f"{' '.join(about[:-1])} date"
    if len(about) == 1 and text in _VAGUE:
        about = [
            *(word for word in nouns(tool)[-1:] if tool and _is_thing(word, tool) and singular(about[0]) != word),
            *about,
        ]
    return spell_words(about)


def _is_thing(word: str, tool: str) -> bool:
    """Whether a word of a tool's name is a thing: the last of several may be what is a verb elsewhere, as `view`."""
    first = word in _DEEDS_FIRST and words(tool)[:1] == [word] and VERBS.isdisjoint(words(tool)[1:])
    return word.isalpha() and not first and (word not in _DEEDS or words(tool)[2:][-1:] == [word])


_UNITS_WORDS = "km m kg mb gb ms celsius percent seconds minutes hours days hectares kmh metres usd eur bytes"
_UNITS = frozenset(_UNITS_WORDS.split())


def name_field(key: str) -> str:
    """A field of a result in words, its unit apart.

    >>> name_field("placed_at"), name_field("dueOn"), name_field("distance_km"), name_field("orderId")
    ('placed time', 'due date', 'distance in km', 'order ID')
    """
    about = words(key)
    if len(about) > 1 and about[-1] in ("at", "on"):
        about = [*about[:-1], "time" if about[-1] == "at" else "date"]
    elif len(about) > 1 and about[-1] in _UNITS and about[-2:-1] not in (["opening"], ["square"]):
        about = [*about[:-1], "in", about[-1]]
    return spell_words(about)


def spell_words(about: Sequence[str]) -> str:
    """Words as people write them, abbreviations in capitals.

    >>> spell_words(["rma", "number"]), spell_words(["photo", "url"])
    ('RMA number', 'photo link')
    """
    return " ".join(_CAPITALS.get(word, word) for word in about)
