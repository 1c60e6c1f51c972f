"""Types as Python signatures spell them (`int, optional`, `List[str]`, `Dict[str, int]`) -> JSON Schemas.

Data sets of function calls, xLAM's first of all, hold them where a JSON type should be.
"""

import ast
import re

from agents.schema import Schema

NAMES = {
    "str": "string", "string": "string", "text": "string", "bytes": "string", "int": "integer", "integer": "integer",
    "long": "integer", "float": "number", "double": "number", "number": "number", "complex": "number",
    "bool": "boolean", "boolean": "boolean", "none": "null", "nonetype": "null", "null": "null", "dict": "object",
    "mapping": "object", "object": "object", "defaultdict": "object", "list": "array", "array": "array",
    "sequence": "array", "set": "array", "iterable": "array", "tuple": "array", "frozenset": "array",
}  # fmt: skip
FORMATS = {"datetime": "date-time", "date": "date", "time": "time", "uuid": "uuid"}


def schema_of(text: str) -> Schema | None:
    """What a type says of its values; None where it is no type that Python's readers would know.

    >>> schema_of("int, optional"), schema_of("List[str]")
    ({'type': 'integer'}, {'type': 'array', 'items': {'type': 'string'}})
    >>> schema_of("Optional[str]"), schema_of("Literal['a', 'b']"), schema_of("teapot")
    ({'type': ['string', 'null']}, {'enum': ['a', 'b']}, None)
    """
    try:
        tree = ast.parse(_first(text), mode="eval").body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None
    return _schema(tree)


def is_optional(text: str) -> bool:
    """Whether a type says that its argument may be left out.

    >>> is_optional("int, optional"), is_optional("Optional[str]"), is_optional("str, default 'x'"), is_optional("str")
    (True, True, True, False)
    """
    after = text[len(_first(text)) :].lower()
    return "optional" in after or "default" in after or _first(text).startswith("Optional[")


def _first(text: str) -> str:
    """The text up to the first comma outside brackets."""
    depth = 0
    for place, letter in enumerate(text):
        depth += (letter in "[(") - (letter in "])")
        if letter == "," and not depth:
            return text[:place].strip()
    return re.sub(r"\s+or\s+", " | ", text.strip())


def _schema(node: ast.expr) -> Schema | None:
    if isinstance(node, ast.Constant) and node.value is None:
        return {"type": "null"}
    if isinstance(node, ast.Attribute):
        return _by_name(node.attr)
    if isinstance(node, ast.Name):
        return _by_name(node.id)
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.BitOr):
        return _either([node.left, node.right])
    if not isinstance(node, ast.Subscript):
        return None
    outer = node.value.attr if isinstance(node.value, ast.Attribute) else getattr(node.value, "id", "")
    inner = list(node.slice.elts) if isinstance(node.slice, ast.Tuple) else [node.slice]
    if outer == "Literal":  # its values say their type themselves
        return {"enum": [part.value for part in inner if isinstance(part, ast.Constant)]}
    if outer in {"Optional", "Union"}:
        return _either([*inner, *([ast.Constant(None)] if outer == "Optional" else [])])
    schema = _by_name(outer)
    if schema == {"type": "array"}:
        parts = [_schema(part) for part in inner if not (isinstance(part, ast.Constant) and part.value is ...)]
        same = parts[0] if parts and all(part == parts[0] for part in parts) else None
        return {**schema, "items": same} if same else schema
    if schema == {"type": "object"} and len(inner) == 2:
        value = _schema(inner[1])
        return {**schema, "additionalProperties": value} if value else schema
    return schema


def _by_name(name: str) -> Schema | None:
    lower = name.lower()
    if lower == "any":
        return {}
    if lower in {"callable", "function"}:
        return {"type": "string"}  # the data that holds it gives such arguments as text
    if lower in FORMATS:
        return {"type": "string", "format": FORMATS[lower]}
    return {"type": NAMES[lower]} if lower in NAMES else None


def _either(nodes: list[ast.expr]) -> Schema | None:
    parts = [_schema(node) for node in nodes]
    if any(part is None for part in parts):
        return None
    kinds = [part["type"] for part in parts if part and part.keys() == {"type"} and isinstance(part["type"], str)]
    if len(kinds) == len(parts):
        return {"type": list(dict.fromkeys(kinds))}
    return {"anyOf": parts}
