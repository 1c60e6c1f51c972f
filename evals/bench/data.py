"""Where a benchmark's data and its scorer's environment lie: $TDS_EVAL_DATA/<bench>, else .evals/<bench> right here.

Scorers pin packages that clash with each other and with ours, so each gets an environment of its own, made from
evals/requirements/eval-<bench>.txt without dependencies: every package that is needed is named there.
"""

import asyncio
import hashlib
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path
from typing import Any, TypeVar

from agents.errors import MissingError, UsageError

ROOT = Path(__file__).parents[2]
REQUIREMENTS = Path(__file__).parents[1] / "requirements"
T = TypeVar("T")
R = TypeVar("R")
NEEDS = {"rebench": (3, 12), "tau2": (3, 12)}
"""The least Python of an environment, where it is newer than this project's."""


def folder(bench: str) -> Path:
    return Path(os.environ.get("TDS_EVAL_DATA") or ".evals").absolute() / bench


def lines(path: Path) -> list[Any]:
    """The values of a file of JSON lines; a line separator within somebody's words ends none of them."""
    return [json.loads(line) for line in path.read_bytes().splitlines()]


def requirements(bench: str) -> Path:
    return REQUIREMENTS / f"eval-{bench}.txt"


def set_up(bench: str) -> Path:
    """The interpreter of that scorer's environment, made where it is not there or its requirements changed."""
    wanted, venv = requirements(bench), folder(bench) / "venv"
    if not wanted.exists():
        raise UsageError(f"setup {bench}: needs no package; generate {bench} names the data it needs")
    stamp = venv / "requirements.sha256"
    if not stamp.exists() or stamp.read_text() != sha256(wanted):
        # anew and not upgraded: what an older list installed would else stay and decide imports
        shutil.rmtree(venv, ignore_errors=True)
        install(["--no-deps", "-r", str(wanted)], venv, python(bench))
        stamp.write_text(sha256(wanted))
    return venv / "bin" / "python"


def python(bench: str) -> str:
    """The interpreter to make its environment with: this one, unless its packages need a newer one."""
    needed = NEEDS.get(bench, (3, 11))
    return sys.executable if sys.version_info >= needed else f"python{needed[0]}.{needed[1]}"


def install(what: Sequence[str], venv: Path, base: str) -> None:
    """A new environment with what pip is told to install. Raises: MissingError: an interpreter, or what pip said."""
    uv = shutil.which("uv") or shutil.which("uv", path=str(Path(sys.executable).parent))
    python = str(venv / "bin" / "python")
    options = ["install", "--quiet", *what]
    # uv takes seconds where pip takes minutes, and can fetch the Python that is wanted
    create = [uv, "venv", "--quiet", "--python", base] if uv else [base, "-m", "venv"]
    install = [uv, "pip", *options, "--python", python] if uv else [python, "-m", "pip", *options]
    for command in ([*create, str(venv)], install):
        try:
            done = subprocess.run(command, capture_output=True, text=True)
        except FileNotFoundError:
            raise MissingError(f"setup: no {command[0]}; install it, or uv, which can fetch one") from None
        if done.returncode:
            shutil.rmtree(venv, ignore_errors=True)
            raise MissingError(f"setup: {' '.join(command)} failed: {done.stderr.strip()[-600:]}")


async def gather(at_once: int, items: Sequence[T], work: Callable[[T], Awaitable[R]]) -> list[R]:
    """The results in the order of the items, so many at once."""
    gate = asyncio.Semaphore(at_once)

    async def take(item: T) -> R:
        async with gate:
            return await work(item)

    tasks = [asyncio.create_task(take(item)) for item in items]
    try:
        return list(await asyncio.gather(*tasks))
    finally:  # one that failed ends the others, whose processes would outlive the loop
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


def interpreter(bench: str) -> Path:
    """The interpreter of that benchmark's environment. Raises MissingError where it was not made."""
    python = folder(bench) / "venv" / "bin" / "python"
    if not python.exists():
        raise MissingError(f"{bench}: no {python}; make it with: python -m evals.run setup {bench}")
    return python


def data(bench: str, name: str, source: str) -> Path:
    """A file or folder of that benchmark's data. Raises MissingError that says where to get it."""
    path = folder(bench) / name
    if not path.exists():
        raise MissingError(f"{bench}: no {path}; {source}, and set TDS_EVAL_DATA if it lies elsewhere")
    return path


def works(bench: str, command: Sequence[str], source: str) -> None:
    """Tries a command that a benchmark needs. Raises MissingError that says what it said, and where to get it."""
    try:
        done = subprocess.run(command, capture_output=True, text=True)
        fault = f"exit code {done.returncode}: {done.stderr.strip()[-300:]}" if done.returncode else ""
    except OSError as error:
        fault = str(error)
    if fault:
        raise MissingError(f"{bench}: `{' '.join(command)}` fails: {fault}; {source}")


def digest(*paths: Path) -> str:
    """sha256 over the names and bytes of files."""
    total = hashlib.sha256()
    for path in sorted(paths):
        total.update(path.name.encode() + path.read_bytes())
    return total.hexdigest()


def sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()
