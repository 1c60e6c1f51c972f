"""Rows by number: read once from wherever they are, kept in a file without a name, read again when a step wants them.

A copy costs a second for half a gigabyte, and frees everything behind it from the kinds of files there are. It also
holds what a run began with while the files it was told of go on growing.
"""

import os
import tempfile
import weakref
from array import array
from collections.abc import Sequence
from pathlib import Path

import orjson

from agents.errors import RowError
from finetune.data import rows
from finetune.data.rows import Record, Source, Split

PARTS = ("messages", "conversations", "conversation", "steps", "agent", "system", "tools", "functions")
"""What `read_conversation` reads of a record; a row of ours has as much again."""


class Table:
    """Rows in their order, and what decides which of them are held out."""

    def __init__(self, folder: Path, split: Split) -> None:
        self.digests: list[bytes] = []
        self.groups: list[frozenset[str]] = []
        self.shares: list[float] = []
        self._split = split
        folder.mkdir(parents=True, exist_ok=True)
        # in the run's folder: a machine's folder for temporary files may lie in its memory
        self._file = tempfile.TemporaryFile(dir=folder)  # noqa: SIM115
        weakref.finalize(self, self._file.close)
        self._ends = array("q", [0])

    def __len__(self) -> int:
        return len(self.digests)

    def add(self, sources: Sequence[Source], option: str) -> None:
        """Raises: UsageError: nothing can be read."""
        for source in sources:
            for place, content in rows.read_records(source, option):
                self.digests.append(rows.digest(content))
                self.groups.append(rows.services(content) if self._split == "service" else frozenset())
                self.shares.append(source.share)
                fault = str(content) if isinstance(content, RowError) else ""
                kept: object = None if fault else content
                if isinstance(content, dict):
                    kept = {key: content[key] for key in PARTS if key in content}
                line = orjson.dumps([place, fault, kept], default=str, option=orjson.OPT_NON_STR_KEYS)
                self._file.write(line)
                self._ends.append(self._ends[-1] + len(line))
        self._file.flush()

    def read(self, number: int) -> Record:
        """The row of this number, as `read_records` gave it."""
        start, end = self._ends[number], self._ends[number + 1]
        place, fault, content = orjson.loads(os.pread(self._file.fileno(), end - start, start))
        return place, RowError(fault) if fault else content
