"""The rules of `tables/facts.json` that place something in time: so many days from now, after this, on that day."""

import re
from datetime import date, datetime, timedelta
from math import cos, hypot, radians
from random import Random
from typing import Any

from agents.offline.fields.fitting import Fitting, rule
from agents.offline.fields.meaning import read_moment
from agents.offline.trade.packages import list_versions
from agents.offline.trade.subject import PLACES
from agents.schema import JsonObject

_READINGS = 14
"""Readings of a meter that are told at most."""


def month_after(today: date, ahead: int) -> date:
    """The first day of the month so many months from this one."""
    months = today.year * 12 + today.month - 1 + ahead
    return date(months // 12, months % 12 + 1, 1)


def year_over(today: date, months: int) -> int:
    """This year once so many of its months are over, else the last.

    >>> year_over(date(2026, 4, 1), 3), year_over(date(2026, 3, 31), 3)
    (2026, 2025)
    """
    return today.year - (today.month <= months)


@rule("days")
def place_in_days(record: Fitting, name: str, spec: JsonObject, rng: Random) -> Any:
    later = record.subject.index * spec.get("step", 0)  # of one and the same person no two leaves overlap
    day = record.subject.today + timedelta(days=rng.randint(*spec["days"]) + later)
    day += timedelta(days=7 - day.weekday() if spec.get("workday") and day.weekday() > 4 else 0)
    day += timedelta(days=6 - day.weekday() if spec.get("sunday") else 0)
    clocks = spec.get("at") or (f"{rng.randint(8, 16):02}:{rng.choice(('00', '15', '30', '45'))}",)
    return record.moment(name, datetime.fromisoformat(f"{day}T{clocks[record.subject.index % len(clocks)]}"))


@rule("evenly")
def place_evenly(record: Fitting, name: str, spec: JsonObject, rng: Random) -> Any:
    """The items of a list at even distances in the window that the call gives: a meter is read as often each day."""
    first, last = (read_moment(record.look(field)) for field in spec["evenly"])
    items = record.look(name)
    if not first or not last or not isinstance(items, list) or not items:
        return ...
    most = 31 if record.look("resolution") == "day" else _READINGS
    days = -(-((last - first).days + 1) // most)
    moments = [first + timedelta(days=days * n) for n in range(most) if first + timedelta(days=days * n) <= last]
    daily = [rng.uniform(*spec["daily"]) for _ in moments]
    return [
        {**items[0], spec["field"]: f"{at:%Y-%m-%dT%H:%M:%S}Z", "value": round(value * days, 1)}
        for at, value in zip(moments, daily, strict=True)
    ]


@rule("before_release")
def place_before_release(record: Fitting, name: str, spec: JsonObject, rng: Random) -> Any:
    """Some days before the version came out: a hole is known before it is mended."""
    package, now = record.look(spec["of"]), read_moment(record.told.get("now"))
    if not isinstance(package, str) or not now:
        return ...
    releases = list_versions(str(record.told.get("tool", "")), package, now)["versions"]
    wanted = record.look(spec["before_release"])
    days = (read_moment(entry["released_on"]) for entry in releases if entry["version"] == wanted)
    day = next(days, None)
    return record.moment(name, day - timedelta(days=rng.randint(3, 40), hours=-rng.randint(8, 17))) if day else ...


@rule("month_in")
def place_with_number(record: Fitting, name: str, spec: JsonObject, rng: Random) -> Any:
    """A day of the month in which a preprint's number was given out: the first four digits of `2404.10185`."""
    number = re.match(r"(\d\d)(\d\d)\.\d{4,5}$", str(record.look(spec["month_in"])))
    return f"20{number[1]}-{number[2]}-{rng.randint(2, 28):02}" if number else ...


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


@rule("now")
def place_soon(record: Fitting, name: str, spec: JsonObject, rng: Random) -> Any:
    now = read_moment(record.told.get("now")) or datetime.combine(record.subject.today, datetime.min.time()).replace(
        hour=9
    )
    minutes = spec["now"] + record.subject.index * spec.get("step", 0) + rng.randrange(0, spec.get("within", 1), 5)
    return record.moment(name, now + timedelta(minutes=minutes))


@rule("first_of_month")
def start_month(record: Fitting, name: str, spec: JsonObject, rng: Random) -> Any:
    first = month_after(record.subject.today, spec["first_of_month"])
    return record.moment(name, datetime.combine(first, datetime.min.time()))


@rule("end_of_month")
def end_month(record: Fitting, name: str, spec: JsonObject, rng: Random) -> Any:
    first = month_after(record.subject.today, spec["end_of_month"])
    return record.moment(name, datetime.combine(first - timedelta(days=1), datetime.min.time()))


@rule("month")
def name_month(record: Fitting, name: str, spec: JsonObject, rng: Random) -> Any:
    """A month so many from this one; from the month that the call names the things of a list are in turn."""
    first = read_moment(record.told.get(spec.get("from", "")))
    day, ahead = (first.date(), record.subject.index) if first else (record.subject.today, 0)
    return f"{month_after(day, spec['month'] + ahead):%Y-%m}"


@rule("year")
def name_year(record: Fitting, name: str, spec: JsonObject, rng: Random) -> Any:
    return record.subject.today.year + spec["year"]


@rule("year_over")
def name_year_over(record: Fitting, name: str, spec: JsonObject, rng: Random) -> Any:
    return year_over(record.subject.today, spec["year_over"])


@rule("months_over")
def keep_months_over(record: Fitting, name: str, spec: JsonObject, rng: Random) -> Any:
    """The items of a list that is of a year month by month: no more of them than months that are over by today."""
    items, year, today = record.look(name), record.look(spec["months_over"]), record.subject.today
    if not isinstance(items, list) or not isinstance(year, int):
        return ...
    over = (today.year - year) * 12 + today.month - 1
    return items[: max(0, min(over, spec["most"]))]


@rule("back")
def go_back(record: Fitting, name: str, spec: JsonObject, rng: Random) -> Any:
    """The latest first, each so many days before the one above it."""
    index = record.subject.index
    day = record.subject.today - timedelta(days=1 + index * spec["back"])
    return record.moment(name, datetime.fromisoformat(f"{day}T{spec['at'][index % len(spec['at'])]}"))


@rule("day_in")
def place_in_month(record: Fitting, name: str, spec: JsonObject, rng: Random) -> Any:
    """That day of the month that is told by its number, in the year of which enough is over; a past month."""
    month = record.look(spec["day_in"])
    if not isinstance(month, int) or not 1 <= month <= 12:
        return record.moment(name, datetime.combine(record.subject.today, datetime.min.time()) - timedelta(days=4))
    today = record.subject.today
    year = year_over(today, spec["over"])
    paid = date(year - (year == today.year and month >= today.month), month, spec["day"])
    return record.moment(name, datetime.combine(paid, datetime.min.time()))


@rule("flying")
def place_arrival(record: Fitting, name: str, spec: JsonObject, rng: Random) -> Any:
    """When one lands who leaves then: by the way between two airports, and two hours later for each stop."""
    start = read_moment(record.look(spec["flying"]))
    airports = {place.airport: place for place in PLACES}
    here, there = airports.get(record.told.get("origin", "")), airports.get(record.told.get("destination", ""))
    if not start:
        return ...
    hours = 1.6
    if here and there:
        east = (here.longitude - there.longitude) * cos(radians((here.latitude + there.latitude) / 2))
        hours = 0.6 + 111 * hypot(here.latitude - there.latitude, east) / 800
    minutes = 5 * round(12 * (hours + 2 * (record.look(spec["stops"]) or 0)) + rng.random())
    return record.moment(name, start + timedelta(minutes=minutes))
