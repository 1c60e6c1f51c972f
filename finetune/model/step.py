"""A batch -> its gradient and its loss, over all packs and ranks."""

from contextlib import nullcontext

import torch
from accelerate import Accelerator
from accelerate.utils import DistributedType

from finetune.data import packing
from finetune.data.examples import Example


def gradients(accelerator: Accelerator, model: torch.nn.Module, batch: list[Example], capacity: int) -> torch.Tensor:
    """Put the gradient of the batch's mean loss into the model; returns the loss summed over this rank's tokens.

    The mean is over the learned tokens of the whole batch, however they fall on packs and ranks: ranks average their
    gradients, hence the factor.
    """
    ranks, learned = accelerator.num_processes, sum(example.learned_tokens for example in batch)
    rounds, total = packing.deal(batch, capacity, ranks), torch.zeros((), device=accelerator.device)
    # FSDP would keep whole gradients to save one reduction.
    lazy = accelerator.distributed_type is not DistributedType.FSDP
    for number, packs in enumerate(rounds, 1):
        with accelerator.no_sync(model) if lazy and number < len(rounds) else nullcontext():
            summed = model(**packing.tensors(packs[accelerator.process_index], accelerator.device))
            accelerator.backward(summed * ranks / learned)
        total += summed.detach()
    return total


@torch.no_grad()
def mean_loss(accelerator: Accelerator, model: torch.nn.Module, examples: list[Example], capacity: int) -> float:
    """Loss for each learned token of these examples."""
    model.eval()
    total = torch.zeros((), device=accelerator.device)
    for packs in packing.deal(examples, capacity, accelerator.num_processes):
        total += model(**packing.tensors(packs[accelerator.process_index], accelerator.device))
    model.train()
    return float(accelerator.reduce(total)) / sum(example.learned_tokens for example in examples)
