"""What anybody can look up or work out: words, currencies, the time, sums, the weather of the coming days.

Such answers follow from the arguments and from the day, so they are not drawn like records of a made-up firm.
"""

import re
from collections.abc import Callable
from datetime import UTC, datetime, time, timedelta
from random import Random
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import JsonValue

from agents.offline.fields.meaning import split
from agents.offline.trade.subject import PLACES, Place, load_table
from agents.schema import JsonObject, words

_LEXICON: dict[str, list[str]] = load_table("lexicon")
"""Word -> part of speech, meaning, a sentence with it."""
_RATES = {
    "EUR": 1.0, "USD": 1.0842, "GBP": 0.8391, "JPY": 168.25, "CHF": 0.9387, "CAD": 1.4926, "AUD": 1.6518,
    "SEK": 11.042, "NOK": 11.618, "DKK": 7.4604, "PLN": 4.2655, "INR": 93.18, "BRL": 6.1147, "MXN": 21.084,
    "SGD": 1.4411, "ZAR": 19.462, "KRW": 1518.4, "TRY": 43.207, "CZK": 24.915, "HUF": 402.6,
}  # fmt: skip
"""What a euro buys."""
_CURRENCIES = {
    "EUR": "Euro", "USD": "US dollar", "GBP": "Pound sterling", "JPY": "Japanese yen", "CHF": "Swiss franc",
    "CAD": "Canadian dollar", "AUD": "Australian dollar", "SEK": "Swedish krona", "NOK": "Norwegian krone",
    "DKK": "Danish krone", "PLN": "Polish zloty", "INR": "Indian rupee", "BRL": "Brazilian real",
    "MXN": "Mexican peso", "SGD": "Singapore dollar", "ZAR": "South African rand",
}  # fmt: skip
_PRICES = {
    "AAPL": 231.4, "MSFT": 428.9, "ASML": 742.1, "SAP": 236.8, "NVO": 104.6, "NVDA": 131.2, "GOOGL": 176.3,
    "AMZN": 198.7, "TSLA": 262.5, "BTC": 67340.0, "ETH": 2615.0, "SOL": 158.3, "ADA": 0.47, "LTC": 71.9,
    "XRP": 0.58, "DOGE": 0.12,
}  # fmt: skip
_MACHINES: dict[str, Any] = load_table("machines")
"""What commands print, what programs print, and what queries find."""
_FOLDER = (("docs", "directory"), ("src", "directory"), ("tests", "directory"), ("README.md", "file"),
           ("pyproject.toml", "file"), ("CHANGELOG.md", "file"))  # fmt: skip
_CHAINS = ("Ethereum", "Polygon", "Arbitrum", "Optimism", "Base", "Solana")
_SAYINGS: dict[str, list[str]] = load_table("sayings")
_WARNINGS = (("Wind advisory", "moderate"), ("Flood watch", "severe"), ("Air quality notice", "minor"),
             ("Dense fog advisory", "minor"), ("Thunderstorm warning", "severe"))  # fmt: skip
_SKIES = ("clear sky", "scattered clouds", "overcast", "light rain", "showers")
_OPERATIONS: dict[str, Callable[[float, float], float]] = {
    "addition": lambda a, b: a + b,
    "multiplication": lambda a, b: a * b,
    "add": lambda a, b: a + b,
    "sum": lambda a, b: a + b,
    "subtract": lambda a, b: a - b,
    "multiply": lambda a, b: a * b,
    "divide": lambda a, b: a / b,
}


def look_up(tool: str, about: str, arguments: JsonObject, now: str, seed: str) -> JsonObject | None:
    """The result of a call that asks for something of the kind; None where it asks for anything else."""
    name, by_words = words(tool), {" ".join(split(key)): unwrap(value) for key, value in arguments.items()}
    moment = datetime.fromisoformat(now)
    package, area = _find(by_words, "name", "package", "crate"), _find(by_words, "state", "area", "region")
    if about in ("definition", "word") and (word := _find(by_words, "word", "term")):
        kind, meaning, sentence = _LEXICON.get(word.lower(), ("", "", ""))
        entry = {"part_of_speech": kind, "definition": meaning, "example": sentence}
        return {"word": word, **entry} if kind else None
    if (printed := run_program(name, by_words)) is not None:
        return printed
    if about == "directory" and isinstance(path := next(iter(arguments.values()), None), str) and len(arguments) == 1:
        return {"path": path, "entries": [{"name": entry, "kind": kind} for entry, kind in _FOLDER]}
    if about in ("network", "chain") and not arguments:
        return {f"{about}s": [{"id": called.lower(), "name": called} for called in _CHAINS]}
    if about == "domain_availability" and (asked := _find(by_words, "domain", "name")):
        free = Random(asked).random() < 0.5
        return {"domain": asked, "available": free, **({"price": 12.5, "currency": "USD"} if free else {})}
    if about in ("joke", "fact"):
        kind = next((word for word in name if word in _SAYINGS and about == "fact"), about)
        return {about: Random(f"{seed}/{now}").choice(_SAYINGS[kind])}
    if about in ("price", "quote", "ticker", "stock", "coin"):
        return quote_price(by_words, moment, seed)
    if about in ("status", "health") and all(isinstance(value, int | str) for value in arguments.values()):
        up = round(99 + Random(seed).random() * 0.99, 2)
        return {**arguments, "status": "healthy", "uptime_percent": up, "checked_at": f"{moment:%Y-%m-%dT%H:%M:%SZ}"}
    if about == "version" and package:
        return list_versions(package, moment)
    if about in ("time", "timezone"):
        return tell_time(by_words, moment)
    if {"convert", "exchange"} & set(name) or about in ("currency", "rate"):
        return exchange(name, by_words, moment)
    if about in ("alert", "weather_alert", "weather_warning") and (area := _find(by_words, "state", "area", "region")):
        return {"alerts": warn_of_weather(area, moment, seed)}
    if (
        about == "package"
        and {"details", "info", "get"} & set(name)
        and (package := _find(by_words, "name", "package"))
    ):
        return describe_package(tool, package)
    if about in ("forecast", "weather", "temp", "temperature"):
        return foresee(name, about, arguments, moment, seed)
    if about in ("city", "country") and not arguments:
        places = Random(seed).sample(PLACES, 8)
        listed = [describe_place(place, about) for place in places]
        return {"cities" if about == "city" else "countries": list({entry["name"]: entry for entry in listed}.values())}
    numbers = [value for value in arguments.values() if isinstance(value, int | float) and not isinstance(value, bool)]
    rng = Random(f"{seed}/{now}/{arguments}")
    if about == "uuid" and not arguments:
        return {"uuid": str(UUID(int=rng.getrandbits(128), version=4))}
    if ("random" in name and "number" in name) and len(numbers) == len(arguments) == 2:
        return {"number": rng.randint(int(min(numbers)), int(max(numbers)))}
    operation = next((_OPERATIONS[word] for word in name if word in _OPERATIONS), None)
    if operation and len(numbers) == len(arguments) == 2 and not ("divide" in name and not numbers[1]):
        result = round(operation(*numbers), 6)
        return {**arguments, "result": int(result) if result == int(result) else result}
    if "bmi" in name and len(numbers) == 2:
        height, weight = sorted(numbers)
        height = height / 100 if height > 3 else height
        return {**arguments, "bmi": round(weight / height**2, 1)} if height else None
    return None


def run_program(name: list[str], by_words: JsonObject) -> JsonObject | None:
    """What a machine prints for a command, a program or a query; None where nobody runs one, or one that is new."""
    sql = _find(by_words, "sql", "query", "statement")
    if sql in _MACHINES["queries"]:
        rows = _MACHINES["queries"][sql]
        return {"rows": rows, "row_count": len(rows)}
    if (command := _find(by_words, "command", "cmd")) in _MACHINES["commands"]:
        return {"command": command, "output": _MACHINES["commands"][command], "exit_code": 0}
    if (program := _find(by_words, "code", "script")) in _MACHINES["programs"] and not {"validate", "lint"} & set(name):
        return {"output": _MACHINES["programs"][program], "error": None}
    return None


def quote_price(by_words: JsonObject, moment: datetime, seed: str) -> JsonObject | None:
    """What one paper or coin costs right now, near to where it usually is."""
    symbol = _find(by_words, "symbol", "ticker", "coin", "pair").upper()
    plain = re.sub(r"[-/]?(?:USDT|USD|EUR)$", "", symbol) or symbol
    usual = _PRICES.get(plain)
    if usual is None:
        return None
    change = round(Random(f"{seed}/{plain}").uniform(-2.6, 2.6), 2)
    price = round(usual * (1 + change / 100), 2)
    stamp = f"{moment:%Y-%m-%dT%H:%M:%SZ}"
    return {"symbol": symbol, "price": price, "change_percent": change, "currency": "USD", "as_of": stamp}


def warn_of_weather(area: str, moment: datetime, seed: str) -> list[JsonObject]:
    """The weather warnings of an area, for the next day or two."""
    rng, listed = Random(f"{seed}/{area}"), list[JsonObject]()
    for title, severity in rng.sample(_WARNINGS, rng.randint(1, 3)):
        begins = moment + timedelta(hours=rng.randint(1, 20))
        ends = begins + timedelta(hours=rng.randint(4, 18))
        span = {"starts_at": f"{begins:%Y-%m-%dT%H:00:00Z}", "ends_at": f"{ends:%Y-%m-%dT%H:00:00Z}"}
        listed.append({"title": title, "severity": severity, "area": area, **span})
    return listed


def describe_package(tool: str, package: str) -> JsonObject:
    """What a registry says of a package: each registry counts for itself."""
    rng = Random(f"{tool}/{package}")
    version = f"{rng.randint(0, 6)}.{rng.randint(0, 14)}.{rng.randint(0, 9)}"
    licence = rng.choice(("MIT", "MIT", "Apache-2.0", "BSD-3-Clause"))
    return {"name": package, "version": version, "license": licence, "downloads": rng.randrange(1_200, 480_000, 10)}


def list_versions(package: str, moment: datetime) -> JsonObject:
    """The last releases of a package, the newest first, weeks apart."""
    rng, day, listed = Random(package), moment - timedelta(days=3), list[JsonObject]()
    major, minor = rng.randint(1, 5), rng.randint(3, 9)
    for step in range(rng.randint(4, 6)):
        day -= timedelta(days=rng.randint(9, 60))
        listed.append(
            {"version": f"{major}.{max(minor - step, 0)}.{rng.randint(0, 4)}", "released_on": f"{day:%Y-%m-%d}"}
        )
    return {"name": package, "versions": listed[: minor + 1]}


def unwrap(value: JsonValue) -> JsonValue:
    """The only element of a list of one, and everything else as it is."""
    return value[0] if isinstance(value, list) and len(value) == 1 else value


def find_city(text: str) -> Place | None:
    """The known place of that name."""
    return next((place for place in PLACES if place.city.lower() == text.strip().lower()), None)


def _find(by_words: JsonObject, *keys: str) -> str:
    """The text of the argument with the first of these words that there is."""
    matches = (
        value for key in keys for named, value in by_words.items() if key in named.split() and isinstance(value, str)
    )
    return next(matches, "")


def exchange(name: list[str], by_words: JsonObject, moment: datetime) -> JsonObject | None:
    source = _find(by_words, "from", "base", "source") or _find(by_words, "currency")
    target = _find(by_words, "to", "target")
    amount = next((v for k, v in by_words.items() if k in ("amount", "value") and isinstance(v, int | float)), None)
    base = (source or "EUR").upper()
    if base not in _RATES or (target and target.upper() not in _RATES):
        return None
    day = f"{moment:%Y-%m-%d}"
    if target and amount is not None:
        rate = round(_RATES[target.upper()] / _RATES[base], 4)
        answer = {"amount": amount, "from": base, "to": target.upper(), "rate": rate, "date": day}
        return {**answer, "result": round(amount * rate, 2)}
    if "convert" in name:
        return None
    if {"currencies", "symbols", "list", "supported"} & set(name) and "rates" not in name:
        return {"currencies": [{"code": code, "name": called} for code, called in _CURRENCIES.items()]}
    codes = [target.upper()] if target else [code for code in list(_RATES)[:9] if code != base]
    return {"base": base, "date": day, "rates": {code: round(_RATES[code] / _RATES[base], 4) for code in codes}}


def tell_time(by_words: JsonObject, moment: datetime) -> JsonObject | None:
    zone, target = _find(by_words, "source", "timezone", "zone"), _find(by_words, "target")
    place = find_city(_find(by_words, "city", "location"))
    try:
        here = ZoneInfo(zone or (place.timezone if place else ""))
        there = ZoneInfo(target) if target else None
    except (ZoneInfoNotFoundError, ValueError):
        return None
    if there:
        stated = re.fullmatch(r"(\d{1,2}):(\d\d)", _find(by_words, "time"))
        if not stated:
            return None
        begins = datetime.combine(moment.date(), time(int(stated[1]) % 24, int(stated[2])), here)
        ends = begins.astimezone(there)
        pair = {"source": {"timezone": here.key, "datetime": begins.isoformat()}}
        return {**pair, "target": {"timezone": there.key, "datetime": ends.isoformat()}}
    local = moment.astimezone(here)
    city = {"city": place.city} if place else {}
    return {**city, "timezone": here.key, "current_time": local.isoformat()}


def foresee(name: list[str], about: str, arguments: JsonObject, moment: datetime, seed: str) -> JsonObject | None:
    """The weather now, by the hour or by the day: each value near to the one before."""
    where = {key: value for key, value in arguments.items() if isinstance(value, str | int | float)}
    if any(isinstance(value, bool | list | dict) for value in arguments.values()) or not where:
        return None
    # The same place has the same weather in every call of a conversation.
    rng = Random(f"{seed}/{sorted(map(str, where.values()))[:2]}")
    warmth = 14 + 9 * (1 if 5 <= moment.month <= 9 else -0.6) + rng.uniform(-4, 4)
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
        return {**where, "hourly": listed}
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


def describe_place(place: Place, about: str) -> JsonObject:
    if about == "city":
        return {"name": place.city, "country": place.country, "timezone": place.timezone}
    return {"code": place.code, "name": place.country, "currency": place.currency}
