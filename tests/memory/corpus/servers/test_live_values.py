"""What is known to exist on a server becomes examples of its tools' schemas."""

from pathlib import Path
from typing import Any

import pytest

from memory.corpus.servers.live_values import World, teach
from memory.corpus.servers.mcp_file import Server


@pytest.fixture
def world(tmp_path: Path) -> World:
    (tmp_path / "notes").mkdir()
    (tmp_path / "notes" / "todo.md").write_text("water the plants")
    (tmp_path / "map.png").write_bytes(b"\x89PNG\0")
    (tmp_path / "blob.bin").write_bytes(b"\0\1")
    (tmp_path / ".hidden").write_text("x")
    return World(Server(name="files", command="x", args=(str(tmp_path),)), ["memo://a", "memo://b"])


def known(world: World, tool: str, argument: str, schema: dict[str, Any] | None = None) -> list[Any]:
    return world.values_for(tool, {argument: schema or {"type": "string"}}).get(argument, [])


def test_files_folders_and_media_are_told_apart(world: World, tmp_path: Path) -> None:
    assert known(world, "read_text_file", "path") == [f"{tmp_path}/notes/todo.md"]
    assert known(world, "list_directory", "path") == [str(tmp_path), f"{tmp_path}/notes"]
    assert known(world, "read_media_file", "path") == [f"{tmp_path}/map.png"]
    assert known(world, "git_status", "repo_path") == [str(tmp_path)]


def test_resources_and_time_zones_are_known(world: World) -> None:
    zones = {"type": "string", "description": "A zone (e.g., 'Asia/Tokyo', 'America/San_Francisco')"}
    assert known(world, "read", "uri") == ["memo://a", "memo://b"]
    assert known(world, "convert_time", "target_timezone", zones) == ["Asia/Tokyo"]
    assert known(world, "search", "query") == []


def test_values_of_a_list_are_those_of_its_items(world: World) -> None:
    schema = {"type": "object", "properties": {"names": {"type": "array", "items": {"type": "string"}}}}
    server = Server(name="a", command="x", examples={"open": {"names": ["Ada", "Bob"]}})
    tool = teach({"name": "open", "inputSchema": schema}, server, world)
    assert tool["inputSchema"]["properties"]["names"]["items"] == {"type": "string", "examples": ["Ada", "Bob"]}
    assert teach({"name": "close", "inputSchema": schema}, server, world)["inputSchema"] == schema
