"""Whether what students learn from holds what they are examined on."""

from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path

import orjson

from agents.errors import UsageError
from agents.plan.code_tool import RUN_PYTHON
from agents.schema import JsonObject, Tool
from evals.bench import data
from evals.study.cells import stages
from evals.study.cells.second import SECOND, describe
from memory.embed.embedder import embedder
from memory.measure import overlap
from memory.measure.overlap import Overlap, Reference


def find(
    pool: Path, exam: Path, second: Sequence[Path], runs: Mapping[tuple[str, int], tuple[Path, int]]
) -> list[JsonObject]:
    """For each run, of its first rows: how many overlap with either exam's user texts, by the strongest evidence.

    An offline teacher has stock phrases, so such overlaps are told and no fault. So is a tool of the second exam: only
    a file of rows can have one, and whose rows those are is not the study's. Raises: UsageError: a row's tools are of a
    held-out service, by name or by text.
    """
    held = [Tool.model_validate_json(line) for line in (pool / "held_out.jsonl").read_bytes().splitlines()]
    references = [Reference(bench="exam", id=tool.key, kind="tool", text=describe(tool)) for tool in held]
    services, tools = {tool.service for tool in held}, Overlap(references, embedder())
    tasks = _index([row for file in sorted(exam.glob("*.jsonl")) for row in data.lines(file)])
    others = [row for part in second for file in sorted(part.glob(f"{SECOND}*.jsonl")) for row in data.lines(file)]
    second_tools = {overlap.tool_text(tool) for row in others for tool in row["tools"]} - {describe(RUN_PYTHON)}
    second_tasks = _index(others)
    counts = []
    for (arm, seed), (run, rows) in runs.items():
        lines = [orjson.loads(line) for line in stages.first(run, rows)]
        refuse_held_out(lines, services, tools, run)
        shared = sum(bool(second_tools & {overlap.tool_text(tool) for tool in row["tools"]}) for row in lines)
        count = {"arm": arm, "seed": seed, "rows": len(lines), "held_out_tools": 0, "second_tools": shared}
        texts = {"user_texts": _count(lines, tasks), "second_texts": _count(lines, second_tasks)}
        counts.append({**count, **texts})
    return counts


def _index(rows: Sequence[JsonObject]) -> Overlap:
    """What users say in these rows."""
    texts = [
        Reference(bench="exam", id=f"{n}", kind="task", text=message["content"])
        for n, row in enumerate(rows)
        for message in row["messages"]
        if message["role"] == "user" and isinstance(message["content"], str)
    ]
    return Overlap(texts, embedder())


def _count(rows: Sequence[JsonObject], tasks: Overlap) -> dict[str, int]:
    """Kind of evidence -> the rows that have it."""
    kinds: Counter[str] = Counter()
    for row in rows:
        texts = [message["content"] for message in row["messages"] if message["role"] == "user"]
        kinds.update({match.by for match in tasks.matches([text for text in texts if isinstance(text, str)])})
    return dict(sorted(kinds.items()))


def refuse_held_out(rows: Sequence[JsonObject], services: set[str], tools: Overlap, run: Path) -> None:
    for row in rows:
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
