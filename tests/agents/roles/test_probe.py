"""What is wrong with an endpoint is said in one line with the fix, before a slot is played."""

import subprocess
from pathlib import Path
from typing import Any

import orjson
import pytest
from starlette.exceptions import HTTPException

from agents import offline
from agents.serve.app import Reply, app, running
from agents.teacher.request import Message
from graphs.run import main

KEY = "sk-secret-0123456789"


def ended(out: Path, *options: str) -> int:
    with pytest.raises(SystemExit) as exited:
        main(["--out", str(out), "--count", "2", *options])
    return int(exited.value.code or 0)


def refusing(status: int, told: str) -> Reply:
    def reply(*asked: Any) -> Message:
        raise HTTPException(status, told)

    return reply


def without_tools(messages: list[Message], tools: list[Any], seed: int) -> Message:
    if tools:
        raise HTTPException(400, '"auto" tool choice requires --enable-auto-tool-choice')
    return offline.reply(messages, tools, seed)


def talking(messages: list[Message], tools: list[Any], seed: int) -> Message:
    return {"role": "assistant", "content": "I would rather chat."}


def silent_about_tools(messages: list[Message], tools: list[Any], seed: int) -> Message:
    return talking(messages, tools, seed) if tools else offline.reply(messages, tools, seed)


def broken_calls(messages: list[Message], tools: list[Any], seed: int) -> Message:
    """What a server says whose parser is another model's."""
    words = '<tool_call>{"name": "get_time", "arguments": {"city": </tool_call>'
    return {"role": "assistant", "content": words} if tools else offline.reply(messages, tools, seed)


@pytest.mark.parametrize(
    ("reply", "told"),
    [
        (
            refusing(401, f"Incorrect API key provided: {KEY}"),
            "refuses the key (HTTP 401: Incorrect API key provided: ***); set TDS_KEY_",
        ),
        (
            refusing(404, "no such model"),
            "unknown model or path (HTTP 404: no such model); check the name and the",
        ),
        (without_tools, "if it takes no tools, start the server with tool calling (vLLM: --enable-auto-tool-choice"),
        (silent_about_tools, "calls no tool when told to, twice; start the server with tool calling"),
        (broken_calls, "gives no call that can be read, twice ("),
        (refusing(400, "max_tokens is too large"), "HTTP 400: max_tokens is too large; it is there and refuses; mend"),
        (talking, "gives no JSON, asked by json_schema, json_object and in words"),
    ],
)
def test_a_wrong_endpoint_is_one_line_with_the_fix(
    reply: Reply, told: str, tmp_path: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    with running(app(reply)) as url:
        assert ended(tmp_path / "run", f"--teacher=openai:offline@{url}") == 2
    line = capfd.readouterr().err
    assert told in line
    assert line.startswith("error: ")
    assert line.count("\n") == 1
    assert not (tmp_path / "run" / "manifest.json").exists()


def test_an_unknown_model_is_told_what_there_is(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    with running(app()) as url:
        assert ended(tmp_path / "run", f"--teacher=openai:nobody@{url}") == 2
    assert "unknown model or path (HTTP 404: The model 'nobody' does not exist" in (line := capfd.readouterr().err)
    assert "it offers offline, offline-weak" in line


def test_an_absent_server_is_told_before_anything_is_spent(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    with running(app()) as url:
        pass
    assert ended(tmp_path / "run", f"--teacher=openai:offline@{url}") == 2
    assert "ConnectionRefusedError" in (line := capfd.readouterr().err)
    assert line.endswith("; is it running, and is the base URL right?\n")
    assert line.count("\n") == 1, "it is not tried again"


@pytest.mark.parametrize(
    ("known", "found"),
    [({"json_schema", "json_object"}, "json_schema"), ({"json_object"}, "json_object"), (set(), "text")],
)
def test_the_way_to_ask_for_json_is_found_out(known: set[str], found: str, tmp_path: Path) -> None:
    alone, out = tmp_path / "alone", tmp_path / "run"
    assert ended(alone) == 0
    with running(app(forms=known)) as url:
        assert ended(out, f"--teacher=openai:offline@{url}") == 0
    manifest = orjson.loads((out / "manifest.json").read_bytes())
    (told,) = manifest["endpoints"][0]["found"].values()
    assert (told["form"], told["tools"], told["served_by"]) == (found, True, "offline")
    assert (out / "trajectories.jsonl").read_bytes() == (alone / "trajectories.jsonl").read_bytes()


def test_no_key_is_in_any_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    monkeypatch.setenv("ANTHROPIC_API_KEY", KEY + "-2")
    with running(app()) as url:
        assert ended(tmp_path / "run", f"--teacher=openai:offline@{url}") == 0
    found = subprocess.run(["grep", "-rla", "sk-secret", str(tmp_path)], capture_output=True, text=True, check=False)
    assert (found.returncode, found.stdout) == (1, "")


def test_a_resume_asks_a_model_at_another_address_alone(
    tmp_path: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    heard: list[str] = []

    def listening(messages: list[Message], tools: list[Any], seed: int) -> Message:
        heard.append(str(messages))
        return offline.reply(messages, tools, seed)

    def count_probes() -> int:
        probes = sum("learn the time in Lisbon" in text or '"get_time"' in text for text in heard)
        heard.clear()
        return probes

    out = tmp_path / "run"
    with running(app(listening)) as first, running(app(listening)) as second:
        monkeypatch.setenv("OPENAI_BASE_URL", first)
        assert ended(out, "--teacher=openai:offline") == 0
        assert count_probes() == 3
        capfd.readouterr()
        assert ended(out, "--resume", "--count=3") == 0
        assert heard
        assert count_probes() == 0
        assert "openai:offline: asked what it can do when the run began, not asked again\n" in capfd.readouterr().err
        monkeypatch.setenv("OPENAI_BASE_URL", second)
        assert ended(out, "--resume", "--count=4") == 0
        assert count_probes() == 3
    places = orjson.loads((out / "manifest.json").read_bytes())["endpoints"]
    assert [place["from_slot"] for place in places] == [0, 3]
    assert [place["found"]["openai:offline"]["base_url"] for place in places] == [first, second]
