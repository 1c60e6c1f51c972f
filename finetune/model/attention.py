"""Attention within examples: which implementation a device offers, and the one that needs nothing but torch."""

from typing import Any

import numpy as np
import torch
from torch.nn.functional import scaled_dot_product_attention
from transformers import AttentionInterface, PreTrainedModel

from agents.errors import UsageError
from finetune.data.examples import Example
from finetune.data.packing import tensors

try:
    from torch.nn.attention.varlen import varlen_attn
except ImportError:  # before torch 2.10
    varlen_attn = None
PACKED = "packed"
FLASH = ("flash_attention_4", "flash_attention_3", "flash_attention_2")


def attend(
    module: Any, query: Any, key: Any, value: Any, attention_mask: Any, scaling: float | None = None, **more: Any
) -> tuple[Any, None]:
    """Causal attention of each example of a pack to itself alone; shapes (1, heads, T, d) in, (1, T, heads, d) out.

    On CUDA torch's variable-length flash kernel, elsewhere (and before torch 2.10) one causal SDPA for each example: no
    mask of T x T is made, and the work is the sum of squares and not the square of the sum. Without borders the row is
    one example.
    """
    for feature in ("softcap", "s_aux", "position_bias"):
        if more.get(feature) is not None:
            raise UsageError(f"--attention packed: this model needs {feature}, which it does not have; use eager")
    borders, window, shared = more.get("cu_seq_lens_q"), more.get("sliding_window"), query.shape[1] != key.shape[1]
    if borders is None:
        borders = torch.tensor([0, query.shape[2]], dtype=torch.int32, device=query.device)
    # It can be imported on a CPU, where it has no kernel.
    if query.is_cuda and varlen_attn:
        longest = more.get("max_length_q") or query.shape[2]
        q, k, v = (states[0].transpose(0, 1) for states in (query, key, value))
        sides = {"window_size": (window - 1 if window else -1, 0), "scale": scaling, "enable_gqa": shared}
        return varlen_attn(q, k, v, borders, borders, longest, longest, **sides)[None], None
    sizes = borders.diff().tolist()
    pieces = zip(*(states.split(sizes, dim=2) for states in (query, key, value)), strict=True)
    seen = []
    for (q, k, v), size in zip(pieces, sizes, strict=True):
        if window and size > window:
            # A mask of T x T: the price of a sliding window where no kernel knows one.
            places = torch.arange(size, device=query.device)
            behind = places[:, None] - places[None]
            mask = {"attn_mask": (behind >= 0) & (behind < window)}
        else:
            mask = {"is_causal": True}
        seen.append(scaled_dot_product_attention(q, k, v, scale=scaling, enable_gqa=shared, **mask))
    return torch.cat(seen, dim=2).transpose(1, 2), None


AttentionInterface.register(PACKED, attend)


def choose(model: PreTrainedModel, wanted: str, device: torch.device) -> str:
    """Set the model's attention to the wanted one, for `auto` to the first that works; returns its name.

    Raises: UsageError: the wanted one cannot be used here.
    """
    # Transformers falls back by itself and in silence from some of these: only what it says it has is asked for.
    # Attention sinks (gpt-oss) are in none but eager and kernels of their own.
    sinks = any(name.endswith(".sinks") for name, _ in model.named_parameters())
    own = (*(FLASH if device.type == "cuda" else ()), "eager" if sinks else PACKED)
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


def check(model: torch.nn.Module, embedding: torch.nn.Module, device: torch.device, name: str) -> None:
    """Prove on the prepared model that an example of a pack does not see the one before it.

    The gradient of its loss at its neighbour's embedded tokens is 0, to the last bit, where nothing of them reaches it.
    Raises: UsageError: it is not, as where borders are ignored or a model keeps a state of its own from token to token.
    """
    # The second example repeats the first: a model that could look back would profit from it.
    before = Example(np.arange(8, dtype=np.int32), np.zeros(8, np.bool_))
    after = Example(np.arange(8, dtype=np.int32), np.arange(8) > 0)
    embedded: list[torch.Tensor] = []

    def catch(module: torch.nn.Module, inputs: object, output: torch.Tensor) -> torch.Tensor:
        embedded.append(output.detach().requires_grad_())
        return embedded[0]

    hook = embedding.register_forward_hook(catch)
    model.eval()
    try:
        with torch.enable_grad():
            (slope_BTH,) = torch.autograd.grad(model(**tensors([before, after], device)), embedded)
    finally:
        hook.remove()
        model.train()
    leak, own = float(slope_BTH[0, :8].abs().max()), float(slope_BTH[0, 8:].abs().max())
    if leak or not own:
        raise UsageError(
            f"--attention {name}: packed examples see each other here (a gradient of {leak:.2g} at a neighbour, "
            f"{own:.2g} at the example itself); use --no-packing"
        )
