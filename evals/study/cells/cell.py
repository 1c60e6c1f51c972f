"""Cells: work that is done once, in a folder named by a hash of all that decides it.

A cell has inputs (settings, and what it takes from other cells by content), a source (where these lie; it decides
nothing) and the code of its stage. It is finished once its manifest is there, which is written last; what a kill left
before is gone on with, or begun again, by the stage itself.
"""

import fcntl
import hashlib
import json
import os
import subprocess
import sys
import threading
import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from queue import Empty, LifoQueue
from typing import Any

import orjson

from agents.errors import OutageError, UsageError
from agents.schema import JsonObject, Noun
from evals.answer import records
from evals.bench import data as home

MANIFEST = "manifest.json"
LEFT_OUT = {"__pycache__", "study", "studies"}
Inputs = JsonObject


class Seconds(Noun):
    """What the processes of a cell took; of those that were killed with the study nothing is known."""

    cpu: float = 0
    wall: float = 0
    gpu: float = 0
    """Wall seconds times the GPUs of the process."""


class Manifest(Noun):
    """A finished cell."""

    stage: str
    inputs: Inputs
    source: Inputs
    code: str
    """sha256 of the code that the stage runs."""
    files: dict[str, str]
    """Name -> sha256 of what the cell is for."""
    seconds: Seconds


@dataclass
class Job:
    """A cell at work."""

    folder: Path
    inputs: Inputs
    source: Inputs
    shop: "Shop"
    spent: list[Seconds] = field(default_factory=list)

    def run(self, command: Sequence[str], may_end: Sequence[int] = (0,), gpus: int = 0) -> int:
        """A process of this project, its output in the cell's log; its exit code.

        Raises: UsageError: it ended with another code; the log's last lines.
        """
        begun = time.perf_counter()
        with self.log.open("ab") as log:
            log.write(f"$ {' '.join(command)}\n".encode())
            log.flush()
            running = subprocess.Popen(
                command, stdout=log, stderr=log, cwd=home.ROOT, env=self.shop.environment, pass_fds=self.shop.locks
            )
            # wait4 tells what this child alone has used; other threads have children too
            _, status, used = os.wait4(running.pid, 0)
        running.returncode = code = os.waitstatus_to_exitcode(status)
        return self._note_end(command[2], code, begun, used.ru_utime + used.ru_stime, may_end, gpus)

    def python(self, module: str, *arguments: str, may_end: Sequence[int] = (0,)) -> int:
        """A module of this project as a process of its own."""
        return self.run([sys.executable, "-m", module, *arguments], may_end)

    def fork(self, module: str, *arguments: str, gpus: int = 0) -> int:
        """A module of `finetune` in a fork of a process that has it imported."""
        begun = time.perf_counter()
        with self.log.open("a") as log:
            log.write(f"$ {module} {' '.join(arguments)}\n")
        code, cpu = self.shop.warm.run(module, list(arguments), self.log)
        return self._note_end(module, code, begun, cpu, (0,), gpus)

    def _note_end(self, what: str, code: int, begun: float, cpu: float, may_end: Sequence[int], gpus: int) -> int:
        wall = time.perf_counter() - begun
        self.spent.append(Seconds(cpu=cpu, wall=wall, gpu=wall * gpus))
        if code not in may_end:
            raise UsageError(f"{self.folder}: {what} ended with {code}: {_last(self.log)}")
        return code

    @property
    def log(self) -> Path:
        return self.folder / "log.txt"


Work = Callable[[Job], Sequence[str]]
"""Does a cell's work and names the files that it is for; what a kill left in the folder may be there."""


class Warm:
    """Processes of finetune.fork_server, as many as are wanted at once: one that has answered is asked again."""

    def __init__(self, environment: dict[str, str], kept: Sequence[int]) -> None:
        self._environment, self._kept = environment, kept
        self._idle: LifoQueue[subprocess.Popen[str]] = LifoQueue()
        self._all: list[subprocess.Popen[str]] = []

    def run(self, module: str, arguments: list[str], log: Path) -> tuple[int, float]:
        """Its exit code and CPU seconds. Raises: OutageError: the process is gone."""
        try:
            process = self._idle.get_nowait()
        except Empty:
            process = self._start()
        assert process.stdin
        assert process.stdout
        with suppress(BrokenPipeError):  # then there is no answer either
            process.stdin.write(json.dumps({"module": module, "arguments": arguments, "log": str(log)}) + "\n")
            process.stdin.flush()
        answer = process.stdout.readline()
        if not answer and process.wait() == 2:
            raise UsageError("no student can be trained here, for the reason above")
        if not answer:
            raise OutageError(f"{log}: finetune.fork_server ended with {process.wait()}; the same command goes on")
        self._idle.put(process)
        ended = json.loads(answer)
        return ended["code"], ended["cpu"]

    def _start(self) -> subprocess.Popen[str]:
        command, pipe = [sys.executable, "-m", "finetune.fork_server"], subprocess.PIPE
        process = subprocess.Popen(
            command, stdin=pipe, stdout=pipe, cwd=home.ROOT, env=self._environment, pass_fds=self._kept, text=True
        )
        self._all.append(process)
        return process

    def close(self) -> None:
        """Lets them end, each after the command that it runs."""
        for process in self._all:
            process.communicate()


@dataclass
class Shop:
    """The folder of a study, held by one process and those that it started."""

    out: Path
    threads: int = 0
    lock: int = -1
    evals: Path | None = None
    """The data of benchmarks, for the processes; None: where it is for everyone."""
    begun: dict[str, threading.Lock] = field(default_factory=lambda: defaultdict(threading.Lock))

    @property
    def locks(self) -> list[int]:
        """What a process holds on to: the lock, so that what a killed study left keeps others out."""
        return [self.lock] if self.lock >= 0 else []

    @cached_property
    def warm(self) -> "Warm":
        return Warm(self.environment, self.locks)

    @property
    def environment(self) -> dict[str, str]:
        threads = {"OMP_NUM_THREADS": str(self.threads)} if self.threads else {}
        data = {"TDS_EVAL_DATA": str(self.evals)} if self.evals else {}
        return {**os.environ, **threads, **data, "HF_HUB_DISABLE_PROGRESS_BARS": "1", "TQDM_DISABLE": "1"}

    def make(self, stage: str, work: Work, inputs: Inputs, source: Inputs | None = None) -> Path:
        """The folder of the cell, finished: as it was found, or made now."""
        folder = self.place(stage, inputs)
        with self.begun[folder.name]:
            if is_finished(folder):
                return folder
            folder.mkdir(parents=True, exist_ok=True)
            job = Job(folder, inputs, source or {}, self)
            files = {name: home.sha256(folder / name) for name in work(job)}
            seconds = Seconds(**{name: sum(getattr(run, name) for run in job.spent) for name in Seconds.model_fields})
            manifest = Manifest(
                stage=stage, inputs=inputs, source=source or {}, code=code_of(stage), files=files, seconds=seconds
            )
            write(folder / MANIFEST, manifest.model_dump(mode="json"))
            print(f"{folder.name}: {seconds.wall:.0f} s, {seconds.cpu:.0f} CPU s", flush=True)
        return folder

    def place(self, stage: str, inputs: Inputs) -> Path:
        # where things lie is no part of it: a study that was moved finds its cells again
        identity = orjson.dumps([stage, inputs, code_of(stage)], option=orjson.OPT_SORT_KEYS)
        return self.out / "cells" / f"{stage}-{hashlib.sha256(identity).hexdigest()[:12]}"


@contextmanager
def open_shop(out: Path, threads: int, evals: Path | None = None) -> Iterator[Shop]:
    """The shop of a folder, locked. Raises: OutageError: someone has it."""
    shop = Shop(out, threads, lock_folder(out), evals)
    try:
        yield shop
    finally:
        shop.warm.close()
        os.close(shop.lock)


def lock_folder(out: Path) -> int:
    """A lock on the study's folder that the processes it starts hold too. Raises: OutageError: someone has it."""
    out.mkdir(parents=True, exist_ok=True)
    lock = os.open(out / "study.lock", os.O_RDWR | os.O_CREAT)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(lock)
        raise OutageError(f"{out}: a study, or what a killed one started, is at work there; wait, or end it") from None
    return lock


def is_finished(folder: Path) -> bool:
    return (folder / MANIFEST).is_file()


def read(folder: Path) -> Manifest:
    """Raises: UsageError: the cell is not finished, or its manifest is not one."""
    try:
        return Manifest.model_validate_json((folder / MANIFEST).read_bytes())
    except (OSError, ValueError) as error:
        raise UsageError(f"{folder}: not a finished cell: {' '.join(str(error).split())[:200]}") from None


def write(path: Path, content: Any) -> None:
    """JSON for people, in the order given; the old or the new at any moment."""
    text = orjson.dumps(content, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)
    records.replace(path, text.decode())


PIPELINE = ("agents", "graphs", "memory")
CODE = {
    "data": PIPELINE,
    "pool": PIPELINE,
    # the reader of rows is the study's own, which makes no cell anew
    "rows": ("agents",),
    "exam": (*PIPELINE, "evals"),
    "second": (*PIPELINE, "evals"),
    "base": ("finetune",),
    "sft": ("finetune",),
    "held": ("finetune",),
    "bench": ("agents", "evals"),
}
"""The packages that a stage runs; the study's own changes make no cell anew."""
_codes: dict[str, str] = {}


def code_of(stage: str) -> str:
    """sha256 over the files of the stage's packages, read once in a process."""
    if stage not in _codes:
        total = hashlib.sha256()
        for path in sorted(path for name in CODE[stage] for path in (home.ROOT / name).rglob("*") if path.is_file()):
            name = path.relative_to(home.ROOT)
            if not LEFT_OUT & set(name.parts):
                total.update(str(name).encode() + path.read_bytes())
        _codes[stage] = total.hexdigest()
    return _codes[stage]


def _last(log: Path) -> str:
    return " ".join(log.read_text(errors="replace")[-600:].split())
