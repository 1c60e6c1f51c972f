"""How much memory a run needs on each device, before anything is loaded: arithmetic, by part.

Weights, gradients and moments are counted exactly, activations by the sizes of a decoder's layers. What a GPU really
takes was not measured here: fragmentation, the kernels' work space and the driver are an allowance.

    python -m finetune.model.memory FOLDER --length 65536 --gpus 8 --memory 80
"""

from dataclasses import dataclass, fields, replace
from typing import TYPE_CHECKING, Annotated

from pydantic import Field

from agents import cli
from agents.errors import UsageError
from agents.schema import Noun

if TYPE_CHECKING:
    import torch
    from transformers import PretrainedConfig

GIB = 2**30
ALLOWANCE = 1.5 * GIB
"""For the driver, kernels and fragmentation, on a GPU."""


@dataclass(frozen=True)
class Sizes:
    """What a model's config says of it."""

    weights: int
    """All of them."""
    layer: int
    """Weights of its largest layer."""
    linear: int
    """Rows and columns of all inner linear layers: an adapter of rank 1 has as many weights."""
    layers: int
    hidden: int
    heads: int
    """Query heads times their size, and twice the key heads' times theirs."""
    inner: int
    """The feed-forward width that one token meets: of a mixture, of all experts chosen."""
    ends: int
    """Weights of embedding and output layer."""


@dataclass(frozen=True)
class Plan:
    """What of a run decides its memory."""

    length: int
    """Tokens of a pack."""
    ranks: int = 1
    sharded: bool = False
    bf16: bool = True
    lora: int = 0
    checkpointing: bool = False
    optimizer: str = "adamw"
    gpu: bool = True


@dataclass(frozen=True)
class Estimate:
    """Bytes on each device."""

    weights: float
    gradients: float
    moments: float
    activations: float
    working: float
    """The largest that is there only for a moment: gathered layers, copies in bf16, logits."""

    @property
    def total(self) -> float:
        return self.weights + self.gradients + self.moments + self.activations + self.working

    @property
    def summary(self) -> str:
        parts = ", ".join(f"{field.name} {getattr(self, field.name) / GIB:.1f}" for field in fields(self))
        return f"about {self.total / GIB:.1f} GiB ({parts})"


def measure_sizes(config: "PretrainedConfig") -> Sizes:
    """The sizes of a model, of which no weight is made."""
    import torch  # takes five seconds, and --help needs none
    from transformers import AutoModelForCausalLM

    with torch.device("meta"):
        model = AutoModelForCausalLM.from_config(config)
    text = config.get_text_config()
    blocks: dict[str, int] = {}
    for name, value in model.named_parameters():
        parts = name.split(".")
        number = next((n for n, part in enumerate(parts) if part.isdecimal()), None)
        if number is not None:
            key = ".".join(parts[: number + 1])
            blocks[key] = blocks.get(key, 0) + value.numel()
    weights = sum(value.numel() for value in model.parameters())
    linear = [module for name, module in model.named_modules() if isinstance(module, torch.nn.Linear)]
    head = model.get_output_embeddings()
    size = getattr(text, "head_dim", None) or text.hidden_size // text.num_attention_heads
    keys = getattr(text, "num_key_value_heads", None) or text.num_attention_heads
    chosen = getattr(text, "num_experts_per_tok", None) or 1
    inner = getattr(text, "moe_intermediate_size", None) if chosen > 1 else None
    return Sizes(
        weights=weights,
        layer=max(blocks.values(), default=weights),
        linear=sum(module.in_features + module.out_features for module in linear if module is not head),
        layers=text.num_hidden_layers,
        hidden=text.hidden_size,
        heads=(text.num_attention_heads + 2 * keys) * size,
        inner=chosen * (inner or text.intermediate_size),
        ends=weights - sum(blocks.values()),
    )


def estimate(sizes: Sizes, plan: Plan) -> Estimate:
    """What each device holds at the fullest moment of a step."""
    from finetune.model.loss import CHUNK

    shards = plan.ranks if plan.sharded else 1
    product = 2 if plan.bf16 else 4
    trained = sizes.linear * plan.lora if plan.lora else sizes.weights
    frozen = sizes.weights if plan.lora else 0
    # frozen weights are kept in the dtype of the products, trained ones and their gradients in float32
    weights = (frozen * product + trained * 4) / shards
    moments = trained * {"adamw": 8.0, "adamw8bit": 2.0 + 8 / 256}[plan.optimizer] / shards
    # what backward needs of one layer: two norms, attention's inputs and output, the feed-forward's three
    layer = plan.length * product * (6 * sizes.hidden + 2 * sizes.heads + 4 * sizes.inner)
    kept = plan.length * product * sizes.hidden * sizes.layers
    activations = kept + layer if plan.checkpointing else layer * sizes.layers
    # FSDP gathers a layer and the next one; autocast keeps a copy of every trained weight in bf16
    gathered = product * (2 * sizes.layer + sizes.ends) if plan.sharded else 0
    copies = 2 * trained if plan.bf16 and not plan.sharded else 0
    logits = 2 * 4 * CHUNK + (0 if plan.lora else 4 * sizes.ends / 2)
    return Estimate(
        weights=weights,
        gradients=4 * trained / shards,
        moments=moments,
        activations=activations,
        working=gathered + copies + logits + (ALLOWANCE if plan.gpu else 0),
    )


def check(sizes: Sizes, plan: Plan, room: float) -> None:
    """Raises: UsageError: it does not fit into so many bytes; the message names what would."""
    needs = estimate(sizes, plan)
    if needs.total <= room:
        return
    plans = [
        ("--gradient-checkpointing", replace(plan, checkpointing=True)),
        ("--optimizer adamw8bit", replace(plan, optimizer="adamw8bit")),
        ("--lora 16", replace(plan, lora=plan.lora or 16)),
        (f"--length {plan.length // 2}", replace(plan, length=plan.length // 2)),
    ]
    fits = []
    plans += [
        (f"{name} with --gradient-checkpointing", replace(other, checkpointing=True))
        for name, other in plans[1:]
        if not plan.checkpointing
    ]
    if plan.gpu:
        plans += [(f"{n} GPUs by FSDP", replace(plan, ranks=n, sharded=True)) for n in (8, 16, 32) if n > plan.ranks]
        plans += [
            (f"{n} GPUs by FSDP with --gradient-checkpointing --optimizer adamw8bit",
             replace(plan, ranks=n, sharded=True, checkpointing=True, optimizer="adamw8bit"))
            for n in (8, 16, 32)
            if n > plan.ranks
        ]  # fmt: skip
    for name, other in plans:
        total = estimate(sizes, other).total
        if other != plan and total <= room:
            fits.append(f"{name} ({total / GIB:.1f} GiB)")
    cure = f"what would fit: {'; '.join(fits[:4])}" if fits else "nothing that this trainer has would make it fit"
    raise UsageError(f"--model: needs {needs.summary}, and there are {room / GIB:.1f}; {cure}")


def read_room(device: "torch.device") -> float:
    """The bytes of a device that a run may fill; of a CPU, what is free now."""
    import torch

    if device.type == "cuda":
        return float(torch.cuda.get_device_properties(device).total_memory)
    import psutil

    return float(psutil.virtual_memory().available)


class Config(Noun):
    """A run to estimate."""

    model: Annotated[str, cli.ARGUMENT]
    """A folder with the student's config.json, or a name on the Hugging Face hub."""
    length: int = Field(default=65_536, ge=8)
    """Tokens of a pack."""
    gpus: int = Field(default=1, ge=1)
    """Devices, sharded by FSDP where there are several."""
    memory: float = Field(default=80, gt=0)
    """GiB of each."""
    lora: int = Field(default=0, ge=0)
    """The rank of LoRA adapters; 0: all weights."""
    gradient_checkpointing: bool = True
    """Compute activations twice instead of keeping them."""
    optimizer: str = "adamw"
    """adamw or adamw8bit."""


def show(config: Config) -> None:
    """One line; UsageError where it does not fit."""
    from finetune.model import student

    plan = Plan(
        length=config.length,
        ranks=config.gpus,
        sharded=config.gpus > 1,
        lora=config.lora,
        checkpointing=config.gradient_checkpointing,
        optimizer=config.optimizer,
    )
    sizes = measure_sizes(student.load_config(config.model))
    print(f"{sizes.weights / 1e9:.2f} B weights; on each GPU {estimate(sizes, plan).summary}")
    check(sizes, plan, config.memory * GIB)


def main(arguments: list[str] | None = None) -> None:
    """The command with these arguments, else the process's."""
    cli.run(cli.command(Config, show, "Estimate the memory of a run on each GPU."), arguments, "finetune.model.memory")


if __name__ == "__main__":
    main()
