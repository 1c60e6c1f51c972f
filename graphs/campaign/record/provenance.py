"""What decides a run's bytes besides its config: prompts, packages, the commit of the code."""

import hashlib
import platform
import re
import subprocess
from contextlib import suppress
from functools import cache
from importlib import metadata
from pathlib import Path

from agents.schema import JsonObject

ROOT = Path(__file__).parents[3]


def provenance() -> JsonObject:
    """What else decides a run's bytes: prompts, packages, the commit of a checkout (None elsewhere)."""
    folder = ROOT / "agents" / "roles" / "prompts"
    prompts = {path.relative_to(folder).with_suffix("").as_posix(): path for path in sorted(folder.rglob("*.md"))}
    # With `+` behind it where the checkout has changes. No tag matches the exclusion of all: it says the commit itself.
    git = ("git", "-C", str(ROOT), "describe", "--always", "--dirty=+", "--abbrev=40", "--exclude=*")
    commit = None
    with suppress(OSError, subprocess.CalledProcessError):
        commit = subprocess.run(git, capture_output=True, text=True, check=True).stdout.strip() or None
    return {
        "git_commit": commit,
        "packages": read_versions(),
        "prompts": {name: hashlib.sha256(path.read_bytes()).hexdigest() for name, path in prompts.items()},
        "python": platform.python_version(),
    }


@cache  # a process keeps the packages that it has imported, and to read all versions takes as long as three slots
def read_versions() -> dict[str, str]:
    """Package -> version, of all that the project names and that are installed."""
    versions = {}
    for requirement in metadata.requires("tdscaling") or ():
        name = re.split(r"[^A-Za-z0-9._-]", requirement)[0]
        with suppress(metadata.PackageNotFoundError):  # of an extra that is not installed
            versions[name] = metadata.version(name)
    return versions
