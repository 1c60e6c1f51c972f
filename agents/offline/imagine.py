"""The shape of what a tool returns that declares nothing: by its verb, its noun and its trade."""

from agents.offline.phrases import pluralise
from agents.offline.subject import COMPANIES, PERSONS
from agents.plan.dataflow import Described, lists, noun
from agents.plan.json_paths import merged
from agents.schema import JsonObject, Schema, singular, words

_TEXT, _NUMBER, _WHOLE, _YES = (
    {"type": "string"},
    {"type": "number"},
    {"type": "integer"},
    {"type": "boolean", "const": True},
)
_MOMENT = {"type": "string", "format": "date-time"}
_DOCUMENTS_WORDS = """
file document page content text resource note readme doc docs transcript snapshot html markdown article log
logs summary abstract documentation guide body output paper excerpt
"""
_DOCUMENTS = frozenset(_DOCUMENTS_WORDS.split())
_MEASURES_WORDS = (
    """temperature price balance score count rate usage size total amount weather humidity distance duration"""
)
_MEASURES = frozenset(_MEASURES_WORDS.split())
_RUNNING = frozenset(["run", "execute", "exec", "eval", "evaluate", "invoke", "call", "test"])
_GONE = frozenset(("delete", "remove", "destroy", "drop", "purge"))
_MAKING = frozenset(
    ("create", "add", "book", "register", "new", "make", "schedule", "upload", "generate", "insert", "log")
)
_FIELDS_OF_TRADE: dict[str, dict[str, Schema]] = {
    "commerce": {"price": _NUMBER, "currency": _TEXT, "stock": _WHOLE},
    "finance": {"amount": _NUMBER, "currency": _TEXT},
    "crm": {"owner": _TEXT, "amount": _NUMBER},
    "code": {"author": _TEXT, "branch": _TEXT, "comments": _WHOLE},
    "devops": {"version": _TEXT, "healthy": {"type": "boolean"}},
    "project": {"assignee": _TEXT, "priority": _TEXT},
    "support": {"requester": _TEXT, "priority": _TEXT},
    "travel": {"city": _TEXT, "price": _NUMBER},
    "maps": {"city": _TEXT, "latitude": _NUMBER, "longitude": _NUMBER},
    "messaging": {"author": _TEXT, "text": _TEXT},
    "media": {"artist": _TEXT, "duration_seconds": _WHOLE},
    "files": {"path": _TEXT, "bytes": _WHOLE},
    "science": {"author": _TEXT, "year": _WHOLE, "citations_count": _WHOLE},
    "web": {"url": {"type": "string", "format": "uri"}},
    "social": {"author": _TEXT, "likes": _WHOLE},
    "markets": {"symbol": _TEXT, "price": _NUMBER},
    "data": {"rows": _WHOLE, "owner": _TEXT},
    "education": {"credits": _WHOLE, "teacher": _TEXT},
    "logistics": {"city": _TEXT, "weight_kg": _NUMBER},
    "scheduling": {"starts_at": _MOMENT, "ends_at": _MOMENT},
    "legal": {"owner": _TEXT, "pages": _WHOLE},
}


def imagine_shape(tool: Described, arguments: JsonObject, lock: Schema, domain: str) -> Schema:
    """A list, a document, a measurement, a record or an acknowledgement, with every field that the plan relies on."""
    about = singular((noun(tool) or ["result"])[-1])
    shape = _list_shape(about, lock, domain) if lists(tool) else _single_shape(tool, about, arguments, domain)
    relied = lock.get("properties") or {}
    if "id" not in relied and any(words(name)[-1:] == ["id"] for name in relied):
        shape["properties"].pop("id", None)  # the plan names the id otherwise; a record has one
        shape["required"] = [name for name in shape.get("required", []) if name != "id"]
    return merged(lock, shape) if lock else shape


def _list_shape(about: str, lock: Schema, domain: str) -> Schema:
    relied = lock.get("properties") or {}
    key = next(
        (name for name, inner in relied.items() if "items" in inner or inner.get("type") == "array"),
        about if about.endswith("s") else pluralise(about),
    )
    held = (relied.get(key) or {}).get("items") or {}
    record = _record_fields(about, domain)
    if {name for name in held.get("properties") or {} if words(name)[-1:] == ["id"]}:
        record.pop("id", None)  # the plan names the id otherwise; a record has one
    items = {"type": "object", "properties": record, "required": list(record)}
    return {"type": "object", "properties": {key: {"type": "array", "items": items}, "total": _WHOLE}}


def _record_fields(about: str, domain: str) -> dict[str, Schema]:
    if about in PERSONS:
        return {"id": _TEXT, "name": _TEXT, "email": {"type": "string", "format": "email"}, "created_at": _MOMENT}
    if about in COMPANIES:
        return {"id": _TEXT, "name": _TEXT, "city": _TEXT, "website": {"type": "string", "format": "uri"}}
    return {"id": _TEXT, "name": _TEXT, "status": _TEXT, **_FIELDS_OF_TRADE.get(domain, {}), "updated_at": _MOMENT}


def _single_shape(tool: Described, about: str, arguments: JsonObject, domain: str) -> Schema:
    verbs = set(words(tool["name"])[:3])
    echoed: dict[str, Schema] = {key: {} for key, value in arguments.items() if isinstance(value, str | int | float)}
    echoed = {key: {"const": arguments[key]} for key in echoed if len(str(arguments[key])) < 120}
    fields: dict[str, Schema]
    if verbs & _GONE:
        fields = {**echoed, "deleted": _YES}
    elif not tool["reads"] and not verbs & _RUNNING:
        fresh: dict[str, Schema] = (
            {} if any(words(key)[-1:] == ["id"] for key in arguments) or not verbs & _MAKING else {"id": _TEXT}
        )
        fields = {**fresh, **echoed, "success": _YES, "updated_at": _MOMENT}
    elif verbs & _RUNNING:
        fields = {**echoed, "output": _TEXT, "exit_code": {"const": 0}}
    elif about in _DOCUMENTS:
        fields = {**echoed, "title": _TEXT, "content": _TEXT, "updated_at": _MOMENT}
    elif about in _MEASURES:
        fields = {**echoed, about: _NUMBER, "measured_at": _MOMENT}
    else:
        record = _record_fields(about, domain)
        if any(words(key)[-1:] == ["id"] for key in arguments):
            record.pop("id", None)
        fields = {**record, **echoed}
    return {"type": "object", "properties": fields, "required": list(fields)}
