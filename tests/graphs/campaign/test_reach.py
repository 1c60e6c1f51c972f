"""An address at which nobody listens is told before anything is read, written or asked twice."""

import json
from pathlib import Path

import pytest

from agents.serve.app import app, running
from graphs.run import main

NOBODY = "http://127.0.0.1:9"


def ended(out: Path, *options: str) -> int:
    with pytest.raises(SystemExit) as exited:
        main(["--out", str(out), "--count", "2", *options])
    return int(exited.value.code or 0)


@pytest.mark.parametrize(
    ("options", "told"),
    [
        (["--teacher", f"openai:x@{NOBODY}/v1"], "blueprint teacher openai:x@http://127.0.0.1:9/v1: Connection"),
        (["--teacher-quality", f"openai:x@{NOBODY}/v1"], "quality teacher openai:x@http://127.0.0.1:9/v1: Connection"),
        (
            ["--teacher-user", f"anthropic:x@{NOBODY}#KEY"],
            "user teacher anthropic:x@http://127.0.0.1:9#KEY: Connection",
        ),
        (["--memory", NOBODY], "--memory http://127.0.0.1:9: Connection"),
        (["--against", NOBODY], "--against http://127.0.0.1:9: Connection"),
        (["--embedder", "nobody/nothing"], "embedder 'nobody/nothing': no such folder"),
    ],
)
def test_nobody_there_is_one_line_before_a_file_is_written(
    options: list[str], told: str, tmp_path: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("huggingface_hub.constants.ENDPOINT", NOBODY)
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_OFFLINE", False)
    assert ended(tmp_path / "run", *options) == 2
    line = capfd.readouterr().err
    assert line.startswith(f"error: {told}")
    assert line.count("\n") == 1
    assert not (tmp_path / "run").exists()


def test_live_server_that_is_not_there_is_named(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "mcp.json"
    file.write_text(json.dumps({"mcpServers": {"shop": {"url": f"{NOBODY}/mcp"}}}))
    assert ended(tmp_path / "run", "--mcp", str(file)) == 2
    told = "error: --mcp: shop http://127.0.0.1:9/mcp: ConnectionRefusedError: [Errno 111] Connection refused; start it"
    assert capfd.readouterr().err.startswith(told)


def test_resumed_run_loses_no_slot_to_a_teacher_that_is_gone(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "run"
    with running(app()) as url:
        assert ended(out, f"--teacher=openai:offline@{url}") == 0
    rows = (out / "trajectories.jsonl").read_bytes()
    capfd.readouterr()
    assert ended(out, "--resume") == 0, "a complete run asks nobody"
    assert ended(out, "--resume", "--count=4") == 2
    line = capfd.readouterr().err
    assert f"error: blueprint teacher openai:offline@{url}: ConnectionRefusedError" in line
    assert (out / "trajectories.jsonl").read_bytes() == rows
    assert (out / "rejected.jsonl").read_bytes() == b""
