"""OpenAPI in several files and Swagger 2.0: the same tools, read on this machine and never over the network."""

from pathlib import Path
from typing import Any

import orjson
import pytest
import yaml

from memory.corpus import corpus
from memory.corpus.corpus import Corpus
from memory.corpus.reading import read as listings
from memory.corpus.reading import siblings
from memory.corpus.reading.definition import Place

PET = {"type": "object", "required": ["name"], "properties": {"name": {"type": "string"}}}
LIMIT = {"name": "limit", "in": "query", "type": "integer", "maximum": 9, "description": "At most."}
REFERENCE = {"$ref": "#/definitions/Pet"}
SWAGGER: dict[str, Any] = {
    "swagger": "2.0",
    "info": {"title": "Pets", "license": {"name": "MIT"}},
    "consumes": ["application/json"],
    "parameters": {"limit": LIMIT},
    "definitions": {"Pet": PET},
    "responses": {"pets": {"description": "All.", "schema": {"type": "array", "items": {"$ref": "#/definitions/Pet"}}}},
    "paths": {
        "/pets": {
            "get": {
                "operationId": "listPets",
                "parameters": [{"$ref": "#/parameters/limit"}],
                "responses": {"200": {"$ref": "#/responses/pets"}},
            },
            "post": {
                "operationId": "addPet",
                "parameters": [
                    {"name": "pet", "in": "body", "required": True, "schema": {"$ref": "#/definitions/Pet"}}
                ],
                "responses": {"201": {"description": "ok", "schema": REFERENCE}},
            },
        },
        "/pets/{id}": {
            "parameters": [{"name": "id", "in": "path", "required": True, "type": "string"}],
            "put": {
                "operationId": "picture",
                "parameters": [
                    {"name": "file", "in": "formData", "type": "file", "required": True},
                    {"name": "title", "in": "formData", "type": "string"},
                ],
                "responses": {"204": {"description": "done"}},
            },
        },
    },
}


def read(document: Any) -> Corpus:
    return corpus.gather(iter(listings.rows(document, Place(service="file", source="file.json"))))


def test_swagger_2_is_read_as_openapi_3() -> None:
    made = read(SWAGGER)
    assert not made.dropped
    listed, added, picture = made.tools
    assert (listed.key, listed.licence) == ("Pets/listPets", "MIT")
    assert listed.input_schema["properties"] == {"limit": {"type": "integer", "maximum": 9, "description": "At most."}}
    assert listed.output_schema == {"type": "array", "items": {"$ref": "#/$defs/Pet"}, "$defs": {"Pet": PET}}
    assert (added.input_schema["properties"], added.input_schema["required"]) == (
        {"name": {"type": "string"}},
        ["name"],
    )
    assert picture.input_schema["required"] == ["id", "file"]
    assert set(picture.input_schema["properties"]) == {"id", "file", "title"}


def test_swagger_that_cannot_be_read_names_the_tool_to_convert_with() -> None:
    broken = {**SWAGGER, "paths": {"/pets": {"get": {"parameters": [5]}}}}
    (note,) = read(broken).dropped
    assert "convert it with swagger2openapi" in note.reason


GET = {"operationId": "getUser", "responses": {"200": {"description": "ok"}}}


def test_a_path_item_by_reference_is_followed() -> None:
    components = {"pathItems": {"user": {"get": GET}}}
    paths = {"/users": {"$ref": "#/components/pathItems/user"}, "/gone": {"$ref": "#/components/pathItems/gone"}}
    made = read({"openapi": "3.1.0", "info": {}, "paths": paths, "components": components})
    assert [tool.name for tool in made.tools] == ["getUser"]
    assert [note.where for note in made.dropped] == ["/gone"]
    assert "leads nowhere" in made.dropped[0].reason


def test_files_beside_a_document_are_read_and_the_network_is_not(tmp_path: Path) -> None:
    user = {"parameters": [{"$ref": "../common.yaml#/id"}], "get": {**GET, "parameters": [{"$ref": "#/extra"}]}}
    extra = {"name": "full", "in": "query", "schema": {"$ref": "../common.yaml#/kinds/flag"}}
    common = {
        "id": {"name": "id", "in": "path", "required": True, "schema": {"$ref": "#/kinds/id"}},
        "kinds": {"id": {"type": "string"}, "flag": {"type": "boolean"}},
    }
    (tmp_path / "paths").mkdir()
    (tmp_path / "paths" / "user.yaml").write_text(yaml.safe_dump({**user, "extra": extra}))
    (tmp_path / "common.yaml").write_text(yaml.safe_dump(common))
    paths = {"/users/{id}": {"$ref": "paths/user.yaml"}, "/far": {"$ref": "https://example.com/far.yaml"}}
    document = {"openapi": "3.1.0", "info": {"title": "Users"}, "paths": {**paths, "/lost": {"$ref": "lost.yaml"}}}
    (tmp_path / "api.json").write_bytes(orjson.dumps(document))
    made = corpus.load([tmp_path / "api.json"])
    (tool,) = made.tools
    assert tool.key == "Users/getUser"
    assert tool.input_schema["required"] == ["id"]
    assert set(tool.input_schema["properties"]) == {"id", "full"}
    assert tool.input_schema["$defs"] == {"flag": {"type": "boolean"}, "id": {"type": "string"}}
    assert sorted(note.reason for note in made.dropped) == [
        "has a $ref that leads nowhere: 'https://example.com/far.yaml'",
        "has a $ref that leads nowhere: 'lost.yaml'",
    ]


def test_files_that_refer_to_each_other_end(tmp_path: Path) -> None:
    (tmp_path / "a.json").write_bytes(orjson.dumps({"b": {"$ref": "b.json#/a"}}))
    (tmp_path / "b.json").write_bytes(orjson.dumps({"a": {"$ref": "a.json#/b"}}))
    document = {"openapi": "3.1.0", "paths": {"/x": {"$ref": "a.json#/b"}}}
    joined = siblings.join(document, tmp_path / "api.json", lambda path: orjson.loads(path.read_bytes()))
    assert joined["paths"]["/x"] == {"$ref": "#/x-files/1/b"}
    assert set(joined["x-files"]) == {"1", "2"}


@pytest.mark.parametrize("document", [{"openapi": "3.1.0", "paths": {"/x": {"get": GET}}}])
def test_a_document_without_others_is_left_as_it_is(document: dict[str, Any], tmp_path: Path) -> None:
    assert siblings.join(document, tmp_path / "api.json", lambda path: 1 / 0) is document
