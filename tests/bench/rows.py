"""Rows judged by the rules: python -m tests.bench.rows FILE [FILE ...]

A line for each row: passed, or refused with its faults, and the claims that are left to the judge. The exit code is 1
where a row whose `label` says that it is good is refused, and 2 where one is no row of a run: only such a row says
what was planned, which is what the rules hold it to.
"""

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from agents.schema import Blueprint, Cluster, Observation, Schema, Tool
from graphs.trajectory.checks import Examined, examine
from memory.corpus.reading import documents
from memory.corpus.reading.json_schema import Unusable

NEEDED = ["messages", "tools", "blueprint", "cluster", "locks", "origins"]
"""Without these nobody knows what a row was to be."""


def cluster_of(row: dict[str, Any]) -> Cluster:
    """The cluster as far as a row tells of it: names, arguments, locks of declared results, and what only reads."""
    tools, licences = [], row.get("tool_licences") or {}
    for tool in row["tools"]:
        function = tool["function"]
        name = function["name"]
        service = row["cluster"]["tools"][name].rsplit("/", 1)[0]
        lock: Schema | None = row["locks"].get(name)
        tools.append(
            Tool(
                name=name,
                description=function.get("description") or "",
                input_schema=function["parameters"],
                output_schema=None if not lock or "x-observed" in lock or set(lock) == {"allOf"} else lock,
                annotations={"readOnlyHint": name in row["cluster"]["reads"]},
                service=service,
                licence=licences.get(name, ""),
            )
        )
    return Cluster(id=row["cluster"]["id"], leaf=row["cluster"]["leaf"], tools=tuple(tools))


def examine_row(row: dict[str, Any]) -> Examined:
    origins = {call: Observation.model_validate(origin) for call, origin in row["origins"].items()}
    blueprint = Blueprint.model_validate(row["blueprint"])
    # What the judge ruled on was its to decide, such as a value that the assistant insisted on.
    ruled = [ruling["claim"] for ruling in (row.get("verdict") or {}).get("claims", ()) if ruling["derivable"]]
    return examine(blueprint, cluster_of(row), row["messages"], origins, row["locks"], ruled)


def read_rows(files: list[str]) -> Iterator[tuple[str, object]]:
    """Each row with its place; what is no JSON as the reason why."""
    for document in (document for file in files for document in documents.read(Path(file))):
        rows = document.content if isinstance(document.content, list) else [document.content]
        yield from ((document.where if len(rows) == 1 else f"{document.where}[{n}]", row) for n, row in enumerate(rows))


def main(files: list[str]) -> int:
    refused_good = foreign = 0
    for where, row in read_rows(files):
        lacking = [key for key in NEEDED if key not in row] if isinstance(row, dict) else NEEDED
        if lacking or not isinstance(row, dict):
            foreign += 1
            print(f"{where}: no row of a run, {row if isinstance(row, Unusable) else 'without ' + ', '.join(lacking)}")
            continue
        try:
            faults, claims = examine_row(row)
        except (ValidationError, KeyError, TypeError, AttributeError) as error:
            foreign += 1
            print(f"{where}: no row of a run, {' '.join(str(error).split())[:200]}")
            continue
        good = (row.get("label") or {}).get("good")
        refused_good += bool(faults and good)
        verdict = "refused" if faults else "passed"
        named = f"slot {row['slot']}" if "slot" in row else where
        print(f"{named}: {verdict}, {len(claims)} claims open", *(f"  {text}" for text in faults), sep="\n")
        print(*(f"  claim {n}: {claim.text}" for n, claim in enumerate(claims, 1)), sep="\n")
    print(f"{refused_good} good rows refused" + (f"; {foreign} are no rows of a run" if foreign else ""))
    return 2 if foreign else int(refused_good > 0)


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
