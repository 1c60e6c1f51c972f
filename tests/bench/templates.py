"""How many of 100 rows each chat template keeps: python -m tests.bench.templates RUN [FILE=STOP ...]

The templates are those that `trl` carries, with the stop tokens of the models they belong to; files of others are named
behind the run, each with its stop tokens, parted by commas. Tokenizers do not come with them, so that one is learned
from the template's own text: what is told is what a template keeps, not what its model's tokenizer makes of it.
"""

import json
import re
import sys
from collections import Counter
from itertools import islice
from pathlib import Path
from typing import Any

import trl
from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers
from transformers import PreTrainedTokenizerFast

from agents.errors import RowError
from finetune.data.examples import encode
from finetune.data.layouts import read_conversation
from finetune.data.template import load_template

ROWS = 100
FOLDER = Path(trl.__file__).parent / "chat_templates"
CHATML = "<|im_end|>"
LLAMA = "<|eot_id|>,<|eom_id|>,<|end_of_text|>"
TEMPLATES = {
    "qwen2_5 qwen3 qwen3_training qwen3_instruct_2507 qwen3_5_think qwen3_5_nothink qwen3_6 qwen3_8": CHATML,
    "nemotron_3_nano nemotron_3_super nemotron_3_ultra lfm2_v2 lfm2_2_5": CHATML,
    "llama3_1 llama3_2": LLAMA,
    "gptoss": "<|return|>,<|call|>,<|endoftext|>",
    "glm4moe": "<|endoftext|>,<|user|>,<|observation|>",
    "deepseekv3": "<｜end▁of▁sentence｜>",
    "gemma4": "<turn|>,<|tool_response>",
}
SPECIAL = re.compile(
    r"<\|[^|<> ]+\|>|<｜[^｜<>]+｜>|\[/?(?:INST|AVAILABLE_TOOLS|TOOL_CALLS|TOOL_RESULTS)\]|<(?:start|end)_of_turn>"
    r"|<turn\|>|<\|turn>|<\|tool_call>|<tool_call\|>|<\|tool_response>"
)


def tokenizer(text: str, stops: list[str]) -> Any:
    """Byte-level BPE of a few hundred tokens in which the template's special tokens are some."""
    words = Tokenizer(models.BPE())
    words.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    words.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=600,
        special_tokens=list(dict.fromkeys(["<s>", "</s>", *stops, *SPECIAL.findall(text)])),
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        show_progress=False,
    )
    words.train_from_iterator([text], trainer)
    wrapped = PreTrainedTokenizerFast(tokenizer_object=words, eos_token=stops[0], pad_token=stops[0], bos_token="<s>")
    wrapped.chat_template = text
    return wrapped


def main(run: str, *files: str) -> None:
    lines = (Path(run) / "trajectories.jsonl").read_text(encoding="utf-8").splitlines()
    rows = [read_conversation(json.loads(line)) for line in islice(lines, ROWS)]
    paths = {FOLDER / f"{name}.jinja": stops for names, stops in TEMPLATES.items() for name in names.split()}
    paths |= {Path(name): stops for name, stops in (file.split("=") for file in files)}
    for path, named in paths.items():
        text, stops = path.read_text(encoding="utf-8"), named.split(",")
        words = tokenizer(text, stops)
        template = load_template(words, words.convert_tokens_to_ids(stops))
        kept, faults, notes, examples = 0, Counter[str](), Counter[str](), 0
        for row in rows:
            try:
                examples += len(encode(row, template, notes))
                kept += 1
            except RowError as error:
                faults[str(error)[:110]] += 1
        print(
            f"{path.stem}: {kept} of {len(rows)} rows, {examples} examples; {dict(sorted(notes.items()))}", flush=True
        )
        for fault, count in faults.most_common(3):
            print(f"  {count} refused: {fault}", flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
