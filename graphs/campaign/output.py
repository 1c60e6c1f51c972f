"""What is accepted, and commits as files: trajectories.jsonl, rejected.jsonl, metrics.jsonl.

The files are derived: a resume rebuilds them from the journal's commits, so a torn last line cannot survive. Lines have
sorted keys and are flushed one by one.
"""

import os
from collections.abc import Iterable
from pathlib import Path
from statistics import mean
from typing import IO, Any

import orjson

from agents.schema import Played, Trajectory, Verdict
from graphs.campaign.journal import Commit, Tokens
from graphs.export.dataset import main
from memory.measure.diversity import Tally
from memory.measure.modes import Measures

ROOT = Path(__file__).parents[2]
NAMES = ("trajectories.jsonl", "rejected.jsonl", "metrics.jsonl")
MIN_SCORE = 3
"""[ours] No single score of an accepted trajectory is lower."""
MIN_MEAN = 4
"""[ours] Nor is the mean of its scores."""
READABLE = orjson.OPT_SORT_KEYS | orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE
INTERNAL_ERROR = "internal_error"
"""The reason of a slot that raised something unexpected; it has no stop."""


def line(row: Any) -> bytes:
    """One row as JSON with sorted keys and a newline."""
    return orjson.dumps(row, option=orjson.OPT_SORT_KEYS | orjson.OPT_APPEND_NEWLINE)


def replace(path: Path, content: bytes) -> None:
    """Write a file so that it is either the old or the new one at any moment."""
    draft = path.with_name(path.name + ".tmp")
    draft.write_bytes(content)
    os.replace(draft, path)


def rejection(played: Played, familiar: bool) -> str:
    """Why a completed trajectory is not accepted: rules, then quality, then novelty; empty when it is.

    Where the strategy has no QualityAgent there is no verdict: its own filters are among the faults.
    """
    if played.faults:
        return "rules"
    if played.trajectory.verdict and not passes(played.trajectory.verdict):
        return "quality"
    return "not_novel" if familiar else ""


def passes(verdict: Verdict) -> bool:
    """Whether the QualityAgent's scores are good enough [ours]: each at least 3 and their mean at least 4."""
    scores: list[int] = list(verdict.scores.model_dump().values())
    return min(scores) >= MIN_SCORE and mean(scores) >= MIN_MEAN


def summary(trajectory: Trajectory) -> str:
    """A line that tells the BlueprintAgent what there is already."""
    blueprint = trajectory.blueprint
    tools = ", ".join(step.tool for step in blueprint.steps) if blueprint else ""
    return f"{blueprint.goal if blueprint else ''} [{trajectory.directive.mode}: {tools or 'no tool'}]"


def accepted(row: dict[str, Any], measures: Measures) -> bytes:
    """A line of trajectories.jsonl."""
    return line({**row, "measures": measures.model_dump(mode="json")})


def rejected(played: Played, reason: str, detail: str, measures: Measures | None, tokens: Tokens) -> bytes:
    """A line of rejected.jsonl: the same fields, why it was rejected and what it cost.

    Without the cached part of the input, which depends on what else was in flight; it is in cost.json.
    """
    row = {
        **played.trajectory.model_dump(mode="json"),
        "measures": measures.model_dump(mode="json") if measures else None,
        "reason": reason,
        "detail": detail,
        "stop": None if reason == INTERNAL_ERROR else played.stop,
        "faults": played.faults,
        "cost": {"input": tokens.input, "output": tokens.output, "answers": tokens.answers, "unknown": tokens.unknown},
    }
    return line(row)


class Files:
    """The three files that grow by a line with each commit."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._tally, self._tokens = Tally(), 0
        self._files: list[IO[bytes]] = []

    def rebuild(self, commits: Iterable[tuple[Commit, int]]) -> None:
        """Write the files anew from these commits and the tokens spent on each, then keep them open for more."""
        drafts = [self._folder / f"{name}.tmp" for name in NAMES]
        self._files = [draft.open("wb") for draft in drafts]
        for commit, tokens in commits:
            self._write(commit, tokens)
        self._flush()
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
        metrics.write(line({"slot": commit.slot, "tokens": self._tokens, **self._tally.metrics()}))

    def _flush(self) -> None:
        for file in self._files:
            file.flush()


if __name__ == "__main__":
    main()
