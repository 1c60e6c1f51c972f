"""What a run draws from: clusters built once, named files, services held out."""

from pathlib import Path
from typing import Any

import orjson
import pytest

from graphs.run import main
from memory.clusters import build, file, sample
from memory.corpus import corpus


def exit_code(*arguments: Any) -> int:
    with pytest.raises(SystemExit) as exited:
        main([str(argument) for argument in arguments])
    return int(exited.value.code or 0)


def rows(folder: Path) -> list[dict[str, Any]]:
    return [orjson.loads(line) for line in (folder / "trajectories.jsonl").read_bytes().splitlines()]


@pytest.fixture(scope="module")
def held(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run with services held out, its clusters in a file of their own."""
    folder = tmp_path_factory.mktemp("held")
    given = ("--hold-out", 0.3, "--clusters", folder / "clusters.jsonl", "--count", 4)
    assert exit_code("--out", folder / "run", *given) == 0
    return folder


def test_no_trajectory_uses_what_is_held_out(held: Path) -> None:
    unseen = {tool.key for tool in corpus.load([held / "run" / file.HELD_OUT]).tools}
    used = {key for row in rows(held / "run") for key in row["cluster"]["tools"].values()}
    assert len(unseen) > 30
    assert used
    assert unseen.isdisjoint(used | {tool.key for one in file.read(held / "clusters.jsonl") for tool in one.tools})


def test_manifest_names_clusters_and_services_held_out(held: Path) -> None:
    told = orjson.loads((held / "run" / "manifest.json").read_bytes())["clusters"]
    found = file.read(held / "clusters.jsonl")
    assert told["count"] == len(found)
    assert told["sha256"] == sample.Sample(found, [], held).sha256
    unseen = corpus.load([held / "run" / file.HELD_OUT]).tools
    assert told["held_out_services"] == sorted({tool.service for tool in unseen})


def test_a_named_file_is_used_as_it_is(held: Path, tmp_path: Path) -> None:
    file.write(tmp_path / "two.jsonl", file.read(held / "clusters.jsonl")[:2])
    before = (tmp_path / "two.jsonl").read_bytes()
    assert exit_code("--out", tmp_path / "run", "--clusters", tmp_path / "two.jsonl", "--count", 3) == 0
    used = {row["cluster"]["id"] for row in rows(tmp_path / "run")}
    assert used <= {one.id for one in file.read(tmp_path / "two.jsonl")}
    assert (tmp_path / "two.jsonl").read_bytes() == before


def test_clusters_of_what_is_held_out_are_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert exit_code("--out", tmp_path / "a", "--count", 1) == 0
    given = ("--clusters", tmp_path / "a" / file.CLUSTERS, "--hold-out", 0.3)
    assert exit_code("--out", tmp_path / "b", *given) == 2
    assert "is held out" in capsys.readouterr().err
    assert not (tmp_path / "b").exists()


def test_clusters_that_changed_end_a_resume(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run = tmp_path / "run"
    assert exit_code("--out", run, "--count", 1) == 0
    file.write(run / file.CLUSTERS, file.read(run / file.CLUSTERS)[1:])
    assert exit_code("--out", run, "--resume", "--count", 2) == 2
    assert "--clusters: changed since the run" in capsys.readouterr().err


def test_holding_out_everything_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    one = {"name": "get_order", "description": "an order", "service": "shop", "inputSchema": {"type": "object"}}
    (tmp_path / "tools.jsonl").write_bytes(orjson.dumps(one))
    given = ("--tools", tmp_path / "tools.jsonl", "--hold-out", 0.999999)
    assert exit_code("--out", tmp_path / "run", *given) == 2
    assert "all services would be held out" in capsys.readouterr().err
    with pytest.raises(SystemExit, match="2"):
        build.main([*map(str, given), "--out", str(tmp_path / "clusters.jsonl")])
    assert "all services would be held out" in capsys.readouterr().err
