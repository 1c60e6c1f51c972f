"""How well the rules tell whether a text says a value: precision, recall, and what they leave open.

    python -m tests.bench.values tests/agents/plan/value_pairs.jsonl --half odd

FILE holds JSON lines: `value`, `schema`, `text`, `same` (true, false, or null where nobody could tell), maybe
`today`, also as `{"context": {"today": ...}}`.
"""

import argparse
import json
import time
from collections import Counter
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any

from agents.plan.values import Answer, read, says
from agents.plan.values.reading.sentences import begin_line, date_line, read_line

Pair = dict[str, Any]


def load(path: Path, half: str = "") -> list[Pair]:
    """The file's pairs; `odd` and `even` count lines from 1."""
    pairs = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]
    return {"odd": pairs[::2], "even": pairs[1::2]}.get(half, pairs)


def answer(pair: Pair) -> Answer:
    day = pair.get("today") or (pair.get("context") or {}).get("today")
    today = date.fromisoformat(day) if day else None
    return says(pair["text"], pair["value"], pair.get("schema"), today)


def measure(pairs: Sequence[Pair]) -> tuple[float, float, Counter[tuple[Any, Answer]]]:
    """Precision and recall of `says`, and how often each answer was given to each label."""
    table = Counter((pair["same"], answer(pair)) for pair in pairs)
    right = table[True, Answer.SAYS]
    said = sum(count for (_, given), count in table.items() if given is Answer.SAYS)
    true = sum(count for (label, _), count in table.items() if label is True)
    return right / said if said else 1.0, right / true if true else 1.0, table


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("file", type=Path)
    parser.add_argument("--half", choices=["odd", "even"], default="", help="every second line only, counted from 1")
    parser.add_argument("--quiet", action="store_true", help="do not list the misses")
    options = parser.parse_args()
    pairs = load(options.file, options.half)
    start = time.process_time()
    precision, recall, table = measure(pairs)
    first_us = (time.process_time() - start) / len(pairs) * 1e6
    for reader in (read, begin_line, date_line, read_line):
        reader.cache_clear()
    start = time.process_time()
    measure(pairs)
    cold_us = (time.process_time() - start) / len(pairs) * 1e6
    start = time.process_time()
    measure(pairs)
    warm_us = (time.process_time() - start) / len(pairs) * 1e6
    print(f"{len(pairs)} pairs: precision of says {precision:.4f}, recall {recall:.4f}")
    print("label   says  does not  cannot tell")
    for label in (True, False, None):
        print(f"{json.dumps(label):<6}", *(f"{table[label, given]:>6}" for given in Answer))
    open_share = sum(table[label, Answer.CANNOT_TELL] for label in (True, False, None)) / len(pairs)
    print(f"cannot tell: {open_share:.1%} of all")
    print(
        f"CPU per comparison: {cold_us:.0f} us where the text is read for it, {warm_us:.0f} us where it was read before"
    )
    print(f"(the first round, which loads calendars and number words, took {first_us:.0f} us a comparison)")
    wanted = {True: Answer.SAYS, False: Answer.DOES_NOT, None: Answer.CANNOT_TELL}
    for pair in pairs if not options.quiet else []:
        if (given := answer(pair)) is not wanted[pair["same"]]:
            print(f"{json.dumps(pair['same'])}: {given}: {pair['value']!r} in {pair['text']!r}")


if __name__ == "__main__":
    main()
