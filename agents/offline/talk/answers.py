"""What the offline assistant says when a turn's work is done: sentences, short lists, small tables."""

import re
from collections.abc import Sequence
from itertools import groupby, zip_longest
from random import Random

import orjson
from pydantic import JsonValue

from agents.offline.speech.spoken import show_value, spell_number
from agents.offline.talk.changes import describe_change, failure_of, run_on, say_outcome, sum_up_changes
from agents.offline.talk.clauses import name_zone, say_field
from agents.offline.talk.coder import answer_task
from agents.offline.talk.listings import add_listed
from agents.offline.talk.phrases import phrase_ways
from agents.offline.talk.records import describe_read, name_subject, note_result
from agents.offline.talk.telling import (
    Report,
    Telling,
    capitalise,
    collect_names,
    end_sentence,
    enumerate_parts,
    label_field,
    name_key,
    name_record,
)
from agents.offline.talk.wording import explain_nothing, name_things, only_looks, phrase_done, say_filter, turn_to_you
from agents.offline.trade import tasks
from agents.plan.json_paths import MISSING, leaves, value_at
from agents.plan.values import says
from agents.plan.values.answer import Answer
from agents.schema import JsonObject, words

_PLAIN_LOOK = re.compile(r"(?:look up|pull up|check|search|describe|read|open) ")
_CUT = re.compile(r" (?:has|have|is|are|of|for|near|in|to|with|from|by|on|at|be|the)$")
"""The end of a request that waits for a value."""
_RETRIED = (
    "The first attempt failed (“{}”), the second one went through.",
    "It took two attempts: the first one was answered with “{}”.",
    "That worked at the second attempt only; at the first the service said “{}”.",
    "For the record: the first call came back with “{}”, so I made it once more.",
)
_IN_UTC = re.compile(r"T(\d\d:\d\d)(?::\d\d(?:\.\d+)?)?Z")
_EACH = ("I looked at each of {}:", "Here is what I found on {}:", "These are {}, one by one:")


def answer_turn(report: Report, rng: Random) -> str:
    """What was done in this turn and what came back, each step in the form that suits it."""
    steps = [step for step in report.plan["steps"] if step["turn"] == report.turn]
    # A list that was only made to do something for each of it is told with what was done.
    # Of a single thing both are told, unless the one has all of the other.
    brought = {step["id"]: set(map(orjson.dumps, report.results.get(step["id"], ()))) for step in steps}
    several = [step for step in steps if step.get("repeat") and len(brought[step["id"]]) > 1]
    spread = {step["repeat"]["step"] for step in several}
    texts: list[str] = []
    # What was asked for twice in one breath is told once.
    calls = [
        (step["tool"], step["arguments"].get("code"), orjson.dumps(report.results.get(step["id"], step["id"])))
        for step in steps
    ]
    steps = [step for n, step in enumerate(steps) if calls[n] not in calls[:n]]
    beside = [text for step in steps if step["id"] in spread and (text := tell_beside(report, step))]
    steps = [step for step in steps if step["id"] not in spread]
    # What was worked out is the answer; what it was worked out of comes behind it.
    ordered: list[JsonObject] = []
    for step in steps:
        for other in steps:
            reads = [read.get("step") for read in other["arguments"].get("code", {}).get("reads", ())]
            if step["id"] in reads and report.results.get(other["id"]) and other not in ordered:
                ordered.append(other)
        ordered += [] if step in ordered else [step]
    steps = ordered
    steps = [step for n, step in enumerate(steps) if not is_covered(report, step, steps[n + 1 :])]
    for _, group in groupby(steps, key=lambda step: step["tool"]):
        alike = list(group)
        described = _compare_steps(report, alike) or [_describe_step(report, step, rng) for step in alike]
        if len(described) == len(alike) > 1:
            described = [name_owner(report, step, text) for step, text in zip(alike, described, strict=True)]
        for step, text in zip(alike, described, strict=False):
            texts = join_because(report, step, texts, text) if text not in texts else texts
    text = "\n\n".join(filter(None, [*texts, *beside]))
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
            missing += [end_sentence(say_field(key, leaf, {})) for leaf in untold]
    listed = re.match(r"[-|] ?", text.rpartition("\n")[2])  # what follows a list is a paragraph of its own
    text = f"{text}{f'{chr(10)}{chr(10)}' if listed else ' '}{' '.join(missing)}" if missing else text
    known = orjson.dumps([[call.arguments, call.result] for call in report.calls]).decode()
    return add_retries(name_zone(text, set(_IN_UTC.findall(known))), report, steps, rng)


def add_retries(text: str, report: Report, steps: Sequence[JsonObject], rng: Random) -> str:
    """The answer with what went wrong on the way to it: that a call went through at the second try only."""
    results = [result for step in steps for result in report.results.get(step["id"], [])]
    made = [(call.tool, call.arguments) for call in report.calls if call.ok and call.result in results]
    failed = [call.result for call in report.calls if not call.ok and (call.tool, call.arguments) in made]
    if not failed:
        return text
    problem = str(failed[-1]["error"]["message"]).strip().splitlines()[-1].rstrip(".")
    told = rng.choice(_RETRIED).format(problem)
    return f"{text}\n\n{told}" if "\n" in text else f"{text} {told}"


def name_owner(report: Report, step: JsonObject, text: str) -> str:
    """What one of several looks brought, with what it is about where its first line does not say so."""
    tellings = [telling for telling in _prepare(report, step) if only_looks(telling.phrase)]
    subject = name_subject({}, tellings[0]) if tellings else "it"
    if subject == "it" or not text or subject.lower() in text.partition("\n")[0].lower():
        return text
    return f"For {subject}, {text[:1].lower()}{text[1:]}" if text.startswith("The ") else f"**{subject}**: {text}"


def tell_beside(report: Report, step: JsonObject) -> str:
    """What a list that was gone through has beside it and was asked for, such as the fines beside the loans."""
    result, telling = report.results[step["id"]][0], _prepare(report, step)[0]
    if not isinstance(result, dict):
        return ""
    plain = [key for key, value in result.items() if value and not isinstance(value, list | dict | bool)]
    skipped = {name_key(result), *telling.arguments}
    asked = [key for key in plain if set(words(key)) <= telling.asked and key not in skipped]
    return " ".join(f"{capitalise(say_field(key, result[key], result))}." for key in asked)


def is_covered(report: Report, step: JsonObject, later: Sequence[JsonObject]) -> bool:
    """Whether a list of one thing is told by the closer look at it that follows."""
    owed = [point for point in report.plan["checkpoints"] if point["step"] == step["id"] and point.get("path")]
    results = report.results.get(step["id"], [])
    if owed or len(results) != 1 or not isinstance(results[0], dict):
        return False
    lists = [value for value in results[0].values() if isinstance(value, list)]
    records = [result for other in later for result in report.results.get(other["id"], []) if isinstance(result, dict)]
    single = lists[0][0] if len(lists) == 1 and len(lists[0]) == 1 else None
    return isinstance(single, dict) and any(single.items() <= record.items() for record in records)


def join_because(report: Report, step: JsonObject, texts: list[str], text: str) -> list[str]:
    """The texts with one more; what was done because of what was seen is said to be done for it."""
    when: JsonObject = step.get("when") or {"step": ""}
    before = texts[-1] if texts else ""
    if not report.results.get(when["step"]) or not report.results.get(step["id"]) or not text:
        return [*texts, text]
    seen = show_value(value_at(report.results[when["step"]][0], when["path"]), when["path"])
    single = before.endswith(".") and ". " not in before and len(before) < 120 and "\n" not in before
    label = label_field(when["path"])
    whose = "it" if label in ("state", "status") else f"the {label}"
    changed = text.startswith(("I've", "Done", "I have"))
    # What was changed because of it is that way no longer.
    before_it = before.replace(f" is {seen}", f" was {seen}", 1) if changed and single else before
    because = f"{before_it[:-1]}, so " if single else f"{before}\n\nSince {whose} {'was' if changed else 'is'} {seen}, "
    done = text.removeprefix("Done, ")
    if changed:
        subject = before.partition(" is ")[0]
        spellings = "|".join(map(re.escape, (subject, subject[:1].lower() + subject[1:])))
        named = rf"(?<!\w)(?:the (?:(?!(?:for|of|to|in|on|and)\b)[a-z]+ ){{1,3}})?(?:{spellings})(?![\w-])"
        done = re.sub(named, "it", done, count=1) if subject else done
        done = re.sub(r" for it(?=[.:])", "", done, count=1)  # whose build was stopped stands before
        return [*texts[:-1], f"{because}{done}"]
    phrase = phrase_ways(step["tool"], report.functions[step["tool"]].get("description") or "")[0]
    whole = _PLAIN_LOOK.match(phrase) and not _CUT.search(phrase)
    looked_up = f"I also {phrase_done(phrase)}" if whole else "I went on"
    if "\n" not in text:
        return [*texts[:-1], f"{because}{looked_up}. {text}"]
    return [*texts[:-1], f"{because}{looked_up}.", text]


def _describe_step(report: Report, step: JsonObject, rng: Random) -> str:
    """What a step brought, or why it brought nothing."""
    written = step["arguments"].get("code", {}).get("task", "")
    results = report.results.get(step["id"], [])
    function = report.functions[step["tool"]]
    phrase = phrase_ways(step["tool"], function.get("description") or "")[0]
    if not results:
        return explain_nothing(report, step, written or phrase, rng)
    if written:
        return answer_code(report, step, written, str(value_at(results[0], "result")))
    tellings = _prepare(report, step)
    reading = only_looks(phrase)
    brought = results[0] if isinstance(results[0], dict) and "success" not in results[0] else {}
    # What was run brought rows, which say that it was done.
    listing = reading and not (isinstance(results[0], dict) and results[0].get("success") is True)
    describe = describe_read if listing or any(map(_is_listing, brought.values())) else describe_change
    if len({orjson.dumps(result) for result in results}) == 1:  # the same for each is told once
        return describe(results[0], tellings[0], rng)
    source = step.get("repeat")
    if not source or any(map(failure_of, results)):
        texts = [describe(result, telling, rng) for result, telling in zip(results, tellings, strict=True)]
        return "\n\n".join(texts)
    listed = value_at(report.results.get(source["step"], [None])[0], source["path"])
    items = listed if isinstance(listed, list) else []
    names = [
        # What is listed by its number alone has its name from the look at it.
        name_record(
            result
            if isinstance(item, dict) and not name_key(item) and isinstance(result, dict) and name_key(result)
            else item
        )
        for item, result in zip(items, results, strict=False)
    ]
    if reading:
        flat = all(isinstance(result, dict) and not any(map(_is_listing, result.values())) for result in results)
        # Whoever a line is headed by is not named in it again.
        shown = [
            {key: value for key, value in result.items() if value != name} if isinstance(result, dict) else result
            for name, result in zip(names, results, strict=False)
        ]
        told = [note_result(result, telling) for result, telling in zip(shown, tellings, strict=False)] if flat else []
        if all(told) and all(names) and told:
            about = _prepare_listing(report, source)
            lines = [
                f"- **{name}**{add_listed(item, name, result, about)}: {text}"
                for name, item, result, text in zip(names, items, results, told, strict=False)
            ]
            return "\n".join([*lead_each(report, source, items, len(results), rng), *lines])
        texts = [describe(result, telling, rng) for result, telling in zip(results, tellings, strict=True)]
        pairs = zip_longest(names, texts, fillvalue="")
        firsts = [text.partition("\n")[0] for text in texts]
        owned = [" has " in first or name in first for name, first in zip_longest(names, firsts, fillvalue="")]
        texts = [
            text if not name or whose else f"**{name}**: {text}"
            for (name, text), whose in zip(pairs, owned, strict=False)
            if text
        ]
    elif not all(names):
        texts = [describe(result, telling, rng) for result, telling in zip(results, tellings, strict=True)]
    else:
        outcomes = [say_outcome(result, telling) for result, telling in zip(results, tellings, strict=True)]
        each = re.sub(r" (?:for|of|in|on|from) (?:an?|the) [a-z]+$", "", phrase_done(phrase))
        done = f"I've {each} for each of them: {enumerate_parts(names, 'and')}."
        outcomes = [run_on(text) for text in outcomes]
        if all(outcomes):
            done = f"{done.partition(':')[0]}:"  # the lines say who they are
        texts = [done, *(f"- **{name}**: {text}" for name, text in zip(names, outcomes, strict=False) if text)]
    left = len(items) - len(results)
    more = [f"There are {left} more in the list, which I left as they are."] if left > 0 and not reading else []
    return ("\n" if not reading else "\n\n").join([*texts, *more])


def lead_each(report: Report, source: JsonObject, items: Sequence[JsonValue], looked: int, rng: Random) -> list[str]:
    """How many there were to look at, as the first line above the looks."""
    telling = _prepare_listing(report, source)
    thing, things = name_things(source["path"].rpartition(".")[2].split("[")[0] or "results", telling)
    where = say_filter(telling)
    if looked < 2:
        return [f"There is one {thing}{where}:"]
    of = (
        f"the first {spell_number(looked)} of the {len(items)}"
        if looked < len(items)
        else f"the {spell_number(looked)}"
    )
    return [rng.choice(_EACH).format(f"{of} {things}{where}")]


def _prepare_listing(report: Report, source: JsonObject) -> Telling:
    """What the list is told with that a step is repeated for."""
    (listing,) = [step for step in report.plan["steps"] if step["id"] == source["step"]]
    return (_prepare(report, listing) or [Telling("", "", {}, frozenset(), {})])[0]


def answer_code(report: Report, step: JsonObject, task: str, result: str) -> str:
    """What code worked out of an earlier result."""
    read = next((read for read in step["arguments"]["code"]["reads"] if read.get("step") in report.results), None)
    steps = [other for other in report.plan["steps"] if read and other["id"] == read["step"]]
    tellings = [telling for other in steps for telling in _prepare(report, other)]
    if not read or not tellings:
        return answer_task(task, result, None, "", Telling("", "", {}, frozenset(), {}))
    source = (
        value_at(report.results[read["step"]][0], read["path"]) if read["path"] else report.results[read["step"]][0]
    )
    whole = report.results[read["step"]][0]
    money = {"currency": whole["currency"]} if isinstance(whole, dict) and whole.get("currency") else {}
    if money and isinstance(source, list):
        source = [{**money, **row} if isinstance(row, dict) else row for row in source]
    answer = answer_task(task, result, source, read["path"], tellings[0])
    wondered = re.search(r"\b(?:if|whether) there (?:is|are)\b", tellings[0].phrase)
    if not wondered:
        return answer
    return f"Yes. {answer}" if re.match(r"Counted|[^,:]* by ", answer) else f"Yes, {answer[:1].lower()}{answer[1:]}"


def _prepare(report: Report, step: JsonObject) -> list[Telling]:
    """What each result of the step is told with."""
    function = report.functions[step["tool"]]
    phrase = phrase_ways(step["tool"], function.get("description") or "")[0]
    owed = [point.get("path") or "" for point in report.plan["checkpoints"] if point["step"] == step["id"]]
    asked = frozenset(words(" ".join([phrase, *owed])))
    called = collect_names(call.result for call in report.calls if call.ok)
    codes = [other["arguments"].get("code", {}) for other in report.plan["steps"]]
    reads = [(read, code["task"]) for code in codes for read in code.get("reads", ()) if read.get("step") == step["id"]]
    worked = (reads[0][0].get("path") or "").rpartition(".")[2].split("[")[0] if reads else ""
    kinds = [kind for _, task in reads if (kind := tasks.read(task))]
    figures = frozenset(name for kind in kinds for name in kind.fields.values())
    tellings = []
    for result in report.results.get(step["id"], []):
        same = [args for tool, args, ok, value in report.calls if tool == step["tool"] and ok and value == result]
        arguments = same[0] if same and isinstance(same[0], dict) else {}
        because = bool(step.get("when"))
        by_user = (str(arguments.get(key)) for key, source in step["arguments"].items() if source["source"] == "user")
        told = frozenset(by_user)
        names = {ident: f"{name} ({ident})" if ident in told else name for ident, name in called.items()}
        tellings.append(Telling(step["tool"], phrase, arguments, asked, names, worked, because, told, figures))
    return tellings


def _compare_steps(report: Report, steps: Sequence[JsonObject]) -> list[str]:
    """Looks at several things of a kind, a line for each of them; empty where they are no such looks."""
    results = [result for step in steps for result in report.results.get(step["id"], [])]
    tellings = [telling for step in steps for telling in _prepare(report, step)]
    if len(steps) < 2 or len(results) != len(steps) or any(step.get("when") for step in steps):
        return []
    if any("code" in step["arguments"] for step in steps):
        return []  # each piece of code was written for a question of its own
    if not only_looks(tellings[0].phrase):
        return [] if any(map(failure_of, results)) else sum_up_changes(results, tellings)
    lines, subjects = list[str](), list[str]()
    for result, telling in zip(results, tellings, strict=True):
        if not isinstance(result, dict) or any(map(_is_listing, result.values())):
            return []
        if any(len(str(value)) > 160 for value in result.values()):
            return []  # a text is told as one
        subject, notes = name_subject({}, telling), note_result(result, telling)
        if subject == "it" or not notes:
            return []
        subjects.append(subject)
        lines.append(f"- **{subject}**: {notes}")
    alike = {line.partition(": ")[2] for line in lines}
    if len(alike) == 1:
        note, names = alike.pop(), enumerate_parts(subjects, "and")
        fields = results[0] if isinstance(results[0], dict) else {}
        state = any(note == show_value(value) for value in fields.values() if isinstance(value, str))
        return [end_sentence(f"{names} are {note}" if state else f"it is the same for {names}: {note}")]
    return ["\n".join([f"Here are {'both' if len(lines) == 2 else f'all {spell_number(len(lines))}'}:", *lines])]


def _is_listing(value: JsonValue) -> bool:
    return isinstance(value, list) and bool(value) and isinstance(value[0], dict)
