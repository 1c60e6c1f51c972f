"""What is read off at a moment: a machine's load, a repository's state, a chain's fee, the course of a price."""

from collections.abc import Callable
from datetime import datetime, timedelta
from random import Random

from agents.offline.trade.subject import load_table
from agents.schema import JsonObject


def read_off(
    name: list[str], about: str, by_words: JsonObject, usual: float, moment: datetime, seed: str
) -> JsonObject | None:
    """The reading that a tool of that name takes; None where it takes none that is known. `usual` is a price, or 0."""
    rng = Random(f"{seed}/{about}")
    every = set(name)
    if about in ("candlestick", "candle", "price_history", "kline", "ohlcv") and usual:
        return draw_candles(about, by_words, usual, moment, rng)
    table = next((str(value) for key, value in by_words.items() if key.split()[-1] in ("table", "name")), "")
    if about in ("table", "schema") and {"describe", "schema", "columns"} & every and table in COLUMNS:
        columns = [{"column": column, "data_type": kind} for column, kind in COLUMNS[table].items()]
        return {**{key.replace(" ", "_"): value for key, value in by_words.items()}, "columns": columns}
    if about == "order_book" and usual:
        price, half = usual, usual * rng.uniform(0.00005, 0.0004)
        places = 2 if usual > 5 else 4
        bid, ask = round(price - half, places), round(price + half, places)
        texts = {key.replace(" ", "_"): value for key, value in by_words.items() if isinstance(value, str)}
        return {
            **texts,
            "best_bid": bid,
            "best_ask": ask,
            "spread": round(ask - bid, places),
            "currency": "USD",
            "as_of": f"{moment:%Y-%m-%dT%H:%M:%SZ}",
        }
    if about == "flight" and by_words:
        return list_flights(by_words, moment, rng)
    if about == "balance" and any("address" in key or "wallet" in key for key in by_words):
        return {**by_words, "balance": round(rng.uniform(0.02, 9), 4), "currency": "SUI" if "sui" in every else "ETH"}
    if by_words and not (about == "status" and "git" in every):
        return None
    kind = next((kind for kind in READINGS if set(kind.split()) <= every), "")
    if kind == "git status" or not by_words:
        reading = READINGS[kind](rng) if kind else None
        return {**by_words, **reading} if reading else None
    return None


def draw_candles(about: str, by_words: JsonObject, usual: float, moment: datetime, rng: Random) -> JsonObject:
    """Twelve days of a price, each of which opens where the one before closed, up to the usual price yesterday."""
    count = next((value for key, value in by_words.items() if "limit" in key.split() and isinstance(value, int)), 12)
    rows, price = list[JsonObject](), usual * rng.uniform(0.93, 1.04)
    places = 2 if usual > 5 else 4
    for step in range(min(max(count, 1), 30)):
        close = price * (1 + rng.uniform(-0.028, 0.031))
        high, low = (
            max(price, close) * (1 + rng.uniform(0.001, 0.012)),
            min(price, close) * (1 - rng.uniform(0.001, 0.012)),
        )
        day = moment - timedelta(days=min(max(count, 1), 30) - step)
        figures = {"open": price, "high": high, "low": low, "close": close}
        rows.append(
            {
                "date": f"{day:%Y-%m-%d}",
                **{key: round(value, places) for key, value in figures.items()},
                "volume": rng.randrange(900, 48_000),
            }
        )
        price = close
    # Yesterday's close is what today's change is counted from.
    scale = usual / price
    for row in rows:
        row |= {key: round(row[key] * scale, places) for key in ("open", "high", "low", "close")}
    named = {key.replace(" ", "_"): value for key, value in by_words.items() if isinstance(value, str)}
    return {**named, "candles" if about != "price_history" else "price_history": rows}


COLUMNS: dict[str, JsonObject] = load_table("machines")["columns"]
"""Table -> the kind of each of its columns."""
_FLIGHTS = (
    ("LH 1172", "Lufthansa"),
    ("TP 541", "TAP Air Portugal"),
    ("KL 1783", "KLM"),
    ("SK 642", "SAS"),
    ("BA 947", "British Airways"),
)


def list_flights(by_words: JsonObject, moment: datetime, rng: Random) -> JsonObject | None:
    """Direct flights of a day between two places, in the order in which they leave; None where a place is not named."""
    origin = next(
        (
            value
            for key, value in by_words.items()
            if {"origin", "departure", "dep", "from"} & set(key.split()) and "date" not in key
        ),
        None,
    )
    target = next(
        (
            value
            for key, value in by_words.items()
            if {"destination", "arrival", "arr", "to"} & set(key.split()) and "date" not in key
        ),
        None,
    )
    day = next((str(value) for key, value in by_words.items() if "date" in key.split()), f"{moment:%Y-%m-%d}")
    if not origin or not target:
        return None
    minutes, flights = rng.randrange(75, 190, 5), list[JsonObject]()
    for place, (number, airline) in enumerate(rng.sample(_FLIGHTS, 3)):
        leaves = datetime.fromisoformat(f"{day[:10]}T06:00:00") + timedelta(
            minutes=place * 290 + rng.randrange(0, 200, 5)
        )
        arrives = leaves + timedelta(minutes=minutes)
        times = {"departs_at": f"{leaves:%Y-%m-%dT%H:%M:00Z}", "arrives_at": f"{arrives:%Y-%m-%dT%H:%M:00Z}"}
        flights.append(
            {
                "number": number,
                "airline": airline,
                "origin": origin,
                "destination": target,
                **times,
                "price": rng.randrange(89, 320),
                "currency": "EUR",
            }
        )
    return {"flights": flights, "total": len(flights)}


def read_disk(rng: Random) -> JsonObject:
    total = rng.choice((256, 512, 1024))
    used = round(total * rng.uniform(0.3, 0.86), 1)
    return {
        "drive": "/",
        "total_gb": total,
        "used_gb": used,
        "free_gb": round(total - used, 1),
        "used_percent": round(100 * used / total),
    }


def read_memory(rng: Random) -> JsonObject:
    total = rng.choice((8, 16, 32))
    used = round(total * rng.uniform(0.3, 0.86), 1)
    return {
        "total_gb": total,
        "used_gb": used,
        "free_gb": round(total - used, 1),
        "used_percent": round(100 * used / total),
    }


def read_battery(rng: Random) -> JsonObject:
    percent, charging = rng.randrange(14, 98), rng.random() < 0.4
    left = (100 - percent) if charging else 4 * percent
    return {"percent": percent, "charging": charging, "minutes_to_full" if charging else "minutes_left": left}


def read_processor(rng: Random) -> JsonObject:
    cores = rng.choice((4, 8, 12))
    return {
        "usage_percent": rng.randrange(6, 78),
        "cores_count": cores,
        "load_average": round(rng.uniform(0.2, cores * 0.7), 2),
    }


def read_system(rng: Random) -> JsonObject:
    system = rng.choice(("Ubuntu 24.04", "Debian 12", "macOS 15.3", "Windows 11"))
    host = rng.choice(("studio-mac", "front-desk-02", "build-07", "laptop-lena"))
    return {
        "hostname": host,
        "system": system,
        "cores_count": rng.choice((4, 8, 12)),
        "memory_gb": rng.choice((8, 16, 32)),
        "uptime_hours": rng.randrange(2, 900),
    }


def read_repository(rng: Random) -> JsonObject:
    changed = rng.sample(
        ("src/invoices.py", "src/search.py", "docs/install.md", "tests/test_search.py", "README.md"), 3
    )
    return {
        "branch": rng.choice(("main", "dark-mode", "fix-rounding")),
        "staged": changed[:1],
        "modified": changed[1:2],
        "untracked": [changed[2]] if rng.random() < 0.5 else [],
    }


def read_fee(rng: Random) -> JsonObject:
    return {"gas_price_gwei": round(rng.uniform(4, 38), 2)}


READINGS: dict[str, Callable[[Random], JsonObject]] = {
    "git status": read_repository,
    "battery": read_battery,
    "disk": read_disk,
    "cpu": read_processor,
    "memory usage": read_memory,
    "memory info": read_memory,
    "system info": read_system,
    "gas price": read_fee,
}
"""Words of a tool's name that say what it reads off -> how it is drawn."""
