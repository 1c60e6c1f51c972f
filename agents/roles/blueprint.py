"""BlueprintAgent: a cluster and a directive in, a validated plan out."""

from collections.abc import Sequence

from agents.errors import BlueprintError
from agents.plan import dataflow, operators
from agents.plan.code_tool import SERVICE
from agents.plan.concise import concise
from agents.plan.dataflow import Described
from agents.roles.prompting import render, section
from agents.roles.soundness import check
from agents.schema import Blueprint, Cluster, Directive, Role, Tool
from agents.teacher.teachers import Ask, fill


async def draw(
    ask: Ask, cluster: Cluster, directive: Directive, refused: Sequence[str], elsewhere: Sequence[Tool] = ()
) -> Blueprint:
    """One blueprint that the cluster can carry out; `elsewhere` are tools of others that someone may ask for in vain.

    Raises: BlueprintError: it cannot be carried out. FormatError: it is not a blueprint at all.
    """
    messages = [
        {"role": "system", "content": render(Role.BLUEPRINT)},
        {"role": "user", "content": request(cluster, directive, refused, elsewhere)},
    ]
    blueprint = await fill(ask, Role.BLUEPRINT, messages, Blueprint)
    validate(blueprint, cluster, directive)
    return blueprint


def request(cluster: Cluster, directive: Directive, refused: Sequence[str], elsewhere: Sequence[Tool] = ()) -> str:
    wish = directive.model_dump(mode="json", include={"slot", "mode", "steps", "operator", "parent"}, exclude_none=True)
    if directive.exists:
        wish["exists"] = list(directive.exists)
    if directive.tools and not refused:  # a plan over these was refused: another one may be over others
        wish["tools"] = list(directive.tools)
    wish["today"] = directive.today.isoformat()
    parts = [section("Tools", describe_tools(cluster)), section("Directive", wish)]
    if elsewhere:
        others = [{"service": t.service, "name": t.name, "description": t.description} for t in elsewhere]
        parts.append(section("Elsewhere", others))
    return "\n".join([*parts, section("Refused before", list(refused))] if refused else parts)


def describe_tools(cluster: Cluster) -> list[Described]:
    """Definitions as prompts show them; first the Code Tool's, which is always the same: a prefix cache knows it."""
    tools = sorted(cluster.by_name.items(), key=lambda item: item[1].service != SERVICE)
    definitions = [dataflow.describe_tool(name, tool) for name, tool in tools]
    schemas = ("inputSchema", "outputSchema")
    return [{key: concise(part) if key in schemas else part for key, part in tool.items()} for tool in definitions]


def validate(blueprint: Blueprint, cluster: Cluster, directive: Directive) -> None:
    """Raises: BlueprintError: says which step, argument or fact is wrong, or what the directive does not get."""
    if blueprint.mode != directive.mode:
        raise BlueprintError(f"mode {blueprint.mode!r}: the directive asks for {directive.mode!r}")
    check(blueprint, cluster, directive.today)
    if lack := operators.lacking(blueprint, cluster, directive):
        raise BlueprintError(lack)
