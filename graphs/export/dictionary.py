"""The data dictionary of a row, docs/rows.md, from the types: python -m graphs.export.dictionary > docs/rows.md

A test holds the file against what this writes.
"""

from collections.abc import Iterator

from pydantic import TypeAdapter

from agents.schema import Blueprint, Directive, Message, Observation, Row, Schema, Thinking, Verdict
from memory.measure.modes import Measures

HEAD = """# A row

What a line of `trajectories.jsonl`, or of `rejected.jsonl`, holds. This page is written from the types
(`python -m graphs.export.dictionary > docs/rows.md`), and a test keeps it so. *Since* is the version of TDScaling that
first wrote the field. A field that a row lacks has no value: readers must not expect it. Keys stand in sorted order.
"""
PARTS: dict[str, tuple[str, type]] = {
    "messages[]": ("", Message),
    "directive": ("What the slot was meant to become.", Directive),
    "blueprint": ("The plan; no assistant that is trained sees it.", Blueprint),
    "origins{}": ("By call id.", Observation),
    "thinking": ("docs/reasoning.md says what becomes of an assistant's reasoning.", Thinking),
    "verdict": ("The QualityAgent's; none where the strategy has no judge.", Verdict),
    "measures": ("What the row did, measured from its messages alone.", Measures),
}
NEW = ("nearest", "thinking", "difficulty", "messages[].learn", "messages[].reasoning_content")
SINCE = dict.fromkeys((*NEW, *(f"thinking.{name}" for name in Thinking.model_fields)), "0.2")
FIRST = "0.1"


def write() -> str:
    """The page."""
    lines = [HEAD, *_part("The row", "", TypeAdapter(Row).json_schema(), "")]
    for key, (text, kind) in PARTS.items():
        whole = TypeAdapter(kind).json_schema()
        lines += _part(f"`{key}`", text, whole, f"{key}.")
        for name, schema in whole.get("$defs", {}).items():
            # enumerations and unions have no fields: their members stand in the type of who refers to them
            if "properties" in schema:
                lines += _part(f"{name}, in `{key}`", schema.get("description", ""), schema, "")
    return "\n".join(lines)


def _part(title: str, text: str, schema: Schema, prefix: str) -> Iterator[str]:
    yield f"## {title}\n"
    if text:
        yield f"{' '.join(text.split())}\n"
    yield "| field | type | meaning | since |\n| --- | --- | --- | --- |"
    required = schema.get("required", ())
    for name, field in schema["properties"].items():
        kind = _kind(field) + ("" if name in required or "default" in field else ", may be absent")
        meaning = " ".join(str(field.get("description", "")).split()).replace("|", "\\|")
        yield f"| `{name}` | {kind} | {meaning} | {SINCE.get(f'{prefix}{name}', FIRST)} |"
    yield ""


def _kind(field: Schema) -> str:
    """A JSON Schema's type in few words."""
    if "$ref" in field:
        return str(field["$ref"].rpartition("/")[2])
    if "const" in field:
        return f"`{field['const']}`"
    if "enum" in field:
        return "one of " + ", ".join(f"`{member}`" for member in field["enum"])
    for union in ("anyOf", "oneOf", "allOf"):
        if union in field:
            return " or ".join(dict.fromkeys(_kind(part) for part in field[union]))
    if field.get("type") == "array":
        return f"list of {_kind(field.get('items', {}))}"
    inner = field.get("additionalProperties")
    if field.get("type") == "object" and isinstance(inner, dict):
        return f"object, name to {_kind(inner)}"
    return str(field.get("type", "any JSON"))


if __name__ == "__main__":
    print(write(), end="")
