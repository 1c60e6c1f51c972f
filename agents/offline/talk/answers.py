"""What the offline assistant says when a turn's work is done: sentences, short lists, small tables."""

import re
from collections.abc import Sequence
from itertools import groupby, zip_longest
from random import Random
from typing import Any, NamedTuple

import orjson
from pydantic import JsonValue

from agents.offline.plans.repertoire import speaks
from agents.offline.speech.spoken import show_value
from agents.offline.talk.clauses import note_record, say_field
from agents.offline.talk.listings import Telling
from agents.offline.talk.phrases import can_be_asked_for, phrase_of, phrase_ways
from agents.offline.talk.records import (
    collect_names,
    describe_change,
    describe_read,
    failure_of,
    name_subject,
    note_result,
    say_outcome,
)
from agents.offline.talk.telling import capitalise, enumerate_parts, is_aside, label_field, name_record
from agents.offline.talk.wording import only_looks, phrase_done, turn_to_you
from agents.offline.trade import tasks
from agents.offline.trade.policies import find_forbidding
from agents.offline.trade.subject import load_table
from agents.plan.json_paths import MISSING, leaves, value_at
from agents.plan.values import says
from agents.plan.values.answer import Answer
from agents.schema import JsonObject, singular, words

_SENTENCES: dict[str, str] = load_table("talk")["tasks"]
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
_ABLE = ("What I can do is {}.", "All I can do here is {}.", "Here I can only {}.")
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
    plain = [function for function in functions if can_be_asked_for(function)]
    able_to = ([function for function in plain if speaks({"service": "", **function})] or plain)[:3]
    ways = list(dict.fromkeys(turn_to_you(phrase_of(function)) for function in able_to))
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
    # A list that was only made to do something for each of it is told with what was done.
    spread = {step["repeat"]["step"] for step in steps if step.get("repeat") and report.results.get(step["id"])}
    texts: list[str] = []
    # What was asked for twice in one breath is told once.
    calls = [
        (step["tool"], step["arguments"].get("code"), orjson.dumps(report.results.get(step["id"], step["id"])))
        for step in steps
    ]
    steps = [step for n, step in enumerate(steps) if calls[n] not in calls[:n]]
    for _, group in groupby((step for step in steps if step["id"] not in spread), key=lambda step: step["tool"]):
        alike = list(group)
        texts += _compare_steps(report, alike) or [_describe_step(report, step, rng) for step in alike]
    text = "\n\n".join(filter(None, texts))
    if not text:
        tools = {step["tool"]: report.functions[step["tool"]].get("description") or "" for step in steps}
        ways = [turn_to_you(phrase_ways(tool, description)[0]) for tool, description in tools.items()]
        tried = f"I tried to {enumerate_parts(ways, 'and')}, but what came back is empty."
        text = tried if ways else "There was nothing left to do for this."
    # What the checkpoints name is owed, also where the form of the answer had no place for it.
    missing = []
    for point in report.plan["checkpoints"]:
        if not point.get("path") or point["step"] not in {step["id"] for step in steps}:
            continue
        for result in report.results.get(point["step"], [])[:1]:
            value = value_at(result, point["path"])
            owed = [leaf for _, leaf in leaves(value) if leaf is not None] if value is not MISSING else []
            plain = [leaf for leaf in owed if not re.search(rf"(?<!\w){re.escape(str(leaf))}(?!\w)", text)]
            untold = [leaf for leaf in plain if says(text, leaf) is not Answer.SAYS]
            key = point["path"].rpartition(".")[2].split("[")[0]
            missing += [f"{capitalise(say_field(key, leaf, {}))}." for leaf in untold]
    return f"{text} {' '.join(missing)}" if missing else text


def _describe_step(report: Report, step: JsonObject, rng: Random) -> str:
    """What a step brought, or why it brought nothing."""
    written = step["arguments"].get("code", {}).get("task", "")
    results = report.results.get(step["id"], [])
    function = report.functions[step["tool"]]
    phrase = phrase_ways(step["tool"], function.get("description") or "")[0]
    if not results:
        return _explain_nothing(report, step, written or phrase, rng)
    if written:
        return answer_task(written, str(value_at(results[0], "result")), _find_ties(report, step))
    tellings = _prepare(report, step)
    reading = only_looks(phrase)
    describe = describe_read if reading else describe_change
    if len({orjson.dumps(result) for result in results}) == 1:  # the same for each is told once
        return describe(results[0], tellings[0], rng)
    source = step.get("repeat")
    if not source or any(map(failure_of, results)):
        texts = [describe(result, telling, rng) for result, telling in zip(results, tellings, strict=True)]
        return "\n\n".join(texts)
    listed = value_at(report.results.get(source["step"], [None])[0], source["path"])
    items = listed if isinstance(listed, list) else []
    names = [name_record(item) for item in items[: len(results)]]
    if reading:
        flat = all(isinstance(result, dict) and not any(map(_is_listing, result.values())) for result in results)
        # Whoever a line is headed by is not named in it again.
        shown = [
            {key: value for key, value in result.items() if value != name} if isinstance(result, dict) else result
            for name, result in zip(names, results, strict=False)
        ]
        told = [note_result(result, telling) for result, telling in zip(shown, tellings, strict=False)] if flat else []
        if all(told) and all(names) and told:
            lines = zip(names, items, results, told, strict=False)
            return "\n".join(
                f"- **{name}**{add_listed(item, name, result)}: {text}" for name, item, result, text in lines
            )
        texts = [describe(result, telling, rng) for result, telling in zip(results, tellings, strict=True)]
        pairs = zip_longest(names, texts, fillvalue="")
        texts = [text if not name or name in text else f"**{name}**: {text}" for name, text in pairs if text]
    elif not all(names):
        texts = [describe(result, telling, rng) for result, telling in zip(results, tellings, strict=True)]
    else:
        outcomes = [say_outcome(result, telling) for result, telling in zip(results, tellings, strict=True)]
        each = re.sub(r" (?:for|of|in|on|from) (?:an?|the) [a-z]+$", "", phrase_done(phrase))
        done = f"I've {each} for each of them: {enumerate_parts(names, 'and')}."
        texts = [done, *(f"- {name}: {text}" for name, text in zip(names, outcomes, strict=False) if text)]
    left = len(items) - len(results)
    more = [f"There are {left} more in the list, which I left as they are."] if left > 0 and not reading else []
    return ("\n" if not reading else "\n\n").join([*texts, *more])


def add_listed(item: JsonValue, name: str, result: JsonValue) -> str:
    """In brackets, what the list says of one of its things and the look at it does not."""
    if not isinstance(item, dict) or not isinstance(result, dict):
        return ""
    rest = {key: value for key, value in item.items() if key not in result and str(value) != name}
    rest = {key: value for key, value in rest.items() if not is_aside(key, value)}
    text = note_record(rest, most=3)
    return f" ({text})" if text else ""


def _prepare(report: Report, step: JsonObject) -> list[Telling]:
    """What each result of the step is told with."""
    function = report.functions[step["tool"]]
    phrase = phrase_ways(step["tool"], function.get("description") or "")[0]
    owed = [point.get("path") or "" for point in report.plan["checkpoints"] if point["step"] == step["id"]]
    asked = frozenset(words(" ".join([phrase, *owed])))
    called = collect_names(call.result for call in report.calls if call.ok)
    reads = [read for other in report.plan["steps"] for read in other["arguments"].get("code", {}).get("reads", ())]
    worked = any(read.get("step") == step["id"] for read in reads)
    tellings = []
    for result in report.results.get(step["id"], []):
        same = [args for tool, args, ok, value in report.calls if tool == step["tool"] and ok and value == result]
        arguments = same[0] if same and isinstance(same[0], dict) else {}
        tellings.append(Telling(step["tool"], phrase, arguments, asked, called, worked))
    return tellings


def _compare_steps(report: Report, steps: Sequence[JsonObject]) -> list[str]:
    """Looks at several things of a kind, a line for each of them; empty where they are no such looks."""
    results = [result for step in steps for result in report.results.get(step["id"], [])]
    tellings = [telling for step in steps for telling in _prepare(report, step)]
    if len(steps) < 2 or len(results) != len(steps) or not only_looks(tellings[0].phrase):
        return []
    lines = []
    for result, telling in zip(results, tellings, strict=True):
        if not isinstance(result, dict) or any(map(_is_listing, result.values())):
            return []
        if any(len(str(value)) > 160 for value in result.values()):
            return []  # a text is told as one
        subject, notes = name_subject({}, telling), note_result(result, telling)
        if subject == "it" or not notes:
            return []
        lines.append(f"- {capitalise(subject)}: {notes}")
    return ["\n".join(lines)]


def _is_listing(value: JsonValue) -> bool:
    return isinstance(value, list) and bool(value) and isinstance(value[0], dict)


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
            hoped, shown = show_value(when["equals"]), show_value(seen)
            where = "" if label_field(when["path"]) in ("status", "state") else f" the {label_field(when['path'])},"
            if shown in (f"in{hoped}", f"not {hoped}", "no", "yes"):
                return f"Since it is {shown}, I did not {phrase}." if len(shown) > 3 else f"So I did not {phrase}."
            ways = (
                f"As that is {shown} and not {hoped}, I did not {phrase}.",
                f"Since{where or ' that'} is {shown} and not {hoped}, I have left it at that and did not {phrase}.",
                f"It would have to be {hoped} for me to go on, so I did not {phrase}.",
            )
            return rng.choice(ways if not where else ways[::2])
    if step.get("repeat"):
        return f"There was nothing to {phrase.removeprefix('show you ')} here, so I left that out."
    return f"I did not {phrase}, as it was not needed."


def _find_ties(report: Report, step: JsonObject) -> list[str]:
    """What else is as high, or as low, as what code has picked from a list."""
    code = step["arguments"]["code"]
    read = next((read for read in code["reads"] if read.get("step") in report.results), None)
    kind = tasks.read(code["task"])
    if not read or not kind or kind.kind not in tasks.PICKING:
        return []
    listed = value_at(report.results[read["step"]][0], read["path"])
    records = [item for item in listed if isinstance(item, dict)] if isinstance(listed, list) else []
    field = next((key for key in (records or [{}])[0] if tasks.speak_field(key) in kind.fields.values()), "")
    picked = str(value_at(report.results[step["id"]][0], "result"))
    best = [item.get(field) for item in records if picked in map(str, item.values())]
    alike = [item for item in records if best and item.get(field) == best[0] and picked not in map(str, item.values())]
    return [str(item.get(tasks.key_of(list(item)), "")) for item in alike]


def answer_task(task: str, result: str, ties: Sequence[str] = ()) -> str:
    """What code worked out, said as the answer to what was asked."""
    kind = tasks.read(task)
    text = result.rstrip(".")
    number = kind.fields.get("number", "") if kind else ""
    if kind and kind.kind == "sum" and (singular(number) != number or number.startswith("number of ")):
        return f"That makes {text} {number.removeprefix('number of ')} in all."
    if not kind:
        return f"The result: {text}."
    others = f", together with {enumerate_parts(ties, 'and')}" if ties else ""
    lead = tasks.say_most(_SENTENCES[kind.kind].format(**kind.fields), kind.fields)
    return f"{lead} {text}{others}."
