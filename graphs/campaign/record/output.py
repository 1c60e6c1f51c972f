"""Commits as files: trajectories.jsonl, rejected.jsonl, metrics.jsonl.

The files are derived: a resume rebuilds them from the journal's commits, so a torn last line cannot survive. Lines have
sorted keys and are flushed one by one.
"""

import os
from collections.abc import Iterable
from pathlib import Path
from typing import IO

from agents.files import json_line
from graphs.campaign.record.journal import Commit
from memory.measure.diversity import Tally
from memory.measure.modes import Measures

NAMES = ("trajectories.jsonl", "rejected.jsonl", "metrics.jsonl")


class Files:
    """The three files that grow by a line with each commit."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._tally, self._tokens = Tally(), 0
        self._files: list[IO[bytes]] = []

    def rebuild(self, commits: Iterable[tuple[Commit, int]]) -> None:
        """Write the files anew from these commits and the tokens spent on each, then keep them open for more."""
        # beside the files and renamed when whole: a kill meanwhile leaves the old ones
        drafts = [self._folder / f"{name}.tmp" for name in NAMES]
        self._files = [draft.open("wb") for draft in drafts]
        for commit, tokens in commits:
            self._write(commit, tokens)
        self._flush()
        # the open files go with their new names, so `append` writes on in them
        for draft, name in zip(drafts, NAMES, strict=True):
            os.replace(draft, self._folder / name)

    def append(self, commit: Commit, tokens: int) -> None:
        self._write(commit, tokens)
        self._flush()

    def close(self) -> None:
        for file in self._files:
            file.close()

    def _write(self, commit: Commit, tokens: int) -> None:
        trajectories, rejected, metrics = self._files
        (trajectories if commit.accepted else rejected).write(commit.row)
        if commit.accepted and commit.measures:
            self._tally.add(Measures.model_validate_json(commit.measures))
        self._tokens += tokens
        metrics.write(json_line({"slot": commit.slot, "tokens": self._tokens, **self._tally.metrics()}))

    def _flush(self) -> None:
        for file in self._files:
            file.flush()
