"""Whether two answers of an assistant do the same: its calls, compared by what their values mean.

An argument of a recorded call is *determined* where what was told says its value, or its schema leaves a choice of few;
else it is *free*, such as a message's words or code, and any valid value is right.
"""

import json
from collections.abc import Sequence
from itertools import permutations

import jsonschema_rs
from pydantic import Field, JsonValue

from agents.plan.values import Answer, Mentions, says
from agents.schema import Noun, Schema

MOST = 6  # 720 orders
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


def expect(name: str, arguments: dict[str, JsonValue], parameters: Schema, heard: Mentions) -> Expected:
    """A recorded call with the arguments that were determined by what had been heard before it."""
    properties, required = parameters.get("properties", {}), parameters.get("required", ())
    determined = tuple(
        key for key, value in arguments.items() if is_determined(value, properties.get(key, {}), key in required, heard)
    )
    return Expected(name=name, arguments=arguments, determined=determined, schema=parameters)


def is_determined(value: JsonValue, schema: Schema, required: bool, heard: Mentions) -> bool:
    """Whether the state so far leaves one value only; a choice of few counts where the tool wants one."""
    if says(heard, value, schema) is Answer.SAYS:
        return True
    few = isinstance(value, bool) or "enum" in schema or "const" in schema
    return few and required


def do_the_same(expected: Sequence[Expected], answer: Sequence[Called]) -> bool:
    """Whether the calls do what the recorded ones did; parallel calls may come in any order."""
    if len(expected) != len(answer):
        return False
    orders = permutations(answer) if len(answer) <= MOST else [tuple(answer)]
    return any(all(map(is_equivalent, expected, order)) for order in orders)


def is_equivalent(expected: Expected, call: Called) -> bool:
    """Whether one call does what the recorded one did."""
    try:
        arguments = json.loads(call.arguments)
    except ValueError:
        return False
    if call.name != expected.name or not isinstance(arguments, dict):
        return False
    if not jsonschema_rs.is_valid(expected.parameters, arguments):
        return False
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
    # a truth value is no number, although Python says that True == 1
    if isinstance(first, bool) or isinstance(second, bool):
        return False
    # both ways, for the longer of two names says the shorter
    both = (says(str(first), second, schema), says(str(second), first, schema))
    return both == (Answer.SAYS, Answer.SAYS)
