"""Faults that are found while they are cheap: in a user's turn, a call or an answer, as soon as it is made.

Each is shown once to the role that made it, which answers anew. A value that it insists on is put to the judge; what
else still stands at the end is a fault of the row.
"""

from collections.abc import Collection, Sequence
from typing import NamedTuple

from agents.plan.values import lacks
from agents.schema import Blueprint, Cluster, Observation, Turn, Utterance
from agents.teacher.request import Message
from graphs.trajectory.carried_out import check_checkpoints
from graphs.trajectory.case import Case
from graphs.trajectory.checks import check_user
from graphs.trajectory.grounding import look
from memory.measure.acts import asks_back

SHOWN = 3
"""Faults that are shown at once."""


class Objection(NamedTuple):
    """What is shown to a role of its last answer, and by what it is known not to be shown again."""

    text: str
    keys: list[str]


def object_to_user(
    plan: Blueprint, cluster: Cluster, messages: Sequence[Message], utterance: Utterance, before: Collection[str]
) -> Objection:
    """A fact that the turn leaves out, or a tool's name in the user's mouth; a fact is asked for once."""
    case = Case(plan, cluster, [*messages, {"role": "user", "content": utterance.say}])
    faults = {finding.fault: finding.fault for finding in check_user(case)}
    spoken = "\n".join(m["content"] or "" for m in case.messages if m["role"] == "user")
    facts = {fact.name: fact for fact in plan.facts}
    for number, turn in enumerate(_due(plan, messages, done=utterance.done), 1):
        for name in turn.facts:
            key = f"fact: {name}"
            if key not in before and lacks(spoken, facts[name].value, None, case.today):
                faults[key] = f"turn {number} must tell the {name}, which is {facts[name].value!r}, and it does not"
    return Objection("; ".join(list(faults.values())[:SHOWN]), list(faults)[:SHOWN])


def _due(plan: Blueprint, messages: Sequence[Message], *, done: bool) -> tuple[Turn, ...]:
    """The turns whose facts must be told by now; none while it is open whether a question is being answered."""
    answers = [m["content"] or "" for m in messages if m["role"] == "assistant" and not m.get("tool_calls")]
    if answers and "?" in answers[-1]:
        return ()
    return plan.turns if done else plan.turns[: _count_opened(messages) + 1]


def _count_opened(messages: Sequence[Message]) -> int:
    """The user's messages that open a turn: those that answer no question."""
    before, opened = "", 0
    for message in messages:
        if message["role"] == "user":
            opened += "?" not in before
        elif message["role"] == "assistant" and not message.get("tool_calls"):
            before = message["content"] or ""
    return opened


def object_to_assistant(
    plan: Blueprint,
    cluster: Cluster,
    messages: Sequence[Message],
    answer: Message,
    origins: dict[str, Observation],
) -> Objection:
    """A value that nobody told, or one that an answer leaves out; empty if nothing is certain to be wrong."""
    case = Case(plan, cluster, [*messages, answer])
    seen = look(case, len(messages))
    findings = [*seen.calls, *seen.words]
    if not answer.get("tool_calls") and not asks_back(answer["content"] or ""):
        done = {call.name for call in case.successes(origins)}
        turn = max((step.turn for step in plan.steps if step.tool in done), default=0)
        # a step with a condition may rightly be left out, so it is not waited for
        if turn and all(step.tool in done for step in plan.steps if step.turn == turn and not step.when):
            findings += check_checkpoints(case, origins, turn)
    faults = list(dict.fromkeys(finding.fault for finding in findings if finding.is_fault))
    return Objection("; ".join(faults[:SHOWN]), faults)


def is_over(plan: Blueprint, cluster: Cluster, messages: Sequence[Message], origins: dict[str, Observation]) -> bool:
    """Whether nothing is left to say: all turns were opened, all steps done and told, and no question is open.

    The user then would only say that they are done, for the price of a whole prompt.
    """
    last = messages[-1]
    if last["role"] != "assistant" or last.get("tool_calls") or "?" in (last["content"] or ""):
        return False
    if _count_opened(messages) < len(plan.turns):
        return False
    case = Case(plan, cluster, messages)
    done = {call.name for call in case.successes(origins)}
    owed = [step.tool for step in plan.steps if not step.when and not step.repeat]
    # what only a judge can tell is not the user's to ask for
    return done.issuperset(owed) and not any(finding.is_fault for finding in check_checkpoints(case, origins))
