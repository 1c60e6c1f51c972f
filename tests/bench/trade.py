"""What the levelling of modes costs in likeness: Vendi as one run's mix of modes goes over to another's, same rows.

python -m tests.bench.trade --run runs/tdscaling-0 --other runs/random-0    the options again for further seeds
"""

import argparse
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from statistics import mean

import numpy as np

from evals.diversity.runs import Run, read
from memory.embed.embedder import embedder
from memory.measure.diversity import entropy_bits, vendi

STEPS = (0.0, 0.25, 0.5, 0.75, 1.0)
DRAWS = 5
Shares = Mapping[str, float]


def mix(run: Run) -> Shares:
    """Share of the rows by mode."""
    return {mode: rows / len(run.measures) for mode, rows in Counter(row.mode for row in run.measures).items()}


def draw(run: Run, shares: Shares, n: int, seed: int) -> list[int]:
    """About n of its rows, modes in these shares; ValueError: it has fewer rows of a mode than that."""
    rng = np.random.default_rng(seed)
    rows: list[int] = []
    for mode, share in sorted(shares.items()):
        own = [place for place, row in enumerate(run.measures) if row.mode == mode]
        rows += rng.choice(own, round(share * n), replace=False).tolist()
    return rows


def measure(run: Run, shares: Shares, n: int) -> list[float]:
    """Coarse H_mode in bits, Vendi over the whole text and over the users' words: the mean of seeded draws."""
    values: list[list[float]] = []
    for seed in range(DRAWS):
        rows = draw(run, shares, n, seed)
        modes = Counter(run.measures[row].mode for row in rows)
        assert run.spoken is not None
        values.append([entropy_bits(modes.values()), vendi(run.vectors[rows]), vendi(run.spoken[rows])])
    return [float(mean(column)) for column in zip(*values, strict=True)]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--run", type=Path, action="append", required=True, help="whose rows are drawn; may repeat")
    parser.add_argument("--other", type=Path, action="append", required=True, help="whose mix of modes it goes over to")
    parser.add_argument("--rows", type=int, default=300, help="rows in a draw")
    options = parser.parse_args()
    vectors = embedder()
    lines: dict[str, list[list[float]]] = {}
    for folder, beside in zip(options.run, options.other, strict=True):
        run, other = read(folder, vectors), read(beside, vectors)
        left, right = mix(run), mix(other)
        for step in STEPS:
            shares = {mode: (1 - step) * left.get(mode, 0) + step * right.get(mode, 0) for mode in {*left, *right}}
            lines.setdefault(f"{step:.0%} of the way", []).append(measure(run, shares, options.rows))
        lines.setdefault("the other's own rows", []).append(measure(other, right, options.rows))
    print(
        f"| mix of modes | coarse H_mode | Vendi, whole text | Vendi, users' words | pairs of runs |\n{'| --- ' * 5}|"
    )
    for name, values in lines.items():
        modes, whole, users = map(mean, zip(*values, strict=True))
        print(f"| {name} | {modes:.2f} | {whole:.1f} | {users:.1f} | {len(values)} |")


if __name__ == "__main__":
    main()
