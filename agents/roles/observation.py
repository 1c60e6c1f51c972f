"""ObservationAgent: the calls so far and the next one in, what the simulated tool returned out."""

from collections.abc import Sequence
from typing import Any

from agents.memo import remembered
from agents.plan.code_tool import own
from agents.plan.dataflow import described
from agents.roles.prompting import dumps, render
from agents.schema import Cluster, Observed, Role, Schema
from agents.teacher.teachers import Ask, Message, fill


def asked(name: str, arguments: Any, lock: Schema | None, must_fail: str, violation: str) -> str:
    """One call as the role reads it; empty hints are left out."""
    hints = {"lock": lock, "must_fail": must_fail, "violation": violation}
    return dumps({"tool": name, "arguments": arguments, **{key: value for key, value in hints.items() if value}})


async def simulate(ask: Ask, cluster: Cluster, history: Sequence[tuple[str, str]], call: str) -> Observed:
    """The observation of `call`, given (call, observation) pairs so far as text.

    Raises: FormatError: no observation, asked again included.
    """
    messages: list[Message] = [{"role": "system", "content": _prompt(cluster)}]
    for earlier, observed in history:
        messages += [{"role": "user", "content": earlier}, {"role": "assistant", "content": observed}]
    return await fill(ask, Role.OBSERVATION, [*messages, {"role": "user", "content": call}], Observed)


@remembered
def _prompt(cluster: Cluster) -> str:
    tools = [described(name, tool) for name, tool in own(cluster).items()]
    return render(Role.OBSERVATION, tools=dumps(tools))
