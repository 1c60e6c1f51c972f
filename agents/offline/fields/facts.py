"""The rules of `tables/facts.json`: what each kind of entry makes of a field, and a record related by them."""

import re
from collections.abc import Collection
from datetime import datetime, timedelta
from random import Random
from typing import Any

from agents.offline.fields.fitting import FACTS, Fitting, Price, join, month_after, rule
from agents.offline.fields.numbers import read_number
from agents.offline.fields.ordering import add_up, read_moment
from agents.offline.trade.subject import Subject, plain
from agents.plan.json_paths import flat
from agents.schema import JsonObject, Schema


def relate(
    record: JsonObject,
    schema: Schema,
    root: Schema,
    holder: str,
    subject: Subject,
    told: JsonObject | None = None,
    fixed: Collection[str] = (),
    price: Price | None = None,
) -> None:
    """The record's fields fitted to each other and to what is `told`; those that are `fixed` stay as they are."""
    facts = FACTS.get(f"{subject.domain}/{holder}") or FACTS.get(holder)
    if facts:
        Fitting(record, schema, root, holder, subject, told or {}, fixed, price).fit(facts)
        add_up(record)


@rule("when")
def keep_when(record: Fitting, name: str, spec: JsonObject, rng: Random) -> Any:
    """The field as it is while the others are so; else it is left out."""
    return ... if all(record.look(other) == value for other, value in spec["when"].items()) else None


@rule("of")
def pick_one(record: Fitting, name: str, spec: JsonObject, rng: Random) -> Any:
    return rng.choice(spec["of"])


@rule("range")
def draw_in_range(record: Fitting, name: str, spec: JsonObject, rng: Random) -> Any:
    low, high, step = spec["range"]
    number = low + step * rng.randrange(int((high - low) / step) + 1)
    return round(number, 3) if isinstance(step, float) else number


@rule("list")
def pick_some(record: Fitting, name: str, spec: JsonObject, rng: Random) -> Any:
    present = record.look(name)
    size = min(len(spec["list"]), len(present) if isinstance(present, list) and present else 2)
    return sorted(rng.sample(spec["list"], size), key=spec["list"].index)


@rule("by")
def look_up(record: Fitting, name: str, spec: JsonObject, rng: Random) -> Any:
    options, value = spec["is"], record.look(spec["by"])
    return record.draw(name, options.get(str(value), options.get("*", {"": 0})))


@rule("days")
def place_in_days(record: Fitting, name: str, spec: JsonObject, rng: Random) -> Any:
    day = record.subject.today + timedelta(days=rng.randint(*spec["days"]))
    clocks = spec.get("at") or (f"{rng.randint(8, 16):02}:{rng.choice(('00', '15', '30', '45'))}",)
    return record.moment(name, datetime.fromisoformat(f"{day}T{clocks[record.subject.index % len(clocks)]}"))


@rule("at")
def set_clock(record: Fitting, name: str, spec: JsonObject, rng: Random) -> Any:
    present = read_moment(record.told.get(spec.get("day", ""))) or read_moment(record.look(name))
    clock = spec["at"][record.subject.index % len(spec["at"])]
    return record.moment(name, datetime.fromisoformat(f"{present:%Y-%m-%d}T{clock}")) if present else ...


@rule("same_day")
def place_on_day(record: Fitting, name: str, spec: JsonObject, rng: Random) -> Any:
    day = read_moment(record.look(spec["same_day"]))
    return record.moment(name, datetime.fromisoformat(f"{day:%Y-%m-%d}T{rng.choice(spec['at'])}")) if day else ...


@rule("after")
def place_later(record: Fitting, name: str, spec: JsonObject, rng: Random) -> Any:
    start = read_moment(record.look(spec["after"]))
    if not start:
        return ...
    span = (
        timedelta(minutes=record.told.get(spec.get("told", "")) or rng.choice(spec["minutes"]))
        if "minutes" in spec
        else timedelta(days=rng.choice(spec["days"]))
    )
    when = start + span
    if "at" in spec:
        when = datetime.fromisoformat(f"{when:%Y-%m-%d}T{spec['at'][record.subject.index % len(spec['at'])]}")
    return record.moment(name, when)


@rule("extend")
def extend(record: Fitting, name: str, spec: JsonObject, rng: Random) -> Any:
    """Later than what was told of it before, if it was."""
    before = read_moment(record.told.get(spec["extend"]))
    if not before:
        return record.draw(name, spec["else"])
    return record.moment(name, before + timedelta(days=rng.choice(spec["days"])))


@rule("told")
def take_as_told(record: Fitting, name: str, spec: JsonObject, rng: Random) -> Any:
    value = record.told.get(spec["told"])
    return record.draw(name, spec["else"]) if value is None and "else" in spec else ... if value is None else value


@rule("now")
def place_soon(record: Fitting, name: str, spec: JsonObject, rng: Random) -> Any:
    now = read_moment(record.told.get("now")) or datetime.combine(record.subject.today, datetime.min.time()).replace(
        hour=9
    )
    return record.moment(name, now + timedelta(minutes=spec["now"] + record.subject.index * spec.get("step", 0)))


@rule("first_of_month")
def startmonth_after(record: Fitting, name: str, spec: JsonObject, rng: Random) -> Any:
    first = month_after(record.subject.today, spec["first_of_month"])
    return record.moment(name, datetime.combine(first, datetime.min.time()))


@rule("end_of_month")
def endmonth_after(record: Fitting, name: str, spec: JsonObject, rng: Random) -> Any:
    first = month_after(record.subject.today, spec["end_of_month"])
    return record.moment(name, datetime.combine(first - timedelta(days=1), datetime.min.time()))


@rule("month")
def namemonth_after(record: Fitting, name: str, spec: JsonObject, rng: Random) -> Any:
    """A month so many from this one; from the month that the call names the things of a list are in turn."""
    first = read_moment(record.told.get(spec.get("from", "")))
    day, ahead = (first.date(), record.subject.index) if first else (record.subject.today, 0)
    return f"{month_after(day, spec['month'] + ahead):%Y-%m}"


@rule("year")
def name_year(record: Fitting, name: str, spec: JsonObject, rng: Random) -> Any:
    return record.subject.today.year + spec["year"]


@rule("trend")
def draw_trend(record: Fitting, name: str, spec: JsonObject, rng: Random) -> Any:
    """A value for each of the last days, none far from the one before."""
    low, high = spec["trend"]
    value, points = float(rng.randint(low, high)), []
    for day in range(-spec["days"], 0):
        value = min(high, max(low, value + rng.randint(low - high, high - low) * 0.15))
        points.append({"x": f"{record.subject.today + timedelta(days=day):%Y-%m-%d}", "y": round(value)})
    return points


@rule("nth")
def take_nth(record: Fitting, name: str, spec: JsonObject, rng: Random) -> Any:
    """What the things of a list are in turn: the first is one that somebody still has to do something about."""
    return spec["nth"][record.subject.index % len(spec["nth"])] if record.told.get("listed") else spec.get("else", ...)


@rule("index")
def count_on(record: Fitting, name: str, spec: JsonObject, rng: Random) -> Any:
    return record.subject.index + spec["index"]


@rule("text")
def fill_text(record: Fitting, name: str, spec: JsonObject, rng: Random) -> Any:
    """A text with what is known of the record in its gaps; nothing where that is not known."""
    gaps = {gap: record.look(gap) for gap in re.findall(r"{(\w+)}", spec["text"])}
    text = ... if None in gaps.values() else spec["text"].format(**gaps)
    return [text] if isinstance(record.look(name), list) and isinstance(text, str) else text


@rule("copy")
def copy(record: Fitting, name: str, spec: JsonObject, rng: Random) -> Any:
    value = record.look(spec["copy"])
    return ... if value is None else value


@rule("person")
def name_somebody(record: Fitting, name: str, spec: JsonObject, rng: Random) -> Any:
    return record.subject.name


@rule("prefix")
def add_prefix(record: Fitting, name: str, spec: JsonObject, rng: Random) -> Any:
    text = str(record.look(name))
    return text if text.startswith(spec["prefix"]) else f"{spec['prefix']}{text}"


@rule("slug")
def write_slug(record: Fitting, name: str, spec: JsonObject, rng: Random) -> Any:
    parts = [record.look(spec[role]) for role in ("slug", "and") if role in spec]
    slug = "-".join("-".join(plain(str(part)).split()) for part in parts if part)
    return f"{spec.get('prefix', '')}{slug}" if slug else ...


@rule("share")
def take_share(record: Fitting, name: str, spec: JsonObject, rng: Random) -> Any:
    whole = read_number(record.look(spec["share"]))
    share = None if whole is None else whole * rng.choice(spec["of"])
    return ... if share is None else round(share) if isinstance(record.look(name), int) else round(share, 2)


@rule("count")
def count(record: Fitting, name: str, spec: JsonObject, rng: Random) -> Any:
    items = record.look(spec["count"])
    return len(items) if isinstance(items, list) else ...


@rule("order_of")
def order_stops(record: Fitting, name: str, spec: JsonObject, rng: Random) -> Any:
    stops = record.look(spec["order_of"])
    return rng.sample(range(1, len(stops) + 1), len(stops)) if isinstance(stops, list) else [1]


@rule("workdays")
def count_workdays(record: Fitting, name: str, spec: JsonObject, rng: Random) -> Any:
    first, last = (read_moment(record.look(field)) for field in spec["workdays"])
    if not first or not last:
        return ...
    return sum((first + timedelta(days=n)).weekday() < 5 for n in range((last - first).days + 1))


@rule("cost")
def add_costs(record: Fitting, name: str, spec: JsonObject, rng: Random) -> Any:
    """What the things that the call names cost together, as earlier results say; else a usual sum."""
    things = record.told.get(spec["cost"])
    total = 0.0
    for thing in things if isinstance(things, list) else [things]:
        ids = [value for value in thing.values() if record.price] if isinstance(thing, dict) else [thing]
        costs = [cost for value in ids if record.price and (cost := record.price(value, spec["of"])) is not None]
        if not costs:
            return record.draw(name, spec["else"])
        quantity = next((v for k, v in thing.items() if join(k) == "quantity"), 1) if isinstance(thing, dict) else 1
        total += costs[0] * quantity
    times = record.told.get(spec.get("times", ""), 1)
    total *= len(times) if isinstance(times, list) else times
    return round(total, 2)


@rule("annuity")
def work_out_rate(record: Fitting, name: str, spec: JsonObject, rng: Random) -> Any:
    return round(_monthly(record, spec["annuity"]), 2)


@rule("interest")
def work_out_interest(record: Fitting, name: str, spec: JsonObject, rng: Random) -> Any:
    price, deposit, years, _ = _terms(record, spec["interest"])
    return round(_monthly(record, spec["interest"]) * years * 12 - (price - deposit), 2)


@rule("loan")
def work_out_loan_share(record: Fitting, name: str, spec: JsonObject, rng: Random) -> Any:
    price, deposit = (read_number(record.look(field)) or 1.0 for field in spec["loan"])
    return round(max(0.0, 1 - deposit / price), 2)


@rule("most")
def cut(record: Fitting, name: str, spec: JsonObject, rng: Random) -> Any:
    items = record.look(name)
    if not isinstance(items, list):
        return ...
    inner = flat((record.schema.get("properties") or {}).get(record.keys[name]) or {}, record.root)
    wanted = record.told.get(spec.get("told", ""))
    size = wanted or rng.randint(max(min(3, spec["most"]), spec["most"] - 2), spec["most"])
    return items[: max(size, inner.get("minItems", 0))]


@rule("on")
def move_to_day(record: Fitting, name: str, spec: JsonObject, rng: Random) -> Any:
    """The items of a list on the day that the call names."""
    day, items, field = read_moment(record.told.get(spec["on"])), record.look(name), spec["field"]
    if not day or not isinstance(items, list):
        return ...
    moved = [{**item, field: f"{day:%Y-%m-%d}{item[field][10:]}"} if field in item else item for item in items]
    # A screening has a number of its own, in whatever cinema the film runs.
    numbers = [
        Random(f"{record.told.get(spec['in'])}/{record.look('title')}/{n}").randint(1000, 9999) for n in range(9)
    ]
    return [
        {k: numbers[n % 9] if join(k) == spec["number"] else v for k, v in item.items()} for n, item in enumerate(moved)
    ]


@rule("all")
def list_all(record: Fitting, name: str, spec: JsonObject, rng: Random) -> Any:
    """Each of the things that belong together, in their order: of a payslip no line may lack."""
    rows, items = FACTS[spec["all"]]["="], record.look(name)
    if not isinstance(items, list) or not items:
        return ...
    return [{**items[n % len(items)], **row} for n, row in enumerate(rows)]


def _terms(record: Fitting, fields: list[str]) -> list[float]:
    usual = (300_000.0, 60_000.0, 30.0, 3.8)
    return [
        number if (number := read_number(record.look(f))) is not None else u for f, u in zip(fields, usual, strict=True)
    ]


def _monthly(record: Fitting, fields: list[str]) -> float:
    price, deposit, years, rate = _terms(record, fields)
    factor = float((1 + rate / 1200) ** (years * 12))
    loan = max(0.0, price - deposit)
    return loan / (years * 12) if factor == 1 else loan * rate / 1200 * factor / (factor - 1)
