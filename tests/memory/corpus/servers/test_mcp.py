"""Live servers, listed: what an `mcpServers` file may say, and what survives a server's bad manners."""

import json
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from agents.errors import UsageError
from graphs.tools.services import list_services
from memory.corpus import corpus
from memory.corpus.servers import mcp, mcp_file

RUDE = str(Path(__file__).parents[3] / "rude_server.py")


def config(folder: Path, **entries: Any) -> Path:
    path = folder / "mcp.json"
    path.write_text(json.dumps({"mcpServers": entries}))
    return path


def rude(*arguments: str, **more: Any) -> dict[str, Any]:
    return {"command": sys.executable, "args": [RUDE, *arguments], **more}


def test_all_pages_are_read_and_one_bad_tool_is_dropped(tmp_path: Path) -> None:
    read = mcp.tools(config(tmp_path, rude=rude(license="MIT")))
    names = ["echo", "count", "die", "hang", "refuse", "babble", "draw", "append"]
    assert [tool.key for tool in read.tools] == [f"rude/{name}" for name in names]
    assert {(tool.source, tool.licence) for tool in read.tools} == {("mcp: rude 1.0", "MIT")}
    assert [(note.tool, note.where, note.reason) for note in read.dropped] == [
        ("broken", "rude: tools[1]", "inputSchema is not a schema object: '5'")
    ]


def test_missing_root_type_is_mended_and_noted(tmp_path: Path) -> None:
    read = mcp.tools(config(tmp_path, rude=rude(includeTools=["echo"])))
    assert read.tools[0].input_schema["type"] == "object"
    assert [note.reason for note in read.mended] == ["inputSchema had no root type"]


def test_cursor_that_comes_again_ends_the_list(tmp_path: Path) -> None:
    assert len(mcp.tools(config(tmp_path, rude=rude("--looping"))).tools) == 8


def test_examples_of_the_file_reach_the_schema(tmp_path: Path) -> None:
    entry = rude(includeTools=["echo"], examples={"text": ["hello"]})
    (echo,) = mcp.tools(config(tmp_path, rude=entry)).tools
    assert echo.input_schema["properties"]["text"]["examples"] == ["hello"]


def test_environment_is_filled_in(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RUDE_HOME", RUDE)
    path = config(tmp_path, rude={"command": sys.executable, "args": ["${RUDE_HOME}"], "headers": {"a": "$5"}})
    (server,) = mcp_file.read(path)
    assert (server.args, server.headers) == ((RUDE,), {"a": "$5"})


@pytest.mark.parametrize(
    ("entry", "fault"),
    [
        ({"command": "/nowhere/server"}, "a: /nowhere/server does not serve tools (FileNotFoundError"),
        ({"command": sys.executable, "args": ["-c", "print(1); raise SystemExit('no key')"]}, "it said: no key"),
        ({"url": "http://127.0.0.1:9/mcp"}, "a: http://127.0.0.1:9/mcp does not serve tools (ConnectError"),
        ({}, "a: expected either a command or a url"),
        ({"command": "x", "url": "y"}, "a: expected either a command or a url"),
        ({"command": "x", "args": "y"}, "a.args: Input should be"),
        ({"command": "${NOT_SET_ANYWHERE}"}, "${NOT_SET_ANYWHERE} is not in the environment"),
        ({"command": "x", "fixture": "nowhere"}, "a.fixture: "),
        (rude(includeTools=["fly"]), "a.includeTools: the server offers no ['fly']"),
        (5, "a: "),
    ],
)
def test_unusable_server_is_the_users_mistake(tmp_path: Path, entry: Any, fault: str) -> None:
    with pytest.raises(UsageError) as caught:
        mcp.tools(config(tmp_path, a=entry))
    assert fault in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("content", ["[]", "{}", "no", '{"mcpServers": []}'])
def test_other_files_are_refused(tmp_path: Path, content: str) -> None:
    (tmp_path / "a.json").write_text(content)
    with pytest.raises(UsageError, match=r"expected .*mcpServers"):
        mcp_file.read(tmp_path / "a.json")


def test_name_of_the_code_tool_is_taken(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="'code' is the Code Tool's own name"):
        list_services(None, config(tmp_path, code=rude()))


def test_silent_server_is_given_up(tmp_path: Path) -> None:
    entry = {"command": sys.executable, "args": ["-c", "import time; time.sleep(60)"], "timeout_s": 0.3}
    with pytest.raises(UsageError, match="Timed out"):
        mcp.tools(config(tmp_path, a=entry))


def test_host_that_takes_the_connection_and_says_nothing_is_given_up(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        entry = {"url": f"http://127.0.0.1:{server.getsockname()[1]}/mcp", "timeout_s": 0.3}
        with pytest.raises(UsageError, match=r"it takes the connection and answers nothing within 0\.3 s"):
            mcp.tools(config(tmp_path, a=entry))


@contextmanager
def web_server() -> Iterator[str]:
    """The address of a server over streamable HTTP."""
    command = [sys.executable, str(Path(__file__).parents[3] / "web_server.py")]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            yield process.stdout.readline().strip()
        finally:
            process.kill()


def test_server_over_http_is_listed(tmp_path: Path) -> None:
    with web_server() as url:
        read = mcp.tools(config(tmp_path, weather={"type": "http", "url": url, "includeTools": ["forecast"]}))
    assert [(tool.key, tool.description) for tool in read.tools] == [("weather/forecast", "The weather of a city.")]


def test_live_service_replaces_what_files_say_of_it(tmp_path: Path) -> None:
    path = config(tmp_path, rude=rude(includeTools=["echo"]))
    empty = {"type": "object", "properties": {}}
    rows = [{"service": service, "name": "echo", "inputSchema": empty} for service in ("rude", "calm")]
    (tmp_path / "tools.json").write_text(json.dumps(rows))
    read = corpus.merge(corpus.list_live(path), corpus.load([tmp_path / "tools.json"]))
    assert [(tool.key, tool.source) for tool in read.tools] == [
        ("rude/echo", "mcp: rude 1.0"),
        ("calm/echo", "tools.json"),
    ]
    assert [note.reason for note in read.dropped] == ["its service is live"]
