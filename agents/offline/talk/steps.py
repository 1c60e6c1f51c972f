"""What the steps of a turn brought, each in the form that suits it, and why one brought nothing."""

import re
from collections.abc import Sequence
from itertools import zip_longest
from random import Random

import orjson
from pydantic import JsonValue

from agents.offline.speech.spoken import show_value, spell_number
from agents.offline.talk.changes import describe_change, failure_of, run_on, say_outcome, sum_up_changes
from agents.offline.talk.coder import answer_task
from agents.offline.talk.listings import add_listed
from agents.offline.talk.phrases import phrase_of
from agents.offline.talk.readings import say_reading
from agents.offline.talk.records import describe_read
from agents.offline.talk.sentences import name_subject, note_result
from agents.offline.talk.telling import (
    Report,
    Telling,
    collect_names,
    end_sentence,
    enumerate_parts,
    name_key,
    name_record,
)
from agents.offline.talk.wording import explain_nothing, name_things, only_looks, phrase_done, say_filter
from agents.offline.trade import tasks
from agents.plan.json_paths import value_at
from agents.schema import JsonObject, words

_EACH = ("I looked at each of {}:", "Here is what I found on {}:", "These are {}, one by one:")


def describe_step(report: Report, step: JsonObject, rng: Random) -> str:
    """What a step brought, or why it brought nothing."""
    written = step["arguments"].get("code", {}).get("task", "")
    results = report.results.get(step["id"], [])
    function = report.functions[step["tool"]]
    phrase = phrase_of(function)
    if not results:
        return explain_nothing(report, step, written or phrase, rng)
    if written:
        return answer_code(report, step, written, str(value_at(results[0], "result")))
    tellings = prepare(report, step)
    if len(results) == 1 and not failure_of(results[0]) and (said := say_reading(results[0], tellings[0])):
        return said
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
        about = _prepare_listing(report, source)
        listed_too = [
            add_listed(item, name, result, about) for item, name, result in zip(items, names, results, strict=False)
        ]
        texts = [
            _add_behind(name, more, text) if whose and name in text else f"**{name}**{more}: {text}" if name else text
            for (name, text), whose, more in zip(pairs, owned, listed_too, strict=False)
            if text
        ]
    elif not all(names):
        texts = [describe(result, telling, rng) for result, telling in zip(results, tellings, strict=True)]
    else:
        # What heads a line is not said again in it.
        told_of = zip(results, tellings, names, strict=False)
        outcomes = [say_outcome(result, telling, name) for result, telling, name in told_of]
        each = re.sub(r" (?:for|of|in|on|from) (?:an?|the) [a-z]+$", "", phrase_done(phrase))
        whole = re.fullmatch(r"(.+ )(?:an?|the) (?:\w+ )*(\w+)", phrase_done(phrase))
        thing, things = name_things(source["path"].rpartition(".")[2].split("[")[0] or "results", tellings[0])
        # Each of the tasks is deleted: they are the tasks that were listed.
        own = whole is not None and whole[2] == thing.rpartition(" ")[2] and len(names) > 1
        count = "both" if len(names) == 2 else f"the {spell_number(len(names))}"
        done = f"{whole[1]}{count} {things}" if whole and own else f"{each} for each of them"
        done = f"I've {done}: {enumerate_parts(names, 'and')}."
        outcomes = [run_on(text) for text in outcomes]
        if all(outcomes):
            done = f"{done.partition(':')[0]}:"  # the lines say who they are
        texts = [done, *(f"- **{name}**: {text}" for name, text in zip(names, outcomes, strict=False) if text)]
    left = len(items) - len(results)
    more = [f"There are {left} more in the list, which I left as they are."] if left > 0 and not reading else []
    return ("\n" if not reading else "\n\n").join([*texts, *more])


def _add_behind(name: str, more: str, text: str) -> str:
    """The text with more behind the name, where it stands first and outside of its quotes."""
    return re.sub(rf"“{re.escape(name)}”|{re.escape(name)}", lambda match: f"{match[0]}{more}", text, count=1)


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
    return (prepare(report, listing) or [Telling("", "", {}, frozenset(), {})])[0]


def answer_code(report: Report, step: JsonObject, task: str, result: str) -> str:
    """What code worked out of an earlier result."""
    read = next((read for read in step["arguments"]["code"]["reads"] if read.get("step") in report.results), None)
    steps = [other for other in report.plan["steps"] if read and other["id"] == read["step"]]
    tellings = [telling for other in steps for telling in prepare(report, other)]
    if not read or not tellings:
        return answer_task(task, result, None, "", Telling("", "", {}, frozenset(), {}))
    source = (
        value_at(report.results[read["step"]][0], read["path"]) if read["path"] else report.results[read["step"]][0]
    )
    whole = report.results[read["step"]][0]
    # The whole says in what its parts are paid or measured.
    measures = {key: whole[key] for key in ("currency", "unit") if whole.get(key)} if isinstance(whole, dict) else {}
    if measures and isinstance(source, list):
        source = [{**measures, **row} if isinstance(row, dict) else row for row in source]
    answer = answer_task(task, result, source, read["path"], tellings[0])
    wondered = re.search(r"\b(?:if|whether) there (?:is|are)\b", tellings[0].phrase)
    if not wondered:
        return answer
    return f"Yes. {answer}" if re.match(r"Counted|[^,:]* by ", answer) else f"Yes, {answer[:1].lower()}{answer[1:]}"


def prepare(report: Report, step: JsonObject) -> list[Telling]:
    """What each result of the step is told with."""
    function = report.functions[step["tool"]]
    phrase = phrase_of(function)
    owed = [point.get("path") or "" for point in report.plan["checkpoints"] if point["step"] == step["id"]]
    fed = [
        source
        for other in report.plan["steps"]
        for source in other["arguments"].values()
        if other["turn"] == report.turn
    ]
    first = any(source.get("step") == step["id"] and "[0]" in source.get("path", "") for source in fed)
    asked = frozenset([*words(" ".join([phrase, *owed])), *(["first"] if first else [])])
    called = collect_names(call.result for call in report.calls if call.ok)
    codes = [other["arguments"].get("code", {}) for other in report.plan["steps"]]
    reads = [(read, code["task"]) for code in codes for read in code.get("reads", ()) if read.get("step") == step["id"]]
    worked = (reads[0][0].get("path") or "").rpartition(".")[2].split("[")[0] if reads else ""
    kinds = [kind for _, task in reads if (kind := tasks.read(task))]
    figures = frozenset(name for kind in kinds for name in kind.fields.values())
    of_kinds = {kind.kind for kind in kinds}
    spared = "all" if of_kinds & {*tasks.EACH} else "many" if of_kinds & {*tasks.NAMING} else ""
    fewest = _count_fewest(report, step["tool"])
    tellings = []
    for result in report.results.get(step["id"], []):
        same = [args for tool, args, ok, value in report.calls if tool == step["tool"] and ok and value == result]
        arguments = same[0] if same and isinstance(same[0], dict) else {}
        because = bool(step.get("when"))
        by_user = (str(arguments.get(key)) for key, source in step["arguments"].items() if source["source"] == "user")
        told = frozenset(by_user)
        # What was changed is found again by its reference.
        named = told if only_looks(phrase) else frozenset(called)
        names = {ident: f"{name} ({ident})" if ident in named else name for ident, name in called.items()}
        known = Telling(step["tool"], phrase, arguments, asked, names, worked, because, told, figures, spared)
        tellings.append(known._replace(fewest=fewest))
    return tellings


def _count_fewest(report: Report, tool: str) -> int:
    """How many things there are in the shortest of the lists that the tool brought in this turn."""
    steps = [step["id"] for step in report.plan["steps"] if step["tool"] == tool and step["turn"] == report.turn]
    results = [result for ident in steps for result in report.results.get(ident, []) if isinstance(result, dict)]
    lists = [
        [value for value in result.values() if isinstance(value, list) and _is_listing(value)] for result in results
    ]
    return min((max(len(items) for items in found) for found in lists if found), default=99)


def compare_steps(report: Report, steps: Sequence[JsonObject]) -> list[str]:
    """Looks at several things of a kind, a line for each of them; empty where they are no such looks."""
    results = [result for step in steps for result in report.results.get(step["id"], [])]
    tellings = [telling for step in steps for telling in prepare(report, step)]
    if len(steps) < 2 or len(results) != len(steps) or any(step.get("when") for step in steps):
        return []
    if any("code" in step["arguments"] for step in steps):
        return []  # each piece of code was written for a question of its own
    if not only_looks(tellings[0].phrase):
        return [] if any(map(failure_of, results)) else sum_up_changes(results, tellings)
    if all(map(say_reading, results, tellings)):
        return []  # each has a sentence of its own
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
