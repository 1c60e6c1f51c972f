"""A second exam, which no strategy of the study wrote: others' rows, BFCL's tasks of one turn, services played anew.

Each part of it is a file of conversations in a cell of its own. No row offers a tool that an arm may be trained on:
such rows are left out, and counted in left_out.json.
"""

import asyncio
import random
from collections.abc import Sequence, Set
from pathlib import Path

import orjson

from agents import files
from agents.errors import UsageError
from agents.schema import JsonObject, Tool
from evals.bench import bfcl, data
from evals.study.cells import cell, stages
from evals.study.cells.cell import Job
from memory.corpus import conversations, corpus
from memory.measure.overlap import tool_text

SECOND = "second_"
"""How the names of its files begin."""
SEED = 88_888
"""Of the choice of rows and services, and of the runs; no arm's seed, and not the first exam's."""
LEAST = 4
"""Tools of a service that is played: of fewer, most strategies make nothing that hangs together."""


def write_part(job: Job) -> Sequence[str]:
    """The part's conversations. Raises: UsageError: none is left, or its source is no such thing."""
    part, name = job.inputs["part"], f"{SECOND}{job.inputs['name']}.jsonl"
    known = read_known([Path(tool) for tool in job.source["tools"]], Path(job.source["held_out"]))
    left_out = 0
    if part["tools"]:
        rows = play(job, known)
    else:
        if part["rows"]:
            lines = list(conversations.load(Path(job.source["file"])))
        else:
            lines = asyncio.run(bfcl.talks(part["bfcl"]))
        unseen = [line for line in lines if not known & {tool_text(tool) for tool in line["tools"]}]
        left_out = len(lines) - len(unseen)
        random.Random(SEED).shuffle(unseen)
        rows = [{"messages": row["messages"], "tools": row["tools"]} for row in unseen[: part["count"]]]
    if not rows:
        raise UsageError(f"second: {job.inputs['name']}: no row is left, {left_out} have tools that an arm is given")
    files.write_json_lines(job.folder / name, rows)
    cell.write(job.folder / "left_out.json", {"rows": len(rows), "left_out": left_out})
    return [name]


def read_known(tools: Sequence[Path], held_out: Path) -> set[str]:
    """The texts of the tools that arms may be trained on: all but those of the services held out."""
    kept_away = {line["service"] for line in data.lines(held_out)}
    return {describe(tool) for tool in corpus.load(tools, "tools").tools if tool.service not in kept_away}


def describe(tool: Tool) -> str:
    return tool_text({"name": tool.name, "description": tool.description, "parameters": tool.input_schema})


def play(job: Job, known: Set[str]) -> list[JsonObject]:
    """So many conversations over services drawn by each of the exam's strategies, by the teacher that the part names.

    By each, because someone has to plan them: so no arm is alone at home. What is new are the services and the teacher.
    """
    part = job.inputs["part"]
    by_service: dict[str, list[Tool]] = {}
    for tool in corpus.load([Path(job.source["file"])], "tools").tools:
        by_service.setdefault(tool.service, []).append(tool)
    unseen = {
        name: tools
        for name, tools in by_service.items()
        if len(tools) >= LEAST and not known & {describe(tool) for tool in tools}
    }
    drawn = random.Random(SEED).sample(sorted(unseen), min(part["services"], len(unseen)))
    if not drawn:
        raise UsageError(f"second: {job.inputs['name']}: no service has {LEAST} tools of which no arm is given any")
    path = job.folder / "tools.jsonl"
    files.write_json_lines(path, [tool.model_dump(mode="json") for name in drawn for tool in unseen[name]])
    rows: list[JsonObject] = []
    for strategy in job.inputs["strategies"]:
        run = job.folder / strategy / "run"
        settings = {"tools": str(path), "strategy": strategy, "seed": SEED, **part["options"]}
        stages.play(job, run, settings, part["count"])
        rows += map(orjson.loads, stages.first(run, part["count"]))
    return rows
