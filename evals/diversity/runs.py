"""A run's folder -> its dataset as diversity is measured on it: measures, vectors, words and what they cost.

Reads manifest.json, trajectories.jsonl and metrics.jsonl; nothing of it knows what steered the run.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import orjson

from agents.errors import UsageError
from agents.files import read_rows
from agents.run_format import check_format
from evals.diversity.leaves import Leaves
from memory.embed.embedder import Embedder
from memory.measure.acts import Row, conversation_text
from memory.measure.diversity import at_equal_n, vendi
from memory.measure.modes import Measures
from memory.measure.wording import distinct, self_bleu
from memory.statistics import Floats

NO_ARM = {"seed", "out", "count", "concurrency"}
"""Settings in which runs of one arm may differ."""
Values = dict[str, float]


@dataclass(frozen=True)
class Run:
    """A run's dataset, in slot order."""

    folder: Path
    settings: Mapping[str, Any]
    seed: int
    corpus: int
    """Tools that the run could draw from."""
    measures: Sequence[Measures]
    vectors: Floats
    tokens: Sequence[int]
    """Teacher tokens spent up to each slot, accepted or not."""
    words: Sequence[str] = ()
    """What the user says in each row."""
    spoken: Floats | None = None
    """These words alone, embedded: the whole text of a row ends in its mode signature, which rows of a mode share."""
    second: Floats | None = None
    """The same texts by another embedder."""
    leaves: Leaves | None = None
    """Those that the run is scored by, if not its own."""

    def first(self, rows: int) -> "Run":
        """The dataset as it was when it had so many rows, and what it had cost by then."""
        if rows >= len(self.measures):
            return self
        last = self.measures[rows - 1].slot if rows else -1
        return replace(
            self,
            measures=self.measures[:rows],
            vectors=self.vectors[:rows],
            words=self.words[:rows],
            spoken=None if self.spoken is None else self.spoken[:rows],
            second=None if self.second is None else self.second[:rows],
            tokens=self.tokens[: last + 1],
        )

    def until(self, slot: int) -> "Run":
        """The dataset as it was after that slot."""
        return self.first(sum(measures.slot <= slot for measures in self.measures))

    def at(self, n: int) -> Values:
        """The measures of n of its rows, the share of the corpus that they call, and what a row has cost."""
        values = at_equal_n(self.measures, self.vectors, n)
        values |= {"coverage": values["tools"] / self.corpus}
        if self.leaves:
            values["leaf_coverage"] = self.leaves.coverage(self.measures, n)
        if self.spoken is not None:
            values["vendi_users"] = vendi(self.spoken[:n])
        if self.second is not None:
            values["vendi_second"] = vendi(self.second[:n])
        if self.words:
            values |= {"distinct_3": distinct(self.words[:n]), "self_bleu": self_bleu(self.words[:n])}
        price = self.tokens[-1] / len(self.measures) if self.tokens else 0.0
        return {"n": float(n), **values, "tokens_per_row": price}


def read(folder: Path, vectors: Embedder, leaves: Leaves | None = None, second: Embedder | None = None) -> Run:
    """Raises: UsageError: no run, or nothing was accepted."""
    try:
        manifest = orjson.loads((folder / "manifest.json").read_bytes())
        check_format(folder, manifest)
        rows = [row for _, row in read_rows(folder / "trajectories.jsonl", {"measures": dict, "messages": list})]
        spent = [line["tokens"] for _, line in read_rows(folder / "metrics.jsonl", {"tokens": int})]
        measures = [Measures.model_validate(row["measures"]) for row in rows]
        config, corpus = manifest["config"], manifest["corpus"]["tools"]
    except (OSError, ValueError, KeyError, TypeError) as error:
        fault = " ".join(str(error).split())[:200]
        raise UsageError(f"{folder}: not a run's folder ({fault}); make one with python -m graphs.run") from None
    if not rows:
        raise UsageError(f"{folder}: nothing was accepted; play more slots")
    if leaves:
        pairs = zip(measures, rows, strict=True)
        measures = [own.model_copy(update={"leaf": leaves.label(row, own)}) for own, row in pairs]
    texts = [conversation_text(row) for row in rows]
    words = ["\n".join(user_words(row)) for row in rows]
    return Run(
        folder=folder,
        settings={name: value for name, value in config.items() if name not in NO_ARM},
        seed=config["seed"],
        corpus=corpus,
        measures=measures,
        vectors=vectors.embed(texts).astype(float),
        tokens=spent,
        words=words,
        spoken=vectors.embed(words).astype(float),
        second=second.embed(texts).astype(float) if second else None,
        leaves=leaves,
    )


def user_words(row: Row) -> list[str]:
    return [message["content"] for message in row["messages"] if message["role"] == "user"]
