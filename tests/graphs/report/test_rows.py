"""What a page holds of a large run."""

import zlib
from base64 import b64decode
from typing import Any

import orjson

from graphs.report.rows import Browser


def fold(count: int, **limits: Any) -> tuple[Browser, dict[str, str]]:
    browser = Browser(**limits)
    for slot in range(count):
        row = {"slot": slot, "directive": {"leaf": "0.0", "mode": "linear"}, "reason": "rules"}
        browser.add(orjson.dumps(row) + b"\n", row)
    return browser, browser.data()


def inflate(text: str) -> bytes:
    return zlib.decompress(b64decode(text))


def shown(data: dict[str, str]) -> tuple[list[int], list[int]]:
    """Slots of the index, and of the rows behind it."""
    entries: list[dict[str, Any]] = orjson.loads(inflate(data["index"]))["entries"]
    parts = [inflate(data[name]) for name in data if name.startswith("rows-")]
    rows = [orjson.loads(line)["slot"] for part in parts for line in part.splitlines()]
    return [entry["slot"] for entry in entries], rows


def weight(data: dict[str, str]) -> int:
    return sum(len(part) for name, part in data.items() if name != "index")


def test_a_small_run_is_shown_whole() -> None:
    browser, data = fold(130)
    assert browser.stride == 1
    assert shown(data) == (list(range(130)), list(range(130)))


def test_a_large_run_is_shown_evenly() -> None:
    browser, data = fold(1_000, shown=200)
    assert browser.stride == 8
    assert shown(data) == (list(range(0, 1_000, 8)), list(range(0, 1_000, 8)))
    assert len(browser.texts) == 125


def test_requests_are_asked_for_of_the_rows_that_are_shown() -> None:
    browser, data = fold(1_000, shown=200, read_requests=lambda slots: [[{"role": f"user {slot}"}] for slot in slots])
    parts: list[list[list[dict[str, str]]]] = [orjson.loads(inflate(data[f"requests-{part}"])) for part in range(3)]
    roles = [request["role"] for part in parts for requests in part for request in requests]
    assert roles == [f"user {slot}" for slot in range(0, 1_000, browser.stride)]


def test_heavy_rows_are_shown_as_far_as_the_page_stays_light() -> None:
    whole = weight(fold(400)[1])
    browser, data = fold(400, weight=whole // 3)
    assert browser.stride == 4
    assert shown(data)[0] == shown(data)[1] == list(range(0, 400, browser.stride))
    assert weight(data) < whole / 2
