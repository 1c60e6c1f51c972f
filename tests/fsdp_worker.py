"""One of the processes that hold a shard each: prints the loss and the gradient's norm of a batch.

Accelerate offers FSDP on accelerators only; its own wrapping is called here so that it runs on a CPU.
"""

from types import SimpleNamespace

import torch
from accelerate import Accelerator, FullyShardedDataParallelPlugin
from accelerate.utils.fsdp_utils import fsdp2_prepare_model

from finetune.data import packing
from finetune.model import attention, loss
from tests.finetune.data.test_packing import example, model


def main() -> None:
    accelerator = Accelerator(cpu=True)
    student, batch = model(), [example(length, 5) for length in (33, 12, 50, 7, 21)]
    attention.choose(student, "auto", accelerator.device)
    loss.attach(student, accelerator.device)
    plugin = FullyShardedDataParallelPlugin(
        fsdp_version=2, auto_wrap_policy="transformer_based_wrap", cpu_ram_efficient_loading=False
    )
    student = fsdp2_prepare_model(
        SimpleNamespace(
            state=SimpleNamespace(fsdp_plugin=plugin),
            mixed_precision="no",
            is_main_process=accelerator.is_main_process,
            device=accelerator.device,
            torch_device_mesh=None,
        ),
        student,
    )
    attention.check(student, student.get_input_embeddings(), accelerator.device, "packed")
    learned, total = sum(item.learned for item in batch), torch.zeros(())
    for packs in packing.deal(batch, 64, 2):
        summed = student(**packing.tensors(packs[accelerator.process_index], accelerator.device))
        (summed * 2 / learned).backward()
        total += summed.detach()
    norm = torch.nn.utils.clip_grad_norm_(student.parameters(), 1e9)
    total, norm = accelerator.reduce(total), norm.full_tensor()
    shards = {type(value).__name__ for value in student.parameters()}
    accelerator.print(f"{float(total)} {float(norm)} {shards}")


if __name__ == "__main__":
    main()
