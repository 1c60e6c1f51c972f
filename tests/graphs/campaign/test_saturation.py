"""A run that brings nothing new says so while it runs, and ends in order where that is wished."""

import json
from pathlib import Path

import pytest

from agents.offline import model
from graphs.campaign.record.journal import Commit
from graphs.campaign.saturation import SPAN, Saturation, is_used_up
from graphs.run import main


def seen(reasons: list[str]) -> Saturation:
    saturation = Saturation(tools=3)
    for reason in reasons:
        saturation.note(reason)
    return saturation


def test_run_of_refusals_as_not_novel_is_saturated_and_says_so_once() -> None:
    saturation = seen(["", "", *["blueprint_not_novel"] * (SPAN - 2)])
    assert saturation.is_saturated
    warning = saturation.warning()
    assert warning.startswith("of the last 32 slots 2 were accepted, 30 refused as blueprint_not_novel: its 3 tools")
    assert "--stop-when-saturated" in warning
    assert saturation.warning() == ""


@pytest.mark.parametrize("reasons", [["not_novel"] * (SPAN - 1), [""] * 4 + ["not_novel"] * (SPAN - 4)])
def test_few_slots_or_some_accepted_ones_are_no_collapse(reasons: list[str]) -> None:
    assert not seen(reasons).is_collapsed
    assert seen(reasons).warning() == ""


def test_other_refusals_are_a_collapse_and_no_saturation() -> None:
    saturation = seen(["rules"] * SPAN)
    assert (saturation.is_collapsed, saturation.is_saturated) == (True, False)
    assert "rejected.jsonl says why" in saturation.warning()


@pytest.mark.parametrize(
    ("reason", "row", "gone"),
    [
        ("rules", b'{"content": "server_unavailable"}', True),
        ("", b'{"content": "server_unavailable"}', False),
        ("rules", b"{}", False),
        ("not_novel", b"{}", True),
    ],
)
def test_cluster_whose_live_server_fails_leaves_the_draw(reason: str, row: bytes, gone: bool) -> None:
    assert is_used_up(Commit(0, not reason, reason, row)) is gone


FAVOURITE = ("--copies", "0", "--teacher", "offline-favourite")
"""A teacher that gives the same plan again and again, and none may be near to another."""


def test_saturated_run_ends_with_zero_and_its_report(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(model, "FAVOURED", 1.0)  # nothing but its favourite: else each fifth plan is a new one
    tool = {"service": "lamp", "name": "get_status", "description": "Status of the lamp.",
            "inputSchema": {"type": "object", "properties": {}}}  # fmt: skip
    (tmp_path / "tools.json").write_text(json.dumps([tool]))
    out = tmp_path / "run"
    options = ["--tools", str(tmp_path / "tools.json"), "--out", str(out), "--count", "200", "--sandbox", "off"]
    with pytest.raises(SystemExit, match="0"):
        main([*options, *FAVOURITE, "--window", "4", "--concurrency", "4", "--stop-when-saturated"])
    errors = capsys.readouterr().err
    assert "saturated: nearly no slot brought anything new" in errors
    committed = sum(len((out / name).read_bytes().splitlines()) for name in ("trajectories.jsonl", "rejected.jsonl"))
    assert SPAN <= committed < 200
    assert (out / "report.html").is_file()
