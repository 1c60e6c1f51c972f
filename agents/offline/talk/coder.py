"""The Python that the offline assistant writes: a task in words and its data in, code out, from `snippets.md`.

The same task and data give the same code. One in ten first versions has a slip, as a hurried author makes it; the
version after it is the repair.
"""

import re
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from random import Random
from typing import NamedTuple

from pydantic import JsonValue

from agents.offline.speech.spoken import show_value, spell_number
from agents.offline.talk.telling import (
    UNITS,
    Telling,
    capitalise,
    enumerate_parts,
    label_field,
    name_key,
    name_record,
    say_number,
)
from agents.offline.talk.wording import name_things, say_filter
from agents.offline.trade import tasks
from agents.offline.trade.subject import load_table
from agents.plan.json_paths import leaves
from agents.schema import JsonObject, words

SLIPS = 0.1
_SHORT = 2_000
"""Characters of code that somebody types in once more; with a long table the first version is right."""
_PART = re.compile(r"(.+?) (-?\d+(?:\.\d+)?%?)(?:, |$)")
"""What is worked out for each kind: its name and its number."""
_SENTENCES: dict[str, str] = load_table("talk")["tasks"]
PLAIN = (str, int, float, bool)


class Slip(NamedTuple):
    """A mistake that raises: a part of the code as it should be and as it was written, where the data are like this."""

    right: str
    wrong: str
    data: frozenset[str]


class Snippet(NamedTuple):
    """A way to write the code of a task, and the slips that somebody makes in it."""

    code: str
    slips: list[Slip]


def _read_snippets(text: str) -> dict[str, list[Snippet]]:
    ways: dict[str, list[Snippet]] = {}
    for kind, part in re.findall(r"^## (\w+)\n(.*?)(?=^## |\Z)", text, re.MULTILINE | re.DOTALL):
        for code, below in re.findall(r"^```python\n(.*?)\n```\n((?:- [^\n]*\n)*)", part, re.MULTILINE | re.DOTALL):
            slips = [
                Slip(right, wrong, frozenset(data.split(" or ") if data else ()))
                for right, wrong, data in re.findall(r"^- `(.*?)` as `(.*?)`(?:, if (.*))?$", below, re.MULTILINE)
            ]
            ways.setdefault(kind, []).append(Snippet(code, slips))
    return ways


_SNIPPETS = _read_snippets((Path(__file__).parent / "snippets.md").read_text())
"""Kind of task -> the ways in which its code may be written, in a format that people can read and edit."""


def versions(task: str, data: Sequence[JsonValue]) -> list[str]:
    """The code to try, in order; what works ends it.

    It is for the records if they are what the task says, else for the numbers of whatever came back.
    """
    rng = Random(f"{task}:{data!r}")
    read, details = tasks.read(task), data[-1]
    listed = data[0] if isinstance(data[0], list) else []
    rows = [row for row in listed if isinstance(row, dict)]
    tabular = bool(rows) and len(rows) == len(listed)
    sought = {role: name for role, name in read.fields.items() if role != "today"} if read and tabular else {}
    fields = {role: _find_field(rows, role, name) for role, name in sought.items()}
    if "key" in fields and len({str(row.get(fields["key"])) for row in rows}) < len(rows):
        # Two that are called the same would be one: they go by their ids.
        fields["key"] = next((key for key in rows[0] if words(key)[-1:] == ["id"]), fields["key"])
    named = name_key(rows[0]) if read and read.kind in tasks.EACH and rows else ""
    if named and "key" in fields and len({row.get(named) for row in rows}) == len(rows):
        fields["key"] = named  # what is told of each is told by its name, whatever number it has
    marks, like, head = {"<whole>": f"data = {_pretty(data[0])}"}, set[str](), ""
    day = f"{datetime.strptime(read.fields['today'], '%d %B %Y'):%Y-%m-%d}" if read and "today" in read.fields else ""
    if read and read.kind == "reconcile" and isinstance(details, dict) and tabular:
        # Only the fields that a list and a single record share can agree or not.
        shared = [key for key in rows[0] if key in details and isinstance(details[key], PLAIN)]
        table = _pretty([{key: row.get(key) for key in shared} for row in rows])
        record = _literal({key: details[key] for key in shared})
        snippet = rng.choice(_SNIPPETS[read.kind])
        marks = {"<listed>": f"listed = {table}\ndetails = {record}\n"}
    elif read and fields and all(fields.values()):
        snippet = rng.choice(_SNIPPETS[read.kind])
        written = Table(rows, fields, rng)
        marks, like, head = written.marks(data[1:]), written.like, "import csv\nimport io\n" if written.csv else ""
        marks["<today>"] = day
    elif read and read.kind == "age" and isinstance(data[0], dict):
        field = next((key for key in data[0] if tasks.speak_field(key) == read.fields["moment"]), "")
        snippet = rng.choice(_SNIPPETS["age" if field else "dates"])
        marks |= {"<field>": field, "<today>": day}
        like = _describe([data[0].get(field)] if field else data)
    else:
        kind = read.kind if read and read.kind in tasks.UNDECLARED else "numbers"
        snippet, like = rng.choice(_SNIPPETS[kind]), _describe(data[:1])
        if kind == "numbers" and any(not isinstance(value, int | float) for _, value in leaves(data[0])):
            like.add("words")

    def fill(code: str) -> str:
        for mark, text in marks.items():
            code = code.replace(mark, text)
        return f"# {capitalise(tasks.ask_for(task))}.\n{head}{code}"

    code = fill(snippet.code)
    if rng.random() >= SLIPS or len(code) > _SHORT:
        return [code]
    fitting = [slip for slip in snippet.slips if not slip.data or slip.data & like]
    imports = re.findall(r"^(?:import|from) .*\n", snippet.code, re.MULTILINE)
    slips = [fill(snippet.code.replace(line, "", 1)) for line in imports]
    slips += [fill(snippet.code.replace(slip.right, slip.wrong)) for slip in fitting]
    return [rng.choice(slips), code] if slips else [code]


def _describe(data: Sequence[JsonValue]) -> set[str]:
    """What the texts in it are like: some with a time of day, some that are no dates."""
    texts = [value for _, value in leaves(list(data)) if isinstance(value, str)]
    timed = any(re.match(r"\d{4}-\d\d-\d\d[T ]", text) for text in texts)
    worded = any(re.match(r"[A-Za-z]", text) for text in texts)
    return {*(("time",) if timed else ()), *(("words",) if worded else ())}


def _find_field(rows: Sequence[JsonObject], role: str, spoken: str) -> str:
    """The key that is called so; empty if there is none, or its values are not what the role needs."""
    field = next((key for key in rows[0] if tasks.speak_field(key) == spoken), "")
    if role == "key" and not field:
        field = tasks.key_of(list(rows[0]))  # which of them is said by what they are called
    values = [value for row in rows if (value := row.get(field)) is not None]
    fit = all(isinstance(value, PLAIN) for value in values)
    if role == "number":
        fit = all(isinstance(value, int | float) and not isinstance(value, bool) for value in values)
    if role in ("date", "moment"):
        fit = fit and all(re.match(r"\d{4}-\d\d-\d\d", str(value)) for value in values)
    return field if values and fit else ""


def answer_task(task: str, result: str, source: JsonValue, path: str, telling: Telling) -> str:
    """What code worked out, said as the answer to what was asked: with what it was worked out of."""
    kind, text = tasks.read(task), result.rstrip(".")
    if not kind:
        return f"The result: {text}."
    rows = [row for row in source if isinstance(row, dict)] if isinstance(source, list) else []
    thing, things = name_things(path.rpartition(".")[2].split("[")[0], telling)
    several = f"the {spell_number(len(rows))} {things if len(rows) != 1 else thing}{say_filter(telling)}"
    role = "date" if kind.kind == "latest" else "number"
    spoken = kind.fields.get(role, "")
    field = next((key for key in (rows or [{}])[0] if tasks.speak_field(key) == spoken), "")
    if kind.kind in tasks.PICKING and field:
        picked = [row for row in rows if text in map(str, row.values())]
        best = picked[0].get(field) if picked else None
        alike = [name_record(row) for row in rows if row.get(field) == best and row not in picked[:1]]
        superlative = tasks.say_most(f"the {kind.kind} {spoken}", {"number": spoken})
        if spoken.startswith("number of "):
            superlative = f"the {'most' if kind.kind == 'highest' else 'fewest'} {spoken.removeprefix('number of ')}"
        name = text if picked and (name_key(picked[0]) or not re.search(r"\d", text)) else f"{thing} {text}"
        shown = _show_amount(field, best, picked[0]) if picked else ""
        shown = shown.removesuffix(f" {superlative.rpartition(' ')[2]}")  # the most minutes: 112
        if alike:
            name = name.replace(thing, things, 1) if name != text else name
            return f"{capitalise(enumerate_parts([name, *alike], 'and'))} share {superlative} of {several}: {shown}."
        about = {*words(field)}
        if kind.kind == "lowest" and "distance" in about:
            return f"Of {several}, {name} is the closest: {shown} away."
        if kind.kind == "lowest" and about & {"price", "cost", "fare", "premium", "rent"}:
            return f"Of {several}, {name} is the cheapest: {shown}."
        return f"Of {several}, {name} has {superlative}: {shown}."
    if kind.kind == "sum" and rows and field:
        shown = _show_amount(field, float(text), rows[0]) if re.fullmatch(r"-?\d+(?:\.\d+)?", text) else text
        if rows and shown.endswith(f" {spoken}") and spoken not in UNITS:
            return f"{capitalise(several)} {'have' if len(rows) > 1 else 'has'} {shown} in all."
        if shown.replace(",", "").replace(".", "").isdecimal():
            return f"The total {spoken} of {several} is {shown}."
        return f"{capitalise(several)} {'come' if len(rows) > 1 else 'comes'} to {shown} in all."
    if kind.kind in tasks.EACH and rows:
        return "\n".join(tell_each(kind, text, rows, several))
    record = source if isinstance(source, dict) else {}
    moment = next((key for key in record if tasks.speak_field(key) == kind.fields.get("moment")), "")
    if moment and kind.kind == "age":
        past = str(record.get(moment, ""))[:10] <= f"{datetime.strptime(kind.fields['today'], '%d %B %Y'):%Y-%m-%d}"
        distance = f"{text} ago" if past else f"in {text}"
        day = show_value(record[moment], moment).partition(", ")[0]
        done = re.fullmatch(r"(\w+ed) (?:time|date)", label_field(moment))
        called = record[name_key(record)] if name_key(record) else "it"
        if done and past:
            return capitalise(f"{called} was {done[1]} {distance}, on {day}.")
        return f"The {label_field(moment)}, {day}, {'was' if past else 'is'} {distance}."
    if kind.kind == "count" and len(rows) > 1 and not re.search(r" (?!1\b)\d+(?:,|$)", text):
        category = kind.fields["category"]
        return f"Each {category} occurs once among {several}: {text.replace('_', ' ')}."
    if kind.kind == "count" and len(rows) > 1:
        return count_by(kind.fields["category"], several, text.replace("_", " "))
    if kind.kind in ("group", "share") and field and (parts := _PART.findall(text)):
        whole = "total" if kind.kind == "group" else "shares of the total"
        lead = f"The {whole} {spoken} of {several} by {kind.fields['category'].replace('_', ' ')}:"
        return "\n".join([lead, *(f"- {name}: {_show_part(field, part, rows[0])}" for name, part in parts)])
    if kind.kind == "spread" and field and (parts := _PART.findall(text)):
        told = [f"the {name} {_show_part(field, part, rows[0])}" for name, part in parts]
        told[0] = told[0].replace(f"the {parts[0][0]}", f"the {parts[0][0]} {spoken} is", 1)
        if spoken in UNITS.values():  # the average is 74.75 minutes, the median 56
            told = [
                f"the {name}{'' if n else ' is'} {part}{'' if n else f' {spoken}'}"
                for n, (name, part) in enumerate(parts)
            ]
        return f"Of {several}, {enumerate_parts(told, 'and')}."
    lead = tasks.say_most(_SENTENCES[kind.kind].format(**kind.fields), kind.fields)
    return f"{lead} {text}."


def tell_each(kind: tasks.Task, text: str, rows: Sequence[JsonObject], several: str) -> list[str]:
    """What was worked out for each of several: how long ago something was done with it, or its share of all.

    >>> rows = [{"name": "old", "updated_at": "2026-01-02"}, {"name": "new", "updated_at": "2026-02-01"}]
    >>> kind = tasks.Task("ages", {"moment": "updated time", "key": "board", "today": "2 February 2026"})
    >>> tell_each(kind, "old 31, new 1", rows, "the two boards")[1:]
    ['- **old**: 31 days ago, on 2 January 2026', '- **new**: 1 day ago, on 1 February 2026']
    """
    spoken = kind.fields.get("moment") or kind.fields["number"]
    field = next((key for key in rows[0] if tasks.speak_field(key) == spoken), "")
    by_name = {str(row[key]): row for row in rows if (key := name_key(row) or tasks.key_of(list(row)))}
    lines = []
    paid = kind.kind == "above"
    for name, number in _PART.findall(text):
        shown = _show_amount(field, by_name[name].get(field), by_name[name]) if name in by_name else ""
        if kind.kind == "ages":
            ago = f"{number} day{'' if number == '1' else 's'} ago"
            shown = f", on {shown.partition(', ')[0]}" if shown else ""
            lines.append(f"- **{name}**: {ago}{shown}")
        else:
            shown = f"{shown} {spoken}" if shown.replace(",", "").isdecimal() else shown  # 17 on hand
            cheapest = ", the cheapest" if paid and number == "0.0%" else ""
            lines.append(f"- **{name}**: {number}{f' ({shown}{cheapest})' if shown else ''}")
    if kind.kind == "ages":
        return [f"Here is how long ago each of {several} was {spoken.partition(' ')[0]}:", *lines]
    if paid:
        return [f"Here is by how many percent each of {several} is dearer than the cheapest:", *lines]
    whole = f"all {spoken.removeprefix('number of ')}" if spoken.startswith("number of ") else f"the total {spoken}"
    return [f"Here is the share of {whole} that each of {several} has:", *lines]


def is_told_in_parts(result: JsonValue, text: str) -> bool:
    """Whether each name and number that code worked out stands in the text, in whatever form.

    >>> is_told_in_parts("old 31, new 1", "- **old**: 31 days ago\\n- **new**: 1 day ago")
    True
    >>> is_told_in_parts("average 3.6, median 3.5", "The average rating is 3.6, the median 3.5.")
    True
    >>> is_told_in_parts("average 3.6, median 3.5", "The average rating is 3.65, the median 3.5.")
    False
    """
    parts = _PART.findall(str(result))
    listed = all(f"{name}**: {number}" in text or f"{name}: {number}" in text for name, number in parts)
    # In a sentence a figure stands behind its name: `the average rating is 3.6, the median 3.5`.
    said = all(
        re.search(rf"\b{re.escape(name)}\b[a-z ]* {re.escape(number)}(?!\d|\.\d)", text) for name, number in parts
    )
    return bool(parts) and (listed or said)


def count_by(category: str, several: str, counted: str) -> str:
    """How many there are of each kind, a line for each.

    >>> count_by("city", "the nine hotels", "Oslo 5, Bergen 4")
    'Here are the nine hotels by city:\\n- Oslo: 5\\n- Bergen: 4'
    """
    kinds = _PART.findall(counted)
    return "\n".join([f"Here are {several} by {category}:", *(f"- {name}: {number}" for name, number in kinds)])


def _show_part(field: str, part: str, row: JsonObject) -> str:
    """A number out of what code worked out, in the unit of the field; a share as it stands."""
    return part if part.endswith("%") else _show_amount(field, float(part), row)


def _show_amount(field: str, value: JsonValue, row: JsonObject) -> str:
    """A number with what it counts or is measured in."""
    if not isinstance(value, int | float) or isinstance(value, bool):
        return show_value(value, field)
    value = int(value) if float(value).is_integer() else value
    return say_number(field, value, row) or show_value(value, field)


class Table:
    """Records as they stand in the code, and how the code gets at their fields.

    Attributes:
        like: what a slip may stumble over in them, in the words of `snippets.md`.
    """

    def __init__(self, rows: Sequence[JsonObject], fields: dict[str, str], rng: Random) -> None:
        names = list(dict.fromkeys(fields.values()))
        kept: list[JsonObject] = [{name: row.get(name) for name in names} for row in rows]
        self.fields = fields
        # One table in four comes as text, as data often does; what CSV would have to quote stays Python.
        self.csv = rng.random() < 0.25 and all(
            value is not None and not isinstance(value, bool) and not re.search(r'[,"\\\n]', str(value))
            for row in kept
            for value in row.values()
        )
        self.data = f"rows = {_pretty(kept)}\n"
        if self.csv:
            text = "\n".join([",".join(kept[0]), *(",".join(str(value) for value in row.values()) for row in kept)])
            self.data = f'table = """{text}"""\nrows = list(csv.DictReader(io.StringIO(table)))\n'
        computed = [row[fields[role]] for role in ("number", "date", "moment") if role in fields for row in kept]
        gap = {"gap"} if None in computed else set[str]()
        self.like = _describe(computed) | gap | ({"text"} if self.csv else set())

    def get(self, role: str) -> str:
        field = f'row["{self.fields[role]}"]'
        return f"float({field})" if self.csv and role == "number" else field

    def all(self, role: str) -> str:
        return f'[{self.get(role)} for row in rows if row["{self.fields[role]}"] not in (None, "")]'

    def marks(self, spoken: Sequence[JsonValue]) -> dict[str, str]:
        """What stands in a snippet's marks: the records, how to get at their fields and what the person told."""
        marks = {"<data>": self.data}
        for role, field in self.fields.items():
            marks |= {f"<{role}s>": self.all(role), f"<{role}>": self.get(role), f"<{role}.field>": field}
        return marks | {mark: repr(value) for mark, value in zip(("<rate>", "<years>"), spoken, strict=False)}


def _pretty(value: object) -> str:
    """Python literals, an item in each line."""
    if isinstance(value, list) and value:
        return "[\n" + "".join(f"    {_literal(item)},\n" for item in value) + "]"
    if isinstance(value, dict) and value:
        return "{\n" + "".join(f"    {_literal(key)}: {_literal(item)},\n" for key, item in value.items()) + "}"
    return _literal(value)


def _literal(value: object) -> str:
    if isinstance(value, dict):
        return "{" + ", ".join(f"{_literal(key)}: {_literal(item)}" for key, item in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(_literal, value)) + "]"
    if isinstance(value, str) and value.isprintable() and not re.search(r'[\\"]', value):
        return f'"{value}"'
    return repr(value)
