"""Roles on two served endpoints: each hears its own roles only, and the dataset is that of one process."""

from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import orjson
import pytest

from agents.schema import Role
from agents.serve.app import app, running
from graphs.run import main

SPEAKERS = (Role.USER, Role.ASSISTANT)


@dataclass(frozen=True)
class Runs:
    """The same run twice, and what each endpoint logged of the second."""

    alone: Path
    served: Path
    speakers: Path
    others: Path


def run(out: Path, *options: str) -> Path:
    with pytest.raises(SystemExit, match="0"):
        main(["--out", str(out), "--count", "12", "--seed", "5", "--window", "8", "--concurrency", "4", *options])
    return out


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory) -> Runs:
    folder = tmp_path_factory.mktemp("endpoints")
    speakers, others = folder / "speakers.jsonl", folder / "others.jsonl"
    alone = run(folder / "alone")
    with running(app(log=speakers)) as first, running(app(log=others)) as second:
        pointed = [f"--teacher-{role}=openai:offline@{first}" for role in SPEAKERS]
        served = run(folder / "served", f"--teacher=openai:offline@{second}", *pointed)
    return Runs(alone, served, speakers, others)


def heard(log: Path) -> Counter[str]:
    return Counter(orjson.loads(line)["role"] for line in log.read_bytes().splitlines())


def test_each_endpoint_hears_exactly_its_roles(runs: Runs) -> None:
    asked = orjson.loads((runs.served / "cost.json").read_bytes())["by_role"]
    answers = {role: told["answers"] for role, told in asked.items()}
    assert heard(runs.speakers) == {role: answers[role] for role in SPEAKERS}
    assert heard(runs.others) == {role: answers[role] for role in Role if role not in SPEAKERS}


@pytest.mark.parametrize("name", ["trajectories.jsonl", "metrics.jsonl"])
def test_served_dataset_equals_the_one_in_process(name: str, runs: Runs) -> None:
    made = (runs.served / name).read_bytes()
    assert made == (runs.alone / name).read_bytes()
    assert made.count(b"\n") >= 6
