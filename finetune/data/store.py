"""examples.bin: the tokens of every row that was read, for later epochs and for a resume.

One line of JSON for each row, and behind it its tokens and which of them are learned. Rows are appended as they are
read; a kill may tear the last one, which is then read again.
"""

import os
from contextlib import suppress
from pathlib import Path

import numpy as np
import orjson
from typing_extensions import TypedDict

from finetune.data.examples import Attempt, Example


class Plan(TypedDict):
    """What a run decided of its rows when it began: numbers of those that are learned and measured."""

    learn: list[int]
    measure: list[int]
    shares: list[float]
    """How often an epoch shows each row that is learned."""


class Store:
    """What rows became, by their numbers. Only what was kept under the same key counts."""

    def __init__(self, path: Path, key: str) -> None:
        self.plan: Plan | None = None
        """What the run decided of its rows when it began."""
        self._path, self._key = path, key
        self._spans: dict[int, tuple[int, int]] = {}
        self._end = 0
        self._waiting: dict[int, bytes] | None = {}
        """Records that are not in the file: it begins when the run does, so that a mistake leaves no file behind."""
        self._writes = False
        if not path.is_file():
            return
        size = path.stat().st_size
        # a torn line, or one of another version, ends what can be used
        with path.open("rb") as file, suppress(ValueError, KeyError, TypeError):
            head = orjson.loads(file.readline())
            if head["key"] != key:
                return
            self.plan, self._end = head["plan"], file.tell()
            while line := file.readline():
                about = orjson.loads(line)
                end = file.tell() + 5 * sum(about["sizes"])
                if end > size:
                    break
                self._spans[about["row"]] = self._end, end - self._end
                self._end = end
                file.seek(end)

    def __contains__(self, row: int) -> bool:
        return row in self._spans

    def begin(self, plan: Plan, writes: bool) -> None:
        """Write what waits, and from now on every row at once; only one of several processes does."""
        waiting, self._waiting, self._writes = self._waiting or {}, None, writes
        start = b"" if self.plan else orjson.dumps({"key": self._key, "plan": plan}) + b"\n"
        if start:
            # until now the records stood at places counted from the end of this line
            self._spans = {row: (place + len(start), size) for row, (place, size) in self._spans.items()}
            self._end += len(start)
        self.plan = plan
        if writes:
            content = start + b"".join(waiting.values())
            with self._path.open("r+b" if not start else "wb") as file:
                file.truncate(self._end - len(content))
                file.seek(0, os.SEEK_END)
                file.write(content)

    def add(self, attempts: dict[int, Attempt]) -> None:
        """Append what these rows became."""
        records = dict[int, bytes]()
        for row, attempt in attempts.items():
            about = {"row": row, "place": attempt.place, "fault": attempt.fault, "notes": attempt.notes}
            about |= {"sizes": [len(example) for example in attempt.examples]}
            arrays = [example.ids_T.tobytes() + example.mask_T.tobytes() for example in attempt.examples]
            record = orjson.dumps(about, option=orjson.OPT_APPEND_NEWLINE) + b"".join(arrays)
            self._spans[row] = self._end, len(record)
            self._end += len(record)
            records[row] = record
        if self._waiting is not None:
            self._waiting |= records
        elif self._writes:
            with self._path.open("ab") as file:
                file.write(b"".join(records.values()))

    def read(self, row: int) -> Attempt:
        """What this row became."""
        record = (self._waiting or {}).get(row)
        if record is None:
            start, size = self._spans[row]
            with self._path.open("rb") as file:
                record = os.pread(file.fileno(), size, start)
        line, _, rest = record.partition(b"\n")
        about, examples, place = orjson.loads(line), [], 0
        for count in about["sizes"]:
            ids_T = np.frombuffer(rest, np.int32, count, place)
            examples.append(Example(ids_T, np.frombuffer(rest, np.bool_, count, place + 4 * count)))
            place += 5 * count
        notes = tuple((str(note), int(count)) for note, count in about["notes"])
        return Attempt(about["place"], tuple(examples), about["fault"], notes)
