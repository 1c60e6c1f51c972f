"""tau2 and RebenchT: their formats in and out; their packages are on no registry, so a process stands in for tau2.

tau2 itself is run in e2e/test_tau2.py where a checkout is set up, the scaffold of RebenchT in e2e/test_openhands.py.
"""

import asyncio
import json
import subprocess
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from agents.errors import MissingError
from agents.serve import app
from agents.teacher.teachers import Message
from evals.answer import models
from evals.bench import rebench, tau2
from evals.schema import Record
from tests.evals.bench.test_bfcl import command


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("TDS_EVAL_DATA", str(tmp_path / "data"))
    return tmp_path / "data"


STUB = """
import json, os, sys
wire = os.fdopen(os.dup(1), "w")
def write(row): print(json.dumps(row), file=wire, flush=True)
mode, domains = sys.argv[4], sys.argv[5:]
if mode == "tasks":
    rows = [{"id": str(i), "domain": name, "judged": i == 2 and name == "retail"} for name in domains for i in range(3)]
    write({"version": "0.2.1", "rows": len(rows)})
    for row in rows: write(row)
else:
    write({"ready": True})
    for line in sys.stdin:
        request = json.loads(line)
        reward, said = float(request.get("script") == "gold"), {}
        if "script" not in request:
            for side in ("user", "agent"):
                write({"ask": {"side": side, "messages": [{"role": "user", "content": side}], "tools": []}})
                said[side] = json.loads(sys.stdin.readline())["message"]["content"]
            if said["agent"] == "raise":
                write({"raised": "JSONDecodeError: what the agent said"})
                continue
            reward = float(said["user"] == "I am the user" and said["agent"] == "right")
        end = {"termination_reason": "user_stop", "messages": []}
        write({"result": {"task_id": request["id"], "reward_info": {"reward": reward}, **end}})
"""


@pytest.fixture
def checkout(home: Path) -> Path:
    """The files of a tau2-bench checkout that are read here, and a process that speaks as its own would."""
    for domain in tau2.DOMAINS:
        folder = home / "tau2" / "repo" / "data" / "tau2" / "domains" / domain
        folder.mkdir(parents=True)
        (folder / "tasks.json").write_text("[]")
    (home / "tau2" / "repo" / "pyproject.toml").write_text('[project]\nname = "tau2"\nversion = "0.2.0"\n')
    (home / "stub.py").write_text(STUB)
    script(home / "tau2" / "venv" / "bin" / "python", f'exec {sys.executable} {home / "stub.py"} "$@"')
    return home


def results(domain: str, rewards: dict[str, list[float | None]]) -> str:
    """A results file as `tau2 run --save-to` writes it."""
    runs: list[dict[str, Any]] = []
    for task, trials in rewards.items():
        for trial, reward in enumerate(trials):
            info = None if reward is None else {"reward": reward}
            end = {"termination_reason": "user_stop", "messages": []}
            runs.append({"task_id": task, "trial": trial, "reward_info": info, **end})
    environment = {"environment_info": {"domain_name": domain, "policy": ""}}
    return json.dumps({"info": environment, "tasks": [], "simulations": runs})


def result(out: Path) -> dict[str, Any]:
    command(["score", str(out)])
    return dict(json.loads((out / "tau2" / "result.json").read_text()))


def test_rewards_of_recorded_simulations_become_a_result(checkout: Path, tmp_path: Path) -> None:
    (tmp_path / "air.json").write_text(results("airline", {"0": [1, 0], "1": [1, 1], "2": [0, 0]}))
    options = ["--model", f"recorded:{tmp_path / 'air.json'}", "--runs", "2", "--category", "airline"]
    command(["generate", "tau2", *options, "--out", str(tmp_path / "m")])
    scored = result(tmp_path / "m")
    assert (scored["score"]["mean"], scored["by_run"]) == (50, [pytest.approx(200 / 3), pytest.approx(100 / 3)])
    assert (scored["errors"], scored["scorer"]) == ({"user_stop": 3}, "tau2-bench 0.2.0")
    assert (scored["floor"], scored["ceiling"], scored["input_tokens"]) == (0, 100, None)


def test_simulations_go_out_in_tau2s_own_file_and_are_the_same_results_there(checkout: Path, tmp_path: Path) -> None:
    folder = checkout / "tau2" / "repo" / "data" / "tau2" / "domains" / "airline"
    (folder / "policy.md").write_text("Be kind.")
    (folder / "tasks.json").write_text(json.dumps([{"id": str(n)} for n in range(4)]))
    (tmp_path / "air.json").write_text(results("airline", {"0": [1, 0], "1": [1, 1], "2": [0, 0]}))
    sources = {"m": "air.json", "again": "m/leaderboard/tau2_airline.json"}
    scores = []
    for name, source in sources.items():
        options = ["--model", f"recorded:{tmp_path / source}", "--runs", "2", "--category", "airline"]
        command(["generate", "tau2", *options, "--out", str(tmp_path / name)])
        scores.append(result(tmp_path / name)["by_run"])
        command(["card", str(tmp_path / name)])
    assert scores[0] == scores[1]
    file = json.loads((tmp_path / "m" / "leaderboard" / "tau2_airline.json").read_text())
    assert (file["info"]["environment_info"]["policy"], file["info"]["num_trials"]) == ("Be kind.", 2)
    assert [task["id"] for task in file["tasks"]] == ["0", "1", "2"]


def test_what_tau2_could_not_grade_gives_no_score(
    checkout: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "air.json").write_text(results("airline", {"0": [1], "1": [None], "2": [0]}))
    options = ["--model", f"recorded:{tmp_path / 'air.json'}", "--category", "airline"]
    command(["generate", "tau2", *options, "--out", str(tmp_path / "m")])
    command(["score", str(tmp_path / "m")], 4)
    assert "1 of 3 answers were lost to infrastructure" in capsys.readouterr().err


def test_a_model_needs_a_user_to_talk_to(checkout: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    command(["generate", "tau2", "--model", "openai:m@http://127.0.0.1:9/v1", "--out", str(tmp_path / "m")], 2)
    assert "--user: tau2 needs a model that plays its user" in capsys.readouterr().err


def test_tasks_that_a_model_judges_are_left_out_and_counted_without_one(checkout: Path, tmp_path: Path) -> None:
    for name, judge, n, left_out in (
        ("a", [], 8, {"needs --judge": 1}),
        ("b", ["--judge", "openai:j@http://127.0.0.1:9/v1"], 9, {}),
    ):
        command(["generate", "tau2", "--model", "gold", "--out", str(tmp_path / name), *judge])
        scored = result(tmp_path / name)
        assert (scored["n"], scored["left_out"], scored["score"]["mean"]) == (n, left_out, 100)


def test_user_and_agent_are_asked_at_their_own_endpoints_and_what_tau2_leaves_out_is_wrong(
    checkout: Path, tmp_path: Path
) -> None:
    replies = iter(["right", "raise", "wrong"])

    def agent(messages: list[Message], tools: list[dict[str, Any]], seed: int) -> Message:
        return {"role": "assistant", "content": next(replies)}

    def user(messages: list[Message], tools: list[dict[str, Any]], seed: int) -> Message:
        return {"role": "assistant", "content": "I am the user"}

    with app.running(app.app(agent)) as first, app.running(app.app(user)) as second:
        sides = ["--model", f"openai:offline@{first}", "--user", f"openai:offline@{second}"]
        options = ["--category", "telecom", "--concurrency", "1", "--out", str(tmp_path / "m")]
        command(["generate", "tau2", *sides, *options])
    scored = result(tmp_path / "m")
    assert (scored["score"]["mean"], scored["calls"]) == (pytest.approx(100 / 3), 3)
    assert (scored["also"][tau2.SETTLED]["mean"], scored["also"][tau2.SETTLED]["n"]) == (50, 2)
    assert scored["errors"] == {"left out by tau2: JSONDecodeError": 1, "user_stop": 1}


def test_a_checkout_without_its_data_is_told(home: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    command(["setup", "tau2", "--checkout", str(tmp_path)], 2)
    assert "no tau2-bench there (src/tau2)" in capsys.readouterr().err
    (tmp_path / "src" / "tau2").mkdir(parents=True)
    command(["setup", "tau2", "--checkout", str(tmp_path)], 3)
    assert "domains/airline has no tasks.json; this checkout is not whole" in capsys.readouterr().err


@pytest.fixture
def instances(home: Path) -> Path:
    """Two instances of SWE-rebench."""
    rows = [
        {"instance_id": f"o__r-{i}", "repo": "o/r", "patch": f"diff {i}", "base_commit": "0" * 40} for i in range(2)
    ]
    (home / "rebench").mkdir(parents=True)
    (home / "rebench" / "instances.jsonl").write_text("\n".join(map(json.dumps, rows)))
    return home


def test_predictions_are_read_and_written_in_the_harness_form(instances: Path, tmp_path: Path) -> None:
    suite, file = rebench.load(), tmp_path / "predictions.json"
    file.write_text(json.dumps(rebench.predictions_of({"o__r-0": "diff 0", "o__r-1": ""})))
    records = models.find_answers(f"recorded:{file}", suite, runs=1, seed=0) or {}
    assert [record.answer for record in records.values()] == ["diff 0", ""]
    assert suite.gold() == {"o__r-0": "diff 0", "o__r-1": "diff 1"}


def test_reports_of_the_harness_say_right_wrong_or_nothing(tmp_path: Path) -> None:
    logs = {
        "a": {"report.json": json.dumps({"a": {"resolved": True}})},
        "b": {"report.json": json.dumps({"b": {"resolved": False}})},
        "c": {"run_instance.log": ">>>>> Patch Apply Failed:\nerror"},
        "d": {"run_instance.log": "Cannot connect to the Docker daemon"},
    }
    for name, files in logs.items():
        folder = tmp_path / "logs" / "run_evaluation" / rebench.RUN / rebench.MODEL / name
        folder.mkdir(parents=True)
        for file, text in files.items():
            (folder / file).write_text(text)
    verdicts = [rebench.verdict(tmp_path, name, "diff") for name in logs]
    assert [verdict.value for verdict in verdicts] == [1, 0, 0, 0]
    expected = ["", "not resolved", "patch does not apply", "infrastructure: the harness gave no report"]
    assert [verdict.error for verdict in verdicts] == expected
    assert rebench.verdict(tmp_path, "e", "").error == "no patch"


def script(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!/bin/sh\n{text}\n")
    path.chmod(0o755)


def test_a_harness_that_gives_no_report_is_not_the_models_fault(
    instances: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    script(instances / "rebench" / "harness" / "bin" / "python", "exit 0")
    script(tmp_path / "bin" / "docker", "exit 0")
    monkeypatch.setenv("PATH", f"{tmp_path / 'bin'}:/usr/bin:/bin")
    (score,) = asyncio.run(rebench.load().score([Record(task="o__r-0", run=0, answer="diff")]))
    assert score.error == "infrastructure: the harness gave no report"


@pytest.mark.parametrize(
    ("python", "docker", "told"),
    [
        (None, "exit 0", "/rebench/harness/bin/python; make its environment there: python3.11 -m venv harness"),
        ("echo no swebench >&2; exit 1", "exit 0", "import swebench.harness` fails: exit code 1: no swebench"),
        ("exit 0", "echo no daemon >&2; exit 1", "`docker info` fails: exit code 1: no daemon; its harness tests in"),
        ("exit 0", None, "`docker info` fails: [Errno 2] No such file or directory: 'docker'"),
    ],
)
def test_what_grading_needs_is_named(
    instances: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    python: str | None,
    docker: str | None,
    told: str,
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    for path, text in ((instances / "rebench/harness/bin/python", python), (tmp_path / "bin/docker", docker)):
        if text:
            script(path, text)
    command(["generate", "rebench", "--model", "gold", "--out", str(tmp_path / "m")])
    predictions = json.loads((tmp_path / "m" / "rebench" / "predictions.json").read_text())
    assert predictions == rebench.predictions_of({"o__r-0": "diff 0", "o__r-1": "diff 1"})
    command(["score", str(tmp_path / "m")], 3)
    assert told in capsys.readouterr().err


def test_what_the_scaffold_needs_is_named(instances: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    # that it answers is enough: nothing is asked of it here
    with ThreadingHTTPServer(("127.0.0.1", 0), BaseHTTPRequestHandler) as somebody:
        threading.Thread(target=somebody.serve_forever, daemon=True).start()
        model = f"openai:m@http://127.0.0.1:{somebody.server_port}/v1"
        options = ["generate", "rebench", "--model", model, "--out", str(tmp_path / "m")]
        command(options, 3)
        assert "venv/bin/python; make it with: python -m evals.run setup rebench" in capsys.readouterr().err
        script(instances / "rebench" / "venv" / "bin" / "python", "exit 1")
        command(options, 3)
        assert "repos/o__r; git clone --bare https://github.com/o/r there" in capsys.readouterr().err
        subprocess.run(["git", "init", "--quiet", "--bare", instances / "rebench" / "repos" / "o__r"], check=True)
        command(options, 3)
        somebody.shutdown()
    assert f"rebench: no commit {'0' * 40} in {instances}" in capsys.readouterr().err


def test_a_tau2_that_does_not_start_is_missing(
    checkout: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    script(checkout / "tau2" / "venv" / "bin" / "python", "echo broken >&2; exit 1")
    command(["generate", "tau2", "--model", "gold", "--out", str(tmp_path / "m")], 3)
    assert "a scorer's process does not start (ended): run `" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("bench", "told"),
    [("tau2", "git clone --branch v0.2.0 https://github.com/sierra-research"), ("rebench", "nebius/SWE-rebench")],
)
def test_what_is_missing_is_named_with_where_to_get_it(
    home: Path, tmp_path: Path, bench: str, told: str, capsys: pytest.CaptureFixture[str]
) -> None:
    command(["generate", bench, "--model", "gold", "--out", str(tmp_path / "m")], 3)
    stderr = capsys.readouterr().err
    assert told in stderr
    assert str(home / bench) in stderr


def test_a_checkout_without_its_environment_is_missing_too(checkout: Path) -> None:
    (checkout / "tau2" / "venv" / "bin" / "python").unlink()
    with pytest.raises(MissingError, match=r"venv/bin/python; make it with: python -m evals.run setup tau2"):
        asyncio.run(tau2.load((), "", "", 1))
