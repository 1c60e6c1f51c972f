"""Whether the plan was carried out: arguments come from where it takes them, and the answers say what it promised."""

from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from itertools import chain
from typing import Any

import orjson

from agents.plan.json_paths import MISSING, each_at, leaves, schema_at, value_at
from agents.plan.values import Answer, read, says
from agents.roles.prompting import dumps
from agents.roles.soundness import parents
from agents.schema import (
    Blueprint,
    Checkpoint,
    Constant,
    FromCode,
    FromItem,
    FromStep,
    FromUser,
    Observation,
    Source,
    Step,
    Written,
    flow,
    words,
)
from graphs.trajectory.case import Call, Case, Finding, contest, make_claim, mentions, normal, normal_words, same

Returned = dict[str, list[Any]]
"""Step id -> what the successful calls of its tool returned."""


def _collect_results(case: Case, origins: dict[str, Observation]) -> Returned:
    """What each step's successful calls returned; steps of one tool share them where nothing tells them apart."""
    done, steps = case.successes(origins), case.blueprint.steps
    facts, tools = {fact.name: fact.value for fact in case.blueprint.facts}, Counter(step.tool for step in steps)
    returned: Returned = {}
    for step in steps:
        calls = [call for call in done if call.name == step.tool]
        if tools[step.tool] > 1:
            # such steps are told apart by what the plan itself says of their arguments, where that is kept
            planned = {
                name: facts.get(source.fact) if isinstance(source, FromUser) else source.value
                for name, source in step.arguments.items()
                if isinstance(source, FromUser | Constant)
            }
            own = [c for c in calls if all(same(c.arguments.get(name), value) for name, value in planned.items())]
            calls = own or calls
        returned[step.id] = [case.observed[call.id] for call in calls]
    # Pieces of code are alike but for their text; as many successes as steps are theirs in order.
    coded = [step for step in steps if any(isinstance(source, Written) for source in step.arguments.values())]
    for n, step in enumerate(coded):
        if len(returned[step.id]) == len(coded):
            returned[step.id] = [returned[step.id][n]]
    return returned


def find_void_steps(blueprint: Blueprint, returned: Returned) -> set[str]:
    """Steps that were rightly not taken: their condition did not hold, or they need a step that was not taken."""
    void, done, left = set[str](), set[str](), list(blueprint.steps)
    while left:
        # each after those that it needs; in a circle any one, so that it ends: plans with one are refused when drawn
        step = next((step for step in left if parents(step) <= done), left[0])
        left.remove(step)
        done.add(step.id)
        when = step.when
        results = returned.get(when.step, []) if when else []
        unmet = when and results and not any(same(value_at(result, when.path), when.equals) for result in results)
        if unmet or parents(step) & void:
            void.add(step.id)
    return void


def check_dependencies(case: Case, origins: dict[str, Observation]) -> Iterator[Finding]:
    """Every argument that the plan takes from a step was taken from what that step's tool returned."""
    done, returned = case.successes(origins), _collect_results(case, origins)
    void = find_void_steps(case.blueprint, returned)
    tools = Counter(step.tool for step in case.blueprint.steps)
    for step in case.blueprint.steps:
        calls = [call for call in done if call.name == step.tool]
        if step.id in void or not calls:
            continue
        # Code that has nothing in it of a result that it should read.
        written = [source for source in step.arguments.values() if isinstance(source, Written)]
        for origin in (origin for source in written for origin in source.reads if isinstance(origin, FromStep)):
            values = [
                str(value) for result in returned[origin.step] for _, value in leaves(each_at(result, origin.path))
            ]
            if values and not any(value in str(call.arguments.get("code")) for call in calls for value in values):
                yield Finding(
                    "dependency", f"the code of step {step.id} has nothing of what step {origin.step} returned"
                )
        if step.repeat and tools[step.tool] == 1:
            # it is done for every element, up to the three that a plan repeats a step for at most (Step.repeat)
            items = [
                _read_source(step, each, returned)[1] for each in step.arguments.values() if isinstance(each, FromItem)
            ]
            owed = len({dumps(values) for values in zip(*items, strict=False)})
            distinct = len({orjson.dumps(call.arguments, option=orjson.OPT_SORT_KEYS) for call in calls})
            if distinct < min(3, owed):
                yield Finding("iteration", f"step {step.id} was done {distinct} times for {owed} elements")
        for argument, source in step.arguments.items():
            for part in [] if isinstance(source, Written) else flow(source):
                if isinstance(part, FromStep | FromItem | FromCode):
                    yield from _check_source(step, argument, source, part, calls, returned)


def _check_source(
    step: Step,
    argument: str,
    whole: Source,
    source: FromStep | FromItem | FromCode,
    calls: list[Call],
    returned: Returned,
) -> Iterator[Finding]:
    """Whether calls of the step took an argument, or the part of it that comes from `source`, from there."""
    origin, wanted = _read_source(step, source, returned)
    answers = [_comes_from(call.arguments.get(argument, MISSING), whole is source, wanted) for call in calls]
    # A repeated step owes it in every call; elsewhere an extra call of the same tool may be the user's wish.
    each = bool(step.repeat) and isinstance(source, FromItem)
    best = Answer.SAYS if (all if each else any)(answer is Answer.SAYS for answer in answers) else Answer.DOES_NOT
    if best is Answer.DOES_NOT and Answer.CANNOT_TELL in answers and not (each and Answer.DOES_NOT in answers):
        values = [call.arguments.get(argument) for call in calls]
        text = f"step {step.id} takes {argument} = {values!r} from what step {origin} returned"
        yield make_claim(text, values, calls[-1].place)
    elif best is Answer.DOES_NOT:
        yield Finding("dependency", f"step {step.id} takes {argument} from step {origin}, a call did not")


def _comes_from(value: Any, whole: bool, wanted: list[Any]) -> Answer:
    """Whether an argument is one of the values, or where it is put together of several, holds one."""
    if value is MISSING:
        return Answer.DOES_NOT
    if any(same(value, other) for other in wanted):
        return Answer.SAYS
    if not whole:
        text = normal(orjson.dumps(value).decode())
        parts = [leaf for other in wanted if other is not MISSING for _, leaf in leaves(other)]
        return Answer.SAYS if any(mentions(text, leaf) for leaf in parts) else Answer.CANNOT_TELL
    text = "\n".join(str(leaf) for other in wanted if other is not MISSING for _, leaf in leaves(other))
    answer = says(text, value) if text else Answer.DOES_NOT
    # words of which the result has none, and that name no day, cannot have come of it
    related = not isinstance(value, str) or set(words(value)) & set(words(text)) or read(value).dates
    return answer if related or answer is Answer.SAYS else Answer.DOES_NOT


def _read_source(step: Step, source: FromStep | FromItem | FromCode, returned: Returned) -> tuple[str, list[Any]]:
    """The step that the argument comes from, and the values that it returned there."""
    if isinstance(source, FromCode):
        values: list[Any] = [str(result["result"]) for result in returned[source.step]]
        for text in list(values):
            with suppress(orjson.JSONDecodeError):  # as text, and as the value that it is in JSON
                values.append(orjson.loads(text))
        return source.step, values
    if isinstance(source, FromStep):
        return source.step, [each_at(result, source.path) for result in returned[source.step]]
    assert step.repeat
    lists = [each_at(result, step.repeat.path) for result in returned[step.repeat.step]]
    items = [item for items in lists if isinstance(items, list) for item in items]
    return step.repeat.step, [value_at(item, source.path) for item in items]


def check_checkpoints(case: Case, origins: dict[str, Observation], turn: int = 0) -> Iterator[Finding]:
    """Checkpoints of one turn, or of all where it is 0: the step succeeded, and the answers say what it returned."""
    steps, returned = {step.id: step for step in case.blueprint.steps}, _collect_results(case, origins)
    void = find_void_steps(case.blueprint, returned)
    text = "\n".join(m["content"] or "" for m in case.messages if m["role"] == "assistant")
    # What the user said themselves need not be said back to them.
    spoken = [[normal_words(m) for m in case.messages if m["role"] == role] for role in ("assistant", "user")]
    all_text = " ".join(filter(None, chain(*spoken)))
    for point in case.blueprint.checkpoints:
        step = steps[point.step]
        if point.step in void or (turn and step.turn != turn):
            continue
        if not returned[point.step]:
            # before the end the step may still come
            if not turn:
                yield Finding("checkpoint", f"{point.text}: {step.tool} did not succeed")
        elif point.path:
            yield from _check_value(case, point, step, returned[point.step], text, all_text)


def _check_value(
    case: Case, point: Checkpoint, step: Step, results: list[Any], text: str, all_text: str
) -> Iterator[Finding]:
    """Whether the assistant's text says what the results have at a checkpoint's path."""
    schema = case.cluster.by_name[step.tool].output_schema if step.tool in case.cluster.by_name else None
    values = [each_at(result, point.path) for result in results]
    answers = [_says_all(text, all_text, value, case) for value in values]
    alone = sum(other.tool == step.tool for other in case.blueprint.steps) == 1
    each = bool(step.repeat) and alone
    if (all if each else any)(answer is Answer.SAYS for answer in answers):
        return
    shown = [value for value in values if value is not MISSING]
    told = f"what was returned as {point.path} ({point.text}): {dumps(shown)[:300]}"
    claim = f"the assistant's answers tell the user {told}"
    # Where a tool declares no result, a path may lead to a whole record: what of it is owed, a judge can see.
    whole = any(isinstance(v, dict) or (isinstance(v, list) and "[*]" not in point.path) for v in shown)
    untyped = whole and "type" not in schema_at(schema or {}, point.path)
    if (Answer.CANNOT_TELL in answers or untyped) and not (each and Answer.DOES_NOT in answers and not untyped):
        yield make_claim(claim, shown, len(case.messages))
    else:
        detail = f"{point.text}: the answer does not say it"
        yield contest("checkpoint", detail, claim, shown, len(case.messages))


def _says_all(text: str, all_text: str, value: Any, case: Case) -> Answer:
    """Whether the assistant's text says every leaf of a value, but those that a message mentions already."""
    if value is MISSING or (isinstance(value, list) and MISSING in value):
        return Answer.DOES_NOT
    answers = set[Answer]()
    for _, leaf in leaves(value):
        # the word `true` somewhere in an answer tells no flag
        if leaf is not None and not (not isinstance(leaf, bool) and mentions(all_text, leaf)):
            answers.add(says(text, leaf, None, case.today))
    if Answer.DOES_NOT in answers:
        return Answer.DOES_NOT
    return Answer.CANNOT_TELL if Answer.CANNOT_TELL in answers else Answer.SAYS
