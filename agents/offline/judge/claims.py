"""The offline judge's answers to claims: each worked out from what was said before, as far as arithmetic goes.

A number that follows from two others, a day so many days from another, a text put together of what was told, a rounded
value in an answer. What cannot be worked out is not derivable.
"""

import re
from collections.abc import Sequence
from datetime import date
from itertools import combinations

import orjson

from agents.plan.json_paths import leaves
from agents.plan.values import Answer, says
from agents.schema import JsonObject

Message = JsonObject
MANY = 60
"""Numbers of a conversation that are tried with each other, the latest: the pairs grow with the square."""
_SPAN = re.compile(
    r"\b(\d{1,3}|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve)"
    r"[ -](?:working |more )?(day|week|month)s?\b",
    re.IGNORECASE,
)
_DATED = re.compile(r"\b\w+day,? (?:the )?\d{1,2}(?:st|nd|rd|th)?(?: of)? [A-Z]")
"""A weekday that is said with its date: of no other day."""
_NONE = re.compile(r"\b(?:there (?:is|are) no|nothing)\b([^.,;!?\n]*)")
_WRITTEN = ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve")


def rulings(claims: Sequence[JsonObject], transcript: Sequence[Message]) -> list[JsonObject]:
    """Each claim's answer: whether it is derivable from what stood before its place, and why."""
    answers = []
    for claim in claims:
        # A claim without a place is about whether the answers told a value; any other about where it came from.
        place = claim.get("place", len(transcript))
        at_end = place >= len(transcript)
        roles = ("assistant",) if at_end else ("system", "user", "tool", "assistant")
        text = "\n".join(read_text(m) for m in transcript[:place] if m["role"] in roles)
        values = [value for _, value in leaves(claim["value"]) if value is not None]
        none = at_end and _says_none(str(claim.get("claim", "")), text)
        whys = [_derive(value, text, telling=at_end, none=none) for value in values]
        why = next((why for why in whys if not why), "; ".join(dict.fromkeys(whys)) or "there is nothing to derive")
        ruling = {"id": claim["id"], "derivable": all(whys)}
        answers.append({**ruling, "why": why or "neither said nor to be worked out from what was"})
    return answers


def read_text(message: Message) -> str:
    """What a message says, a result as its JSON."""
    return orjson.dumps(message["result"]).decode() if message["role"] == "tool" else str(message["content"])


def _says_none(claim: str, text: str) -> bool:
    """Whether there is said to be none of what is claimed to be told: "there is no fee", or nothing was paid."""
    told = {word[:4] for said in _NONE.findall(text.lower()) for word in re.findall("[a-z]{3,}", said)}
    return not told.isdisjoint({word[:4] for word in re.findall("[a-z]{3,}", claim.lower())} | {"paid"})


def _derive(value: object, text: str, *, telling: bool, none: bool) -> str:
    """How the value follows from the text, or is told by it; empty if it does not."""
    if telling and isinstance(value, str) and any(map(str.isdigit, value)):
        # A text with figures is told clause by clause; its words alone could stand there by chance.
        clauses = [clause.strip().lower() for clause in re.split(r"[,;\n]", value) if clause.strip()]
        return "told clause by clause" if all(_tells_clause(clause, text.lower()) for clause in clauses) else ""
    if isinstance(value, bool):
        return "a yes or no, which the words decide"
    if isinstance(value, int | float) or re.fullmatch(r"-?\d+(?:\.\d+)?", str(value)):
        number, numbers = float(str(value)), _numbers(text)
        if none and number == 0:
            return "said to be none"
        if says(text, number) is Answer.SAYS:
            return "said, in whatever words"
        for other in numbers:
            if any(round(other, digits) == number or round(number, digits) == other for digits in range(3)):
                return f"{other:g}, rounded"
        for first, second in combinations(numbers, 2):
            results = {"+": first + second, "-": first - second, "- from": second - first, "*": first * second}
            results |= {"/": first / second} if second else {}
            results |= {"divides": second / first} if first else {}
            for sign, result in results.items():
                if abs(result - number) <= 0.005:
                    return f"{first:g} {sign} {second:g}"
        return f"the sum of {len(numbers)} numbers" if numbers and abs(sum(numbers) - number) < 0.005 else ""
    if re.fullmatch(r"\d{4}-\d\d-\d\d(?:T.*)?", str(value)):
        return _of_days(str(value), text)
    spoken = text.lower()
    parts = [part for part in re.findall(r"[^\W_]+", str(value).lower()) if len(part) > 2 or part.isdigit()]
    # Without its last letters a word is there in another form of it, too.
    missing = [part for part in parts if part[: max(4, len(part) - 3)] not in spoken]
    if any(any(map(str.isdigit, part)) for part in missing):
        return ""
    return "put together of what was said" if len(missing) <= len(parts) // 2 else ""


def _tells_clause(clause: str, text: str) -> bool:
    """Whether the clause stands in the text, or in one of its lines the name and behind it the number that it is of.

    >>> _tells_clause("open 1234.5", "- **open**: 1,234.50 eur"), _tells_clause("open 3", "- **open**: 4")
    (True, False)
    """
    name, _, number = clause.rpartition(" ")
    if clause in text or not name or not re.fullmatch(r"-?\d+(?:\.\d+)?%?", number):
        return clause in text
    behind = [line.partition(name)[2].strip("*: ") for line in text.split("\n") if name in line]
    exact = any(re.match(rf"{re.escape(number)}(?![\w.])", rest) for rest in behind)
    return exact or any(says(rest, float(number)) is Answer.SAYS for rest in behind if not number.endswith("%"))


def _numbers(text: str) -> list[float]:
    plain = re.sub(r"(?<=\d),(?=\d{3}\b)", "", text)
    figures = [float(number) for number in re.findall(r"(?<![\w.])-?\d+(?:\.\d+)?", plain)]
    spoken = [float(n) for n, word in enumerate(_WRITTEN, 1) if re.search(rf"\b{word}\b", text, re.IGNORECASE)]
    return list(dict.fromkeys([*spoken, *figures]))[-MANY:]


def _of_days(value: str, text: str) -> str:
    """A day that is as far from another as the text says."""
    try:
        day = date.fromisoformat(value[:10])
        others = [date.fromisoformat(written) for written in re.findall(r"\d{4}-\d\d-\d\d", text)]
    except ValueError:
        return ""
    spans: set[tuple[int, str]] = set()
    for count, unit in _SPAN.findall(text):
        spans.add((_WRITTEN.index(count.lower()) + 1 if count.lower() in _WRITTEN else int(count), unit.lower()))
    undated = _DATED.sub("", text)
    for other in others:
        apart = abs((day - other).days)
        if apart == 0:
            return f"{other}, already said"
        # Only a number that counts days or weeks says how far: among all numbers of a text one always fits.
        if {(apart, "day"), (apart / 7, "week")} & spans:
            return f"{apart} days from {other}"
        if apart <= 1 and re.search(r"tomorrow|yesterday|next day|day after", text, re.IGNORECASE):
            return f"{apart} days from {other}"
        if apart <= 7 and re.search(rf"\b{day:%A}\b", undated, re.IGNORECASE):
            return f"the {day:%A} next to {other}"
        months = abs((day.year - other.year) * 12 + day.month - other.month)
        if other.day == day.day and ((months, "month") in spans or re.search(r"(?i)\b(?:next|last|a) month", text)):
            return f"months from {other}"
    return ""
