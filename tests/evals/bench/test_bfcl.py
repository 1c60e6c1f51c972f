import asyncio
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from agents.errors import UsageError
from agents.serve import app
from evals import run
from evals.answer import models
from evals.bench import bfcl, data
from evals.bench.load import Config, choose
from evals.schema import Outcome, Record
from evals.score.result import interval, score_records
from tests import bfcl_policy


@pytest.fixture(scope="module")
def suite() -> bfcl.BFCL:
    """All 800 multi-turn tasks; the scorer's environment is made where it is not there."""
    data.set_up("bfcl")
    return asyncio.run(bfcl.load((), "fc", 2))


def outcomes(suite: bfcl.BFCL, answers: dict[str, Any]) -> list[Outcome]:
    rows = [Record(task=task, run=0, answer=answer) for task, answer in answers.items()]
    return asyncio.run(score_records(suite, rows))


def test_gold_is_right_in_all_800_tasks_and_silence_in_none(suite: bfcl.BFCL) -> None:
    gold, nothing = outcomes(suite, dict(suite.gold() or {})), outcomes(suite, dict(suite.nothing()))
    assert [sum(outcome.value for outcome in gold), sum(outcome.value for outcome in nothing)] == [800, 0]
    assert interval(gold).clusters == 200


def test_a_policy_that_drops_turns_gets_the_score_known_beforehand(suite: bfcl.BFCL) -> None:
    tasks = choose(suite, Config(bench="bfcl", model="gold", clusters=40, seed=1))
    gold = {task.id: (suite.gold() or {})[task.id] for task in tasks}
    asks = {task: words for kind in bfcl.MULTI_TURN for task, words in bfcl_policy.questions(kind).items()}
    scored = outcomes(suite, bfcl_policy.read_results(gold, asks, 0.1))
    expected = bfcl_policy.right(gold, asks, 0.1)
    assert {outcome.task: bool(outcome.value) for outcome in scored} == expected
    assert 0 < sum(expected.values()) < len(expected)


@pytest.fixture(scope="module")
def live(suite: bfcl.BFCL) -> Iterator[str]:
    asks = bfcl_policy.questions("multi_turn_miss_func")
    gold = {task: turns for task, turns in (suite.gold() or {}).items() if task in asks}
    with app.running(app.app(bfcl_policy.Policy(gold, asks, 0.1))) as url:
        yield f"openai:offline@{url}"


def test_the_same_policy_behind_an_endpoint_gets_the_same_score(
    suite: bfcl.BFCL, live: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    options = ["--category", "multi_turn_miss_func", "--clusters", "12", "--concurrency", "2"]
    command(["generate", "bfcl", "--model", live, "--out", str(tmp_path), *options])
    command(["score", str(tmp_path)])
    result = json.loads((tmp_path / "bfcl" / "result.json").read_text())
    small = asyncio.run(bfcl.load(["multi_turn_miss_func"], "fc", 1))
    tasks = {
        task.id: (suite.gold() or {})[task.id]
        for task in choose(small, Config(bench="bfcl", model="gold", clusters=12))
    }
    expected = bfcl_policy.right(tasks, bfcl_policy.questions("multi_turn_miss_func"), 0.1)
    assert result["score"]["mean"] == pytest.approx(100 * sum(expected.values()) / 12)
    assert (result["floor"], result["ceiling"], result["n"]) == (0, 100, 12)
    assert result["calls"] > 12


def command(arguments: list[str], code: int = 0) -> None:
    with pytest.raises(SystemExit) as ended:
        run.main(arguments)
    assert ended.value.code == code


def test_calls_that_are_code_touch_nothing_and_are_wrong(suite: bfcl.BFCL, tmp_path: Path) -> None:
    mark = tmp_path / "touched"
    evil = [{f"__import__('pathlib').Path({str(mark)!r}).touch": "{}"}, {"print({'valid': True}) or cd": "{}"}]
    evil.append({"open": json.dumps({"file": str(mark), "mode": "w"})})
    turns = (suite.gold() or {})["multi_turn_base_0"]
    rows = [Record(task="multi_turn_base_0", run=i, answer=[[[call]] for _ in turns]) for i, call in enumerate(evil)]
    scores = asyncio.run(suite.score(rows))
    assert ([score.value for score in scores], mark.exists()) == ([0, 0, 0], False)


def test_text_that_never_ends_to_decode_is_wrong_and_the_next_is_scored(suite: bfcl.BFCL) -> None:
    rows = [{"id": "simple_python_0", "run": 0, "result": f"[f(x={text})]"} for text in ("9**9**9**9", "1")]
    verdicts = asyncio.run(bfcl.judge(bfcl.command("score", "prompt"), rows, silence_s=8))
    assert [verdict["error"] for verdict in verdicts] == [
        "scorer: no answer in 8 s",
        "simple_function_checker:wrong_func_name",
    ]


def test_a_noisy_reference_is_wrong_where_it_says_nothing(suite: bfcl.BFCL) -> None:
    answers = models.find_answers("noisy:0.25", suite, runs=1, seed=3) or {}
    assert sum(not any(record.answer) for record in answers.values() if isinstance(record.answer, list)) == 200
    with pytest.raises(UsageError, match="share from 0 to 1"):
        models.find_answers("noisy:2", suite, runs=1, seed=3)


@pytest.mark.parametrize("broken", ["exit 1", "echo no JSON"])
def test_an_environment_that_does_not_start_is_missing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], broken: str
) -> None:
    monkeypatch.setenv("TDS_EVAL_DATA", str(tmp_path))
    python = tmp_path / "bfcl" / "venv" / "bin" / "python"
    python.parent.mkdir(parents=True)
    python.write_text(f"#!/bin/sh\n{broken}\n")
    python.chmod(0o755)
    command(["generate", "bfcl", "--model", "gold", "--out", str(tmp_path / "m")], 3)
    assert f"a scorer's process does not start (ended): run `{python} -I " in capsys.readouterr().err


def test_a_category_that_needs_a_network_is_refused(suite: bfcl.BFCL) -> None:
    with pytest.raises(UsageError, match="'web_search' is none of"):
        asyncio.run(bfcl.load(["web_search"], "fc", 1))


def test_calls_are_right_in_each_of_the_forms_that_prompts_ask_for() -> None:
    data.set_up("bfcl")
    forms = asyncio.run(bfcl.load(["format_sensitivity"], "prompt", 1))
    tasks = choose(forms, Config(bench="bfcl", model="gold", mode="prompt", clusters=6, seed=2))
    gold = {task.id: (forms.gold() or {})[task.id] for task in tasks}
    assert len(tasks) == 6 * 26
    assert {"<TOOLCALL>[", '[{"fun', "<functions>"} <= {str(text)[:n] for text in gold.values() for n in (6, 11)}
    assert [outcome.value for outcome in outcomes(forms, gold)] == [1.0] * len(tasks)
    bad = {task: str(text).replace("(", "(x=1 + f(2), ", 1) for task, text in gold.items() if "ret_fmt=python" in task}
    assert {outcome.value for outcome in outcomes(forms, bad)} == {0.0}


def test_a_question_to_a_memory_is_asked_after_the_conversations_that_fill_it(tmp_path: Path) -> None:
    data.set_up("bfcl")
    memory = asyncio.run(bfcl.load(["memory_kv"], "fc", 1))
    tasks = choose(memory, Config(bench="bfcl", model="gold", clusters=1, seed=4))
    asked = {row["id"].rpartition("/")[0]: row["text"] for row in asyncio.run(bfcl.texts(["memory_kv"]))}
    answers: dict[str, Any] = {asked[task]: gold for task, gold in (memory.gold() or {}).items()}
    earlier = []

    def said(messages: list[Any], tools: list[Any], seed: int) -> dict[str, Any]:
        user = next(message["content"] for message in reversed(messages) if message["role"] == "user")
        if user not in answers:
            earlier.append((user, sorted(tool["function"]["name"] for tool in tools)))
        return {"role": "assistant", "content": answers[user][0][0] if user in answers else "Noted."}

    options = ["--category", "memory_kv", "--clusters", "1", "--seed", "4", "--concurrency", "1"]
    with app.running(app.app(said)) as url:
        command(["generate", "bfcl", "--model", f"openai:offline@{url}", "--out", str(tmp_path), *options])
    command(["score", str(tmp_path)])
    result = json.loads((tmp_path / "bfcl" / "result.json").read_text())
    assert (result["n"], result["score"]["mean"], result["ceiling"], result["floor"]) == (len(tasks), 100, 100, 0)
    assert len(earlier) > 10
    assert all(any("archival" in name for name in names) for _, names in earlier)
