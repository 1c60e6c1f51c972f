"""tau2-bench by its own runner and grader, in a process of its environment; each task is a cluster.

Data is a checkout, linked as `repo`, with an environment in `venv` beside it: `evals.run setup tau2 --checkout PATH`.
v0.2.0 is the one to compare with the paper: v1.0.0 changed tasks, and since v1.0.1 a model judges 40 retail tasks,
which are left out where no --judge is named. An answer is one simulation as tau2 writes it, graded. What tau2 could not
finish it leaves out of its own mean; here it is wrong where the model did it, and stands beside as its own measure.
"""

import hashlib
import json
import shutil
import subprocess
import tomllib
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Any

from pydantic import JsonValue

from agents import files
from agents.errors import MissingError, UsageError
from agents.schema import JsonObject, Role, Schema
from agents.teacher.request import Answer, Message, Request
from agents.teacher.teachers import Teachers
from agents.teacher.wire.reach import check_teachers
from evals.bench import data
from evals.bench.process import Died, Worker, pool
from evals.schema import INFRASTRUCTURE, UNWEIGHED, Ask, Play, Record, Result, Score, Task

SCRIPT = Path(__file__).parents[1] / "scorers" / "tau2.py"
DOMAINS = ("airline", "retail", "telecom")
SOURCE = (
    "python -m evals.run setup tau2 --checkout PATH, "
    "PATH being of: git clone --branch v0.2.0 https://github.com/sierra-research/tau2-bench"
)
SETTLED = "as tau2 counts it"
"""The score over simulations that tau2 graded, which is what its own metric is the mean of."""
Player = Callable[[Mapping[str, JsonValue], Ask], Awaitable[JsonValue]]
STEPS, ERRORS = 200, 10
"""Of its runner, as evals/scorers/tau2.py gives them to it."""
AT_ONCE = 2
"""Processes for references, which ask no model."""


class Tau2:
    """The tasks of the domains."""

    name = "tau2"
    weights = UNWEIGHED

    def __init__(self, tasks: Sequence[Task], left_out: Mapping[str, int], version: str, sha256: str) -> None:
        self.tasks, self.left_out, self.sha256 = tasks, left_out, sha256
        self.scorer = f"tau2-bench {version}"
        self._user, self._judge, self._at_once = "", "", AT_ONCE
        # floor, ceiling and a noisy reference are made of the same scripts, and each takes a second
        self._played: dict[tuple[str, str], JsonValue] = {}

    def played_by(self, user: str, judge: str, at_once: int) -> "Tau2":
        """The same tasks with models for the user and the judge."""
        self._user, self._judge, self._at_once = user, judge, at_once
        return self

    def gold(self) -> Mapping[str, JsonValue]:
        """Scripts, played while scoring: the task's own actions, then what it wants said."""
        return {task.id: {"script": "gold"} for task in self.tasks}

    def nothing(self) -> Mapping[str, JsonValue]:
        return {task.id: {"script": "nothing"} for task in self.tasks}

    def read_results(self, path: Path) -> dict[str, list[JsonValue]]:
        """Simulations of results files that `tau2 run --save-to` wrote, a file or a folder of one for each domain."""
        simulations: dict[str, list[JsonValue]] = {}
        for file in sorted(path.glob("*.json")) if path.is_dir() else [path]:
            results = json.loads(file.read_text(encoding="utf-8"))
            domain = results["info"]["environment_info"]["domain_name"]
            # tau2 writes trials as they end
            in_order = sorted(results["simulations"], key=lambda row: (row["task_id"], row.get("trial") or 0))
            for simulation in in_order:
                simulations.setdefault(f"{domain}/{simulation['task_id']}", []).append(simulation)
        return simulations

    @asynccontextmanager
    async def playing(self, endpoint: str) -> AsyncIterator[Play]:
        if not self._user:
            raise UsageError("--user: tau2 needs a model that plays its user, such as openai:gpt-4.1")
        check_teachers({Role.USER: self._user, **({Role.QUALITY: self._judge} if self._judge else {})})
        async with self._players() as run:

            async def play(task: Task, seed: int, ask: Ask) -> JsonValue:
                return await run({"id": task.id, "seed": seed}, ask)

            yield play

    @asynccontextmanager
    async def _players(self) -> AsyncIterator[Player]:
        """What plays a task given its request and, unless it is a script, the model."""
        async with AsyncExitStack() as stack:
            sides = {}
            for side, role, name in (("user", Role.USER, self._user), ("judge", Role.QUALITY, self._judge)):
                if name:
                    model = Teachers({role: name})
                    stack.push_async_callback(model.aclose)
                    sides[side] = _asking(model, role)
            run = await stack.enter_async_context(pool(command("play"), self._at_once))

            async def play(request: Mapping[str, JsonValue], ask: Ask) -> JsonValue:
                try:
                    return await run(request, {"agent": ask, **sides})
                except Died as death:
                    return {"raised": str(death)}

            yield play

    async def score(self, records: Sequence[Record]) -> list[Score]:
        """The reward that tau2 gave while the task was played; scripts are played now."""
        scripts = {(record.task, name): None for record in records if (name := _script(record.answer))}
        todo = [key for key in scripts if key not in self._played]
        if todo:
            async with self._players() as run:
                requests: list[dict[str, JsonValue]] = []
                requests += [{"id": task, "seed": 0, "script": name} for task, name in todo]

                async def refuse(messages: list[Message], tools: list[Schema]) -> Answer:
                    raise UsageError("a script of tau2 asked for a model")

                simulations = await data.gather(self._at_once, requests, lambda request: run(request, refuse))
            self._played |= dict(zip(todo, simulations, strict=True))
        return [grade(self._played.get((record.task, _script(record.answer)), record.answer)) for record in records]


def as_results(scored: Result, answers: Sequence[Record]) -> dict[str, JsonObject]:
    """Domain -> its simulations in the file that `tau2 run --save-to` writes, for `tau2 view` and the leaderboard.

    What tau2 itself would have left out is left out here too, and so are scripts, which are no model's.
    """
    by_domain: dict[str, list[JsonObject]] = {}
    for record in answers:
        if isinstance(record.answer, dict) and record.answer.get("reward_info"):
            simulation = {**record.answer, "trial": record.run}
            by_domain.setdefault(record.task.partition("/")[0], []).append(simulation)
    repo, settings = data.folder("tau2") / "repo", scored.settings
    results: dict[str, JsonObject] = {}
    for domain, simulations in by_domain.items():
        folder = repo / "data" / "tau2" / "domains" / domain
        played = {str(simulation["task_id"]) for simulation in simulations}
        tasks = [task for task in json.loads((folder / "tasks.json").read_bytes()) if str(task["id"]) in played]
        # telecom's policy is the one for an agent that has a user; the others' is called so
        policy = next(path for name in ("policy.md", "main_policy.md") if (path := folder / name).exists())
        info = {
            "git_commit": scored.scorer.removeprefix("tau2-bench "),
            "num_trials": scored.runs,
            "max_steps": STEPS,
            "max_errors": ERRORS,
            "user_info": {"implementation": "user_simulator", "llm": settings["user"]},
            "agent_info": {"implementation": "llm_agent", "llm": scored.model},
            "environment_info": {"domain_name": domain, "policy": policy.read_text(encoding="utf-8")},
            "seed": settings["seed"],
        }
        results[domain] = {"info": info, "tasks": tasks, "simulations": simulations}
    return results


def _script(answer: JsonValue) -> str:
    return str(answer.get("script", "")) if isinstance(answer, dict) else ""


def _asking(model: Teachers, role: Role) -> Ask:
    async def ask(messages: list[Message], tools: list[Schema]) -> Answer:
        return await model.answer(Request(role=role, messages=messages, tools=tools))

    return ask


def grade(answer: Any) -> Score:
    """tau2's reward of a simulation; 1 is right."""
    answer = answer or {}
    if "raised" in answer:  # tau2 ends here, or leaves it out: what its agent said could not be used
        return Score(value=0.0, error=f"left out by tau2: {str(answer['raised']).split(':')[0]}")
    reward = (answer.get("reward_info") or {}).get("reward")
    if reward is None or answer.get("termination_reason") == "infrastructure_error":
        return Score(value=0.0, error=f"{INFRASTRUCTURE}: tau2 gave no reward")
    error = "" if reward == 1 else str(answer.get("termination_reason") or "wrong")
    return Score(value=float(reward), error=error, also={SETTLED: float(reward)})


async def load(categories: Sequence[str], user: str, judge: str, at_once: int) -> Tau2:
    """Raises: MissingError: no checkout, or no environment. UsageError: an unknown domain."""
    if unknown := set(categories) - set(DOMAINS):
        raise UsageError(f"--category: tau2 has no domain {', '.join(sorted(unknown))}; one of {', '.join(DOMAINS)}")
    domains = [domain for domain in DOMAINS if not categories or domain in categories]
    repo = data.data("tau2", "repo", SOURCE)
    sha256 = digest(repo, domains)
    path = data.folder("tau2") / "references" / f"tasks-{sha256[:16]}.jsonl"
    if not path.exists():  # kept, for importing tau2 takes ten seconds
        async with Worker(command("tasks", *domains)) as worker:
            head = await worker.first()
            files.write_json_lines(path, [await worker.read() for _ in range(head["rows"])])
    rows = data.lines(path)
    tasks = []
    for row in rows:
        name = f"{row['domain']}/{row['id']}"
        if judge or not row["judged"]:
            tasks.append(Task(id=name, cluster=name, category=row["domain"]))
    left_out = {"needs --judge": len(rows) - len(tasks)} if len(rows) > len(tasks) else {}
    return Tau2(tasks, left_out, version(repo), sha256).played_by(user, judge, at_once)


def command(mode: str, *arguments: str) -> list[str | Path]:
    return [data.interpreter("tau2"), "-I", SCRIPT, data.folder("tau2") / "repo", mode, *arguments]


def set_up(checkout: Path | None) -> Path:
    """The interpreter of an environment with that checkout, linked as `repo`; made where it is of another one.

    Raises: MissingError: no checkout, or one without its data, as a shallow mirror may be.
    """
    home = data.folder("tau2")
    link, venv = home / "repo", home / "venv"
    if checkout is not None:
        if not (checkout / "src" / "tau2").is_dir():
            raise UsageError(f"--checkout {checkout}: no tau2-bench there (src/tau2); {SOURCE}")
        home.mkdir(parents=True, exist_ok=True)
        link.unlink(missing_ok=True)
        link.symlink_to(checkout.absolute())
    repo = data.data("tau2", "repo", SOURCE)
    for domain in DOMAINS:
        folder = repo / "data" / "tau2" / "domains" / domain
        if missing := [name for name in ("tasks.json", "db.*") if not list(folder.glob(name))]:
            raise MissingError(f"setup tau2: {folder} has no {missing[0]}; this checkout is not whole")
    stamp, wanted = venv / "checkout", f"{repo.resolve()} {version(repo)}"
    if not stamp.exists() or stamp.read_text() != wanted:
        shutil.rmtree(venv, ignore_errors=True)
        # editable, so that what runs is the checkout and no copy that grows old
        data.install(["--editable", str(repo.resolve())], venv, data.python("tau2"))
        stamp.write_text(wanted)
    return venv / "bin" / "python"


def version(repo: Path) -> str:
    """The tag that is checked out; what the package calls itself where git cannot tell: v0.2.0 says 0.2.1-dev."""
    done = subprocess.run(["git", "-C", str(repo), "describe", "--tags"], capture_output=True, text=True)
    project = tomllib.loads((repo / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    return done.stdout.strip() or str(project["version"])


def digest(repo: Path, domains: Sequence[str]) -> str:
    """sha256 over what the domains' tasks and their grading are read from."""
    total = hashlib.sha256()
    for domain in domains:
        folder = repo / "data" / "tau2" / "domains" / domain
        # policies too: they are part of what an agent is asked
        for file in sorted(path for name in ("*tasks.json", "*db.*", "*.md") for path in folder.glob(name)):
            total.update(f"{domain}/{file.name}".encode() + file.read_bytes())
    return total.hexdigest()
