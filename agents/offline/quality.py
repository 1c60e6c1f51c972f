"""The offline QualityAgent: a verdict from reading the transcript, not from what the graph knows."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from random import Random
from typing import Any

import orjson

from agents.offline.world import identifies, iter_objects, scalars
from agents.plan.json_paths import leaves
from agents.schema import words

Message = dict[str, Any]


def verdict(case: dict[str, Any], transcript: Sequence[Message], rng: Random) -> dict[str, Any]:
    """Scores that fall with each complaint, and the role of the worst one."""
    complaints = list(_complaints(case, transcript))
    scores = {name: 5 - (rng.random() < 0.25) for name in _RUBRIC}
    for aspect, _, _ in complaints:
        scores[aspect] = max(1, scores[aspect] - 3)
    reasons = "; ".join(text for _, _, text in complaints[:3])
    blame = complaints[0][1] if complaints else "none"
    return {"scores": scores, "blame": blame, "reasons": reasons or "Goal met, values grounded, observations agree."}


_RUBRIC = ("task_completion", "tool_use", "grounding", "coherence", "naturalness")


def _complaints(case: dict[str, Any], transcript: Sequence[Message]) -> Iterator[tuple[str, str, str]]:
    """(aspect, blamed role, what was seen)."""
    calls = [call for m in transcript for call in m.get("calls", ())]
    results = [m["result"] for m in transcript if m["role"] == "tool"]
    yield from _completion(case, transcript, calls, results)
    yield from _grounding(case, transcript)
    yield from _contradictions(case, calls, results)
    for (name, _), times in Counter((call["name"], orjson.dumps(call["arguments"])) for call in calls).items():
        if times > 2:
            yield "tool_use", "assistant", f"{name} is called {times} times with the same arguments"
    spoken = " ".join(m["content"] for m in transcript if m["role"] == "user")
    for name in case["tools"]:
        if re.search(r"[_-]|[a-z][A-Z]", name) and name in spoken:
            yield "naturalness", "user", f"the user speaks of the tool {name}"


def _completion(
    case: dict[str, Any], transcript: Sequence[Message], calls: Sequence[dict[str, Any]], results: Sequence[Any]
) -> Iterator[tuple[str, str, str]]:
    last = transcript[-1]
    if last["role"] != "assistant" or not last["content"].strip() or last.get("calls"):
        yield "task_completion", "assistant", "the conversation ends without an answer"
    worked = {call["name"] for call, result in zip(calls, results, strict=False) if not _failed(result)}
    for step in case["steps"]:
        if not step.get("when") and step["tool"] not in worked:
            yield "task_completion", "assistant", f"{' '.join(words(step['tool']))} was never done"
    for name in {call["name"] for call in calls} - set(case["tools"]):
        yield "tool_use", "assistant", f"{name} is no tool of this conversation"


def _failed(result: Any) -> bool:
    return isinstance(result, dict) and set(result) == {"error"}


def _grounding(case: dict[str, Any], transcript: Sequence[Message]) -> Iterator[tuple[str, str, str]]:
    """Tokens with a digit in calls and answers that nobody told or returned before."""
    fixed = [str(given.get("value")) for step in case["steps"] for given in step["arguments"].values()]
    known = " ".join([*case["tools"], *(" ".join(words(name)) for name in case["tools"]), *fixed]).lower()
    for message in transcript:
        claimed = [_claim(case, call["name"], call["arguments"]) for call in message.get("calls", ())]
        if message["role"] == "assistant":
            said = [token for _, value in leaves(claimed) for token in _tokens(str(value))]
            said += _tokens(re.sub(r"\(\d+ of \d+\)", "", message["content"])) if not claimed else []
            for token in dict.fromkeys(said):
                if token not in known:
                    yield "grounding", "assistant", f"{token} was neither told nor returned"
        heard = orjson.dumps(message["result"]).decode() if message["role"] == "tool" else message["content"]
        known += " " + heard.lower()


def _claim(case: dict[str, Any], name: str, arguments: Any) -> Any:
    """What a call claims to know; of code the ids and dates alone, for its numbers may be its own."""
    if any(step["tool"] == name and "task" in step["arguments"].get("code", {}) for step in case["steps"]):
        return re.findall(r"[A-Za-z]+-\d{2,}|\d{4}-\d\d-\d\d", str(arguments.get("code")))
    return arguments


def _tokens(text: str) -> list[str]:
    return [token.strip(".-:/") for token in re.findall(r"[\w.:/-]*\d[\w.:/-]*", text.lower()) if len(token) > 2]


def _contradictions(
    case: dict[str, Any], calls: Sequence[dict[str, Any]], results: Sequence[Any]
) -> Iterator[tuple[str, str, str]]:
    """The same identified record told in two ways by two reads with no other call between them that writes."""
    seen: dict[str, dict[str, Any]] = {}
    for call, result in zip(calls, results, strict=False):
        if not _reads(call["name"]):
            seen.clear()
        for entity in iter_objects(result):
            named = next((f"{k}={v}" for k, v in entity.items() if identifies(k, v)), "")
            facts = {key: value for key, value in scalars(entity).items() if f"{key}={value}" != named}
            for key, value in seen.get(f"{call['name']}{named}", {}).items() if named else ():
                if facts.get(key, value) != value:
                    yield "coherence", "observation", f"{named} has {key} {value!r}, then {facts[key]!r}"
            if named:
                seen.setdefault(f"{call['name']}{named}", {}).update(facts)


def _reads(name: str) -> bool:
    return words(name)[:1] in (["get"], ["list"], ["search"], ["find"], ["read"], ["fetch"], ["check"], ["query"])
