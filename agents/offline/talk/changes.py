"""What was done, in words: with the thing that it was done to, what it was told to be, and what is new by it."""

import re
from collections.abc import Sequence
from random import Random

from pydantic import JsonValue

from agents.offline.speech.labels import label_argument
from agents.offline.speech.spoken import show_value, spell_number
from agents.offline.talk.deeds import has_said, name_object
from agents.offline.talk.listings import WAYS, is_empty
from agents.offline.talk.sentences import say_record
from agents.offline.talk.telling import (
    IDENTIFYING,
    Telling,
    capitalise,
    end_sentence,
    enumerate_parts,
    id_key,
    is_aside,
    label_field,
    name_key,
)
from agents.offline.talk.wording import phrase_done, turn_to_you
from agents.schema import plural, words

FAILED_STATES = ("failed", "rejected", "declined", "error", "denied")
_PARTICLES = frozenset(("up", "in", "off", "on", "out", "back", "down", "over", "away"))
_LINKS = frozenset(("url", "uri", "link", "href"))


def failure_of(result: JsonValue) -> str:
    """What a result says of its own failure though the call went through; empty for a success."""
    if not isinstance(result, dict):
        return ""
    for key in ("success", "ok", "merged", "ticketed", "deposit_returned"):
        if result.get(key) is False:
            return f"the answer on {label_field(key)} is no"
    state = str(result.get("status", result.get("state", "")))
    return f"its status is {state}" if state in FAILED_STATES else ""


_DONE_TO = re.compile(r"(\w+(?: up| in| out| off)?) (?:an?|the) ([A-Za-z]+(?: [a-z]+)?)((?: (?:to|from|in|on) .+)?)")
"""What was done, to what, and where to."""


_REQUESTED = frozenset(
    ("queued", "requested", "ordered", "submitted", "scheduled", "sent", "created", "added", "opened")
)
"""What is done at once, though what it is about waits for its turn."""
_BEGUN = re.compile(r"played (.+?)((?: with an? | \(|:).*)?")
"""What goes on from the moment that it was done, and with what."""


def describe_change(result: JsonValue, telling: Telling, rng: Random) -> str:
    """That something was changed, with the thing that it was done to, and what came of it."""
    if failure := failure_of(result):
        lead = f"I tried to {turn_to_you(telling.phrase)}, but it did not go through: {failure}."
        rest = {key: value for key, value in result.items() if key not in ("status", "state")}  # type: ignore[union-attr]
        return f"{lead} {say_outcome(rest, telling)}".strip()
    if isinstance(result, dict) and result.keys() - telling.arguments.keys() in ({"result"}, {"sum"}, {"answer"}):
        (key,) = result.keys() - telling.arguments.keys()
        return f"The {label_field(key)} is {show_value(result[key], key)}."  # what was worked out is all of it
    done = name_object(phrase_done(telling.phrase), telling, result)
    begun = _BEGUN.fullmatch(done)
    if not isinstance(result, list | dict):
        return f"I've {done}: {show_value(result)}."
    outcome = say_outcome(result, telling, done) if isinstance(result, dict) else ""
    verb = telling.phrase.partition(" ")[0]
    waits = isinstance(result, dict) and "queued" in (result.get("state"), result.get("status"))
    if waits and done.partition(" ")[0] not in _REQUESTED:
        done = f"put in the request to {verb} {done.partition(' ')[2]}"  # what is queued is not done yet
    # Where nothing new came of it, how the thing stands by now is all that there is to say.
    state = "" if outcome or telling.because else turn_passive(done)
    state = f"{begun[1]} is playing now{begun[2] or ''}" if begun else state
    ways = (f"Done, {state}", f"I've {done}")[: 1 if begun else 2]
    lead = rng.choice(ways) if state else rng.choice(WAYS["done"]).format(done=done)
    return f"{capitalise(lead)}{'' if lead.endswith(('.”', '!”', '?”')) else '.'} {outcome}".strip()


def turn_passive(done: str) -> str:
    """How a thing stands by what was done to it; empty where more than one thing is spoken of.

    >>> turn_passive("cancelled order ORD-7"), turn_passive("turned off device 4"), turn_passive("put it in the box")
    ('order ORD-7 is cancelled', 'device 4 is turned off', '')
    """
    verb, _, rest = done.partition(" ")
    particle, _, after = rest.partition(" ")
    if particle in _PARTICLES and after:
        verb, rest = f"{verb} {particle}", after
    named = re.fullmatch(r"(?:the )?[a-z]+(?: [a-z]+)? (?=\S*[\dA-Z])\S+", rest)
    return f"{rest} is {verb}" if named and not re.search(r" (?:for|to|from|with|in|on|of|at) ", f" {rest} ") else ""


def say_outcome(result: JsonValue, telling: Telling, done: str = "") -> str:
    """What a change brought that nobody knew before and what was done does not say: a reference, a link, a state."""
    if not isinstance(result, dict):
        return ""
    sent = [value for value in telling.arguments.values() if isinstance(value, str)]
    fresh = {key: v for key, v in result.items() if telling.arguments.get(key, ...) != v and not is_empty(v)}
    fresh = {key: value for key, value in fresh.items() if value not in sent}
    ident, name = id_key(fresh), name_key(fresh)
    links = [key for key, value in fresh.items() if re.match(r"https?://", str(value))]
    fields = [key for key in fresh if key not in ("success", "output", ident, *links)]
    fields = [key for key in fields if not is_aside(key, fresh[key]) or words(key) == ["total"]]  # here it is a price
    fields = [key for key in fields if key != name or str(fresh[key]) not in telling.phrase][:6]
    # who was enrolled is enrolled
    fields = [key for key in fields if not has_said(done, str(fresh[key]))]
    fields = [ident, *fields] if ident and ident not in links and not has_said(done, str(fresh[ident])) else fields
    fields = sorted(fields, key=lambda key: key not in ("result", "answer"))
    measured = {key: value for key, value in telling.arguments.items() if key in ("currency", "metric", "unit")}
    texts = say_record(fields, {**measured, **fresh}, "it") if fields else []
    for key in links:
        at = "" if words(key)[-1] in _LINKS else "at "  # where the picture of a code is
        own = set(words(key)) <= {"url", "link", "html", "web", "public", "view"}
        texts.append(f"you can open it at {fresh[key]}" if own else f"the {label_field(key)} is {at}{fresh[key]}")
    printed = str(fresh.get("output") or "").strip()
    lines = [end_sentence(text) for text in texts]
    if printed:
        lines.append(f"It printed:\n```\n{printed}\n```" if "\n" in printed else f"It printed: {printed}")
    return " ".join(lines)


def run_on(text: str) -> str:
    """Short sentences as one line behind a name.

    >>> run_on("It is due on 3 May 2026. Marit Eide has to approve it.")
    'due on 3 May 2026; Marit Eide has to approve it'
    """
    text = re.sub(r"^It (?:is |was |has (?=\d))?", "", text)  # the name says what
    sentences = re.split(r"(?<=[.!?]”) (?=[A-Z])|[.] (?=[A-Z\d])", text.rstrip("."))
    begins = re.compile(r"(?:It|The|You|That|There|Somebody|Everything|Nothing|An?)\b")
    return "; ".join(f"{s[:1].lower()}{s[1:]}" if begins.match(s) else s for s in sentences)


def sum_up_changes(results: Sequence[JsonValue], tellings: Sequence[Telling]) -> list[str]:
    """The same done several times, each told by what was different about it and what came of it."""
    first = tellings[0].arguments
    differing = [key for key in first if any(telling.arguments.get(key) != first[key] for telling in tellings)]
    # What it is called says which one is meant, else its number; what it was told to be says it last.
    named = [key for key in differing if words(key)[-1] in ("name", "title", "email", "subject")]
    differing = named or [key for key in differing if words(key)[-1] in IDENTIFYING] or differing
    if not differing or not all(isinstance(result, dict) for result in results):
        return []
    done = phrase_done(tellings[0].phrase)
    thing = _DONE_TO.fullmatch(done)
    several = f"{spell_number(len(results))} {plural(thing[2])}{thing[3]}" if thing else ""
    lead = f"{thing[1]} {several}" if thing else f"{done} for each of them"
    lines = []
    for result, telling in zip(results, tellings, strict=True):
        values = [telling.arguments.get(key) for key in differing]
        names = []
        for key, value in zip(differing, values, strict=True):
            # A bare number, or one of several, is said with what it numbers.
            bare = (len(differing) > 1 or str(value).isdecimal()) and "@" not in str(value)
            stem = label_argument("", key).rpartition(" ")[0] if bare else ""
            names.append(telling.called.get(str(value)) or f"{stem} {show_value(value, key)}".strip())
        outcome = say_outcome(result, telling).removeprefix("It printed: ").rstrip(".")
        lines.append((", ".join(names), run_on(outcome)))
    if not any(outcome for _, outcome in lines):
        return [f"I've {lead}: {enumerate_parts((name for name, _ in lines), 'and')}."]
    return ["\n".join([f"I've {lead}:", *(f"- {name}: {outcome}" for name, outcome in lines)])]
