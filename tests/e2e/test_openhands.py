"""The real OpenHands SDK works in a repository with a model behind a loopback endpoint that plays a scripted fix."""

import json
import os
import re
import subprocess
from pathlib import Path
from typing import Any

import pytest

from agents.serve import app
from evals.bench import data as home
from tests.evals.bench.test_bfcl import command

pytestmark = pytest.mark.slow
BUG, FIX = "def add(a, b):\n    return a - b\n", "def add(a, b):\n    return a + b\n"
SNOOP = "git log --all --format=%s; ls {data}/repos | wc -l; cat {data}/instances.jsonl; env | grep -c API_KEY"


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Two instances of a repository whose next commit is the fix, and the SDK's environment."""
    pythons = [str(path) for path in Path.home().glob(".pyenv/versions/3.1[2-9]*/bin")]  # not on the PATH by itself
    monkeypatch.setenv("PATH", os.pathsep.join([*pythons, os.environ["PATH"]]))
    environment = home.set_up("rebench").parent.parent
    monkeypatch.setenv("TDS_EVAL_DATA", str(tmp_path / "data"))
    monkeypatch.setenv("OPENAI_API_KEY", "sk-secret")
    data = tmp_path / "data" / "rebench"
    work = tmp_path / "work"
    work.mkdir(parents=True)
    git(work, "init", "--quiet")
    base = committed(work, BUG, "a helper that adds")
    committed(work, FIX, "it adds now")
    git(work, "clone", "--quiet", "--bare", ".", str(data / "repos" / "o__r"))
    patch = git(work, "diff", base, "HEAD")
    row = {"repo": "o/r", "base_commit": base, "patch": patch}
    rows = [{"instance_id": f"o__r-{i}", **row, "problem_statement": f"Case {i}. add(1, 2) gives -1."} for i in (1, 2)]
    (data / "instances.jsonl").write_text("\n".join(map(json.dumps, rows)))
    (data / "venv").symlink_to(environment)
    return data


def git(folder: Path, *arguments: str) -> str:
    who = ["-c", "user.name=a", "-c", "user.email=a@example.org"]
    return subprocess.run(["git", *who, *arguments], cwd=folder, check=True, capture_output=True, text=True).stdout


def committed(folder: Path, text: str, message: str) -> str:
    (folder / "add.py").write_text(text)
    git(folder, "add", "--all")
    git(folder, "commit", "--quiet", "-m", message)
    return git(folder, "rev-parse", "HEAD").strip()


class Fixer:
    """Looks around and mends what the first issue is about; asked for the second it kills all that it can."""

    def __init__(self, data: Path) -> None:
        self.seen: list[str] = []
        self._data = data

    def __call__(self, messages: list[dict[str, Any]], tools: list[dict[str, Any]], seed: int) -> dict[str, Any]:
        conversation = str(messages)
        if "Case 2." in conversation:
            return called("terminal", command="kill -9 -1")
        repository = re.search(r"The repository in (\S+) has", conversation)
        assert repository
        answered = [str(message["content"]) for message in messages if message["role"] == "tool"]
        self.seen = answered
        steps = [
            called("terminal", command=SNOOP.format(data=self._data)),
            called("terminal", command="python3 -c 'import add; print(add.add(1, 2))'"),
            called(
                "file_editor", command="str_replace", path=f"{repository[1]}/add.py", old_str="a - b", new_str="a + b"
            ),
            called("terminal", command="python3 -c 'import add; print(add.add(1, 2))'"),
            called("finish", message="It adds now."),
        ]
        return steps[len(answered)]


def called(name: str, **arguments: str) -> dict[str, Any]:
    function = {"name": name, "arguments": json.dumps(arguments)}
    return {"role": "assistant", "content": "", "tool_calls": [{"id": "x", "type": "function", "function": function}]}


def test_a_scripted_fix_becomes_the_official_predictions(
    data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    model = Fixer(data)
    with app.running(app.app(model)) as url:
        command(["generate", "rebench", "--model", f"openai:offline@{url}", "--out", str(tmp_path / "m")])
    mended, killed = json.loads((tmp_path / "m" / "rebench" / "predictions.json").read_text())
    assert (mended["instance_id"], killed["model_patch"]) == ("o__r-1", "")
    assert set(mended) == {"instance_id", "model_name_or_path", "model_patch"}
    git(tmp_path / "work", "checkout", "--quiet", "HEAD~1")
    subprocess.run(["git", "apply"], cwd=tmp_path / "work", input=mended["model_patch"], text=True, check=True)
    assert (tmp_path / "work" / "add.py").read_text() == FIX
    assert git(tmp_path / "work", "status", "--short") == " M add.py\n"
    assert [entry.splitlines()[0] for entry in (model.seen[1], model.seen[3])] == ["-1", "3"]

    records = [json.loads(line) for line in (tmp_path / "m" / "rebench" / "answers.jsonl").read_text().splitlines()]
    assert [(entry["calls"], entry["error"]) for entry in records] == [(5, ""), (1, "format: the scaffold ended")]
    assert records[0]["output"] > 0
    command(["score", str(tmp_path / "m")], 3)
    assert f"no {data}/harness/bin/python" in capsys.readouterr().err


def test_the_agent_sees_no_later_commit_no_data_and_no_key(data: Path, tmp_path: Path) -> None:
    model = Fixer(data)
    with app.running(app.app(model)) as url:
        options = ["--clusters", "1", "--out", str(tmp_path / "m")]
        command(["generate", "rebench", "--model", f"openai:offline@{url}", *options])
    log, repositories, instances, keys, *_ = model.seen[0].splitlines()
    assert (log, repositories, keys) == ("a helper that adds", "0", "0")
    assert instances.endswith("Permission denied")
