from pathlib import Path

from agents.schema import Row
from graphs.export import dictionary

PAGE = Path(__file__).parents[3] / "docs" / "rows.md"


def test_the_page_is_what_the_types_say() -> None:
    assert PAGE.read_text(encoding="utf-8") == dictionary.write()


def test_every_key_of_a_real_row_stands_there(rows: list[Row]) -> None:
    page = PAGE.read_text(encoding="utf-8")
    keys = {key for row in rows for part in (row, *row["messages"], row["directive"], row["measures"]) for key in part}
    assert len(keys) >= 20
    assert [key for key in sorted(keys) if f"| `{key}` |" not in page] == []
