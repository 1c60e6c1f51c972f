"""manifest.json: what a run is made of, and what its endpoints said they are."""

from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import orjson

from agents.errors import UsageError
from agents.roles.probe import examine
from agents.schema import Noun
from agents.teacher.teachers import Ask, Teachers
from graphs.campaign import output
from graphs.provenance import surroundings
from memory.clusters.sample import Sample
from memory.corpus.corpus import Corpus, Note


def read(folder: Path) -> dict[str, Any]:
    """The manifest of a run's folder, empty where there is none."""
    try:
        return dict(orjson.loads((folder / "manifest.json").read_bytes()))
    except (FileNotFoundError, NotADirectoryError):
        return {}
    except ValueError as error:
        raise UsageError(f"{folder}/manifest.json: not JSON ({error}); the run cannot be resumed") from None


def write(folder: Path, manifest: Mapping[str, Any]) -> None:
    output.replace(folder / "manifest.json", orjson.dumps(manifest, option=output.READABLE))


def made_of(folder: Path, config: Noun, corpus: Corpus, sample: Sample, hands: Mapping[str, Any]) -> dict[str, Any]:
    """The manifest: what the run is made of and whose hands it is in, as it began; a resume changes the count alone.

    Raises UsageError where the tools or the clusters are not those that the run began with.
    """
    old, made = read(folder), {"corpus": _told(corpus), "clusters": _sampled(sample)}
    for option, name in (("--tools", "corpus"), ("--clusters", "clusters")):
        if old and old[name]["sha256"] != made[name]["sha256"]:
            raise UsageError(f"{option}: changed since the run in {folder} began; choose another --out")
    told = config.model_dump(mode="json", exclude={"out"})
    new = old or {**surroundings(), **made, **hands}
    return {**new, "config": {**old.get("config", told), "count": told["count"]}}


async def examined(made: Mapping[str, Any], slot: int, teachers: Teachers, ask: Ask) -> list[dict[str, Any]]:
    """The manifest's endpoints: what each can do and says it is, by the slot from which on that held.

    Raises UsageError for an endpoint that cannot be used.
    """
    known: list[dict[str, Any]] = made.get("endpoints", [])
    found = {name: one.model_dump(mode="json") for name, one in (await examine(teachers, ask)).items()}
    same = bool(known) and known[-1]["found"] == found
    return known if same else [*known, {"from_slot": slot, "found": found}]


def _told(tools: Corpus) -> dict[str, Any]:
    counted = {"mended": _kinds(tools.mended), "dropped": _kinds(tools.dropped)}
    return {"tools": len(tools.tools), "sha256": tools.sha256, "licences": tools.licences, **counted}


def _sampled(sample: Sample) -> dict[str, Any]:
    services = sorted({tool.service for tool in sample.held_out})
    return {"count": len(sample.clusters), "sha256": sample.sha256, "held_out_services": services}


def _kinds(notes: Sequence[Note]) -> dict[str, int]:
    return dict(sorted(Counter(note.reason.split(": ")[0] for note in notes).items()))
