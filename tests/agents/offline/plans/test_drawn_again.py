"""A plan that there is already, or that was refused, is not written again."""

from random import Random
from typing import Any

import pytest

from agents.offline.again import refused_plans
from agents.offline.plans.blueprint import draw_plan
from agents.offline.plans.draft import Draft, list_settled
from agents.offline.plans.operators import follow_up
from agents.plan.code_tool import offering
from agents.plan.dataflow import describe_tool
from agents.schema import REFUSED, Cluster, Mode, Tool
from memory.evolution import describe_plan

TEXT = {"type": "string"}


def takes(*keys: str) -> dict[str, Any]:
    return {"type": "object", "properties": dict.fromkeys(keys, TEXT), "required": list(keys)}


ALBUM = {"type": "object", "properties": {"album_id": TEXT, "title": TEXT}, "required": ["album_id", "title"]}
ALBUMS = {
    "type": "object",
    "properties": {"albums": {"type": "array", "items": ALBUM}, "total": {"type": "integer"}},
    "required": ["albums", "total"],
}
TOOLS = (
    Tool(name="get_album", description="Shows an album.", input_schema=takes("album_id"), service="own"),
    Tool(name="rename_album", description="Renames an album.", input_schema=takes("album_id", "title"), service="own"),
    Tool(name="list_albums", description="Lists albums.", input_schema={}, output_schema=ALBUMS, service="own"),
)


def described(*tools: Tool) -> list[Any]:
    offered = offering(Cluster(id="c", leaf="0.0", tools=tools))
    return [describe_tool(name, tool) for name, tool in offered.by_name.items()]


def called(plan: dict[str, Any]) -> set[str]:
    return {step["tool"] for step in plan["steps"]}


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize("there", [True, False], ids=["exists", "refused"])
def test_what_there_is_is_not_planned_again(seed: int, there: bool) -> None:
    wish: dict[str, Any] = {"mode": "recovery", "steps": 1, "operator": "perturb", "tools": ["get_album"]}
    first = {"mode": "recovery", "steps": [{"tool": "get_album"}]}
    if there:
        plan = draw_plan(described(*TOOLS[:2]), {**wish, "exists": ["recovery: get_album"]}, Random(seed))
    else:
        plan = draw_plan(described(*TOOLS[:2]), wish, Random(seed), refused=[first])
    assert "rename_album" in called(plan)
    # of the one tool that there is the same is asked once more, rather than nothing
    assert called(draw_plan(described(TOOLS[0]), wish, Random(seed), refused=[first])) == {"get_album"}


def test_a_wish_in_vain_that_was_refused_is_for_something_else() -> None:
    wish, near = {"mode": "refusal", "steps": 0, "operator": "refuse"}, {"service": "s", "name": "list_museums"}
    elsewhere = [{**near, "description": "Lists all museums that are open."}]
    plans = [draw_plan(described(TOOLS[0]), wish, Random(seed), elsewhere) for seed in range(12)]
    again = [draw_plan(described(TOOLS[0]), wish, Random(n), elsewhere, [plan]) for n, plan in enumerate(plans)]
    assert any("museums" in plan["goal"] for plan in plans)
    assert not any("museums" in plan["goal"] for plan in again)


def test_of_a_list_that_is_to_be_empty_nothing_is_asked_later() -> None:
    for seed in range(20):
        draft = Draft(described(*TOOLS), Random(seed))
        draft.add("list_albums")
        assert [step["tool"] for step in list_settled(draft)] == ["list_albums"]
        draft.expects.append({"step": "s1", "path": "total", "value": 0})
        assert list_settled(draft) == []
        follow_up(draft, "branching")
        fed = [source for step in draft.steps for source in step["arguments"].values() if source["source"] == "step"]
        assert fed == []


def test_the_plans_that_were_refused_are_read_from_the_request() -> None:
    talk = [
        {"role": "system", "content": "You are the BlueprintAgent."},
        {"role": "user", "content": "## Tools"},
        {"role": "assistant", "content": '{"mode":"linear","steps":[]}'},
        {"role": "user", "content": f"{REFUSED}too close"},
        {"role": "assistant", "content": "(no plan)"},
        {"role": "user", "content": f"{REFUSED}it is no JSON"},
    ]
    assert refused_plans(talk) == [{"mode": "linear", "steps": []}]
    assert describe_plan(Mode.LINEAR, ["b", "a", "a"]) == "linear: a, b"  # as `name_plan` reads it
