"""Attention within examples: which implementation a device offers, and the one that needs nothing but torch."""

from typing import Any

import numpy as np
import torch
from torch.nn.functional import scaled_dot_product_attention
from transformers import AttentionInterface

from agents.errors import UsageError
from finetune.data.examples import Example
from finetune.data.packing import tensors

PACKED = "packed"
FLASH = ("flash_attention_4", "flash_attention_3", "flash_attention_2")


def packed(
    module: Any, query: Any, key: Any, value: Any, attention_mask: Any, scaling: float | None = None, **more: Any
) -> tuple[Any, None]:
    """Causal attention of each example of a pack to itself alone; shapes (1, heads, T, d) in, (1, T, heads, d) out.

    On CUDA torch's variable-length flash kernel, elsewhere (and before torch 2.10) one causal SDPA for each example: no
    mask of T x T is made, and the work is the sum of squares and not the square of the sum.
    """
    for feature in ("sliding_window", "softcap", "s_aux", "position_bias"):
        if more.get(feature) is not None:
            raise UsageError(f"--attention packed: this model needs {feature}, which it does not have; use sdpa")
    borders, longest, shared = more["cu_seq_lens_q"], more["max_length_q"], query.shape[1] != key.shape[1]
    if query.is_cuda and (varlen := _varlen()):
        q, k, v = (states[0].transpose(0, 1) for states in (query, key, value))
        window = {"window_size": (-1, 0), "scale": scaling, "enable_gqa": shared}
        return varlen(q, k, v, borders, borders, longest, longest, **window)[None], None
    sizes = borders.diff().tolist()
    pieces = zip(*(states.split(sizes, dim=2) for states in (query, key, value)), strict=True)
    seen = [
        scaled_dot_product_attention(q, k, v, is_causal=True, scale=scaling, enable_gqa=shared) for q, k, v in pieces
    ]
    return torch.cat(seen, dim=2).transpose(1, 2), None


def _varlen() -> Any:
    try:
        from torch.nn.attention.varlen import varlen_attn
    except ImportError:
        return None
    return varlen_attn


AttentionInterface.register(PACKED, packed)


def choose(model: Any, wanted: str, device: torch.device) -> str:
    """Set the model's attention to the wanted one, for `auto` to the first that works; returns its name.

    Raises: UsageError: the wanted one cannot be used here.
    """
    # Transformers falls back by itself and in silence from some of these: only what it says it has is asked for.
    sliding = "sliding_attention" in (getattr(model.config, "layer_types", None) or ())
    own = (*(FLASH if device.type == "cuda" else ()), "sdpa" if sliding else PACKED)
    candidates: tuple[str, ...] = own if wanted == "auto" else (wanted,)
    faults = []
    for name in candidates:
        try:
            model.set_attn_implementation(name)
        except (ImportError, ValueError) as error:
            faults.append(f"{name}: {' '.join(str(error).split())[:200]}")
        else:
            return name
    raise UsageError(f"--attention {wanted} cannot be used: {'; '.join(faults)}")


@torch.no_grad()
def check(model: Any, device: torch.device, name: str) -> None:
    """Prove on the prepared model that an example of a pack does not see the one before it.

    Raises: UsageError: its loss changes with its neighbour, as it does where position ids are ignored or a model keeps
    a state of its own from token to token.
    """
    after = Example(np.arange(8, dtype=np.int32), np.arange(8) > 0)
    model.eval()
    losses = []
    for token in (1, 2):
        before = Example(np.full(8, token, np.int32), np.zeros(8, np.bool_))
        losses.append(float(model(**tensors([before, after], device))))
    model.train()
    one, other = losses
    # Equal to the last bit, but where experts share out their tokens: their matmuls round by what else is there.
    if abs(one - other) > abs(one) * (1e-2 if any("experts" in name for name, _ in model.named_parameters()) else 0):
        raise UsageError(
            f"--attention {name}: packed examples see each other here ({one} or {other}); use --no-packing"
        )
