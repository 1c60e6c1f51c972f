"""Runs scored by leaves that did not steer them."""

from collections import Counter
from typing import Any

import pytest

from agents.schema import Mode, Tool
from evals.diversity.leaves import Leaves, leaves
from memory.embed.embedder import embedder
from memory.measure.modes import Measures

KNOWN = Leaves({"a/1": "0.0", "a/2": "0.0", "a/3": "0.0", "b/1": "1.0"}, Counter({"0.0": 3, "1.0": 1}))


def called(*tools: str) -> Measures:
    return Measures(slot=0, leaf="9.9", mode=Mode.LINEAR, signature="", cac=1, chain=1, tools=tools)


def offering(*tools: str) -> dict[str, Any]:
    return {"cluster": {"tools": {str(n): tool for n, tool in enumerate(tools)}}}


def test_a_row_counts_for_the_leaf_of_most_of_its_calls() -> None:
    assert KNOWN.label(offering("b/1"), called("a/1", "a/2", "b/1")) == "0.0"
    assert KNOWN.label(offering("a/1"), called("a/1", "b/1", "code/run_python")) == "1.0"


def test_a_row_without_a_call_counts_for_what_it_was_offered() -> None:
    assert KNOWN.label(offering("a/1", "a/2"), called()) == "0.0"
    assert KNOWN.label(offering(), called()) == "9.9"


def test_coverage_weighs_every_leaf_the_same() -> None:
    rows = [called("a/1"), called("b/1", "code/run_python")]
    assert KNOWN.coverage(rows, 2) == pytest.approx((1 / 3 + 1) / 2)
    assert KNOWN.coverage(rows, 1) == pytest.approx((1 / 6 + 1 / 2) / 2)


def test_leaves_hold_every_tool_once_in_any_order() -> None:
    names = ["list_orders", "refund_order", "play_song", "water_plants"]
    tools = [Tool(name=name, description=name, input_schema={}, service="s") for name in names]
    made = leaves(tools, embedder())
    assert set(made.of) == {f"s/{name}" for name in names}
    assert made.sizes.total() == 4
    assert made == leaves(tools[::-1], embedder())
