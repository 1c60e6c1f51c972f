"""AdamW, with its moments in 32 or in 8 bits."""

import torch

from agents.errors import UsageError


def make_optimizer(
    name: str, weights: list[torch.nn.Parameter], lr: float, weight_decay: float, device: torch.device
) -> torch.optim.Optimizer:
    """The optimizer of this name over these weights.

    Raises: UsageError: its package is not installed.
    """
    if name == "adamw":
        return torch.optim.AdamW(weights, lr=lr, weight_decay=weight_decay, fused=device.type == "cuda")
    try:
        from torchao.optim import AdamW8bit
    except ImportError:
        raise UsageError(f"--optimizer {name}: needs torchao; pip install torchao") from None
    optimizer: torch.optim.Optimizer = AdamW8bit(weights, lr=lr, weight_decay=weight_decay)
    return optimizer


def set_learning_rate(optimizer: torch.optim.Optimizer, rate: float) -> None:
    """The rate of the next step."""
    for group in optimizer.param_groups:
        if isinstance(group["lr"], torch.Tensor):
            group["lr"].fill_(rate)  # torchao would compile its step anew for another number
        else:
            group["lr"] = rate
