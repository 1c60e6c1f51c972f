"""Completions with any JSON in any field: an answer without half a thought in it, or a typed error, and never a crash.

The full size: python -m pytest -m slow tests/agents/teacher/test_fuzz.py
"""

import json
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from agents.teacher.fault import Fault, WireError
from agents.teacher.reading import completion, reasoning
from agents.teacher.request import Answer, Flaw, flaw

LEAVES = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=12)
TAGGED = st.lists(
    st.sampled_from(
        ["<think>", "</think>", "[THINK]", "[/THINK]", "Hi. ", '{"say": "a"}', " plan ", "<|im_end|>", "\ud800"]
    )
).map("".join)
ANY = st.recursive(
    LEAVES | TAGGED,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner, max_size=3),
    max_leaves=6,
)
REASONS = st.sampled_from(
    ["stop", "tool_calls", "length", "error", "content_filter", "eos", None, "abort", "MAX_TOKENS"]
)
PARTS = st.lists(
    st.fixed_dictionaries(
        {},
        optional={
            "type": st.sampled_from(["text", "thinking", "refusal"]) | ANY,
            "text": TAGGED | ANY,
            "thinking": ANY,
        },
    ),
    max_size=3,
)
FUNCTION = st.fixed_dictionaries(
    {}, optional={"name": st.just("get") | ANY, "arguments": st.just('{"a": 1}') | TAGGED | ANY}
)
CALL = st.fixed_dictionaries({}, optional={"id": ANY, "type": ANY, "function": FUNCTION | ANY, "index": ANY})
FIELDS = {
    "role": ANY,
    "content": TAGGED | PARTS | ANY,
    "reasoning_content": TAGGED | ANY,
    "reasoning_details": ANY,
    "refusal": ANY,
    "tool_calls": st.lists(CALL, max_size=3) | ANY,
    "function_call": FUNCTION | ANY,
}
MESSAGE = st.fixed_dictionaries({}, optional=FIELDS)
CHOICE = st.fixed_dictionaries(
    {}, optional={"message": MESSAGE | ANY, "delta": MESSAGE, "finish_reason": REASONS | ANY, "error": ANY, "text": ANY}
)
USAGE = st.dictionaries(
    st.sampled_from(["prompt_tokens", "completion_tokens", "total_tokens", "prompt_tokens_details"]), ANY, max_size=4
)
BODY = st.fixed_dictionaries(
    {},
    optional={
        "choices": st.lists(CHOICE, max_size=2) | ANY,
        "usage": USAGE | ANY,
        "model": ANY,
        "error": st.none() | ANY,
        "base_resp": ANY,
    },
)
CUT = {"length", "max_tokens"}


def written(body: Any) -> bytes:
    return json.dumps(body).encode()


def streamed(bodies: list[Any]) -> bytes:
    return b"".join(b"data: " + written(body) + b"\n\n" for body in bodies) + b"data: [DONE]\n\n"


def check(raw: bytes, body: Any) -> None:
    """The answer is one that a row may hold, or is marked; what is none is a typed fault."""
    try:
        answer = completion.read(raw)
    except WireError as error:
        fault = error
    else:
        _check_answer(answer, body)
        return
    assert fault.fault in Fault
    assert str(fault)


def _check_answer(answer: Answer, body: Any) -> None:
    assert isinstance(answer, Answer)
    assert Answer.model_validate_json(answer.model_dump_json()) == answer, "the journal holds it"
    assert not reasoning.END.search(answer.content)
    assert not reasoning.OPEN.search(answer.content)
    assert all(call["name"] and isinstance(call["arguments"], str) for call in answer.tool_calls)
    assert answer.finish in {"stop", "tool_calls", "length", "refusal"}
    assert answer.usage is None or min(answer.usage.values()) >= 0
    choices = body.get("choices") if isinstance(body, dict) else None
    choice = next((c for c in choices if isinstance(c, dict)), {}) if isinstance(choices, list) else {}
    reason = str(choice.get("finish_reason"))
    assert reason not in {"error", "abort"}, "half an answer is none"
    if reason in {"length", "MAX_TOKENS"}:
        assert flaw(answer) is Flaw.TRUNCATED
    if reason == "content_filter":
        assert flaw(answer) is Flaw.REFUSED


SIZES = [pytest.param(400), pytest.param(20_000, marks=pytest.mark.slow)]


@pytest.mark.parametrize("count", SIZES)
def test_any_completion_is_an_answer_or_a_typed_fault(count: int) -> None:
    @settings(
        max_examples=count, deadline=None, database=None, derandomize=True, suppress_health_check=list(HealthCheck)
    )
    @given(BODY)
    def fuzz(body: Any) -> None:
        check(written(body), body)

    fuzz()


@pytest.mark.parametrize("count", SIZES)
def test_any_stream_is_an_answer_or_a_typed_fault(count: int) -> None:
    @settings(
        max_examples=count // 2, deadline=None, database=None, derandomize=True, suppress_health_check=list(HealthCheck)
    )
    @given(st.lists(BODY | ANY, max_size=3))
    def fuzz(bodies: list[Any]) -> None:
        check(streamed(bodies), None)

    fuzz()


@pytest.mark.parametrize("count", SIZES)
def test_any_bytes_are_a_typed_fault_or_an_answer(count: int) -> None:
    @settings(
        max_examples=count // 4, deadline=None, database=None, derandomize=True, suppress_health_check=list(HealthCheck)
    )
    @given(st.binary(max_size=60), BODY, st.integers(0, 400))
    def fuzz(noise: bytes, body: Any, at: int) -> None:
        whole = written(body)
        check(noise, None)
        check(whole[:at] + noise + whole[at:], None)
        check(b"[" * 5000 + noise, None)

    fuzz()
