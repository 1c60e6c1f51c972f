"""Tool files -> tools, by the importer of `graphs` as a process of its own: what it read and dropped goes to stdout."""

import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from agents.schema import Tool

USER_ERROR = 2


def read(paths: Sequence[Path], mcp: Path | None = None, *, with_catalogue: bool = False) -> list[Tool]:
    """The usable tools of the files and folders and of the live servers, or of the built-in catalogue without either.

    Raises: SystemExit: 2 where the importer, which says why, found nothing to use.
    """
    with tempfile.TemporaryDirectory() as folder:
        kept = Path(folder) / "tools.jsonl"
        command = [sys.executable, "-m", "memory.corpus", *map(str, paths), "--out", str(kept)]
        command += ["--mcp", str(mcp)] if mcp else []
        command += ["--with-catalogue"] if with_catalogue else []
        code = subprocess.run(command, check=False).returncode
        if code == USER_ERROR:
            raise SystemExit(USER_ERROR)
        if code:
            raise subprocess.CalledProcessError(code, command)
        with kept.open("rb") as lines:
            return [Tool.model_validate_json(line) for line in lines]
