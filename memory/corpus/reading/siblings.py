"""An OpenAPI document in several files -> one: what it refers to in files beside it is read and put inside.

Only files of this machine are read. A reference to the network stays as it is, and its operation is dropped by name.
"""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from agents.schema import JsonObject

INSIDE = "x-files"
"""Where the other files' contents lie in the joined document."""
MOST_FILES = 2000

Read = Callable[[Path], object]
"""A file's parsed content. Raises: OSError, ValueError."""


def join(document: JsonObject, path: Path, read: Read) -> JsonObject:
    """The document with all that its relative references reach; the same one where it has none."""
    if not any(_is_relative(pointer) for pointer in _pointers(document)):
        return document
    return _Joined(path, read).join_all(document)


def _pointers(node: object) -> Iterator[str]:
    if isinstance(node, dict):
        if isinstance(node.get("$ref"), str):
            yield node["$ref"]
        for inner in node.values():  # beside a reference, too: OpenAPI 3.1 lets others stand there
            yield from _pointers(inner)
    elif isinstance(node, list):
        for inner in node:
            yield from _pointers(inner)


def _is_relative(pointer: str) -> bool:
    return bool(pointer) and not pointer.startswith("#") and "://" not in pointer and not pointer.startswith("//")


class _Joined:
    def __init__(self, path: Path, read: Read) -> None:
        self._root, self._read = path.resolve(), read
        self._names: dict[Path, str] = {self._root: ""}
        self._files: JsonObject = {}

    def join_all(self, document: JsonObject) -> JsonObject:
        whole: JsonObject = self._move(document, self._root)
        return {**whole, INSIDE: self._files}

    def _move(self, node: object, file: Path) -> Any:
        if isinstance(node, list):
            return [self._move(inner, file) for inner in node]
        if not isinstance(node, dict):
            return node
        moved = {key: self._move(value, file) for key, value in node.items()}
        pointer = node.get("$ref")
        if isinstance(pointer, str):
            where, _, inner = pointer.partition("#")
            # relative to the file that it stands in, not to the one that was named
            target = (file.parent / unquote(where)).resolve() if _is_relative(pointer) else file
            joins = target in self._names or self._add(target)
            # what cannot be read, or lies on the net, stays as it is
            if joins and (_is_relative(pointer) or pointer.startswith("#")):
                name = self._names[target]
                moved["$ref"] = f"#/{INSIDE}/{name}{inner}" if name else f"#{inner}"
        return moved

    def _add(self, target: Path) -> bool:
        """Whether the file could be read; it then lies inside."""
        if len(self._names) > MOST_FILES:
            return False
        try:
            content = self._read(target)
        except (OSError, ValueError):
            return False
        name = self._names[target] = f"{len(self._names)}"
        self._files[name] = {}  # a circle of files comes back here
        self._files[name] = self._move(content, target)
        return True
