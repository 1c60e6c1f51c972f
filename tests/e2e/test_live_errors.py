"""Errors that a live server tells as successes: in no row are they results, and no honest result is taken for one."""

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from agents.schema import Tool
from graphs.run import main
from graphs.tools import mcp
from graphs.trajectory.outcomes import ADMITS
from tests.lying_server import ERRORS, HONEST

SERVER = str(Path(__file__).parents[1] / "lying_server.py")


def servers(folder: Path) -> Path:
    path = folder / "mcp.json"
    path.write_text(json.dumps({"mcpServers": {"desk": {"command": sys.executable, "args": [SERVER]}}}))
    return path


async def test_each_of_twenty_errors_fails_its_call_and_each_of_ten_results_is_one(tmp_path: Path) -> None:
    (service,) = mcp.services(servers(tmp_path)).values()
    async with service() as runner:
        tools = [Tool(name=name, service="desk", input_schema={"type": "object"}) for name in (*ERRORS, *HONEST)]
        seen = {tool.name: await runner.call(tool, {"code": "AB-1207"}, ()) for tool in tools}
    assert {name for name in ERRORS if seen[name].ok} == set()
    assert {name: seen[name].message for name in HONEST if not seen[name].ok} == {}
    assert {name for name in ERRORS if not seen[name].message.strip()} == set()


def calls(row: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Tool and observation of each call that was really made."""
    made = [call for message in row["messages"] for call in message.get("tool_calls") or ()]
    names = {call["id"]: call["function"]["name"] for call in made}
    yield from ((names[id], seen) for id, seen in row["origins"].items() if seen["origin"] == "mcp")


def test_no_row_of_a_run_holds_an_error_as_a_result(tmp_path: Path) -> None:
    out = tmp_path / "run"
    with pytest.raises(SystemExit, match="0"):
        main(["--mcp", str(servers(tmp_path)), "--out", str(out), "--count", "16", "--seed", "1"])
    accepted, rejected = (
        [json.loads(line) for line in (out / name).read_text().splitlines()]
        for name in ("trajectories.jsonl", "rejected.jsonl")
    )
    seen = [(name, observation["ok"]) for row in (*accepted, *rejected) for name, observation in calls(row)]
    assert {name for name, ok in seen if ok} <= set(HONEST)
    assert {name for name, ok in seen if not ok} <= set(ERRORS)
    assert {True, False} == {ok for _, ok in seen}
    assert accepted
    for row in accepted:
        if not all(observation["ok"] for _, observation in calls(row)):
            assert any(ADMITS.search((message["content"] or "").lower()) for message in row["messages"][-2:])
