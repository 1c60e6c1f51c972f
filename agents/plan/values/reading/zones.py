"""Time zones that a text names: beside a time of day, or anywhere."""

import re
from functools import lru_cache
from zoneinfo import available_timezones

from agents.plan.values.language import vocabulary

_HOUR = 3600
_ZONES = {
    "utc": 0, "gmt": 0, "z": 0, "cet": 1, "mez": 1, "cest": 2, "mesz": 2, "bst": 1, "wet": 0, "eet": 2,
    "eest": 3, "msk": 3,
    "ist": 5.5, "jst": 9, "kst": 9, "sgt": 8, "hkt": 8, "est": -5, "edt": -4, "cst": -6, "cdt": -5, "mst": -7,
    "mdt": -6,
    "pst": -8, "pdt": -7, "aest": 10, "aedt": 11, "brt": -3,
}  # fmt: skip
_GENERIC = {"et": "America/New_York", "ct": "America/Chicago", "mt": "America/Denver", "pt": "America/Los_Angeles"}
_PLUS = {"plus": "+", "minus": "-", "+": "+", "-": "-"}
_ZONE = re.compile(
    rf"(?:(?P<name>{'|'.join(sorted(_ZONES, key=len, reverse=True))})\b(?! ?(?:[+-]|plus|minus) ?\d))"
    r"|(?:in |\(|utc ?|gmt ?|z ?)*(?P<offset>[+-]\d{1,2}(?::?\d{2})?)(?![\d.,])\)?"
    r"|(?P<iana>(?:africa|america|asia|atlantic|australia|europe|indian|pacific)/[a-z_]+(?:/[a-z_]+)?)"
    r"|(?P<generic>[ecmp]t)\b"
    r"|(?:in |our |the |heure (?:de |d')|hora (?:de |d[oa] )|ora di )?(?P<words>[^\W\d_]+(?: [^\W\d_]+){0,3})"
)
# not every abbreviation: `ist` and `wet` are words
_SURE_ZONE = re.compile(r"\b(utc|gmt|cest|cet|est|edt|pst|pdt)\b(?! ?(?:[+-]|plus|minus) ?\d)")
_WORD = re.compile(r"[^\W\d_]+")
_OFFSETS = (
    re.compile(r"\b(?:utc|gmt) ?(?P<sign>\+|-|plus|minus) ?(?P<h>\d{1,2})(?!\d)(?::?(?P<m>[0-5]\d))?"),
    re.compile(
        r"\b(?P<h>\d{1,2}(?:\.5)?) (?:hours?|hrs|stunden?|heures?|horas?|ore|uur) "
        r"(?:(?P<ahead>ahead|in front|before|vor|d'avance|en avance|plus|adelante|avanti)|behind|hinter|zuruck"
        r"|de retard|atras|indietro|achter)(?: of| on| sur| de)? (?:utc|gmt|greenwich|universal)"
    ),
)
_CITIES = """
America/New_York: boston washington miami atlanta philadelphia pittsburgh baltimore orlando charlotte nyc new_york_city
 washington_dc eastern us_eastern east_coast
America/Chicago: dallas houston austin minneapolis milwaukee memphis nashville central us_central
America/Denver: boulder albuquerque salt_lake mountain us_mountain
America/Los_Angeles: seattle portland sacramento oakland california san_francisco san_diego las_vegas silicon_valley
 pacific us_pacific west_coast
Europe/Berlin: munich munchen hamburg frankfurt cologne koln stuttgart leipzig dresden german mitteleuropaische
Europe/Paris: lyon marseille nice toulouse bordeaux strasbourg french
Europe/Zurich: geneva basel bern genf
Europe/Madrid: barcelona valencia sevilla seville bilbao
Europe/Rome: milan milano naples napoli turin florence
Europe/London: edinburgh manchester birmingham liverpool glasgow bristol cambridge oxford england
Europe/Amsterdam: rotterdam utrecht eindhoven the_hague
Europe/Brussels: antwerp ghent
Europe/Lisbon: porto
Europe/Vienna: graz salzburg linz
Europe/Warsaw: krakow gdansk wroclaw
Asia/Shanghai: beijing peking pekin shenzhen guangzhou 北京 上海
Asia/Tokyo: osaka kyoto nagoya japanese 日本
Asia/Kolkata: mumbai delhi bangalore bengaluru chennai hyderabad pune indian new_delhi
Africa/Johannesburg: durban cape_town
Asia/Jerusalem: haifa tel_aviv
Asia/Dubai: sharjah abu_dhabi
America/Toronto: ottawa montreal
America/Sao_Paulo: brasilia rio rio_de_janeiro
Australia/Sydney: canberra
"""
"""Zone: what is on its clock besides the city that it is named after; `_` is a blank."""
_ALONE = ("eastern", "central", "mountain", "pacific", "mitteleuropaische")
# a clock is named by what stands before or after these; `pacific` alone is an ocean
_CLOCK = frozenset(("time", "zeit", "ortszeit", "uhrzeit", "tijd", "heure", "hora", "ora", "timezone", "clock", "zone",
                    "tid", "czasu"))  # fmt: skip
_UNSPACED = re.compile(r"([\u3040-\u9fff]{2,8}?)(?:時間|时间|標準時|标准时间)")


def zone_at(text: str, place: int) -> str | int | None:
    """The zone that stands right after a time."""
    behind_comma = text[place : place + 1] == ","
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
    if match["generic"]:
        return _GENERIC[match["generic"]]
    # noon eastern needs no `time`, `9:00 central station` is no clock
    named = match["words"].split(" ")
    is_place = match[0] != match["words"] or not _CLOCK.isdisjoint(named)
    is_place |= behind_comma and text[match.end() : match.end() + 1] in ("", ".", ")", ";", "!") and len(named) < 4
    ends = [" ".join(named[:size]) for size in range(len(named), 0, -1)]
    stands_alone = text[match.end() :].lstrip()[:1] in ("", ".", ",", "(", ")", ";", "!", "?")
    if not is_place and not (len(named) == 1 and stands_alone and named[0] in _ALONE):
        return next((zone for name in ends if len(name) > 9 and (zone := named_zone(name)) is not None), None)
    return next((zone for name in ends if (zone := named_zone(name)) is not None), None)


def named_zone(name: str) -> str | int | None:
    """The zone of a clock, a city or a country by its name, whether or not `time` stands with it."""
    bare = " ".join(word for word in name.split(" ") if word not in _CLOCK)
    # "German time"; a German course is nowhere
    zones = zones_by_city() if bare == name else zones_by_city() | zones_by_language()
    spelled = (name, bare, *(bare.removesuffix(ending) for ending in ("er", "n", "e", "a", "ego")))
    return next((zone for word in spelled if word and (zone := zones.get(word)) is not None), None)


def zones_in(text: str) -> set[str | int]:
    """Zones that are named anywhere, by an abbreviation, an offset or with a word for a clock."""
    zones: set[str | int] = {int(_ZONES[name] * _HOUR) for name in _SURE_ZONE.findall(text)}
    if "/" in text:
        # asked only here, for the list of all zones is read from a folder of files
        names = re.findall(r"\b[a-z]+/[a-z_/]+", text)
        zones |= {zones_by_name()[name] for name in names if name in zones_by_name()}
    for match in _UNSPACED.finditer(text) if max(text, default="") > "\u3000" else ():
        zones |= {zone for start in range(6) if (zone := zones_by_city().get(match[1][start:])) is not None}
    words = _WORD.findall(text)
    for place in (n for n, word in enumerate(words) if word in _CLOCK or word.endswith("zeit")):
        before = [" ".join(words[max(0, place - size) : place + 1]) for size in (3, 2, 1)]
        behind = [" ".join(words[place + skip : place + skip + size]) for skip in (1, 2) for size in (3, 2, 1)]
        is_romance = words[place] in ("heure", "hora", "ora")
        named = [zone for name in before + behind * is_romance if (zone := named_zone(name)) is not None]
        zones |= set(named[:1])
    return zones


def zones_of_places(text: str) -> set[str | int]:
    """Zones of the cities and countries that are named anywhere, whatever for."""
    words = _WORD.findall(text)
    names = {" ".join(words[n : n + size]) for n in range(len(words)) for size in (1, 2, 3)}
    places = {zone for name in names if len(name) > 3 and (zone := zones_by_city().get(name)) is not None}
    if max(text, default="") > "\u3000":
        places |= {
            zone for name, zone in zones_by_city().items() if name[0] > "\u3000" and len(name) > 1 and name in text
        }
    return places


def offsets_in(text: str) -> set[str | int]:
    """Seconds east of Greenwich: UTC+2, GMT minus three, two hours ahead of UTC, +05:30."""
    offsets: set[str | int] = set()
    for pattern in _OFFSETS if "utc" in text or "gmt" in text or "greenwich" in text else ():
        for match in pattern.finditer(text):
            parts = match.groupdict()
            sign = _PLUS[parts["sign"]] if "sign" in parts else "+" if parts["ahead"] else "-"
            seconds = int(float(parts["h"]) * _HOUR) + int(parts.get("m") or 0) * 60
            offsets.add(-seconds if sign == "-" else seconds)
    return offsets


@lru_cache(maxsize=1)
def _all_zones() -> frozenset[str]:
    """Every name that there is: the library opens six hundred files to tell."""
    return frozenset(available_timezones())


@lru_cache(maxsize=1)
def zones_by_name() -> dict[str, str]:
    return {name.lower(): name for name in _all_zones() if "/" in name}


_OF_LANGUAGES = {
    "de": "Berlin", "fr": "Paris", "es": "Madrid", "it": "Rome", "nl": "Amsterdam", "sv": "Stockholm", "pl": "Warsaw",
    "da": "Copenhagen", "nb": "Oslo", "fi": "Helsinki", "el": "Athens", "cs": "Prague", "hu": "Budapest",
    "pt": "Lisbon", "tr": "Istanbul",
}  # fmt: skip


@lru_cache(maxsize=1)
def zones_by_language() -> dict[str, str | int]:
    """What a country's clock is called by: its language has the same name, but for an ending."""
    named = vocabulary.names_by_code()
    return {name: f"Europe/{city}" for code, city in _OF_LANGUAGES.items() for name in named[f"language:{code}"]}


@lru_cache(maxsize=1)
def zones_by_city() -> dict[str, str | int]:
    """What a clock, a city or a country is called, folded."""
    areas = ("Europe/", "America/", "Asia/", "Africa/", "Australia/", "Pacific/", "Atlantic/")
    cities: dict[str, str | int] = {
        name.rsplit("/", 1)[1].replace("_", " ").lower(): name for name in _all_zones() if name.startswith(areas)
    }
    lines = [line.partition(": ") for line in _CITIES.strip().replace("\n ", " ").split("\n")]
    more = {city.replace("_", " "): zone for zone, _, names in lines for city in names.split()}
    return vocabulary.zones_by_name() | cities | more
