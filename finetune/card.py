"""What lies beside the weights: the run's config, the dataset's manifest and a model card."""

import hashlib
import os
import shutil
from importlib import metadata
from pathlib import Path
from typing import Any

import orjson

from agents.errors import UsageError
from agents.schema import Noun
from finetune.data.examples import Encoded, rows_in

PACKAGES = ("accelerate", "peft", "torch", "transformers")
READABLE = orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE | orjson.OPT_SORT_KEYS
CARD = """---
base_model: {model}
library_name: transformers
pipeline_tag: text-generation
tags: [tool-use, sft, tdscaling]
---

# {title}

`{model}` fine-tuned on tool-use trajectories with TDScaling's `finetune.sft`: loss on the assistant's tokens only,
rendered by the chat template that is saved here.

## Data

{rows} rows, {examples} examples, {learned:,} learned tokens of {tokens:,}; {refused} rows refused, {turns_lost} turns
too long. sha256 of the rows: `{sha256}`. {provenance}

## Training

| setting | value |
| --- | --- |
{settings}

## Loss

{losses}

Not measured here: what the model does in use. Run the evaluations before relying on it.
"""


def describe(config: Noun, data: Path, sets: dict[str, Encoded]) -> dict[str, Any]:
    """A run's config.json: what was asked for, read and installed."""
    return {
        "config": config.model_dump(mode="json", exclude={"out"}),
        "data_sha256": hashlib.sha256(rows_in(data).read_bytes()).hexdigest(),
        "data": {name: encoded.counts for name, encoded in sets.items()},
        "packages": {name: metadata.version(name) for name in PACKAGES},
    }


def check(path: Path, found: dict[str, Any]) -> None:
    """Raises UsageError where the data is not what the run at this config.json began with."""
    if path.exists() and orjson.loads(path.read_bytes())["data_sha256"] != found["data_sha256"]:
        raise UsageError(f"--data: the rows changed since the run in {path.parent} began; choose another --out")


def record(path: Path, found: dict[str, Any]) -> None:
    """Write config.json; it is the old or the new one at any moment."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_suffix(".tmp")
    draft.write_bytes(orjson.dumps(found, option=READABLE))
    os.replace(draft, path)


def write(folder: Path, found: dict[str, Any], lines: list[dict[str, Any]]) -> None:
    """The model card, the run's config and, where the data has one, its manifest."""
    record(folder / "sft_config.json", found)
    manifest = Path(found["config"]["data"]) / "manifest.json"
    if manifest.is_file():
        shutil.copyfile(manifest, folder / "dataset_manifest.json")
    settings = "\n".join(f"| {name} | {value} |" for name, value in found["config"].items())
    text = CARD.format(
        model=found["config"]["model"],
        title=folder.parent.name,
        sha256=found["data_sha256"],
        provenance="How they were made: `dataset_manifest.json`." if manifest.is_file() else "",
        settings=settings,
        losses="\n".join(_losses(lines)),
        **found["data"]["train"],
    )
    (folder / "README.md").write_text(text)


def _losses(lines: list[dict[str, Any]]) -> list[str]:
    """First and last training loss, every held-out loss."""
    trained = [line for line in lines if "loss" in line]
    told = [f"- training, step {line['step']}: {line['loss']:.4f}" for line in (trained[0], trained[-1])]
    held = [line for line in lines if "held_out_loss" in line]
    return told + [f"- held out, step {line['step']}: {line['held_out_loss']:.4f}" for line in held]
