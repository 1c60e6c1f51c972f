"""What a draw costs at slot 100 and at slot 100,000, and memory by rows: python -m tests.bench.draw CLUSTERS

Every directive becomes the row that it asks for, so that counts, plans and sets grow as in a run in which all goes
well. Bytes are resident ones of the process, of evolution and metrics alone; those of the Global Memory are told by
tests.bench.memory.
"""

import argparse
import json
from pathlib import Path
from random import Random
from statistics import median
from time import process_time

import psutil

from memory.clusters import file
from memory.evolution import Evolution
from memory.measure.diversity import Tally
from memory.measure.modes import Measures

BLOCK = 500
"""Draws that are timed together."""


class Drawing:
    """A steering whose every slot succeeds at once."""

    def __init__(self, path: Path) -> None:
        clusters = file.read(path)
        self.evolution, self.tally, self.slot = Evolution(clusters), Tally(), 0
        self._keys = {c.id: {name: tool.key for name, tool in c.by_name.items()} for c in clusters}

    def step(self) -> float:
        """CPU seconds of the next draw, its outcome told after it."""
        began = process_time()
        directive = self.evolution.draw(self.slot)
        spent = process_time() - began
        keys = self._keys[directive.cluster]
        shape = f"{directive.mode} {directive.steps} {Random(self.slot).randrange(6)}"
        measures = Measures(
            slot=self.slot,
            leaf=directive.leaf,
            mode=directive.mode,
            signature=shape,
            cac=float(directive.steps),
            chain=1,
            tools=tuple(sorted(keys[name] for name in directive.tools)),
        )
        self.evolution.advance(self.slot, measures)
        self.tally.add(measures)
        self.slot += 1
        return spent


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.bench.draw", description=__doc__)
    parser.add_argument("clusters", type=Path, help="a file of clusters, such as clusters.jsonl of a run")
    parser.add_argument("--slots", type=int, nargs="*", default=[100, 1_000, 10_000, 100_000])
    options = parser.parse_args()
    drawing, process = Drawing(options.clusters), psutil.Process()
    held, times = process.memory_info().rss, dict[int, float]()
    for slot in options.slots:
        while drawing.slot < slot:
            drawing.step()
        times[slot] = median(drawing.step() for _ in range(BLOCK))
        print(f"slot {slot:>7}: {1e3 * times[slot]:.3f} ms of CPU time a draw", flush=True)
    first, *_, last = times.values()
    grown = (process.memory_info().rss - held) / drawing.slot
    print(json.dumps({"ratio": round(last / first, 2), "bytes_a_row": round(grown)}))


if __name__ == "__main__":
    main()
