"""Rule checks of a finished conversation: every fault by name, read only from what is exported, before the judge."""

import ast
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import suppress
from typing import Any

import orjson

from agents.errors import LockError
from agents.plan import operators
from agents.plan.code_tool import SERVICE
from agents.plan.json_paths import MISSING, leaves, schema_at, value_at
from agents.roles.blueprint import is_constant
from agents.schema import (
    Blueprint,
    Cluster,
    Directive,
    FromCode,
    FromItem,
    FromStep,
    Observation,
    Operator,
    Origin,
    Schema,
    Step,
    Written,
)
from graphs.trajectory.lock import Ledger, check_call, refuse_invalid
from memory.measure.acts import says

Message = dict[str, Any]
FREE_TEXT_WORDS = 6
"""A string of at least so many words is composed text (a mail's body): the judge's to judge, not a leak."""


class Case:
    """A conversation with its calls and observations looked up once."""

    def __init__(self, blueprint: Blueprint, cluster: Cluster, messages: Sequence[Message]) -> None:
        self.blueprint, self.cluster, self.messages = blueprint, cluster, messages
        self.observed = {m["tool_call_id"]: orjson.loads(m["content"]) for m in messages if m["role"] == "tool"}
        self.calls = [
            (place, call["id"], call["function"]["name"], orjson.loads(call["function"]["arguments"]))
            for place, message in enumerate(messages)
            for call in message.get("tool_calls") or []
        ]

    def succeeded(self, origins: dict[str, Observation]) -> list[tuple[str, str, Any]]:
        return [(call_id, name, args) for _, call_id, name, args in self.calls if origins[call_id].ok]


def faults(
    blueprint: Blueprint,
    cluster: Cluster,
    messages: Sequence[Message],
    origins: dict[str, Observation],
    locks: dict[str, Schema],
) -> list[str]:
    """`name: detail` of every rule that is broken; empty for a clean conversation."""
    case = Case(blueprint, cluster, messages)
    unanswered = [call_id for _, call_id, _, _ in case.calls if call_id not in case.observed or call_id not in origins]
    if unanswered:
        return [f"calls: no observation for {unanswered}"]
    found = [
        *_calls(case, origins),
        *_leaks(case),
        *_locks(case, origins, locks),
        *_ledger(case, origins),
        *_dependencies(case, origins),
        *_checkpoints(case, origins),
        *_ending(case),
        *_repeats(case),
        *_user(case),
    ]
    return list(dict.fromkeys(found))


def _calls(case: Case, origins: dict[str, Observation]) -> Iterator[str]:
    """Every call fits its tool or was answered by the guard."""
    for _, call_id, name, arguments in case.calls:
        try:
            check_call(case.cluster, name, arguments)
        except LockError as error:
            if origins[call_id].origin is not Origin.LOCK:
                yield f"calls: {call_id} was executed although {error}"


def _leaks(case: Case) -> Iterator[str]:
    """Every id, name, number and date of a call was told or returned before it."""
    tools, heard = case.cluster.offered, [_heard(message) for message in case.messages]
    for place, call_id, name, arguments in case.calls:
        known = " ".join(filter(None, heard[:place]))
        for path, value in _claims(tools[name].service, arguments) if name in tools else leaves(arguments):
            schema = schema_at(tools[name].input_schema, path) if name in tools else {}
            if not is_constant(value, schema) and not _is_free_text(value) and not mentions(known, value):
                yield f"leak: {call_id} {path} = {value!r} was neither told nor returned before"


IDENTIFIER = re.compile(r"[A-Za-z]+[-_]\d{2,}\w*|\d{4}-\d\d-\d\d\S*|\d{5,}")
"""What in code is an id or a date; other literals are the author's own: names, formats, thresholds."""


def _claims(service: str, arguments: dict[str, Any]) -> Iterator[tuple[str, Any]]:
    """What a call says, by path; of code the literals that are an id or a date."""
    if service != SERVICE:
        yield from leaves(arguments)
        return
    with suppress(SyntaxError, ValueError):  # code that cannot be read says nothing; it was refused or failed
        for node in ast.walk(ast.parse(str(arguments.get("code")))):
            if isinstance(node, ast.Constant) and IDENTIFIER.fullmatch(str(node.value)):
                yield f"code line {node.lineno}", node.value


def _heard(message: Message) -> str:
    """What the assistant was told by a message, normalised."""
    if message["role"] == "tool":
        return normal("\n".join(str(value) for _, value in leaves(orjson.loads(message["content"]))))
    return normal(message["content"]) if message["role"] in ("system", "user") else ""


def _is_free_text(value: Any) -> bool:
    return isinstance(value, str) and len(value.split()) >= FREE_TEXT_WORDS


def normal(text: str) -> str:
    """Lower case, single spaces, numbers without thousands commas and trailing zeros.

    >>> normal("Pay  1,200.50 Now")
    'pay 1200.5 now'
    """
    text = re.sub(r"(?<=\d),(?=\d{3}\b)", "", " ".join(text.lower().split()))
    return re.sub(r"(\d+)\.(\d*?)0+\b", lambda m: f"{m[1]}.{m[2]}" if m[2] else m[1], text)


def mentions(known: str, value: Any) -> bool:
    """Whether normalised text holds the value as a whole token."""
    said = normal(str(value))
    return not said or says(known, said) or said in known.split("\n")


def _locks(case: Case, origins: dict[str, Observation], locks: dict[str, Schema]) -> Iterator[str]:
    for call_id, name, _ in case.succeeded(origins):
        try:
            refuse_invalid(locks.get(name, {}), case.observed[call_id], name)
        except LockError as error:
            if origins[call_id].origin is Origin.SIMULATED:
                yield f"lock: {call_id}: {error}"


def _ledger(case: Case, origins: dict[str, Observation]) -> Iterator[str]:
    """No simulated observation contradicts an earlier one except through a write."""
    ledger, tools = Ledger(), case.cluster.offered
    for call_id, name, arguments in case.succeeded(origins):
        if origins[call_id].origin is not Origin.SIMULATED or name not in tools:
            continue
        result, before = case.observed[call_id], ledger.remembered(name, arguments)
        if before is not None and before["result"] != result:
            yield f"ledger: {call_id} repeats a read and returns something else"
        try:
            ledger.check(tools[name], result)
        except LockError as error:
            yield f"{error} ({call_id})"
        ledger.note(tools[name], name, arguments, result)


def _dependencies(case: Case, origins: dict[str, Observation]) -> Iterator[str]:
    """Every argument that the plan takes from a step was taken from what that step's tool returned."""
    done = case.succeeded(origins)
    returned = {
        step.id: [case.observed[i] for i, name, _ in done if name == step.tool] for step in case.blueprint.steps
    }
    for step in case.blueprint.steps:
        calls = [arguments for _, name, arguments in done if name == step.tool]
        yield from _unread(step, calls, returned)
        for argument, source in step.arguments.items():
            if not calls or not isinstance(source, FromStep | FromItem | FromCode):
                continue
            origin, wanted = _flow(step, source, returned)
            came = [arguments.get(argument) in wanted for arguments in calls]
            # A repeated step owes it in every call; elsewhere an extra call of the same tool may be the user's wish.
            if not (all(came) if step.repeat and isinstance(source, FromItem) else any(came)):
                yield f"dependency: step {step.id} takes {argument} from step {origin}, a call did not"


def _unread(step: Step, calls: list[Any], returned: dict[str, list[Any]]) -> Iterator[str]:
    """Code that has nothing in it of a result that it should read."""
    written = [source for source in step.arguments.values() if isinstance(source, Written)]
    for read in (read for source in written for read in source.reads if isinstance(read, FromStep)):
        found = [str(value) for result in returned[read.step] for _, value in leaves(value_at(result, read.path))]
        if found and calls and not any(value in str(call.get("code")) for call in calls for value in found):
            yield f"dependency: the code of step {step.id} has nothing of what step {read.step} returned"


def _flow(step: Step, source: FromStep | FromItem | FromCode, returned: dict[str, list[Any]]) -> tuple[str, list[Any]]:
    """The step that the argument comes from, and the values that it returned there."""
    if isinstance(source, FromCode):
        told = [str(result["result"]) for result in returned[source.step]]
        return source.step, [value for text in told for value in (text, _number(text))]
    if isinstance(source, FromStep):
        return source.step, [value_at(result, source.path) for result in returned[source.step]]
    assert step.repeat
    lists = [value_at(result, step.repeat.path) for result in returned[step.repeat.step]]
    items = [item for items in lists if isinstance(items, list) for item in items]
    return step.repeat.step, [value_at(item, source.path) for item in items]


def _number(text: str) -> Any:
    try:
        return orjson.loads(text)
    except orjson.JSONDecodeError:
        return text


def _checkpoints(case: Case, origins: dict[str, Observation]) -> Iterator[str]:
    steps = {step.id: step for step in case.blueprint.steps}
    said = normal("\n".join(m["content"] for m in case.messages if m["role"] == "assistant"))
    for point in case.blueprint.checkpoints:
        step = steps[point.step]
        results = [case.observed[i] for i, name, _ in case.succeeded(origins) if name == step.tool]
        if not results:
            yield f"checkpoint: {point.text}: {step.tool} did not succeed"
        elif point.path and not any(_told(said, value_at(result, point.path)) for result in results):
            yield f"checkpoint: {point.text}: the answer does not say it"


def _told(said: str, value: Any) -> bool:
    return value is not MISSING and all(mentions(said, leaf) for _, leaf in leaves(value) if leaf is not None)


def _ending(case: Case) -> Iterator[str]:
    last = case.messages[-1]
    if last["role"] != "assistant" or last.get("tool_calls") or not last["content"].strip():
        yield f"ending: the last message is not an answer but {last['role']}"


def _repeats(case: Case) -> Iterator[str]:
    """A call made three times the same, or a sentence said twice, is a loop."""
    calls = Counter((name, orjson.dumps(args, option=orjson.OPT_SORT_KEYS)) for _, _, name, args in case.calls)
    spoken = [m for m in case.messages if m["role"] in ("assistant", "user") and not m.get("tool_calls")]
    said = Counter((m["role"], m["content"]) for m in spoken)
    for (name, _), times in calls.items():
        if times >= 3:
            yield f"repeat: the same call of {name} {times} times"
    for (role, text), times in said.items():
        if times >= 2:
            yield f"repeat: the {role} says {text[:40]!r} {times} times"


def _user(case: Case) -> Iterator[str]:
    """A tool's name in the user's mouth; a name that is a plain word could be said by anyone."""
    spoken = " ".join(m["content"] for m in case.messages if m["role"] == "user")
    for name in case.cluster.offered:
        if re.search(r"[_-]|[a-z][A-Z]", name) and says(spoken, name):
            yield f"user: names the tool {name}"


def unmet(
    blueprint: Blueprint,
    cluster: Cluster,
    messages: Sequence[Message],
    origins: dict[str, Observation],
    directive: Directive,
) -> list[str]:
    """What the directive's operator demands and the conversation does not have; empty if nothing."""
    case = Case(blueprint, cluster, messages)
    done = {name for _, name, _ in case.succeeded(origins)}
    carried_out = tuple(step for step in blueprint.steps if step.tool in done)
    lack = operators.lacking(blueprint.model_copy(update={"steps": carried_out}), cluster, directive)
    if not lack and not _happened(case, origins, directive.operator):
        lack = f"{directive.operator}: it did not happen"
    return [f"operator: {lack}"] if lack else []


def _happened(case: Case, origins: dict[str, Observation], operator: Operator) -> bool:
    """Whether the conversation shows the operator, whatever was planned."""
    tools = case.cluster.offered
    kinds = [
        (name, origins[call_id].ok) for _, call_id, name, _ in case.calls if origins[call_id].origin != Origin.LOCK
    ]
    last_user = max(place for place, message in enumerate(case.messages) if message["role"] == "user")
    asked = (m["role"] == "assistant" and "?" in (m["content"] or "") for m in case.messages[:last_user])
    changes = [not tools[name].reads for name, ok in kinds if ok]
    shown = {
        Operator.CONSTRAIN: True in changes and not changes[0],
        Operator.PERTURB: any((name, True) in kinds[n:] for n, (name, ok) in enumerate(kinds) if not ok),
        Operator.UNDERSPECIFY: any(asked),
        Operator.REFUSE: not case.calls,
    }
    return shown.get(operator, True)
