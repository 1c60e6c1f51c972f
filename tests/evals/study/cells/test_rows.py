"""A file of rows as an arm: both layouts say the same conversation, and what is not known is told as that."""

import json
from pathlib import Path
from typing import Any

import pytest

from agents.errors import UsageError
from evals.study import config, results
from evals.study.cells import cell, points, rows
from evals.study.cells.scores import LOSS, Scored
from graphs.export.layouts import chat, text
from memory.corpus import conversations

TOOL = {"type": "function", "function": {"name": "find", "description": "Finds.", "parameters": {"type": "object"}}}


def call(number: int, arguments: str) -> dict[str, Any]:
    return {"id": f"call_{number}", "type": "function", "function": {"name": "find", "arguments": arguments}}


ROW: dict[str, Any] = {
    "slot": 0,
    "messages": [
        {"role": "system", "content": "Today is Friday."},
        {"role": "user", "content": "Find both."},
        {"role": "assistant", "content": "", "tool_calls": [call(1, '{"what": "a"}'), call(2, '{"what": "b"}')]},
        {"role": "tool", "tool_call_id": "call_1", "content": '{"a": 1}'},
        {"role": "tool", "tool_call_id": "call_2", "content": '{"b": 2}'},
        {"role": "assistant", "content": "1 and 2."},
    ],
    "tools": [TOOL],
}


def spoken(row: dict[str, Any]) -> list[Any]:
    """Roles, words and calls, without the ids, which layouts leave out."""
    turns = []
    for message in row["messages"]:
        calls = [
            (call_made["function"]["name"], json.loads(call_made["function"]["arguments"]))
            for call_made in message.get("tool_calls", ())
        ]
        turns.append((message["role"], message["content"] or "", calls))
    return turns


@pytest.mark.parametrize("layout", [chat.openai, text.sharegpt])
def test_each_layout_gives_the_conversation_back(layout: Any) -> None:
    read = conversations.read(layout(ROW), "here")
    assert spoken(read) == spoken(ROW)
    assert read["tools"] == [TOOL]


def test_hermes_tags_are_calls_and_results(tmp_path: Path) -> None:
    read = conversations.read(text.hermes(ROW), "here")
    assert [message["role"] for message in read["messages"]] == [message["role"] for message in ROW["messages"]]
    assert spoken(read)[2:] == spoken(ROW)[2:]
    ids = [tagged["id"] for tagged in read["messages"][2]["tool_calls"]]
    assert [message["tool_call_id"] for message in read["messages"][3:5]] == ids


def test_a_line_that_is_no_row_is_named() -> None:
    with pytest.raises(UsageError, match=r"f.jsonl:3: in no layout that is read, .*: KeyError"):
        conversations.read({"text": "no"}, "f.jsonl:3")


def job(tmp_path: Path, count: int, seed: int) -> cell.Job:
    path = tmp_path / "public.jsonl"
    lines = [{**chat.openai(ROW), "messages": [{"role": "user", "content": f"{n}"}]} for n in range(9)]
    path.write_text("".join(f"{json.dumps(line)}\n" for line in lines))
    folder = tmp_path / f"cell-{seed}"
    return cell.Job(folder, {"seed": seed}, {"file": str(path), "rows": count}, cell.Shop(tmp_path))


def taken(job: cell.Job) -> list[str]:
    rows.take(job)
    lines = (job.folder / "run" / "trajectories.jsonl").read_text().splitlines()
    return [json.loads(line)["messages"][0]["content"] for line in lines]


def test_a_seed_draws_its_own_rows_and_always_the_same(tmp_path: Path) -> None:
    assert taken(job(tmp_path, 4, 1)) == taken(job(tmp_path, 4, 1)) != taken(job(tmp_path, 4, 2))
    assert sorted(taken(job(tmp_path, 9, 3))) == [f"{n}" for n in range(9)]
    with pytest.raises(UsageError, match="9 rows where 10 are needed"):
        taken(job(tmp_path, 10, 1))


STUDY = """
name = "t"
student = "s"
seeds = [0]
sizes = [2]
parameters = 1
flops = 1
[arms.tdscaling]
[arms.public]
data = "public.jsonl"
"""


def test_a_file_is_an_arm_at_equal_n_and_none_at_equal_tokens(tmp_path: Path) -> None:
    arm = job(tmp_path, 2, 0)
    rows.take(arm)
    (tmp_path / "study.toml").write_text(STUDY)
    read = config.read(tmp_path / "study.toml")
    assert read.arms["public"].data == str(tmp_path / "public.jsonl")
    run = tmp_path / "cells" / "data-a" / "run"
    run.mkdir(parents=True)
    for name in ("trajectories.jsonl", "metrics.jsonl"):
        (run / name).write_text("".join(f'{{"slot": {n}, "tokens": {n + 10}}}\n' for n in range(2)))
    planned = points.plan(read, {("tdscaling", 0): run, ("public", 0): arm.folder / "run"})
    assert [(point.arm, point.by) for point in planned] == [
        ("", "base"),
        ("tdscaling", "size"),
        ("public", "size"),
        ("tdscaling", "budget"),
    ]
    point = next(point for point in planned if point.arm == "public")
    cells = arm.folder.parent
    described = results._describe(cells, Scored(point=point, scores={LOSS.name: 1.0}))
    assert (described["h_dom"], described["tools"], described["loss"]) == (None, 1, 1.0)


def test_options_of_a_run_beside_a_file_are_refused(tmp_path: Path) -> None:
    (tmp_path / "public.jsonl").touch()
    (tmp_path / "study.toml").write_text(f"{STUDY}options = {{strategy = 'toucan'}}\n")
    with pytest.raises(UsageError, match=r"public: data is a file, so options of graphs.run have no effect"):
        config.read(tmp_path / "study.toml")
    (tmp_path / "study.toml").write_text(STUDY.replace("public.jsonl", "gone.jsonl"))
    with pytest.raises(UsageError, match=r"no file gone.jsonl"):
        config.read(tmp_path / "study.toml")
