"""The offline UserAgent: a person with a reason, a manner and a few facts, who says them as people do."""

import re
from collections.abc import Sequence
from datetime import date, timedelta
from random import Random

import orjson
from pydantic import JsonValue

from agents.offline.speech.forms import ORDINALS, POSTAL, group_leaves, names_of_several
from agents.offline.speech.hear import NOT_SAID, is_told, overhear
from agents.offline.speech.spoken import speak_value
from agents.offline.speech.tell import join_clauses, tell_clauses, tell_together
from agents.offline.talk.people import BECAUSE
from agents.offline.trade.subject import PEOPLE, PERSONS, load_table
from agents.schema import JsonObject, plural

_TALK = load_table("talk")
_GREETINGS: dict[str, list[str]] = _TALK["greetings"]
_REQUESTS: dict[str, list[str]] = _TALK["requests"]
_AT_HOME: dict[str, dict[str, list[str]]] = _TALK["at home"]
"""Language -> how its people greet and end, also in an English message."""
_PAGING = frozenset(("results", "limit", "page", "pages", "offset", "records", "entries", "rows", "items", "maximum"))
"""Words of how much of a list is wanted, which nobody cares enough about to put right."""
_SLIPS: list[str] = _TALK["replies"]["slips"]
MISTYPED = 0.06
"""The share of first messages, of those with a reason, in which a word of the reason is mistyped."""
CORRECTED = 0.1
"""The share of first messages, of those with a day or a number to tell, that get it wrong first."""
AT_HOME = 0.08
"""The share of people with a name from elsewhere who greet, or end, in the language of there."""
THANKED = 0.35
"""The share of first messages that end with thanks."""
_ATTEMPTS = 8
"""How often somebody puts a request who could be misunderstood; the last time as a form is filled in."""
_FEW = 10
"""A number that may be on a scale, on which there is none above it."""
BRIEF = 90
"""How much of a request the names of what it is about may take."""
SILENT = 0.3
"""The share of answers to which nobody says anything before they go on."""
_OTHER: list[str] = _TALK["replies"]["other"]
_CLOSINGS: dict[str, list[str]] = _TALK["closings"]
_MOVES: dict[str, list[str]] = _TALK["moves"]
"""How a request begins that leaves what was talked about -> how people say so."""
_LATER: list[str] = _TALK["replies"]["later"]
_ANSWERS: list[str] = _TALK["replies"]["answers"]
_LEADS: list[str] = _TALK["replies"]["told"]
_REACTIONS: dict[str, list[str]] = _TALK["reactions"]
_OPENINGS: dict[str, list[list[str]]] = _TALK["openings"]
"""By what kind of answer it was: how people begin to react, and how they go on."""
_KINDS = {
    "failed": re.compile(r"I could not|I wasn't able|did not go through|so I did not|I'm sorry"),
    "none": re.compile(r"(?is)^(?!.*\n[-|] ).{0,20}(?:\bno \w+ |nothing came up|there are no)"),
    "list": re.compile(r"(?m)^(?:- |\| )"),
    "done": re.compile(r"\bI(?:'ve| have)\b"),
}
"""What kind of answer it was -> by what it is known."""
_FIRST = re.compile(
    r"\bthe first ([A-Za-z ]+?)(?= (?:for|to|in|on|as|from|with|at|and|due|since|until|before|matching|of|near|under|by"
    r"|covers|is|has|can|stands|did)\b|,|$)"
)
"""How a request says that it is about the first of what was listed."""
_HEADS = re.compile(r"(?m)^- \*\*([^*\n]{2,60})\*\*|^\|(?: ?-+ ?\|)+\n\| ([^|\n]{2,60}) \|")
"""The name of the first thing of a list or a table in an answer."""
_POINTING = re.compile(r"\b(?:it|its|they|them|that|there|one)\b", re.I)
"""Words of a reason that point at what has been spoken of before."""


def speak(you: JsonObject, seen: Sequence[JsonObject], rng: Random) -> JsonObject:
    """The next turn's request, the facts that were asked for, or the end."""
    # To this role the assistant's words are the user's: the first is the order to begin.
    replies = [message["content"] for message in seen if message["role"] == "user"]
    questions = sum(reply.rstrip().endswith("?") for reply in replies[1:])
    if replies[-1].rstrip().endswith("?") and len(replies) > 1:
        facts = you.get("facts", ())
        wanted, question = list[JsonObject](), replies[-1]
        for fact in sorted(facts, key=lambda fact: -len(fact["name"])):  # `the race date` asks for no race
            rest = re.sub(rf"\bthe {re.escape(fact['name'])}\b", "", question)
            wanted, question = [*([fact] if rest != question else []), *wanted], rest
        if not wanted:  # asked for something that this person does not know, there is nothing more to say
            return {"say": "", "done": True}
        value = wanted[0].get("spoken") or wanted[0]["value"]
        if len(wanted) > 1 or isinstance(value, dict | list | bool) or value is None:
            told = _tell(wanted, rng, plainly=True)
            # In answer to a question a single one is told from no others.
            return {"say": rng.choice(_LEADS) + re.sub(r"^The one ", "The ", told), "done": False}
        # A single plain fact needs no name again.
        text = speak_value(value, wanted[0]["name"])
        # What is several words and no day needs quotes to be one thing: it's "good first issue".
        plain = not isinstance(value, str) or text != value or not re.search(r"\s", text)
        quoted = text if plain or re.fullmatch(POSTAL, text) else f'"{text}"'
        return {"say": rng.choice(_ANSWERS).format(quoted), "done": False}
    turn = len(replies) - 1 - questions
    if turn >= len(you["turns"]):
        return {"say": "", "done": True}
    before = [str(message["content"]) for message in seen if message["role"] != "user"]
    # What this person said before stands there in the form in which it was written down.
    before = [orjson.loads(text)["say"] if text.startswith('{"say"') else text for text in before]
    # Whoever could be misunderstood says it again in other words before it is sent, at last in the plainest.
    for attempt in range(_ATTEMPTS):
        text = _request_turn(you, turn, replies, rng, plainly=attempt == _ATTEMPTS - 1)
        if is_understood(you, turn, "\n".join([*before, text]), "\n".join(replies[1:])):
            break
    return {"say": text, "done": False}


def is_understood(you: JsonObject, turn: int, text: str, questions: str) -> bool:
    """Whether a listener hears in the text what was to be told by this turn, as it is meant, and nothing of what comes.

    What was asked for is understood by the question, whatever else the text says.
    """
    told = {name for part in you["turns"][: turn + 1] for name in part.get("facts", ())}
    for fact in you.get("facts", ()):
        name, value = fact["name"], fact["value"]
        if name not in told and re.search(rf"\bthe {re.escape(name)}\b", questions):
            continue
        heard = overhear(name, value, text)
        if name in told and heard != value:
            return False
        if name not in told and heard is not NOT_SAID and not (isinstance(value, list | dict) and not heard):
            return False
    return True


def _request_turn(you: JsonObject, turn: int, replies: Sequence[str], rng: Random, *, plainly: bool) -> str:
    """What is asked in the turn, the reason for it and the facts that belong to it, in the person's manner."""
    manner = you["persona"].rpartition("manner: ")[2].split(",")[0].strip()
    facts = {fact["name"]: fact for fact in you.get("facts", ())}
    telling = [facts[name] for name in you["turns"][turn].get("facts", ())]
    ask = you["turns"][turn]["ask"]
    move = next((move for move in _MOVES if ask.startswith(f"{move}: ")), "")
    ask = ask.removeprefix(f"{move}: ")
    if turn and not plainly and not move:
        pointed = (point_at(ask, reply) for reply in reversed(replies[1:]))
        ask = next((text for text in pointed if text != ask), ask)
    ask = ask if plainly else name_each(ask, telling)
    telling = [fact for fact in telling if not is_told(ask, fact)]  # the rest is told by the request itself
    details = _tell(telling, rng, plainly=plainly)
    if turn:
        other = " second " in f"{ask} " and ", but " in ask
        sentence = rng.choice(_OTHER if other else _MOVES.get(move, _LATER)).format(ask=ask)
        chosen = bool(_FIRST.search(you["turns"][turn]["ask"]) and _HEADS.search(replies[-1])) and not move
        opening = "" if other else react(replies[-1], rng, kind="choice" if chosen else "")
        sentence = re.sub(r"(?<=[.!?] )[a-z]", lambda first: first[0].upper(), _capitalise(sentence))
        return f"{opening}{sentence} {details}".strip()
    reason = you.get("goal", "").partition(BECAUSE)[2]
    if plainly or (re.search(r" and | these (?:two|three)\b", ask) and _POINTING.search(reason)):
        reason = ""  # it could be misunderstood, or speak of the wrong one of two requests
    if reason and rng.random() < MISTYPED:
        reason = mistype(reason, rng)
    greeting = rng.choice(_GREETINGS.get(manner, _GREETINGS["friendly"]))
    name = you["persona"].partition(",")[0].split()
    # The language of the country that the name is from, if its people are known here to greet in it.
    homes = (code for code in _AT_HOME if name[-1] in PEOPLE[code][1] and name[0] in PEOPLE[code][0])
    home = next(homes, "")
    if home and rng.random() < AT_HOME:
        greeting = f"{rng.choice(_AT_HOME[home]['greetings'])} "
    ways = _REQUESTS.get(manner, _REQUESTS["friendly"])
    # Whoever is in a hurry, or full of hope, says so once.
    heard = "hope" if "hope" in greeting else ":|quick" if re.search(":|hurry", greeting) else "$^"
    ways = [way for way in ways if not re.search(heard, way)]
    # `get me the list for me` is said by nobody, nor anything behind a long request.
    brief = len(ask.split()) < 9 and not re.search(r"\b(?:me|my|for)\b", ask)
    request = rng.choice([way for way in ways if brief or " for me" not in way]).format(ask=ask)
    if telling and rng.random() < CORRECTED and not plainly:
        details = correct_oneself(telling, details, rng)
    # A reason that speaks of `it` comes after what it is, one for the first of two requests before them.
    before = (rng.random() < 0.5 or " and " in ask) and not _POINTING.search(reason)
    parts = [_capitalise(part) for part in (reason if before else "", request, details) if part]
    parts += [reason] if reason and not before else []
    if home and rng.random() < AT_HOME:
        parts.append(rng.choice(_AT_HOME[home]["closings"]))
    elif manner in _CLOSINGS and rng.random() < THANKED:
        parts.append(rng.choice(_CLOSINGS[manner]))
    if greeting.endswith((", ", ": ")) and not re.match(r"I\b", parts[0]):
        parts[0] = parts[0][0].lower() + parts[0][1:]
    return f"{greeting}{' '.join(parts)}"


def _capitalise(text: str) -> str:
    return f"{text[:1].upper()}{text[1:]}"


def point_at(ask: str, reply: str) -> str:
    """The request with what heads the list called by its name, as the answer calls it, where it has one.

    >>> point_at("enrol the first student", "I see 2 students.\\n- **Théo Roux**: year 3\\n- **Léa Roux**")
    'enrol Théo Roux'
    >>> lists = "You have 2 lists:\\n- **Garden**: 3 open tasks\\n- **Home**: 1 open task"
    >>> point_at("tick off the first task", f"{lists}\\n\\nOf the 2 tasks, one is due:\\n- **Mow**: due\\n- **Dig**")
    'tick off the task "Mow"'
    """
    which = _FIRST.search(ask)
    if not which:
        return ask
    noun = which[1]
    last = noun.split()[-1]
    single = re.search(rf"\b(?i:one|only) (?:[a-z]+ )?{re.escape(last)}\b[^:\n]*: ([^(\n]{{2,60}}) \(", reply)
    # A line of a list that speaks of them, as of lists with so many open tasks, does not list them.
    # answers count the absences of those whom requests call people
    several = "people|absences" if last == "person" else re.escape(plural(last))
    listed = re.search(rf"(?m)^(?!- |\|).*?\b(?:{several})\b", reply)
    heads = _HEADS.search(reply, listed.end()) if listed else None
    # An answer may hold another list before or behind the one of these things.
    if heads and listed and re.search(r"\n\n[^|\n-]", reply[listed.end() : heads.start()]):
        heads = None
    single = single or re.search(rf"\b(?:{several}): ([A-Z0-9][^,.:\n]{{1,60}}?)(?:, | and )", reply)
    if not single and not heads:
        return ask
    name = (single[1] if single else heads[1] or heads[2] if heads else "").strip()
    if last in PERSONS or last == "person":
        called = name
    elif re.search(r"\d", name) and " " not in name:
        called = f"the {noun} {name}"
    else:
        called = f'the {noun} "{name}"'
    return f"{ask[: which.start()]}{called}{ask[which.end() :]}"


def name_each(ask: str, facts: Sequence[JsonObject]) -> str:
    """The request with each of the two or three things that it is about, where a few words say which they are.

    >>> cities = [{"name": "first city", "value": "Bonn"}, {"name": "second city", "value": "Oslo"}]
    >>> name_each("check the weather for these two cities", cities)
    'check the weather for the cities Bonn and Oslo'
    """
    rows: dict[str, list[JsonObject]] = {}
    for fact in facts:
        tag, _, base = fact["name"].partition(" ")
        if tag in ORDINALS:
            rows.setdefault(base, []).append(fact)
    for base, row in rows.items():
        things = "|".join(map(re.escape, names_of_several(base)))
        several = re.search(rf"\b(?:these|the) (?:two|three) ((?:[A-Za-z-]+ )*?(?:{things}))\b", ask)
        clause = tell_together(base, [fact.get("spoken") or fact["value"] for fact in row]) if several else ""
        _, _, values = clause.partition(" are ")
        if several and values and len(values) <= BRIEF:
            return f"{ask[: several.start()]}the {several[1]} {values}{ask[several.end() :]}"
    return ask


def react(reply: str, rng: Random, kind: str = "") -> str:
    """What somebody says to an answer before they go on: to bad news otherwise than to a list or a thing done."""
    kind = kind or next((kind for kind, pattern in _KINDS.items() if pattern.search(reply)), "record")
    if rng.random() < SILENT:
        return ""
    first, then = _OPENINGS.get(kind, ([], []))
    paired = bool(first) and rng.random() < 0.5
    text = f"{rng.choice(first)}, {rng.choice(then)}" if paired else rng.choice(_REACTIONS[kind])
    end = "" if text.endswith((".", "!", "?")) else "!" if kind == "done" and rng.random() < 0.4 else "."
    return f"{text}{end} "


def mistype(text: str, rng: Random) -> str:
    """The text with two letters of one plain word in the wrong order: nothing that anybody has to understand exactly.

    >>> mistype("The team is waiting for me.", Random(1))
    'The team is wiating for me.'
    """
    places = [match for match in re.finditer(r"\b[a-z]{5,}\b", text) if len(set(match[0])) > 3]
    if not places:
        return text
    match = rng.choice(places)
    at = match.start() + rng.randrange(1, len(match[0]) - 2)
    return f"{text[:at]}{text[at + 1]}{text[at]}{text[at + 2 :]}"


def correct_oneself(facts: Sequence[JsonObject], details: str, rng: Random) -> str:
    """The details with one value told wrongly first and put right at once, as people do."""
    for fact in facts:
        wrong = None if _PAGING & set(fact["name"].split()) else misremember(fact["value"], rng)
        if wrong is not None:
            name, right = fact["name"], speak_value(fact["value"], fact["name"])
            slip = f"The {name} is {speak_value(wrong, name)}. {rng.choice(_SLIPS)} the {name} is {right}."
            rest = _tell([other for other in facts if other is not fact], rng)
            return f"{rest} {slip}".strip()
    return details


def misremember(value: JsonValue, rng: Random) -> JsonValue:
    """A near miss of a day or a number; None for what nobody mixes up in passing."""
    if isinstance(value, str) and re.fullmatch(r"\d{4}-\d\d-\d\d", value):
        return (date.fromisoformat(value) + timedelta(days=rng.choice((-2, -1, 1, 7)))).isoformat()
    if isinstance(value, int) and not isinstance(value, bool) and 2 < value < 500:
        return value - 1 if value <= _FEW else value + rng.choice((-1, 1, 2))
    return None


def _tell(facts: Sequence[JsonObject], rng: Random, *, plainly: bool = False) -> str:
    """Facts in sentences of two or three clauses each."""
    clauses, rest = ([], list(facts)) if plainly else _tell_rows(facts)
    clauses += [
        clause
        for fact in rest
        for clause in tell_clauses(fact["name"], fact.get("spoken") or fact["value"], rng, plainly=plainly)
    ]
    sentences = []
    while clauses:
        size = 3 if len(clauses) == 3 else rng.choice((1, 2, 2))
        # `its city` belongs to the sentence that names what it is of.
        size += sum(clause.startswith(("its ", "their ")) for clause in clauses[size : size + 1])
        sentences.append(join_clauses(clauses[:size]))
        clauses = clauses[size:]
    return " ".join(sentences)


def _tell_rows(facts: Sequence[JsonObject]) -> tuple[list[str], list[JsonObject]]:
    """A clause for each row of a first, a second and so on of a kind, and the facts that belong to none."""
    rows: dict[str, list[JsonObject]] = {}
    for fact in facts:
        tag, _, base = fact["name"].partition(" ")
        if tag in ORDINALS and not isinstance(fact["value"], list | dict | bool):
            rows.setdefault(base, []).append(fact)
    clauses: list[str] = []
    for base, row in list(rows.items()):
        tags = [fact["name"].partition(" ")[0] for fact in row]
        whole = len(row) > 1 and tuple(tags) == ORDINALS[: len(tags)]
        clause = tell_together(base, [fact.get("spoken") or fact["value"] for fact in row]) if whole else ""
        if clause:
            clauses.append(clause)
        else:
            del rows[base]
    told = [fact["name"] for row in rows.values() for fact in row]
    return clauses, [fact for fact in facts if fact["name"] not in told]


def count_parts(facts: Sequence[JsonObject]) -> int:
    """How many values a person would have to say for these facts."""
    return sum(1 for fact in facts for _ in group_leaves(fact["name"], fact["value"]))
