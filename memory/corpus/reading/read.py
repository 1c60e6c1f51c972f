"""A parsed document, however people arrange it -> the tool definitions in it, each with its place.

A list, a `tools/list` answer, one server or an index of servers, an OpenAPI document, or any of these inside another
object.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace

import orjson

from agents.schema import JsonObject
from memory.corpus.reading import foreign, openapi
from memory.corpus.reading.definition import DEFINING_KEYS, SCHEMAS, Place
from memory.corpus.reading.json_schema import Unusable

LISTS = ("tools", "toolPreview", "functionDeclarations", "function_declarations", "functions")
OPEN_KINDS = frozenset({"function", "tool", "custom", "object", "constructor"})
"""What a definition may call itself; other types name what a vendor runs itself, such as `web_search`."""
DEPTH = 6
"""Levels of wrapping around a list of tools; deeper there are only schemas and examples."""


WRAPPERS = frozenset(
    ("data", "result", "tool", "definition", "schema", "spec", "body", "payload", "output", "response")
)
"""Keys around one definition that are not its name."""


@dataclass(frozen=True)
class Row:
    """One definition, not looked at yet."""

    at: str
    """Where in its document, such as `tools[3]`; empty for the whole."""
    definition: object
    """An Unusable where the document itself says that it cannot be used."""
    place: Place
    mend: str = ""
    """What its file was, if it was not what its name says."""


def rows(document: object, place: Place) -> list[Row]:
    """Every definition in the document; one that cannot be used where there is none, so that nothing is lost."""
    if reason := foreign.explain(document):
        return [Row("", Unusable(reason), place)]
    try:
        listed = list(_rows(document, place))
    except RecursionError:
        return [Row("", Unusable("nested too deep"), place)]
    return listed or [Row("", Unusable("no tools in it"), place)]


def _rows(node: object, place: Place, at: str = "", depth: int = DEPTH) -> Iterator[Row]:
    if isinstance(node, list):
        yield from _list(node, place, at, depth)
    elif not isinstance(node, dict):
        yield Row(at, node, place)
    elif openapi.describes(node):
        info = node.get("info")
        here = place.within(info if isinstance(info, dict) else {}, "title")
        for where, definition in openapi.operations(node):
            yield Row(_step(at, where), definition, here)
    elif any(key in node for key in LISTS) or isinstance(node.get("function"), list):
        yield from _server(node, place, at, depth)
    elif any(key in node for key in DEFINING_KEYS):
        yield Row(at, node, place)
    else:
        yield from list(_unwrap(node, place, at, depth - 1)) or ([Row(at, node, place)] if "name" in node else [])


def _list(node: list[object], place: Place, at: str, depth: int) -> Iterator[Row]:
    """Elements of a list; where some state their arguments, those that do not have none."""
    stating: JsonObject = next((e for e in node if isinstance(e, dict) and any(key in e for key in SCHEMAS)), {})
    absent: JsonObject = {key: [] if isinstance(stating[key], list) else None for key in SCHEMAS if key in stating}
    for index, element in enumerate(node):
        here = f"{at}[{index}]"
        if isinstance(element, dict) and not any(key in element for key in (*DEFINING_KEYS, *LISTS)):
            kind = element.get("type")
            if isinstance(kind, str) and kind not in OPEN_KINDS:
                yield Row(here, Unusable(f"a vendor's own tool without a schema: {kind!r}"), place)
                continue
            if is_model(element):
                yield Row(here, {"name": element["title"], "parameters": element, **element}, place)
                continue
            # LangChain and ToolBench leave out the arguments of a tool that has none
            element = {**absent, **element} if absent and "name" in element else element
        yield from list(_rows(element, place, here, depth)) or [Row(here, element, place)]


def _server(node: JsonObject, place: Place, at: str, depth: int) -> Iterator[Row]:
    """The tools of one server: a list, a map of tools or of servers with tools by name, or any of them as text."""
    place, key = place.within(node, "name"), next((key for key in LISTS if key in node), "function")
    listed, at = node[key], _step(at, key)
    if isinstance(listed, str):
        try:
            listed = orjson.loads(listed)
        except orjson.JSONDecodeError:
            listed = Unusable(f"tools are text that is not JSON: {listed[:40]!r}")
    if not isinstance(listed, dict):
        yield from _rows(listed, place, at, depth) if listed else ()
        return
    for name, inner in listed.items():
        here = _step(at, name)
        if not isinstance(inner, dict):
            yield Row(here, inner, place)
        elif any(key in inner for key in LISTS):
            yield from _rows(inner, replace(place, service=name), here, depth)
        else:
            yield Row(here, {"name": name, **inner}, place)


def _unwrap(node: JsonObject, place: Place, at: str, depth: int) -> Iterator[Row]:
    """What the values of an object hold; where each is a server, its key is the name."""
    place = place.within(node, "name")
    # one server below a key may be `data` or `result`, several are an index of servers
    index = len(node) > 1 and all(isinstance(value, dict) and LISTS[0] in value for value in node.values())
    # a map of tools, as the AI SDK has it: the key is the name
    named = bool(depth) and not node.keys() & WRAPPERS and all(map(is_nameless, node.values()))
    if named:
        yield from (Row(_step(at, name), {"name": name, **node[name]}, place) for name in node)
        return
    for key, inner in node.items() if depth else ():
        nested = isinstance(inner, dict) or (isinstance(inner, list) and any(isinstance(e, dict) for e in inner))
        if nested:
            yield from _rows(inner, replace(place, service=key) if index else place, _step(at, key), depth)


def is_model(node: JsonObject) -> bool:
    """Whether this is the schema of a class that stands for a tool, as pydantic prints it: its title is the name."""
    title = node.get("title")
    named = isinstance(title, str) and title.isidentifier() and "name" not in node
    return named and node.get("type") == "object" and isinstance(node.get("properties"), dict)


def is_nameless(node: object) -> bool:
    """Whether this is a definition that has no name of its own, so that a key above it must be the name."""
    return isinstance(node, dict) and "name" not in node and any(isinstance(node.get(key), dict) for key in SCHEMAS)


def _step(at: str, key: str) -> str:
    return f"{at}.{key}" if at else key
