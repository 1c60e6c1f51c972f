"""Live calls: what a server returned is what is observed, and a server that fails fails the call only."""

import asyncio
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from agents.errors import UsageError
from agents.schema import Cluster, Directive, Mode, Observed, Origin, Played, Role, Tool
from graphs.campaign.record.journal import Journal
from graphs.campaign.record.recorded_calls import open_runners
from graphs.tools import mcp
from graphs.trajectory.graph import play
from graphs.trajectory.state import Call, Context
from tests.graphs.trajectory.test_graph import Script, said, teacher
from tests.memory.corpus.servers.test_mcp import config, rude, web_server

TEXT = {"type": "object", "properties": {"text": {"type": "string"}}}


def tool(name: str, **schemas: Any) -> Tool:
    return Tool(name=name, service="rude", **{"input_schema": TEXT, **schemas})


async def called(path: Path, *calls: tuple[str, dict[str, Any]], before: Sequence[Call] = ()) -> list[Observed]:
    """What one trajectory's server answers, call after call."""
    (service,) = mcp.services(path).values()
    async with service() as runner:
        return [await runner.call(tool(name), arguments, before) for name, arguments in calls]


@pytest.mark.parametrize(
    ("name", "seen"),
    [
        ("echo", Observed(ok=True, result="hi")),
        ("count", Observed(ok=True, result={"count": 1})),
        ("draw", Observed(ok=True, result=[{"type": "image", "mimeType": "image/png"}, [1]])),
        ("refuse", Observed(ok=False, code="tool_error", message="not today")),
        (
            "babble",
            Observed(ok=False, code="invalid_answer", message="the answer is no result of a tool call"),
        ),
    ],
)
async def test_answer_is_observed_as_it_is(tmp_path: Path, name: str, seen: Observed) -> None:
    assert await called(config(tmp_path, rude=rude()), (name, {"text": "hi"})) == [seen]


async def test_dead_server_fails_its_call_and_is_started_again(tmp_path: Path) -> None:
    died, after = await called(config(tmp_path, rude=rude()), ("die", {}), ("count", {}))
    assert died == Observed(ok=False, code="server_unavailable", message="the server ended")
    assert after.result == {"count": 1}


async def test_silent_server_fails_its_call(tmp_path: Path) -> None:
    path = config(tmp_path, rude=rude(timeout_s=1))
    silent, after = await called(path, ("hang", {}), ("echo", {"text": "hi"}))
    assert silent == Observed(ok=False, code="server_unavailable", message="the server did not answer in time")
    assert after.result == "hi"


async def test_each_trajectory_has_its_own_server(tmp_path: Path) -> None:
    path = config(tmp_path, rude=rude())
    first, second = await asyncio.gather(*(called(path, ("count", {}), ("count", {})) for _ in range(2)))
    assert [seen.result for seen in (*first, *second)] == [{"count": 1}, {"count": 2}] * 2


async def test_server_that_does_not_start_stops_the_run(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="a: /nowhere does not serve tools"):
        await called(config(tmp_path, a={"command": "/nowhere"}), ("count", {}))


async def test_stopped_run_does_not_wait_for_an_answer(tmp_path: Path) -> None:
    playing = asyncio.create_task(called(config(tmp_path, rude=rude()), ("hang", {})))
    await asyncio.sleep(0.5)
    playing.cancel()
    await asyncio.wait_for(asyncio.gather(playing, return_exceptions=True), timeout=10)
    assert playing.cancelled()


def with_notes(folder: Path) -> Path:
    (folder / "world").mkdir()
    (folder / "world" / "notes.txt").write_text("one\n")
    return config(folder, rude=rude(fixture="world"))


async def test_each_trajectory_works_in_its_own_copy_of_the_fixture(tmp_path: Path) -> None:
    path = with_notes(tmp_path)
    for _ in range(2):
        assert (await called(path, ("append", {"text": "two"})))[0].result == "one\ntwo\n"
    assert (tmp_path / "world" / "notes.txt").read_text() == "one\n"


async def test_calls_of_the_journal_are_made_again_in_a_fixture_only(tmp_path: Path) -> None:
    before = [(tool("append"), {"text": "two"}), (tool("die"), {}), (tool("append"), {"text": "three"})]
    (seen,) = await called(with_notes(tmp_path), ("append", {"text": "four"}), before=before)
    assert seen.result == "one\ntwo\nthree\nfour\n"
    (alone,) = await called(config(tmp_path, rude=rude()), ("count", {}), before=[(tool("count"), {})])
    assert alone.result == {"count": 1}


async def test_server_over_http_is_called_and_may_die(tmp_path: Path) -> None:
    with web_server() as url:
        path = config(tmp_path, weather={"url": url, "timeout_s": 3})
        seen, died = await called(path, ("forecast", {"city": "Rome"}), ("die", {}))
    assert seen.result == {"city": "Rome", "sky": "clear"}
    assert (died.ok, died.code) == (False, "server_unavailable")


LOCAL = Tool(name="get_note", input_schema=TEXT, service="notes")
NUMBER = {"type": "object", "properties": {"count": {"type": "string"}}, "required": ["count"]}


async def played(path: Path, journal: Journal, *calls: str) -> Played:
    """A trajectory whose assistant makes these calls, each in a message, on a live and a simulated service."""
    live_tools = [tool("count", output_schema=NUMBER), tool("die"), tool("hang")]
    cluster = Cluster(id="c", leaf="0.0", tools=(LOCAL, *live_tools))
    turns: Script = lambda n, messages: said("", (calls[n - 1], "{}")) if n <= len(calls) else said("All done.")  # noqa: E731
    directive = Directive(slot=0, cluster="c", leaf="0.0", mode=Mode.LINEAR, steps=2)
    async with open_runners(mcp.services(path), journal, 0) as runners:
        return await play(directive, cluster, Context(teacher({Role.ASSISTANT: turns}), runners=runners))


async def test_live_and_simulated_observations_stand_side_by_side(tmp_path: Path) -> None:
    journal = Journal(tmp_path)
    one = await played(config(tmp_path, rude=rude()), journal, "get_note", "count", "die", "count")
    journal.close()
    seen = [(origin.origin, origin.ok) for origin in one.trajectory.origins.values()]
    assert seen == [(Origin.SIMULATED, True), (Origin.MCP, True), (Origin.MCP, False), (Origin.MCP, True)]
    broken = "count: $.count: 1 is not of type 'string'"
    assert [origin.lock_mismatch for origin in one.trajectory.origins.values()] == ["", broken, "", broken]
