"""MCP-Atlas and Toolathlon: their formats in and out; what their own harnesses say becomes a score."""

import csv
import json
from pathlib import Path
from typing import Any

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from agents.serve import app
from tests.evals.bench.test_bfcl import command


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Three tasks of each."""
    monkeypatch.setenv("TDS_EVAL_DATA", str(tmp_path / "data"))
    for name in ("mcpatlas", "toolathlon"):
        (tmp_path / "data" / name).mkdir(parents=True)
    tools = ('["weather_now"]', '[{"name": "weather_now", "requiredParams": ["city"]}]', "weather_now, gone_tool")
    rows = [{"TASK": f"t{n}", "PROMPT": f"Ask {n}", "ENABLED_TOOLS": text} for n, text in enumerate(tools)]
    table(tmp_path / "data" / "mcpatlas" / "tasks.csv", rows)
    (tmp_path / "data" / "toolathlon" / "tasks.txt").write_text("a\nb\nc\n")
    return tmp_path


def table(path: Path, rows: list[dict[str, Any]]) -> Path:
    with path.open("w", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    return path


def result(home: Path, bench: str, path: Path) -> dict[str, Any]:
    command(["generate", bench, "--model", f"recorded:{path}", "--out", str(home / "m")])
    command(["score", str(home / "m")])
    return dict(json.loads((home / "m" / bench / "result.json").read_text()))


def test_claims_covered_by_three_quarters_pass(home: Path) -> None:
    rows = [
        {"task_id": f"t{n}", "coverage_score": score, "response": "x" * 200_000}
        for n, score in enumerate((1, 0.75, 0.5))
    ]
    scored = result(home, "mcpatlas", table(home / "scored_m.csv", rows))
    assert scored["score"]["mean"] == pytest.approx(200 / 3)
    assert scored["also"]["coverage"]["mean"] == 75
    assert (scored["floor"], scored["ceiling"], scored["errors"]) == (0, None, {"not passed": 1})


def test_a_claim_that_nobody_judged_is_no_zero(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    rows = [{"task_id": f"t{n}", "coverage_score": score} for n, score in enumerate((1, "", 0))]
    path = table(home / "scored_m.csv", rows)
    command(["generate", "mcpatlas", "--model", f"recorded:{path}", "--out", str(home / "m")])
    command(["score", str(home / "m")], 4)
    assert "1 of 3 answers were lost to infrastructure" in capsys.readouterr().err


def test_final_states_of_a_run_are_read(home: Path) -> None:
    for task, passed in (("a", True), ("b", False), ("c", True)):
        folder = home / "run" / "finalpool" / task
        folder.mkdir(parents=True)
        (folder / "eval_res.json").write_text(json.dumps({"pass": passed}))
    scored = result(home, "toolathlon", home / "run")
    assert (scored["score"]["mean"], scored["n"]) == (pytest.approx(200 / 3), 3)


def test_a_report_of_a_whole_run_says_the_same_as_its_folders(home: Path) -> None:
    groups = {"passed_tasks": ["finalpool/a", "finalpool/c"], "failed_tasks": ["finalpool/b"]}
    details = {**groups, "not_executed_tasks": [], "error_tasks": []}
    (home / "execution_report_finalpool_m_t.json").write_text(json.dumps({"details": details, "summary": {}}))
    scored = result(home, "toolathlon", home / "execution_report_finalpool_m_t.json")
    assert (scored["score"]["mean"], scored["n"]) == (pytest.approx(200 / 3), 3)


class Sandbox:
    """MCP-Atlas' agent environment as it speaks HTTP: one tool, which knows one city."""

    def __init__(self) -> None:
        self.calls: list[dict[str, Any]] = []

    async def list_tools(self, request: Request) -> Response:
        schema = {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]}
        tool = {"name": "weather_now", "description": "The weather.", "inputSchema": schema}
        return JSONResponse([tool, {**tool, "name": "other_tool"}])

    async def call_tool(self, request: Request) -> Response:
        self.calls.append(await request.json())
        if self.calls[-1]["tool_args"].get("city") == "Oslo":
            return JSONResponse([{"type": "text", "text": "rain"}])
        return JSONResponse({"detail": "Tool execution failed: no such city"}, 500)

    @property
    def app(self) -> Starlette:
        routes = [("/list-tools", self.list_tools), ("/call-tool", self.call_tool)]
        return Starlette(routes=[Route(path, work, methods=["POST"]) for path, work in routes])


def ask_weather(messages: list[dict[str, Any]], tools: list[dict[str, Any]], seed: int) -> dict[str, Any]:
    """Calls its tool for a city by the number of the task, then says what came back."""
    if messages[-1]["role"] == "tool":
        return {"role": "assistant", "content": f"It is: {messages[-1]['content']}"}
    (tool,) = tools
    city = "Oslo" if messages[0]["content"] == "Ask 0" else "Nowhere"
    function = {"name": tool["function"]["name"], "arguments": json.dumps({"city": city})}
    return {"role": "assistant", "content": "", "tool_calls": [{"id": "c", "type": "function", "function": function}]}


def test_a_model_plays_in_its_sandbox_and_its_scorer_gets_the_columns_it_reads(
    home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    sandbox = Sandbox()
    with app.running(sandbox.app) as url, app.running(app.app(ask_weather)) as model:
        monkeypatch.setenv("MCP_SANDBOX_URL", url.removesuffix("/v1"))
        options = ["--model", f"openai:offline@{model}", "--out", str(home / "m"), "--concurrency", "1"]
        command(["generate", "mcpatlas", *options])
    with (home / "m" / "mcpatlas" / "outputs.csv").open(newline="") as file:
        rows = {row["task_id"]: row for row in csv.DictReader(file)}
    assert rows["t0"]["response"] == "It is: rain"
    assert rows["t1"]["response"] == "It is: Error: Tool execution failed: no such city"
    history = json.loads(rows["t0"]["raw_conversation_history"])
    assert [message["role"] for message in history] == ["user", "assistant", "tool", "assistant"]
    assert sandbox.calls[0] == {"tool_name": "weather_now", "tool_args": {"city": "Oslo"}, "use_cache": False}
    command(["score", str(home / "m")], 3)
    assert "a judge model grades it: services/scoring/score_claims.py" in capsys.readouterr().err


def test_a_sandbox_that_is_not_there_is_missing(
    home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("MCP_SANDBOX_URL", "http://127.0.0.1:9")
    command(["generate", "mcpatlas", "--model", "openai:m@http://127.0.0.1:9/v1", "--out", str(home / "m")], 3)
    assert "no sandbox at MCP_SANDBOX_URL=http://127.0.0.1:9 (ConnectError" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("bench", "needs"),
    [
        ("mcpatlas", "36 MCP servers in Docker"),
        ("toolathlon", "TOOLATHLON_OPENAI_BASE_URL=http://127.0.0.1:9/v1 bash scripts/run_parallel.sh m RUN"),
    ],
)
def test_playing_them_needs_what_is_not_here(
    home: Path, bench: str, needs: str, capsys: pytest.CaptureFixture[str]
) -> None:
    command(["generate", bench, "--model", "openai:m@http://127.0.0.1:9/v1", "--out", str(home / "m")], 3)
    assert needs in capsys.readouterr().err
