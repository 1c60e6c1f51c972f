"""Greedy maximum coverage, its lazy form, and how far it is from the best."""

from itertools import combinations
from math import e, fsum

from hypothesis import given, settings
from hypothesis import strategies as st

from memory.clusters.coverage import curve, greedy, sets_needed, shuffle

Instance = tuple[list[frozenset[int]], list[float]]


def instances(sets: int, items: int) -> st.SearchStrategy[Instance]:
    """Covers and the weights of what they cover; equal weights make ties."""
    covers = st.lists(st.frozensets(st.integers(0, items - 1), max_size=6), min_size=1, max_size=sets)
    weights = st.lists(st.sampled_from([1.0, 0.5, 1 / 3, 0.1, 1e-9]), min_size=items, max_size=items)
    return st.tuples(covers, weights)


def plain(covers: list[frozenset[int]], weights: list[float], budget: int) -> list[int]:
    """The definition: every gain worked out anew for every choice."""
    done: set[int] = set()
    chosen: list[int] = []
    while len(chosen) < budget:
        gains = [fsum(weights[item] for item in items - done) for items in covers]
        best = max(range(len(covers)), key=lambda index: (gains[index], -index))
        if gains[best] == 0.0:
            break
        chosen.append(best)
        done |= covers[best]
    return chosen


def worth(covers: list[frozenset[int]], weights: list[float], chosen: tuple[int, ...] | list[int]) -> float:
    return fsum(weights[item] for item in frozenset[int]().union(*(covers[index] for index in chosen)))


@settings(max_examples=200, deadline=None)
@given(instances(sets=40, items=30), st.integers(1, 12))
def test_lazy_greedy_is_plain_greedy(instance: Instance, budget: int) -> None:
    assert greedy(*instance, budget) == plain(*instance, budget)


@settings(max_examples=100, deadline=None)
@given(instances(sets=9, items=12), st.integers(1, 4))
def test_greedy_reaches_its_share_of_the_best(instance: Instance, budget: int) -> None:
    covers, weights = instance
    best = max(worth(covers, weights, some) for some in combinations(range(len(covers)), min(budget, len(covers))))
    assert worth(covers, weights, greedy(covers, weights, budget)) >= (1 - 1 / e) * best - 1e-12


def test_greedy_ends_when_nothing_is_gained() -> None:
    covers = [{0, 1}, {1}, {2}, set[int]()]
    assert greedy(covers, [1.0] * 3, budget=9) == [0, 2]
    assert greedy(covers, [1.0] * 3, budget=9, covered={0, 1, 2}) == []


def test_ties_go_to_the_first() -> None:
    assert greedy([{0}, {1}, {0, 1}], [1.0, 1.0], budget=1) == [2]
    assert greedy([{1}, {0}], [1.0, 1.0], budget=1) == [0]


def test_curve_is_the_share_of_all_that_can_be_covered() -> None:
    covers = [{0}, {0, 1}, {2}]
    assert curve(covers, [1.0, 2.0, 1.0, 9.0], [1, 0, 2]) == [0.75, 0.75, 1.0]
    assert (sets_needed([0.5, 0.9], 0.9), sets_needed([0.5, 0.9], 0.95)) == (2, None)
    assert sorted(shuffle(covers, 0)) == [0, 1, 2]
