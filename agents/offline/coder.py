"""The Python that the offline assistant writes: a task in words and its data in, code out, from `snippets.md`.

The same task and data give the same code. One in five first versions has a slip, as a hurried author makes it; the
version after it is the repair.
"""

import re
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from random import Random
from typing import Any

from agents.offline import tasks
from agents.schema import JsonObject, words

SLIPS = 0.2
PLAIN = (str, int, float, bool)


@lru_cache
def _snippets() -> dict[str, list[str]]:
    text = (Path(__file__).parent / "snippets.md").read_text()
    parts = re.findall(r"^## (\w+)\n(.*?)(?=^## |\Z)", text, re.MULTILINE | re.DOTALL)
    return {kind: re.findall(r"^```python\n(.*?)\n```$", part, re.MULTILINE | re.DOTALL) for kind, part in parts}


def versions(task: str, data: Sequence[Any]) -> list[str]:
    """The code to try, in order; what works ends it."""
    rng = Random(f"{task}:{data!r}")
    code = f"# {task[0].upper()}{task[1:]}.\n{_written(task, data, rng)}"
    slipped = _slipped(code, rng) if rng.random() < SLIPS else ""
    return [slipped, code] if slipped else [code]


def _written(task: str, data: Sequence[Any], rng: Random) -> str:
    """Code for the records if they are what the task says, else for the numbers of whatever came back."""
    read, rows = tasks.read(task), data[0]
    if read and read.kind == "reconcile" and isinstance(data[-1], dict) and _records(rows):
        return _snippet(read.kind, rng).replace("<listed>", _both(rows, data[-1]))
    fields = {role: _field(rows, role, name) for role, name in read.fields.items()} if read and _records(rows) else {}
    if read and fields and all(fields.values()):
        return _filled(_snippet(read.kind, rng), Table(rows, fields, rng), data[1:])
    kind = read.kind if read and read.kind in tasks.UNDECLARED else "numbers"
    return _snippet(kind, rng).replace("<whole>", f"data = {_pretty(rows)}")


def _snippet(kind: str, rng: Random) -> str:
    return rng.choice(_snippets()[kind])


def _records(rows: Any) -> bool:
    return isinstance(rows, list) and bool(rows) and all(isinstance(row, dict) for row in rows)


def _field(rows: Sequence[JsonObject], role: str, said: str) -> str:
    """The key that is called so; empty if there is none, or its values are not what the role needs."""
    found = next((key for key in rows[0] if tasks.said(key) == said), "")
    values = [value for row in rows if (value := row.get(found)) is not None]
    return found if values and all(_fits(role, value) for value in values) else ""


def _fits(role: str, value: Any) -> bool:
    if role == "number":
        return isinstance(value, int | float) and not isinstance(value, bool)
    return isinstance(value, PLAIN) and (role != "date" or bool(re.match(r"\d{4}-\d\d-\d\d", str(value))))


class Table:
    """Records as they stand in the code, and how the code gets at their fields."""

    def __init__(self, rows: Sequence[JsonObject], fields: dict[str, str], rng: Random) -> None:
        names = list(dict.fromkeys(fields.values()))
        kept = [{name: row.get(name) for name in names} for row in rows]
        self.fields = fields
        self.csv = rng.random() < 0.25 and all(_fits_csv(value) for row in kept for value in row.values())
        self.data = _csv(kept) if self.csv else f"rows = {_pretty(kept)}\n"

    def get(self, role: str) -> str:
        found = f'row["{self.fields[role]}"]'
        return f"float({found})" if self.csv and role == "number" else found

    def all(self, role: str) -> str:
        return f'[{self.get(role)} for row in rows if row["{self.fields[role]}"] not in (None, "")]'


def _filled(snippet: str, table: Table, told: Sequence[Any]) -> str:
    code = ("import csv\nimport io\n" if table.csv else "") + snippet.replace("<data>", table.data)
    for role, field in table.fields.items():
        forms = {f"<{role}s>": table.all(role), f"<{role}>": table.get(role), f"<{role}.field>": field}
        for mark, text in forms.items():
            code = code.replace(mark, text)
    for mark, value in zip(("<rate>", "<years>"), told, strict=False):
        code = code.replace(mark, repr(value))
    return code


def _both(rows: Sequence[JsonObject], details: JsonObject) -> str:
    """The fields that a list and a single record share."""
    shared = [key for key in rows[0] if key in details and isinstance(details[key], PLAIN)]
    listed = [{key: row.get(key) for key in shared} for row in rows]
    return f"listed = {_pretty(listed)}\ndetails = {_literal({key: details[key] for key in shared})}\n"


def _fits_csv(value: Any) -> bool:
    return value is not None and not isinstance(value, bool) and not re.search(r'[,"\\\n]', str(value))


def _csv(rows: list[JsonObject]) -> str:
    lines = [",".join(rows[0]), *(",".join(str(value) for value in row.values()) for row in rows)]
    text = "\n".join(lines)
    return f'table = """{text}"""\nrows = list(csv.DictReader(io.StringIO(table)))\n'


def _pretty(value: Any) -> str:
    """Python literals, an item in each line."""
    if isinstance(value, list) and value:
        return "[\n" + "".join(f"    {_literal(item)},\n" for item in value) + "]"
    if isinstance(value, dict) and value:
        return "{\n" + "".join(f"    {_literal(key)}: {_literal(item)},\n" for key, item in value.items()) + "}"
    return _literal(value)


def _literal(value: Any) -> str:
    if isinstance(value, dict):
        return "{" + ", ".join(f"{_literal(key)}: {_literal(item)}" for key, item in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(_literal, value)) + "]"
    if isinstance(value, str) and value.isprintable() and not re.search(r'[\\"]', value):
        return f'"{value}"'
    return repr(value)


def _slipped(code: str, rng: Random) -> str:
    """The code with a slip that raises; empty if it has no place for one."""
    imports = re.findall(r"^(?:import|from) (?!csv|io).*\n", code, re.MULTILINE)
    slips = [code.replace(line, "", 1) for line in imports]
    if field := re.search(r'row\["(\w+)"\]', code):
        slips.append(code.replace(field[0], f'row["{_misremembered(field[1])}"]'))
    if "%Y-%m-%d" in code:
        slips.append(code.replace("%Y-%m-%d", "%d/%m/%Y", 1))
    return rng.choice(slips) if slips else ""


def _misremembered(field: str) -> str:
    """Another way to spell a name of several words, or a shorter one.

    >>> _misremembered("total_amount"), _misremembered("totalAmount"), _misremembered("status")
    ('totalAmount', 'total_amount', 'statu')
    """
    first, *rest = words(field)
    camel = first + "".join(word.capitalize() for word in rest)
    return field[:-1] if not rest else camel if camel != field else "_".join(words(field))
