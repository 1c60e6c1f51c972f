"""How a person tells facts: each value in one of the forms for its name."""

import re
from collections.abc import Sequence
from random import Random
from typing import Any

from agents.offline.speech.forms import (
    ALIASES,
    CALLED,
    CAPITALS,
    CHOICES,
    FIGURE,
    LISTED_FIGURE,
    NUMBERED,
    PLACE_WRITTEN,
    POINTED,
    POSTAL,
    QUOTED,
    choice_forms,
    forms_of,
    group_leaves,
    name_all,
    name_item,
    noun_of,
    read_place_keys,
)
from agents.offline.speech.labels import label_argument
from agents.offline.speech.spoken import CHOSEN, SPOKEN_DAY, speak_value
from agents.offline.talk.wording import CREATING, find_head, only_looks
from agents.offline.trade.subject import PERSONS
from agents.schema import JsonObject, plural, singular

_GOES_ON = (
    r"$|,| (?:can|is|are|was|has|have|exists|works|runs|supports|needs|contains|stands|of|in|to|from|on|and|that|with"
    r"|until|by|for|as|means?|did|went|goes|covers|helped|out|off|back|up|down)\b"
)
"""What follows on a thing in a request, so that its number may stand between: `see where the claim stands`."""

_HANGING_WORDS = """
about above after and around arriving as at back before below between born by called coming created due ending for from
in into leaving like matching named near of on or over placed since starting that to under until with within without
"""
_HANGING = frozenset(_HANGING_WORDS.split())
"""First words of what hangs on a request."""
_WORDED = re.compile(r"^(?!(?:the )?\d|(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day).* ")
"""Several words that are no day: said in quotes, nothing in them is heard as something else."""
_CLOSED = ('."', '!"', '?"')
"""How a clause ends that ends with a sentence in quotes, behind which no second full stop stands."""
_HOW_WORDS = """
ed ing able ible ful ive al en y open free full valid done due new paid sent draft late idle closed live up down offline
online won left sick public private ok low high final void
"""
_HOW = re.compile(rf"(?:{'|'.join(_HOW_WORDS.split())})$")
"""The end of a word that says how something is, and not what it is or where."""
_ROW = re.compile(r"[\w' ]+: ")
"""How a clause begins that holds a row of values."""


def tell_clauses(fact: str, value: Any, rng: Random, *, plainly: bool = False) -> list[str]:
    """Clauses that tell every part of a fact; plainly where other words could be misunderstood."""
    if isinstance(value, dict) and (place := _write_place(fact, value)):
        return [place]
    records = value if isinstance(value, list) else [value]
    flat = all(isinstance(record, dict) and record for record in records)
    flat = flat and all(type(part) in (str, int, float) for record in records for part in record.values())
    if records and flat and not plainly:
        # Of what has but one part each the parts are said in a row, as those of a list are.
        single = [pair for record in records if len(record) == 1 for pair in record.items()]
        parts = [speak_value(part, label_argument("", key)) for key, part in single]
        bare = isinstance(value, list) and len({key for record in records for key in record}) == 1
        if bare and singular(fact) != fact and not any(re.search(r'[",;\n]| and |[.?!]$', part) for part in parts):
            several = len(parts) > 1
            return [f"the {fact if several else singular(fact)} {'are' if several else 'is'} {' and '.join(parts)}"]
        names = [fact if isinstance(value, dict) else name_item(fact, n) for n in range(len(records))]
        if isinstance(value, list) and len(records) == 1 and singular(fact) != fact:
            names = [singular(fact)]  # who has one passenger counts none
        return [f"{name}: {tell_record(record)}" for name, record in zip(names, records, strict=True)]
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
            yes, no = choice_forms(name)
            plain = f"for the {name} the answer is {'yes' if part else 'no'}"
            clauses.append(plain if of or (plainly and name not in CHOICES) else rng.choice(yes if part else no))
        elif part is None:
            clauses.append(f"the {name} is left open")
        elif isinstance(part, list):
            text = " and ".join(_quote(speak_value(item, name), listed=True) for item in part) or "none"
            several = len(part) > 1 or not name.endswith("s") or text == "none"
            alone = f"{the} {'are' if name.endswith('s') else 'is'} {text}"
            one = "one " if plainly else ""  # a single one of several of a kind is another fact
            clauses.append(alone if several else f"the {one}{singular(name)} is {text}")
        elif its:
            clauses.append(f"{the} is {_quote(speak_value(part, name))}")
        else:
            forms, spoken = forms_of(name), speak_value(part, name)
            last = name.rpartition(" ")[2]
            text = f'"{spoken}"' if (plainly or last in QUOTED) and _WORDED.search(spoken) else _quote(spoken)
            fitting = [
                form for form in forms.clauses if form.takes(text) and not (part == 1 and " {} " in form.template)
            ]
            options = fitting if fitting and not plainly else list(forms.plain[:1])
            clauses.append(rng.choice(options).template.format(text))
    return clauses


def tell_record(record: JsonObject) -> str:
    """The parts of a record in a row, as one writes them down: `first name Jonas, last name Keller`."""
    parts = {label_argument("", key): value for key, value in record.items()}
    texts = {label: _quote(speak_value(value, label)) for label, value in parts.items()}
    return (
        ", ".join(f"{label} {text}" for label, text in texts.items()) if len(texts) > 1 else next(iter(texts.values()))
    )


def _write_place(fact: str, value: JsonObject) -> str:
    """An address in one clause, as it stands on a letter; empty for anything else, and where it would not be read."""
    keys = read_place_keys(value)
    if len(keys) != 3 or not all(isinstance(part, str) and part for part in value.values()):
        return ""
    street, code, city = (value[keys[part]] for part in ("street", "code", "city"))
    text = f"the {fact} is {street}, {code} {city}"
    match = re.fullmatch(PLACE_WRITTEN, f"{street}, {code} {city}")
    alike = match and match.groups() == (street, code, city) and len(value) == 3
    return text if alike and not re.search(r'[".;:]', f"{street}{code}{city}") else ""


def attach(fact: str, value: Any, rng: Random, ask: str = "") -> str:
    """The fact as the end of a request: `for order ORD-17`; empty where it has no such form.

    Nothing goes to two places in one breath.
    """
    forms = forms_of(fact).attached
    shown = show_attached(fact, value)
    if not shown or (value == 1 and any(" {} " in form.template for form in forms)):
        return ""  # `for one nights`
    # What stands behind a noun of the request hangs on nothing.
    hanging = [form for form in forms if form.template.partition(" ")[0] in _HANGING]
    # Vehicles are idle, or in the workshop: they are not workshop.
    hanging = [form for form in hanging if form.template != "that are {}" or _HOW.search(str(value))]
    hanging = [form for form in hanging if not form.template.startswith("to ") or " to " not in ask]
    return rng.choice(hanging).template.format(shown) if hanging else ""


def show_attached(fact: str, value: Any) -> str:
    """The value as it stands within a request; empty where it is too long for one, or would not be heard."""
    if not forms_of(fact).attached or isinstance(value, dict | list | bool) or value is None:
        return ""
    text = speak_value(value, fact)
    clear = re.fullmatch(f"{SPOKEN_DAY}|{CAPITALS}|{POSTAL}", text) or not re.search(r"[\s,;]", text)
    if not clear and (len(text) > 40 or fact.rpartition(" ")[2] in CHOSEN):
        return ""
    plain = clear and (fact != "search term" or text[:1].isupper())
    return text if plain else f'"{text}"'


def hang(ask: str, fact: str, value: Any, rng: Random) -> str:
    """The request with the fact in it or at its end: `pull up order 12`; empty where that does not read well."""
    phrase = attach(fact, value, rng, ask)
    if fact == "search term":  # one searches for something, and looks up what matches it
        _, _, wanted = phrase.partition(" ")
        how = (
            "for"
            if ask.startswith("search ")
            else "called"
            if find_head(ask.replace("look for", "find", 1)) in PERSONS
            else "matching"
        )
        phrase = phrase and f"{how} {wanted}"
    if named := put_behind(ask, fact, show_attached(fact, value)):
        return named
    if phrase.startswith("that ") and not only_looks(ask):
        return ""  # `that are open` says which are looked for, not what becomes of them
    # What is looked at is `for` something, what is made or changed comes `with` it.
    if phrase.startswith((f"with the {fact} ", f"for the {fact} ")):
        phrase = f"{'for' if only_looks(ask) else 'with'}{phrase[phrase.index(' ') :]}"
        loose = re.search(rf" (?:for|of|in|on|from|at) (?:an?|the) ((?:[A-Za-z]+ ){{0,2}}){re.escape(fact)}$", ask)
        if loose:  # `the candles of an instrument` are those of the instrument that is named
            return f"{ask[: loose.start()]} for the {loose[1]}{phrase.partition(' the ')[2]}"
    if phrase.startswith("at longitude ") and re.search(r" at latitude \S+$", ask):
        return f"{ask} and {phrase.removeprefix('at ')}"  # a point is one place
    # `for order 12` says nothing new after `cancel the order for ...`: each form hangs on once.
    again = phrase.startswith("with ") and " with " in ask
    return "" if not phrase or again or phrase.split()[0] in ask.split()[-3:] else f"{ask} {phrase}"


def put_behind(ask: str, fact: str, shown: str) -> str:
    """The request with the value right behind the thing that it names; empty where no such thing stands in it alone.

    >>> put_behind("check if a website has a site map", "link", "https://a.example")
    'check if the website https://a.example has a site map'
    >>> put_behind("look at the domain availability", "domain", "kestrel.eth")
    'look at the availability of the domain kestrel.eth'
    >>> put_behind("check if a domain name is available", "domain", "kestrel.eth")
    'check if the domain kestrel.eth is available'
    >>> put_behind("launch an application", "app name", "Safari"), put_behind("add a note", "note name", '"To do"')
    ('launch the application Safari', 'add a note called "To do"')
    >>> put_behind("look up the word", "word", "candid"), put_behind("look up the films", "film name", '"Salt"')
    ('look up the word "candid"', 'look up the films called "Salt"')
    """
    if not shown:
        return ""
    thing = noun_of(fact)
    things = "|".join(map(re.escape, (thing, *POINTED.get(fact, ()), *ALIASES.get(thing, ()))))
    titled = fact.rpartition(" ")[0] if fact.rpartition(" ")[2] in CALLED else ""
    things = f"{things}|{re.escape(titled.rpartition(' ')[2])}" if titled else things
    # with what kind of thing it is before it: `the quarterly report`
    kind = r"((?:(?!(?:of|for|in|on|from|to|by|and|the|an?) )[A-Za-z-]+ ){0,4})"
    named = re.compile(rf" (the|an?|my) {kind}((?i:{things}))(?: name)?(?={_GOES_ON})")
    (found,) = matches if len(matches := list(named.finditer(ask))) == 1 else (None,)
    # A plain word would be heard as one of the sentence.
    quoted = shown if FIGURE.match(shown) else f'"{shown}"'
    making = ask.split()[0] in CREATING and found and found[1] != "the"
    # What is made is not there yet: it is created with its name.
    if found and making and fact not in POINTED and fact.rpartition(" ")[2] not in NUMBERED:
        return f"{ask[: found.end()]} called {quoted}{ask[found.end() :]}" if titled else ""
    if titled and not found and re.search(rf" (?:(?:the|all) )?{kind}{re.escape(plural(thing))}$", ask):
        return f"{ask} called {quoted}"
    if found:
        numbered = fact.rpartition(" ")[2] in NUMBERED or re.fullmatch(r"[\w.-]*\d[\w.-]*", shown)
        the = "" if numbered and quoted == shown and fact not in POINTED else "the "
        return f"{ask[: found.start()]} {the}{found[2]}{found[3]} {quoted}{ask[found.end() :]}"
    owned = re.fullmatch(rf"(.+) (?:the|an?) (?:{re.escape(fact)}|{re.escape(titled or fact)}) ([a-z]+)", ask)
    whose = f"{'on' if owned[2] == 'information' else 'of'} the {titled or fact} {quoted}" if owned else ""
    return f"{owned[1]} the {owned[2]} {whose}" if owned and only_looks(ask) else ""


def put_listed(ask: str, fact: str, value: Any) -> str:
    """The request with the one or two figures of a list behind their word; empty where they do not fit there.

    >>> put_listed("hold the seats", "seats", ["D9", "E4"]), put_listed("hold the seat", "seats", ["D9"])
    ('hold the seats D9 and E4', 'hold seat D9')
    """
    if not isinstance(value, list) or not 0 < len(value) < 3 or singular(fact) == fact:
        return ""
    if not all(isinstance(item, str) and re.fullmatch(LISTED_FIGURE, item) for item in value):
        return ""
    thing, the = (fact, "the ") if len(value) > 1 else (singular(fact), "")
    found = re.search(rf" the {re.escape(thing)}(?={_GOES_ON})", ask)
    return f"{ask[: found.start()]} {the}{thing} {' and '.join(value)}{ask[found.end() :]}" if found else ""


def tell_together(base: str, values: Sequence[Any]) -> str:
    """One clause for a first, a second and a third of a kind; empty where they cannot be told so."""
    texts = [speak_value(value, base) for value in values]
    if any('"' in text or not text.strip() for text in texts):
        return ""
    shown = [text if re.fullmatch(rf"[\w./:@+-]*[\w/+-]|{SPOKEN_DAY}", text) else f'"{text}"' for text in texts]
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


def join_clauses(clauses: Sequence[str]) -> str:
    """Clauses as one sentence, its first letter large; what is a row of values or says please is one of its own.

    >>> join_clauses(["the city is Bonn", "the time is 9:30"])
    'The city is Bonn, and the time is 9:30.'
    >>> join_clauses(["first guest: Ann", "the city is Bonn"])
    'The city is Bonn. First guest: Ann.'
    >>> join_clauses(["until 11:30, please", "the purpose is lunch"])
    'The purpose is lunch. Until 11:30, please.'
    >>> join_clauses(['the reason is "It was lost."'])
    'The reason is "It was lost."'
    """
    rows = [clause for clause in clauses if _ROW.match(clause) or clause.endswith(" please")]
    told = [clause for clause in clauses if clause not in rows]
    whole = [told[0] if len(told) == 1 else f"{', '.join(told[:-1])}, and {told[-1]}"] if told else []
    return " ".join(f"{text[0].upper()}{text[1:]}{'' if text.endswith(_CLOSED) else '.'}" for text in (*whole, *rows))
