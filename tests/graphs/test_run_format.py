from collections.abc import Callable
from pathlib import Path

import orjson
import pytest

from graphs import run
from graphs.export import dataset
from graphs.report import page

COMMANDS: list[tuple[Callable[[list[str]], None], tuple[str, ...]]] = [
    (run.main, ("--resume", "--out")),
    (page.main, ()),
    (dataset.main, ("--format", "openai")),
]


@pytest.mark.parametrize(("main", "options"), COMMANDS)
@pytest.mark.parametrize(("number", "age"), [(2, "a newer"), (0, "an older"), ("2026-12", "a newer")])
def test_a_run_of_another_version_is_one_line(
    main: Callable[[list[str]], None],
    options: tuple[str, ...],
    number: int | str,
    age: str,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    (tmp_path / "manifest.json").write_bytes(orjson.dumps({"format": number, "config": {"count": 3}}))
    (tmp_path / "trajectories.jsonl").write_text("")
    with pytest.raises(SystemExit, match="2"):
        main([*options, str(tmp_path)])
    assert capsys.readouterr().err == (
        f"error: {tmp_path}: {age} version of TDScaling wrote this run, in format {number}, and this one reads 1; "
        "use that version, or play the run anew\n"
    )
    assert sorted(path.name for path in tmp_path.iterdir()) == ["manifest.json", "trajectories.jsonl"]
