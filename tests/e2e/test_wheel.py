"""The wheel, away from the checkout: one package that plays, clusters, exports, trains and fills a notebook."""

import os
import subprocess
import sys
from pathlib import Path

import nbformat
import orjson
import pytest
from nbclient import NotebookClient

from tests import tiny_student

ROOT = Path(__file__).parents[2]
NOTEBOOK = """
import asyncio, sys
import tdscaling

async def cell() -> None:  # a notebook's loop is running when its cells are
    slots = [row["slot"] for row in tdscaling.generate(out="runs/cell", count=3)]
    more = [row["slot"] async for row in tdscaling.generate(out="runs/cell", count=5, resume=True)]
    assert more[: len(slots)] == slots, (slots, more)
    for row in tdscaling.generate(out="runs/left", count=400):
        break
    run = tdscaling.Run("runs/cell")
    tdscaling.export(run.folder, "openai", "rows.jsonl")
    print(len(run), len(more), run.diversity()["n"], len(tdscaling.Run("runs/left")) < 400)

asyncio.run(cell())
taken = {"agents", "graphs", "memory", "finetune", "evals"} & {name.partition(".")[0] for name in sys.modules}
assert not taken, taken
"""


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder elsewhere with the installed wheel in `lib`."""
    folder = tmp_path_factory.mktemp("wheel")
    build = ["pip", "wheel", "--quiet", "--no-deps", "--no-build-isolation", "--wheel-dir", str(folder), str(ROOT)]
    subprocess.run([sys.executable, "-m", *build], check=True, cwd=folder)
    [wheel] = folder.glob("*.whl")
    install = ["pip", "install", "--quiet", "--no-deps", "--target", str(folder / "lib"), str(wheel)]
    subprocess.run([sys.executable, "-m", *install], check=True, cwd=folder)
    return folder


def python(home: Path, *arguments: str) -> str:
    environment = {**os.environ, "PYTHONPATH": str(home / "lib")}
    ended = subprocess.run([sys.executable, *arguments], cwd=home, env=environment, capture_output=True, text=True)
    assert ended.returncode == 0, ended.stderr
    return ended.stdout


def test_it_is_one_package(home: Path) -> None:
    names = {path.name for path in (home / "lib").iterdir() if not path.name.endswith(".dist-info")}
    assert names == {"tdscaling", "bin"}


def test_its_commands_work_elsewhere(home: Path) -> None:
    output = python(home, "-m", "tdscaling", "run", "--count", "4", "--out", "runs/a")
    assert "accepted " in output
    assert "of 4 slots in runs/a" in output
    assert "clusters: c.jsonl" in python(home, "-m", "tdscaling", "clusters", "--out", "c.jsonl")
    assert "rows to" in python(home, "-m", "tdscaling", "export", "runs/a", "--format", "openai")
    assert "report.html" in python(home, "-m", "tdscaling", "report", "runs/a")


def test_it_trains(home: Path) -> None:
    tiny_student.save(home / "student")
    tiny_student.rows(home / "rows.jsonl", 10)
    options = ["--model", "student", "--data", "rows.jsonl", "--out", "trained", "--tracker", "none", "--steps", "2"]
    python(home, "-m", "tdscaling", "sft", *options)
    assert (home / "trained" / "model" / "config.json").is_file()


def test_a_notebook_gets_rows(home: Path) -> None:
    accepted, more, counted, left = python(home, "-c", NOTEBOOK).split()[-4:]
    assert int(accepted) == int(more) == int(counted) > 3
    assert left == "True"


def test_the_sample_notebook_is_filled(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHONPATH", str(home / "lib"))  # of the kernel, a process of its own
    monkeypatch.setenv("IPYTHONDIR", str(home / "ipython"))
    notebook = nbformat.read(ROOT / "docs/samples/notebook.ipynb", as_version=4)
    NotebookClient(notebook, timeout=600, resources={"metadata": {"path": str(home)}}).execute()
    printed = ["".join(output.get("text", "") for output in cell.get("outputs", ())) for cell in notebook.cells]
    rows = [orjson.loads(line) for line in (home / "runs/notebook/trajectories.jsonl").read_bytes().splitlines()]
    assert [int(line.split()[0]) for line in printed[1].splitlines()] == [
        row["slot"] for row in rows if row["slot"] < 6
    ]
    assert "user | " in printed[3]
    assert " bits" in printed[4]
    assert (home / "rows.jsonl").is_file()
