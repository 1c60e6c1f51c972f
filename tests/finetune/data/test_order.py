"""What an epoch shows, and how many steps a run has, of rows that are read when they are wanted."""

from collections import Counter

import numpy as np
import pytest

from finetune.data.examples import Example
from finetune.data.order import BLOCK, Batch, draw_batches, epoch_rows


class Rows:
    """Row n has `per(n)` examples, whose length says n; which rows were asked for is noted."""

    def __init__(self, per: dict[int, int] | None = None) -> None:
        self.per, self.loaded = per or {}, list[list[int]]()

    def load(self, rows: list[int]) -> list[list[Example]]:
        self.loaded.append(rows)
        return [
            [Example(np.zeros(row + 1, np.int32), np.ones(row + 1, np.bool_))] * self.per.get(row, 1) for row in rows
        ]


def shown(batches: list[Batch]) -> list[int]:
    return [len(example) - 1 for batch in batches for example in batch.examples]


def test_an_epoch_shows_every_example_once_and_the_next_in_another_order() -> None:
    batches = list(draw_batches([1.0] * 10, Rows({3: 0, 4: 2}).load, 4, seed=1, epochs=2))
    assert [len(batch.examples) for batch in batches] == [4, 4, 2, 4, 4, 2]
    first, second = shown(batches[:3]), shown(batches[3:])
    assert sorted(first) == sorted(second) == [0, 1, 2, 4, 4, 5, 6, 7, 8, 9]
    assert first != second
    assert [batch.steps for batch in batches] == [6] * 6
    assert [batch.last for batch in batches] == [False] * 5 + [True]


@pytest.mark.parametrize("steps", [1, 3, 7])
def test_so_many_steps_instead_of_epochs(steps: int) -> None:
    batches = list(draw_batches([1.0] * 5, Rows().load, 3, seed=0, epochs=1, steps=steps))
    assert [batch.steps for batch in batches] == [steps] * steps
    assert [batch.last for batch in batches] == [False] * (steps - 1) + [True]


def test_the_first_step_waits_for_one_block_however_many_rows_there_are() -> None:
    for count in (2 * BLOCK, 8 * BLOCK):
        rows = Rows()
        next(draw_batches([1.0] * count, rows.load, 16, seed=0, epochs=1))
        assert [len(block) for block in rows.loaded] == [BLOCK]
        assert rows.loaded[0] != sorted(rows.loaded[0])


def test_blocks_show_every_row_once_and_find_out_how_many_steps_there_are() -> None:
    count = 2 * BLOCK + 100
    rows = Rows(dict.fromkeys(range(0, count, 3), 0))
    batches = list(draw_batches([1.0] * count, rows.load, 16, seed=0, epochs=2))
    kept = [row for row in range(count) if row % 3]
    assert Counter(shown(batches)) == dict.fromkeys(kept, 2)
    steps = 2 * -(-len(kept) // 16)
    assert len(batches) == batches[-1].steps == steps
    assert batches[0].steps == pytest.approx(steps, rel=0.1)
    assert {len(batch.examples) for batch in batches[: steps // 2 - 1]} == {16}


def test_same_seed_same_batches() -> None:
    shares = [1.0] * (BLOCK + 7)
    first, again, other = (list(draw_batches(shares, Rows().load, 9, seed, 1)) for seed in (4, 4, 5))
    assert shown(first) == shown(again) != shown(other)


def test_shares_are_kept_over_epochs() -> None:
    shares = [0.5] * 10 + [1.0] * 10 + [2.25] * 8
    epochs = [epoch_rows(shares, epoch, 0) for epoch in range(4)]
    seen = Counter(row for order in epochs for row in order)
    assert {seen[row] / 4 / share for row, share in enumerate(shares)} == {1.0}
    batches = list(draw_batches(shares, Rows().load, 3, 0, epochs=4))
    assert len(batches) == sum(-(-len(order) // 3) for order in epochs)
    assert Counter(shown(batches)) == seen


def test_nothing_to_show_is_no_batch() -> None:
    assert list(draw_batches([1.0] * 3, Rows({0: 0, 1: 0, 2: 0}).load, 2, 0, epochs=1, steps=5)) == []
    assert list(draw_batches([], Rows().load, 2, 0, epochs=2)) == []
