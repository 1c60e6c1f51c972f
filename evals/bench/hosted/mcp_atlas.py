"""MCP-Atlas: tasks over 36 live MCP servers, played in its own sandbox, graded by its own judge (arXiv:2602.00933).

    tasks.csv     the data, as it is exported: TASK, PROMPT, ENABLED_TOOLS, GTFA_CLAIMS
    outputs.csv   what a model answered, as its scorer reads it: task_id, raw_conversation_history, response
    scored_*.csv  what its scorer says, given back as --model recorded:PATH: coverage_score, null where it failed

`generate` plays where $MCP_SANDBOX_URL is that sandbox (Docker; 16 of its servers want keys) and writes outputs.csv,
which its services/scoring/score_claims.py grades with a judge model: passed where 3 quarters of the claims are covered.
"""

import csv
import json
import os
import sys
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

import httpx
from pydantic import JsonValue

from agents.errors import MissingError
from agents.schema import JsonObject
from agents.teacher.request import Message
from evals.bench import data
from evals.bench.hosted.graded import Graded
from evals.schema import Ask, Play, Record, Score, Task

SOURCE = "export ScaleAI/MCP-Atlas of huggingface.co to CSV as tasks.csv"
SANDBOX = "MCP_SANDBOX_URL"
DOCKER = (
    "it plays on 36 MCP servers in Docker, 16 of them with keys: docker run -p 1984:1984 --env-file .env "
    f"ghcr.io/scaleapi/mcp-atlas, then set {SANDBOX}=http://127.0.0.1:1984"
)
JUDGE = (
    "a judge model grades it: services/scoring/score_claims.py of github.com/scaleapi/mcp-atlas with "
    "--groundtruth-file tasks.csv --model-file outputs.csv; then generate with --model recorded:scored_NAME.csv"
)
TURNS, CALLS = 256, 100
"""As its own harness allows: answers of the model, calls of tools."""
TOOL_S = 60.0
COLUMNS = ("task_id", "raw_conversation_history", "response")


class Atlas(Graded):
    """The tasks of one tasks.csv."""

    passed = 0.75
    grade_name = "coverage"

    def __init__(self, path: Path) -> None:
        self._rows = {row["TASK"]: row for row in read_table(path)}
        scorer = f"MCP-Atlas claim coverage, passed at {self.passed}"
        super().__init__("mcpatlas", scorer, list(self._rows), data.digest(path))

    def read_results(self, path: Path) -> dict[str, list[JsonValue]]:
        """Task -> its grades of a scored CSV; null where the judge gave none."""
        grades: dict[str, list[JsonValue]] = {}
        for row in read_table(path):
            covered = row["coverage_score"].strip()
            grades.setdefault(row.get("TASK") or row["task_id"], []).append(float(covered) if covered else None)
        return grades

    @asynccontextmanager
    async def playing(self, endpoint: str) -> AsyncIterator[Play]:
        """Raises: MissingError: no sandbox is named, or none answers there."""
        if not (url := os.environ.get(SANDBOX, "").rstrip("/")):
            raise MissingError(f"mcpatlas: {DOCKER}")
        # its calls are its own affair, and a proxy of the environment has no business with them
        async with httpx.AsyncClient(base_url=url, timeout=TOOL_S, trust_env=False) as sandbox:
            try:
                offered = (await sandbox.post("/list-tools")).raise_for_status().json()
            except (httpx.HTTPError, ValueError) as error:
                raise MissingError(f"mcpatlas: no sandbox at {SANDBOX}={url} ({error!r}): {DOCKER}") from None
            tools = {tool["name"]: as_function(tool) for tool in offered}

            async def play(task: Task, run: int, ask: Ask) -> JsonValue:
                return await converse(self._rows[task.id], tools, sandbox, ask)

            yield play

    async def score(self, records: Sequence[Record]) -> list[Score]:
        """Raises: MissingError: what a model answered is here, and its judge is not."""
        if any(isinstance(record.answer, dict) for record in records):
            raise MissingError(f"mcpatlas: {JUDGE}")
        return await super().score(records)


def load() -> Atlas:
    """Raises: MissingError: no tasks."""
    return Atlas(data.data("mcpatlas", "tasks.csv", SOURCE))


def read_table(path: Path) -> list[dict[str, str]]:
    csv.field_size_limit(sys.maxsize)  # whole conversations lie in its fields
    with path.open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def as_function(tool: JsonObject) -> JsonObject:
    """An MCP tool in the OpenAI form."""
    shown = {"name": tool["name"], "description": tool.get("description") or "", "parameters": tool["inputSchema"]}
    return {"type": "function", "function": shown}


def names(text: str) -> list[str]:
    """Names of a task's tools: a JSON list of names or of definitions, or names between commas."""
    try:
        listed = json.loads(text)
    except ValueError:
        listed = [name.strip() for name in text.split(",") if name.strip()]
    return [str(item["name"] if isinstance(item, dict) else item) for item in listed]


async def converse(
    row: Mapping[str, str], tools: Mapping[str, JsonObject], sandbox: httpx.AsyncClient, ask: Ask
) -> JsonValue:
    """The conversation and its last words; a tool that fails tells the model so, as in its own harness."""
    messages: list[Message] = [{"role": "user", "content": row["PROMPT"]}]
    chosen = [tools[name] for name in names(row["ENABLED_TOOLS"]) if name in tools]
    called, response = 0, ""
    for turn in range(TURNS):
        answer = await ask(messages, chosen)
        response = answer.content or response
        functions = [dict(call) for call in answer.tool_calls]
        calls = [{"id": f"call_{turn}_{n}", "type": "function", "function": each} for n, each in enumerate(functions)]
        messages.append({"role": "assistant", "content": answer.content, **({"tool_calls": calls} if calls else {})})
        if not calls or called >= CALLS:
            break
        for call, function in zip(calls, functions, strict=True):
            called += 1
            content = await call_tool(sandbox, str(function["name"]), str(function["arguments"]))
            messages.append({"role": "tool", "tool_call_id": call["id"], "content": content})
    history: list[JsonValue] = [dict(message) for message in messages]
    return {"raw_conversation_history": history, "response": response}


async def call_tool(sandbox: httpx.AsyncClient, name: str, arguments: str) -> str:
    try:
        body = {"tool_name": name, "tool_args": json.loads(arguments or "{}"), "use_cache": False}
        response = await sandbox.post("/call-tool", json=body)
        blocks = response.json()
        if response.is_error:
            return f"Error: {blocks.get('detail', response.text)}"
    except (httpx.HTTPError, ValueError) as error:
        return f"Error: {error!r}"
    return "\n".join(block.get("text") or json.dumps(block) for block in blocks)


def keep(folder: Path, rows: Sequence[Record]) -> Path | None:
    """outputs.csv for its scorer, of the first run; None where the answers are grades."""
    # what was lost to the endpoint is asked again, and no answer yet
    answered = [row for row in rows if row.run == 0 and not row.is_lost]
    if not any(isinstance(row.answer, dict) for row in answered):
        return None
    path = folder / "outputs.csv"
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, COLUMNS)
        writer.writeheader()
        for row in answered:
            # as its own harness marks what brought no answer
            history, response = "", f"ERROR: {row.error}"
            if isinstance(row.answer, dict):
                history, response = json.dumps(row.answer["raw_conversation_history"]), str(row.answer["response"])
            writer.writerow({"task_id": row.task, "raw_conversation_history": history, "response": response})
    return path
