"""A row as an episode that any assistant can play: the person, the tools, what they returned, and what is to be done.

What the row's own calls returned is the world. A checkpoint is due where the row met it, and holds those values alone
of which it is certain that the row's answers say them.
"""

import json
from datetime import date
from functools import cached_property, partial

from pydantic import JsonValue

from agents.errors import FormatError
from agents.plan.equivalence import Expected, expect
from agents.plan.json_paths import MISSING, each_at, leaves
from agents.plan.values import Answer, Mentions, read, says
from agents.schema import Blueprint, Cluster, Directive, Noun, Origin, Row, Schema, Tool, ToolDefinition


class Recorded(Noun):
    """A call that the row made, and what it returned."""

    call: Expected
    result: JsonValue
    ok: bool


class Point(Noun):
    """A checkpoint: which of the recorded calls it takes, and what the user has to be told of each."""

    text: str
    calls: tuple[int, ...]
    values: tuple[tuple[JsonValue, ...], ...]
    each: bool
    """Every one of the calls is needed, as where a step is repeated; else any one is enough."""


class Task(Noun):
    """An episode before it begins."""

    id: str
    system: str
    turns: tuple[str, ...]
    """What the user of the row said."""
    today: date
    tools: tuple[ToolDefinition, ...]
    services: dict[str, str]
    """Offered name -> `service/name`."""
    reads: tuple[str, ...]
    """Offered names of the tools that change nothing."""
    blueprint: Blueprint
    """For whoever plays the user, or the tools, or an assistant that may see the plan."""
    locks: dict[str, Schema]
    calls: tuple[Recorded, ...]
    points: tuple[Point, ...]

    @cached_property
    def cluster(self) -> Cluster:
        """The tools as the roles read of them."""
        tools = tuple(
            Tool(
                name=function["name"],
                description=function["description"],
                input_schema=function["parameters"],
                annotations={"readOnlyHint": function["name"] in self.reads},
                service=self.services[function["name"]].rpartition("/")[0],
            )
            for function in (tool["function"] for tool in self.tools)
        )
        return Cluster(id=self.id, leaf="", tools=tools)


def read_task(row: Row) -> Task:
    """The episode of a row. Raises: FormatError: no checkpoint is due, and silence would be as good as any answer."""
    if not row.get("blueprint"):
        raise FormatError(f"slot {row['slot']}: no blueprint")
    plan = Blueprint.model_validate(row["blueprint"])
    day = Directive.model_validate(row["directive"]).today
    calls = _recorded_calls(row)
    words = {
        role: read("\n".join(m["content"] or "" for m in row["messages"] if m["role"] == role))
        for role in ("user", "assistant")
    }
    points = tuple(_points(plan, calls, words, day))
    if not points:
        raise FormatError(f"slot {row['slot']}: no checkpoint is due, so nothing tells a good answer from silence")
    return Task(
        id=f"slot-{row['slot']}",
        system="\n\n".join(m["content"] or "" for m in row["messages"] if m["role"] == "system"),
        turns=tuple(m["content"] or "" for m in row["messages"] if m["role"] == "user"),
        today=day,
        tools=tuple(row["tools"]),
        services=row["cluster"]["tools"],
        reads=tuple(row["cluster"]["reads"]),
        blueprint=plan,
        locks=row.get("locks", {}),
        calls=tuple(calls),
        points=points,
    )


def _recorded_calls(row: Row) -> list[Recorded]:
    """The calls that had a result; what the guard refused is no part of the world."""
    parameters = {tool["function"]["name"]: tool["function"]["parameters"] for tool in row["tools"]}
    contents = {m["tool_call_id"]: m["content"] or "null" for m in row["messages"] if m["role"] == "tool"}
    calls = []
    for number, message in enumerate(row["messages"]):
        made = message.get("tool_calls") or []
        before = row["messages"][:number] if made else []
        # what the assistant said itself fixes no value
        heard = read("\n".join(m["content"] or "" for m in before if m["role"] != "assistant"))
        for call in made:
            origin = row.get("origins", {}).get(call["id"], {})
            name, arguments = call["function"]["name"], json.loads(call["function"]["arguments"] or "{}")
            if origin.get("origin", Origin.LOCK) == Origin.LOCK:
                continue
            expected = expect(name, arguments, parameters.get(name, {}), heard)
            result = json.loads(contents[call["id"]])
            calls.append(Recorded(call=expected, result=result, ok=bool(origin.get("ok"))))
    return calls


def _points(plan: Blueprint, calls: list[Recorded], words: dict[str, Mentions], today: date) -> list[Point]:
    """The checkpoints that the row met; those of a step that it rightly did not take are void."""
    steps = {step.id: step for step in plan.steps}
    points = []
    for checkpoint in plan.checkpoints:
        step = steps[checkpoint.step]
        numbers = [n for n, recorded in enumerate(calls) if recorded.ok and recorded.call.name == step.tool]
        values = []
        for number in numbers if checkpoint.path else ():
            found = each_at(calls[number].result, checkpoint.path)
            scalars = [] if found is MISSING else [leaf for _, leaf in leaves(found) if leaf is not MISSING]
            say = partial(says, schema=None, today=today)
            # What the user said themselves need not be said back, and what cannot be told was for the judge.
            values.append(
                tuple(
                    scalar
                    for scalar in scalars
                    if say(words["assistant"], scalar) is Answer.SAYS and say(words["user"], scalar) is not Answer.SAYS
                )
            )
        alone = sum(other.tool == step.tool for other in plan.steps) == 1
        if numbers:
            blank: list[tuple[JsonValue, ...]] = [()] * len(numbers)
            each = step.repeat is not None and alone
            points.append(Point(text=checkpoint.text, calls=tuple(numbers), values=tuple(values or blank), each=each))
    return points
