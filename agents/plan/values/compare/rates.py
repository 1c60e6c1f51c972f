"""Whether a text says a number of so many per minute, hour or day: 120 an hour are no 120 a minute, but two."""

import re
from functools import lru_cache

from agents.plan.values.answer import Answer
from agents.plan.values.language import units
from agents.plan.values.language.schema_units import is_for_money, unit_of_schema, words_for
from agents.plan.values.reading.amounts import Amount
from agents.plan.values.reading.mentions import Mentions
from agents.schema import Schema

_TIMES = {word: factor for word, (dimension, factor) in units.UNITS.items() if dimension == "time" and word.isascii()}
_WORDS = "|".join(sorted((word for word in _TIMES if len(word) > 2), key=len, reverse=True))
# `an hour` reads `1 hour` in digits
_PER = (
    r"per|an?|each|every|pro|je|par|por|al|alla|all'|a la|a l'|cada|jede[mnrs]?|chaque|ogni|elke?|die|in der|im"
    r"|om de|na|1"
)
_RATE = re.compile(
    rf"(?: [^\W\d_]+){{0,3}}?(?: ?/ ?(?P<short>{_WORDS}|[hsd])\b| (?:{_PER}) ?(?P<word>{_WORDS})\b)"
    r"(?! (?:ago|before|after|earlier|later|trip|pass|ticket|old|long|or|in advance)\b)"
)
_ASKED = re.compile(
    r"(?:\bper |\beach |\b(?:times|hours|minutes|days|calls|doses|requests) an? |/ ?)"
    r"(second|minute|hour|day|night|week|month|year)\b"
)

_COUNTS = ("", "bytes")
"""Dimensions of what is told per time and may be counted in another one."""


def says_rate(text: Mentions, value: float, schema: Schema | None) -> Answer | None:
    """Whether it is what the text says per something, in the time that the schema names; None where neither tells."""
    span = span_asked(words_for(schema))
    if not span or unit_of_schema(schema)[0] == "speed":
        return None
    amounts = [amount for amount in text.amounts if not amount.withdrawn]
    told = [(amount, span_behind(text, amount)) for amount in amounts]
    own = {other for amount, other in told if amount.value == value}
    if own:
        return Answer.DOES_NOT if own.isdisjoint((0.0, span)) else None
    # 20 euros an hour are no 480 a day, and eight hours a day may be forty a week
    counted = [] if is_for_money(schema) else [(a, other) for a, other in told if other and a.dimension in _COUNTS]
    is_same = any(abs(amount.value * span / other - value) < 1e-9 * abs(value) for amount, other in counted)
    return Answer.SAYS if is_same else None


@lru_cache(maxsize=1024)
def span_asked(described: str) -> float:
    """The seconds in each of which so many are asked for; 0 where one time alone is not named."""
    text = re.sub(r"\(.*?\)|e\.g\..*|default.*", "", described.replace("_", " "))
    asked = {_TIMES[word] for word in _ASKED.findall(text)}
    return asked.pop() if len(asked) == 1 else 0.0


def span_behind(text: Mentions, amount: Amount) -> float:
    """The seconds of the time per which an amount is told, or 0."""
    match = _RATE.match(text.in_digits, amount.end)
    return _TIMES[match["short"] or match["word"]] if match else 0.0
