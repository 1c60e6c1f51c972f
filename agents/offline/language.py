"""How facts are told and heard: the forms in which people say a value, read in both directions.

A form is a fixed phrase with one place for the value. Whoever tells a fact picks a form of its label; whoever listens
looks for any of them. So what the offline user says, the offline assistant understands, and nobody needs a list.
"""

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from random import Random
from typing import Any

from agents.offline.labels import label_argument
from agents.offline.spoken import SPOKEN_DAY, speak_value, understand
from agents.offline.subject import NOUNS, load_table
from agents.plan.json_paths import flat, leaves
from agents.schema import JsonObject, Schema, singular

NOT_SAID = object()
"""What listening gives where nobody has told the fact; None is a value."""
_TOKEN = rf'("[^"]*"|{SPOKEN_DAY}|[^\s,;"]*[^\s,;".?!])'
_DAY = re.compile(SPOKEN_DAY)
_END = r"(?=[,;]|[.?!](?:\s|$)|\n|$)"
_PHRASE = rf'("[^"]*"|[^",;\n]+?){_END}'
_ORDINALS = ("first", "second", "third", "fourth", "fifth", "sixth")
_NUMBERED = frozenset(("ID", "number", "reference", "code", "key", "SKU"))
_QUOTED = frozenset(("note", "message", "text", "body", "comment", "description", "summary", "explanation", "feedback"))
_ATTACHED: dict[str, list[str]] = load_table("forms")
"""Forms that hang on a request, by label."""


class Form:
    """A phrase with one place: how it reads and how it is recognised."""

    __slots__ = ("pattern", "template")

    def __init__(self, template: str, *, long: bool) -> None:
        self.template = template
        head, _, tail = template.partition("{}")
        # The first letter of the fixed words may be a capital: a clause may begin a sentence.
        head, tail = (
            re.escape(text[:1]) if len(text) < 2 else f"(?i:{re.escape(text[0])}){re.escape(text[1:])}"
            for text in (head, tail)
        )
        # A value that ends its clause may be several words; one in the middle of it is a word or stands in quotes.
        value = _PHRASE if long and not tail else _TOKEN
        self.pattern = re.compile(rf"(?:(?<=\W)|^){head}{value}{tail}", re.M)


@lru_cache(maxsize=8192)
def forms_of(label: str) -> tuple[tuple[Form, ...], tuple[Form, ...]]:
    """(forms that hang on a request, forms that are a clause of their own) for a fact of that name."""
    stem, _, last = label.rpartition(" ")
    attached = [Form(text, long=False) for text in _ATTACHED.get(label, ())]
    clauses = [f"the {label} is {{}}", f"the {label} should be {{}}"]
    if " of the " in label:
        return (), tuple(Form(text, long=True) for text in clauses)
    if last in _NUMBERED and stem:
        attached += [Form(f"for {stem} {{}}", long=False), Form(f"{stem} {{}}", long=False)]
        return tuple(attached), tuple(
            Form(text, long=True) for text in [*clauses, f"it's {stem} {{}}", f"this is about {stem} {{}}"]
        )
    if last in _QUOTED:
        clauses = [f"the {label} should say {{}}", f"put {{}} as the {label}"]
    elif last in ("name", "title"):
        clauses = [f"the {label} is {{}}", f"call the {stem} {{}}"] if stem in NOUNS else [f"the {label} is {{}}"]
    elif last == "reason":
        clauses = [f"the {label} is {{}}", f"as the {label} put {{}}"]
    forms = [Form(text, long=True) for text in clauses]
    # Everything can be told in the plainest way, whatever the label: nobody has to know what is special about it.
    forms += [
        Form(text, long=True) for text in (f"the {label} is {{}}", f"the {label} are {{}}") if text not in clauses
    ]
    return tuple(attached), tuple(forms)


def name_leaf(fact: str, key: str) -> str:
    """What a part of a fact is called: `street of the address`."""
    return f"{label_argument('', key)} of the {fact}"


def name_item(fact: str, index: int) -> str:
    """What an element of a list of records is called: `second line`."""
    head, _, last = fact.rpartition(" ")
    thing = f"{head} {singular(last)}".strip()
    return f"{_ORDINALS[index] if index < len(_ORDINALS) else f'{index + 1}th'} {thing}"


def group_leaves(fact: str, value: Any) -> Iterator[tuple[str, Any]]:
    """The parts of a fact that are told one by one; a list of plain values is one part."""
    if isinstance(value, list) and any(isinstance(item, dict | list) for item in value):
        for index, inner in enumerate(value):
            yield from group_leaves(name_item(fact, index), inner)
    elif isinstance(value, dict):
        for key, inner in value.items():
            yield from group_leaves(name_leaf(fact, key), inner)
    else:
        yield fact, value


def tell_clauses(fact: str, value: Any, rng: Random) -> list[str]:
    """Clauses that tell every part of a fact."""
    clauses = []
    for name, part in group_leaves(fact, value):
        if isinstance(part, bool):
            clauses.append(f"for the {name} the answer is {'yes' if part else 'no'}")
        elif part is None:
            clauses.append(f"the {name} is left open")
        elif isinstance(part, list):
            text = " and ".join(_quote(speak_value(item, name), listed=True) for item in part) or "none"
            several = len(part) > 1 or not name.endswith("s") or text == "none"
            alone = f"the {name} {'are' if name.endswith('s') else 'is'} {text}"
            clauses.append(alone if several else f"the only {singular(name)} is {text}")
        else:
            # The two plainest forms come last in the list: they are understood, but seldom what people say.
            forms = forms_of(name)[1]
            form = rng.choice(forms[: max(2, len(forms) - 2)] if len(forms) > 2 else forms[:1])
            text = speak_value(part, name)
            last = name.rpartition(" ")[2]
            clauses.append(form.template.format(f'"{text}"' if last in _QUOTED and " " in text else _quote(text)))
    return clauses


def attach(fact: str, value: Any, rng: Random) -> str:
    """The fact as the end of a request: `for order ORD-17`; empty where it has no such form."""
    forms = forms_of(fact)[0]
    if not forms or isinstance(value, dict | list | bool) or value is None:
        return ""
    text = speak_value(value, fact)
    clear = re.fullmatch(SPOKEN_DAY, text) or not re.search(r"[\s,;]", text)
    shown = forms[:-1] if fact.rpartition(" ")[2] in _NUMBERED and len(forms) > 1 else forms
    return rng.choice(shown).template.format(text if clear and fact != "search term" else f'"{text}"')


def _quote(text: str, *, listed: bool = False) -> str:
    """The text as it is said: in quotes where no ear could tell where it ends."""
    unclear = (
        re.search(r"[,;\n]|[.?!]\s|[.?!]$", text)
        or (listed and (" and " in text or " " in text))
        or not text.strip()
        or text != text.strip()
    )
    return f'"{text}"' if unclear else text


def hear(fact: str, schema: Schema, root: Schema, text: str) -> Any:
    """The value of a fact in what was said; NOT_SAID if a part that the schema requires is missing."""
    schema = flat(schema, root)
    kind = schema.get("type") or ("object" if "properties" in schema else "string")
    if kind == "object":
        required, properties = schema.get("required", []), schema.get("properties") or {}
        record: JsonObject = {}
        if f"of the {fact}" not in text:  # also what ends a schema that contains itself
            return NOT_SAID if required else record
        extra = [key for key in [*required, "label", "note", "group", "tag"] if key not in properties]
        for key in [*properties, *dict.fromkeys(extra)]:
            value = hear(name_leaf(fact, key), properties.get(key) or {}, root, text)
            if value is not NOT_SAID and (key in required or not isinstance(value, dict | list) or any(leaves(value))):
                record[key] = value
            elif key in required:
                return NOT_SAID
        return record
    if kind == "array":
        return _hear_list(fact, flat(schema.get("items") or {}, root), root, text)
    if kind == "boolean":
        answers = re.findall(rf"(?i:for the {re.escape(fact)} the answer is) (yes|no)\b", text)
        return answers[-1] == "yes" if answers else NOT_SAID
    spoken = [understand(mention.strip('"'), schema) for mention in _mentions(fact, text)]
    if schema.get("pattern"):
        # `see how much of the article is in stock` says nothing of an article's number.
        spoken = [value for value in spoken if re.search(schema["pattern"], str(value))]
    return spoken[-1] if spoken else NOT_SAID


def _hear_list(fact: str, items: Schema, root: Schema, text: str) -> Any:
    kind = items.get("type") or ("object" if "properties" in items else "string")
    if kind not in ("object", "array"):
        heads = rf"(?i:\bthe (?:{re.escape(fact)}|only {re.escape(singular(fact))}))"
        mentions = re.findall(rf'{heads} (?:is|are) ((?:"[^"]*"|[^",;\n])+?){_END}', text)
        if not mentions:
            return NOT_SAID
        spoken = mentions[-1]
        parts = re.findall(r'"([^"]*)"|((?:(?! and |").)+)', spoken)
        texts = [quoted or plain.removeprefix(" and ").strip() for quoted, plain in parts]
        return [] if texts == ["none"] else [understand(part, items) for part in texts if part and part != "and"]
    listed: list[Any] = []
    while f"the {name_item(fact, len(listed))}" in text:
        item = hear(name_item(fact, len(listed)), items, root, text)
        if item is NOT_SAID:
            break
        listed.append(item)
    return listed


def _mentions(fact: str, text: str) -> list[str]:
    """What stands in the places of the fact's forms, the last in the text at the end."""
    mentions: list[tuple[int, int, str]] = []
    # `at 10:45` in `the 2nd of February 2026 at 10:45 UTC` is no time of its own.
    days = [match.span() for match in _DAY.finditer(text)]
    attached, clauses = forms_of(fact)
    stem, _, last = fact.rpartition(" ")
    needle = stem if stem and last in _NUMBERED | {"name", "title"} else fact
    for form in (*(clauses if needle.lower() in text.lower() else ()), *attached):
        for match in form.pattern.finditer(text):
            # `in general` is no city and `if the status is paid` no news: such words are names or figures.
            unlikely = form in attached and not re.match(
                r'"|[A-Z]|\S*[\d_@-]|the \d|(?:two|three|four|five|six)\b', match[1]
            )
            inside = any(start < match.start(1) < end for start, end in days)
            bare = form.template.startswith(f"{stem} ") and not re.search(r"\d", match[1])
            if unlikely or inside or bare or text[: match.start()].endswith("if "):
                continue
            mentions.append((match.start(), -len(mentions), match[1]))  # of two at one place the first counts
    return [mention for _, _, mention in sorted(mentions)]


def join_clauses(clauses: Sequence[str]) -> str:
    """Clauses as one sentence, its first letter large.

    >>> join_clauses(["the city is Bonn", "the time is 9:30"])
    'The city is Bonn, and the time is 9:30.'
    """
    text = clauses[0] if len(clauses) == 1 else f"{', '.join(clauses[:-1])}, and {clauses[-1]}"
    return f"{text[0].upper()}{text[1:]}."
