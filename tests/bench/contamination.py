"""What each measure of overlap finds of planted benchmark items: python -m tests.bench.contamination [EMBEDDER...]

Plants 200 user texts of BFCL, of at least 13 words: as they are, and with 20% of their words changed for others; and 24
paraphrases written by hand (tests/data/paraphrases.json). Unrelated texts are what users say in an offline run of 150
slots. Prints, by embedder, the share that each measure finds; of the unrelated ones these are false alarms.
"""

import asyncio
import json
import random
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np

from evals import bfcl, home
from memory import overlap
from memory.embedder import embedder
from memory.overlap import Overlap, Reference

PARAPHRASES = Path(__file__).parent.parent / "data" / "paraphrases.json"
MEASURES = ("13 words", "50 characters", "8 words")
PLANTED = 200


def edited(text: str, words: list[str], rng: random.Random, share: float = 0.2) -> str:
    """The text with that share of its words changed for other words of the benchmark."""
    parts = text.split()
    for place in rng.sample(range(len(parts)), round(share * len(parts))):
        parts[place] = rng.choice(words)
    return " ".join(parts)


def unrelated(slots: int) -> list[str]:
    """What users say in an offline run."""
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-m", "graphs.run", "--count", str(slots), "--out", f"{folder}/run"]
        subprocess.run(command, check=True, capture_output=True)
        rows = [json.loads(line) for line in Path(f"{folder}/run/trajectories.jsonl").read_text().splitlines()]
    return [message["content"] for row in rows for message in row["messages"] if message["role"] == "user"]


def planted(references: list[Reference], seed: int = 0) -> dict[str, list[str]]:
    rng = random.Random(seed)
    tasks = [one for one in references if one.kind == "task" and len(one.text.split()) >= overlap.LONG]
    words = sorted({word for one in tasks for word in one.text.split()})
    texts = [one.text for one in rng.sample(tasks, PLANTED)]
    said = list(json.loads(PARAPHRASES.read_text()).values())
    return {"verbatim": texts, "20% edited": [edited(text, words, rng) for text in texts], "paraphrased": said}


def shares(known: Overlap, texts: list[str]) -> dict[str, float]:
    """Measure -> share of the texts that it finds alone, and all of them together."""
    counts = {by: sum(known.shares(text, by) is not None for text in texts) for by in MEASURES}
    counts["any"] = len({one.text for one in known.matches(texts)})
    return {by: round(count / len(texts), 3) for by, count in counts.items()}


def main(*embedders: str) -> None:
    home.set_up("bfcl")
    references = [
        Reference.model_validate({"bench": "bfcl", **row}) for row in asyncio.run(bfcl.texts(bfcl.MULTI_TURN))
    ]
    tasks = [one.text for one in references if one.kind == "task"]
    sets = {**planted(references), "unrelated": unrelated(150)}
    for vectors in map(embedder, embedders or ("wordllama",)):
        known, rows = Overlap(references, vectors), vectors.embed(tasks)
        for kind, texts in sets.items():
            nearest = np.max(vectors.embed(texts) @ rows.T, axis=1)
            found = {**shares(known, texts), "cosine > 0.7": round(float(np.mean(nearest > 0.7)), 3)}
            quantiles = np.quantile(nearest, [0, 0.05, 0.5, 0.95, 1]).round(3).tolist()
            print(f"{vectors.name} {kind} n={len(texts)}: {found}; nearest at 0/5/50/95/100%: {quantiles}", flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
