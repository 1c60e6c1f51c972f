"""What a person mistypes is refused by name, with what was meant."""

import logging

import pytest
from starlette.exceptions import HTTPException

from agents.errors import TeacherError, UsageError
from agents.schema import Role
from agents.serve.app import app, running
from agents.teacher.fault import Fault
from agents.teacher.params import by_role
from agents.teacher.request import Message, Request
from agents.teacher.teachers import Teachers
from agents.teacher.wire.endpoint import connect
from agents.teacher.wire.names import read_name


@pytest.mark.parametrize(
    ("name", "fix"),
    [
        ("openia:gpt", "openai:gpt"),
        ("antropic:claude", "anthropic:claude"),
        ("grok:x", "groq:x"),
        ("OpenAI:x", "openai:x"),
    ],
)
def test_misspelt_provider_is_told_and_no_package(name: str, fix: str) -> None:
    with pytest.raises(UsageError, match=f"did you mean {fix}[,?]") as caught:
        connect(name, timeout_s=1)
    assert "pip" not in str(caught.value)


def test_unknown_provider_is_no_package_either() -> None:
    with pytest.raises(UsageError, match="known are openai, anthropic") as caught:
        connect("zzzz:x", timeout_s=1)
    assert "pip" not in str(caught.value)


@pytest.mark.parametrize(
    ("name", "fix"),
    [
        ("temperatur", "temperature"),
        ("quality.temperatur", "quality.temperature"),
        ("topp", "top_p"),
        ("max_token", "max_tokens"),
    ],
)
def test_misspelt_parameter_is_refused_with_the_nearest(name: str, fix: str) -> None:
    with pytest.raises(UsageError, match=f"--param {name}: no such parameter; did you mean {fix}\\?"):
        by_role({name: 1})


@pytest.mark.parametrize("name", ["top_n", "guided_json", "num_beams", "temperature", "seed_offset"])
def test_parameter_of_an_endpoint_of_its_own_passes(name: str) -> None:
    assert by_role({name: 1})[Role.USER] == {name: 1}


@pytest.mark.parametrize("url", ["127.0.0.1:8000/v1", "localhost:8000", "api.example.com/v1", "gpu-box:8000/v1"])
def test_base_url_without_its_scheme_is_told(url: str) -> None:
    with pytest.raises(UsageError, match="the base URL has no scheme"):
        read_name(f"openai:model@{url}")


@pytest.mark.parametrize("model", ["@cf/meta/llama-3", "claude-3-5@20240620", "org/model:free"])
def test_model_with_an_at_is_a_model(model: str) -> None:
    assert read_name(f"openai:{model}")[1] == model


HELLO = Request(role=Role.USER, messages=[{"role": "user", "content": "hi"}], tools=[], form=None, seed=0)


@pytest.mark.parametrize("name", ["openai:x@http://127.0.0.1:9/v1", "ollama:x@http://127.0.0.1:9"])
async def test_endpoint_that_is_not_there_and_never_was_is_tried_once(
    name: str, caplog: pytest.LogCaptureFixture
) -> None:
    teachers = Teachers({Role.USER: name}, attempts=6, wait_s=600)
    with caplog.at_level(logging.WARNING), pytest.raises(TeacherError, match="Connect") as error:
        await teachers.answer(HELLO)
    await teachers.aclose()
    assert error.value.faults == (Fault.CONNECTION,)
    assert not caplog.records


async def test_endpoint_that_is_gone_for_a_while_is_told_at_the_first_attempt(
    caplog: pytest.LogCaptureFixture,
) -> None:
    with running(app(lambda *request: {"role": "assistant", "content": "hello"})) as url:
        teachers = Teachers({Role.USER: f"openai:offline@{url}"}, attempts=2, wait_s=0.01)
        await teachers.answer(HELLO)
    with caplog.at_level(logging.WARNING), pytest.raises(UsageError, match="answers no more"):
        await teachers.answer(HELLO)
    await teachers.aclose()
    (record,) = caplog.records
    assert record.getMessage().startswith(f"teacher openai:offline@{url} does not answer (")
    assert record.getMessage().endswith("it is tried 1 more times")


async def test_gateway_without_a_model_behind_it_is_told_at_the_first_attempt(
    caplog: pytest.LogCaptureFixture,
) -> None:
    def refuse(*request: object) -> Message:
        raise HTTPException(502, "Bad Gateway")

    with running(app(refuse)) as url:
        teachers = Teachers({Role.USER: f"openai:offline@{url}"}, attempts=2, wait_s=0.01)
        with caplog.at_level(logging.WARNING), pytest.raises(TeacherError, match="HTTP 502"):
            await teachers.answer(HELLO)
        await teachers.aclose()
    (record,) = caplog.records
    assert record.getMessage().endswith("does not answer (HTTP 502: Bad Gateway); it is tried 1 more times")


@pytest.mark.parametrize(
    "url", ["ftp://x/v1", "http://localhost:8000/v1?key=sk-secret", "http://u:sk-secret@h/v1", "https:// h"]
)
def test_url_that_is_none_is_told_without_what_it_may_hold(url: str) -> None:
    with pytest.raises(UsageError, match=r"^teacher openai:m: what stands after @ is no base URL; ") as error:
        read_name(f"openai:m@{url}")
    assert "sk-secret" not in str(error.value)


@pytest.mark.parametrize("value", ["hot", True, [1]])
def test_parameter_that_is_no_number_is_told(value: object) -> None:
    with pytest.raises(UsageError, match=r"^--param user\.temperature: a number is needed, not "):
        by_role({"user.temperature": value})
    assert by_role({"user.temperature": None})[Role.USER] == {"temperature": None}
