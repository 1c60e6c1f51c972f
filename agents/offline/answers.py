"""What the offline assistant says when a turn's work is done: sentences, short lists, small tables."""

import re
from collections.abc import Sequence
from random import Random
from typing import Any, NamedTuple

from pydantic import JsonValue

from agents.offline import tasks
from agents.offline.phrases import only_looks, phrase_done, phrase_ways, turn_to_you
from agents.offline.policies import find_forbidding
from agents.offline.records import (
    describe_result,
    enumerate_parts,
    failure_of,
    is_nested,
    label_field,
    name_record,
    write_line,
)
from agents.offline.spoken import show_value
from agents.offline.subject import load_table
from agents.plan.json_paths import MISSING, leaves, value_at
from agents.plan.values import says
from agents.plan.values.answer import Answer
from agents.schema import JsonObject

_SENTENCES: dict[str, str] = load_table("talk")["tasks"]
_SUMMARIES = ("All done.", "Here is where things stand.", "That's all taken care of.")
_CANNOT = (
    "I'm sorry, that's something I can't do from here.",
    "I'm afraid that is outside of what I can do.",
    "Sorry, I have nothing here that could do that.",
    "I'd like to help, but none of my tools can do this.",
)
_MUST_NOT = (
    "I'm sorry, I can't do that. Our rules say: {rule}",
    "I'm afraid I have to decline this one, because of a rule that I'm bound by: {rule}",
    "Sorry, that's not possible here. The rule on it is clear: {rule}",
)
_ABLE = ("What I can do is {}.", "I could {} instead.", "Here I can only {}.")
_COULD_NOT = ("I could not {}: {}.", "Unfortunately I wasn't able to {}. The answer was: {}.")


class Call(NamedTuple):
    """A call of the assistant's and what came of it."""

    tool: str
    arguments: JsonObject
    ok: bool
    result: Any


class Report(NamedTuple):
    """What there is to tell of a turn."""

    plan: JsonObject
    turn: int
    results: dict[str, list[JsonValue]]
    calls: list[Call]
    functions: dict[str, JsonObject]


def refuse(system: str, messages: Sequence[JsonObject], tools: Sequence[JsonObject], rng: Random) -> str:
    """That no tool fits or a rule forbids it, and what there is instead."""
    functions = [tool["function"] for tool in tools if tool["function"]["name"] != "run_python"]
    phrases = (phrase_ways(function["name"], function.get("description") or "")[0] for function in functions[:3])
    ways = [turn_to_you(phrase) for phrase in phrases]
    asked_for = "\n".join(m["content"] for m in messages if m["role"] == "user")
    # Above the public prompt stand this agent's own instructions, which nobody is told.
    _, mark, public = system.partition("## Public system prompt")
    system = public if mark else system
    start = rng.choice(_CANNOT)
    able = rng.choice(_ABLE).format(enumerate_parts(ways, "or"))
    if rule := find_forbidding(asked_for, system):
        start = rng.choice(_MUST_NOT).format(rule=rule)
    return f"{start} {able}" if ways else start


def answer_turn(report: Report, rng: Random) -> str:
    """What was done in this turn and what came back, each step in the form that suits it."""
    steps = [step for step in report.plan["steps"] if step["turn"] == report.turn]
    parts = [part for step in steps for part in [_describe_step(report, step, rng)] if part]
    text = "\n\n".join(parts) or "There was nothing left to do for this."
    if len(parts) > 1 and rng.random() < 0.5:
        results = [report.results.get(step["id"]) for step in steps]
        smooth = all(some and not any(map(failure_of, some)) for some in results)
        headed = "\n" in parts[0] or ":" in parts[0]  # two headings in a row say the same twice
        text = f"{rng.choice(_SUMMARIES)}\n\n{text}" if smooth and not headed else text
    # What the checkpoints name is owed, also where the form of the answer had no place for it.
    missing = []
    for point in report.plan["checkpoints"]:
        if not point.get("path") or point["step"] not in {step["id"] for step in steps}:
            continue
        for result in report.results.get(point["step"], [])[:1]:
            value = value_at(result, point["path"])
            owed = [leaf for _, leaf in leaves(value) if leaf is not None] if value is not MISSING else []
            untold = [leaf for leaf in owed if str(leaf) not in text and says(text, leaf) is not Answer.SAYS]
            missing += [f"{label_field(point['path'])} {leaf}" for leaf in untold]
    return f"{text}\n\nFor reference: {', '.join(missing)}." if missing else text


def _describe_step(report: Report, step: JsonObject, rng: Random) -> str:
    """What a step brought, or why it brought nothing."""
    written = step["arguments"].get("code", {}).get("task", "")
    results = report.results.get(step["id"], [])
    function = report.functions[step["tool"]]
    phrase = phrase_ways(step["tool"], function.get("description") or "")[0]
    if not results:
        return _explain_nothing(report, step, written or phrase, rng)
    if written:
        return answer_task(written, str(value_at(results[0], "result")))
    reading = only_looks(phrase)
    texts = []
    for result in results:
        same = [args for tool, args, ok, value in report.calls if tool == step["tool"] and ok and value == result]
        arguments = same[0] if same and isinstance(same[0], dict) else {}
        texts.append(describe_result(result, step["tool"], phrase, arguments, reading=reading, rng=rng))
    if len(texts) == 1:
        return texts[0]
    if not reading and step.get("repeat") and not any(map(failure_of, results)):
        source = step["repeat"]
        listed = value_at(report.results.get(source["step"], [None])[0], source["path"])
        names = [name_record(item) for item in listed[: len(results)]] if isinstance(listed, list) else []
        fresh = [text.partition(". ")[2] for text in texts]
        each = re.sub(r" (?:for|of|in|on|from) (?:an?|the) [a-z]+$", "", phrase_done(phrase))
        done = f"I've {each} for each of them: {enumerate_parts(names, 'and')}."
        # What each call brought beside its being done is told with the name that it belongs to.
        more = [f"- {name}: {text}" for name, text in zip(names, fresh, strict=False) if text]
        return "\n".join([done, *more]) if all(names) and names else done
    flat_records = [
        result for result in results if isinstance(result, dict) and not any(map(is_nested, result.values()))
    ]
    if reading and step.get("repeat") and len(flat_records) == len(results):
        return "One by one:\n" + "\n".join(f"- {write_line(result)}" for result in flat_records)
    if any("\n" in text for text in texts):
        return "\n\n".join(texts)
    return "\n".join(f"{n}. {text}" for n, text in enumerate(texts, 1))


def _explain_nothing(report: Report, step: JsonObject, phrase: str, rng: Random) -> str:
    """Why a step has no result: it failed, its condition did not hold, there was nothing to do it for."""
    phrase = turn_to_you(phrase)
    errors = [result["error"]["message"] for tool, _, ok, result in report.calls if tool == step["tool"] and not ok]
    if errors:
        problem = str(errors[-1]).strip().splitlines()[-1].rstrip(".")
        return rng.choice(_COULD_NOT).format(phrase, problem)
    when = step.get("when")
    if when and when["step"] in report.results:
        seen = value_at(report.results[when["step"]][0], when["path"])
        if seen is not MISSING:
            hoped = show_value(when["equals"])
            return f"The {label_field(when['path'])} is {show_value(seen)} and not {hoped}, so I did not {phrase}."
    if step.get("repeat"):
        return f"There was nothing to {phrase.removeprefix('show you ')} here, so I left that out."
    return f"I did not {phrase}, as it was not needed."


def answer_task(task: str, result: str) -> str:
    """What code worked out, said as the answer to what was asked."""
    kind = tasks.read(task)
    text = result.rstrip(".")
    return f"{_SENTENCES[kind.kind].format(**kind.fields)} {text}." if kind else f"The result: {text}."
