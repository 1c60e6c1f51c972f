"""Runs beside rows that were there before them."""

from pathlib import Path
from typing import Any

import orjson
import pytest

from agents.errors import UsageError
from graphs.run import main
from memory.embed.embedder import embedder
from memory.store.earlier import Earlier
from memory.store.novelty import row_texts

FILES = ("trajectories.jsonl", "rejected.jsonl", "metrics.jsonl", "cost.json")
COUNT = ("--count", 10, "--window", 16)


def exit_code(*arguments: Any) -> int:
    with pytest.raises(SystemExit) as exited:
        main([str(argument) for argument in arguments])
    return int(exited.value.code or 0)


def read(file: Path) -> list[dict[str, Any]]:
    return [orjson.loads(line) for line in file.read_bytes().splitlines()]


def sharegpt(row: dict[str, Any]) -> dict[str, Any]:
    """A row as LLaMA-Factory has it."""
    turns = []
    for message in row["messages"]:
        for call in message.get("tool_calls") or ():
            function = call["function"]
            value = {"name": function["name"], "arguments": orjson.loads(function["arguments"])}
            text = message["content"]
            turns.append({"from": "function_call", "value": orjson.dumps(value).decode(), "text": text})
        if not message.get("tool_calls"):
            names = {"user": "human", "assistant": "gpt", "tool": "observation", "system": "system"}
            turns.append({"from": names[message["role"]], "value": message["content"]})
    return {"conversations": turns}


@pytest.fixture(scope="module")
def first(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("earlier") / "first"
    assert exit_code("--out", folder, *COUNT) == 0
    return folder


def copies(rows: list[dict[str, Any]], earlier: Earlier) -> int:
    return sum(earlier.nearest(row_texts(row))[0].distance < 0.05 for row in rows)


def test_a_second_run_shares_nothing_with_the_first(first: Path, tmp_path: Path) -> None:
    earlier, before = Earlier([first], embedder("wordllama")), read(first / "trajectories.jsonl")
    assert copies(before, earlier) == len(before) > 5  # the same seed again would be the same rows
    for concurrency in (1, 8):
        out = tmp_path / str(concurrency)
        assert exit_code("--out", out, *COUNT, "--against", first, "--concurrency", concurrency) in (0, 1)
    assert copies(read(out / "trajectories.jsonl"), earlier) == 0
    for name in FILES:
        assert (tmp_path / "1" / name).read_bytes() == (out / name).read_bytes()


def test_a_planted_copy_is_refused_with_its_row(
    first: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    planted = next(row for row in read(first / "trajectories.jsonl") if row["directive"]["mode"] == "linear")
    file, out = tmp_path / "theirs.json", tmp_path / "run"
    file.write_bytes(orjson.dumps([sharegpt(planted)]))
    assert exit_code("--out", out, *COUNT, "--against", file) == 0
    assert copies(read(out / "trajectories.jsonl"), Earlier([file], embedder("wordllama"))) == 0
    reasons = {row["slot"]: (row["reason"], row["detail"]) for row in read(out / "rejected.jsonl")}
    assert reasons[planted["slot"]][0] in ("not_novel", "blueprint_not_novel")
    assert "theirs.json, row 1: " in reasons[planted["slot"]][1]
    file.write_bytes(orjson.dumps([sharegpt(planted), sharegpt(planted)]))
    assert exit_code("--out", out, "--resume", "--count", 11) == 2
    assert f"--against: changed since the run in {out} began; choose another --out" in capsys.readouterr().err


def test_what_is_no_conversation_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "rows.jsonl"
    file.write_text('{"text": "hello"}\n')
    with pytest.raises(UsageError, match=r"rows.jsonl:1: in no layout that is read"):
        Earlier([file], embedder("wordllama"))
    with pytest.raises(UsageError, match="No such file or directory; give a run's folder or a file of rows"):
        Earlier([tmp_path / "nowhere"], embedder("wordllama"))


@pytest.mark.parametrize("content", ["", "\n", "[]", "\ufeff"])
def test_a_file_without_a_row_is_a_mistake(tmp_path: Path, content: str) -> None:
    file = tmp_path / "rows.json"
    file.write_text(content, encoding="utf-8")
    with pytest.raises(UsageError, match=r"--against: .*rows.json: .*(no row in it; name another file|an empty file)"):
        Earlier([file], embedder("wordllama"))


def test_a_run_that_accepted_none_is_told_in_a_line(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    (tmp_path / "run").mkdir()
    (tmp_path / "run" / "trajectories.jsonl").touch()
    assert Earlier([tmp_path / "run"], embedder("wordllama")).nearest(["Hi"]) == []
    assert [record.message for record in caplog.records] == [
        f"{tmp_path / 'run' / 'trajectories.jsonl'}: no row in it, so nothing counts as known from there"
    ]


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-16-le"])
def test_rows_are_read_in_any_encoding(first: Path, tmp_path: Path, encoding: str) -> None:
    file = tmp_path / "rows.jsonl"
    file.write_bytes((first / "trajectories.jsonl").read_bytes().decode().encode(encoding))
    rows = read(first / "trajectories.jsonl")
    assert copies(rows, Earlier([file], embedder("wordllama"))) == len(rows)
