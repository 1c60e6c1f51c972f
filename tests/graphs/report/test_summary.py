"""What a run says of itself in a few lines."""

from pathlib import Path

import orjson

from graphs.report.summary import describe


def test_rejected_slots_are_counted_and_not_their_reasons(tmp_path: Path) -> None:
    reasons = ("rules", "not_novel", "rules", "rules")
    rows = [{"slot": n, "directive": {"leaf": "0.0"}, "reason": reason} for n, reason in enumerate(reasons)]
    (tmp_path / "trajectories.jsonl").touch()
    (tmp_path / "rejected.jsonl").write_bytes(b"".join(orjson.dumps(row) + b"\n" for row in rows))
    assert list(describe(tmp_path))[:2] == [
        f"accepted 0 of 4 slots in {tmp_path}",
        "rejected (4): rules 3, not_novel 1",
    ]
