from typing import Any

from agents.plan.json_paths import flat, schema_at

SINGER = {"type": "object", "required": ["id", "name"], "properties": {"id": {"type": "string"}, "name": {}}}


def test_what_stands_beside_a_reference_is_added_to_what_it_leads_to() -> None:
    """A lock adds the fields that a plan reads to the items that a tool declares."""
    read = {"type": "array", "items": {"required": ["voice"], "properties": {"voice": {"type": "string"}}}}
    lock: dict[str, Any] = {
        "allOf": [{"type": "array", "items": {"$ref": "#/$defs/Singer"}}, read],
        "$defs": {"Singer": SINGER},
    }
    items = flat(flat(lock, lock)["items"], lock)
    assert items["required"] == ["id", "name", "voice"]
    assert sorted(items["properties"]) == ["id", "name", "voice"]
    assert schema_at({**flat(lock, lock), "$defs": lock["$defs"]}, "[0].name") == {}
    assert schema_at({**flat(lock, lock), "$defs": lock["$defs"]}, "[0].id") == {"type": "string"}


def test_a_description_beside_a_reference_is_its_own() -> None:
    root = {"$ref": "#/$defs/a", "description": "mine", "$defs": {"a": {"type": "string", "description": "theirs"}}}
    assert flat(root, root)["description"] == "mine"
    assert flat(root, root)["type"] == "string"
