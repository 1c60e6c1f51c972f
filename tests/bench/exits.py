"""Whether two processes that train together always end: python -m tests.bench.exits [runs] [seconds]

Each run is two forks of one process that has everything imported: a tiny student, one step over gloo, the model
written, and the interpreter's ordinary end. A run that takes longer than so many seconds counts as one that hangs.
"""

import gc
import os
import shutil
import signal
import socket
import sys
import tempfile
import time
from pathlib import Path

import torch

from finetune import sft, train  # noqa: F401
from finetune.model import student
from tests import tiny_student


def start(rank: int, port: int, options: list[str]) -> int:
    """A fork that trains as this rank; returns its process id."""
    pid = os.fork()
    if pid:
        return pid
    os.environ |= {"RANK": str(rank), "LOCAL_RANK": str(rank), "WORLD_SIZE": "2", "LOCAL_WORLD_SIZE": "2"}
    os.environ |= {"MASTER_ADDR": "127.0.0.1", "MASTER_PORT": str(port), "OMP_NUM_THREADS": "1"}
    null = os.open(os.devnull, os.O_WRONLY)
    os.dup2(null, 1)
    sft.main(options)
    raise SystemExit(1)


def main(runs: str = "200", seconds: str = "600") -> None:
    hung, failed = 0, 0
    # no `with`: a fork that ends would leave it too, and take the folder away from the other
    home = Path(tempfile.mkdtemp())
    tiny_student.save(home / "student")
    tiny_student.rows(home / "rows.jsonl", 6)
    # What a fork would import and compile anew; frozen, so that its collector does not copy what both share.
    student.load(str(home / "student"), 0, torch.float32)
    gc.collect()
    gc.freeze()
    for number in range(int(runs)):
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        options = ["--model", home / "student", "--data", home / "rows.jsonl", "--out", home / str(number)]
        options = [*map(str, options), "--steps", "1", "--batch", "2", "--tracker", "none"]
        waiting, end = {start(rank, port, options) for rank in range(2)}, time.monotonic() + float(seconds)
        while waiting and time.monotonic() < end:
            pid, status = os.waitpid(-1, os.WNOHANG)
            if pid:
                waiting.discard(pid)
                failed += bool(status)
            else:
                time.sleep(0.1)
        hung += bool(waiting)
        for pid in waiting:
            os.kill(pid, signal.SIGKILL)
            os.waitpid(pid, 0)
        print(f"{number + 1} runs, {hung} hung, {failed} processes failed", flush=True)
    shutil.rmtree(home)


if __name__ == "__main__":
    main(*sys.argv[1:])
