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

from pydantic import JsonValue

from agents.plan.values.answer import Answer
from agents.plan.values.compare import (
    competing,
    counted,
    days,
    flags,
    ids,
    kinds,
    listings,
    members,
    moments,
    quantities,
    rates,
    roles,
    several,
    strings,
    wished,
    written_as,
)
from agents.plan.values.compare.meaning import Duration, TimeOfDay, ends_of, meaning_of
from agents.plan.values.language import paraphrases, units
from agents.plan.values.language.schema_units import is_for_leaving_out, unit_of_schema, words_for
from agents.plan.values.language.spelling import fold, tokens, value_words
from agents.plan.values.reading import denied
from agents.plan.values.reading.amounts import Amount
from agents.plan.values.reading.calendar.calendar_names import Period
from agents.plan.values.reading.calendar.day import Day
from agents.plan.values.reading.mentions import Mentions, read
from agents.schema import Schema

__all__ = ["Answer", "Mentions", "lacks", "read", "says"]


def says(text: str | Mentions, value: JsonValue, schema: Schema | None = None, today: date | None = None) -> Answer:
    """Whether the text says what the value means; lists and objects are said where all that they hold is.

    `schema` tells the unit of a number (its description), what a value is for and an enumeration's members; `today`
    decides "next Tuesday".
    """
    return _says(read(text) if isinstance(text, str) else text, value, schema, today)


def lacks(text: str, value: JsonValue, schema: Schema | None = None, today: date | None = None) -> bool:
    """Whether `says` answers DOES_NOT, at half its cost: what tells the other two answers apart is not looked at."""
    return _says(read(text), value, schema, today, doubts=False) is Answer.DOES_NOT


def _says(
    mentions: Mentions,
    value: JsonValue,
    schema: Schema | None,
    today: date | None,
    key: str = "",
    items: bool = False,
    doubts: bool = True,
) -> Answer:
    """The same for a value that may stand under a key, or as one of several `items`.

    Without `doubts` it is SAYS wherever the value stands, whether it counts or not.
    """
    if isinstance(value, dict) and value:
        properties = (schema or {}).get("properties")
        inner = properties if isinstance(properties, dict) else {}
        if (seconds := units.duration_of_parts(value)) is not None:
            return quantities.says_duration(mentions, seconds)
        parts = {name: _schema(inner.get(name)) for name in value}
        if unit_of_schema(schema)[0]:  # a range in USD, an amount in cents
            described = f" {schema and schema.get('description')}"
            parts = {
                name: (rule or {}) | {"description": described_as(rule, name) + described}
                for name, rule in parts.items()
            }
        whole = _all([_says(mentions, part, parts[name], today, name) for name, part in value.items()])
        is_apart = whole is Answer.SAYS and counted.counts_apart(mentions, value.values())
        return Answer.CANNOT_TELL if is_apart else whole
    if isinstance(value, list) and value:
        # that one member is said does not tell that another, beside it, is not meant
        if (answer := several.says_several(mentions, value, schema)) is not None:
            return answer
        part = {name: rule for name, rule in (_schema((schema or {}).get("items")) or {}).items() if name != "enum"}
        if is_for_leaving_out(schema) and "description" not in part:
            part["description"] = (schema or {}).get("description")
        answer = _all([_says(mentions, item, part, today, items=True) for item in value])
        is_open = answer is Answer.SAYS and (
            any(isinstance(item, str | int) and several.is_unwanted(mentions, item, schema) for item in value)
            or not several.stand_together(mentions, value, schema)
            or several.are_labelled_otherwise(mentions, value, schema)
            or listings.names_further(mentions, value, schema)
            or (not is_for_leaving_out(schema) and flags.says_none(mentions, schema, key) is Answer.SAYS)
        )
        return Answer.CANNOT_TELL if is_open else answer
    if isinstance(value, bool):
        return flags.says_flag(mentions, value, schema, key)
    if value is None or isinstance(value, dict | list):
        return flags.says_none(mentions, schema, key)
    answer = _compare(mentions, value, schema, today)
    if (
        answer is not Answer.SAYS
        and schema
        and (explained := written_as.says_gloss(mentions, value, schema)) is not None
    ):
        answer = Answer.SAYS if explained else Answer.DOES_NOT
    if answer is Answer.CANNOT_TELL and isinstance(value, str) and isinstance(day := meaning_of(value), date):
        answer = Answer.SAYS if days.ends_stay(mentions, day, words_for(schema)) else answer
    if value == 1 and answer is not Answer.SAYS and counted.speaks_of_one(mentions, described_as(schema, key)):
        answer = Answer.SAYS
    if value == 0 and answer is not Answer.SAYS and flags.says_none(mentions, schema, key) is Answer.SAYS:
        return Answer.SAYS
    if answer is Answer.CANNOT_TELL and not isinstance(value, str):  # the deposit is 300, the rent 900 euros
        label = roles.value_of_label(mentions, described_as(schema, key), value)
        answer = Answer.SAYS if label and _compare(label, value, schema, today) is Answer.SAYS else answer
    if (
        answer is Answer.CANNOT_TELL
        and not key
        and wished.is_wished_alone(
            mentions, value, schema, lambda part, other=value: _compare(part, other, schema, today)
        )
    ):
        return Answer.SAYS
    if answer is not Answer.SAYS:
        has_meaning = not isinstance(value, str) or meaning_of(value) is not None
        is_unread = answer is Answer.DOES_NOT and has_meaning and mentions.is_foreign
        return Answer.CANNOT_TELL if is_unread else answer
    if not doubts:
        return answer
    is_left_out = is_for_leaving_out(schema) and not denied.NOT_LEFT_OUT.search(mentions.folded)
    rest, strict = (None, None) if is_left_out else mentions.without_denials
    name = "_".join(value_words(value)) if isinstance(value, str) and len(value) < 30 else ""
    by_denying = (rest or strict) and paraphrases.is_told_by_denying(mentions.folded, name, denied.TELLING)
    if (rest or strict) and value != mentions.text and not by_denying:
        # wont_fix is said by what denies something
        is_word = isinstance(value, str) and value.isalpha() and (value.islower() or value.isupper())
        is_member = (items or is_word or bool(schema and "enum" in schema)) and denied.TELLING.isdisjoint(
            value_words(str(value))
        )
        kept = strict if is_member else rest
        is_kept = not kept or _compare(kept, value, schema, today) is Answer.SAYS or kinds.names_day_of(kept, value)
        if not is_kept and not (kept and schema and written_as.says_gloss(kept, value, schema)):
            return Answer.CANNOT_TELL
    if members.is_rejected(mentions, value, schema):
        return Answer.CANNOT_TELL
    # where the words for what it is for stand with another value of its kind, this one may be for something else
    described = described_as(schema, key).strip()
    is_of_other = competing.is_of_other(
        mentions, value, schema, described, key, lambda part, other=value: _compare(part, other, schema, today)
    )
    return Answer.CANNOT_TELL if is_of_other else Answer.SAYS


def _compare(mentions: Mentions, value: str | int | float, schema: Schema | None, today: date | None) -> Answer:
    if isinstance(value, str):
        return _says_text(mentions, value, schema, today)
    if (rate := rates.says_rate(mentions, value, schema)) is not None:
        return rate
    return quantities.says_number(mentions, value, schema, today)


def described_as(schema: Schema | None, key: str) -> str:
    """What the schema says that a value is for, else its key."""
    return f"{(schema or {}).get('title') or ''} {(schema or {}).get('description') or key}"


_LASTING = re.compile(r"\b(?:duration|length|position|elapsed|offset|run ?time|dauer|duree|duracion|durata|duur)\b")


def _schema(schema: object) -> Schema | None:
    return schema if isinstance(schema, dict) else None


def _all(answers: list[Answer]) -> Answer:
    if Answer.DOES_NOT in answers:
        return Answer.DOES_NOT
    return Answer.SAYS if answers and Answer.CANNOT_TELL not in answers else Answer.CANNOT_TELL


def _says_text(text: Mentions, value: str, schema: Schema | None, today: date | None) -> Answer:
    if value.strip() and (value == text.text or fold(value).strip() == text.folded.strip()):
        return Answer.SAYS
    if strings.stands_as_written(text, value):
        return Answer.SAYS
    if written_as.is_epoch(value, schema):
        return quantities.says_number(text, int(value), schema, today)
    if ends := ends_of(value):
        return _all([_says_text(text, end, schema, today) for end in ends])
    if not tokens(fold(value)):
        if written_as.says_mark(text, value, schema):
            return Answer.SAYS
        return strings.says_string(text, value, schema) if value.strip() else Answer.CANNOT_TELL
    meaning = meaning_of(written_as.in_usual_form(value, schema))
    match meaning:
        case datetime() as moment:
            return moments.says_moment(text, moment, today)
        case date() as day:
            return days.says_day(text, day, today)
        case TimeOfDay(seconds):
            spans = (float(seconds), seconds / 60) if _LASTING.search(words_for(schema)) else ()  # h:mm, or m:ss
            lasts = any(quantities.says_duration(text, span) is Answer.SAYS for span in spans)
            return Answer.SAYS if lasts else moments.says_time(text, seconds)
        case Day(int() as year, month):
            return days.says_month(text, year, month, today)
        case Period() as period:
            return days.says_period(text, period, today)
        case Duration(seconds):
            return quantities.says_duration(text, seconds)
    answer = strings.says_string(text, value, schema)
    if answer is not Answer.SAYS and (span := written_as.span_of_member(value, schema)):
        return Answer.of(quantities.says_duration(text, span) is Answer.SAYS, rules_out=answer is Answer.DOES_NOT)
    if answer is Answer.SAYS or not isinstance(meaning, Amount):
        return answer
    if "version" in words_for(schema):  # 2.10 is no 2.1
        return ids.says_id(text, value, schema)
    # 4821 and 007 are ids: no unit and no sum makes another number of them
    looks_like_id = value[0] == "#" or (value.isdigit() and (len(value) > 2 or value[0] == "0"))
    as_amount = quantities.says_amount(text, meaning, today)
    return answer if looks_like_id and as_amount is not Answer.SAYS else as_amount
