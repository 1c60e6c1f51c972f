"""A finished cell made again from its manifest and compared: the same bytes, the same losses."""

import tempfile
from collections.abc import Mapping
from pathlib import Path

import orjson

from agents.errors import UsageError
from evals.study.cells import cell, rows, second, stages
from evals.study.cells.cell import Work

WORKS: Mapping[str, Work] = {
    "data": stages.data,
    "rows": rows.take,
    "second": second.write_part,
    "sft": stages.sft,
    "held": stages.examine,
    "base": stages.base,
}


def compare(folder: Path) -> tuple[list[str], bool]:
    """Lines to print, and whether all that the cell is for came out the same.

    A data cell that was allowed to grow may hold more rows now; it is made for the number in its source. Raises:
    UsageError: not a finished cell, another kind of cell, or what it is made from is gone.
    """
    manifest = cell.read(folder)
    if manifest.stage not in WORKS:
        raise UsageError(f"{folder}: a cell of {manifest.stage} is not made again; one of {', '.join(WORKS)}")
    lines = [] if manifest.code == cell.code_of(manifest.stage) else ["the code of this stage is another now"]
    threads = orjson.loads((folder.parent.parent / "study.json").read_bytes())["threads"]
    with tempfile.TemporaryDirectory() as place, cell.open_shop(Path(place), threads) as shop:
        again = cell.read(shop.make(manifest.stage, WORKS[manifest.stage], manifest.inputs, manifest.source))
    for name, digest in manifest.files.items():
        lines.append(f"{name}: {'same' if again.files.get(name) == digest else 'OTHER'} sha256 {again.files.get(name)}")
    return lines, again.files == manifest.files
