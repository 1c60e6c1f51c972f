"""What was asked for a slot, read of a run's journal: role, tokens and seconds of each request, and its prompt.

The journal keeps an answer's tokens and how long it took. Prompts are only in `prompts.jsonl`, which
`python -m graphs.studio.prompts` writes for the slots that somebody wants to look into.
"""

import sqlite3
from collections.abc import Sequence
from pathlib import Path

import orjson

from agents.schema import JsonObject

QUERY = "select role, input, output, cached, {} from answers where slot = ? order by call"
PROMPTS = "prompts.jsonl"


def open_journal(folder: Path) -> sqlite3.Connection:
    """A run's journal to read, which neither disturbs a run that is still going on nor leaves anything in its folder.

    Raises: sqlite3.OperationalError: there is none.
    """
    # Without a log nobody is writing, so nothing need be locked: sqlite would leave its own two files in the folder.
    mode = "mode=ro" if (folder / "journal.sqlite-wal").exists() else "mode=ro&immutable=1"
    return sqlite3.connect(f"{(folder / 'journal.sqlite').resolve().as_uri()}?{mode}", uri=True)


class Requests:
    """The requests of any slots of a run; of none where the folder holds no journal."""

    def __init__(self, folder: Path) -> None:
        self._journal = open_journal(folder) if (folder / "journal.sqlite").is_file() else None
        self._query, self._prompts = "", dict[int, list[str]]()
        if self._journal:
            columns = {column[1] for column in self._journal.execute("pragma table_info(answers)")}
            self._query = QUERY.format("seconds" if "seconds" in columns else "null")
        if (folder / PROMPTS).is_file():
            with (folder / PROMPTS).open("rb") as lines:
                self._prompts = {line["slot"]: line["prompts"] for line in map(orjson.loads, lines)}

    def read(self, slots: Sequence[int]) -> list[list[JsonObject]]:
        """Of each slot in the order made; seconds are None in a journal of an earlier version."""
        requests: list[list[JsonObject]] = []
        for slot in slots:
            rows = self._journal.execute(self._query, (slot,)) if self._journal else ()
            of_slot: list[JsonObject] = [
                {"role": role, "input": read, "output": written, "cached": cached, "seconds": time and round(time, 3)}
                for role, read, written, cached, time in rows
            ]
            for request, prompt in zip(of_slot, self._prompts.get(slot, ()), strict=False):
                request["prompt"] = prompt
            requests.append(of_slot)
        return requests

    def close(self) -> None:
        if self._journal:
            self._journal.close()
