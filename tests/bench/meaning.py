"""Faults of meaning planted in sound rows, kind by kind: python -m tests.bench.meaning FILE [FILE ...]

For each of ten kinds up to 20 rows with one fault each: in how many the rules see it, in how many the offline judge, in
how many either. Exit code 1 where both together see less than nine of ten of a kind.
"""

import re
import sys
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from pathlib import Path
from random import Random
from typing import Any

import orjson

from agents.offline.judge import claims as offline_claims
from agents.offline.judge import quality
from agents.offline.sections import complete_plan
from agents.offline.trade.policies import DEMANDS_LOOK
from agents.roles.assistant import plan
from agents.schema import Blueprint
from tests.bench.rows import examine_row

Row = dict[str, Any]
PASSED = 3
"""The lowest score that a row may have."""
YEAR = "January February March April May June July August September October November December"
ROWS = 20
"""Rows a kind."""
SEARCHED = re.compile(
    r"^(?:q|query|search|text|term|keyword|city|status|state|email|name)$|(?:_|[a-z])(?:status|email|id|Id)$"
)


def copy(row: Row) -> Row:
    return dict(orjson.loads(orjson.dumps(row)))


def calls(row: Row) -> Iterator[tuple[int, Row, Any, Row]]:
    """Place, call, its arguments and the message with its result, of each simulated call that succeeded."""
    results = {m["tool_call_id"]: m for m in row["messages"] if m["role"] == "tool"}
    for place, message in enumerate(row["messages"]):
        for call in message.get("tool_calls") or ():
            origin = row["origins"].get(call["id"], {})
            if origin.get("ok") and origin.get("origin") == "simulated":
                yield place, call, orjson.loads(call["function"]["arguments"]), results[call["id"]]


def change(message: Row, edit: Callable[[Any], bool]) -> bool:
    """Whether the edit found something to change in the result, which is then written back."""
    result = orjson.loads(message["content"])
    if not edit(result):
        return False
    message["content"] = orjson.dumps(result).decode()
    return True


def objects(value: Any) -> Iterator[Row]:
    if isinstance(value, dict):
        yield value
    for inner in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from objects(inner)


def another_record(row: Row) -> bool:
    """A result is about another id than the one that was asked for."""
    for _, _, arguments, message in calls(row):
        for key, value in arguments.items():
            if re.search(r"(?:^id|_id|Id|number)$", key) and value in orjson.loads(message["content"]):
                continue

            def edit(result: Any, key: str = key, value: Any = value) -> bool:
                if not isinstance(result, dict) or result.get(key) != value or not re.search(r"(?:id|Id|number)$", key):
                    return False
                result[key] = value + 17 if isinstance(value, int) else f"{str(value)[:-2]}zz"
                return True

            if change(message, edit):
                return True
    return False


def result_beside_the_search(row: Row) -> bool:
    """A record of a search is none that was searched for."""
    for _, call, arguments, message in calls(row):
        wanted = {k: v for k, v in arguments.items() if isinstance(v, str) and SEARCHED.search(k)}
        if not wanted or call["function"]["name"] not in row["cluster"]["reads"]:
            continue

        def edit(result: Any, wanted: Row = wanted) -> bool:
            for value in result.values() if isinstance(result, dict) else ():
                for item in value if isinstance(value, list) else ():
                    texts = [k for k, v in item.items() if isinstance(v, str)] if isinstance(item, dict) else []
                    hits = [k for k in texts if any(v.lower() in item[k].lower() for v in wanted.values())]
                    for key in hits:
                        item[key] = "Something else"
                    if hits:
                        return True
            return False

        if change(message, edit):
            return True
    return False


def wrong_total(row: Row) -> bool:
    """A sum beside a list is not that of the list."""

    def edit(result: Any) -> bool:
        for record in objects(result):
            lists = [v for v in record.values() if isinstance(v, list) and v and all(isinstance(i, dict) for i in v)]
            priced = len(lists) == 1 and all("amount" in i or {"quantity", "unit_price"} <= i.keys() for i in lists[0])
            if priced and isinstance(record.get("total", record.get("net")), int | float):
                record["total" if "total" in record else "net"] += 37.5
                return True
        return False

    return any(change(message, edit) for *_, message in calls(row))


def end_before_start(row: Row) -> bool:
    def edit(result: Any) -> bool:
        for record in objects(result):
            for start, end in (
                ("starts_at", "ends_at"),
                ("created_at", "updated_at"),
                ("start", "end"),
                ("from", "to"),
            ):
                if all(isinstance(record.get(key), str) and len(record[key]) >= 10 for key in (start, end)):
                    record[start], record[end] = "2026-09-20" + record[start][10:], "2026-03-02" + record[end][10:]
                    return True
        return False

    return any(change(message, edit) for *_, message in calls(row))


def answers(row: Row) -> list[Row]:
    spoken = [m for m in row["messages"] if m["role"] == "assistant" and not m.get("tool_calls")]
    return [m for m in spoken if not m["content"].rstrip().endswith("?")]


def another_day_told(row: Row) -> bool:
    """An answer tells another day than the one that came back."""
    for message in answers(row):
        if match := re.search(rf"\b(\d{{1,2}}) ({YEAR.replace(' ', '|')}) (\d{{4}})", message["content"]):
            day = date(int(match[3]), YEAR.split().index(match[2]) + 1, int(match[1])) + timedelta(days=100)
            other = f"{day.day} {YEAR.split()[day.month - 1]} {day.year}"
            message["content"] = message["content"].replace(match[0], other)
            return True
    return False


def another_number_told(row: Row) -> bool:
    """An answer tells another number than the one that came back."""
    for message in answers(row):
        plain = re.sub(r"\d{1,2} [A-Z][a-z]+ \d{4}(?:, \d\d:\d\d)?", "", message["content"])
        if match := re.search(r"(?<![\w.\-/:#])\d{3,5}(?![\w\-/:.])", plain):
            message["content"] = re.sub(rf"\b{match[0]}\b", str(int(match[0]) + 1213), message["content"])
            return True
    return False


def failure_told_as_done(row: Row) -> bool:
    """A change failed, and the answer says that it was made."""
    for _, call, _, message in calls(row):
        if call["function"]["name"] not in row["cluster"]["reads"]:
            message["content"] = '{"error":{"code":"conflict","message":"The record cannot be changed any more."}}'
            row["origins"][call["id"]]["ok"] = False
            for answer in answers(row):
                answer["content"] = re.sub(r"(?i)\b(?:not|no|none)\b", "", answer["content"])
            return True
    return False


def nothing_told(row: Row) -> bool:
    """Somebody asked to see something and is told that it was done."""
    looked = any(call["function"]["name"] in row["cluster"]["reads"] for _, call, *_ in calls(row))
    for answer in answers(row) if looked else ():
        answer["content"] = "All of that is taken care of."
    return looked and bool(answers(row))


def step_left_out(row: Row) -> bool:
    """A call that the plan wants was never made, and nothing is said of it."""
    for place, call, *_ in reversed(list(calls(row))):
        if len(row["messages"][place]["tool_calls"]) > 1:
            continue
        same = [c for _, c, *_ in calls(row) if c["function"]["name"] == call["function"]["name"]]
        steps = [s for s in row["blueprint"]["steps"] if s["tool"] == call["function"]["name"]]
        if len(same) == 1 and steps and not steps[0].get("when") and not steps[0].get("repeat"):
            row["messages"] = [
                m for n, m in enumerate(row["messages"]) if n != place and m.get("tool_call_id") != call["id"]
            ]
            return True
    return False


def change_before_a_look(row: Row) -> bool:
    """A policy demands a look first, and the change comes first."""
    if not DEMANDS_LOOK.search(row["messages"][0]["content"]):
        return False
    made = list(calls(row))
    reads = row["cluster"]["reads"]
    first = next((c for c in made if c[1]["function"]["name"] in reads), None)
    later = next((c for c in made if c[1]["function"]["name"] not in reads), None)
    if not first or not later or first[0] > later[0] or len(row["messages"][first[0]]["tool_calls"]) > 1:
        return False
    messages = row["messages"]
    pair = [messages[first[0]], first[3]]
    rest = [m for m in messages if not any(m is other for other in pair)]
    at = next(n for n, m in enumerate(rest) if m is later[3])
    row["messages"] = [*rest[: at + 1], *pair, *rest[at + 1 :]]
    return True


KINDS = (
    another_record, result_beside_the_search, wrong_total, end_before_start, another_day_told, another_number_told,
    failure_told_as_done, nothing_told, step_left_out, change_before_a_look,
)  # fmt: skip


def judge_row(row: Row) -> tuple[bool, bool]:
    """Whether the rules refuse the row, and whether the offline judge does, who also answers the open claims."""
    faults, claims = examine_row(row)
    blueprint = Blueprint.model_validate(row["blueprint"])
    tools = {tool["function"]["name"]: tool["function"].get("description") or "" for tool in row["tools"]}
    case = {
        **complete_plan(plan(blueprint)),
        "tools": tools,
        "facts": {fact.name: fact.value for fact in blueprint.facts},
    }
    transcript = quality.transcribe(row["messages"])
    transcript[0]["content"] = row["messages"][0]["content"]  # a row keeps the public prompt alone, without its heading
    verdict = quality.verdict(case, transcript, Random(0))
    numbered = [{"id": n, "claim": c.text, "value": c.value, "place": c.place} for n, c in enumerate(claims)]
    rulings = offline_claims.rulings(numbered, transcript)
    return bool(faults), min(verdict["scores"].values()) < PASSED or not all(ruling["derivable"] for ruling in rulings)


def main(files: list[str]) -> int:
    rows = [orjson.loads(line) for file in files for line in Path(file).read_bytes().splitlines()]
    sound = [judge_row(row) for row in rows]
    alarms = sum(ruled or judged for ruled, judged in sound)
    print(f"{len(rows)} sound rows: rules refuse {sum(r for r, _ in sound)}, judge {sum(j for _, j in sound)}")
    print("| fault | rows | rules | judge | either | missed in slots |\n|---|---|---|---|---|---|")
    poor, seen = 0, 0
    planted = 0
    for kind in KINDS:
        faulty: list[Row] = []
        for row in rows:
            other = copy(row)
            if len(faulty) < ROWS and kind(other):
                faulty.append(other)
        verdicts = [(row["slot"], *judge_row(row)) for row in faulty]
        either = sum(ruled or judged for _, ruled, judged in verdicts)
        missed = [slot for slot, ruled, judged in verdicts if not (ruled or judged)]
        ruled, judged = sum(r for _, r, _ in verdicts), sum(j for *_, j in verdicts)
        name = kind.__name__.replace("_", " ")
        print(f"| {name} | {len(faulty)} | {ruled} | {judged} | {either} | {missed} |")
        poor += either < 0.9 * len(faulty)
        planted, seen = planted + len(faulty), seen + either
    print(f"{seen} of {planted} seen ({seen / max(1, planted):.1%}); false alarms {alarms} of {len(rows)}")
    return int(poor > 0 or alarms > 0.03 * len(rows))


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
