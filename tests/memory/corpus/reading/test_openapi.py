"""OpenAPI 3 documents as tools: one for each operation, whole and without a fetch."""

import copy
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from memory.corpus import corpus
from memory.corpus.corpus import Corpus
from memory.corpus.reading import read as listings
from memory.corpus.reading.definition import Place

PET = {
    "type": "object",
    "required": ["name"],
    "properties": {
        "name": {"type": "string"},
        "tag": {"type": "string", "nullable": True, "enum": ["cat", "dog"]},
        "parent": {"$ref": "#/components/schemas/Pet"},
    },
}
DOCUMENT: dict[str, Any] = {
    "openapi": "3.0.3",
    "info": {"title": "Pets", "version": "1", "license": {"name": "MIT"}},
    "paths": {
        "/pets/{petId}": {
            "parameters": [{"$ref": "#/components/parameters/petId"}],
            "get": {
                "operationId": "showPet",
                "summary": "One pet.",
                "parameters": [
                    {"name": "verbose", "in": "query", "schema": {"type": "boolean"}},
                    {"name": "Authorization", "in": "header", "schema": {"type": "string"}, "required": True},
                ],
                "responses": {"200": {"$ref": "#/components/responses/pet"}},
            },
            "delete": {"responses": {"204": {"description": "gone"}}},
        },
        "/pets": {
            "post": {
                "operationId": "createPet",
                "requestBody": {"required": True, "content": {"application/json": {"schema": PET}}},
                "responses": {"default": {"description": "done"}},
            },
            "put": {
                "operationId": "putPets",
                "requestBody": {
                    "required": True,
                    "content": {"application/json": {"schema": {"type": "array", "items": PET}}},
                },
                "responses": {},
            },
        },
    },
    "components": {
        "schemas": {"Pet": PET},
        "parameters": {"petId": {"name": "petId", "in": "path", "required": True, "schema": {"type": "string"}}},
        "responses": {"pet": {"content": {"application/json": {"schema": {"$ref": "#/components/schemas/Pet"}}}}},
    },
}


def read(document: Any) -> Corpus:
    return corpus.gather(iter(listings.rows(document, Place("file", "pets.yaml"))))


def test_each_operation_is_a_tool() -> None:
    found = read(DOCUMENT)
    assert [tool.key for tool in found.tools] == [
        "Pets/showPet",
        "Pets/delete_pets_petId",
        "Pets/createPet",
        "Pets/putPets",
    ]
    assert {(tool.licence, tool.source) for tool in found.tools} == {("MIT", "pets.yaml")}


def test_parameters_become_arguments() -> None:
    show = read(DOCUMENT).tools[0]
    assert show.input_schema == {
        "type": "object",
        "properties": {"petId": {"type": "string"}, "verbose": {"type": "boolean"}},
        "required": ["petId"],
    }
    assert show.reads


def test_referred_schemas_travel_along_with_their_cycle() -> None:
    output = read(DOCUMENT).tools[0].output_schema or {}
    pet = output["$defs"]["Pet"]
    assert output["$ref"] == pet["properties"]["parent"]["$ref"] == "#/$defs/Pet"
    assert pet["properties"]["tag"] == {"type": ["string", "null"], "enum": ["cat", "dog", None]}


def test_body_of_an_object_is_spread_and_any_other_is_not() -> None:
    create, put = read(DOCUMENT).tools[2:]
    assert (list(create.input_schema["properties"]), create.input_schema["required"]) == (
        ["name", "tag", "parent"],
        ["name"],
    )
    assert (list(put.input_schema["properties"]), put.input_schema["required"]) == (["body"], ["body"])


def test_operation_with_a_lost_reference_is_dropped_alone() -> None:
    document = copy.deepcopy(DOCUMENT)
    document["paths"]["/pets"]["put"]["requestBody"] = {"$ref": "common.yaml#/pet"}
    found = read(document)
    assert len(found.tools) == 3
    assert [(note.where, note.reason.split(":")[0]) for note in found.dropped] == [
        ("put /pets", "has a $ref that leads nowhere")
    ]


@pytest.mark.parametrize("document", [{"swagger": "1.2", "paths": {}}, {"openapi": 2, "paths": {"/a": {}}}])
def test_other_versions_are_refused(document: Any) -> None:
    (note,) = read(document).dropped
    assert note.reason.startswith("not OpenAPI 3: version")


WORDS = "get parameters requestBody responses 200 content schema $ref name in properties required"
KEYS = st.sampled_from(WORDS.split())
VALUES = st.none() | st.integers(0, 3) | st.sampled_from(["object", "#/paths", "#/paths/~1a", "query", "", "a b"])
PARTS = st.recursive(
    VALUES, lambda inner: st.lists(inner, max_size=2) | st.dictionaries(KEYS, inner, max_size=4), max_leaves=10
)


@settings(max_examples=300, deadline=None)
@given(st.dictionaries(KEYS, PARTS, max_size=4), PARTS)
def test_made_up_operation_is_a_tool_or_has_a_reason(operation: Any, item: Any) -> None:
    document = {"openapi": "3.1.0", "info": item, "paths": {"/a": {"get": operation, "put": item}}}
    found = read(document)
    assert len(found.tools) + len(found.dropped) == 2


def test_two_operations_of_one_id_are_both_kept() -> None:
    answer = {"responses": {"200": {"description": "ok"}}}
    item = {"get": {"operationId": "visit", **answer}, "put": {"operationId": "visit", **answer}}
    tools = read({"openapi": "3.1.0", "info": {"title": "clinic"}, "paths": {"/visits/{id}": item}}).tools
    assert [tool.name for tool in tools] == ["visit", "put_visits_id"]


def test_what_only_the_other_side_sends_is_no_part_of_a_schema() -> None:
    account = {
        "type": "object",
        "required": ["id", "name", "secret"],
        "properties": {
            "id": {"type": "integer", "readOnly": True},
            "name": {"type": "string"},
            "secret": {"type": "string", "writeOnly": True},
        },
    }
    content = {"application/json": {"schema": {"$ref": "#/components/schemas/Account"}}}
    post = {
        "requestBody": {"required": True, "content": content},
        "responses": {"201": {"description": "made", "content": content}},
    }
    document = {"openapi": "3.1.0", "info": {"title": "desk"}, "paths": {"/accounts": {"post": post}}}
    (tool,) = read({**document, "components": {"schemas": {"Account": account}}}).tools
    assert tool.input_schema["properties"].keys() == {"name", "secret"}
    assert tool.input_schema["required"] == ["name", "secret"]
    assert tool.output_schema is not None
    assert tool.output_schema["$defs"]["Account"]["properties"].keys() == {"id", "name"}
    assert tool.output_schema["$defs"]["Account"]["required"] == ["id", "name"]


def test_body_of_bytes_alone_is_an_argument() -> None:
    post = {"requestBody": {"required": True, "content": {"application/octet-stream": {}}}, "responses": {}}
    (tool,) = read({"openapi": "3.1.0", "info": {"title": "store"}, "paths": {"/files": {"post": post}}}).tools
    assert tool.input_schema["properties"] == {"body": {"type": "string", "format": "binary"}}
    assert tool.input_schema["required"] == ["body"]


def test_limits_of_a_swagger_parameter_and_null_are_kept() -> None:
    tags = {"type": "array", "items": {"type": "string"}, "minItems": 1, "uniqueItems": True, "name": "tags"}
    body = {"schema": {"type": "object", "properties": {"note": {"type": "string", "x-nullable": True}}}, "name": "n"}
    post = {"parameters": [{**tags, "in": "query"}, {**body, "in": "body"}], "responses": {}}
    (tool,) = read({"swagger": "2.0", "info": {"title": "shop"}, "paths": {"/a": {"post": post}}}).tools
    assert tool.input_schema["properties"]["tags"]["minItems"] == 1
    assert tool.input_schema["properties"]["tags"]["uniqueItems"] is True
    assert tool.input_schema["properties"]["note"]["type"] == ["string", "null"]
