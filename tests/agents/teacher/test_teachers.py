"""Teachers against a real endpoint on this machine: faults, retries, argument texts, and no key in any message."""

import json
from collections.abc import Iterator
from contextlib import ExitStack, aclosing
from typing import Any

import pytest
from starlette.exceptions import HTTPException

from agents.errors import FormatError, TeacherError, UsageError
from agents.schema import Role, Schema, Utterance, answer_form
from agents.serve.app import Reply, app, running
from agents.teacher.teachers import Answer, Message, Request, Teachers, fill, teachers
from agents.teacher.wire.openai import OpenAI

KEY = "sk-secret-0123456789"
PROMPT: list[Message] = [
    {"role": "system", "content": "You are the AssistantAgent.\nHelp."},
    {"role": "user", "content": "Weather in Köln?"},
]
TOOL: Schema = {"type": "function", "function": {"name": "weather", "parameters": {"type": "object"}}}
ASKED = Request(role=Role.ASSISTANT, messages=PROMPT, tools=[TOOL], seed=7)


class Script:
    """Endpoints that play a list of replies and faults; the last one repeats."""

    def __init__(self, stack: ExitStack) -> None:
        self.stack = stack
        self.seen: list[tuple[list[Message], list[Schema], int]] = []

    def play(self, *turns: Message | HTTPException, attempts: int = 3) -> Teachers:
        def reply(*asked: Any) -> Message:
            turn = turns[min(len(self.seen), len(turns) - 1)]
            self.seen.append(asked)
            if isinstance(turn, HTTPException):
                raise turn
            return turn

        scripted: Reply = reply
        url = self.stack.enter_context(running(app(scripted)))
        return Teachers({Role.ASSISTANT: f"openai:offline@{url}"}, attempts=attempts, wait_s=0.001, timeout_s=5)


@pytest.fixture
def script(monkeypatch: pytest.MonkeyPatch) -> Iterator[Script]:
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    with ExitStack() as stack:
        yield Script(stack)


def said(content: str, *calls: tuple[str, str]) -> Message:
    tool_calls = [
        {"id": f"call_{i}", "type": "function", "function": {"name": name, "arguments": text}}
        for i, (name, text) in enumerate(calls, 1)
    ]
    return {"role": "assistant", "content": content} | ({"tool_calls": tool_calls} if calls else {})


async def test_raw_argument_texts_survive_even_broken_ones(script: Script) -> None:
    calls = (("weather", '{"city":  "K\\u00f6ln"}'), ("weather", '{"city": '))
    async with aclosing(script.play(said("", *calls))) as made:
        answer = await made.answer(ASKED)
    assert [(call["name"], call["arguments"]) for call in answer.tool_calls] == list(calls)
    assert (answer.finish, answer.served_by, answer.content) == ("tool_calls", "offline", "")


@pytest.mark.parametrize("turn", [("", ("weather", '{"city":  "Bonn"}')), ("Grey.",)])
async def test_an_answer_is_the_same_through_langchain_for_its_tracing(script: Script, turn: tuple[Any, ...]) -> None:
    async with aclosing(script.play(said(*turn))) as made:
        first, again = [await made.answer(ASKED) for _ in range(2)]
        model = made.endpoints[Role.ASSISTANT].chat
        assert isinstance(model, OpenAI)
        model.traced = True
        assert await made.answer(ASKED) == again
    assert again.usage != first.usage, "the second time the prompt is known"


async def test_messages_tools_and_seed_arrive_as_they_are_but_for_call_ids(script: Script) -> None:
    broken = said("", ("weather", '{"city":  '))
    history = [*PROMPT, broken, {"role": "tool", "tool_call_id": "call_1", "content": "no JSON"}]
    async with aclosing(script.play(said("sorry"))) as made:
        answer = await made.answer(ASKED.model_copy(update={"messages": history}))
    wired = json.loads(json.dumps(history).replace("call_1", "call00001"))  # nine letters and digits fit everybody
    assert script.seen == [(wired, [TOOL], 7)]
    assert answer.usage is not None
    assert answer.usage["input"] > answer.usage["output"] > 0 == answer.usage["cached"]


async def test_a_refused_key_stops_at_once_with_the_fix(script: Script) -> None:
    async with aclosing(script.play(HTTPException(401, f"Incorrect API key provided: {KEY}"))) as made:
        with pytest.raises(
            UsageError, match=r"assistant teacher openai:offline@.*refuses the key \(HTTP 401: Inc.*\); set TDS_KEY_127"
        ) as caught:
            await made.answer(ASKED)
    assert len(script.seen) == 1
    assert KEY not in str(caught.value)
    assert caught.value.__suppress_context__


async def test_an_unknown_model_stops_at_once(script: Script) -> None:
    url = script.stack.enter_context(running(app(lambda *asked: said("hi"))))
    async with aclosing(teachers(f"openai:nobody@{url}")) as made:
        with pytest.raises(UsageError, match="unknown model or path"):
            await made.answer(ASKED)


async def test_a_server_fault_is_tried_again_then_blamed_on_the_endpoint(script: Script) -> None:
    async with aclosing(script.play(HTTPException(500, f"broke while holding {KEY}"))) as made:
        with pytest.raises(TeacherError, match=r"assistant teacher openai:offline@.*HTTP 500") as caught:
            await made.answer(ASKED)
    assert len(script.seen) == 3
    assert KEY not in str(caught.value)


async def test_a_lost_request_is_an_outage_if_the_endpoint_does_not_answer_an_old_one_either(script: Script) -> None:
    broken = HTTPException(500, "broken")
    async with aclosing(script.play(said("hi"), broken, said("hi"), broken, attempts=1)) as made:
        assert (await made.answer(ASKED)).content == "hi"
        with pytest.raises(TeacherError, match=r"HTTP 500: broken$"):  # the old request is answered: this one is lost
            await made.answer(ASKED.model_copy(update={"seed": 8}))
        with pytest.raises(UsageError, match=r"answers no more, .* \(HTTP 500: broken\); mend the endpoint"):
            await made.answer(ASKED.model_copy(update={"seed": 9}))
    assert [seed for _, _, seed in script.seen] == [7, 8, 7, 9, 7]


async def test_a_request_that_is_wrong_is_no_outage(script: Script) -> None:
    async with aclosing(script.play(HTTPException(400, "context too long"))) as made:
        for _ in range(6):
            with pytest.raises(TeacherError, match="HTTP 400"):
                await made.answer(ASKED)


async def test_an_endpoint_without_a_json_mode_has_its_json_mended(script: Script) -> None:
    broken = "Sure: {'say': 'hi', 'done': false,}"
    async with aclosing(script.play(said(broken))) as made:
        made.forms[made.names[Role.ASSISTANT]] = "text"
        answer = await made.answer(ASKED.model_copy(update={"form": Utterance.model_json_schema(), "tools": []}))
        free = await made.answer(ASKED)
    assert (answer.content, answer.mended) == ('{"say": "hi", "done": false}', broken)
    assert (free.content, free.mended) == (broken, "")  # nobody asked for JSON


async def test_json_that_is_there_is_not_mended(script: Script) -> None:
    async with aclosing(script.play(said('Here: {"say": "it\'s {me}"} Bye.'))) as made:
        made.forms[made.names[Role.ASSISTANT]] = "text"
        answer = await made.answer(ASKED.model_copy(update={"form": Utterance.model_json_schema(), "tools": []}))
    assert (answer.content, answer.mended) == ('Here: {"say": "it\'s {me}"} Bye.', "")


@pytest.mark.parametrize(("way", "times"), [("json_schema", 0), ("json_object", 1), ("text", 1)])
async def test_a_form_is_said_once(way: Any, times: int, script: Script) -> None:
    form = answer_form(Utterance)
    async with aclosing(script.play(said('{"say":"hi"}'))) as made:
        made.forms[made.names[Role.ASSISTANT]] = way
        await made.answer(Request(role=Role.ASSISTANT, messages=PROMPT, form=form))
        body = made._body(made.endpoints[Role.ASSISTANT], Request(role=Role.ASSISTANT, messages=PROMPT, form=form))
    ((messages, _, _),) = script.seen
    assert str(messages).count(json.dumps(form)) == times
    assert ("json_schema" in str(body.get("response_format"))) == (not times)


async def test_a_judge_that_takes_no_tools_reads_the_conversation_in_words(script: Script) -> None:
    result = {"role": "tool", "tool_call_id": "call_1", "content": '{"degrees":3}'}
    talk = [*PROMPT, said("One moment.", ("weather", '{"city":"Köln"}')), result, {"role": "user", "content": "Judge."}]
    request = Request(role=Role.ASSISTANT, messages=talk, tools=[TOOL], form=answer_form(Utterance))
    refusal = HTTPException(400, "this model does not support tools")
    async with aclosing(script.play(refusal, said('{"say":"good"}'))) as made:
        assert (await made.answer(request)).content == '{"say":"good"}'
        assert (await made.answer(request)).content == '{"say":"good"}'
    assert [bool(tools) for _, tools, _ in script.seen] == [True, False, False]  # it is learned once
    system, _, call, returned, last = script.seen[1][0]
    assert system["content"].endswith(f"## Tools\n{json.dumps([TOOL['function']])}")
    assert call == {"role": "assistant", "content": 'One moment.\n(call_1 calls weather {"city":"Köln"})'}
    assert returned == {"role": "user", "content": '(call_1 returned {"degrees":3})'}
    assert last == talk[-1]


async def test_a_rate_limit_passes(script: Script) -> None:
    limit = HTTPException(429, "slow down", headers={"Retry-After": "0.05"})
    async with aclosing(script.play(limit, limit, said("hi"))) as made:
        answer = await made.answer(ASKED)
    assert answer.content == "hi"
    assert len(script.seen) == 3


async def test_a_bad_request_is_not_tried_again(script: Script) -> None:
    async with aclosing(script.play(HTTPException(400, "context too long"))) as made:
        with pytest.raises(TeacherError, match=r"HTTP 400: .*context too long"):
            await made.answer(ASKED)
    assert len(script.seen) == 1


async def test_an_absent_server_is_a_teacher_error() -> None:
    with running(app(lambda *asked: said("hi"))) as url:
        pass
    gone = Teachers({Role.ASSISTANT: f"openai:m@{url}"}, attempts=2, wait_s=0.001)
    async with aclosing(gone) as made:
        with pytest.raises(TeacherError, match=r"assistant teacher .*ConnectionRefusedError"):
            await made.answer(ASKED)


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("gpt", r"teacher 'gpt' is not provider:model\[@base_url\]\[#KEY\]; such as offline"),
        ("openai:m@http://me:pass@host/v1", "teacher openai:m: what stands after @ is no base URL"),
        ("xai:m", "provider 'xai' is not built in; pip install langchain langchain-xai"),
        ("nobody:m", "provider 'nobody' is not built in; known are openai, anthropic"),
        ("openai:m", "OPENAI_API_KEY is not set; export it"),
    ],
)
def test_a_wrong_name_says_the_fix(name: str, told: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)
    monkeypatch.delenv("OPENAI_BASE_URL", raising=False)
    with pytest.raises(UsageError, match=told) as caught:
        teachers(name)
    assert "pass@" not in str(caught.value)
    assert "\n" not in str(caught.value)


def test_an_unknown_role_is_named() -> None:
    with pytest.raises(UsageError, match="no role 'judge'; one of blueprint, user"):
        teachers("offline", judge="offline")


async def test_identity_tells_models_and_no_key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    made = Teachers(dict.fromkeys(Role, "openai:m@http://127.0.0.1:9/v1"), params={"temperature": 0.5})
    await made.aclose()
    told = {"name": "openai:m@http://127.0.0.1:9/v1", "model": "m", "params": {"temperature": 0.5}}
    assert made.identity == {role.value: told for role in Role}
    assert KEY not in json.dumps(made.identity)


def test_request_digests_are_stable_and_tell_requests_apart() -> None:
    turned = [dict(reversed(message.items())) for message in PROMPT]
    assert ASKED.digest() == ASKED.model_copy(update={"messages": turned}).digest()
    assert ASKED.digest() == "6a65a15b30fa5c9a3f7fad024a4b5072986b1dc84e10f239967cbfae5e6f3f82"
    assert ASKED.digest() != ASKED.model_copy(update={"seed": 8}).digest()


class Scripted:
    def __init__(self, *contents: str) -> None:
        self.contents = list(contents)
        self.seen: list[list[Message]] = []

    async def __call__(
        self, role: Role, messages: list[Message], *, tools: list[Schema] | None = None, form: Schema | None = None
    ) -> Answer:
        assert form == answer_form(Utterance)
        self.seen.append(messages)
        return Answer(content=self.contents.pop(0))


@pytest.mark.parametrize(
    "content",
    [
        '{"say": "hi {you}"}',
        'Sure:\n```json\n{"say": "hi {you}"}\n```\nDone.',
        'Sure: ```json\n{"say": "hi {you}"}\n``` I hope that helps {smile}.',
        '{"say": "hi {you}"}}',
        '"{\\"say\\": \\"hi {you}\\"}"',
        '{"Utterance": {"say": "hi {you}"}}',
        '{"name": "utterance", "arguments": {"say": "hi {you}"}}',
        '{"type": "object", "properties": {"say": "hi {you}"}}',
        '{"$schema": "https://json-schema.org", "reasoning": "be polite", "say": "hi {you}"}',
    ],
)
async def test_fill_finds_the_object_in_its_wrapping(content: str) -> None:
    ask = Scripted(content)
    assert await fill(ask, Role.USER, PROMPT, Utterance) == Utterance(say="hi {you}")
    assert ask.seen == [PROMPT]


async def test_a_line_break_within_a_text_is_one() -> None:
    assert await fill(Scripted('{"say": "hi\n\tyou"}'), Role.USER, PROMPT, Utterance) == Utterance(say="hi\n\tyou")


@pytest.mark.parametrize("two", ['{"say": "hi"} or {"say": "bye"}', '{"a": {"say": "hi"}, "b": {"say": "bye"}}'])
async def test_of_two_answers_none_is_taken(two: str) -> None:
    assert await fill(Scripted(two, '{"say": "so"}'), Role.USER, PROMPT, Utterance) == Utterance(say="so")


async def test_fill_shows_the_fault_and_asks_once_more() -> None:
    ask = Scripted('{"say": "hi", "mood": 3}', '{"say": "hi"}')
    assert await fill(ask, Role.USER, PROMPT, Utterance) == Utterance(say="hi")
    assert ask.seen[1][:3] == [*PROMPT, {"role": "assistant", "content": '{"say": "hi", "mood": 3}'}]
    assert "mood: Extra inputs are not permitted" in ask.seen[1][3]["content"]


@pytest.mark.parametrize("bad", ["no idea", "{", '{"say": NaN}', '{"say": ' + "[" * 100_000 + "}", '{"say": 1}'])
async def test_fill_gives_up_after_the_second_bad_answer(bad: str) -> None:
    ask = Scripted("", bad)
    with pytest.raises(FormatError, match="user answer is no Utterance: ") as caught:
        await fill(ask, Role.USER, PROMPT, Utterance)
    assert len(ask.seen) == 2
    assert repr(bad[:200]) in str(caught.value)


async def test_arguments_that_are_no_object_reach_the_role_as_they_are(script: Script) -> None:
    async with aclosing(script.play(said("", ("weather", '["Bonn"]')))) as teacher:
        answer = await teacher.answer(ASKED)
    assert answer.tool_calls == ({"name": "weather", "arguments": '["Bonn"]'},)
