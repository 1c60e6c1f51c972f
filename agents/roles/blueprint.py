"""BlueprintAgent: a cluster and a directive in, a validated plan out."""

from collections.abc import Sequence
from typing import NamedTuple

from agents.errors import BlueprintError
from agents.memo import remembered
from agents.plan import dataflow, operators
from agents.plan.code_tool import SERVICE
from agents.plan.concise import short_arguments, short_result
from agents.plan.dataflow import Described
from agents.plan.excerpt import shown
from agents.roles.prompting import render, section, spare
from agents.roles.soundness import check
from agents.schema import REFUSED, Blueprint, Cluster, Directive, Role, Tool
from agents.teacher.reading.parse import fill
from agents.teacher.request import Ask, Message


class Refused(NamedTuple):
    """A plan that was drawn in this slot before, and why it is not played."""

    plan: Blueprint | None
    """None where it could not be read."""
    fault: str


async def draw(
    ask: Ask, cluster: Cluster, directive: Directive, refused: Sequence[Refused] = (), elsewhere: Sequence[Tool] = ()
) -> Blueprint:
    """The next blueprint, which `validate` has yet to see; `elsewhere` are tools that someone may ask for in vain.

    What was refused stands behind the request with its fault, so that a draw goes on where the last one ended.

    Raises: FormatError: it is not a blueprint at all.
    """
    messages: list[Message] = [
        {"role": "system", "content": render(Role.BLUEPRINT)},
        {"role": "user", "content": request(cluster, directive, elsewhere)},
    ]
    for plan, fault in refused:
        # as it was written: what has a default, such as each source's name, is part of the form that is asked for
        text = plan.model_dump_json(exclude_unset=True) if plan else "(no plan)"
        objection = f"{REFUSED}{fault}. Answer with another one; it may call other tools."
        messages += [{"role": "assistant", "content": text}, {"role": "user", "content": objection}]
    return await fill(ask, Role.BLUEPRINT, messages, Blueprint)


def request(cluster: Cluster, directive: Directive, elsewhere: Sequence[Tool] = ()) -> str:
    wish = directive.model_dump(mode="json", include={"slot", "mode", "steps", "operator", "parent"}, exclude_none=True)
    if directive.exists:
        wish["exists"] = list(directive.exists)
    if directive.tools:
        wish["tools"] = list(directive.tools)
    wish["today"] = directive.today.isoformat()
    parts = [section("Tools", describe_tools(cluster)), section("Directive", wish)]
    if elsewhere:
        others = [{"service": t.service, "name": t.name, "description": shown(t).description} for t in elsewhere]
        parts.append(section("Elsewhere", others))
    return "\n".join(parts)


@remembered
def describe_tools(cluster: Cluster) -> list[Described]:
    """Definitions as prompts show them; first the Code Tool's, which is always the same: a prefix cache knows it.

    That arguments are an object is not said, nor that there are none.
    """
    tools = sorted(cluster.by_name.items(), key=lambda item: item[1].service != SERVICE)
    definitions = [dataflow.describe_tool(name, shown(tool)) for name, tool in tools]
    for tool in definitions:
        inputs = short_arguments(tool.pop("inputSchema"))
        if inputs.get("properties"):
            tool["inputSchema"] = inputs
        if "outputSchema" in tool:
            tool["outputSchema"] = short_result(tool.pop("outputSchema"))
    return spare(definitions)


def validate(blueprint: Blueprint, cluster: Cluster, directive: Directive) -> None:
    """Raises: BlueprintError: says which step, argument or fact is wrong, or what the directive does not get."""
    if blueprint.mode != directive.mode:
        raise BlueprintError(f"mode {blueprint.mode.value!r}: the directive asks for {directive.mode.value!r}")
    check(blueprint, cluster, directive.today)
    if lack := operators.lacking(blueprint, cluster, directive):
        raise BlueprintError(lack)
