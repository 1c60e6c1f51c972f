"""Tools as vendors and data sets write them, files in any encoding, folders of one server: nothing is lost."""

import json
from pathlib import Path
from typing import Any

import orjson
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from agents.errors import UsageError
from memory.corpus import corpus
from memory.corpus.corpus import Corpus
from memory.corpus.reading import read as listings
from memory.corpus.reading.definition import Place
from memory.corpus.reading.python_types import is_optional, schema_of

ID = {"type": "object", "properties": {"id": {"type": "string"}}, "required": ["id"]}
INTEGERS = {"type": "array", "items": {"type": "integer"}}
UPPER = {"type": "OBJECT", "properties": {"id": {"type": "STRING"}}, "required": ["id"]}


def read(document: Any) -> Corpus:
    return corpus.gather(iter(listings.rows(document, Place(service="file", source="file.json"))))


SHAPES: dict[str, Any] = {
    "Bedrock": {"tools": [{"toolSpec": {"name": "get", "inputSchema": {"json": ID}}}]},
    "Bedrock's toolConfig": {"toolConfig": {"tools": [{"toolSpec": {"name": "get", "inputSchema": {"json": ID}}}]}},
    "Bedrock as text": [{"toolSpec": {"name": "get", "inputSchema": {"json": json.dumps(ID)}}}],
    "Gemini": {"tools": [{"functionDeclarations": [{"name": "get", "parameters": UPPER}]}]},
    "Gemini in Python": [{"function_declarations": [{"name": "get", "parameters_json_schema": ID}]}],
    "Anthropic": [{"name": "get", "input_schema": ID, "cache_control": {"type": "ephemeral"}}],
    "Responses": [{"type": "function", "name": "get", "parameters": ID, "strict": True}],
    "Chat Completions": [{"type": "function", "function": {"name": "get", "parameters": ID}}],
    "a function as text": [{"type": "function", "function": json.dumps({"name": "get", "parameters": ID})}],
    "LangChain's args_schema": [{"name": "get", "args_schema": ID}],
    "LangChain's args": [{"name": "get", "args": {"id": {"type": "string"}}}],
    "Smithery": {"qualifiedName": "@a/b", "tools": [{"name": "get", "inputSchema": ID}]},
    "xLAM": {"query": "q", "tools": json.dumps([{"name": "get", "parameters": {"id": {"type": "str"}}}])},
    "Cohere": [{"name": "get", "parameter_definitions": {"id": {"type": "str", "required": True}}}],
}


@pytest.mark.parametrize("shape", SHAPES)
def test_each_vendors_shape_is_the_same_tool(shape: str) -> None:
    (tool,) = read(SHAPES[shape]).tools
    schema = tool.input_schema
    assert (tool.name, schema["type"], schema["properties"], schema["required"]) == (
        "get",
        "object",
        {"id": {"type": "string"}},
        ["id"],
    )


def test_what_a_vendor_runs_itself_is_dropped_by_name() -> None:
    kept = read([{"type": "web_search_20250305", "name": "web_search"}, {"name": "get", "input_schema": ID}])
    assert [tool.name for tool in kept.tools] == ["get"]
    assert [note.reason for note in kept.dropped] == ["a vendor's own tool without a schema: 'web_search_20250305'"]


def test_a_property_called_json_is_one() -> None:
    (tool,) = read([{"name": "put", "inputSchema": {"json": {"type": "string"}}}]).tools
    assert tool.input_schema["properties"] == {"json": {"type": "string"}}


@pytest.mark.parametrize(
    ("text", "schema", "optional"),
    [
        ("int, optional", {"type": "integer"}, True),
        ("List[str]", {"type": "array", "items": {"type": "string"}}, False),
        ("Dict[str, int]", {"type": "object", "additionalProperties": {"type": "integer"}}, False),
        ("Optional[float]", {"type": ["number", "null"]}, True),
        (
            "Union[str, List[int]]",
            {"anyOf": [{"type": "string"}, {"type": "array", "items": {"type": "integer"}}]},
            False,
        ),
        ("str | None", {"type": ["string", "null"]}, False),
        ("str or int", {"type": ["string", "integer"]}, False),
        ("Tuple[int, int]", {"type": "array", "items": {"type": "integer"}}, False),
        ("Literal['a', 'b'], default 'a'", {"enum": ["a", "b"]}, True),
        ("typing.List", {"type": "array"}, False),
        ("datetime", {"type": "string", "format": "date-time"}, False),
        ("teapot", None, False),
        ("List[", None, False),
    ],
)
def test_a_type_in_pythons_words_is_a_schema(text: str, schema: Any, optional: bool) -> None:
    assert (schema_of(text), is_optional(text)) == (schema, optional)


def test_what_is_not_optional_in_xlam_is_needed() -> None:
    arguments = {"id": {"type": "str"}, "limit": {"type": "int, optional", "default": 5}, "tags": {"type": "List[str]"}}
    (tool,) = read([{"name": "get", "parameters": arguments}]).tools
    assert tool.input_schema["required"] == ["id", "tags"]
    assert tool.input_schema["properties"]["limit"] == {"type": "integer", "default": 5}


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32"])
def test_a_file_is_read_by_its_byte_order_mark(encoding: str, tmp_path: Path) -> None:
    marks = {"utf-16-le": b"\xff\xfe", "utf-16-be": b"\xfe\xff"}
    text = json.dumps([{"name": "größe", "inputSchema": ID}], ensure_ascii=False)
    (tmp_path / "shop.json").write_bytes(marks.get(encoding, b"") + text.encode(encoding))
    assert [tool.key for tool in corpus.load([tmp_path]).tools] == ["shop/größe"]


def test_half_a_letter_is_told(tmp_path: Path) -> None:
    (tmp_path / "shop.json").write_bytes(b"\xff\xfe[\x00\xd8")
    with pytest.raises(UsageError, match=r"1 dropped, the first is .*shop.json: cannot be read"):
        corpus.load([tmp_path])


def write(folder: Path, **tools: Any) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    for name, document in tools.items():
        (folder / f"{name}.json").write_bytes(orjson.dumps(document))
    return folder


def test_a_folder_with_a_tool_in_each_file_is_one_service(tmp_path: Path) -> None:
    one = {"name": "get", "inputSchema": ID}
    shop = write(tmp_path / "shop", get=one, put={**one, "name": "put"})
    assert [tool.key for tool in corpus.load([tmp_path]).tools] == ["shop/get", "shop/put"]
    write(shop, many=[one, {**one, "name": "list"}])
    assert {tool.service for tool in corpus.load([tmp_path]).tools} == {"get", "put", "many"}


def test_a_file_that_names_its_server_keeps_it(tmp_path: Path) -> None:
    one = {"name": "get", "inputSchema": ID}
    write(tmp_path / "shop", a=one, b={"server": "bank", "name": "pay", "inputSchema": ID})
    assert [tool.key for tool in corpus.load([tmp_path]).tools] == ["shop/get", "bank/pay"]


ANY = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)
KEYS = """name inputSchema parameters function toolSpec args type tools functionDeclarations description json paths
openapi swagger properties"""
TOOL = st.dictionaries(st.sampled_from(KEYS.split()), ANY | st.just(ID), max_size=5)


@pytest.mark.parametrize("count", [400, pytest.param(20_000, marks=pytest.mark.slow)])
def test_any_document_is_tools_or_reasons(count: int) -> None:
    @settings(
        max_examples=count, deadline=None, database=None, derandomize=True, suppress_health_check=list(HealthCheck)
    )
    @given(TOOL | st.lists(TOOL, max_size=3) | ANY)
    def fuzz(document: Any) -> None:
        rows = listings.rows(document, Place(service="file", source="file.json"))
        made = corpus.gather(iter(rows))
        assert len(made.tools) + len(made.dropped) == len(rows) > 0
        assert all(note.reason for note in made.dropped)

    fuzz()
