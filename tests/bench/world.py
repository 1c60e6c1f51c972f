"""Whether the world of a file of rows makes sense, rule by rule; exit code 1 where a row breaks one.

    python -m tests.bench.world runs/default/trajectories.jsonl

It reads rows alone and shares no code with the teacher that made them.
"""

import json
import re
import sys
from collections import Counter
from collections.abc import Iterator
from datetime import datetime
from typing import Any

Row = dict[str, Any]
LOOKED_FOR = ("query", "q", "search", "text", "last_name", "term", "keyword")
DENIAL = re.compile(r"\b(?:not|n't|unable|unfortunately|failed|declined|rejected|no|none|nothing)\b|n't", re.IGNORECASE)
SHARES = {"a tool's name in words": 0.02}
"""Rules that may be broken by a share of the rows; every other one by none."""


def words(name: str) -> list[str]:
    return re.findall(r"[a-z]+|\d+", re.sub(r"([a-z0-9])([A-Z])", r"\1 \2", name).lower())


def calls(row: Row) -> Iterator[tuple[int, str, dict[str, Any], Any]]:
    """Place, tool, arguments and result of each simulated call that succeeded."""
    results = {m["tool_call_id"]: m["content"] for m in row["messages"] if m["role"] == "tool"}
    for place, message in enumerate(row["messages"]):
        for call in message.get("tool_calls") or ():
            origin = row["origins"].get(call["id"], {})
            if origin.get("ok") and origin.get("origin") == "simulated":
                arguments = json.loads(call["function"]["arguments"])
                yield place, call["function"]["name"], arguments, json.loads(results[call["id"]])


def objects(value: Any) -> Iterator[dict[str, Any]]:
    if isinstance(value, dict):
        yield value
    for inner in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from objects(inner)


def moment(value: Any) -> datetime | None:
    if not isinstance(value, str) or not re.match(r"\d{4}-\d\d-\d\d", value):
        return None
    try:
        return datetime.fromisoformat(value.replace("Z", "+00:00")).replace(tzinfo=None)
    except ValueError:
        return None


def breaches(row: Row) -> Iterator[tuple[str, str]]:
    """(rule, what was seen) for each rule that the row breaks."""
    tools = {tool["function"]["name"]: tool["function"] for tool in row["tools"]}
    users = [m["content"] for m in row["messages"] if m["role"] == "user"]
    for text in users:
        if re.search(r"\w ?= ?\S", text):
            yield "an utterance with =", text[:80]
    spoken = " ".join(users).lower()
    for name in tools:
        if len(words(name)) > 1 and re.search(rf"\b{re.escape(' '.join(words(name)))}\b", spoken):
            yield "a tool's name in words", name
    for place, name, arguments, result in calls(row):
        yield from _search(name, arguments, result)
        for record in objects(result):
            yield from _sums(record)
            yield from _days(record)
        yield from _choices(tools[name], arguments, row["messages"][:place])
        if isinstance(result, dict) and result.get("success") is False:
            answer = next(
                (m["content"] for m in row["messages"][place:] if m["role"] == "assistant" and not m.get("tool_calls")),
                "",
            )
            if not DENIAL.search(answer):
                yield "success: false told as done", name
    for step in (row.get("blueprint") or {}).get("steps", ()):
        yield from _told(row, step)


def _search(name: str, arguments: dict[str, Any], result: Any) -> Iterator[tuple[str, str]]:
    """Each record that a search brings holds what was searched for."""
    lists = [value for value in result.values() if isinstance(value, list)] if isinstance(result, dict) else []
    for key in LOOKED_FOR:
        wanted = arguments.get(key)
        semester = re.fullmatch(r"(?:spring|summer|autumn|winter)-\d{4}", str(wanted))  # a term of this kind is a time
        if not isinstance(wanted, str) or semester or not {"search", "find"} & set(words(name)):
            continue
        for item in (item for items in lists for item in items if isinstance(item, dict)):
            if wanted.lower() not in json.dumps(item, ensure_ascii=False).lower():
                yield "a search result without what was searched for", f"{name} {wanted!r}: {item}"


def _sums(record: dict[str, Any]) -> Iterator[tuple[str, str]]:
    lists = [v for v in record.values() if isinstance(v, list) and v and all(isinstance(i, dict) for i in v)]
    total = record.get("total", record.get("net"))
    if len(lists) != 1 or not isinstance(total, int | float) or isinstance(total, bool):
        return
    parts = [
        i["quantity"] * i["unit_price"] if {"quantity", "unit_price"} <= i.keys() else i.get("amount", i.get("value"))
        for i in lists[0]
    ]
    if all(isinstance(part, int | float) for part in parts) and abs(sum(parts) - total) > 0.02 and total != len(parts):
        yield "a total that does not add up", f"{total} of {parts}"


def _days(record: dict[str, Any]) -> Iterator[tuple[str, str]]:
    for start, end in (
        ("start", "end"),
        ("from", "to"),
        ("starts", "ends"),
        ("first_day", "last_day"),
        ("created_at", "updated_at"),
        ("checkIn", "checkOut"),
        ("start_date", "end_date"),
    ):
        first, second = moment(record.get(start)), moment(record.get(end))
        if first and second and second < first:
            yield "an end before its start", f"{record[start]} {record[end]}"
    for key, value in record.items():
        born = moment(value)
        if {"born", "birth", "birthday"} & set(words(key)) and born and born > datetime(2026, 11, 28):
            yield "a birth after today", f"{key} {value}"


def _choices(
    tool: dict[str, Any], arguments: dict[str, Any], before: list[dict[str, Any]]
) -> Iterator[tuple[str, str]]:
    """An enum or a yes that nobody asked for and no default explains."""
    heard = " ".join(str(m.get("content")) for m in before if m["role"] in ("user", "system", "tool")).lower()
    for key, value in arguments.items():
        schema = (tool["parameters"].get("properties") or {}).get(key) or {}
        if not isinstance(schema, dict) or schema.get("default") == value or "const" in schema:
            continue
        asked = (
            str(value).lower() in heard
            or str(value).lower().replace("_", " ") in heard
            or all(word in heard for word in words(key))  # `accept the terms` is what `accept_terms` says
        )
        if (schema.get("enum") and not asked) or (isinstance(value, bool) and not ("answer is" in heard or asked)):
            yield "an argument that nobody asked for", f"{tool['name']} {key}={value}"


def _told(row: Row, step: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """Something of each step that was done stands in an answer."""
    results = [result for _, name, _, result in calls(row) if name == step["tool"]]
    answers = " ".join(m["content"] for m in row["messages"] if m["role"] == "assistant" and not m.get("tool_calls"))
    answers = re.sub(r"(?<=\d),(?=\d{3}\b)", "", answers)  # 74,500 is the number 74500
    for result in results[:1]:
        values = [
            str(v)
            for record in objects(result)
            for v in record.values()
            if isinstance(v, str | int | float) and not isinstance(v, bool) and len(str(v)) > 2
        ]
        # A state with an underscore is told in other words; an id, which has digits, as it is.
        plain = [value for value in values if not moment(value)]
        values = [value for value in plain if "_" not in value or any(map(str.isdigit, value))]
        if (
            len(values) > 3
            and "success" not in result
            and not any(value.split("\n")[0] in answers for value in values[:20])
        ):
            yield "a result of which nothing is told", step["tool"]


def main(path: str) -> int:
    """Prints each rule with the rows that break it and one example; the exit code."""
    with open(path) as file:
        rows = [json.loads(line) for line in file]
    broken: Counter[str] = Counter()
    example: dict[str, str] = {}
    for row in rows:
        for rule, seen in dict(breaches(row)).items():
            broken[rule] += 1
            example.setdefault(rule, f"slot {row['slot']}: {seen[:160]}")
    firsts = [next((m["content"] for m in row["messages"] if m["role"] == "user"), "") for row in rows]
    grams = {" ".join(text.split()[:8]).lower() for text in firsts}
    prompts = {row["messages"][0]["content"] for row in rows}
    print(f"{len(rows)} rows, {len(grams)} first sentences by their first 8 words, {len(prompts)} system prompts")
    for rule, count in broken.most_common():
        print(f"{count:5} rows  {rule}  ({example[rule]})")
    return int(any(count > SHARES.get(rule, 0) * len(rows) for rule, count in broken.items()))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
