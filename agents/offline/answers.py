"""What the offline assistant says when a turn's work is done: sentences, short lists, small tables."""

import re
from collections.abc import Sequence
from random import Random
from typing import Any, NamedTuple

from agents.offline import tasks
from agents.offline.labels import spell_words
from agents.offline.phrases import phrase_done, phrase_ways, pluralise
from agents.offline.spoken import show_value
from agents.offline.subject import load_table
from agents.plan.dataflow import nouns
from agents.plan.json_paths import MISSING, leaves, value_at
from agents.plan.values import says
from agents.plan.values.answer import Answer
from agents.schema import JsonObject, singular, words

_SENTENCES: dict[str, str] = load_table("talk")["tasks"]
_NAMES = ("name", "title", "subject", "label", "full_name", "fullName", "display_name", "summary")
_ASIDE_WORDS = """page total_pages totalPages total count more has_more hasMore next_page success facets"""
_SUMMARIES = ("All done.", "Here is where things stand.", "Done, here are the details.", "That's all taken care of.")
_ASIDE = frozenset(_ASIDE_WORDS.split())
"""Fields that say something of the list and not of the things in it."""
_STAMPS = frozenset(("updated_at", "updatedAt", "created_at", "createdAt", "deleted"))
"""When something was changed is of no interest to whoever has just asked for it."""
_FAILED = ("failed", "rejected", "declined", "error", "denied")


class Report(NamedTuple):
    """What there is to tell of a turn."""

    plan: JsonObject
    turn: int
    results: dict[str, list[Any]]
    calls: list[tuple[str, Any, bool, Any]]
    functions: dict[str, JsonObject]


def refuse(system: str, messages: Sequence[JsonObject], tools: Sequence[JsonObject], rng: Random) -> str:
    """That no tool fits, and what there is instead."""
    functions = [tool["function"] for tool in tools if tool["function"]["name"] != "run_python"]
    ways = [phrase_ways(function["name"], function.get("description") or "")[0] for function in functions[:3]]
    policy = _forbidding(system, messages)
    start = rng.choice(
        (
            "I'm sorry, that's something I can't do from here.",
            "I'm afraid that is outside of what I can do.",
            "Sorry, I have nothing here that could do that.",
            "I'd like to help, but none of my tools can do this.",
        )
    )
    able = rng.choice(("What I can do is {}.", "I could {} instead.", "Here I can only {}.")).format(
        _enumerate(ways, "or")
    )
    if policy:
        start = rng.choice(
            ("I'm sorry, I can't do that.", "I'm afraid I have to decline this one.", "Sorry, that's not possible.")
        )
    return " ".join(part for part in (start, policy, able if ways else "") if part)


def _forbidding(system: str, messages: Sequence[JsonObject]) -> str:
    """The rule of the policy that speaks against the request, if one does."""
    request = {word for m in messages if m["role"] == "user" for word in words(m["content"]) if len(word) > 4}
    rules = [
        rule for rule in re.findall(r"^- (.+?)$", system, re.M) if re.search(r"\b(?:never|not|only)\b", rule.lower())
    ]
    best = max(rules, key=lambda rule: len(request & set(words(rule))), default="")
    return f"Our rules say: {best}" if len(request & set(words(best))) > 1 else ""


def answer_turn(report: Report, rng: Random) -> str:
    """What was done in this turn and what came back, each step in the form that suits it."""
    steps = [step for step in report.plan["steps"] if step["turn"] == report.turn]
    parts = [part for step in steps for part in [_describe(report, step, rng)] if part]
    text = "\n\n".join(parts) or "There was nothing left to do for this."
    if len(parts) > 1 and rng.random() < 0.5:
        text = text if _any_failed(report, steps) else f"{rng.choice(_SUMMARIES)}\n\n{text}"
    missing = [
        f"{_label(path)} {value}"
        for path, value in _owed(report, steps)
        if str(value) not in text and says(text, value) is not Answer.SAYS
    ]
    return f"{text}\n\nFor your records: {', '.join(missing)}." if missing else text


def _any_failed(report: Report, steps: Sequence[JsonObject]) -> bool:
    return any(not report.results.get(step["id"]) or any(map(failure_of, report.results[step["id"]])) for step in steps)


def _owed(report: Report, steps: Sequence[JsonObject]) -> list[tuple[str, Any]]:
    """The values that the checkpoints of these steps name."""
    ids = {step["id"] for step in steps}
    points = [
        (point["step"], point["path"]) for point in report.plan["checkpoints"] if point["path"] and point["step"] in ids
    ]
    values = [(path, value_at(result, path)) for step, path in points for result in report.results.get(step, [])[:1]]
    return [
        (path, leaf) for path, value in values if value is not MISSING for _, leaf in leaves(value) if leaf is not None
    ]


def failure_of(result: Any) -> str:
    """What a result says of its own failure though the call went through; empty for a success."""
    if not isinstance(result, dict):
        return ""
    for key in ("success", "ok", "merged", "ticketed", "deposit_returned"):
        if result.get(key) is False:
            return f"{_label(key)} came back as no"
    state = str(result.get("status", result.get("state", "")))
    return f"its status is {state}" if state in _FAILED else ""


def _describe(report: Report, step: JsonObject, rng: Random) -> str:
    written = step["arguments"].get("code", {}).get("task", "")
    results = report.results.get(step["id"], [])
    function = report.functions[step["tool"]]
    phrase = phrase_ways(step["tool"], function.get("description") or "")[0]
    if not results:
        return _undone(report, step, written or phrase, rng)
    if written:
        return answer_task(written, str(results[0].get("result")), rng)
    reading = not _changes(step["tool"], phrase)
    texts = [
        _of_result(result, step["tool"], phrase, _called_with(report, step, result), reading=reading, rng=rng)
        for result in results
    ]
    if len(texts) == 1:
        return texts[0]
    return (
        "\n\n".join(texts)
        if any("\n" in text for text in texts)
        else "\n".join(f"{n}. {text}" for n, text in enumerate(texts, 1))
    )


def _called_with(report: Report, step: JsonObject, result: Any) -> JsonObject:
    same = [arguments for name, arguments, ok, value in report.calls if name == step["tool"] and ok and value == result]
    return same[0] if same and isinstance(same[0], dict) else {}


def _changes(tool: str, phrase: str) -> bool:
    """Whether a tool does something, by how people ask for it."""
    looking = (
        "show",
        "look",
        "pull",
        "get",
        "find",
        "see",
        "check",
        "tell",
        "read",
        "open",
        "list",
        "search",
        "go",
        "compare",
        "sum",
        "work",
        "describe",
        "view",
        "count",
        "suggest",
        "query",
        "calculate",
        "analyze",
        "estimate",
        "validate",
        "verify",
        "track",
        "summarize",
        "convert",
    )
    return phrase.split()[0] not in looking


def _undone(report: Report, step: JsonObject, phrase: str, rng: Random) -> str:
    errors = [result["error"]["message"] for tool, _, ok, result in report.calls if tool == step["tool"] and not ok]
    if errors:
        problem = str(errors[-1]).strip().splitlines()[-1].rstrip(".")
        return rng.choice(("I could not {}: {}.", "Unfortunately I wasn't able to {}. The answer was: {}.")).format(
            phrase, problem
        )
    when = step.get("when")
    if when and when["step"] in report.results:
        seen = value_at(report.results[when["step"]][0], when["path"])
        if seen is not MISSING:
            wanted = show_value(when["equals"])
            return f"The {_label(when['path'])} is {show_value(seen)} and not {wanted}, so I did not {phrase}."
    return (
        f"There was nothing to {phrase.removeprefix('show me ')} here, so I left that out."
        if step.get("repeat")
        else f"I did not {phrase}, as it was not needed."
    )


def answer_task(task: str, result: str, rng: Random) -> str:
    """What code worked out, said as the answer to what was asked."""
    kind = tasks.read(task)
    text = result.rstrip(".")
    if not kind:
        return f"The result: {text}."
    lead = _SENTENCES[kind.kind].format(**kind.fields)
    return f"{lead} {text}."


def _of_result(result: Any, tool: str, phrase: str, arguments: JsonObject, *, reading: bool, rng: Random) -> str:
    """One result in words."""
    failure = failure_of(result)
    if failure and not reading:
        return f"I tried to {phrase}, but it did not go through: {failure}. {_of_record(result, '', rng)}".strip()
    if isinstance(result, list):
        result = {pluralise(singular((nouns(tool) or ("result",))[-1])): result}
    if not isinstance(result, dict):
        return f"I've {phrase_done(phrase)}: {show_value(result)}." if not reading else f"{show_value(result)}"
    listing = next(
        (
            (key, value)
            for key, value in result.items()
            if isinstance(value, list) and (not value or isinstance(value[0], dict))
        ),
        None,
    )
    if listing and reading:
        return _of_list(result, *listing, arguments, rng)
    if not reading:
        done = phrase_done(phrase)
        fresh = {
            key: value
            for key, value in result.items()
            if key not in _ASIDE | _STAMPS and arguments.get(key, ...) != value
        }
        details = _of_record(fresh, "", rng)
        return f"I've {done}. {details}".strip()
    if result.get("success") is True:
        result = {key: value for key, value in result.items() if key not in _ASIDE | _STAMPS} or {
            "outcome": "done, without further details"
        }
    named = next(
        (str(arguments[key]) for key in arguments if words(key)[-1:] in (["id"], ["number"], ["reference"])), ""
    )
    result = {key: value for key, value in result.items() if str(value) != named}
    return _of_record(result, named, rng)


def _of_list(result: JsonObject, key: str, items: list[JsonObject], arguments: JsonObject, rng: Random) -> str:
    """A sentence for one, bullets for a few, a table for many; what the list says of itself after it."""
    thing = singular(words(key)[-1]) if words(key) else "entry"
    generic = thing in ("item", "result", "value", "record", "row", "entry", "datum", "element")
    thing = "entry" if generic else "absence" if thing == "away" else thing
    rest = {
        name: value
        for name, value in result.items()
        if name != key and name not in _ASIDE and value not in (None, "", []) and arguments.get(name) != value
    }
    more = f"\n\n{_of_record(rest, '', rng)}" if rest else ""
    if not items:
        return (
            rng.choice(("I found no {} for that.", "There are no {} that match.", "Nothing came up: no {}.")).format(
                pluralise(thing)
            )
            + more
        )
    if len(items) == 1:
        return f"There is one {thing}: {_line(items[0])}.{more}"
    lead = rng.choice(("I found {n} {t}:", "There are {n} {t}:", "Here are the {n} {t}:", "{n} {t} came back:")).format(
        n=len(items), t=pluralise(thing)
    )
    columns = [name for name in items[0] if not isinstance(items[0][name], list | dict)]
    if (
        len(items) > 3
        and 2 < len(columns) <= 6
        and all(len(str(item.get(name, ""))) < 40 for item in items for name in columns)
    ):
        head = f"| {' | '.join(_label(name) for name in columns)} |\n|{'---|' * len(columns)}"
        rows = "\n".join(f"| {' | '.join(show_value(item.get(name), name) for name in columns)} |" for item in items)
        return f"{lead}\n\n{head}\n{rows}{more}"
    return f"{lead}\n" + "\n".join(f"- {_line(item)}" for item in items) + more


def _line(item: Any) -> str:
    """One record in a line: what it is called first, then the rest."""
    if not isinstance(item, dict):
        return show_value(item)
    name = next((key for key in item for wanted in _NAMES if words(key) == words(wanted)), "") or next(
        (key for key in item if words(key)[-1:] == ["name"]), ""
    )
    ids = [
        key for key in item if key != name and words(key)[-1:] in (["id"], ["number"], ["reference"], ["code"], ["sku"])
    ][:1]
    others = [
        f"{_label(key)} {show_value(value, key)}"
        for key, value in item.items()
        if key != name and key not in ids and value not in (None, "", [], {})
    ]
    head = f"**{show_value(item[name])}**" if name else ""
    ident = f"{_label(ids[0])} {item[ids[0]]}" if ids else ""
    head = f"{head} ({ident})" if head and ident else head or ident
    return f"{head}: {', '.join(others)}" if head and others else head or ", ".join(others)


def _of_record(record: Any, named: str, rng: Random) -> str:
    """A record: a sentence if it is short, else a list of its fields."""
    if not isinstance(record, dict) or not record:
        return ""
    fields = [(key, value) for key, value in record.items() if value not in (None, "", [], {})]
    about = f" for {named}" if named else ""
    long = any(isinstance(value, list | dict) or len(str(value)) > 90 for _, value in fields)
    if len(fields) <= 3 and not long:
        clauses = [
            f"the answer on {_label(key)} is {show_value(value)}"
            if isinstance(value, bool)
            else f"the {_label(key)} {_be(_label(key))} {show_value(value, key)}"
            for key, value in fields
            if str(value) != named
        ]
        text = _enumerate(clauses, "and")
        if not text:
            return f"That's all there is{about}."
        return f"For {named}, {text}." if named else f"{text[0].upper()}{text[1:]}."
    lead = rng.choice((f"Here is what I have{about}:", f"The details{about}:", f"This is what came back{about}:"))
    lines = []
    for key, value in fields:
        if isinstance(value, list) and value and isinstance(value[0], dict):
            lines.append(f"- {_capital(_label(key))}:\n" + "\n".join(f"  - {_line(item)}" for item in value))
        elif isinstance(value, dict):
            lines.append(f"- {_capital(_label(key))}: {_line(value)}")
        else:
            lines.append(f"- {_capital(_label(key))}: {show_value(value, key)}")
    return "\n".join([lead, *lines])


def _be(label: str) -> str:
    """The verb that a field's name takes."""
    return "are" if label.endswith("s") and not label.endswith(("us", "ss", "is")) else "is"


def _capital(text: str) -> str:
    return f"{text[0].upper()}{text[1:]}"


def _label(path: str) -> str:
    """A field's name in words.

    >>> _label("orders[0].orderId"), _label("placed_at")
    ('order ID', 'placed time')
    """
    last = words(path.rpartition(".")[2].split("[")[0])
    if len(last) > 1 and last[-1] in ("at", "on"):
        last = [*last[:-1], "time" if last[-1] == "at" else "date"]
    return spell_words(last) or "result"


def _enumerate(parts: Sequence[str], word: str) -> str:
    return parts[0] if len(parts) == 1 else f"{', '.join(parts[:-1])} {word} {parts[-1]}" if parts else ""
