"""A faulty endpoint costs time and never bytes; a killed run asks again for no answer that it had.

The full sizes: python -m pytest -m slow tests/e2e/test_faults.py
"""

import asyncio
import random
import sqlite3
import time
from collections import Counter
from contextlib import aclosing
from pathlib import Path
from typing import Any

import orjson
import pytest
from starlette.exceptions import HTTPException

from agents import offline
from agents.offline.model import role_of
from agents.schema import Role
from agents.serve.app import app, as_in_process, running
from agents.serve.faults import Faults
from agents.teacher.teachers import Message, Request, teachers
from graphs.campaign.record.journal import seed_of
from graphs.run import main
from tests.die_at import RECORD, kill

FILES = ("trajectories.jsonl", "rejected.jsonl", "metrics.jsonl")
SEED = 4
FAULTS = Faults(throttled=0.05, errors=0.05, cut=0.02, malformed=0.03, seed=1)
NAMES = {"429": "throttled", "500": "server", "malformed": "malformed", "cut": "cut"}


def ended(*options: str) -> int:
    with pytest.raises(SystemExit) as exited:
        main([*options, f"--seed={SEED}"])
    return int(exited.value.code or 0)


def lines(log: Path) -> list[dict[str, Any]]:
    return [orjson.loads(line) for line in log.read_bytes().splitlines()] if log.exists() else []


def bytes_of(run: Path) -> dict[str, bytes]:
    return {name: (run / name).read_bytes() for name in FILES}


@pytest.mark.parametrize(("count", "latency_s"), [(12, 0.01), pytest.param(500, 0.2, marks=pytest.mark.slow)])
def test_faults_change_no_byte_and_every_request_is_counted(count: int, latency_s: float, tmp_path: Path) -> None:
    alone, out, log = tmp_path / "alone", tmp_path / "run", tmp_path / "log.jsonl"
    assert ended("--out", str(alone), f"--count={count}", "--window=64", "--concurrency=64") == 0
    with running(app(log=log, wrong=FAULTS.model_copy(update={"latency": latency_s}))) as url:
        served = ("--out", str(out), f"--count={count}", "--window=64", "--concurrency=64", "--attempts=12")
        assert ended(*served, f"--teacher=openai:offline@{url}") == 0
    assert bytes_of(out) == bytes_of(alone)
    cost, heard = orjson.loads((out / "cost.json").read_bytes()), lines(log)
    assert cost["requests"] == len(heard)
    faults = sum((Counter(one) for one in cost["transport_faults"].values()), Counter[str]())
    outcomes = Counter(line["outcome"] for line in heard)
    assert faults == {NAMES[name]: outcomes[name] for name in NAMES if outcomes[name]}
    complete = [line["usage"] for line in heard if line["outcome"] == "ok"]
    assert cost["tokens"]["input"] == sum(usage["prompt_tokens"] for usage in complete)
    assert cost["tokens"]["output"] == sum(usage["completion_tokens"] for usage in complete)


def recorded(out: Path) -> set[int]:
    """The seeds of the requests whose answers a dead process had recorded."""
    if not (out / "journal.sqlite").exists():
        return set()
    with sqlite3.connect(out / "journal.sqlite") as journal:
        return {seed_of(SEED, *place) for place in journal.execute("select slot, call from answers")}


@pytest.mark.parametrize(("count", "kills"), [(6, 2), pytest.param(24, 10, marks=pytest.mark.slow)])
def test_a_killed_run_asks_again_for_no_answer_it_had(count: int, kills: int, tmp_path: Path) -> None:
    alone, out, log, rng = tmp_path / "alone", tmp_path / "run", tmp_path / "log.jsonl", random.Random(count)
    assert ended("--out", str(alone), f"--count={count}", "--concurrency=4") == 0
    with running(app(log=log, wrong=Faults(latency=0.05))) as url:
        told = [f"--count={count}", f"--seed={SEED}", "--concurrency=4", f"--teacher=openai:offline@{url}"]
        known, heard = set[int](), 0
        for n in range(kills):
            options = ["--resume"] if (out / "manifest.json").exists() else told
            kill(RECORD, rng.randint(5, 12), "--out", str(out), *options)
            assert not {line["seed"] for line in lines(log)[heard:]} & known, f"kill {n}"
            known, heard = recorded(out), len(lines(log))
        assert ended("--out", str(out), "--resume") == 0
    assert not {line["seed"] for line in lines(log)[heard:]} & known
    assert bytes_of(out) == bytes_of(alone)


TEN = ("--count=10", "--window=8", "--concurrency=4")


@pytest.fixture(scope="module")
def ten(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """The files of ten slots of the teacher in this process."""
    alone = tmp_path_factory.mktemp("faults") / "alone"
    assert ended("--out", str(alone), *TEN) == 0
    return bytes_of(alone)


class Wallet:
    """The offline teacher, that is paid for: one role's requests beyond some are refused until somebody tops up."""

    def __init__(self, role: Role, paid: int) -> None:
        self.role, self.paid, self.asked = role, paid, 0

    def __call__(self, messages: list[Message], tools: list[dict[str, Any]], seed: int) -> Message:
        if role_of(messages) == self.role:
            self.asked += 1
            if self.asked > self.paid:
                raise HTTPException(402, "This request requires more credits")
        return offline.reply(as_in_process(messages), tools, seed)


MOMENTS = [
    (Role.QUALITY, 3),
    (Role.USER, 6),
    *(pytest.param(role, paid, marks=pytest.mark.slow) for role in Role for paid in (0, 1, 2, 5, 9)),
    *(pytest.param(role, 14, marks=pytest.mark.slow) for role in (Role.ASSISTANT, Role.OBSERVATION)),
]
"""Plans, verdicts and the user's words are asked for fewer than 14 times in such a run: that would be after its end."""


@pytest.mark.parametrize(("role", "paid"), MOMENTS)
def test_no_credit_stops_at_once_and_a_resume_gives_the_same_bytes(
    role: Role, paid: int, ten: dict[str, bytes], tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    out, wallet = tmp_path / "run", Wallet(role, paid)
    with running(app(wallet)) as url:
        assert ended("--out", str(out), *TEN, f"--teacher=openai:offline@{url}") == 2
        refused, heard = wallet.asked - paid, capfd.readouterr().err
        assert refused <= 4, "each slot in flight asks once"
        assert "out of credit or quota (HTTP 402: This request requires more credits)" in heard
        wallet.paid = 10**9
        resume = ["--resume"] if (out / "manifest.json").exists() else [*TEN, f"--teacher=openai:offline@{url}"]
        assert ended("--out", str(out), *resume) == 0
    assert bytes_of(out) == ten


@pytest.mark.parametrize(
    "role", [Role.ASSISTANT, *(pytest.param(role, marks=pytest.mark.slow) for role in Role if role != Role.ASSISTANT)]
)
def test_kills_around_an_empty_account_change_no_byte(role: Role, ten: dict[str, bytes], tmp_path: Path) -> None:
    """Killed, out of credit, killed while it is still out, topped up, killed again, and then resumed to its end."""
    out, wallet = tmp_path / "run", Wallet(role, 10**9)
    with running(app(wallet)) as url:
        kill(RECORD, 9, "--out", str(out), *TEN, f"--seed={SEED}", f"--teacher=openai:offline@{url}")
        wallet.paid = wallet.asked + 2
        assert ended("--out", str(out), "--resume") == 2
        assert ended("--out", str(out), "--resume") == 2, "nothing has been paid in the meantime"
        wallet.paid = 10**9
        kill(RECORD, 9, "--out", str(out), "--resume")
        assert ended("--out", str(out), "--resume") == 0
    assert bytes_of(out) == ten


def test_a_judge_that_says_nothing_useful_is_asked_anew_by_a_resume(ten: dict[str, bytes], tmp_path: Path) -> None:
    out, useless = tmp_path / "run", [True]

    def judge(messages: list[Message], tools: list[dict[str, Any]], seed: int) -> Message:
        probed = "learn the time in Lisbon" in str([message["content"] for message in messages])
        if useless[0] and not probed and role_of(messages) == Role.QUALITY:
            return {"role": "assistant", "content": "I would rather not."}
        return offline.reply(as_in_process(messages), tools, seed)

    with running(app(judge)) as url:
        assert ended("--out", str(out), *TEN, f"--teacher-quality=openai:offline@{url}") == 2
        heard = [row["reason"] for row in lines(out / "rejected.jsonl")]
        useless[0] = False
        assert ended("--out", str(out), "--resume") == 0
    assert heard.count("unjudged") == 4
    assert (out / "trajectories.jsonl").read_bytes() == ten["trajectories.jsonl"]


@pytest.mark.slow
async def test_a_rate_limit_is_kept_to_and_forgotten_over_http(tmp_path: Path) -> None:
    """50 requests a second from second 10 to 45, 64 at once: 45 to 51 pass after 20 s, under 2% are refused."""
    log, answered, refused = tmp_path / "log.jsonl", list[float](), list[float]()
    wrong = Faults(latency=0.2, rate_limit=50, limit_from=10, limit_until=45)
    script = app(lambda messages, tools, seed: {"role": "assistant", "content": "{}"}, log=log, wrong=wrong)
    with running(script) as url:
        async with aclosing(teachers(f"openai:offline@{url}")) as made:
            began = time.monotonic()

            async def worker(n: int) -> None:
                while (now := time.monotonic() - began) < 75:
                    messages = [{"role": "system", "content": "You are the UserAgent."}]
                    answer = await made.answer(Request(role=Role.USER, messages=messages, seed=n))
                    answered.append(time.monotonic() - began)
                    refused.extend([now] * len(answer.faults))

            await asyncio.gather(*(worker(n) for n in range(64)))
    per_s = [sum(begin <= one < begin + 5 for one in answered) / 5 for begin in range(0, 75, 5)]
    print("answered per second, by 5 s:", per_s, "refused:", len(refused), "of", len(lines(log)))
    free = per_s[1]
    assert free > 75, "too busy a machine: it is itself as slow as the limit"
    assert 45 <= sum(per_s[6:9]) / 3 <= 51
    assert len(refused) < 0.02 * len(lines(log))
    assert max(per_s[11:]) > 0.8 * free
