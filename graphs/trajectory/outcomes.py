"""What an answer says of the calls before it: a failure is not called done, and a text that came back is told."""

import re
from collections.abc import Iterable, Iterator

from agents.schema import FromCode, FromItem, FromStep, Observation, Origin, flow
from agents.schema import words as split_words
from graphs.trajectory.case import Case, Finding, normal, normal_text

DONE = re.compile(
    r"\b(done|all set|completed?|success(?:ful(?:ly)?)?|taken care of|ha(?:s|ve) been|i've|is now|finished|created)\b"
)
# `7 are done, 5 open`: a state that things are in, which says nothing of what was called just now
COUNTED = re.compile(
    r"\b(?:\d[\d.]*|two|three|four|five|six|seven|eight|nine|ten|none|some|most|several) "
    r"(?:of (?:them|the [a-z]+|your [a-z]+) |(?!and |then |but |so |ha(?:s|ve) |been )[a-z]+ ){0,2}"
    r"(?P<state>done|completed?|finished|created|success(?:ful|es)?)\b"
    r"|\b(?P<key>done|completed?|finished|created|successful)(?:: \d[\d.]*| \(\d[\d.]*\))"
)
# any admission will do: only an answer that hides the failure altogether is a certain fault
ADMITS = re.compile(
    r"\b(could not|couldn't|can ?not|can't|unable|fail(?:s|ed|ure)?|error|unfortunately|sorry|did not|didn't|no longer"
    r"|not (?:possible|found|available|allowed|done|completed?|success\w*|able|go through)|was not|wasn't|unavailable"
    r"|refused|denied|problem|there (?:is|was|are) no|nothing|no such"
    r"|(?:none|0|no)(?: [a-z]+){0,3} (?:is|are|was|were|ha(?:s|ve) been) [a-z]+)\b"
)
IRREGULAR = {
    "send": "sent", "make": "made", "set": "set", "put": "put", "build": "built", "write": "written", "buy": "bought",
    "pay": "paid", "take": "taken", "give": "given", "begin": "begun", "withdraw": "withdrawn", "undo": "undone",
    "hold": "held", "cut": "cut", "split": "split", "reset": "reset", "rebuild": "rebuilt", "run": "run",
}  # fmt: skip
"""Verb of a tool's name -> what its object then is."""
TELLING = re.compile(r"[^\W_]*\d[\w.:/-]*|[^\W\d_]{4,}")
"""Numbers, identifiers and the longer words of a text."""


def check_failures(case: Case, origins: dict[str, Observation]) -> Iterator[Finding]:
    """An answer that says that something is done, and nothing of a call that failed before it and was not mended."""
    failed: dict[str, str] = {}
    names = {call.id: call.name for call in case.calls}
    for message in case.messages:
        if message["role"] == "user":
            # what failed in an earlier turn, that turn's answer was to tell
            failed.clear()
        elif message["role"] == "tool" and message["tool_call_id"] in names:
            call_id = message["tool_call_id"]
            failed.pop(names[call_id], None)
            if not origins[call_id].ok:
                failed[names[call_id]] = call_id
            else:  # a name that no tool has is mended by whatever then succeeds
                failed = {name: failed_id for name, failed_id in failed.items() if name in case.cluster.by_name}
        elif failed and message["role"] == "assistant" and not message.get("tool_calls"):
            words = normal(message["content"] or "").replace("’", "'")
            by_name = case.cluster.by_name
            changed = [name for name in failed if name in by_name and not by_name[name].reads]
            if claims_success(words, changed) and not ADMITS.search(words):
                yield Finding("failure", f"{', '.join(failed.values())} failed and the answer says that it is done")


def claims_success(answer: str, changes: Iterable[str]) -> bool:
    """Whether a normalised answer says that something is done; `changes` are the failed tools that change something.

    How many things are in a state is no such claim, unless the state is what a failed call should have brought about.

    >>> claims_success("7 tasks are done, 5 are open.", ["import_rows"])
    False
    >>> claims_success("1250 rows were imported.", ["import_rows"])
    True
    """
    states = set[str]()
    for verb in (verb for name in changes for verb in split_words(name)[:3]):
        # what a thing is after it: `imported`, `copied`, `stopped`
        stem = verb[:-1] if verb.endswith("e") else verb
        consonant = verb.endswith("y") and verb[-2:-1] not in "aeiou"
        regular = [f"{verb[:-1]}ied"] if consonant else [f"{stem}ed", f"{verb}{verb[-1]}ed"]
        states.update([IRREGULAR[verb]] if verb in IRREGULAR else regular)
    told = COUNTED.sub(lambda match: match[0] if (match["state"] or match["key"]) in states else " ", answer)
    if DONE.search(told):
        return True
    ways = "|".join(map(re.escape, sorted(states)))
    act = rf"\b(?:is|are|was|were|been|got|i|we|\d[\d.]*(?: [a-z]+)?)(?: now| all| both| [a-z]+ly)? (?:{ways})\b"
    return bool(states and re.search(act, answer))


def check_texts(case: Case, origins: dict[str, Observation]) -> Iterator[Finding]:
    """A text that a live server returned to a last step, and of which no answer says anything.

    Texts are told in other words or in part; only where no number and no word of one is said was it surely not told.
    """
    if not any(origin.origin is Origin.MCP for origin in origins.values()):
        return
    # the steps whose result no other step takes
    steps, heard = case.blueprint.steps, set[str]()
    sources = [source for step in steps for argument in step.arguments.values() for source in flow(argument)]
    read = {source.step for source in sources if isinstance(source, FromStep | FromCode)}
    read |= {step.repeat.step for step in steps if step.repeat and any(isinstance(s, FromItem) for s in sources)}
    last = {step.tool for step in steps if step.id not in read}
    calls = {call.id: call for call in case.calls}
    answers = "\n".join(message["content"] or "" for message in case.messages if message["role"] == "assistant")
    said = set(TELLING.findall(normal(answers)))
    for message in case.messages:
        fresh = set(TELLING.findall(normal_text(message))) - heard
        call = calls.get(message.get("tool_call_id", ""))
        origin = origins[call.id] if call else None
        live = call and origin and call.name in last and origin.origin is Origin.MCP and origin.ok
        numbered = any(character.isdigit() for token in fresh for character in token)
        if call and live and isinstance(case.observed[call.id], str) and numbered and not fresh & said:
            yield Finding("told", f"nothing of the text that {call.id} returned is told")
        heard |= fresh
