"""All that a training run can be told, presets of it, and what a resume may change."""

from collections.abc import Mapping
from pathlib import Path
from typing import Literal

import orjson
from pydantic import Field

from agents import cli
from agents.errors import UsageError
from agents.outputs import check_output
from agents.schema import Noun
from finetune.data.rows import parse_source

PRESETS: Mapping[str, cli.Options] = {
    "laptop": {},
    "paper": {"length": 65_536, "batch": 16, "lr": 1e-5, "warmup": 50, "gradient_checkpointing": True},
}


class Config(Noun):
    """All that a training run can be told; the defaults are the preset `laptop`."""

    data: tuple[str, ...] = ("runs/default",)
    """A run's folder, a .jsonl, .json or .parquet file, a folder of them, or a data set on the hub; once for each.
    PATH=0.5 shows every other row an epoch, PATH=2 each twice."""
    held_out_data: tuple[str, ...] = ()
    """Rows to measure the held-out loss on, instead of a share of --data."""
    model: str = ""
    """The student: a folder, a name on the Hugging Face hub, or a .gguf file."""
    out: Path = Path("runs/student")
    """Checkpoints, log and the trained model go here."""
    chat_template: str = ""
    """Another chat template than the student's own: a file, or a name such as qwen2_5; it is saved with the model."""
    template_arg: tuple[str, ...] = ()
    """NAME=VALUE for the chat template, such as enable_thinking=false; once for each."""
    length: int = Field(default=2048, ge=8)
    """The most tokens of an example, and of a pack; longer ones keep their leading turns."""
    batch: int = Field(default=4, ge=1)
    """Examples for each optimiser step, over all devices."""
    epochs: int = Field(default=1, ge=1)
    """How often every example is seen."""
    steps: int = Field(default=0, ge=0)
    """Optimiser steps, instead of whole epochs; 0: as the epochs need."""
    lr: float = Field(default=1e-5, gt=0)
    """The highest learning rate."""
    schedule: Literal["cosine", "linear", "constant"] = "cosine"
    """How the learning rate goes on behind the warm-up: down to 0 at the end, or as it is."""
    warmup: int = Field(default=2, ge=0)
    """Steps over which the learning rate rises to it."""
    clip: float = Field(default=1.0, gt=0)
    """The largest norm of a step's gradient."""
    weight_decay: float = Field(default=0.0, ge=0)
    """AdamW's."""
    optimizer: Literal["adamw", "adamw8bit"] = "adamw"
    """adamw8bit keeps the moments in 8 bits, a quarter of the memory; it needs torchao."""
    lora: int = Field(default=0, ge=0)
    """The rank of LoRA adapters to train instead of the weights; merged at the end. 0: all weights."""
    target_modules: tuple[str, ...] = ()
    """Where adapters go: names of linear layers, and `experts` for a mixture's; none: every linear layer."""
    keep_adapter: bool = False
    """Save the adapters, as peft reads them, instead of merging them into the model."""
    held_out: float = Field(default=0.1, ge=0, lt=1)
    """Share of the rows that is not trained on; its loss is told before, during and after."""
    split: Literal["row", "service"] = "row"
    """What is held out: rows, or services with all rows that have them."""
    eval_every: int = Field(default=0, ge=0)
    """Steps between two held-out losses; 0: before and after only."""
    patience: int = Field(default=0, ge=0)
    """End the training once so many held-out losses in a row are no new best; 0: never."""
    keep_best: bool = False
    """The trained model is that of the lowest held-out loss, not that of the last step."""
    save_every: int = Field(default=50, ge=1)
    """Steps between two checkpoints."""
    packing: bool = True
    """Several examples in one forward pass; it changes the speed, never the loss."""
    attention: str = "auto"
    """auto, packed, or what transformers knows: flash_attention_2, sdpa, eager."""
    dtype: Literal["auto", "bf16", "fp32"] = "auto"
    """Of the matrix products; auto: bf16 on a GPU. Weights and optimiser stay in fp32."""
    gradient_checkpointing: bool = False
    """Compute activations twice instead of keeping them."""
    tracker: Literal["tensorboard", "wandb", "none"] = "tensorboard"
    """Where curves go, besides log.jsonl."""
    seed: int = 0
    """Of the order, the held-out rows and new adapters."""


def settle(options: cli.Options, preset: cli.Options, resume: bool) -> Config:
    """The config of a new run, or of the one in `out`: a run keeps what it began with.

    Raises: UsageError: a value out of range, a folder that is taken, or a resume that would change the run.
    """
    out = Path(options.get("out", Config.model_fields["out"].default))
    path = out / "config.json"
    if not resume:
        if out.exists() and (not out.is_dir() or any(out.iterdir())):
            raise UsageError(f"--out: {out} is not empty; add --resume to go on, or choose another folder")
        config = cli.validate(Config, {**preset, **options})
        sources = [parse_source(text).name for text in (*config.data, *config.held_out_data)]
        check_output("--out", out, map(Path, [*sources, config.model]), folder=True)
        return config
    if not path.is_file():
        raise UsageError(f"--resume: there is no run in {out}; leave the option out, or correct --out")
    old = orjson.loads(path.read_bytes())["config"]
    for name, value in options.items():
        if name != "out" and cli.validate(Config, {**old, name: value}) != cli.validate(Config, old):
            raise UsageError(f"--{name.replace('_', '-')}: the run in {out} has {old[name]!r}, not {value!r}")
    return cli.validate(Config, {**old, "out": out})
