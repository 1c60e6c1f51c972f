"""What a search asks of its results: the arguments of a call as conditions on records."""

import re
from collections.abc import Iterable, Iterator
from datetime import timedelta
from typing import Any, NamedTuple

from agents.offline.fields.meaning import read_moment, split
from agents.offline.trade.subject import PERSONS, plain
from agents.plan.json_paths import MISSING, leaves, value_at
from agents.schema import JsonObject

Record = JsonObject
_LIMITS = frozenset(("limit", "top", "per", "size", "results", "items", "first", "take", "max_results", "count"))
_ASIDE_WORDS = """
limit page per offset skip cursor top sort order orderby sortby direction format fields include expand select
locale timezone output token detail verbose interval kinds resolution period
"""
_ASIDE = frozenset(_ASIDE_WORDS.split())
"""Words of arguments that say how to answer, not what is looked for."""
_TEXTS_WORDS = """
query q text search term keyword keywords words title name like pattern dish topic
"""
_TEXTS = frozenset(_TEXTS_WORDS.split())
_QUERIES = frozenset(("query", "q", "search", "term", "keyword", "keywords", "topic"))
"""Words of arguments that are looked for in what a name beside them is the whole of: a topic in a library's manual."""
# A postcode is searched around, not in.
_WHERE = frozenset(("city", "town", "place", "area", "location", "country", "region", "district"))
_PERSONAL = frozenset(("email", "username", "phone", "born", "birth", "employee", "patient", "member", "student"))
_ADDRESSES = frozenset(("address", "location", "venue", "street", "place"))
_SEMESTER = re.compile(r"(?i)(?:spring|summer|autumn|fall|winter)[- ]?(?:term[- ])?\d{4}")
"""A term that is a time of the year and not a word that is looked for."""
_NAMES = (
    "name",
    "title",
    "subject",
    "label",
    "summary",
    "fullName",
    "full_name",
    "description",
    "text",
    "excerpt",
    "path",
    "reference",
)
_AT_LEAST = frozenset(("min", "minimum", "above", "least"))
_AT_MOST = frozenset(("max", "maximum", "below", "most", "under"))
_FROM = frozenset(("from", "after", "since", "start", "starts"))
_UNTIL = frozenset(("to", "before", "until", "end", "ends"))

OPEN_END = timedelta(days=30)
"""How far a search `from` a day looks ahead where nothing says until when."""


class Condition(NamedTuple):
    """One argument as a demand on a record."""

    argument: str
    relation: str
    """equals, contains, lies in, from, until, least, most or positive."""
    value: Any
    field: str
    """Path of the field in the record that is held to it first."""


def read_conditions(arguments: Record, record: Record) -> Iterator[Condition]:
    """The conditions that a record of this shape can be held to; an argument without a field of it sets none."""
    flat_arguments = {
        key: value
        for key, value in arguments.items()
        if value not in (None, "", [], {}, "*", "all", "any") and not reads_rows(value)
    }
    nested = {
        f"{key}.{inner}": v for key, part in record.items() if isinstance(part, dict) for inner, v in part.items()
    }
    record = {**record, **nested}
    texts = [key for key, value in record.items() if isinstance(value, str)]
    searching = any(not _QUERIES.isdisjoint(split(key)) for key in flat_arguments)
    for key, value in flat_arguments.items():
        about = split(key)
        every = set(about)
        if not about or every & _ASIDE or isinstance(value, dict) or about[-1] in ("url", "uri", "link"):
            continue
        number = isinstance(value, int | float) and not isinstance(value, bool)
        if isinstance(value, bool):
            # `in_stock_only` and `activeOnly` speak of a field by its stem.
            stems = set(about) - {"only", "in", "is"}
            field = next((name for name in record if stems & set(split(name))), "")
            if field and value and about[-1] == "only":
                yield Condition(key, "positive", value, field)
        elif number and "radius" in every:
            if field := next((name for name in record if "distance" in split(name)), ""):
                yield Condition(key, "most", value, field)
        elif number and every & (_AT_LEAST | _AT_MOST):
            field = _sharing(every - _AT_LEAST - _AT_MOST, record, float)
            if field:
                yield Condition(key, "least" if every & _AT_LEAST else "most", value, field)
        elif read_moment(value) and every & (_FROM | _UNTIL) and len(str(value)) >= 10:
            field = _sharing(every - _FROM - _UNTIL, record, str) or _first_day(record)
            if field:
                # Where it is said until when, that is how far it looks ahead.
                bounded = any(split(other)[-1] in _UNTIL for other in flat_arguments)
                named = f"{key} on" if every & _FROM and bounded else key
                yield Condition(named, "from" if every & _FROM else "until", value, field)
        elif about != ("id",) and (field := _find_field(about, record, value)):
            yield Condition(key, "equals", value, field)
        elif (
            isinstance(value, str)
            and every & _WHERE
            and (field := next((name for name in texts if _ADDRESSES & set(split(name))), ""))
        ):
            yield Condition(key, "lies in", value, field)
        elif (
            isinstance(value, str)
            and every & _TEXTS
            and not _SEMESTER.fullmatch(value)
            and len(about) <= 2
            and (
                field := next(
                    (f for name in _NAMES for f in texts if split(f)[-1:] == split(name)[-1:]),
                    # a pattern may be one of whatever there is
                    next(iter(texts), "") if about in (("like",), ("pattern",)) else "",
                )
            )
            # `container_name` names what the records belong to; only what they are called themselves is looked for.
            and (len(about) == 1 or about[-1] != "name" or (split(field)[-1] in ("name", "title") and not searching))
        ):
            yield Condition(key, "contains", value, field)


def reads_rows(value: object) -> bool:
    """Whether this is SQL that changes nothing; no record is called so."""
    return isinstance(value, str) and value.lstrip().upper().startswith(("SELECT ", "WITH "))


def _sharing(about: set[str], record: Record, kind: type) -> str:
    """The field of the kind that shares most words with an argument."""
    fields = {
        key: len(about & set(split(key)))
        for key, value in record.items()
        if (isinstance(value, int | float) and not isinstance(value, bool) if kind is float else read_moment(value))
    }
    best = max(fields, key=lambda key: fields[key], default="")
    return best if best and fields[best] else ""


def _first_day(record: Record) -> str:
    return next(
        (key for key, value in record.items() if isinstance(value, str) and len(value) >= 10 and read_moment(value)), ""
    )


def _find_field(about: tuple[str, ...], record: Record, value: object) -> str:
    """The field that an argument names: the same words, or the one's last words."""
    if about[-1] in ("date", "from", "to", "day") or read_moment(value):
        exact = next((key for key in record if split(key) == about), "")
        return exact if exact and len(str(record[exact])) == len(str(value)) else ""
    if len(about) == 2 and about[1] == "name" and about[0] in PERSONS:
        # the field that says whose record it is: the holder of a policy, the tenant of a flat
        holders = (key for key, present in record.items() if split(key)[-1] in PERSONS and isinstance(present, str))
        if holder := next(holders, ""):
            return holder
    for key, present in record.items():
        words = split(key.rpartition(".")[2])
        ends = words[-len(about) :] == about or (len(words) > 1 and about[-len(words) :] == words)
        alike = isinstance(present, list) or isinstance(value, list) or isinstance(present, type(value))
        # Only of somebody is a first name part of the name.
        personal = any(_PERSONAL & set(split(name)) for name in record)
        part_of_name = personal and about[-1] == "name" and words[-1] == "name" and about[0] in ("first", "last")
        if (ends or part_of_name) and alike and not (about[-1:] == ("id",) and words != about):
            return key
    return ""


def meets(record: Record, condition: Condition) -> bool:
    """Whether the record is one that was looked for."""
    present, value = value_at(record, condition.field), condition.value
    present = None if present is MISSING else present
    if condition.relation == "lies in":
        return plain(str(value)) in plain(str(present))
    if condition.relation == "contains":
        wanted = plain(str(value)).split()
        # The address of a page says little of what it is called.
        text = plain(
            " ".join(str(leaf) for _, leaf in leaves(record) if not str(leaf).startswith(("http://", "https://")))
        )
        return all(word in text for word in wanted)
    if condition.relation == "positive":
        return bool(present)
    if condition.relation in ("least", "most"):
        return present is None or (present >= value if condition.relation == "least" else present <= value)
    if condition.relation in ("from", "until"):
        here, bound = read_moment(present), read_moment(value)
        if not here or not bound:
            return True
        about = split(condition.argument)
        whole = len(str(value)) == 10
        if whole and "after" in about:
            bound += timedelta(days=1)  # a whole day is over when what is after it begins
        if condition.relation == "from":
            return here >= bound and (condition.argument.lower() != "from" or here <= bound + OPEN_END)
        return here < bound if "before" in about else here < bound + timedelta(days=1) if whole else here <= bound
    if isinstance(value, list):
        return present in value or (isinstance(present, list) and set(map(str, value)) <= set(map(str, present)))
    if isinstance(present, list):
        return value in present
    names = split(condition.field)[-1:] in (("name",), ("author",), ("authors",)) and isinstance(present, str)
    return plain(str(value)) in plain(str(present)) if names else present == value


def find_echo(records: Iterable[Record], argument: str) -> str:
    """The field in which some record has what a call names; empty where none has it, or it may be one of several."""
    fields = {key for record in records for key, value in record.items() if value == argument}
    return fields.pop() if len(fields) == 1 else ""


def echoes(record: Record, field: str, argument: str) -> bool:
    """Whether the record has there what the call names: what is searched for stands in the names of what is found."""
    return argument.casefold() in str(record.get(field, argument)).casefold()


def keep_asked(records: list[Record], arguments: Record) -> list[Record]:
    """Those of the records that are what a call asks for by a value that some of them have."""
    for argument in (value for value in arguments.values() if isinstance(value, str) and value):
        if field := find_echo(records, argument):
            records = [record for record in records if echoes(record, field, argument)]
    place = ("equals", "lies in")
    kept = [r for r in records if all(meets(r, c) for c in read_conditions(arguments, r) if c.relation in place)]
    return kept or records


def read_limit(arguments: Record) -> int:
    """How many results a call wants at most."""
    for key, value in arguments.items():
        if isinstance(value, int) and not isinstance(value, bool) and set(split(key)) & _LIMITS and value > 0:
            return value
    return 1000


def sort_records(records: list[Record], arguments: Record) -> list[Record]:
    """The records in the order that the call wants, if it names one."""
    wish = next(
        (str(value) for key, value in arguments.items() if {"sort", "order", "sortby", "orderby"} & set(split(key))), ""
    )
    if not wish or not records:
        return records
    words, down = set(split(wish)), bool(re.search(r"desc|newest|latest|^-", wish))
    days = bool(words & {"newest", "latest", "oldest", "modified", "created", "due", "date"})
    field = _first_day(records[0]) if days else next((key for key in records[0] if words & set(split(key))), "")
    if not field or not all(isinstance(record.get(field), type(records[0][field])) for record in records):
        return records
    if isinstance(records[0][field], list | dict):
        return records
    return sorted(records, key=lambda record: record[field], reverse=down)
