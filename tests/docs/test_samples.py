"""The page with ten rows is what its command prints, and each row is printed whole."""

import json

from tests.docs import samples


def test_the_page_is_what_the_command_prints() -> None:
    rows = samples.read(samples.ROWS)
    assert len(rows) == samples.COUNT
    assert samples.PAGE.read_text(encoding="utf-8") == samples.page(rows), "python -m tests.docs.samples"


def test_no_word_of_a_row_is_left_out() -> None:
    (row, *_) = samples.read(samples.ROWS)
    shown = "\n".join(samples.show_row(1, row))
    lines = [
        line for message in row["messages"] if message["role"] != "tool" for line in message["content"].split("\n")
    ]
    assert [line for line in lines if line.strip() not in shown] == []
    assert all(call["function"]["name"] in shown for m in row["messages"] for call in m.get("tool_calls") or ())


def test_ten_short_rows_of_all_modes_are_chosen() -> None:
    modes = ["linear", "chained", "refusal", "parallel"]
    rows = [
        {
            "slot": n,
            "messages": [{"role": "user", "content": "x" * (1_600 + 10 * n)}],
            "tools": [],
            "directive": {"mode": modes[n % 4]},
            "verdict": {},
        }
        for n in range(40)
    ]
    chosen = samples.choose(rows)
    assert len(chosen) == 10
    assert {row["directive"]["mode"] for row in chosen} == set(modes)
    assert len(json.dumps(chosen[-1]["messages"])) < samples.LONGEST
