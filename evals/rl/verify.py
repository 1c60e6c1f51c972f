"""The reward of a decision: 1 for the recorded calls, however their values are spelled, 0 for anything else.

Rows come from `python -m graphs.export RUN --format nemo-gym`. Parallel calls may come in any order.
"""

import json
from collections.abc import Mapping, Sequence
from itertools import permutations

import jsonschema_rs
from pydantic import Field, JsonValue

from agents.plan.values import Answer, says
from agents.schema import Noun, Schema

MOST = 6
"""Parallel calls whose orders are all tried; more than that are compared in order."""


class Expected(Noun):
    """A recorded call, and how far it is the only right one."""

    name: str
    arguments: dict[str, JsonValue]
    determined: tuple[str, ...]
    """Arguments whose value the state so far fixes; of the others any valid value is right."""
    parameters: Schema = Field(alias="schema")


class Called(Noun):
    """A call as a policy made it."""

    name: str
    arguments: str
    """JSON as text; what is not JSON is wrong."""


def score(expected: Sequence[Expected], answer: Sequence[Called]) -> float:
    """1.0 where the calls do what the recorded ones did, else 0.0; without recorded calls, where none is made."""
    if len(expected) != len(answer):
        return 0.0
    orders = permutations(answer) if len(answer) <= MOST else [tuple(answer)]
    return float(any(all(map(_same, expected, order)) for order in orders))


def _same(expected: Expected, call: Called) -> bool:
    if call.name != expected.name:
        return False
    try:
        arguments = json.loads(call.arguments)
    except ValueError:
        return False
    if not isinstance(arguments, dict) or not jsonschema_rs.is_valid(expected.parameters, arguments):
        return False
    return _same_arguments(expected, arguments)


def _same_arguments(expected: Expected, arguments: Mapping[str, JsonValue]) -> bool:
    properties = expected.parameters.get("properties", {})
    for name in {*expected.arguments, *arguments}:
        schema = properties.get(name, {})
        if name not in arguments:
            # what a tool assumes by itself need not be said
            right = expected.arguments[name] == schema.get("default", ...) or name not in expected.determined
        elif name not in expected.arguments:
            right = arguments[name] == schema.get("default", ...)
        else:
            value = expected.arguments[name]
            right = name not in expected.determined or is_same(value, arguments[name], schema)
        if not right:
            return False
    return True


def is_same(first: JsonValue, second: JsonValue, schema: Schema | None = None) -> bool:
    """Whether two values mean the same: each, said aloud, says the other.

    >>> is_same("2026-05-19", "19 May 2026"), is_same("Ann Lee", "Ann Lee's brother"), is_same(25, "25")
    (True, False, True)
    """
    if isinstance(first, dict) and isinstance(second, dict):
        return first.keys() == second.keys() and all(is_same(first[key], second[key]) for key in first)
    if isinstance(first, list) and isinstance(second, list):
        return len(first) == len(second) and all(map(is_same, first, second))
    if first == second and isinstance(first, bool) == isinstance(second, bool):
        return True
    if not isinstance(first, str | int | float) or not isinstance(second, str | int | float):
        return False
    if isinstance(first, bool) or isinstance(second, bool):
        return False
    both = (says(str(first), second, schema), says(str(second), first, schema))
    return both == (Answer.SAYS, Answer.SAYS)
