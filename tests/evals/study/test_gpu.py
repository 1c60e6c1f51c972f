"""The study that is prepared for one GPU, on a CPU with a student of two layers: stopped, gone on with, its page."""

import json
import os
import signal
import subprocess
import sys
import time
import tomllib
from pathlib import Path

import pytest

from tests import figures, tiny_student

ROOT = Path(__file__).parents[3]
FILE = ROOT / "evals" / "studies" / "gpu.toml"
SMALL = {
    'student = "Qwen/Qwen3-0.6B"': 'student = "student"',
    "seeds = [0, 1, 2]": "seeds = [0]",
    "sizes = [125, 1000]": "sizes = [2, 3]",
    "random = 10, apigen-mt = 10, toucan = 10, simia = 10}": "simia = 1}",
    "exam = {tdscaling = 10": "exam = {tdscaling = 1",
    "length = 4096": "length = 8192",
    "free = 20": "free = 1",
}
"""What differs on a CPU; all else is as it will be: options, template, arms, the way a run goes on."""


@pytest.mark.slow
def test_it_runs_as_it_is_but_for_its_size_and_goes_on_after_its_time_is_up(tmp_path: Path) -> None:
    text = FILE.read_text()
    for old, new in SMALL.items():
        assert old in text
        text = text.replace(old, new)
    (tmp_path / "gpu.toml").write_text(text)
    tiny_student.save(tmp_path / "student")
    command = [sys.executable, "-m", "evals.study", "run", str(tmp_path / "gpu.toml"), "--out", str(tmp_path / "out")]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    first = subprocess.Popen(command, cwd=tmp_path, env=environment, start_new_session=True)
    while not list((tmp_path / "out" / "cells").glob("sft-*/manifest.json")):
        assert first.poll() is None
        time.sleep(0.1)
    os.killpg(first.pid, signal.SIGTERM)  # as `timeout` ends it
    first.wait()
    kept = {path: path.read_bytes() for path in (tmp_path / "out" / "cells").glob("*/manifest.json")}
    subprocess.run(command, cwd=tmp_path, env=environment, check=True)
    assert {path: path.read_bytes() for path in kept} == kept
    results = json.loads((tmp_path / "out" / "results.json").read_text())
    config = tomllib.loads(text)
    points = [(row["point"]["arm"], row["point"]["rows"]) for row in results["points"] if row["point"]["by"] == "size"]
    assert sorted(points) == sorted((arm, size) for arm in config["arms"] for size in config["sizes"])
    assert figures.bare((tmp_path / "out" / "study.html").read_text()) == []
