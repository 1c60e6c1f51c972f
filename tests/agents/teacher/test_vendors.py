"""LangChain's own packages against their vendors' APIs on loopback: tools, JSON, thinking, keys and refusals."""

import json
from contextlib import aclosing
from typing import Any

import pytest
from starlette.responses import JSONResponse, Response

from agents.errors import TeacherError, UsageError
from agents.schema import Role, Schema, Utterance
from agents.serve.app import running
from agents.teacher.request import Message, Request
from agents.teacher.teachers import Teachers
from tests.agents.teacher.vendors import ARGUMENTS, PLAN, WORDS, Vendors

pytestmark = [pytest.mark.filterwarnings("ignore:.*grpcio:FutureWarning")]
VENDORS = {"anthropic": "anthropic", "mistralai": "mistral/v1", "ollama": "ollama", "google_genai": "google"}
CITY: Schema = {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]}
TOOL: Schema = {"type": "function", "function": {"name": "weather", "description": "It.", "parameters": CITY}}
CALL = {"id": "call_1", "type": "function", "function": {"name": "weather", "arguments": json.dumps(ARGUMENTS)}}
HISTORY: list[Message] = [
    {"role": "system", "content": "You are the AssistantAgent."},
    {"role": "user", "content": "Weather in K\u00f6ln?"},
    {"role": "assistant", "content": "", "tool_calls": [CALL]},
    {"role": "tool", "tool_call_id": "call_1", "content": "{}"},
]
TALK = Request(role=Role.USER, messages=HISTORY[:2], form=Utterance.model_json_schema(), seed=7)
ACT = Request(role=Role.ASSISTANT, messages=HISTORY, tools=[TOOL], seed=7)


def teacher(provider: str, url: str) -> Teachers:
    name = f"{provider}:m@{url.removesuffix('/v1')}/{VENDORS[provider]}"
    return Teachers(dict.fromkeys(Role, name), params={"temperature": 0.5}, attempts=1, timeout_s=20)


@pytest.mark.parametrize("provider", VENDORS)
async def test_words_and_calls_come_from_each_vendors_own_package(
    provider: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TDS_KEY_127_0_0_1", "the-hosts-own")
    monkeypatch.setenv(f"{provider.split('_')[0].upper()}_API_KEY", "the-vendors")
    vendors = Vendors()
    with running(vendors.app()) as url:
        async with aclosing(teacher(provider, url)) as models:
            words, called = await models.answer(TALK), await models.answer(ACT)
    assert (words.content, words.tool_calls, words.finish) == (WORDS, (), "stop")
    assert [(call["name"], json.loads(call["arguments"])) for call in called.tool_calls] == [("weather", ARGUMENTS)]
    assert (called.content, called.finish) == ("", "tool_calls")
    assert words.usage is not None
    assert words.usage["output"] == 4
    assert "0.5" in json.dumps(vendors.bodies[-1])
    assert set(vendors.keys) == {"the-hosts-own"}
    assert words.reasoning == (PLAN if provider in {"anthropic", "ollama"} else "")


def anthropics(status: int, kind: str, message: str) -> Response:
    return JSONResponse({"type": "error", "error": {"type": kind, "message": message}}, status)


REFUSALS: list[tuple[str, Response, Any, str]] = [
    (
        "anthropic",
        anthropics(400, "invalid_request_error", "Your credit balance is too low"),
        UsageError,
        "out of credit",
    ),
    ("anthropic", anthropics(401, "authentication_error", "invalid x-api-key"), UsageError, "refuses the key"),
    ("anthropic", anthropics(529, "overloaded_error", "Overloaded"), TeacherError, "HTTP 529: Overloaded"),
    ("mistralai", JSONResponse({"message": "Requests rate limit exceeded"}, 429), TeacherError, "HTTP 429"),
    ("mistralai", JSONResponse({"message": "Service tier capacity exceeded"}, 402), UsageError, "out of credit"),
    ("ollama", JSONResponse({"error": "model 'm' not found"}, 404), UsageError, "model 'm' not found"),
    ("ollama", JSONResponse({"error": "m does not support tools"}, 400), TeacherError, "does not support tools"),
    (
        "google_genai",
        JSONResponse({"error": {"code": 403, "message": "No access"}}, 403),
        UsageError,
        "refuses the key",
    ),
]


@pytest.mark.parametrize(("provider", "refusal", "kind", "words"), REFUSALS)
async def test_a_vendors_refusal_is_told_in_its_own_words(
    provider: str, refusal: Response, kind: type[Exception], words: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("agents.teacher.retries.PATIENCE_S", 0.0)
    with running(Vendors(refusal).app()) as url:
        async with aclosing(teacher(provider, url)) as models:
            with pytest.raises(kind, match=words):
                await models.answer(ACT)
