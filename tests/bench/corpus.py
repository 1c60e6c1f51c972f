"""Reading tool definitions beside plainly checking their schemas: python -m tests.bench.corpus FILE...

The reference parses the same files and checks every schema with `jsonschema`, which is what a reader would do without
asking. Both run in children of their own, in turns; CPU seconds are medians, and imports are not counted.
"""

import gzip
import resource
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import orjson
from jsonschema.validators import validator_for

from memory.corpus import corpus

REPEATS = 3


def ours(paths: list[Path]) -> str:
    read = corpus.load(paths)
    return f"{len(read.tools)} kept, {len(read.mended)} mended, {len(read.dropped)} dropped"


def plain(paths: list[Path]) -> str:
    rows = [orjson.loads(line) for path in paths for line in gzip.decompress(path.read_bytes()).splitlines()]
    schemas = [row[key] for row in rows for key in ("inputSchema", "outputSchema") if row.get(key)]
    for schema in schemas:
        kind = validator_for(schema)
        kind(kind.META_SCHEMA).is_valid(schema)
    return f"{len(schemas)} schemas"


READERS: dict[str, Callable[[list[Path]], str]] = {"ours": ours, "plain": plain}


def child(name: str, paths: list[str]) -> tuple[float, float, str]:
    """CPU seconds, peak MiB and what was read, in a process of its own."""
    command = [sys.executable, "-m", "tests.bench.corpus", "--child", name, *paths]
    seconds, peak, told = subprocess.run(command, capture_output=True, text=True, check=True).stdout.split("\t")
    return float(seconds), float(peak), told.strip()


def measured(name: str, paths: list[str]) -> None:
    before = time.process_time()
    told = READERS[name]([Path(path) for path in paths])
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(time.process_time() - before, peak, told, sep="\t")


def main(arguments: list[str]) -> None:
    if arguments[:1] == ["--child"]:
        return measured(arguments[1], arguments[2:])
    runs = [(name, *child(name, arguments)) for _ in range(REPEATS) for name in READERS]
    seconds = {}
    for reader in READERS:
        found = [one for one in runs if one[0] == reader]
        seconds[reader] = statistics.median(one[1] for one in found)
        print(f"{reader}: {seconds[reader]:.1f} s CPU, peak {max(one[2] for one in found):.0f} MiB, {found[0][3]}")
    print(f"ours over plain: {seconds['ours'] / seconds['plain']:.2f}")
    return None


if __name__ == "__main__":
    main(sys.argv[1:])
