"""Ids of one kind in one service: what its tools take as a number is a number in what they bring."""

from agents.offline.fields.meaning import split
from agents.offline.world.world import World
from agents.plan.dataflow import nouns
from agents.schema import Schema


def takes_numbers(world: World, service: str, about: str) -> bool:
    """Whether a tool of the service takes a number for the id of such a thing, and none a text."""
    kinds = set[str]()
    for tool in world.tools.values():
        for key, inner in (tool["inputSchema"].get("properties") or {}).items():
            own = split(key) == (about, "id") or (split(key) == ("id",) and about in nouns(tool["name"]))
            if own and isinstance(inner, dict) and tool["service"] == service:
                kinds.add(str(inner.get("type")))
    return bool(kinds) and kinds <= {"integer", "number"}


def number_ids(shape: Schema, numbers: bool) -> Schema:
    """The shape with its ids as numbers, where they are `numbers`.

    >>> number_ids({"properties": {"id": {"type": "string"}}}, True)
    {'properties': {'id': {'type': 'integer'}}}
    """
    properties = shape.get("properties")
    if not numbers or not isinstance(properties, dict):
        return shape
    numbered: Schema = {}
    for key, inner in properties.items():
        listed = isinstance(inner.get("items"), dict)
        numbered[key] = {**inner, "items": number_ids(inner["items"], numbers)} if listed else inner
        numbered[key] = {"type": "integer"} if key == "id" and inner == {"type": "string"} else numbered[key]
    return {**shape, "properties": numbered}
