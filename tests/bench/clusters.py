"""What clusters cost: lazy greedy against plain, time and memory by corpus size, K-Means against mini-batches.

    python -m tests.bench.clusters lazy [--tools FILE...]      gains worked out, and CPU time, for the same choice
    python -m tests.bench.clusters size 10000 30000 100000     one process for each size of a synthetic corpus
    python -m tests.bench.clusters means 30000 300000          both K-Means on as many vectors

CPU seconds of one process, for the machine may be busy. The synthetic corpus is the built-in catalogue again and again,
its services renamed and its nouns replaced, so that dependencies stay and near-duplicates do not.
"""

import argparse
import json
import subprocess
import sys
from collections.abc import Iterator, Sequence
from itertools import count
from math import fsum
from pathlib import Path
from random import Random
from resource import RUSAGE_SELF, getrusage
from time import process_time

import numpy as np
from sklearn.cluster import KMeans, MiniBatchKMeans  # type: ignore[import-untyped]
from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]

from agents.offline.trade.subject import NOUNS
from agents.schema import Tool
from memory.clusters import coverage, leaves
from memory.clusters.build import choose
from memory.clusters.survey import Survey, survey_tools
from memory.corpus import corpus
from memory.embed.embedder import embedder

PICKS = 60
"""Choices that plain greedy makes; each asks every candidate."""


def plain(covers: Sequence[frozenset[int]], weights: Sequence[float], budget: int) -> list[int]:
    """Every gain worked out anew for every choice."""
    done: set[int] = set()
    picked: list[int] = []
    while len(picked) < budget:
        gains = [fsum(weights[item] for item in items if item not in done) for items in covers]
        picked.append(max(range(len(covers)), key=lambda index: (gains[index], -index)))
        done |= covers[picked[-1]]
    return picked


def lazy(tools: Sequence[Tool]) -> dict[str, float]:
    known = survey_tools(tools, embedder())
    covers, weights = known.covers[: len(known.connected)], known.weights
    start = process_time()
    slow = plain(covers, weights, PICKS)
    middle = process_time()
    quick = coverage.greedy(covers, weights, PICKS)
    end = process_time()
    assert quick == slow
    whole = len(coverage.greedy(covers, weights, len(covers)))
    took, rest = middle - start, process_time() - end
    return {
        "tools": len(tools),
        "candidates": len(covers),
        "plain_s": took,
        "lazy_s": end - middle,
        "ratio": took / (end - middle),
        "all_picks": whole,
        "all_lazy_s": rest,
        "all_ratio": took / PICKS * whole / rest,
    }


def synthetic(size: int) -> Iterator[Tool]:
    known, rng = corpus.builtin().tools, Random(0)
    made = 0
    for copy in count():
        noun = f"{rng.choice(sorted(NOUNS))}_{rng.randrange(10**6)}"
        for tool in known:
            if made == size:
                return
            made += 1
            said = f"{noun} {tool.description}"
            yield tool.model_copy(update={"service": f"{tool.service}-{copy}", "description": said})


def size(tools: int) -> dict[str, float]:
    made = list(synthetic(tools))
    held = getrusage(RUSAGE_SELF).ru_maxrss / 1024
    stages: dict[str, float] = {}
    last = process_time()

    def tell(stage: str) -> None:
        nonlocal last
        stages[stage], last = process_time() - last, process_time()

    known: Survey = survey_tools(made, embedder(), tell=tell)
    picked = choose(known, 6944)
    tell("greedy")
    peak = getrusage(RUSAGE_SELF).ru_maxrss / 1024
    whole = {"cpu_s": sum(stages.values()), "tools_mib": held, "peak_mib": peak, "kib_per_tool": peak * 1024 / tools}
    return {"tools": tools, "clusters": len(picked), **stages, **whole}


def means(rows: int) -> dict[str, float]:
    made = embedder().embed([leaves.subject(tool) for tool in synthetic(rows)])
    found: dict[str, float] = {"rows": rows}
    batches = MiniBatchKMeans(10, n_init=1, random_state=0, batch_size=8192)
    for name, model in (("full", KMeans(10, n_init=1, random_state=0)), ("batches", batches)):
        start = process_time()
        with threadpool_limits(1):
            model.fit(np.asarray(made))
        found |= {f"{name}_s": process_time() - start, f"{name}_inertia": float(model.inertia_)}
    return found


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.bench.clusters", description=__doc__)
    parser.add_argument("what", choices=("lazy", "size", "means", "one"))
    parser.add_argument("sizes", nargs="*", type=int)
    parser.add_argument("--tools", nargs="*", type=Path, default=[])
    given = parser.parse_args()
    if given.what == "size":  # a process each, or the first would leave its peak to the others
        for tools in given.sizes:
            subprocess.run([sys.executable, "-m", "tests.bench.clusters", "one", str(tools)], check=True)
        return
    jobs = {"lazy": lambda _: lazy(corpus.load(given.tools).tools), "one": size, "means": means}
    for argument in given.sizes or [0]:
        found = jobs[given.what](argument)
        print(json.dumps({name: round(value, 3) for name, value in found.items()}), flush=True)


if __name__ == "__main__":
    main()
