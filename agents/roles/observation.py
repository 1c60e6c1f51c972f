"""ObservationAgent: the calls so far and the next one in, what the simulated tool returned out."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from agents.memo import remembered
from agents.plan.code_tool import own
from agents.plan.dataflow import described
from agents.roles.prompting import dumps, render
from agents.schema import Blueprint, Cluster, FromStep, Observed, Role, Schema, flow
from agents.teacher.teachers import Ask, Message, fill

REPEATED = 3
"""Elements of a list that a step is repeated over, at most."""


def write_call(name: str, arguments: Any, lock: Schema | None, must_fail: str, violation: str) -> str:
    """One call as the role reads it; empty hints are left out."""
    hints = {"lock": lock, "must_fail": must_fail, "violation": violation}
    return dumps({"tool": name, "arguments": arguments, **{key: value for key, value in hints.items() if value}})


async def simulate(
    ask: Ask, cluster: Cluster, history: Sequence[tuple[str, str]], call: str, world: str = ""
) -> Observed:
    """The observation of `call`, given (call, observation) pairs so far as text.

    Raises: FormatError: no observation, asked again included.
    """
    messages: list[Message] = [{"role": "system", "content": _prompt(cluster) + world}]
    for earlier, observed in history:
        messages += [{"role": "user", "content": earlier}, {"role": "assistant", "content": observed}]
    return await fill(ask, Role.OBSERVATION, [*messages, {"role": "user", "content": call}], Observed)


@remembered
def _prompt(cluster: Cluster) -> str:
    tools = [described(name, tool) for name, tool in own(cluster).items()]
    return render(Role.OBSERVATION, tools=dumps(tools))


def write_world(plan: Blueprint, today: date) -> str:
    """What exists and what the plan needs to come back, as a section of the prompt."""
    tools = {step.id: step.tool for step in plan.steps}
    expects = [{"tool": tools[e.step], "path": e.path, "value": e.value} for e in plan.expects]
    repeats = [step.repeat for step in plan.steps if step.repeat]
    repeated = [{"tool": tools[r.step], "path": r.path, "at_most": REPEATED} for r in repeats if r.step in tools]
    parts = [part for step in plan.steps for source in step.arguments.values() for part in flow(source)]
    reads = [{"tool": tools[p.step], "path": p.path} for p in parts if isinstance(p, FromStep) and p.step in tools]
    facts = {fact.name: fact.value for fact in plan.facts}
    setting = {"today": today.isoformat(), "facts": facts, "expects": expects, "repeated": repeated, "read": reads}
    return f"\n## World\n```json\n{dumps({key: value for key, value in setting.items() if value})}\n```\n"
