"""The operators of adaptive evolution [ours]: what each demands of a plan, and which clusters can answer the demand.

`deepen` and `broaden` are relative to a parent, an earlier slot of the same leaf; the others are there or not. The same
demand is made of the plan when it is drawn and, on the steps that succeeded, of the finished conversation.
"""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from agents.plan.code_tool import own
from agents.plan.dataflow import Described, describe_tool, informs, is_echo
from agents.schema import (
    Blueprint,
    Cluster,
    Directive,
    FromCode,
    FromItem,
    FromStep,
    Mode,
    Operator,
    Parent,
    Step,
    Written,
    flow,
)

OWN = {
    Mode.RECOVERY: Operator.PERTURB,
    Mode.CLARIFICATION: Operator.UNDERSPECIFY,
    Mode.COMPUTATION: Operator.COMPUTE,
    Mode.REFUSAL: Operator.REFUSE,
}
"""Modes that are what their operator brings about."""
WIDE = (Mode.LINEAR, Mode.PARALLEL, Mode.CHAINED)
CHAIN_LIMIT = 6
"""Longer chains are not asked for."""

CODES = {
    "timed out": "timeout", "timeout": "timeout", "rate limit": "rate_limited", "too many": "rate_limited",
    "locked": "conflict", "conflict": "conflict", "maintenance": "unavailable", "unavailable": "unavailable",
    "stale": "stale_cache", "part of the answer": "partial_result", "incomplete": "partial_result",
    "empty page": "empty_page", "session expired": "unauthenticated", "connection": "connection_error",
}  # fmt: skip
"""Words of a failure -> its usual error code."""


class Reach(NamedTuple):
    """How far the plans over a cluster can go."""

    chain: int
    """Calls in the longest chain that feed each other, at most 6."""
    services: int
    guarded: bool
    """There is something to look at and something to change."""


def reach(cluster: Cluster) -> Reach:
    tools = [describe_tool(name, tool) for name, tool in own(cluster).items()]
    fed = {a["name"]: [b["name"] for b in tools if a is not b and informs(a, b)] for a in tools}
    chain = next((n for n in range(CHAIN_LIMIT, 1, -1) if any(path(fed, (start,), n) for start in fed)), 1)
    reads = {tool.reads for tool in own(cluster).values()}
    return Reach(chain, len({tool.service for tool in own(cluster).values()}), len(reads) == 2)


def path(fed: Mapping[str, Sequence[str]], begun: tuple[str, ...], length: int) -> tuple[str, ...]:
    """A way of that many tools, each fed by the one before, that goes on from what is begun; empty if there is none.

    >>> path({"list": ["get", "pay"], "get": ["pay"], "pay": []}, ("list",), 3)
    ('list', 'get', 'pay')
    """
    if len(begun) == length:
        return begun
    onward = (path(fed, (*begun, target), length) for target in fed[begun[-1]] if target not in begun)
    return next((found for found in onward if found), ())


def open_to(mode: Mode, reach: Reach, parent: Parent | None) -> list[Operator]:
    """The operators that a directive of the mode can have over such a cluster."""
    if mode in OWN:
        return [OWN[mode]]
    deeper = parent and mode is Mode.CHAINED and reach.chain > parent.chain
    wider = parent and mode in WIDE and reach.services > parent.services
    guarded = reach.guarded and mode in (Mode.LINEAR, Mode.CHAINED)
    able = {Operator.DEEPEN: deeper, Operator.BROADEN: wider, Operator.CONSTRAIN: guarded}
    return [Operator.FRESH, *(operator for operator, holds in able.items() if holds)]


def lacking(plan: Blueprint, cluster: Cluster, directive: Directive) -> str:
    """What the plan owes its directive's operator; empty if nothing."""
    parent, steps = directive.parent, plan.steps
    if directive.operator is Operator.DEEPEN and parent and chain(steps) <= parent.chain:
        return f"deepen: {chain(steps)} calls feed each other, slot {parent.slot} has {parent.chain}"
    if directive.operator is Operator.BROADEN and parent and len(services(steps, cluster)) <= parent.services:
        return f"broaden: calls {sorted(services(steps, cluster))}, slot {parent.slot} has {parent.services} services"
    if directive.operator is Operator.CONSTRAIN and not plan.policy.strip():
        return "constrain: there is no policy"
    if directive.operator is Operator.CONSTRAIN:
        tools = own(cluster)
        reads = [tools[step.tool].reads for step in steps if step.tool in tools]
        if False not in reads or not reads[0]:
            return "constrain: nothing is changed, or something is changed before anything was read"
    shape = {
        Operator.PERTURB: any(step.fails for step in steps),
        Operator.UNDERSPECIFY: any(fact.withheld for fact in plan.facts),
        Operator.COMPUTE: any(isinstance(source, Written) for step in steps for source in step.arguments.values()),
        Operator.REFUSE: not steps,
    }
    return "" if shape.get(directive.operator, True) else f"{directive.operator}: the plan has no such step"


def has_shape(plan: Blueprint) -> bool:
    """Whether a step or fact of the plan is what its mode is about."""
    steps, by_id = plan.steps, {step.id: step for step in plan.steps}
    shapes = {
        Mode.CHAINED: any(_list_told(step, by_id) for step in steps),
        Mode.PARALLEL: len(steps) > 1,
        Mode.BRANCHING: any(step.when for step in steps),
        Mode.ITERATIVE: any(step.repeat for step in steps),
        Mode.RECOVERY: any(step.fails for step in steps),
        Mode.COMPUTATION: any(isinstance(source, Written) for step in steps for source in step.arguments.values()),
        Mode.CLARIFICATION: any(fact.withheld for fact in plan.facts),
    }
    return shapes.get(plan.mode, True)


def _list_told(step: Step, by_id: Mapping[str, Step]) -> set[str]:
    """The steps of which an argument takes what was found out: what their calls were made with was known before."""
    sources = [part for source in step.arguments.values() for part in flow(source)]
    paths = [(source.step, source.path) for source in sources if isinstance(source, FromStep)]
    if step.repeat:
        each = f"{step.repeat.path}[0]"
        paths += [(step.repeat.step, f"{each}.{source.path}") for source in sources if isinstance(source, FromItem)]
    told = {name for name, path in paths if name in by_id and not is_echo(_describe_call(by_id[name]), path)}
    return told | {source.step for source in sources if isinstance(source, FromCode)}


def _describe_call(step: Step) -> Described:
    """The step's tool as far as its call tells."""
    return {"name": step.tool, "inputSchema": {"properties": step.arguments, "required": list(step.arguments)}}


def code_of(failure: str) -> str:
    """The error code that usually comes with such words.

    >>> code_of("The request timed out."), code_of("Try later.")
    ('timeout', 'temporarily_unavailable')
    """
    return next((code for text, code in CODES.items() if text in failure.lower()), "temporarily_unavailable")


def chain(steps: Sequence[Step]) -> int:
    """Calls in the longest chain of steps that take a value from each other."""
    by_id = {step.id: step for step in steps}

    def depth(step: Step) -> int:
        feeders = _list_told(step, by_id) | ({step.repeat.step} if step.repeat else set())
        return 1 + max((depth(by_id[feeder]) for feeder in feeders if feeder in by_id), default=0)

    return max(map(depth, steps), default=0)


def services(steps: Sequence[Step], cluster: Cluster) -> set[str]:
    tools = own(cluster)
    return {tools[step.tool].service for step in steps if step.tool in tools}
