"""How prompts are laid out for a prefix cache: stable first, growing last, nothing told twice."""

from collections import Counter
from datetime import date
from itertools import pairwise
from typing import Any

import orjson
import pytest

from agents.offline import prompt, tokens
from agents.offline.sections import section
from agents.plan.concise import explicit, with_types
from agents.roles import assistant, blueprint, observation, quality
from agents.schema import (
    JUDGING,
    REFUSED,
    Blueprint,
    Claim,
    Cluster,
    Directive,
    FromUser,
    Mode,
    Role,
    Step,
    Stop,
    Tool,
    Turn,
)
from agents.teacher.teachers import Answer, Request, teachers
from graphs.trajectory.graph import play
from graphs.trajectory.state import Context, Limits
from tests.graphs.trajectory.test_graph import CLUSTER, ID, Script, played

Prompts = list[list[dict[str, Any]]]


async def asked(role: Role, mode: Mode, seed: int = 0) -> Prompts:
    """The role's prompts in a whole trajectory."""
    heard: Prompts = []

    def listening(n: int, messages: list[dict[str, Any]]) -> None:
        heard.append(list(messages))

    script: Script = listening
    await played(mode, {role: script}, seed)
    return heard


@pytest.mark.parametrize(
    ("role", "mode"),
    [
        (Role.USER, Mode.CLARIFICATION),
        (Role.ASSISTANT, Mode.CHAINED),
        (Role.ASSISTANT, Mode.ITERATIVE),
        (Role.OBSERVATION, Mode.CHAINED),
        (Role.OBSERVATION, Mode.ITERATIVE),
    ],
)
async def test_a_prompt_goes_on_where_the_roles_last_one_ended(role: Role, mode: Mode) -> None:
    prompts = await asked(role, mode)
    assert len(prompts) > 1
    assert all(later[: len(one)] == one for one, later in pairwise(prompts))


@pytest.mark.parametrize("seed", range(4))
async def test_a_conversation_that_is_over_asks_the_user_nothing(seed: int) -> None:
    prompts = await asked(Role.USER, Mode.CHAINED, seed)
    assert len(prompts) == len(section(prompts[0][0]["content"], "You")["turns"])


async def test_the_assistant_is_not_told_that_a_tool_will_fail() -> None:
    (first, *_) = await asked(Role.ASSISTANT, Mode.RECOVERY)
    plan = first[0]["content"].partition("## Plan")[2]
    assert "fail" not in plan
    assert "recovery" not in plan


def test_the_simulated_world_is_told_what_is_wanted() -> None:
    look = {"id": "s1", "tool": "list_orders"}
    source = {"source": "step", "step": "s1", "path": "orders[1].order_id"}
    steps = [look, {"id": "s2", "tool": "get_order", "arguments": {"order_id": source}}]
    facts = [{"name": "shop", "value": "Nord"}]
    plan = {
        "persona": "Ana",
        "goal": "find the two lamps",
        "role": "You sell lamps.",
        "mode": "chained",
        "facts": facts,
    }
    drawn = Blueprint.model_validate({**plan, "turns": [{"ask": "look", "facts": ["shop"]}], "steps": steps})
    world = section(observation.write_prompt(CLUSTER, drawn, date(2026, 5, 19)), "World")
    assert world == {"today": "2026-05-19", "goal": plan["goal"], "facts": {"shop": "Nord"}}  # the rest is in locks
    each = {"id": "s3", "tool": "get_order", "arguments": {"order_id": {"source": "item", "path": "order_id"}}}
    each["repeat"] = {**source, "path": "orders"}
    drawn = Blueprint.model_validate({**plan, "turns": [{"ask": "look", "facts": ["shop"]}], "steps": [look, each]})
    world = section(observation.write_prompt(CLUSTER, drawn, date(2026, 5, 19)), "World")
    assert world["lists"] == [{"tool": "list_orders", "path": "orders", "at_most": 3}]
    reads = [{"source": "step", "step": "s1", "path": "orders"}]
    code = {"id": "s2", "tool": "run_python"} | {
        "arguments": {"code": {"source": "written", "task": "count them", "reads": reads}}
    }
    drawn = Blueprint.model_validate({**plan, "turns": [{"ask": "look", "facts": ["shop"]}], "steps": [look, code]})
    world = section(observation.write_prompt(CLUSTER, drawn, date(2026, 5, 19)), "World")
    assert world["lists"] == [{"tool": "list_orders", "path": "orders", "at_least": 9}]


def test_what_two_steps_of_a_tool_return_is_told_apart_by_their_arguments() -> None:
    names = {"first": "O-17", "second": "O-18"}
    steps = [
        {"id": name, "tool": "get_order", "arguments": {"order_id": {"source": "user", "fact": name}}} for name in names
    ]
    plan = Blueprint.model_validate({
        "persona": "Ana", "goal": "compare", "mode": "parallel", "steps": steps,
        "turns": [{"ask": "look", "facts": [*names]}],
        "facts": [{"name": name, "value": value} for name, value in names.items()],
        "expects": [{"step": "first", "path": "total", "value": 3}, {"step": "second", "path": "total", "value": 9}],
    })  # fmt: skip
    world = section(observation.write_prompt(CLUSTER, plan, date(2026, 5, 19)), "World")
    assert world["expects"] == [
        {"tool": "get_order", "arguments": {"order_id": "O-17"}, "path": "total", "value": 3},
        {"tool": "get_order", "arguments": {"order_id": "O-18"}, "path": "total", "value": 9},
    ]


async def test_a_refused_plan_is_shown_as_it_was_written() -> None:
    written = {
        "persona": "Ana", "goal": "look", "mode": "linear", "turns": [{"ask": "look"}],
        "steps": [{"id": "s1", "tool": "get_order", "arguments": {"all": {"source": "constant", "value": True}}}],
    }  # fmt: skip
    sent: list[Any] = []

    async def ask(role: Role, messages: Any, *, tools: Any = (), form: Any = None) -> Answer:
        sent.extend(messages)
        return Answer(content=orjson.dumps(written).decode())

    plan = Blueprint.model_validate(written)
    wish = Directive(slot=0, cluster="c", leaf="0.0", mode=Mode.LINEAR, steps=1)
    await blueprint.draw(ask, CLUSTER, wish, [blueprint.Refused(plan, "it calls nothing")])
    assert [orjson.loads(m["content"] or "") for m in sent if m["role"] == "assistant"] == [written]


async def test_a_tool_outside_the_plan_is_defined_with_its_first_call() -> None:
    plan = Blueprint(persona="Ana", goal="look", mode=Mode.REFUSAL, turns=(Turn(ask="look"),))
    prompt = observation.write_prompt(CLUSTER, plan, date(2026, 5, 19))
    assert section(prompt, "Tools") == []
    call = orjson.loads(observation.write_call("cancel_order", {}, tool=CLUSTER.by_name["cancel_order"]))
    assert explicit(with_types(call["definition"]["outputSchema"])) == CLUSTER.by_name["cancel_order"].output_schema


def test_whoever_answers_a_search_knows_what_holds_where_it_says_nothing() -> None:
    properties = {
        "state": {"type": "string", "enum": ["open", "closed"], "default": "open"},
        "limit": {"type": "integer", "default": 10},
        "folder": {"type": "string", "default": "root"},
    }
    schema = {"type": "object", "properties": properties}
    looks = Tool(
        name="list_issues", description="", input_schema=schema, annotations={"readOnlyHint": True}, service="s"
    )
    changes = Tool(name="set_issue", description="", input_schema=schema, service="s")
    calls = [orjson.loads(observation.write_call(tool.name, {}, tool=tool)) for tool in (looks, changes)]
    assert calls[0]["definition"]["defaults"] == {"state": "open", "limit": 10}
    assert "defaults" not in calls[1]["definition"]


async def test_only_the_tools_of_the_plan_are_sent_in_full() -> None:
    described = Tool(name="merge", description="Joins two.\nAlways ask first.", input_schema=ID, service="shop")
    cluster = Cluster(id="c", leaf="0.0", tools=(*CLUSTER.tools, described))
    sent: list[dict[str, Any]] = []

    async def ask(role: Role, messages: Any, *, tools: Any = (), form: Any = None) -> Answer:
        sent[:] = [tool["function"] for tool in tools]
        return Answer(content="Which two?")

    step = Step(id="s1", tool="get_order", arguments={"order_id": FromUser(fact="order")})
    plan = Blueprint(persona="Ana", goal="look", mode=Mode.LINEAR, turns=(Turn(ask="look"),), steps=(step,))
    for shown, text in ((plan, "Joins two."), (None, "Joins two.\nAlways ask first.")):
        await assistant.act(ask, "You are the AssistantAgent.", cluster, [{"role": "system"}], plan=shown)
        assert [f["description"] for f in sent if f["name"] == "merge"] == [text]
    assert assistant.define_tools(cluster)[-1]["function"]["description"] == described.description


async def test_a_lock_is_told_once_and_never_what_the_tool_declares() -> None:
    for seed in range(20):
        last = (await asked(Role.OBSERVATION, Mode.ITERATIVE, seed))[-1]
        calls = [orjson.loads(message["content"]) for message in last if message["role"] == "user"]
        if Counter(call["tool"] for call in calls)["get_order"] > 1:
            break
    told = Counter((call["tool"], key) for call in calls for key in call.get("lock", ()))
    assert Counter(call["tool"] for call in calls)["get_order"] > 1  # so that there was something to repeat
    assert told[("get_order", "x-observed")] == 1
    assert set(told.values()) == {1}
    assert not any(tool == "cancel_order" and key != "allOf" for tool, key in told)  # it declares its output


async def test_the_judge_goes_on_where_the_assistants_last_request_ended() -> None:
    heard: dict[Role, Any] = {}
    answers = teachers("offline")

    async def ask(role: Role, messages: Any, *, tools: Any = (), form: Any = None) -> Answer:
        heard[role] = messages, list(tools)
        return await answers.answer(Request(role=role, messages=messages, tools=list(tools), form=form))

    slot = await play(Directive(slot=0, cluster="c", leaf="0.0", mode=Mode.CHAINED, steps=2), CLUSTER, Context(ask))
    (said, tools), (judged, same) = heard[Role.ASSISTANT], heard[Role.QUALITY]
    assert same == tools
    assert judged[: len(said)] == said
    assert judged[len(said) : -1] == list(slot.trajectory.messages[len(said) :])
    assert judged[-1]["content"].startswith(JUDGING)


def test_a_claim_says_its_value_once_and_its_place_where_it_has_one() -> None:
    plan = Blueprint(persona="Ana", goal="look", mode=Mode.REFUSAL, turns=(Turn(ask="look"),))
    talk: list[dict[str, Any]] = [{"role": "system", "content": ""}, {"role": "user", "content": "look"}]
    called = Claim(text="call_1 calls get with id = 'Z9', which follows from what was said before", value="Z9", place=1)
    told = Claim(text='the answers tell ["A", 2]', value=["A", 2], place=2)
    case = quality.write_case(plan, talk, [called, told.model_copy(update={"text": 'the answers tell ["A",2]'})])
    assert section(case, "Claims") == [
        {"id": 1, "claim": called.text.replace("'Z9'", "`value`"), "value": "Z9", "place": 1},
        {"id": 2, "claim": "the answers tell `value`", "value": ["A", 2]},
    ]
    assert "Rule on each claim" not in quality.write_case(plan, talk)


async def test_a_refused_plan_is_shown_with_its_fault() -> None:
    sent: list[list[dict[str, Any]]] = []

    async def ask(role: Role, messages: Any, *, tools: Any = (), form: Any = None) -> Answer:
        sent.append(messages)
        assert Request(role=role, messages=messages).again == (len(sent) > 1)  # which cost.json counts
        return Answer(content=plan.model_dump_json())

    plan = Blueprint(persona="Ana", goal="look", mode=Mode.REFUSAL, turns=(Turn(ask="look"),))
    directive = Directive(slot=0, cluster="c", leaf="0.0", mode=Mode.CHAINED, steps=2)
    slot = await play(directive, CLUSTER, Context(ask, limits=Limits(draws=3)))
    assert slot.stop is Stop.BLUEPRINT_INVALID
    assert [len(messages) for messages in sent] == [2, 4, 6]
    assert all(later[: len(one)] == one for one, later in pairwise(sent))
    assert sent[1][2]["content"] == plan.model_dump_json()  # as it was written
    assert sent[1][3]["content"].startswith(f"{REFUSED}mode 'refusal': the directive asks for 'chained'")


def test_words_count_as_they_stand_and_not_as_quoted() -> None:
    assert tokens(prompt([{"role": "user", "content": 'say "hi"\n'}], [])) == ["user", "say", '"', "hi", '"']


def test_a_cache_knows_the_system_prompt_whatever_the_tools() -> None:
    texts = [
        prompt([{"role": "system", "content": "You help."}, {"role": "user", "content": "hi"}], [{"n": n}])
        for n in "ab"
    ]
    assert texts[0].startswith("system\nYou help.\n[")
    assert texts[0].replace('"a"', '"b"') == texts[1]
