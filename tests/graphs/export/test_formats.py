"""Each layout is read back by a reader written here, from what the layout's own tools document."""

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import orjson
import pyarrow.parquet
import pytest

from agents.errors import FormatError
from graphs.export import dataset, formats
from graphs.export.formats import Format
from graphs.run import main as generate

Row = dict[str, Any]
Said = tuple[list[Row], list[Row]]


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("runs") / "run"
    with pytest.raises(SystemExit):
        generate(["--out", str(folder), "--count", "10"])
    return folder


@pytest.fixture(scope="module")
def rows(run: Path) -> list[Row]:
    return list(dataset.read_rows(run))


def said(row: Row) -> Said:
    """Messages with parsed arguments, and the tools as every layout has them."""
    return [plain(message) for message in row["messages"]], formats.tools(row)


def plain(message: Row) -> Row:
    calls = [
        (call["id"], call["function"]["name"], json.loads(call["function"]["arguments"]))
        for call in message.get("tool_calls") or ()
    ]
    answers = message.get("tool_call_id")
    return {"role": message["role"], "content": message.get("content") or "", "calls": calls, "answers": answers}


class Numbered:
    """Gives calls and observations the ids that their order says."""

    def __init__(self) -> None:
        self.called = self.answered = 0

    def call(self, name: str, arguments: Row) -> tuple[str, str, Row]:
        self.called += 1
        return f"call_{self.called}", name, arguments

    def answer(self, content: str) -> Row:
        self.answered += 1
        return {"role": "tool", "content": content, "calls": [], "answers": f"call_{self.answered}"}


def text(role: str, content: str, calls: list[Any] | None = None) -> Row:
    return {"role": role, "content": content, "calls": calls or [], "answers": None}


def read_openai(record: Row) -> Said:
    return [plain(message) for message in record["messages"]], record["tools"]


def read_sharegpt(record: Row) -> Said:
    messages, ids = [text("system", record["system"])], Numbered()
    calls: list[Row] = []
    for turn in record["conversations"]:
        kind, value = turn["from"], turn["value"]
        if kind == "function_call":
            calls = json.loads(value) if value.startswith("[") else [json.loads(value)]
            messages.append(text("assistant", turn.get("text", ""), [ids.call(**call) for call in calls]))
        elif kind == "observation":
            messages += [ids.answer(one) for one in (json.loads(value) if len(calls) > 1 else [value])]
        else:
            messages.append(text({"human": "user", "gpt": "assistant"}[kind], value))
    return messages, [{"type": "function", "function": tool} for tool in json.loads(record["tools"])]


def read_hermes(record: Row) -> Said:
    ids, (system, *turns) = Numbered(), record["conversations"]
    messages = [text("system", system["value"].partition("\n\nYou may call")[0])]
    for turn in turns:
        if turn["from"] == "tool":
            parts = turn["value"].removeprefix("<tool_response>\n").removesuffix("\n</tool_response>")
            messages += [ids.answer(part) for part in parts.split("\n</tool_response>\n<tool_response>\n")]
            continue
        before, *tagged = turn["value"].split("<tool_call>\n")
        calls = [ids.call(**json.loads(one.rstrip().removesuffix("\n</tool_call>"))) for one in tagged]
        content = before.removesuffix("\n") if tagged else before
        messages.append(text({"human": "user", "gpt": "assistant"}[turn["from"]], content, calls))
    offered = system["value"].partition("<tools>\n")[2].partition("\n</tools>")[0]
    return messages, [json.loads(line) for line in offered.splitlines()]


def read_atif(record: Row) -> Said:
    messages = []
    for step in record["steps"]:
        calls = [(c["tool_call_id"], c["function_name"], c["arguments"]) for c in step.get("tool_calls", ())]
        messages.append(text({"agent": "assistant"}.get(step["source"], step["source"]), step["message"], calls))
        for result in step.get("observation", {}).get("results", ()):
            messages.append(
                {"role": "tool", "content": result["content"], "calls": [], "answers": result["source_call_id"]}
            )
    return messages, record["agent"]["tool_definitions"]


READERS: dict[Format, Callable[[Row], Said]] = {
    Format.OPENAI: read_openai,
    Format.SHAREGPT: read_sharegpt,
    Format.HERMES: read_hermes,
    Format.ATIF: read_atif,
}


def export(*arguments: str) -> None:
    with pytest.raises(SystemExit, match="0"):
        dataset.main([*arguments])


@pytest.mark.parametrize("layout", READERS)
def test_what_was_written_reads_back_as_it_was(layout: Format, run: Path, rows: list[Row], tmp_path: Path) -> None:
    out = tmp_path / "rows.jsonl"
    export(str(run), "--format", layout, "--out", str(out))
    records = [orjson.loads(line) for line in out.read_bytes().splitlines()]
    assert len(rows) >= 5
    assert [READERS[layout](record) for record in records] == [said(row) for row in rows]


def test_parquet_reads_back_as_it_was(run: Path, rows: list[Row], tmp_path: Path) -> None:
    export(str(run), "--format", "parquet", "--out", str(tmp_path))
    table = pyarrow.parquet.read_table(tmp_path / "data" / "train.parquet").to_pylist()
    assert [read_openai({**one, "tools": json.loads(one["tools"])}) for one in table] == [said(row) for row in rows]
    apart = ("messages", "tools", "slot")
    kept = [{key: row[key] for key in row if key not in apart} for row in rows]
    assert [json.loads(one["details"]) for one in table] == kept
    assert f"\n{len(rows)} synthetic tool-use trajectories" in (tmp_path / "README.md").read_text()


def parallel(content: str = "Both at once.") -> Row:
    """A row with two calls in one message and something said beside them."""
    calls = [
        {"id": f"call_{i}", "type": "function", "function": {"name": "get", "arguments": f'{{"id": {i}}}'}}
        for i in (1, 2)
    ]
    return {
        "slot": 7,
        "messages": [
            {"role": "system", "content": "Help.\n\nBe brief."},
            {"role": "user", "content": "Ünïcode, please"},
            {"role": "assistant", "content": content, "tool_calls": calls},
            {"role": "tool", "tool_call_id": "call_1", "content": '["a"]'},
            {"role": "tool", "tool_call_id": "call_2", "content": "plain\ntext"},
            {"role": "assistant", "content": "Done."},
        ],
        "tools": [
            {"type": "function", "function": {"name": "get", "parameters": {}, "annotations": {"readOnlyHint": True}}}
        ],
        "origins": {"call_1": {"origin": "mcp", "ok": True, "lock_mismatch": ""}},
    }


@pytest.mark.parametrize("layout", READERS)
def test_parallel_calls_and_what_is_said_beside_them_survive(layout: Format) -> None:
    record = dataset.recorder(layout, {})(parallel())
    assert READERS[layout](record) == said(parallel())
    assert "annotations" not in str(record)


def test_sharegpt_turns_alternate() -> None:
    turns = [turn["from"] for turn in formats.sharegpt(parallel())["conversations"]]
    assert turns == ["human", "function_call", "observation", "gpt"]


def test_atif_steps_hold_their_observations() -> None:
    record = formats.atif(parallel(), model="a-model")
    assert [(step["step_id"], step["source"]) for step in record["steps"]] == [
        (1, "system"), (2, "user"), (3, "agent"), (4, "agent"),
    ]  # fmt: skip
    assert record["steps"][2]["observation"]["results"][0]["extra"]["origin"] == "mcp"
    assert (record["schema_version"], record["agent"]["model_name"]) == ("ATIF-v1.7", "a-model")


def test_a_row_that_hermes_cannot_hold_is_left_out_and_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(FormatError, match="slot 7: a message holds <tool_call>"):
        formats.hermes(parallel(content="Say <tool_call>"))
    (tmp_path / "trajectories.jsonl").write_bytes(orjson.dumps(parallel("Say <tool_call>")) + b"\n" + b'{"torn')
    export(str(tmp_path), "--format", "hermes")
    assert "left out: slot 7" in capsys.readouterr().out
    assert (tmp_path / "export" / "hermes.jsonl").read_bytes() == b""


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--format", "atif"], "no trajectories.jsonl there"),
        (["--format", "openai", "--push", "me/data"], "--push: a hub takes --format parquet, not openai"),
        (["--format", "csv"], "'csv' is not one of"),
    ],
)
def test_bad_export_is_one_line(
    arguments: list[str], message: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as exited:
        dataset.main([str(tmp_path), *arguments])
    told = capsys.readouterr().err
    assert (exited.value.code, told.count("\n")) == (2, 1)
    assert message in told


class Hub(BaseHTTPRequestHandler):
    """The few answers of a hub that a push needs; it keeps what was committed."""

    token = "hf_right"
    committed: bytes = b""

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("content-length", 0)))
        if self.headers.get("authorization") != f"Bearer {self.token}":
            return self._answer(401, {"error": "Invalid username or password."})
        if self.path.endswith("/preupload/main"):
            files = [{**file, "uploadMode": "regular", "shouldIgnore": False} for file in json.loads(body)["files"]]
            return self._answer(200, {"files": files})
        if self.path.endswith("/commit/main"):
            Hub.committed = body
        url = "http://127.0.0.1/datasets/me/data"
        return self._answer(200, {"url": url, "commitUrl": f"{url}/commit/{'0' * 40}", "commitOid": "0" * 40})

    def do_GET(self) -> None:
        self._answer(200, {"id": "me/data", "sha": "0" * 40, "siblings": []})

    def _answer(self, status: int, answer: Row) -> None:
        self.send_response(status)
        self.send_header("content-type", "application/json")
        self.end_headers()
        self.wfile.write(json.dumps(answer).encode())

    def log_message(self, *args: Any) -> None:
        pass


@pytest.fixture
def hub() -> Iterator[str]:
    server = HTTPServer(("127.0.0.1", 0), Hub)
    thread = Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


def pushed(run: Path, hub: str, token: str, tmp_path: Path) -> subprocess.CompletedProcess[str]:
    """A process of its own: where the hub is, is read at import."""
    command = [sys.executable, "-m", "graphs.export", str(run), "--format", "parquet", "--out", str(tmp_path / "out")]
    known = {"HF_ENDPOINT": hub, "HF_TOKEN": token, "HF_HOME": str(tmp_path), "HF_HUB_DISABLE_XET": "1"}
    environment = {**os.environ, **known}
    return subprocess.run([*command, "--push", "me/data"], env=environment, capture_output=True, text=True, timeout=60)


def test_a_push_commits_the_rows_and_the_card(run: Path, hub: str, tmp_path: Path) -> None:
    done = pushed(run, hub, "hf_right", tmp_path)
    assert done.returncode == 0, done.stderr
    parts = [json.loads(line) for line in Hub.committed.splitlines()]
    assert {part["value"]["path"] for part in parts if part["key"] == "file"} == {"README.md", "data/train.parquet"}


def test_a_push_that_the_hub_refuses_is_one_line(run: Path, hub: str, tmp_path: Path) -> None:
    done = pushed(run, hub, "hf_wrong", tmp_path)
    assert done.returncode == 2
    assert "error: --push me/data: " in done.stderr
    assert "Traceback" not in done.stderr
