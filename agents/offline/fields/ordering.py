"""What must hold between the fields of one record: ends after starts, net below gross, totals that add up."""

import math
from collections.abc import Iterator
from datetime import timedelta
from random import Random
from typing import Any

from agents.offline.fields.fitting import Fitting, rule
from agents.offline.fields.meaning import read_moment, split
from agents.offline.fields.moments import month_after
from agents.offline.fields.numbers import read_number
from agents.offline.trade.subject import Subject, load_table
from agents.plan.json_paths import flat
from agents.schema import JsonObject, Schema

_BEFORE = (
    ("start", "end"),
    ("starts", "ends"),
    ("from", "to"),
    ("from", "until"),
    ("created", "updated"),
    ("created", "last used"),
    ("created", "synced"),
    ("opens", "closes"),
    ("check in", "check out"),
    ("pickup", "return"),
    ("departs", "arrives"),
    ("depart", "return"),
    ("depart", "arrival"),
    ("first", "last"),
    ("placed", "shipped"),
    ("opened", "closed"),
    ("started", "finished"),
    ("since", "expected"),
    ("spent", "paid"),
    ("after", "before"),
    ("issued", "due"),
)
"""Words of two fields of one record of which the first is earlier."""
_BELOW = (
    ("net", "gross"),
    ("taken", "entitled"),
    ("reserved", "hand"),
    ("low", "high"),
    ("min", "max"),
    ("done", "target"),
    ("hand", "reorder"),
    ("saving", "yearly"),
    ("paid", "limit"),
    ("deposit", "price"),
    ("discount", "subtotal"),
    ("available", "total"),
    ("committed", "weighted"),
    ("monthly", "interest"),
    ("refund", "total"),
    ("fee", "price"),
    ("used", "total"),
)
"""Words of two numbers of one record of which the first is not larger."""
COUNTS = (
    "total",
    "count",
    "row_count",
    "total_count",
    "totalCount",
    "size",
    "total_results",
    "totalResults",
    "num_results",
)
_ANALYTES: dict[str, list[Any]] = load_table("analytes")
"""Laboratory value -> its unit, the range that is usual, and `high` where being below it means nothing."""
_DEDUCTED = frozenset(("tax", "insurance", "contribution", "deduction", "discount", "received"))
_HOURS = timedelta(hours=1)
_POINTS = dict(zip("ABCDEF", (4, 3, 2, 1, 0, 0), strict=True))
"""Grade -> what it counts in an average."""


def settle(record: JsonObject, schema: Schema, root: Schema, subject: Subject) -> JsonObject:
    """The record with its fields in order and its totals added up, as far as its schema allows."""
    properties = schema.get("properties") or {}
    for first, second in _pairs(record, _BEFORE):
        record |= _order_days(record, first, second)
    for first, second in _pairs(record, _BELOW):
        low, high = read_number(record[first]), read_number(record[second])
        if low is not None and high is not None and low > high:
            inner = [flat(properties.get(key, {}), root) for key in (first, second)]
            if all("minimum" not in s and "maximum" not in s and s.get("type") == inner[0].get("type") for s in inner):
                record[first], record[second] = record[second], record[first]
    if {"net", "vat", "total"} <= record.keys() and read_number(record["net"]) is not None:
        record["vat"] = round(record["net"] * 0.19, 2)
        record["total"] = round(record["net"] + record["vat"], 2)
    elif {"net", "gross"} <= record.keys() and (gross := read_number(record["gross"])) is not None:
        left = 0.58 + 0.1 * subject.rng("net").random()
        told = read_number(record["net"]) or 0
        record["net"] = told if 0.55 * gross <= told <= 0.75 * gross else round(gross * left, 2)
    if isinstance(record.get("analyte"), str) and record["analyte"] in _ANALYTES and "value" in record:
        measure_analyte(record, flat(properties.get("flag") or {}, root).get("enum"), subject)
    elif {"value", "low", "high"} <= record.keys() and read_number(record["value"]) is not None:
        _frame(record, flat(properties.get("flag") or {}, root).get("enum"), subject)
    if {"discount", "total"} <= record.keys() and read_number(record["total"]) is not None:
        record["discount"] = round(record["total"] * 0.1, 2)
        if "subtotal" in record:
            record["subtotal"] = round(record["total"] + record["discount"], 2)
    prices = [read_number(record.get(key)) for key in ("open", "close", "low", "high")]
    if all(price is not None for price in prices):
        start = prices[0] or 0.0
        moves = [1 + 0.03 * (subject.rng(f"candle {n}").random() - 0.5) for n in range(3)]
        end = round(start * moves[0], 2)
        record |= {"close": end, "low": round(min(start, end) * (1 - abs(moves[1] - 1)), 2)}
        record["high"] = round(max(start, end) * (1 + abs(moves[2] - 1)), 2)
        if "date" in record:
            record["date"] = (subject.today - timedelta(days=subject.index + 1)).isoformat()
    if {"best_bid", "best_ask"} <= record.keys() and (bid := read_number(record["best_bid"])) is not None:
        record["best_ask"] = round(bid * 1.0004 + 0.01, 2)
        record |= {"spread": round(record["best_ask"] - bid, 2)} if "spread" in record else {}
    add_up(record)
    return record


def measure_analyte(record: JsonObject, flags: list[str] | None, subject: Subject) -> None:
    """A laboratory value in the unit and the range that it is measured in; a flag where it lies outside."""
    unit, low, high, *only = _ANALYTES[record["analyte"]]
    if (record.get("unit"), record.get("low"), record.get("high")) == (unit, low, high):
        return  # measured already
    rng = subject.rng("analyte")
    digits = 0 if isinstance(high, int) and high > 40 else 1
    width = high - low
    usual, beyond = low + width * rng.uniform(0.1, 0.95), width * rng.uniform(0.05, 0.25)
    # Most are as they should be, and what is not lies a little outside.
    drawn = rng.choices((usual, high + beyond, high + beyond if only else low - beyond), (8, 1, 1))[0]
    value = round(max(drawn, low / 2), digits)
    record |= {
        key: new for key, new in {"value": value, "unit": unit, "low": low, "high": high}.items() if key in record
    }
    side = "high" if value > high else "low" if value < low else "normal"
    if "flag" in record:
        # A flag marks what lies outside; where only such flags exist an ordinary value has none.
        record.pop("flag")
        record |= {"flag": side} if not flags or side in flags else {}


def _frame(record: JsonObject, flags: list[str] | None, subject: Subject) -> None:
    """A measured value with the range that is usual around it; where it lies outside, a flag says so."""
    rng, value = subject.rng("range"), record["value"]
    sides = [side for side in ("normal", "normal", "normal", "low", "high") if not flags or side in flags]
    side = rng.choice(sides or ["normal"])
    low, high = {"normal": (0.7, 1.4), "low": (1.2, 2.0), "high": (0.4, 0.8)}[side]
    whole = isinstance(record["low"], int) and isinstance(record["high"], int)
    for key, share in (("low", low), ("high", high)):
        record[key] = math.ceil(value * share) if whole else round(value * share, 1)
    if isinstance(record.get("flag"), str) and (not flags or side in flags):
        record["flag"] = side


def add_up(record: JsonObject) -> None:
    """Counts and sums beside a list are those of the list."""
    lists = [(key, value) for key, value in record.items() if isinstance(value, list)]
    if len(lists) != 1 or not all(isinstance(item, dict) for item in lists[0][1]):
        return
    items = lists[0][1]
    for item in items:
        taken = set(split(str(item.get("label", "")))) & _DEDUCTED
        if taken and (read_number(item.get("amount")) or 0) > 0:
            # What is taken off a sum counts against it; what was received settles nearly all of it.
            item["amount"] = -round(item["amount"] * (0.97 if "received" in taken else 0.11), 2)
    amounts: list[float] = []
    for item in items:
        quantity = read_number(item.get("quantity"))
        price = next((read_number(item[key]) for key in ("unit_price", "unitPrice", "price") if key in item), None)
        single = next((read_number(item[key]) for key in ("amount", "value") if key in item), None)
        if price is not None and quantity is not None:
            amounts.append(price * quantity)
        elif single is not None:
            amounts.append(single)
    for key, value in record.items():
        if read_number(value) is None:
            continue
        if key in ("total", "net", "balance", "subtotal") and len(amounts) == len(items) and items:
            whole = sum(amounts)
            even = isinstance(value, int) and float(whole).is_integer()
            record[key] = round(whole) if even else round(whole, 2)
        elif key in COUNTS:
            record[key] = len(items)
        elif key == "average" and items and all(item.get("grade") in _POINTS for item in items):
            weights = [item.get("credits", 1) for item in items]
            points = [_POINTS[item["grade"]] * weight for item, weight in zip(items, weights, strict=True)]
            record[key] = round(sum(points) / sum(weights), 2)
        elif key == "average" and items:
            grades = [
                number for item in items if (number := read_number(item.get("value", item.get("rating")))) is not None
            ]
            record[key] = round(sum(grades) / len(grades), 2) if grades else value
        elif key in ("total_pages", "totalPages", "pages", "page", "current_page"):
            record[key] = 1


def fit_parts(record: JsonObject) -> None:
    """The first part of a net sum that was told before makes up for what the parts lack of it."""
    items = next((value for value in record.values() if isinstance(value, list) and value), [])
    whole = read_number(record.get("net"))
    amounts = [read_number(item.get("amount")) for item in items if isinstance(item, dict)]
    if whole is None or not amounts or None in amounts:
        return
    lacking = whole - sum(amount for amount in amounts if amount is not None)
    if abs(lacking) > 0.01:
        items[0]["amount"] = round(items[0]["amount"] + lacking, 2)


def _pairs(record: JsonObject, ordered: tuple[tuple[str, str], ...]) -> Iterator[tuple[str, str]]:
    by_words = {" ".join(split(key)): key for key in record}
    for first, second in ordered:
        firsts = [key for text, key in by_words.items() if first in f" {text} " and (f" {first} " in f" {text} ")]
        for key in firsts:
            partner = by_words.get(" ".join(second if word == first else word for word in split(key))) or next(
                (other for text, other in by_words.items() if f" {second} " in f" {text} " and other != key), None
            )
            if partner and partner != key:
                yield key, partner
                break


def _order_days(record: JsonObject, first: str, second: str) -> JsonObject:
    """The later field moved behind the earlier one; an appointment of an hour or so stays one."""
    start, end = read_moment(record[first]), read_moment(record[second])
    if not start or not end:
        return {}
    same_form = len(record[first]) == len(record[second])
    meeting = same_form and "T" in record[first] and not {"after", "before", "since", "from"} & set(split(first))
    if meeting and end - start > 24 * _HOURS:
        end = start + _HOURS
    elif end > start:
        return {}
    else:
        end = start + (_HOURS if "T" in record[second] or ":" in record[second][:3] else timedelta(days=3))
    form = record[second]
    if form[2:3] == ":":
        return {second: f"{end:%H:%M}" + form[5:]}
    return {second: f"{end:%Y-%m-%dT%H:%M:%S}Z" if "T" in form else f"{end:%Y-%m-%d}"}


@rule("ledger")
def write_ledger(record: Fitting, name: str, spec: JsonObject, rng: Random) -> Any:
    """Each month's rent, due on the first and received a few days later."""
    items, rent = record.look(name), read_number(record.look(spec["ledger"])) or 910.0
    if not isinstance(items, list) or not items:
        return ...
    entries = []
    for ahead in range(-1, 1):
        due = month_after(record.subject.today, ahead)
        entries.append({**items[0], "on": f"{due:%Y-%m-%d}", "label": "Rent due", "amount": rent})
        paid = due + timedelta(days=rng.randint(0, 4))
        if paid <= record.subject.today:
            entries.append({**items[0], "on": f"{paid:%Y-%m-%d}", "label": "Rent received", "amount": -rent})
    return entries


@rule("minutes_since")
def count_minutes(record: Fitting, name: str, spec: JsonObject, rng: Random) -> Any:
    """How long ago it was, if an earlier result says when."""
    begun, now = (read_moment(record.told.get(field)) for field in (spec["minutes_since"], "now"))
    return round((now - begun).total_seconds() / 60) if begun and now else record.draw(name, spec["else"])


@rule("analytes")
def list_analytes(record: Fitting, name: str, spec: JsonObject, rng: Random) -> Any:
    """The values of the panels that were ordered, each in its unit and range."""
    panels = record.told.get(spec["analytes"]) or rng.sample(sorted(spec["is"]), 2)
    names = [analyte for panel in panels for analyte in spec["is"].get(panel, ())]
    if not isinstance(items := record.look(name), list) or not items or not names:
        return ...
    values = []
    for n, analyte in enumerate(names):
        value = {"flag": "", **items[n % len(items)], "analyte": analyte}
        measure_analyte(value, ["low", "high", "critical"], record.subject.other(analyte, n))
        values.append({key: part for key, part in value.items() if part != ""})
    return values
