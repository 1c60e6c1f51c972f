"""ObservationAgent: the calls so far and the next one in, what the simulated tool returned out."""

import re
from collections.abc import Sequence
from datetime import date

from pydantic import JsonValue

from agents.memo import remembered
from agents.plan.code_tool import own
from agents.plan.concise import concise
from agents.plan.json_paths import resolve
from agents.roles.prompting import dumps, render, section
from agents.schema import Blueprint, Cluster, FromStep, JsonObject, Observed, Role, Schema, Tool, flow
from agents.teacher.teachers import Ask, Message, fill

REPEATED = 3
"""Elements of a list that a step is repeated over, at most."""
BRIEF = 100
"""Characters of the description of a tool that the plan does not call."""


def write_prompt(cluster: Cluster, plan: Blueprint | None = None, today: date | None = None) -> str:
    """The system prompt of a trajectory: definitions of the tools that the plan calls, names of the others, the world.

    It stays the same for the whole trajectory; another tool's definition comes with its first call (`write_call`).
    Without a plan all tools are defined.
    """
    planned = {step.tool for step in plan.steps} if plan else set(own(cluster))
    tools = [
        {"name": name, **_define(tool)}
        if name in planned
        else {"name": name, "service": tool.service, "description": tool.description[:BRIEF], "reads": tool.reads}
        for name, tool in own(cluster).items()
    ]
    prompt = render(Role.OBSERVATION, tools=dumps(tools))
    return f"{prompt}\n{section('World', _world(plan, today))}" if plan and today else prompt


def write_call(
    name: str, arguments: JsonValue, lock: Schema | None, must_fail: str, violation: str, tool: Tool | None = None
) -> str:
    """One call as the role reads it; empty hints are left out. `tool` is one that the prompt does not define."""
    definition = {"name": name, **_define(tool)} if tool else None
    hints = {"definition": definition, "lock": lock, "must_fail": must_fail, "violation": violation}
    return dumps({"tool": name, "arguments": arguments, **{key: value for key, value in hints.items() if value}})


async def simulate(ask: Ask, prompt: str, history: Sequence[tuple[str, str]], call: str) -> Observed:
    """The observation of `call`, given (call, observation) pairs so far as text.

    Raises: FormatError: no observation, asked again included.
    """
    messages: list[Message] = [{"role": "system", "content": prompt}]
    for earlier, observed in history:
        messages += [{"role": "user", "content": earlier}, {"role": "assistant", "content": observed}]
    return await fill(ask, Role.OBSERVATION, [*messages, {"role": "user", "content": call}], Observed)


@remembered
def _define(tool: Tool) -> JsonObject:
    """What a call does and gives back. Its arguments are seen in the call; what they mean is not."""
    fields = tool.input_schema.get("properties") or {}
    meanings = {name: field["description"] for name, field in fields.items() if "description" in resolve(field, {})}
    definition = {"service": tool.service, "description": tool.description}
    output = {"outputSchema": concise(tool.output_schema)} if tool.output_schema else {}
    return {**definition, **({"arguments": meanings} if meanings else {}), **output, "reads": tool.reads}


def _world(plan: Blueprint, today: date) -> JsonObject:
    """What exists and what the plan needs to come back; empty parts are left out."""
    tools = {step.id: step.tool for step in plan.steps}
    sources = [part for step in plan.steps for source in step.arguments.values() for part in flow(source)]
    links = [(source.step, source.path) for source in sources if isinstance(source, FromStep)]
    links += [(step.when.step, step.when.path) for step in plan.steps if step.when]
    links += [(point.step, point.path) for point in plan.checkpoints]
    read: dict[str, list[str]] = {}
    lists: dict[tuple[str, str], JsonObject] = {}
    for step, path in dict.fromkeys(links):
        if not path or step not in tools:
            continue
        if path not in read.setdefault(tools[step], []):
            read[tools[step]].append(path)
        # A model that is told of `orders[0].id` may still think that an empty list is an answer, too.
        if index := re.match(r"(.*?)\[(\d+)\]", path):
            entry = lists.setdefault((tools[step], index[1]), {"tool": tools[step], "path": index[1]})
            entry["at_least"] = max(int(index[2]) + 1, entry.get("at_least", 0))
    for repeat in (step.repeat for step in plan.steps if step.repeat and step.repeat.step in tools):
        tool = tools[repeat.step]
        entry = lists.setdefault((tool, repeat.path), {"tool": tool, "path": repeat.path})
        entry |= {"at_least": entry.get("at_least", 1), "at_most": REPEATED}
    world = {
        "today": today.isoformat(),
        "goal": plan.goal,
        "role": plan.role,
        "facts": {fact.name: fact.value for fact in plan.facts},
        "expects": [{"tool": tools[e.step], "path": e.path, "value": e.value} for e in plan.expects],
        "lists": list(lists.values()),
        "read": read,
    }
    return {key: value for key, value in world.items() if value}
