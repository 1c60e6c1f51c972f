"""A real `langgraph dev`: a trajectory is played, forked after its first user turn and played on."""

import importlib.util
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest
from langgraph_sdk import get_sync_client
from langgraph_sdk.client import SyncLangGraphClient

from agents.schema import Mode
from graphs import run
from graphs.studio import __main__ as studio

REPOSITORY = Path(__file__).parents[2]
QUIET = {"LANGGRAPH_CLI_NO_ANALYTICS": "1", "LANGGRAPH_NO_VERSION_CHECK": "1", "LANGSMITH_TRACING": "false"}
CHANGED = "Before anything else: what can you do for me?"

pytestmark = pytest.mark.skipif(importlib.util.find_spec("langgraph_api") is None, reason="needs the studio extra")


@pytest.fixture(scope="module")
def url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with serving(tmp_path_factory.mktemp("studio")) as url:
        yield url


@pytest.fixture
def own_tools(tmp_path: Path) -> Iterator[SyncLangGraphClient]:
    tools = str(REPOSITORY / "docs/samples/tools")
    with serving(tmp_path, TDS_TOOLS=tools) as url, get_sync_client(url=url, timeout=60) as client:
        yield client


@contextmanager
def serving(home: Path, **environment: str) -> Iterator[str]:
    """A server whose own files stay out of the repository."""
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
            command, cwd=home, env=os.environ | QUIET | environment, stdout=log, stderr=log, start_new_session=True
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


def play(client: SyncLangGraphClient, graph: str = "trajectory", **options: Any) -> Any:
    """The end of a trajectory on a thread of its own; options are the input, `context` the settings."""
    context = options.pop("context", None)
    return client.runs.wait(None, graph, input=options, context=context)


def test_the_same_words_give_the_same_trajectory(client: SyncLangGraphClient) -> None:
    first, second = (play(client, service="helpdesk", seed=5, mode="refusal") for _ in range(2))
    assert first["stop"] == "completed"
    assert first == second


@pytest.mark.parametrize("mode", [mode.value for mode in Mode])
@pytest.mark.parametrize("service", ["helpdesk", "skyfare", "storefront-orders"])
def test_every_mode_is_played_without_flags(client: SyncLangGraphClient, service: str, mode: str) -> None:
    end = play(client, service=service, mode=mode)
    assert "__error__" not in end, end
    assert end["stop"] == "completed"
    assert end["directive"]["mode"] == mode
    if mode == "computation":
        assert any(origin["origin"] == "code" for origin in end["origins"].values())


@pytest.mark.parametrize("graph", ["apigen_mt", "toucan"])
def test_a_baseline_is_a_graph_of_its_own(client: SyncLangGraphClient, graph: str) -> None:
    assert play(client, graph, service="helpdesk", mode="linear")["stop"] == "completed"


def test_a_whole_campaign_is_a_graph_of_its_own(client: SyncLangGraphClient, tmp_path: Path) -> None:
    thread = client.threads.create(graph_id="campaign")["thread_id"]
    end: Any = client.runs.wait(thread, "campaign", input={"count": 5, "out": str(tmp_path / "run")})
    assert (end["played"], len(end["rows"])) == (5, end["accepted"])
    assert [state["values"].get("played") for state in history(client, thread)] == [5, 4, None, None]
    assert Path(end["report"]).parent == tmp_path / "run"
    with pytest.raises(Exception, match=r"Mistake: --seed: the run in .* has 0, not 1"):
        play(client, "campaign", count=5, seed=1, out=str(tmp_path / "run"))


def test_a_folder_of_your_own_tools_is_played(own_tools: SyncLangGraphClient) -> None:
    end = play(own_tools, service="choir", mode="chained")
    assert end["stop"] == "completed"
    assert {tool["service"] for tool in end["cluster"]["tools"]} <= {"Choir", "code"}


def test_the_form_says_what_there_is(client: SyncLangGraphClient) -> None:
    (assistant,) = client.assistants.search(graph_id="trajectory")
    schemas: Any = client.assistants.get_schemas(assistant["assistant_id"])
    settings, start = schemas["context_schema"]["properties"], schemas["input_schema"]["properties"]
    assert settings["sandbox"]["enum"] == ["auto", "namespaces", "landlock", "e2b", "off"]
    assert (settings["messages"]["default"], settings["messages"]["maximum"]) == (48, 400)
    assert settings["teacher_quality"]["description"] == "Another teacher for the QualityAgent."
    assert "helpdesk" in start["service"]["description"]
    assert set(schemas["input_schema"]["$defs"]["Mode"]["enum"]) == set(Mode)


def test_settings_hold_and_a_fork_keeps_them(client: SyncLangGraphClient) -> None:
    thread = client.threads.create(graph_id="trajectory")["thread_id"]
    start: dict[str, Any] = {"service": "helpdesk", "mode": "linear"}
    settings: dict[str, Any] = {"teacher_assistant": "offline-weak", "messages": 5, "sandbox": "off"}
    end: Any = client.runs.wait(thread, "trajectory", input=start, context=settings)
    assert {name: end["settings"][name] for name in settings} == settings
    assert "run_python" not in [tool["name"] for tool in end["cluster"]["tools"]]
    before, forked = fork(client, thread)
    assert forked["stop"] in ("turn_limit", "completed", "recovery_limit")
    assert len(forked["messages"]) <= 6
    assert before[0]["values"]["settings"] == forked["settings"]


@pytest.mark.parametrize(
    ("start", "message"),
    [
        ({"service": "no such"}, "service 'no such' is not a cluster or one of "),
        ({"service": "helpdesk", "teacher": "openia:gpt"}, "openia"),
    ],
)
def test_a_users_own_mistake_is_told_as_its_text(
    client: SyncLangGraphClient, start: dict[str, Any], message: str
) -> None:
    with pytest.raises(Exception, match=f"Mistake: .*{message}"):
        play(client, **start)


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


def test_an_image_of_the_server_can_be_written(tmp_path: Path) -> None:
    """`langgraph build` makes it with Docker, which is not needed to see what it would do."""
    command = [str(Path(sys.executable).with_name("langgraph")), "dockerfile", str(tmp_path / "Dockerfile")]
    subprocess.run(command, cwd=REPOSITORY, check=True, capture_output=True, timeout=120)
    text = (tmp_path / "Dockerfile").read_text()
    assert "ADD . /deps/" in text
    for name in ("trajectory_graph", "apigen_mt_graph", "toucan_graph", "campaign_graph"):
        assert name in text
