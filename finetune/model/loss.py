"""The loss inside the output layer: the logits of a pack never exist as a whole.

65,536 tokens times a vocabulary of 150,000 would be 39 GB in float32. Only the learned tokens reach the output layer at
all, and their logits are made, used and dropped a chunk at a time, gradients included.
"""

import sys
from collections.abc import Callable
from importlib.util import find_spec
from types import MethodType
from typing import Any

import torch
from transformers import PreTrainedModel

from agents.errors import UsageError
from finetune.data.examples import IGNORE

CHUNK = 2**25
"""Logits at a time: 128 MB in float32."""


class LinearCrossEntropy(torch.autograd.Function):
    """Sum over N tokens of the cross-entropy of `hidden_NH @ weight_VH.T` against `labels_N`.

    The gradients are made on the way forward, while a chunk's logits are there; backward only scales them. Matmuls run
    in the autocast dtype, the softmax and the sums in float32.
    """

    @staticmethod
    def forward(
        ctx: Any, hidden_NH: torch.Tensor, weight_VH: torch.Tensor, labels_N: torch.Tensor, chunk: int = CHUNK
    ) -> torch.Tensor:
        kind = hidden_NH.device.type
        dtype = torch.get_autocast_dtype(kind) if torch.is_autocast_enabled(kind) else weight_VH.dtype
        hidden, weight = hidden_NH.to(dtype), weight_VH.to(dtype)
        d_hidden = torch.empty_like(hidden) if ctx.needs_input_grad[0] else None
        d_weight = torch.zeros_like(weight_VH, dtype=torch.float32) if ctx.needs_input_grad[1] else None
        loss = hidden.new_zeros((), dtype=torch.float32)
        size = max(1, chunk // len(weight))
        with torch.autocast(kind, enabled=False):
            for first in range(0, len(hidden), size):
                rows = slice(first, first + size)
                logits_nV = (hidden[rows] @ weight.T).float()
                logits_nV -= logits_nV.logsumexp(-1, keepdim=True)
                loss -= logits_nV.gather(1, labels_N[rows, None]).sum()
                if d_hidden is None and d_weight is None:
                    continue
                error_nV = logits_nV.exp_()
                error_nV.scatter_add_(1, labels_N[rows, None], error_nV.new_full((len(error_nV), 1), -1.0))
                error_nV = error_nV.to(dtype)
                if d_hidden is not None:
                    torch.mm(error_nV, weight, out=d_hidden[rows])
                if d_weight is not None:
                    d_weight += error_nV.T @ hidden[rows]
        ctx.save_for_backward(d_hidden, d_weight)
        ctx.dtypes = hidden_NH.dtype, weight_VH.dtype
        return loss

    @staticmethod
    def backward(ctx: Any, *scale: torch.Tensor) -> tuple[torch.Tensor | None, torch.Tensor | None, None, None]:
        grads = [
            None if grad is None else (grad * scale[0]).to(dtype)
            for grad, dtype in zip(ctx.saved_tensors, ctx.dtypes, strict=True)
        ]
        return grads[0], grads[1], None, None


def attach(model: PreTrainedModel, device: torch.device) -> str:
    """Make a causal language model return the summed loss of a pack instead of logits; says which loss it is.

    The loss is computed by the output layer's own forward, so that what shards its weight (FSDP) gathers it first.
    Where a mixture of experts' config asks for the router's loss, training adds it, weighted by the learned tokens.
    Raises: UsageError: the output layer is not a plain matrix, or the router's loss is not to be had.
    """
    head, config = model.get_output_embeddings(), model.config
    scaled = [
        name for name in ("final_logit_softcapping", "logit_scale", "logits_scaling") if getattr(config, name, None)
    ]
    if not isinstance(head, torch.nn.Linear) or head.bias is not None or scaled:
        raise UsageError(f"--model: its logits are not a plain product of states and a matrix: {scaled or head}")
    loss: Callable[..., torch.Tensor] = LinearCrossEntropy.apply
    kernel = "chunked"
    if device.type == "cuda" and find_spec("liger_kernel"):
        from liger_kernel.transformers import LigerFusedLinearCrossEntropyLoss

        fused, kernel = LigerFusedLinearCrossEntropyLoss(reduction="sum"), "liger"

        def loss(hidden_NH: torch.Tensor, weight_VH: torch.Tensor, labels_N: torch.Tensor) -> torch.Tensor:
            return fused(weight_VH, hidden_NH, labels_N)

    head.forward = MethodType(lambda self, hidden_NH, labels_N: loss(hidden_NH, self.weight, labels_N), head)

    def forward(self: Any, labels: torch.Tensor, **inputs: Any) -> torch.Tensor:
        """The summed loss of a pack; without `use_cache=False` some models let its examples see each other."""
        routed = {"output_router_logits": True} if self.training and self.router_loss else {}
        output = self.base_model(**inputs, **routed, use_cache=False)
        learned_BT = labels != IGNORE
        total: torch.Tensor = self.get_output_embeddings()(output.last_hidden_state[learned_BT], labels[learned_BT])
        return total + self.router_loss(output.router_logits) * learned_BT.sum() if routed else total

    model.forward = MethodType(forward, model)
    model.router_loss = None
    text = config.get_text_config()
    coefficient = getattr(text, "router_aux_loss_coef", 0)
    if not getattr(text, "output_router_logits", False) or not coefficient:
        return kernel
    # The model's own function, so that every mixture is balanced as its makers balanced it.
    balance = getattr(sys.modules[type(model).__module__], "load_balancing_loss_func", None)
    experts = getattr(text, "num_experts", None) or getattr(text, "num_local_experts", None)
    if balance is None or experts is None:
        raise UsageError("--model: its config asks for the router's loss, which its code does not offer as a function")
    model.router_loss = lambda logits: coefficient * balance(logits, experts, text.num_experts_per_tok)
    return f"{kernel} + router"
