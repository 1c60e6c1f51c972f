"""What the offline assistant says when a turn's work is done: sentences, short lists, small tables."""

import re
from collections.abc import Sequence
from itertools import groupby
from random import Random

import orjson

from agents.offline.fields.topic import name_state
from agents.offline.speech.spoken import show_value
from agents.offline.talk.clauses import say_field
from agents.offline.talk.coder import is_told_in_parts
from agents.offline.talk.listings import name_beside
from agents.offline.talk.phrases import phrase_of, phrase_ways
from agents.offline.talk.sentences import name_subject
from agents.offline.talk.steps import compare_steps, describe_step, prepare
from agents.offline.talk.telling import Report, capitalise, end_sentence, enumerate_parts, label_field, name_key
from agents.offline.talk.times import name_zone
from agents.offline.talk.wording import name_problem, only_looks, phrase_done, turn_to_you
from agents.plan.json_paths import MISSING, leaves, value_at
from agents.plan.values import says
from agents.plan.values.answer import Answer
from agents.schema import JsonObject, singular, words

_PLAIN_LOOK = re.compile(r"(?:look up|pull up|check|search|describe|read|open) ")
_CUT = re.compile(r" (?:has|have|is|are|of|for|near|in|to|with|from|by|on|at|be|the)$")
"""The end of a request that waits for a value."""
_RETRIED = (
    "The first attempt failed, the second one went through.",
    "It took two attempts, as the first one failed.",
    "That worked at the second attempt only.",
    "For the record: the first call failed, so I made it once more.",
)
_CERTAIN = 6
"""Characters from which on two things with the same number are the same thing."""
_REMOVED = re.compile(r"I(?:'ve| have) (?:just )?(?:deleted|removed|dropped|destroyed|terminated|got rid)\b")
_PAST = {"is": "was", "are": "were", "has": "had", "have": "had"}
_IN_UTC = re.compile(r"T(\d\d:\d\d)(?::\d\d(?:\.\d+)?)?Z")


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
        (step["tool"], orjson.dumps(step["arguments"]), orjson.dumps(report.results.get(step["id"], step["id"])))
        for step in steps
    ]
    steps = [step for n, step in enumerate(steps) if calls[n] not in calls[:n]]
    gone_through = {step["repeat"]["step"]: str(step["repeat"]["path"]) for step in several}
    beside = [tell_beside(report, step, gone_through[step["id"]]) for step in steps if step["id"] in spread]
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
        described = compare_steps(report, alike) or [describe_step(report, step, rng) for step in alike]
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
    missing: list[str] = []
    told_here = {step["id"] for step in steps}
    for point in report.plan["checkpoints"]:
        path, worked_on = point.get("path") or "", gone_through.get(point["step"], "")
        beside_list = worked_on and not path.startswith(worked_on)
        if not path or not (point["step"] in told_here or beside_list):
            continue
        for result in report.results.get(point["step"], [])[:1]:
            value = value_at(result, path)
            owed = [leaf for _, leaf in leaves(value) if leaf is not None] if value is not MISSING else []
            plain = [leaf for leaf in owed if not re.search(rf"(?<!\w){re.escape(str(leaf))}(?!\w)", text)]
            untold = [leaf for leaf in plain if says(text, leaf) is not Answer.SAYS]
            untold = [leaf for leaf in untold if not is_told_in_parts(leaf, text)]
            key = path.rpartition(".")[2].split("[")[0]
            said = [end_sentence(say_field(key, leaf, {})) for leaf in untold]
            missing += [sentence for sentence in said if sentence not in f"{text} {' '.join(missing)}"]
    listed = re.match(r"[-|] ?", text.rpartition("\n")[2])  # what follows a list is a paragraph of its own
    text = f"{text}{f'{chr(10)}{chr(10)}' if listed else ' '}{' '.join(missing)}" if missing else text
    known = orjson.dumps([[call.arguments, call.result] for call in report.calls]).decode()
    return add_retries(name_zone(text, set(_IN_UTC.findall(known))), report, steps, rng)


def phrase_look(phrase: str) -> str:
    """That somebody looked at something, after `I also`.

    >>> phrase_look("show me when it can be viewed"), phrase_look("see how far the route has got")
    ('looked up when it can be viewed', 'checked how far the route has got')
    """
    told = re.match(r"(show you|get you|tell you|pull|go through|see|find out) (.+)", turn_to_you(phrase))
    if not told or (_PLAIN_LOOK.match(phrase) and not _CUT.search(phrase)):
        return phrase_done(phrase)
    return f"{'checked' if told[1] in ('see', 'find out') else 'looked up'} {told[2]}"


def add_retries(text: str, report: Report, steps: Sequence[JsonObject], rng: Random) -> str:
    """The answer with what went wrong on the way to it: that a call went through at the second try only."""
    results = [(step["tool"], result) for step in steps for result in report.results.get(step["id"], [])]
    made = [(call.tool, call.arguments) for call in report.calls if call.ok and (call.tool, call.result) in results]
    failed = [call.result for call in report.calls if not call.ok and (call.tool, call.arguments) in made]
    if not failed or all(name_problem(result) in report.said for result in failed):
        return text  # it was told when it happened
    told = rng.choice(_RETRIED)
    return f"{text}\n\n{told}" if "\n" in text else f"{text} {told}"


def name_owner(report: Report, step: JsonObject, text: str) -> str:
    """What one of several looks brought, with what it is about where its first line does not say so."""
    tellings = [telling for telling in prepare(report, step) if only_looks(telling.phrase)]
    subject = name_subject({}, tellings[0]) if tellings else "it"
    told = [value for value in tellings[0].arguments.values() if isinstance(value, str)] if tellings else []
    subject = told[0] if subject == "it" and len(told) == 1 else subject  # what the looks differ in
    if subject == "it" or not text or subject.lower() in text.partition("\n")[0].lower():
        return text
    return f"For {subject}, {text[:1].lower()}{text[1:]}" if text.startswith("The ") else f"**{subject}**: {text}"


def tell_beside(report: Report, step: JsonObject, through: str) -> str:
    """What a list that was gone `through` has beside it: the fines beside the loans, the folders beside the files."""
    result, telling = report.results[step["id"]][0], prepare(report, step)[0]
    if not isinstance(result, dict):
        return ""
    plain = [key for key, value in result.items() if value and not isinstance(value, list | dict | bool)]
    skipped = {name_key(result), *telling.arguments}
    asked = [key for key in plain if set(words(key)) <= telling.asked and key not in skipped]
    texts = [f"{capitalise(say_field(key, result[key], result))}." for key in asked]
    return " ".join(
        [*texts, *(name_beside(part, key, telling) for key, part in result.items() if key != through)]
    ).strip()


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
    state = value_at(report.results[when["step"]][0], when["path"])
    seen = show_value(state, when["path"])
    single = before.endswith(".") and ". " not in before and len(before) < 120 and "\n" not in before
    label = label_field(when["path"])
    whose = "it" if label in ("state", "status", "outcome") or isinstance(state, bool) else f"the {label}"
    if isinstance(state, bool) and label != "result":
        seen = name_state(label, state)
    changed = text.startswith(("I've", "Done", "I have"))
    # What was changed because of it is that way no longer.
    was = tell_as_past(before, seen) if changed else before
    because = f"{was[:-1]}, so " if single else f"{was}\n\nSince {whose} {'was' if changed else 'is'} {seen}, "
    done = text.removeprefix("Done, ")
    if changed:
        subject = before.partition(" is ")[0]
        done = name_it(done, subject) if subject else done
        stood = re.match(rf"(.+? (?:was|had)(?: an?)? {re.escape(seen)})(?: and |\.\s*)", was) if not single else None
        if stood and "\n" in was[stood.end() :]:  # what was asked for first comes first where there is much of it
            return [*texts[:-1], tell_lists_as_past(was, done), f"Since {whose} was {seen}, {done}"]
        if stood:
            rest = was[stood.end() :]
            gone = _REMOVED.match(done)
            more = "" if re.match(r"[^a-z]|has |comes ", rest) else "was " if gone else "is "
            # What is done comes first, and what else there was to see behind it.
            rest = f"It {more}{rest}" if stood[0].endswith(" and ") else rest
            rest = speak_of_gone(rest) if gone else rest
            whole = re.match(r"(?:The [a-z ]+ of )?(.+?) (?:was|had)\b", stood[0])
            if whole and rest.startswith("It ") and re.search(r"[.!?]”? [A-Z]", done):
                rest = f"{capitalise(whole[1])}{rest[2:]}"  # what was made meanwhile has been spoken of
            return [*texts[:-1], f"{stood[1]}, so {done}", *([rest] if rest else [])]
        return [*texts[:-1], f"{because}{done}"]
    looked_up = f"I also {phrase_look(phrase_of(report.functions[step['tool']]))}"
    if "\n" not in text:
        return [*texts[:-1], f"{because}{looked_up}. {text}"]
    return [*texts[:-1], f"{because}{looked_up}.", text]


def tell_as_past(before: str, seen: str) -> str:
    """What a look brought, with that part of it in the past that a change has made untrue since.

    >>> tell_as_past("Run 7 is queued.\\n\\nIt has two stages, both queued:\\n- build", "queued")
    'Run 7 was queued.\\n\\nIt had two stages, both queued:\\n- build'
    """
    stands = re.compile(rf"^([^-|\n].*?) (is|are|has)(?= (?:.*, (?:all|both) |an? )?{re.escape(seen)}(?!\w))", re.M)
    return stands.sub(lambda match: f"{match[1]} {_PAST[match[2]]}", before)


def tell_lists_as_past(text: str, done: str) -> str:
    r"""What was seen before a change, with those of its lists in the past that are another by it.

    >>> tell_lists_as_past("It has two steps:\n- build, running", "I've stopped the run.")
    'It had two steps:\n- build, running'
    >>> tell_lists_as_past("Deal 7 has one contact: Ana.\n\nIt has two notes:\n- Call", "I've added the note.")
    'Deal 7 has one contact: Ana.\n\nIt had two notes:\n- Call'
    """
    parts = text.split("\n\n")
    for n, part in enumerate(parts):
        listed = re.match(r"(\S.*?) has ((?:[a-z]+ ){0,2}?\S+ (?:[a-z]+ )?([a-z]+))(?=[:,])", part)
        below = "\n\n".join(parts[n : n + 2])
        going = re.search(r"\b(?:running|queued|waiting|in progress)\b", below) or "event" in part
        if listed and (going or re.search(rf"\b{re.escape(singular(listed[3]))}\b", done)):
            parts[n] = f"{listed[1]} had {part[listed.start(2) :]}"
    return "\n\n".join(parts)


def speak_of_gone(text: str) -> str:
    """What a thing was like that is no longer there.

    >>> speak_of_gone("It has 27 nodes. Its region is eu-west-1.")
    'It had 27 nodes. Its region was eu-west-1.'
    """
    clauses = re.compile(
        r"(?m)(?:^|(?<=\. )|(?<= and ))((?:It|it|Its|its|The|the)(?: [\w']+){0,3}?) (is|are|has|have)\b"
    )
    return clauses.sub(lambda match: f"{match[1]} {_PAST[match[2]]}", text)


def name_it(done: str, subject: str) -> str:
    """The deed with `it` for what the sentence before is about, by its name or by its number.

    >>> name_it("I've deleted the project Data migration.", "Data migration (fs_4711)")
    "I've deleted it."
    >>> name_it("I've stopped build 8c80da22.", "Run 8c80da22"), name_it("I've paid order 12.", "Table 12")
    ("I've stopped it.", "I've paid order 12.")
    """
    name, _, number = subject.partition(" (")
    ident = number.rstrip(")") or subject.rpartition(" ")[2]
    names = [subject, subject[:1].lower() + subject[1:], *([name.strip("“”")] if number else [])]
    spellings = "|".join(map(re.escape, names))
    named = rf"(?<!\w)(?:the (?:(?!(?:for|of|to|in|on|and)\b)[a-z]+ ){{1,3}})?“?(?:{spellings})”?(?![\w-])"
    if not re.search(named, done) and len(ident) >= _CERTAIN and re.search(r"\d", ident):
        named = rf"(?<!\w)(?:the )?[a-z]+ {re.escape(ident)}(?![\w-])"
    told = re.sub(rf"{named}(?: \({re.escape(ident)}\))?", "it", done, count=1)
    return re.sub(r" for it(?=[.:])|(?<=\()it, |, it(?=[,)])", "", told, count=1)
