"""ObservationAgent: the calls so far and the next one in, what the simulated tool returned out."""

from collections.abc import Sequence
from datetime import date

from pydantic import JsonValue

from agents.memo import remembered
from agents.plan.code_tool import own
from agents.plan.concise import short_result
from agents.plan.excerpt import begin, excerpt, shown
from agents.plan.json_paths import resolve
from agents.roles.prompting import dumps, render, section, spare
from agents.schema import (
    Blueprint,
    Cluster,
    Constant,
    FromStep,
    FromUser,
    JsonObject,
    Observed,
    Role,
    Schema,
    Tool,
    Written,
)
from agents.teacher.reading.parse import fill
from agents.teacher.request import Ask, Message

REPEATED = 3
"""Elements of a list that a step is repeated over, at most."""
WORKED = 9
"""Records of a list that code works on, at least: of fewer anybody counts and adds up without a program."""


def write_prompt(cluster: Cluster, plan: Blueprint | None = None, today: date | None = None) -> str:
    """The system prompt of a trajectory: definitions of the tools that the plan calls, and the world.

    It stays the same for the whole trajectory; another tool's definition comes with its first call (`write_call`).
    Without a plan all tools are defined.
    """
    planned = {step.tool for step in plan.steps} if plan else set(own(cluster))
    tools = [{"name": name, **_define(tool)} for name, tool in own(cluster).items() if name in planned]
    definitions = dumps(spare(tools))
    if not plan or not today:
        return render(Role.OBSERVATION, tools=definitions, world="")
    names = {step.id: step.tool for step in plan.steps}
    # What else the plan needs of a result is in its lock, which the first call of the tool brings.
    sources = [source for step in plan.steps for source in step.arguments.values()]
    written = [read for source in sources if isinstance(source, Written) for read in source.reads]
    reads = [read for read in written if isinstance(read, FromStep) and read.path]
    lists = {(names[read.step], read.path): {"at_least": WORKED} for read in reads}
    lists |= {(names[step.repeat.step], step.repeat.path): {"at_most": REPEATED} for step in plan.steps if step.repeat}
    facts = {fact.name: fact.value for fact in plan.facts}
    # two steps of a tool are told apart by what the plan itself gives them
    apart: dict[str, JsonObject] = {}
    for step in plan.steps:
        given = step.arguments.items()
        arguments: JsonObject = {name: source.value for name, source in given if isinstance(source, Constant)}
        arguments |= {name: facts[source.fact] for name, source in given if isinstance(source, FromUser)}
        shared = [*names.values()].count(step.tool) > 1 and arguments
        apart[step.id] = {"arguments": arguments} if shared else {}
    world = {
        "today": today.isoformat(),
        "goal": plan.goal,
        "facts": facts,
        "expects": [{"tool": names[e.step], **apart[e.step], "path": e.path, "value": e.value} for e in plan.expects],
        "lists": [{"tool": tool, "path": path, **size} for (tool, path), size in sorted(lists.items())],
    }
    told = section("World", {key: value for key, value in world.items() if value})
    return render(Role.OBSERVATION, tools=definitions, world=told)


def write_call(
    name: str, arguments: JsonValue, lock: Schema | None = None, violation: str = "", tool: Tool | None = None
) -> str:
    """One call as the role reads it; empty hints are left out. `tool` is one that the prompt does not define."""
    definition = {"name": name, **_define(tool)} if tool else None
    hints = {"definition": definition, "lock": lock and excerpt(lock), "violation": violation}
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
    """What a call does and gives back. Its arguments are seen in the call; what they mean is not.

    Nor is what a search takes for those that are left out: the order, the states and how many.
    """
    fields = {name: resolve(field, {}) for name, field in (tool.input_schema.get("properties") or {}).items()}
    meanings = {name: field["description"] for name, field in fields.items() if "description" in field}
    meanings = {name: begin(text) if isinstance(text, str) else text for name, text in meanings.items()}
    defaults = {name: field["default"] for name, field in fields.items() if tool.reads and _limits(field)}
    short = shown(tool)
    definition = {"service": tool.service, "description": short.description}
    output = {"outputSchema": short_result(short.output_schema)} if short.output_schema else {}
    hints = {key: part for key, part in (("arguments", meanings), ("defaults", defaults)) if part}
    return {**definition, **hints, **output, "reads": tool.reads}


def _limits(field: Schema) -> bool:
    """Whether an argument has a default that says what a list is like: one of its choices, a number, yes or no."""
    default = field.get("default")
    return isinstance(default, bool | int | float) or (isinstance(default, str) and "enum" in field)
