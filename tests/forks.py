"""A command as a process of its own, forked off one that has imported what the command would.

It is killed, limited and listened to as `python -m MODULE` is. The imports, which are most of what a short run costs,
are made once for all tests of a worker. What is forked has one and the same order of sets, so bytes are compared with
those of a run in the tests' own process.
"""

import multiprocessing
import os
import runpy
import sys
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path

FORKS = multiprocessing.get_context("forkserver")
IMPORTED = ["agents.offline", "chromadb.api.rust", "graphs.report", "graphs.setup", "sklearn.cluster"]
FORKS.set_forkserver_preload(IMPORTED)


class Command:
    """A command under way; its words go to files, so that no pipe is ever full."""

    def __init__(
        self,
        module: str,
        *options: object,
        environment: Mapping[str, str] = os.environ,
        before: Callable[[], None] | None = None,
    ) -> None:
        """`before` is called in the new process, before anything of the module."""
        self._folder = tempfile.TemporaryDirectory(prefix="forks-")
        self._streams = [Path(self._folder.name, name) for name in ("out", "err")]
        words = [module, *map(str, options)]
        self._process = FORKS.Process(target=_run, args=(words, self._streams, dict(environment), before))
        self._process.start()

    def wait(self) -> "Command":
        self._process.join()
        assert self._process.exitcode is not None
        self.returncode = self._process.exitcode  # negative where a signal ended it
        self.stdout, self.stderr = (stream.read_text(encoding="utf-8") for stream in self._streams)
        self._folder.cleanup()
        return self


def _run(words: list[str], streams: list[Path], environment: dict[str, str], before: Callable[[], None] | None) -> None:
    os.environ.clear()
    os.environ.update(environment)
    for number, stream in enumerate(streams, 1):
        file = os.open(stream, os.O_WRONLY | os.O_CREAT)
        os.dup2(file, number)
        os.close(file)
    sys.stdout, sys.stderr = (os.fdopen(number, "w", 1, encoding="utf-8", closefd=False) for number in (1, 2))
    if before:
        before()
    sys.argv = words
    runpy.run_module(words[0], run_name="__main__", alter_sys=True)
