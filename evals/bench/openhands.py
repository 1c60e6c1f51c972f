"""The OpenHands SDK as the scaffold of RebenchT: an instance's repository and its issue -> the agent's patch.

Each instance has a process of its own (evals/scorers/openhands.py) with a checkout of one commit, and no later ones; it
has no network and cannot read the benchmark's data. The agent has the machine's own Python, not the packages of the
instance's Docker image, so it can run fewer tests than in published runs, with which its score does not compare.
"""

import asyncio
import subprocess
from collections.abc import Mapping
from pathlib import Path
from string import Template
from typing import Any

from agents.errors import FormatError, MissingError
from evals.bench import data
from evals.bench.process import Died, Worker, converse
from evals.schema import Ask

SCRIPTS = Path(__file__).parents[1] / "scorers"
STEPS = 100
"""Of the agent, for one instance."""
SILENCE_S = 1800.0
"""What one of its commands may take: test suites are long."""
UNTRACKED = "__pycache__/\n*.pyc\n"


async def patch(row: Mapping[str, Any], ask: Ask) -> str:
    """What the agent changed, as `git diff` writes it.

    Raises: MissingError: no scaffold or no repository. FormatError: the process was ended by what ran in it.
    """
    command: list[str | Path] = [data.interpreter("rebench"), "-I", SCRIPTS / "openhands.py"]
    hidden = [data.folder("rebench") / name for name in ("instances.jsonl", "repos")]
    async with Worker(command, SILENCE_S, hidden) as worker:
        repository = Path(worker.folder) / "repo"
        await asyncio.to_thread(check_out, row, repository)
        await worker.first()
        template = Template((SCRIPTS / "openhands.md").read_text(encoding="utf-8"))
        task = template.substitute(repository=repository, issue=row["problem_statement"])
        request = {"repository": str(repository), "commit": row["base_commit"], "task": task, "steps": STEPS}
        try:
            return str(await converse(worker, request, ask))
        except Died as death:
            raise FormatError(f"the scaffold {death}") from None


def check_out(row: Mapping[str, Any], into: Path) -> None:
    """The instance's commit alone. Raises MissingError: the repository, or the commit in it, is not there."""
    source = f"git clone --bare https://github.com/{row['repo']} there"
    clone = data.data("rebench", f"repos/{str(row['repo']).replace('/', '__')}", source)
    git("init", "--quiet", str(into))
    fetch = ["-c", "protocol.version=2", "-C", str(into), "fetch", "--quiet", "--depth", "1"]
    if fault := git(*fetch, f"file://{clone}", str(row["base_commit"])):
        raise MissingError(f"rebench: no commit {row['base_commit']} in {clone}; git -C there fetch origin: {fault}")
    git("-C", str(into), "checkout", "--quiet", "--detach", "FETCH_HEAD")
    (into / ".git" / "info" / "exclude").write_text(UNTRACKED, encoding="utf-8")


def git(*arguments: str) -> str:
    """What it complained about, if it failed."""
    done = subprocess.run(["git", *arguments], capture_output=True, text=True)
    return done.stderr.strip()[-300:] or f"exit code {done.returncode}" if done.returncode else ""
