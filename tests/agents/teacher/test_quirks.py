"""Each bad habit of an endpoint, and what a teacher makes of it: the good answer, another attempt, or a typed error."""

import json
import re
from collections.abc import Iterator
from contextlib import aclosing
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest

from agents.errors import TeacherError, UsageError
from agents.roles.probe import examine
from agents.schema import Blueprint, Role, Schema, Utterance
from agents.serve.app import running
from agents.teacher.request import Answer, Message, Request
from agents.teacher.teachers import Teachers
from tests.agents.teacher.quirks import AGAIN, PLAN, QUIRKS, REFUSES, SHAPES, SLOTS, STOPS, Quirky, completion

DOCS = Path(__file__).parents[3] / "docs" / "endpoints.md"
ARGUMENTS = '{"city": "K\u00f6ln", "days": []}'
CALL = {"id": "call_1", "type": "function", "function": {"name": "weather", "arguments": ARGUMENTS}}
SECOND = '{"city": "Ulm", "days": [1]}'
OTHER = {"id": "call_2", "type": "function", "function": {"name": "weather", "arguments": SECOND}}
PROPERTIES: Schema = {
    "city": {"type": "string", "pattern": "^(?=.)"},
    "days": {"type": "array"},
    "unit": {"$ref": "#/$defs/unit"},
}
PARAMETERS: Schema = {
    "anyOf": [{"required": ["city"]}],
    "properties": PROPERTIES,
    "$defs": {"unit": {"type": "string", "enum": ["c", "f"]}},
}
TOOL: Schema = {"type": "function", "function": {"name": "weather", "parameters": PARAMETERS}}
HISTORY: list[Message] = [
    {"role": "system", "content": "You are the AssistantAgent."},
    {"role": "user", "content": "Weather in K\u00f6ln?"},
    {"role": "user", "content": "Quick!"},
    {"role": "assistant", "content": "", "tool_calls": [CALL]},
    {"role": "tool", "tool_call_id": "call_1", "content": "{}"},
]
TALK = Request(role=Role.USER, messages=HISTORY[:3], form=Utterance.model_json_schema(), seed=7)
ACT = Request(role=Role.ASSISTANT, messages=HISTORY, tools=[TOOL], seed=7)
BOTH = ACT.model_copy(update={"seed": 8})
DRAW = Request(role=Role.BLUEPRINT, messages=HISTORY[:2], form=Blueprint.model_json_schema(), seed=7)
WORDS = '{"say": "Is it {really} 3 < 4?"}'
PARAMS = {"temperature": 0.5, "max_tokens": 500, "parallel_tool_calls": False}


def speak(body: dict[str, Any]) -> dict[str, Any]:
    if body.get("tools"):
        listed = [CALL, OTHER] if body.get("seed") == BOTH.seed else [CALL]
        return completion({"role": "assistant", "content": None, "tool_calls": listed})
    return completion({"role": "assistant", "content": WORDS})


@pytest.fixture(scope="module")
def quirky() -> Quirky:
    return Quirky(speak)


@pytest.fixture(scope="module")
def url(quirky: Quirky) -> Iterator[str]:
    with running(quirky.app()) as address:
        yield address.removesuffix("/v1")


def teacher(url: str, quirk: str, **options: Any) -> Teachers:
    name = f"openai:m@{url}/{quote(quirk)}/v1"
    chosen = {"params": PARAMS, "attempts": 3, "wait_s": 0.001, "timeout_s": 20} | options
    return Teachers(dict.fromkeys(Role, name), **chosen)


def same(answer: Answer, request: Request) -> None:
    if request.tools:
        assert [(call["name"], json.loads(call["arguments"])) for call in answer.tool_calls] == [
            ("weather", json.loads(ARGUMENTS))
        ]
        assert (answer.content, answer.finish) == ("", "tool_calls")
    else:
        assert (answer.content, answer.tool_calls, answer.finish) == (WORDS, (), "stop")


@pytest.mark.parametrize("quirk", SHAPES)
async def test_an_odd_shape_comes_to_the_good_answer(quirk: str, url: str) -> None:
    async with aclosing(teacher(url, quirk)) as models:
        answers = [await models.answer(request) for request in (TALK, ACT)]
    for answer, request in zip(answers, (TALK, ACT), strict=True):
        same(answer, request)
        assert answer.faults == ()
    thinks = "think" in quirk.lower() or "thought" in quirk or "reason" in quirk.removeprefix("finish_reason")
    if (thinks or quirk.startswith("harmony")) and "arguments" not in quirk:
        told = [PLAN in answer.reasoning for answer in answers]
        assert told[0], "the model's thinking is kept apart"
        assert told[1] or quirk == "a thought within the JSON", "where there are words"
    assert ("usage" in quirk) == (answers[0].usage is None)


@pytest.mark.parametrize("quirk", [name for name in SHAPES if "stream" in name or "words" in name])
async def test_parallel_calls_stay_apart(quirk: str, url: str) -> None:
    async with aclosing(teacher(url, quirk)) as models:
        answer = await models.answer(BOTH)
    assert [json.loads(call["arguments"]) for call in answer.tool_calls] == [json.loads(ARGUMENTS), json.loads(SECOND)]
    assert (answer.content, answer.finish) == ("", "tool_calls")


@pytest.mark.parametrize("quirk", AGAIN)
async def test_what_may_pass_is_asked_again(quirk: str, url: str, quirky: Quirky) -> None:
    async with aclosing(teacher(url, quirk)) as models:
        answer = await models.answer(TALK)
    same(answer, TALK)
    assert set(answer.faults) == {AGAIN[quirk][1]}
    assert len(quirky.bodies[quirk]) == 1 + QUIRKS[quirk].times


@pytest.mark.parametrize("quirk", STOPS)
async def test_what_no_other_request_would_pass_stops_at_once(quirk: str, url: str, quirky: Quirky) -> None:
    async with aclosing(teacher(url, quirk)) as models:
        with pytest.raises(UsageError) as caught:
            await models.answer(ACT)
    assert STOPS[quirk][1] in str(caught.value)
    assert len(quirky.bodies[quirk]) == 1


@pytest.mark.parametrize("quirk", SLOTS)
async def test_what_is_wrong_with_one_request_ends_that_request(quirk: str, url: str, quirky: Quirky) -> None:
    async with aclosing(teacher(url, quirk)) as models:
        with pytest.raises(TeacherError) as caught:
            await models.answer(ACT)
    assert SLOTS[quirk][1] in str(caught.value)
    assert len(quirky.bodies[quirk]) <= 2, "an answer that cannot be read is not asked for six times"


@pytest.mark.parametrize("quirk", REFUSES)
async def test_a_request_is_said_in_the_endpoints_own_way(quirk: str, url: str, quirky: Quirky) -> None:
    quirky.off.add(quirk)
    async with aclosing(teacher(url, quirk)) as models:
        await models.answer(TALK)  # as the probe does: what is refused later is refused of a proven endpoint
        quirky.off.remove(quirk)
        answers = [await models.answer(request) for request in (TALK, ACT, TALK, ACT)]
        drawn = await models.answer(DRAW)
    for answer, request in zip(answers, (TALK, ACT, TALK, ACT), strict=True):
        same(answer, request)
        assert answer.faults == ()
    same(drawn, DRAW)
    refused = [body for body in quirky.bodies[quirk][1:] if QUIRKS[quirk].refuse(body)]
    assert len(refused) <= 2, "what an endpoint refused it is not sent again"


async def test_a_tool_keeps_what_a_validator_takes(url: str, quirky: Quirky) -> None:
    async with aclosing(teacher(url, "no references")) as models:
        await models.answer(ACT)
    (tool,) = quirky.bodies["no references"][-1]["tools"]
    parameters = tool["function"]["parameters"]
    assert parameters["properties"]["unit"] == {"type": "string", "enum": ["c", "f"]}
    assert parameters["properties"]["days"] == {"type": "array", "items": {"type": "string"}}
    assert (parameters["type"], parameters.get("required")) == ("object", None)
    assert ACT.tools == [TOOL]


@pytest.mark.parametrize(
    ("finish", "told"),
    [("length", "length"), ("MAX_TOKENS", "length"), ("content_filter", "refusal"), ("SAFETY", "refusal")],
)
async def test_a_cut_or_withheld_answer_is_marked(finish: str, told: str) -> None:
    def cut(body: dict[str, Any]) -> dict[str, Any]:
        whole = completion({"role": "assistant", "content": '{"say": "I would'})
        return {**whole, "choices": [{**whole["choices"][0], "finish_reason": finish}]}

    with running(Quirky(cut).app()) as address:
        async with aclosing(teacher(address.removesuffix("/v1"), "plain")) as models:
            models.forms[models.names[Role.USER]] = "text"
            answer = await models.answer(TALK)
    assert (answer.finish, answer.mended) == (told, ""), "half an answer is not closed for it"


async def test_an_endpoint_that_cuts_all_answers_is_told_what_to_raise() -> None:
    def cut(body: dict[str, Any]) -> dict[str, Any]:
        whole = completion({"role": "assistant", "content": '{"say": "I would'})
        return {**whole, "choices": [{**whole["choices"][0], "finish_reason": "length"}]}

    with running(Quirky(cut).app()) as address:
        async with aclosing(teacher(address.removesuffix("/v1"), "plain")) as models:

            async def ask(
                role: Role, messages: list[Message], *, tools: list[Schema] | None = None, form: Schema | None = None
            ) -> Answer:
                return await models.answer(Request(role=role, messages=messages, tools=tools or [], form=form))

            with pytest.raises(UsageError, match=r"it is truncated.* raise --param max_tokens=N or the server's own"):
                await examine(models, ask)


@pytest.mark.parametrize("quirk", ["a moderated prompt", "a moderated prompt for ever"])
async def test_a_moderated_prompt_costs_its_slot_alone(quirk: str, monkeypatch: pytest.MonkeyPatch) -> None:
    from tests.agents.teacher import quirks

    monkeypatch.setitem(
        quirks.QUIRKS,
        quirk,
        quirks.Quirk(
            lambda b: quirks.error(403, "Your input was flagged") if b["seed"] == 8 or "ever" in quirk else None
        ),
    )
    server = Quirky(speak)
    with running(server.app()) as address:
        async with aclosing(teacher(address.removesuffix("/v1"), quirk)) as models:
            server.off.add(quirk)
            await models.answer(TALK)
            server.off.clear()
            expected = UsageError if "ever" in quirk else TeacherError
            with pytest.raises(expected, match="Your input was flagged"):
                await models.answer(TALK.model_copy(update={"seed": 8}))


async def test_the_whole_address_of_a_call_is_as_good_as_its_base(url: str) -> None:
    name = f"openai:m@{url}/plain/v1/chat/completions"
    async with aclosing(Teachers(dict.fromkeys(Role, name), attempts=1, timeout_s=20)) as models:
        same(await models.answer(ACT), ACT)


async def test_a_base_url_without_its_path_is_told_so(url: str) -> None:
    async with aclosing(Teachers(dict.fromkeys(Role, f"openai:m@{url}"), attempts=1, timeout_s=20)) as models:
        with pytest.raises(UsageError, match=f"HTTP 404: .*no path, and most end in /v1: try {url}/v1"):
            await models.answer(TALK)


async def test_null_takes_a_field_away(url: str, quirky: Quirky) -> None:
    async with aclosing(teacher(url, "plain", params={"seed": None, "quality.temperature": None})) as models:
        await models.answer(TALK)
    assert set(quirky.bodies["plain"][-1]) == {"model", "messages", "stream", "response_format"}


def test_the_docs_name_tests_that_there_are() -> None:
    text = DOCS.read_text(encoding="utf-8")
    named = set(re.findall(r"`(test_\w+)`", text))
    sources = "".join(path.read_text(encoding="utf-8") for path in Path(__file__).parents[2].rglob("test_*.py"))
    assert len(named) >= 7
    assert [name for name in sorted(named) if f"def {name}(" not in sources] == []


def test_the_docs_list_every_quirk() -> None:
    rows = [
        line.split("|")[1].strip() for line in DOCS.read_text(encoding="utf-8").splitlines() if line.startswith("| ")
    ]
    assert [name for name in QUIRKS if name not in rows] == []
