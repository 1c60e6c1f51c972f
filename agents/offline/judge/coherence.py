"""What a judge can see in the results: whether they are what was asked for, and agree with each other."""

import re
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

from agents.offline.fields.meaning import read_moment, split
from agents.offline.fields.numbers import read_number
from agents.offline.fields.ordering import COUNTS
from agents.offline.judge.evidence import Complaint, Exchange
from agents.offline.world.criteria import Condition, echoes, find_echo, meets, read_conditions
from agents.offline.world.world import identifies, iter_objects, scalars
from agents.schema import JsonObject

_DIGIT = re.compile(r"\d")
_IN_ORDER = (
    ("start", "end"),
    ("starts", "ends"),
    ("from", "to"),
    ("from", "until"),
    ("first day", "last day"),
    ("check in", "check out"),
    ("created", "updated"),
    ("started", "finished"),
    ("departs", "arrives"),
    ("created", "last used"),
)
"""Names of two moments of one record of which the first is not later, without the word for a moment at their end."""
_MOMENTS = ("at", "on", "time")


def check_results(exchanges: Sequence[Exchange]) -> Iterator[Complaint]:
    """What came back is about what was asked for, its totals add up and its days are in order."""
    for exchange in exchanges:
        if not exchange.ok or not isinstance(exchange.result, dict):
            continue
        for key, argument in exchange.arguments.items():
            echoed = next((exchange.result[name] for name in exchange.result if split(name) == split(key)), argument)
            both_scalar = isinstance(argument, str | int | float) and isinstance(echoed, str | int | float)
            # The same thing may go by its path and by its number: only what is written alike can be compared.
            alike = type(argument) is type(echoed) and bool(_DIGIT.search(str(argument))) == bool(
                _DIGIT.search(str(echoed))
            )
            if both_scalar and alike and echoed != argument and identifies(key, argument):
                yield Complaint(
                    "coherence", "observation", f"{exchange.name} asked for {key} {argument!r} and got {echoed!r}"
                )
        lists = [value for value in exchange.result.values() if isinstance(value, list)] if exchange.reads else []
        for record in (item for items in lists for item in items if isinstance(item, dict)):
            for condition in read_conditions(exchange.arguments, record):
                if not meets(record, condition) and not _overlaps(record, condition):
                    shown = record.get(condition.field, record)
                    seen = f"a result has {condition.field} {shown!r}, asked for was {condition.value!r}"
                    yield Complaint("coherence", "observation", seen)
        for record in iter_objects(exchange.result):
            moments = {
                " ".join(about[:-1] if len(about) > 1 and about[-1] in _MOMENTS else about): day
                for about, value in ((split(key), value) for key, value in record.items())
                if (day := read_moment(value))
            }
            for start, end in _IN_ORDER:
                if start in moments and end in moments and moments[end] < moments[start]:
                    yield Complaint("coherence", "observation", f"{end} lies before {start}")
            for name, moment in moments.items():
                # Conversations take place in 2026; the prompt does not tell the judge on which day.
                if {"born", "birth", "birthday"} & set(name.split()) and moment > datetime(2026, 12, 31):
                    yield Complaint("coherence", "observation", f"{name} lies in the future")


def _overlaps(record: JsonObject, condition: Condition) -> bool:
    """Whether what has a beginning and an end lies partly in the window that the condition opens."""
    moments = sorted(day for value in record.values() if (day := read_moment(value)))
    bound = read_moment(condition.value)
    if condition.relation not in ("from", "until") or not moments or not bound:
        return False
    if len(moments) == 1:
        # Of what is told by its end alone nobody knows when it began.
        last = bool({"until", "end", "ends"} & set(split(condition.field)))
        return last and (condition.relation == "until" or moments[0] >= bound)
    return moments[-1] >= bound if condition.relation == "from" else moments[0] < bound + timedelta(days=1)


def check_lists(exchanges: Sequence[Exchange]) -> Iterator[Complaint]:
    """What one record of a list has from the call, whatever the field is called there, stands in the others, too."""
    for exchange in exchanges:
        if not (exchange.reads and exchange.ok and isinstance(exchange.result, dict)):
            continue
        wanted = {value for value in exchange.arguments.values() if isinstance(value, str) and value}
        lists = [value for value in exchange.result.values() if isinstance(value, list)]
        for records in ([item for item in items if isinstance(item, dict)] for items in lists):
            for argument in wanted:
                field = find_echo(records, argument)
                for record in records if field else ():
                    if not echoes(record, field, argument):
                        seen = f"{field} is {record[field]!r}, asked for was {argument!r}"
                        yield Complaint("coherence", "observation", seen)


def check_sums(exchanges: Sequence[Exchange]) -> Iterator[Complaint]:
    """The total beside a list of priced things is that of the list."""
    for record in (r for e in exchanges if e.ok and isinstance(e.result, dict) for r in iter_objects(e.result)):
        lists = [
            value
            for value in record.values()
            if isinstance(value, list) and value and all(isinstance(i, dict) for i in value)
        ]
        if len(lists) != 1:
            continue
        amounts = []
        for item in lists[0]:
            price = next((read_number(item[key]) for key in ("unit_price", "unitPrice") if key in item), None)
            quantity = read_number(item.get("quantity"))
            priced = price is not None and quantity is not None
            amounts.append((price or 0) * (quantity or 0) if priced else read_number(item.get("amount")))
        for key in ("total", "net", "balance"):
            number = read_number(record.get(key))
            if number is not None and all(amount is not None for amount in amounts):
                whole = sum(amount for amount in amounts if amount is not None)
                if abs(whole - number) > 0.02 and not (key in COUNTS and number == len(lists[0])):
                    yield Complaint("coherence", "observation", f"{key} is {number:g}, its parts come to {whole:g}")


def check_records(exchanges: Sequence[Exchange]) -> Iterator[Complaint]:
    """The same identified record told in two ways by two reads with no other call between them that writes."""
    seen: dict[str, JsonObject] = {}
    for exchange in exchanges:
        if not exchange.reads:
            seen.clear()
        for entity in iter_objects(exchange.result):
            named = next((f"{key}={value}" for key, value in entity.items() if identifies(key, value)), "")
            facts = {key: value for key, value in scalars(entity).items() if f"{key}={value}" != named}
            earlier = seen.setdefault(f"{exchange.name}{named}", {}) if named else {}
            for key, value in earlier.items():
                if facts.get(key, value) != value:
                    yield Complaint("coherence", "observation", f"{named} has {key} {value!r}, then {facts[key]!r}")
            earlier |= facts
