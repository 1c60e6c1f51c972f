"""The memory estimate: exact where it is arithmetic, and a refusal that names what would fit."""

import re
from pathlib import Path

import pytest
import torch
from transformers import AutoModelForCausalLM, Qwen3Config, Qwen3MoeConfig

from agents.errors import UsageError
from finetune.model import memory, student
from finetune.model.memory import GIB, Plan
from tests import tiny_student
from tests.bench import memory_table

SMALL = {"vocab_size": 97, "hidden_size": 32, "intermediate_size": 64, "num_hidden_layers": 3, "head_dim": 8}
HEADS = {"num_attention_heads": 4, "num_key_value_heads": 2}
BIG = Qwen3MoeConfig(
    vocab_size=151_936, hidden_size=2048, intermediate_size=6144, moe_intermediate_size=768, num_hidden_layers=48,
    num_attention_heads=32, num_key_value_heads=4, head_dim=128, num_experts=128, num_experts_per_tok=8,
)  # fmt: skip
"""Qwen3-30B-A3B by its config."""


def test_weights_are_counted_without_being_made() -> None:
    config = Qwen3Config(**SMALL, **HEADS)
    sizes, model = memory.measure_sizes(config), AutoModelForCausalLM.from_config(config)
    assert sizes.weights == sum(value.numel() for value in model.parameters())
    assert sizes.layer == sum(value.numel() for value in model.model.layers[0].parameters())
    assert sizes.ends == sizes.weights - 3 * sizes.layer


@pytest.mark.parametrize("rank", [1, 4])
def test_adapters_are_as_many_as_are_made(rank: int, tmp_path: Path) -> None:
    model = student.load(str(tiny_student.save(tmp_path / "student")), 0, torch.float32, rank)
    trained = sum(value.numel() for value in model.parameters() if value.requires_grad)
    sizes = memory.measure_sizes(student.load_config(str(tmp_path / "student")))
    assert memory.estimate(sizes, Plan(64, lora=rank)).gradients == 4 * trained


def test_shards_hold_their_part_and_eight_bits_a_quarter_of_the_moments() -> None:
    sizes = memory.measure_sizes(BIG)
    one, eight = (memory.estimate(sizes, Plan(65_536, ranks=n, sharded=n > 1)) for n in (1, 8))
    assert (one.weights, one.moments) == (4 * sizes.weights, 8 * sizes.weights)
    assert eight.weights == one.weights / 8
    small = memory.estimate(sizes, Plan(65_536, optimizer="adamw8bit"))
    assert small.moments / one.moments == pytest.approx(0.254, abs=0.001)


def test_the_papers_student_needs_more_than_eight_gpus_of_80_gb_and_the_refusal_says_what_fits() -> None:
    sizes = memory.measure_sizes(BIG)
    assert round(sizes.weights / 1e9, 1) == 30.5
    plan = Plan(65_536, ranks=8, sharded=True, checkpointing=True)
    with pytest.raises(UsageError) as caught:
        memory.check(sizes, plan, 80 * GIB)
    assert re.search(
        r"needs about \d+\.\d GiB .*; what would fit: .*--optimizer adamw8bit \(\d+\.\d GiB\)", str(caught.value)
    )
    memory.check(sizes, Plan(65_536, ranks=8, sharded=True, checkpointing=True, optimizer="adamw8bit"), 80 * GIB)


def test_nothing_that_fits_is_said_too() -> None:
    with pytest.raises(UsageError, match="nothing that this trainer has would make it fit"):
        memory.check(memory.measure_sizes(BIG), Plan(65_536, gpu=False), GIB)


def test_the_table_in_the_docs_is_the_estimators() -> None:
    page = (Path(__file__).parents[3] / "docs" / "training.md").read_text()
    assert "\n".join(memory_table.table()) in page


def test_the_command_needs_a_config_alone(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    BIG.save_pretrained(tmp_path)
    with pytest.raises(SystemExit) as ended:
        memory.main([str(tmp_path), "--gpus", "16", "--length", "32768"])
    assert ended.value.code == 0
    assert capsys.readouterr().out.startswith("30.53 B weights; on each GPU about ")
