"""How facts are said and heard: `the order id is ORD-17` in, the value out, and the other way round."""

import re
from collections.abc import Iterator
from random import Random
from typing import Any

from agents.plan.json_paths import flat, leaves, parts
from agents.schema import Schema, words

NOT_SAID = object()
_LINKS = (" is ", ": ", " should be ", " = ")
_LINK = r"(?: is | should be | = |: )"
_VALUE = r'(?:"[^"]*"|[^\s,;"]+)'


def label(fact: str, path: str) -> str:
    """How a leaf of a fact is called: `shipping address city`, counting list items from 1."""
    named = [str(part + 1) if isinstance(part, int) else " ".join(words(part)) or part for part in parts(path)]
    return " ".join([fact, *named])


def said(fact: str, value: Any, rng: Random) -> list[str]:
    """Clauses that tell every leaf of a fact; a list of plain values is one clause."""
    clauses = []
    for name, told in _grouped(fact, value):
        clauses.append(f"the {name}{rng.choice(_LINKS)}{told}")
    return clauses


def _grouped(fact: str, value: Any) -> Iterator[tuple[str, str]]:
    plain = isinstance(value, list) and not any(isinstance(item, dict | list) for item in value)
    if plain:
        yield fact, " and ".join(spoken(item) for item in value) or "none"
    elif isinstance(value, dict):
        for key, inner in value.items():
            yield from _grouped(label(fact, key), inner)
    elif isinstance(value, list):
        for n, inner in enumerate(value, 1):
            yield from _grouped(f"{fact} {n}", inner)
    else:
        yield fact, spoken(value)


def spoken(value: Any) -> str:
    """A value as said: plain where no ear can mistake where it ends, else in quotes."""
    if isinstance(value, bool) or value is None:
        return {True: "true", False: "false", None: "null"}[value]
    text = str(value)
    return text if re.fullmatch(r"[\w@:/+-]+(?:\.\w+)*", text) else f'"{text}"'


def heard(fact: str, schema: Schema, root: Schema, text: str) -> Any:
    """The value of a fact in what was said; NOT_SAID if a part that the schema requires is missing."""
    schema = flat(schema, root)
    kind = schema.get("type") or ("object" if "properties" in schema else "string")
    if kind == "object":
        return _object(fact, schema, root, text)
    if kind == "array":
        return _array(fact, flat(schema.get("items") or {}, root), root, text)
    found = _after(fact, text)
    return NOT_SAID if not found else typed(found[0], kind)


def _object(fact: str, schema: Schema, root: Schema, text: str) -> Any:
    made: dict[str, Any] = {}
    required = schema.get("required", [])
    if f"the {fact} " not in text:  # also what ends a schema that contains itself
        return NOT_SAID if required else made
    known = schema.get("properties") or {}
    extra = [key for key in [*required, "label", "note", "group", "tag"] if key not in known]
    for key in [*known, *dict.fromkeys(extra)]:
        value = heard(label(fact, key), known.get(key) or {}, root, text)
        if value is not NOT_SAID and (key in required or _says_something(value)):
            made[key] = value
        elif key in required:
            return NOT_SAID
    return made


def _says_something(value: Any) -> bool:
    return not isinstance(value, dict | list) or any(True for _ in leaves(value))


def _array(fact: str, items: Schema, root: Schema, text: str) -> Any:
    kind = items.get("type") or ("object" if "properties" in items else "string")
    if kind not in ("object", "array"):
        found = _after(fact, text)
        return [] if found == ["none"] else [typed(one, kind) for one in found] or NOT_SAID
    made: list[Any] = []
    while (
        f"the {fact} {len(made) + 1}" in text
        and (item := heard(f"{fact} {len(made) + 1}", items, root, text)) is not NOT_SAID
    ):
        made.append(item)
    return made


def _after(fact: str, text: str) -> list[str]:
    """The values said after the last mention of a name."""
    pattern = rf"(?i:\bthe {re.escape(fact)}){_LINK}({_VALUE}(?: and {_VALUE})*)"
    mentions = re.findall(pattern, text)
    return [one for one in re.findall(_VALUE, mentions[-1]) if one != "and"] if mentions else []


def typed(text: str, kind: str | None) -> Any:
    """What was said as a value of that JSON type; the text itself where it is none."""
    plain = text.strip('"') if text.startswith('"') else text.rstrip(".!?")
    if kind == "boolean":
        return plain == "true"
    if kind in ("integer", "number"):
        try:
            return int(plain) if re.fullmatch(r"-?\d+", plain) else float(plain)
        except ValueError:
            return plain  # a hosted user may say "a dozen"; the guard answers that
    return None if kind == "null" else plain
