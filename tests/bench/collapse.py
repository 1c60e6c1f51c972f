"""Mode collapse: a BlueprintAgent with a favourite, without and with memory: python -m tests.bench.collapse --out DIR

`offline-favourite` gives its favourite plan in 80% of its answers. Few services, so there is little to spread over.
The folders are compared by `evals.diversity`; each report.html has the curves of near-copies and of different rows.
"""

import argparse
import subprocess
import sys
from pathlib import Path

from memory.clusters import build
from memory.clusters import file as cluster_file
from memory.corpus import corpus
from memory.embed.embedder import embedder

FAVOURITE = ["--teacher-blueprint", "offline-favourite"]
ARMS = {
    "favourite-without": [*FAVOURITE, "--without", "code-tool,memory"],
    "favourite": [*FAVOURITE, "--without", "code-tool"],
    "plain-without": ["--without", "code-tool,memory"],
}
SERVICES = "meeting-planner,todo-board,retail-bank,skyfare"


def play(file: Path, folder: Path, arm: str, seed: int, slots: int) -> None:
    if (folder / "cost.json").is_file():
        return
    options = ["--clusters", str(file), "--seed", str(seed), "--count", str(slots), "--window", "16", *ARMS[arm]]
    with folder.with_suffix(".log").open("wb") as log:
        command = [sys.executable, "-m", "graphs.run", "--out", str(folder), *options]
        subprocess.run(command, stdout=log, stderr=log, check=True)
    print(f"{folder.name}: done", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=Path, required=True, help="a folder for the runs and comparison.json")
    parser.add_argument("--services", default=SERVICES, help="built-in services, with commas")
    parser.add_argument("--slots", type=int, default=150)
    parser.add_argument("--seeds", type=int, default=5)
    given = parser.parse_args()
    tools = [tool for tool in corpus.builtin().tools if tool.service in given.services.split(",")]
    file = given.out / "clusters.jsonl"
    cluster_file.write(file, build.build(tools, embedder()))
    for seed in range(given.seeds):
        for arm in ARMS:
            play(file, given.out / f"{arm}-{seed}", arm, seed, given.slots)
    folders = [str(given.out / f"{arm}-{seed}") for arm in ARMS for seed in range(given.seeds)]
    told = ["--out", str(given.out / "comparison.json")]
    subprocess.run([sys.executable, "-m", "evals.diversity", *folders, *told], check=True)


if __name__ == "__main__":
    main()
