"""The offline judge's answers to claims: each worked out from what was said before, as far as arithmetic goes.

A number that follows from two others, a day so many days from another, a text put together of what was told, a rounded
value in an answer. What cannot be worked out is not derivable.
"""

import re
from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from itertools import combinations
from typing import Any

import orjson

from agents.plan.json_paths import leaves
from agents.schema import JsonObject

Message = JsonObject
MANY = 60
"""Numbers of a conversation that are tried with each other, the latest."""


def rulings(claims: Sequence[JsonObject], transcript: Sequence[Message]) -> list[JsonObject]:
    return [_ruling(claim, transcript) for claim in claims]


def _ruling(claim: JsonObject, transcript: Sequence[Message]) -> JsonObject:
    at_end = claim["place"] >= len(transcript)
    roles = ("assistant",) if at_end else ("system", "user", "tool", "assistant")
    before = [message for message in transcript[: claim["place"]] if message["role"] in roles]
    text = "\n".join(_text(message) for message in before)
    values = [value for _, value in leaves(claim["value"]) if value is not None]
    whys = [_conveyed(value, text) if at_end else _derivation(value, text) for value in values]
    why = next((why for why in whys if not why), "; ".join(dict.fromkeys(whys)) or "there is nothing to derive")
    return {"id": claim["id"], "derivable": all(whys), "why": why or "neither said nor to be worked out from what was"}


def _text(message: Message) -> str:
    return orjson.dumps(message["result"]).decode() if message["role"] == "tool" else str(message["content"])


def _conveyed(value: Any, text: str) -> str:
    """How an answer tells a value: a text with figures clause by clause, another one in most of its words."""
    if not isinstance(value, str) or not any(map(str.isdigit, value)):
        return _derivation(value, text)
    clauses = [clause.strip().lower() for clause in re.split(r"[,;\n]", value) if clause.strip()]
    return "told clause by clause" if all(clause in text.lower() for clause in clauses) else ""


def _derivation(value: Any, text: str) -> str:
    """How the value follows from the text; empty if it does not."""
    if isinstance(value, bool):
        return "a yes or no, which the words decide"
    if isinstance(value, int | float):
        return _of_numbers(float(value), text)
    if re.fullmatch(r"\d{4}-\d\d-\d\d(?:T.*)?", str(value)):
        return _of_days(str(value), text)
    if re.fullmatch(r"-?\d+(?:\.\d+)?", str(value)):
        return _of_numbers(float(value), text)
    return _of_words(str(value), text)


def _numbers(text: str) -> list[float]:
    plain = re.sub(r"(?<=\d),(?=\d{3}\b)", "", text)
    return list(dict.fromkeys(float(number) for number in re.findall(r"(?<![\w.])-?\d+(?:\.\d+)?", plain)))[-MANY:]


def _of_numbers(value: float, text: str) -> str:
    numbers = _numbers(text)
    for number in numbers:
        if any(round(number, digits) == value or round(value, digits) == number for digits in range(3)):
            return f"{number:g}, rounded"
    for one, other in combinations(numbers, 2):
        for sign, result in _results(one, other):
            if abs(result - value) <= 0.005:
                return f"{one:g} {sign} {other:g}"
    return f"the sum of {len(numbers)} numbers" if numbers and abs(sum(numbers) - value) < 0.005 else ""


def _results(one: float, other: float) -> Iterator[tuple[str, float]]:
    yield "+", one + other
    yield "-", one - other
    yield "- from", other - one
    yield "*", one * other
    if other:
        yield "/", one / other
    if one:
        yield "divides", other / one


def _of_days(value: str, text: str) -> str:
    """A day that is as far from another as the text says."""
    try:
        day = date.fromisoformat(value[:10])
        others = [date.fromisoformat(found) for found in re.findall(r"\d{4}-\d\d-\d\d", text)]
    except ValueError:
        return ""
    counts = {abs(int(number)) for number in _numbers(text) if abs(number) < 1000} | set(_written_numbers(text))
    for other in others:
        apart = abs((day - other).days)
        if apart == 0:
            return f"{other}, already said"
        units = [name for name, days in (("day", 1), ("week", 7)) if name in text.lower() and apart / days in counts]
        if units or (apart <= 1 and re.search(r"tomorrow|yesterday|next day|day after", text, re.IGNORECASE)):
            return f"{apart} days from {other}"
        if apart <= 7 and day.strftime("%A").lower() in text.lower():
            return f"the {day:%A} next to {other}"
        if other + timedelta(days=1) == day.replace(day=1) or (other.day == day.day and "month" in text.lower()):
            return f"months from {other}"
    return ""


def _written_numbers(text: str) -> Iterator[int]:
    written = ["one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"]
    yield from (n for n, word in enumerate(written, 1) if re.search(rf"\b{word}\b", text, re.IGNORECASE))


def _of_words(value: str, text: str) -> str:
    """A text whose every id and most of whose words were said."""
    said = text.lower()
    parts = [part for part in re.findall(r"[^\W_]+", value.lower()) if len(part) > 2 or part.isdigit()]
    missing = [part for part in parts if part[: max(4, len(part) - 3)] not in said]
    if any(any(map(str.isdigit, part)) for part in missing):
        return ""
    return "put together of what was said" if len(missing) <= len(parts) // 2 else ""
