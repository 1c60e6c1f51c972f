"""How a listener finds a fact in what was said: by the forms in which people tell it."""

import re
from collections.abc import Sequence
from functools import lru_cache
from typing import Any

from pydantic import JsonValue

from agents.offline.speech.forms import (
    END,
    FIGURE,
    LISTED_FIGURE,
    NUMBERED,
    ORDINALS,
    PLACE_WRITTEN,
    choice_forms,
    forms_of,
    longer_heads,
    name_item,
    name_leaf,
    names_of_several,
    read_place_keys,
)
from agents.offline.speech.labels import label_argument
from agents.offline.speech.spoken import SPOKEN_DAY, understand
from agents.plan.json_paths import flat, leaves
from agents.schema import JsonObject, Schema, singular

_ROW_END = r"""(?=\.(?:\s|$)|(?<=[.?!]") [A-Z]|$)"""
NOT_SAID = object()
"""What listening gives where nobody has told the fact; None is a value."""
_DAY = re.compile(SPOKEN_DAY)
_MIXED = re.compile(r"\d|[A-Za-z]_[A-Za-z]|[a-z][A-Z]")
"""What is in a number and in no word of a sentence."""
_QUOTED = re.compile(r'"[^"]*"')
_DATED = re.compile(r"\d{4}-\d\d-\d\d")
_PART = rf'"([^"]*)"|(?<![\w./:@+-])(?!and\b)({SPOKEN_DAY}|[\w./:@+-]*[\w/+-])'
_WORD = rf'(?:"[^"]*"|{SPOKEN_DAY}|[\w./:@+-]*[\w/+-])'
_LISTED = rf"({_WORD}(?:, {_WORD})* and {_WORD})"
"""Several values in a row: words, or texts in quotes."""


def hear(fact: str, schema: Schema, root: Schema, text: str) -> Any:
    """The value of a fact in what was said; NOT_SAID if a part that the schema requires is missing."""
    value = _hear(fact, schema, root, _resolve_its(text))
    # of a list of records of which none is told nobody has said that it is empty
    return NOT_SAID if value == [] and not re.search(rf"(?i:{re.escape(fact)}) (?:is|are) none\b", text) else value


def overhear(fact: str, value: JsonValue, text: str) -> Any:
    """What somebody who knows nothing but the kind of the value hears of the fact in a text."""
    schema = guess_schema(value)
    return hear(fact, schema, schema, text)


def is_told(text: str, fact: JsonObject) -> bool:
    """Whether the text tells the fact as it is."""
    return bool(overhear(fact["name"], fact["value"], text) == fact["value"])


def guess_schema(value: JsonValue) -> JsonObject:
    """A schema that the value fits: what a tool wants of it, as far as the person can know."""
    match value:
        case bool():
            return {"type": "boolean"}
        case int() | float():
            return {"type": "integer" if isinstance(value, int) else "number"}
        case list():
            items = guess_schema(value[0]) if value else {}
            for other in value[1:]:  # a choice that any of them takes
                for key, part in (guess_schema(other).get("properties") or {}).items():
                    known = items.get("properties", {}).setdefault(key, part)
                    known |= {"enum": [*known["enum"], *part["enum"]]} if "enum" in known and "enum" in part else {}
            return {"type": "array", "items": items}
        case dict():
            properties = {key: guess_schema(part) for key, part in value.items()}
            return {"type": "object", "properties": properties, "required": list(value)}
        case str() if re.fullmatch(r"[0-2]\d:[0-5]\d:00", value):
            return {"type": "string", "format": "time"}
        case str() if re.fullmatch(r"\d{4}-\d\d-\d\d", value):
            return {"type": "string", "format": "date"}
        case str() if re.fullmatch(r"\d{4}-\d\d-\d\dT.*", value):
            return {"type": "string", "format": "date-time"}
        case str() if re.fullmatch(r"[A-Za-z]+(?:[_-][A-Za-z]+)*", value):
            return {"type": "string", "enum": [value]}
        case _:
            return {"type": "string"}


@lru_cache(maxsize=256)
def _resolve_its(text: str) -> str:
    """The text with `its city` as `the city of the address`, where that is what was spoken of last."""
    if " of the " not in text or not re.search(r"\b(?:its|their) ", text):
        return text
    parts = re.split(r"(\b(?:[Ii]ts|[Tt]heir) (?=[\w' ]+? (?:is|are) )|\bof the [\w' ]+?(?= (?:is|are|should) ))", text)
    about, resolved, pending = "", "", False
    for part in parts:
        if part.startswith("of the "):
            about = part
            resolved += part
        elif part.lower() in ("its ", "their ") and about:
            resolved, pending = f"{resolved}the ", True
        else:
            resolved += re.sub(r"^([\w' ]+?) (is|are) ", rf"\1 {about} \2 ", part, count=1) if pending else part
            pending = False
    return resolved


def _hear(fact: str, schema: Schema, root: Schema, text: str) -> Any:
    schema = flat(schema, root)
    kind = schema.get("type") or ("object" if "properties" in schema else "string")
    if kind == "object":
        required, properties = schema.get("required", []), schema.get("properties") or {}
        record: JsonObject = {}
        keys = read_place_keys(properties)
        places = re.findall(rf"(?i:\bthe {re.escape(fact)}) is {PLACE_WRITTEN}", text) if len(keys) == 3 else []
        if places and set(required) <= set(keys.values()):
            return {keys[part]: text.strip() for part, text in zip(("street", "code", "city"), places[-1], strict=True)}
        rows = re.findall(rf'(?m)(?:^|[.!?]"? )(?i:{re.escape(fact)}): ((?:"[^"]*"|[^\n"])*?){_ROW_END}', text)
        if rows and set(required) <= set(listed := hear_record(rows[-1], properties, required, root)):
            return listed
        if f"of the {fact}" not in text:  # also what ends a schema that contains itself
            return NOT_SAID if required else record
        extra = [key for key in [*required, "label", "note", "group", "tag"] if key not in properties]
        for key in [*properties, *dict.fromkeys(extra)]:
            value = _hear(name_leaf(fact, key), properties.get(key) or {}, root, text)
            if value is not NOT_SAID and (key in required or not isinstance(value, dict | list) or any(leaves(value))):
                record[key] = value
            elif key in required:
                return NOT_SAID
        return record
    if kind == "array":
        return _hear_list(fact, flat(schema.get("items") or {}, root), root, text)
    if kind == "boolean":
        return _hear_choice(fact, text)
    spoken = [understand(mention.strip('"'), schema) for mention in _mentions(fact, text)]
    if schema.get("format") in ("date", "date-time"):
        # A day is no moment, and a moment no day.
        whole = schema["format"] == "date"
        spoken = [value for value in spoken if not _DATED.match(str(value)) or (len(str(value)) == 10) == whole]
    if kind in ("integer", "number"):
        spoken = [value for value in spoken if isinstance(value, int | float)]  # `for Callum` is no sum
    if schema.get("pattern"):
        # `see how much of the article is in stock` says nothing of an article's number.
        spoken = [value for value in spoken if re.search(schema["pattern"], str(value))]
    return spoken[-1] if spoken else NOT_SAID


def hear_record(row: str, properties: Schema, required: Sequence[str], root: Schema) -> JsonObject:
    """The parts of a record that are written down in a row."""
    record: JsonObject = {}
    for key, schema in properties.items():
        label = re.escape(label_argument("", key))
        if match := re.search(rf'(?i:(?:^|, ){label}) ("[^"]*"|[^,"]+)(?=, |$)', row):
            record[key] = understand(match[1].strip('"'), flat(schema, root))
    single = [key for key in properties if key in required or len(properties) == 1]
    if not record and len(single) == 1:  # nobody names the only part
        record[single[0]] = understand(row.strip('"'), flat(properties[single[0]], root))
    return record


def _hear_choice(fact: str, text: str) -> Any:
    """The last yes or no to it in the text."""
    low = text.lower()
    said = [
        (m.start(), m[1] == "yes")
        for m in re.finditer(rf"for the {re.escape(fact.lower())} the answer is (yes|no)\b", low)
    ]
    yes, no = choice_forms(fact)
    said += [(low.rfind(form.lower()), False) for form in no]
    said += [
        (match.start(), True)
        for form in yes
        for match in re.finditer(rf"(?<!don't ){re.escape(form.lower())}", low)
        if not low[: match.start()].endswith("please don't ")
    ]
    place, value = max(said, default=(-1, False))
    return value if place >= 0 else NOT_SAID


def _hear_list(fact: str, items: Schema, root: Schema, text: str) -> Any:
    kind = items.get("type") or ("object" if "properties" in items else "string")
    heads = rf"(?i:\bthe (?:{re.escape(fact)}|(?:one )?{re.escape(singular(fact))}))"
    mentions = re.findall(rf'{heads} (?:is|are) ((?:"[^"]*"|[^",;\n])+?){END}', text)
    if kind == "object" and mentions and len(items.get("required") or items.get("properties", ())) == 1:
        properties, required = items.get("properties") or {}, items.get("required") or []
        parts = [part for part in mentions[-1].split(" and ") if part != "none"]
        return [hear_record(part, properties, required, root) for part in parts]
    if kind not in ("object", "array"):
        names = "|".join(map(re.escape, {fact, singular(fact)}))
        bare = re.findall(rf"(?i:\b(?:{names})) ({LISTED_FIGURE}(?: and {LISTED_FIGURE})?)(?!\S*\w)", text)
        mentions = mentions or (bare if singular(fact) != fact else [])
        if not mentions:
            return NOT_SAID
        spoken = mentions[-1]
        parts = re.findall(r'"([^"]*)"|((?:(?! and |").)+)', spoken)
        texts = [quoted or re.sub(r"^ ?and ", "", plain).strip() for quoted, plain in parts]
        return [] if texts == ["none"] else [understand(part, items) for part in texts if part and part != "and"]
    listed: list[Any] = []
    while re.search(rf"\b(?:the {(item := name_item(fact, len(listed)))}|(?i:{item}): )", text):
        item = _hear(name_item(fact, len(listed)), items, root, text)
        if item is NOT_SAID:
            break
        listed.append(item)
    one = singular(fact)
    if not listed and one != fact and re.search(rf'(?m)(?:^|[.!?]"? )(?i:{re.escape(one)}): ', text):
        single = _hear(one, items, root, text)
        return [] if single is NOT_SAID else [single]
    return listed


def _mentions(fact: str, text: str) -> list[str]:
    """What stands in the places of the fact's forms, the last in the text at the end."""
    mentions: list[tuple[int, int, str]] = []
    # `at 10:45` in `the 2nd of February 2026 at 10:45 UTC` is no time of its own.
    days = [match.span() for match in _DAY.finditer(text)]
    quotes = [match.span() for match in _QUOTED.finditer(text)]
    attached, clauses, plain = forms_of(fact)
    stem, low = fact.rpartition(" ")[0], text.lower()
    tag, _, base = fact.partition(" ")
    names = "|".join(map(re.escape, names_of_several(base))) if tag in ORDINALS else ""
    if names and (listed := re.findall(rf"(?i:\bthe (?:[a-z-]+ ){{0,4}}?(?:{names}))(?: are)? {_LISTED}", text)):
        parts = [quoted or word for quoted, word in re.findall(_PART, listed[-1])]
        place = ORDINALS.index(tag)
        mentions += [(text.rfind(listed[-1]), 0, parts[place])] if place < len(parts) else []
    for form in (*clauses, *plain, *attached):
        if form.fixed not in low:
            continue
        others = longer_heads(form.template.partition("{}")[0]) if form in attached else ()
        for start, at, value in form.find(text, low):
            # `in general` is no city and `if the status is paid` no news: such words are names or figures.
            loose = form in attached and len(form.template.split()) == 2
            unlikely = loose and not FIGURE.match(value)
            inside = any(first < at < end for first, end in days) or any(first < start < end for first, end in quotes)
            numbered = fact.rpartition(" ")[2] in NUMBERED
            bare = numbered and form.template.startswith(f"{stem} ") and not _MIXED.search(value)
            bare = bare or (form in attached and value in NUMBERED)  # `the space ID` tells no link to a space
            part = low[:at].endswith(others or "\0")
            # What is searched for stands in quotes or behind a search, not behind any `for`.
            part = part or (
                form.template == "for {}"
                and fact.endswith("search term")
                and value[0] != '"'
                and "search" not in low[:start]
            )
            asked = form not in attached and text[:start].endswith("if ")
            if unlikely or inside or bare or part or asked:
                continue
            mentions.append((start, -len(mentions), value))  # of two at one place the first counts
    return [mention for _, _, mention in sorted(mentions)]
