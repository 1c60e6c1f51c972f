"""How a person tells facts: each value in one of the forms for its name."""

import re
from collections.abc import Sequence
from random import Random
from typing import Any

from agents.offline.speech.forms import (
    NUMBERED,
    PLACE_WRITTEN,
    QUOTED,
    choice_forms,
    forms_of,
    group_leaves,
    name_all,
    read_place_keys,
)
from agents.offline.speech.spoken import SPOKEN_DAY, speak_value
from agents.offline.trade.subject import PERSONS
from agents.schema import JsonObject, singular


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
            yes, no = choice_forms(name)
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
            text = f'"{spoken}"' if last in QUOTED and " " in spoken else _quote(spoken)
            fitting = [
                form for form in forms.clauses if form.takes(text) and not (part == 1 and " {} " in form.template)
            ]
            options = fitting if fitting and not plainly else list(forms.plain[: 1 if plainly else 2])
            clauses.append(rng.choice(options).template.format(text))
    return clauses


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


def attach(fact: str, value: Any, rng: Random) -> str:
    """The fact as the end of a request: `for order ORD-17`; empty where it has no such form."""
    forms = forms_of(fact).attached
    if not forms or isinstance(value, dict | list | bool) or value is None:
        return ""
    text = speak_value(value, fact)
    if value == 1 and any(" {} " in form.template for form in forms):
        return ""  # `for one nights`
    clear = re.fullmatch(SPOKEN_DAY, text) or not re.search(r"[\s,;]", text)
    shown = forms[:-1] if fact.rpartition(" ")[2] in NUMBERED and len(forms) > 1 else forms
    return rng.choice(shown).template.format(text if clear and fact != "search term" else f'"{text}"')


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


def join_clauses(clauses: Sequence[str]) -> str:
    """Clauses as one sentence, its first letter large.

    >>> join_clauses(["the city is Bonn", "the time is 9:30"])
    'The city is Bonn, and the time is 9:30.'
    """
    text = clauses[0] if len(clauses) == 1 else f"{', '.join(clauses[:-1])}, and {clauses[-1]}"
    return f"{text[0].upper()}{text[1:]}."
