from pathlib import Path

import pytest

from agents.schema import Row
from graphs.export.rows import read_rows
from graphs.run import main


@pytest.fixture(scope="session")
def run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run of the built-in catalogue; nobody writes into it."""
    folder = tmp_path_factory.mktemp("runs") / "run"
    with pytest.raises(SystemExit):
        main(["--out", str(folder), "--count", "12"])
    return folder


@pytest.fixture(scope="session")
def rows(run: Path) -> list[Row]:
    return list(read_rows(run))
