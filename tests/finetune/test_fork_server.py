"""The process whose forks train a study's students."""

import json
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests import tiny_student

ROOT = Path(__file__).parents[2]


@pytest.mark.slow
def test_a_fork_whose_study_is_gone_stops_at_a_checkpoint(tmp_path: Path) -> None:
    """A study that is killed alone leaves nothing behind that trains on and holds its folder."""
    tiny_student.save(tmp_path / "student")
    tiny_student.rows(tmp_path / "rows.jsonl", 10)
    names = {"--model": "student", "--data": "rows.jsonl", "--out": "out"}
    options = [part for name, file in names.items() for part in (name, str(tmp_path / file))]
    options += ["--epochs", "1000000", "--save-every", "1000000", "--tracker", "none"]
    request = {"module": "finetune.sft", "arguments": options, "log": str(tmp_path / "log.txt")}
    log, pipe = tmp_path / "out" / "log.jsonl", subprocess.PIPE
    command = [sys.executable, "-m", "finetune.fork_server"]
    with subprocess.Popen(command, cwd=ROOT, stdin=pipe, stdout=pipe, text=True) as server:
        assert server.stdin
        server.stdin.write(json.dumps(request) + "\n")
        server.stdin.flush()
        while not log.exists() or log.read_bytes().count(b"\n") < 3:
            assert server.poll() is None, (tmp_path / "log.txt").read_text()
            time.sleep(0.05)
        server.stdin.close()
        assert server.wait() == 130
    assert [path.name[:5] for path in (tmp_path / "out" / "checkpoints").iterdir()] == ["step-"]
    assert "--resume" in (tmp_path / "log.txt").read_text()
