"""When the things of a list are, and in which order they come: on workdays, none twice at a time, the newest first."""

from collections.abc import Iterable
from datetime import timedelta

from pydantic import JsonValue

from agents.offline.fields.meaning import read_moment, split
from agents.offline.world.criteria import Condition, meets
from agents.schema import JsonObject

_WHEN_WORDS = (
    "posted published sent received committed created placed paid made opened started raised occurred recorded"
)
_WHEN = frozenset((word, "at") for word in _WHEN_WORDS.split())
"""Fields by which services order what they list."""


def spread_moments(moments: list[str]) -> list[str]:
    """The moments in their order, with none twice: what would be at the same time is a quarter of an hour later."""
    spread: list[str] = []
    for text in moments:
        moment, before = read_moment(text), read_moment(spread[-1]) if spread else None
        late = moment and before and moment <= before and len(text) > 10
        spread.append(f"{before + timedelta(minutes=15):%Y-%m-%dT%H:%M:%S}Z" if late and before else text)
    return spread


def order_naturally(records: list[JsonObject]) -> list[JsonObject]:
    """What begins first comes first, and so does what is nearest."""
    for words in ({"start"}, {"starts"}, {"departs"}, {"date"}, {"on"}, {"distance", "m"}, {"distance", "km"}):
        keys = [key for key in (records[0] if records else ()) if set(split(key)) - {"at"} == words]
        if keys and all(type(record.get(keys[0])) is type(records[0][keys[0]]) for record in records):
            return sorted(records, key=lambda record: record[keys[0]])
    return records


def put_newest_first(records: list[JsonObject]) -> list[JsonObject]:
    """What was posted, sent or made last comes first, as services list it."""
    key = next((key for key in (records[0] if records else ()) if split(key) in _WHEN), "")
    if not key or not all(isinstance(record.get(key), str) for record in records):
        return records
    return sorted(records, key=lambda record: str(record[key]), reverse=True)


def begin_after(records: Iterable[JsonObject], begun: JsonValue) -> list[JsonObject]:
    """The records, those from before the thing began to which they belong in the hours after it: an issue's comments.

    >>> begin_after([{"created_at": "2026-05-03"}, {"created_at": "2026-04-27T12:30:00Z"}], "2026-04-30T09:45:00Z")
    [{'created_at': '2026-05-03'}, {'created_at': '2026-04-30T10:25:00Z'}]
    """
    first, kept = read_moment(begun), list(records)
    key = next((key for key in (kept[0] if kept else ()) if split(key) in _WHEN), "")
    if not first or not key:
        return kept
    early = [place for place, record in enumerate(kept) if str(record.get(key)) < str(begun)]
    for hours, place in enumerate(reversed(early)):
        kept[place] = {**kept[place], key: f"{first + timedelta(minutes=40 + 95 * hours):%Y-%m-%dT%H:%M:%SZ}"}
    return kept


def leave_weekend(record: JsonObject, conditions: list[Condition]) -> None:
    """What begins at the weekend begins on the Monday after or the Friday before, whichever is asked for."""
    for key, value in record.items():
        moment = read_moment(value) if split(key)[:1] in (("start",), ("starts",), ("date",)) else None
        if not moment or moment.weekday() < 5:
            continue
        for days in (7, 4):
            day = moment + timedelta(days=days - moment.weekday())
            record[key] = f"{day:%Y-%m-%d}{str(value)[10:]}"
            if all(meets(record, condition) for condition in conditions):
                break
            record[key] = value
