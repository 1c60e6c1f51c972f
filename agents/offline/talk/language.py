"""How facts are told and heard: the forms in which people say a value, read in both directions.

A form is a fixed phrase with one place for the value. Whoever tells a fact picks a form of its label; whoever listens
looks for any of them. So what the offline user says, the offline assistant understands, and nobody needs a list.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from random import Random
from typing import Any, NamedTuple

from agents.offline.talk.labels import label_argument
from agents.offline.talk.spoken import SPOKEN_DAY, speak_value, understand
from agents.offline.trade.subject import NOUNS, PERSONS, load_table
from agents.plan.json_paths import flat, leaves
from agents.schema import JsonObject, Schema, plural, singular, words

NOT_SAID = object()
"""What listening gives where nobody has told the fact; None is a value."""
_TOKEN = rf'("[^"]*"|{SPOKEN_DAY}|[^\s,;"]*[^\s,;".?!])'
_DAY = re.compile(SPOKEN_DAY)
_END = r"(?=[,;]|[.?!](?:\s|$)|\n|$)"
_PHRASE = rf'("[^"]*"|[^",;\n]+?){_END}'
_PART = r'"([^"]*)"|(?<![\w./:@+-])(?!and\b)([\w./:@+-]*[\w/+-])'
_LISTED = (
    r"""((?:"[^"]*"|[\w./:@+-]*[\w/+-])(?:, (?:"[^"]*"|[\w./:@+-]*[\w/+-]))* and (?:"[^"]*"|[\w./:@+-]*[\w/+-]))"""
)
"""Several values in a row: words, or texts in quotes."""
ORDINALS = ("first", "second", "third", "fourth", "fifth", "sixth")
_TAGS = frozenset((*ORDINALS, "other"))
_NUMBERED = frozenset(("ID", "number", "reference", "code", "key", "SKU"))
_QUOTED = frozenset(("note", "message", "text", "body", "comment", "description", "summary", "explanation", "feedback"))
_FORMS = load_table("forms")
_ATTACHED: dict[str, list[str]] = _FORMS["attached"]
"""Forms that hang on a request, by label."""
_CLAUSES: dict[str, list[str]] = _FORMS["clauses"]
"""Forms that are a clause, by label, or by its last word after a star."""
_PLACE = {
    "street": ("street", "line1", "address line", "line", "street address"),
    "code": ("postcode", "zip", "postal code", "zip code", "zipcode"),
    "city": ("city", "town"),
}
"""Part of an address -> what its field may be called."""
_PLACE_WRITTEN = r"([^,;\n]+), (\S*\d\S*) ([^\W\d][^,;.\n]*)"
_ORDERS = frozenset(load_table("verbs")["doing"].split()) | {
    "send",
    "notify",
    "delete",
    "include",
    "accept",
    "prefer",
    "bring",
    "keep",
    "force",
}
"""First words of a yes or no that say what is to be done."""


class Form:
    """A phrase with one place: how it reads and how it is recognised."""

    __slots__ = ("fixed", "pattern", "template")

    def __init__(self, template: str, *, long: bool) -> None:
        self.template = template
        head, _, tail = template.partition("{}")
        self.fixed = max(head, tail, key=len).strip().lower()
        """What a text that says it must hold, in small letters."""
        # The first letter of the fixed words may be a capital: a clause may begin a sentence.
        head, tail = (
            re.escape(text[:1]) if len(text) < 2 else f"(?i:{re.escape(text[0])}){re.escape(text[1:])}"
            for text in (head, tail)
        )
        # A value that ends its clause may be several words; one in the middle of it is a word or stands in quotes.
        value = _PHRASE if long and not tail else _TOKEN
        self.pattern = re.compile(rf"(?:(?<=\W)|^){head}{value}{tail}", re.M)

    def takes(self, text: str) -> bool:
        """Whether a value of these words can stand in the place: inside a clause only one that has an end."""
        inside = not self.template.endswith("{}")
        return not inside or text.startswith('"') or " " not in text or bool(re.fullmatch(SPOKEN_DAY, text))


class Forms(NamedTuple):
    """How people tell a fact of some name."""

    attached: tuple[Form, ...]
    """Forms that hang on a request."""
    clauses: tuple[Form, ...]
    """Forms that are a clause of their own."""
    plain: tuple[Form, ...]
    """The plainest: always understood, and said where everything else could be misunderstood."""


@lru_cache(maxsize=8192)
def forms_of(label: str) -> Forms:
    """The forms for a fact of that name."""
    stem, _, last = label.rpartition(" ")
    attached = list(_ATTACHED.get(label, ()))
    plain = [f"the {label} is {{}}", f"the {label} should be {{}}", f"the {label} are {{}}"]
    own = _CLAUSES.get(label) or _CLAUSES.get(f"*{last}") or []
    clauses = [text.replace("{label}", label) for text in own]
    tag = stem.partition(" ")[0]
    if " of the " in label:
        clauses = []
    elif last in _NUMBERED and stem and tag not in _TAGS:
        attached += [f"for {stem} {{}}", f"{stem} {{}}"]
        clauses = [f"it's {stem} {{}}", f"this is about {stem} {{}}", f"I mean {stem} {{}}", f"it's about {stem} {{}}"]
    elif last in _NUMBERED and stem:
        clauses = [f"the {stem} is {{}}", f"the {stem} I mean is {{}}"]
    elif not clauses and last == "date":
        clauses = [f"for the {label} take {{}}", f"I'd say {{}} for the {label}", f"the {label} would be {{}}"]
        clauses += [f"we have {{}} down as the {label}"]
        attached += [f"with {{}} as the {label}"]
    elif not clauses and label.startswith("number of "):
        things = label.removeprefix("number of ")
        clauses = [f"{{}} {things} will do", f"{{}} {things} are enough", f"I need {{}} {things}"]
        clauses += [f"let's say {{}} {things}", f"make it {{}} {things}"]
    elif not clauses and " in " in label:
        measure, _, unit = label.partition(" in ")
        clauses = [f"the {measure} is {{}} {unit}", f"I'd say {{}} {unit} for the {measure}"]
        attached += [f"with a {measure} of {{}} {unit}"]
    elif not clauses and last not in _QUOTED:
        clauses = [f"make the {label} {{}}", f"use {{}} as the {label}", f"set the {label} to {{}}"]
        clauses += [f"I'd go with {{}} as the {label}", f"for the {label} I'd take {{}}"]
        attached += [f"with {{}} as the {label}"]
        clauses += [f"take {{}} for the {label}", f"the {label} is {{}}"]
    return Forms(
        tuple(Form(text, long=False) for text in attached),
        tuple(Form(text, long=True) for text in clauses if text not in plain[1:]),
        tuple(Form(text, long=True) for text in plain),
    )


def name_leaf(fact: str, key: str) -> str:
    """What a part of a fact is called: `street of the address`."""
    return f"{label_argument('', key)} of the {fact}"


def name_item(fact: str, index: int) -> str:
    """What an element of a list of records is called: `second line`."""
    head, _, last = fact.rpartition(" ")
    thing = f"{head} {singular(last)}".strip()
    return f"{ORDINALS[index] if index < len(ORDINALS) else f'{index + 1}th'} {thing}"


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


def tell_clauses(fact: str, value: Any, rng: Random, *, plainly: bool = False) -> list[str]:
    """Clauses that tell every part of a fact; plainly where other words could be misunderstood."""
    if isinstance(value, dict) and (place := _write_place(fact, value)):
        return [place]
    clauses: list[str] = []
    about = ""
    for name, part in group_leaves(fact, value):
        key, of, whole = name.partition(" of the ")
        # Of one thing the second part is `its`: nobody says the whole name again and again.
        its = bool(of) and whole == about and not plainly
        about = whole if of else ""
        owner = "their" if whole.rpartition(" ")[2] in PERSONS else "its"
        the = f"{owner} {key}" if its else f"the {name}"
        if isinstance(part, bool):
            # as people say it: `please notify the customer`, `without the insurance`
            yes, no = _choice_forms(name)
            plain = f"for the {name} the answer is {'yes' if part else 'no'}"
            clauses.append(plain if plainly or of else rng.choice(yes if part else no))
        elif part is None:
            clauses.append(f"the {name} is left open")
        elif isinstance(part, list):
            text = " and ".join(_quote(speak_value(item, name), listed=True) for item in part) or "none"
            several = len(part) > 1 or not name.endswith("s") or text == "none"
            alone = f"{the} {'are' if name.endswith('s') else 'is'} {text}"
            clauses.append(alone if several else f"the only {singular(name)} is {text}")
        elif its:
            clauses.append(f"{the} is {_quote(speak_value(part, name))}")
        else:
            forms, spoken = forms_of(name), speak_value(part, name)
            last = name.rpartition(" ")[2]
            text = f'"{spoken}"' if last in _QUOTED and " " in spoken else _quote(spoken)
            fitting = [
                form for form in forms.clauses if form.takes(text) and not (part == 1 and " {} " in form.template)
            ]
            options = fitting if fitting and not plainly else list(forms.plain[: 1 if plainly else 2])
            clauses.append(rng.choice(options).template.format(text))
    return clauses


def _choice_forms(name: str) -> tuple[list[str], list[str]]:
    """What is said for a yes, and what for a no."""
    first, _, rest = name.partition(" ")
    if rest and first in _ORDERS:
        thing = f"the {rest}" if rest in NOUNS or " " not in rest else rest
        return [f"please {first} {thing}", f"do {first} {thing}"], [
            f"don't {first} {thing}",
            f"please don't {first} {thing}",
        ]
    return [f"yes to the {name}", f"with a yes for {name}"], [f"no to the {name}", f"with a no for {name}"]


def _write_place(fact: str, value: JsonObject) -> str:
    """An address in one clause, as it stands on a letter; empty for anything else, and where it would not be read."""
    keys = _read_place_keys(value)
    if len(keys) != 3 or not all(isinstance(part, str) and part for part in value.values()):
        return ""
    street, code, city = (value[keys[part]] for part in ("street", "code", "city"))
    text = f"the {fact} is {street}, {code} {city}"
    match = re.fullmatch(_PLACE_WRITTEN, f"{street}, {code} {city}")
    alike = match and match.groups() == (street, code, city) and len(value) == 3
    return text if alike and not re.search(r'[".;:]', f"{street}{code}{city}") else ""


def _read_place_keys(keys: Iterable[str]) -> dict[str, str]:
    """Part of an address -> the key that holds it."""
    places: dict[str, str] = {}
    for key in keys:
        about = " ".join(words(key))
        part = next((part for part, names in _PLACE.items() if about in names), "")
        if part:
            places[part] = key
    return places


def attach(fact: str, value: Any, rng: Random) -> str:
    """The fact as the end of a request: `for order ORD-17`; empty where it has no such form."""
    forms = forms_of(fact).attached
    if not forms or isinstance(value, dict | list | bool) or value is None:
        return ""
    text = speak_value(value, fact)
    if value == 1 and any(" {} " in form.template for form in forms):
        return ""  # `for one nights`
    clear = re.fullmatch(SPOKEN_DAY, text) or not re.search(r"[\s,;]", text)
    shown = forms[:-1] if fact.rpartition(" ")[2] in _NUMBERED and len(forms) > 1 else forms
    return rng.choice(shown).template.format(text if clear and fact != "search term" else f'"{text}"')


def name_all(base: str) -> str:
    """What several facts of a kind are called together: `deployments` for a first and a second deployment ID."""
    stem, _, last = base.rpartition(" ")
    return plural(stem if stem and last in _NUMBERED else base)


def tell_together(base: str, values: Sequence[Any]) -> str:
    """One clause for a first, a second and a third of a kind; empty where they cannot be told so."""
    texts = [speak_value(value, base) for value in values]
    if any('"' in text or not text.strip() for text in texts):
        return ""
    shown = [text if re.fullmatch(r"[\w./:@+-]*[\w/+-]", text) else f'"{text}"' for text in texts]
    return f"the {name_all(base)} are {', '.join(shown[:-1])} and {shown[-1]}"


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
    return _hear(fact, schema, root, _resolve_its(text))


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
        keys = _read_place_keys(properties)
        places = re.findall(rf"(?i:\bthe {re.escape(fact)}) is {_PLACE_WRITTEN}", text) if len(keys) == 3 else []
        if places and set(required) <= set(keys.values()):
            return {
                keys[part]: value.strip() for part, value in zip(("street", "code", "city"), places[-1], strict=True)
            }
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
    if schema.get("pattern"):
        # `see how much of the article is in stock` says nothing of an article's number.
        spoken = [value for value in spoken if re.search(schema["pattern"], str(value))]
    return spoken[-1] if spoken else NOT_SAID


def _hear_choice(fact: str, text: str) -> Any:
    """The last yes or no to it in the text."""
    low = text.lower()
    said = [
        (m.start(), m[1] == "yes")
        for m in re.finditer(rf"for the {re.escape(fact.lower())} the answer is (yes|no)\b", low)
    ]
    yes, no = _choice_forms(fact)
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
        item = _hear(name_item(fact, len(listed)), items, root, text)
        if item is NOT_SAID:
            break
        listed.append(item)
    return listed


def _mentions(fact: str, text: str) -> list[str]:
    """What stands in the places of the fact's forms, the last in the text at the end."""
    mentions: list[tuple[int, int, str]] = []
    # `at 10:45` in `the 2nd of February 2026 at 10:45 UTC` is no time of its own.
    days = [match.span() for match in _DAY.finditer(text)]
    attached, clauses, plain = forms_of(fact)
    stem, low = fact.rpartition(" ")[0], text.lower()
    tag, _, base = fact.partition(" ")
    if tag in ORDINALS and (listed := re.findall(rf"(?i:\bthe {re.escape(name_all(base))}) are {_LISTED}", text)):
        parts = [quoted or word for quoted, word in re.findall(_PART, listed[-1])]
        place = ORDINALS.index(tag)
        mentions += [(text.rfind(listed[-1]), 0, parts[place])] if place < len(parts) else []
    for form in (*clauses, *plain, *attached):
        if form.fixed not in low:
            continue
        for match in form.pattern.finditer(text):
            # `in general` is no city and `if the status is paid` no news: such words are names or figures.
            loose = form in attached and len(form.template.split()) == 2
            unlikely = loose and not re.match(r'"|[A-Z]|\S*[\d_@-]|the \d|(?:two|three|four|five|six)\b', match[1])
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
