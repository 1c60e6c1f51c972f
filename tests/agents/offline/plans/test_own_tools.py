"""Few tools of somebody's own, whatever they take and give back: a plan is drawn, or refused for its shape alone."""

from itertools import combinations
from random import Random
from typing import Any

import pytest

from agents.errors import BlueprintError
from agents.offline.plans.blueprint import draw_plan
from agents.offline.plans.sense import name_listed
from agents.plan.code_tool import offering
from agents.plan.dataflow import describe_tool
from agents.plan.operators import chain
from agents.roles import blueprint
from agents.schema import Blueprint, Cluster, Directive, Mode, Operator, Tool

TEXT = {"type": "string"}


def record(required: str, **optional: Any) -> dict[str, Any]:
    keys = required.split()
    return {"type": "object", "properties": dict.fromkeys(keys, TEXT) | optional, "required": keys}


def listing(element: dict[str, Any]) -> dict[str, Any]:
    return {"type": "array", "items": element}


SINGER = record("singer_id name", fee={"type": "number"}, voice={"enum": ["alto", "bass"]})
STATE = {"type": "string", "enum": ["open", "noted"]}
TOOLS = (
    # the result itself is the list, as OpenAPI documents have it
    ("searchSingers", "Searches singers by their name.", record("name"), listing(SINGER)),
    ("getSinger", "Shows a singer.", record("singer_id"), SINGER),
    ("reportAbsence", "Reports that a singer cannot come.", record("singer_id"), record("absence_id", state=STATE)),
    ("cancel_absence", "Cancels an absence.", record("absence_id"), {"type": "boolean"}),
    ("list_rooms", "", {"type": "object"}, record("", rooms=listing(record("room_id 名")))),
    ("_", "", record("_", room_id=TEXT), listing(listing(TEXT))),
)


def cluster(few: tuple[tuple[str, str, dict[str, Any], dict[str, Any]], ...], *, shown: bool) -> Cluster:
    tools = (
        Tool(name=name, description=text, input_schema=takes, output_schema=gives if shown else None, service="own")
        for name, text, takes, gives in few
    )
    return offering(Cluster(id="c", leaf="0.0", tools=tuple(tools)))


@pytest.mark.parametrize("shown", [True, False], ids=["with results", "without"])
@pytest.mark.parametrize("count", [1, 2, 3])
@pytest.mark.parametrize("mode", Mode)
def test_every_mode_is_planned_or_refused_for_its_shape(mode: Mode, count: int, shown: bool) -> None:
    for few in combinations(TOOLS, count):
        offered = cluster(few, shown=shown)
        described = [describe_tool(name, tool) for name, tool in offered.by_name.items()]
        for seed in range(5):
            directive = Directive(slot=seed, cluster="c", leaf="0.0", mode=mode, steps=seed, tools=(few[0][0],))
            wish = directive.model_dump(mode="json") | {"today": directive.today.isoformat()}
            plan = Blueprint.model_validate(draw_plan(described, wish, Random(seed)))
            fault = ""
            try:
                blueprint.validate(plan, offered, directive)
            except BlueprintError as error:
                fault = str(error)
            assert not fault or plan.mode != mode or fault.startswith(f"mode '{mode}', but no step"), (few, seed)


@pytest.mark.parametrize("operator", [Operator.BROADEN, Operator.CONSTRAIN])
def test_what_is_worked_out_stands_beside_what_an_operator_asks(operator: Operator) -> None:
    offered = cluster(TOOLS[:3], shown=True)
    described = [describe_tool(name, tool) for name, tool in offered.by_name.items()]
    for seed in range(5):
        wish = {"mode": "computation", "steps": 2, "operator": operator, "parent": {"chain": 1, "services": 1}}
        steps = draw_plan(described, wish, Random(seed))["steps"]
        assert "run_python" in [step["tool"] for step in steps]


def test_of_a_result_that_is_a_list_the_first_is_spoken_of_by_its_tool() -> None:
    assert name_listed("list_crews", "open_calls[0].id") == "call"
    assert name_listed("searchSingers", "[0].singer_id") == "singer"
    assert name_listed("_", "[0]") == "item"
    described = [describe_tool(tool.name, tool) for tool in cluster(TOOLS[:2], shown=True).by_name.values()]
    asked = {
        turn["ask"]
        for seed in range(10)
        for turn in draw_plan(described, {"mode": "chained", "steps": 2}, Random(seed))["turns"]
    }
    assert any("first singer" in ask or "singer at the top" in ask for ask in asked), asked


@pytest.mark.parametrize("seed", range(3))
def test_a_plan_that_lacks_what_is_wanted_is_drawn_again_with_less_taste(seed: int) -> None:
    lookup = ("get_section", "Shows a section.", record("title section_title"), record("title section_title"))
    tools = [describe_tool("get_section", cluster((lookup,), shown=False).tools[0])]
    tools[0]["service"] = "npm:sections"  # nobody is asked for a first and a second of each of two things
    twice = draw_plan(tools, {"slot": 0, "mode": "parallel", "steps": 2, "operator": "fresh"}, Random(seed))
    assert [step["tool"] for step in twice["steps"]] == ["get_section"] * 2
    # a chain of three over what is cancelled in between is better than a shorter one that is refused
    kept = ("show_refund", "Shows a refund.", record("refund_id"), record("refund_id"))
    ended = ("cancel_absence", "Cancels an absence.", record("absence_id"), record("refund_id"))
    few = cluster((TOOLS[2], ended, kept), shown=True)
    wanted = {"slot": 1, "mode": "chained", "steps": 3, "operator": "deepen", "parent": {"slot": 0, "chain": 2}}
    deep = draw_plan([describe_tool(tool.name, tool) for tool in few.tools], wanted, Random(seed))
    assert chain(Blueprint.model_validate(deep).steps) == 3


def test_an_argument_that_is_required_without_being_declared_is_told() -> None:
    loose = {"type": "object", "properties": {"chat_id": TEXT}, "required": ["chat_id", "message"]}
    few = cluster((("send_message", "Sends a message to a chat.", loose, record("message_id")),), shown=True)
    tools = [describe_tool(tool.name, tool) for tool in few.tools]
    plan = draw_plan(tools, {"slot": 0, "mode": "linear", "steps": 1, "operator": "fresh"}, Random(0))
    assert set(plan["steps"][0]["arguments"]) == {"chat_id", "message"}
