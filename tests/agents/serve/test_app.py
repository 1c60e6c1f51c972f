"""The served teacher says what the one in this process says, and speaks OpenAI's protocol."""

import json
import socket
import subprocess
import sys
from contextlib import aclosing
from pathlib import Path
from typing import Any

import openai
import pytest
from starlette.applications import Starlette
from starlette.exceptions import HTTPException

from agents.roles.prompting import dumps, render
from agents.schema import Role
from agents.serve.__main__ import main
from agents.serve.app import app, running
from agents.teacher.teachers import Message, Request, teachers

TOOL: Any = {
    "type": "function",
    "function": {
        "name": "find_order",
        "description": "Find an order",
        "parameters": {"type": "object", "properties": {"order_id": {"type": "string"}}, "required": ["order_id"]},
    },
}


def prompt(role: str = "Assistant") -> list[Message]:
    return [
        {"role": "system", "content": f"You are the {role}Agent.\nHelp the user."},
        {"role": "user", "content": "Where is my order? The order id is Ä17."},
    ]


def echo(messages: list[Message], tools: list[dict[str, Any]], seed: int) -> Message:
    """Calls the first tool if there is one, else says the last message."""
    said: Message = {"role": "assistant", "content": f"{messages[-1]['content']} {seed}"}
    calls = [
        {"id": "call_1", "type": "function", "function": {"name": tool["function"]["name"], "arguments": "{ }"}}
        for tool in tools[:1]
    ]
    return said | ({"tool_calls": calls} if calls else {})


async def post(served: Starlette, body: bytes | dict[str, Any], path: str = "/chat/completions") -> tuple[int, Any]:
    whole = body if isinstance(body, bytes) else json.dumps({"model": "offline", "messages": prompt()} | body).encode()
    with running(served) as url:
        async with openai.DefaultAioHttpClient() as client:
            answer = await client.post(url + path, content=whole)
            return answer.status_code, answer.json()


def planned(*said: Message) -> list[Message]:
    """An AssistantAgent's conversation whose plan is one call with a fact that the user tells."""
    step = {"tool": "find_order", "arguments": {"order_id": {"user": "order id"}}}
    plan = {"steps": {"s1": step}, "checkpoints": []}
    private = render(Role.ASSISTANT, public="Help.", plan=dumps(plan))
    return [{"role": "system", "content": private}, prompt()[1], *said]


CALL = {"id": "call_1", "type": "function", "function": {"name": "find_order", "arguments": '{"order_id":"Ä17"}'}}
CALLED = ({"role": "assistant", "content": "", "tool_calls": [CALL]}, {"role": "tool", "tool_call_id": "call_1"})


@pytest.mark.parametrize(
    ("messages", "finish"),
    [
        (planned(), "tool_calls"),
        (planned(CALLED[0], CALLED[1] | {"content": '{"ok":true,"state":"sent"}'}), "stop"),
    ],
)
async def test_served_and_in_process_answers_are_equal(messages: list[Message], finish: str) -> None:
    asked = Request(role=Role.ASSISTANT, messages=messages, tools=[TOOL], seed=3)
    async with aclosing(teachers("offline")) as here:
        expected = await here.answer(asked)
    with running(app()) as url:
        async with aclosing(teachers(f"openai:offline@{url}")) as there:
            served = await there.answer(asked)
    assert served == expected
    assert served.finish == finish


async def test_a_prompt_of_no_agent_is_a_bad_request() -> None:
    status, answer = await post(app(), {"messages": [{"role": "user", "content": "hi"}]})
    assert status == 400
    assert "You are the <Role>Agent" in answer["error"]["message"]


async def test_equal_requests_get_equal_bytes() -> None:
    first, second = [await post(app(echo), {"tools": [TOOL], "seed": 4}) for _ in range(2)]
    assert first == second
    assert first[1]["id"].startswith("chatcmpl-")
    assert first[1]["choices"][0]["message"]["tool_calls"][0]["function"] == {"name": "find_order", "arguments": "{ }"}


async def test_tool_choice_none_hides_the_tools_and_seed_has_a_default() -> None:
    status, answer = await post(app(echo, seed=9), {"tools": [TOOL], "tool_choice": "none"})
    assert status == 200
    assert answer["choices"][0]["message"] == {"role": "assistant", "content": f"{prompt()[1]['content']} 9"}
    assert answer["choices"][0]["finish_reason"] == "stop"


@pytest.mark.parametrize(
    ("body", "status", "told"),
    [
        (b"{", 400, "Invalid JSON"),
        ({"messages": []}, 400, "messages"),
        ({"messages": [{"role": "king"}]}, 400, "messages"),
        ({"tool_choice": "required"}, 400, "tool_choice"),
        ({"model": "gpt-9"}, 404, "'gpt-9' does not exist"),
    ],
)
async def test_bad_requests_are_refused_in_openais_form(body: bytes | dict[str, Any], status: int, told: str) -> None:
    found, answer = await post(app(echo), body)
    assert found == status
    assert told in answer["error"]["message"]
    assert answer["error"]["type"] == "invalid_request_error"


async def test_streamed_pieces_add_up_to_the_answer() -> None:
    with running(app(echo)) as url:
        async with openai.AsyncOpenAI(base_url=url, api_key="none") as client:
            chunks = [
                chunk
                async for chunk in await client.chat.completions.create(
                    model="offline",
                    messages=[{"role": "user", "content": " two  words\n"}],
                    tools=[TOOL],
                    stream=True,
                    stream_options={"include_usage": True},
                )
            ]
    deltas = [chunk.choices[0].delta for chunk in chunks[:-1]]
    calls = [call for delta in deltas for call in delta.tool_calls or ()]
    assert "".join(delta.content or "" for delta in deltas) == " two  words\n 0"
    assert [call.function.arguments for call in calls if call.function] == ["{ }"]
    assert chunks[-1].usage is not None


async def test_the_model_is_listed() -> None:
    with running(app(echo)) as url:
        async with openai.AsyncOpenAI(base_url=url, api_key="none") as client:
            models = await client.models.list()
    assert [model.id for model in models.data] == ["offline", "offline-weak", "offline-favourite", "offline-slipping"]


async def test_the_log_tells_the_role_of_each_request(tmp_path: Path) -> None:
    log = tmp_path / "requests.jsonl"
    with running(app(echo, log=log)) as url:
        async with aclosing(teachers(f"openai:offline@{url}")) as made:
            for role in Role:
                await made.answer(Request(role=role, messages=prompt(role.value.title())))
    lines = [json.loads(line) for line in log.read_text().splitlines()]
    assert [line["role"] for line in lines] == [role.value for role in Role]
    assert [(line["n"], line["model"], line["messages"]) for line in lines] == [(n, "offline", 2) for n in range(1, 6)]
    assert len({line["digest"] for line in lines}) == 5


async def test_a_reply_can_script_a_fault() -> None:
    def refuse(*asked: Any) -> Message:
        raise HTTPException(503, "resting")

    status, answer = await post(app(refuse), {})
    assert (status, answer["error"]["message"], answer["error"]["type"]) == (503, "resting", "server_error")


def test_help_shows_how_to_generate_through_it(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit, match="0"):
        main(["--help"])
    assert "--teacher openai:offline@http://127.0.0.1:8008/v1" in capsys.readouterr().out


def test_a_wrong_option_is_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit, match="2"):
        main(["--cut", "1.5"])
    assert capsys.readouterr().err == "error: --cut: Input should be less than or equal to 1, not 1.5\n"


def test_a_port_in_use_is_told_and_nothing_is_said_to_be_served(capsys: pytest.CaptureFixture[str]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(SystemExit, match="2"):
            main(["--port", str(port)])
    fix = "choose another --port, or correct --host"
    assert capsys.readouterr() == ("", f"error: --port {port}: 127.0.0.1: Address already in use; {fix}\n")


def test_the_command_listens_where_it_is_told() -> None:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "agents.serve", "--port", str(port)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        assert f"http://127.0.0.1:{port}/v1" in process.stdout.readline()
        process.terminate()
