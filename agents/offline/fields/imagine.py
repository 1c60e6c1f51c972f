"""The shape of what a tool returns that declares nothing: by its verb, its noun and what its text speaks of."""

import re
from functools import lru_cache

from pydantic import JsonValue

from agents.offline.fields.meaning import split
from agents.offline.fields.numbers import is_number
from agents.offline.fields.reference import COINS, look_up
from agents.offline.fields.topic import DETAILS, FIELDS, TABLED, find_sense, is_listing, list_key, looks, name_thing
from agents.offline.talk.phrases import phrase_ways
from agents.offline.talk.wording import answers_yes_or_no
from agents.offline.trade.almanac import ALMANAC
from agents.offline.trade.subject import COMPANIES, FIRST_DAY, PERSONS, Subject
from agents.plan.dataflow import Described
from agents.plan.json_paths import merge
from agents.schema import JsonObject, Schema, words

_YES: Schema = {"type": "boolean", "const": True}
_DOCUMENTS_WORDS = """
document page content text resource readme doc docs transcript snapshot html markdown article summary abstract
documentation guide body output paper excerpt tutorial
"""
_DOCUMENTS = frozenset(_DOCUMENTS_WORDS.split())
_PRINTING = frozenset(("code", "command", "cmd", "script", "expression"))
_DRAWN = frozenset(("image", "qr", "qrcode", "chart", "audio", "video", "screenshot", "photo", "picture"))
"""What is made at a link and has no other id."""
_HANDLED = frozenset(
    ("click", "hover", "fill", "navigate", "resize", "window", "viewport", "image", "qr", "qrcode", "tab")
)
"""What is done on a screen or made once, and has no day on which it was changed."""
_PLACES = frozenset(
    ("path", "file", "filename", "filepath", "selector", "index", "document", "workbook", "presentation")
)
"""Last words of arguments that say where on a screen or in a document something is done."""
_IDS = frozenset(("id", "ids", "gid", "uuid"))
_ALTERING_WORDS = (
    "update edit modify patch rename change cancel approve reject close complete resolve reopen assign archive"
)
_ALTERING = frozenset(_ALTERING_WORDS.split())
"""Verbs of what is written down at the thing that it is done to."""
_RUNNING = frozenset(["run", "execute", "exec", "eval", "evaluate", "invoke", "call", "test"])
_GONE = frozenset(("delete", "remove", "destroy", "drop", "purge"))
_MAKING = frozenset(
    ("create", "add", "book", "register", "new", "make", "schedule", "upload", "generate", "insert", "log")
)
_CHECKING = frozenset(("validate", "verify", "lint"))
_NUMERIC = frozenset(("calculate", "compute", "convert", "estimate", "sum", "multiply", "divide", "subtract"))
_WORKING_OUT = _NUMERIC | frozenset(("resolve", "analyze", "analyse", "summarize", "translate", "explain", "compare"))
_YES_OR_NO = frozenset(
    (
        "read",
        "available",
        "verified",
        "visible",
        "protected",
        "enabled",
        "active",
        "online",
        "on",
        "nullable",
        "healthy",
    )
)
_DAYS = frozenset(("on", "date"))
_SPOKEN_WORDS = """
temperature humidity price volume balance rating score duration size status author url email language version license
stars forks downloads address phone population followers views likes priority assignee severity owner currency country
city timezone title description category bytes distance speed
"""
_SPOKEN = frozenset(_SPOKEN_WORDS.split())
"""Words of a description that are names of fields."""
_MANY = 7
"""Fields of a record in an imagined list, at most."""
_STAMPS = ("created_at", "updated_at")
"""What a record with fields of its own has besides when it is looked at alone."""
_KEPT_WORDS = "status state owner assignee stage priority updated_at created_at enabled due_date last_used_at"
_KEPT = frozenset(_KEPT_WORDS.split())
"""Fields of what somebody keeps and changes; a city, a film or a recipe has no such stamps."""
_MINE = re.compile(r"(?i)\bmy\b|assigned to (?:me|you|the (?:current|authenticated) user)")
_BY = frozenset(("username", "user", "author", "handle", "account"))
"""Words of arguments that name whose things are listed."""
_PART = r"[a-z][a-z' /-]+"
_NAMED_FIELDS = re.compile(
    rf"(?i)\b(?:including|includes?|returns?:?|such as|containing|with(?: its| their)?) "
    rf"((?:{_PART}, )+(?:and |or )?{_PART})"
)
"""A list of what a description says that there is: `including status, uptime and response time`."""


@lru_cache(maxsize=4096)
def field_schema(name: str) -> Schema:
    """What a field of that name holds.

    >>> field_schema("created_at"), field_schema("stars"), field_schema("author")
    ({'type': 'string', 'format': 'date-time'}, {'type': 'integer'}, {'type': 'string'})
    """
    about = split(name)
    if (about[-1] in ("at", "time") and len(about) > 1) or name in ("at", "as_of"):
        return {"type": "string", "format": "date-time"}
    if (about[-1] in _DAYS and len(about) > 1) or name == "date":
        return {"type": "string", "format": "date"}
    if name == "url":
        return {"type": "string", "format": "uri"}
    if name in ("ingredients", "tags"):
        return {"type": "array", "items": {"type": "string"}}
    if name in _YES_OR_NO:
        return {"type": "boolean"}
    if is_number(name):
        return {"type": "integer" if is_number(name) == "whole" else "number"}
    return {"type": "string"}


def imagine_shape(tool: Described, arguments: JsonObject, lock: Schema, domain: str) -> Schema:
    """A list, a document, a record or an acknowledgement, with every field that the plan relies on."""
    about = name_thing(tool["name"])
    relied = lock.get("properties") or {}
    # Rows have the columns that a SELECT names.
    queries = [str(value) for key, value in arguments.items() if key.lower() in ("sql", "query")]
    selected = [match[1] for query in queries if (match := re.search(r"(?is)^\s*select (.+?) from ", query))]
    names = [part.split()[-1].rpartition(".")[2] for part in ",".join(selected).split(",") if part.strip()]
    columns = [name for name in dict.fromkeys(names) if re.fullmatch(r"[A-Za-z_]\w*", name)]
    if not find_sense(tool) and (reference := look_up(tool["name"], about, arguments, "2026-01-19T09:00:00+00:00", "")):
        shape: Schema = infer_shape(reference)
    elif columns:
        record = {name: field_schema(name) for name in columns}
        rows = {"type": "array", "items": {"type": "object", "properties": record, "required": columns}}
        properties = {"rows": rows, "row_count": {"type": "integer"}}
        shape = {"type": "object", "properties": properties, "required": list(properties)}
    elif is_listing(tool, arguments):
        lists_of = [name for name, inner in relied.items() if "items" in inner or inner.get("type") == "array"]
        key = next(iter(lists_of), list_key(about))
        record = record_fields(tool, about, domain)
        whose = next(
            (value for name, value in arguments.items() if set(words(name)) & _BY and isinstance(value, str)), ""
        )
        if _MINE.search(f"{' '.join(words(tool['name']))} {tool.get('description') or ''}") and "assignee" in record:
            record["assignee"] = {"const": Subject(tool["service"], "general", "", FIRST_DAY).name}
        package = next(
            (value for name, value in arguments.items() if words(name)[-1:] in (["package"], ["packages"])), ""
        )
        package = package[0] if isinstance(package, list) and len(package) == 1 else package
        if isinstance(package, str) and package and "package" in record:
            record["package"] = {"const": package}
        if whose and "author" in record:
            record["author"] = {"const": whose}  # what somebody wrote is theirs
        held = (relied.get(key) or {}).get("items") or {}
        if any(words(name)[-1:] == ["id"] for name in held.get("properties") or {}):
            record.pop("id", None)  # the plan names the id otherwise; a record has one
        for called in [name for name in held.get("properties") or {} if words(name) == [about, "name"]]:
            name = record.pop("name", {})
            record |= {called: name} if "x-in-turn" in name else {}
        if "name" in (held.get("properties") or {}) and "name" not in record:
            record.pop("title", None)  # what the plan calls its name is its title
        items = {"type": "object", "properties": record, "required": list(record)}
        properties = {key: {"type": "array", "items": items}, "total": {"type": "integer"}}
        shape = {"type": "object", "properties": properties, "required": [key]}
    else:
        shape = _shape_single(tool, about, arguments, domain)
    for name in relied:  # what the plan calls otherwise is the same field
        for other in [key for key in shape["properties"] if key != name and words(key) == words(name)]:
            shape["properties"].pop(other)
            shape["required"] = [key for key in shape.get("required", []) if key != other]
    if "id" not in relied and any(words(name)[-1:] == ["id"] for name in relied):
        shape["properties"].pop("id", None)  # the plan names the id otherwise; a record has one
        shape["required"] = [name for name in shape.get("required", []) if name != "id"]
    return merge(lock, shape) if lock else shape


def infer_shape(value: JsonValue) -> Schema:
    """The schema of results like this one; all elements of a list are like its first."""
    if isinstance(value, dict):
        properties = {key: infer_shape(inner) for key, inner in value.items()}
        return {"type": "object", "properties": properties, "required": list(properties)}
    if isinstance(value, list):
        return {"type": "array", "items": infer_shape(value[0]) if value else {}}
    if isinstance(value, bool):
        return {"type": "boolean"}
    if isinstance(value, int | float):
        return {"type": "number"}
    return {"type": "string", **({"format": "date"} if re.fullmatch(r"\d{4}-\d\d-\d\d", str(value)) else {})}


def record_fields(tool: Described, about: str, domain: str) -> dict[str, Schema]:
    """The fields of a record of the noun, and those that the tool's own text speaks of."""
    if sense := find_sense(tool):
        return {
            name: field_schema(name) if options == "" else choose_in_turn(options) for name, options in sense.items()
        }
    if about in ALMANAC and about not in TABLED:
        properties: dict[str, Schema] = infer_shape(ALMANAC[about][0])["properties"]
        return properties
    if about == "alert" and re.search(r"(?i)weather|forecast", tool.get("description") or ""):
        about = "weather_alert"
    names = (
        FIELDS.get(f"{domain}/{about}")
        or FIELDS.get(about)
        or (
            ["id", "name", "email", "created_at"]
            if about in PERSONS
            else ["id", "name", "city", "website"]
            if about in COMPANIES
            else []
        )
    )
    plain = ["id", "name", "status", "created_at"]
    description = " ".join((tool.get("description") or "").split())
    heard = [word for word in words(description[:300]) if word in _SPOKEN]
    if named := _NAMED_FIELDS.search(description):
        parts = re.split(r", and |, or |, | and | or |/", named[1])
        heard += ["_".join(words(part)) for part in parts if 0 < len(part.split()) <= 3 and len(part) < 30]
    if names:
        heard = []  # what such a thing has is known, and a description speaks of much else
    covered = {part for name in names for part in words(name)}
    names = names or ([] if heard and not is_listing(tool, {}) else plain)
    names = [*names, *(word for word in dict.fromkeys(heard) if word not in covered)][:_MANY]
    symbol = next((COINS[word] for word in words(tool["name"]) if word in COINS), "")
    return {name: {"const": symbol} if symbol and name in ("symbol", "coin") else field_schema(name) for name in names}


def choose_in_turn(options: list[JsonValue]) -> Schema:
    """What is one of these, neighbours in a list in their order: what stands at one place of each belongs together."""
    kinds = {bool: "boolean", int: "integer", float: "number"}
    return {"type": kinds.get(type(options[0]), "string"), "enum": options, "x-in-turn": True}


def _acknowledge(tool: Described, about: str, arguments: JsonObject, echoed: dict[str, Schema]) -> dict[str, Schema]:
    """That it was done: what was sent, with the id or the link of what was made and when that was.

    What is called by its name or lies in a file has no id of its own, and what is done on a screen or in a document
    leaves no stamp.
    """
    name, keys = words(tool["name"]), [words(key) for key in arguments]
    placed = any(key[-1] in _PLACES for key in keys) or about in _HANDLED
    by_name = about in FIELDS and "id" not in FIELDS[about] and any(key[-1] in ("name", "key") for key in keys)
    ids = [key for key in keys if key[-1] in _IDS]
    # what is added to something by the ids of both is there already
    own = any(key[:-1] in ([], [about]) for key in ids) or (name[0] == "add" and len(ids) > 1)
    linked = about in _DRAWN or name[-1] in ("url", "link")
    made: dict[str, Schema] = {}
    if _MAKING & set(name[:3]) and not own:
        made = {"url": field_schema("url")} if linked else {} if placed or by_name else {"id": field_schema("id")}
        made |= {} if linked else _hear_result(tool)
    altered = bool(_ALTERING & set(name)) and bool(ids)
    bears = "" if placed or linked else "created_at" if made else "updated_at" if altered else ""
    return {**made, **echoed, "success": _YES, **({bears: field_schema(bears)} if bears else {})}


def _hear_result(tool: Described) -> dict[str, Schema]:
    """The link of what was made, where the text says that it comes back: `Returns the issue's identifier and URL`."""
    told = re.search(r"(?i)\breturns?\b[^.]*\b(?:url|link)\b", tool.get("description") or "")
    return {"url": field_schema("url")} if told else {}


def _shape_single(tool: Described, about: str, arguments: JsonObject, domain: str) -> Schema:
    name = words(tool["name"])
    verbs = set(name[:3])
    plain = [key for key, value in arguments.items() if isinstance(value, str | int | float)]
    echoed: dict[str, Schema] = {
        key: {"const": arguments[key]}
        for key in plain
        if len(str(arguments[key])) < 120 and not {"sql", "password", "secret"} & set(words(key))
    }
    named = any(words(key)[-1:] == ["id"] for key in arguments)
    fields: dict[str, Schema]
    if verbs & _GONE:
        fields = {**echoed, "deleted": _YES}
    elif verbs & _CHECKING:
        fields = {**echoed, "valid": _YES, "summary": {"type": "string"}}
    elif verbs & _WORKING_OUT:
        heard = record_fields(tool, "", domain)
        told = {
            key: inner
            for key, inner in heard.items()
            if key not in ("id", "name", "status", "created_at", "updated_at")
        }
        figures = any(isinstance(value, int | float) for value in arguments.values())
        number: dict[str, Schema] = {"summary": {"type": "string"}}
        if verbs & _NUMERIC and figures:
            number = {"result": {"type": "number"}}
        elif "convert" in verbs:
            number = {"success": _YES}
        fields = {**echoed, **(told or number)}
    elif "count" in (name[0], name[-1]):
        fields = {**echoed, "count": {"type": "integer"}}
    elif answers_yes_or_no(phrase_ways(tool["name"], tool.get("description") or "")[0]):
        runs = {"alive", "liveness", "readiness", "ready", "ping"} & set(name)  # what answers is alive
        fields = {**echoed, "result": _YES if runs else {"type": "boolean"}}
    elif name[-1:] == ["exists"] or name[0] in ("is", "has", "can"):
        fields = {**echoed, "_".join(name[-1:] if name[-1] == "exists" else name[1:]) or "answer": {"type": "boolean"}}
    elif not looks(tool) and name[0] not in _RUNNING:
        fields = _acknowledge(tool, about, arguments, echoed)
    elif name[0] in _RUNNING and not tool["reads"]:
        ended: dict[str, Schema] = {"status": {"const": "completed"}, "duration_seconds": {"type": "number"}}
        printed: dict[str, Schema] = {"output": {"type": "string"}}
        fields = {**echoed, **(printed if any(_PRINTING & set(words(key)) for key in arguments) else ended)}
    elif name[-1] in ("url", "link") and not find_sense(tool):
        fields = {**echoed, "url": field_schema("url")}
    elif find_sense(tool):
        sent = {tuple(words(key)) for key in echoed}
        sent |= {("name",)} if (about, "name") in sent else set()
        record = {key: inner for key, inner in record_fields(tool, about, domain).items() if not named or key != "id"}
        fields = {**echoed, **{key: inner for key, inner in record.items() if tuple(words(key)) not in sent}}
    elif (about in _DOCUMENTS and (about not in FIELDS or name[0] in ("read", "open", "load"))) or (
        name[0] in ("read", "open", "load") and about in ("file", "note", "log")
    ):
        fields = {**echoed, **{key: field_schema(key) for key in ("title", "content", "updated_at")}}
    else:
        record = record_fields(tool, about, domain)
        record |= {name: field_schema(name) for name in DETAILS.get(about, ())}
        if "id" in record and about not in PERSONS and _KEPT & record.keys():
            stamped = any(words(name)[-1:] == ["at"] and name not in _STAMPS for name in record)
            record |= {name: field_schema(name) for name in _STAMPS if name not in record and not stamped}
        if named:
            record.pop("id", None)
        if {"instrument", "ticker", "pair", "coin"} & {word for key in arguments for word in words(key)}:
            record.pop("symbol", None)  # it was asked for by another name
        # What was asked with comes back first, where the record has no field of that meaning itself.
        sent = {tuple(words(key)) for key in echoed}
        if ("user", "name") in sent:
            record.pop("username", None)
        for part in ("name", "number"):
            if any(
                key[-1:] == (part,) and key[-2:-1] in ((), (about.rpartition("_")[2],), tuple(about.split("_")[:1]))
                for key in sent
            ):
                record.pop(part, None)  # it was asked for by it
        fields = {**echoed, **{key: inner for key, inner in record.items() if tuple(words(key)) not in sent}}
    return {"type": "object", "properties": fields, "required": list(fields)}
