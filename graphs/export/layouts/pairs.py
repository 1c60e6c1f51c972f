"""Preference pairs: where two conversations by the same blueprint first part ways, and the other one went wrong.

What comes after the first difference answers it, so a pair is one turn against one turn behind the same prompt.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence

import orjson

from agents.schema import Message, Origin, Row
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
        pairs = enumerate(zip(row["messages"], other["messages"], strict=False))
        # None where one conversation is the other's beginning
        number = next((n for n, (mine, theirs) in pairs if _content(mine) != _content(theirs)), None)
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


def _content(message: Message) -> tuple[object, ...]:
    """What a message says and calls; ids and reasoning make no difference."""
    return message["role"], message["content"] or "", [(call.name, call.arguments) for call in calls(message)]


def _reason(row: Row, number: int) -> str:
    """Why the turn is worse; empty where nothing says so."""
    message = row["messages"][number]
    if not is_learned(message):
        # Of calls made at once the guard may have refused some only.
        answers = {m.get("tool_call_id"): m["content"] or "" for m in row["messages"] if m["role"] == "tool"}
        origins = row.get("origins", {})
        refused = [call.id for call in calls(message) if origins.get(call.id, {}).get("origin") == Origin.LOCK]
        return "; ".join(f"refused: {answers.get(name, '')}" for name in refused)
    if row.get("reason") in ASSISTANTS:
        return f"{row['reason']}: {'; '.join(row.get('faults') or ()) or row.get('detail', '')}"
    verdict = row.get("verdict") or {}
    if row.get("reason") == "quality" and verdict.get("blame") == "assistant":
        return f"quality: {verdict.get('reasons', '')}"
    return ""
