"""Attention that keeps the examples of a pack apart: proven by a gradient, for each kind of model."""

from typing import Any

import numpy as np
import pytest
import torch
from transformers import (
    AutoModelForCausalLM,
    GptOssConfig,
    Lfm2Config,
    MixtralConfig,
    PreTrainedConfig,
    Qwen3Config,
    Qwen3MoeConfig,
)

from agents.errors import UsageError
from finetune.data import packing
from finetune.data.examples import Example
from finetune.model import attention, loss

CPU = torch.device("cpu")
SIZES = {"vocab_size": 97, "hidden_size": 32, "intermediate_size": 64, "num_hidden_layers": 2}
HEADS = {"num_attention_heads": 4, "num_key_value_heads": 2, "head_dim": 8}
SLIDING = Qwen3Config(**SIZES, **HEADS, sliding_window=6, use_sliding_window=True, max_window_layers=0)
EXPERTS = {"num_experts": 4, "num_experts_per_tok": 2, "moe_intermediate_size": 16}
MIXTURE = Qwen3MoeConfig(**SIZES, **HEADS, **EXPERTS)
LFM2 = Lfm2Config(**SIZES, num_attention_heads=4, num_key_value_heads=2, layer_types=["conv", "full_attention"])
SINKS = GptOssConfig(**SIZES, **HEADS, num_local_experts=4, num_experts_per_tok=2, sliding_window=6)


def build(config: PreTrainedConfig, wanted: str = "auto") -> Any:
    torch.manual_seed(0)
    student = AutoModelForCausalLM.from_config(config).train()
    student.chosen = attention.choose(student, wanted, CPU)
    loss.attach(student, CPU)
    return student


def check(student: Any) -> None:
    attention.check(student, student.get_input_embeddings(), CPU, student.chosen)


def example(length: int) -> Example:
    numbers = np.random.default_rng(length)
    return Example(numbers.integers(1, 90, length, np.int32), np.arange(length) % 7 > 3)


@pytest.mark.parametrize("config", [Qwen3Config(**SIZES, **HEADS), SLIDING, MIXTURE])
def test_packs_of_this_model_are_proven_apart_and_give_the_losses_of_its_examples(config: PreTrainedConfig) -> None:
    student, examples = build(config), [example(length) for length in (33, 12, 50)]
    check(student)
    with torch.no_grad():
        packed = float(student(**packing.tensors(examples, CPU)))
        apart = sum(float(student(**packing.tensors([each], CPU))) for each in examples)
    assert packed == pytest.approx(apart, rel=1e-5)


@pytest.mark.parametrize("config", [SLIDING, SINKS])
def test_windows_and_sinks_are_those_of_transformers(config: PreTrainedConfig) -> None:
    pack = packing.tensors([example(33)], CPU)
    with torch.no_grad():
        ours, plain = (float(build(config, wanted)(**pack)) for wanted in ("auto", "eager"))
    assert ours == pytest.approx(plain, rel=1e-5)


def test_a_leak_too_small_for_the_loss_is_seen() -> None:
    student = build(Qwen3Config(**SIZES, **HEADS))
    layer = student.model.layers[1]
    inner = layer.forward

    def leak(hidden: torch.Tensor, *inputs: Any, **named: Any) -> Any:
        return inner(hidden + 1e-7 * hidden.mean(1, keepdim=True), *inputs, **named)

    layer.forward = leak
    with pytest.raises(UsageError, match=r"packed examples see each other here \(a gradient of .*; use --no-packing"):
        check(student)


@pytest.mark.parametrize("config", [LFM2, SINKS])
def test_what_cannot_be_kept_apart_is_refused_in_packs_and_learns_alone(config: PreTrainedConfig) -> None:
    """LFM2's convolutions reach over borders, and so does gpt-oss's eager attention in transformers."""
    student = build(config)
    with pytest.raises(UsageError, match="packed examples see each other here"):
        check(student)
    total = student(**packing.tensors([example(33)], CPU))
    total.backward()
    assert all(value.grad is not None for value in student.parameters())


@pytest.mark.parametrize("asked", [True, False])
def test_router_loss_is_added_as_the_config_asks_and_never_to_a_held_out_loss(asked: bool) -> None:
    config = MixtralConfig(
        **SIZES,
        **HEADS,
        num_local_experts=4,
        num_experts_per_tok=2,
        output_router_logits=asked,
        router_aux_loss_coef=0.5,
    )
    student, one = build(config), example(33)
    plain = AutoModelForCausalLM.from_config(config).train()
    plain.load_state_dict(student.state_dict())
    ids = torch.from_numpy(one.ids_T).long()[None]
    labels = torch.from_numpy(np.where(one.mask_T, one.ids_T, -100)).long()[None]
    theirs = plain(input_ids=ids, labels=labels).loss.item()
    pack, learned = packing.tensors([one], CPU), int((one.labels_T != -100).sum())
    assert student(**pack).item() / learned == pytest.approx(theirs, rel=1e-5)
    student.eval()
    quiet = student(**pack).item() / learned
    assert (quiet < theirs - 0.1) is asked
