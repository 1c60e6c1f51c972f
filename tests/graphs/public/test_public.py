"""The Python interface: the example that the documents show, run as it stands there."""

import re
import sys
from pathlib import Path

import pytest

from agents.errors import UsageError
from graphs import public
from graphs.export.rows import read_rows
from graphs.public import __main__ as command

ROOT = Path(__file__).parents[3]
EXAMPLE = re.compile(r"^```python\n(import tdscaling\n.*?)^```", re.MULTILINE | re.DOTALL)
READING = re.compile(r"^```python\n(run = tdscaling\.Run.*?)^```", re.MULTILINE | re.DOTALL)


def test_the_guide_shows_the_readmes_example() -> None:
    guide, readme = ((ROOT / page).read_text(encoding="utf-8") for page in ("docs/guide.md", "README.md"))
    assert EXAMPLE.findall(guide) == EXAMPLE.findall(readme)


def test_the_examples_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    guide = (ROOT / "docs" / "guide.md").read_text(encoding="utf-8")
    example = "".join(EXAMPLE.findall(guide) + READING.findall(guide))
    monkeypatch.setitem(sys.modules, "tdscaling", public)  # what the wheel calls the package
    monkeypatch.chdir(tmp_path)
    exec(compile(example, "guide.md", "exec"), {})
    rows = list(read_rows(Path("runs/notebook")))
    lines = capsys.readouterr().out.splitlines()
    expected = [f"{row['slot']} {row['directive']['mode']} {len(row['messages'])}" for row in rows]
    assert lines[: len(expected)] == expected
    assert re.fullmatch(r"3 \d+ \d\.\d+", lines[-1])
    assert len(Path("runs/notebook/export/rows.jsonl").read_text(encoding="utf-8").splitlines()) == len(rows) == 3


def test_a_misspelt_option_or_command_is_told_with_the_right_one(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(UsageError, match=r"there is no option 'coutn'; did you mean count\?"):
        public.generate(coutn=3)
    monkeypatch.setattr(sys, "argv", ["tdscaling", "exprot"])
    with pytest.raises(SystemExit, match="2"):
        command.main()
    assert capsys.readouterr().err == "error: there is no command 'exprot'; did you mean export?\n"


def test_one_value_of_an_option_that_may_be_given_often_needs_no_list(tmp_path: Path) -> None:
    config = public.generate(out=str(tmp_path), tools="my/tools", param="temperature=1", against="runs/a").config
    assert (config.tools, config.param, config.against) == ((Path("my/tools"),), ("temperature=1",), ("runs/a",))
