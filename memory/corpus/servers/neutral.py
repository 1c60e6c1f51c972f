"""A server's paths on this machine <-> the neutral ones that stand in rows [ours].

Where a dataset was made is nobody's business, and a student must not learn it: whatever a server lists or answers has
its folders replaced, and whatever it is asked with has them put back. Longer paths first, whole path segments only.
"""

import os
import re
import shutil
import sys
import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from memory.corpus.servers.mcp_file import Server

WORKSPACE, HOME = "/workspace", "/home/user"
SYSTEM = frozenset(
    ("/", "/usr", "/usr/local", "/bin", "/sbin", "/lib", "/opt", "/etc", "/tmp", "/var", "/home", "/mnt")
)
"""Paths that every machine has say nothing of this one."""


class Neutral:
    """Both directions for one server; `workplace` is the folder it runs in, if it is a copy."""

    def __init__(self, server: Server, workplace: Path | None = None) -> None:
        self._to: dict[str, str] = {}
        self._back: dict[str, str] = {}
        for place in filter(None, (workplace, server.cwd, Path.cwd())):
            self._add(Path(place), WORKSPACE)
        for path in given_paths(server):
            absolute = path.absolute()
            # a path below a folder that is replaced already goes with it
            above = next((parent for parent in absolute.parents if str(parent) in self._to), None)
            below = f"{self._to[str(above)]}/{absolute.relative_to(above)}" if above else ""
            self._add(path, below or self._free(f"{WORKSPACE}/{path.name}"))
        # where programs lie that are not the system's: this Python, the server's own, what PATH names
        command = shutil.which(server.command) if server.command else None
        entries = [*os.environ.get("PATH", "").split(os.pathsep), *([str(Path(command).parent)] if command else [])]
        for folder in dict.fromkeys((sys.prefix, sys.base_prefix, *filter(None, entries))):
            path = Path(folder)
            self._add(path.parent if path.name in ("bin", ".bin") else path, self._free("/opt/tools"))
        self._add(Path.home(), HOME)
        self._add(Path(tempfile.gettempdir()), "/tmp")
        self._hide, self._show = _pattern(self._to), _pattern(self._back)

    def hide(self, value: object) -> Any:
        """The value without this machine's paths."""
        return _replace(value, self._hide, self._to)

    def show(self, value: object) -> Any:
        """The value with this machine's paths, as the server knows them."""
        return _replace(value, self._show, self._back)

    def _add(self, path: Path, neutral: str) -> None:
        for real in dict.fromkeys((str(path.absolute()), os.path.realpath(path))):
            if real not in SYSTEM:  # the first that claims a path keeps it: what is nearer to the server comes first
                self._to.setdefault(real, neutral)
                self._back.setdefault(neutral, real)

    def _free(self, neutral: str) -> str:
        taken = set(self._to.values())
        names = (neutral, *(f"{neutral}-{n}" for n in range(2, len(taken) + 3)))
        return next(name for name in names if name not in taken)


def given_paths(server: Server) -> Iterator[Path]:
    """The files and folders that exist among a server's arguments and variables: its roots."""
    values = [*server.args, *server.env.values()]
    for text in (part for value in values for part in (value, value.partition("=")[2])):
        path = (server.cwd or Path()) / Path(text).expanduser()
        if text and (os.sep in text or text == ".") and "\0" not in text and path.exists():
            yield path.absolute()


def _pattern(paths: Iterable[str]) -> re.Pattern[str]:
    # a path below another must be found before that one hides its beginning
    longest = sorted(paths, key=lambda path: (-len(path), path))
    return re.compile(rf"(?<![\w.~-])(?:{'|'.join(map(re.escape, longest))})(?![\w-]|\.\w)")


def _replace(value: object, pattern: re.Pattern[str], by: dict[str, str]) -> Any:
    if isinstance(value, str):
        return pattern.sub(lambda match: by[match[0]], value)
    if isinstance(value, dict):
        return {_replace(key, pattern, by): _replace(inner, pattern, by) for key, inner in value.items()}
    return [_replace(inner, pattern, by) for inner in value] if isinstance(value, list) else value
