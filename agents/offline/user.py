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
_LEADS: list[str] = _TALK["replies"]["told"]
_CONTINUING = re.compile(r" (?:and|then|if|these) ")


def speak(you: JsonObject, seen: Sequence[JsonObject], rng: Random) -> JsonObject:
    """The next turn's request, the facts that were asked for, or the end."""
    # To this role the assistant's words are the user's: the first is the order to begin.
    replies = [message["content"] for message in seen if message["role"] == "user"]
    questions = sum(reply.rstrip().endswith("?") for reply in replies[1:])
    if replies[-1].rstrip().endswith("?") and len(replies) > 1:
        facts = you.get("facts", ())
        wanted = [fact for fact in facts if re.search(rf"\bthe {re.escape(fact['name'])}\b", replies[-1])]
        # Asked for something that this person does not know, there is nothing more to say.
        return {"say": _answer_question(wanted, rng) if wanted else "", "done": not wanted}
    turn = len(replies) - 1 - questions
    if turn >= len(you["turns"]):
        return {"say": "", "done": True}
    return {"say": _request_turn(you, turn, rng), "done": False}


def _answer_question(wanted: Sequence[JsonObject], rng: Random) -> str:
    """The facts that were asked for; a single plain one needs no name again."""
    value = wanted[0]["value"]
    if len(wanted) == 1 and not isinstance(value, dict | list | bool) and value is not None:
        text = speak_value(value, wanted[0]["name"])
        return rng.choice(_ANSWERS).format(f'"{text}"' if re.search(r"[,;.]\s|[.?!]$|\n", text) else text)
    return rng.choice(_LEADS) + _tell(wanted, rng)


def _request_turn(you: JsonObject, turn: int, rng: Random) -> str:
    """What is asked in the turn, the reason for it and the facts that belong to it, in the person's manner."""
    manner = you["persona"].rpartition("manner: ")[2].split(",")[0].strip()
    facts = {fact["name"]: fact for fact in you.get("facts", ())}
    telling = [facts[name] for name in you["turns"][turn].get("facts", ())]
    ask = you["turns"][turn]["ask"]
    # What hangs on the end of several requests could belong to any of them; two are as many as one sentence bears.
    hung = 2 if _CONTINUING.search(f" {ask} ") else 0
    for fact in list(telling):
        phrase = attach(fact["name"], fact["value"], rng) if hung < 2 else ""
        # `for order 12` says nothing new after `cancel the order for ...`: each form hangs on once.
        if phrase and phrase.split()[0] not in ask.split()[-3:]:
            ask, hung = f"{ask} {phrase}", hung + 1
            telling.remove(fact)
    if turn:
        sentence = rng.choice(_LATER).format(ask=ask)
        return f"{sentence} {_tell(telling, rng)}".strip()
    reason = you.get("goal", "").partition(BECAUSE)[2]
    greeting = rng.choice(_GREETINGS.get(manner, _GREETINGS["friendly"]))
    request = rng.choice(_REQUESTS.get(manner, _REQUESTS["friendly"])).format(ask=ask)
    details = _tell(telling, rng)
    orders = (
        (request, reason, details),
        (reason, request, details),
        (request, details, reason),
        (request, details, ""),
    )
    parts = [f"{part[0].upper()}{part[1:]}" for part in rng.choice(orders) if part]
    if greeting.endswith((", ", ": ")) and not parts[0].startswith(("I ", "I'", "My ")):
        parts[0] = parts[0][0].lower() + parts[0][1:]
    return f"{greeting}{' '.join(parts)}"


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
