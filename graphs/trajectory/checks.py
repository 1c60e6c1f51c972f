"""Rule checks of a finished conversation: every fault by name, read only from what is exported, before the judge.

Only certainty rejects. What the rules cannot tell becomes a numbered claim, which the judge answers.
"""

import re
from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from typing import NamedTuple

import orjson

from agents.errors import LockError
from agents.plan import operators
from agents.schema import (
    Blueprint,
    Claim,
    Cluster,
    Directive,
    Observation,
    Operator,
    Origin,
    Schema,
)
from agents.teacher.request import Message
from graphs.trajectory.carried_out import check_checkpoints, check_dependencies
from graphs.trajectory.case import Call, Case, Finding
from graphs.trajectory.grounding import look
from graphs.trajectory.lock import Ledger, check_call, lock_key, lock_of, refuse_invalid
from graphs.trajectory.outcomes import check_failures, check_texts
from memory.measure.acts import asks_back
from memory.measure.acts import says as holds


class Examined(NamedTuple):
    """What the rules object to, and what they leave to the judge."""

    faults: list[str]
    claims: list[Claim]


def examine(
    blueprint: Blueprint,
    cluster: Cluster,
    messages: Sequence[Message],
    origins: dict[str, Observation],
    locks: dict[str, Schema],
    insisted: Collection[str] = (),
) -> Examined:
    """`name: detail` of every rule that is broken, none for a clean conversation, and the claims.

    `insisted` are faults, or the claims that came of them, that somebody was shown and stood by: the judge decides.
    """
    case = Case(blueprint, cluster, messages)
    unanswered = [call.id for call in case.calls if call.id not in case.observed or call.id not in origins]
    # the other rules look up what each call returned
    if unanswered:
        return Examined([f"calls: no observation for {unanswered}"], [])
    looks = [look(case, place) for place, message in enumerate(messages) if message["role"] == "assistant"]
    findings = [
        *_check_calls(case, origins),
        *(finding for seen in looks for finding in seen.calls),
        *(finding for seen in looks for finding in seen.words),
        *_check_observations(case, origins, locks),
        *check_dependencies(case, origins),
        *check_checkpoints(case, origins),
        *check_failures(case, origins),
        *check_texts(case, origins),
        *_check_course(case),
        *check_user(case),
    ]
    faults, claims = dict[str, None](), dict[str, Claim]()
    for finding in findings:
        claim = finding.claim
        if claim and (not finding.is_fault or not {finding.fault, claim.text}.isdisjoint(insisted)):
            claims[claim.text] = claim
        else:
            faults[finding.fault] = None
    return Examined(list(faults), list(claims.values()))


def _check_calls(case: Case, origins: dict[str, Observation]) -> Iterator[Finding]:
    """Every call fits its tool or was answered by the guard."""
    for call in case.calls:
        try:
            check_call(case.cluster, call.name, call.arguments)
        except LockError as error:
            if origins[call.id].origin is not Origin.LOCK:
                yield Finding("calls", f"{call.id} was executed although {error}")


def _check_observations(case: Case, origins: dict[str, Observation], locks: dict[str, Schema]) -> Iterator[Finding]:
    """Simulated observations keep their locks, and none contradicts an earlier one except through a write."""
    for call in case.successes(origins):
        tool = case.cluster.by_name.get(call.name)
        key = lock_key(tool, call.name, call.arguments) if tool else call.name
        try:
            refuse_invalid(lock_of(locks, key, call.name), case.observed[call.id], call.name)
        except LockError as error:
            # what was really executed stands as it is, and its Observation notes the mismatch
            if origins[call.id].origin is Origin.SIMULATED:
                yield Finding("lock", f"{call.id}: {error}")
    ledger, tools = Ledger(), case.cluster.by_name
    for call in case.successes(origins):
        if origins[call.id].origin is not Origin.SIMULATED or call.name not in tools:
            continue
        result, before = case.observed[call.id], ledger.recall(call.name, call.arguments)
        if before is not None and before["result"] != result:
            yield Finding("ledger", f"{call.id} repeats a read and returns something else")
        try:
            ledger.check(tools[call.name], result)
        except LockError as error:
            yield Finding("ledger", f"{str(error).removeprefix('ledger: ')} ({call.id})")
        ledger.note(tools[call.name], call.name, call.arguments, result)


def _check_course(case: Case) -> Iterator[Finding]:
    """It ends with the assistant's answer, and goes nowhere in circles."""
    last = case.messages[-1]
    # what the user said to a question at its end is an ending, too
    if last["role"] == "user" and "?" in (case.messages[-2]["content"] or ""):
        last = case.messages[-2]
    if last["role"] != "assistant" or last.get("tool_calls") or not (last["content"] or "").strip():
        yield Finding("ending", f"the last message is not an answer but {last['role']}")

    # A call made three times the same, or a sentence said twice, is a loop.
    calls = Counter((call.name, _arguments(call)) for call in case.calls)
    for (name, _), times in calls.items():
        # twice may be a look before a change and one after it
        if times >= 3:
            yield Finding("repeat", f"the same call of {name} {times} times")
    for (role, text, _), times in _count_said(case).items():
        if times >= 2:
            yield Finding("repeat", f"the {role} says {text[:40]!r} {times} times")


def _arguments(call: Call) -> bytes:
    return orjson.dumps(call.arguments, option=orjson.OPT_SORT_KEYS)


def _count_said(case: Case) -> Counter[tuple[str, str, frozenset[tuple[str, bytes]]]]:
    """How often each says the same after the same calls: that two looks show the same is told twice, and rightly."""
    said, since = Counter[tuple[str, str, frozenset[tuple[str, bytes]]]](), set[tuple[str, bytes]]()
    for place, message in enumerate(case.messages):
        since |= {(call.name, _arguments(call)) for call in case.calls if call.place == place}
        if message["role"] in ("assistant", "user") and not message.get("tool_calls"):
            after = frozenset(since) if message["role"] == "assistant" else frozenset()
            said[message["role"], message["content"] or "", after] += 1
            since.clear()
    return said


def check_user(case: Case) -> Iterator[Finding]:
    """A tool's name in the user's mouth; a name that is a plain word could be said by anyone."""
    spoken = " ".join(m["content"] or "" for m in case.messages if m["role"] == "user")
    for name in case.cluster.by_name:
        if re.search(r"[_-]|[a-z][A-Z]", name) and holds(spoken, name):
            yield Finding("user", f"names the tool {name}")


def unmet(
    blueprint: Blueprint,
    cluster: Cluster,
    messages: Sequence[Message],
    origins: dict[str, Observation],
    directive: Directive,
) -> list[str]:
    """What the directive's operator demands and the conversation does not have; empty if nothing."""
    case = Case(blueprint, cluster, messages)
    done = {call.name for call in case.successes(origins)}
    carried_out = tuple(step for step in blueprint.steps if step.tool in done)
    lack = operators.lacking(blueprint.model_copy(update={"steps": carried_out}), cluster, directive)
    # Whatever was planned, the conversation itself must show it.
    tools = case.cluster.by_name
    kinds = [(call.name, origins[call.id].ok) for call in case.calls if origins[call.id].origin != Origin.LOCK]
    last_user = max((place for place, message in enumerate(case.messages) if message["role"] == "user"), default=0)
    questions = (m["role"] == "assistant" and asks_back(m["content"] or "") for m in case.messages[:last_user])
    changes = [not tools[name].reads for name, ok in kinds if ok]
    shown = {
        Operator.CONSTRAIN: True in changes and not changes[0],
        Operator.PERTURB: any((name, True) in kinds[n:] for n, (name, ok) in enumerate(kinds) if not ok),
        Operator.UNDERSPECIFY: any(questions),
        Operator.REFUSE: not case.calls,
    }
    if not lack and not shown.get(directive.operator, True):
        lack = f"{directive.operator}: it did not happen"
    return [f"operator: {lack}"] if lack else []
