"""Decoding parameters, for every role or for one, as options: `temperature=0.7`, `quality.top_p=1`."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from agents.errors import UsageError
from agents.schema import Role

OURS = frozenset({"model", "messages", "tools", "seed", "response_format", "stream", "n"})
"""What no decoding parameter may set."""
OPTIONAL = frozenset({"seed", "response_format", "stream"})
"""What may be left out for an endpoint that does not know it: `seed=null`."""


def read(options: Sequence[str]) -> dict[str, Any]:
    """Name -> value, read as JSON where it is JSON.

    >>> read(["temperature=0.7", "quality.reasoning_effort=low"])
    {'temperature': 0.7, 'quality.reasoning_effort': 'low'}
    """
    split = [option.partition("=") for option in options]
    for option, (name, _, value) in zip(options, split, strict=True):
        if not name or not value:
            raise UsageError(f"--param {option!r} is not [ROLE.]NAME=VALUE, such as temperature=0.7 or quality.top_p=1")
    return {name: _value(text) for name, _, text in split}


def _value(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        return text


def by_role(params: Mapping[str, Any]) -> dict[Role, dict[str, Any]]:
    """Each role's decoding parameters from names such as `temperature` and `quality.temperature`.

    Raises: UsageError: there is no such role, or the parameter is not for the user to set.
    """
    chosen: dict[Role, dict[str, Any]] = {role: {} for role in Role}
    for key in sorted(params, key=lambda key: "." in key):  # a role's own come last
        role, _, name = key.rpartition(".")
        if role and role not in chosen:
            raise UsageError(f"parameter {key}: no role {role!r}; one of {', '.join(Role)}")
        if name in OURS and not (name in OPTIONAL and params[key] is None):
            raise UsageError(f"parameter {key}: {name} is set by the run itself; leave it out")
        for part in [Role(role)] if role else list(Role):
            chosen[part][name] = params[key]
    return chosen
