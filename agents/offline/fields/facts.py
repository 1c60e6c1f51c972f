"""The rules of `tables/facts.json`: what each kind of entry makes of a field, and a record related by them."""

import re
from collections.abc import Collection
from datetime import datetime, timedelta
from random import Random
from typing import Any

from agents.offline.fields.fitting import FACTS, Fitting, Price, join, rule
from agents.offline.fields.meaning import read_moment
from agents.offline.fields.numbers import read_number
from agents.offline.fields.ordering import add_up
from agents.offline.trade.packages import list_versions
from agents.offline.trade.subject import Subject, plain
from agents.plan.json_paths import flat
from agents.schema import JsonObject, Schema

WORKED_ON = 12
"""Records of a list on which code works, at least, however few are usual."""
_FEW = 3
"""Nobody has a dozen accounts or as many outages in the street: a list of so few at most stays short."""


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


@rule("told")
def take_as_told(record: Fitting, name: str, spec: JsonObject, rng: Random) -> Any:
    value = record.told.get(spec["told"])
    return record.draw(name, spec["else"]) if value is None and "else" in spec else ... if value is None else value


@rule("trend")
def draw_trend(record: Fitting, name: str, spec: JsonObject, rng: Random) -> Any:
    """A value for each of the last days, none far from the one before."""
    low, high = spec["trend"]
    value, points = float(rng.randint(low, high)), []
    for day in range(-spec["days"], 0):
        value += rng.randint(low - high, high - low) * 0.15
        value = 2 * high - value if value > high else 2 * low - value if value < low else value
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


@rule("named_by")
def name_by_number(record: Fitting, name: str, spec: JsonObject, rng: Random) -> Any:
    """Whoever bears the number: one number is one person, however often it is listed."""
    subject = record.subject
    number = record.look(spec["named_by"])
    if number is None:
        return ...
    return Subject(f"person {number}", subject.domain, subject.service, subject.today, 0, subject.home).name


@rule("release_of")
def name_release(record: Fitting, name: str, spec: JsonObject, rng: Random) -> Any:
    """One of the versions that the package has, as its registry lists them."""
    package, now = record.look(spec["release_of"]), read_moment(record.told.get("now"))
    if not isinstance(package, str) or not now:
        return ...
    return rng.choice(list_versions(str(record.told.get("tool", "")), package, now)["versions"])["version"]


@rule("year_in")
def read_year(record: Fitting, name: str, spec: JsonObject, rng: Random) -> Any:
    """The year in which a preprint's number was given out: the first two digits of `2404.10185`."""
    number = re.match(r"(\d\d)\d\d\.\d{4,5}$", str(record.look(spec["year_in"])))
    return 2000 + int(number[1]) if number else ...


@rule("prefix")
def add_prefix(record: Fitting, name: str, spec: JsonObject, rng: Random) -> Any:
    text = str(record.look(name))
    return text if text.startswith(spec["prefix"]) else f"{spec['prefix']}{text}"


@rule("slug")
def write_slug(record: Fitting, name: str, spec: JsonObject, rng: Random) -> Any:
    parts = [record.look(spec[role]) for role in ("slug", "and") if role in spec]
    slug = "-".join("-".join(plain(str(part)).split()) for part in parts if part)
    return f"{spec.get('prefix', '')}{slug}" if slug else ...


@rule("around")
def offer_around(record: Fitting, name: str, spec: JsonObject, rng: Random) -> Any:
    """The time that was asked for and one or two that are near it."""
    asked = read_moment(f"{record.subject.today}T{record.told.get(spec['around'], '')}Z")
    near = [0, *rng.sample(spec["minutes"], rng.choice((1, 2)))]
    return [f"{asked + timedelta(minutes=n):%H:%M:%S}" for n in sorted(near)] if asked else ...


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


@rule("remains")
def take_off(record: Fitting, name: str, spec: JsonObject, rng: Random) -> Any:
    """What is left of a sum that is known once another is taken off it."""
    whole, part = (read_number(record.told.get(field)) for field in spec["remains"])
    if whole is None or part is None:
        return record.draw(name, spec["else"])
    return round(max(0.0, whole - part), 2)


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
    items = [item for item in items if item != record.look(spec.get("unlike", ""))]
    if only := spec.get("only"):  # of what may be sent back all may
        items = [item for item in items if only.items() <= item.items()] or items
    wanted = record.told.get(spec.get("told", ""))
    size = wanted or rng.randint(max(min(3, spec["most"]), spec["most"] - 2), spec["most"])
    # a list that code works on is longer than usual
    long = record.subject.worked and spec["most"] > _FEW
    items = items[: max(size, inner.get("minItems", 0), WORKED_ON if long else 0)]
    return sorted(items, key=lambda item: item[spec["newest"]], reverse=True) if "newest" in spec else items


@rule("those_of")
def keep_those_of(record: Fitting, name: str, spec: JsonObject, rng: Random) -> Any:
    """What is known of the things that the call names together, and of no others."""
    items, given = record.look(name), record.told.get(spec["those_of"])
    if not isinstance(items, list) or not items or not isinstance(given, list):
        return ...
    known = [row for row in FACTS[spec["from"]]["="] if set(row[spec["field"]]) <= set(given)]
    return [{**items[0], **row} for row in known]


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
    # No two films run in one hall at a time: each begins a little later than the one before, and one hall on.
    turn, halls = record.subject.index, spec["halls"]
    return [
        {k: numbers[n % 9] if join(k) == spec["number"] else v for k, v in item.items()}
        | {"hall": halls[(n + turn) % len(halls)], field: place_apart(item[field], turn)}
        for n, item in enumerate(moved)
    ]


def place_apart(moment: str, turn: int) -> str:
    """The moment a quarter of an hour later for each turn."""
    at = read_moment(moment)
    return f"{at + timedelta(minutes=15 * turn):%Y-%m-%dT%H:%M:%S}Z" if at else moment


@rule("once_told")
def change_once_told(record: Fitting, name: str, spec: JsonObject, rng: Random) -> Any:
    """The value that the field has once an earlier result has told something: of a route just sent nothing is done."""
    return spec["is"] if record.told.get(spec["once_told"]) else ...


@rule("columns_of")
def take_columns(record: Fitting, name: str, spec: JsonObject, rng: Random) -> Any:
    """The columns that a table of that name has; of a table that nobody knows some of those that were drawn."""
    items, table = record.look(name), str(record.look(spec["columns_of"]))
    known = FACTS[spec["from"]]["is"].get(table)
    if not known or not isinstance(items, list) or not items:
        return cut(record, name, spec, rng)
    columns = [dict(zip(("name", "type", "nullable", "comment"), column, strict=True)) for column in known]
    return [{**items[0], **{key: part for key, part in column.items() if key in items[0]}} for column in columns]


@rule("story")
def tell_story(record: Fitting, name: str, spec: JsonObject, rng: Random) -> Any:
    """Lines of a log as they follow each other in the state that the thing is in, of the level that is asked for."""
    items, told = record.look(name), record.told
    if not isinstance(items, list) or not items or "message" not in items[0]:
        return ...
    stories = FACTS[spec["story"]]["is"]
    ways = stories.get(str(told.get(spec["by"]) or spec["else"])) or stories[spec["else"]]
    story = ways[rng.randrange(len(ways))]  # no two deployments go alike
    now = read_moment(told.get("now")) or datetime.combine(record.subject.today, datetime.min.time())
    step = timedelta(seconds=20) if told.get("just_made") else timedelta(minutes=1)
    first = read_moment(told.get("started_at")) or now - (step * 8 if told.get("just_made") else timedelta(minutes=40))
    version = told.get("version") or "3.2.0"
    lines = [
        {**items[0], "at": f"{first + step * n:%Y-%m-%dT%H:%M:%SZ}", "level": level}
        | {"message": text.format(version=version)}
        for n, (level, text) in enumerate(story)
        if told.get("level") in (None, level)
    ]
    return lines[-(told.get("tail") or len(lines)) :]


@rule("signing")
def set_signers(record: Fitting, name: str, spec: JsonObject, rng: Random) -> Any:
    """As many as sign one paper, in the states that the whole's state allows; each has signed since it is there."""
    items, state = record.look(name), str(record.look(spec["signing"]))
    if not isinstance(items, list) or not items:
        return ...
    states = spec["is"].get(state, spec["is"]["*"])
    begun = read_moment(record.told.get("created_on"))
    days = max(0, (record.subject.today - begun.date()).days) if begun else 2
    first = datetime.combine(record.subject.today - timedelta(days=days), datetime.min.time()) + timedelta(hours=8)
    signers = []
    for n, item in enumerate(items[: max(len(states), min(spec["most"], len(items)))]):
        kept = {key: value for key, value in item.items() if join(key) != "signed_at"}
        mine = states[min(n, len(states) - 1)]
        at = first + timedelta(minutes=(days * 1440 * n) // (len(items) + 1) + 25 * n)
        signers.append(kept | {"state": mine} | ({"signed_at": f"{at:%Y-%m-%dT%H:%M:%SZ}"} if mine == "signed" else {}))
    return signers


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
