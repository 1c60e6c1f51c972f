"""A whole training run, in order: read, load, step by step, write; `finetune.sft` is its command."""

import gc
import math
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import chain, islice

import orjson
import torch
from accelerate import Accelerator
from accelerate.utils import gather_object, set_seed
from pydantic import JsonValue
from torch.distributed.fsdp import MixedPrecisionPolicy
from transformers.utils import logging

from agents.errors import UsageError
from finetune import card, checkpoint
from finetune.config import Config
from finetune.data import packing, prepare
from finetune.data.order import Batch, draw_batches
from finetune.data.prepare import Preparation, Ranks, Wanted
from finetune.data.rows import parse_source
from finetune.data.store import Store
from finetune.data.template import Template, load_template
from finetune.log import History
from finetune.model import attention, loss, memory, student
from finetune.model.mfu import Cost, peak
from finetune.model.optimizer import make_optimizer, set_learning_rate
from finetune.model.step import gradients, measure_loss


def learning_rate(config: Config, step: int, steps: int) -> float:
    """Linear over the warm-up, then half a cosine or a line down to 0 behind the last step; steps count from 1."""
    if step <= config.warmup:
        return config.lr * step / config.warmup
    done = (step - 1 - config.warmup) / max(1, steps - config.warmup)
    return (
        config.lr * {"cosine": (1 + math.cos(math.pi * done)) / 2, "linear": 1 - done, "constant": 1}[config.schedule]
    )


@contextmanager
def stop_on_signal() -> Iterator[Callable[[], bool]]:
    """Whether SIGINT or SIGTERM came, on any rank; the first lets the step end, the second stops at once."""
    caught: list[int] = []
    numbers = (signal.SIGINT, signal.SIGTERM)

    def note(number: int, frame: object) -> None:
        caught.append(number)
        signal.signal(number, before[signal.Signals(number)])

    before = {number: signal.signal(number, note) for number in numbers}
    try:
        yield lambda: any(gather_object([bool(caught)]))
    finally:
        for number in numbers:
            signal.signal(number, before[signal.Signals(number)])


def launch(config: Config) -> Accelerator:
    """The processes and devices of this run."""
    bf16 = config.dtype == "bf16" or (config.dtype == "auto" and torch.cuda.is_available())
    tracker = None if config.tracker == "none" else config.tracker
    # Without an accelerator it must be told so, or several processes would each train alone.
    logging.disable_progress_bar()
    cpu, precision = not torch.accelerator.is_available(), "bf16" if bf16 else "no"
    accelerator = Accelerator(cpu=cpu, mixed_precision=precision, log_with=tracker, project_dir=config.out)
    if bf16 and accelerator.is_fsdp2:
        # accelerate's own policy would also sum gradients over ranks, and give back the loss, in bf16
        policy = MixedPrecisionPolicy(torch.bfloat16, reduce_dtype=torch.float32, output_dtype=torch.float32)
        accelerator.state.fsdp_plugin.mixed_precision_policy = policy
    return accelerator


def read_rows(config: Config, template: Template, accelerator: Accelerator) -> tuple[Preparation, Store, str]:
    """What is trained on and what is held out, where it is kept, and the rows' sha256."""
    sources, exam = (tuple(map(parse_source, names)) for names in (config.data, config.held_out_data))
    digest = prepare.fingerprint([*sources, *exam])
    about = config.model_dump(mode="json", include={"data", "held_out_data", "held_out", "split", "seed", "length"})
    about |= {"rows": digest, "template": template.tokenizer.chat_template, "arguments": dict(template.arguments)}
    store = Store(config.out / "examples.bin", orjson.dumps(about, option=orjson.OPT_SORT_KEYS).decode())
    wanted = Wanted(sources, exam, config.held_out, config.split, config.seed, config.length, config.out)
    ranks = Ranks(accelerator.process_index, accelerator.num_processes, lambda mine: gather_object([mine]))
    return Preparation(wanted, template, store, ranks), store, digest


def train(config: Config) -> bool:
    """The whole run; False where a signal stopped it, with a checkpoint written.

    Raises: UsageError: whatever the user can mend.
    """
    accelerator = launch(config)
    complete = _train(config, accelerator)
    # A reducer that dies after its process group can hang: model and optimizer go first.
    accelerator.free_memory()
    gc.collect()
    accelerator.wait_for_everyone()
    accelerator.end_training()
    return complete


def _train(config: Config, accelerator: Accelerator) -> bool:
    say, device, main = accelerator.print, accelerator.device, accelerator.is_main_process
    ranks, bf16 = accelerator.num_processes, accelerator.mixed_precision == "bf16"
    set_seed(config.seed)

    tokenizer, stop_ids = student.load_tokenizer(config.model)
    template = load_template(tokenizer, stop_ids, config.chat_template, parse_arguments(config.template_arg))
    # Without packing a pack takes one example.
    capacity = config.length if config.packing else 1
    plan = memory.Plan(
        length=config.length,
        ranks=ranks,
        sharded=accelerator.is_fsdp2,
        bf16=bf16,
        lora=config.lora,
        checkpointing=config.gradient_checkpointing,
        optimizer=config.optimizer,
        gpu=device.type != "cpu",
    )
    sizes = memory.measure_sizes(student.load_config(config.model))
    say(f"memory of each {device.type}: {memory.estimate(sizes, plan).summary}")
    # on a CPU every rank takes its part of the same memory
    memory.check(sizes, plan, memory.read_room(device) / (1 if plan.gpu else ranks))

    rows, store, digest = read_rows(config, template, accelerator)
    batches = draw_batches(rows.plan["shares"], rows.load, config.batch, config.seed, config.epochs, config.steps)
    first, exam = next(batches, None), rows.load_held_out()
    rest = len(rows.plan["learn"]) - rows.read.rows
    say(f"train: {rows.read.summary}" + (f"\n  {rest:,} rows more are read while it trains" if rest else ""))
    say(f"held out: {rows.held.summary}")
    if first is None:
        raise UsageError(f"--data: nothing to train on; {rows.read.summary}")
    for line in [
        *prepare.describe_template(rows.read, template),
        prepare.describe_held_out(rows.held, config.held_out),
        describe_warmup(config, first.steps, rows.read.examples),
    ]:
        if line:
            say(f"warning: {line}")
    about = card.describe(config, digest, rows)
    card.check(config.out / "config.json", about)

    frozen = torch.bfloat16 if bf16 and config.lora else torch.float32
    model = student.load(config.model, len(tokenizer), frozen, config.lora, config.target_modules)
    model.train()
    chosen, kernel = attention.choose(model, config.attention, device), loss.attach(model, device)
    if config.gradient_checkpointing:
        model.activation_checkpointing_enable({"use_reentrant": False})
    cost, best, embedding = Cost(model), peak(), model.get_input_embeddings()
    learning = [value for value in model.parameters() if value.requires_grad]
    count = sum(value.numel() for value in learning)
    full = packing.fullness(rows.sample, config.batch, capacity, ranks) if config.packing else None
    rows.sample = []
    say(f"packs of {config.length} tokens, {full:.0%} full" if full else "no packing")
    say(f"{count:,} weights to train, attention {chosen}, loss {kernel}, on {device.type} x {ranks}")
    optimizer = make_optimizer(config.optimizer, learning, config.lr, config.weight_decay, device)
    model, optimizer = accelerator.prepare(model, optimizer)
    if config.packing:
        attention.check(accelerator.unwrap_model(model), embedding, device, chosen)

    if main:
        card.record(config.out / "config.json", about)
    store.begin(rows.plan, writes=main)
    accelerator.wait_for_everyone()
    start = checkpoint.load(accelerator, config.out / "checkpoints")
    accelerator.init_trackers("tensorboard" if config.tracker == "tensorboard" else "tdscaling")
    history = History(accelerator, config.out, start)
    if exam and not start:
        history.held_out(0, first.steps, measure_loss(accelerator, model, exam, capacity))

    drawn: Iterator[Batch] = chain([first], batches)
    # a run that was killed behind its end only writes its model
    if history.out_of_patience(config.patience):
        drawn = iter(())
    # What a resumed run learned before is drawn once more and thrown away: the order behind it is then the same.
    with stop_on_signal() as stop_wanted:
        for step, draw in enumerate(islice(drawn, start, None), start + 1):
            began, batch, steps = time.perf_counter(), draw.examples, draw.steps
            rate = learning_rate(config, step, steps)
            set_learning_rate(optimizer, rate)
            total = gradients(accelerator, model, batch, capacity)
            norm = accelerator.clip_grad_norm_(model.parameters(), config.clip)
            optimizer.step()
            optimizer.zero_grad()

            learned, tokens = sum(example.learned_tokens for example in batch), sum(map(len, batch))
            mean, norm = float(accelerator.reduce(total)) / learned, float(norm)
            if not math.isfinite(mean + norm):
                raise UsageError(f"step {step}: loss {mean}, gradient {norm}; try a lower --lr, or --dtype fp32")
            seconds = time.perf_counter() - began
            done = cost.operations(list(map(len, batch)), learned) / ranks
            values: dict[str, float | None] = {"loss": mean, "lr": rate}
            values |= {"grad_norm": norm, "learned": learned, "tokens": tokens, "tokens_per_s": tokens / seconds}
            history.step(step, steps, {**values, "mfu": done / seconds / best if best else None})

            if exam and (draw.last or (config.eval_every and step % config.eval_every == 0)):
                history.held_out(step, steps, measure_loss(accelerator, model, exam, capacity))
                if config.keep_best and min(history.exams())[1] == step:
                    checkpoint.save(accelerator, config.out / "checkpoints", step, "best")
            stopped, ended = stop_wanted(), draw.last or history.out_of_patience(config.patience)
            if stopped or ended or step % config.save_every == 0:
                checkpoint.save(accelerator, config.out / "checkpoints", step)
            if stopped and not ended:
                return False
            if ended and not draw.last:
                say(f"step {step}/{steps}  {config.patience} held-out losses without a new best: the training ends")
                break

    if rest:
        say(f"train: {rows.read.summary}")
        about = card.describe(config, digest, rows)
    if config.keep_best and exam:
        best_loss, best_step = min(history.exams())
        checkpoint.load(accelerator, config.out / "checkpoints", "best")
        say(f"the model is that of step {best_step}, held-out loss {best_loss:.4f}")
    state = accelerator.get_state_dict(model)
    with checkpoint.whole(accelerator, config.out / "model") as draft:
        if main:
            dtype, plain = torch.bfloat16 if bf16 else torch.float32, accelerator.unwrap_model(model)
            if config.keep_adapter:
                student.save_adapter(plain, state, draft, config.model)
            elif config.lora:
                merged = student.merge(config.model, state, config.lora, config.target_modules)
                student.save(merged, merged.state_dict(), draft, dtype)
            else:
                student.save(plain, state, draft, dtype)
            tokenizer.save_pretrained(draft)
            card.write(draft, about, config.data, history.lines, len(tokenizer))
    return True


def parse_arguments(texts: tuple[str, ...]) -> dict[str, JsonValue]:
    """NAME=VALUE, the value as JSON where it is some, else as text.

    >>> parse_arguments(("enable_thinking=false", "date_string=2026-01-01"))
    {'enable_thinking': False, 'date_string': '2026-01-01'}

    Raises: UsageError: no `=` in it.
    """
    arguments: dict[str, JsonValue] = {}
    for text in texts:
        name, equals, value = text.partition("=")
        if not equals or not name:
            raise UsageError(f"--template-arg: {text}: expected NAME=VALUE, such as enable_thinking=false")
        try:
            arguments[name] = orjson.loads(value)
        except ValueError:
            arguments[name] = value
    return arguments


def describe_warmup(config: Config, steps: int, count: int) -> str:
    """Whether the warm-up outlasts the run, as the paper's 500 samples do in one epoch of 32 steps; else empty."""
    if config.warmup < steps:
        return ""
    top = learning_rate(config, steps, steps)
    return (
        f"--warmup {config.warmup} outlasts the {steps} steps of this run ({count} examples, "
        f"{config.batch} a step): the learning rate ends at {top:.2g} of {config.lr:.2g} and never falls; "
        f"give fewer --warmup steps or more --epochs"
    )
