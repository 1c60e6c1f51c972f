"""A model goes to a hub with its card: to one on this machine that keeps what it is sent."""

import base64
import json
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, ClassVar

import pytest

ROOT = Path(__file__).parents[3]


class Hub(BaseHTTPRequestHandler):
    """As much of a hub as an upload of small files asks for."""

    repos: ClassVar[dict[str, object]] = {}
    files: ClassVar[dict[str, bytes]] = {}

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"] or 0))
        url = f"http://{self.headers['Host']}"
        if self.headers.get("Authorization") != "Bearer hf_right":
            self.answer({"error": "who are you"}, 401)
        elif self.path == "/api/repos/create":
            wanted = json.loads(body)
            self.repos[f"{wanted['organization']}/{wanted['name']}"] = wanted.get("visibility") or wanted["private"]
            self.answer({"url": f"{url}/{wanted['organization']}/{wanted['name']}", "name": "them/student"})
        elif self.path.endswith("/preupload/main"):
            regular = {"uploadMode": "regular", "shouldIgnore": False}
            names = [{"path": each["path"], **regular} for each in json.loads(body)["files"]]
            self.answer({"files": names})
        elif self.path.endswith("/commit/main"):
            for line in map(json.loads, body.splitlines()):
                if line["key"] == "file":
                    self.files[line["value"]["path"]] = base64.b64decode(line["value"]["content"])
            self.answer({"commitOid": "0" * 40, "commitUrl": f"{url}/them/student/commit/{'0' * 40}"})
        else:
            self.answer({"errors": [], "warnings": []})

    def do_GET(self) -> None:
        self.answer({"id": "them/student", "sha": "0" * 40, "siblings": []})

    def answer(self, content: dict[str, Any], status: int = 200) -> None:
        body = json.dumps(content).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: Any) -> None:
        pass


@pytest.fixture
def hub() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Hub)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


def push(run: Path, hub: str, token: str = "hf_right") -> "subprocess.CompletedProcess[str]":
    command = [sys.executable, "-m", "finetune.model.push", str(run), "them/student"]
    environment = {**os.environ, "HF_ENDPOINT": hub, "HF_TOKEN": token, "HF_HOME": str(run / "home")}
    return subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)


@pytest.fixture
def run(tmp_path: Path) -> Path:
    (tmp_path / "model").mkdir()
    (tmp_path / "model" / "config.json").write_text("{}")
    (tmp_path / "model" / "model.safetensors").write_bytes(bytes(range(256)))
    (tmp_path / "model" / "README.md").write_text("---\nlibrary_name: transformers\n---\n# student\n")
    return tmp_path


def test_a_model_arrives_with_its_card_and_is_private(run: Path, hub: str) -> None:
    done = push(run, hub)
    assert done.returncode == 0, done.stderr
    assert f"at {hub}/them/student" in done.stdout
    assert Hub.repos in ({"them/student": "private"}, {"them/student": True})
    assert Hub.files == {path.name: path.read_bytes() for path in (run / "model").iterdir()}


def test_a_hub_that_refuses_is_one_line(run: Path, hub: str) -> None:
    done = push(run, hub, token="hf_wrong")
    (line,) = [line for line in done.stderr.splitlines() if line.startswith("error: ")]
    assert done.returncode == 2
    assert "them/student: the hub refuses" in line


def test_a_run_without_a_model_is_named(tmp_path: Path) -> None:
    done = push(tmp_path, "http://127.0.0.1:9")
    assert done.returncode == 2
    assert "no trained model in it" in done.stderr
