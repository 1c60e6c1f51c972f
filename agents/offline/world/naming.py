"""One thing, one name: what a record calls another thing is what an earlier result called it."""

from pydantic import JsonValue

from agents.offline.fields.meaning import split
from agents.offline.world.world import World, iter_objects
from agents.schema import JsonObject


def agree_on_names(world: World, value: JsonValue) -> None:
    """Gives what stands beside another thing's id the name under which that was listed, or the id that the name has.

    A booking of room 17 is in the room that a search found under that number.
    """
    here: dict[tuple[str, str], JsonValue] = {}
    for entity in iter_objects(value):
        for key in [key for key in entity if split(key)[-1:] == ("id",) and len(split(key)) > 1]:
            stem = split(key)[:-1]
            beside = next((name for name in entity if split(name) in (stem, (*stem, "name"))), "")
            if isinstance(entity.get(beside), str):
                _agree(world, entity, key, beside)
                entity[key] = here.setdefault((key, str(entity[beside])), entity[key])


def _agree(world: World, entity: JsonObject, key: str, beside: str) -> None:
    for known in world.listed:
        called, ident = known.get("name") or known.get("title"), known.get(key)
        if not isinstance(called, str) or type(ident) is not type(entity[key]):
            continue
        if ident == entity[key]:
            entity[beside] = called
            return
    same = (known for known in world.listed if entity[beside] in (known.get("name"), known.get("title")))
    ident = next((known[key] for known in same if type(known.get(key)) is type(entity[key])), entity[key])
    entity[key] = ident
