"""Schemas as people write them: what is mended, what is refused, and that nothing crashes the reader."""

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema.validators import validator_for
from referencing import Registry

from memory.corpus import corpus
from memory.corpus.reading import read as listings
from memory.corpus.reading.definition import Place
from memory.corpus.reading.json_schema import Unusable, sound

DRAFT_7 = "http://json-schema.org/draft-07/schema#"


def within(part: Any) -> dict[str, Any]:
    return {"type": "object", "properties": {"a": part}}


@pytest.mark.parametrize(
    ("part", "mended", "name"),
    [
        ({"minimum": 0, "exclusiveMinimum": True}, {"exclusiveMinimum": 0}, "a boolean exclusive bound"),
        ({"maximum": 9, "exclusiveMaximum": False}, {"maximum": 9}, "a boolean exclusive bound"),
        ({"type": "any", "title": "A"}, {"title": "A"}, "a type of another language"),
        ({"type": "Float"}, {"type": "number"}, "a type of another language"),
        ({"items": {"type": "str"}}, {"items": {"type": "string"}}, "a type of another language"),
        ({"enum": []}, {}, "an empty enum"),
        ({"pattern": None, "default": None}, {"default": None}, "keywords set to null"),
        ({"properties": []}, {"properties": {}}, "a list for a map"),
    ],
)
def test_obvious_fault_is_mended(part: Any, mended: Any, name: str) -> None:
    assert sound(within(part), "inputSchema") == (within(mended), [f"inputSchema had {name}"])


def test_whole_schema_as_properties_is_lifted() -> None:
    inner = {"type": "object", "properties": {"gem": {"type": "string"}}, "required": ["gem"], "$schema": DRAFT_7}
    mended, faults = sound({"type": "object", "properties": inner}, "inputSchema")
    assert (mended, faults) == (inner, ["inputSchema had a whole schema as its properties"])


def test_required_flags_move_to_their_parent() -> None:
    flagged = {"properties": {"a": {"required": True}, "b": {"required": False}, "c": {}}}
    mended, _ = sound(flagged, "inputSchema")
    assert mended == {"properties": {"a": {}, "b": {}, "c": {}}, "required": ["a"]}


def test_schema_in_a_default_is_not_touched() -> None:
    schema = {"properties": {"a": {"type": "any", "default": {"type": "any"}}}}
    assert sound(schema, "inputSchema")[0] == {"properties": {"a": {"default": {"type": "any"}}}}


def test_sound_schema_stays_as_it_is() -> None:
    schema = within({"type": "string", "default": None})
    assert sound(schema, "inputSchema") == (schema, [])


def test_misspelt_dialect_is_corrected() -> None:
    mended, faults = sound({"$schema": "https://json-schema.org/draft-07/schema"}, "inputSchema")
    assert (mended, faults) == ({"$schema": DRAFT_7.rstrip("#")}, ["inputSchema had a misspelt $schema"])


def test_dialect_decides_what_is_valid() -> None:
    bound = within({"minimum": 0, "exclusiveMinimum": True})
    old = {"$schema": "http://json-schema.org/draft-04/schema#", **bound}
    assert sound(old, "inputSchema") == (old, [])
    assert sound({"$schema": DRAFT_7, **bound}, "inputSchema")[1]


@pytest.mark.parametrize(
    "schema",
    [
        {"$defs": {"node": {"properties": {"kids": {"items": {"$ref": "#/$defs/node"}}}}}, "$ref": "#/$defs/node"},
        {"properties": {"a": {"type": "string"}, "b": {"$ref": "#/properties/a"}}},
        {"$schema": DRAFT_7, "definitions": {"a": {"items": {"$ref": "#"}}}},
        {"$ref": "#/$defs/a", "$defs": {"a": {"not": {"items": {"$ref": "#/$defs/a"}}}}},
        within({"enum": [f"{n:08d}" for n in range(10_000)]}),
    ],
    ids=["recursive", "own property", "draft 7", "deeper", "100 kB"],
)
def test_unusual_schema_is_kept(schema: Any) -> None:
    assert sound(schema, "inputSchema") == (schema, [])


@pytest.mark.parametrize(
    ("schema", "reason"),
    [
        (within({"type": "tekst"}), "inputSchema is invalid: $.properties.a.type"),
        (within({"pattern": "("}), "inputSchema is invalid: '(' is not a regular expression"),
        ({"patternProperties": {"(": {}}}, "inputSchema is invalid: '(' is not a regular expression"),
        ({"properties": {"": {}}}, "inputSchema has an empty property name"),
        (within({"$ref": "#/$defs/b"}), "inputSchema has a $ref that leads nowhere: '#/$defs/b'"),
        ({"$ref": "https://example.com/a.json"}, "inputSchema has a $ref that leads nowhere"),
        ({"$ref": "#"}, "inputSchema has a $ref that comes back to itself"),
        (
            {"$ref": "#/$defs/a", "$defs": {"a": {"$ref": "#/$defs/b"}, "b": {"$ref": "#/$defs/a"}}},
            "inputSchema has a $ref that comes back to itself",
        ),
        ({"properties": {"a": {"anyOf": [{"type": "string"}, {"$ref": "#/properties/a"}]}}}, "inputSchema has a $ref"),
        ({"$schema": "urn:mine"}, "inputSchema has an unknown $schema: 'urn:mine'"),
        ({"$schema": "http://json-schema.org/draft-04/schema", "not": {"$ref": 5}}, "inputSchema "),
        (json.loads('{"not":' * 400 + "{}" + "}" * 400), "inputSchema cannot be checked"),
        (5, "inputSchema is not a schema object: '5'"),
    ],
)
def test_hopeless_schema_is_refused_with_its_reason(schema: Any, reason: str) -> None:
    with pytest.raises(Unusable) as caught:
        sound(schema, "inputSchema")
    assert str(caught.value).startswith(reason)


SCALARS = st.none() | st.booleans() | st.integers(-5, 5) | st.floats(allow_nan=False) | st.text(max_size=4)
KEYWORDS = """type properties required items enum const $ref $schema $defs anyOf allOf not pattern patternProperties
minimum exclusiveMinimum default additionalProperties a b name inputSchema parameters arguments tools function"""
WORDS = st.sampled_from(KEYWORDS.split())
VALUES = SCALARS | st.sampled_from(
    [
        "object",
        "string",
        "any",
        "#",
        "#/$defs/a",
        "#/properties/a",
        "(",
        DRAFT_7,
        "https://json-schema.org/draft-07/schema",
    ]
)
ANYTHING = st.recursive(
    VALUES,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(WORDS | st.text(max_size=3), inner, max_size=5),
    max_leaves=12,
)


def usable(schema: Any) -> bool:
    """Whether another reader of JSON Schema finds it valid and can validate with it."""
    kind = validator_for(schema)
    kind.check_schema(schema)
    kind(schema, registry=Registry()).is_valid({"a": {"b": "a"}, "b": [1, None]})
    return True


@settings(max_examples=400, deadline=None)
@given(ANYTHING, ANYTHING)
def test_made_up_definition_is_usable_or_has_a_reason(schema: Any, output: Any) -> None:
    row = {"name": "a", "inputSchema": schema, "outputSchema": output}
    read = corpus.gather(iter(listings.rows(row, Place("made up", "test"))))
    assert len(read.tools) + len(read.dropped) == 1
    assert all(note.reason for note in read.dropped)
    assert all(usable(tool.input_schema) and usable(tool.output_schema or {}) for tool in read.tools)


@settings(max_examples=400, deadline=None)
@given(ANYTHING)
def test_made_up_document_never_crashes_the_reader(document: Any) -> None:
    read = corpus.gather(iter(listings.rows(document, Place("made up", "test"))))
    assert read.tools or read.dropped
    assert all(usable(tool.input_schema) for tool in read.tools)
