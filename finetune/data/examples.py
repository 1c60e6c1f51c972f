"""Trajectories -> examples: token ids and which of them are the assistant's own.

An example is one unbroken run of tokens, as long as the student's chat template lets it be: where a later prompt only
adds to what came before, the turns of a row share one example; where the template rewrites an earlier turn (Qwen3 drops
old thinking), the next turn begins another. So every answer stands behind exactly the prompt that inference sends.
"""

import random
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import orjson
from numpy.typing import NDArray

from agents.errors import RenderError, UsageError
from finetune.data.render import Template, turns

IGNORE = -100
"""A label that no loss counts."""


@dataclass(frozen=True, eq=False)
class Example:
    """T tokens of one row."""

    ids_T: NDArray[np.int32]
    mask_T: NDArray[np.bool_]
    """Whether the student must say this token."""

    def __len__(self) -> int:
        return len(self.ids_T)

    @cached_property
    def learned(self) -> int:
        """How many tokens count in the loss."""
        return int(self.mask_T.sum())

    @cached_property
    def ends(self) -> list[int]:
        """Where an answer is over: the positions just behind each learned run."""
        return [int(at) + 1 for at in np.flatnonzero(self.mask_T & ~np.append(self.mask_T[1:], False))]

    @property
    def labels_T(self) -> NDArray[np.int64]:
        """The token to say next where it is learned, else IGNORE: already shifted by one."""
        labels_T = np.full(len(self), IGNORE)
        labels_T[:-1][self.mask_T[1:]] = self.ids_T[1:][self.mask_T[1:]]
        return labels_T

    def fitted(self, length: int) -> "Example | None":
        """The leading turns that fit, None where not even the first does."""
        end = max((end for end in self.ends if end <= length), default=0)
        return Example(self.ids_T[:end], self.mask_T[:end]) if end else None


def encode(row: dict[str, Any], template: Template) -> list[Example]:
    """The examples of one row, in order.

    Raises: RenderError: see `finetune.data.render.turns`.
    """
    spoken = turns(row, template)
    ids = template.ids([text for turn in spoken for text in (turn.prompt, turn.answer)])
    runs: list[tuple[list[int], list[bool]]] = []
    for prompt, answer in zip(ids[::2], ids[1::2], strict=True):
        if not runs or prompt[: len(runs[-1][0])] != runs[-1][0]:
            runs.append(([], []))
        tokens, mask = runs[-1]
        told = prompt[len(tokens) :]
        tokens += told + answer
        mask += [False] * len(told) + [True] * len(answer)
    return [Example(np.array(tokens, np.int32), np.array(mask)) for tokens, mask in runs]


@dataclass(frozen=True)
class Encoded:
    """What became of a set of rows."""

    examples: list[Example]
    rows: int
    refused: list[str]
    """`place: reason` for each row that the render gate refused."""
    shortened: int
    """Examples longer than the limit, of which the leading turns are left."""
    dropped: int
    """Examples of which not even the first turn fits."""
    turns_lost: int
    """Assistant turns that the limit took away."""

    @property
    def counts(self) -> dict[str, int]:
        """All of it as numbers."""
        return {
            "rows": self.rows,
            "examples": len(self.examples),
            "tokens": sum(map(len, self.examples)),
            "learned": sum(example.learned for example in self.examples),
            "refused": len(self.refused),
            "shortened": self.shortened,
            "dropped": self.dropped,
            "turns_lost": self.turns_lost,
        }

    @property
    def told(self) -> str:
        """What was read and what dropped, for people."""
        told = "{rows} rows -> {examples} examples, {tokens:,} tokens, {learned:,} of them learned"
        if self.refused:
            told += "\n  refused {refused} rows, the first is {first}"
        if self.turns_lost:
            told += (
                "\n  longer than --length: {shortened} examples shortened, {dropped} dropped, {turns_lost} turns lost"
            )
        return told.format(**self.counts, first=next(iter(self.refused), ""))


def attempt(where: str, row: dict[str, Any], template: Template) -> list[Example] | str:
    """The examples of a row, or `place: reason` where it is refused."""
    try:
        return encode(row, template)
    except RenderError as error:
        return f"{where}: {error}"


def fit(attempts: list[list[Example] | str], length: int) -> Encoded:
    """Collect what rows became; what is longer than `length` is cut at the end of a turn, and counted."""
    whole = [example for found in attempts if not isinstance(found, str) for example in found]
    kept = [(example, example.fitted(length)) for example in whole]
    examples = [fitted for _, fitted in kept if fitted]
    return Encoded(
        examples=examples,
        rows=len(attempts),
        refused=[found for found in attempts if isinstance(found, str)],
        shortened=sum(fitted is not None and len(fitted.ends) < len(example.ends) for example, fitted in kept),
        dropped=len(whole) - len(examples),
        turns_lost=sum(len(example.ends) for example in whole) - sum(len(example.ends) for example in examples),
    )


def read(data: Path) -> list[tuple[str, dict[str, Any]]]:
    """The rows of a run's folder or of a .jsonl file, each with the place that names it.

    Raises: UsageError: nothing there, or a line that is not a JSON object.
    """
    path = rows_in(data)
    try:
        rows = list(_lines(path))
    except OSError as error:
        raise UsageError(f"--data: cannot read {path} ({error.strerror}); name a run's folder or .jsonl file") from None
    if not rows:
        raise UsageError(f"--data: no rows in {path}")
    return rows


def rows_in(data: Path) -> Path:
    """The file that holds the rows."""
    return data / "trajectories.jsonl" if data.is_dir() else data


def _lines(path: Path) -> Iterator[tuple[str, dict[str, Any]]]:
    with path.open("rb") as file:
        for number, line in enumerate(file, 1):
            try:
                row = orjson.loads(line)
            except ValueError as error:
                raise UsageError(f"--data: {path}:{number}: not JSON ({error})") from None
            if not isinstance(row, dict):
                raise UsageError(f"--data: {path}:{number}: not a JSON object")
            yield f"{path.name}:{number}", row


def split(rows: list[Any], held_out: float, seed: int) -> tuple[list[Any], list[Any]]:
    """Rows to train on and rows held out, each in order; at least one is held out if any share is."""
    count = max(1, round(len(rows) * held_out)) if held_out else 0
    held = set(random.Random(seed).sample(range(len(rows)), count))
    return [row for n, row in enumerate(rows) if n not in held], [row for n, row in enumerate(rows) if n in held]
