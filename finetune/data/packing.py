"""Examples -> packs: several examples laid end to end, none of which sees another.

A pack has no padding. Position ids start again with each example and `borders` (cu_seqlens) says where: attention must
honour them, see `finetune.model.attention`. How a batch is packed never changes its loss, only its speed.
"""

import math
import random
from bisect import bisect_left, insort
from collections.abc import Iterator
from itertools import accumulate, count, islice
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from agents.schema import JsonObject
from finetune.data.examples import Example

Pack = list[Example]
Layout = list[list[int]]


def best_fit(lengths: list[int], capacity: int) -> Layout:
    """Indices of what goes into each pack: longest first, each into the fullest pack that still takes it.

    >>> best_fit([4, 6, 3, 7], capacity=10)
    [[3, 2], [1, 0]]
    """
    packs: Layout = []
    room: list[tuple[int, int]] = []  # (tokens left, pack), sorted
    for index in sorted(range(len(lengths)), key=lambda index: (-lengths[index], index)):
        at = bisect_left(room, (lengths[index], -1))
        left, pack = room.pop(at) if at < len(room) else (capacity, len(packs))
        if pack == len(packs):
            packs.append([])
        packs[pack].append(index)
        insort(room, (left - lengths[index], pack))
    return packs


def deal(batch: list[Example], capacity: int, ranks: int) -> list[list[Pack]]:
    """The packs of one batch as rounds: in each round every rank gets one, of about the same size.

    A rank that would get none gets one token that nothing is learned from, for all ranks must step together.
    """
    packs = [[batch[index] for index in pack] for pack in best_fit([len(example) for example in batch], capacity)]
    while len(packs) % ranks:
        largest = max(range(len(packs)), key=lambda n: (len(packs[n]) > 1, _tokens(packs[n])))
        half = packs[largest][1::2] or [Example(np.zeros(1, np.int32), np.zeros(1, np.bool_))]
        packs[largest] = packs[largest][::2]
        packs.append(half)
    packs.sort(key=_tokens, reverse=True)
    return [packs[first : first + ranks] for first in range(0, len(packs), ranks)]


def _tokens(pack: Pack) -> int:
    return sum(map(len, pack))


def epoch_order(examples: list[Example], epoch: int, seed: int) -> list[Example]:
    """What an epoch shows, shuffled; an example of share 0.5 is in every other one, of share 2 twice in each."""
    order = []
    for number, example in enumerate(examples):
        start = 0.0 if example.share == int(example.share) else random.Random(f"{seed}:share:{number}").random()
        seen = math.floor(start + example.share * epoch)
        order += [example] * (math.floor(start + example.share * (epoch + 1)) - seen)
    random.Random(f"{seed}:{epoch}").shuffle(order)
    return order


def batches(examples: list[Example], size: int, seed: int) -> Iterator[list[Example]]:
    """Batches without end, epoch after epoch, the last batch of an epoch as small as it is."""
    for epoch in count():
        order = epoch_order(examples, epoch, seed)
        yield from (order[first : first + size] for first in range(0, len(order), size))


def count_steps(examples: list[Example], size: int, seed: int, epochs: int) -> int:
    """The batches of so many epochs."""
    if all(example.share == 1 for example in examples):
        return epochs * math.ceil(len(examples) / size)
    return sum(math.ceil(len(epoch_order(examples, epoch, seed)) / size) for epoch in range(epochs))


def fullness(examples: list[Example], size: int, capacity: int, ranks: int, seed: int) -> float:
    """How much of its room an epoch's packs use, 0 to 1; what is left costs nothing, for nothing is padded."""
    epoch = islice(batches(examples, size, seed), count_steps(examples, size, seed, 1))
    packs = [pack for batch in epoch for packs in deal(batch, capacity, ranks) for pack in packs]
    return sum(map(_tokens, packs)) / (len(packs) * capacity)


def tensors(pack: Pack, device: torch.device) -> JsonObject:
    """A pack as a model's inputs, one row of T tokens, and no attention mask: it would hide where examples begin.

    A lone example gets no borders either: some models refuse them, and need none.
    """
    row: dict[str, list[NDArray[Any]]] = {
        "input_ids": [example.ids_T for example in pack],
        "position_ids": [np.arange(len(example)) for example in pack],
        "labels": [example.labels_T for example in pack],
    }
    inputs = {name: torch.from_numpy(np.concatenate(parts)).to(device, torch.long)[None] for name, parts in row.items()}
    if len(pack) == 1:
        return inputs
    longest = max(map(len, pack))
    borders = torch.tensor([0, *accumulate(map(len, pack))], dtype=torch.int32, device=device)
    # as transformers' own flash attention takes them
    return inputs | {
        "cu_seq_lens_q": borders, "cu_seq_lens_k": borders, "max_length_q": longest, "max_length_k": longest
    }  # fmt: skip
