"""Whether a call or an answer has a value that nobody said: certain faults, and claims where the rules cannot tell.

Looked at when a message is made, while mending is cheap, and once more at the end.
"""

import ast
import re
from collections.abc import Iterator
from contextlib import suppress
from operator import is_
from typing import Any, NamedTuple

from agents.plan.code_tool import SERVICE
from agents.plan.json_paths import leaves, schema_at
from agents.plan.values import Answer, read
from agents.roles.soundness import is_constant
from agents.schema import Blueprint, Cluster
from agents.teacher.request import Message
from graphs.trajectory.case import Call, Case, Finding, Heard, contest, make_claim

LOOKS = 2048
"""Messages whose looks are kept; with more in flight they are looked at again."""
FREE_TEXT_WORDS = 6
"""A string of at least so many words is composed text (a mail's body): only what it identifies is looked at."""
IDENTIFIER = re.compile(r"[A-Za-z]+[-_]\d{2,}\w*|\d{4}-\d\d-\d\d\S*|\d{5,}")
"""What in code is an id or a date; other literals are the author's own: names, formats, thresholds."""
NAMED_ID = re.compile(r"\b[A-Za-z]{1,8}[-_]?\d{3,}\w*\b|\b[\w.+-]+@[\w-]+\.[\w.]+\b")
"""Ids and addresses in running text."""
CALLED_ID = re.compile(r"\bID\b[\s:*`#]{1,5}(\d{3,})(?![\w-]|[.,]\d)", re.IGNORECASE)
"""A bare number that is called an id: unlike other numbers it cannot have been worked out."""


class Look(NamedTuple):
    """What the rules say of one message's calls and words, and of which conversation."""

    blueprint: Blueprint
    cluster: Cluster
    messages: tuple[Message, ...]
    """Those before it, and it."""
    calls: list[Finding]
    words: list[Finding]

    def is_of(self, case: Case, messages: tuple[Message, ...]) -> bool:
        """Whether it was the very same conversation."""
        same = self.blueprint is case.blueprint and self.cluster is case.cluster
        return same and len(self.messages) == len(messages) and all(map(is_, self.messages, messages))


_looks: dict[int, Look] = {}
"""By the message's id, the latest: a message is looked at when it is made, and once more at the end."""


def look(case: Case, place: int) -> Look:
    """What is wrong with the calls and the words of the assistant's message at that place."""
    messages = tuple(case.messages[n] for n in range(place + 1))
    # popped: the second look at a message is its last
    earlier = _looks.pop(id(messages[-1]), None)
    if earlier and earlier.is_of(case, messages):
        return earlier
    heard = case.hear_before(place)
    calls, words = list(_check_calls(case, place, heard)), list(_check_words(case, place, heard))
    fresh = _looks[id(messages[-1])] = Look(case.blueprint, case.cluster, messages, calls, words)
    if len(_looks) > LOOKS:
        del _looks[next(iter(_looks))]
    return fresh


def _check_calls(case: Case, place: int, heard: Heard) -> Iterator[Finding]:
    """Every id, name, number and date of the calls in the message at that place was told or returned before it."""
    for call in case.calls:
        for path, value in _list_values(case, call) if call.place == place else ():
            schema = schema_at(case.schema(call.name), path)
            if is_constant(value, schema):  # the tool itself fixes it
                continue
            if isinstance(value, str) and len(value.split()) >= FREE_TEXT_WORDS:
                for named in dict.fromkeys(NAMED_ID.findall(value)):
                    if heard.answer(named) is Answer.DOES_NOT:
                        detail = f"{call.id} {path} names {named!r}, which was neither told nor returned before"
                        text = f"{call.id} calls {call.name} with {path} that names {named!r}, which was said before"
                        yield contest("leak", detail, text, named, call.place)
                continue
            answer = heard.answer(value, schema)
            text = f"{call.id} calls {call.name} with {path} = {value!r}, which follows from what was said before"
            if answer is Answer.DOES_NOT:
                detail = f"{call.id} {path} = {value!r} was neither told nor returned before"
                yield contest("leak", detail, text, value, call.place)
            if answer is Answer.CANNOT_TELL:
                yield make_claim(text, value, call.place)


def _list_values(case: Case, call: Call) -> Iterator[tuple[str, Any]]:
    """What a call says, by path; of code the literals that are an id or a date."""
    tools = case.cluster.by_name
    if call.name not in tools or tools[call.name].service != SERVICE:
        yield from leaves(call.arguments)
        return
    with suppress(SyntaxError, ValueError):  # code that cannot be read says nothing; it was refused or failed
        for node in ast.walk(ast.parse(str(call.arguments.get("code")))):
            if isinstance(node, ast.Constant) and IDENTIFIER.fullmatch(str(node.value)):
                yield f"code line {node.lineno}", node.value


def _check_words(case: Case, place: int, heard: Heard) -> Iterator[Finding]:
    """An answer's ids, addresses and dates were said before it, and nobody is called by a name not yet told."""
    message = case.messages[place]
    words = message["content"] or ""
    if message["role"] != "assistant" or not words.strip():
        return
    for named in dict.fromkeys(NAMED_ID.findall(words) + CALLED_ID.findall(words)):
        # where its letters stand inside something longer, it is not certainly new
        if heard.answer(named) is Answer.DOES_NOT and named.lower() not in heard.text.lower():
            detail = f"the assistant says {named!r}, which was neither told nor returned before"
            text = f"the assistant's answer names {named!r}, which follows from what was said before"
            yield contest("grounding", detail, text, named, place)
    for mention in read(words).dates:
        days = [f"{year:04}-{month:02}-{day:02}" for year, month, day in mention.readings if year and month and day]
        if days and all(heard.answer(day) is not Answer.SAYS for day in days):
            text = f"the assistant's answer names the day {days[0]}, which follows from what was said before"
            yield make_claim(text, days[0], place)
    yield from _check_persona(case, heard, words, place)


def _check_persona(case: Case, heard: Heard, text: str, place: int) -> Iterator[Finding]:
    """The person's name, which the assistant cannot know before somebody says it."""
    name = case.blueprint.persona.partition(",")[0].split()
    if not 1 <= len(name) <= 4 or not all(part[:1].isupper() for part in name):
        return
    for part in name:
        # initials and particles such as `de` may stand in any text
        if len(part) < 3 or part not in text:
            continue
        # At the start of a sentence a name may be a plain word, unless a comma shows that someone is spoken to.
        used = re.search(rf"(?<=[\w,] ){re.escape(part)}\b(?! ?-)|\b{re.escape(part)},", text)
        if used and not re.search(rf"\b{re.escape(part)}", heard.text, re.IGNORECASE):
            detail = f"the assistant calls the user {part!r} before anybody said the name"
            claim = f"the assistant calls the user {part!r}, a name that was said before"
            yield contest("grounding", detail, claim, part, place)
            return
