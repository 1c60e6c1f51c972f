"""Whether what students learn from holds what they are examined on."""

from collections import Counter
from collections.abc import Mapping
from pathlib import Path

import orjson

from agents.errors import UsageError
from agents.schema import JsonObject, Tool
from evals.bench import data
from evals.study import stages
from memory.embed.embedder import embedder
from memory.measure import overlap
from memory.measure.overlap import Overlap, Reference


def find(pool: Path, exam: Path, runs: Mapping[tuple[str, int], tuple[Path, int]]) -> list[JsonObject]:
    """For each run, of its first rows: how many overlap with the exam's user texts, by the strongest evidence.

    An offline teacher has stock phrases, so such overlaps are told and no fault. Raises: UsageError: a row's tools are
    of a held-out service, by name or by text.
    """
    held = [Tool.model_validate_json(line) for line in (pool / "held_out.jsonl").read_bytes().splitlines()]
    services, tools = {tool.service for tool in held}, Overlap([_tool(tool) for tool in held], embedder())
    talks = [row for file in sorted(exam.glob("*.jsonl")) for row in data.lines(file)]
    texts = [
        Reference(bench="exam", id=f"{n}", kind="task", text=message["content"])
        for n, row in enumerate(talks)
        for message in row["messages"]
        if message["role"] == "user"
    ]
    tasks = Overlap(texts, embedder())
    return [
        {"arm": arm, "seed": seed, **_of(stages.first(run, rows), services, tools, tasks, run)}
        for (arm, seed), (run, rows) in runs.items()
    ]


def _of(lines: list[bytes], services: set[str], tools: Overlap, tasks: Overlap, run: Path) -> JsonObject:
    kinds: Counter[str] = Counter()
    for row in map(orjson.loads, lines):
        # rows of a file name no services: there the tools' texts decide
        keys = row.get("cluster", {"tools": {}})["tools"].values()
        used = {key.rpartition("/")[0] for key in keys} & services
        copied = [
            match
            for match in tools.matches((), [overlap.tool_text(tool) for tool in row["tools"]])
            if match.by == "same text"
        ]
        if used or copied:
            raise UsageError(f"{run}: slot {row['slot']} has held-out tools: {sorted(used) or copied[0].text}")
        texts = [message["content"] for message in row["messages"] if message["role"] == "user"]
        texts = [text for text in texts if isinstance(text, str)]
        kinds.update(sorted({match.by for match in tasks.matches(texts)}))
    return {"rows": len(lines), "held_out_tools": 0, "user_texts": dict(sorted(kinds.items()))}


def _tool(tool: Tool) -> Reference:
    shown = {"name": tool.name, "description": tool.description, "parameters": tool.input_schema}
    return Reference(bench="exam", id=tool.key, kind="tool", text=overlap.tool_text(shown))
