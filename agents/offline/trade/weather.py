"""The weather of a place: now, by the hour, by the day, and what is warned of."""

from datetime import UTC, datetime, timedelta
from math import cos, pi
from random import Random

from agents.offline.trade.subject import PLACES, Place
from agents.schema import JsonObject

_WARNINGS = (("Wind advisory", "moderate"), ("Flood watch", "severe"), ("Air quality notice", "minor"),
             ("Dense fog advisory", "minor"), ("Thunderstorm warning", "severe"))  # fmt: skip
_SKIES = ("clear sky", "scattered clouds", "overcast", "light rain", "showers")


def warn_of_weather(area: str, moment: datetime, seed: str) -> list[JsonObject]:
    """The weather warnings of an area, for the next day or two."""
    rng, listed = Random(f"{seed}/{area}"), list[JsonObject]()
    for title, severity in rng.sample(_WARNINGS, rng.randint(4, 5)):
        begins = moment + timedelta(hours=rng.randint(1, 20))
        ends = begins + timedelta(hours=rng.randint(4, 18))
        span = {"starts_at": f"{begins:%Y-%m-%dT%H:00:00Z}", "ends_at": f"{ends:%Y-%m-%dT%H:00:00Z}"}
        listed.append({"title": title, "severity": severity, "area": area, **span})
    return listed


def lies_at(place: Place, where: JsonObject) -> bool:
    """Whether a call that names somewhere means that place: by its name or by where it is on the map."""
    numbers = [value for value in where.values() if isinstance(value, int | float)]
    return place.city in where.values() or {round(place.latitude, 2), round(place.longitude, 2)} <= set(numbers)


def find_latitude(where: JsonObject) -> float:
    """How far north the place of a call lies; as far as most of the known places where nobody can say."""
    stated = next((v for k, v in where.items() if k.lower().startswith("lat") and isinstance(v, int | float)), None)
    return stated if stated is not None else next((p.latitude for p in PLACES if lies_at(p, where)), 48.0)


def usual_warmth(latitude: float, month: int) -> float:
    """The usual warmth of a day in degrees Celsius: seasons turn south of the equator and vanish near it.

    >>> round(usual_warmth(48.1, 7)), round(usual_warmth(-33.9, 7)), round(usual_warmth(1.35, 1))
    (21, 12, 28)
    """
    north = 1 if latitude >= 0 else -1
    season = north * -cos(2 * pi * (month - 1) / 12)
    far = min(abs(latitude), 70.0)
    return 29 - 0.33 * far + season * 0.16 * far


def foresee(name: list[str], about: str, arguments: JsonObject, moment: datetime, seed: str) -> JsonObject | None:
    """The weather now, by the hour or by the day: each value near to the one before."""
    where = {key: value for key, value in arguments.items() if isinstance(value, str | int | float)}
    if any(isinstance(value, bool | list | dict) for value in arguments.values()):
        return None
    if not where:
        where = {"city": Random(f"{seed}/home").choice(PLACES).city}  # nobody said where, so it is here
    # The same place has the same weather in every call of a conversation, by whatever it is named.
    near = next((place.city for place in PLACES if lies_at(place, where)), "")
    rng = Random(f"{seed}/{near or sorted(map(str, where.values()))[:2]}")
    warmth = usual_warmth(find_latitude(where), moment.month) + rng.uniform(-4, 4)
    sky, now = rng.randrange(len(_SKIES)), round(warmth, 1)
    if about in ("temp", "temperature"):
        return {**where, "temperature_celsius": now, "as_of": f"{moment:%Y-%m-%dT%H:%M:%SZ}"}
    if about == "weather" and "forecast" not in name:
        damp, wind = rng.randrange(40, 90), round(rng.uniform(3, 28), 1)
        current = {"temperature_celsius": now, "condition": _SKIES[sky], "humidity_percent": damp, "wind_kmh": wind}
        return {**where, **current, "measured_at": f"{moment.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"}
    listed = []
    if "hourly" in name or "hour" in name:
        for step in range(8):
            listed.append(
                {
                    "time": f"{moment + timedelta(hours=3 * step):%Y-%m-%dT%H:00:00Z}",
                    "temperature_celsius": round(warmth + rng.uniform(-2.5, 2.5), 1),
                    "rain_percent": 5 * rng.randrange(14),
                    "condition": _SKIES[(sky + step // 3) % len(_SKIES)],
                }
            )
        return {**where, "hours": listed}
    days = next((v for k, v in arguments.items() if k.lower() == "days" and isinstance(v, int) and 0 < v < 15), 5)
    for step in range(days):
        high = warmth + rng.uniform(-2, 3)
        condition = _SKIES[(sky + rng.randrange(2) + step // 2) % len(_SKIES)]
        listed.append(
            {
                "date": f"{moment + timedelta(days=step):%Y-%m-%d}",
                "condition": condition,
                "low_celsius": round(high - rng.uniform(5, 9), 1),
                "high_celsius": round(high, 1),
            }
        )
    return {**where, "forecast": listed}
