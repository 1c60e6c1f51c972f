"""The forms in which people say a value, read in both directions.

A form is a fixed phrase with one place for the value. Whoever tells a fact picks a form of its label; whoever listens
looks for any of them. So what the offline user says, the offline assistant understands, and nobody needs a list.
"""

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import Any, NamedTuple

from agents.offline.speech.labels import label_argument
from agents.offline.speech.spoken import SPOKEN_DAY
from agents.offline.trade.subject import NOUNS, load_table
from agents.schema import plural, singular, words

CAPITALS = r"[A-Z][\w'-]*(?: [A-Z][\w'-]*)+"
"""Names of several words, as `New York` or `Old Town`: nobody quotes them."""
POSTAL = r"\d{3,4} (?:\d\d|[A-Z]{2})\b|[A-Z]\d[A-Z] \d[A-Z]\d|[A-Z]{1,2}\d[A-Z\d]? \d[A-Z]{2}\b"
"""Postcodes in two parts."""
_TOKEN = rf'("[^"]*"|{SPOKEN_DAY}|{CAPITALS}|{POSTAL}|[^\s,;"]*[^\s,;".?!])'
END = r"(?=[,;]|[.?!](?:\s|$)|\n|$|(?<=[.?!]\") [A-Z])"
_PHRASE = rf'("[^"]*"|[^",;\n]+?){END}'
ORDINALS = ("first", "second", "third", "fourth", "fifth", "sixth")
_TAGS = frozenset((*ORDINALS, "other"))
NUMBERED = frozenset(("ID", "number", "reference", "code", "key", "SKU"))
_THINGS = ("booking", "listing", "meeting", "filing", "recording")
"""Words in `ing` that are things and no deed: two bookings, but two tracking numbers."""
_LEADING = frozenset(("redirect", "callback", "webhook", "target", "destination", "return", "endpoint", "output"))
"""First words of what somebody is led to, which is not where something is found."""
_NAMES = frozenset(("name", "path", "link", "slug", "username"))
TELLING = frozenset((*_NAMES, "email", "address"))
"""Last words of facts that say which thing is meant, so that these may be called by the thing."""
CALLED = frozenset(("name", "title"))
"""Last words of facts that say what something new is called."""
POINTED: dict[str, list[str]] = load_table("forms")["pointed"]
"""Fact -> the things that it points at, besides what it names itself."""
ALIASES: dict[str, list[str]] = load_table("forms")["aliases"]
"""Thing -> the other words by which requests call it."""
QUOTED = frozenset(("note", "message", "text", "body", "comment", "description", "summary", "explanation", "feedback"))
FIGURE = re.compile(
    r'"|[#./~$]\S|[a-z]+[A-Z]|[A-ZÀ-ÖØ-ÞŁŚŻŹĆČŠŽ]|\S*[\d_@-]|\S+[.:/]\w|the \d|(?:two|three|four|five|six)\b'
)
"""How a value begins that is not heard as a word of the sentence."""
LISTED_FIGURE = r"(?=[\w-]*\d)[\w-]*\w"
"""One of several in a list, if it is a number or has one in it: a seat, a code."""
_SHORT = re.compile(_TOKEN)
_LONG = re.compile(_PHRASE)
_WHOLE = re.compile(f"{SPOKEN_DAY}|{CAPITALS}")
_BEFORE = re.compile(r'(?:(?<=\W)|^)("[^"]*"|[^\s,;"]+)$')
_LETTER = re.compile(r"\w")
_FORMS = load_table("forms")
_ATTACHED: dict[str, list[str]] = _FORMS["attached"]
"""Forms that hang on a request, by label."""
CHOICES: dict[str, list[list[str]]] = _FORMS["choices"]
"""What is said for a yes and for a no, by label."""
_CLAUSES: dict[str, list[str]] = _FORMS["clauses"]
"""Forms that are a clause, by label, or by its last word after a star."""
PLACE_WRITTEN = r"([^,;\n]+), (\S*\d\S*) ([^\W\d][^,;.\n]*)"
_PLACE = {
    "street": ("street", "line1", "address line", "line", "street address"),
    "code": ("postcode", "zip", "postal code", "zip code", "zipcode"),
    "city": ("city", "town"),
}
"""Part of an address -> what its field may be called."""
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


class Mention(NamedTuple):
    """Where a form stands in a text, where its value begins, and the value."""

    start: int
    at: int
    value: str


class Form:
    """A phrase with one place: how it reads and how it is recognised."""

    __slots__ = ("fixed", "head", "tail", "template", "value")

    def __init__(self, template: str, *, long: bool) -> None:
        self.template = template
        self.head, _, self.tail = template.partition("{}")
        self.fixed = max(self.head, self.tail, key=len).strip().lower()
        """What a text that says it must hold, in small letters."""
        # A value that ends its clause may be several words; one in the middle of it is a word or stands in quotes.
        self.value = _LONG if long and not self.tail else _SHORT

    def takes(self, text: str) -> bool:
        """Whether a value of these words can stand in the place: inside a clause only one that has an end."""
        return not self.tail or text.startswith('"') or " " not in text or bool(_WHOLE.fullmatch(text))

    def find(self, text: str, low: str) -> Iterator[Mention]:
        """The places of the form in a text, which is also given in small letters."""
        if not self.head:
            for place in _places(low, self.tail.lower()):
                if match := _BEFORE.search(text, 0, place):
                    yield Mention(match.start(1), match.start(1), match[1])
            return
        for start in _places(low, self.head.lower()):
            # Only the first letter may be a capital: a clause may begin a sentence.
            alike = text.startswith(self.head[1:], start + 1) and not (start and _LETTER.match(text[start - 1]))
            match = self.value.match(text, start + len(self.head)) if alike else None
            if match and text.startswith(self.tail, match.end(1)):
                yield Mention(start, match.start(1), match[1])


def _places(text: str, part: str) -> Iterator[int]:
    """Where a part stands in a text."""
    start = text.find(part)
    while start >= 0:
        yield start
        start = text.find(part, start + 1)


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
    tag = stem.partition(" ")[0]
    plain = [f"the {label} is {{}}", f"the {label} should be {{}}", f"the {label} are {{}}"]
    plain = plain[::-1] if singular(last) != last and last.islower() else plain
    own = _CLAUSES.get(label) or ([] if tag in _LEADING else _CLAUSES.get(f"*{last}", []))
    clauses = [text.replace("{label}", label) for text in own]
    attached = list(_ATTACHED.get(label, ()))
    if " of the " in label:
        clauses = []
    elif attached or clauses:
        pass  # what has words of its own needs none that are put together
    elif last in NUMBERED and stem and tag not in _TAGS:
        attached = [f"for {stem} {{}}", f"{stem} {{}}"]
        clauses = [f"it's {stem} {{}}", f"the {label} is {{}}"]
    elif last in NUMBERED and stem in ORDINALS:
        clauses = [f"the {label} is {{}}"]  # nobody says of a number that it is the second 43
    elif last in NUMBERED and stem:
        clauses = [f"the {stem} is {{}}", f"it's the {stem} {{}}"]
    elif last == "date":
        clauses = [f"the {label} is {{}}"]
        attached = [f"with the {label} {{}}"]
    elif label.startswith("number of "):
        things = label.removeprefix("number of ")
        clauses = [f"{{}} {things} are enough", f"make it {{}} {things}"]
    elif " in " in label:
        measure, _, unit = label.partition(" in ")
        clauses = [f"the {measure} is {{}} {unit}", f"I'd say {{}} {unit} for the {measure}"]
        attached = [f"with a {measure} of {{}} {unit}"]
    elif last not in QUOTED:
        clauses = [f"the {label} is {{}}"]
        attached = [f"with the {label} {{}}", f"for the {label} {{}}"]
    named = noun_of(label)
    if last not in QUOTED and (label not in _ATTACHED or named != label) and " " not in named and tag not in _TAGS:
        attached = list(dict.fromkeys((*attached, f"{named} {{}}")))
    others = (*POINTED.get(label, ()), *(ALIASES.get(named, ()) if named != label else ()))
    attached += [f"{thing} {{}}" for thing in others if f"{thing} {{}}" not in attached]
    if stem and last in CALLED and tag not in _TAGS:
        attached += [f"{noun} called {{}}" for noun in (stem.rpartition(" ")[2], plural(stem), *ALIASES.get(stem, ()))]
    return Forms(
        tuple(Form(text, long=False) for text in attached),
        tuple(Form(text, long=True) for text in clauses if text not in plain[1:]),
        tuple(Form(text, long=True) for text in plain),
    )


def noun_of(label: str) -> str:
    """What it is that the fact names: who tells a model's name may say it right behind the model.

    >>> noun_of("model name"), noun_of("order ID"), noun_of("package")
    ('model', 'order', 'package')
    """
    stem, _, last = label.rpartition(" ")
    return stem if stem and last in NUMBERED | _NAMES else label


@lru_cache(maxsize=1024)
def longer_heads(head: str) -> tuple[str, ...]:
    """The beginnings of other forms that end like this one: what is `born on` a day does not happen `on` it."""
    templates = [text for texts in (*_ATTACHED.values(), *_CLAUSES.values()) for text in texts]
    heads = {template.partition("{}")[0].lower() for template in templates}
    return tuple(sorted(other for other in heads if other.endswith(f" {head}")))


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


def choice_forms(name: str) -> tuple[list[str], list[str]]:
    """What is said for a yes, and what for a no."""
    if name in CHOICES:
        yes, no = CHOICES[name]
        return yes, no
    first, _, rest = name.partition(" ")
    if rest and first in _ORDERS:
        thing = f"the {rest}" if rest in NOUNS or " " not in rest else rest
        return [f"please {first} {thing}", f"do {first} {thing}"], [
            f"don't {first} {thing}",
            f"please don't {first} {thing}",
        ]
    return [f"yes to the {name}", f"with a yes for {name}"], [f"no to the {name}", f"with a no for {name}"]


def read_place_keys(keys: Iterable[str]) -> dict[str, str]:
    """Part of an address -> the key that holds it."""
    places: dict[str, str] = {}
    for key in keys:
        about = " ".join(words(key))
        part = next((part for part, names in _PLACE.items() if about in names), "")
        if part:
            places[part] = key
    return places


def names_of_several(base: str) -> tuple[str, ...]:
    """What several facts of a kind may be called together.

    >>> names_of_several("delegate email"), names_of_several("link")[:3]
    (('delegate emails', 'delegates'), ('links', 'websites', 'sites'))
    """
    *stem, last = base.split()
    things = [" ".join(stem)] if stem and last in TELLING else POINTED.get(base, [])
    return (name_all(base), *map(plural, things))


def name_all(base: str) -> str:
    """What several facts of a kind are called together: `deployments` for a first and a second deployment ID."""
    stem, _, last = base.rpartition(" ")
    counted = not stem.endswith("ing") or stem.endswith(_THINGS)
    return plural(stem if stem and last in NUMBERED and counted else base)
