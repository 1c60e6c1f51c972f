from contextlib import closing
from pathlib import Path

import orjson
import pytest

from agents.schema import Role
from graphs.campaign.record.journal import Journal
from graphs.report.requests import Requests
from graphs.run import main
from graphs.studio import prompts


def test_the_prompts_of_a_slot_are_what_its_teachers_were_asked(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run = tmp_path / "run"
    with pytest.raises(SystemExit, match="0"):
        main(["--count", "4", "--seed", "5", "--out", str(run)])
    with pytest.raises(SystemExit, match="0"):
        prompts.main([str(run), "0", "2"])
    assert capsys.readouterr().out.endswith(f"{run / 'prompts.jsonl'}\n{run / 'report.html'}\n")
    rows = {row["slot"]: row for row in map(orjson.loads, (run / "trajectories.jsonl").read_bytes().splitlines())}
    with closing(Requests(run)) as asked:
        requests = asked.read(range(4))
    assert all(requests[slot][0]["prompt"].startswith("[system]\nYou are the BlueprintAgent.") for slot in (0, 2))
    assert [request.get("prompt") for request in requests[1]] == [None] * len(requests[1])
    journal = Journal(run)
    for slot in (0, 2):
        assert sum(request["input"] for request in requests[slot]) == journal.tokens(slot).input
        judged = [request["prompt"] for request in requests[slot] if request["role"] == Role.QUALITY]
        last = rows[slot]["messages"][-1]["content"].splitlines()[0]
        assert last in judged[0]  # the judge saw the whole conversation
    journal.close()
    assert not (run / "journal.sqlite-wal").exists()
