"""Where a student lies, before anything that takes long: libraries, rows, the network."""

from functools import cache
from pathlib import Path
from typing import Any

from agents import hub
from agents.errors import UsageError


@cache  # what a run began with it goes on with, and the hub is asked once whether it is there
def source(model: str) -> dict[str, Any]:
    """The arguments by which `from_pretrained` finds it; what lies on this machine is read without the network.

    Raises: UsageError: there is no such folder or file, or no hub to ask.
    """
    path = Path(model)
    if not path.exists() and (path.suffix == ".gguf" or not hub.is_name(model)):
        raise UsageError(f"--model: there is no {model}; name a folder, a .gguf file or a model on the hub")
    fix = "name a folder or a .gguf file, or fetch the model where there is a network"
    here = {"local_files_only": hub.is_here(f"--model {model}", model, fix)}
    if path.suffix == ".gguf":
        return {"pretrained_model_name_or_path": str(path.parent), "gguf_file": path.name, **here}
    return {"pretrained_model_name_or_path": model, **here}
