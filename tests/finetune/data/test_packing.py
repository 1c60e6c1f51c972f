"""Packs: what goes where, and that a pack teaches what its examples would teach one by one."""

from typing import Any

import numpy as np
import pytest
import torch
from accelerate import Accelerator
from hypothesis import given
from hypothesis import strategies as st
from torch.nn.functional import cross_entropy
from transformers import Lfm2Config, Lfm2ForCausalLM, Qwen3Config, Qwen3ForCausalLM

from agents.errors import UsageError
from finetune.data import packing
from finetune.data.examples import Example
from finetune.model import attention, loss
from finetune.model.step import gradients

CPU = torch.device("cpu")


def example(length: int, seed: int = 0) -> Example:
    numbers = np.random.default_rng([seed, length])
    return Example(numbers.integers(1, 90, length, np.int32), np.arange(length) % 7 > 3)


def model(**changes: Any) -> Any:
    sizes = {"hidden_size": 32, "intermediate_size": 64, "num_hidden_layers": 2, "head_dim": 8}
    config = Qwen3Config(vocab_size=97, num_attention_heads=4, num_key_value_heads=2, **{**sizes, **changes})
    torch.manual_seed(0)
    return Qwen3ForCausalLM(config).train()


@given(st.lists(st.integers(1, 50), min_size=1, max_size=40), st.integers(50, 90), st.integers(1, 4))
def test_every_example_is_dealt_once_and_every_rank_gets_a_pack(lengths: list[int], room: int, ranks: int) -> None:
    batch = [example(length, n) for n, length in enumerate(lengths)]
    rounds = packing.deal(batch, room, ranks)
    packs = [pack for packs in rounds for pack in packs]
    dealt = [id(item) for pack in packs for item in pack]
    assert sorted(dealt.count(id(item)) for item in batch) == [1] * len(batch)
    assert all(sum(map(len, pack)) <= room for pack in packs)
    assert {len(packs) for packs in rounds} == {ranks}


def test_best_fit_fills_packs() -> None:
    lengths = [int(length) for length in np.random.default_rng(0).integers(200, 4000, 500)]
    packs = packing.best_fit(lengths, 8192)
    assert sum(lengths) / (len(packs) * 8192) > 0.98


def test_fullness_is_tokens_over_room() -> None:
    assert packing.fullness([example(4), example(6), example(3), example(7)], 4, 10, ranks=1) == 1.0
    assert packing.fullness([example(6), example(7)], 2, 10, ranks=1) == 0.65


def teach(attn: str, capacity: int) -> tuple[float, dict[str, Any]]:
    student, batch = model(), [example(length, 5) for length in (33, 12, 50, 7, 21)]
    attention.choose(student, attn, CPU)
    loss.attach(student, CPU)
    total = gradients(Accelerator(), student, batch, capacity)
    return float(total), {name: value.grad for name, value in student.named_parameters()}


@pytest.mark.parametrize("attn", ["packed", "sdpa", "eager"])
def test_packed_equals_separate(attn: str) -> None:
    (separate, apart), (packed, together) = teach("packed", 1), teach(attn, 128)
    assert packed == pytest.approx(separate, rel=1e-6)
    for name, grad in apart.items():
        torch.testing.assert_close(together[name], grad, rtol=1e-4, atol=1e-7)


def test_loss_and_gradients_are_those_of_transformers() -> None:
    student, batch = model(), [example(length, 5) for length in (33, 12, 50, 7, 21)]
    learned = sum(item.learned_tokens for item in batch)
    for item in batch:
        ids, labels = (
            torch.tensor(item.ids_T)[None].long(),
            torch.tensor(np.where(item.mask_T, item.ids_T, -100))[None].long(),
        )
        student(input_ids=ids, labels=labels, num_items_in_batch=learned).loss.backward()
    _, ours = teach("packed", 128)
    for name, value in student.named_parameters():
        torch.testing.assert_close(ours[name], value.grad, rtol=1e-4, atol=1e-7)


@pytest.mark.parametrize("chunk", [1, 97 * 5, 2**20])
def test_chunked_loss_is_the_cross_entropy(chunk: int) -> None:
    torch.manual_seed(1)
    hidden, weight = torch.randn(23, 16, requires_grad=True), torch.randn(97, 16, requires_grad=True)
    labels = torch.randint(97, (23,))
    expected = cross_entropy(hidden @ weight.T, labels, reduction="sum")
    ours = loss.LinearCrossEntropy.apply(hidden, weight, labels, chunk)
    torch.testing.assert_close(ours, expected)
    for actual, exact in zip(
        torch.autograd.grad(ours * 3, [hidden, weight]),
        torch.autograd.grad(expected * 3, [hidden, weight]),
        strict=True,
    ):
        torch.testing.assert_close(actual, exact, rtol=1e-4, atol=1e-5)


def test_bf16_gives_nearly_the_same_loss() -> None:
    student, pack = model(), packing.tensors([example(40), example(30)], CPU)
    attention.choose(student, "auto", CPU)
    loss.attach(student, CPU)
    with torch.autocast("cpu", torch.bfloat16):
        rounded = student(**pack)
    rounded.backward()
    assert rounded.dtype == torch.float32
    assert rounded.item() == pytest.approx(student(**pack).item(), rel=1e-2)


def test_checked_attention_keeps_examples_apart() -> None:
    student = model()
    assert attention.choose(student, "auto", CPU) == "packed"
    loss.attach(student, CPU)
    attention.check(student, student.get_input_embeddings(), CPU, "packed")


def test_model_with_a_state_of_its_own_is_refused() -> None:
    config = Lfm2Config(
        vocab_size=97,
        hidden_size=32,
        intermediate_size=64,
        num_hidden_layers=2,
        num_attention_heads=4,
        num_key_value_heads=2,
        layer_types=["conv", "full_attention"],
    )
    student = Lfm2ForCausalLM(config).train()
    attention.choose(student, "auto", CPU)
    loss.attach(student, CPU)
    with pytest.raises(UsageError, match="packed examples see each other here"):
        attention.check(student, student.get_input_embeddings(), CPU, "packed")


@pytest.mark.parametrize("wanted", ["flash_attention_2", "nonsense"])
def test_attention_that_is_not_there_is_named(wanted: str) -> None:
    with pytest.raises(UsageError, match=f"--attention {wanted} cannot be used: {wanted}: "):
        attention.choose(model(), wanted, CPU)
