"""The entropy of many."""

import pytest

from agents.schema import Mode
from memory.diversity import Tally, entropy_bits
from memory.modes import Measures


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
