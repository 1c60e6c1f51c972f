"""tau2-bench itself, where its checkout is set up ($TDS_EVAL_DATA): a policy that knows the solutions, over HTTP."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from agents.serve import app
from agents.teacher.teachers import Message
from evals.bench import data, tau2
from tests.evals.bench.test_bfcl import command

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not (data.folder("tau2") / "venv").exists(), reason="python -m evals.run setup tau2 --checkout"),
]
FEW = ["--category", "airline", "--clusters", "4", "--concurrency", "1"]
STOP = "###STOP###"


class Solver:
    """The agent: the task's own actions, one a turn. It knows which task from what the user says first."""

    def __init__(self, silent: frozenset[str]) -> None:
        rows = json.loads((data.folder("tau2") / "repo/data/tau2/domains/airline/tasks.json").read_text())
        self._actions = {row["id"]: row["evaluation_criteria"]["actions"] for row in rows}
        self._facts = {row["id"]: row["evaluation_criteria"].get("communicate_info") or [] for row in rows}
        self._silent = silent

    def __call__(self, messages: list[Message], tools: list[dict[str, Any]], seed: int) -> Message:
        first = next(str(message["content"]) for message in messages if message["role"] == "user")
        task = re.sub(r"\D", "", first)
        played = sum(message["role"] == "tool" for message in messages)
        if task not in self._silent and played < len(self._actions[task]):
            action = self._actions[task][played]
            function = {"name": action["name"], "arguments": json.dumps(action["arguments"])}
            call = {"id": f"c{played}", "type": "function", "function": function}
            return {"role": "assistant", "content": "", "tool_calls": [call]}
        return {"role": "assistant", "content": "; ".join(["Done", *self._facts[task]])}


def tell_the_task(messages: list[Message], tools: list[dict[str, Any]], seed: int) -> Message:
    """The user: says which task it is, found by the words of its scenario, and ends when it was answered."""
    if sum(message["role"] == "assistant" for message in messages):
        return {"role": "assistant", "content": STOP}
    rows = json.loads((data.folder("tau2") / "repo/data/tau2/domains/airline/tasks.json").read_text())
    prompt = flat(str(messages[0]["content"]))
    task = next(row["id"] for row in rows if all(flat(part) in prompt for part in scenario(row)))
    return {"role": "assistant", "content": f"task {task}"}


def scenario(row: dict[str, Any]) -> list[str]:
    """What the user is told of its task."""
    return [part for part in row["user_scenario"]["instructions"].values() if isinstance(part, str)]


def flat(text: str) -> str:
    return " ".join(text.split())  # tau2 indents what it puts into the prompt


@pytest.fixture(scope="module")
def user() -> Iterator[str]:
    with app.running(app.app(tell_the_task)) as url:
        yield f"openai:offline@{url}"


def test_a_policy_over_http_gets_what_the_script_gets(user: str, tmp_path: Path) -> None:
    with app.running(app.app(Solver(frozenset()))) as url:
        sides = ["--model", f"openai:offline@{url}", "--user", user]
        command(["generate", "tau2", *sides, *FEW, "--out", str(tmp_path)])
    command(["score", str(tmp_path)])
    scored = json.loads((tmp_path / "tau2" / "result.json").read_text())
    assert (scored["score"]["mean"], scored["ceiling"], scored["n"]) == (100, 100, 4)
    assert scored["also"][tau2.SETTLED]["n"] == 4
    assert scored["calls"] > 4
