"""What lies beside the weights: the run's config, the dataset's manifest and a model card."""

import math
import shutil
from collections.abc import Sequence
from importlib import metadata
from pathlib import Path

import orjson
from pydantic import JsonValue
from typing_extensions import TypedDict

from agents.errors import UsageError
from agents.files import write_whole
from agents.schema import Noun
from finetune.data.prepare import Preparation
from finetune.log import Line

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

Nats for each learned token. The floor is a certain student's loss, the ceiling that of a guess among all tokens. The
interval of a held-out loss is over the packs that its examples are laid in.

Not measured here: what the model does in use. Run the evaluations before relying on it.
"""


class About(TypedDict):
    """A run's config.json: what was asked for, read and installed."""

    config: dict[str, JsonValue]
    data_sha256: str
    data: dict[str, dict[str, int]]
    left_out: dict[str, dict[str, int]]
    packages: dict[str, str]


def describe(config: Noun, digest: str, rows: Preparation) -> About:
    """A run's config.json."""
    readings = {"train": rows.read, "held_out": rows.held}
    return {
        "config": config.model_dump(mode="json", exclude={"out"}),
        "data_sha256": digest,
        "data": {name: reading.counts for name, reading in readings.items()},
        "left_out": {name: dict(sorted(reading.notes.items())) for name, reading in readings.items()},
        "packages": {name: metadata.version(name) for name in PACKAGES},
    }


def check(path: Path, about: About) -> None:
    """Raises UsageError where the data is not what the run at this config.json began with."""
    if path.exists() and orjson.loads(path.read_bytes())["data_sha256"] != about["data_sha256"]:
        raise UsageError(f"--data: the rows changed since the run in {path.parent} began; choose another --out")


def record(path: Path, about: About) -> None:
    """Write config.json; it is the old or the new one at any moment."""
    write_whole(path, orjson.dumps(about, option=READABLE))


def write(folder: Path, about: About, data: Sequence[str], lines: Sequence[Line], words: int) -> None:
    """The model card, the run's config and, where the data has one, its manifest; `words`: of the vocabulary."""
    record(folder / "sft_config.json", about)
    manifests = [path for name in data if (path := Path(name) / "manifest.json").is_file()]
    names = [f"dataset_manifest{number or ''}.json" for number in range(len(manifests))]
    for manifest, name in zip(manifests, names, strict=True):
        shutil.copyfile(manifest, folder / name)
    trained = [line for line in lines if "loss" in line]
    examples = about["data"]["held_out"]["examples"]
    table = ["| loss of | nats [95%] | n | n counts | floor | ceiling |", "| --- | --- | --- | --- | --- | --- |"]
    for line in [trained[0], trained[-1], *(line for line in lines if "held_out_loss" in line)]:
        if "loss" in line:
            label, score, unit = "its own rows", f"{line['loss']:.4f} [no interval]", "tokens"
            n = line["learned"]
        else:
            # a run that an older version began has no interval in its log
            spread = "no interval" if line.get("low") is None else f"{line['low']:.4f}, {line['high']:.4f}"
            label, score = f"{examples} held-out examples", f"{line['held_out_loss']:.4f} [{spread}]"
            n, unit = line.get("packs", 1), "packs"
        table.append(f"| step {line['step']}, {label} | {score} | {n} | {unit} | 0 | {math.log(words):.4f} |")
    text = CARD.format(
        model=about["config"]["model"],
        title=folder.parent.name,
        sha256=about["data_sha256"],
        provenance=f"How they were made: {', '.join(f'`{name}`' for name in names)}." if names else "",
        settings="\n".join(f"| {name} | {value} |" for name, value in about["config"].items()),
        losses="\n".join(table),
        **about["data"]["train"],
    )
    (folder / "README.md").write_text(text, encoding="utf-8")
