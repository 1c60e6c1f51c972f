"""Clusters, or tools, as JSON lines: written whole or not at all, read with every line checked."""

from collections.abc import Sequence
from pathlib import Path

import orjson
from pydantic import ValidationError

from agents.errors import UsageError
from agents.files import read_lines, write_whole
from agents.schema import Cluster, Tool

CLUSTERS, HELD_OUT = "clusters.jsonl", "held_out.jsonl"
"""What a run keeps of its clusters, and of the tools that it never sees."""


def dump(items: Sequence[Cluster | Tool]) -> bytes:
    """One JSON line for each cluster or tool."""
    return b"".join(orjson.dumps(item.model_dump(mode="json"), option=orjson.OPT_APPEND_NEWLINE) for item in items)


def write(path: Path, items: Sequence[Cluster | Tool]) -> None:
    """Whole or not at all."""
    write_whole(path, dump(items))


def read(path: Path) -> list[Cluster]:
    """Raises UsageError where a line is not a cluster, an id stands twice or there is none."""
    clusters: dict[str, Cluster] = {}
    for number, line in read_lines(path):
        try:
            cluster = Cluster.model_validate_json(line)
        except ValidationError as error:
            fault = error.errors()[0]
            where = ".".join(map(str, fault["loc"])) + (": " if fault["loc"] else "")
            fix = "write it with memory.clusters; files of tools are given with --tools"
            raise UsageError(f"{path}:{number}: not a cluster ({where}{fault['msg']}); {fix}") from None
        if cluster.id in clusters:
            raise UsageError(f"{path}:{number}: cluster {cluster.id} stands there twice; remove one")
        clusters[cluster.id] = cluster
    if not clusters:
        raise UsageError(f"{path}: no clusters in it; remove it to have it built again")
    return list(clusters.values())
