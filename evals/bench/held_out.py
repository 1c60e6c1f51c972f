"""Held-out: our own conversations over services that no training run saw, played again with the model as the assistant.

The data is a run of `graphs.run` over the `held_out.jsonl` of a run with `--hold-out`. The user says what was said
there; a call that was made there gets the recorded observation, any other the offline ObservationAgent's, and code is
run. Right [ours, after BFCL]: the successful writes are exactly the recorded ones, what the recorded reads returned was
seen again, and so was each number that the recorded code gave.
"""

import json
import re
import subprocess
import sys
from collections import Counter
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager, nullcontext
from pathlib import Path
from typing import Any

import orjson
from jsonschema import Draft202012Validator
from jsonschema.exceptions import best_match
from jsonschema.validators import validator_for
from pydantic import JsonValue

from agents.errors import UsageError
from agents.plan.code_tool import RUN_PYTHON
from agents.roles import observation
from agents.sandbox import find
from agents.sandbox.tool import CodeTool, open_code_tool
from agents.schema import Cluster, JsonObject, Observed, Role, Schema, Tool
from agents.teacher.request import Answer, Message, Request
from agents.teacher.teachers import Teachers
from evals.bench import data
from evals.schema import ALL_THERE, UNWEIGHED, Ask, Play, Record, Score, Task
from memory.measure.acts import Row, reads

STEPS = 20
"""Answers of the model to one user turn; as BFCL allows."""
FILE = "run/trajectories.jsonl"
SOURCE = "make it with: python -m evals.run setup heldout --tools runs/NAME/held_out.jsonl"
Call = JsonObject
"""A call that was answered: name, arguments, ok, result."""


def set_up(tools: Path, teacher: str, count: int) -> Path:
    """The data, made by `graphs.run` over these tools; a run that was stopped goes on."""
    if not tools.exists():
        raise UsageError(f"--tools: no {tools}; it is the held_out.jsonl of a run with --hold-out")
    out = data.folder("heldout") / "run"
    options = ["--tools", str(tools.absolute()), "--out", str(out), "--teacher", teacher, "--count", str(count)]
    resume = ["--resume"] if (out / "manifest.json").exists() else []
    done = subprocess.run([sys.executable, "-m", "graphs.run", *options, *resume], cwd=data.ROOT)
    if done.returncode:
        raise UsageError(f"setup heldout: graphs.run ended with {done.returncode}; see what it said above")
    return data.folder("heldout") / FILE


class HeldOut:
    """The conversations, by slot."""

    name = "heldout"
    scorer = "tdscaling heldout 2"
    left_out = ALL_THERE
    weights = UNWEIGHED

    def __init__(self, rows: Sequence[Row], sha256: str) -> None:
        self._rows = {f"slot_{row['slot']}": row for row in rows}
        self.tasks = [
            Task(id=key, cluster=_services(row), category=row["directive"]["mode"]) for key, row in self._rows.items()
        ]
        self.sha256 = sha256

    def gold(self) -> Mapping[str, JsonValue]:
        return {key: _recorded_calls(row) for key, row in self._rows.items()}

    def nothing(self) -> Mapping[str, JsonValue]:
        return {key: [] for key in self._rows}

    def read_results(self, path: Path) -> dict[str, list[JsonValue]]:
        raise UsageError("heldout: it has no format of results but our own; give a model")

    @asynccontextmanager
    async def playing(self, endpoint: str) -> AsyncIterator[Play]:
        teacher = Teachers({Role.OBSERVATION: "offline"})
        sandboxes = await find() if any(map(_codes, self._rows.values())) else None

        async def play(task: Task, run: int, ask: Ask) -> JsonValue:
            row = self._rows[task.id]
            async with open_code_tool(sandboxes) if sandboxes else nullcontext() as code:
                return await _play(row, _World(row, teacher, code), ask)

        try:
            yield play
        finally:
            await teacher.aclose()
            if sandboxes:
                await sandboxes.aclose()

    async def score(self, records: Sequence[Record]) -> list[Score]:
        return [grade(self._rows[record.task], record.answer) for record in records]


def load() -> HeldOut:
    """Raises: MissingError: there is no data."""
    path = data.data("heldout", FILE, SOURCE)
    return HeldOut(data.lines(path), data.digest(path))


def _services(row: Row) -> str:
    return " ".join(sorted({key.rpartition("/")[0] for key in row["cluster"]["tools"].values()}))


def _recorded_calls(row: Row) -> list[Any]:
    """The calls of the data that were answered, in order."""
    contents = {m["tool_call_id"]: m["content"] for m in row["messages"] if m["role"] == "tool"}
    calls = [call for message in row["messages"] for call in message.get("tool_calls") or ()]
    answered = []
    for call in calls:
        arguments, ok = json.loads(call["function"]["arguments"]), row["origins"][call["id"]]["ok"]
        result = json.loads(contents[call["id"]])
        answered.append({"name": call["function"]["name"], "arguments": arguments, "ok": ok, "result": result})
    return answered


async def _play(row: Row, world: "_World", ask: Ask) -> JsonValue:
    messages: list[Message] = [message for message in row["messages"][:1] if message["role"] == "system"]
    # the user says what was said there whatever the model does: two models then answer the same questions
    for turn in [message for message in row["messages"] if message["role"] == "user"]:
        messages.append(turn)
        for _ in range(STEPS):
            answer = await ask(messages, list(row["tools"]))
            message: Message = {"role": "assistant", "content": answer.content}
            messages.append(message)
            if not answer.tool_calls:
                break
            message["tool_calls"] = [
                {"id": f"call_{len(messages) - 1}_{n}", "type": "function", "function": dict(function)}
                for n, function in enumerate(answer.tool_calls)
            ]
            for call in message["tool_calls"]:
                content = await world.answer(call["function"]["name"], call["function"]["arguments"])
                messages.append({"role": "tool", "tool_call_id": call["id"], "content": content})
    return world.calls


class _World:
    """What the tools of one conversation answer: as recorded, else simulated from what happened so far."""

    def __init__(self, row: Row, teacher: Teachers, code: CodeTool | None) -> None:
        self.calls: list[JsonValue] = []
        self._locks, self._teacher, self._code = row["locks"], teacher, code
        self._codes, self._ran = _codes(row), list[tuple[Tool, Any]]()
        self._cluster = _cluster(row)
        # by name and arguments: the same call may have been answered twice, first with a planned failure
        self._known: dict[str, list[Call]] = {}
        for call in _recorded_calls(row):
            self._known.setdefault(_key(call), []).append(call)
        self._history: list[tuple[str, str]] = []

    async def answer(self, name: str, text: str) -> str:
        """The tool message's content."""
        arguments, fault = _arguments(self._cluster, name, text)
        if fault:
            seen = Observed(ok=False, code="invalid_call", message=fault)
        elif self._code and name in self._codes:
            seen = await self._code.call(RUN_PYTHON, arguments, self._ran)
            self._ran.append((RUN_PYTHON, arguments))
        else:
            seen = await self._observe(name, arguments)
        envelope: JsonValue = {"error": {"code": seen.code, "message": seen.message}}
        result = seen.result if seen.ok else envelope
        self.calls.append({"name": name, "arguments": arguments, "ok": seen.ok, "result": result})
        return _canonical(result)

    async def _observe(self, name: str, arguments: Any) -> Observed:
        request = observation.write_call(name, arguments, self._locks.get(name))
        recorded = self._known.get(_key({"name": name, "arguments": arguments}), [])
        if recorded:  # a planned failure comes first and once, the last answer stays
            call = recorded.pop(0) if len(recorded) > 1 else recorded[0]
            error = call["result"].get("error", {}) if not call["ok"] else {}
            seen = Observed(ok=call["ok"], result=call["result"] if call["ok"] else None, **error)
        else:
            prompt = observation.write_prompt(self._cluster)
            seen = await observation.simulate(self._ask, prompt, self._history, request)
        self._history.append((request, _canonical(seen.model_dump(mode="json", exclude_defaults=True))))
        return seen

    async def _ask(
        self, role: Role, messages: list[Message], *, tools: Sequence[Schema] = (), form: Schema | None = None
    ) -> Answer:
        return await self._teacher.answer(Request(role=role, messages=messages, tools=list(tools), form=form))


def _cluster(row: Row) -> Cluster:
    tools = []
    for function in [tool["function"] for tool in row["tools"]]:
        description, schema = function.get("description", ""), function["parameters"]
        tools.append(Tool(name=function["name"], description=description, input_schema=schema, service="heldout"))
    return Cluster(id=row["cluster"]["id"], leaf=row["cluster"]["leaf"], tools=tuple(tools))


def _arguments(cluster: Cluster, name: str, text: str) -> tuple[Any, str]:
    """The arguments, and what is wrong with the call; nothing that is wrong is answered by a tool."""
    try:
        arguments = orjson.loads(text)
    except orjson.JSONDecodeError:
        return text, "the arguments are not JSON"
    tool = cluster.by_name.get(name)
    if tool is None:
        return arguments, f"unknown tool {name!r}: expected one of {sorted(cluster.by_name)}"
    checker = validator_for(tool.input_schema, default=Draft202012Validator)(tool.input_schema)
    error = best_match(checker.iter_errors(arguments))
    return arguments, f"{name}: {error.json_path}: {error.message[:300]}" if error else ""


def grade(row: Row, answer: JsonValue) -> Score:
    """Right where the calls of the answer changed, read and computed what those of the row did."""
    calls: list[Call] = [call for call in answer if isinstance(call, dict)] if isinstance(answer, list) else []
    expected, actual = [call for call in _recorded_calls(row) if call["ok"]], [call for call in calls if call["ok"]]
    # a call too many does no harm to this share; to the verdict it does where it writes
    exact = Counter(map(_key, expected)) & Counter(map(_key, actual))
    share = sum(exact.values()) / len(expected) if expected else float(not calls)
    also = {"exact calls": share}
    # state first, as BFCL has it: what was changed cannot be made good by what was read or said
    if _writes(row, expected) != _writes(row, actual):
        return Score(value=0.0, error="state", also=also)
    if _results(row, expected) - _results(row, actual):
        return Score(value=0.0, error="not read", also=also)
    if _numbers(row, expected) - _numbers(row, actual):
        return Score(value=0.0, error="not computed", also=also)
    return Score(value=1.0, also=also) if expected or not calls else Score(value=0.0, error="needless call", also=also)


def _codes(row: Row) -> set[str]:
    """The offered names of the Code Tool."""
    return {name for name, key in row["cluster"]["tools"].items() if key == RUN_PYTHON.key}


def _writes(row: Row, calls: Sequence[Call]) -> Counter[str]:
    return Counter(_key(call) for call in calls if not reads(row, call["name"]))


def _results(row: Row, calls: Sequence[Call]) -> Counter[str]:
    codes = _codes(row)
    return Counter(_canonical(call["result"]) for call in calls if call["name"] not in codes)


def _numbers(row: Row, calls: Sequence[Call]) -> set[str]:
    """All numbers in what code gave back: two programs may say the same otherwise."""
    codes = _codes(row)
    results = [_canonical(call["result"]) for call in calls if call["name"] in codes]
    return {number for text in results for number in re.findall(r"\d+(?:\.\d+)?", text)}


def _key(call: Call) -> str:
    return f"{call['name']} {_canonical(call['arguments'])}"


def _canonical(value: Any) -> str:
    return json.dumps(value, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
