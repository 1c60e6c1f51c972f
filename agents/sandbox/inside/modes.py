"""Modes and times of the sandbox's own files: changing them does nothing and is no error.

The kernel refuses every such call, for Landlock says nothing of them and they could reach the host's files. But
shutil.copy, tarfile and others change a file's mode after they wrote it, and would fail for that alone. So for paths in
the sandbox's home these calls do not go to the kernel at all; for all others they do, and are refused.
"""

import os
import shutil
from collections.abc import Callable
from typing import Any


def leave_own_files(home: str) -> None:
    """From now on mode and time calls on files in `home` change nothing."""
    root = os.path.realpath(home)

    def in_home(path: Any) -> bool:
        try:
            return os.path.commonpath([os.path.realpath(os.fspath(path)), root]) == root
        except (TypeError, ValueError):  # a descriptor, or no path at all: the kernel's answer tells
            return False

    def spare(call: Callable[..., Any]) -> Callable[..., Any]:
        def leave(path: Any, *arguments: Any, **options: Any) -> Any:
            if not in_home(path):
                return call(path, *arguments, **options)
            os.stat(path)  # a file that is not there is still an error
            return None

        return leave

    for name in ("chmod", "utime"):
        wrapped = spare(getattr(os, name))
        os.supports_follow_symlinks.discard(getattr(os, name))
        setattr(os, name, wrapped)
    # extended attributes cannot be listed either; a copy goes on without them
    shutil._copyxattr = lambda *paths, **options: None  # type: ignore[attr-defined]
