"""Trajectories -> a fine-tuned student: python -m finetune.sft

Reads a run's folder, tokenises it through the student's own chat template, and trains on what the assistant says. The
same file runs on a laptop's CPU, on one GPU, and by `accelerate launch -m finetune.sft` on many.
"""

import errno
import math
import os
import signal
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from typing import Any, Literal

import torch
from accelerate import Accelerator
from accelerate.utils import gather_object, set_seed
from pydantic import Field
from typer.exceptions import TyperException

from agents.errors import UsageError
from agents.schema import Noun
from finetune import card, checkpoint
from finetune import config as options
from finetune.data import examples as data
from finetune.data import packing
from finetune.data.examples import Encoded
from finetune.data.render import Template, template
from finetune.log import History
from finetune.model import attention, loss, student
from finetune.model.mfu import Cost, peak
from finetune.step import gradients, mean_loss

PRESETS: options.Presets = {
    "laptop": {},
    "paper": {"length": 65_536, "batch": 16, "lr": 1e-5, "warmup": 50, "gradient_checkpointing": True},
}
FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
EXAMPLES = """Fine-tune a student on trajectories: assistant tokens only, packed, resumable.

\b
  python -m finetune.sft --data runs/default --model PATH --out runs/student
  python -m finetune.sft --model PATH --out runs/student --resume      go on after Ctrl-C, or a kill
  accelerate launch --config_file finetune/accelerate/fsdp2.yaml -m finetune.sft --preset paper --model NAME
"""


class Config(Noun):
    """All that a training run can be told; the defaults are the preset `laptop`."""

    data: Path = Path("runs/default")
    """A run's folder, or a .jsonl file of rows with `messages` and `tools`."""
    model: str = ""
    """The student: a folder, a name on the Hugging Face hub, or a .gguf file."""
    out: Path = Path("runs/student")
    """Checkpoints, log and the trained model go here."""
    chat_template: str = ""
    """Another chat template than the student's own: a file, or a name such as qwen2_5; it is saved with the model."""
    length: int = Field(default=2048, ge=8)
    """The most tokens of an example, and of a pack; longer ones keep their leading turns."""
    batch: int = Field(default=4, ge=1)
    """Examples for each optimiser step, over all devices."""
    epochs: int = Field(default=1, ge=1)
    """How often every example is seen."""
    steps: int = Field(default=0, ge=0)
    """Optimiser steps, instead of whole epochs; 0: as the epochs need."""
    lr: float = Field(default=1e-5, gt=0)
    """The highest learning rate of the cosine."""
    warmup: int = Field(default=2, ge=0)
    """Steps over which the learning rate rises to it."""
    clip: float = Field(default=1.0, gt=0)
    """The largest norm of a step's gradient."""
    weight_decay: float = Field(default=0.0, ge=0)
    """AdamW's."""
    lora: int = Field(default=0, ge=0)
    """The rank of LoRA adapters to train instead of the weights; merged at the end. 0: all weights."""
    held_out: float = Field(default=0.1, ge=0, lt=1)
    """Share of the rows that is not trained on; its loss is told before, during and after."""
    eval_every: int = Field(default=0, ge=0)
    """Steps between two held-out losses; 0: before and after only."""
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


def learning_rate(config: Config, step: int, steps: int) -> float:
    """Linear over the warm-up, then half a cosine down to 0 behind the last step; steps count from 1."""
    if step <= config.warmup:
        return config.lr * step / config.warmup
    return config.lr * (1 + math.cos(math.pi * (step - 1 - config.warmup) / max(1, steps - config.warmup))) / 2


def examples(accelerator: Accelerator, rows: list[Any], chat: Template, length: int) -> Encoded:
    """What the rows become; each rank tokenises a share of them."""
    ranks = accelerator.num_processes
    mine = [data.attempt(where, row, chat) for where, row in rows[accelerator.process_index :: ranks]]
    shares = gather_object([mine])
    return data.fit([shares[n % ranks][n // ranks] for n in range(len(rows))], length)


@contextmanager
def stoppable() -> Iterator[Callable[[], bool]]:
    """Whether SIGINT or SIGTERM came, on any rank; the first lets the step end, the second stops at once."""
    asked: list[int] = []
    numbers = (signal.SIGINT, signal.SIGTERM)

    def ask(number: int, frame: Any) -> None:
        asked.append(number)
        signal.signal(number, before[signal.Signals(number)])

    before = {number: signal.signal(number, ask) for number in numbers}
    try:
        yield lambda: any(gather_object([bool(asked)]))
    finally:
        for number in numbers:
            signal.signal(number, before[signal.Signals(number)])


def train(config: Config) -> bool:
    """The whole run; False where a signal stopped it, with a checkpoint written.

    Raises: UsageError: whatever the user can mend.
    """
    bf16 = config.dtype == "bf16" or (config.dtype == "auto" and torch.cuda.is_available())
    tracker = None if config.tracker == "none" else config.tracker
    # Without an accelerator it must be told so, or several processes would each train alone.
    cpu, precision = not torch.accelerator.is_available(), "bf16" if bf16 else "no"
    accelerator = Accelerator(cpu=cpu, mixed_precision=precision, log_with=tracker, project_dir=config.out)
    say, device, main = accelerator.print, accelerator.device, accelerator.is_main_process
    ranks = accelerator.num_processes
    set_seed(config.seed)

    tokenizer, stop_ids = student.tokenizer(config.model)
    chat = template(tokenizer, stop_ids, config.chat_template)
    rows, held_rows = data.split(data.read(config.data), config.held_out, config.seed)
    read, held = (examples(accelerator, part, chat, config.length) for part in (rows, held_rows))
    say(f"train: {read.told}")
    say(f"held out: {held.told}")
    if not read.examples:
        raise UsageError(f"--data: nothing to train on; {read.told}")
    steps = config.steps or config.epochs * math.ceil(len(read.examples) / config.batch)
    warn(config, steps, len(read.examples), say)
    found = card.describe(config, config.data, {"train": read, "held_out": held})
    card.check(config.out / "config.json", found)
    # Without packing a pack takes one example.
    capacity = config.length if config.packing else 1

    frozen = torch.bfloat16 if bf16 and config.lora else torch.float32
    model = student.load(config.model, len(tokenizer), frozen, config.lora)
    model.train()
    chosen, fused = attention.choose(model, config.attention, device), loss.attach(model, device)
    if config.gradient_checkpointing:
        model.activation_checkpointing_enable({"use_reentrant": False})
    cost, best = Cost(model), peak()
    learning = [value for value in model.parameters() if value.requires_grad]
    count = sum(value.numel() for value in learning)
    full = packing.fullness(read.examples, config.batch, capacity, ranks, config.seed) if config.packing else None
    say(f"packs of {config.length} tokens, {full:.0%} full" if full else "no packing")
    say(f"{count:,} weights to train, attention {chosen}, loss {fused}, on {device.type} x {ranks}")
    optimizer = torch.optim.AdamW(learning, lr=config.lr, weight_decay=config.weight_decay, fused=device.type == "cuda")
    model, optimizer = accelerator.prepare(model, optimizer)
    attention.check(model, device, chosen)

    if main:
        card.record(config.out / "config.json", found)
    accelerator.wait_for_everyone()
    start = checkpoint.load(accelerator, config.out / "checkpoints")
    accelerator.init_trackers("tensorboard" if tracker == "tensorboard" else "tdscaling")
    history = History(accelerator, config.out, start, steps)
    if held.examples and not start:
        history.held_out(0, mean_loss(accelerator, model, held.examples, capacity))

    order = packing.batches(read.examples, config.batch, config.seed)
    with stoppable() as asked_to_stop:
        for step, batch in enumerate(islice(order, start, steps), start + 1):
            began = time.perf_counter()
            for group in optimizer.param_groups:
                group["lr"] = learning_rate(config, step, steps)
            total = gradients(accelerator, model, batch, capacity)
            norm = accelerator.clip_grad_norm_(model.parameters(), config.clip)
            optimizer.step()
            optimizer.zero_grad()

            learned, tokens = sum(example.learned for example in batch), sum(map(len, batch))
            mean, norm = float(accelerator.reduce(total)) / learned, float(norm)
            if not math.isfinite(mean + norm):
                raise UsageError(f"step {step}: loss {mean}, gradient {norm}; try a lower --lr, or --dtype fp32")
            seconds = time.perf_counter() - began
            done = cost.operations(list(map(len, batch)), learned) / ranks
            values: dict[str, float | None] = {
                "loss": mean,
                "lr": learning_rate(config, step, steps),
                "grad_norm": norm,
                "learned": learned,
            }
            values |= {
                "tokens": tokens,
                "tokens_per_s": tokens / seconds,
                "mfu": done / seconds / best if best else None,
            }
            history.step(step, values)

            if held.examples and (step == steps or (config.eval_every and step % config.eval_every == 0)):
                history.held_out(step, mean_loss(accelerator, model, held.examples, capacity))
            stopped = asked_to_stop()
            if stopped or step == steps or step % config.save_every == 0:
                checkpoint.save(accelerator, config.out / "checkpoints", step)
            if stopped and step < steps:
                return False

    state = accelerator.get_state_dict(model)
    with checkpoint.whole(accelerator, config.out / "model") as draft:
        if main:
            dtype = torch.bfloat16 if bf16 else torch.float32
            whole = student.merged(config.model, state, config.lora) if config.lora else accelerator.unwrap_model(model)
            student.save(whole, whole.state_dict() if config.lora else state, draft, dtype)
            tokenizer.save_pretrained(draft)
            card.write(draft, found, history.lines)
    accelerator.end_training()
    return True


def warn(config: Config, steps: int, count: int, say: Any) -> None:
    """Say so where the warm-up outlasts the run, as the paper's 500 samples do in one epoch of 32 steps."""
    if config.warmup >= steps:
        top = learning_rate(config, steps, steps)
        say(
            f"warning: --warmup {config.warmup} outlasts the {steps} steps of this run ({count} examples, "
            f"{config.batch} a step): the learning rate ends at {top:.2g} of {config.lr:.2g} and never falls; "
            f"give fewer --warmup steps or more --epochs"
        )


def start(given: dict[str, Any], preset: str, resume: bool) -> int:
    """The whole command; returns its exit code."""
    if preset not in PRESETS:
        raise UsageError(f"--preset: no {preset}; one of {' '.join(PRESETS)}")
    config = options.settle(Config, given, PRESETS[preset], resume)
    if not config.model:
        raise UsageError("--model: name the student: a folder, a name on the Hugging Face hub, or a .gguf file")
    if train(config):
        return 0
    print(f"stopped; to go on: python -m finetune.sft --out {config.out} --resume", file=sys.stderr)
    return 130


def main(arguments: list[str] | None = None) -> None:
    """The command with these arguments, else the process's.

    Exits with 0, 2 for the user's own mistake, 130 when stopped.
    """
    try:
        code = options.app(Config, PRESETS, start, EXAMPLES)(arguments, standalone_mode=False)
    except (UsageError, TyperException, OSError) as error:
        if isinstance(error, OSError) and error.errno not in FULL:
            raise
        message = error.format_message() if isinstance(error, TyperException) else str(error)
        if os.environ.get("RANK", "0") == "0":
            print(f"error: {' '.join(message.split())}", file=sys.stderr)
        code = 2
    raise SystemExit(code)


if __name__ == "__main__":
    main()
