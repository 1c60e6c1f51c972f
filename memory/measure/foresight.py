"""What a plan will become, before it is played: its calls in order and its mode signature [ours].

A good conversation follows its plan, so that what would be a copy once it is played can be refused while it costs one
call. What a plan leaves open is guessed: a list to repeat over has three elements, no condition holds.
"""

from typing import NamedTuple

from agents.plan.code_tool import SERVICE
from agents.schema import Blueprint, Cluster, FromCode, FromItem, FromStep, FromUser, Mode, Source, Step, flow

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
        # steps that are called in one message: those of a parallel plan that need nothing of each other
        groups: list[list[Step]] = []
        for step in (step for step in plan.steps if step.turn == turn and not step.when):
            if groups and plan.mode is Mode.PARALLEL and not _is_chained(step):
                groups[-1].append(step)
            else:
                groups.append([step])
        for group in groups:
            sources = [source for step in group for source in _sources(step)]
            if missing := withheld & {source.fact for source in sources if isinstance(source, FromUser)}:
                withheld -= missing  # what the user was asked for once is known from then on
                marks.append("ask")
            step, tool = group[0], cluster.by_name[group[0].tool]
            star = "*" if any(map(_is_chained, group)) else ""
            if len(group) > 1:
                marks.append(f"parallel{len(group)}{star}")
            else:
                kind = "code" if tool.service == SERVICE else "read" if tool.reads else "write"
                marks += [f"{kind}{star}"] * (REPEATS if step.repeat else 1)
                marks += [f"recover{star}"] * bool(step.fails)
            for step in group:
                # a step that is to fail once is called again
                calls += [step.tool] * ((REPEATS if step.repeat else 1) + bool(step.fails))
        if plan.steps:
            marks.append("answer")
    return Foreseen(tuple(calls), " ".join(marks or ["refuse"]))


def _sources(step: Step) -> list[Source]:
    """Where the values that the step is called with come from."""
    return [source for argument in step.arguments.values() for source in flow(argument)]


def _is_chained(step: Step) -> bool:
    """Whether a value that it is called with comes from what was observed before."""
    return any(isinstance(source, FromStep | FromItem | FromCode) for source in _sources(step))
