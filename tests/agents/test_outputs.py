from pathlib import Path

import pytest

from agents.errors import UsageError
from agents.outputs import check_output


def fault(out: Path, *inputs: Path | None, folder: bool = False) -> str:
    """What is said of the place, with the test's folder as HOME."""
    try:
        check_output("--out", out, inputs, folder=folder)
    except UsageError as error:
        return str(error)
    return ""


def test_what_is_read_is_never_written_over(tmp_path: Path) -> None:
    run, rows = tmp_path / "run", tmp_path / "rows.jsonl"
    run.mkdir()
    rows.write_text("mine")
    assert fault(run, run, folder=True) == (
        f"--out: {run} is read here and would be written over; choose another place"
    )
    assert fault(tmp_path / "." / "rows.jsonl", None, rows) == (
        f"--out: {rows} is read here and would be written over; choose another place"
    )
    inside = run / "new" / "rows.jsonl"
    assert fault(inside, run) == f"--out: {inside} lies in {run}, which is read here; choose another place"
    assert fault(tmp_path / "run-2", run, Path("owner/model"), folder=True) == ""


def test_a_link_to_what_is_read_is_seen_through(tmp_path: Path) -> None:
    (tmp_path / "run").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "run")
    assert " is read here and would be written over; " in fault(tmp_path / "link", tmp_path / "run", folder=True)
    assert " which is read here; " in fault(tmp_path / "link" / "rows.jsonl", tmp_path / "run")


@pytest.mark.parametrize(
    ("out", "folder", "said"),
    [
        ("/dev/null/a/b", False, "--out: /dev/null/a/b cannot be made: /dev/null is a file; choose another place"),
        ("/dev/null/a", True, "--out: /dev/null/a cannot be made: /dev/null is a file; choose another place"),
        ("/dev/null", False, "--out: /dev/null is no file; name a file"),
        ("/dev/null", True, "--out: /dev/null is no folder; name one, which is made if it is not there"),
        ("/tmp", False, "--out: /tmp is a folder; name a file"),
    ],
)
def test_a_place_of_the_wrong_kind_is_told(out: str, folder: bool, said: str) -> None:
    assert fault(Path(out), folder=folder) == said


@pytest.mark.parametrize("folder", [False, True])
def test_a_place_that_nobody_may_write_is_told(folder: bool) -> None:
    """/proc takes no file from anybody, root included."""
    said = fault(Path("/proc/a/b"), folder=folder)
    assert said.startswith("--out: /proc/a/b cannot be written (")
    assert said.endswith("); choose another place")


def test_asking_leaves_nothing_behind(tmp_path: Path) -> None:
    assert fault(tmp_path / "new" / "rows.jsonl") == ""
    assert list(tmp_path.iterdir()) == []
