"""Preference pairs: where two conversations by the same blueprint first part ways, and the other one went wrong.

What comes after the first difference answers it, so a pair is one turn against one turn behind the same prompt.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence

import orjson

from agents.schema import Message, Row
from graphs.export.layouts.chat import with_objects
from graphs.export.rows import Record, calls, definitions, is_learned

ASSISTANTS = frozenset(("rules", "recovery_limit", "turn_limit"))
"""Reasons of rejected rows that are the assistant's; a judge's word counts where it blames the assistant."""
Others = Mapping[bytes, Sequence[Row]]


def by_blueprint(rows: Iterable[Row]) -> Others:
    """The rows of each blueprint; rows without one have no counterpart."""
    groups: dict[bytes, list[Row]] = defaultdict(list)
    for row in rows:
        if row.get("blueprint"):
            groups[_key(row)].append(row)
    return groups


def dpo(row: Row, others: Others) -> Iterator[Record]:
    """TRL's conversational preference pairs with tools, each with the reason why the rejected turn is worse."""
    for other in others.get(_key(row), ()) if row.get("blueprint") else ():
        number = _parting(row["messages"], other["messages"])
        if number is None:
            continue
        chosen, rejected = row["messages"][number], other["messages"][number]
        reason = _reason(other, number)
        if chosen["role"] == rejected["role"] == "assistant" and is_learned(chosen) and reason:
            yield {
                "prompt": [with_objects(message) for message in row["messages"][:number]],
                "chosen": [with_objects(chosen)],
                "rejected": [with_objects(rejected)],
                "tools": definitions(row),
                "reason": reason,
            }


def _key(row: Row) -> bytes:
    return orjson.dumps([row["tools"], row["blueprint"]], option=orjson.OPT_SORT_KEYS)


def _parting(first: Sequence[Message], second: Sequence[Message]) -> int | None:
    """The number of the first message that differs; None where one conversation is the other's beginning."""
    pairs = enumerate(zip(first, second, strict=False))
    return next((number for number, (one, two) in pairs if _content(one) != _content(two)), None)


def _content(message: Message) -> tuple[object, ...]:
    made = [(call.name, call.arguments) for call in calls(message)]
    return message["role"], message["content"] or "", made


def _reason(row: Row, number: int) -> str:
    """Why the turn is worse; empty where nothing says so."""
    message = row["messages"][number]
    if not is_learned(message):
        answers = {m.get("tool_call_id"): m["content"] or "" for m in row["messages"] if m["role"] == "tool"}
        refused = (answers.get(call.id, "") for call in calls(message) if _refused(row, call.id))
        return "; ".join(f"refused: {text}" for text in refused)
    if row.get("reason") in ASSISTANTS:
        return f"{row['reason']}: {'; '.join(row.get('faults') or ()) or row.get('detail', '')}"
    verdict = row.get("verdict") or {}
    if row.get("reason") == "quality" and verdict.get("blame") == "assistant":
        return f"quality: {verdict.get('reasons', '')}"
    return ""


def _refused(row: Row, call: str) -> bool:
    return row.get("origins", {}).get(call, {}).get("origin") == "lock"
