"""What is known to exist on a live server -> `examples` in the schemas of its tools [ours].

From the server's entry (`examples`, `fixtures`), from the resources that it lists, and from its roots: the files and
folders among its arguments, and what lies in them. Arguments of which nothing is known are not made up; see
`agents.plan.examples`.
"""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any
from zoneinfo import available_timezones

from agents.plan.examples import examples
from agents.schema import JsonObject, Schema, words
from memory.corpus.servers.mcp_file import Server, Values
from memory.corpus.servers.neutral import given_paths

MOST, DEPTH, LOOK = 12, 3, 1024
"""Files of a kind that are named, folders that are looked into, bytes by which a text is told from other files."""
_PATHS = "path paths file files filename filepath directory directories folder dir repo repository root"
PATHS = frozenset(_PATHS.split())
_FOLDERS = "directory directories folder folders dir tree repo repository root search workspace"
FOLDER_WORDS = frozenset(_FOLDERS.split())
FILE_WORDS = frozenset(("file", "files", "filename", "read", "document", "text", "head", "tail", "edit"))
MEDIA = {".png", ".jpg", ".jpeg", ".gif", ".webp", ".svg", ".mp3", ".wav", ".ogg", ".flac"}
LOCATORS = frozenset(("uri", "uris", "url", "resource"))


def teach(tool: object, server: Server, world: "World") -> Any:
    """The definition with the values that are known for its arguments."""
    schema = tool.get("inputSchema") if isinstance(tool, dict) else None
    properties = schema.get("properties") if isinstance(schema, dict) else None
    if not isinstance(tool, dict) or not isinstance(schema, dict) or not isinstance(properties, dict):
        return tool  # `definition` says what is wrong with it
    name = str(tool.get("name"))
    by_argument = {**world.values_for(name, properties), **server.values_for(name)}
    more: JsonObject = {}
    for key, part in properties.items():
        values = by_argument.get(key)
        if not values or not isinstance(part, dict):
            continue
        # a list's values are those of its items, unless they are lists themselves
        if part.get("type") == "array" and not any(isinstance(value, list) for value in values):
            items = part.get("items")
            more[key] = {**part, "items": {**(items if isinstance(items, dict) else {}), "examples": values}}
        else:
            more[key] = {**part, "examples": values}
    return {**tool, "inputSchema": {**schema, "properties": {**properties, **more}}}


class World:
    """What a server's roots and resources hold."""

    def __init__(self, server: Server, resources: Sequence[str] = ()) -> None:
        self._resources = list(resources)[:MOST]
        paths = list(dict.fromkeys(given_paths(server)))
        self._roots = [path for path in paths if path.is_dir()]
        self._folders = [*self._roots, *(inner for root in self._roots for inner in _inside(root) if inner.is_dir())]
        files = [inner for root in self._roots for inner in _inside(root) if inner.is_file()]
        self._media = [file for file in files if file.suffix.lower() in MEDIA]
        self._texts = list[Path]()
        for file in files:
            if file.suffix.lower() not in MEDIA:
                with file.open("rb") as opened:
                    self._texts += [file] if b"\0" not in opened.read(LOOK) else []

    def values_for(self, tool: str, properties: dict[str, Schema]) -> Values:
        """Argument -> paths or addresses that are there."""
        values: Values = {}
        for name, schema in properties.items():
            parts = set(words(name))
            if parts & {"timezone", "tz"} and isinstance(schema, dict):  # descriptions name zones that do not exist
                values[name] = [zone for zone in examples(schema) if zone in available_timezones()]
            elif parts & LOCATORS:
                values[name] = [*self._resources]
            elif parts & PATHS:
                values[name] = [str(path) for path in self._paths(set(words(tool)), parts)[:MOST]]
        return values

    def _paths(self, tool: set[str], argument: set[str]) -> list[Path]:
        """The kind that the argument wants by its own name, else by the tool's."""
        if {"repo", "repository"} & argument:
            return [root for root in self._roots if (root / ".git").exists()] or self._roots
        if {"media", "image", "audio"} & (tool | argument):
            return self._media
        for names in (argument - {"path", "paths"}, tool):
            if names & FOLDER_WORDS:
                return self._folders
            if names & FILE_WORDS:
                return self._texts
        return [*self._folders, *self._texts]


def _inside(folder: Path, depth: int = DEPTH) -> Iterator[Path]:
    """What lies in a folder, in order of names, without what is hidden or leads elsewhere."""
    for path in sorted(folder.iterdir()) if depth else ():
        if not path.name.startswith(".") and not path.is_symlink():
            yield path
            if path.is_dir() and path.name != "node_modules":
                yield from _inside(path, depth - 1)
