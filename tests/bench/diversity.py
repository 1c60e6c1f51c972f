"""Every strategy and ablation over seeds, then compared: python -m tests.bench.diversity --tools FILE --out FOLDER

A cell is one `graphs.run` of its own; cells go seed by seed, so that what is finished is comparable at any moment. A
second call goes on where the first was stopped. Clusters are built once for each seed and kind and handed on.
"""

import argparse
import shutil
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import orjson

ARMS = {
    "tdscaling": [],
    "random": ["--strategy", "random"],
    "apigen-mt": ["--strategy", "apigen-mt"],
    "toucan": ["--strategy", "toucan"],
    "simia": ["--strategy", "simia"],
    "no-cluster-sampling": ["--without", "cluster-sampling"],
    "no-evolution": ["--without", "evolution"],
    "no-memory": ["--without", "memory"],
    "no-code-tool": ["--without", "code-tool"],
}
GREEDY = ("tdscaling", "no-evolution", "no-memory", "no-code-tool")


def play(tools: Path, out: Path, arm: str, seed: int, count: int) -> None:
    """One cell, from where it is; its output goes to a log beside it."""
    folder = out / f"{arm}-{seed}"
    if done(folder, count):
        return
    begun = (folder / "manifest.json").is_file()
    if not begun:
        lend(out, folder, arm, seed)
    options = ["--out", str(folder), "--count", str(count), *(["--resume"] if begun else ["--tools", str(tools)])]
    options += [] if begun else ["--seed", str(seed), *ARMS[arm]]
    with folder.with_suffix(".log").open("ab") as log:
        subprocess.run([sys.executable, "-m", "graphs.run", *options], stdout=log, stderr=log, check=True)
    print(f"{folder.name}: done", flush=True)


def done(folder: Path, count: int) -> bool:
    cost = folder / "cost.json"
    return cost.is_file() and orjson.loads(cost.read_bytes())["slots"] >= count


def lend(out: Path, folder: Path, arm: str, seed: int) -> None:
    """The clusters of a cell of the same seed that draws them in the same way, if there is one."""
    alike = GREEDY if arm in GREEDY else [name for name in ARMS if name not in GREEDY]
    files = (out / f"{name}-{seed}" / "clusters.jsonl" for name in alike)
    if built := next((file for file in files if file.is_file()), None):
        folder.mkdir(parents=True)
        shutil.copy(built, folder)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--tools", type=Path, required=True, help="a corpus, as graphs.run reads it")
    parser.add_argument("--out", type=Path, required=True, help="a folder for the cells and comparison.json")
    parser.add_argument("--count", type=int, default=500, help="slots a cell")
    parser.add_argument("--seeds", type=int, default=5)
    parser.add_argument("--arms", nargs="+", choices=ARMS, default=[*ARMS], help="by default all; the first one leads")
    parser.add_argument("--jobs", type=int, default=2, help="cells at once")
    options = parser.parse_args()
    options.out.mkdir(parents=True, exist_ok=True)
    with ThreadPoolExecutor(options.jobs) as pool:
        cells = [(arm, seed) for seed in range(options.seeds) for arm in options.arms]
        list(pool.map(lambda cell: play(options.tools, options.out, *cell, options.count), cells))
    folders = [str(options.out / f"{arm}-{seed}") for arm in options.arms for seed in range(options.seeds)]
    result = ["--out", str(options.out / "comparison.json")]
    subprocess.run([sys.executable, "-m", "evals.diversity", *folders, *result], check=True)


if __name__ == "__main__":
    main()
