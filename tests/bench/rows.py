"""Rows judged by the rules: python -m tests.bench.rows FILE [FILE ...]

A line for each row: passed, or refused with its faults, and the claims that are left to the judge. The exit code is 1
where a row whose `label` says that it is good is refused.
"""

import sys
from pathlib import Path
from typing import Any

import orjson

from agents.schema import Blueprint, Cluster, Observation, Schema, Tool
from graphs.trajectory.checks import Examined, examine


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


def main(files: list[str]) -> int:
    refused_good = 0
    for row in (orjson.loads(line) for file in files for line in Path(file).read_bytes().splitlines()):
        faults, claims = examine_row(row)
        good = (row.get("label") or {}).get("good")
        refused_good += bool(faults and good)
        verdict = "refused" if faults else "passed"
        print(f"slot {row['slot']}: {verdict}, {len(claims)} claims open", *(f"  {text}" for text in faults), sep="\n")
        print(*(f"  claim {n}: {claim.text}" for n, claim in enumerate(claims, 1)), sep="\n")
    print(f"{refused_good} good rows refused")
    return int(refused_good > 0)


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
