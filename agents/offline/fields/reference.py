"""What anybody can look up or work out: words, currencies, the time, sums, the weather of the coming days.

Such answers follow from the arguments and from the day, so they are not drawn like records of a made-up firm.
"""

import ast
import math
import operator
import re
from collections.abc import Callable
from datetime import datetime, timedelta
from random import Random
from typing import Any

from pydantic import JsonValue

from agents.offline.fields.gazetteer import describe_place, find_text, geocode, tell_time
from agents.offline.fields.library import cite, list_works, sample_rows, tell_file_type
from agents.offline.fields.meaning import split
from agents.offline.fields.particulars import draw_uuid
from agents.offline.trade.almanac import consult
from agents.offline.trade.packages import describe_package, list_versions
from agents.offline.trade.readings import read_off
from agents.offline.trade.subject import PLACES, load_table
from agents.offline.trade.weather import foresee, warn_of_weather
from agents.schema import JsonObject, singular, words

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
_ALTERING = frozenset(("update", "set", "delete", "remove", "create", "enable", "disable", "edit"))
_TRADED = ("symbol", "ticker", "coin", "pair", "instrument")
COINS = {"bitcoin": "BTC", "btc": "BTC", "ethereum": "ETH", "eth": "ETH", "solana": "SOL", "sol": "SOL"}
COINS |= {"cardano": "ADA", "litecoin": "LTC", "dogecoin": "DOGE", "ripple": "XRP"}
_MACHINES: dict[str, Any] = load_table("machines")
"""What commands print, what programs print, and what queries find."""
_FOLDER = (("budget.xlsx", "file"), ("drafts", "directory"), ("notes.md", "file"), ("photos", "directory"),
           ("docs", "directory"), ("src", "directory"), ("tests", "directory"), ("README.md", "file"),
           ("pyproject.toml", "file"), ("CHANGELOG.md", "file"))  # fmt: skip
_RUNNING = frozenset(
    ("run", "execute", "exec", "eval", "evaluate", "python", "repl", "sandbox", "interpreter", "interpret")
)
"""Words of tools that run what they are given."""
_STAGES = frozenset(
    [
        "sync",
        "build",
        "job",
        "order",
        "payment",
        "deployment",
        "migration",
        "task",
        "pull",
        "request",
        "run",
        "import",
        "export",
        "flight",
    ]
)
"""Words of tools whose status is no health."""
_TAKEN = ("example.", "test.", "google.", "openai.", "github.", "mydomain.", "myapp.")
"""Domains of which everybody knows that they are somebody's."""
_CHAINS = ("Ethereum", "Polygon", "Arbitrum", "Optimism", "Base", "Solana")
_SAYINGS: dict[str, list[str]] = load_table("sayings")
_SIGNS = {ast.Add: operator.add, ast.Sub: operator.sub, ast.Mult: operator.mul, ast.Div: operator.truediv}
_SIGNS[ast.Pow] = operator.pow
_ROUNDING: dict[str, Callable[[float], float]] = {
    "round": round,
    "floor": math.floor,
    "ceil": math.ceil,
    "ceiling": math.ceil,
    "sqrt": lambda a: round(math.sqrt(a), 6),
    "square": lambda a: round(a * a, 6),
}
_OPERATIONS: dict[str, Callable[[float, float], float]] = {
    "addition": lambda a, b: a + b,
    "multiplication": lambda a, b: a * b,
    "add": lambda a, b: a + b,
    "sum": lambda a, b: a + b,
    "subtract": lambda a, b: a - b,
    "multiply": lambda a, b: a * b,
    "divide": lambda a, b: a / b,
}


def look_up(
    tool: str, about: str, arguments: JsonObject, now: str, seed: str, known: str = "", start: int | None = None
) -> JsonObject | None:
    """The result of a call that asks for something of the kind; None where it asks for anything else.

    `known` is what the thing is called that an earlier result told, `start` where in a table this call begins.
    """
    name, by_words = words(tool), {" ".join(split(key)): unwrap(value) for key, value in arguments.items()}
    moment = datetime.fromisoformat(now)
    if _ALTERING & set(name):
        return None
    package = find_text(by_words, "name", "package", "packages", "crate", "dependency")
    package = ":".join(package.split(":")[:2])  # `group:artifact:version` is a version of the artifact
    area = find_text(by_words, "state", "area", "region")
    if (called := find_text(by_words, "name")).endswith(".eth") and "resolver" not in name:
        return {"name": called, "address": f"0x{Random(called).getrandbits(160):040x}"}
    if about in ("definition", "word") and (word := find_text(by_words, "word", "term")):
        kind, meaning, sentence = _LEXICON.get(word.lower(), ("", "", ""))
        entry = {"part_of_speech": kind, "definition": meaning, "example": sentence}
        return {"word": word, **entry} if kind else None
    if about in ("paper", "preprint", "article", "metadata", "citation") and (work := cite(by_words)):
        return {key: value for key, value in by_words.items() if key in ("doi", "language")} | work
    if about == "paper" and (works := list_works(by_words)):
        return works
    if about == "file_type" and (kind_of_file := tell_file_type(by_words)):
        return kind_of_file
    if about in ("sample", "row", "preview") and (sample := sample_rows(by_words, moment)):
        return sample
    if about in ("address", "geocode", "coordinate", "reverse_geocode") and (point := geocode(by_words, moment)):
        return point
    if (printed := run_program(name, by_words)) is not None:
        return printed
    if (record := consult(name, about, by_words, Random(f"{seed}/{now}"), known, start)) is not None:
        return record
    symbol = _bare_symbol(by_words) or next((COINS[word] for word in name if word in COINS), "")
    traded = by_words or ({"symbol": symbol} if symbol else {})
    # What is bid and asked is so today, while a course of a price ends yesterday.
    usual = price_now(symbol, seed)[0] if about == "order_book" else _PRICES.get(symbol, 0.0)
    if (reading := read_off(name, about, traded, usual, moment, seed)) is not None:
        return reading
    if about == "directory" and isinstance(path := next(iter(arguments.values()), None), str) and len(arguments) == 1:
        entries = sorted(Random(path).sample(_FOLDER, 5))
        return {"path": path, "entries": [{"name": entry, "kind": kind} for entry, kind in entries]}
    if about in ("network", "chain") and not arguments and {"networks", "chains"} & set(name):
        return {f"{about}s": [{"id": called.lower(), "name": called} for called in _CHAINS]}
    several = next((value for key, value in by_words.items() if key == "domains" and isinstance(value, list)), [])
    if about == "domain_availability" and several:
        unsold = [name for name in several if _is_free(str(name))]
        return {"available": unsold, "unavailable": [name for name in several if name not in unsold]}
    if about == "domain_availability" and (asked := find_text(by_words, "domain", "name")):
        free = _is_free(asked)
        return {"domain": asked, "available": free, **({"price": 12.5, "currency": "USD"} if free else {})}
    if about in ("joke", "fact") and not any(isinstance(value, str) for value in arguments.values()):
        kind = next((word for word in name if word in _SAYINGS and about == "fact"), about)
        return {about: Random(f"{seed}/{now}").choice(_SAYINGS[kind])}
    if about == "price" and {"avg", "average"} & set(name) and (quote := quote_price(by_words, moment, seed)):
        told = {key: value for key, value in quote.items() if key not in ("price", "change_percent")}
        return {**told, "average_price": quote["price"]}
    if about in ("price", "quote", "ticker", "stock", "coin"):
        return quote_price(by_words, moment, seed)
    if (
        about in ("status", "health")
        and not _STAGES & set(name)
        and all(isinstance(value, int | str) for value in arguments.values())
    ):
        return {**arguments, "status": "healthy", "checked_at": f"{moment:%Y-%m-%dT%H:%M:%SZ}"}
    if about in ("version", "release") and package and not {"exist", "exists", "check"} & set(name):
        releases = list_versions(tool, package, moment)["versions"]
        if wanted := find_text(by_words, "version"):
            releases = [{**releases[-1], "version": wanted}]  # which is looked for is one of its releases
        if "latest" in name and not {"versions", "releases"} & set(name):
            return {"name": package, **releases[0]}
        return {"name": package, f"{about}s": releases}
    if about in ("time", "timezone"):
        return tell_time(by_words, moment)
    if {"convert", "exchange"} & set(name) or about in ("currency", "rate"):
        return exchange(name, by_words, moment)
    if about in ("alert", "weather_alert", "weather_warning") and (area or (about != "alert" and not arguments)):
        where = area or Random(seed).choice(("the coast", "the northern valleys", "the islands"))
        return {f"{'alert' if area else about}s": warn_of_weather(where, moment, seed)}
    if (
        about == "package"
        and "search" in name
        and (package := find_text(by_words, "query", "q", "search", "term", "keyword"))
    ):
        hits = [
            package.lower().replace(" ", "-"),
            *(f"{package.lower().replace(' ', '-')}-{part}" for part in ("cli", "plus")),
        ]
        return {"packages": [describe_package(tool, called) for called in hits], "total": len(hits)}
    if (
        about == "package"
        and {"details", "info", "get"} & set(name)
        and (package := find_text(by_words, "name", "package"))
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
        return {"uuid": draw_uuid(rng)}
    if ("random" in name and "number" in name) and len(numbers) == len(arguments) == 2:
        return {"number": rng.randint(int(min(numbers)), int(max(numbers)))}
    operation = next((_OPERATIONS[word] for word in name if word in _OPERATIONS), None)
    if operation and len(numbers) == len(arguments) == 2 and not ("divide" in name and not numbers[1]):
        result = round(operation(*numbers), 6)
        return {**arguments, "result": int(result) if result == int(result) else result}
    if name[:1] and name[0] in _ROUNDING and len(numbers) == len(arguments) == 1 and numbers[0] >= 0:
        return {**arguments, "result": _ROUNDING[name[0]](numbers[0])}
    if (expression := find_text(by_words, "expression")) and set(expression) <= set("0123456789.+-*/() "):
        return {"expression": expression, "result": work_out(expression)}
    if "bmi" in name and len(numbers) == 2:
        height, weight = sorted(numbers)
        height = height / 100 if height > 3 else height
        return {**arguments, "bmi": round(weight / height**2, 1)} if height else None
    return None


def _is_free(domain: str) -> bool:
    """Whether nobody has the domain."""
    return not domain.startswith(_TAKEN) and Random(domain).random() < 0.5


def work_out(expression: str) -> float:
    """What a sum in figures comes to.

    >>> work_out("(4 + 6) * 15 / 2"), work_out("2 ** 10 - 24")
    (75, 1000)
    """
    result = round(_reckon(ast.parse(expression, mode="eval").body), 6)
    return int(result) if result == int(result) else result


def _reckon(node: ast.AST) -> float:
    if isinstance(node, ast.BinOp):
        return float(_SIGNS[type(node.op)](_reckon(node.left), _reckon(node.right)))
    if isinstance(node, ast.Constant) and isinstance(node.value, int | float):
        return node.value
    raise ValueError(f"a sum of numbers, not {ast.dump(node)}")


def run_program(name: list[str], by_words: JsonObject) -> JsonObject | None:
    """What a machine prints for a command, a program or a query; None where nobody runs one, or one that is new."""
    sql = find_text(by_words, "sql", "query", "statement")
    if sql in _MACHINES["queries"] and not {"link", "url"} & set(name):
        rows = _MACHINES["queries"][sql]
        return {"rows": rows, "row_count": len(rows)}
    if sql in _MACHINES["statements"]:
        return {"affected_rows": _MACHINES["statements"][sql]}
    if (command := find_text(by_words, "command", "cmd")) in _MACHINES["commands"]:
        return {"command": command, "output": _MACHINES["commands"][command], "exit_code": 0}
    program = find_text(by_words, "code", "script") if _RUNNING & {*name, *map(singular, name)} else ""
    if program in _MACHINES["programs"] and not {"validate", "lint"} & set(name):
        return {"output": _MACHINES["programs"][program], "error": None}
    return None


def price_now(symbol: str, seed: str) -> tuple[float, float]:
    """What a paper or coin costs today, and by how many percent that has changed since yesterday; 0 if unknown."""
    change = round(Random(f"{seed}/{symbol}").uniform(-2.6, 2.6), 2)
    return round(_PRICES.get(symbol, 0.0) * (1 + change / 100), 2), change


def quote_price(by_words: JsonObject, moment: datetime, seed: str) -> JsonObject | None:
    """What one paper or coin costs right now, near to where it usually is."""
    symbol, plain = find_text(by_words, *_TRADED).upper(), _bare_symbol(by_words)
    price, change = price_now(plain, seed)
    if not price:
        return None
    if moment.weekday() > 4 and plain not in COINS.values():  # the stock exchanges are closed
        moment = (moment - timedelta(days=moment.weekday() - 4)).replace(hour=20, minute=0)
    stamp = f"{moment:%Y-%m-%dT%H:%M:%SZ}"
    # a coin that is asked for by its id is told under that as well
    named = {"coin_id": by_words["coin id"]} if "coin id" in by_words else {}
    symbol = COINS.get(symbol.lower(), symbol)
    return {**named, "symbol": symbol, "price": price, "change_percent": change, "currency": "USD", "as_of": stamp}


def _bare_symbol(by_words: JsonObject) -> str:
    """The paper or coin that is asked for, without what it is paid in: BTC of BTC-USDT."""
    symbol = find_text(by_words, *_TRADED).upper()
    symbol = COINS.get(symbol.lower(), symbol)
    return re.sub(r"[-/]?(?:USDT|USD|EUR)$", "", symbol) or symbol


def unwrap(value: JsonValue) -> JsonValue:
    """The only element of a list of one, and everything else as it is."""
    return value[0] if isinstance(value, list) and len(value) == 1 else value


def exchange(name: list[str], by_words: JsonObject, moment: datetime) -> JsonObject | None:
    source = find_text(by_words, "from", "base", "source") or find_text(by_words, "currency")
    target = find_text(by_words, "to", "target")
    amount = next((v for k, v in by_words.items() if k in ("amount", "value") and isinstance(v, int | float)), None)
    base = (source or "USD").upper()
    if base not in _RATES or (target and target.upper() not in _RATES):
        return None
    day = min(find_text(by_words, "date") or f"{moment:%Y-%m-%d}", f"{moment:%Y-%m-%d}")
    if target and amount is not None:
        rate = round(_RATES[target.upper()] / _RATES[base], 4)
        answer = {"amount": amount, "from": base, "to": target.upper(), "rate": rate, "date": day}
        return {**answer, "result": round(amount * rate, 2)}
    if "convert" in name:
        return None
    if {"currencies", "symbols", "list", "supported"} & set(name) and "rates" not in name:
        return {"currencies": [{"code": code, "name": called} for code, called in _CURRENCIES.items()]}
    if target:
        return {
            "base": base,
            "target": target.upper(),
            "rate": round(_RATES[target.upper()] / _RATES[base], 4),
            "date": day,
        }
    codes = [code for code in list(_RATES)[:9] if code != base]
    rates = [{"name": code, "value": round(_RATES[code] / _RATES[base], 4)} for code in codes]
    return {"base": base, "date": day, "rates": rates}
