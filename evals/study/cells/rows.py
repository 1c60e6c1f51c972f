"""A file of rows as an arm: somebody else's conversations, in any layout that `memory.corpus.conversations` reads.

What a row has not (the teacher's tokens, the leaf, the mode) is not known, and told as that.
"""

import random
from collections.abc import Sequence
from pathlib import Path

from agents import files
from agents.errors import UsageError
from evals.study.cells.cell import Job
from memory.corpus.conversations import load


def take(job: Job) -> Sequence[str]:
    """So many rows, in an order of the seed's. Raises: UsageError: fewer are there, or a line that is no row."""
    path, rows = Path(str(job.source["file"])), int(job.source["rows"])
    lines = list(load(path))
    if len(lines) < rows:
        raise UsageError(f"{path}: {len(lines)} rows where {rows} are needed; lower the arm's sizes")
    order = list(range(len(lines)))
    random.Random(int(job.inputs["seed"])).shuffle(order)
    run = job.folder / "run"
    chosen = [lines[place] for place in order[:rows]]
    taken = [{"slot": slot, "messages": row["messages"], "tools": row["tools"]} for slot, row in enumerate(chosen)]
    files.write_json_lines(run / "trajectories.jsonl", taken)
    # nobody knows what these rows cost, so they are no part of a comparison at equal tokens
    files.write_json_lines(run / "metrics.jsonl", [{"slot": slot, "tokens": 0} for slot in range(rows)])
    return ["run/trajectories.jsonl", "run/metrics.jsonl"]
