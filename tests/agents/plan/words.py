"""The words of nine languages as num2words and babel have them: python -m tests.agents.plan.words

Writes agents/plan/values/language/words.json, which `vocabulary` reads: asking the two libraries for nine thousand
numbers and three thousand names takes half a second in every process. A test compares the file with what they say.
"""

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import orjson
from babel import Locale
from babel.core import get_global
from babel.numbers import get_territory_currencies
from num2words import num2words

from agents.plan.values.language.spelling import fold
from agents.plan.values.language.vocabulary import LANGUAGES, WORDS

DAYS = range(7)
MONTHS = range(1, 13)
MORE_MONTHS = ("cs", "da", "fi", "nb", "pl", "ro", "ru", "sv", "tr", "uk")
"""Languages of which only the months are read: their numbers and clocks are not."""
WIDTHS = ("abbreviated", "wide")
MORE_NAMES = ("ja", "zh", "pl", "cs", "sv", "da", "nb")
"""Languages in which countries, languages, currencies and cities are known by name."""
# of the zones that share a clock the one by which people call it
FIRST_ZONES = (
    "America/New_York", "America/Chicago", "America/Denver", "America/Los_Angeles", "America/Halifax",
    "America/Sao_Paulo", "Europe/Berlin", "Europe/London", "Europe/Lisbon", "Europe/Madrid", "Europe/Athens",
    "Europe/Moscow", "Asia/Shanghai", "Asia/Tokyo", "Asia/Kolkata", "Asia/Dubai", "Australia/Sydney",
    "Australia/Perth", "Australia/Adelaide", "Pacific/Auckland", "Africa/Johannesburg", "Africa/Lagos",
)  # fmt: skip


def read_libraries() -> dict[str, object]:
    """What the file holds, everything folded: names by their numbers in order, spelled numbers from 0 or the 1st."""
    locales = {language: Locale(language) for language in LANGUAGES}
    named_in = [*locales.values(), *map(Locale, MORE_NAMES)]
    names: dict[str, set[str]] = {}
    for locale in named_in:
        for kind, table in (("territory", locale.territories), ("language", locale.languages)):
            for code, name in table.items():
                if len(code) == 2 or (kind == "language" and len(code) == 5):
                    names.setdefault(f"{kind}:{code.replace('_', '-')}", set()).add(fold(name))
    return {
        "cardinals": {lang: [_spell(n, lang) for n in range(1000)] for lang in (*LANGUAGES, "pt_BR")},
        "ordinals": {lang: [_spell(n, lang, "ordinal") for n in range(1, 32)] for lang in LANGUAGES},
        "months": {
            lang: {width: [fold(locale.months["format"][width][n]) for n in MONTHS] for width in WIDTHS}
            for lang, locale in locales.items()
        }
        | {lang: {"wide": [fold(Locale(lang).months["format"]["wide"][n]) for n in MONTHS]} for lang in MORE_MONTHS},
        "days": {
            # the short ones of Swedish are words elsewhere: man, tor
            lang: {
                width: [fold(locale.days["format"][width][n]) for n in DAYS]
                for width in WIDTHS
                if lang != "sv" or width == "wide"
            }
            for lang, locale in locales.items()
        },
        "codes": {code: sorted(spelled) for code, spelled in sorted(names.items())},
        "currencies": name_currencies(named_in),
        "zones": name_zones(named_in),
        "countries": zones_of_countries(),
    }


def name_currencies(locales: list[Locale]) -> dict[str, list[str]]:
    """Code of each currency that is in use -> its names, in every number."""
    used = {code for country in get_global("territory_zones") for code in get_territory_currencies(country)}
    names: dict[str, set[str]] = {code: set() for code in sorted(used)}
    for locale in locales:
        for code in used & locale.currencies.keys():
            names[code].add(fold(locale.currencies[code]))
        for code, spelled in locale._data["currency_names_plural"].items():
            names.get(code, set()).update(map(fold, spelled.values()))
    return {code: sorted(spelled) for code, spelled in names.items()}


def name_zones(locales: list[Locale]) -> dict[str, str | int]:
    """What a clock or a city is called -> its zone; of summer and of standard time the seconds east of Greenwich."""
    first: dict[str, str] = {}
    members = sorted(get_global("meta_zones").items(), key=lambda item: (item[0] not in FIRST_ZONES, item[0]))
    for zone, clock in members:
        first.setdefault(clock, zone)
    zones: dict[str, str | int] = {}
    for locale in locales:
        for zone, names in locale._data["time_zones"].items():
            if "city" in names and zone in get_global("meta_zones"):
                zones[fold(names["city"])] = zone
        for clock, names in locale._data["meta_zones"].items():
            if clock in first:
                zones |= _name_clock(first[clock], names.get("long", {}))
    return dict(sorted(zones.items()))


def _name_clock(zone: str, names: Mapping[str, str]) -> dict[str, str | int]:
    offsets = [datetime(2026, month, 1, tzinfo=ZoneInfo(zone)).utcoffset() for month in MONTHS]
    seconds = [int(offset.total_seconds()) for offset in offsets if offset is not None]
    values = {"generic": zone, "standard": min(seconds), "daylight": max(seconds)}
    return {fold(names[kind]): value for kind, value in values.items() if kind in names}


def zones_of_countries() -> dict[str, str]:
    """The zone of each country that has one clock, or of which one is meant."""
    table = {}
    for country, zones in get_global("territory_zones").items():
        named = [zone for zone in FIRST_ZONES if zone in zones]
        if (len(zones) == 1 or named) and country not in ("US", "CA", "AU", "RU", "BR", "001"):
            table[country] = (named or zones)[0]
    return dict(sorted(table.items()))


def _spell(number: int, language: str, kind: str = "cardinal") -> str:
    return fold(num2words(number, lang=language, to=kind)).replace("-", " ")


def write(path: Path) -> None:
    path.write_bytes(orjson.dumps(read_libraries()).replace(b'],"', b'],\n"') + b"\n")


if __name__ == "__main__":
    write(WORDS)
