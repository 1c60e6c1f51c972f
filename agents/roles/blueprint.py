"""BlueprintAgent: a cluster and a directive in, a validated plan out."""

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from graphlib import CycleError, TopologicalSorter
from typing import Any

from agents.errors import BlueprintError
from agents.plan import dataflow, operators
from agents.plan.code_tool import RUN_PYTHON, SERVICE
from agents.plan.dataflow import Described
from agents.plan.examples import examples, is_invented, names_something
from agents.plan.json_paths import flat, resolve, schema_at
from agents.roles.prompting import dumps, render, section
from agents.schema import (
    Blueprint,
    Cluster,
    Constant,
    Directive,
    FromCode,
    FromItem,
    FromStep,
    FromUser,
    ListOf,
    Mode,
    ObjectOf,
    Role,
    Schema,
    Source,
    Step,
    Template,
    Tool,
    Written,
    flow,
    words,
)
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


@lru_cache
def form() -> str:
    """The JSON Schema of a blueprint, for prompts."""
    return dumps(Blueprint.model_json_schema())


def request(cluster: Cluster, directive: Directive, refused: Sequence[str], elsewhere: Sequence[Tool] = ()) -> str:
    wish = directive.model_dump(mode="json", include={"slot", "mode", "steps", "operator", "parent"}, exclude_none=True)
    if directive.exists:
        wish["exists"] = list(directive.exists)
    if directive.tools and not refused:  # a plan over these was refused: another one may be over others
        wish["tools"] = list(directive.tools)
    wish["today"] = directive.today.isoformat()
    parts = [section("Tools", described(cluster)), section("Directive", wish)]
    if elsewhere:
        others = [{"service": t.service, "name": t.name, "description": t.description} for t in elsewhere]
        parts.append(section("Elsewhere", others))
    return "\n".join([*parts, section("Refused before", list(refused))] if refused else parts)


def described(cluster: Cluster) -> list[Described]:
    return [dataflow.described(name, tool) for name, tool in cluster.offered.items()]


def validate(blueprint: Blueprint, cluster: Cluster, directive: Directive) -> None:
    """Raises: BlueprintError: says which step, argument or fact is wrong, or what the directive does not get."""
    if blueprint.mode != directive.mode:
        raise BlueprintError(f"mode {blueprint.mode!r}: the directive asks for {directive.mode!r}")
    check(blueprint, cluster)
    if lack := operators.lacking(blueprint, cluster, directive):
        raise BlueprintError(lack)


def check(blueprint: Blueprint, cluster: Cluster) -> None:
    """Raises: BlueprintError: the cluster cannot carry the plan out, whatever was asked for."""
    if (not blueprint.steps) != (blueprint.mode is Mode.REFUSAL):
        raise BlueprintError(f"{len(blueprint.steps)} steps in mode {blueprint.mode!r}: none exactly in a refusal")
    before = _ancestors(blueprint)
    _check_facts(blueprint)
    for step in blueprint.steps:
        tool = cluster.offered.get(step.tool)
        if tool is None:
            raise BlueprintError(f"step {step.id!r}: unknown tool {step.tool!r}, expected {sorted(cluster.offered)}")
        if step.fails and tool.live:
            raise BlueprintError(f"step {step.id!r}: {step.tool!r} is live, so no failure of it can be planned")
        _check_arguments(blueprint, step, tool, before)
        if tool.live:
            _check_known(blueprint, cluster, step, tool)
    _check_called(blueprint, cluster)
    _check_computed(blueprint, cluster)
    for point in blueprint.checkpoints:
        if point.step not in before:
            raise BlueprintError(f"checkpoint {point.text!r}: no step {point.step!r}")
    _check_expected(blueprint, cluster)
    _check_secrecy(blueprint)
    _check_shape(blueprint)


def _ancestors(blueprint: Blueprint) -> dict[str, set[str]]:
    """Step id -> the steps that come before it, directly."""
    before = {step.id: parents(step) for step in blueprint.steps}
    if len(before) != len(blueprint.steps):
        raise BlueprintError("two steps share an id")
    turns = {step.id: step.turn for step in blueprint.steps}
    for name, needed in before.items():
        for other in needed:
            if other not in before or turns[other] > turns[name]:
                raise BlueprintError(f"step {name!r} needs {other!r}, which is missing or in a later turn")
    try:
        TopologicalSorter(before).prepare()
    except CycleError as error:
        raise BlueprintError(f"steps depend on each other in a circle: {error.args[1]}") from error
    return before


def parents(step: Step) -> set[str]:
    """The steps that this one needs, for a value, a condition or by order."""
    sources = [source for argument in step.arguments.values() for source in flow(argument)]
    reads = {source.step for source in sources if isinstance(source, FromStep | FromCode)}
    control = {link.step for link in (step.repeat, step.when) if link}
    return reads | control | set(step.after)


def _check_facts(blueprint: Blueprint) -> None:
    names = [fact.name for fact in blueprint.facts]
    if len(set(names)) != len(names):
        raise BlueprintError(f"facts share a name: {names}")
    told = {name for turn in blueprint.turns for name in turn.facts}
    if told - set(names):
        raise BlueprintError(f"turns tell unknown facts {sorted(told - set(names))}")
    for fact in blueprint.facts:
        if fact.withheld == (fact.name in told):
            raise BlueprintError(f"fact {fact.name!r}: is either withheld or told in a turn")


def _check_arguments(blueprint: Blueprint, step: Step, tool: Tool, before: dict[str, set[str]]) -> None:
    missing = set(tool.input_schema.get("required", [])) - set(step.arguments)
    if missing or step.turn > len(blueprint.turns):
        raise BlueprintError(f"step {step.id!r}: no source for {sorted(missing)}, or turn {step.turn} does not exist")
    _check_code(step, tool)
    for name, source in step.arguments.items():
        schema = resolve((tool.input_schema.get("properties") or {}).get(name, {}), tool.input_schema)
        for part, inner in _parts(step, name, source, schema, tool.input_schema):
            _check_source(blueprint, step, name, part, inner)


def _parts(step: Step, name: str, source: Source, schema: Schema, root: Schema) -> Iterator[tuple[Source, Schema]]:
    """The plain sources that an argument is put together of, each with what the tool says of its place."""
    schema = flat(schema, root)
    if isinstance(source, Template):
        _check_template(step, name, source)
        for part in source.parts.values():
            yield from _parts(step, name, part, {}, root)
    elif isinstance(source, ListOf):
        for item in source.items:
            yield from _parts(step, name, item, schema.get("items") or {}, root)
    elif isinstance(source, ObjectOf):
        properties = schema.get("properties") or {}
        if missing := sorted(set(schema.get("required") or []) - set(source.fields)):
            raise BlueprintError(f"step {step.id!r}, argument {name!r}: no source for its fields {missing}")
        for key, field in source.fields.items():
            yield from _parts(step, f"{name}.{key}", field, properties.get(key) or {}, root)
    elif isinstance(source, Written):
        yield from ((part, schema) for part in source.reads)
    else:
        yield source, schema


def _check_template(step: Step, name: str, source: Template) -> None:
    """Each name in braces has a part and each part a name; what stands between them is no value."""
    where, named = f"step {step.id!r}, argument {name!r}", set(re.findall(r"{(\w+)}", source.template))
    if named != set(source.parts):
        raise BlueprintError(f"{where}: the template names {sorted(named)}, its parts are {sorted(source.parts)}")
    if value := re.search(r"\d{4,}", re.sub(r"{\w+}", "", source.template)):
        raise BlueprintError(f"{where}: the template holds the value {value[0]!r}; make it a part with a source")


def _check_known(blueprint: Blueprint, cluster: Cluster, step: Step, tool: Tool) -> None:
    """What a live tool is called with exists on its server, as far as can be known: nothing of it is made up."""
    facts = {fact.name: fact.value for fact in blueprint.facts}
    tools = {other.id: cluster.offered[other.tool] for other in blueprint.steps if other.tool in cluster.offered}
    for name, source in step.arguments.items():
        schema = (tool.input_schema.get("properties") or {}).get(name) or {}
        if isinstance(source, FromUser) and is_invented(facts.get(source.fact), schema, name, tool.input_schema):
            values = examples(resolve(schema, tool.input_schema))
            fix = f"take one of {values}" if values else "take it from an earlier step, or use another tool"
            raise BlueprintError(f"step {step.id!r}, argument {name!r}: the live server may not know it; {fix}")
        if not isinstance(source, FromStep) or source.step not in tools:
            continue
        origin = tools[source.step]
        imagined = not origin.live and origin.service not in (tool.service, SERVICE)
        if imagined and names_something(schema, name, tool.input_schema):
            reason = f"step {source.step!r} is simulated, and the live server knows nothing of its results"
            raise BlueprintError(f"step {step.id!r}, argument {name!r}: {reason}")


def _check_called(blueprint: Blueprint, cluster: Cluster) -> None:
    """Where all tools are those of live servers, at least one is really called, before a change is only simulated."""
    tools = [tool for tool in cluster.offered.values() if tool.service != SERVICE]
    if not all(tool.live or tool.withheld for tool in tools):
        return
    imagined = set[str]()
    for step in blueprint.steps:
        tool = cluster.offered[step.tool]
        if tool.live and tool.service not in imagined:
            return
        imagined |= {tool.service} if tool.withheld else set()
    raise BlueprintError("no step really calls a live server: let one read before anything is changed")


def _check_code(step: Step, tool: Tool) -> None:
    """Code is written for the Code Tool and for nothing else, and it is executed: no plan can make it fail."""
    written = [name for name, source in step.arguments.items() if isinstance(source, Written)]
    if written != (["code"] if tool.service == SERVICE else []):
        raise BlueprintError(f"step {step.id!r}: {written} is written; exactly the code of {RUN_PYTHON.name} is")
    if written and (step.fails or step.repeat):
        raise BlueprintError(f"step {step.id!r}: code is executed once, so it has neither `fails` nor `repeat`")


def _check_source(blueprint: Blueprint, step: Step, name: str, source: Source, schema: Schema) -> None:
    where = f"step {step.id!r}, argument {name!r}"
    if isinstance(source, FromUser):
        turns = [n for n, turn in enumerate(blueprint.turns, 1) if source.fact in turn.facts]
        withheld = any(fact.withheld and fact.name == source.fact for fact in blueprint.facts)
        if not withheld and (not turns or turns[0] > step.turn):
            raise BlueprintError(f"{where}: the user has not told {source.fact!r} by turn {step.turn}")
    if isinstance(source, FromItem) and step.repeat is None:
        raise BlueprintError(f"{where}: reads an item, but the step does not repeat")
    if isinstance(source, Constant) and not is_constant(source.value, schema):
        raise BlueprintError(f"{where}: {source.value!r} is no enum member, boolean, const or default")
    if isinstance(source, Template | ListOf | ObjectOf):
        raise BlueprintError(f"{where}: code reads facts and steps, nothing put together")


def _check_computed(blueprint: Blueprint, cluster: Cluster) -> None:
    code = {step.id for step in blueprint.steps if cluster.offered[step.tool].service == SERVICE}
    for step in blueprint.steps:
        for name, source in step.arguments.items():
            if isinstance(source, FromCode) and source.step not in code:
                raise BlueprintError(f"step {step.id!r}, argument {name!r}: step {source.step!r} runs no code")


def _check_expected(blueprint: Blueprint, cluster: Cluster) -> None:
    """What is expected can be returned: of a simulated tool, and as its output schema says."""
    steps = {step.id: step for step in blueprint.steps}
    for expect in blueprint.expects:
        if expect.step not in steps:
            raise BlueprintError(f"expects: no step {expect.step!r}")
        tool = cluster.offered[steps[expect.step].tool]
        if tool.live or tool.service == SERVICE:
            raise BlueprintError(f"expects: {tool.name!r} is really called, so its result cannot be planned")
        choices = schema_at(tool.output_schema or {}, expect.path).get("enum")
        if choices and expect.value not in choices:
            raise BlueprintError(f"expects: {expect.path} of {tool.name!r} is one of {choices}, not {expect.value!r}")


def _check_secrecy(blueprint: Blueprint) -> None:
    """A checkpoint is read by the assistant, which must not know that a tool will fail."""
    planned = [step.fails for step in blueprint.steps if step.fails]
    usual = {word for step in blueprint.steps for word in words(step.tool)}  # a tool may be called retry_job
    for point in blueprint.checkpoints if planned else ():
        leaked = [word for word in FAILURE.findall(point.text) if word.lower() not in usual]
        leaked += ["its message" for text in planned if text.lower() in point.text.lower()]
        if leaked:
            fix = "say only what must be true at the end"
            raise BlueprintError(f"checkpoint {point.text!r}: speaks of the planned failure ({leaked[0]}); {fix}")


FAILURE = re.compile(
    r"\b(?:fail(?:s|ed|ure|ures|ing)?|errors?|retr(?:y|ies|ied)|again|(?:second|another|first) (?:attempt|try|time)|"
    r"time[ds]? ?-?outs?|unavailable|outage|recover(?:s|ed|y)?|despite)\b",
    re.IGNORECASE,
)
"""Words of a checkpoint that give a planned failure away."""


def is_constant(value: Any, schema: Schema) -> bool:
    """Whether the tool itself fixes the value: enum members, a boolean, null, a const or the schema's default."""
    if isinstance(value, list) and value and isinstance(schema.get("items"), dict):
        return all(is_constant(item, schema["items"]) for item in value) or value == schema.get("default", ...)
    choices = [schema, *schema.get("anyOf", []), *schema.get("oneOf", [])]
    named = any(value in (s.get("enum") or []) or value == s.get("const", ...) for s in choices if isinstance(s, dict))
    return value is None or isinstance(value, bool) or named or value == schema.get("default", ...)


def _check_shape(blueprint: Blueprint) -> None:
    """The plan has what its mode is named after."""
    steps = blueprint.steps
    sources = [part for step in steps for source in step.arguments.values() for part in flow(source)]
    chained = any(isinstance(source, FromStep | FromItem) for source in sources)
    has = {
        Mode.CHAINED: chained,
        Mode.PARALLEL: len(steps) > 1,
        Mode.BRANCHING: any(step.when for step in steps),
        Mode.ITERATIVE: any(step.repeat for step in steps),
        Mode.RECOVERY: any(step.fails for step in steps),
        Mode.COMPUTATION: any(isinstance(s, Written) for step in steps for s in step.arguments.values()),
        Mode.CLARIFICATION: any(fact.withheld for fact in blueprint.facts),
    }
    if not has.get(blueprint.mode, True):
        raise BlueprintError(f"mode {blueprint.mode!r}, but no step of the plan has that shape")
