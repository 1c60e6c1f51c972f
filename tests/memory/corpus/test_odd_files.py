"""Files that people really bring: what is read all the same, what is told by its name, and that nothing is lost."""

import gzip
import json
import os
import zipfile
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest

from agents.errors import UsageError
from memory.corpus import corpus

DOCS = Path(__file__).parents[3] / "docs" / "tools.md"
ID = {"type": "object", "properties": {"id": {"type": "string"}}, "required": ["id"]}
TOOL = {"name": "get", "description": "Größe", "inputSchema": ID}
TEXT = json.dumps([TOOL], ensure_ascii=False)
JSON5 = "[{name: 'get', inputSchema: {type:'object', properties:{},},},]"
LINES = f"{json.dumps(TOOL)}\n{json.dumps({**TOOL, 'name': 'put'})}\n"


def schema(**keywords: Any) -> str:
    return json.dumps([{"name": "get", "inputSchema": {"type": "object", **keywords}}])


def property_of(**keywords: Any) -> str:
    return schema(properties={"id": keywords})


def packed() -> bytes:
    whole = BytesIO()
    with zipfile.ZipFile(whole, "w") as archive:
        archive.writestr("tools.json", TEXT)
    return whole.getvalue()


READ: dict[str, tuple[str, bytes | str, list[str], list[str]]] = {
    "comments and trailing commas": ("a.json", "// mine\n" + TEXT[:-1] + ", /* last */]", ["get"], ["not quite JSON"]),
    "a suffix of editors": ("a.jsonc", "/* mine */" + TEXT, ["get"], ["not quite JSON"]),
    "JSON5": ("a.json5", JSON5, ["get"], ["not quite JSON"]),
    "Python's print of a list": ("a.json", repr([{**TOOL, "strict": True}]), ["get"], ["not quite JSON"]),
    "NaN": ("a.json", property_of(type="number", default=float("nan")), ["get"], ["not quite JSON"]),
    "half an emoji": ("a.json", TEXT.replace("Gr", "\\ud83d"), ["get"], ["not quite JSON"]),
    "a control character in a text": ("a.json", TEXT.replace("Gr", "\t\1"), ["get"], ["not quite JSON"]),
    "lines that are called JSON": ("a.json", LINES, ["get", "put"], ["lines where one document should be"] * 2),
    "a list that is called lines": ("a.jsonl", json.dumps([TOOL], indent=1), ["get"], ["a whole document where lines"]),
    "UTF-16 without a mark": ("a.json", TEXT.encode("utf-16-le"), ["get"], []),
    "UTF-16 in the other order": ("a.json", TEXT.encode("utf-16-be"), ["get"], []),
    "a name in capitals": ("A.JSON", TEXT, ["get"], []),
    "gzip without its suffix": ("a.json", gzip.compress(TEXT.encode()), ["get"], []),
    "a suffix without gzip": ("a.json.gz", TEXT, ["get"], []),
    "a function for a list of functions": ("a.json", json.dumps({"function": [TOOL]}), ["get"], []),
    "LangChain's constructor": ("a.json", json.dumps([{"lc": 1, "type": "constructor", "kwargs": TOOL}]), ["get"], []),
    "smolagents' inputs": (
        "a.json",
        json.dumps([{"name": "get", "inputs": {"id": {"type": "string"}}, "output_type": "string"}]),
        ["get"],
        [],
    ),
    "Bedrock with its schema as text": (
        "a.json",
        json.dumps({"tools": [{"toolSpec": {"name": "get", "inputSchema": json.dumps(ID)}}]}),
        ["get"],
        [],
    ),
    "YAML with anchors": (
        "a.yaml",
        "- &one {name: get, inputSchema: {type: object, properties: {}}}\n- {<<: *one, name: put}\n",
        ["get", "put"],
        [],
    ),
    "required as one name": ("a.json", schema(properties=ID["properties"], required="id"), ["get"], ["another form"]),
    "required twice": ("a.json", schema(properties=ID["properties"], required=["id", "id"]), ["get"], ["another form"]),
    "properties in a list": (
        "a.json",
        schema(properties=[{"name": "id", "type": "string"}]),
        ["get"],
        ["list for a map"],
    ),
    "types for schemas": ("a.json", schema(properties={"id": "string"}), ["get"], ["a type for a schema"]),
    "types in capitals in a list": ("a.json", property_of(type=["STRING", "NULL"]), ["get"], ["of another language"]),
    "bounds as text": ("a.json", property_of(type="integer", minimum="1"), ["get"], ["a number or a truth as text"]),
    "a truth as text": ("a.json", schema(additionalProperties="false"), ["get"], ["a number or a truth as text"]),
    "a tuple of an older draft": (
        "a.json",
        property_of(type="array", items=[ID]),
        ["get"],
        ["tuple of an older draft"],
    ),
    "a file as a type": ("a.json", property_of(type="file"), ["get"], ["of another language"]),
    "a named group of JavaScript's": (
        "a.json",
        property_of(pattern="(?<y>a)"),
        ["get"],
        ["another language's regular"],
    ),
    "an argument called type": (
        "a.json",
        json.dumps([{"name": "get", "parameters": {"type": {"type": "str", "description": "It.", "default": "x"}}}]),
        ["get"],
        ["properties without a schema", "of another language", "no root type"],
    ),
    "types under Google's own key": (
        "a.json",
        json.dumps([{"name": "get", "parameters": {"type_": 6, "properties": {"id": {"type_": "STRING"}}}}]),
        ["get"],
        ["Google's own key", "of another language"],
    ),
    "references by its own $id": (
        "a.json",
        schema(
            **{"$id": "http://x/y", "properties": {"a": {"$ref": "y#/$defs/b"}}, "$defs": {"b": {"type": "string"}}}
        ),
        ["get"],
        ["its own $id"],
    ),
    "types of Java": (
        "a.json",
        property_of(type="ArrayList", items={"type": "char"}),
        ["get"],
        ["of another language"],
    ),
    "a map of tools": (
        "a.json",
        json.dumps({"get": {"inputSchema": ID}, "put": {"parameters": ID}}),
        ["get", "put"],
        [],
    ),
    "the AI SDK's jsonSchema": ("a.json", json.dumps({"get": {"inputSchema": {"jsonSchema": ID}}}), ["get"], []),
    "a class's schema in a list": ("a.json", json.dumps([{"title": "get", **ID}]), ["get"], []),
    "an event stream": (
        "a.json",
        f'event: message\ndata: {{"result": {{"tools": {TEXT}}}}}\n\n',
        ["get"],
        ["event stream"],
    ),
    "lines with commas": ("a.jsonl", LINES.replace("}\n{", "},\n{"), ["get", "put"], ["not quite JSON"]),
    "documents in a row": ("a.json", LINES.replace("\n", ""), ["get", "put"], ["not quite JSON"] * 2),
    "documents over several lines": (
        "a.jsonl",
        "\n".join(json.dumps({**TOOL, "name": name}, indent=1) for name in ("get", "put")),
        ["get", "put"],
        ["not quite JSON"] * 2,
    ),
    "line ends of an old Mac": ("a.jsonl", LINES.replace("\n", "\r"), ["get", "put"], ["not quite JSON"] * 2),
    "OpenAPI with empty keys": (
        "a.json",
        json.dumps({"openapi": "3.0.0", "paths": {"/a": {"parameters": None, "get": {"operationId": "get"}}}}),
        ["get"],
        [],
    ),
}
"""Kind -> a file, its content, the tools in it, and what is said of each mend."""

DEEP = 100_000
BOMB = "\n".join(["a0: &a0 [x, x, x, x]", *(f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 12))])
COLLECTION = {"schema": "https://schema.getpostman.com/json/collection/v2.1.0/collection.json"}
EXTENSION = {"manifest_version": "0.2", "name": "x", "server": {"type": "node"}, "tools": [{"name": "get"}]}
REGISTRY = {"$schema": "https://static.modelcontextprotocol.io/schemas/2025-07-09/server.schema.json", "name": "x/y"}
DROPPED: dict[str, tuple[str, bytes | str, str]] = {
    "an empty file": ("a.jsonl", "", "an empty file"),
    "only blank lines": ("a.jsonl", "\n \n", "an empty file"),
    "YAML with comments alone": ("a.yaml", "# nothing yet\n", "an empty file: only comments"),
    "an archive": ("a.json", packed(), "an archive: unpack it"),
    "another encoding": ("a.json", TEXT.encode("latin-1"), "not UTF-8"),
    "a Postman collection": (
        "a.json",
        json.dumps({"info": COLLECTION, "item": []}),
        "a Postman collection: convert it",
    ),
    "an Insomnia export": ("a.json", json.dumps({"__export_format": 4, "resources": []}), "an Insomnia export"),
    "a HAR": ("a.json", json.dumps({"log": {"entries": [{"request": {}}]}}), "a recording of requests"),
    "GraphQL introspection": ("a.json", json.dumps({"data": {"__schema": {"types": []}}}), "a GraphQL schema"),
    "a server's error": (
        "a.json",
        json.dumps({"jsonrpc": "2.0", "id": 1, "error": {"code": -32601, "message": "Method not found"}}),
        "a server's error and no tools: Method not found",
    ),
    "AsyncAPI": ("a.yaml", "asyncapi: 2.0.0\nchannels: {}\n", "AsyncAPI"),
    "Google's discovery": (
        "a.json",
        json.dumps({"discoveryVersion": "v1", "methods": {}}),
        "Google's discovery format",
    ),
    "a plugin's manifest": (
        "a.json",
        json.dumps({"schema_version": "v1", "api": {"type": "openapi", "url": "http://x"}}),
        "a plugin's manifest",
    ),
    "a list of servers": ("a.json", json.dumps({"mcpServers": {"git": {"command": "uvx"}}}), "name it with --mcp"),
    "an extension's manifest": ("a.json", json.dumps(EXTENSION), "a server's manifest"),
    "a registry's server": ("a.json", json.dumps(REGISTRY), "a server's manifest"),
    "a schema of Zod's": ("a.json", json.dumps([{"name": "get", "inputSchema": {"_def": {}}}]), "a schema of Zod's"),
    "lists in lists": ("a.json", "[" * 900 + "]" * 900, "nested too deep"),
    "brackets without end": ("a.json", "[" * DEEP + "]" * DEEP, "not JSON: depth limit exceeded"),
    "YAML brackets without end": ("a.yaml", "[" * DEEP + "]" * DEEP, "nested too deep"),
    "YAML dashes without end": ("a.yaml", "- " * DEEP, "nested too deep"),
    "aliases without end": ("a.yaml", BOMB, "YAML whose aliases stand for more than"),
    "arguments that are no list": ("a.json", '[{"name": "a", "required_parameters": ["x"]}]', "arguments in a form"),
}
"""Kind -> a file, its content, and the reason why nothing of it is kept."""


def write(folder: Path, name: str, content: bytes | str) -> Path:
    (folder / name).write_bytes(content.encode() if isinstance(content, str) else content)
    return folder / name


@pytest.mark.parametrize("kind", READ)
def test_what_can_only_mean_one_thing_is_read(kind: str, tmp_path: Path) -> None:
    name, content, tools, mends = READ[kind]
    kept = corpus.load([write(tmp_path, name, content)])
    assert [tool.name for tool in kept.tools] == tools
    assert len(kept.mended) == len(mends)
    assert all(words in note.reason for words, note in zip(mends, kept.mended, strict=True))
    assert kept.dropped == ()


@pytest.mark.parametrize("kind", DROPPED)
def test_what_cannot_be_read_is_one_reason(kind: str, tmp_path: Path) -> None:
    name, content, reason = DROPPED[kind]
    write(tmp_path, name, content)
    write(tmp_path, "good.json", TEXT)
    kept = corpus.load([tmp_path])
    assert [tool.name for tool in kept.tools] == ["get"]
    (note,) = kept.dropped
    assert reason in note.reason


def test_listing_that_goes_on_says_from_where(tmp_path: Path) -> None:
    first = {"result": {"tools": [{"name": "get", "inputSchema": ID}], "nextCursor": "p2"}}
    last = {"result": {"tools": [{"name": "put", "inputSchema": ID}]}}
    (note,) = corpus.load([write(tmp_path, "a.json", json.dumps(first))]).dropped
    assert note.reason == "more tools of its server: list them from cursor 'p2' on, and add them"
    for name, content in (
        ("b.json", json.dumps([first, last])),
        ("c.jsonl", f"{json.dumps(first)}\n{json.dumps(last)}"),
    ):
        whole = corpus.load([write(tmp_path, name, content)])
        assert ([tool.name for tool in whole.tools], whole.dropped) == (["get", "put"], ())


def test_what_is_mended_in_a_schema_means_the_same(tmp_path: Path) -> None:
    def read(content: str) -> Any:
        return corpus.load([write(tmp_path, "a.json", content)]).tools[0].input_schema

    assert read(schema(properties=[{"name": "id", "type": "string"}]))["properties"] == ID["properties"]
    assert read(property_of(type="array", items=[ID]))["properties"]["id"] == {"type": "array", "prefixItems": [ID]}
    assert read(property_of(pattern="(?<y>a)\\k<y>"))["properties"]["id"]["pattern"] == "(?P<y>a)(?P=y)"
    assert read(property_of(type=["STRING", "NULL"]))["properties"]["id"] == {"type": ["string", "null"]}


def test_a_reference_by_its_own_id_is_one_within(tmp_path: Path) -> None:
    (tmp_path / "a.json").write_text(
        schema(**{"$id": "http://x/y", "properties": {"a": {"$ref": "http://x/y#/$defs/b"}}, "$defs": {"b": {}}})
    )
    (tool,) = corpus.load([tmp_path]).tools
    assert tool.input_schema == {"type": "object", "properties": {"a": {"$ref": "#/$defs/b"}}, "$defs": {"b": {}}}


def test_a_class_that_is_a_whole_file_is_no_tool(tmp_path: Path) -> None:
    (tmp_path / "settings.schema.json").write_text(json.dumps({"title": "Settings", **ID}))
    with pytest.raises(UsageError, match="no usable tool"):
        corpus.load([tmp_path])


def test_an_argument_that_says_it_is_not_required_may_be_left_out(tmp_path: Path) -> None:
    arguments = [{"name": "id", "type": "string", "is_required": True}, {"name": "all", "is_required": False}]
    (tmp_path / "a.json").write_text(json.dumps([{"name": "get", "parameters": arguments}]))
    (tool,) = corpus.load([tmp_path]).tools
    assert tool.input_schema["required"] == ["id"]
    assert tool.input_schema["properties"]["id"] == {"type": "string", "description": ""}


def test_types_under_another_key_are_types(tmp_path: Path) -> None:
    (tmp_path / "a.json").write_text(
        json.dumps([{"name": "get", "parameters": {"type_": 6, "properties": {"id": {"type_": "INTEGER"}}}}])
    )
    (tool,) = corpus.load([tmp_path]).tools
    assert tool.input_schema == {"type": "object", "properties": {"id": {"type": "integer"}}}


def test_a_tuple_stays_one_where_the_schema_says_its_draft(tmp_path: Path) -> None:
    draft = "http://json-schema.org/draft-07/schema#"
    old = schema(**{"$schema": draft, "properties": {"id": {"items": [ID]}, "n": {"type": "int"}}})
    (tool,) = corpus.load([write(tmp_path, "a.json", old)]).tools
    assert tool.input_schema["properties"] == {"id": {"items": [ID]}, "n": {"type": "integer"}}


def test_a_file_whose_name_is_no_text_has_tools(tmp_path: Path) -> None:
    place = os.path.join(os.fsencode(tmp_path), b"caf\xe9.json")
    with open(place, "wb") as file:
        file.write(TEXT.encode())
    kept = corpus.load([tmp_path])
    assert [tool.key for tool in kept.tools] == ["caf?/get"]
    assert [tool.model_dump_json() for tool in kept.tools]


@pytest.mark.parametrize("suffix", ["zip", "mcpb", "dxt"])
def test_an_archive_is_told_what_to_do_with(suffix: str, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="an archive; unpack it and name its folder, or name its servers with --mcp"):
        corpus.load([write(tmp_path, f"a.{suffix}", packed())])


def test_a_line_of_thirty_megabytes_is_a_line(tmp_path: Path) -> None:
    long = json.dumps({**TOOL, "name": "long", "description": "x" * 30_000_000})
    kept = corpus.load([write(tmp_path, "a.jsonl", f"{long}\n{LINES}")])
    assert [tool.name for tool in kept.tools] == ["long", "get", "put"]


def test_the_docs_list_every_kind() -> None:
    rows = [
        line.split("|")[1].strip() for line in DOCS.read_text(encoding="utf-8").splitlines() if line.startswith("| ")
    ]
    assert [kind for kind in [*READ, *DROPPED] if kind not in rows] == []
