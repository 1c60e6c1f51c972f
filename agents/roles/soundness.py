"""Whether a cluster can carry a plan out: nothing where it can, else the step, argument or fact that is wrong.

The message goes back to the BlueprintAgent, so it says what would be right.
"""

import re
from collections.abc import Iterator
from datetime import date
from graphlib import CycleError, TopologicalSorter

from pydantic import JsonValue

from agents.errors import BlueprintError
from agents.memo import remembered
from agents.plan.code_tool import RUN_PYTHON, SERVICE, own
from agents.plan.examples import examples, is_invented, names_something
from agents.plan.json_paths import flat, resolve, schema_at
from agents.plan.operators import has_shape
from agents.plan.values import lacks
from agents.schema import (
    Blueprint,
    Cluster,
    Constant,
    FromCode,
    FromItem,
    FromStep,
    FromUser,
    ListOf,
    Mode,
    ObjectOf,
    Schema,
    Source,
    Step,
    Template,
    Tool,
    Written,
    flow,
    words,
)

FAILURE = re.compile(
    r"\b(?:fail(?:s|ed|ure|ures|ing)?|errors?|retr(?:y|ies|ied)|(?:second|another|first) (?:attempt|try|time)|"
    r"time[ds]? ?-?outs?|unavailable|outage|recover(?:s|ed|y)?|despite)\b",
    re.IGNORECASE,
)
"""Words of a checkpoint that give a planned failure away."""


def check(blueprint: Blueprint, cluster: Cluster, today: date | None = None) -> None:
    """Raises: BlueprintError: the cluster cannot carry the plan out, whatever was asked for, on that day."""
    if (not blueprint.steps) != (blueprint.mode is Mode.REFUSAL):
        raise BlueprintError(
            f"{len(blueprint.steps)} steps in mode {blueprint.mode.value!r}: none exactly in a refusal"
        )
    _check_names(blueprint, today)  # first: what follows looks steps and facts up by their names
    for step in blueprint.steps:
        tool = cluster.by_name.get(step.tool)
        if tool is None:
            raise BlueprintError(f"step {step.id!r}: unknown tool {step.tool!r}, expected {sorted(cluster.by_name)}")
        if step.fails and tool.live:
            raise BlueprintError(f"step {step.id!r}: {step.tool!r} is live, so no failure of it can be planned")
        _check_arguments(blueprint, step, tool)
        if tool.live:
            _check_known(blueprint, cluster, step, tool)
    tools = {step.id: cluster.by_name[step.tool] for step in blueprint.steps}
    if all(tool.live or tool.withheld for tool in own(cluster).values()):
        # A change that is only simulated makes the rest of its service imaginary: a real call must come before it.
        imagined, called = set[str](), False
        for tool in tools.values():
            called = called or (tool.live and tool.service not in imagined)
            imagined |= {tool.service} if tool.withheld else set()
        if not called:
            raise BlueprintError("no step really calls a live server: let one read before anything is changed")
    for step in blueprint.steps:
        for name, source in step.arguments.items():
            if isinstance(source, FromCode) and tools[source.step].service != SERVICE:
                raise BlueprintError(f"step {step.id!r}, argument {name!r}: step {source.step!r} runs no code")
    _check_results(blueprint, cluster)
    if not has_shape(blueprint):
        raise BlueprintError(f"mode {blueprint.mode.value!r}, but no step of the plan has that shape")


@remembered
def parents(step: Step) -> frozenset[str]:
    """The steps that this one needs, for a value, a condition or by order."""
    sources = [source for argument in step.arguments.values() for source in flow(argument)]
    reads = {source.step for source in sources if isinstance(source, FromStep | FromCode)}
    control = {link.step for link in (step.repeat, step.when) if link}
    return frozenset(reads | control | set(step.after))


def _check_names(blueprint: Blueprint, today: date | None) -> None:
    """Each step comes after those that it needs, each fact in a turn unless it is withheld, spoken as what it is."""
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
    names = [fact.name for fact in blueprint.facts]
    if len(set(names)) != len(names):
        raise BlueprintError(f"facts share a name: {names}")
    in_turns = {name for turn in blueprint.turns for name in turn.facts}
    if in_turns - set(names):
        raise BlueprintError(f"turns tell unknown facts {sorted(in_turns - set(names))}")
    for fact in blueprint.facts:
        if fact.withheld == (fact.name in in_turns):
            raise BlueprintError(f"fact {fact.name!r}: is either withheld or told in a turn")
        # Said otherwise, the assistant would call with a value that nobody told, and the slot would be lost at its end.
        if fact.spoken and lacks(fact.spoken, fact.value, None, today):
            raise BlueprintError(f"fact {fact.name!r}: {fact.spoken!r} does not say its value {fact.value!r}")


def _check_arguments(blueprint: Blueprint, step: Step, tool: Tool) -> None:
    """Every required argument has a source that can give it."""
    missing = set(tool.input_schema.get("required", [])) - set(step.arguments)
    if missing or step.turn > len(blueprint.turns):
        raise BlueprintError(f"step {step.id!r}: no source for {sorted(missing)}, or turn {step.turn} does not exist")
    # Code is written for the Code Tool and for nothing else, and it is executed: no plan can make it fail.
    written = [name for name, source in step.arguments.items() if isinstance(source, Written)]
    if written != (["code"] if tool.service == SERVICE else []):
        raise BlueprintError(f"step {step.id!r}: {written} is written; exactly the code of {RUN_PYTHON.name} is")
    if written and (step.fails or step.repeat):
        raise BlueprintError(f"step {step.id!r}: code is executed once, so it has neither `fails` nor `repeat`")
    for name, source in step.arguments.items():
        schema = resolve((tool.input_schema.get("properties") or {}).get(name, {}), tool.input_schema)
        for part, inner in _parts(step, name, source, schema, tool.input_schema):
            where = f"step {step.id!r}, argument {name!r}"
            if isinstance(part, FromUser):
                telling = [n for n, turn in enumerate(blueprint.turns, 1) if part.fact in turn.facts]
                withheld = any(fact.withheld and fact.name == part.fact for fact in blueprint.facts)
                if not withheld and (not telling or telling[0] > step.turn):
                    raise BlueprintError(f"{where}: the user has not told {part.fact!r} by turn {step.turn}")
            if isinstance(part, FromItem) and step.repeat is None:
                raise BlueprintError(f"{where}: reads an item, but the step does not repeat")
            if isinstance(part, Constant) and not is_constant(part.value, inner):
                raise BlueprintError(f"{where}: {part.value!r} is no enum member, boolean, const or default")
            if isinstance(part, Template | ListOf | ObjectOf):
                raise BlueprintError(f"{where}: code reads facts and steps, nothing put together")


def _parts(step: Step, name: str, source: Source, schema: Schema, root: Schema) -> Iterator[tuple[Source, Schema]]:
    """The plain sources that an argument is put together of, each with what the tool says of its place."""
    schema, where = flat(schema, root), f"step {step.id!r}, argument {name!r}"
    if isinstance(source, Template):
        named = set(re.findall(r"{(\w+)}", source.template))
        if named != set(source.parts):
            raise BlueprintError(f"{where}: the template names {sorted(named)}, its parts are {sorted(source.parts)}")
        # What stands between the names is the tool's own wording; an id there would be a value that nobody told.
        if value := re.search(r"\d{4,}", re.sub(r"{\w+}", "", source.template)):
            raise BlueprintError(f"{where}: the template holds the value {value[0]!r}; make it a part with a source")
        for part in source.parts.values():
            yield from _parts(step, name, part, {}, root)
    elif isinstance(source, ListOf):
        for item in source.items:
            yield from _parts(step, name, item, schema.get("items") or {}, root)
    elif isinstance(source, ObjectOf):
        properties = schema.get("properties") or {}
        if missing := sorted(set(schema.get("required") or []) - set(source.fields)):
            raise BlueprintError(f"{where}: no source for its fields {missing}")
        for key, field in source.fields.items():
            yield from _parts(step, f"{name}.{key}", field, properties.get(key) or {}, root)
    elif isinstance(source, Written):
        yield from ((part, schema) for part in source.reads)
    else:
        yield source, schema


def is_constant(value: JsonValue, schema: Schema) -> bool:
    """Whether the tool itself fixes the value: enum members, a boolean, null, a const or the schema's default."""
    if isinstance(value, list) and value and isinstance(schema.get("items"), dict):
        return all(is_constant(item, schema["items"]) for item in value) or value == schema.get("default", ...)
    choices = [schema, *schema.get("anyOf", []), *schema.get("oneOf", [])]
    named = any(value in (s.get("enum") or []) or value == s.get("const", ...) for s in choices if isinstance(s, dict))
    return value is None or isinstance(value, bool) or named or value == schema.get("default", ...)


def _check_known(blueprint: Blueprint, cluster: Cluster, step: Step, tool: Tool) -> None:
    """What a live tool is called with exists on its server, as far as can be known: nothing of it is made up."""
    facts = {fact.name: fact.value for fact in blueprint.facts}
    tools = {other.id: cluster.by_name[other.tool] for other in blueprint.steps if other.tool in cluster.by_name}
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


def _check_results(blueprint: Blueprint, cluster: Cluster) -> None:
    """What is to come back can, and no checkpoint gives a planned failure away."""
    steps = {step.id: step for step in blueprint.steps}
    for point in blueprint.checkpoints:
        if point.step not in steps:
            raise BlueprintError(f"checkpoint {point.text!r}: no step {point.step!r}")
    for expect in blueprint.expects:
        if expect.step not in steps:
            raise BlueprintError(f"expects: no step {expect.step!r}")
        tool = cluster.by_name[steps[expect.step].tool]
        if tool.live or tool.service == SERVICE:
            raise BlueprintError(f"expects: {tool.name!r} is really called, so its result cannot be planned")
        choices = schema_at(tool.output_schema or {}, expect.path).get("enum")
        if choices and expect.value not in choices:
            raise BlueprintError(f"expects: {expect.path} of {tool.name!r} is one of {choices}, not {expect.value!r}")
    # Person and assistant must not know that a tool will fail; the assistant reads the checkpoints.
    planned = [step.fails for step in blueprint.steps if step.fails]
    public = [blueprint.goal, blueprint.role, blueprint.policy, *(turn.ask for turn in blueprint.turns)]
    for text in public if planned else ():
        if any(message.lower() in text.lower() for message in planned):
            raise BlueprintError(f"{text!r}: speaks of the planned failure; only `fails` does")
    usual = {word for step in blueprint.steps for word in words(step.tool)}  # a tool may be called retry_job
    for point in blueprint.checkpoints if planned else ():
        leaked = [word for word in FAILURE.findall(point.text) if word.lower() not in usual]
        # of a step that works, "again" may be what the person wants: "the sensor is on the WiFi again"
        leaked += re.findall(r"\bagain\b", point.text, re.IGNORECASE) if steps[point.step].fails else []
        leaked += ["its message" for text in planned if text.lower() in point.text.lower()]
        if leaked:
            fix = "say only what must be true at the end"
            raise BlueprintError(f"checkpoint {point.text!r}: speaks of the planned failure ({leaked[0]}); {fix}")
