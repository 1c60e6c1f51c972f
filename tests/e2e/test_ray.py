"""Slots played by Ray actors: the bytes of one process, whoever is killed."""

import sqlite3
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import orjson
import psutil
import pytest

from agents.serve.app import app, running
from agents.serve.faults import Faults
from graphs.campaign.record.journal import seed_of
from graphs.run import main

FILES = ("trajectories.jsonl", "rejected.jsonl", "metrics.jsonl")
SLOTS = ("--count=16", "--seed=4", "--window=16", "--concurrency=8")
RAY = ("--engine=ray", "--workers=2")


def ended(*options: str) -> int:
    with pytest.raises(SystemExit) as exited:
        main([*options])
    return int(exited.value.code or 0)


@pytest.fixture(scope="module")
def alone(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same run in one process, without an endpoint."""
    out = tmp_path_factory.mktemp("ray") / "alone"
    assert ended("--out", str(out), *SLOTS) == 0
    return out


class Endpoint:
    """The served teacher: its name and the seeds of the requests that it heard, which tell them apart."""

    def __init__(self, url: str, log: Path) -> None:
        self.name, self._log = f"openai:offline@{url}", log

    def heard(self) -> list[int]:
        return (
            [orjson.loads(line)["seed"] for line in self._log.read_bytes().splitlines()] if self._log.exists() else []
        )


@pytest.fixture
def endpoint(tmp_path: Path) -> Iterator[Endpoint]:
    log = tmp_path / "log.jsonl"
    with running(app(log=log, wrong=Faults(latency=0.02))) as url:
        yield Endpoint(url, log)


@contextmanager
def driver(out: Path, endpoint: Endpoint) -> Iterator[psutil.Popen]:
    """The command, as a process of its own; its words are in `out`'s neighbour `told`."""
    command = [sys.executable, "-m", "graphs.run", "--out", str(out), *SLOTS, *RAY, f"--teacher={endpoint.name}"]
    with out.with_name("told").open("wb") as told, psutil.Popen(command, stderr=told, stdout=told) as process:
        yield process


def rays(process: psutil.Popen, *names: str) -> list[psutil.Process]:
    """Those of its processes whose command has one of these names."""
    return [one for one in process.children(recursive=True) if any(name in one.cmdline()[0] for name in names)]


def wait(process: psutil.Popen, until: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 180
    while not until():
        assert process.poll() is None, "it ended before it was killed"
        assert time.monotonic() < deadline
        time.sleep(0.01)


def test_a_killed_actor_costs_no_answer_and_no_byte(alone: Path, endpoint: Endpoint, tmp_path: Path) -> None:
    out = tmp_path / "run"
    with driver(out, endpoint) as process:
        wait(process, lambda: len(endpoint.heard()) > 30)
        victim, _ = rays(process, "ray::Actor")
        victim.kill()
    told = out.with_name("told").read_text()
    assert process.returncode == 0, told
    assert "a Ray actor died; another is started" in told
    assert {name: (out / name).read_bytes() for name in FILES} == {name: (alone / name).read_bytes() for name in FILES}
    assert max(Counter(endpoint.heard()).values()) == 1
    assert orjson.loads((out / "cost.json").read_bytes())["requests"] == len(endpoint.heard())


@pytest.mark.slow
def test_a_killed_driver_leaves_no_actor_and_loses_no_answer(alone: Path, endpoint: Endpoint, tmp_path: Path) -> None:
    out = tmp_path / "run"
    with driver(out, endpoint) as process:
        wait(process, lambda: len(endpoint.heard()) > 60)
        theirs = rays(process, "ray::Actor", "raylet", "gcs_server")
        process.kill()
    assert len(theirs) == 4
    assert psutil.wait_procs(theirs, timeout=60)[1] == []  # only Ray's two agents take a minute or two
    before = len(endpoint.heard())
    with sqlite3.connect(out / "journal.sqlite") as journal:
        known = {seed_of(4, *place) for place in journal.execute("select slot, call from answers")}
    assert ended("--out", str(out), "--resume", "--engine=process") == 0
    assert len(known) > 40
    assert known.isdisjoint(endpoint.heard()[before:])
    assert {name: (out / name).read_bytes() for name in FILES} == {name: (alone / name).read_bytes() for name in FILES}
