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


def test_services_of_as_many_rows_stand_in_the_same_order_in_each_process(tmp_path: Path) -> None:
    names = [f"{letter}-desk" for letter in "hcalebkdjfig"]
    tools = {name: f"{name}/look" for name in names}
    directive = {"leaf": "0.0", "mode": "linear"}
    row = {"slot": 0, "directive": directive, "cluster": {"leaf": "0.0", "tools": tools}, "messages": []}
    (tmp_path / "trajectories.jsonl").write_bytes(orjson.dumps(row) + b"\n")
    (services,) = (line for line in describe(tmp_path) if line.startswith("services"))
    assert services == f"services (12): {', '.join(f'{name} 1' for name in sorted(names))}"
