"""The door for data: files, folders and shares of them; what is held out; what is kept for a resume."""

import json
from collections import Counter
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from datasets import Dataset

from agents.errors import RowError, UsageError
from finetune.data import prepare
from finetune.data.examples import Example
from finetune.data.prepare import Preparation, Reading, Wanted, describe_held_out
from finetune.data.rows import Source, choose_held_out, digest, parse_source, read_records, services
from finetune.data.store import Store
from finetune.data.table import Table
from finetune.data.template import Template, load_template
from graphs.export import parquet
from graphs.export.card import Notes
from graphs.export.formats import Format
from memory.measure.modes import measure
from tests.tiny_student import row, tokenizer


def write(path: Path, records: list[Any]) -> Source:
    path.write_text("\n".join(map(json.dumps, records)) + "\n")
    return Source(str(path))


def template() -> Template:
    words = tokenizer()
    return load_template(words, [words.eos_token_id])


class Prepared(NamedTuple):
    """What is learned and what is measured, all of it."""

    learn: list[Example]
    exam: list[Example]
    rows: Preparation


def prepared(folder: Path, data: tuple[Source, ...], exam: tuple[Source, ...] = (), held_out: float = 0.0) -> Prepared:
    wanted = Wanted(data, exam, held_out, "row", 0, 4096, folder)
    rows = Preparation(wanted, template(), Store(folder / "examples.bin", "key"))
    loaded = rows.load(range(len(rows.plan["learn"])))
    return Prepared([example for examples in loaded for example in examples], rows.load_held_out(), rows)


@pytest.mark.parametrize(
    ("text", "source"),
    [
        ("runs/a", Source("runs/a")),
        ("runs/a=0.5", Source("runs/a", 0.5)),
        ("rows=v2.jsonl=2", Source("rows=v2.jsonl", 2.0)),
        ("rows=v2.jsonl", Source("rows=v2.jsonl")),
    ],
)
def test_source_is_a_path_and_a_share(text: str, source: Source) -> None:
    assert parse_source(text) == source


@pytest.mark.parametrize("text", ["a=0", "a=-1", "a=inf", "a=nan"])
def test_share_is_a_positive_number(text: str) -> None:
    with pytest.raises(UsageError, match="a share is a positive number"):
        parse_source(text)


def test_bad_lines_are_refused_by_their_number_and_the_rest_is_read(tmp_path: Path) -> None:
    lines = [json.dumps(row()), "{oops", "", "[1]", json.dumps({"messages": []}), json.dumps(row("Rome"))]
    (tmp_path / "rows.jsonl").write_text("\n".join(lines))
    read = prepared(tmp_path, (Source(str(tmp_path / "rows.jsonl")),)).rows.read
    assert (read.rows, read.examples) == (5, 2)
    assert [line.split(": ")[0] for line in read.refused] == ["rows.jsonl:2", "rows.jsonl:4", "rows.jsonl:5"]
    assert [line.split(": ")[1][:8] for line in read.refused] == ["not JSON", "not a JS", "no assis"]


def test_a_mark_of_windows_and_nan_cost_no_row(tmp_path: Path) -> None:
    file = tmp_path / "rows.jsonl"
    file.write_bytes(b'\xef\xbb\xbf{"messages": []}\r\n{"messages": [], "score": NaN}\r\n')
    assert [record for _, record in read_records(Source(str(file)))] == [
        {"messages": []},
        {"messages": [], "score": None},
    ]


@pytest.mark.parametrize("name", ["rows.jsonl", "rows.json"])
def test_a_file_in_utf_16_is_read(tmp_path: Path, name: str) -> None:
    file = tmp_path / name
    file.write_text('{"messages": [], "city": "K\u00f6ln \u0a0a"}\n{"messages": []}\n', encoding="utf-16")
    records = [record for _, record in read_records(Source(str(file)))]
    assert records == [{"messages": [], "city": "K\u00f6ln \u0a0a"}, {"messages": []}]


def test_every_kind_of_file_and_folder_holds_the_same_rows(tmp_path: Path) -> None:
    records = [row(city) for city in ("Oslo", "Rome", "Bonn")]
    write(tmp_path / "rows.jsonl", records)
    (tmp_path / "list.json").write_text(json.dumps(records, indent=1))
    (tmp_path / "run").mkdir()
    write(tmp_path / "run" / "trajectories.jsonl", records)
    write(tmp_path / "run" / "rejected.jsonl", records)
    flat = Dataset.from_list([{**record, "tools": json.dumps(record["tools"])} for record in records])
    flat.to_parquet(tmp_path / "rows.parquet")
    flat.save_to_disk(tmp_path / "saved")
    flat.to_json(tmp_path / "nulls.jsonl")
    names = ("rows.jsonl", "list.json", "run", "rows.parquet", "saved", "nulls.jsonl")
    tokens = [prepared(tmp_path, (Source(str(tmp_path / name)),)).learn for name in names]
    first = [example.ids_T.tolist() for example in tokens[0]]
    assert len(first) == 3
    assert [[example.ids_T.tolist() for example in read] for read in tokens] == [first] * len(names)


def test_a_parquet_export_of_ours_is_read(tmp_path: Path) -> None:
    record: Any = {
        **row(),
        "slot": 3,
        "directive": {"leaf": "0.1", "mode": "linear"},
        "tool_licences": {},
        "cluster": {"leaf": "0.1", "tools": {"get_weather": "npm:weather/get_weather"}},
    }
    record["measures"] = measure(record).model_dump(mode="json")
    out = tmp_path / "export"
    assert parquet.write([record], Format.PARQUET, parquet.columns, out, {}, Notes()) == {"train": 1}
    (record_read,) = read_records(Source(str(tmp_path / "export")))
    assert services(record_read[1]) == {"npm:weather"} == services(record)
    (ours,) = prepared(tmp_path, (Source(str(tmp_path / "export")),)).learn
    (plain,) = prepared(tmp_path, (write(tmp_path / "rows.jsonl", [row()]),)).learn
    assert ours.ids_T.tolist() == plain.ids_T.tolist()


@pytest.mark.parametrize(
    ("name", "fault"),
    [("nope.jsonl", "no such file or folder"), ("runs/nope", "no such file or folder"), ("empty.jsonl", "no rows in")],
)
def test_nothing_to_read_is_the_users_mistake(tmp_path: Path, name: str, fault: str) -> None:
    (tmp_path / "empty.jsonl").write_text("\n")
    path = tmp_path / name if name == "empty.jsonl" else Path(name)
    with pytest.raises(UsageError, match=fault):
        list(read_records(Source(str(path))))


def test_a_file_that_is_no_parquet_is_named(tmp_path: Path) -> None:
    (tmp_path / "rows.parquet").write_text("no")
    with pytest.raises(UsageError, match=r"rows\.parquet: not a parquet file"):
        list(read_records(Source(str(tmp_path / "rows.parquet"))))


def test_held_out_rows_depend_on_the_seed_alone() -> None:
    keys = [str(n).encode() for n in range(40)]
    held = choose_held_out(keys, [], 0.1, 3, "row")
    assert held == choose_held_out(keys, [], 0.1, 3, "row") != choose_held_out(keys, [], 0.1, 4, "row")
    assert len(held) == 4


def test_equal_conversations_are_never_parted() -> None:
    keys = [digest({**row("Oslo" if n % 4 else f"Rome {n}"), "slot": n}) for n in range(40)]
    for seed in range(5):
        held = choose_held_out(keys, [], 0.1, seed, "row")
        assert not {keys[n] for n in held} & {keys[n] for n in range(40) if n not in held}


def test_held_out_services_are_in_no_row_that_is_learned() -> None:
    groups = [frozenset({"code", f"s{n % 10}", f"s{n % 7}"}) for n in range(70)]
    held = choose_held_out([b""] * 70, groups, 0.2, 0, "service")
    learned = Counter(name for n, names in enumerate(groups) if n not in held for name in names)
    whole = Counter(name for names in groups for name in names)
    apart = {name for name in whole if name not in learned}
    assert apart
    assert "code" not in apart
    assert 14 <= len(held) <= 21
    assert held == {n for n, names in enumerate(groups) if names & apart}


def test_rows_that_do_not_say_their_services_are_named() -> None:
    with pytest.raises(UsageError, match="row 2 does not say its services"):
        choose_held_out([b"", b""], [frozenset({"a"}), frozenset()], 0.5, 0, "service")


def test_exam_of_its_own_is_not_learned(tmp_path: Path) -> None:
    data = write(tmp_path / "rows.jsonl", [row("Oslo"), row("Rome"), row("Bonn")])
    exam = write(tmp_path / "exam.jsonl", [row("Rome"), row("Kiel")])
    learn, held, _ = prepared(tmp_path, (data,), (exam,), 0.1)
    assert (len(learn), len(held)) == (2, 2)


@pytest.mark.parametrize(
    ("reading", "share", "warning"),
    [
        (Reading(9), 0.0, "no held-out loss: --held-out is 0"),
        (Reading(9), 0.1, "no held-out loss: it has no rows"),
        (Reading(9, rows=1), 0.1, "no held-out loss: no row of it fits"),
        (Reading(9, rows=1, examples=1, learned=60), 0.1, "1 examples with 60 learned tokens: too few"),
    ],
)
def test_small_held_out_sets_are_said(reading: Reading, share: float, warning: str) -> None:
    assert warning in describe_held_out(reading, share)
    assert describe_held_out(Reading(9, rows=1, examples=1, learned=1000), share) == ""


def test_sources_carry_their_shares(tmp_path: Path) -> None:
    often, seldom = (write(tmp_path / f"{city}.jsonl", [row(city)]) for city in ("Oslo", "Rome"))
    rows = prepared(tmp_path, (Source(often.name, 2.0), Source(seldom.name, 0.25))).rows
    assert rows.plan["shares"] == [2.0, 0.25]


def test_a_table_gives_the_rows_back(tmp_path: Path) -> None:
    records = [{**row("Oslo"), "slot": 3}, [1], row("Rome \u2028 \U0001f600")]
    (tmp_path / "rows.jsonl").write_text("\n".join([*map(json.dumps, records), "{oops"]))
    table = Table(tmp_path, "row")
    table.add([Source(str(tmp_path / "rows.jsonl"))], "--data")
    read = dict(table.read(number) for number in (3, 1, 0, 2))
    assert read["rows.jsonl:1"] == row("Oslo")
    assert (read["rows.jsonl:2"], read["rows.jsonl:3"]) == ([1], records[2])
    assert isinstance(read["rows.jsonl:4"], RowError)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["rows.jsonl"]


def test_a_record_that_is_an_error_is_refused_with_its_place() -> None:
    assert prepare.try_encode(("a:1", RowError("torn")), template()).fault == "torn"
