"""The graph of one trajectory, played with scripted roles beside the offline teacher."""

from collections.abc import Callable, Sequence
from typing import Any

import orjson
import pytest

from agents.offline import reply
from agents.schema import Blueprint, Cluster, Directive, Mode, Origin, Played, Role, Stop, Tool
from agents.teacher.teachers import Answer, Ask
from graphs.strategies import apigen_mt, toucan
from graphs.trajectory.graph import Roles, compile_graph, play, walk
from graphs.trajectory.state import Context, Limits, State

ID = {"type": "object", "required": ["order_id"], "properties": {"order_id": {"type": "string"}}}
LIST = Tool(name="list_orders", input_schema={"type": "object", "properties": {}}, service="shop")
GET = Tool(name="get_order", input_schema=ID, service="shop")
CANCEL = Tool(name="cancel_order", input_schema=ID, output_schema=ID, service="shop")
CLUSTER = Cluster(id="c", leaf="0.0", tools=(LIST, GET, CANCEL))

Script = Callable[[int, list[dict[str, Any]]], dict[str, Any] | None]
"""The role's n-th answer as a message, None to let the offline teacher answer."""


def teacher(scripts: dict[Role, Script] | None = None, seed: int = 0) -> Ask:
    asked: dict[Role, int] = {}

    async def ask(role: Role, messages: list[dict[str, Any]], *, tools: Sequence[Any] = (), form: Any = None) -> Answer:
        asked[role] = asked.get(role, 0) + 1
        script = (scripts or {}).get(role)
        said = script(asked[role], messages) if script else None
        said = said or reply(messages, list(tools), seed * 1000 + sum(asked.values()))
        calls = tuple(call["function"] for call in said.get("tool_calls", []))
        return Answer(content=said["content"], tool_calls=calls, usage=None)

    return ask


async def played(mode: Mode, scripts: dict[Role, Script] | None = None, seed: int = 0, **limits: int) -> Played:
    steps = 0 if mode is Mode.REFUSAL else 2
    directive = Directive(slot=0, cluster="c", leaf="0.0", mode=mode, steps=steps)
    return await play(directive, CLUSTER, Context(teacher(scripts, seed), limits=Limits(**limits)))


def said(content: str | dict[str, Any], *calls: tuple[str, str]) -> dict[str, Any]:
    text = content if isinstance(content, str) else orjson.dumps(content).decode()
    made = [{"function": {"name": name, "arguments": arguments}} for name, arguments in calls]
    return {"role": "assistant", "content": text, "tool_calls": made}


MODES = [mode for mode in Mode if mode is not Mode.COMPUTATION]


@pytest.mark.parametrize("mode", MODES)
async def test_the_offline_teacher_plays_every_mode_without_a_fault(mode: Mode) -> None:
    for seed in range(5):
        one = await played(mode, seed=seed)
        assert (one.stop, one.faults, one.reason) == (Stop.COMPLETED, (), "")
        assert one.trajectory.verdict
        assert one.trajectory.verdict.blame == "none"


@pytest.mark.parametrize("roles", [Roles(), apigen_mt.ROLES, toucan.ROLES])
async def test_langgraph_goes_the_way_that_campaigns_walk(roles: Roles) -> None:
    for mode in MODES:
        directive = Directive(slot=0, cluster="c", leaf="0.0", mode=mode, steps=0 if mode is Mode.REFUSAL else 2)
        start: State = {"cluster": CLUSTER.model_dump(mode="json"), "directive": directive.model_dump(mode="json")}
        end = await compile_graph(roles).ainvoke(start, context=Context(teacher(seed=1)), version="v2")
        assert end.value == await walk(start, Context(teacher(seed=1)), roles)
        assert end.value["stop"]


async def test_the_same_seed_gives_the_same_trajectory() -> None:
    assert await played(Mode.CHAINED, seed=3) == await played(Mode.CHAINED, seed=3)
    assert await played(Mode.CHAINED, seed=3) != await played(Mode.CHAINED, seed=4)


async def test_the_plan_is_not_exported() -> None:
    messages = (await played(Mode.CHAINED)).trajectory.messages
    assert messages[0]["content"].startswith("You are a helpful assistant")
    assert "Plan" not in messages[0]["content"]


async def test_a_refused_call_gets_the_envelope_and_may_be_repaired() -> None:
    def wrong_once(n: int, messages: list[dict[str, Any]]) -> dict[str, Any] | None:
        return said("", ("get_order", "{}")) if n == 1 else None

    one = await played(Mode.CHAINED, {Role.ASSISTANT: wrong_once})
    error = orjson.loads(one.trajectory.messages[3]["content"])["error"]
    assert one.trajectory.origins["call_1"].origin is Origin.LOCK
    assert (error["code"], error["message"]) == ("invalid_call", "get_order: $: 'order_id' is a required property")
    assert one.stop is Stop.COMPLETED


async def test_a_third_refused_call_ends_the_trajectory() -> None:
    one = await played(Mode.CHAINED, {Role.ASSISTANT: lambda n, _: said("", ("teleport", "{}"))})
    assert one.stop is Stop.RECOVERY_LIMIT
    assert [origin.origin for origin in one.trajectory.origins.values()] == [Origin.LOCK] * 3


async def test_a_violating_observation_goes_back_with_the_validators_message() -> None:
    heard = []

    def wrong_once(n: int, messages: list[dict[str, Any]]) -> dict[str, Any] | None:
        heard.append(orjson.loads(messages[-1]["content"]).get("violation", ""))
        return said({"ok": True, "result": {"orders": "none"}}) if n == 1 else None

    one = await played(Mode.CHAINED, {Role.OBSERVATION: wrong_once})
    assert heard[0] == ""
    assert "orders" in heard[1] or "id" in heard[1]
    assert (one.stop, one.faults) == (Stop.COMPLETED, ())


async def test_an_observation_that_stays_wrong_is_a_schema_violation() -> None:
    broken = said({"ok": True, "result": 5})
    one = await played(Mode.CHAINED, {Role.OBSERVATION: lambda n, _: broken})
    assert one.stop is Stop.SCHEMA_VIOLATION
    assert "is not of type 'object'" in one.reason


@pytest.mark.parametrize("role", [Role.USER, Role.OBSERVATION])
@pytest.mark.parametrize("garbage", ["", "{", "not json", '{"wrong": 1}', "[]"])
async def test_garbage_of_a_role_is_a_typed_rejection(role: Role, garbage: str) -> None:
    one = await played(Mode.CHAINED, {role: lambda n, _: said(garbage)})
    assert one.stop is Stop.FORMAT_ERROR
    assert one.reason.startswith(f"{role} answer")


async def test_a_garbage_blueprint_is_drawn_again_and_then_refused() -> None:
    drawn = []

    def garbage(n: int, messages: list[dict[str, Any]]) -> dict[str, Any] | None:
        drawn.append(n)
        return said("nonsense")

    one = await played(Mode.CHAINED, {Role.BLUEPRINT: garbage}, draws=2)
    assert one.stop is Stop.BLUEPRINT_INVALID
    assert drawn == [1, 2, 3, 4]  # each draw is asked again once


async def test_a_judge_that_fails_leaves_no_score() -> None:
    one = await played(Mode.LINEAR, {Role.QUALITY: lambda n, _: said('{"scores": {}}')})
    assert (one.stop, one.trajectory.verdict) == (Stop.UNJUDGED, None)


async def test_an_endless_conversation_stops_at_its_limit() -> None:
    one = await played(Mode.LINEAR, {Role.ASSISTANT: lambda n, _: said(f"Wait {n}, what else?")}, messages=10)
    assert one.stop in (Stop.TURN_LIMIT, Stop.COMPLETED)
    assert len(one.trajectory.messages) <= 11
    assert one.stop is Stop.TURN_LIMIT or one.faults


async def test_a_refused_blueprint_hears_its_neighbours() -> None:
    class Near:
        summary = "refund of a late parcel"

    asked: list[str] = []

    def listening(n: int, messages: list[dict[str, Any]]) -> dict[str, Any] | None:
        asked.append(messages[-1]["content"])
        return None

    async def closed(blueprint: Blueprint) -> list[Near]:
        return [Near()]

    directive = Directive(slot=0, cluster="c", leaf="0.0", mode=Mode.LINEAR, steps=1)
    context = Context(teacher({Role.BLUEPRINT: listening}), closed, limits=Limits(draws=2))
    one = await play(directive, CLUSTER, context)
    assert one.stop is Stop.BLUEPRINT_NOT_NOVEL
    assert "refund of a late parcel" not in asked[0]
    assert "refund of a late parcel" in asked[1]


async def test_a_planned_failure_is_the_plans_and_no_teacher_is_asked_for_it() -> None:
    requests: list[str] = []

    def listening(n: int, messages: list[dict[str, Any]]) -> None:
        requests.append(messages[-1]["content"])

    slot = await played(Mode.RECOVERY, {Role.OBSERVATION: listening})
    assert slot.stop is Stop.COMPLETED
    assert slot.trajectory.blueprint
    (failure,) = [step.fails for step in slot.trajectory.blueprint.steps if step.fails]
    results = [orjson.loads(m["content"]) for m in slot.trajectory.messages if m["role"] == "tool"]
    errors = [result["error"]["message"] for result in results if set(result) == {"error"}]
    assert errors == [failure]
    assert len(requests) == len(results) - 1
