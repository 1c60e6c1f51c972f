"""What prompts show of a definition too long for every request: some of its values, evenly, and where its texts begin.

Rows and locks keep the definition whole, so a call with a value that is not shown passes.
"""

from typing import Any

import orjson

from agents.memo import remembered
from agents.schema import Schema, Tool

CHOICES = 8_000
"""[ours] Bytes of a list of values; the longest of 10,016 real tools takes 4,924."""
SHOWN = 2_000
"""[ours] About so many bytes are shown of a longer one."""
TEXT = 16_000
"""[ours] Characters of a text; the longest real one has 13,086."""
LISTING = ("enum", "examples", "anyOf", "oneOf")
"""Keywords of alternatives, so that some of them make a schema, too; of schemas where each stands for one value."""
NO_SCHEMA = frozenset(("default", "const", "enum", "examples", "required"))


@remembered
def shown(tool: Tool) -> Tool:
    """The tool as prompts show it; itself, where nothing in it is too long."""
    if measure(tool) <= CHOICES:
        return tool
    short = {
        "description": begin(tool.description),
        "input_schema": excerpt(tool.input_schema),
        "output_schema": tool.output_schema and excerpt(tool.output_schema),
    }
    changed = {name: part for name, part in short.items() if part != getattr(tool, name)}
    return tool.model_copy(update=changed) if changed else tool


def measure(tool: Tool) -> int:
    """Bytes of what a definition says."""
    return len(orjson.dumps((tool.description, tool.input_schema, tool.output_schema)))


def excerpt(schema: Schema) -> Schema:
    """The schema as prompts show it; itself, where nothing in it is too long.

    >>> kept = excerpt({"enum": [f"city-{n}" for n in range(50_000)]})
    >>> len(kept["enum"]), kept["description"]
    (157, '(157 of 50,000 values are shown.)')
    """
    return schema if len(orjson.dumps(schema)) <= CHOICES else _excerpt(schema)


def begin(text: str) -> str:
    """The text, of a long one its beginning.

    >>> begin("word " * 20_000)[-56:]
    'word (The first 16,000 of 100,000 characters are shown.)'
    """
    if len(text) <= TEXT:
        return text
    return f"{text[:TEXT].rstrip()} (The first {TEXT:,} of {len(text):,} characters are shown.)"


def _excerpt(node: Any) -> Any:
    if isinstance(node, list):
        return [_excerpt(item) for item in node]
    if not isinstance(node, dict):
        return node
    short, notes = dict(node), list[str]()
    for key in LISTING:
        values = node.get(key)
        if not isinstance(values, list) or (size := len(orjson.dumps(values))) <= CHOICES:
            continue
        if key.endswith("Of") and not all(isinstance(value, dict) and "const" in value for value in values):
            continue
        step, default = -(-size // SHOWN), node.get("default", values[0])
        kept = short[key] = [value for n, value in enumerate(values) if n % step == 0 or value == default]
        notes.append(f"({len(kept)} of {len(values):,} {'examples' if key == 'examples' else 'values'} are shown.)")
    for key, value in short.items():
        if key == "description" and isinstance(value, str):
            short[key] = begin(value)
        elif key not in NO_SCHEMA:
            short[key] = _excerpt(value)
    said = short.get("description")
    if notes and isinstance(said, str | None):
        short["description"] = " ".join([said, *notes] if said else notes)
    return short
