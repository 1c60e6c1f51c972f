"""answers.jsonl: what was answered so far, a line each, kept over kills and sorted once complete."""

import json
import os
from collections.abc import Sequence
from pathlib import Path

from agents.errors import UsageError
from evals.schema import Record, Task

NAME = "answers.jsonl"
Key = tuple[str, int]


def read(folder: Path) -> dict[Key, Record]:
    """(task, run) -> the last record; a torn last line, which a kill leaves, is asked again."""
    path = folder / NAME
    if not path.exists():
        return {}
    lines = path.read_text(encoding="utf-8").split("\n")
    if lines[-1]:  # torn: cut it off before more is appended
        path.write_text("\n".join([*lines[:-1], ""]), encoding="utf-8")
    try:
        rows = [Record.model_validate_json(line) for line in lines[:-1]]
    except ValueError as error:
        raise UsageError(f"{path}: {error}; remove the line, its task will be asked again") from None
    return {(row.task, row.run): row for row in rows}


def append(folder: Path, record: Record) -> None:
    with (folder / NAME).open("a", encoding="utf-8") as file:
        file.write(_line(record))


def todo(answered: dict[Key, Record], tasks: Sequence[Task], runs: int) -> list[tuple[Task, int]]:
    """What has no answer yet, or lost it to infrastructure."""
    wanted = [(task, run) for run in range(runs) for task in tasks]
    return [(task, run) for task, run in wanted if (task.id, run) not in answered or answered[task.id, run].is_lost]


def settle(folder: Path, tasks: Sequence[Task], runs: int) -> list[Record]:
    """The records in the order of tasks and runs, as the file is from now on. UsageError where one is not there."""
    answered = read(folder)
    missing = [(task, run) for run in range(runs) for task in tasks if (task.id, run) not in answered]
    if missing:
        total = runs * len(tasks)
        raise UsageError(f"{folder}: {len(missing)} of {total} answers are not there yet; generate again to go on")
    # by task and not by time, so that a stopped generation ends with the bytes of one that was not
    rows = [answered[task.id, run] for task in tasks for run in range(runs)]
    replace(folder / NAME, "".join(map(_line, rows)))
    return rows


def replace(path: Path, text: str) -> None:
    """Write a file so that it is either the old or the new one at any moment."""
    draft = path.with_name(path.name + ".tmp")
    draft.write_text(text, encoding="utf-8")
    os.replace(draft, path)


def _line(record: Record) -> str:
    return json.dumps(record.model_dump(mode="json"), sort_keys=True, ensure_ascii=False) + "\n"
