"""A model that answers garbage costs its slots, each with a typed reason, and never the run."""

from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import orjson
import pytest

from agents import offline
from agents.offline.model import role_of
from agents.schema import Role
from agents.serve.app import app, running
from agents.teacher.teachers import Message
from graphs.run import main

COUNT, BAD = 6, 8
"""So many bad answers in a row are as many as a slot can ask of the BlueprintAgent."""


def words(content: str) -> Message:
    return {"role": "assistant", "content": content}


def call(name: str, arguments: str) -> Message:
    function = {"name": name, "arguments": arguments}
    return {**words(""), "tool_calls": [{"id": "call_1", "type": "function", "function": function}]}


def wrong_types(tools: list[dict[str, Any]]) -> Message:
    """The first tool, or the one with most parameters, called with every argument of a type that nobody takes."""
    asked = max((tool["function"] for tool in tools), key=lambda tool: len(tool["parameters"].get("properties", {})))
    return call(asked["name"], orjson.dumps({key: [[None]] for key in asked["parameters"]["properties"]}).decode())


Garbage = Callable[[list[dict[str, Any]]], Message]
ANSWERS: dict[str, Garbage] = {
    "malformed": lambda tools: words('{"say": "I need, "done": fal'),
    "no object": lambda tools: words("As a language model I would rather not."),
    "wrong fields": lambda tools: words('{"ok": "perhaps", "say": 3, "scores": [5], "persona": null}'),
    "empty": lambda tools: words(""),
}
CALLS: dict[str, Garbage] = {
    "empty": lambda tools: words("  "),
    "unknown tool": lambda tools: call("no_such_tool", "{}"),
    "wrong types": wrong_types,
    "truncated": lambda tools: call(tools[0]["function"]["name"], '{"order_id": "A'),
}
REASONS = {
    Role.BLUEPRINT: {"blueprint_invalid"},
    Role.USER: {"format_error"},
    Role.ASSISTANT: {"format_error", "recovery_limit", "quality"},
    Role.OBSERVATION: {"format_error"},
    Role.QUALITY: {"unjudged"},
}
CASES = [(role, kind) for role in Role for kind in (CALLS if role is Role.ASSISTANT else ANSWERS)]


class Teacher:
    """The offline teacher, whose one role gives some good answers, then bad ones, and so on."""

    def __init__(self, role: Role, kind: str) -> None:
        self.role = role
        self.garbage = (CALLS if role is Role.ASSISTANT else ANSWERS)[kind]
        self.good = 8 if role is Role.ASSISTANT else 4  # of the assistant a slot asks more
        self.asked = 0

    def __call__(self, messages: list[Message], tools: list[dict[str, Any]], seed: int) -> Message:
        if role_of(messages) != self.role:
            return offline.reply(messages, tools, seed)
        self.asked += 1
        good = (self.asked - 1) % (self.good + BAD) < self.good
        return offline.reply(messages, tools, seed) if good else self.garbage(tools)


def rows(path: Path) -> list[dict[str, Any]]:
    return [orjson.loads(line) for line in path.read_bytes().splitlines()]


@pytest.mark.parametrize(("role", "kind"), CASES)
def test_garbage_ends_its_slot_and_not_the_run(role: Role, kind: str, tmp_path: Path) -> None:
    teacher, out = Teacher(role, kind), tmp_path / "run"
    with running(app(teacher)) as url:
        options = ["--out", str(out), "--count", str(COUNT), "--concurrency", "1"]
        with pytest.raises(SystemExit, match="0"):
            main([*options, f"--teacher-{role}=openai:offline@{url}"])
    accepted, rejected = rows(out / "trajectories.jsonl"), rows(out / "rejected.jsonl")
    reasons = Counter(row["reason"] for row in rejected)
    print(f"\n{role} {kind}: {teacher.asked} asked, {len(accepted)} accepted, {dict(reasons)}")
    assert sorted(row["slot"] for row in accepted + rejected) == list(range(COUNT))
    assert set(reasons) <= REASONS[role]
    assert 1 <= len(rejected) < COUNT
