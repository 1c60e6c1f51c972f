"""The shape of what a trajectory did: its actions in, mode signature, coarse mode and complexity out.

All definitions here are this project's own [ours]: the paper (arXiv:2602.03219) names Domain Entropy, Mode Entropy and
Cumulative Action Complexity but gives no formula.
"""

import re
from collections import Counter
from math import fsum, log2

from pydantic import BaseModel, ConfigDict

from agents.plan.code_tool import RUN_PYTHON
from agents.schema import Mode
from memory.measure.acts import Act, Row, actions

CONDITION = re.compile(r"\b(?:if|unless)\b[^.?!,]*,", re.IGNORECASE)
"""A condition in the user's words: `if the order is still open, cancel it`."""


def signature(row: Row) -> str:
    """The mode signature [ours], such as `ask read write* parallel2* answer`; `*`: an argument was observed before."""
    return _signature(actions(row))


def coarse(row: Row) -> Mode:
    """The coarse mode [ours]: the directive's where its pattern is there, else the first of the order that is.

    Rows without a directive have one too.
    """
    return _coarse(row, actions(row))


def cac(row: Row) -> float:
    """Cumulative Action Complexity [ours].

    The sum over actions, texts included, of 1 + log2(1 + arguments) + dependency depth + [an argument was observed
    before] + [code] * log2(1 + AST nodes) / 4.
    """
    return _cac(actions(row))


def _signature(acts: list[Act]) -> str:
    groups: dict[int, list[Act]] = {}
    for act in acts:
        groups.setdefault(act.message, []).append(act)
    marks = []
    for group in groups.values():
        kind = group[0].kind if len(group) == 1 else f"parallel{len(group)}"
        marks.append(kind + "*" * any(act.taken for act in group))
    return " ".join(marks)


def _coarse(row: Row, acts: list[Act]) -> Mode:
    request = " ".join(m.get("content") or "" for m in row.get("messages", ()) if m["role"] == "user")
    # whatever language the user speaks, a plan says where it branches; rows without a plan have the words alone
    planned = (row.get("blueprint") or {}).get("steps", ())
    calls = [act for act in acts if act.tool]
    messages = [act.message for act in calls]
    # a tool iterates where it succeeded with two different values of the same observed list
    listed: dict[tuple[str, int], set[str]] = {}
    for act in calls:
        for taken in act.taken if act.ok else ():
            if taken.listed:
                listed.setdefault((act.tool, taken.act), set()).add(taken.value)
    successes = Counter(act.tool for act in calls if act.ok)
    # from the rarest pattern to the commonest, for a row shows several: a loop is also a chain
    patterns = {
        Mode.REFUSAL: not calls,
        Mode.COMPUTATION: any(act.code for act in calls),
        Mode.RECOVERY: any(act.kind == "recover" for act in calls),
        Mode.CLARIFICATION: any(act.kind == "ask" for act in acts),
        Mode.BRANCHING: bool(CONDITION.search(request)) or any(step.get("when") for step in planned),
        Mode.ITERATIVE: any(len(values) > 1 and successes[tool] > 1 for (tool, _), values in listed.items()),
        Mode.PARALLEL: len(set(messages)) < len(messages),
        Mode.CHAINED: any(act.taken for act in calls),
    }
    wanted = (row.get("directive") or {}).get("mode")
    if wanted and patterns.get(Mode(wanted)):
        return Mode(wanted)
    return next((mode for mode, holds in patterns.items() if holds), Mode.LINEAR)


def _cac(acts: list[Act]) -> float:
    weights = (1 + log2(1 + len(act.arguments)) + act.depth + bool(act.taken) + log2(1 + act.nodes) / 4 for act in acts)
    return round(fsum(weights), 6)


class Measures(BaseModel):
    """What the metrics and the evolution need to know of one committed row."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    slot: int
    leaf: str
    mode: Mode
    signature: str
    cac: float
    chain: int
    """Calls in the longest chain of calls that feed each other."""
    tools: tuple[str, ...]
    """`service/name` of the tools called, sorted; the Code Tool is none of the corpus."""


def measure(row: Row) -> Measures:
    """The row's measures, from one reading of its messages."""
    acts, cluster = actions(row), row.get("cluster", {})
    keys = cluster.get("tools", {})
    return Measures(
        slot=row["slot"],
        leaf=cluster.get("leaf") or row["directive"]["leaf"],
        mode=_coarse(row, acts),
        signature=_signature(acts),
        cac=_cac(acts),
        chain=max((1 + act.depth for act in acts if act.tool), default=0),
        tools=tuple(sorted({keys[act.tool] for act in acts if act.tool in keys} - {RUN_PYTHON.key})),
    )
