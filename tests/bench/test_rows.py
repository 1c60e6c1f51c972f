"""The bench of rows reads anybody's file, and says which rows it cannot judge."""

import gzip
import json
from pathlib import Path

import pytest

from tests.bench.rows import main

FOREIGN = [
    ('{"messages": [], "tools": []}', "without blueprint, cluster, locks, origins"),
    ("null", "without messages, tools, blueprint, cluster, locks, origins"),
    ('{"messages": [', "not JSON"),
    (json.dumps({key: {} for key in ("messages", "tools", "blueprint", "cluster", "locks", "origins")}), "Blueprint"),
]


@pytest.mark.parametrize(("line", "why"), FOREIGN)
def test_a_row_that_is_no_runs_is_named(
    line: str, why: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "rows.jsonl.gz"
    file.write_bytes(gzip.compress(line.encode()))
    assert main([str(file)]) == 2
    first, last = capsys.readouterr().out.splitlines()
    assert "rows.jsonl.gz" in first
    assert why in first
    assert last == "0 good rows refused; 1 are no rows of a run"
