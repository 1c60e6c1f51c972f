"""What prompts leave unsaid can be said again: sources, and schemas of results."""

import pytest
from pydantic import TypeAdapter

from agents.plan.concise import by_type, explicit, tacit, with_types
from agents.plan.sources import restore, shorten
from agents.schema import Schema, Source
from memory.corpus import corpus

READ = {"source": "step", "step": "s1", "path": "rows[0].id"}
TOLD = {"source": "user", "fact": "order id"}


@pytest.mark.parametrize(
    "source",
    [
        TOLD,
        READ,
        {"source": "constant", "value": {"user": "Ana"}},
        {"source": "item", "path": ""},
        {"source": "code", "step": "s2"},
        {"source": "template", "template": "/repos/{owner}/pulls", "parts": {"owner": TOLD}},
        {"source": "list", "items": [READ, {"source": "list", "items": []}]},
        {"source": "object", "fields": {"step": TOLD, "path": READ}},
        {"source": "written", "task": "the sum", "reads": [READ, TOLD]},
    ],
)
def test_a_source_is_restored_whatever_it_is(source: Schema) -> None:
    short = shorten(TypeAdapter(Source).validate_python(source))
    assert "source" not in short
    assert restore(short) == source


@pytest.mark.parametrize(
    "schema",
    [
        {"type": "object", "properties": {"id": {"type": "string"}}},
        {
            "type": "object",
            "properties": {"items": {"type": "array", "items": {"type": "string"}}},
            "required": ["items"],
        },
        {"type": ["object", "null"], "properties": {"id": {}}, "required": ["id"]},
        {"type": "object", "properties": {}},
        {"type": "object", "$defs": {"items": {"type": "object", "properties": {"n": {}}, "required": ["n"]}}},
        {"type": "object", "properties": {"n": {"default": {"type": "array", "items": 2}}}, "required": ["n"]},
        {"anyOf": [{"type": "array", "items": {"type": "integer"}}, {"type": "null"}]},
    ],
)
def test_a_schema_is_made_explicit_again(schema: Schema) -> None:
    assert _say_required(explicit(tacit(schema))) == _say_required(schema)


@pytest.mark.parametrize(
    ("schema", "short"),
    [
        ({"type": "string"}, "string"),
        ({"type": "array"}, {"type": "array"}),
        ({"type": ["string", "null"]}, {"type": ["string", "null"]}),
        ({"type": "integer", "format": "int32"}, {"type": "integer", "format": "int32"}),
        ({"type": "string", "enum": ["a", 1]}, {"type": "string", "enum": ["a", 1]}),
        (
            {"anyOf": [{"type": "integer"}, {"type": "string", "enum": ["all"]}]},
            {"anyOf": ["integer", {"enum": ["all"]}]},
        ),
        ({"properties": {"type": {"type": "string", "default": "string"}}}, None),
        ({"items": {"type": "boolean"}, "default": ["string"]}, {"items": "boolean", "default": ["string"]}),
        ({"additionalProperties": {"type": "number"}, "required": ["type"]}, None),
    ],
)
def test_a_type_stands_alone_where_there_is_no_more_to_say(schema: Schema, short: object) -> None:
    assert short is None or by_type(schema) == short
    assert with_types(by_type(schema)) == schema


def test_every_argument_of_the_catalogue_is_said_in_fewer_words_without_loss() -> None:
    for tool in corpus.builtin().tools:
        assert with_types(by_type(tool.input_schema)) == tool.input_schema


def test_every_result_of_the_catalogue_is_said_in_fewer_words_without_loss() -> None:
    schemas = [tool.output_schema for tool in corpus.builtin().tools if tool.output_schema]
    assert len(schemas) > 200
    for schema in schemas:
        assert _say_required(explicit(with_types(by_type(tacit(schema))))) == _say_required(schema)
        assert len(str(by_type(tacit(schema)))) < len(str(tacit(schema))) < len(str(schema))


def _say_required(schema: Schema) -> Schema:
    """What is required as a sorted list, which is empty where nothing is said of it."""
    inner = {key: _say_required(value) if isinstance(value, dict) else value for key, value in schema.items()}
    return {**inner, "required": sorted(schema.get("required", []))} if "properties" in schema else inner
