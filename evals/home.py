"""Where a benchmark's data and its scorer's own environment lie: $TDS_EVAL_DATA/<bench>, by default .evals/<bench>.

Scorers pin packages that clash with each other and with ours, so each gets an environment of its own, made from
requirements/eval-<bench>.txt without dependencies: every package that is needed is named there.
"""

import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

from agents.errors import MissingError, UsageError

ROOT = Path(__file__).parent.parent


def folder(bench: str) -> Path:
    return Path(os.environ.get("TDS_EVAL_DATA") or ROOT / ".evals").absolute() / bench


def requirements(bench: str) -> Path:
    return ROOT / "requirements" / f"eval-{bench}.txt"


def set_up(bench: str) -> Path:
    """The interpreter of that scorer's environment, made where it is not there or its requirements changed."""
    wanted, made = requirements(bench), folder(bench) / "venv"
    if not wanted.exists():
        raise UsageError(f"setup {bench}: its scorer needs no package of its own; see --help for its data")
    stamp = made / "requirements.sha256"
    if not stamp.exists() or stamp.read_text() != _digest(wanted):
        shutil.rmtree(made, ignore_errors=True)
        _install(wanted, made)
        stamp.write_text(_digest(wanted))
    return made / "bin" / "python"


def _install(wanted: Path, made: Path) -> None:
    uv = shutil.which("uv") or shutil.which("uv", path=str(Path(sys.executable).parent))
    python = str(made / "bin" / "python")
    options = ["install", "--quiet", "--no-deps", "-r", str(wanted)]
    create = [uv, "venv", "--quiet", "--python", sys.executable] if uv else [sys.executable, "-m", "venv"]
    install = [uv, "pip", *options, "--python", python] if uv else [python, "-m", "pip", *options]
    for command in ([*create, str(made)], install):
        done = subprocess.run(command, capture_output=True, text=True)
        if done.returncode:
            shutil.rmtree(made, ignore_errors=True)
            raise MissingError(f"setup: {' '.join(command)} failed: {done.stderr.strip()[-600:]}")


def interpreter(bench: str) -> Path:
    """The interpreter of that scorer's environment. Raises MissingError where it was not made."""
    python = folder(bench) / "venv" / "bin" / "python"
    if not python.exists():
        raise MissingError(f"{bench}: its scorer expects {python}; make it with: python -m evals.run setup {bench}")
    return python


def data(bench: str, name: str, source: str) -> Path:
    """A file or folder of that benchmark's data. Raises MissingError that says where to get it."""
    path = folder(bench) / name
    if not path.exists():
        raise MissingError(f"{bench}: no {path}; {source}, and set TDS_EVAL_DATA if it lies elsewhere")
    return path


def digest(*paths: Path) -> str:
    """sha256 over the names and bytes of files."""
    total = hashlib.sha256()
    for path in sorted(paths):
        total.update(path.name.encode() + path.read_bytes())
    return total.hexdigest()


def _digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()
