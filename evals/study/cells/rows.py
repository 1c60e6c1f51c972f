"""A file of rows as an arm: somebody else's conversations, in OpenAI's or ShareGPT's layout, one JSON object a line.

What a row has not (the teacher's tokens, the leaf, the mode) is not known, and told as that.
"""

import random
from collections.abc import Sequence
from pathlib import Path

from agents import files
from agents.errors import UsageError
from evals.bench import data
from evals.study.cells.cell import Job
from memory.corpus.conversations import read as read


def take(job: Job) -> Sequence[str]:
    """So many rows, in an order of the seed's. Raises: UsageError: fewer are there, or a line that is no row."""
    path, rows = Path(str(job.source["file"])), int(job.source["rows"])
    lines = data.lines(path)
    if len(lines) < rows:
        raise UsageError(f"{path}: {len(lines)} rows where {rows} are needed; lower the arm's sizes")
    order = list(range(len(lines)))
    random.Random(int(job.inputs["seed"])).shuffle(order)
    run = job.folder / "run"
    taken = [{"slot": slot, **read(lines[place], f"{path}:{place + 1}")} for slot, place in enumerate(order[:rows])]
    files.write_json_lines(run / "trajectories.jsonl", taken)
    # nobody knows what these rows cost, so they are no part of a comparison at equal tokens
    files.write_json_lines(run / "metrics.jsonl", [{"slot": slot, "tokens": 0} for slot in range(rows)])
    return ["run/trajectories.jsonl", "run/metrics.jsonl"]
