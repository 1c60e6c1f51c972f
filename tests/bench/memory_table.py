"""The memory table of docs/training.md, out of the estimator: python -m tests.bench.memory_table"""

from collections.abc import Iterator

from transformers import PretrainedConfig, Qwen3Config, Qwen3MoeConfig

from finetune.model.memory import GIB, Plan, estimate, measure_sizes

LENGTHS = (8192, 32_768, 65_536)
MACHINES = ((1, 24), (8, 80), (16, 80))
WAYS = ({}, {"optimizer": "adamw8bit"}, {"lora": 16})
SHARED = {"vocab_size": 151_936, "head_dim": 128, "num_key_value_heads": 8}
MIXTURE = {"num_experts": 128, "num_experts_per_tok": 8, "moe_intermediate_size": 768}
SMALL = {"hidden_size": 1024, "intermediate_size": 3072, "num_hidden_layers": 28, "num_attention_heads": 16}
MIDDLE = {"hidden_size": 4096, "intermediate_size": 12_288, "num_hidden_layers": 36, "num_attention_heads": 32}
LARGE = {"hidden_size": 2048, "intermediate_size": 6144, "num_hidden_layers": 48, "num_attention_heads": 32}
STUDENTS: dict[str, PretrainedConfig] = {
    "Qwen3 0.6 B": Qwen3Config(tie_word_embeddings=True, **SHARED, **SMALL),
    "Qwen3 8 B": Qwen3Config(**SHARED, **MIDDLE),
    "Qwen3 30 B-A3B": Qwen3MoeConfig(**{**SHARED, "num_key_value_heads": 4}, **LARGE, **MIXTURE),
}
"""By their config.json."""


def table() -> Iterator[str]:
    """GiB on each GPU for each way of training, with gradient checkpointing; bold does not fit."""
    yield "| student | tokens | " + " | ".join(f"{count} x {room} GiB" for count, room in MACHINES) + " |"
    yield "| --- " * (2 + len(MACHINES)) + "|"
    for name, config in STUDENTS.items():
        sizes = measure_sizes(config)
        for length in LENGTHS:
            cells = []
            for count, room in MACHINES:
                plans = [Plan(length, ranks=count, sharded=count > 1, checkpointing=True, **way) for way in WAYS]
                needs = [estimate(sizes, plan).total / GIB for plan in plans]
                cells.append(", ".join(f"**{need:.0f}**" if need > room else f"{need:.0f}" for need in needs))
            yield f"| {name if length == LENGTHS[0] else ''} | {length:,} | {' | '.join(cells)} |".replace(
                "|  |", "| |"
            )


if __name__ == "__main__":
    print("\n".join(table()))
