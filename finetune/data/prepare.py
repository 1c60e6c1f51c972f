"""Sources -> what a run trains on and what it holds out: read twice, so that no row is kept in memory.

The first reading finds which rows are the same and which are held out, the second renders and tokenises. Each rank
takes its share of the rows. What it came to is kept beside the run, so that a resume reads it instead.
"""

import hashlib
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import orjson

from agents.errors import RowError
from agents.files import write_whole
from finetune.data import rows
from finetune.data.examples import Example, encode
from finetune.data.layouts import read_conversation
from finetune.data.rows import Record, Source, Split
from finetune.data.template import Template, training_variant

Gather = Callable[[list["Attempt"]], list[list["Attempt"]]]
FEW = 1000
"""Learned tokens below which a held-out loss says little."""


@dataclass(frozen=True)
class Attempt:
    """What became of one row."""

    place: str
    examples: tuple[Example, ...] = ()
    fault: str = ""
    notes: tuple[tuple[str, int], ...] = ()


@dataclass(frozen=True)
class Encoded:
    """What became of a set of rows."""

    examples: list[Example]
    rows: int
    refused: list[str]
    """`place: reason` for each row that was refused."""
    shortened: int
    """Examples longer than the limit, of which the leading turns are left."""
    dropped: int
    """Examples of which not even the first turn fits."""
    turns_lost: int
    """Assistant turns that the limit took away."""
    notes: dict[str, int]
    """What the chat template has no room for, and how often."""
    copies: float
    """Tokens of all examples for each token of the rows' longest ones: above 1 where earlier turns are rewritten."""

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
    def summary(self) -> str:
        """What was read, dropped and left out, for people."""
        counts = self.counts
        lines = ["{rows} rows -> {examples} examples, {tokens:,} tokens, {learned:,} of them learned".format(**counts)]
        if self.refused:
            lines.append(f"refused {len(self.refused)} rows, the first is {self.refused[0]}")
        if self.turns_lost:
            lost = "{shortened} examples shortened, {dropped} dropped, {turns_lost} turns lost".format(**counts)
            lines.append(f"longer than --length: {lost}")
        lines += [f"{count} {note}" for note, count in self.notes.items()]
        return "\n  ".join(lines)


def try_encode(record: Record, template: Template, share: float = 1.0) -> Attempt:
    """The examples of a record, or why it is refused."""
    place, content = record
    notes = Counter[str]()
    try:
        if isinstance(content, RowError):
            raise content
        examples = encode(read_conversation(content), template, notes, share)
    except RowError as error:
        return Attempt(place, fault=str(error))
    return Attempt(place, tuple(examples), notes=tuple(notes.items()))


def fit(attempts: Sequence[Attempt], length: int) -> Encoded:
    """Collect what rows became; what is longer than `length` is cut at the end of a turn, and counted."""
    whole = [example for attempt in attempts for example in attempt.examples]
    kept = [(example, example.fitted(length)) for example in whole]
    examples = [fitted for _, fitted in kept if fitted]
    notes = Counter[str]()
    for attempt in attempts:
        notes.update(dict(attempt.notes))
    once = sum(max(map(len, attempt.examples)) for attempt in attempts if attempt.examples)
    return Encoded(
        examples=examples,
        rows=len(attempts),
        refused=[f"{attempt.place}: {attempt.fault}" for attempt in attempts if attempt.fault],
        shortened=sum(fitted is not None and len(fitted.ends) < len(example.ends) for example, fitted in kept),
        dropped=len(whole) - len(examples),
        turns_lost=sum(len(example.ends) for example in whole) - sum(len(example.ends) for example in examples),
        notes=dict(sorted(notes.items())),
        copies=sum(map(len, whole)) / once if once else 1.0,
    )


@dataclass(frozen=True)
class Wanted:
    """What a run wants to be prepared."""

    data: tuple[Source, ...]
    held_out_data: tuple[Source, ...]
    held_out: float
    split: Split
    seed: int
    length: int


def prepare(wanted: Wanted, template: Template, rank: int, ranks: int, gather: Gather) -> tuple[Encoded, Encoded]:
    """What is trained on and what is held out; `gather` brings what every rank made of its share of the rows.

    Raises: UsageError: nothing can be read.
    """
    digests, groups = list[bytes](), list[frozenset[str]]()
    for source in wanted.data:
        for _, content in rows.read_records(source):
            digests.append(rows.digest(content))
            groups.append(rows.services(content) if wanted.split == "service" else frozenset())
    if wanted.held_out_data:
        exam = {
            rows.digest(content)
            for source in wanted.held_out_data
            for _, content in rows.read_records(source, "--held-out-data")
        }
        # a row that is also in the exam is neither learned nor measured twice
        held = {n for n, key in enumerate(digests) if key in exam}
        learn = _encode(wanted.data, template, rank, ranks, gather, lambda n: n not in held)
        measure = _encode(wanted.held_out_data, template, rank, ranks, gather, lambda n: True)
    else:
        held = rows.choose_held_out(digests, groups, wanted.held_out, wanted.seed, wanted.split)
        learn = _encode(wanted.data, template, rank, ranks, gather, lambda n: n not in held)
        measure = _encode(wanted.data, template, rank, ranks, gather, lambda n: n in held)
    return fit(learn, wanted.length), fit(measure, wanted.length)


def _encode(
    sources: Sequence[Source],
    template: Template,
    rank: int,
    ranks: int,
    gather: Gather,
    wanted: Callable[[int], bool],
) -> list[Attempt]:
    """What the wanted rows became, in order."""
    mine, count = [], 0
    for record, share in _numbered(sources, wanted):
        if count % ranks == rank:
            mine.append(try_encode(record, template, share))
        count += 1
    shares = gather(mine)
    return [shares[n % ranks][n // ranks] for n in range(count)]


def _numbered(sources: Sequence[Source], wanted: Callable[[int], bool]) -> Iterator[tuple[Record, float]]:
    number = 0
    for source in sources:
        for record in rows.read_records(source):
            if wanted(number):
                yield record, source.share
            number += 1


def describe_template(encoded: Encoded, template: Template) -> list[str]:
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


def describe_held_out(encoded: Encoded, share: float) -> str:
    """A warning where the held-out loss says little or nothing; else empty."""
    learned = encoded.counts["learned"]
    if not encoded.examples:
        why = "no row of it fits" if encoded.rows else "--held-out is 0" if not share else "it has no rows"
        return f"no held-out loss: {why}"
    if learned < FEW:
        return (
            f"the held-out loss rests on {len(encoded.examples)} examples with {learned} learned tokens: too few to "
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


def save_examples(path: Path, sets: Sequence[Encoded], key: str) -> None:
    """Keep what rows became, so that a resume need not render and tokenise them again."""
    examples = [example for encoded in sets for example in encoded.examples]
    about = [
        {**{name: value for name, value in vars(encoded).items() if name != "examples"}, "count": len(encoded.examples)}
        for encoded in sets
    ]
    sizes = np.array(list(map(len, examples)), np.int64)
    head = orjson.dumps({"key": key, "sets": about, "sizes": len(sizes), "tokens": int(sizes.sum())}) + b"\n"
    parts = [sizes.tobytes(), np.array([example.share for example in examples], np.float64).tobytes()]
    parts += [example.ids_T.tobytes() for example in examples]
    parts += [example.mask_T.tobytes() for example in examples]
    write_whole(path, head + b"".join(parts))


def load_examples(path: Path, key: str) -> list[Encoded] | None:
    """What `save_examples` kept under this key; None where there is none."""
    if not path.is_file():
        return None
    content = path.read_bytes()
    line, _, rest = content.partition(b"\n")
    try:
        head = orjson.loads(line)
    except ValueError:
        return None
    count, tokens = head["sizes"], head["tokens"]
    if head["key"] != key or len(rest) != 16 * count + 5 * tokens:
        return None
    sizes = np.frombuffer(rest, np.int64, count)
    shares = np.frombuffer(rest, np.float64, count, 8 * count)
    ids = np.split(np.frombuffer(rest, np.int32, tokens, 16 * count), np.cumsum(sizes)[:-1])
    masks = np.split(np.frombuffer(rest, np.bool_, tokens, 16 * count + 4 * tokens), np.cumsum(sizes)[:-1])
    parts = zip(ids, masks, shares, strict=True)
    examples = iter([Example(ids_T, mask_T, float(share)) for ids_T, mask_T, share in parts])
    return [Encoded(examples=[next(examples) for _ in range(about.pop("count"))], **about) for about in head["sets"]]
