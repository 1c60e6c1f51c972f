"""What a plan will become, before it is played: its calls in order and its mode signature [ours].

A good conversation follows its plan, so that what would be a copy once it is played can be refused while it costs one
call. What a plan leaves open is guessed: a list to repeat over has three elements, no condition holds.
"""

from typing import NamedTuple

from agents.plan.code_tool import SERVICE
from agents.schema import Blueprint, Cluster, FromCode, FromItem, FromStep, FromUser, Mode, Step, flow

REPEATS = 3


class Foreseen(NamedTuple):
    """What a finished trajectory would be measured as."""

    tools: tuple[str, ...]
    """Calls in order, by offered name."""
    signature: str


def foresee(plan: Blueprint, cluster: Cluster) -> Foreseen:
    """The calls and the signature of a conversation that goes as planned."""
    calls, marks = list[str](), list[str]()
    withheld = {fact.name for fact in plan.facts if fact.withheld}
    for turn in range(1, len(plan.turns) + 1):
        steps = [step for step in plan.steps if step.turn == turn and not step.when]
        for group in _groups(plan, steps):
            if asked := withheld & {name for step in group for name in _facts(step)}:
                withheld -= asked
                marks.append("ask")
            marks += _marks(group, cluster)
            calls += [step.tool for step in group for _ in range(_count(step))]
        if plan.steps:
            marks.append("answer")
    return Foreseen(tuple(calls), " ".join(marks or ["refuse"]))


def _groups(plan: Blueprint, steps: list[Step]) -> list[list[Step]]:
    """Steps that are called in one message: those of a parallel plan that need nothing of each other."""
    if plan.mode is not Mode.PARALLEL:
        return [[step] for step in steps]
    groups: list[list[Step]] = []
    for step in steps:
        if groups and not _observed(step):
            groups[-1].append(step)
        else:
            groups.append([step])
    return groups


def _marks(group: list[Step], cluster: Cluster) -> list[str]:
    star = "*" if any(map(_observed, group)) else ""
    if len(group) > 1:
        return [f"parallel{len(group)}{star}"]
    step, tool = group[0], cluster.offered[group[0].tool]
    kind = "code" if tool.service == SERVICE else "read" if tool.reads else "write"
    return [f"{kind}{star}"] * (REPEATS if step.repeat else 1) + [f"recover{star}"] * bool(step.fails)


def _count(step: Step) -> int:
    return (REPEATS if step.repeat else 1) + bool(step.fails)


def _facts(step: Step) -> set[str]:
    sources = [source for argument in step.arguments.values() for source in flow(argument)]
    return {source.fact for source in sources if isinstance(source, FromUser)}


def _observed(step: Step) -> bool:
    """Whether a value that it is called with comes from what was observed before."""
    sources = [source for argument in step.arguments.values() for source in flow(argument)]
    return any(isinstance(source, FromStep | FromItem | FromCode) for source in sources)
