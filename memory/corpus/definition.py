"""One tool as people write it down -> one Tool, with what had to be mended; or the reason why it is none.

MCP (`inputSchema`), Anthropic (`input_schema`), OpenAI (`function`, `parameters`), a list of arguments, and RapidAPI's
`required_parameters`.
"""

from dataclasses import dataclass, replace
from typing import Any

from pydantic import ValidationError

from agents.schema import Schema, Tool
from memory.corpus.json_schema import Unusable, sound

SCHEMAS = ("inputSchema", "input_schema", "parameters", "parameter", "arguments", "args", "params")
"""Where the arguments may be: as a schema, or as a list of them."""
OUTPUTS = ("outputSchema", "output_schema", "return_schema")
LISTED = ("required_parameters", "optional_parameters")
STATING = (*SCHEMAS, *LISTED, "function")
"""Keys that make an object a tool definition."""


@dataclass(frozen=True)
class Place:
    """What a definition inherits from around it where it does not say so itself."""

    service: str = ""
    source: str = ""
    licence: str = ""

    def within(self, node: dict[str, Any], *names: str) -> "Place":
        """The place inside a node that may say whose it is; `names` are further keys that hold the service."""
        info = first(node, "serverInfo", "server_info")
        named = first(node, "service", "server", "server_name", *names) or (isinstance(info, dict) and info.get("name"))
        licence = first(node, "license", "licence")
        licence = licence.get("name") if isinstance(licence, dict) else licence
        said = {"service": named, "source": node.get("source"), "licence": licence}
        return replace(self, **{key: value for key, value in said.items() if isinstance(value, str) and value.strip()})


def first(row: dict[str, Any], *keys: str) -> Any:
    return next((row[key] for key in keys if row.get(key) is not None), None)


def tool(row: Any, place: Place) -> tuple[Tool, list[str]]:
    """The tool, and what was mended in it.

    Raises: Unusable: as `kind: detail`.
    """
    if not isinstance(row, dict):
        raise Unusable(f"not an object: {str(row)[:40]!r}")
    if isinstance(row.get("function"), dict):
        row = {"parameters": {"type": "object", "properties": {}}, **row, **row["function"]}
    name = first(row, "name", "api_name")
    if not isinstance(name, str) or not name.strip():
        raise Unusable("no name")
    place = place.within(row, "tool_name")
    schema, mends = _input(row)
    output = first(row, *OUTPUTS)
    locked, more = (None, []) if output is None else sound(output, "outputSchema")
    try:
        made = Tool(
            name=name,
            description=first(row, "description", "api_description") or "",
            input_schema=schema,
            output_schema=locked,
            annotations=first(row, "annotations") or {},
            service=place.service,
            source=place.source,
            licence=place.licence,
        )
    except ValidationError as error:
        raise Unusable(f"{error.errors()[0]['loc'][0]} has the wrong type") from None
    return made, [*mends, *more]


def _input(row: dict[str, Any]) -> tuple[Schema, list[str]]:
    """The schema of the arguments: an object, whatever the definition forgot to say."""
    stated = first(row, *SCHEMAS)
    if isinstance(stated, list) or any(key in row for key in LISTED):
        stated = _of_list(stated if isinstance(stated, list) else _listed(row))
    if stated is None and not row.keys() & set(SCHEMAS):
        raise Unusable("no input schema")
    if isinstance(stated, dict) and not {"type", "properties", "$ref", "$schema"} & stated.keys() and _named(stated):
        stated, bare = {"properties": stated}, ["inputSchema had properties without a schema around them"]
    else:
        bare = []
    schema, mends = sound({} if stated is None else stated, "inputSchema")
    kind = schema.get("type")
    if kind is None or (isinstance(kind, list) and "object" in kind):
        mends = [*mends, "inputSchema had no root type" if kind is None else "inputSchema had several root types"]
    elif kind != "object":
        raise Unusable(f"inputSchema is not of type object: {kind!r}")
    empty: Schema = {} if schema.keys() - {"$schema", "type"} else {"properties": {}}
    return {**schema, "type": "object", **empty}, [*bare, *mends]


def _named(schema: dict[str, Any]) -> bool:
    """Whether all that is there are schemas by name, not keywords."""
    if schema and all(isinstance(inner, str) for inner in schema.values()):
        raise Unusable("arguments without types")
    return bool(schema) and all(isinstance(inner, dict) and "type" in inner for inner in schema.values())


def _listed(row: dict[str, Any]) -> list[Any]:
    both = [(key == LISTED[0], row.get(key) or []) for key in LISTED]
    return [{**dict(argument), "required": needed} for needed, arguments in both for argument in arguments]


def _of_list(arguments: list[Any]) -> Schema:
    """A schema from a list of named arguments; one that does not say whether it may be left out is needed."""
    stated = any(isinstance(argument, dict) and "required" in argument for argument in arguments)
    properties: dict[str, Any] = {}
    required = []
    for argument in arguments:
        if not isinstance(argument, dict) or not isinstance(argument.get("name"), str):
            raise Unusable("arguments in a form that is not a JSON Schema")
        name = argument["name"]
        inner = {key: value for key, value in argument.items() if key not in ("name", "desc", "optional", "required")}
        properties[name] = {**inner, "description": first(argument, "description", "desc") or ""}
        needed = argument.get("required") is True if stated else not argument.get("optional")
        required += [name] if needed else []
    return {"type": "object", "properties": properties, **({"required": required} if required else {})}
