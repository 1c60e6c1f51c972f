"""The dataset read by a stranger: `audit` knows jsonschema, the file and, of ours, only what words mean (`says`).

People say a date or an amount in words, so that what was said cannot be looked up letter by letter.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import orjson
import pytest
from jsonschema import Draft202012Validator
from jsonschema.validators import validator_for

from agents.plan.values import Answer, says
from graphs.run import main

PUBLIC = Path(__file__).parents[3] / "shared" / "data" / "mcp_tools.jsonl.gz"
"""Definitions of public MCP servers, where they were downloaded."""
SENTENCE = 6
"""Words from which a string is composed text and need not have been told."""


def audit(path: Path) -> list[str]:
    """Every fault of the file, as `slot N: what`."""
    rows = [orjson.loads(line) for line in path.read_bytes().splitlines()]
    found = [f"slot {row['slot']}: {fault}" for row in rows for fault in (*calls(row), *observations(row))]
    slots = [row["slot"] for row in rows]
    return found + [f"slot {slot}: twice" for slot in sorted(set(slots)) if slots.count(slot) > 1]


def valid(schema: Any, value: Any) -> bool:
    return bool(validator_for(schema, default=Draft202012Validator)(schema).is_valid(value))


def failed(seen: Any) -> bool:
    return isinstance(seen, dict) and seen.keys() == {"error"} and seen["error"].keys() == {"code", "message"}


def calls(row: dict[str, Any]) -> Iterator[str]:
    """Calls that do not fit and were carried out, are unanswered, or say what nobody said."""
    tools = {tool["function"]["name"]: tool["function"]["parameters"] for tool in row["tools"]}
    seen = {m["tool_call_id"]: orjson.loads(m["content"]) for m in row["messages"] if m["role"] == "tool"}
    for place, message in enumerate(row["messages"]):
        for call in message.get("tool_calls", ()):
            name, arguments = call["function"]["name"], orjson.loads(call["function"]["arguments"])
            if call["id"] not in seen:
                yield f"{call['id']} has no observation"
            elif not (name in tools and valid(tools[name], arguments)) and not failed(seen[call["id"]]):
                yield f"{call['id']} of {name} does not fit and was carried out"
            heard = told(row["messages"][:place])
            for value, schema in leaves(arguments, tools.get(name, {}), tools.get(name, {})):
                if not fixed(value, schema) and says(heard, value) is Answer.DOES_NOT:
                    yield f"{call['id']} of {name} says {value!r}, which nobody said"


def observations(row: dict[str, Any]) -> Iterator[str]:
    """Simulated successes that break their tool's lock, and failures that are no error envelope."""
    functions = {c["id"]: c["function"] for m in row["messages"] for c in m.get("tool_calls", ())}
    for message in row["messages"]:
        if message["role"] != "tool":
            continue
        call, seen = message["tool_call_id"], orjson.loads(message["content"])
        origin = row["origins"][call]
        if not origin["ok"] and not failed(seen):
            yield f"{call} failed without an error"
        elif origin["ok"] and origin["origin"] == "simulated" and not valid(lock_of(row, functions[call]), seen):
            yield f"{call} breaks the lock of {functions[call]['name']}"


def lock_of(row: dict[str, Any], function: dict[str, Any]) -> Any:
    """A tool's lock; tools that read paths or addresses have one for each that was read: `fetch https://...`."""
    arguments = orjson.loads(function["arguments"])
    named = [f"{function['name']} {value}" for value, _ in leaves(arguments, {}, {})]
    return row["locks"][next((key for key in named if key in row["locks"]), function["name"])]


def told(messages: list[dict[str, Any]]) -> str:
    """What system, user and tools said, as one text; an observation by its leaves."""
    spoken = [m["content"] for m in messages if m["role"] in ("system", "user")]
    observed = [orjson.loads(m["content"]) for m in messages if m["role"] == "tool"]
    return "\n".join([*spoken, *(str(value) for seen in observed for value, _ in leaves(seen, {}, {}))])


def leaves(value: Any, schema: Any, root: Any) -> Iterator[tuple[Any, list[Any]]]:
    """Every scalar with all that its tool's schema may say of it."""
    options = list(alternatives(schema, root, 9))
    if isinstance(value, dict):
        for key, inner in value.items():
            found = [o.get("properties", {}).get(key, o.get("additionalProperties", {})) for o in options]
            yield from leaves(inner, {"anyOf": found}, root)
    elif isinstance(value, list):
        for inner in value:
            yield from leaves(inner, {"anyOf": [option.get("items", {}) for option in options]}, root)
    else:
        yield value, options


def alternatives(schema: Any, root: Any, depth: int) -> Iterator[Any]:
    """The schema, its unions and what its local references point to."""
    if not isinstance(schema, dict) or not depth:
        return
    yield schema
    inner = [one for key in ("anyOf", "oneOf", "allOf") for one in schema.get(key, ())]
    if str(schema.get("$ref", "")).startswith("#/"):
        target = root
        for part in schema["$ref"][2:].split("/"):
            target = target[part.replace("~1", "/").replace("~0", "~")]
        inner.append(target)
    for one in inner:
        yield from alternatives(one, root, depth - 1)


def fixed(value: Any, options: list[Any]) -> bool:
    """Whether the tool itself offers the value, or it is composed text."""
    if isinstance(value, bool) or value in (None, ""):
        return True
    offered = [[*o.get("enum", ()), o.get("const", ...), o.get("default", ...)] for o in options]
    return any(value in one for one in offered) or (isinstance(value, str) and len(value.split()) >= SENTENCE)


def run(out: Path, *options: str) -> list[dict[str, Any]]:
    with pytest.raises(SystemExit, match="0"):
        main(["--out", str(out), *options])
    return [orjson.loads(line) for line in (out / "trajectories.jsonl").read_bytes().splitlines()]


def test_builtin_run_passes_the_audit(tmp_path: Path) -> None:
    rows = run(tmp_path / "run", "--count", "60", "--seed", "4")
    assert audit(tmp_path / "run" / "trajectories.jsonl") == []
    assert len(rows) >= 54


@pytest.mark.skipif(not PUBLIC.exists(), reason=f"no {PUBLIC.name}")
def test_public_tools_run_passes_the_audit(tmp_path: Path) -> None:
    rows = run(tmp_path / "run", "--tools", str(PUBLIC), "--count", "60", "--seed", "7")
    assert audit(tmp_path / "run" / "trajectories.jsonl") == []
    assert len(rows) >= 54


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        ('\\"id\\":\\"A17\\"', '\\"id\\":\\"A18\\"', "slot 0: call_1 of get_order says 'A18', which nobody said"),
        ('\\"id\\":\\"A17\\"', '\\"id\\":17', "slot 0: call_1 of get_order does not fit and was carried out"),
        ('\\"total\\":5', '\\"total\\":\\"A17\\"', "slot 0: call_1 breaks the lock of get_order"),
        ('"tool_call_id":"call_1"', '"tool_call_id":"call_2"', "slot 0: call_1 has no observation"),
        ('"call_1":{"ok":true', '"call_1":{"ok":false', "slot 0: call_1 failed without an error"),
    ],
)
def test_audit_finds_what_it_looks_for(old: str, new: str, fault: str, tmp_path: Path) -> None:
    written = orjson.dumps(ROW).decode()
    assert old in written
    (tmp_path / "good").write_text(written)
    (tmp_path / "bad").write_text(written.replace(old, new))
    assert audit(tmp_path / "good") == []
    assert fault in audit(tmp_path / "bad")


ID = {"type": "object", "required": ["id"], "properties": {"id": {"type": "string"}}}
ROW = {
    "slot": 0,
    "tools": [{"type": "function", "function": {"name": "get_order", "parameters": ID}}],
    "messages": [
        {"role": "user", "content": "Where is order A17?"},
        {
            "role": "assistant",
            "content": "",
            "tool_calls": [{"id": "call_1", "function": {"name": "get_order", "arguments": '{"id":"A17"}'}}],
        },
        {"role": "tool", "tool_call_id": "call_1", "content": '{"id":"A17","total":5}'},
    ],
    "origins": {"call_1": {"ok": True, "origin": "simulated"}, "call_2": {"ok": True, "origin": "mcp"}},
    "locks": {"get_order": {"properties": {"total": {"type": "number"}}}},
}
