"""RebenchT: patches of SWE-rebench instances, graded by the official harness of its fork; clusters are repositories.

Data as SWE-rebench ships it: `instances.jsonl`, and a clone of each repository in `repos`. Answers are patches: of a
model in the OpenHands SDK (evals/bench/openhands.py), or of any scaffold (Qoder) as it wrote them: --model
recorded:predictions.json. The fork counts a fail-to-pass test that was skipped as passed, swebench 5 does not and knows
no install_config, so the two do not compare. The harness needs Docker.
"""

import json
import subprocess
import tempfile
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from pydantic import JsonValue

from evals.answer import records
from evals.bench import data, openhands
from evals.schema import ALL_THERE, INFRASTRUCTURE, UNWEIGHED, Ask, Play, Record, Score, Task

FORK = "git+https://github.com/SWE-rebench/SWE-bench-fork"
SOURCE = "get SWE-rebench of https://huggingface.co/datasets/nebius/SWE-rebench as JSON lines"
HARNESS = f"make its environment there: python3.11 -m venv harness && harness/bin/pip install {FORK}"
MODEL, RUN = "tdscaling", "tdscaling"


class Rebench:
    """The instances of one file."""

    name = "rebench"
    scorer = "SWE-rebench fork of swebench"
    left_out = ALL_THERE
    weights = UNWEIGHED

    def __init__(self, rows: Sequence[Mapping[str, Any]], file: Path) -> None:
        self._rows, self._file = {str(row["instance_id"]): row for row in rows}, file
        self.tasks = [Task(id=key, cluster=str(row["repo"])) for key, row in self._rows.items()]
        self.sha256 = data.digest(file)

    def gold(self) -> Mapping[str, JsonValue]:
        return {key: str(row["patch"]) for key, row in self._rows.items()}

    def nothing(self) -> Mapping[str, JsonValue]:
        return dict.fromkeys(self._rows, "")

    def read_results(self, path: Path) -> dict[str, list[JsonValue]]:
        """Patches of a scaffold's predictions: a JSON list or object, or JSON lines."""
        rows = data.lines(path) if path.suffix == ".jsonl" else json.loads(path.read_bytes())
        patches: dict[str, list[JsonValue]] = {}
        for row in rows.values() if isinstance(rows, dict) else rows:
            patches.setdefault(row["instance_id"], []).append(row["model_patch"] or "")
        return patches

    @asynccontextmanager
    async def playing(self, endpoint: str) -> AsyncIterator[Play]:
        data.interpreter("rebench")

        async def play(task: Task, run: int, ask: Ask) -> JsonValue:
            return await openhands.patch(self._rows[task.id], ask)

        yield play

    async def score(self, records: Sequence[Record]) -> list[Score]:
        """Each run is graded on its own: the harness knows an instance once. Raises MissingError: no harness."""
        scores: dict[tuple[str, int], Score] = {}
        for run in sorted({record.run for record in records}):
            # an empty patch is wrong without a container being built for it
            mine = {record.task: str(record.answer or "") for record in records if record.run == run}
            with tempfile.TemporaryDirectory(prefix="tds-eval-") as folder:
                if patches := {task: patch for task, patch in mine.items() if patch.strip()}:
                    run_harness(self._file, patches, Path(folder))
                scores |= {(task, run): verdict(Path(folder), task, patch) for task, patch in mine.items()}
        return [scores[record.task, record.run] for record in records]


def load() -> Rebench:
    """Raises: MissingError: no instances."""
    file = data.data("rebench", "instances.jsonl", SOURCE)
    return Rebench(data.lines(file), file)


def harness() -> Path:
    """Its interpreter. Raises MissingError: it, or the Docker that it works with, is not there."""
    python = data.data("rebench", "harness/bin/python", HARNESS)
    data.works("rebench", [str(python), "-c", "import swebench.harness"], HARNESS)
    data.works("rebench", ["docker", "info"], "its harness tests in Docker: install it, start it")
    return python


def keep(folder: Path, rows: Sequence[Record]) -> list[Path]:
    """predictions.json, and predictions-1.json of a second run and so on, for the harness on another machine."""
    written = []
    for run in sorted({row.run for row in rows}):
        path = folder / f"predictions{f'-{run}' if run else ''}.json"
        mine = {row.task: str(row.answer or "") for row in rows if row.run == run and not row.is_lost}
        records.replace(path, json.dumps(predictions_of(mine), indent=1) + "\n")
        written.append(path)
    return written


def predictions_of(patches: Mapping[str, str]) -> list[dict[str, str]]:
    """Patches as the harness reads them."""
    return [{"instance_id": key, "model_name_or_path": MODEL, "model_patch": patch} for key, patch in patches.items()]


def run_harness(instances: Path, patches: Mapping[str, str], folder: Path) -> None:
    """Reports of the patches in the folder, where `verdict` reads them."""
    predictions = folder / "predictions.json"
    predictions.write_text(json.dumps(predictions_of(patches)), encoding="utf-8")
    options = ["--dataset_name", str(instances), "--predictions_path", str(predictions), "--run_id", RUN]
    command = [str(harness()), "-m", "swebench.harness.run_evaluation", *options, "--cache_level", "instance"]
    with (folder / "harness.log").open("w") as log:
        subprocess.run(command, cwd=folder, stdout=log, stderr=log)


def verdict(folder: Path, task: str, patch: str) -> Score:
    """What the harness's report says; without one a patch did not apply, ran too long, or the machine failed."""
    if not patch.strip():
        return Score(value=0.0, error="no patch")
    logs = folder / "logs" / "run_evaluation" / RUN / MODEL / task
    if (logs / "report.json").exists():
        resolved = json.loads((logs / "report.json").read_text(encoding="utf-8"))[task]["resolved"]
        return Score(value=float(resolved), error="" if resolved else "not resolved")
    log = (logs / "run_instance.log").read_text(encoding="utf-8") if (logs / "run_instance.log").exists() else ""
    # the harness writes no report for these two; they are the patch's fault, all else is the machine's
    for sign, kind in (("Patch Apply Failed", "patch does not apply"), ("Test timed out", "too long")):
        if sign in log:
            return Score(value=0.0, error=kind)
    return Score(value=0.0, error=f"{INFRASTRUCTURE}: the harness gave no report")
