"""The built-in catalogue is large, varied and connected: ids flow from one tool of a service to another."""

from collections import defaultdict
from collections.abc import Iterator
from typing import Any

from jsonschema import Draft202012Validator

from agents.schema import Tool
from memory.corpus import corpus

ID_ENDINGS = ("id", "number", "reference", "key", "code", "sha", "slug")


def fields(schema: Any) -> Iterator[str]:
    if isinstance(schema, dict):
        yield from schema.get("properties", {})
        for part in schema.values():
            yield from fields(part)


def strings(schema: Any) -> Iterator[tuple[str, str | None]]:
    """(field, pattern) of each string field at any depth."""
    if isinstance(schema, dict):
        for name, part in schema.get("properties", {}).items():
            if part.get("type") == "string":
                yield name, part.get("pattern")
        for part in schema.values():
            yield from strings(part)
    elif isinstance(schema, list):
        for part in schema:
            yield from strings(part)


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


def test_an_id_has_one_pattern_in_its_service() -> None:
    for service, tools in services().items():
        patterns: dict[str, set[str | None]] = defaultdict(set)
        for tool in tools:
            for name, pattern in [*strings(tool.input_schema), *strings(tool.output_schema)]:
                patterns[name].add(pattern)
        ids = {name: found for name, found in patterns.items() if name.lower().endswith(ID_ENDINGS)}
        assert {name: found for name, found in ids.items() if len(found) > 1} == {}, service


def test_no_two_descriptions_are_the_same() -> None:
    texts = [tool.description for tool in corpus.builtin().tools]
    assert len(set(texts)) == len(texts)
    assert all(texts)


def test_defaults_are_valid_values() -> None:
    for tool in corpus.builtin().tools:
        for name, schema in tool.input_schema["properties"].items():
            wrong = "default" in schema and not Draft202012Validator(schema).is_valid(schema["default"])
            assert not wrong, f"{tool.key}: {name}"


def test_writing_tools_do_not_look_like_readers() -> None:
    unhinted = {tool.key for tool in corpus.builtin().tools if tool.reads and not tool.annotations}
    assert unhinted == {
        "card-terminal/listCards",
        "buildline/listArtifacts",
        "pharmacy-counter/getRefillStatus",
        "product-catalog/getReviews",
        "rolodex/getInteractions",
        "todo-board/get-tasks",
    }
