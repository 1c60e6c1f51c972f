import resource
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


def test_a_last_line_that_is_cut_off_is_told_and_left_out(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "trajectories.jsonl"
    path.write_bytes(b'{"a":1}\n{"a":2}\n{"a":')
    assert [row for _, row in files.read_rows(path, {"a": int})] == [{"a": 1}, {"a": 2}]
    assert capsys.readouterr().err == (
        f"{path}:3: the last line is cut off after 5 bytes and left out; "
        f"unless it is still being written, python -m graphs.run --out {tmp_path} --resume mends it\n"
    )


def test_a_last_line_that_only_lacks_its_newline_is_whole(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "rows.jsonl"
    path.write_bytes(b'{"a":1}\n{"a":2}')
    assert list(files.split_lines(path)) == [(1, b'{"a":1}\n'), (2, b'{"a":2}\n')]
    assert capsys.readouterr().err == ""


def test_a_device_is_not_replaced_by_a_file() -> None:
    with pytest.raises(UsageError, match="/dev/null is no file; name a file"):
        files.write_whole(Path("/dev/null"), "x")
    assert Path("/dev/null").is_char_device()


def test_a_file_that_does_not_fit_leaves_the_old_one_and_no_part(tmp_path: Path) -> None:
    path = tmp_path / "rows.jsonl"
    files.write_whole(path, "old")
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1000, limits[1]))
    try:
        with pytest.raises(OSError, match=rf"too large: .{path}"):
            files.write_whole(path, "new" * 1000)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    assert [(file.name, file.read_text()) for file in tmp_path.iterdir()] == [("rows.jsonl", "old")]
