"""Folders that are there whole or not at all: a run's checkpoints and the trained model."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from accelerate import Accelerator
from accelerate.utils import gather_object
from safetensors import SafetensorError

from agents.errors import UsageError


@contextmanager
def whole(accelerator: Accelerator, folder: Path) -> Iterator[Path]:
    """A draft to write into on every rank; it takes the folder's place once all of it is on the disk.

    Raises: UsageError: some rank could not write, such as on a full disk; the draft is removed.
    """
    draft, fault = folder.with_name("draft"), ""
    if accelerator.is_main_process:
        shutil.rmtree(draft, ignore_errors=True)
        draft.mkdir(parents=True)
    accelerator.wait_for_everyone()
    try:
        yield draft
        # A rename may reach the disk before what was written: a power cut would leave an empty checkpoint as the last.
        for path in draft.rglob("*"):
            if path.is_file():
                with path.open("rb") as file:
                    os.fsync(file.fileno())
    except (OSError, RuntimeError, SafetensorError) as error:  # torch and safetensors have their own for a full disk
        fault = f"{type(error).__name__}: {' '.join(str(error).split())[:200]}"
    faults = [line for line in gather_object([fault]) if line]
    if accelerator.is_main_process:
        shutil.rmtree(folder if not faults else draft, ignore_errors=True)
        if not faults:
            os.replace(draft, folder)
    accelerator.wait_for_everyone()
    if faults:
        raise UsageError(f"--out: cannot write {folder}: {faults[0]}; free some space and go on with --resume")


def save(accelerator: Accelerator, folder: Path, step: int, kind: str = "step") -> None:
    """Everything that a resume needs to go on as if nothing had happened; others of its kind are then removed."""
    old, path = list(folder.glob(f"{kind}-*")), folder / f"{kind}-{step:06d}"
    with whole(accelerator, path) as draft:
        accelerator.save_state(str(draft))
    if accelerator.is_main_process:
        for other in old:
            # a resume may come by the same step once more
            if other != path:
                shutil.rmtree(other)


def load(accelerator: Accelerator, folder: Path, kind: str = "step") -> int:
    """Put the last whole checkpoint's state in place; returns its step, 0 where there is none."""
    last = max(folder.glob(f"{kind}-*"), default=None)
    if last is None:
        return 0
    accelerator.load_state(str(last))
    return int(last.name.removeprefix(f"{kind}-"))
