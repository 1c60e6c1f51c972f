"""The built-in catalogue is large, varied and connected: ids flow from one tool of a service to another."""

from collections import defaultdict
from collections.abc import Iterator
from typing import Any

from agents.schema import Tool
from graphs import corpus


def fields(schema: Any) -> Iterator[str]:
    if isinstance(schema, dict):
        yield from schema.get("properties", {})
        for part in schema.values():
            yield from fields(part)


def services() -> dict[str, list[Tool]]:
    grouped = defaultdict(list)
    for tool in corpus.builtin().tools:
        grouped[tool.service].append(tool)
    return grouped


def connected(tools: list[Tool]) -> bool:
    """Some tool requires an id that another tool's declared result carries."""
    for tool in tools:
        given = {name for other in tools if other is not tool for name in fields(other.output_schema)}
        needed = {name for name in tool.input_schema.get("required", ()) if name.lower().endswith(ID_ENDINGS)}
        if needed & given:
            return True
    return False


ID_ENDINGS = ("id", "number", "reference", "key", "code", "sha", "slug")


def test_catalogue_is_large_and_loads_whole() -> None:
    read = corpus.builtin()
    assert read.dropped == ()
    assert len(read.tools) >= 250
    assert read.licences == {"Apache-2.0": len(read.tools)}


def test_catalogue_spans_domains_and_services() -> None:
    assert len(list(corpus.CATALOGUE.glob("*.json"))) >= 10
    assert len(services()) >= 40
    assert all(5 <= len(tools) <= 9 for tools in services().values())


def test_half_the_tools_declare_what_they_return() -> None:
    tools = corpus.builtin().tools
    assert sum(tool.output_schema is not None for tool in tools) >= len(tools) / 2
    assert sum(bool(tool.annotations) for tool in tools) >= 0.4 * len(tools)


def test_ids_flow_within_each_service() -> None:
    assert [name for name, tools in services().items() if not connected(tools)] == []


def test_no_two_descriptions_are_the_same() -> None:
    texts = [tool.description for tool in corpus.builtin().tools]
    assert len(set(texts)) == len(texts)
    assert all(texts)
