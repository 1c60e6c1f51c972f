"""One tool as people write it down -> one Tool, with what had to be mended; or the reason why it is none.

MCP (`inputSchema`), Anthropic (`input_schema`), OpenAI (`function`, `parameters`), a list of arguments, and RapidAPI's
`required_parameters`.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import orjson
from pydantic import ValidationError

from agents.schema import JsonObject, Schema, Tool
from memory.corpus.reading import python_types
from memory.corpus.reading.json_schema import Unusable, sound
from memory.corpus.reading.mends import NAMES

SCHEMAS = (
    *("inputSchema", "input_schema", "parameters", "parameter", "args_schema", "arguments", "args", "params"),
    *("parametersJsonSchema", "parameters_json_schema", "parameter_definitions"),
)
"""Where the arguments may be: as a schema, or as a list of them. LangChain's `args` is half of its `args_schema`."""
TYPING = {"type", "anyOf", "oneOf", "allOf", "$ref", "enum", "const"}
"""One of these makes a schema of an argument that stands alone."""
OUTPUTS = ("outputSchema", "output_schema", "return_schema", "responseJsonSchema", "response_json_schema")
ARGUMENT_LISTS = ("required_parameters", "optional_parameters")
"""RapidAPI's two lists of arguments; those of the first are needed."""
NOT_KEYWORDS = ("name", "desc", "optional", "required", "is_required", "isRequired")
"""What an argument in a list says beside its schema."""
DEFINING_KEYS = (*SCHEMAS, *ARGUMENT_LISTS, "function", "toolSpec", "lc")
"""Keys that make an object a tool definition."""


@dataclass(frozen=True)
class Place:
    """What a definition inherits from around it where it does not say so itself."""

    service: str = ""
    source: str = ""
    licence: str = ""

    def within(self, node: JsonObject, *names: str) -> "Place":
        """The place inside a node that may say whose it is; `names` are further keys that hold the service."""
        info = first(node, "serverInfo", "server_info")
        named = first(node, "service", "server", "server_name", *names) or (isinstance(info, dict) and info.get("name"))
        licence = first(node, "license", "licence")
        licence = licence.get("name") if isinstance(licence, dict) else licence
        fields = {"service": named, "source": node.get("source"), "licence": licence}
        stated = {key: value for key, value in fields.items() if isinstance(value, str) and value.strip()}
        return replace(self, **stated)


def first(row: JsonObject, *keys: str) -> Any:
    """The value of the first of these keys that is there and not null; None where none is."""
    return next((row[key] for key in keys if row.get(key) is not None), None)


def read(raw: object, place: Place) -> tuple[Tool, list[str]]:
    """The tool, and what was mended in it.

    Raises: Unusable: as `kind: detail`.
    """
    if not isinstance(raw, dict):
        raise Unusable(f"not an object: {str(raw)[:40]!r}")
    row = _unwrap(raw)
    if isinstance(row.get("function"), dict):  # OpenAI: no `parameters` means no arguments
        row = {"parameters": {"type": "object", "properties": {}}, **row, **row["function"]}
    name = first(row, "name", "api_name")
    if not isinstance(name, str) or not name.strip():
        raise Unusable("no name")
    place = place.within(row, "tool_name")
    schema, mends = _read_schema(row)
    output = first(row, *OUTPUTS)
    output_schema, more = (None, []) if output is None else sound(output, "outputSchema")
    try:
        definition = Tool(
            name=name,
            description=first(row, "description", "api_description") or "",
            input_schema=schema,
            output_schema=output_schema,
            annotations=first(row, "annotations") or {},
            service=place.service,
            source=place.source,
            licence=place.licence,
        )
    except ValidationError as error:  # a description that is a list, annotations that are text
        raise Unusable(f"{error.errors()[0]['loc'][0]} has the wrong type") from None
    return definition, [*mends, *more]


def _unwrap(row: JsonObject) -> JsonObject:
    """A definition out of what vendors put around it: Bedrock's `toolSpec` and `json`, a function as text.

    Also LangChain's serialized constructors, and smolagents' `inputs`.
    """
    if "lc" in row and isinstance(row.get("kwargs"), dict):
        row = row["kwargs"]
    if isinstance(row.get("inputs"), dict) and "output_type" in row and not row.keys() & set(SCHEMAS):
        arguments = {key: value for key, value in row["inputs"].items() if isinstance(value, dict)}
        required = [key for key, value in arguments.items() if not value.get("nullable")]
        row = {**row, "parameters": {"type": "object", "properties": arguments, "required": required}}
    spec = row.get("toolSpec")
    if isinstance(spec, dict):
        row = {**{key: value for key, value in row.items() if key != "toolSpec"}, **spec}
    if isinstance(row.get("function"), str) and row["function"].lstrip().startswith("{"):
        row = {**row, "function": _parse(row["function"])}
    for key in SCHEMAS:  # the AI SDK's `jsonSchema()`
        if isinstance(row.get(key), dict) and isinstance(row[key].get("jsonSchema"), dict):
            row = {**row, key: row[key]["jsonSchema"]}
    schema = row.get("inputSchema")
    if isinstance(schema, dict) and schema.keys() == {"json"}:
        inner = _parse(schema["json"]) if isinstance(schema["json"], str) else schema["json"]
        if isinstance(inner, dict) and (spec or "properties" in inner or inner.get("type") == "object"):
            row = {**row, "inputSchema": inner}
    for key in SCHEMAS:
        if isinstance(row.get(key), str) and row[key].lstrip().startswith("{"):
            row = {**row, key: _parse(row[key])}
    return row


def _parse(text: str) -> object:
    try:
        return orjson.loads(text)
    except orjson.JSONDecodeError:
        raise Unusable(f"its definition is text that is not JSON: {text[:40]!r}") from None


def _read_schema(row: JsonObject) -> tuple[Schema, list[str]]:
    """The schema of the arguments, always of an object, and what was mended in it.

    Raises: Unusable: there is none, or it is of no object.
    """
    written = [key for key in SCHEMAS if isinstance(row.get(key), dict | list)]
    stated = first(row, *written, *SCHEMAS)
    if isinstance(stated, list):
        stated = _schema_of_list(stated)
    elif any(key in row for key in ARGUMENT_LISTS):
        stated = _schema_of_list(
            [
                {**argument, "required": key == ARGUMENT_LISTS[0]} if isinstance(argument, dict) else argument
                for key in ARGUMENT_LISTS
                for argument in (row[key] if isinstance(row.get(key), list) else [])
            ]
        )
    if stated is None and not row.keys() & set(SCHEMAS):
        raise Unusable("no input schema")
    bare = list[str]()
    if isinstance(stated, dict) and ("_def" in stated or "~standard" in stated):
        raise Unusable("a schema of Zod's, which only its own code can read: convert it, as zod-to-json-schema does")
    # `type` as the name of an argument has a schema behind it, as the keyword a word
    keywords = {"type", "properties", "$ref", "$schema"} if isinstance(stated, dict) else set()
    keywords -= {"type"} if isinstance(stated, dict) and isinstance(stated.get("type"), dict) else set()
    if isinstance(stated, dict) and stated and not keywords & stated.keys():
        if all(isinstance(inner, str) for inner in stated.values()):
            raise Unusable("arguments without types")
        # all that is there are schemas by name, not keywords
        if all(isinstance(inner, dict) and TYPING & inner.keys() for inner in stated.values()):
            as_args = row.get("args") is stated
            stated = {"properties": stated, **_list_required(stated, as_args=as_args)}
            bare = ["inputSchema had properties without a schema around them"]
            if as_args and b'"$ref":"#/$defs/' in orjson.dumps(stated):
                stated = _without_references(stated)
                bare += ["args hold no $defs, and what they refer to may be anything: write args_schema as JSON Schema"]
    schema, mends = sound({} if stated is None else stated, "inputSchema")
    kind = schema.get("type")
    if kind is None or (isinstance(kind, list) and "object" in kind):
        mends = [*mends, "inputSchema had no root type" if kind is None else "inputSchema had several root types"]
    elif kind != "object":
        raise Unusable(f"inputSchema is not of type object: {kind!r}")
    # some validators refuse an object without `properties`
    empty: Schema = {} if schema.keys() - {"$schema", "type"} else {"properties": {}}
    return {**schema, "type": "object", **empty}, [*bare, *mends]


def _list_required(properties: JsonObject, as_args: bool) -> dict[str, list[str]]:
    """`required` of arguments that say in Python's way, or by a default in LangChain's `args`, what may be left out."""
    spelled = [str(inner.get("type")) for inner in properties.values()]
    if not as_args and not any(kind not in NAMES and python_types.schema_of(kind) for kind in spelled):
        return {}
    required = [
        name
        for (name, inner), kind in zip(properties.items(), spelled, strict=True)
        if "default" not in inner and "required" not in inner and not python_types.is_optional(kind)
    ]
    return {"required": required} if required else {}


def _without_references(node: Any) -> Any:
    """The node with only the name of what it refers to, where that did not come along."""
    if isinstance(node, list):
        return [_without_references(inner) for inner in node]
    if not isinstance(node, dict):
        return node
    kept = {key: _without_references(value) for key, value in node.items() if key != "$ref"}
    return {"title": node["$ref"].rpartition("/")[2], **kept} if isinstance(node.get("$ref"), str) else kept


def _schema_of_list(arguments: Sequence[object]) -> Schema:
    """A schema from a list of named arguments; one that does not say whether it may be left out is needed."""
    arguments = [
        # Semantic Kernel's and others' word for it
        {**argument, "required": argument.get("is_required", argument.get("isRequired"))}
        if isinstance(argument, dict) and {"is_required", "isRequired"} & argument.keys()
        else argument
        for argument in arguments
    ]
    stated = any(isinstance(argument, dict) and "required" in argument for argument in arguments)
    properties: JsonObject = {}
    required = []
    for argument in arguments:
        if not isinstance(argument, dict) or not isinstance(argument.get("name"), str):
            raise Unusable("arguments in a form that is not a JSON Schema")
        name = argument["name"]
        inner = {key: value for key, value in argument.items() if key not in NOT_KEYWORDS}
        properties[name] = {**inner, "description": first(argument, "description", "desc") or ""}
        is_needed = argument.get("required") is True if stated else not argument.get("optional")
        required += [name] if is_needed else []
    return {"type": "object", "properties": properties, **({"required": required} if required else {})}
