"""CodeCI: LiveCodeBench problems solved with the Code Tool as interpreter, avg@2 (run it with --runs 2).

Data as LiveCodeBench ships it: `test.jsonl`, a problem a line. The model may run Python in the sandbox as often as
MOST allows; its last code block is the answer. Both, and the grading, are held by agents.sandbox: what a test expects
never enters the process that runs a model's program.
"""

import base64
import io
import json
import pickle
import re
import zlib
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any

from pydantic import JsonValue

from agents import sandbox
from agents.plan.code_tool import RUN_PYTHON
from agents.sandbox import Execution, Limits, Sandboxes
from agents.sandbox.tool import CodeTool, open_code_tool
from agents.schema import JsonObject, Schema, Tool
from agents.teacher.request import Message
from evals.bench import data
from evals.schema import ALL_THERE, UNWEIGHED, Ask, Play, Record, Score, Task

Problem = Mapping[str, Any]
"""A line of test.jsonl."""
MOST = 10
"""Answers of the model to one problem."""
TEST_S = 6.0
"""Seconds for one test, as LiveCodeBench allows."""
SOURCE = "get code_generation_lite of https://huggingface.co/datasets/livecodebench/code_generation_lite as test.jsonl"
PROMPT = """Solve this problem in Python 3. You can run code with run_python; the network is off. Your last message ends
with the whole program in one ```python block{form}.

{question}{starter}"""
STDIN = """import io, sys
sys.stdin = io.TextIOWrapper(io.BytesIO({stdin!r}.encode()), encoding="utf-8")
exec(compile({program!r}, "solution.py", "exec"), {{"__name__": "__main__"}})"""
CALL = """import json
scope = {{"__name__": "solution"}}
exec("from typing import *; from collections import *; from math import *; from heapq import *", scope)
exec("import math, collections, heapq, bisect, itertools, functools, string, re, sys", scope)
exec(compile({program!r}, "solution.py", "exec"), scope)
made = scope["Solution"]() if "Solution" in scope else None
print("\\n" + json.dumps((getattr(made, {name!r}) if made else scope[{name!r}])(*{arguments!r})))"""
RUN: Schema = {
    "type": "function",
    "function": {
        "name": RUN_PYTHON.name,
        "description": RUN_PYTHON.description,
        "parameters": RUN_PYTHON.input_schema,
    },
}


class CodeCI:
    """The problems of one test.jsonl."""

    name = "codeci"
    scorer = "LiveCodeBench tests in the Code Tool's sandbox, tdscaling 1"
    left_out = ALL_THERE
    weights = UNWEIGHED

    def __init__(self, rows: Sequence[Problem], sha256: str) -> None:
        self._rows = {str(row["question_id"]): row for row in rows}
        self.tasks = [Task(id=key, cluster=key, category=row.get("difficulty", "")) for key, row in self._rows.items()]
        self.sha256 = sha256

    def gold(self) -> None:
        """LiveCodeBench ships no solutions, so the ceiling is not known."""

    def nothing(self) -> Mapping[str, JsonValue]:
        return dict.fromkeys(self._rows, "")

    def read_results(self, path: Path) -> dict[str, list[JsonValue]]:
        """LiveCodeBench's custom outputs: [{"question_id", "code_list": [a program for each run]}]."""
        return {str(row["question_id"]): row["code_list"] for row in json.loads(path.read_text(encoding="utf-8"))}

    @asynccontextmanager
    async def playing(self, endpoint: str) -> AsyncIterator[Play]:
        sandboxes = await sandbox.find()

        async def play(task: Task, run: int, ask: Ask) -> JsonValue:
            async with open_code_tool(sandboxes) as tool:
                return await solve(prompt(self._rows[task.id]), tool, ask)

        try:
            yield play
        finally:
            await sandboxes.aclose()

    async def score(self, records: Sequence[Record], test_s: float = TEST_S) -> list[Score]:
        # LiveCodeBench prints up to megabytes; with less, a right answer would be cut and wrong
        sandboxes = await sandbox.find(limits=Limits(time_s=test_s, output_kb=4096))
        try:
            return [await grade(self._rows[record.task], str(record.answer), sandboxes) for record in records]
        finally:
            await sandboxes.aclose()


def load() -> CodeCI:
    """Raises: MissingError: there are no problems."""
    path = data.data("codeci", "test.jsonl", SOURCE)
    return CodeCI(data.lines(path), data.digest(path))


def texts() -> list[dict[str, str]]:
    """The problems, to look for in a training set. Raises: MissingError."""
    suite = load()
    return [{"id": key, "kind": "task", "text": row["question_content"]} for key, row in suite._rows.items()]


async def solve(question: str, tool: CodeTool, ask: Ask) -> str:
    """The program that the model ends with, which it may try in the Code Tool before; empty where it ends with none."""
    messages: list[Message] = [{"role": "user", "content": question}]
    ran: list[tuple[Tool, JsonValue]] = []
    for place in range(MOST):
        answer = await ask(messages, [RUN])
        if not answer.tool_calls:
            return program(answer.content)
        calls: list[JsonObject] = [
            {"id": f"call_{place}_{n}", "type": "function", "function": c} for n, c in enumerate(answer.tool_calls)
        ]
        messages.append({"role": "assistant", "content": answer.content, "tool_calls": calls})
        for call in calls:
            try:
                code = json.loads(call["function"]["arguments"])["code"]
            except (ValueError, KeyError, TypeError):
                code = None
            content = 'invalid call: run_python takes {"code": "..."}'
            if call["function"]["name"] == RUN_PYTHON.name and isinstance(code, str) and code:
                content = (await tool.call(RUN_PYTHON, {"code": code}, ran)).model_dump_json(exclude_defaults=True)
                ran.append((RUN_PYTHON, {"code": code}))
            messages.append({"role": "tool", "tool_call_id": call["id"], "content": content})
    return ""


def prompt(row: Problem) -> str:
    """What the model is asked of a problem."""
    starter = row.get("starter_code") or ""
    form = ", with the class below" if starter else ", reading standard input and printing the answer"
    return PROMPT.format(
        form=form, question=row["question_content"], starter=f"\n\n```python\n{starter}\n```" * bool(starter)
    )


def program(text: str) -> str:
    """The last code block of an answer; empty where there is none."""
    blocks = re.findall(r"```(?:python|py)?\s*\n(.*?)```", text, re.DOTALL)
    return blocks[-1] if blocks else ""


async def grade(row: Problem, answer: str, sandboxes: Sandboxes) -> Score:
    """Right where every test, public and private, is passed; each begins with an empty state."""
    if not answer.strip():
        return Score(value=0.0, error="no program")
    name = json.loads(row.get("metadata") or "{}").get("func_name", "")
    for test in tests(row):
        # one that a test left threads or files in would tell the next test about it
        held = sandboxes.new()
        try:
            execution = await held.run(_cell(answer, test, name))
        finally:
            await held.aclose()
        if fault := _fault(execution, test, name):
            return Score(value=0.0, error=fault)
    return Score(value=1.0)


def tests(row: Problem) -> list[dict[str, str]]:
    """`{input, output, testtype}` of each test; private ones come as JSON or as zlib'ed pickle of it in base64."""
    # as the data set ships them: JSON in the older releases, packed in the newer ones
    private = row["private_test_cases"]
    if not private.lstrip().startswith("["):
        private = _Text(io.BytesIO(zlib.decompress(base64.b64decode(private)))).load()
    return [*json.loads(row["public_test_cases"]), *json.loads(private)]


class _Text(pickle.Unpickler):
    """Reads text and nothing else: a pickle could run anything."""

    def find_class(self, module: str, name: str) -> Any:
        raise pickle.UnpicklingError(f"private tests hold {module}.{name}, not text")


def _cell(answer: str, test: Mapping[str, str], name: str) -> str:
    if test.get("testtype") == "functional":
        return CALL.format(
            program=answer, name=name, arguments=[json.loads(line) for line in test["input"].encode().splitlines()]
        )
    return STDIN.format(program=answer, stdin=test["input"])


def _fault(execution: Execution, test: Mapping[str, str], name: str) -> str:
    """Class of the fault; empty where the test is passed. sys.exit() at the end of a program is none."""
    if execution.error and execution.error.name != "SystemExit":
        names = {sandbox.TIMEOUT: "too long", sandbox.CRASH: "crashed"}
        return names.get(execution.error.name, "raised")
    printed = "".join(execution.logs.stdout)
    if test.get("testtype") == "functional":
        return "" if _json(printed.strip().splitlines()[-1:]) == json.loads(test["output"]) else "other result"
    return "" if same(printed, test["output"]) else "other output"


def _json(lines: Sequence[str]) -> Any:
    try:
        return json.loads(lines[0])
    except (ValueError, IndexError):
        return ...


def same(printed: str, expected: str) -> bool:
    """Line by line without outer blanks, or number by number where a line holds numbers alone; as LiveCodeBench."""
    mine, theirs = ([line.strip() for line in text.strip().splitlines()] for text in (printed, expected))
    return len(mine) == len(theirs) and all(
        a == b or _numbers(a) == _numbers(b) for a, b in zip(mine, theirs, strict=True)
    )


def _numbers(line: str) -> object:
    try:
        return [Decimal(part) for part in line.split()]
    except InvalidOperation:
        return line
