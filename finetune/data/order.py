"""Rows -> batches: what an epoch shows, in which order, a block of rows at a time.

Rows are read when they are wanted, so that the first step waits for one block and not for all of them. A data set of
one block is shuffled as a whole. A larger one is shuffled twice: its rows, and the examples of each block.
"""

import math
import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import count

from finetune.data.examples import Example

BLOCK = 1024
"""Rows that are read at once."""
Load = Callable[[list[int]], list[list[Example]]]
"""Numbers of rows -> the examples of each."""


@dataclass(frozen=True)
class Batch:
    """The examples of one optimiser step."""

    examples: list[Example]
    steps: int
    """How many steps the run has: exact once every row was read, before that by the rows read so far."""
    last: bool


def epoch_rows(shares: Sequence[float], epoch: int, seed: int) -> list[int]:
    """The rows that an epoch shows, in order; one of share 0.5 is in every other epoch, of share 2 twice in each."""
    order = []
    for row, share in enumerate(shares):
        start = 0.0 if share == int(share) else random.Random(f"{seed}:share:{row}").random()
        order += [row] * (math.floor(start + share * (epoch + 1)) - math.floor(start + share * epoch))
    return order


def draw_batches(
    shares: Sequence[float], load: Load, size: int, seed: int, epochs: int, steps: int = 0
) -> Iterator[Batch]:
    """The batches of so many epochs, or of so many steps; the last batch of an epoch is as small as it is."""
    counts: dict[int, int] = {}
    # Whole shares show the same rows in each epoch.
    whole = all(share == int(share) for share in shares)
    orders = [epoch_rows(shares, epoch, seed) for epoch in range(0 if steps else 1 if whole else epochs)]

    def estimate() -> int:
        mean = sum(counts.values()) / len(counts)
        examples = [sum(counts.get(row, mean) for row in order) for order in orders]
        # a mean times rows is off by a rounding: 4.0000000001 batches are four
        total = sum(math.ceil(number / size - 1e-9) for number in examples)
        return total * (epochs if whole else 1)

    held: list[Example] = []
    total = number = 0
    for epoch in count() if steps else range(epochs):
        order, left = epoch_rows(shares, epoch, seed), list[Example]()
        if len(order) > BLOCK:
            random.Random(f"{seed}:rows:{epoch}").shuffle(order)
        for first in range(0, len(order), BLOCK):
            block = order[first : first + BLOCK]
            loaded = load(block)
            if not counts.keys() >= set(block):
                counts.update({row: len(examples) for row, examples in zip(block, loaded, strict=True)})
                total = steps or estimate()
            shown = [example for examples in loaded for example in examples]
            random.Random(f"{seed}:{epoch}:{first}" if first else f"{seed}:{epoch}").shuffle(shown)
            left += shown
            while len(left) >= size or (left and first + BLOCK >= len(order)):
                # one batch is held back, for only what follows tells which is the last
                if held:
                    number += 1
                    yield Batch(held, total, last=False)
                held, left = left[:size], left[size:]
                if steps and number == steps - 1:
                    yield Batch(held, steps, last=True)
                    return
        if steps and len(counts) == len(shares) and not any(counts.values()):
            return
    if held:
        yield Batch(held, number + 1, last=True)
