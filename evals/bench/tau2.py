"""tau2-bench by its own command: each task is one `tau2 run`, whose reward is the score; each task is a cluster.

Data is the checkout in `repo` with an environment in `venv` beside it. v0.2.0 is the one to compare with the paper:
v1.0.0 changed tasks, v1.0.1 has a judge grade 40 retail tasks. An answer is one simulation as tau2 writes it. What tau2
could not grade it leaves out of its own mean; here it is lost to infrastructure. The PyPI package tau2 is unrelated.
"""

import asyncio
import json
import os
import tempfile
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from pydantic import JsonValue

from agents.errors import TeacherError, UsageError
from evals.bench import data
from evals.schema import INFRASTRUCTURE, Ask, Play, Record, Score, Task

DOMAINS = ("airline", "retail", "telecom")
SOURCE = (
    "git clone --branch v0.2.0 https://github.com/sierra-research/tau2-bench there as `repo`, and beside it: "
    "python3.12 -m venv venv && venv/bin/pip install -e repo"
)


class Tau2:
    """The tasks of the domains."""

    name = "tau2"

    def __init__(self, tasks: Sequence[Task], version: str, sha256: str, user: str, temperature: float) -> None:
        self.tasks, self.sha256 = tasks, sha256
        self.scorer = f"tau2-bench {version}"
        self._user, self._temperature = user, temperature

    def gold(self) -> None:
        """Solutions are actions without the words of a conversation; tau2 cannot grade them."""

    def nothing(self) -> None:
        """Needs tau2's own user; its floors were measured as 38% airline, 6% retail, 0 telecom at v0.2.0."""

    def read_results(self, path: Path) -> dict[str, list[JsonValue]]:
        """Simulations of results files that `tau2 run --save-to` wrote, a file or a folder of one for each domain."""
        simulations: dict[str, list[JsonValue]] = {}
        for file in sorted(path.glob("*.json")) if path.is_dir() else [path]:
            results = json.loads(file.read_text(encoding="utf-8"))
            domain = results["info"]["environment_info"]["domain_name"]
            for simulation in sorted(
                results["simulations"], key=lambda simulation: (simulation["task_id"], simulation.get("trial") or 0)
            ):
                simulations.setdefault(f"{domain}/{simulation['task_id']}", []).append(simulation)
        return simulations

    @asynccontextmanager
    async def playing(self, endpoint: str) -> AsyncIterator[Play]:
        if not self._user:
            raise UsageError("--user: tau2 needs a model that plays its user, such as openai:gpt-4.1")
        command = data.data("tau2", "venv/bin/tau2", SOURCE)
        data.works("tau2", [str(command), "--help"], SOURCE)

        async def play(task: Task, run: int, ask: Ask) -> JsonValue:
            with tempfile.TemporaryDirectory(prefix="tds-eval-") as folder:
                return await self._simulated(task, run, endpoint, Path(folder))

        yield play

    async def _simulated(self, task: Task, run: int, endpoint: str, folder: Path) -> JsonValue:
        (folder / "tau2").symlink_to(data.folder("tau2") / "repo" / "data" / "tau2")
        domain, _, name = task.id.partition("/")
        options = ["--domain", domain, "--task-ids", name, "--num-trials", "1", "--seed", str(run), "--save-to", "made"]
        options += [*_model("agent", endpoint, self._temperature), *_model("user", self._user, 0.0)]
        process = await asyncio.create_subprocess_exec(
            data.folder("tau2") / "venv" / "bin" / "tau2",
            "run",
            *options,
            stdout=asyncio.subprocess.DEVNULL,
            stderr=asyncio.subprocess.PIPE,
            env={**os.environ, "TAU2_DATA_DIR": str(folder)},
        )
        _, stderr = await process.communicate()
        written = folder / "simulations" / "made.json"
        simulations = json.loads(written.read_text(encoding="utf-8"))["simulations"] if written.exists() else []
        if not simulations:
            raise TeacherError(f"tau2 {task.id}: no simulation was made: {stderr.decode()[-300:].strip()}")
        simulation: JsonValue = simulations[0]
        return simulation

    async def score(self, records: Sequence[Record]) -> list[Score]:
        return [grade(record.answer) for record in records]


def grade(answer: Any) -> Score:
    """tau2's reward of a simulation; 1 is right. One without a reward was not graded."""
    reward = ((answer or {}).get("reward_info") or {}).get("reward")
    if reward is None:
        return Score(value=0.0, error=f"{INFRASTRUCTURE}: tau2 gave no reward")
    return Score(value=float(reward), error="" if reward == 1 else str(answer.get("termination_reason") or "wrong"))


def load(categories: Sequence[str], user: str, temperature: float) -> Tau2:
    """Raises: MissingError: no checkout, or no environment."""
    domains = [domain for domain in DOMAINS if not categories or domain in categories]
    files = [data.data("tau2", f"repo/data/tau2/domains/{domain}/tasks.json", SOURCE) for domain in domains]
    data.data("tau2", "venv/bin/tau2", SOURCE)
    tasks = []
    for domain, file in zip(domains, files, strict=True):
        rows: list[Mapping[str, Any]] = json.loads(file.read_text(encoding="utf-8"))
        tasks += [Task(id=f"{domain}/{row['id']}", cluster=f"{domain}/{row['id']}", category=domain) for row in rows]
    return Tau2(tasks, _version(), data.digest(*files), user, temperature)


def _version() -> str:
    text = data.data("tau2", "repo/pyproject.toml", SOURCE).read_text(encoding="utf-8")
    return next((line.split('"')[1] for line in text.splitlines() if line.startswith("version")), "unknown")


def _model(side: str, name: str, temperature: float) -> list[str]:
    """Options for one side, in LiteLLM's words: a model behind a URL, or a hosted one."""
    model, _, url = name.removeprefix("openai:").partition("@")
    where = {"api_base": url, "api_key": os.environ.get("OPENAI_API_KEY", "none")} if url else {}
    arguments = json.dumps({"temperature": temperature, **where})
    return [f"--{side}-llm", f"openai/{model}", f"--{side}-llm-args", arguments]
