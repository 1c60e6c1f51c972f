"""The offline teacher's parts: values, language, data flow, the simulated world, the judge."""

import asyncio
from random import Random
from typing import Any

import orjson
import pytest

from agents.offline import reply
from agents.offline.fields.values import believable
from agents.offline.speech.hear import NOT_SAID, hear
from agents.offline.speech.tell import attach, join_clauses, tell_clauses
from agents.offline.world.observation import simulate
from agents.plan.dataflow import feeds, find_modes
from agents.roles import quality
from agents.schema import Blueprint, Cluster, Mode, Role, Step, Tool, Turn
from agents.teacher.teachers import Answer
from graphs.trajectory.lock import refuse_invalid

SCHEMAS: list[dict[str, Any]] = [
    {"type": "string", "pattern": "^INV-[0-9]{6}$"},
    {"type": "string", "format": "date"},
    {"type": "string", "enum": ["a", "b"]},
    {"type": "string", "minLength": 20, "maxLength": 24},
    {"type": "integer", "minimum": 3, "maximum": 4},
    {"type": "number", "exclusiveMinimum": 0, "maximum": 1},
    {"type": "integer", "multipleOf": 5, "minimum": 10},
    {"type": ["null", "string"]},
    {"anyOf": [{"type": "null"}, {"type": "integer"}]},
    {"type": "array", "items": {"type": "string"}, "minItems": 2, "maxItems": 2},
    {"type": "object", "required": ["city"], "properties": {"city": {"type": "string"}, "zip": {"type": "string"}}},
    {"$ref": "#/$defs/x", "$defs": {"x": {"const": 7}}},
]


@pytest.mark.parametrize("schema", SCHEMAS, ids=str)
def test_a_believable_value_fits_its_schema(schema: dict[str, Any]) -> None:
    for seed in range(20):
        refuse_invalid(schema, believable(schema, "thing", Random(seed), schema), "value")


VALUES: list[tuple[Any, dict[str, Any]]] = [
    ("ORD-17", {"type": "string"}),
    ("two words", {"type": "string"}),
    ("a.b@c.example", {"type": "string"}),
    (12, {"type": "integer"}),
    (-0.25, {"type": "number"}),
    (["a", "b c"], {"type": "array", "items": {"type": "string"}}),
    ({"city": "Bonn"}, {"type": "object", "required": ["city"], "properties": {"city": {"type": "string"}}}),
    ([{"sku": "A-1"}, {"sku": "B-2"}], {"type": "array", "items": {"properties": {"sku": {"type": "string"}}}}),
]


@pytest.mark.parametrize(("value", "schema"), VALUES, ids=str)
def test_what_the_user_says_is_what_the_assistant_hears(value: Any, schema: dict[str, Any]) -> None:
    for label in ("thing", "order ID", "note", "file name", "date"):
        for seed in range(8):
            clauses = ["the other thing is 99", *tell_clauses(label, value, Random(seed))]
            assert hear(label, schema, schema, f"Please do it. {join_clauses(clauses)}") == value


@pytest.mark.parametrize(
    ("label", "value"), [("order ID", "A-17"), ("start date", "2026-05-04"), ("search term", "oat milk")]
)
def test_a_fact_that_hangs_on_a_request_is_heard(label: str, value: str) -> None:
    for seed in range(8):
        text = f"Could you look into it {attach(label, value, Random(seed))}?"
        assert hear(label, {"type": "string"}, {}, text) == value


def test_a_fact_that_was_not_told_is_not_heard() -> None:
    assert hear("ID", {"type": "string"}, {}, "The order ID is A-1.") is NOT_SAID


def tool(name: str, required: str = "", output: dict[str, Any] | None = None) -> dict[str, Any]:
    properties = {required: {"type": "string"}} if required else {}
    schema = {"type": "object", "properties": properties, "required": [required] if required else []}
    reads = name.startswith(("get", "list"))
    return {
        "name": name,
        "service": "s",
        "description": "",
        "inputSchema": schema,
        "outputSchema": output,
        "reads": reads,
    }


def test_a_list_feeds_what_its_noun_identifies() -> None:
    assert feeds(tool("list_orders"), tool("get_order", "order_id")) == [("orders[0].order_id", "order_id")]
    assert feeds(tool("list_orders"), tool("get_invoice", "invoice_id")) == []
    assert feeds(tool("delete_order", "id"), tool("get_order", "order_id")) == []


def test_a_lone_tool_cannot_chain() -> None:
    alone = Cluster(id="c", leaf="0.0", tools=(Tool(name="ping", input_schema={}, service="s"),))
    assert find_modes(alone) == {Mode.LINEAR, Mode.RECOVERY, Mode.REFUSAL}


def world(history: list[tuple[str, dict[str, Any]]], name: str, arguments: dict[str, Any]) -> dict[str, Any]:
    """Plays the calls of `history` in order, then one more."""
    tools = [tool("create_order", "note"), tool("get_order", "id"), tool("delete_order", "id"), tool("list_orders")]
    past: list[tuple[dict[str, Any], dict[str, Any]]] = []
    for n, (called, given) in enumerate([*history, (name, arguments)]):
        call = {"tool": called, "arguments": given}
        past.append((call, simulate(tools, past, call, Random(n))))
    return past[-1][1]


def test_what_was_created_can_be_listed_and_read() -> None:
    made = world([], "create_order", {"note": "blue"})["result"]
    listed = world([("create_order", {"note": "blue"})], "list_orders", {})["result"]
    read = world([("create_order", {"note": "blue"})], "get_order", {"id": made["id"]})["result"]
    assert made["id"] in [order["id"] for order in listed["orders"]]
    assert read["id"] == made["id"]


def test_the_same_record_reads_the_same_twice() -> None:
    first = world([], "get_order", {"id": "A"})
    again = world([("get_order", {"id": "A"}), ("list_orders", {})], "get_order", {"id": "A"})
    same = ("status", "total", "placed_at")
    assert {key: again["result"][key] for key in same} == {key: first["result"][key] for key in same}


def test_what_was_deleted_is_not_found() -> None:
    gone = world([("delete_order", {"id": "A"})], "get_order", {"id": "A"})
    assert (gone["ok"], gone["code"]) == (False, "not_found")


def test_a_prompt_of_no_agent_is_refused() -> None:
    with pytest.raises(ValueError, match="begins with 'You are a poet'"):
        reply([{"role": "system", "content": "You are a poet"}], [], 0)


def judged(transcript: list[dict[str, Any]]) -> dict[str, Any]:
    tool = Tool(name="get_order", input_schema={}, service="s")
    step = Step(id="s1", tool="get_order")
    plan = Blueprint(persona="p", goal="g", mode=Mode.LINEAR, turns=(Turn(ask="show"),), steps=(step,))

    async def ask(role: Role, messages: list[dict[str, Any]], **given: Any) -> Answer:
        return Answer(content=reply(messages, given["tools"], 0)["content"])

    cluster = Cluster(id="c", leaf="0.0", tools=(tool,))
    return asyncio.run(quality.judge(ask, plan, cluster, transcript)).model_dump()


CALL = {"id": "call_1", "type": "function", "function": {"name": "get_order", "arguments": '{"id":"A-100"}'}}
CLEAN: list[dict[str, Any]] = [
    {"role": "system", "content": "You help."},
    {"role": "user", "content": "Show order A-100."},
    {"role": "assistant", "content": "", "tool_calls": [CALL]},
    {"role": "tool", "tool_call_id": "call_1", "content": '{"id":"A-100","total":120}'},
    {"role": "assistant", "content": "It comes to 120."},
]


def test_the_judge_reads_what_it_scores() -> None:
    assert judged(CLEAN)["blame"] == "none"
    invented = judged([*CLEAN[:-1], {"role": "assistant", "content": "It comes to 999."}])
    assert (invented["blame"], invented["scores"]["grounding"] <= 2) == ("assistant", True)
    assert judged(CLEAN[:-1])["scores"]["task_completion"] <= 2
    assert judged([CLEAN[0], {"role": "user", "content": "Call get_order for A-100."}, *CLEAN[2:]])["blame"] == "user"


def test_a_favourite_is_given_in_most_answers() -> None:
    """The same plan for the same tools and mode in about 80 of 100 blueprints, for any seed."""
    tools: list[dict[str, Any]] = [
        {"name": "get_order", "service": "shop", "description": "", "inputSchema": {}, "outputSchema": None}
    ]
    sections = {"Tools": [{**tools[0], "reads": True}], "Directive": {"slot": 0, "mode": "linear", "steps": 1}}
    asked = "\n".join(f"## {name}\n```json\n{orjson.dumps(value).decode()}\n```" for name, value in sections.items())
    messages = [{"role": "system", "content": "You are the BlueprintAgent."}, {"role": "user", "content": asked}]
    said = [reply(messages, [], seed, persona="offline-favourite")["content"] for seed in range(100)]
    assert 68 <= max(map(said.count, said)) <= 92
    assert max(said.count(one) for one in [reply(messages, [], seed)["content"] for seed in range(100)]) <= 1
