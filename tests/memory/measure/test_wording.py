"""How differently people speak."""

import math

import pytest

from memory.measure.wording import distinct, self_bleu

SAME = ["please cancel my latest order"] * 4
OTHER = ["please cancel my latest order", "book a table for two tonight", "which trains leave after nine today"]


def test_what_is_said_once_is_distinct() -> None:
    assert distinct(OTHER) == 1.0
    assert distinct(SAME) == pytest.approx(1 / 4)
    assert distinct([]) == 1.0


def test_copies_are_like_each_other() -> None:
    assert self_bleu(SAME) == pytest.approx(1.0)
    assert self_bleu(OTHER) < 0.15
    assert self_bleu([*OTHER, OTHER[0]]) > self_bleu(OTHER)


def test_who_says_little_is_not_like_who_says_it_among_much() -> None:
    long = "a b c d e f g h"
    assert self_bleu(["a b c d", long, long]) == pytest.approx((math.exp(1 - 8 / 4) + 1 + 1) / 3)


def test_a_dataset_of_one_row_is_like_nothing() -> None:
    assert self_bleu(SAME[:1]) == 0.0


def test_of_many_texts_a_hundred_stand_for_all() -> None:
    texts = [f"order {n} of customer {n * 7} is late again" for n in range(400)]
    assert self_bleu(texts, seed=1) == self_bleu(texts, seed=1)
    assert self_bleu(texts, seed=1) == pytest.approx(self_bleu(texts, seed=2), abs=0.05)
