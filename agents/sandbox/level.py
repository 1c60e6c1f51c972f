"""How the embedded worker is started at each level of isolation, and what of the host it can see.

namespaces   bubblewrap: a root, processes and network of its own; Landlock, seccomp and rlimits inside
landlock     Landlock, seccomp and rlimits alone, where namespaces are refused (Docker, Ubuntu 24.04)
"""

import importlib.util
import json
import os
import sys
import sysconfig
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from pathlib import Path

from agents.sandbox.execution import Limits
from agents.sandbox.wall import APART

INSIDE = Path(__file__).parent / "inside"
PACKAGES = ("numpy",)
"""What can be imported beside the standard library."""
ENVIRONMENT = {"PYTHONHASHSEED": "0", "OPENBLAS_NUM_THREADS": "1", "LANG": "C.UTF-8", "TZ": "UTC"}
"""All of it. The fixed hash seed gives a set the same order each time."""
NOBODY = 65534
SYSTEM = ("/lib", "/lib64", "/usr/lib", "/usr/lib64", "/etc/ld.so.cache", "/usr/share/zoneinfo")


class Level(StrEnum):
    NAMESPACES = "namespaces"
    LANDLOCK = "landlock"
    E2B = "e2b"


@dataclass(frozen=True)
class Start:
    """A command that starts a worker, and where in the sandbox the code may write."""

    command: tuple[str, ...]
    home: str


@cache
def readable() -> tuple[str, ...]:
    """Files and folders of the host that Python needs: itself, its libraries and PACKAGES. Not the project."""
    base = Path(sys.base_prefix) / "lib"
    python = [os.path.realpath(sys.executable), sysconfig.get_path("stdlib"), sysconfig.get_path("platstdlib")]
    shared = [str(path) for path in base.glob("libpython*")]
    packages = [str(path) for name in PACKAGES for path in _folders(name)]
    paths = [*SYSTEM, *python, *shared, *packages, str(INSIDE)]
    return tuple(path for path in dict.fromkeys(paths) if os.path.exists(path))


def _folders(name: str) -> list[Path]:
    spec = importlib.util.find_spec(name)
    folders = [Path(place) for place in (spec.submodule_search_locations or ())] if spec else []
    return [path for folder in folders for path in (folder, folder.with_name(f"{name}.libs")) if path.exists()]


def landlock_start(limits: Limits, home: str) -> Start:
    """`home` is a folder of the host."""
    return Start(_python(limits, home, uid=0), home)


def namespaces_start(limits: Limits, bwrap: str, info: int) -> Start:
    """`info` is a descriptor to which bubblewrap writes the process id of the namespace's first process.

    That is bubblewrap's own: the worker, once nobody, could not be killed by a bubblewrap that dies, but ends with it.
    """
    root = os.geteuid() == 0
    # Root inside a user namespace would still be the host's root to files: better to become nobody.
    user = ["--cap-add", "CAP_SETUID", "--cap-add", "CAP_SETGID"] if root else ["--unshare-user"]
    home = ["--perms", "1777", "--size", str(limits.disk_mb * 2**20), "--tmpfs", "/tmp"]
    command = [bwrap, *user, *APART, "--hostname", "sandbox", "--info-fd", str(info), *_binds()]
    command += ["--dev-bind", "/dev/null", "/dev/null", *home, "--remount-ro", "/"]
    return Start((*command, "--chdir", "/tmp", "--", *_python(limits, "/tmp", uid=NOBODY if root else 0)), "/tmp")


@cache
def _binds() -> tuple[str, ...]:
    parents = sorted({str(parent) for path in readable() for parent in Path(path).parents} - {"/"})
    folders = [part for path in parents for part in ("--perms", "0755", "--dir", path)]  # else made for root alone
    return (*folders, *(part for path in readable() for part in ("--ro-bind", path, path)))


def _python(limits: Limits, home: str, uid: int) -> tuple[str, ...]:
    orders = {
        "packages": list(dict.fromkeys(str(path.parent) for name in PACKAGES for path in _folders(name))),
        "readable": readable(),
        "home": home,
        "uid": uid,
        **limits.model_dump(include={"memory_mb", "disk_mb", "output_kb"}),
    }
    # -S: no .pth file of the host is run; -s -P: nothing of the user's or the current folder is imported.
    return (os.path.realpath(sys.executable), "-s", "-S", "-P", "-B", "-m", INSIDE.name, json.dumps(orders))
