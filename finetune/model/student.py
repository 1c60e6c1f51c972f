"""The student: a name, folder or GGUF file -> a model to train -> a folder that transformers loads."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import orjson
import torch
from safetensors.torch import save_file
from transformers import (
    AutoConfig,
    AutoModelForCausalLM,
    AutoTokenizer,
    GenerationConfig,
    GgufConfig,
    PretrainedConfig,
    PreTrainedModel,
    PreTrainedTokenizerBase,
)

from agents.errors import UsageError
from agents.files import write_whole
from agents.schema import JsonObject
from finetune.model.place import source

State = Mapping[str, torch.Tensor]
EXPERTS = "experts"
"""Among the target modules: the weights of a mixture's experts, which are no linear layers in transformers."""


def load_tokenizer(model: str) -> tuple[PreTrainedTokenizerBase, list[int]]:
    """The tokenizer, and the tokens at which generation stops.

    Raises: UsageError: there is no such model.
    """
    here = source(model)
    try:
        tokenizer = AutoTokenizer.from_pretrained(**here)
    except Exception as error:  # every format has errors of its own
        raise UsageError(f"--model: cannot load {model}: {_line(error)}") from error
    stops = [tokenizer.eos_token_id]
    try:
        generation = GenerationConfig.from_pretrained(model, local_files_only=here["local_files_only"]).eos_token_id
        stops += generation if isinstance(generation, list) else [generation]
    except OSError:  # many have none, and then stop at the tokenizer's
        pass
    return tokenizer, [stop for stop in dict.fromkeys(stops) if stop is not None]


def load_config(model: str) -> PretrainedConfig:
    """Raises: UsageError: there is none."""
    here = source(model)
    try:
        return AutoConfig.from_pretrained(**here)
    except Exception as error:
        raise UsageError(f"--model: cannot load {model}: {_line(error)}") from error


def load(model: str, tokens: int, dtype: torch.dtype, lora: int = 0, targets: Sequence[str] = ()) -> PreTrainedModel:
    """The model, ready to train; with `lora` > 0 only adapters of that rank on the target modules are.

    Raises: UsageError: it cannot be loaded, or has fewer rows than the tokenizer has tokens.
    """
    kind = {"quantization_config": GgufConfig(dequantize=True)} if model.endswith(".gguf") else {}
    here = source(model)
    try:
        loaded = AutoModelForCausalLM.from_pretrained(**here, **kind, dtype=dtype)
    except Exception as error:
        raise UsageError(f"--model: cannot load {model}: {_line(error)}") from error
    rows = len(loaded.get_input_embeddings().weight)
    if rows < tokens:
        raise UsageError(f"--model: its tokenizer has {tokens} tokens, its embedding only {rows}")
    return adapt(loaded, lora, targets).model if lora else loaded


def adapt(model: PreTrainedModel, rank: int, targets: Sequence[str] = ()) -> Any:
    """Adapters put into the model itself; what is to be trained is in float32 even where the rest is not.

    Without targets they are on every inner linear layer; a mixture's experts are none, and get theirs by `experts`.
    Raises: UsageError: no module has such a name.
    """
    from peft import LoraConfig
    from peft.tuners.lora import LoraModel

    linear = [name for name in targets if name != EXPERTS]
    weights = [name for name, value in model.named_parameters() if ".experts." in name and value.dim() == 3]
    if EXPERTS in targets and not weights:
        raise UsageError(f"--target-modules {EXPERTS}: this model has none")
    options: JsonObject = {"target_modules": linear or "all-linear"}
    if EXPERTS in targets:
        options["target_parameters"] = weights
    try:
        tuned = LoraModel(model, LoraConfig(r=rank, lora_alpha=2 * rank, **options), "default")
    except ValueError as error:
        raise UsageError(f"--target-modules {' '.join(targets)}: {_line(error)}") from None
    for value in tuned.parameters():
        value.data = value.data.float() if value.requires_grad else value.data
    return tuned


def save(model: PreTrainedModel, state: State, folder: Path, dtype: torch.dtype) -> None:
    """Weights as safetensors in this dtype, for any loader of transformers; the config says the dtype too."""
    model.save_pretrained(folder, state_dict={name: value.to(dtype) for name, value in state.items()})
    path = folder / "config.json"
    config = orjson.loads(path.read_bytes())
    # transformers writes the dtype of the weights in memory, by which a bf16 file would be loaded as float32
    for part in (config, *(inner for inner in config.values() if isinstance(inner, dict))):
        if "dtype" in part:
            part["dtype"] = str(dtype).removeprefix("torch.")
    write_whole(path, orjson.dumps(config, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE))


def merge(model: str, state: State, lora: int, targets: Sequence[str]) -> PreTrainedModel:
    """A fresh copy of the base model with these trained adapters in its weights."""
    tuned = adapt(load(model, 0, torch.float32), lora, targets)
    tuned.model.load_state_dict(state)
    return tuned.merge_and_unload()


def save_adapter(tuned: PreTrainedModel, state: State, folder: Path, model: str) -> None:
    """The adapters alone, as `peft` reads them."""
    folder.mkdir(parents=True, exist_ok=True)
    names = {name: name.replace(".default", "") for name in state if "lora_" in name}
    tensors = {f"base_model.model.{short}": state[name].float().contiguous() for name, short in names.items()}
    save_file(tensors, folder / "adapter_model.safetensors", metadata={"format": "pt"})
    config = tuned.peft_config["default"]
    config.base_model_name_or_path = model
    config.save_pretrained(folder)


def _line(error: Exception) -> str:
    return " ".join(str(error).split())[:300]
