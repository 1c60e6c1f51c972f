"""Folders for the `datasets` library: read back by it, and pushed to a hub that this file plays."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import datasets
import pytest

from graphs.export import dataset
from graphs.export.rows import definitions, services

Row = dict[str, Any]


@pytest.fixture(scope="module")
def folder(run: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("export")
    for name in ("parquet", "trl"):
        with pytest.raises(SystemExit, match="0"):
            dataset.main([str(run), "--format", name, "--out", str(folder / name)])
    return folder


def load(folder: Path, tmp_path: Path) -> dict[str, Any]:
    return dict(datasets.load_dataset(str(folder), cache_dir=str(tmp_path)))


def test_parquet_reads_back_as_it_was(folder: Path, rows: list[Row], tmp_path: Path) -> None:
    parts = load(folder / "parquet", tmp_path)
    by_slot = {record["slot"]: record for part in parts.values() for record in part}
    assert sorted(by_slot) == [row["slot"] for row in rows]
    for row in rows:
        record = by_slot[row["slot"]]
        spoken = [{key: value for key, value in m.items() if value is not None} for m in record["messages"]]
        assert spoken == row["messages"]
        assert json.loads(record["tools"]) == definitions(row)
        assert json.loads(record["details"]) == {k: v for k, v in row.items() if k not in ("messages", "tools", "slot")}


def test_trl_has_objects_with_their_own_keys_alone(folder: Path, rows: list[Row], tmp_path: Path) -> None:
    records = [record for part in load(folder / "trl", tmp_path).values() for record in part]
    arguments = [c["function"]["arguments"] for r in records for m in r["completion"] for c in m.get("tool_calls", ())]
    texts = [c["function"]["arguments"] for r in rows for m in r["messages"] for c in m.get("tool_calls", ())]
    assert sorted(map(str, arguments)) == sorted(str(json.loads(text)) for text in texts)
    assert sorted(map(str, (r["tools"] for r in records))) == sorted(str(definitions(row)) for row in rows)


def test_what_somebody_wrote_is_not_replaced_by_a_card(
    run: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "README.md").write_text("# My project")
    with pytest.raises(SystemExit, match="2"):
        dataset.main([str(run), "--format", "trl", "--out", str(tmp_path)])
    said = f"--out: {tmp_path / 'README.md'} is no dataset's card, and one would be written over it; "
    assert said in capsys.readouterr().err
    assert [path.name for path in tmp_path.iterdir()] == ["README.md"]


def test_parts_share_no_service(folder: Path, rows: list[Row], tmp_path: Path) -> None:
    by_slot = {row["slot"]: services(row) for row in rows}
    parts = {
        name: set().union(*(by_slot[slot] for slot in part["slot"]))
        for name, part in load(folder / "parquet", tmp_path).items()
    }
    assert set(parts) == {"train", "validation", "test"}
    assert not parts["train"] & (parts["validation"] | parts["test"])
    assert not parts["validation"] & parts["test"]


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

    def _answer(self, status: int, answer: dict[str, object]) -> None:
        self.send_response(status)
        self.send_header("content-type", "application/json")
        self.end_headers()
        self.wfile.write(json.dumps(answer).encode())

    def log_message(self, *args: object) -> None:
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


def push(run: Path, hub: str, token: str, tmp_path: Path) -> subprocess.CompletedProcess[str]:
    """A process of its own: where the hub is, is read at import."""
    command = [sys.executable, "-m", "graphs.export", str(run), "--format", "parquet", "--out", str(tmp_path / "out")]
    settings = {"HF_ENDPOINT": hub, "HF_TOKEN": token, "HF_HOME": str(tmp_path), "HF_HUB_DISABLE_XET": "1"}
    environment = {**os.environ, **settings}
    return subprocess.run([*command, "--push", "me/data"], env=environment, capture_output=True, text=True, timeout=60)


def test_a_push_commits_the_rows_and_the_card(run: Path, hub: str, tmp_path: Path) -> None:
    done = push(run, hub, "hf_right", tmp_path)
    assert done.returncode == 0, done.stderr
    parts = [json.loads(line) for line in Hub.committed.splitlines()]
    assert {part["value"]["path"] for part in parts if part["key"] == "file"} == {
        "README.md",
        *(f"data/{part}.parquet" for part in ("train", "validation", "test")),
    }


def test_a_push_that_the_hub_refuses_is_one_line(run: Path, hub: str, tmp_path: Path) -> None:
    done = push(run, hub, "hf_wrong", tmp_path)
    assert done.returncode == 2
    assert "error: --push me/data: " in done.stderr
    assert "Traceback" not in done.stderr
