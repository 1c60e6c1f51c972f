"""What a step costs and what the device could do: tokens a second and MFU."""

from typing import Any

import torch

PEAK = {"B200": 2250e12, "H200": 989e12, "H100": 989e12, "A100": 312e12, "L40S": 362e12, "4090": 165e12}
"""Dense BF16 operations a second by the makers' data sheets; a device that is not here gets no MFU."""


def peak() -> float | None:
    """Operations a second of this device, None where unknown (every CPU)."""
    name = torch.cuda.get_device_name() if torch.cuda.is_available() else ""
    return next((value for key, value in PEAK.items() if key in name), None)


class Cost:
    """Floating-point operations that a model's training needs, without what checkpointing repeats.

    6 for each weight and token (4 where only adapters learn), the output layer's for learned tokens only, plus causal
    attention's 6 * layers * heads * head size * sum of squared lengths. Of a mixture of experts, those that are chosen.
    """

    def __init__(self, model: Any) -> None:
        config, head = model.config.get_text_config(), model.get_output_embeddings().weight
        experts = getattr(config, "num_experts", None) or getattr(config, "num_local_experts", None) or 1
        share = getattr(config, "num_experts_per_tok", 1) / experts if experts > 1 else 1
        body = {name: value.numel() for name, value in model.named_parameters() if value.dim() > 1}
        self._body = sum(size * (share if ".experts." in name else 1) for name, size in body.items())
        self._body -= head.numel() * (1 if model.get_input_embeddings().weight is head else 2)
        self._head = head.numel()
        size = getattr(config, "head_dim", None) or config.hidden_size // config.num_attention_heads
        self._attention = config.num_hidden_layers * config.num_attention_heads * size
        self._each = 6 if all(value.requires_grad for value in model.parameters()) else 4

    def operations(self, lengths: list[int], learned: int) -> float:
        """Of one batch, forward and backward."""
        weights = self._body * sum(lengths) + self._head * learned
        squares = sum(length**2 for length in lengths)
        return float(self._each * weights + 6 * self._attention * squares)
