"""An OpenAPI 3 or Swagger 2.0 document -> one tool definition for each operation.

Parameters and the fields of a JSON body become arguments; the schemas that they refer to travel along under `$defs`,
so that cycles stay references and nothing is fetched.
"""

import re
from collections.abc import Iterator
from typing import Any

from referencing import Registry
from referencing.exceptions import Unresolvable
from referencing.jsonschema import DRAFT202012

from agents.schema import JsonObject, Schema
from memory.corpus.reading import swagger
from memory.corpus.reading.json_schema import Unusable

METHODS = ("get", "put", "post", "delete", "options", "head", "patch", "trace")
IGNORED = ("accept", "content-type", "authorization")
"""Header parameters that the specification tells to ignore."""
SUCCESSES = ("200", "201", "202", "203", "204", "2XX", "default")

Document = JsonObject


def describes(document: Document) -> bool:
    """Whether a document says that it is an OpenAPI (or Swagger) description."""
    return isinstance(document.get("paths"), dict) and ("openapi" in document or "swagger" in document)


def operations(document: Document) -> Iterator[tuple[str, Document | Unusable]]:
    """`method path` and the operation's tool definition, or why there is none."""
    version = str(document.get("openapi", document.get("swagger")))
    if "swagger" in document and version.startswith("2"):
        try:
            document = swagger.to_openapi(document)
        except (AttributeError, TypeError, KeyError, RecursionError) as error:
            fault = f"{type(error).__name__}: {error}"
            yield "paths", Unusable(f"not Swagger 2.0 that can be read ({fault}): convert it with swagger2openapi")
            return
    elif not version.startswith("3"):
        yield "paths", Unusable(f"not OpenAPI 3: version {version!r}")
        return
    resolver = Registry().resolver_with_root(DRAFT202012.create_resource(document))
    names = set[str]()
    for path, item in document["paths"].items():
        try:
            methods = _follow(item, resolver)
        except Unresolvable as error:
            yield path, Unusable(f"has a $ref that leads nowhere: {error.ref!r}")
            continue
        if not isinstance(methods, dict):
            yield path, Unusable(f"not a path item: {str(item)[:40]!r}")
            continue
        if "$ref" in methods:
            yield path, Unusable(f"has a $ref that leads nowhere: {methods['$ref']!r}")
        for method in methods:
            if method not in METHODS:
                continue
            try:
                definition: Document | Unusable = _Operation(document, path, method).definition()
            except Unresolvable as error:
                definition = Unusable(f"has a $ref that leads nowhere: {error.ref!r}")
            except (AttributeError, TypeError, KeyError, RecursionError) as error:
                definition = Unusable(f"not an OpenAPI operation: {type(error).__name__}: {error}")
            if isinstance(definition, dict):
                # an id that two operations share names neither of them well
                if definition["name"] in names:
                    definition["name"] = _name_by_path(method, path)
                names.add(definition["name"])
            yield f"{method} {path}", definition


def _follow(node: object, resolver: Any) -> Any:
    """What a reference object stands for, with what stands beside the reference; anything else is itself."""
    for _ in range(8):  # a reference to a reference is rare, one that leads to itself must end
        if not isinstance(node, dict) or not isinstance(node.get("$ref"), str):
            break
        beside = {key: value for key, value in node.items() if key != "$ref"}
        target = resolver.lookup(node["$ref"]).contents
        node = {**target, **beside} if isinstance(target, dict) else target
    return node


class _Operation:
    """One method of one path, and the schemas that it has referred to so far."""

    def __init__(self, document: Document, path: str, method: str) -> None:
        self.root = document
        self.resolver = Registry().resolver_with_root(DRAFT202012.create_resource(document))
        self.path, self.method = path, method
        self.item = self._resolve(document["paths"][path])
        self.operation: Document = self.item[method]
        self.names: dict[str, str] = {}
        self.hidden = ""
        """The flag of properties that are not part of what is moved."""

    def definition(self) -> Document:
        operation = self.operation
        prose = [str(operation[key]).strip() for key in ("summary", "description") if operation.get(key)]
        hints = {"readOnlyHint": True} if self.method in ("get", "head", "options") else {}
        # HTTP's own promise; POST may do anything, so nothing is said of it
        hints |= {"destructiveHint": True} if self.method == "delete" else {}
        responses = operation.get("responses") or {}
        code = next((code for code in SUCCESSES if code in responses), "")
        output: Schema | None = _media(self._resolve(responses.get(code) or {})).get("schema")
        return {
            "name": operation.get("operationId") or _name_by_path(self.method, self.path),
            "description": "\n".join(dict.fromkeys(prose)),
            "inputSchema": self._carrying(self._inputs(), hidden="readOnly"),
            "outputSchema": self._carrying(output, hidden="writeOnly"),
            "annotations": hints,
        }

    def _resolve(self, node: object) -> Any:
        """What a reference object stands for; anything else is itself."""
        return _follow(node, self.resolver)

    def _inputs(self) -> Schema:
        schema: Schema = {"type": "object", "properties": {}, "required": []}
        shared, own = self.item.get("parameters") or [], self.operation.get("parameters") or []
        listed = [self._resolve(parameter) for parameter in [*shared, *own]]
        # by name and place: an operation's own parameter takes the place of its path's
        for parameter in {(p["name"], p.get("in")): p for p in listed}.values():
            if parameter.get("in") != "header" or parameter["name"].lower() not in IGNORED:
                described = {key: parameter[key] for key in ("description",) if parameter.get(key)}
                inner = parameter.get("schema") or _media(parameter).get("schema") or {}
                schema["properties"][parameter["name"]] = {**inner, **described}
                schema["required"] += [parameter["name"]] if parameter.get("required") else []
        body = self._resolve(self.operation.get("requestBody") or {})
        stated = _media(body).get("schema")
        if not stated and (kinds := list(body.get("content") or ())):
            stated = {} if "json" in kinds[0] else {"type": "string", "format": "binary"}
            schema["properties"]["body"] = stated
            schema["required"] += ["body"] if body.get("required") else []
        elif stated:
            # the fields of a body that is a plain object stand beside the parameters, any other is `body`
            inner = self._resolve(stated)
            fields = inner.get("properties") or {}
            mixed = {"allOf", "anyOf", "oneOf"} & inner.keys() or fields.keys() & schema["properties"]
            plain = fields and not mixed
            schema["properties"] |= fields if plain else {"body": stated}
            required = inner.get("required", []) if plain else ["body"]
            schema["required"] += required if body.get("required") else []
        return {key: value for key, value in schema.items() if value or key != "required"}

    def _carrying(self, schema: Schema | None, hidden: str) -> Schema | None:
        """The schema with all that it refers to under `$defs`, without properties that are for the other way."""
        self.names, self.hidden = {}, hidden
        definitions: JsonObject = {}
        moved = self._move(schema)
        while len(definitions) < len(self.names):  # each that is moved may name more
            pointer, name = list(self.names.items())[len(definitions)]
            definitions[name] = self._move(self.resolver.lookup(pointer).contents)
        return {**moved, "$defs": definitions} if definitions else moved

    def _move(self, node: object) -> Any:
        """The node with its references into `$defs`, and `nullable` as JSON Schema says it."""
        if isinstance(node, list):
            return [self._move(inner) for inner in node]
        if not isinstance(node, dict):
            return node
        moved = {key: value if key in ("example", "examples") else self._move(value) for key, value in node.items()}
        properties = moved.get("properties")
        if isinstance(properties, dict):
            kept = {k: v for k, v in properties.items() if not (isinstance(v, dict) and v.get(self.hidden) is True)}
            moved["properties"] = kept
            if isinstance(moved.get("required"), list):
                required = [name for name in moved.pop("required") if name in kept or name not in properties]
                moved |= {"required": required} if required else {}
        if isinstance(node.get("$ref"), str):
            moved["$ref"] = f"#/$defs/{self._name(node['$ref'])}"
        if moved.get("nullable") is True and isinstance(moved.get("type"), str):
            moved["type"] = [moved.pop("type"), "null"]
            moved |= {"enum": [*moved["enum"], None]} if "enum" in moved else {}
            del moved["nullable"]
        return moved

    def _name(self, pointer: str) -> str:
        """Where the referred schema goes: its own name, with a number where two would share one."""
        if pointer not in self.names:
            plain = re.sub(r"[^\w.-]+", "_", pointer.rpartition("/")[2]) or "root"
            taken = self.names.values()
            self.names[pointer] = plain if plain not in taken else f"{plain}_{len(taken)}"
        return self.names[pointer]


def _name_by_path(method: str, path: str) -> str:
    words = re.sub(r"\W+", "_", path).strip("_")
    return f"{method}_{words}"


def _media(holder: Document) -> Document:
    """The JSON of a body, response or parameter, else the first other content that has a schema."""
    content = holder.get("content") or {}
    ranked = sorted(content, key=lambda kind: "json" not in kind)
    return next((content[kind] for kind in ranked if (content[kind] or {}).get("schema")), {})
