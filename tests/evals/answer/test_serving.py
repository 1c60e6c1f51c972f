import asyncio
import os
import sys
from pathlib import Path

import pytest

from agents.errors import MissingError, OutageError
from agents.schema import Role
from agents.teacher.teachers import Request
from evals.answer import models, serving
from tests import tiny_student

HELLO = Request(role=Role.ASSISTANT, messages=[{"role": "user", "content": "Hello"}])


def test_a_checkpoint_is_served_asked_and_stopped(tmp_path: Path) -> None:
    student = tiny_student.save(tmp_path / "student")

    async def asked() -> tuple[str, str, int | None]:
        async with models.connect(str(student), {"max_tokens": 4}) as (model, endpoint):
            answer = await model.answer(HELLO)
        return endpoint, answer.served_by, (answer.usage or {}).get("output")

    endpoint, by, output = asyncio.run(asked())
    assert endpoint.startswith(f"openai:{student}@http://127.0.0.1:")
    assert (by, output) == (str(student), 4)
    assert not [pid for pid in os.listdir("/proc") if pid.isdigit() and _serves(pid, student)]


def _serves(pid: str, student: Path) -> bool:
    try:
        return str(student).encode() in Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return False


def test_without_a_server_a_checkpoint_is_refused_with_what_to_install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "executable", str(tmp_path / "python"))  # no `transformers` beside it
    monkeypatch.setenv("PATH", "")
    with pytest.raises(MissingError, match=r"--model \S+: no server for a checkpoint; pip install vllm, or"):
        serving.command(tmp_path, 1)


def test_a_server_that_ends_says_why(tmp_path: Path) -> None:
    async def asked() -> None:
        async with serving.serve([sys.executable, "-c", "raise SystemExit('no such model')"], "http://127.0.0.1:9"):
            pass

    with pytest.raises(OutageError, match="did not start: no such model"):
        asyncio.run(asked())
