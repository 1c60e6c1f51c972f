"""One value, many spellings [ours]: whether a text says a value, by what the value means.

    >>> says("The 19th of May 2026 would suit me, at half past one in the afternoon.", "2026-05-19T13:30:00")
    <Answer.SAYS: 'says'>
    >>> says("It was booked for 4 May 2026.", "2026-04-05"), says("due ten weeks later", "2026-09-14")
    (<Answer.DOES_NOT: 'does not'>, <Answer.CANNOT_TELL: 'cannot tell'>)

Only certainty rejects. An id, an address, a date or a number that the text does not hold was invented: DOES_NOT.
What may follow from what was said (a sum, ten weeks later, a path put together, other words for a name) is CANNOT_TELL,
and so is a value that the speaker took back: in "ten, no wait, twelve" twelve is said, and of ten the rules cannot tell
whether it still counts. A text is read once (`read`), and most values are found in it without any library.
"""

import re
from datetime import date, datetime
from functools import lru_cache

from pydantic import JsonValue

from agents.plan.values import moments, quantities, strings
from agents.plan.values.answer import Answer
from agents.plan.values.mentions import Mentions, read
from agents.plan.values.spelling import fold, tokens
from agents.schema import Schema

__all__ = ["Answer", "Mentions", "read", "says"]


_LONG = re.compile(r"\d{16}")
"""More digits than a float holds: an account's number, not an amount."""


def says(text: str | Mentions, value: JsonValue, schema: Schema | None = None, today: date | None = None) -> Answer:
    """Whether the text says what the value means; lists and objects are said where all that they hold is.

    `schema` tells the unit of a number (its description) and an enumeration's members; `today` decides "next Tuesday".
    """
    mentions = read(text) if isinstance(text, str) else text
    if isinstance(value, dict):
        properties = (schema or {}).get("properties")
        inner = properties if isinstance(properties, dict) else {}
        return _all([says(mentions, item, _schema(inner.get(key)), today) for key, item in value.items()])
    if isinstance(value, list):
        # that one member is said does not tell that another, beside it, is not meant
        items = {key: part for key, part in (_schema((schema or {}).get("items")) or {}).items() if key != "enum"}
        return _all([says(mentions, item, items, today) for item in value])
    if value is None or isinstance(value, bool):
        return Answer.CANNOT_TELL
    if isinstance(value, str):
        return _says_text(mentions, value, schema, today)
    return _says_number(mentions, value, schema, today)


def _schema(schema: object) -> Schema | None:
    return schema if isinstance(schema, dict) else None


def _all(answers: list[Answer]) -> Answer:
    if Answer.DOES_NOT in answers:
        return Answer.DOES_NOT
    return Answer.SAYS if answers and Answer.CANNOT_TELL not in answers else Answer.CANNOT_TELL


def _says_number(text: Mentions, value: int | float, schema: Schema | None, today: date | None) -> Answer:
    try:
        number = float(value)
    except OverflowError:
        return Answer.SAYS if str(value) in text.words else Answer.DOES_NOT
    if number != number or number in (float("inf"), float("-inf")):
        return Answer.CANNOT_TELL
    # beyond it a float cannot tell a whole number from the next
    if abs(number) > 2**53 and isinstance(value, int):
        return Answer.SAYS if text.squeezed.holds(str(abs(value))) else Answer.DOES_NOT
    answer = quantities.says_number(text, number, schema)
    whole, cents = divmod(round(abs(number) * 100), 100) if abs(number) < 1e9 else (0, 0)
    if answer is Answer.DOES_NOT and cents and re.search(rf"(?<!\d){whole} {cents:02d}(?!\d)", text.in_digits):
        return Answer.CANNOT_TELL  # "eighty-four fifty" is a price, or two numbers
    if answer is Answer.DOES_NOT and number > 6e8 and (moment := moments.moment_of_epoch(number)):
        return moments.says_moment(text, moment, today)
    return answer


def _says_text(text: Mentions, value: str, schema: Schema | None, today: date | None) -> Answer:
    if value.strip() and (value == text.text or fold(value).strip() == text.folded.strip()):
        return Answer.SAYS
    if not tokens(fold(value)):
        return strings.says_string(text, value, schema) if value.strip() else Answer.CANNOT_TELL
    kind, meaning = _meaning(value)
    if kind == "moment" and isinstance(meaning, datetime):
        return moments.says_moment(text, meaning, today)
    if kind == "day" and isinstance(meaning, date):
        return moments.says_day(text, meaning, today)
    if kind == "time" and isinstance(meaning, int):
        return moments.says_time(text, meaning)
    if kind == "month" and isinstance(meaning, date):
        return moments.says_month(text, meaning.year, meaning.month, today)
    if kind == "period" and (period := moments.period_of(value)):
        return moments.says_period(text, period.kind, period.number, period.year, today)
    if kind == "duration" and isinstance(meaning, float):
        return quantities.says_duration(text, meaning)
    answer = strings.says_string(text, value, schema)
    if answer is not Answer.SAYS and kind == "amount":
        return _says_written_amount(text, value, schema, answer)
    return answer


def _says_written_amount(text: Mentions, value: str, schema: Schema | None, as_string: Answer) -> Answer:
    wanted = read(value).amounts[0]
    answer = quantities.says_amount(text, wanted)
    # 4821 and 007 are ids: no unit and no sum makes another number of them
    looks_like_id = value.isdigit() and (len(value) > 2 or value[0] == "0")
    return as_string if looks_like_id and answer is not Answer.SAYS else answer


@lru_cache(maxsize=8192)
def _meaning(value: str) -> tuple[str, date | int | float | None]:
    """What kind of thing a string is when it is no mere string, and the thing."""
    value = value.strip()
    if len(value) > 40 or not any(map(str.isdigit, value)):
        return "", None
    try:
        if moments.MOMENT.fullmatch(value):
            return "moment", datetime.fromisoformat(value)
        if moments.DATE.fullmatch(value):
            return "day", date.fromisoformat(value)
    except ValueError:
        return "", None
    if (clock := moments.TIME.fullmatch(value)) and (clock[2] or clock[3]):
        return "time", int(clock[1]) * 3600 + int(clock[2]) * 60 + int(clock[3] or 0)
    if (month := moments.MONTH.fullmatch(value)) and 1 <= int(month[2]) <= 12 and month[1] >= "1000":
        return "month", date(int(month[1]), int(month[2]), 1)
    if moments.period_of(value):
        return "period", None
    if (seconds := quantities.duration_of(value)) is not None:
        return "duration", seconds
    return _written(value)


def _written(value: str) -> tuple[str, date | int | float | None]:
    """A value that is itself written as people write: 19 May 2026, 49.99 USD."""
    mentions = read(value)
    if mentions.is_single("date") and len(mentions.dates[0].readings) == 1:
        year, month, day = mentions.dates[0].readings[0]
        if year and day:
            return "day", date(year, month, day)
    return ("amount", None) if mentions.is_single("amount") and not _LONG.search(value) else ("", None)
