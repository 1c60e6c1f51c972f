"""Live tools in clusters and plans: beside simulated ones, and with nothing planned that only a simulation can do."""

from random import Random

import pytest

from agents.errors import BlueprintError
from agents.offline.plans.arguments import fillable
from agents.offline.plans.blueprint import draw_plan
from agents.plan.dataflow import describe_tool, feeds, find_condition, find_modes
from agents.roles import blueprint
from agents.schema import Blueprint, Cluster, Directive, Mode, Operator, Step, Tool, Turn
from memory.clusters import live
from memory.embed.embedder import embedder

ID = {"type": "object", "required": ["note_id"], "properties": {"note_id": {"type": "string"}}}
ORDER = {"type": "object", "required": ["order_id"], "properties": {"order_id": {"type": "string"}}}
FIND = Tool(name="find_note", input_schema={"type": "object"}, service="notes", source="mcp: notes 1")
OPEN = Tool(name="open_note", input_schema=ID, service="notes", source="mcp: notes 1")
DRAFT = Tool(name="draft_note", input_schema=ID, service="desk")
PAY = Tool(name="pay_order", input_schema=ORDER, service="shop")


def cluster(*tools: Tool) -> Cluster:
    return Cluster(id=tools[0].key, leaf=f"{len(tools)}.0", tools=tools)


def test_live_cluster_is_joined_with_the_nearest_simulated_one() -> None:
    (joined,) = live.beside([cluster(FIND, OPEN), cluster(PAY), cluster(DRAFT)], embedder("wordllama"))
    assert joined.tools == (FIND, OPEN, DRAFT)
    assert joined.leaf == "2.0"


def test_clusters_of_one_kind_are_left_alone() -> None:
    assert live.beside([cluster(PAY), cluster(DRAFT)], embedder("wordllama")) == []
    assert live.beside([cluster(FIND, OPEN)], embedder("wordllama")) == []


def test_recovery_needs_a_tool_that_can_be_made_to_fail() -> None:
    assert Mode.RECOVERY not in find_modes(cluster(FIND, OPEN))
    assert Mode.RECOVERY in find_modes(cluster(FIND, OPEN, DRAFT))


def test_result_of_a_live_tool_is_not_guessed() -> None:
    find, still = describe_tool("find_note", FIND), describe_tool("find_note", FIND.model_copy(update={"source": ""}))
    target = describe_tool("open_note", OPEN)
    assert (feeds(find, target), find_condition(find)) == ([], None)
    assert feeds(still, target)


def test_offline_plan_lets_a_simulated_tool_fail() -> None:
    tools = [describe_tool(tool.name, tool) for tool in (FIND, OPEN, DRAFT)]
    for seed in range(30):
        plan = draw_plan(tools, {"mode": "recovery", "steps": 2, "operator": "perturb"}, Random(seed))
        assert [step["tool"] for step in plan["steps"] if step.get("fails")] == ["draft_note"]


def test_planned_failure_of_a_live_tool_is_refused() -> None:
    directive = Directive(slot=0, cluster="c", leaf="0.0", mode=Mode.RECOVERY, steps=1, operator=Operator.PERTURB)
    turns, step = (Turn(ask="find my note"),), Step(id="s1", tool="find_note", fails="down")
    plan = Blueprint(persona="A writer", goal="find it", mode=Mode.RECOVERY, turns=turns, steps=(step,))
    with pytest.raises(BlueprintError, match="step 's1': 'find_note' is live"):
        blueprint.validate(plan, cluster(FIND), directive)


def test_optional_argument_of_a_live_tool_needs_a_known_value() -> None:
    properties = {"branch": {"type": "string"}, "style": {"type": "string", "examples": ["short"]}}
    schema = {"type": "object", "properties": properties}
    tool = Tool(name="show_log", input_schema=schema, service="git", source="mcp: git 1")
    made = [fillable(describe_tool("show_log", tool), Random(seed)) for seed in range(30)]
    assert {tuple((found or {}).items()) for found in made} == {(), (("style", "short"),)}
