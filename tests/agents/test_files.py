from pathlib import Path

import pytest

from agents import files
from agents.errors import UsageError


def test_a_file_is_written_whole_into_a_new_folder(tmp_path: Path) -> None:
    path = tmp_path / "new" / "a.txt"
    files.write_whole(path, "first")
    files.write_whole(path, b"second")
    assert path.read_text() == "second"
    assert [file.name for file in path.parent.iterdir()] == ["a.txt"]


def test_lines_end_with_a_newline_and_nothing_else(tmp_path: Path) -> None:
    path = tmp_path / "rows.jsonl"
    files.write_json_lines(path, [{"b": 1, "a": "x\u2028y"}, [2]])
    assert path.read_text(encoding="utf-8") == '{"a":"x\u2028y","b":1}\n[2]\n'
    path.write_bytes(path.read_bytes() + b"\n  \n" + b'{"torn": ')
    assert [number for number, _ in files.split_lines(path)] == [1, 2]


def test_json_is_an_object(tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    path.write_text('{"a": [1]}')
    assert files.read_json(path) == {"a": [1]}
    path.write_text("[1]")
    with pytest.raises(ValueError, match="not a JSON object"):
        files.read_json(path)


def test_a_place_that_no_file_can_have_is_the_users_mistake(tmp_path: Path) -> None:
    (tmp_path / "thesis.txt").write_text("mine")
    with pytest.raises(UsageError, match=f"{tmp_path} is a folder; name a file"):
        files.write_whole(tmp_path, "x")
    with pytest.raises(UsageError, match=r"thesis.txt/run: this folder cannot be made \(Not a directory\)"):
        files.write_whole(tmp_path / "thesis.txt" / "run" / "rows.jsonl", "x")
    assert [path.name for path in tmp_path.iterdir()] == ["thesis.txt"]


@pytest.mark.parametrize(
    ("line", "fault"),
    [
        ("{broken", "rows.jsonl:2: not JSON ("),
        ("[1]", "rows.jsonl:2: no JSON object"),
        ("{}", "rows.jsonl:2: no row of a run: it has no messages"),
        ('{"messages": 3}', "rows.jsonl:2: no row of a run: it has no messages"),
    ],
)
def test_line_that_is_no_row_is_told_with_its_number(line: str, fault: str, tmp_path: Path) -> None:
    path = tmp_path / "rows.jsonl"
    path.write_text(f'{{"messages": []}}\n{line}\n{{"messages": [], "torn')
    rows = files.read_rows(path, {"messages": list})
    assert next(rows)[1] == {"messages": []}
    with pytest.raises(UsageError) as error:
        next(rows)
    assert fault in str(error.value)
