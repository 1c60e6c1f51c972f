"""What was asked for each slot, read of a run's journal: role, tokens and seconds of each request, and its prompt.

The journal keeps an answer's tokens and how long it took. Prompts are only in `prompts.jsonl`, which
`python -m graphs.studio.prompts` writes for the slots that somebody wants to look into.
"""

import sqlite3
from collections import defaultdict
from contextlib import closing
from pathlib import Path

import orjson

from agents.schema import JsonObject

FOLLOWED = 2_000
"""Slots whose requests the page tells; each has about ten."""
QUERY = "select slot, role, input, output, cached, {} from answers where slot between 0 and ? order by slot, call"
PROMPTS = "prompts.jsonl"


def read_requests(folder: Path) -> dict[int, list[JsonObject]]:
    """Slot -> its requests in the order made; seconds are None in a journal of an earlier version."""
    requests: dict[int, list[JsonObject]] = defaultdict(list)
    if not (folder / "journal.sqlite").is_file():
        return requests
    # Read-only, so that a run that is still going on is not disturbed; and without a log there is none, so that nothing
    # need be locked: sqlite would leave its own two files in the folder.
    mode = "mode=ro" if (folder / "journal.sqlite-wal").exists() else "mode=ro&immutable=1"
    with closing(sqlite3.connect(f"{(folder / 'journal.sqlite').resolve().as_uri()}?{mode}", uri=True)) as journal:
        columns = {column[1] for column in journal.execute("pragma table_info(answers)")}
        query = QUERY.format("seconds" if "seconds" in columns else "null")
        for slot, role, read, written, cached, seconds in journal.execute(query, (FOLLOWED,)):
            counts = {"input": read, "output": written, "cached": cached}
            requests[slot].append({"role": role, **counts, "seconds": seconds and round(seconds, 3)})
    for slot, prompts in _read_prompts(folder).items():
        for request, prompt in zip(requests.get(slot, ()), prompts, strict=False):
            request["prompt"] = prompt
    return requests


def _read_prompts(folder: Path) -> dict[int, list[str]]:
    if not (folder / PROMPTS).is_file():
        return {}
    with (folder / PROMPTS).open("rb") as lines:
        return {line["slot"]: line["prompts"] for line in map(orjson.loads, lines)}
