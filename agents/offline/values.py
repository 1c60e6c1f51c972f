"""Believable values from JSON Schemas: names, ids, dates, amounts, enums, patterns; the generator decides."""

import math
import re
from datetime import date, timedelta
from random import Random
from typing import Any

import rstr
from faker import Faker
from jsonschema import Draft202012Validator
from jsonschema.validators import validator_for
from referencing import Registry

from agents.plan.json_paths import flat
from agents.schema import Schema, words

_FAKER = Faker("en_US")
STATUS = ("active", "pending", "open", "confirmed", "completed", "scheduled")
_PERSON = frozenset(
    ("customer", "person", "author", "user", "guest", "patient", "tenant", "agent", "employee", "contact")
)
_FAKED = {
    "company": "company", "organization": "company", "vendor": "company", "supplier": "company", "city": "city",
    "country": "country", "address": "street_address", "street": "street_address", "zip": "postcode",
    "postcode": "postcode", "postal": "postcode", "job": "job", "domain": "domain_name", "username": "user_name",
    "login": "user_name", "owner": "user_name", "handle": "user_name", "email": "email", "region": "state",
    "province": "state", "language": "language_name", "color": "color_name", "colour": "color_name", "ip": "ipv4",
    "iban": "iban", "bic": "swift",
}  # fmt: skip
_CHOICES = {
    "currency": ("EUR", "USD", "GBP"), "timezone": ("Europe/Berlin", "America/Chicago", "Asia/Tokyo"),
    "unit": ("pieces", "boxes", "hours", "kg"), "priority": ("low", "normal", "high"), "status": STATUS,
    "state": STATUS, "branch": ("main", "develop", "release-2"), "locale": ("en-US", "de-DE", "fr-FR"),
    "symbol": ("ACME", "NWND", "GLBX"), "version": ("1.4.0", "2.0.3", "3.1.1"),
    "session": ("default", "office", "mobile"), "role": ("viewer", "editor", "admin"),
}  # fmt: skip
_QUOTED = re.compile(
    r"(?:e\.g\.|such as|[Ff]or example|[Ee]xamples?:)[^.'\"`]*((?:['\"`][^'\"`]{1,60}['\"`](?:,| or|\s)*)+)"
)
"""Examples in prose."""
_FIRST = (
    "North", "Harbor", "Silver", "Cedar", "Summit", "River", "Amber", "Granite", "Maple", "Atlas", "Coral", "Delta",
    "Juniper", "Orchid", "Quartz", "Willow", "Copper", "Beacon", "Meadow", "Falcon",
)  # fmt: skip
_SECOND = (
    "Review", "Launch", "Basic", "Plan", "Archive", "Studio", "Depot", "Lane", "Pilot", "Bundle", "Index", "Draft",
    "Series", "Desk", "Batch", "Folder", "Suite", "Sprint", "Ledger", "Field",
)  # fmt: skip


def valid(schema: Schema, value: Any) -> bool:
    """Whether the value fits the schema by its own dialect; no `$ref` is fetched."""
    kind = validator_for(schema, default=Draft202012Validator)
    return bool(kind(schema, registry=Registry()).is_valid(value))


def believable(schema: Schema, name: str, rng: Random, root: Schema, *, full: bool = False, depth: int = 0) -> Any:
    """A value of the schema for something called `name`; `full` fills optional properties too."""
    schema = flat(schema, root)
    if "const" in schema:
        return schema["const"]
    if schema.get("enum"):
        return rng.choice([value for value in schema["enum"] if value is not None] or [None])
    kind = schema.get("type") or ("object" if "properties" in schema else "string")
    if not full and kind in ("string", "integer", "number") and (known := examples(schema)):
        return rng.choice(known)  # for arguments only: records that share an example would be one record
    if kind == "object":
        return _object(schema, name, rng, root, full=full, depth=depth)
    if kind == "array":
        return _array(schema, name, rng, root, full=full, depth=depth)
    if kind == "string":
        return _string(schema, words(name), rng)
    if kind in ("integer", "number"):
        return _number(schema, words(name), rng, whole=kind == "integer")
    return rng.random() < 0.7 if kind == "boolean" else None


def examples(schema: Schema) -> list[Any]:
    """The values that a scalar's schema gives as examples: under `examples`, else quoted in its description.

    >>> examples({"type": "string", "description": "An airport (e.g. 'TXL', 'SFO')."})
    ['TXL', 'SFO']
    """
    quoted = _QUOTED.search(str(schema.get("description", "")))
    listed = schema.get("examples") or (re.findall(r"['\"`]([^'\"`]+)['\"`]", quoted[1]) if quoted else [])
    return [value for value in listed if valid(schema, value)] if isinstance(listed, list) else []


def _object(schema: Schema, name: str, rng: Random, root: Schema, *, full: bool, depth: int) -> dict[str, Any]:
    required = schema.get("required", [])
    known = schema.get("properties") or {}
    chosen = [key for key in known if key in required or (full and depth < 3)]
    chosen += [key for key in required if key not in known]
    made = {
        key: believable(known.get(key) or {}, qualified(key, name), rng, root, full=full, depth=depth + 1)
        for key in chosen
    }
    wanted = schema.get("minProperties", 0)
    spare = [key for key in known if key not in made] + ["label", "note", "group", "tag"]
    for key in spare[: max(0, wanted - len(made))]:
        made[key] = believable(known.get(key, {}), key, rng, root, depth=depth + 1)
    return made


def qualified(key: str, owner: str) -> str:
    """A key that says nothing alone, with the noun that it belongs to: the name of a guest is a person's."""
    return f"{owner}_{key}" if key.lower() in ("id", "name", "title", "code", "number") else key


def _array(schema: Schema, name: str, rng: Random, root: Schema, *, full: bool, depth: int) -> list[Any]:
    places = schema.get("prefixItems") or (schema.get("items") if isinstance(schema.get("items"), list) else [])
    if places:
        return [believable(place, name, rng, root, full=full, depth=depth + 1) for place in places]
    least, most = schema.get("minItems", 0), schema.get("maxItems", 50)
    size = max(least, min(most, rng.choice((2, 3, 4, 5) if full else (1, 2))))
    items = schema.get("items") if isinstance(schema.get("items"), dict) else {}
    one = name[:-1] if name.endswith("s") else name
    found: list[Any] = []
    for _ in range(size * 4):
        item = believable(items or {}, one, rng, root, full=full, depth=depth + 1)
        if item not in found:
            found.append(item)
        if len(found) == size:
            break
    return found


def _string(schema: Schema, name: list[str], rng: Random) -> str:
    if schema.get("pattern"):
        return _matching(schema, rng)
    text = _formatted(schema.get("format") or _described(schema), name, rng) or _named(name, rng)
    least, most = schema.get("minLength", 0), schema.get("maxLength", 200)
    while len(text) < least:
        text += rng.choice("abcdefghjkmnpqrstuvwxyz23456789")
    return text[:most].strip() or text[:most]


def _matching(schema: Schema, rng: Random) -> str:
    """Raises: re.error: a pattern that Python cannot read; the planner leaves such a tool alone."""
    generator = rstr.Rstr(rng)
    return min((str(generator.xeger(schema["pattern"])) for _ in range(8)), key=len)


def _described(schema: Schema) -> str:
    """The format that a description spells out."""
    text = str(schema.get("description", ""))
    day, hour = "YYYY-MM-DD" in text, "HH:MM" in text
    return "date-time" if day and hour else "date" if day else "HH:MM" if hour else ""


def _formatted(form: str, name: list[str], rng: Random) -> str:
    day = day_near(rng)
    if form == "date" or "date" in name[-1:] or "day" in name[-1:]:
        return day
    if form == "date-time" or name[-1:] in (["at"], ["timestamp"], ["datetime"]) or (form == "" and "time" in name):
        return f"{day}T{rng.randint(8, 19):02d}:{rng.choice(('00', '15', '30', '45'))}:00Z"
    if form == "HH:MM":
        return f"{rng.randint(8, 19):02d}:{rng.choice(('00', '15', '30', '45'))}"
    if form == "time":
        return f"{rng.randint(8, 19):02d}:30:00"
    if form == "email":
        return _fake("email", rng)
    if form == "uuid" or "uuid" in name:
        return _uuid(rng)
    if form in ("uri", "url") or "url" in name or "uri" in name or "link" in name:
        return f"https://{_fake('domain_word', rng)}.example.com/{_fake('word', rng)}/{rng.randint(10, 999)}"
    return ""


def _uuid(rng: Random) -> str:
    digits = f"{rng.getrandbits(128):032x}"
    return f"{digits[:8]}-{digits[8:12]}-4{digits[13:16]}-a{digits[17:20]}-{digits[20:]}"


def day_near(rng: Random) -> str:
    """A day of 2026, never the clock's."""
    return (date(2026, 1, 5) + timedelta(days=rng.randint(0, 340))).isoformat()


def _named(name: list[str], rng: Random) -> str:
    last = name[-1] if name else ""
    if last in ("id", "ids", "key", "ref", "number", "code", "sku", "token", "identifier", "hash"):
        prefix = next((word for word in reversed(name[:-1]) if len(word) > 2), last)[:3].upper()
        return f"{prefix}-{rng.randint(1000, 99999)}"
    if last in ("phone", "mobile", "fax"):
        return f"+1-555-{rng.randint(100, 999)}-{rng.randint(1000, 9999)}"
    if last in ("path", "file", "filename"):
        folder, kind = rng.choice(("reports", "docs", "src", "data")), rng.choice(("txt", "md", "csv"))
        return f"{folder}/{_fake('word', rng)}-{rng.randint(2, 99)}.{kind}"
    if last in ("description", "message", "body", "content", "text", "comment", "note", "notes", "summary", "reason"):
        return _fake("sentence", rng).rstrip(".")
    for word in reversed(name):
        if word in _CHOICES:
            return rng.choice(_CHOICES[word])
        if word in _FAKED:
            return _fake(_FAKED[word], rng)
    if not _PERSON.isdisjoint(name) or name[:1] in (["first"], ["last"], ["full"]):
        return _fake("name", rng)
    return f"{rng.choice(_FIRST)} {rng.choice(_SECOND)}"


def _fake(kind: str, rng: Random) -> str:
    _FAKER.seed_instance(rng.getrandbits(32))
    return str(getattr(_FAKER, kind)()).replace("\n", ", ").replace('"', "'")


def _number(schema: Schema, name: list[str], rng: Random, *, whole: bool) -> int | float:
    low, high = _usual(name)
    least = schema.get("minimum", schema.get("exclusiveMinimum"))
    most = schema.get("maximum", schema.get("exclusiveMaximum"))
    least = low if not isinstance(least, int | float) else least
    most = max(high, least + high - low) if not isinstance(most, int | float) else most
    least = min(least, most)
    step = schema.get("multipleOf") or (1 if whole else 0.25)
    inside = (least + (most - least) * rng.uniform(0.1, 0.9)) if most > least else least
    made = math.floor(inside / step) * step
    made = made + step if made < least or made == schema.get("exclusiveMinimum") else made
    return int(made) if whole or (made == int(made) and not isinstance(step, float)) else round(made, 6)


def _usual(name: list[str]) -> tuple[float, float]:
    """The range that people would expect of a number so called."""
    ranges = {
        "id": (1000, 99999), "latitude": (-60, 60), "lat": (-60, 60), "longitude": (-150, 150), "lon": (-150, 150),
        "lng": (-150, 150), "limit": (5, 50), "page": (1, 5), "size": (5, 100), "offset": (0, 40), "year": (2019, 2026),
        "month": (1, 12), "port": (3000, 9000), "price": (5, 900), "amount": (10, 2000), "total": (20, 4000),
        "quantity": (1, 12), "count": (2, 60), "minutes": (15, 120), "rating": (1, 5),
    }  # fmt: skip
    return next((ranges[word] for word in reversed(name) if word in ranges), (1, 240))
