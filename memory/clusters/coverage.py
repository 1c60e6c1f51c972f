"""Greedy maximum coverage [ours]: candidate sets and the weight of what they cover in, the sets worth having out.

`argmax sum of w(u)` over what a set newly covers, again and again. This is at least 1 - 1/e of the best that as many
sets can cover (Nemhauser, Wolsey and Fisher, 1978); the lazy form (Minoux, 1978) gives the same sets for less work.
"""

from collections.abc import Collection, Sequence
from heapq import heapify, heappop, heapreplace
from math import fsum
from random import Random

Sets = Sequence[Collection[int]]


def greedy(covers: Sets, weights: Sequence[float], budget: int, covered: Collection[int] = ()) -> list[int]:
    """Indices of the chosen sets in order; ends at the budget or when nothing is gained. Ties go to the first.

    A gain only shrinks, so a set whose gain was worked out anew and still leads is the best without asking the others.
    """
    done, picked = set(covered), list[int]()
    heap = [(-_gain(items, weights, done), index, 0) for index, items in enumerate(covers)]
    heapify(heap)
    while heap and len(picked) < budget:
        gain, index, age = heap[0]
        if gain == 0.0:
            break
        if age == len(picked):
            heappop(heap)
            picked.append(index)
            done.update(covers[index])
        else:
            heapreplace(heap, (-_gain(covers[index], weights, done), index, len(picked)))
    return picked


def _gain(items: Collection[int], weights: Sequence[float], done: set[int]) -> float:
    """Exactly rounded, so that a smaller set never weighs more by its last bit."""
    return fsum(weights[item] for item in items if item not in done)


def shuffle(covers: Sets, seed: int) -> list[int]:
    """The sets in a random order: what greedy is compared with."""
    order = list(range(len(covers)))
    Random(seed).shuffle(order)
    return order


def curve(covers: Sets, weights: Sequence[float], order: Sequence[int]) -> list[float]:
    """The weight that is covered after each set of the order, as a share of what all sets together cover."""
    whole = fsum(weights[item] for item in {item for items in covers for item in items})
    done: set[int] = set()
    shares, sum_ = [], 0.0
    for index in order:
        sum_ += _gain(covers[index], weights, done)
        done.update(covers[index])
        shares.append(sum_ / whole)
    return shares


def sets_needed(shares: Sequence[float], share: float) -> int | None:
    """How many sets reach the share; None where they never do."""
    return next((count for count, reached in enumerate(shares, 1) if reached >= share - 1e-9), None)
