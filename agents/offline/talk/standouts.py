"""What somebody would point out in a list."""

import re
from collections import Counter
from collections.abc import Sequence

from agents.offline.speech.spoken import show_value, spell_number
from agents.offline.talk.clauses import HAPPENED, note_field
from agents.offline.talk.telling import (
    enumerate_parts,
    id_key,
    label_field,
    name_key,
    name_record,
)
from agents.schema import JsonObject, words

_LOWEST = {
    **dict.fromkeys(("price", "cost", "fee", "rate", "fare", "rent", "premium"), "cheapest"),
    **dict.fromkeys(("due", "deadline"), "first to fall due"),
    **{"distance": "closest", "departs": "first to leave", "expires": "first to run out"},
}
_HIGHEST = {"rating": "best rated", "score": "best match", "relevance": "best match"}
_DONE = frozenset(("done", "completed", "closed", "paid", "returned", "graded", "cancelled"))
"""States in which nothing falls due any more."""
_COUNTING_KEYS = "open now,available,in stock,returnable,eligible,active,online,overdue,enabled,covered,is active"
_COUNTING = frozenset(_COUNTING_KEYS.split(","))
"""What somebody counts at once in a list."""


def find_standing_out(items: Sequence[JsonObject], called: tuple[str, str], where: str) -> str:
    """What somebody would point out in a list: the cheapest, the first that is due, how many are open; or nothing."""
    if all(isinstance(item.get(key), int | float) for item in items for key in ("value", "low", "high")):
        return find_outside(items)
    several = f"of the {spell_number(len(items))} {called[1]}{where}"
    if errors := sum(item.get("level") == "error" for item in items):
        return f"{several}, {spell_number(errors)} {'is an error' if errors == 1 else 'are errors'}"
    if not all(name_key(item) or id_key(item) for item in items):
        return _find_peak(items)
    if len({name_record(item) for item in items}) < len(items):
        return ""  # nobody can tell which of them is meant
    for key in items[0]:
        about = words(key)
        values = [item.get(key) for item in items]
        numeric = all(isinstance(value, int | float) and not isinstance(value, bool) for value in values)
        dated = all(isinstance(value, str) and re.match(r"\d{4}-\d\d-\d\d", value) for value in values)
        if not (numeric or dated) or len(set(map(str, values))) < 2:
            continue
        lowest = next((_LOWEST[word] for word in about if word in _LOWEST), "")
        rate = about[-1] == "rate" and len(about) > 1 and about[0] not in ("hourly", "daily", "nightly", "weekly")
        lowest = "" if rate else lowest  # the rate of those who left costs nothing
        lowest = "" if lowest == "closest" and " near " not in where else lowest  # how far somebody ran is no way to go
        rated = numeric and not {"age", "content", "risk", "credit"} & set(about)
        rated = rated and called[0] not in ("review", "comment", "rating", "feedback")
        highest = next((_HIGHEST[word] for word in about if word in _HIGHEST), "") if rated else ""
        over = [item for item in items if lowest.startswith("first to ") and _is_over(item)]
        values = [item.get(key) for item in items if item not in over] or values
        best = (min if lowest else max)(values, key=lambda value: value if numeric else str(value))  # type: ignore[arg-type,return-value]
        ahead = [item for item in items if item.get(key) == best and item not in over]
        if len(ahead) == 1 and (lowest or highest):
            name = name_record(ahead[0]) if name_key(ahead[0]) else f"{called[0]} {name_record(ahead[0])}"
            return f"{several}, {name} is the {lowest or highest} ({note_field(key, best, ahead[0])})"
    if len(items) < 4:
        return ""  # so few are seen at once
    for key, value in items[0].items():
        if isinstance(value, bool) and " ".join(words(key)) in _COUNTING:
            holds = sum(item.get(key) is True for item in items)
            if 0 < holds < len(items):
                note = note_field(key, True, items[0])
                verb = "comes " if holds == 1 else "come "
                verb = verb if note.startswith("with ") else "is " if holds == 1 else "are "
                others = len(items) - holds
                rest = ("does" if others == 1 else "do") if verb.startswith("come") else "is" if others == 1 else "are"
                # The list that follows has those others as well.
                return f"{several}, {spell_number(holds)} {verb}{note} and {spell_number(others)} {rest} not"
        if words(key)[-1:] in (["status"], ["state"]):
            counts = Counter(str(item.get(key)) for item in items)
            if 1 < len(counts) <= 3:
                parts = []
                for state, count in counts.items():
                    verb = "" if state in HAPPENED else "is " if count == 1 else "are "
                    parts.append(f"{spell_number(count)} {verb}{show_value(state, key)}")
                return f"{several}, {enumerate_parts(parts, 'and')}"
    return ""


def _is_over(item: JsonObject) -> bool:
    """Whether nothing falls due or runs out any more.

    >>> _is_over({"code": "SPRING", "active": False}), _is_over({"code": "AUTUMN", "active": True})
    (True, False)
    """
    return item.get("active") is False or bool(_DONE.intersection(map(str, item.values())))


def find_outside(items: Sequence[JsonObject]) -> str:
    """Which values lie outside of their range.

    >>> find_outside([{"analyte": "TSH", "value": 5, "low": 1, "high": 4}, {"value": 2, "low": 1, "high": 4}])
    'TSH is above the range'
    """
    sides = {"below": [item for item in items if item["value"] < item["low"]]}
    sides["above"] = [item for item in items if item["value"] > item["high"]]
    names = {side: enumerate_parts(map(name_record, some), "and") for side, some in sides.items() if some}
    verbs = {side: "is" if len(sides[side]) == 1 and not name.endswith("s") else "are" for side, name in names.items()}
    parts = [f"{name} {verbs[side]} {side} the range" for side, name in names.items()]
    return ", and ".join(parts) or "all of them are within the range"


def _find_peak(items: Sequence[JsonObject]) -> str:
    """The highest value of a series and its moment; empty where the records are no series."""
    moment = next((key for key, value in items[0].items() if re.match(r"\d{4}-\d\d-\d\d", str(value))), "")
    numbers = [key for key, value in items[0].items() if isinstance(value, int | float) and not isinstance(value, bool)]
    named = any(isinstance(value, str) and key != moment for key, value in items[0].items())
    if (
        not moment
        or named
        or len(numbers) != 1
        or not all(isinstance(item.get(numbers[0]), int | float) for item in items)
    ):
        return ""
    highest = max(items, key=lambda item: float(item[numbers[0]]))
    label, when = label_field(numbers[0]), show_value(highest.get(moment), moment)
    return f"the highest {label} is {show_value(highest[numbers[0]])}, on {when}"
