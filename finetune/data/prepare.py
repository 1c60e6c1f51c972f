"""Sources -> what a run trains on and what it holds out, a row at a time.

Every row is read once, to see which are the same and which are held out. It is rendered and tokenised when a step first
wants it: the first step of a run waits for a thousand rows, not for all. Each rank takes its share of them. What became
of a row is kept in examples.bin, for later epochs and for a resume.
"""

import hashlib
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from agents.errors import RowError
from finetune.data import rows
from finetune.data.examples import Attempt, Example, encode
from finetune.data.layouts import read_conversation
from finetune.data.order import BLOCK
from finetune.data.rows import Record, Source, Split
from finetune.data.store import Plan, Store
from finetune.data.table import Table
from finetune.data.template import Template, training_variant

FEW = 1000
"""Learned tokens below which a held-out loss says little."""


@dataclass
class Reading:
    """What became of the rows that were read so far."""

    length: int
    """The most tokens of an example."""
    rows: int = 0
    examples: int = 0
    tokens: int = 0
    learned: int = 0
    refused: list[str] = field(default_factory=list)
    """`place: reason` for each row that was refused."""
    shortened: int = 0
    """Examples longer than the limit, of which the leading turns are left."""
    dropped: int = 0
    """Examples of which not even the first turn fits."""
    turns_lost: int = 0
    """Assistant turns that the limit took away."""
    notes: Counter[str] = field(default_factory=Counter)
    """What the chat template has no room for, and how often."""
    whole: int = 0
    """Tokens before anything was cut."""
    once: int = 0
    """Of these, tokens of each row's longest example."""

    def add(self, attempt: Attempt) -> list[Example]:
        """The examples of one more row that fit; what is longer is cut at the end of a turn, and counted."""
        self.rows += 1
        self.notes.update(dict(attempt.notes))
        if attempt.fault:
            self.refused.append(f"{attempt.place}: {attempt.fault}")
        kept = []
        for example in attempt.examples:
            head = example.cut(self.length)
            self.whole += len(example)
            self.turns_lost += len(example.ends) - (len(head.ends) if head else 0)
            if head is None:
                self.dropped += 1
                continue
            self.shortened += len(head.ends) < len(example.ends)
            self.examples += 1
            self.tokens += len(head)
            self.learned += head.learned_tokens
            kept.append(head)
        self.once += max(map(len, attempt.examples), default=0)
        return kept

    @property
    def copies(self) -> float:
        """Tokens of all examples for each token of the rows' longest ones: above 1 where turns are rewritten."""
        return self.whole / self.once if self.once else 1.0

    @property
    def counts(self) -> dict[str, int]:
        """All of it as numbers."""
        names = ("rows", "examples", "tokens", "learned", "shortened", "dropped", "turns_lost")
        return {**{name: getattr(self, name) for name in names}, "refused": len(self.refused)}

    @property
    def summary(self) -> str:
        """What was read, dropped and left out, for people."""
        counts = self.counts
        learned = f"{self.tokens:,} tokens, {self.learned:,} of them learned"
        lines = [f"{self.rows:,} rows -> {self.examples:,} examples, {learned}"]
        if self.refused:
            lines.append(f"refused {len(self.refused)} rows, the first is {self.refused[0]}")
        if self.turns_lost:
            lost = "{shortened} examples shortened, {dropped} dropped, {turns_lost} turns lost".format(**counts)
            lines.append(f"longer than --length: {lost}")
        lines += [f"{count} {note}" for note, count in sorted(self.notes.items())]
        return "\n  ".join(lines)


def try_encode(record: Record, template: Template) -> Attempt:
    """The examples of a record, or why it is refused."""
    place, content = record
    notes = Counter[str]()
    try:
        if isinstance(content, RowError):
            raise content
        examples = encode(read_conversation(content), template, notes)
    except RowError as error:
        return Attempt(place, fault=str(error))
    return Attempt(place, tuple(examples), notes=tuple(notes.items()))


@dataclass(frozen=True)
class Wanted:
    """What a run wants to be prepared."""

    data: tuple[Source, ...]
    held_out_data: tuple[Source, ...]
    held_out: float
    split: Split
    seed: int
    length: int
    folder: Path
    """Where rows are kept while the run needs them."""


@dataclass(frozen=True)
class Ranks:
    """Which of the processes this one is, and how all of them learn what each of them made."""

    rank: int = 0
    count: int = 1
    gather: Callable[[list[Attempt]], list[list[Attempt]]] = lambda mine: [mine]


class Preparation:
    """The rows of a run by number: those of --data, and behind them those of --held-out-data."""

    def __init__(self, wanted: Wanted, template: Template, store: Store, ranks: Ranks | None = None) -> None:
        self._wanted, self._template, self._store, self._ranks = wanted, template, store, ranks or Ranks()
        self.read, self.held = Reading(wanted.length), Reading(wanted.length)
        self.sample: list[Example] = []
        """The examples of the first block."""
        self._seen = set[int]()

    @cached_property
    def _table(self) -> Table:
        # a resume that finds every row in the store reads no row at all
        table = Table(self._wanted.folder, self._wanted.split)
        table.add(self._wanted.data, "--data")
        self._exam = len(table)
        if self._wanted.held_out_data:
            table.add(self._wanted.held_out_data, "--held-out-data")
        return table

    @cached_property
    def plan(self) -> Plan:
        """Which rows are learned and which are measured, as the store has it from the run's beginning.

        Raises: UsageError: nothing can be read, or held out as it is asked for.
        """
        if self._store.plan:
            return self._store.plan
        table, wanted = self._table, self._wanted
        if wanted.held_out_data:
            measure = set(range(self._exam, len(table)))
            exam = {table.digests[row] for row in measure}
            # a row that is also in the exam is neither learned nor measured twice
            apart = {row for row in range(self._exam) if table.digests[row] in exam}
        else:
            apart = measure = rows.choose_held_out(
                table.digests, table.groups, wanted.held_out, wanted.seed, wanted.split
            )
        learn = [row for row in range(self._exam) if row not in apart]
        return {"learn": learn, "measure": sorted(measure), "shares": [table.shares[row] for row in learn]}

    def load(self, places: Sequence[int]) -> list[list[Example]]:
        """The examples of the learned rows at these places, each rendered and tokenised once."""
        wanted = [self.plan["learn"][place] for place in places]
        loaded = self._load(wanted, self.read)
        self.sample = self.sample or [example for examples in loaded for example in examples]
        return loaded

    def load_held_out(self) -> list[Example]:
        """The examples that are measured."""
        examples, measure = list[Example](), self.plan["measure"]
        for first in range(0, len(measure), BLOCK):
            for loaded in self._load(measure[first : first + BLOCK], self.held):
                examples += loaded
        return examples

    def _load(self, wanted: Sequence[int], reading: Reading) -> list[list[Example]]:
        fresh = [row for row in dict.fromkeys(wanted) if row not in self._store]
        latest = dict[int, Attempt]()
        if fresh:
            rank, count = self._ranks.rank, self._ranks.count
            shares = self._ranks.gather(
                [try_encode(self._table.read(row), self._template) for row in fresh[rank::count]]
            )
            latest = {row: shares[n % count][n // count] for n, row in enumerate(fresh)}
            self._store.add(latest)
        # what was just made is not read back: it may not be in the file yet, which another process writes
        attempts = {row: latest.get(row) or self._store.read(row) for row in dict.fromkeys(wanted)}
        # a row counts once, however often it is shown
        readings = {
            row: (Reading(reading.length) if row in self._seen else reading).add(attempt)
            for row, attempt in attempts.items()
        }
        self._seen |= attempts.keys()
        return [readings[row] for row in wanted]


def describe_template(encoded: Reading, template: Template) -> list[str]:
    """What a user should know of how the student's template takes these rows."""
    lines = []
    if not template.habits.tools:
        lines.append(
            "the chat template shows no tools: they stand behind the system prompt, by a template that is saved "
            "with the model"
        )
    if encoded.copies > 1.2:
        variant = training_variant(template.tokenizer)
        cure = f"--chat-template {variant} keeps it" if variant else "a chat template that keeps it would not"
        lines.append(
            f"the chat template rewrites earlier turns, so that rows are repeated: {encoded.copies:.1f} times the "
            f"tokens; {cure}"
        )
    return lines


def describe_held_out(encoded: Reading, share: float) -> str:
    """A warning where the held-out loss says little or nothing; else empty."""
    learned = encoded.learned
    if not encoded.examples:
        why = "no row of it fits" if encoded.rows else "--held-out is 0" if not share else "it has no rows"
        return f"no held-out loss: {why}"
    if learned < FEW:
        return (
            f"the held-out loss rests on {encoded.examples} examples with {learned} learned tokens: too few to "
            f"compare; raise --held-out, or name --held-out-data"
        )
    return ""


def fingerprint(sources: Sequence[Source]) -> str:
    """sha256 of the rows, to know them again; of a hub's data set or a folder that `datasets` saved, of its name."""
    total = hashlib.sha256()
    for source in sources:
        files = [file for file in rows.list_files(Path(source.name)) if file.is_file()]
        for file in files:
            with file.open("rb") as content:
                while block := content.read(2**20):
                    total.update(block)
        if not files:
            total.update(source.name.encode())
    return total.hexdigest()
