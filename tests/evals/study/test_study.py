"""A whole study with a student of two layers: what it makes, what it finds again, what it may not claim."""

import csv
import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest

from agents.errors import OutageError, UsageError
from evals.bench import data
from evals.study import __main__ as command
from evals.study import config, grid, results
from evals.study.cells import cell, points, stages
from evals.study.cells.scores import Metric, Scored
from evals.study.pages import sheet
from tests import figures, tiny_student

ROOT = Path(__file__).parents[3]
STUDY = """
name = "test"
seeds = [0]
sizes = [2, 4]
student = "{student}"
train = {{length = 8192, batch = 2, lr = 1e-2, warmup = 1}}
exam = {{simia = 3}}
exam_length = 8192
free = 1
code = ["simia"]
threads = 1
parameters = 1e5
flops = 1e9
usd_per_million = 2.0

[second.heard]
rows = "heard.jsonl"
[arms.tdscaling]
[arms.simia.options]
strategy = "simia"
[[benches]]
name = "tau2"
"""


ARMS = {name: config.Arm() for name in "abc"}


def run(*arguments: str, code: int = 0) -> None:
    with pytest.raises(SystemExit) as ended:
        command.main(list(arguments))
    assert ended.value.code == code


@pytest.fixture(scope="module")
def study(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A finished study; beside it the file that it was made from."""
    data = tmp_path_factory.mktemp("study")
    tiny_student.save(data / "student")
    (data / "study.toml").write_text(STUDY.format(student=data / "student"))
    tiny_student.rows(data / "heard.jsonl", 3)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TDS_EVAL_DATA", str(data / "data"))
        run("run", str(data / "study.toml"), "--out", str(data / "out"))
        yield data / "out"


def found(study: Path) -> dict[str, Any]:
    read: dict[str, Any] = json.loads((study / "results.json").read_text())
    return read


def scored(study: Path, by: str = "size") -> list[dict[str, Any]]:
    return [row for row in found(study)["points"] if row["point"]["by"] == by]


def rows(study: Path, point: dict[str, Any]) -> list[bytes]:
    return (study / "cells" / point["sft"] / "rows.jsonl").read_bytes().splitlines()


def test_every_point_is_scored_and_the_untrained_student_is_one(study: Path) -> None:
    names = [(row["point"]["arm"], row["point"]["seed"], row["point"]["rows"]) for row in scored(study)]
    assert sorted(names) == [(arm, seed, size) for arm in ("simia", "tdscaling") for seed in (0,) for size in (2, 4)]
    assert {"held-out loss", "exact calls, forced", "loss of python"} <= found(study)["base"]["scores"].keys()
    assert found(study)["missing_points"] == []
    curve = found(study)["curves"]["held-out loss"]["tdscaling"]
    assert curve[1]["gain"]["value"] > 0  # a random student learns something from four rows
    assert [row["rows"] for row in curve] == [2, 4]


def test_a_smaller_size_is_the_beginning_of_a_larger_one_and_costs_what_was_spent_up_to_there(study: Path) -> None:
    small, large = (row["point"] for row in scored(study) if row["point"]["arm"] == "tdscaling")
    assert rows(study, small) == rows(study, large)[:2]
    run_folder = study / "cells" / large["data"] / "run"
    slot = json.loads(rows(study, small)[-1])["slot"]
    metrics = [json.loads(line) for line in (run_folder / "metrics.jsonl").read_text().splitlines()]
    assert small["tokens"] == metrics[slot]["tokens"] < large["tokens"]


def test_at_equal_tokens_nobody_has_more_than_the_cheapest_arm_spent(study: Path) -> None:
    dear, cheap = (row["point"] for row in scored(study, "budget")[:2])
    assert (cheap["arm"], cheap["rows"]) == ("simia", 4)
    assert dear["tokens"] == cheap["tokens"] == points.tokens_up_to(study / "cells" / cheap["data"] / "run", 4)
    assert dear["rows"] == points.rows_for(study / "cells" / dear["data"] / "run", dear["tokens"]) < 4
    assert cheap["sft"] == next(
        row["point"]["sft"] for row in scored(study) if row["point"]["arm"] == "simia" and row["point"]["rows"] == 4
    )


def test_no_arm_was_given_a_held_out_service(study: Path) -> None:
    pool = next((study / "cells").glob("pool-*"))
    held = {json.loads(line)["service"] for line in (pool / "held_out.jsonl").read_text().splitlines()}
    used = {
        key.rpartition("/")[0]
        for row in scored(study)
        for line in rows(study, row["point"])
        for key in json.loads(line)["cluster"]["tools"].values()
    }
    assert held
    assert not held & used
    assert {row["held_out_tools"] for row in found(study)["leaks"]} == {0}


def test_a_second_call_makes_nothing_again(study: Path) -> None:
    before = {path: path.stat().st_mtime_ns for path in (study / "cells").rglob("*.json")}
    results_before = (study / "results.json").read_bytes()
    run("run", str(study.parent / "study.toml"), "--out", str(study))
    assert {path: path.stat().st_mtime_ns for path in (study / "cells").rglob("*.json")} == before
    assert (study / "results.json").read_bytes() == results_before


@pytest.mark.slow
def test_a_killed_study_goes_on_and_comes_to_the_same_scores(study: Path, tmp_path: Path) -> None:
    """Killed once it has a first student; what was finished is as it was, and the scores are those of the unkilled."""
    arguments = [
        sys.executable,
        "-m",
        "evals.study",
        "run",
        str(study.parent / "study.toml"),
        "--out",
        str(tmp_path / "out"),
    ]
    process = subprocess.Popen(arguments, cwd=ROOT, stdout=subprocess.DEVNULL, start_new_session=True)
    while not list((tmp_path / "out" / "cells").glob("sft-*/manifest.json")):
        assert process.poll() is None
        time.sleep(0.05)
    os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    kept = {path: path.read_bytes() for path in (tmp_path / "out" / "cells").glob("*/manifest.json")}
    assert len(kept) < len(list((study / "cells").glob("*/manifest.json")))
    run("run", str(study.parent / "study.toml"), "--out", str(tmp_path / "out"))
    assert {path: path.read_bytes() for path in kept} == kept
    assert [row["scores"] for row in scored(tmp_path / "out")] == [row["scores"] for row in scored(study)]


def test_a_folder_in_use_is_refused(study: Path) -> None:
    lock = cell.lock_folder(study)
    run("run", str(study.parent / "study.toml"), "--out", str(study), code=4)
    os.close(lock)


@pytest.mark.parametrize("stage", ["data", "sft", "second"])
def test_a_cell_made_again_from_its_manifest_is_the_same(
    study: Path, stage: str, capsys: pytest.CaptureFixture[str]
) -> None:
    point = scored(study)[-1]["point"]
    folder = study / "cells" / point[stage] if stage in point else next((study / "cells").glob("second-*"))
    run("again", str(folder))
    assert "OTHER" not in capsys.readouterr().out


def test_a_cell_that_comes_out_otherwise_is_told(
    study: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    point = scored(study)[-1]["point"]
    manifest = json.loads((study / "cells" / point["sft"] / "manifest.json").read_text())
    spoiled = tmp_path / "cells" / "sft-spoiled"
    spoiled.mkdir(parents=True)
    (tmp_path / "study.json").write_bytes((study / "study.json").read_bytes())
    other = {**manifest["inputs"], "options": {**manifest["inputs"]["options"], "lr": 5e-3}}
    (spoiled / "manifest.json").write_text(json.dumps({**manifest, "inputs": other}))
    run("again", str(spoiled), code=1)
    assert "losses.json: OTHER" in capsys.readouterr().out


def test_what_is_not_set_up_is_told_and_is_no_zero(study: Path) -> None:
    base = found(study)["points"][0]
    assert "tau2" in base["missing"]
    assert "tau2" not in base["scores"]
    assert "not measured" in (study / "study.html").read_text()


def test_the_second_exam_is_measured_beside_the_first_and_is_no_part_of_it(study: Path) -> None:
    base = found(study)["base"]
    assert base["scores"]["second exam: loss"] == base["scores"]["second exam: loss of heard"] > 0
    assert set(base["by_part"]) == {"simia"}
    assert {row["second_tools"] for row in found(study)["leaks"]} == {0}
    assert "second exam: loss" in found(study)["equal_n"]


def test_a_random_student_calls_nothing_right_and_that_tells_nothing(study: Path) -> None:
    assert {"exact calls, forced", "exact calls, free"} <= set(found(study)["uninformative"])
    assert "uninformative: no student is above it" in (study / "study.html").read_text()


def test_no_figure_of_the_page_stands_alone(study: Path) -> None:
    page = (study / "study.html").read_text()
    assert figures.bare(page) == []
    assert len(figures.bare(page.replace("<th>seeds</th>", ""))) >= 3


def test_tables_and_curves_are_made_of_the_results(study: Path) -> None:
    lead = found(study)["equal_n"]["held-out loss"]["4"][0]["difference"]
    assert f"| N = 4 | tdscaling | simia | {lead:+.3f} | one seed |" in (study / "tables.md").read_text()
    drawn = ElementTree.parse(study / "curve-tokens.svg").getroot()
    gain = found(study)["curves"]["held-out loss"]["simia"][1]["gain"]["value"]
    assert any(f"simia: {gain:.4g} at" in str(element.text) for element in drawn.iter())


def student(value: float, arm: str = "a", seed: int = 0) -> Scored:
    return Scored(point=points.Point(arm=arm, seed=seed, rows=2, tokens=1, by="size"), scores={"loss": value})


def test_only_a_student_above_the_floor_makes_a_measure_informative() -> None:
    metric = Metric(name="loss", better="higher", floor=10, step=5)
    assert results.at_floor(metric, [student(10), student(15)])
    assert not results.at_floor(metric, [student(10), student(20)])


def test_leads_are_of_seeds_and_a_lower_loss_leads() -> None:
    read = config.Config(name="t", student="s", seeds=(0, 1, 2), sizes=(2,), arms=ARMS, parameters=1, flops=1)
    losses = {"a": (1.0, 1.2, 1.1), "b": (1.5, 1.5, 1.5), "c": (0.9, 1.3, 1.1)}
    metric = Metric(name="loss", better="lower")
    scores = [student(value, arm, seed) for arm, values in losses.items() for seed, value in enumerate(values)]
    over, even = results.leads_by_size(read, scores, metric)["2"]
    assert (over["first"], over["other"], over["seeds"]) == ("a", "b", [0, 1, 2])
    assert over["difference"] == pytest.approx(0.4)
    assert over["low"] == pytest.approx(0.4 - 4.302653 * 0.1 / 3**0.5)  # t with two degrees of freedom
    assert (over["p"], over["p_holm"], even["p_holm"]) == (0.25, 0.5, 1.0)
    assert over["detectable"] == pytest.approx((4.302653 + 1.060660) * 0.1 / 3**0.5)  # with a chance of 80%
    assert even["difference"] == pytest.approx(0)


def test_the_plan_counts_cells_tokens_and_dollars(study: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run("plan", str(study.parent / "study.toml"))
    output = capsys.readouterr().out
    assert "2 runs, 11 rows wanted with the exam's, about 330,000 teacher tokens" in output
    assert "dollars: 0.66" in output
    assert "students: 4 of sizes and at most 2 at equal tokens" in output


@pytest.mark.parametrize("name", ["gpu", "miniature", "second", "whole", "small", "paper"])
def test_shipped_studies_can_be_planned(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    run("plan", str(ROOT / "evals" / "studies" / f"{name}.toml"))
    assert f"study {name}: " in capsys.readouterr().out


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("seeds = [0]", "seeds = []", "seeds"),
        ("seeds = [0]", "seeds = [0]\nsize = 3", "size: Extra"),
        ("[[benches]]", "[arms.x]\nagainst = 'y'\n[[benches]]", "against: no 'y'; one of tdscaling, simia, x"),
        ("seeds = [0]", "seeds = [0, 0]", r"seeds: .* twice, got \[0, 0\]"),
        ("sizes = [2, 4]", "sizes = [2, -3]", "sizes.1: .* greater than 0, got -3"),
        ('code = ["simia"]', 'code = ["typo"]', "code: no 'typo'; one of tdscaling, simia"),
        ('name = "tau2"', 'name = "tau3"', "benches: name: no 'tau3'; one of bfcl, tau2, "),
        ('name = "tau2"', 'name = "tau2"\narms = ["nope"]', "tau2: arms: no 'nope'; one of tdscaling, simia"),
        ('name = "tau2"', 'name = "tau2"\nsizes = [3]', "tau2: sizes: no 3; one of 2, 4"),
        ('name = "tau2"', 'name = "tau2"\nseeds = [1]', "tau2: seeds: no 1; one of 0"),
        ("seeds = [0]", "seeds = [0]\ntools = ['gone']", "tools: no .*/gone; expected"),
        ("seeds = [0]", "seeds 0", "Expected '='"),
        ('rows = "heard.jsonl"', 'rows = "gone.jsonl"', "second: heard: no file gone.jsonl"),
        ('rows = "heard.jsonl"', "count = 3", "second.heard: .* one source: rows, bfcl or tools"),
        ('rows = "heard.jsonl"', 'bfcl = ["memory_kv"]', "second.heard: .* bfcl: no memory_kv; of simple_python"),
    ],
)
def test_a_mistake_in_the_file_is_named(tmp_path: Path, old: str, new: str, message: str) -> None:
    tiny_student.rows(tmp_path / "heard.jsonl", 1)
    (tmp_path / "bad.toml").write_text(STUDY.format(student="s").replace(old, new))
    with pytest.raises(UsageError, match=message):
        config.read(tmp_path / "bad.toml")


def test_paths_are_absolute_and_a_hubs_name_is_not_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "student").mkdir()
    for student, expected in (("student", str(tmp_path / "student")), ("hub/name", "hub/name")):
        tiny_student.rows(tmp_path / "heard.jsonl", 1)
        (tmp_path / "study.toml").write_text("tools = ['student']\n" + STUDY.format(student=student))
        read = config.read(tmp_path / "study.toml")
        assert (read.student, read.tools) == (expected, (str(tmp_path / "student"),))


def accepted(cells: Path, arm: str, tokens: list[int]) -> Path:
    """A run of which each slot was accepted, and what was spent up to there."""
    run = cells / f"data-{arm}" / "run"
    run.mkdir(parents=True)
    slots = [{"slot": slot, "tokens": spent} for slot, spent in enumerate(tokens)]
    for name in ("trajectories.jsonl", "metrics.jsonl"):
        (run / name).write_text("".join(f"{json.dumps(slot)}\n" for slot in slots))
    return run


def budgeted(cells: Path, *budgets: int) -> list[points.Point]:
    """Points of two arms, whose runs cost 50 and 500 and have three spare rows."""
    arms = {name: config.Arm() for name in "ab"}
    settings = {"sizes": (2,), "budgets": budgets, "arms": arms, "parameters": 1, "flops": 1}
    runs = {("a", 0): [10, 20, 30, 40, 50], ("b", 0): [100, 200, 300, 400, 500]}
    folders = {run: accepted(cells, run[0], tokens) for run, tokens in runs.items()}
    return points.plan(config.Config(name="t", student="s", seeds=(0,), **settings), folders)


def test_a_budget_that_an_arm_did_not_spend_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="budgets: 51 is more than the 50 tokens that a seed 0 spent; lower it"):
        budgeted(tmp_path, 40, 51)


def test_a_student_may_see_spare_rows_and_raters_get_no_others(tmp_path: Path) -> None:
    planned = budgeted(tmp_path / "cells", 40)
    assert {run: point.rows for run, point in points.largest(planned).items()} == {("a", 0): 4, ("b", 0): 2}
    grid.make_points(tmp_path, 1, planned, lambda point: point)
    drawn = sheet.draw(tmp_path, 9, seed=0)
    assert sorted((arm, row["slot"]) for arm, _, row in drawn) == [*(("a", n) for n in range(4)), ("b", 0), ("b", 1)]


def test_points_that_share_a_student_are_examined_on_the_same() -> None:
    read = config.Config(name="t", student="s", seeds=(0,), sizes=(2,), arms=ARMS, parameters=1, flops=1, code=("a",))
    twins = [points.Point(arm="a", seed=0, rows=2, tokens=1, by=by) for by in ("size", "budget")]
    assert [grid._coder(read, twin) for twin in twins] == [True, True]


def test_points_that_are_finished_at_once_are_all_listed(tmp_path: Path) -> None:
    todo = [student(0, seed=seed).point for seed in range(200)]
    assert grid.make_points(tmp_path, 8, todo, lambda point: point) == todo
    assert sorted(point.seed for point in grid.read_points(tmp_path)) == list(range(200))


@dataclass
class Idle(cell.Job):
    """Its commands do nothing."""

    commands: list[tuple[str, ...]] = field(default_factory=list)

    def python(self, module: str, *arguments: str, **_: Any) -> int:
        self.commands.append(arguments)
        return 0

    fork = python


def test_eight_slots_a_row_are_played_and_no_more(tmp_path: Path) -> None:
    job = Idle(tmp_path, {}, {}, cell.Shop(tmp_path))
    with pytest.raises(UsageError, match="0 rows of 80 slots where 10 are needed"):
        stages.play(job, tmp_path / "run", {}, 10)
    assert [command[3] for command in job.commands] == ["13", "20", "30", "45", "68", "80"]


def test_an_exam_that_measures_nothing_is_told_at_the_first_student(tmp_path: Path) -> None:
    (tmp_path / "held.json").write_text(
        json.dumps({"toucan": [], "simia": [{"learned": 0}], "random": [{"learned": 1}]})
    )
    job = Idle(tmp_path, {"length": 8, "free": 0}, {"model": "m", "rows": []}, cell.Shop(tmp_path))
    with pytest.raises(UsageError, match=r"exam: toucan, simia: .* within 8 tokens; .* raise exam_length"):
        stages.examine(job)


def test_a_warm_process_that_is_gone_is_an_outage(tmp_path: Path) -> None:
    warm, pipe = cell.Warm({}, ()), subprocess.PIPE
    process = subprocess.Popen(["true"], stdin=pipe, stdout=pipe, text=True)
    warm._all.append(process)
    warm._idle.put(process)
    process.wait()
    with pytest.raises(OutageError, match="ended with 0; the same command goes on"):
        warm.run("finetune.sft", [], tmp_path / "log")
    warm.close()


def test_a_process_that_has_answered_is_asked_by_the_next_thread(tmp_path: Path) -> None:
    warm, pipe = cell.Warm({}, ()), subprocess.PIPE
    echo = ["sed", "-u", 's/.*/{"code": 0, "cpu": 0.5}/']
    process = subprocess.Popen(echo, stdin=pipe, stdout=pipe, text=True)
    warm._all.append(process)
    warm._idle.put(process)
    for _ in range(2):
        with ThreadPoolExecutor(1) as thread:
            assert thread.submit(warm.run, "finetune.sft", [], tmp_path / "log").result() == (0, 0.5)
    assert warm._all == [process], "importing torch takes as long as a small student's training"
    warm.close()


SLEEPER = "import os, sys, time; print(os.getpid(), flush=True); time.sleep(float(sys.argv[1]))"


def test_a_cell_that_was_killed_is_made_and_a_finished_one_is_not(tmp_path: Path) -> None:
    names: list[str] = []

    def work(job: cell.Job) -> list[str]:
        names.append(job.inputs["name"])
        job.run([sys.executable, "-c", SLEEPER, str(job.inputs["seconds"])])
        (job.folder / "out").write_text(job.inputs["name"])
        return ["out"]

    shop = cell.Shop(tmp_path, lock=cell.lock_folder(tmp_path))
    first = shop.make("base", work, {"name": "a", "seconds": 0})
    with ThreadPoolExecutor(1) as pool:
        task = pool.submit(shop.make, "base", work, {"name": "b", "seconds": 60})
        log = shop.place("base", {"name": "b", "seconds": 60}) / "log.txt"
        os.kill(_wait_for_child(log, task), signal.SIGKILL)
        with pytest.raises(UsageError, match="ended with -9"):
            task.result()
    assert not cell.is_finished(log.parent)
    assert shop.make("base", work, {"name": "a", "seconds": 0}) == first
    assert names == ["a", "b"]
    assert cell.read(first).files == {"out": data.sha256(first / "out")}
    assert cell.read(first).seconds.cpu > 0


def _wait_for_child(log: Path, task: Future[Path]) -> int:
    """The process that sleeps, by what it says itself: the log has its command before it runs."""
    while not log.exists() or not (number := re.search(r"^(\d+)\n", log.read_text(), re.MULTILINE)):
        assert not task.done(), task.exception()
        time.sleep(0.01)
    return int(number[1])


def test_another_input_or_other_code_is_another_cell(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shop = cell.Shop(tmp_path)
    here = shop.place("sft", {"rows": "a"})
    assert here == shop.place("sft", {"rows": "a"}) != shop.place("sft", {"rows": "b"})
    monkeypatch.setitem(cell._codes, "sft", "changed")
    assert shop.place("sft", {"rows": "a"}) != here


def test_a_sheet_is_blind_and_its_key_apart(study: Path, tmp_path: Path) -> None:
    run("sheet", str(study), "--out", str(tmp_path / "a"), "--per-arm", "3")
    run("sheet", str(study), "--out", str(tmp_path / "b"), "--per-arm", "3")
    files = {path.name: path.read_text() for path in (tmp_path / "a").iterdir()}
    assert files == {path.name: path.read_text() for path in (tmp_path / "b").iterdir()}
    key, items = (list(csv.DictReader(files[name].splitlines())) for name in ("key.csv", "sheet.csv"))
    assert sorted(row["arm"] for row in key) == ["simia"] * 3 + ["tdscaling"] * 3
    assert not any(arm in files["sheet.csv"] + files["sheet.html"] for arm in ("simia", "tdscaling"))
    assert [row["item"] for row in key] == [row["item"] for row in items]
    run("sheet", str(study), "--out", str(tmp_path / "a"), code=2)  # filled sheets may lie there
