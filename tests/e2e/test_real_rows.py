"""What a strong model really played passes the rules, and with a fault planted in it does not."""

from pathlib import Path

import orjson
import pytest

from tests.bench import planted, rows

REAL = Path(__file__).parents[3] / "shared" / "data" / "real_model"
FILES = [str(REAL / name) for name in ("a.jsonl", "c.jsonl")]

pytestmark = pytest.mark.skipif(not REAL.is_dir(), reason="no ../shared/data/real_model")


def test_every_good_row_passes_the_rules(capsys: pytest.CaptureFixture[str]) -> None:
    assert rows.main(FILES) == 0
    assert capsys.readouterr().out.count(": passed, ") == 12


def test_planted_faults_are_noticed_in_nineteen_of_twenty_rows() -> None:
    lines = [line for file in FILES for line in Path(file).read_bytes().splitlines()]
    counts = planted.plant([orjson.loads(line) for line in lines])
    carried = {kind: count for kind, count in counts.items() if count[0]}
    assert len(carried) >= 12
    total = sum(count[0] for count in carried.values())
    assert sum(count[1] + count[2] for count in carried.values()) >= 0.95 * total
    assert all(count[1] + count[2] >= 0.6 * count[0] for count in carried.values())
