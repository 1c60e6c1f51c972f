import asyncio
from pathlib import Path
from typing import Any

import pytest

from graphs.run import main
from graphs.studio.campaign import campaign_graph
from graphs.studio.served import Mistake


async def played(wanted: dict[str, Any]) -> list[dict[str, Any]]:
    """The state after each superstep."""
    return [state async for state in campaign_graph.astream(wanted, stream_mode="values") if "played" in state]


def test_a_campaign_in_studio_is_the_run_that_the_command_makes(tmp_path: Path) -> None:
    wanted = {"count": 6, "seed": 5, "out": str(tmp_path / "studio")}
    steps = asyncio.run(played(wanted))
    assert [state["played"] for state in steps] == [4, 6]
    end = steps[-1]
    assert end["accepted"] == len(end["rows"]) == end["metrics"]["n"]
    assert Path(end["report"]).is_file()
    with pytest.raises(SystemExit, match="0"):
        main(["--count", "6", "--seed", "5", "--out", str(tmp_path / "command")])
    for name in ("trajectories.jsonl", "rejected.jsonl", "metrics.jsonl"):
        assert (tmp_path / "studio" / name).read_bytes() == (tmp_path / "command" / name).read_bytes()


async def test_another_run_in_the_folder_is_a_mistake(tmp_path: Path) -> None:
    wanted = {"count": 1, "out": str(tmp_path / "run")}
    assert (await campaign_graph.ainvoke(wanted))["played"] == 1
    with pytest.raises(Mistake, match=r"--seed: the run in .* has 0, not 7"):
        await campaign_graph.ainvoke({**wanted, "seed": 7})
