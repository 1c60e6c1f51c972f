"""A real `langgraph dev`: a trajectory is played, forked after its first user turn and played on."""

import importlib.util
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from langgraph_sdk import get_sync_client
from langgraph_sdk.client import SyncLangGraphClient

from graphs import run, studio

REPOSITORY = Path(__file__).parents[2]
QUIET = {"LANGGRAPH_CLI_NO_ANALYTICS": "1", "LANGGRAPH_NO_VERSION_CHECK": "1", "LANGSMITH_TRACING": "false"}
CHANGED = "Before anything else: what can you do for me?"

pytestmark = pytest.mark.skipif(importlib.util.find_spec("langgraph_api") is None, reason="needs the studio extra")


@pytest.fixture(scope="module")
def url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A server whose own files stay out of the repository."""
    home = tmp_path_factory.mktemp("studio")
    for name in ("agents", "graphs", "memory", "langgraph.json"):
        (home / name).symlink_to(REPOSITORY / name)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [
        str(Path(sys.executable).with_name("langgraph")),
        "dev",
        "--no-browser",
        "--no-reload",
        "--port",
        str(port),
    ]
    with (home / "log").open("wb") as log:
        server = subprocess.Popen(
            command, cwd=home, env=os.environ | QUIET, stdout=log, stderr=log, start_new_session=True
        )
        try:
            _wait(f"http://127.0.0.1:{port}", server, home / "log")
            yield f"http://127.0.0.1:{port}"
        finally:
            os.killpg(server.pid, signal.SIGKILL)
            server.wait(10)


def _wait(url: str, server: "subprocess.Popen[bytes]", log: Path) -> None:
    until = time.monotonic() + 90
    while time.monotonic() < until and server.poll() is None:
        try:
            if httpx.get(f"{url}/ok", timeout=2).is_success:
                return
        except httpx.TransportError:
            time.sleep(0.2)
    pytest.fail(f"the server did not start: {log.read_text()[-2000:]}")


@pytest.fixture
def client(url: str) -> Iterator[SyncLangGraphClient]:
    with get_sync_client(url=url, timeout=60) as client:
        yield client


def history(client: SyncLangGraphClient, thread: str) -> list[Any]:
    """Checkpoints, the newest first."""
    return list(client.threads.get_history(thread, limit=500))


def fork(client: SyncLangGraphClient, thread: str) -> tuple[list[Any], Any]:
    """The history before, and the state after the first user turn was changed and the conversation went on."""
    before = history(client, thread)
    at = next(state for state in reversed(before) if [m["role"] for m in state["values"].get("messages", ())][1:])
    assert at["next"] == ["assistant"]
    messages = [at["values"]["messages"][0], {"role": "user", "content": CHANGED}]
    forked = client.threads.update_state(thread, {"messages": messages}, as_node="user", checkpoint=at["checkpoint"])
    return before, client.runs.wait(thread, "trajectory", checkpoint=forked["checkpoint"])


def assert_forked(client: SyncLangGraphClient, thread: str, before: list[Any], end: Any) -> None:
    assert end["messages"][1] == {"role": "user", "content": CHANGED}
    assert end["stop"]
    assert len(end["messages"]) > 2
    kept = {state["checkpoint"]["checkpoint_id"]: state["values"] for state in history(client, thread)}
    assert all(kept[state["checkpoint"]["checkpoint_id"]] == state["values"] for state in before)


def test_a_trajectory_is_played_and_forked(client: SyncLangGraphClient) -> None:
    thread = client.threads.create(graph_id="trajectory")["thread_id"]
    start: dict[str, Any] = {"service": "helpdesk", "seed": 3, "teacher": "offline"}
    end: Any = client.runs.wait(thread, "trajectory", input=start)
    assert end["stop"] == "completed"
    assert end["verdict"]["scores"]
    nodes = {node for state in history(client, thread) for node in state["next"]}
    assert {"begin", "blueprint", "user", "assistant", "quality"} <= nodes
    before, forked = fork(client, thread)
    assert_forked(client, thread, before, forked)


def test_the_same_words_give_the_same_trajectory(client: SyncLangGraphClient) -> None:
    start: dict[str, Any] = {"service": "helpdesk", "seed": 5, "mode": "refusal"}
    first, second = (client.runs.wait(None, "trajectory", input=start) for _ in range(2))
    assert first == second


def test_a_slot_of_a_run_is_opened_and_forked(client: SyncLangGraphClient, url: str, tmp_path: Path) -> None:
    run = tmp_path / "run"
    python("graphs.run", "--count", "3", "--out", str(run))
    printed = python("graphs.studio", str(run), "0", "--url", url).stdout.split()
    thread = printed[1]
    assert printed[2].startswith("https://smith.langchain.com/studio/?baseUrl=http%3A%2F%2F127.0.0.1")
    turns = {len(state["values"].get("messages", ())) for state in history(client, thread)}
    assert {1, 2, 3, len(history(client, thread)[0]["values"]["messages"])} <= turns
    assert history(client, thread)[0]["next"] == []
    before, forked = fork(client, thread)
    assert_forked(client, thread, before, forked)


def test_no_server_and_no_slot_are_one_line_each(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = tmp_path / "run"
    with pytest.raises(SystemExit, match="0"):
        run.main(["--count", "1", "--out", str(folder)])
    capsys.readouterr()
    with pytest.raises(SystemExit, match="2"):
        studio.main([str(folder), "0", "--url", "http://127.0.0.1:9"])
    nobody = capsys.readouterr().err
    assert nobody.endswith("start it in the repository: langgraph dev\n")
    assert nobody.count("\n") == 1
    with pytest.raises(SystemExit, match="2"):
        studio.main([str(folder), "7"])
    assert "slot 7 is not finished" in capsys.readouterr().err


def python(module: str, *arguments: str) -> "subprocess.CompletedProcess[str]":
    command = [sys.executable, "-m", module, *arguments]
    done = subprocess.run(command, cwd=REPOSITORY, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    return done
