"""Time zones that a text names: beside a time of day, or anywhere."""

import re
from functools import lru_cache
from zoneinfo import available_timezones

_HOUR = 3600
_ZONES = {
    "utc": 0, "gmt": 0, "z": 0, "cet": 1, "mez": 1, "cest": 2, "mesz": 2, "bst": 1, "wet": 0, "eet": 2,
    "eest": 3, "msk": 3,
    "ist": 5.5, "jst": 9, "kst": 9, "sgt": 8, "hkt": 8, "est": -5, "edt": -4, "cst": -6, "cdt": -5, "mst": -7,
    "mdt": -6,
    "pst": -8, "pdt": -7, "aest": 10, "aedt": 11, "brt": -3,
}  # fmt: skip
_ZONE = re.compile(
    rf"(?:(?P<name>{'|'.join(sorted(_ZONES, key=len, reverse=True))})\b(?! ?[+-]\d))"
    r"|(?:in |\(|utc ?|gmt ?|z ?)*(?P<offset>[+-]\d{1,2}(?::?\d{2})?)(?![\d.,])\)?"
    r"|(?P<iana>(?:africa|america|asia|atlantic|australia|europe|indian|pacific)/[a-z_]+(?:/[a-z_]+)?)"
    r"|(?P<city>[a-z]+(?: [a-z]+)?) (?:time|zeit|ortszeit|local time|tijd)\b"
    r"|(?:in |heure (?:de |d')|hora (?:de |d[oa] )|ora di )(?P<place>[a-z]+(?: [a-z]+)?)"
)
# not every abbreviation: `ist` and `wet` are words
_SURE_ZONE = re.compile(r"\b(utc|gmt|cest|cet|est|edt|pst|pdt)\b(?! ?[+-]\d)")
_CITY_TIME = re.compile(r"\b([a-z]+)(?:er)?(?: [a-z]+)? (?:time|zeit|ortszeit|tijd)\b")


def zone_at(text: str, place: int) -> str | int | None:
    """The zone that stands right after a time."""
    place += len(text[place : place + 3]) - len(text[place : place + 3].lstrip(" ,("))
    match = _ZONE.match(text, place)
    if not match:
        return None
    if match["name"]:
        return int(_ZONES[match["name"]] * _HOUR)
    if match["offset"]:
        digits = match["offset"][1:].replace(":", "")
        hours, minutes = (int(digits), 0) if len(digits) <= 2 else (int(digits[:-2]), int(digits[-2:]))
        return (-1 if match["offset"][0] == "-" else 1) * (hours * _HOUR + minutes * 60)
    if match["iana"]:
        return zones_by_name().get(match["iana"])
    city = match["city"] or match["place"]
    named = zones_by_city()
    return next((named[name] for name in (city, city.removesuffix("er"), city.split(" ")[0]) if name in named), None)


def zones_in(text: str) -> set[str | int]:
    """Zones that are named anywhere."""
    zones: set[str | int] = {int(_ZONES[name] * _HOUR) for name in _SURE_ZONE.findall(text)}
    if "/" in text:
        # asked only here, for the list of all zones is read from a folder of files
        names = re.findall(r"\b[a-z]+/[a-z_/]+", text)
        zones |= {zones_by_name()[name] for name in names if name in zones_by_name()}
    for match in _CITY_TIME.finditer(text) if any(word in text for word in (" time", "zeit", " tijd")) else ():
        zones |= {zones_by_city()[name] for name in (match[1], match[1].removesuffix("er")) if name in zones_by_city()}
    return zones


@lru_cache(maxsize=1)
def zones_by_name() -> dict[str, str]:
    return {name.lower(): name for name in available_timezones() if "/" in name}


@lru_cache(maxsize=1)
def zones_by_city() -> dict[str, str]:
    areas = ("Europe/", "America/", "Asia/", "Africa/", "Australia/", "Pacific/", "Atlantic/")
    cities = {
        name.rsplit("/", 1)[1].replace("_", " ").lower(): name
        for name in available_timezones()
        if name.startswith(areas)
    }
    german = dict.fromkeys(("munich", "munchner", "german", "mitteleuropaische"), "Europe/Berlin")
    return cities | german | {"french": "Europe/Paris", "pacific": "America/Los_Angeles", "eastern": "America/New_York"}
