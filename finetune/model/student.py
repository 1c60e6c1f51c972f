"""The student: a name, folder or GGUF file -> a model to train -> a folder that transformers loads.

python -m finetune.model.student MODEL OUT --chat-template qwen2_5   the untrained one, a folder with this template
"""

from pathlib import Path
from typing import Annotated, Any

import torch
import typer
from transformers import AutoModelForCausalLM, AutoTokenizer, GenerationConfig, GgufConfig

from agents import cli
from agents.errors import UsageError
from finetune.data.render import template


def source(model: str) -> dict[str, Any]:
    """The arguments by which `from_pretrained` finds it."""
    path = Path(model)
    if path.suffix == ".gguf":
        return {"pretrained_model_name_or_path": str(path.parent), "gguf_file": path.name}
    return {"pretrained_model_name_or_path": model}


def tokenizer(model: str) -> tuple[Any, list[int]]:
    """The tokenizer, and the tokens at which generation stops.

    Raises: UsageError: there is no such model.
    """
    try:
        found = AutoTokenizer.from_pretrained(**source(model))
    except Exception as error:  # every format has errors of its own
        raise UsageError(f"--model: cannot load {model}: {_line(error)}") from error
    stops = [found.eos_token_id]
    try:
        generation = GenerationConfig.from_pretrained(model).eos_token_id
        stops += generation if isinstance(generation, list) else [generation]
    except OSError:  # many have none, and then stop at the tokenizer's
        pass
    return found, [stop for stop in dict.fromkeys(stops) if stop is not None]


def load(model: str, tokens: int, dtype: torch.dtype, lora: int) -> Any:
    """The model, ready to train; with `lora` > 0 only adapters of that rank on every inner linear layer are.

    Raises: UsageError: it cannot be loaded, or has fewer rows than the tokenizer has tokens.
    """
    kind = {"quantization_config": GgufConfig(dequantize=True)} if model.endswith(".gguf") else {}
    try:
        found = AutoModelForCausalLM.from_pretrained(**source(model), **kind, dtype=dtype)
    except Exception as error:
        raise UsageError(f"--model: cannot load {model}: {_line(error)}") from error
    rows = len(found.get_input_embeddings().weight)
    if rows < tokens:
        raise UsageError(f"--model: its tokenizer has {tokens} tokens, its embedding only {rows}")
    return _adapted(found, lora).model if lora else found


def _adapted(model: Any, rank: int) -> Any:
    """Adapters put into the model itself; what is to be trained is in float32 even where the rest is not."""
    from peft import LoraConfig
    from peft.tuners.lora import LoraModel

    tuned = LoraModel(model, LoraConfig(r=rank, lora_alpha=2 * rank, target_modules="all-linear"), "default")
    for value in tuned.parameters():
        value.data = value.data.float() if value.requires_grad else value.data
    return tuned


def save(model: Any, state: dict[str, Any], folder: Path, dtype: torch.dtype) -> None:
    """Weights as safetensors in this dtype, for any loader of transformers."""
    model.save_pretrained(folder, state_dict={name: value.to(dtype) for name, value in state.items()})


def merged(model: str, state: dict[str, Any], lora: int) -> Any:
    """A fresh copy of the base model with these trained adapters in its weights."""
    whole = _adapted(load(model, 0, torch.float32, 0), lora)
    whole.model.load_state_dict(state)
    return whole.merge_and_unload()


def unpack(
    model: Annotated[str, typer.Argument(help="A folder, a name on the Hugging Face hub, or a .gguf file.")],
    out: Annotated[Path, typer.Argument(help="The folder to write.")],
    chat_template: Annotated[str, typer.Option(help="Another chat template than its own: a file or a name.")] = "",
) -> None:
    """Write an untrained student as a folder: read faster than a .gguf, and served with the template given."""
    words, stops = tokenizer(model)
    template(words, stops, chat_template)
    whole = load(model, len(words), torch.float32, 0)
    save(whole, whole.state_dict(), out, torch.float32)
    words.save_pretrained(out)


def _line(error: Exception) -> str:
    return " ".join(str(error).split())[:300]


def main(arguments: list[str] | None = None) -> None:
    """The command with these arguments, else the process's."""
    cli.run_function(unpack, arguments, "finetune.model.student")


if __name__ == "__main__":
    main()
