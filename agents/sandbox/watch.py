"""What a worker uses that no limit of the kernel bounds: threads, and files by number and size, also deleted ones."""

import os
from pathlib import Path

from agents.sandbox.execution import Limits


def over(pid: int, home: str, limits: Limits) -> str:
    """The limit that is passed, in words; empty where none is, or where the process is gone."""
    try:
        status = Path(f"/proc/{pid}/status").read_text()
        if int(status.partition("Threads:")[2].split()[0]) > limits.threads + 1:  # and Python's first one
            return f"more than {limits.threads} threads"
        files, size = _files(pid, home, limits.files)
    except (FileNotFoundError, ProcessLookupError):
        return ""
    if files > limits.files:
        return f"more than {limits.files} files"
    return f"more than {limits.disk_mb} MB in files" if size > limits.disk_mb * 2**20 else ""


def _files(pid: int, home: str, most: int) -> tuple[int, int]:
    """Number and bytes of the files below `home`, given up beyond `most`, and of open ones that were deleted."""
    number = size = 0
    folders, device = [home], os.stat(home).st_dev
    while folders and number <= most:
        with os.scandir(folders.pop()) as entries:
            for entry in entries:
                status = entry.stat(follow_symlinks=False)
                if status.st_dev != device:  # what Python needs may be mounted below the home, and is not the code's
                    continue
                number += 1
                size += status.st_blocks * 512
                if entry.is_dir(follow_symlinks=False):
                    folders.append(entry.path)
                if number > most:
                    break
    for descriptor in os.listdir(f"/proc/{pid}/fd"):
        status = os.stat(f"/proc/{pid}/fd/{descriptor}")
        size += status.st_blocks * 512 if status.st_nlink == 0 else 0
    return number, size
