"""One fault planted in each row of a file, kind by kind: python -m tests.bench.planted FILE [FILE ...]

For every kind it prints in how many rows the fault could be planted, how many of these the rules refuse, and how many
they leave to the judge as a claim. A row that has no place for a kind (no date in its calls) does not count.
"""

import re
import sys
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import orjson

from agents.plan.json_paths import leaves, value_at
from tests.bench.rows import examine_row

Row = dict[str, Any]
DAY = re.compile(r"\d{4}-\d\d-\d\d")
EMAIL = re.compile(r"[\w.+-]+@[\w-]+\.[\w.]+")


def copy(row: Row) -> Row:
    return dict(orjson.loads(orjson.dumps(row)))


def calls(row: Row) -> Iterator[tuple[int, Row, Any]]:
    for place, message in enumerate(row["messages"]):
        for call in message.get("tool_calls") or ():
            yield place, call, orjson.loads(call["function"]["arguments"])


def swap(row: Row, old: str, new: str) -> Row | None:
    """Everywhere but in the user's and the system's words: the tools echo what they were called with."""
    planted, places = (
        copy(row),
        [place for place, _, arguments in calls(row) if old in orjson.dumps(arguments).decode()],
    )
    if not places or any(new in (m["content"] or "") for m in row["messages"]):
        return None
    returned = [n for n, m in enumerate(row["messages"]) if m["role"] == "tool" and old in m["content"]]
    if returned and returned[0] < places[0]:
        places = [place for place in places if place > returned[0]]
    for message in planted["messages"][places[0] :]:
        if message["role"] in ("assistant", "tool"):
            message["content"] = (message["content"] or "").replace(old, new)
        for call in message.get("tool_calls") or ():
            call["function"]["arguments"] = call["function"]["arguments"].replace(old, new)
    return planted


def stated(row: Row) -> list[str]:
    return [str(value) for _, _, arguments in calls(row) for _, value in leaves(arguments) if value is not None]


def wrong_date(row: Row) -> Row | None:
    days = [day for value in stated(row) if len(value) < 40 for day in DAY.findall(value)]
    for day in days:
        other = (date.fromisoformat(day) + timedelta(days=1)).isoformat()
        if planted := swap(row, day, other):
            return planted
    return None


def invented_id(row: Row) -> Row | None:
    for value in stated(row):
        if re.fullmatch(r"(?=.*[A-Za-z])(?=.*\d)[\w:-]{5,}", value) and not DAY.match(value):
            digit = re.findall(r"\d", value)[-1]
            head, _, tail = value.rpartition(digit)
            if planted := swap(row, value, f"{head}{(int(digit) + 7) % 10}{tail}"):
                return planted
    return None


def other_email(row: Row) -> Row | None:
    for address in (address for value in stated(row) for address in EMAIL.findall(value)):
        if planted := swap(row, address, f"k.larsen@{address.partition('@')[2]}"):
            return planted
    return None


def dropped_zero(row: Row) -> Row | None:
    """A number of a call that is a tenth, or ten times, of what was told."""
    for place, call, arguments in calls(row):
        for key, value in arguments.items():
            if isinstance(value, int | float) and not isinstance(value, bool) and abs(value) >= 3:
                planted = copy(row)
                new = value * 10 if value % 10 else value // 10
                for other in planted["messages"][place].get("tool_calls") or ():
                    if other["id"] == call["id"]:
                        other["function"]["arguments"] = orjson.dumps({**arguments, key: new}).decode()
                return planted
    return None


def wrong_time(row: Row) -> Row | None:
    for value in stated(row):
        clock = re.search(r"(?<=[T ])(\d\d):(\d\d)|^(\d\d):(\d\d)", value)
        if clock and len(value) < 40:
            hour = (int(clock[1] or clock[3]) + 5) % 24
            new = value[: clock.start()] + f"{hour:02}" + value[clock.start() + 2 :]
            if planted := swap(row, value, new):
                return planted
    return None


def exchange(row: Row, call: Row, result: str, times: int = 1) -> Row:
    planted = copy(row)
    for n in range(times):
        again = {**copy(call), "id": f"call_again_{n}"}
        seen = {"role": "tool", "tool_call_id": again["id"], "content": result}
        planted["messages"][-1:-1] = [{"role": "assistant", "content": "", "tool_calls": [again]}, seen]
        planted["origins"][again["id"]] = {"origin": "simulated", "ok": True, "lock_mismatch": ""}
    return planted


def result_of(row: Row, call: Row) -> str:
    return str(next(m["content"] for m in row["messages"] if m.get("tool_call_id") == call["id"]))


def contradiction(row: Row) -> Row | None:
    """The last read is made once more and returns another value."""
    for _, call, _ in reversed(list(calls(row))):
        if call["function"]["name"] in row["cluster"]["reads"] and row["origins"][call["id"]]["ok"]:
            result = result_of(row, call)
            if words := [value for _, value in leaves(orjson.loads(result)) if isinstance(value, str) and value]:
                changed = result.replace(orjson.dumps(words[-1]).decode(), orjson.dumps(f"{words[-1]} II").decode())
                return exchange(row, call, changed)
    return None


def loop(row: Row) -> Row | None:
    for _, call, _ in calls(row):
        return exchange(row, call, result_of(row, call), times=2)
    return None


def unanswered_goal(row: Row) -> Row | None:
    planted = copy(row)
    planted["messages"][-1]["content"] = ""
    return planted


def tool_named(row: Row) -> Row | None:
    names = [name for name in row["cluster"]["tools"] if re.search(r"[_-]|[a-z][A-Z]", name)]
    planted = copy(row)
    message = next(m for m in planted["messages"] if m["role"] == "user")
    message["content"] += f" Please use {names[0]} for it." if names else ""
    return planted if names else None


def wrong_type(row: Row) -> Row | None:
    for place, call, arguments in calls(row):
        for key, value in arguments.items():
            planted = copy(row)
            for other in planted["messages"][place]["tool_calls"]:
                if other["id"] == call["id"]:
                    other["function"]["arguments"] = orjson.dumps({**arguments, key: {"value": value}}).decode()
            return planted
    return None


def outside(row: Row) -> Row | None:
    for _, call, _ in calls(row):
        other = {**copy(call), "function": {"name": "send_money", "arguments": '{"amount":5}'}}
        return exchange(row, other, '{"ok":true}')
    return None


def false_answer(row: Row) -> Row | None:
    """The answers say another number than the one that a checkpoint names."""
    tools = {step["id"]: step["tool"] for step in row["blueprint"]["steps"]}
    for point in row["blueprint"]["checkpoints"]:
        for _, call, _ in calls(row):
            if point["path"] and call["function"]["name"] == tools[point["step"]] and row["origins"][call["id"]]["ok"]:
                value = value_at(orjson.loads(result_of(row, call)), point["path"])
                shown = f"{value:,}" if isinstance(value, int) and not isinstance(value, bool) else str(value)
                planted, told = copy(row), False
                for message in planted["messages"]:
                    if message["role"] == "assistant" and shown in (message["content"] or "") and len(shown) > 1:
                        wrong = f"{value + 130:,}" if isinstance(value, int) else f"{shown[:-1]}q7"
                        message["content"], told = message["content"].replace(shown, wrong), True
                if told:
                    return planted
    return None


def invented_reference(row: Row) -> Row | None:
    planted = copy(row)
    planted["messages"][-1]["content"] += " Your reference for all of this is QX-77120."
    return planted


def skipped_step(row: Row) -> Row | None:
    """A call and its result are left out, though a checkpoint wants them."""
    wanted = {point["step"] for point in row["blueprint"]["checkpoints"]}
    tools = {step["tool"] for step in row["blueprint"]["steps"] if step["id"] in wanted and not step["when"]}
    for name in sorted(tools):
        planted = copy(row)
        gone = {call["id"] for _, call, _ in calls(row) if call["function"]["name"] == name}
        kept = []
        for message in planted["messages"]:
            if message.get("tool_calls"):
                message["tool_calls"] = [call for call in message["tool_calls"] if call["id"] not in gone]
            if message.get("tool_call_id") not in gone and message.get("tool_calls") != []:
                kept.append(message)
        return {**planted, "messages": kept}
    return None


def name_untold(row: Row) -> Row | None:
    """The assistant calls the user by a name that nobody said."""
    name = row["blueprint"]["persona"].partition(",")[0].split()[0]
    if any(name.lower() in (m["content"] or "").lower() for m in row["messages"]):
        return None
    planted = copy(row)
    first = next(m for m in planted["messages"] if m["role"] == "assistant" and m["content"])
    first["content"] = f"Hello {name}, {first['content']}"
    return planted


def broken_lock(row: Row) -> Row | None:
    """A result of another type than its tool's lock says."""
    for _, call, _ in calls(row):
        origin = row["origins"][call["id"]]
        if origin["ok"] and origin["origin"] == "simulated" and row["locks"].get(call["function"]["name"]):
            planted = copy(row)
            message = next(m for m in planted["messages"] if m.get("tool_call_id") == call["id"])
            message["content"] = "5"
            return planted
    return None


KINDS: tuple[Callable[[Row], Row | None], ...] = (
    wrong_date,
    wrong_time,
    invented_id,
    other_email,
    dropped_zero,
    contradiction,
    unanswered_goal,
    tool_named,
    loop,
    wrong_type,
    outside,
    false_answer,
    invented_reference,
    skipped_step,
    name_untold,
    broken_lock,
)


def plant(rows: list[Row]) -> dict[str, tuple[int, int, int, list[int]]]:
    """Kind -> rows planted, refused by rules, left to the judge, and the slots in which nothing was noticed."""
    counts = {}
    for kind in KINDS:
        ruled, claimed, missed, planted = 0, 0, list[int](), 0
        for row in rows:
            if (faulty := kind(row)) is None:
                continue
            planted += 1
            faults, claims = examine_row(faulty)
            ruled += bool(faults)
            claimed += not faults and bool(claims)
            missed += [] if faults or claims else [row["slot"]]
        counts[kind.__name__] = (planted, ruled, claimed, missed)
    return counts


def main(files: list[str]) -> int:
    counts = plant([orjson.loads(line) for file in files for line in Path(file).read_bytes().splitlines()])
    for kind, (planted, ruled, claimed, missed) in counts.items():
        print(f"{kind:18} planted {planted:3}  rules {ruled:3}  claims {claimed:3}  missed in slots {missed}")
    planted, noticed = (sum(column) for column in zip(*((c[0], c[1] + c[2]) for c in counts.values()), strict=True))
    print(f"{noticed} of {planted} noticed, {sum(c[1] for c in counts.values())} of them by rules")
    return int(noticed < 0.95 * planted)


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
