"""The file of servers, whichever client wrote it."""

import json
from pathlib import Path
from typing import Any

import pytest

from agents.errors import UsageError
from memory.corpus.servers.mcp_file import parse, read

ENTRY = {"command": "server"}


def written(folder: Path, content: Any, name: str = "mcp.json") -> Path:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(content if isinstance(content, str) else json.dumps(content))
    return path


@pytest.mark.parametrize(
    "document",
    [
        {"mcpServers": {"a": ENTRY}},
        {"globalShortcut": "Ctrl+Space", "mcpServers": {"a": ENTRY}},
        {"inputs": [], "servers": {"a": {"type": "stdio", **ENTRY}}},
        {"mcp": {"servers": {"a": ENTRY}}, "editor.fontSize": 12},
        {"mcpServers": {"a": ENTRY, "b": {"command": "other", "disabled": True}}},
        {"mcp": {"a": {"type": "local", "command": ["server"]}, "b": {"command": ["other"], "enabled": False}}},
        {"theme": "dark", "context_servers": {"a": {"command": {"path": "server", "args": [], "env": None}}}},
        {"a": {**ENTRY, "env": None, "args": None}},
    ],
    ids=["Cursor", "Claude Desktop", "VS Code", "VS Code settings", "one disabled", "OpenCode", "Zed", "the map alone"],
)
def test_shape_of_every_client_is_read(tmp_path: Path, document: Any) -> None:
    assert [(server.name, server.command) for server in read(written(tmp_path, document))] == [("a", "server")]


def test_comments_and_trailing_commas_are_read(tmp_path: Path) -> None:
    text = """{ // mine
      "mcpServers": { /* two
        lines */ "a": {"command": "server", "args": ["http://x//y", "a,]", "/*no*/",],},
      },
    }"""
    (server,) = read(written(tmp_path, "\ufeff" + text))
    assert server.args == ("http://x//y", "a,]", "/*no*/")


def test_text_that_is_no_json_in_any_way_is_refused() -> None:
    with pytest.raises(ValueError, match="unexpected"):
        parse('{"a": }')


def test_variables_of_editors_are_filled_in(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TOKEN", "t")
    monkeypatch.setenv("API_KEY", "k")
    entry = {
        "command": "server",
        "args": ["${workspaceFolder}/data", "${env:TOKEN}", "${input:api-key}", "${input:level}", "${NOWHERE:-here}"],
    }
    inputs = [{"id": "api-key", "type": "promptString"}, {"id": "level", "default": "low"}]
    path = written(tmp_path, {"inputs": inputs, "servers": {"a": entry}}, ".vscode/mcp.json")
    (server,) = read(path)
    assert server.args == (f"{tmp_path}/data", "t", "k", "low", "here")


def test_file_of_variables_is_read_and_the_entry_wins(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("# mine\nexport A=1\nB='2'\n")
    (server,) = read(written(tmp_path, {"servers": {"a": {**ENTRY, "envFile": ".env", "env": {"B": "3"}}}}))
    assert server.env == {"A": "1", "B": "3"}


def test_values_come_from_examples_and_a_file_and_a_tools_own_win(tmp_path: Path) -> None:
    (tmp_path / "values.json").write_text('{"path": ["b.txt"], "read": {"path": ["c.txt"]}}')
    entry = {**ENTRY, "examples": {"path": ["a.txt"], "query": ["x"]}, "fixtures": "values.json"}
    (server,) = read(written(tmp_path, {"mcpServers": {"a": entry}}))
    assert server.values_for("write") == {"path": ["b.txt"], "query": ["x"]}
    assert server.values_for("read") == {"path": ["c.txt"], "query": ["x"]}


@pytest.mark.parametrize("content", [None, "[1]", '{"path": 5}'])
def test_file_of_values_that_is_none_is_told(tmp_path: Path, content: str | None) -> None:
    if content is not None:
        (tmp_path / "values.json").write_text(content)
    with pytest.raises(UsageError, match=r"a\.fixtures: .*values\.json: "):
        read(written(tmp_path, {"mcpServers": {"a": {**ENTRY, "fixtures": "values.json"}}}))


def test_file_without_a_server_is_told(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no server in it"):
        read(written(tmp_path, {"mcpServers": {}}))


def test_program_with_its_arguments_may_be_one_list_and_variables_may_be_numbers(tmp_path: Path) -> None:
    env = {"PORT": 8000, "DEBUG": True, "A": "1"}
    entry = {"command": ["server", "--port", "8"], "args": ["x"], "environment": env}
    (server,) = read(written(tmp_path, {"mcpServers": {"a": entry}}))
    assert (server.command, server.args) == ("server", ("--port", "8", "x"))
    assert server.env == {"PORT": "8000", "DEBUG": "true", "A": "1"}


def test_arguments_within_the_command_are_told_with_what_to_write(tmp_path: Path) -> None:
    with pytest.raises(UsageError) as caught:
        read(written(tmp_path, {"mcpServers": {"a": {"command": "sh server.sh", "args": ["-v"]}}}))
    assert str(caught.value).endswith(
        """a.command: 'sh server.sh' is no program; write "command": "sh", "args": ["server.sh","-v"]"""
    )


def test_broken_json_is_told_with_its_line(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"mcp\.json: not JSON: unexpected .* in line 4; expected"):
        read(written(tmp_path, '{"mcpServers": // mine\n/* two\nlines */\n {"a": {"command" "server"}}}'))
