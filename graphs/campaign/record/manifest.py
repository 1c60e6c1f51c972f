"""manifest.json: what a run is made of, and what its endpoints said they are."""

import sys
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import orjson

from agents.errors import UsageError
from agents.files import READABLE, write_whole
from agents.roles.probe import Found, examine
from agents.run_format import FORMAT
from agents.schema import JsonObject
from agents.teacher.request import Ask
from agents.teacher.teachers import Teachers
from graphs.campaign.config import LIMITS, read_manifest
from graphs.campaign.record.provenance import provenance
from memory.clusters.sample import Sample
from memory.corpus.corpus import Corpus, Note


def write(folder: Path, manifest: Mapping[str, Any]) -> None:
    """Whole or not at all."""
    write_whole(folder / "manifest.json", orjson.dumps(manifest, option=READABLE))


def describe(
    folder: Path, options: Mapping[str, Any], corpus: Corpus, sample: Sample, hands: Mapping[str, Any]
) -> JsonObject:
    """The manifest: what the run is made of and whose hands it is in, as it began; a resume changes its limits alone.

    Raises UsageError where the tools or the clusters are not those that the run began with.
    """
    old = read_manifest(folder)
    notes = {"mended": _kinds(corpus.mended), "dropped": _kinds(corpus.dropped)}
    services = sorted({tool.service for tool in sample.held_out})
    inputs = {
        "corpus": {"tools": len(corpus.tools), "sha256": corpus.sha256, "licences": corpus.licences, **notes},
        "clusters": {"count": len(sample.clusters), "sha256": sample.sha256, "held_out_services": services},
    }
    for option, name in (("--tools", "corpus"), ("--clusters", "clusters")):
        if old and old[name]["sha256"] != inputs[name]["sha256"]:
            raise UsageError(f"{option}: changed since the run in {folder} began; choose another --out")
    # a resume changes the limits alone: what the run began with stays what it is made of
    now, began = provenance(), old.get("prompts", {})
    if began and (other := sorted(name for name in now["prompts"] if now["prompts"][name] != began.get(name))):
        told = f"{folder}: it began with other prompts ({', '.join(other)}), in another version of TDScaling"
        print(f"{told}; slots that are still to be played follow those of this one", file=sys.stderr)
    contents = old or {"format": FORMAT, **now, **inputs, **hands}
    limits = {name: options[name] for name in LIMITS}
    return {**contents, "config": {**old.get("config", options), **limits}}


def check_earlier(folder: Path, sources: Sequence[Mapping[str, str]]) -> None:
    """Raises UsageError where the rows that count as known are not those that the run began with."""
    old = read_manifest(folder)
    if old and old.get("against", []) != sources:
        raise UsageError(f"--against: changed since the run in {folder} began; choose another --out")


async def probe(contents: Mapping[str, Any], slot: int, teachers: Teachers, ask: Ask) -> list[JsonObject]:
    """The manifest's endpoints: what each can do and says it is, by the slot from which on that held.

    What the run heard of a model at the same address when it began is taken from there, and said.
    Raises UsageError for an endpoint that cannot be used.
    """
    endpoints: list[JsonObject] = contents.get("endpoints", [])
    heard = {name: Found.model_validate(found) for name, found in endpoints[-1]["found"].items()} if endpoints else {}
    by_name = await examine(teachers, ask, heard)
    if remembered := [name for name, ability in by_name.items() if ability is heard.get(name)]:
        print(f"{', '.join(remembered)}: asked what it can do when the run began, not asked again", file=sys.stderr)
    abilities = {name: ability.model_dump(mode="json") for name, ability in by_name.items()}
    same = bool(endpoints) and endpoints[-1]["found"] == abilities
    return endpoints if same else [*endpoints, {"from_slot": slot, "found": abilities}]


def _kinds(notes: Sequence[Note]) -> dict[str, int]:
    return dict(sorted(Counter(note.reason.split(": ")[0] for note in notes).items()))
