"""Runs with real MCP servers from PyPI: their observations are real, and a run of them is the same twice."""

import json
import os
import subprocess
import sys
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson
import pytest

from agents.schema import Cluster, Directive, Mode, Observation, Origin
from graphs.campaign.record.journal import Journal
from graphs.campaign.record.recorded_calls import open_runners
from graphs.run import main
from graphs.tools import mcp as live
from graphs.trajectory.graph import play
from graphs.trajectory.state import Context
from memory.clusters import file
from memory.corpus import corpus
from memory.corpus.servers import mcp as servers
from memory.corpus.servers import mcp_file
from tests.graphs.trajectory.test_graph import teacher

BIN = Path(sys.executable).parent
NOTE = {"type": "object", "properties": {"note_id": {"type": "string"}}, "required": ["note_id"]}
NOTES = [
    {"service": "notebook", "name": "get_note", "inputSchema": NOTE},
    {"service": "notebook", "name": "list_notes", "inputSchema": {"type": "object", "properties": {}}},
]
GIT_TOOLS = ["git_log", "git_status", "git_create_branch"]
DAY = "2026-01-05T10:00:00Z"


@dataclass(frozen=True)
class World:
    """Files of a run with a calculator, git in a repository of its own, and an invented notebook."""

    mcp: Path
    tools: Path
    clusters: Path


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> World:
    folder = tmp_path_factory.mktemp("live")
    repository(folder / "repository")
    calculator = {"command": str(BIN / "mcp-server-calculator"), "examples": {"expression": ["12*7", "(3+4)*2"]}}
    git = {
        "command": str(BIN / "mcp-server-git"),
        "fixture": "repository",
        "includeTools": GIT_TOOLS,
        "examples": {"repo_path": ["."], "branch_name": ["draft", "review"]},
        "license": "MIT",
    }
    (folder / "mcp.json").write_text(json.dumps({"mcpServers": {"calculator": calculator, "git": git}}))
    (folder / "tools.json").write_text(json.dumps(NOTES))
    together(folder)
    return World(folder / "mcp.json", folder / "tools.json", folder / "clusters.jsonl")


def together(folder: Path) -> None:
    """A cluster for each live server, with the notebook beside it."""
    live_tools, notebook = servers.tools(folder / "mcp.json").tools, corpus.load([folder / "tools.json"]).tools
    parts = {name: tuple(tool for tool in live_tools if tool.service == name) for name in ("calculator", "git")}
    mixed = [Cluster(id=name, leaf=f"{n}.0", tools=part + notebook) for n, (name, part) in enumerate(parts.items())]
    file.write(folder / "clusters.jsonl", mixed)


def repository(folder: Path) -> None:
    """One commit, the same wherever and whenever it is made."""
    folder.mkdir()
    (folder / "notes.md").write_text("Water the plants.\n")
    someone = {f"GIT_{who}_{what}": said for who in ("AUTHOR", "COMMITTER") for what, said in PERSON.items()}
    for command in (["init", "-q", "-b", "main"], ["add", "."], ["commit", "-q", "-m", "First notes"]):
        subprocess.run(["git", *command], cwd=folder, check=True, env={**os.environ, **someone})


PERSON = {"NAME": "Ada", "EMAIL": "ada@example.com", "DATE": DAY}


def run(out: Path, world: World, *options: str, count: int = 14) -> Path:
    given = ["--mcp", str(world.mcp), "--tools", str(world.tools), "--clusters", str(world.clusters)]
    with pytest.raises(SystemExit, match="0"):
        main(["--out", str(out), *given, "--count", str(count), "--sandbox", "off", *options])
    return out


@pytest.fixture(scope="module")
def rows(world: World, tmp_path_factory: pytest.TempPathFactory) -> list[dict[str, Any]]:
    lines = (run(tmp_path_factory.mktemp("run") / "one", world) / "trajectories.jsonl").read_bytes().splitlines()
    return [orjson.loads(line) for line in lines]


def seen(row: dict[str, Any]) -> list[tuple[str, Observation, Any]]:
    """Service, origin and content of every observation of a row."""
    names = {c["id"]: c["function"]["name"] for m in row["messages"] for c in m.get("tool_calls", ())}
    services = {call: row["cluster"]["tools"][name].partition("/")[0] for call, name in names.items()}
    return [
        (services[call], Observation.model_validate(row["origins"][call]), orjson.loads(m["content"]))
        for m in row["messages"]
        if m["role"] == "tool"
        for call in [m["tool_call_id"]]
    ]


def test_observations_of_live_servers_are_real(rows: list[dict[str, Any]]) -> None:
    found = [one for row in rows for one in seen(row)]
    origins = {(service, one.origin, one.ok) for service, one, _ in found}
    assert {(s, Origin.MCP, True) for s in ("calculator", "git")} | {("notebook", Origin.SIMULATED, True)} <= origins
    assert {str(content["result"]) for service, _, content in found if service == "calculator"} <= {"84", "14"}
    assert any("on branch main" in str(content).lower() for service, _, content in found if service == "git")


def test_live_and_simulated_tools_meet_in_a_trajectory(rows: list[dict[str, Any]]) -> None:
    mixed = [{one.origin for _, one, _ in seen(row)} for row in rows]
    assert {Origin.MCP, Origin.SIMULATED} in mixed
    assert not any(one.lock_mismatch for row in rows for _, one, _ in seen(row))


def test_licence_of_live_tools_is_kept(rows: list[dict[str, Any]]) -> None:
    licences = {name: licence for row in rows for name, licence in row["tool_licences"].items()}
    assert {name: licences.get(name) for name in GIT_TOOLS} == dict.fromkeys(GIT_TOOLS, "MIT")


def test_live_run_is_the_same_at_another_concurrency(world: World, rows: list[dict[str, Any]], tmp_path: Path) -> None:
    again = run(tmp_path / "again", world, "--concurrency", "2", count=6)  # each slot starts servers of its own
    first = [row for row in rows if row["slot"] < 6]
    assert [orjson.loads(line) for line in (again / "trajectories.jsonl").read_bytes().splitlines()] == first
    assert any(Origin.MCP in {one.origin for _, one, _ in seen(row)} for row in first)


async def test_offline_teacher_uses_live_and_simulated_tools_together(tmp_path: Path) -> None:
    path = tmp_path / "mcp.json"
    command = {"command": str(BIN / "mcp-server-time"), "args": ["--local-timezone", "UTC"]}
    cities = {"target_timezone": ["Asia/Tokyo"]}  # one that its own description gives as an example does not exist
    time = {**command, "includeTools": ["convert_time"], "examples": cities}
    path.write_text(json.dumps({"mcpServers": {"time": time}}))
    (convert,) = (await servers.list_tools(mcp_file.read(path))).tools
    (tmp_path / "tools.json").write_text(json.dumps(NOTES[:1]))
    tools = (convert, *corpus.load([tmp_path / "tools.json"]).tools)
    directive = Directive(slot=0, cluster="c", leaf="0.0", mode=Mode.LINEAR, steps=2)
    origins = list[set[Origin]]()
    for seed in range(8):  # which of the two a plan calls is drawn
        (folder := tmp_path / str(seed)).mkdir()
        with closing(Journal(folder)) as journal:
            async with open_runners(live.services(path), journal, 0) as runners:
                context = Context(teacher(seed=seed), runners=runners)
                one = await play(directive, Cluster(id="c", leaf="0.0", tools=tools), context)
        assert (one.faults, one.reason) == ((), "")
        origins.append({origin.origin for origin in one.trajectory.origins.values()})
        if {Origin.MCP, Origin.SIMULATED} in origins:
            break
    assert {Origin.MCP, Origin.SIMULATED} in origins


SAMPLE = Path(__file__).parents[2] / "docs" / "samples" / "mcp.json"


@pytest.fixture(scope="module")
def alone(tmp_path_factory: pytest.TempPathFactory) -> list[dict[str, Any]]:
    """The rows of a run with servers alone: the sample's, and git in a repository that is named by its path."""
    folder = tmp_path_factory.mktemp("alone")
    repository(folder / "repository")
    entries = mcp_file.parse(SAMPLE.read_text())["mcpServers"]
    for entry in entries.values():
        entry["command"] = str(BIN / entry["command"])
    git = {"command": str(BIN / "mcp-server-git"), "args": ["--repository", str(folder / "repository")]}
    (folder / "mcp.json").write_text(json.dumps({"servers": {**entries, "git": git}}))
    out = folder / "run"
    with pytest.raises(SystemExit, match="0"):
        main(["--out", str(out), "--mcp", str(folder / "mcp.json"), "--count", "10", "--sandbox", "off"])
    text = (out / "trajectories.jsonl").read_text() + (out / "rejected.jsonl").read_text()
    assert str(folder) not in text
    assert str(Path.home()) not in text
    assert "/workspace/repository" in text
    return [orjson.loads(line) for line in (out / "trajectories.jsonl").read_bytes().splitlines()]


def test_servers_alone_play_and_every_row_has_a_live_observation(alone: list[dict[str, Any]]) -> None:
    assert len(alone) >= 6
    assert {service for row in alone for service, _, _ in seen(row)} == {"calculator", "time", "git"}
    assert all(Origin.MCP in {observation.origin for _, observation, _ in seen(row)} for row in alone)


def test_nothing_is_changed_without_leave(alone: list[dict[str, Any]]) -> None:
    origins = set()
    for row in alone:
        calls = [call for message in row["messages"] for call in message.get("tool_calls", ())]
        origins |= {(call["function"]["name"], row["origins"][call["id"]]["origin"]) for call in calls}
    reads = {name for row in alone for name in row["cluster"]["reads"]}
    assert {name for name, origin in origins if origin == Origin.MCP} <= reads
    assert {name for name, origin in origins if origin == Origin.SIMULATED} - reads
