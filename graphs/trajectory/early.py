"""Faults that are found while they are cheap: in a user's turn, a call or an answer, as soon as it is made.

Each is shown once to the role that made it, which answers anew; what still stands at the end is a fault of the row.
"""

from collections.abc import Sequence

from agents.plan.values import Answer, says
from agents.schema import Blueprint, Cluster, Observation, Turn, Utterance
from agents.teacher.teachers import Message
from graphs.trajectory.case import Case, Finding
from graphs.trajectory.checks import check_points, check_user
from graphs.trajectory.grounding import check_calls, check_words
from memory.measure.acts import asks_back

SHOWN = 3
"""Faults that are shown at once."""


def fault_of_user(plan: Blueprint, cluster: Cluster, messages: Sequence[Message], utterance: Utterance) -> str:
    """A fact that the turn leaves out, or a tool's name in the user's mouth; empty if nothing is wrong."""
    case = Case(plan, cluster, [*messages, {"role": "user", "content": utterance.say}])
    turns = _due(plan, messages, done=utterance.done)
    faults = [finding.fault for finding in check_user(case)]
    spoken = "\n".join(m["content"] or "" for m in case.messages if m["role"] == "user")
    facts = {fact.name: fact for fact in plan.facts}
    for number, turn in enumerate(turns, 1):
        for name in turn.facts:
            if says(spoken, facts[name].value, None, case.today) is Answer.DOES_NOT:
                faults.append(f"turn {number} must tell the {name}, which is {facts[name].value!r}, and it does not")
    return "; ".join(dict.fromkeys(faults[:SHOWN]))


def _due(plan: Blueprint, messages: Sequence[Message], *, done: bool) -> tuple[Turn, ...]:
    """The turns whose facts must be told by now; none while it is open whether a question is being answered."""
    before, opened = "", 0
    for message in messages:
        if message["role"] == "user":
            opened += "?" not in before
        elif message["role"] == "assistant" and not message.get("tool_calls"):
            before = message["content"] or ""
    if "?" in before:
        return ()
    return plan.turns if done else plan.turns[: opened + 1]


def fault_of_assistant(
    plan: Blueprint,
    cluster: Cluster,
    messages: Sequence[Message],
    answer: Message,
    origins: dict[str, Observation],
) -> str:
    """A value that nobody told, or one that an answer leaves out; empty if nothing is certain to be wrong."""
    case, place = Case(plan, cluster, [*messages, answer]), len(messages)
    findings: list[Finding] = [*check_calls(case, place), *check_words(case, place)]
    if not answer.get("tool_calls") and not asks_back(answer["content"] or ""):
        done = {call.name for call in case.succeeded(origins)}
        turn = max((step.turn for step in plan.steps if step.tool in done), default=0)
        if turn and all(step.tool in done for step in plan.steps if step.turn == turn and not step.when):
            findings += check_points(case, origins, turn)
    faults = dict.fromkeys(finding.fault for finding in findings if not finding.claim)
    return "; ".join(list(faults)[:SHOWN])
