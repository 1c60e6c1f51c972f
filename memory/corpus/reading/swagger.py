"""A Swagger 2.0 document -> the OpenAPI 3 document that says the same of its operations.

Only what becomes a tool is carried over: parameters, bodies, forms, responses and the schemas that they refer to.
"""

from collections.abc import Sequence
from typing import Any

from agents.schema import JsonObject

METHODS = ("get", "put", "post", "delete", "options", "head", "patch")
_TYPED = """type format items enum default minimum maximum exclusiveMinimum exclusiveMaximum multipleOf pattern
minLength maxLength minItems maxItems uniqueItems"""
TYPED = tuple(_TYPED.split())
"""What stands in a parameter itself and belongs into its schema."""
PLACES = {
    "#/definitions/": "#/components/schemas/",
    "#/responses/": "#/components/responses/",
}

Document = JsonObject
Kinds = Sequence[str] | None
"""Media types, as the whole document or one operation names them."""


def to_openapi(document: Document) -> Document:
    """The document in OpenAPI 3's form."""
    # what an operation does not say of its media types itself, the document says for all
    consumes, produces = document.get("consumes"), document.get("produces")
    paths: Document = {}
    for path, item in document["paths"].items():
        paths[path] = item
        if isinstance(item, dict):
            shared = item.get("parameters") or []
            paths[path] = {"$ref": item["$ref"]} if "$ref" in item else {}
            for method, operation in item.items():
                if method in METHODS and isinstance(operation, dict):
                    paths[path][method] = _operation(operation, shared, document, consumes, produces)
    responses = {
        name: _response(response, produces)
        for name, response in (document.get("responses") or {}).items()
        if isinstance(response, dict)
    }
    components = {"schemas": document.get("definitions") or {}, "responses": responses}
    whole = {"openapi": "3.0.3", "info": document.get("info") or {}, "paths": paths, "components": components}
    moved: Document = _move(whole)
    return moved


def _operation(
    operation: Document, shared: Sequence[Document], document: Document, consumes: Kinds, produces: Kinds
) -> Document:
    listed = list[Document]()
    for each in [*shared, *(operation.get("parameters") or [])]:
        pointer = each.get("$ref", "") if isinstance(each, dict) else ""
        if isinstance(pointer, str) and pointer.startswith("#/parameters/"):
            each = (document.get("parameters") or {})[pointer.removeprefix("#/parameters/")]
        listed.append(dict(each))
    # a parameter of the operation takes the place of its path's, which stands before it
    by_place = {(each.get("name"), each.get("in")): each for each in listed}.values()
    bodies = [each for each in by_place if each.get("in") == "body"]
    fields = [each for each in by_place if each.get("in") == "formData"]
    others = [_with_schema(each) for each in by_place if each.get("in") not in {"body", "formData"}]
    converted = {key: value for key, value in operation.items() if key not in {"parameters", "responses"}}
    converted["parameters"] = others
    kind = next(iter(operation.get("consumes") or consumes or ()), "application/json")
    if bodies:
        content = {kind: {"schema": bodies[0].get("schema") or {}}}
        converted["requestBody"] = {"required": bool(bodies[0].get("required")), "content": content}
    elif fields:  # Swagger knows no form as a body: its fields are parameters
        required = [field["name"] for field in fields if field.get("required")]
        properties = {field["name"]: _with_schema(field)["schema"] for field in fields}
        schema = {"type": "object", "properties": properties, **({"required": required} if required else {})}
        converted["requestBody"] = {"required": bool(required), "content": {kind: {"schema": schema}}}
    answers = operation.get("responses") or {}
    converted["responses"] = {
        str(code): _response(response, operation.get("produces") or produces)
        for code, response in answers.items()
        if isinstance(response, dict)
    }
    return converted


def _with_schema(parameter: Document) -> Document:
    """The parameter with its type in a schema; a file is text here."""
    schema = {key: parameter[key] for key in TYPED if key in parameter}
    if schema.get("type") == "file":
        schema = {"type": "string", "format": "binary"}
    if parameter.get("description"):
        schema["description"] = parameter["description"]
    return {key: value for key, value in parameter.items() if key not in TYPED} | {"schema": schema}


def _response(response: Document, produces: Kinds) -> Document:
    if "schema" not in response:
        return dict(response)
    kind = next(iter(produces or ()), "application/json")
    return {"description": response.get("description", ""), "content": {kind: {"schema": response["schema"]}}}


def _move(node: object) -> Any:
    """The node with its references to where OpenAPI 3 has such things."""
    if isinstance(node, list):
        return [_move(inner) for inner in node]
    if not isinstance(node, dict):
        return node
    moved = {key: _move(value) for key, value in node.items()}
    if node.get("x-nullable") is True:
        moved["nullable"] = True
    pointer = node.get("$ref")
    if isinstance(pointer, str):
        for old, new in PLACES.items():
            moved["$ref"] = pointer.replace(old, new, 1) if pointer.startswith(old) else moved["$ref"]
    return moved
