"""Conversations that a model once played, played again: `recorded:FILE` as a teacher.

FILE has a conversation a line, with what each role said in the order of its turns:

    {"tools": [<offered name>], "mode": "chained", "blueprint": [{...}], "user": ["<words>"],
     "assistant": [{"content": "", "calls": [{"name": "...", "arguments": {...}}]}, "<words>"],
     "observation": [{"ok": true, "result": {...}}], "quality": [{"scores": {...}, ...}]}

An answer is found by role and place, never by the request's bytes, so that prompts may change. Where a role was asked
again at a place, its answers there are a list of their own; who has no second answer says the first one again. An
observation that nobody was asked for (a live server's) is null. `python -m agents.offline.recorded ROWS` writes such a
file from the rows of a run.
"""

import re
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any, cast

import orjson
from pydantic import JsonValue

from agents.errors import FormatError, TeacherError, UsageError
from agents.files import as_utf8
from agents.offline.again import before_fault
from agents.offline.model import Message, OfflineTeacher, find_judging, role_of, to_message
from agents.offline.sections import section
from agents.schema import MISFIT, UNSOUND, JsonObject, Origin, Role, Row

PREFIX = "recorded:"
ROLES = tuple(str(role) for role in Role)


class RecordedTeacher(OfflineTeacher):
    """All five roles of the conversations of a file. Raises: UsageError: no such file, or a line that is none."""

    conversations: tuple[JsonObject, ...]

    def answer(self, messages: Sequence[Message], tools: Sequence[JsonObject], seed: int) -> Message:
        """What the role said at this place. Raises: TeacherError: nobody recorded that."""
        system = str(messages[0]["content"])
        judging, role = find_judging(messages), role_of(messages)
        spoken = [message for message in before_fault(messages) if message["role"] == "assistant"]
        last, request = str(messages[-1]["content"]), str(messages[judging or 1]["content"])
        place = 0 if judging else len(spoken) - last.startswith(MISFIT)
        conversation = self._find(role, system, request, messages)
        answers = conversation[role]
        if place >= len(answers) and role == Role.USER:
            return to_message('{"say":"","done":true}', [])
        if place >= len(answers) or answers[place] is None:
            raise TeacherError(f"{self.persona}: {_goal(conversation)!r} has no answer of the {role} at place {place}")
        tries = answers[place] if isinstance(answers[place], list) else [answers[place]]
        # Where the role is asked again at this place its prompt shows it: by what it is told, or by the call itself.
        violated = role == Role.OBSERVATION and last.startswith("{") and "violation" in orjson.loads(last)
        said = tries[min(int(violated or last.startswith((MISFIT, UNSOUND))), len(tries) - 1)]
        if role == Role.ASSISTANT:
            said = {"content": said} if isinstance(said, str) else said
            calls = [(call["name"], call["arguments"]) for call in said.get("calls", ())]
            return to_message(said.get("content") or "", calls)
        if role == Role.USER and isinstance(said, str):
            said = {"say": said, "done": False}
        if role == Role.QUALITY:
            # Its rulings under the numbers that their claims have now; a claim that nobody ruled on stays open.
            # A ruling that does not say of which claim it is, is of the one with its number.
            rulings = list[JsonObject]()
            for claim in section(request, "Claims", []):
                way = re.escape(claim["claim"]).replace("`value`", ".*")  # which stands beside the claim
                ours = (r for r in said.get("claims", ()) if re.fullmatch(way, r.get("claim", ""), re.DOTALL))
                numbered = (r for r in said.get("claims", ()) if not r.get("claim") and r["id"] == claim["id"])
                rulings += [{**ruling, "id": claim["id"]} for ruling in [*ours, *numbered][:1]]
            said = {**said, "claims": rulings}
        return to_message(orjson.dumps(said).decode(), [])

    def _find(self, role: str, system: str, request: str, messages: Sequence[Message]) -> JsonObject:
        """By its goal, where the role is told one; a plan by its tools and mode, the assistant's part by its plan."""
        if role == Role.BLUEPRINT:
            names, mode = {tool["name"] for tool in section(request, "Tools")}, section(request, "Directive")["mode"]
            for conversation in self.conversations:
                if conversation["mode"] == mode and set(conversation["tools"]) == names:
                    return conversation
            raise TeacherError(f"{self.persona}: no conversation of mode {mode!r} over {sorted(names)}")
        if role == Role.ASSISTANT:
            points = section(system, "Plan")["checkpoints"]
            alike = [c for c in self.conversations if _texts(_plan(c).get("checkpoints", ())) == _texts(points)]
            # Refusals have no checkpoints: those are told apart by the words that they begin with.
            opening = messages[1]["content"] if len(messages) > 1 else ""
            same = [c for c in alike if c["user"] and opening in (c["user"][0], _words(c["user"][0]))]
            for conversation in [*same, *alike]:
                return conversation
            raise TeacherError(f"{self.persona}: no conversation with the checkpoints {_texts(points)}")
        holding = {Role.USER: "You", Role.OBSERVATION: "World", Role.QUALITY: "Case"}
        goal = section(request if role == Role.QUALITY else system, holding[Role(role)])["goal"]
        for conversation in self.conversations:
            if _goal(conversation) == goal:
                return conversation
        raise TeacherError(f"{self.persona}: no conversation with the goal {goal!r}")


def load(path: Path) -> RecordedTeacher:
    """The teacher of a file of conversations. Raises: UsageError."""
    name = f"{PREFIX}{path}"
    try:
        lines = as_utf8(path.read_bytes()).splitlines()
    except OSError as error:
        raise UsageError(
            f"{name}: {error.strerror}; name a file of recorded conversations (docs/endpoints.md)"
        ) from None
    conversations = []
    for number, line in enumerate(lines, 1):
        try:
            conversation = orjson.loads(line)
            missing = [key for key in ("tools", "mode", *ROLES) if key not in conversation]
        except (orjson.JSONDecodeError, TypeError) as error:
            raise UsageError(f"{name}: line {number} is no JSON object ({error})") from None
        if missing or not conversation["blueprint"]:
            raise UsageError(f"{name}: line {number} has no {', '.join(missing) or 'blueprint'}")
        conversations.append(conversation)
    goals = [_goal(conversation) for conversation in conversations]
    if twice := next((goal for goal in goals if goals.count(goal) > 1), None):
        raise UsageError(f"{name}: two conversations have the goal {twice!r}; a goal tells them apart")
    return RecordedTeacher(persona=name, conversations=tuple(conversations))


def _goal(conversation: JsonObject) -> str:
    return str(_plan(conversation)["goal"])


def _plan(conversation: JsonObject) -> JsonObject:
    """The last plan that was drawn, the one that was played."""
    plan: JsonObject = conversation["blueprint"][-1]
    return plan[-1] if isinstance(plan, list) else plan


def _texts(checkpoints: Sequence[JsonObject]) -> list[str]:
    return [point["text"] for point in checkpoints]


def _words(utterance: JsonValue) -> JsonValue:
    """What an answer of the user says; of several tries the last."""
    last = utterance[-1] if isinstance(utterance, list) and utterance else utterance
    return last.get("say") if isinstance(last, dict) else last


def record(row: Row) -> JsonObject:
    """The conversation of an exported row, to be played again. Raises: FormatError: it was not played to its end."""
    plan, verdict, messages = row.get("blueprint"), row.get("verdict"), row.get("messages")
    if not plan or not verdict or not messages:
        raise FormatError(f"slot {row.get('slot', 'unknown')}: it has no messages, no blueprint or no verdict")
    assistant: list[JsonValue] = []
    for message in messages:
        if message["role"] == "assistant":
            functions = [call["function"] for call in message.get("tool_calls") or ()]
            calls: list[JsonValue] = [
                {"name": function["name"], "arguments": orjson.loads(function["arguments"])} for function in functions
            ]
            content = message["content"] or ""
            assistant.append({"content": content, "calls": calls} if calls else content)
    user: list[JsonValue] = [message["content"] for message in messages if message["role"] == "user"]
    if messages[-1]["role"] == "user":
        user[-1] = {"say": user[-1], "done": True}
    return {
        "tools": list(row["cluster"]["tools"]),
        "mode": plan["mode"],
        "blueprint": [plan],
        "user": user,
        "assistant": assistant,
        "observation": list(_observations(row)),
        "quality": [verdict],
    }


def _observations(row: Row) -> Iterable[JsonValue]:
    """What stands in the ObservationAgent's history: neither code nor what the guard refused."""
    for message in row["messages"]:
        origin = row["origins"][message["tool_call_id"]] if message["role"] == "tool" else None
        if not origin or origin["origin"] in (Origin.CODE, Origin.LOCK):
            continue
        result: Any = orjson.loads(message["content"] or "null")
        if origin["origin"] != Origin.SIMULATED:
            yield None
        else:
            yield {"ok": True, "result": result} if origin["ok"] else {"ok": False, **result["error"]}


def main(files: Sequence[str]) -> int:
    for file in files:
        number = 0
        try:
            for line in Path(file).read_bytes().splitlines():
                number += 1
                row = orjson.loads(line)
                if not isinstance(row, dict):
                    raise FormatError("not a row of a run")
                sys.stdout.write(orjson.dumps(record(cast(Row, row))).decode() + "\n")
        except OSError as error:
            print(f"error: {file}: {error.strerror}; name a run's trajectories.jsonl", file=sys.stderr)
            return 2
        except (FormatError, ValueError) as error:
            print(f"error: {file}:{number}: {error}; name a run's trajectories.jsonl", file=sys.stderr)
            return 2
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
