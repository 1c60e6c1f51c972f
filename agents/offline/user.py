"""The offline UserAgent: a person with a reason, a manner and a few facts, who says them as people do."""

import re
from collections.abc import Sequence
from random import Random

from agents.offline.language import attach, group_leaves, join_clauses, tell_clauses
from agents.offline.people import BECAUSE
from agents.offline.spoken import speak_value
from agents.offline.subject import load_table
from agents.schema import JsonObject

_TALK = load_table("talk")
_GREETINGS: dict[str, list[str]] = _TALK["greetings"]
_REQUESTS: dict[str, list[str]] = _TALK["requests"]
_LATER: list[str] = _TALK["replies"]["later"]
_ANSWERS: list[str] = _TALK["replies"]["answers"]
_TOLD: list[str] = _TALK["replies"]["told"]
_CONTINUING = re.compile(r" (?:and|then|if|these) ")


def speak(you: JsonObject, seen: Sequence[JsonObject], rng: Random) -> JsonObject:
    """The next turn's request, the facts that were asked for, or the end."""
    replies = [message["content"] for message in seen if message["role"] == "user"]
    asked = replies[-1].rstrip().endswith("?") and len(replies) > 1
    wanted = (
        [fact for fact in you.get("facts", ()) if re.search(rf"\bthe {re.escape(fact['name'])}\b", replies[-1])]
        if asked
        else []
    )
    if wanted:
        return {"say": _answer(wanted, rng), "done": False}
    if asked:  # for something that this person does not know
        return {"say": "", "done": True}
    questions = sum(reply.rstrip().endswith("?") for reply in replies[1:])
    turn = len(replies) - 1 - questions
    if turn >= len(you["turns"]):
        return {"say": "", "done": True}
    return {"say": _request(you, turn, rng), "done": False}


def _answer(wanted: Sequence[JsonObject], rng: Random) -> str:
    """The facts that were asked for; a single plain one needs no name again."""
    value = wanted[0]["value"]
    if len(wanted) == 1 and not isinstance(value, dict | list | bool) and value is not None:
        text = speak_value(value, wanted[0]["name"])
        return rng.choice(_ANSWERS).format(f'"{text}"' if re.search(r"[,;.]\s|[.?!]$|\n", text) else text)
    return rng.choice(_TOLD) + _tell(wanted, rng)


def _request(you: JsonObject, turn: int, rng: Random) -> str:
    manner = you["persona"].rpartition("manner: ")[2].split(",")[0].strip()
    facts = {fact["name"]: fact for fact in you.get("facts", ())}
    telling = [facts[name] for name in you["turns"][turn].get("facts", ())]
    ask = you["turns"][turn]["ask"]
    if not _CONTINUING.search(f" {ask} "):  # what hangs on the end of several requests could belong to any of them
        ask, telling = _attach(ask, telling, rng)
    if turn:
        sentence = rng.choice(_LATER).format(ask=ask)
        return f"{sentence} {_tell(telling, rng)}".strip()
    reason = you.get("goal", "").partition(BECAUSE)[2]
    greeting = rng.choice(_GREETINGS.get(manner, _GREETINGS["friendly"]))
    request = rng.choice(_REQUESTS.get(manner, _REQUESTS["friendly"])).format(ask=ask)
    told = _tell(telling, rng)
    order = rng.choice(((request, reason, told), (reason, request, told), (request, told, reason), (request, told, "")))
    parts = [_open(part) for part in order if part]
    if greeting.endswith((", ", ": ")) and not parts[0].startswith(("I ", "I'", "My ")):
        parts[0] = parts[0][0].lower() + parts[0][1:]
    return f"{greeting}{' '.join(parts)}"


def _open(sentence: str) -> str:
    return sentence[0].upper() + sentence[1:]


def _attach(ask: str, telling: Sequence[JsonObject], rng: Random) -> tuple[str, list[JsonObject]]:
    """The request with up to two facts hung on it, and the facts that are left to tell."""
    left, hung = [], 0
    for fact in telling:
        phrase = attach(fact["name"], fact["value"], rng) if hung < 2 else ""
        # `for order 12` says nothing new after `cancel the order for ...`: each form hangs on once.
        if phrase and phrase.split()[0] not in ask.split()[-3:]:
            ask, hung = f"{ask} {phrase}", hung + 1
        else:
            left.append(fact)
    return ask, left


def _tell(facts: Sequence[JsonObject], rng: Random) -> str:
    """Facts in sentences of two or three clauses each."""
    clauses = [clause for fact in facts for clause in tell_clauses(fact["name"], fact["value"], rng)]
    sentences = []
    while clauses:
        size = 3 if len(clauses) == 3 else rng.choice((1, 2, 2))
        sentences.append(join_clauses(clauses[:size]))
        clauses = clauses[size:]
    return " ".join(sentences)


def count_parts(facts: Sequence[JsonObject]) -> int:
    """How many values a person would have to say for these facts."""
    return sum(1 for fact in facts for _ in group_leaves(fact["name"], fact["value"]))
