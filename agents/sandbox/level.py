"""How the embedded worker is started at each level of isolation, and what of the host it can see.

namespaces   bubblewrap: a root, processes and network of its own; Landlock, seccomp and rlimits inside
landlock     Landlock, seccomp and rlimits alone, where namespaces are refused (Docker, Ubuntu 24.04)
"""

import importlib.util
import json
import os
import sys
import sysconfig
from collections.abc import Iterable
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


SITE = {"site-packages", "dist-packages"}
"""Below a standard library: what was installed there, this project perhaps among it, is not the code's business."""


@cache
def interpreter() -> str:
    """The base Python, not a virtual environment's link or copy of it, which knows its library by files beside it."""
    return os.path.realpath(getattr(sys, "_base_executable", "") or sys.executable)


@cache
def readable() -> tuple[str, ...]:
    """Files and folders of the host that Python needs: itself, its libraries and PACKAGES. Not the project."""
    entries = (entry for folder in _library() for entry in sorted(folder.iterdir()) if entry.name not in SITE)
    library = [str(entry) for entry in entries if stays_within(entry, (*SYSTEM, *map(str, _library())))]
    return _existing(*SYSTEM, interpreter(), *library, *_beside_library())


def stays_within(path: Path, folders: Iterable[str]) -> bool:
    """Whether the path, its links followed, lies below one of the folders: Debian's Python has a link to /etc in its
    library, which leads nowhere in a sandbox."""
    return any(path.resolve().is_relative_to(Path(folder).resolve()) for folder in folders)


@cache
def _bound() -> tuple[str, ...]:
    """The same in fewer mounts, of which each takes its time: libraries whole, with what was installed there hidden."""
    return _existing(*SYSTEM, interpreter(), *map(str, _library()))


def _beside_library() -> list[str]:
    shared = [str(path) for path in (Path(sys.base_prefix) / "lib").glob("libpython*")]
    packages = [str(path) for name in PACKAGES for path in _folders(name)]
    return [*shared, *packages, str(INSIDE)]


def _library() -> list[Path]:
    """The base Python's standard library; a virtual environment's own platstdlib would be its site-packages too."""
    base = {"base": sys.base_prefix, "platbase": sys.base_exec_prefix}
    base |= {f"installed_{name}": path for name, path in base.items()}
    folders = dict.fromkeys(Path(sysconfig.get_path(name, vars=base)) for name in ("stdlib", "platstdlib"))
    return [folder for folder in folders if folder.is_dir()]


def _existing(*paths: str) -> tuple[str, ...]:
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
    # the home first: what Python needs may itself lie below /tmp, and would be hidden by a later mount
    command = [bwrap, *user, *APART, "--hostname", "sandbox", "--info-fd", str(info), *home, *_binds()]
    command += ["--dev-bind", "/dev/null", "/dev/null", "--remount-ro", "/"]
    return Start((*command, "--chdir", "/tmp", "--", *_python(limits, "/tmp", uid=NOBODY if root else 0)), "/tmp")


@cache
def _binds() -> tuple[str, ...]:
    beside = _existing(*_beside_library())
    hidden = [str(folder / name) for folder in _library() for name in sorted(SITE) if (folder / name).is_dir()]
    parents = sorted({str(parent) for path in (*_bound(), *beside) for parent in Path(path).parents} - {"/"})
    outside = [path for path in parents if not any(Path(path).is_relative_to(bound) for bound in _bound())]
    inside = [path for path in parents if any(Path(path).is_relative_to(folder) for folder in hidden)]
    return (
        *_mounts("--dir", outside),  # else made for root alone
        *(part for path in _bound() for part in ("--ro-bind", path, path)),
        *_mounts("--tmpfs", hidden),
        *_mounts("--dir", [path for path in inside if path not in hidden]),
        *(part for path in beside for part in ("--ro-bind", path, path)),
        *(part for path in hidden for part in ("--remount-ro", path)),
    )


def _mounts(kind: str, paths: list[str]) -> list[str]:
    return [part for path in paths for part in ("--perms", "0755", kind, path)]


def _python(limits: Limits, home: str, uid: int) -> tuple[str, ...]:
    orders = {
        "packages": list(dict.fromkeys(str(path.parent) for name in PACKAGES for path in _folders(name))),
        "readable": readable(),
        "home": home,
        "uid": uid,
        **limits.model_dump(include={"memory_mb", "disk_mb", "output_kb"}),
    }
    # -S: no .pth file of the host is run; -s -P: nothing of the user's or the current folder is imported.
    return (interpreter(), "-s", "-S", "-P", "-B", "-m", INSIDE.name, json.dumps(orders))
