"""How much of a run was there before: rows near to one of an earlier run, with and without `--against` it.

python -m tests.bench.against --earlier runs/first runs/second runs/second-against-first
"""

import argparse
from pathlib import Path

from evals.diversity.runs import read
from memory.embed.embedder import embedder
from memory.statistics import exact_share


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--earlier", type=Path, required=True, help="the run whose rows are known")
    parser.add_argument("run", type=Path, nargs="+", help="runs whose rows are held against it")
    options = parser.parse_args()
    vectors = embedder()
    earlier = read(options.earlier, vectors)
    print("| run | rows | near at cosine 0.95 | near at cosine 0.9 | mean cosine of the nearest |")
    print("| --- " * 5 + "|")
    for folder in options.run:
        run = read(folder, vectors)
        nearest = (run.vectors @ earlier.vectors.T).max(axis=1)
        shares = (exact_share(int((nearest >= cosine).sum()), len(nearest)) for cosine in (0.95, 0.9))
        cells = (f"{share.value:.1%} [{share.low:.1%}, {share.high:.1%}]" for share in shares)
        print(f"| {folder.name} | {len(nearest)} | {' | '.join(cells)} | {nearest.mean():.3f} |")


if __name__ == "__main__":
    main()
