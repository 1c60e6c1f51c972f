"""Whether a value fits a schema, also where that is a part of an older or a larger one."""

from agents.plan.examples import valid

PAIR = {"type": "array", "items": [{"$ref": "#/$defs/count"}, {"type": "string"}]}
WHOLE = {"type": "object", "properties": {"pair": PAIR}, "$defs": {"count": {"type": "integer"}}}


def test_a_list_of_items_is_one_for_each_place_though_no_dialect_is_named() -> None:
    assert valid(WHOLE, {"pair": [1, "a"]})
    assert not valid(WHOLE, {"pair": ["a", "a"]})
    assert not valid(WHOLE, {"pair": [1, 2]})
