"""Reading tools: what is kept, what is dropped with its reason, and what is the user's own mistake."""

import gzip
import json
from pathlib import Path
from typing import Any

import pytest

from agents.errors import UsageError
from graphs import corpus

REAL = Path(__file__).parents[2] / "shared" / "data" / "mcp_tools.jsonl.gz"
EMPTY = {"type": "object", "properties": {}}


def row(name: Any = "get_order", schema: Any = None, **more: Any) -> dict[str, Any]:
    return {"service": "shop", "name": name, "inputSchema": schema, **more}


def wrote(path: Path, *rows: Any) -> Path:
    path.write_text("\n".join(map(json.dumps, rows)))
    return path


def reasons(path: Path) -> list[str]:
    return [drop.reason for drop in corpus.load([path]).dropped]


@pytest.mark.parametrize("key", ["inputSchema", "input_schema", "parameters"])
def test_schema_is_read_under_each_name(tmp_path: Path, key: str) -> None:
    schema = {"type": "object", "properties": {"id": {"type": "string"}}}
    read = corpus.load([wrote(tmp_path / "a.jsonl", {"server": "shop", "name": "get_order", key: schema})])
    assert [(tool.key, tool.input_schema) for tool in read.tools] == [("shop/get_order", schema)]


def test_listing_takes_its_service_from_the_file(tmp_path: Path) -> None:
    tool = {"name": "ping", "inputSchema": EMPTY, "annotations": {"readOnlyHint": True}}
    wrote(tmp_path / "plain.json", {"tools": [tool]})
    wrote(tmp_path / "rpc.json", {"jsonrpc": "2.0", "id": 1, "result": {"tools": [tool]}})
    read = corpus.load([tmp_path])
    assert [tool.key for tool in read.tools] == ["plain/ping", "rpc/ping"]
    assert all(tool.reads for tool in read.tools)


def test_openai_function_is_a_tool(tmp_path: Path) -> None:
    function = {"type": "function", "function": {"name": "add", "description": "Adds.", "parameters": EMPTY}}
    (tool,) = corpus.load([wrote(tmp_path / "maths.json", [function])]).tools
    assert (tool.key, tool.description, tool.input_schema) == ("maths/add", "Adds.", EMPTY)


def test_missing_schema_takes_no_arguments(tmp_path: Path) -> None:
    path = wrote(tmp_path / "a.jsonl", row("none"), row("typeless", {"properties": {"id": {}}}, description=None))
    none, typeless = corpus.load([path]).tools
    assert none.input_schema == EMPTY
    assert typeless.input_schema == {"type": "object", "properties": {"id": {}}}


@pytest.mark.parametrize(
    ("bad", "reason"),
    [
        ("text", "not an object"),
        (row(None), "no name"),
        (row(schema=[1]), "inputSchema is not a schema object"),
        (row(schema={"type": "array"}), "inputSchema is not of type object"),
        (row(schema={"properties": {"a": {"type": "text"}}}), "inputSchema is invalid: $.properties.a.type"),
        (row(schema={"properties": {"a": {"pattern": "("}}}), "inputSchema is invalid: $.properties.a.pattern"),
        (row(schema={"properties": {"": {}}}), "inputSchema has an empty property name"),
        (row(schema={"properties": {"a": {"$ref": "#/$defs/b"}}}), "inputSchema has a $ref that leads nowhere"),
        (row(schema={"$ref": "https://example.com/a.json"}), "inputSchema has a $ref that leads nowhere"),
        (
            row(schema={"$schema": "http://json-schema.org/draft-04/schema", "not": {"$ref": 5}}),
            "inputSchema cannot be checked",
        ),
        (row(schema=json.loads('{"not":' * 400 + "{}" + "}" * 400)), "inputSchema cannot be checked"),
        (row(arguments=[{"name": "id", "type": "string"}]), "arguments in a form that is not a JSON Schema"),
        (row(schema={"$ref": "#"}), "inputSchema has a $ref to itself"),
        (row(schema={"$schema": "urn:mine"}), "inputSchema has an unknown $schema"),
        (row(outputSchema={"type": "object", "required": 1}), "outputSchema is invalid: $.required"),
        (row(annotations=["x"]), "annotations has the wrong type"),
        (row("ok"), "duplicate name in its service"),
    ],
)
def test_unusable_row_is_dropped_with_its_reason(tmp_path: Path, bad: Any, reason: str) -> None:
    read = corpus.load([wrote(tmp_path / "a.jsonl", row("ok"), bad)])
    assert [tool.name for tool in read.tools] == ["ok"]
    assert read.dropped[0].reason.startswith(reason)
    assert read.dropped[0].where.endswith("a.jsonl:2")


def test_dialect_decides_what_is_valid(tmp_path: Path) -> None:
    old = {"$schema": "http://json-schema.org/draft-04/schema#", "properties": {"a": {"exclusiveMinimum": True}}}
    old["properties"]["a"]["minimum"] = 0  # type: ignore[index]
    new = {**old, "$schema": "http://json-schema.org/draft-07/schema#"}
    path = wrote(tmp_path / "a.jsonl", row("old", old), row("new", new))
    assert reasons(path) == ["inputSchema is invalid: $.properties.a.exclusiveMinimum: True is not of type 'number'"]


def test_recursive_schema_is_kept(tmp_path: Path) -> None:
    tree = {"$defs": {"node": {"properties": {"kids": {"items": {"$ref": "#/$defs/node"}}}}}, "$ref": "#/$defs/node"}
    assert reasons(wrote(tmp_path / "a.jsonl", row(schema=tree))) == []


def test_order_and_hash_do_not_depend_on_the_place(tmp_path: Path) -> None:
    for folder in (tmp_path / "one", tmp_path / "two"):
        (folder / "deep").mkdir(parents=True)
        wrote(folder / "b.json", [row("b")])
        (folder / "deep" / "a.jsonl.gz").write_bytes(gzip.compress(json.dumps(row("a")).encode()))
    one, two = corpus.load([tmp_path / "one"]), corpus.load([tmp_path / "two"])
    assert [tool.name for tool in one.tools] == ["b", "a"]
    assert one.sha256 == two.sha256 != corpus.load([tmp_path / "one" / "b.json"]).sha256


def test_licences_are_counted(tmp_path: Path) -> None:
    path = wrote(tmp_path / "a.jsonl", row("a", license="MIT"), row("b", licence="MIT"), row("c"))
    assert corpus.load([path]).licences == {"MIT": 2, "": 1}


@pytest.mark.parametrize(
    ("name", "content", "fault"),
    [
        ("a.jsonl", b'{"name": "a"}\n{"name": \n', "a.jsonl:2: not JSON"),
        ("a.json", b'[\n{"name": "a"},\n]', "a.json:2: not JSON"),
        ("a.json", b"", "a.json:1: not JSON"),
        ("a.json.gz", b"plain", "a.json.gz: not a gzip file"),
        ("a.csv", b"a,b", "a.csv: not a file this reads"),
        ("a.json", b"[1, 2]", "(2 dropped, the first is "),
    ],
)
def test_broken_file_is_the_users_mistake(tmp_path: Path, name: str, content: bytes, fault: str) -> None:
    (tmp_path / name).write_bytes(content)
    with pytest.raises(UsageError) as caught:
        corpus.load([tmp_path / name])
    assert fault in str(caught.value)
    assert "\n" not in str(caught.value)


def test_missing_path_and_empty_folder_are_named(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no such file or folder"):
        corpus.load([tmp_path / "nowhere"])
    with pytest.raises(UsageError, match="no usable tool in"):
        corpus.load([tmp_path])


@pytest.mark.skipif(not REAL.exists(), reason="no ../shared/data/mcp_tools.jsonl.gz")
def test_real_tools_are_nearly_all_usable() -> None:
    read = corpus.load([REAL])
    assert len(read.tools) > 10_000
    assert {drop.reason.split(": ")[0] for drop in read.dropped} == {
        "inputSchema is invalid",
        "duplicate name in its service",
    }
