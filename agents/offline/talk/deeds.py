"""What was done, said with the thing that it was done to and with what it was told to be."""

import re
from collections.abc import Sequence

from pydantic import JsonValue

from agents.offline.speech.labels import label_argument
from agents.offline.speech.spoken import show_value
from agents.offline.talk.clauses import name_quotes, note_field
from agents.offline.talk.telling import (
    IDENTIFYING,
    MONEY,
    NAMING,
    TABLE,
    Telling,
    enumerate_parts,
    id_key,
    label_field,
    name_key,
    say_number,
)
from agents.offline.talk.times import join_notes, shorten_moments
from agents.offline.talk.wording import phrase_done
from agents.offline.trade.subject import NOUNS
from agents.plan.dataflow import nouns
from agents.schema import JsonObject, plural, singular, with_article, words

_OWN = frozenset(("id", "number", "name", "title", "path", "slug", "key", "code", "reference"))
"""Arguments that name the very thing that a tool is about."""
_TURNING = frozenset(
    ("changed", "updated", "renamed", "adjusted", "switched", "moved", "rescheduled", "raised", "lowered")
)
"""What is done to a thing that is something else from then on."""
_HANDING = frozenset(
    ("assigned", "moved", "transferred", "handed", "forwarded", "escalated", "sent", "added", "shared")
)
_ENDING = re.compile(r" (?:the|an?)(?: (?!(?:for|to|of|in|on|with|from|by|at|as)\b)[\w-]+){1,3}$")
"""A thing at the end of what was done, whose name may stand right behind it."""
_THING = re.compile(r"\w+(?: up| in| out)? (?:an?|the) (?:[a-z]+ ){0,2}?[a-z]+(?= (?:named|for|to|in|on)\b|$)")
"""What was made, with what it is, before its name and whom it is for."""
_MADE = re.compile(r"(\w+(?: up| in)? an? (?:[a-z]+ ){0,2}[a-z]+?)( (?:to|in|on|for) .+)")
_MAKING = frozenset(("set", "created", "made", "opened", "booked", "sent", "converted", "added", "written", "issued"))
_RAISING = frozenset(("escalated", "raised", "moved", "lowered"))
_STOPPING = frozenset(("ended", "cancelled", "terminated", "stopped"))
"""What is done as of a day, and not until it."""
_RECEIVING = frozenset(
    ("group", "team", "queue", "folder", "stage", "channel", "status", "state", "owner", "recipient", "level")
)
"""What somebody hands a thing to, or moves it into."""
_MEASURED = re.compile(
    r"((?:[a-z]+ )*"
    r"(?!version|page|level|number|milestone|port|year|floor|row|seat|index|step|phase|at|on)[a-z]*(?:[^ds\W]|ss))"
    r" ([\d.,]+(?: [A-Z]{3}|%)?)"
)
"""A note that says how much of something there is: a budget, a party size; no number that a thing is called by."""
_HANGING = re.compile(r"(?:with|from|until|as of|by|on|at|in) (?!stock\b)\S")
"""A note that goes on from what was done: from when until when, with whom."""
_LONG_NOTES = 100
"""Characters of notes that no longer stand in brackets."""
_QUALIFYING = frozenset(("parent", "source", "target", "destination", "base"))
"""Words that say which of several things of a kind it is: what is the parent's number is the parent task's."""
_WORD = re.compile(r"[^\W\d_]{2}")
_MONEY_ASIDE = (["sql"], ["currency"], ["password"], ["secret"], ["token"])
_SECRETS = (["code"], ["pin"], ["otp"], ["cvc"])
"""Arguments that prove who somebody is, if they are figures: no answer repeats them."""
_PLACED = r"(?= (?:for|of|to|in|into|from|with|on|at|as|out|off|back|up|down|is|has|helped)\b|'|$)"
"""Behind a thing that is said to its end."""


def name_part(item: JsonValue) -> str:
    """What one of several things in a call is called: a person's whole name, else its name, else its first words."""
    if not isinstance(item, dict):
        return ""
    person = [str(value) for key, value in item.items() if words(key) in (["first", "name"], ["last", "name"])]
    texts = [value for value in item.values() if isinstance(value, str)]
    return " ".join(person) or (str(item[name_key(item)]) if name_key(item) else show_value(next(iter(texts), "")))


def has_said(text: str, value: str) -> bool:
    """Whether the value stands in the text by itself: 14 is not said by `ZMY-4914`."""
    return bool(re.search(rf"(?<![\w-]){re.escape(value)}(?!\w)", text, re.IGNORECASE))


def _is_own(key: str, done: str, thing: str) -> bool:
    """Whether the argument says by its number which thing it was done to, or is what that is called."""
    *stem, last = words(key) or [""]
    if not stem and last not in ("id", "uuid"):
        return done.endswith(f" {last}")  # the defined name TaxRate
    named = " ".join(stem) or thing
    return last in IDENTIFYING and bool(re.search(rf" (?:the|an?) {re.escape(named)}\b", done))


def _label_bare(key: str, thing: str, done: str, arguments: JsonObject) -> str:
    """What a bare `id` or `path` is called; empty where it is not certain whose it is.

    >>> _label_bare("id", "note", "deleted the note", {"id": 7}), _label_bare("id", "user", "added a user", {"id": 7})
    ('note ID', '')
    """
    if words(key) == ["path"]:
        return "path"
    others = {word for other in arguments if other != key for word in words(other)}
    if not thing or words(key) not in (["id"], ["uuid"]) or {thing, "name"} & others:
        return ""
    return f"{thing} ID" if re.search(rf" the (?:[\w-]+ )*{thing}(?:$| (?:from|to|in|on) )", done) else ""


def say_choice(done: str, arguments: JsonObject) -> tuple[str, JsonObject]:
    """The deed by the verb that was chosen for it, and a reduction as so many percent; the arguments left to name.

    >>> say_choice("set the door lock", {"device_id": "dev_1", "action": "unlock"})
    ('unlocked the door lock', {'device_id': 'dev_1'})
    >>> say_choice("given the discount", {"kind": "percent", "value": 5})
    ('given a discount of 5%', {})
    """
    verb, rest = arguments.get("action"), done.partition(" ")[2]
    if isinstance(verb, str) and verb.isalpha() and re.match("(?:set|changed) the ", done):
        done, arguments = phrase_done(f"{verb} {rest}"), {k: v for k, v in arguments.items() if k != "action"}
    if arguments.get("kind") == "percent" and isinstance(arguments.get("value"), int | float):
        share = f"{show_value(arguments['value'])}%"
        arguments = {k: v for k, v in arguments.items() if k not in ("kind", "value")}
        named = re.sub(r"\b(?:the|a) discount\b", f"a discount of {share}", done, count=1)
        done, arguments = named, arguments if named != done else arguments | {"discount": share}
    return done, arguments


def name_object(done: str, telling: Telling, result: JsonValue = None) -> str:
    """What was done with the thing that it was done to, and what it was told to be.

    >>> telling = Telling("cancel_order", "cancel the order", {"order_id": "ORD-7"}, frozenset(), {})
    >>> name_object("cancelled the order", telling)
    'cancelled order ORD-7'
    >>> telling = Telling("extend", "extend the loan", {"loan_id": "L-7", "extra_days": 3}, frozenset(), {})
    >>> name_object("extended the loan", telling)
    'extended loan L-7 by 3 days'
    """
    done, arguments = say_choice(done, telling.arguments)
    telling = telling._replace(arguments=arguments)
    notes: dict[str, str] = {}
    pointed = False
    own = nouns(telling.tool)[-1:]
    own_thing = "".join(own)
    person = [
        str(value) for key, value in telling.arguments.items() if words(key) in (["first", "name"], ["last", "name"])
    ]
    if someone := re.search(r" (?:someone|a (?:person|user))$", done):
        names = [value for key, value in telling.arguments.items() if words(key)[-1:] == ["name"]]
        done = f"{done[: someone.start()]} {names[0]}" if names and isinstance(names[0], str) else done
    if " somebody" in done:
        mails = [str(value) for key, value in telling.arguments.items() if words(key)[-1:] == ["email"]]
        done = done.replace(" somebody", f" {' '.join(person) or next(iter(mails), 'somebody')}", 1)
    elif len(person) == 2:
        done = f"{done} {'named' if re.search(r' an? (?:new )?[a-z]+$', done) else 'for'} {' '.join(person)}"
    # What the thing itself is called comes before where it is: the pull request before its repository.
    for key, value in sorted(telling.arguments.items(), key=lambda part: not _is_own(part[0], done, own_thing)):
        about = words(key)
        item_type: type | tuple[type, ...] = str if about[-1:] != ["ids"] else (str, int)
        if isinstance(value, list) and 0 < len(value) < 4 and all(isinstance(item, item_type) for item in value):
            if not any(has_said(done, str(item)) for item in value):
                label = label_argument(telling.tool if about == ["ids"] else "", key)
                single = singular(label) if len(value) == 1 else ""
                stem = singular(label).rpartition(" ")[0] or singular(label)
                called = f"{stem if single else plural(stem)} {enumerate_parts(map(str, value), 'and')}"
                held = (
                    re.sub(rf" (?:the )?{re.escape(plural(stem))}(?= |$)", f" {called}", done, count=1)
                    if stem
                    else done
                )
                if held == done:
                    notes[key] = f"{single} {value[0]}" if single else note_field(key, value, telling.arguments)
                done = held
            continue
        if isinstance(value, list) and 0 < len(value) < 4 and (names := list(filter(None, map(name_part, value)))):
            several = label_argument("", key)
            notes[key] = f"{singular(several) if len(names) == 1 else several} {enumerate_parts(names, 'and')}"
        if isinstance(value, bool) and key in ("on", "enabled", "locked", "muted"):
            notes[key] = note_field(key, value, telling.arguments)
        if isinstance(value, list | dict | bool) or value is None or len(str(value)) > 160:
            continue
        if about[-1:] in _MONEY_ASIDE or has_said(done, str(value)):
            continue  # the money is told with its amount
        if about in _SECRETS and str(value).isdecimal():
            continue
        if about[-1:] == ["iban"] and isinstance(value, str):
            # whoever gave an account knows it by its end, and nobody else needs it
            notes[key] = note_field(key, f"ending in {value[-4:]}", telling.arguments)
            continue
        name = telling.called.get(str(value))
        if name and not _WORD.search(name):
            name, value = None, name  # a version or a year is said with what it is of, as a number is
        shown = name or show_value(value, key)
        title, number, ident = shown.partition(f" ({value})")
        written = name or about in (["name"], ["title"])
        shown = f"“{title}”{number}{ident}" if written and re.search(r" [a-z].* ", title) else shown  # of several words
        if has_said(done, shown):
            continue
        label = _label_bare(key, own_thing, done, telling.arguments) or label_argument("", key)
        onto = TABLE["onto"].get(done.partition(" ")[0]) or TABLE["within"].get(
            label, TABLE["within"].get(label.partition(" ")[0], "for")
        )
        onto = "for" if shown.startswith("http") else onto
        stem = label.rpartition(" ")[0].removesuffix("'s") if about[-1:] and about[-1] in IDENTIFYING | NAMING else ""
        stem = f"{stem} {about[-1]}" if stem.endswith("ing") and about[-1] != "id" else stem  # tracking number 7
        stem = re.sub(r" ?\b(?:absolute|relative|full|target|output|input)\b", "", stem).strip() or stem
        stem = label if stem in ("full", "first", "display") else "" if stem == "last" else stem
        stem = label if about[-1:] == ["code"] and stem not in NOUNS else stem  # confirmation code W2MC5ZG1
        named = shown if name or not stem or shown.lower().startswith(stem.lower()) else f"{stem} {shown}"
        whole = isinstance(value, str) and len(value) < 60 and done.partition(" ")[0] not in _TURNING
        spoken = "element" if about[-1:] == ["selector"] else label
        place = re.search(rf" the {re.escape(spoken)}{_PLACED}", done) if whole else None
        if shown.startswith("http") and re.search(r" the (?:web ?)?(?:page|site|website)$", done):
            done, pointed = f"{done} {shown}", True
        elif place:
            done = f"{done[: place.end()]} {shown}{done[place.end() :]}"
        elif about in (["days"], ["weeks"], ["months"]) and isinstance(value, int) and " for " not in done:
            notes[key] = f"for {note_field(key, value, telling.arguments)}"
        elif not about or about[-1] not in IDENTIFYING | NAMING:
            plain = isinstance(value, int | float) and "amount" in about
            note = note_field(key, value, telling.arguments)
            notes[key] = (
                f"{label_argument(telling.tool, key)} {say_number(key, value, telling.arguments) or shown}"
                if plain
                else note
            )
        elif about[-1] in NAMING and done.partition(" ")[0] in ("updated", "changed", "edited"):
            notes[key] = f"{label} {shown}"  # what it is called from now on
        elif not pointed and stem and not name and done.endswith((f" the {stem}", f" a {stem}", f" an {stem}")):
            done, pointed = f"{re.sub(rf' (?:the|an?) {re.escape(stem)}$', '', done)} {stem} {shown}", True
        elif about[-1] in ("city", "location", "place") and " in " not in done:
            done = f"{done} in {shown}"
        elif about[-1] == "path" and {"output", "destination", "target", "save"} & set(about) and " to " not in done:
            done = f"{done} to {shown}"
        elif not pointed and stem and done.startswith("switched ") and done.endswith(f" {stem}") and " to " not in done:
            done, pointed = f"{done} to {shown}", True
        elif about in (["name"], ["title"]) and (role := re.search(r" as (?:an?|the) [a-z]+(?= for |$)", done)):
            done, pointed = f"{done[: role.end()]} {shown}{done[role.end() :]}", True  # saved as the view so-and-so
        elif about in (["name"], ["title"]) and (made := _MADE.fullmatch(done)):
            done, pointed = f"{made[1]} named {shown}{made[2]}", True
        elif not pointed and about in (["name"], ["title"]) and re.search(r" an? (?:[a-z]+ ){0,3}[a-z]+$", done):
            done, pointed = f"{done} named {shown}", True
        elif not pointed and (done.endswith(f" {stem}") if stem else _ENDING.search(done)):
            done, pointed = (
                f"{done} {shown}" if stem or (len(about) == 1 and about[0] in _OWN) else f"{done} for {shown}",
                True,
            )
        elif stem and done.endswith(f" the {stem} id"):
            done, pointed = f"{done[:-3]} ID to {shown}", True
        elif (
            stem and not name and (thing := re.search(rf" (?:the|an?) ((?:[a-z]+ )?{re.escape(stem)}){_PLACED}", done))
        ):
            done = f"{done[: thing.start()]} {thing[1]} {shown}{done[thing.end() :]}"
        elif (
            stem
            and not name
            and (two := re.search(rf" (?:the|an?) ({re.escape(stem)} [a-z]+){_PLACED}", done))
            # a meter's number is not its reading's
            and (set(two[1].split()) <= set(nouns(telling.tool)) or stem in _QUALIFYING)
        ):
            done = f"{done[: two.start()]} {two[1]} {shown}{done[two.end() :]}"  # pull request 937
        elif stem and name and (one := re.search(rf" the {re.escape(stem)}(?= of | from | for )", done)):
            rest = re.sub("^ of ", " for ", done[one.end() :])
            done = f"{done[: one.start()]} {shown}{rest}"  # whoever has a name is not called the signer
        elif done.endswith(f"'s {label}"):
            done = f"{done} {shown}"  # with the customer's code 4711
        elif stem in own and not name and stem not in done and (other := re.search(r" the ([a-z]+)$", done)):
            done = f"{done[: other.start()]} {other[1]} {shown}"  # whoever says machine for an instance does so again
        elif done.startswith("moved ") and " to " not in done and {"to", "destination", "target"} & set(about):
            done = f"{done} to {re.sub('^(?:destination|target|to) ', '', named)}"
        elif " for " not in done and f" {onto} " not in done and all(MONEY & {*words(other)} for other in notes):
            done = f"{done} {'to' if stem == 'assignee' else onto} {named}"
        else:
            notes[key] = named
    done = re.sub(r"\ban? (?=[a-z]+ (?:[A-Z\d]|\S+/))", "the ", done)  # what has a name is no longer any
    fresh = result if isinstance(result, dict) else {}
    ident = id_key({key: value for key, value in fresh.items() if telling.arguments.get(key, ...) != value})
    if ident and not notes and not isinstance(fresh[ident], list | dict) and not has_said(done, str(fresh[ident])):
        number = str(fresh[ident])
        label = (
            ""
            if re.search("[A-Za-z]", number) and re.search(r"\d", number) and len(number) < 20
            else label_field(ident)
        )
        done = f"{done} ({f'{label} {number}'.strip()})"  # what is new is called by its number from now on
    return _add_notes(done, notes, telling.arguments)


def _add_notes(done: str, notes: dict[str, str], arguments: JsonObject) -> str:
    """The deed with what it was told to be: by so much, to whom, to what; else behind a colon."""
    verb, keys = done.partition(" ")[0], list(notes)
    for key in keys:
        about, value = words(key), arguments[key]
        if verb == "extended" and isinstance(value, int | float) and "until" not in about:
            unit = say_number(key, value, arguments) or f"{show_value(value)} {about[-1]}"
            return _add_notes(f"{done} by {unit}", {other: notes[other] for other in keys if other != key}, arguments)
        raised = about[-1:] != ["level"] or verb in _RAISING
        if verb in _HANDING and about[-1:] and about[-1] in _RECEIVING and raised and " to " not in done:
            shown, kind = show_value(value, key), about[-1]
            way = "with" if verb == "shared" else "to"
            to = f"the {shown} {kind}" if kind in ("group", "team", "queue", "folder") else shown
            done = f"{done} {way} {f'level {shown}' if kind == 'level' else to}"
            return _add_notes(done, {other: notes[other] for other in keys if other != key}, arguments)
    new = [key for key in keys if MONEY & {*words(key)} or words(key)[0] in ("new", "date")]
    # Of a thing that has a number one part is another by now; of a price or a limit, the whole.
    alone = len(keys) == 1 and isinstance(arguments[keys[0]], str) == (verb == "switched")
    whole = alone and (verb == "switched" or not re.search(r"\d\S*$", done))
    new = new or (keys if whole else [])
    if new and verb in _TURNING and " to " not in done:
        amount = arguments[new[0]]
        numeric = isinstance(amount, int | float) and not isinstance(amount, bool)
        done = f"{done} to {(say_number(new[0], amount, arguments) if numeric else '') or show_value(amount, new[0])}"
        return ", ".join([done, *shorten_moments([note for key, note in notes.items() if key != new[0]])])
    money = next((key for key in keys if "amount" in words(key) and " of " not in done), "")
    if money and isinstance(arguments[money], int | float) and verb in _MAKING:
        of = f" of {say_number(money, arguments[money], arguments) or show_value(arguments[money], money)}"
        thing = _THING.match(done)
        # A name may have a `for` of its own: the new deal of so much named `Pilot for Halden Foods`.
        at = thing.end() if thing else done.find(" for ") if " for " in done else len(done)
        done = f"{done[:at]}{of}{done[at:]}"
        return _add_notes(done, {other: notes[other] for other in keys if other != money}, arguments)
    counts = len(keys) == 1 and isinstance(arguments[keys[0]], int | float) and words(keys[0])[-1] not in IDENTIFYING
    if counts and " with " not in done and (measured := _MEASURED.fullmatch(notes[keys[0]])):
        return f"{done} with {with_article(measured[1])} of {measured[2]}"
    notes = name_quotes(notes)
    text = join_notes(list(notes.values()))
    text = re.sub(r"^until ", "as of ", text) if verb in _STOPPING else text
    if _HANGING.match(text) and f" {text.partition(' ')[0]} " not in done:
        return f"{done} {text}"
    behind = _note_behind(list(notes.values()), text) if notes else ""
    if done.endswith(")") and behind.startswith(" ("):
        return f"{done[:-1]}, {behind[2:]}"  # one bracket holds both
    return f"{done}{behind}"


def _note_behind(notes: Sequence[str], text: str) -> str:
    """What is noted of a deed: in brackets, but what somebody wrote or a long row of it behind a colon.

    >>> _note_behind(["owner ana"], "owner ana"), _note_behind(["“Hi there.”"], "“Hi there.”")
    (' (owner ana)', ': “Hi there.”')
    """
    written = [note for note in notes if "“" in note]
    aside = [note for note in notes if note not in written]
    if not written and len(text) < _LONG_NOTES:
        return f" ({text})"
    if len(written) == 1 and aside and len(", ".join(aside)) < _LONG_NOTES:
        return f" ({join_notes(aside)}): {written[0]}"
    return f": {text}"
