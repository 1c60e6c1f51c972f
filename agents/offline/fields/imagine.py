"""The shape of what a tool returns that declares nothing: by its verb, its noun and what its text speaks of."""

import re
from collections.abc import Iterable

from pydantic import JsonValue

from agents.offline.fields.reference import look_up
from agents.offline.fields.topic import (
    DETAILS,
    FIELDS,
    find_sense,
    is_described,
    is_listing,
    list_key,
    looks,
    name_thing,
)
from agents.offline.fields.undeclared import choose_in_turn, field_schema, infer_shape, record_fields
from agents.offline.talk.phrases import phrase_of
from agents.offline.talk.wording import answers_yes_or_no
from agents.offline.trade.subject import FIRST_DAY, PERSONS, Subject
from agents.plan.dataflow import Described
from agents.plan.json_paths import merge
from agents.schema import JsonObject, Schema, singular, words

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
_BRINGS_LINK = re.compile(r"(?i)\breturns?\b[^.]*\b(?:url|link)\b")
"""Of what was made: `Returns the issue's identifier and URL`."""
_RUNNING = frozenset(["run", "execute", "exec", "eval", "evaluate", "invoke", "call", "test"])
_GONE = frozenset(("delete", "remove", "destroy", "drop", "purge"))
_MAKING = frozenset(
    ("create", "add", "book", "register", "new", "make", "schedule", "upload", "generate", "insert", "log")
)
_CHECKING = frozenset(("validate", "verify", "lint"))
_NUMERIC = frozenset(("calculate", "compute", "convert", "estimate", "sum", "multiply", "divide", "subtract"))
_WORKING_OUT = _NUMERIC | frozenset(("resolve", "analyze", "analyse", "summarize", "translate", "explain", "compare"))
_STAMPS = ("created_at", "updated_at")
"""What a record with fields of its own has besides when it is looked at alone."""
_KEPT_WORDS = "status state owner assignee stage priority updated_at created_at enabled due_date last_used_at"
_KEPT = frozenset(_KEPT_WORDS.split())
"""Fields of what somebody keeps and changes; a city, a film or a recipe has no such stamps."""
_HEADS = ("name", "title", "text", "id")
"""Fields by which things of a list are told apart."""
_MINE = re.compile(r"(?i)\bmy\b|assigned to (?:me|you|the (?:current|authenticated) user)")
_CONTENTS = re.compile(r"(?i)^\s*(?:gets?|reads?|fetch(?:es)?|retrieves?|returns?) (?:the )?(?:raw )?contents? ")
"""How a tool says that it brings what stands in a file."""
_BY = frozenset(("username", "user", "author", "handle", "account"))
"""Words of arguments that name whose things are listed."""


def is_planned_otherwise(about: str, relied: Iterable[str], known: JsonObject) -> bool:
    """Whether the plan relies on a list of the things, which what is looked up has not.

    >>> is_planned_otherwise("document", ["documents"], {"results": []}), is_planned_otherwise("document", [], {})
    (True, False)
    """
    return list_key(about) in relied and list_key(about) not in known


def imagine_shape(tool: Described, arguments: JsonObject, lock: Schema, domain: str) -> Schema:
    """A list, a document, a record or an acknowledgement, with every field that the plan relies on."""
    about = name_thing(tool["name"])
    relied = lock.get("properties") or {}
    # Rows have the columns that a SELECT names.
    queries = [str(value) for key, value in arguments.items() if key.lower() in ("sql", "query")]
    selected = [match[1] for query in queries if (match := re.search(r"(?is)^\s*select (.+?) from ", query))]
    names = [part.split()[-1].rpartition(".")[2] for part in ",".join(selected).split(",") if part.strip()]
    columns = [name for name in dict.fromkeys(names) if re.fullmatch(r"[A-Za-z_]\w*", name)]
    known = None if find_sense(tool) else look_up(tool["name"], about, arguments, "2026-01-19T09:00:00+00:00", "")
    if known and not is_planned_otherwise(about, relied, known):
        shape: Schema = infer_shape(known)
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
        asked: JsonValue = next((arguments[name] for name in arguments if words(name) in ([about, "ids"], ["ids"])), [])
        bounds: Schema = {}
        if isinstance(asked, list) and asked and "id" in record:  # those that the call names come back
            record["id"] = choose_in_turn(asked)
            bounds = {"minItems": len(asked), "maxItems": len(asked)}
        heads = [len(set(record[name]["enum"])) for name in _HEADS if "x-in-turn" in record.get(name, {})]
        bounds = {"maxItems": max(heads), **bounds} if heads else bounds  # nothing of a table comes up twice
        properties = {key: {"type": "array", "items": items, **bounds}, "total": {"type": "integer"}}
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
        made |= {"url": field_schema("url")} if _BRINGS_LINK.search(tool.get("description") or "") else {}
    altered = bool(_ALTERING & set(name)) and bool(ids)
    bears = "" if placed or linked else "created_at" if made else "updated_at" if altered else ""
    return {**made, **echoed, "success": _YES, **({bears: field_schema(bears)} if bears else {})}


def _shape_single(tool: Described, about: str, arguments: JsonObject, domain: str) -> Schema:
    name, described = words(tool["name"]), str(tool.get("description") or "")
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
    elif answers_yes_or_no(phrase_of(tool)):
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
        if is_described(about, record):
            record.setdefault("description", field_schema("description"))
        fields = {**echoed, **{key: inner for key, inner in record.items() if tuple(words(key)) not in sent}}
    elif (about in _DOCUMENTS and (about not in FIELDS or name[0] in ("read", "open", "load"))) or (
        about in ("file", "note", "log") and (name[0] in ("read", "open", "load") or _CONTENTS.search(described))
    ):
        filed = any(words(key)[-1] in ("path", "filename") for key in arguments)  # its path is all that it is called
        keys = ("content", "updated_at") if filed else ("title", "content", "updated_at")
        fields = {**echoed, **{key: field_schema(key) for key in keys}}
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
        parts = name[name.index("with") + 1 :] if "with" in name else []
        if parts and singular(parts[-1]) in FIELDS and singular(parts[-1]) != parts[-1]:
            fields.pop(f"{parts[-1]}_count", None)
            fields[parts[-1]] = list_parts(singular(parts[-1]))
    return {"type": "object", "properties": fields, "required": list(fields)}


def list_parts(noun: str) -> Schema:
    """What a thing is brought with: a story with its comments."""
    record = {field: field_schema(field) for field in FIELDS[noun] if field != "id"}
    return {"type": "array", "items": {"type": "object", "properties": record, "required": list(record)}}
