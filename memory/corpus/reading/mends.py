"""What people write into JSON Schemas that no validator takes, and the one obvious repair of each, which loses nothing.

A repair gets a schema and gives back an equal one where it has nothing to do; `json_schema` walks.
"""

import re
from collections.abc import Callable

from agents.schema import JsonObject, Schema
from memory.corpus.reading import python_types

Mend = Callable[[Schema], Schema]
MENDS: dict[str, Mend] = {}
"""What was wrong -> the repair, in the order in which they are tried."""
MAPS = ("properties", "patternProperties", "$defs", "definitions", "dependentSchemas")
"""Keywords that hold schemas by name; the others hold one, or a list."""
NAMES = ("string", "number", "integer", "boolean", "object", "array", "null")
TYPES = {
    "str": "string", "text": "string", "enum": "string", "int": "integer", "long": "integer", "float": "number",
    "double": "number", "bool": "boolean", "dict": "object", "map": "object", "list": "array", "none": "null",
    "char": "string", "character": "string", "short": "integer", "byte": "integer", "bigint": "integer",
    "int32": "integer", "int64": "integer", "decimal": "number", "hashmap": "object", "hashtable": "object",
    "arraylist": "array", "linkedlist": "array", "vector": "array", "queue": "array", "stack": "array", "set": "array",
}  # fmt: skip
"""What other languages call the JSON types."""
GOOGLES = ("string", "number", "integer", "boolean", "array", "object", "null")
"""By their numbers, from 1."""
DIALECTS = [
    *(f"http://json-schema.org/draft-0{number}/schema" for number in (4, 6, 7)),
    *(f"https://json-schema.org/draft/{year}/schema" for year in ("2019-09", "2020-12")),
]
NUMBERS = (
    *("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf", "minLength", "maxLength"),
    *("minItems", "maxItems", "minProperties", "maxProperties"),
)
TUPLE = "a tuple of an older draft"
"""Not for a schema that says itself that it is of one."""
TRUTHS = {"true": True, "false": False}


def mend(fault: str) -> Callable[[Mend], Mend]:
    """Enters the repair of a fault."""

    def enter(repair: Mend) -> Mend:
        MENDS[fault] = repair
        return repair

    return enter


def refer_within(schema: Schema) -> Schema:
    """References by the schema's own `$id` as references within it: parts of it stand elsewhere without that name."""
    own = schema.get("$id")
    names = {own, own.rpartition("/")[2]} if isinstance(own, str) else set()

    def walk(node: object) -> object:
        if isinstance(node, list):
            return [walk(inner) for inner in node]
        if not isinstance(node, dict):
            return node
        mended = {key: walk(inner) for key, inner in node.items()}
        target = node.get("$ref")
        if isinstance(target, str) and "#" in target and target.partition("#")[0] in names:
            mended["$ref"] = f"#{target.partition('#')[2]}"
        return mended

    mended = walk(schema) if names else schema
    if not isinstance(mended, dict) or mended == schema:
        return schema
    return {key: value for key, value in mended.items() if key != "$id"}


@mend("a misspelt $schema")
def spell_dialect(schema: Schema) -> Schema:
    """`https` for `http`, or the reverse, in a `$schema`."""
    stated = str(schema.get("$schema", "")).rstrip("#")
    name = stated.partition("://")[2]
    official = next((dialect for dialect in DIALECTS if name and dialect.endswith(f"://{name}")), stated)
    return schema if official == stated else {**schema, "$schema": official}


@mend("a type under Google's own key")
def name_types(schema: Schema) -> Schema:
    """`type_`, as Google's older packages print it, by its name or by its number."""
    kind = schema.get("type_", schema.get("type"))
    number = kind if isinstance(kind, int) and not isinstance(kind, bool) and 1 <= kind <= len(GOOGLES) else 0
    if "type_" not in schema and not number:
        return schema
    rest = {key: value for key, value in schema.items() if key != "type_"}
    return {**rest, "type": GOOGLES[number - 1] if number else kind}


@mend("keywords set to null")
def drop_nulls(schema: Schema) -> Schema:
    return {key: value for key, value in schema.items() if value is not None or key in ("default", "const", "example")}


@mend("a whole schema as its properties")
def hoist_properties(schema: Schema) -> Schema:
    """`properties` that hold a whole schema instead of the schemas of properties."""
    inner = schema.get("properties")
    if not isinstance(inner, dict) or inner.get("type") != "object" or not isinstance(inner.get("properties"), dict):
        return schema
    return {**schema, **inner}


@mend("a list for a map")
def map_lists(schema: Schema) -> Schema:
    """PHP writes an empty map as a list; others list their properties, each with its name."""
    mended = dict(schema)
    for key in MAPS:
        listed = schema.get(key)
        if not isinstance(listed, list):
            continue
        if all(isinstance(part, dict) and isinstance(part.get("name"), str) for part in listed):
            mended[key] = {part["name"]: {k: v for k, v in part.items() if k != "name"} for part in listed}
    return mended


@mend("a type for a schema")
def wrap_types(schema: Schema) -> Schema:
    """`"id": "string"` among properties, for `{"type": "string"}`; other words are for people and stay a fault."""
    inner = schema.get("properties")
    if not isinstance(inner, dict):
        return schema
    named = {key: {"type": part} for key, part in inner.items() if isinstance(part, str) and part.lower() in NAMES}
    return {**schema, "properties": {**inner, **named}} if named else schema


@mend("a boolean exclusive bound")
def number_bounds(schema: Schema) -> Schema:
    """Draft 4's boolean `exclusiveMinimum` as the number it stands for."""
    for exclusive, bound in (("exclusiveMinimum", "minimum"), ("exclusiveMaximum", "maximum")):
        flag = schema.get(exclusive)
        if isinstance(flag, bool):
            schema = {key: value for key, value in schema.items() if key != exclusive}
            if flag and bound in schema:
                schema[exclusive] = schema.pop(bound)
    return schema


@mend("a number or a truth as text")
def unquote_values(schema: Schema) -> Schema:
    """`"minimum": "1"` and `"additionalProperties": "false"`."""
    mended = dict(schema)
    for key in NUMBERS:
        if isinstance(schema.get(key), str) and re.fullmatch(r"-?\d+(\.\d+)?", schema[key]):
            mended[key] = float(schema[key]) if "." in schema[key] else int(schema[key])
    for key in ("additionalProperties", "additionalItems", "uniqueItems", "required", "nullable", "deprecated"):
        truth = TRUTHS.get(str(schema.get(key)).lower()) if isinstance(schema.get(key), str) else None
        if truth is not None and (key != "required" or "properties" not in schema):
            mended[key] = truth
    return mended


@mend("a type of another language")
def spell_types(schema: Schema) -> Schema:
    """Types as JSON Schema spells them; `any` says nothing."""
    kind = schema.get("type")
    if isinstance(kind, list) and all(isinstance(name, str) for name in kind):
        names = [TYPES.get(name.lower(), name.lower()) for name in kind]
        return {**schema, "type": list(dict.fromkeys(names))} if set(names) <= set(NAMES) else schema
    if not isinstance(kind, str) or kind in NAMES:
        return schema
    rest = {key: value for key, value in schema.items() if key != "type"}
    if kind.lower() == "any":
        return rest
    if kind.lower() == "file":  # OpenAPI 2's, and Gradio's
        return {**schema, "type": "string", "format": "binary"}
    name = TYPES.get(kind.lower(), kind.lower())
    if name in NAMES:
        return {**schema, "type": name}
    spelled = python_types.schema_of(kind)
    return schema if spelled is None else {**rest, **spelled}


@mend("required as a flag")
def list_required(schema: Schema) -> Schema:
    """`required: true` at a property, as Draft 3 had it, in the list of its parent."""

    def is_flagged(part: object) -> bool:
        return isinstance(part, dict) and isinstance(part.get("required"), bool)

    inner = schema.get("properties")
    flagged = {key for key, part in inner.items() if is_flagged(part)} if isinstance(inner, dict) else set()
    if not flagged or not isinstance(inner, dict):
        return {key: value for key, value in schema.items() if key != "required"} if is_flagged(schema) else schema
    stated = schema.get("required")
    required = [*(stated if isinstance(stated, list) else [])]
    parts: JsonObject = {}
    for key, part in inner.items():
        parts[key] = {k: v for k, v in part.items() if k != "required"} if key in flagged else part
        required += [key] if key in flagged and part["required"] else []
    return {**schema, "properties": parts, **({"required": list(dict.fromkeys(required))} if required else {})}


@mend("required in another form")
def tidy_required(schema: Schema) -> Schema:
    """One name as text, or a name twice."""
    required, properties = schema.get("required"), schema.get("properties")
    if isinstance(required, str) and isinstance(properties, dict) and required in properties:
        return {**schema, "required": [required]}
    if isinstance(required, list) and all(isinstance(name, str) for name in required):
        return {**schema, "required": list(dict.fromkeys(required))}
    return schema


@mend(TUPLE)
def spell_tuples(schema: Schema) -> Schema:
    """`items` as a list, which is `prefixItems` since 2020-12, the dialect of a schema that names none."""
    items = schema.get("items")
    if not isinstance(items, list) or "prefixItems" in schema:
        return schema
    rest = {key: value for key, value in schema.items() if key not in ("items", "additionalItems")}
    more = {"items": schema["additionalItems"]} if "additionalItems" in schema else {}
    return {**rest, **({"prefixItems": items} if items else {}), **more}


@mend("a group in another language's regular expression")
def spell_groups(schema: Schema) -> Schema:
    """`(?<name>`, as JavaScript writes it, for Python's `(?P<name>`."""
    pattern = schema.get("pattern")
    if not isinstance(pattern, str) or not re.search(r"\(\?<[A-Za-z_]\w*>", pattern):
        return schema
    python = re.sub(r"\(\?<([A-Za-z_]\w*)>", r"(?P<\1>", pattern)
    return {**schema, "pattern": re.sub(r"\\k<([A-Za-z_]\w*)>", r"(?P=\1)", python)}


@mend("an empty enum")
def drop_empty_enum(schema: Schema) -> Schema:
    return {key: value for key, value in schema.items() if key != "enum"} if schema.get("enum") == [] else schema
