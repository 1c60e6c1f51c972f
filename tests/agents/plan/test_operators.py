"""The eight operators but `compute`: the offline teacher follows them, and what did not follow is rejected."""

from typing import Any

import orjson
import pytest

from agents.offline import reply
from agents.plan.operators import chain, has_shape, lacking, open_to, reach, services
from agents.schema import Blueprint, Cluster, Directive, Mode, Operator, Parent, Played, Role, Stop, Tool
from agents.teacher.teachers import Answer, Ask
from graphs.trajectory.graph import play
from graphs.trajectory.state import Context

ID = {"type": "object", "required": ["order_id"], "properties": {"order_id": {"type": "string"}}}
PARCEL = {"type": "object", "required": ["parcel_id"], "properties": {"parcel_id": {"type": "string"}}}
TRACKED = {
    "type": "object",
    "required": ["parcel_id", "order_id"],
    "properties": {"parcel_id": {"type": "string"}, "order_id": {"type": "string"}},
}
LIST = Tool(name="list_parcels", input_schema={"type": "object"}, service="post")
TRACK = Tool(name="track_parcel", input_schema=PARCEL, output_schema=TRACKED, service="post")
GET = Tool(name="get_order", input_schema=ID, output_schema=ID, service="shop")
UPDATE = Tool(name="update_order", input_schema=ID, output_schema=ID, service="shop")
CLUSTER = Cluster(id="c", leaf="0.0", tools=(LIST, TRACK, GET, UPDATE))
PARENT = Parent(slot=3, chain=2, services=1)


def directed(mode: Mode, operator: Operator) -> Directive:
    parent = PARENT if operator in (Operator.DEEPEN, Operator.BROADEN) else None
    steps = 0 if mode is Mode.REFUSAL else 2
    return Directive(slot=9, cluster="c", leaf="0.0", mode=mode, steps=steps, operator=operator, parent=parent)


def teacher(seed: int, plan: dict[str, Any] | None = None) -> Ask:
    """The offline one; with a plan, that is its BlueprintAgent's every answer."""
    asked = 0

    async def ask(role: Role, messages: list[dict[str, Any]], *, tools: Any = (), form: Any = None) -> Answer:
        nonlocal asked
        asked += 1
        if plan and role is Role.BLUEPRINT:
            return Answer(content=orjson.dumps(plan).decode())
        said = reply(messages, list(tools), seed * 1000 + asked)
        return Answer(
            content=said["content"], tool_calls=tuple(call["function"] for call in said.get("tool_calls", []))
        )

    return ask


async def played(mode: Mode, operator: Operator, seed: int = 0, plan: dict[str, Any] | None = None) -> Played:
    return await play(directed(mode, operator), CLUSTER, Context(teacher(seed, plan)))


def test_what_a_cluster_is_able_to() -> None:
    assert reach(CLUSTER) == (3, 2, True)  # what an order is asked for by, it only tells back
    assert open_to(Mode.CHAINED, reach(CLUSTER), PARENT) == ["fresh", "deepen", "broaden", "constrain"]
    assert open_to(Mode.CHAINED, reach(CLUSTER), Parent(slot=0, chain=3, services=2)) == ["fresh", "constrain"]
    assert open_to(Mode.LINEAR, reach(CLUSTER), None) == ["fresh", "constrain"]
    assert open_to(Mode.REFUSAL, reach(CLUSTER), PARENT) == ["refuse"]


@pytest.mark.parametrize(
    ("mode", "operator"),
    [
        (Mode.CHAINED, Operator.DEEPEN),
        (Mode.LINEAR, Operator.BROADEN),
        (Mode.PARALLEL, Operator.BROADEN),
        (Mode.CHAINED, Operator.BROADEN),
        (Mode.LINEAR, Operator.CONSTRAIN),
        (Mode.CHAINED, Operator.CONSTRAIN),
        (Mode.RECOVERY, Operator.PERTURB),
        (Mode.CLARIFICATION, Operator.UNDERSPECIFY),
        (Mode.REFUSAL, Operator.REFUSE),
    ],
)
async def test_the_offline_teacher_follows_every_operator(mode: Mode, operator: Operator) -> None:
    for seed in range(4):
        one = await played(mode, operator, seed)
        assert (one.stop, one.faults, one.reason) == (Stop.COMPLETED, (), "")


async def test_deepen_and_broaden_go_beyond_the_parent() -> None:
    deep = (await played(Mode.CHAINED, Operator.DEEPEN)).trajectory.blueprint
    wide = (await played(Mode.LINEAR, Operator.BROADEN)).trajectory.blueprint
    assert deep
    assert wide
    assert chain(deep.steps) == PARENT.chain + 1
    assert services(wide.steps, CLUSTER) == {"post", "shop"}


async def test_a_constraint_is_told_and_kept() -> None:
    row = (await played(Mode.LINEAR, Operator.CONSTRAIN)).trajectory
    assert row.blueprint
    assert row.blueprint.policy in row.messages[0]["content"]
    called = [call["function"]["name"] for m in row.messages for call in m.get("tool_calls", ())]
    assert CLUSTER.by_name[called[0]].reads
    assert not all(CLUSTER.by_name[name].reads for name in called)


SHALLOW: dict[str, Any] = {
    "persona": "a clerk",
    "goal": "see what an order is",
    "mode": "chained",
    "turns": [{"ask": "list the parcels and track the first"}],
    "steps": [
        {"id": "a", "tool": "list_parcels"},
        {
            "id": "b",
            "tool": "track_parcel",
            "arguments": {"parcel_id": {"source": "step", "step": "a", "path": "parcels[0].parcel_id"}},
        },
    ],
}


async def test_a_deepen_that_did_not_deepen_is_refused_with_that_reason() -> None:
    one = await played(Mode.CHAINED, Operator.DEEPEN, plan=SHALLOW)
    assert (one.stop, one.draws) == (Stop.BLUEPRINT_INVALID, 4)
    assert one.reason == "deepen: 2 calls feed each other, slot 3 has 2"
    assert (await played(Mode.CHAINED, Operator.FRESH, plan=SHALLOW)).stop is Stop.COMPLETED


@pytest.mark.parametrize(
    ("operator", "reason"),
    [
        (Operator.BROADEN, "broaden: calls ['post'], slot 3 has 1 services"),
        (Operator.CONSTRAIN, "constrain: there is no policy"),
        (Operator.PERTURB, "perturb: the plan has no such step"),
        (Operator.UNDERSPECIFY, "underspecify: the plan has no such step"),
        (Operator.REFUSE, "refuse: the plan has no such step"),
    ],
)
def test_a_plan_is_told_what_it_lacks(operator: Operator, reason: str) -> None:
    plan = Blueprint.model_validate(SHALLOW)
    assert lacking(plan, CLUSTER, directed(Mode.CHAINED, operator)) == reason


def test_a_change_before_any_look_is_no_constraint() -> None:
    steps = [{"id": "a", "tool": "update_order"}, {"id": "b", "tool": "get_order"}]
    plan = Blueprint.model_validate(SHALLOW | {"policy": "Look first.", "steps": steps})
    assert "before anything was read" in lacking(plan, CLUSTER, directed(Mode.LINEAR, Operator.CONSTRAIN))


@pytest.mark.parametrize(("path", "chained"), [("id", False), ("order.id", False), ("order.buyer.id", True)])
def test_what_a_call_was_made_with_makes_no_chain_when_it_is_told_back(path: str, chained: bool) -> None:
    first = {"id": "a", "tool": "get_order", "arguments": {"order_id": {"source": "user", "fact": "order"}}}
    then = {"id": "b", "tool": "update", "arguments": {"id": {"source": "step", "step": "a", "path": path}}}
    plan = Blueprint.model_validate(SHALLOW | {"steps": [first, then], "facts": [{"name": "order", "value": "17"}]})
    assert has_shape(plan) == chained
    assert chain(plan.steps) == 1 + chained


@pytest.mark.parametrize(("path", "chained"), [("username", False), ("id", True)])
def test_what_each_of_a_list_tells_back_makes_no_chain(path: str, chained: bool) -> None:
    first = {"id": "a", "tool": "get_logs", "arguments": {"username": {"source": "constant", "value": "lena"}}}
    each = {"id": "b", "tool": "show", "arguments": {"key": {"source": "item", "path": path}}}
    plan = SHALLOW | {"steps": [first, each | {"repeat": {"step": "a", "path": "logs"}}]}
    assert has_shape(Blueprint.model_validate(plan)) == chained


async def test_a_chain_planned_but_not_made_is_a_fault() -> None:
    """The plan is deeper than the conversation: an assistant that leaves the last step out did not deepen."""
    plan = SHALLOW | {"steps": [*SHALLOW["steps"], {"id": "c", "tool": "get_order", "arguments": {}}]}
    plan["steps"][2]["arguments"] = {"order_id": {"source": "step", "step": "b", "path": "order_id"}}
    honest = teacher(0, plan)

    async def lazy(role: Role, messages: list[dict[str, Any]], *, tools: Any = (), form: Any = None) -> Answer:
        answer = await honest(role, messages, tools=tools, form=form)
        leaves_out = any(call["name"] == "get_order" for call in answer.tool_calls)
        return Answer(content="That is all there is.") if leaves_out else answer

    assert (await play(directed(Mode.CHAINED, Operator.DEEPEN), CLUSTER, Context(honest))).faults == ()
    one = await play(directed(Mode.CHAINED, Operator.DEEPEN), CLUSTER, Context(lazy))
    assert one.faults == ("operator: deepen: 2 calls feed each other, slot 3 has 2",)
