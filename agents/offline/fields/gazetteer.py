"""Places and clocks: where a city lies, what time it is there, which address stands at a point of the map."""

import re
from datetime import datetime, time
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from agents.offline.trade.subject import PLACES, Place, Subject
from agents.schema import JsonObject


def find_text(by_words: JsonObject, *keys: str) -> str:
    """The text of the argument with the first of these words that there is."""
    matches = (
        value for key in keys for named, value in by_words.items() if key in named.split() and isinstance(value, str)
    )
    return next(matches, "")


def find_city(text: str) -> Place | None:
    """The known place of that name."""
    return next((place for place in PLACES if place.city.lower() == text.strip().lower()), None)


def tell_time(by_words: JsonObject, moment: datetime) -> JsonObject | None:
    zone, target = find_text(by_words, "source", "timezone", "zone"), find_text(by_words, "target")
    place = find_city(find_text(by_words, "city", "location"))
    if not by_words or set(by_words) == {"format"}:
        return {"date": f"{moment:%Y-%m-%d}", "time": f"{moment:%H:%M}", "timezone": "UTC"}
    try:
        here = ZoneInfo(zone or (place.timezone if place else ""))
        there = ZoneInfo(target) if target else None
    except (ZoneInfoNotFoundError, ValueError):
        return None
    if there:
        stated = re.fullmatch(r"(\d{1,2}):(\d\d)", find_text(by_words, "time"))
        if not stated:
            return None
        begins = datetime.combine(moment.date(), time(int(stated[1]) % 24, int(stated[2])), here)
        ends = begins.astimezone(there)
        pair = {"source_timezone": here.key, "source_time": f"{begins:%H:%M}"}
        return {**pair, "target_timezone": there.key, "target_date": f"{ends:%Y-%m-%d}", "target_time": f"{ends:%H:%M}"}
    local = moment.astimezone(here)
    city = {"city": place.city} if place else {}
    return {**city, "timezone": here.key, "date": f"{local:%Y-%m-%d}", "time": f"{local:%H:%M}"}


def describe_place(place: Place, about: str) -> JsonObject:
    if about == "city":
        return {"name": place.city, "country": place.country, "timezone": place.timezone}
    return {"code": place.code, "name": place.country, "currency": place.currency}


def geocode(by_words: JsonObject, moment: datetime) -> JsonObject | None:
    """The address at a point, or the point of a city that is named; None where the call names neither."""
    figures = {key[:2]: value for key, value in by_words.items() if isinstance(value, int | float)}
    latitude, longitude = figures.get("la"), figures.get("lo", figures.get("ln"))
    if latitude is not None and longitude is not None:
        near = min(PLACES, key=lambda place: (place.latitude - latitude) ** 2 + (place.longitude - longitude) ** 2)
        at = Subject(f"{latitude}/{longitude}", "maps", "", moment.date(), 0, near)
        at.settled = True
        address = f"{at.street}, {at.postcode} {near.city}"
        return {"latitude": latitude, "longitude": longitude, "address": address, "country": near.country}
    text = find_text(by_words, "address", "city", "query", "location", "place")
    place = next((place for place in PLACES if re.search(rf"(?i)\b{re.escape(place.city)}\b", text)), None)
    if not place:
        return None
    return {"query": text, "latitude": place.latitude, "longitude": place.longitude, "country": place.country}
