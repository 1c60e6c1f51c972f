"""Ten rows of the offline teacher as a reader sees them: python -m tests.docs.samples writes docs/ten-rows.md anew.

With a run's trajectories.jsonl it first chooses ten short rows of it, of as many modes as there are, and keeps them in
docs/samples/rows.jsonl. The page shows all that a row's conversation holds, and nothing else.
"""

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
ROWS, PAGE = ROOT / "docs" / "samples" / "rows.jsonl", ROOT / "docs" / "ten-rows.md"
COUNT, LONGEST = 10, 7_000
"""Rows of the page, and the most characters of a conversation that is still short."""
KEPT = ("slot", "messages", "tools", "directive", "verdict")
HEAD = """# Ten rows

Ten conversations that the offline teacher wrote, printed whole: what the system prompt says, what each side says, every
call with its arguments and every result. They are the short ones of a run on the built-in catalogue; all people, places
and things in them are invented. `python -m tests.docs.samples` writes this page from
[samples/rows.jsonl](samples/rows.jsonl), and a test keeps it so; with a `trajectories.jsonl` after it the command
chooses other rows.
"""


def choose(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The shortest row of each mode that is not trivial, then other short ones; in the order of their slots."""
    lengths = {row["slot"]: len(json.dumps(row["messages"])) for row in rows}
    spoken = [row for row in rows if 1_500 < lengths[row["slot"]] < LONGEST or row["directive"]["mode"] == "refusal"]
    spoken.sort(key=lambda row: lengths[row["slot"]])
    first = {row["directive"]["mode"]: row for row in reversed(spoken)}
    chosen = list(first.values())[:COUNT]
    chosen += [row for row in reversed(spoken) if row not in chosen][: COUNT - len(chosen)]
    return sorted(({key: row[key] for key in KEPT} for row in chosen), key=lambda row: int(row["slot"]))


def page(rows: list[dict[str, Any]]) -> str:
    return "\n".join([HEAD, *("\n".join(show_row(n, row)) for n, row in enumerate(rows, 1))])


def show_row(number: int, row: dict[str, Any]) -> Iterator[str]:
    """A row as Markdown: what is said as text, calls and results as JSON."""
    scores = row["verdict"]["scores"]
    names = ", ".join(f"`{tool['function']['name']}`" for tool in row["tools"])
    yield f"## {number}. {row['directive']['mode']}, {row['directive']['operator']}\n"
    told = ", ".join(f"{name.replace('_', ' ')} {score}" for name, score in scores.items())
    yield f"Slot {row['slot']}. Offered: {names}. Scores: {told}.\n"
    for message in row["messages"]:
        if message["role"] == "tool":
            yield f"```json\n{show_json(message['content'])}\n```\n"
            continue
        if message["content"]:
            text = "\n".join(f"> {line}".rstrip() for line in message["content"].split("\n"))
            yield f"**{message['role'].capitalize()}**\n\n{text}\n"
        for call in message.get("tool_calls") or ():
            function = call["function"]
            yield f"**Call** `{function['name']}`\n\n```json\n{show_json(function['arguments'])}\n```\n"


def show_json(text: str) -> str:
    """JSON with a line for each field at the top and for each record of a list, which is how people read it."""
    value = json.loads(text)
    if not isinstance(value, dict) or not value:
        return json.dumps(value, ensure_ascii=False)
    lines = []
    for key, inner in value.items():
        if isinstance(inner, list) and inner and isinstance(inner[0], dict):
            items = ",\n".join(f"    {json.dumps(item, ensure_ascii=False)}" for item in inner)
            lines.append(f"  {json.dumps(key)}: [\n{items}\n  ]")
        else:
            lines.append(f"  {json.dumps(key)}: {json.dumps(inner, ensure_ascii=False)}")
    return "{\n" + ",\n".join(lines) + "\n}"


def read(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


if __name__ == "__main__":
    for path in sys.argv[1:2]:
        lines = [json.dumps(row, ensure_ascii=False) for row in choose(read(Path(path)))]
        ROWS.write_text("".join(f"{row}\n" for row in lines), encoding="utf-8")
    PAGE.write_text(page(read(ROWS)), encoding="utf-8")
