"""Decoding parameters, for every role or for one, as options: `temperature=0.7`, `quality.top_p=1`."""

import difflib
import json
from collections.abc import Mapping, Sequence

from agents.errors import UsageError
from agents.schema import JsonObject, Role

OURS = frozenset({"model", "messages", "tools", "seed", "response_format", "stream", "n"})
"""What no decoding parameter may set."""
_USUAL = """temperature top_p top_k min_p top_a typical_p max_tokens max_completion_tokens max_output_tokens stop
stop_sequences frequency_penalty presence_penalty repetition_penalty repeat_penalty length_penalty logit_bias logprobs
top_logprobs reasoning reasoning_effort reasoning_format thinking thinking_budget enable_thinking include_reasoning
chat_template_kwargs extra_body service_tier verbosity user store metadata parallel_tool_calls tool_choice num_ctx
num_predict safe_prompt safety_settings provider"""
USUAL = frozenset(_USUAL.split())
"""Names that endpoints know. Others pass, unless they are one of these misspelt: an endpoint may ignore it silently."""
_NUMBERS = """temperature top_p top_k min_p top_a typical_p max_tokens max_completion_tokens max_output_tokens
frequency_penalty presence_penalty repetition_penalty repeat_penalty length_penalty top_logprobs num_ctx num_predict"""
NUMBERS = frozenset(_NUMBERS.split())
"""What is a number everywhere."""
OPTIONAL = frozenset({"seed", "response_format", "stream"})
"""What may be left out for an endpoint that does not know it: `seed=null`."""


def read(options: Sequence[str]) -> JsonObject:
    """Name -> value, read as JSON where it is JSON.

    >>> read(["temperature=0.7", "quality.reasoning_effort=low"])
    {'temperature': 0.7, 'quality.reasoning_effort': 'low'}
    """
    split = [option.partition("=") for option in options]
    for option, (name, _, value) in zip(options, split, strict=True):
        if not name or not value:
            raise UsageError(f"--param {option!r} is not [ROLE.]NAME=VALUE, such as temperature=0.7 or quality.top_p=1")
    return {name: _value(text) for name, _, text in split}


def _value(text: str) -> object:
    try:
        return json.loads(text)
    except ValueError:
        return text


def by_role(params: Mapping[str, object]) -> dict[Role, JsonObject]:
    """Each role's decoding parameters from names such as `temperature` and `quality.temperature`.

    Raises: UsageError: there is no such role, or the parameter is not for the user to set.
    """
    chosen: dict[Role, JsonObject] = {role: {} for role in Role}
    for key in sorted(params, key=lambda key: "." in key):  # a role's own come last
        role, _, name = key.rpartition(".")
        if role and role not in chosen:
            raise UsageError(f"parameter {key}: no role {role!r}; one of {', '.join(Role)}")
        if name in OURS and not (name in OPTIONAL and params[key] is None):
            raise UsageError(f"parameter {key}: {name} is set by the run itself; leave it out")
        value = params[key]
        if name in NUMBERS and value is not None and (isinstance(value, bool) or not isinstance(value, int | float)):
            raise UsageError(f"--param {key}: a number is needed, not {value!r}")
        near = [] if name in USUAL else difflib.get_close_matches(name, sorted(USUAL), n=1, cutoff=0.85)
        if near:
            raise UsageError(f"--param {key}: no such parameter; did you mean {key.removesuffix(name)}{near[0]}?")
        for part in [Role(role)] if role else list(Role):
            chosen[part][name] = params[key]
    return chosen
