"""The JSON Schema that an answer must match, as short as it can be said.

Endpoints count it as part of each prompt, and what the fields mean stands in the role's prompt already: names, types
and what is required are left.
"""

from collections import Counter
from functools import lru_cache
from typing import Any

from agents.schema.base import Noun, Schema

WORDS = frozenset(("title", "description", "default", "discriminator"))
"""What a schema says to people and not to a decoder."""


@lru_cache
def answer_form(noun: type[Noun]) -> Schema:
    """The schema of a noun without words, each definition in its place unless it is needed twice.

    A field that is `readOnly` is ours to fill and no part of it. What tells members of a union apart is required.
    """
    whole = noun.model_json_schema()
    definitions = {name: _shorten(inner) for name, inner in whole.pop("$defs", {}).items()}
    form = _shorten(whole)
    uses = Counter(name for schema in (form, *definitions.values()) for name in _references(schema))
    # one that is about as short as the reference to it is written out each time
    single = {name: inner for name, inner in definitions.items() if uses[name] == 1 or len(str(inner)) < 40}
    kept = {name: _inline(inner, single) for name, inner in definitions.items() if name not in single}
    return {"title": noun.__name__, **_inline(form, single), **({"$defs": kept} if kept else {})}


def _shorten(node: Any) -> Any:
    if isinstance(node, list):
        return [_shorten(item) for item in node]
    if not isinstance(node, dict):
        return node
    short = {key: _shorten(value) for key, value in node.items() if key not in WORDS and key != "properties"}
    # a Noun forbids unknown keys anyway, when the answer is read
    if short.get("additionalProperties") is False:
        del short["additionalProperties"]
    # a constant has its type by itself
    if "const" in short:
        short.pop("type", None)
    # A field that may be null may as well be left out.
    branches = [branch for branch in short.get("anyOf", []) if branch != {"type": "null"}]
    if len(branches) == 1:
        short = {key: value for key, value in short.items() if key != "anyOf"} | branches[0]
    if "properties" in node:
        fields = {name: inner for name, inner in node["properties"].items() if not inner.get("readOnly")}
        short["properties"] = {name: _shorten(inner) for name, inner in fields.items()}
        required = [name for name in fields if name in node.get("required", ()) or "const" in fields[name]]
        short |= {"required": required} if required else {}
    return short


def _references(node: Any) -> list[str]:
    if isinstance(node, list):
        return [name for item in node for name in _references(item)]
    if not isinstance(node, dict):
        return []
    own = [node["$ref"].rpartition("/")[2]] if "$ref" in node else []
    return own + [name for value in node.values() for name in _references(value)]


def _inline(node: Any, definitions: dict[str, Schema]) -> Any:
    if isinstance(node, list):
        return [_inline(item, definitions) for item in node]
    if not isinstance(node, dict):
        return node
    name = node.get("$ref", "").rpartition("/")[2]
    if name in definitions:
        node = {**definitions[name], **{key: value for key, value in node.items() if key != "$ref"}}
    return {key: _inline(value, definitions) for key, value in node.items()}
