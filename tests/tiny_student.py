"""A student small enough for CI: a random Qwen3 of two layers, a tokenizer learned from a few lines, and rows."""

import json
from pathlib import Path
from typing import Any

import torch
from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers
from transformers import PreTrainedTokenizerFast, Qwen3Config, Qwen3ForCausalLM

CHATML = ("<|im_start|>", "<|im_end|>", "<|endoftext|>")
LLAMA = ("<|begin_of_text|>", "<|start_header_id|>", "<|end_header_id|>", "<|eot_id|>", "<|end_of_text|>")
TEXT = """You are a helpful assistant. For each function call, return a json object with function name and arguments
within <tool_call></tool_call> XML tags: {"name": "get_order", "arguments": {"order_id": 7}} Where is my order?"""
WEATHER = {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]}
TOOL = {
    "type": "function",
    "function": {"name": "get_weather", "description": 'The weather "now".', "parameters": WEATHER},
}


def tokenizer(specials: tuple[str, ...] = CHATML, end: str = "<|im_end|>", template: str = "qwen2_5") -> Any:
    """Byte-level BPE of a few hundred tokens with these special tokens and a chat template that trl carries."""
    trained = Tokenizer(models.BPE())
    trained.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    trained.decoder = decoders.ByteLevel()
    alphabet = pre_tokenizers.ByteLevel.alphabet()
    trainer = trainers.BpeTrainer(
        vocab_size=400, special_tokens=[*specials], initial_alphabet=alphabet, show_progress=False
    )
    trained.train_from_iterator([TEXT], trainer)
    bos = {"bos_token": "<|begin_of_text|>"} if "<|begin_of_text|>" in specials else {}
    wrapped = PreTrainedTokenizerFast(tokenizer_object=trained, eos_token=end, pad_token=end, **bos)
    wrapped.chat_template = shipped(template)
    return wrapped


def shipped(template: str) -> str:
    """A chat template out of the trl package."""
    import trl

    return (Path(trl.__file__).parent / "chat_templates" / f"{template}.jinja").read_text()


def save(folder: Path, **changes: Any) -> Path:
    """A student's folder, as a hub would give it."""
    words = tokenizer()
    sizes = {"hidden_size": 32, "intermediate_size": 64, "num_hidden_layers": 2, "head_dim": 8}
    heads = {"num_attention_heads": 4, "num_key_value_heads": 2, "max_position_embeddings": 4096}
    config = Qwen3Config(
        vocab_size=len(words),
        eos_token_id=words.eos_token_id,
        **{**sizes, **heads, "tie_word_embeddings": False, **changes},
    )
    torch.manual_seed(0)
    Qwen3ForCausalLM(config).save_pretrained(folder)
    words.save_pretrained(folder)
    return folder


def call(name: str, number: int, **arguments: Any) -> dict[str, Any]:
    return {"id": f"call_{number}", "type": "function", "function": {"name": name, "arguments": json.dumps(arguments)}}


def row(city: str = "Oslo", sky: str = "clear") -> dict[str, Any]:
    """Two user turns, text and two calls in one answer, a tool result each, and a spoken end."""
    messages = [
        {"role": "system", "content": "Be brief."},
        {"role": "user", "content": f"How is {city}?"},
        {
            "role": "assistant",
            "content": "Let me look.",
            "tool_calls": [call("get_weather", 1, city=city), call("get_weather", 2, city=f"{city} airport")],
        },
        {"role": "tool", "tool_call_id": "call_1", "content": json.dumps({"sky": sky})},
        {"role": "tool", "tool_call_id": "call_2", "content": json.dumps({"sky": "fog"})},
        {"role": "assistant", "content": f"{city} is {sky}."},
        {"role": "user", "content": "Thanks"},
        {"role": "assistant", "content": "You are welcome."},
    ]
    return {"messages": messages, "tools": [TOOL]}


def rows(path: Path, count: int = 12) -> Path:
    """A file of rows of different lengths."""
    cities = [f"Port {'x' * (3 * n)}{n}" for n in range(count)]
    path.write_text("\n".join(json.dumps(row(city, "rain" if n % 2 else "sun")) for n, city in enumerate(cities)))
    return path
