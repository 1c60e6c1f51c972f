"""The second exam: others' rows, BFCL's tasks and unseen services become conversations that no arm could learn from."""

import json
from pathlib import Path
from typing import Any

import pytest

from agents.errors import UsageError
from evals.bench import bfcl, data
from evals.study import config
from evals.study.cells import cell, second
from memory.corpus import corpus
from tests import tiny_student

REAL = Path(__file__).parents[5] / "shared" / "data" / "real_model"
BUILTIN = corpus.CATALOGUE


def job(folder: Path, part: config.Part, held_out: str = "") -> cell.Job:
    """A part of the exam of a study of the built-in catalogue, from which these services are held out."""
    away = folder / "held_out.jsonl"
    tools = [tool for tool in corpus.builtin().tools if tool.service == held_out]
    away.write_text("".join(tool.model_dump_json() + "\n" for tool in tools))
    source = {"file": part.rows or part.tools, "tools": [str(BUILTIN)], "held_out": str(away)}
    inputs = {"name": "x", "part": part.model_dump(mode="json"), "strategies": ["random", "simia"]}
    return cell.Job(folder, inputs, source, cell.Shop(folder))


def rows(job: cell.Job) -> list[dict[str, Any]]:
    (name,) = second.write_part(job)
    return [json.loads(line) for line in (job.folder / name).read_text().splitlines()]


def offering(tool: str) -> dict[str, Any]:
    """A row that offers a tool of the built-in catalogue, as it is offered."""
    found = next(each for each in corpus.builtin().tools if each.key == tool)
    shown = {"name": found.name, "description": found.description, "parameters": found.input_schema}
    return {**tiny_student.row(), "tools": [{"type": "function", "function": shown}]}


def test_a_row_with_a_tool_that_an_arm_may_be_given_is_left_out(tmp_path: Path) -> None:
    lines = [tiny_student.row("Rome"), offering("time-off/leave_balance"), offering("room-desk/searchRooms")]
    path = tmp_path / "rows.jsonl"
    path.write_text("".join(f"{json.dumps(line)}\n" for line in lines))
    part = config.Part(rows=str(path))
    assert len(rows(job(tmp_path, part))) == 1
    assert json.loads((tmp_path / "left_out.json").read_text()) == {"rows": 1, "left_out": 2}
    kept = rows(job(tmp_path, part, held_out="time-off"))
    assert sorted(row["tools"][0]["function"]["name"] for row in kept) == ["get_weather", "leave_balance"]


def test_a_part_of_which_nothing_is_left_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "rows.jsonl"
    path.write_text(json.dumps(offering("time-off/leave_balance")))
    with pytest.raises(UsageError, match="second: x: no row is left, 1 have tools that an arm is given"):
        rows(job(tmp_path, config.Part(rows=str(path))))


def test_services_are_played_by_every_strategy_with_another_teacher(tmp_path: Path) -> None:
    tools = [
        tool.model_copy(update={"service": f"far-{tool.service}", "description": f"Far: {tool.description}"})
        for tool in corpus.builtin().tools
        if tool.service in ("time-off", "room-desk")
    ]
    path = tmp_path / "far.jsonl"
    path.write_text("".join(tool.model_dump_json() + "\n" for tool in [*tools, *corpus.builtin().tools]))
    part = config.Part(tools=str(path), count=1, options={"teacher": "offline-weak"})
    played = rows(job(tmp_path, part))
    services = {key.split("/")[0] for row in played for key in row["cluster"]["tools"].values()} - {"code"}
    assert len(played) == 2
    assert services <= {"far-time-off", "far-room-desk"}
    for strategy in ("random", "simia"):
        manifest = json.loads((tmp_path / strategy / "run" / "manifest.json").read_text())
        assert manifest["config"]["teacher"] == "offline-weak"


def test_bfcls_tasks_are_answered_by_their_own_calls(tmp_path: Path) -> None:
    data.set_up("bfcl")
    talks = rows(job(tmp_path, config.Part(bfcl=("parallel", "live_simple"), count=30)))
    calls = [row["messages"][-1]["tool_calls"] for row in talks]
    assert len(talks) == 30
    assert {len(some) > 1 for some in calls} == {True, False}
    offered = [{tool["function"]["name"] for tool in row["tools"]} for row in talks]
    assert all(call["function"]["name"] in names for some, names in zip(calls, offered, strict=True) for call in some)
    assert set(bfcl.TALKS) >= {"parallel", "live_simple"}


@pytest.mark.skipif(not REAL.is_dir(), reason="no ../shared/data/real_model")
def test_what_a_real_model_played_on_real_services_stays_and_on_the_catalogue_goes(tmp_path: Path) -> None:
    for name, count in (("c", 6), ("a", 0)):
        part = job(tmp_path, config.Part(rows=str(REAL / f"{name}.jsonl")))
        if count:
            assert len(rows(part)) == count
        else:
            with pytest.raises(UsageError, match="no row is left, 6 have tools"):
                rows(part)
