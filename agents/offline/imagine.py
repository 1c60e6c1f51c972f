"""The shape of what a tool returns that declares nothing: by its verb, its noun and what its text speaks of."""

import re
from functools import lru_cache

from agents.offline.changes import EFFECTS
from agents.offline.meaning import split
from agents.offline.numbers import is_number
from agents.offline.phrases import pluralise
from agents.offline.subject import COMPANIES, PERSONS, load_table
from agents.plan.dataflow import VERBS, Described, lists, nouns
from agents.plan.json_paths import merge
from agents.schema import JsonObject, Schema, singular, words

_FIELDS: dict[str, list[str]] = {noun: text.split() for noun, text in load_table("fields").items()}
"""Noun -> the fields of a record of it."""
_YES: Schema = {"type": "boolean", "const": True}
_DOCUMENTS_WORDS = """
document page content text resource readme doc docs transcript snapshot html markdown article summary abstract
documentation guide body output paper excerpt tutorial
"""
_DOCUMENTS = frozenset(_DOCUMENTS_WORDS.split())
_RUNNING = frozenset(["run", "execute", "exec", "eval", "evaluate", "invoke", "call", "test"])
_GONE = frozenset(("delete", "remove", "destroy", "drop", "purge"))
_MAKING = frozenset(
    ("create", "add", "book", "register", "new", "make", "schedule", "upload", "generate", "insert", "log")
)
_CHECKING = frozenset(("validate", "verify", "lint"))
_NUMERIC = frozenset(("calculate", "compute", "convert", "estimate", "sum", "multiply", "divide", "subtract"))
_WORKING_OUT = _NUMERIC | frozenset(("resolve", "analyze", "analyse", "summarize", "translate", "explain", "compare"))
_CHANGING_WORDS = """
play pause resume skip stop turn dim unlock print place order acknowledge notify remind
assign attach enable disable apply import export sync toggle restart reset rename reply share subscribe invite grant
revoke approve submit save store switch press click type navigate insert append replace clear mark move transfer pay buy
sell withdraw deposit log track follow unfollow pin unpin block unblock mute train
"""
_CHANGING = frozenset(_CHANGING_WORDS.split())
_YES_OR_NO = frozenset(("read", "protected", "enabled", "active", "online", "on", "nullable", "healthy"))
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
_WHOLE_RECORD = ("description", "owner", "tags", "created_at", "updated_at", "url")
"""What a record of which nothing else is known has besides when it is looked at alone."""
_STAMPS_AND_LINK = ("created_at", "updated_at", "url")
"""What a record with fields of its own has besides."""


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
    about = singular((list(nouns(tool["name"])) or ["result"])[-1])
    relied = lock.get("properties") or {}
    # Rows have the columns that a SELECT names.
    queries = [str(value) for key, value in arguments.items() if key.lower() in ("sql", "query")]
    selected = [match[1] for query in queries if (match := re.search(r"(?is)^\s*select (.+?) from ", query))]
    names = [part.split()[-1].rpartition(".")[2] for part in ",".join(selected).split(",") if part.strip()]
    columns = [name for name in dict.fromkeys(names) if re.fullmatch(r"[A-Za-z_]\w*", name)]
    if columns:
        record = {name: field_schema(name) for name in columns}
        rows = {"type": "array", "items": {"type": "object", "properties": record, "required": columns}}
        properties = {"rows": rows, "row_count": {"type": "integer"}}
        shape: Schema = {"type": "object", "properties": properties, "required": list(properties)}
    elif is_listing(tool, arguments):
        lists_of = [name for name, inner in relied.items() if "items" in inner or inner.get("type") == "array"]
        key = next(iter(lists_of), list_key(about))
        record = record_fields(tool, about, domain)
        held = (relied.get(key) or {}).get("items") or {}
        if any(words(name)[-1:] == ["id"] for name in held.get("properties") or {}):
            record.pop("id", None)  # the plan names the id otherwise; a record has one
        items = {"type": "object", "properties": record, "required": list(record)}
        shape = {"type": "object", "properties": {key: {"type": "array", "items": items}, "total": {"type": "integer"}}}
    else:
        shape = _shape_single(tool, about, arguments, domain)
    if "id" not in relied and any(words(name)[-1:] == ["id"] for name in relied):
        shape["properties"].pop("id", None)  # the plan names the id otherwise; a record has one
        shape["required"] = [name for name in shape.get("required", []) if name != "id"]
    return merge(lock, shape) if lock else shape


def is_listing(tool: Described, arguments: JsonObject) -> bool:
    """Whether many things come back: the name says so, and no argument names a single one of them."""
    about = singular((list(nouns(tool["name"])) or ["result"])[-1])
    single = any(words(key) == [about, "id"] for key in arguments)
    return lists(tool) and not single


def record_fields(tool: Described, about: str, domain: str) -> dict[str, Schema]:
    """The fields of a record of the noun, and those that the tool's own text speaks of."""
    names = (
        _FIELDS.get(f"{domain}/{about}")
        or _FIELDS.get(about)
        or (
            ["id", "name", "email", "created_at"]
            if about in PERSONS
            else ["id", "name", "city", "website"]
            if about in COMPANIES
            else ["id", "name", "status", "updated_at"]
        )
    )
    heard = [word for word in words((tool.get("description") or "")[:300]) if word in _SPOKEN]
    covered = {part for name in names for part in words(name)}
    names = [*names, *(word for word in dict.fromkeys(heard) if word not in covered)][:_MANY]
    return {name: field_schema(name) for name in names}


def list_key(about: str) -> str:
    return about if about.endswith("s") or about == "news" else pluralise(about)


def _shape_single(tool: Described, about: str, arguments: JsonObject, domain: str) -> Schema:
    name = words(tool["name"])
    verbs = set(name[:3])
    plain = [key for key, value in arguments.items() if isinstance(value, str | int | float)]
    echoed: dict[str, Schema] = {
        key: {"const": arguments[key]} for key in plain if len(str(arguments[key])) < 120 and key != "sql"
    }
    named = any(words(key)[-1:] == ["id"] for key in arguments)
    fields: dict[str, Schema]
    if verbs & _GONE:
        fields = {**echoed, "deleted": _YES}
    elif verbs & _CHECKING:
        fields = {**echoed, "valid": _YES, "summary": {"type": "string"}}
    elif verbs & _WORKING_OUT:
        heard = record_fields(tool, "", domain)
        told = {key: inner for key, inner in heard.items() if key not in ("id", "name", "status", "updated_at")}
        number = {"result": {"type": "number"}} if verbs & _NUMERIC else {"summary": {"type": "string"}}
        fields = {**echoed, **(told or number)}
    elif not tool["reads"] and not verbs & _RUNNING and verbs & (VERBS | EFFECTS.keys() | _CHANGING):
        fresh = {"id": field_schema("id")} if verbs & _MAKING and not named else {}
        fields = {**fresh, **echoed, "success": _YES, "updated_at": field_schema("updated_at")}
    elif verbs & _RUNNING:
        fields = {**echoed, "output": {"type": "string"}, "exit_code": {"const": 0}}
    elif about in _DOCUMENTS:
        fields = {**echoed, **{key: field_schema(key) for key in ("title", "content", "updated_at")}}
    else:
        record = record_fields(tool, about, domain)
        if "id" in record and about not in PERSONS:
            more = _STAMPS_AND_LINK if about in _FIELDS else _WHOLE_RECORD
            record |= {name: field_schema(name) for name in more if name not in record}
        if named:
            record.pop("id", None)
        # What was asked with comes back first, where the record has no field of that meaning itself.
        fields = {**echoed, **{key: inner for key, inner in record.items() if key not in echoed}}
    return {"type": "object", "properties": fields, "required": list(fields)}
