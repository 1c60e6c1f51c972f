"""Entropies and other measures of many, against exact values, all subsets of a sample, and in simulation."""

from collections import Counter
from itertools import combinations
from math import log2

import numpy as np
import pytest

from agents.schema import Mode
from memory.measure.diversity import (
    Tally,
    _community,
    at_equal_n,
    chao_shen_bits,
    duplicate_rate,
    entropy_bits,
    entropy_interval,
    rarefied_bits,
    rarefied_classes,
    vendi,
)
from memory.measure.modes import Measures

GEOMETRIC = 0.9 ** np.arange(50) / (0.9 ** np.arange(50)).sum()


@pytest.mark.parametrize(
    ("counts", "bits"), [([], 0.0), ([7], 0.0), ([1, 1], 1.0), ([2, 1, 1], 1.5), ([5] * 8, 3.0), ([3, 1], 0.811278)]
)
def test_entropy_of_known_counts(counts: list[int], bits: float) -> None:
    assert entropy_bits(counts) == pytest.approx(bits, abs=1e-6)


def test_tally_gives_the_metrics() -> None:
    tally = Tally()
    for slot, (leaf, kind) in enumerate([("0.0", "a"), ("0.0", "b"), ("0.1", "c"), ("1.0", "d")]):
        tools = (f"npm:@x/shop/t{slot % 2}",)
        tally.add(Measures(slot=slot, leaf=leaf, mode=Mode.LINEAR, signature=kind, cac=slot, chain=1, tools=tools))
    metrics = tally.metrics()
    assert (metrics["n"], metrics["h_dom"], metrics["h_mode"], metrics["h_mode_coarse"]) == (4, 1.5, 2.0, 0.0)
    assert (metrics["h_mode_saturated"], metrics["h_dom_saturated"]) == (True, False)
    assert (metrics["cac_mean"], metrics["log2_n"], metrics["tools"], metrics["services"]) == (1.5, 2.0, 2, 1)


def test_empty_tally_has_zeros() -> None:
    assert Tally().metrics()["h_dom"] == 0.0


def test_spread_agrees_with_plain_entropy() -> None:
    tally = Tally()
    labels = [str(i * i % 7) for i in range(100)]
    for label in labels:
        tally.leaves.add(label)
    assert tally.leaves.bits() == entropy_bits(tally.leaves.counts.values())


def test_chao_shen_by_hand() -> None:
    # n 4, two singletons: coverage 1/2, so p is 1/8, 1/8, 1/4.
    wanted = 2 * (3 / 8) / (1 - (7 / 8) ** 4) + (1 / 2) / (1 - (3 / 4) ** 4)
    assert chao_shen_bits([1, 1, 2, 0]) == pytest.approx(wanted)
    assert chao_shen_bits([]) == 0.0


@pytest.mark.parametrize(("p", "n"), [(np.full(9, 1 / 9), 200), (np.full(50, 1 / 50), 200), (GEOMETRIC, 200)])
def test_chao_shen_errs_less_than_the_plug_in(p: np.ndarray, n: int) -> None:
    truth, rng = float(-(p * np.log2(p)).sum()), np.random.default_rng(0)
    samples = rng.multinomial(n, p, size=100)
    plug_in = np.mean([entropy_bits(sample.tolist()) for sample in samples]) - truth
    corrected = np.mean([chao_shen_bits(sample) for sample in samples]) - truth
    assert plug_in < 0
    assert abs(corrected) < max(abs(plug_in), 0.02)


def test_singletons_alone_leave_nearly_all_of_the_community_unseen() -> None:
    # Chao et al. 2013 without doubletons: (n - 1)(f1 - 1) / ((n - 1)(f1 - 1) + 2), here 39 * 39 / (39 * 39 + 2).
    unseen = _community(np.ones(40, dtype=np.int64))[40:]
    assert unseen.sum() == pytest.approx(1521 / 1523)


@pytest.mark.parametrize(("p", "n"), [(GEOMETRIC, 300), (np.full(50, 1 / 50), 120)])
def test_the_bootstrap_interval_covers_the_truth(p: np.ndarray, n: int) -> None:
    truth, rng = float(-(p * np.log2(p)).sum()), np.random.default_rng(1)
    found = [entropy_interval(rng.multinomial(n, p), seed=trial) for trial in range(60)]
    covered = np.mean([one.low <= truth <= one.high for one in found])
    assert covered >= 0.88
    assert np.mean([one.high - one.low for one in found]) < 0.6


def test_rarefaction_is_the_mean_over_all_subsets() -> None:
    labels = "aaabbcd"
    subsets = [Counter(subset) for subset in combinations(labels, 4)]
    counts = Counter(labels).values()
    assert rarefied_bits(counts, 4) == pytest.approx(np.mean([entropy_bits(s.values()) for s in subsets]))
    assert rarefied_classes(counts, 7, 4) == pytest.approx(np.mean([len(s) for s in subsets]))


def test_rarefying_to_all_rows_changes_nothing() -> None:
    assert rarefied_bits([3, 2, 1, 1], 7) == pytest.approx(entropy_bits([3, 2, 1, 1]))
    assert rarefied_classes([3, 2, 1, 1], 7, 7) == pytest.approx(4)
    with pytest.raises(ValueError, match="8 rows of 7"):
        rarefied_bits([3, 2, 1, 1], 8)


def test_vendi_counts_directions() -> None:
    basis = np.eye(4)
    assert vendi(np.repeat(basis, 3, axis=0)) == pytest.approx(4)
    assert vendi(np.repeat(basis[:1], 5, axis=0)) == pytest.approx(1)


def test_a_copy_is_a_duplicate_of_the_first() -> None:
    assert duplicate_rate(np.repeat(np.eye(4), 3, axis=0)) == pytest.approx(8 / 12)


def test_equal_n_measures_counts_and_texts() -> None:
    rows = [
        Measures(slot=i, leaf=f"{i % 4}.0", mode=Mode.LINEAR, signature=str(i), cac=i, chain=1, tools=(f"s/{i % 2}",))
        for i in range(8)
    ]
    found = at_equal_n(rows, np.eye(8), 4)
    assert found == at_equal_n(rows, np.eye(8), 4)
    assert (found["h_mode"], found["h_mode_coarse"], found["cac_mean"]) == (pytest.approx(2.0), 0.0, 3.5)
    assert (found["vendi"], found["duplicate_rate"]) == (pytest.approx(4.0), 0.0)
    # Four of the eight hold both tools unless all are of one: 1 - 2 / C(8, 4).
    assert found["tools"] == pytest.approx(2 - 2 / 70)
    assert found["h_dom"] < log2(4)
