"""The trainer on processes that hold a shard each: python -m torch.distributed.run ... -m tests.fsdp_worker OPTIONS

Accelerate applies FSDP on accelerators only. That one check is lifted here, by telling its state what a GPU's
environment would tell it, so that wrapping, sharding, saving and loading are its own, on CPUs.
"""

import os
import sys

from accelerate import Accelerator, FullyShardedDataParallelPlugin
from accelerate.state import AcceleratorState, PartialState
from accelerate.utils import DistributedType
from torch.distributed.tensor import DTensor

from finetune import sft, train
from finetune.model import attention


def main() -> None:
    arguments = sys.argv[1:]
    os.environ["FSDP_VERSION"] = "2"
    plugin = FullyShardedDataParallelPlugin(
        fsdp_version=2,
        auto_wrap_policy="transformer_based_wrap",
        cpu_ram_efficient_loading=False,
        state_dict_type="SHARDED_STATE_DICT",
    )
    precision = "bf16" if "bf16" in arguments else "no"
    Accelerator(cpu=True, mixed_precision=precision)
    for shared in (PartialState._shared_state, AcceleratorState._shared_state):
        shared["distributed_type"] = DistributedType.FSDP
    if precision == "bf16":
        plugin.set_mixed_precision("bf16")
    AcceleratorState._shared_state["fsdp_plugin"] = plugin
    os.environ["ACCELERATE_USE_FSDP"] = "true"
    proven = attention.check

    def check(model, *rest):  # type: ignore[no-untyped-def]
        kinds = {isinstance(value, DTensor) for value in model.parameters()}
        print(f"every weight is sharded: {kinds == {True}}", flush=True)
        proven(model, *rest)

    train.attention.check = check
    sft.main(arguments)


if __name__ == "__main__":
    main()
