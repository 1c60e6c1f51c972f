"""The offline QualityAgent: a verdict from reading the transcript, not from what the graph knows."""

import re
from collections.abc import Sequence
from random import Random

import orjson

from agents.offline.judge.coherence import check_lists, check_records, check_results, check_sums
from agents.offline.judge.evidence import (
    check_answers,
    check_arguments,
    check_goal,
    check_policy,
    check_talk,
    check_telling,
    pair_calls,
)
from agents.offline.judge.statements import check_statements
from agents.schema import JsonObject

Message = JsonObject
_PRAISE = (
    "The request was met in {n} call{s}, and the answer tells what came back.",
    "Every value was told or returned before it was used; nothing that was asked for is left out.",
    "The results fit what was looked for and agree with each other, and the user was told so.",
)
_RUBRIC = ("task_completion", "tool_use", "grounding", "coherence", "naturalness")


def transcribe(messages: Sequence[Message]) -> list[Message]:
    """The conversation with the public system prompt alone, and with arguments and results as JSON."""
    public = str(messages[0]["content"]).partition("\n## Public system prompt\n")[2].partition("\n\n## Plan\n")[0]
    transcript: list[Message] = [{"role": "system", "content": public}]
    for message in messages[1:]:
        if message["role"] == "tool":
            result = orjson.loads(message["content"])
            transcript.append({"role": "tool", "id": message["tool_call_id"], "result": result})
            continue
        calls = [
            {"id": call["id"], "name": function["name"], "arguments": orjson.loads(function["arguments"])}
            for call in message.get("tool_calls") or ()
            for function in [call["function"]]
        ]
        spoken = {"role": message["role"], "content": message.get("content") or ""}
        transcript.append({**spoken, "calls": calls} if calls else spoken)
    return transcript


def complete(
    case: JsonObject, plan: JsonObject, tools: Sequence[JsonObject], transcript: Sequence[Message]
) -> JsonObject:
    """The case with the plan's steps, and the tools' descriptions where one of them was called or none was."""
    called = {call["name"] for message in transcript for call in message.get("calls", ())}
    functions = [tool["function"] for tool in tools]
    texts = {f["name"]: f["description"][:200] if f["name"] in called or not called else "" for f in functions}
    return {"facts": {}, **case, "steps": plan["steps"], "tools": texts}


def verdict(case: JsonObject, transcript: Sequence[Message], rng: Random) -> JsonObject:
    """Scores that fall with each complaint, and the role of the worst one."""
    exchanges = pair_calls(case, transcript)
    complaints = [
        *check_goal(case, transcript, exchanges),
        *check_arguments(case, transcript, exchanges),
        *check_results(exchanges),
        *check_lists(exchanges),
        *check_sums(exchanges),
        *check_records(exchanges),
        *check_answers(case, transcript, exchanges),
        *check_statements(case, transcript, exchanges),
        *check_telling(case, transcript, exchanges),
        *check_policy(transcript, exchanges),
        *check_talk(case, transcript, exchanges),
    ]
    scores = dict.fromkeys(_RUBRIC, 5)
    # What is merely less than perfect: stiff requests, long answers, a call that was tried twice.
    users = [m["content"] for m in transcript if m["role"] == "user"]
    recited = sum(len(re.findall(r"\b[Tt]he [\w' ]+? (?:is|are|should be)\b", text)) for text in users)
    answers = [m["content"] for m in transcript if m["role"] == "assistant" and not m.get("calls")]
    if recited > 4:
        scores["naturalness"] = 4 - (recited > 8)
    if max((len(text.split()) for text in answers), default=0) > 350:
        scores["naturalness"] = min(4, scores["naturalness"])
    if any(not exchange.ok for exchange in exchanges):
        scores["tool_use"] = 4
    if len(exchanges) > 6:
        scores["coherence"] = 4
    for complaint in complaints:
        scores[complaint.aspect] = max(1, scores[complaint.aspect] - complaint.weight)
    reasons = "; ".join(complaint.seen for complaint in complaints[:3])
    worst = max(complaints, key=lambda complaint: complaint.weight, default=None)
    blame = worst.role if worst and min(scores.values()) <= 3 else "none"
    praise = rng.choice(_PRAISE).format(n=len(exchanges), s="s" * (len(exchanges) != 1)) if not reasons else ""
    return {"scores": scores, "blame": blame, "reasons": reasons or praise}
