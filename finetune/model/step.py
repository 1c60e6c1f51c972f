"""A batch -> its gradient and its loss, over all packs and ranks."""

from contextlib import nullcontext

import torch
from accelerate import Accelerator
from accelerate.utils import DistributedType

from finetune.data import packing
from finetune.data.examples import Example
from memory import statistics


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
def measure_loss(
    accelerator: Accelerator, model: torch.nn.Module, examples: list[Example], capacity: int
) -> statistics.Estimate:
    """Loss in nats for each learned token of these examples, with an interval over the packs that they are laid in."""
    model.eval()
    rank, rounds = accelerator.process_index, packing.deal(examples, capacity, accelerator.num_processes)
    # R rounds: a pack of each rank in each
    losses_R = torch.stack([model(**packing.tensors(packs[rank], accelerator.device)).reshape(()) for packs in rounds])
    model.train()
    losses_P = accelerator.gather(losses_R).tolist()
    packs = [packs[at] for at in range(accelerator.num_processes) for packs in rounds]
    learned_P = [sum(example.learned_tokens for example in pack) for pack in packs]
    # a pack from which nothing is learned only kept a rank busy
    pairs = [(loss, learned) for loss, learned in zip(losses_P, learned_P, strict=True) if learned]
    return statistics.ratio([loss for loss, _ in pairs], [learned for _, learned in pairs])
