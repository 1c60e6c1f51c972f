"""How rows compare with those of a real model: words, variety, spellings, lengths, side by side.

python -m tests.bench.likeness runs/default/trajectories.jsonl REAL.jsonl ...
"""

import json
import re
import sys
from collections.abc import Iterator
from statistics import mean
from typing import Any

Row = dict[str, Any]
WORD = re.compile(r"\w+").findall


def arguments(row: Row) -> Iterator[tuple[int, Any]]:
    """Place and value of each scalar that a call sends."""
    for place, message in enumerate(row["messages"]):
        for call in message.get("tool_calls") or ():
            if call["function"]["name"] != "run_python":
                for value in json.loads(call["function"]["arguments"]).values():
                    if isinstance(value, str | int | float) and not isinstance(value, bool):
                        yield place, value


def measure(rows: list[Row], same: int) -> dict[str, float]:
    users = [m["content"] for row in rows for m in row["messages"] if m["role"] == "user"]
    # Variety falls with the words that are counted, so it is counted over as many rows on both sides.
    few = [w.lower() for row in rows[:same] for m in row["messages"] if m["role"] == "user" for w in WORD(m["content"])]
    grams = {tuple(few[n : n + 3]) for n in range(len(few) - 2)}
    otherwise = told = 0
    for row in rows:
        for place, value in arguments(row):
            heard = " ".join(m["content"] for m in row["messages"][:place] if m["role"] == "user")
            returned = " ".join(m["content"] for m in row["messages"][:place] if m["role"] == "tool")
            if str(value) not in returned:
                told += 1
                otherwise += str(value) not in heard
    observations = [len(m["content"]) for row in rows for m in row["messages"] if m["role"] == "tool"]
    turns = sum(m["role"] == "user" for row in rows for m in row["messages"])
    calls = sum(len(m.get("tool_calls") or ()) for row in rows for m in row["messages"])
    whole = [len(json.dumps(row["messages"])) + len(json.dumps(row["tools"])) for row in rows]
    return {
        "words an utterance": mean(len(text.split()) for text in users),
        "distinct 3-grams per 1,000 words": 1000 * len(grams) / max(1, len(few)),
        "values spoken otherwise than stored, %": 100 * otherwise / max(1, told),
        "tokens a row (characters / 4)": mean(whole) / 4,
        "characters an observation": mean(observations or [0]),
        "calls a turn": calls / max(1, turns),
    }


def read(path: str) -> list[Row]:
    with open(path) as file:
        return [row for row in map(json.loads, file) if row.get("messages")]


def main(ours: str, others: list[str]) -> None:
    rows, real = read(ours), [row for path in others for row in read(path)]
    left, right = measure(rows, len(real)), measure(real, len(real))
    print(f"| measure | {len(rows)} rows | {len(real)} of a real model | ratio |\n|---|---|---|---|")
    for name, value in left.items():
        ratio = value / right[name] if right[name] else float("nan")
        print(f"| {name} | {value:.1f} | {right[name]:.1f} | {ratio:.2f} |")


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2:])
