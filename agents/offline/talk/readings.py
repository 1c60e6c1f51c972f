"""Results that everybody says in one way: an exchange, a weather, a price, in sentences of `tables/readings.json`."""

import re
from functools import lru_cache

from pydantic import JsonValue

from agents.offline.speech.spoken import show_value
from agents.offline.talk.telling import Telling, is_aside, say_number
from agents.offline.trade.subject import load_table
from agents.schema import JsonObject, words

_SENTENCES: list[str] = load_table("readings")["sentences"]
_PART = re.compile(r"\[([^\]]*)\]")
"""What is only said where its fields are there."""
_FIELD = re.compile(r"\{(\w+)\}")


def say_reading(result: JsonValue, telling: Telling) -> str:
    """The result in the sentence that its fields make; empty where none holds all that there is to tell.

    >>> telling = Telling("convert", "convert the amount", {}, frozenset(), {})
    >>> say_reading({"amount": 10, "from": "EUR", "to": "GBP", "rate": 0.84, "result": 8.4}, telling)
    '10 EUR is 8.4 GBP at a rate of 0.84.'
    """
    if not isinstance(result, dict):
        return ""
    keys = {"_".join(words(key)): key for key, value in result.items() if value not in (None, "")}
    known = [value for value in telling.arguments.values() if isinstance(value, str | int | float)]
    fresh = {
        name for name, key in keys.items() if not is_aside(key, result[key]) and result[key] not in (*known, True, [])
    }
    for sentence in _SENTENCES:
        needed, possible = _list_fields(sentence)
        if needed <= keys.keys() and fresh <= possible:
            whole = _PART.sub(lambda part: part[1] if set(_FIELD.findall(part[1])) <= keys.keys() else "", sentence)
            return _FIELD.sub(lambda field: _show(keys[field[1]], result), whole)
    return ""


@lru_cache(maxsize=64)
def _list_fields(sentence: str) -> tuple[frozenset[str], frozenset[str]]:
    """The fields that the sentence must have, and all that it can say."""
    return frozenset(_FIELD.findall(_PART.sub("", sentence))), frozenset(_FIELD.findall(sentence))


def _show(key: str, record: JsonObject) -> str:
    value = record[key]
    plain = isinstance(value, int | float) and not isinstance(value, bool)
    return (say_number(key, value, record) if plain else "") or show_value(value, key)
