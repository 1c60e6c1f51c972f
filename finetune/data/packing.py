"""Examples -> packs: several examples laid end to end, none of which sees another.

A pack has no padding. Position ids start again with each example and `borders` (cu_seqlens) says where: attention must
honour them, see `finetune.model.attention`. How a batch is packed never changes its loss, only its speed.
"""

from bisect import bisect_left, insort
from itertools import accumulate
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
        # the largest pack is what the other ranks would wait for
        half = packs[largest][1::2] or [Example(np.zeros(1, np.int32), np.zeros(1, np.bool_))]
        packs[largest] = packs[largest][::2]
        packs.append(half)
    packs.sort(key=_tokens, reverse=True)
    return [packs[first : first + ranks] for first in range(0, len(packs), ranks)]


def _tokens(pack: Pack) -> int:
    return sum(map(len, pack))


def fullness(examples: list[Example], size: int, capacity: int, ranks: int) -> float:
    """How much of its room the packs of such batches use, 0 to 1; what is left costs nothing, for nothing is padded."""
    chunks = [examples[first : first + size] for first in range(0, len(examples), size)]
    packs = [pack for batch in chunks for packs in deal(batch, capacity, ranks) for pack in packs]
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
