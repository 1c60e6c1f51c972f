"""What prompts leave unsaid can be said again: sources, and schemas of results."""

import pytest
from pydantic import TypeAdapter

from agents.plan.concise import explicit, tacit
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


def test_every_result_of_the_catalogue_is_said_in_fewer_words_without_loss() -> None:
    schemas = [tool.output_schema for tool in corpus.builtin().tools if tool.output_schema]
    assert len(schemas) > 200
    for schema in schemas:
        assert _say_required(explicit(tacit(schema))) == _say_required(schema)
        assert len(str(tacit(schema))) < len(str(schema))


def _say_required(schema: Schema) -> Schema:
    """What is required as a sorted list, which is empty where nothing is said of it."""
    inner = {key: _say_required(value) if isinstance(value, dict) else value for key, value in schema.items()}
    return {**inner, "required": sorted(schema.get("required", []))} if "properties" in schema else inner
