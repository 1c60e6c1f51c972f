"""What an answer says of the calls before it: a failure is not called done, and a text that came back is told."""

import re
from collections.abc import Iterator

from agents.schema import FromCode, FromItem, FromStep, Observation, Origin, flow
from graphs.trajectory.case import Case, Finding, normal, normal_text

DONE = re.compile(
    r"\b(done|all set|completed?|success(?:ful(?:ly)?)?|taken care of|ha(?:s|ve) been|i've|is now|finished|created)\b"
)
# any admission will do: only an answer that hides the failure altogether is a certain fault
ADMITS = re.compile(
    r"\b(could not|couldn't|can ?not|can't|unable|fail(?:s|ed|ure)?|error|unfortunately|sorry|did not|didn't|no longer"
    r"|not (?:possible|found|available|allowed|done|completed?|success\w*|able|go through)|was not|wasn't|unavailable"
    r"|refused|denied|problem|there (?:is|was|are) no|nothing|no such)\b"
)
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
            failed |= {} if origins[call_id].ok else {names[call_id]: call_id}
        elif failed and message["role"] == "assistant" and not message.get("tool_calls"):
            words = normal(message["content"] or "").replace("’", "'")
            if DONE.search(words) and not ADMITS.search(words):
                yield Finding("failure", f"{', '.join(failed.values())} failed and the answer says that it is done")


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
