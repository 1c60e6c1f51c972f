"""Rows made by hand: two calls at once with words beside them, a refused call, a live observation."""

from typing import Any

Row = dict[str, Any]
TOOL = {
    "type": "function",
    "function": {
        "name": "get",
        "description": "One thing.",
        "parameters": {"type": "object", "properties": {"id": {"type": "integer"}}},
        "annotations": {"readOnlyHint": True},
    },
}


def call(number: int, arguments: str) -> Row:
    return {"id": f"call_{number}", "type": "function", "function": {"name": "get", "arguments": arguments}}


def row(slot: int, messages: list[Row], origins: Row, service: str = "shop") -> Row:
    return {
        "slot": slot,
        "messages": [{"role": "system", "content": "Help.\n\nBe brief."}, *messages],
        "tools": [TOOL],
        "cluster": {"id": "c", "leaf": "1.0", "title": "things", "tools": {"get": f"{service}/get"}, "reads": ["get"]},
        "directive": {"leaf": "1.0", "mode": "linear"},
        "measures": {
            "slot": slot,
            "leaf": "1.0",
            "mode": "linear",
            "signature": "read answer",
            "cac": 2.0,
            "chain": 1,
            "tools": [f"{service}/get"],
        },
        "origins": origins,
        "tool_licences": {"get": "MIT"},
    }


def parallel(content: str = "Both at once.") -> Row:
    """Two calls in one message and something said beside them."""
    messages = [
        {"role": "user", "content": "Ünïcode, please"},
        {"role": "assistant", "content": content, "tool_calls": [call(1, '{"id": 1}'), call(2, '{"id": 2}')]},
        {"role": "tool", "tool_call_id": "call_1", "content": '["a"]'},
        {"role": "tool", "tool_call_id": "call_2", "content": "plain\ntext"},
        {"role": "assistant", "content": "Done."},
    ]
    return row(7, messages, {"call_1": {"origin": "mcp", "ok": True, "lock_mismatch": ""}})


def refused() -> Row:
    """A call that the guard refused, which should not be learned, the right one and the answer, and a second round."""
    messages = [
        {"role": "user", "content": "Thing 3?"},
        {"role": "assistant", "content": "Wait.", "tool_calls": [call(1, '{"id": "three"}')], "learn": False},
        {"role": "tool", "tool_call_id": "call_1", "content": '{"error": {"code": "invalid_call", "message": "no"}}'},
        {"role": "assistant", "content": "", "tool_calls": [call(2, '{"id": 3}')], "reasoning_content": "A number."},
        {"role": "tool", "tool_call_id": "call_2", "content": '{"name": "lamp"}'},
        {"role": "assistant", "content": "A lamp."},
        {"role": "user", "content": "Thanks."},
        {"role": "assistant", "content": "You are welcome."},
    ]
    origins = {"call_1": {"origin": "lock", "ok": False}, "call_2": {"origin": "simulated", "ok": True}}
    return row(8, messages, origins)
