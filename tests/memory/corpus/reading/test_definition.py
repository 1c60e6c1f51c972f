"""The forms in which people write tools down, and the documents that hold them."""

import json
from typing import Any

import pytest

from agents.schema import Tool
from memory.corpus import corpus
from memory.corpus.corpus import Corpus
from memory.corpus.reading import read as listings
from memory.corpus.reading.definition import Place

EMPTY = {"type": "object", "properties": {}}
ORDER = {"type": "object", "properties": {"id": {"type": "string"}}, "required": ["id"]}


def read(document: Any) -> Corpus:
    return corpus.gather(iter(listings.rows(document, Place(service="file", source="file.json"))))


def only(document: Any) -> Tool:
    (tool,) = read(document).tools
    return tool


@pytest.mark.parametrize("key", ["inputSchema", "input_schema", "parameters", "parameter"])
def test_schema_is_read_under_each_name(key: str) -> None:
    tool = only({"server": "shop", "name": "get_order", key: ORDER})
    assert (tool.key, tool.input_schema) == ("shop/get_order", ORDER)


def test_openai_function_is_a_tool() -> None:
    add, now = read(
        [
            {"type": "function", "function": {"name": "add", "description": "Adds.", "parameters": ORDER}},
            {"type": "function", "function": {"name": "now"}},
        ]
    ).tools
    assert (add.key, add.description, add.input_schema) == ("file/add", "Adds.", ORDER)
    assert now.input_schema == EMPTY


def test_argument_list_becomes_a_schema() -> None:
    path, lines = {"name": "path", "type": "string", "desc": "Where."}, {"name": "lines", "type": "array"}
    listed = [{"name": "read", "arguments": [path, {**lines, "optional": True}]}, {"name": "pwd", "description": "d"}]
    first, second = read(listed).tools
    assert first.input_schema == {
        "type": "object",
        "properties": {
            "path": {"type": "string", "description": "Where."},
            "lines": {"type": "array", "description": ""},
        },
        "required": ["path"],
    }
    assert second.input_schema == EMPTY


def test_required_may_be_said_by_each_argument() -> None:
    arguments = [{"name": "a", "type": "string", "required": True}, {"name": "b", "type": "string"}]
    assert only({"name": "f", "arguments": arguments}).input_schema["required"] == ["a"]


def test_rapidapi_parameters_become_a_schema() -> None:
    asked, optional = [{"name": "q", "type": "STRING"}], [{"name": "safe", "type": "BOOLEAN", "default": ""}]
    row = {"tool_name": "Tube", "api_name": "Search", "required_parameters": asked, "optional_parameters": optional}
    tool = only([row])
    assert tool.key == "Tube/Search"
    assert {name: part["type"] for name, part in tool.input_schema["properties"].items()} == {
        "q": "string",
        "safe": "boolean",
    }
    assert tool.input_schema["required"] == ["q"]


TOOL = {"name": "ping", "inputSchema": EMPTY}
INDEX = {"one": {"tools": {"ping": {"inputSchema": EMPTY}}}, "two": {"tools": [TOOL]}}


@pytest.mark.parametrize(
    ("document", "keys"),
    [
        ([TOOL], ["file/ping"]),
        ({"tools": [TOOL]}, ["file/ping"]),
        ({"jsonrpc": "2.0", "id": 1, "result": {"tools": [TOOL]}}, ["file/ping"]),
        ({"name": "clock", "tools": [TOOL]}, ["clock/ping"]),
        ({"serverInfo": {"name": "clock"}, "tools": [TOOL]}, ["clock/ping"]),
        ([{"name": "a", "tools": [TOOL]}, {"name": "b", "tools": [TOOL]}], ["a/ping", "b/ping"]),
        ([{"name": "x", "metadata": {"title": "X", "tools": json.dumps([TOOL])}}], ["x/ping"]),
        ({"metadata": {"server_name": "Stars", "crawled": {"tools": [TOOL]}}, "labels": {"a": "b"}}, ["Stars/ping"]),
        ({"name": "Stars", "tools": {"s": {"server_name": "stars", "tools": [TOOL]}}}, ["stars/ping"]),
        (INDEX, ["one/ping", "two/ping"]),
        ({"good": [TOOL], "bad": [{"name": "pong", "inputSchema": EMPTY}]}, ["file/ping", "file/pong"]),
    ],
)
def test_tools_are_found_however_they_are_arranged(document: Any, keys: list[str]) -> None:
    found = read(document)
    assert ([tool.key for tool in found.tools], found.dropped) == (keys, ())


def test_source_and_licence_are_inherited_from_the_server() -> None:
    tools = [TOOL, {"name": "pong", "inputSchema": EMPTY, "license": "ISC", "source": "elsewhere"}]
    ping, pong = read({"name": "clock", "license": {"name": "MIT"}, "tools": tools}).tools
    assert (ping.source, ping.licence) == ("file.json", "MIT")
    assert (pong.source, pong.licence) == ("elsewhere", "ISC")


@pytest.mark.parametrize(
    ("document", "reason"),
    [
        ("text", "not an object"),
        ({}, "no tools in it"),
        ({"tools": []}, "no tools in it"),
        ({"tools": "$2d"}, "tools are text that is not JSON"),
        ({"openapi": "3.0.0", "info": {}, "paths": {}}, "no tools in it"),
        ([{"inputSchema": EMPTY}], "no name"),
        ({"name": "send_email", "description": "Sends."}, "no input schema"),
        ({"name": "a", "inputSchema": [1]}, "arguments in a form that is not a JSON Schema"),
        ({"name": "a", "inputSchema": 5}, "inputSchema is not a schema object"),
        ({"name": "a", "inputSchema": {"type": "array"}}, "inputSchema is not of type object"),
        ({"name": "a", "params": {"body": "Comment text"}}, "arguments without types"),
        ({"name": "a", "arguments": [{"type": "string"}]}, "arguments in a form that is not a JSON Schema"),
        ({"name": "a", "inputSchema": EMPTY, "outputSchema": {"required": 1}}, "outputSchema is invalid"),
        ({"name": "a", "inputSchema": EMPTY, "annotations": ["x"]}, "annotations has the wrong type"),
        ({"name": "a", "inputSchema": EMPTY, "description": 5}, "description has the wrong type"),
    ],
)
def test_unusable_definition_is_dropped_with_its_reason(document: Any, reason: str) -> None:
    found = read(document)
    assert ([note.reason.split(": ")[0] for note in found.dropped], found.tools) == ([reason], ())


@pytest.mark.parametrize(
    ("schema", "kept", "mend"),
    [
        (None, EMPTY, "no root type"),
        ({}, EMPTY, "no root type"),
        ({"properties": {"id": {}}}, {"type": "object", "properties": {"id": {}}}, "no root type"),
        ({"type": ["object", "null"], "properties": {}}, EMPTY, "several root types"),
    ],
)
def test_root_type_is_supplied_and_noted(schema: Any, kept: Any, mend: str) -> None:
    found = read({"name": "a", "inputSchema": schema})
    assert found.tools[0].input_schema == kept
    assert [note.reason for note in found.mended] == [f"inputSchema had {mend}"]


def test_bare_properties_get_their_schema() -> None:
    found = read({"name": "a", "parameters": {"city": {"type": "string", "required": True}}})
    assert found.tools[0].input_schema == {
        "type": "object",
        "properties": {"city": {"type": "string"}},
        "required": ["city"],
    }
    assert "inputSchema had properties without a schema around them" in [note.reason for note in found.mended]


def test_output_may_be_a_list() -> None:
    assert only({"name": "a", "inputSchema": EMPTY, "outputSchema": {"type": "array"}}).output_schema == {
        "type": "array"
    }


QUERY = {"title": "Q", "type": "string"}
SIZES = {"default": [], "items": {"$ref": "#/$defs/Size"}, "title": "Sizes", "type": "array"}
LIMIT = {"anyOf": [{"type": "integer"}, {"type": "null"}], "default": None, "title": "Limit"}


def test_args_of_langchain_with_optional_and_enum_are_arguments() -> None:
    made = read([{"name": "find", "description": "Find.", "args": {"q": QUERY, "limit": LIMIT, "sizes": SIZES}}])
    (tool,) = made.tools
    assert tool.input_schema["required"] == ["q"]
    assert tool.input_schema["properties"]["limit"] == LIMIT
    assert tool.input_schema["properties"]["sizes"]["items"] == {"title": "Size"}
    assert "args hold no $defs" in " ".join(note.reason for note in made.mended)


def test_args_schema_of_langchain_stands_above_its_args() -> None:
    schema = {
        "type": "object",
        "properties": {"sizes": SIZES},
        "$defs": {"Size": {"enum": ["s", "m"], "type": "string"}},
    }
    tool = only({"name": "find", "args": {"sizes": SIZES}, "args_schema": schema})
    assert tool.input_schema == schema
    assert only({"name": "find", "args": {"q": QUERY}, "args_schema": "<class 'Find'>"}).input_schema["required"] == [
        "q"
    ]
