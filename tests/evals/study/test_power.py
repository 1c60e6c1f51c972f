"""What so many seeds could have seen."""

import re
from pathlib import Path

import pytest

from evals.study.power import detectable_lead, statement

DOCS = Path(__file__).parents[3] / "docs"
PAGE = (DOCS / "study.md").read_text(encoding="utf-8")
HISTORY = (DOCS / "study-history.md").read_text(encoding="utf-8")


def test_the_spread_of_three_seeds_says_what_five_would_see() -> None:
    """Leads of 0.3, 0.4 and 0.5: a standard deviation of 0.1, so five have an error of 0.1 / sqrt 5."""
    high = 0.4 + 4.302653 * 0.1 / 3**0.5
    assert detectable_lead(0.4, high, 3) == pytest.approx((2.776445 + 0.940965) * 0.1 / 5**0.5)
    assert detectable_lead(0.4, high, 3, 3) == pytest.approx((4.302653 + 1.060660) * 0.1 / 3**0.5)


def test_one_seed_says_nothing_of_a_spread() -> None:
    assert detectable_lead(0.4, 0.5, 1) is None
    assert detectable_lead(0.4, float("inf"), 3) is None


def test_the_section_holds_every_lead_at_equal_n() -> None:
    lead = {"first": "a", "other": "b", "difference": 0.4, "low": 0.1516, "high": 0.6484, "seeds": [0, 1, 2]}
    alone = {**lead, "other": "c", "low": None, "high": None, "seeds": [0]}
    (section,) = statement({"equal_n": {"loss": {"2": [lead, alone]}}})
    cells = [re.findall("<td>(.*?)</td>", row) for row in section.split("<tr>")[2:]]
    assert [row[3:] for row in cells] == [
        ["b", "0.4", "[0.1516, 0.6484]", "3", "0.3096", "0.1662"],
        ["c", "0.4", "one seed", "1", "–", "–"],
    ]
    assert list(statement({"equal_n": {"loss": {}}})) == []


def test_the_docs_say_what_their_own_table_gives() -> None:
    """The power of the published study, recomputed from the intervals that stand in the same page."""
    table = HISTORY.split("| held-out loss, at |")[1].split("\n\n")[0]
    row = re.compile(r"\| N = 15 \| tdscaling \| ([\w-]+) \| ([-+.\d]+)\*? \| \[[-.\d]+, ([-.\d]+)\]")
    leads = {other: detectable_lead(float(lead), float(high), 3) for other, lead, high in row.findall(table)}
    power = HISTORY.split("## Power")[1].split("\n## ")[0]
    assert dict(re.findall(r"\| ([\w-]+) \| .* \| 3 \| \d\.\d+ \| (\d\.\d+) \|", power)) == {
        other: f"{lead or 0:.3f}" for other, lead in leads.items()
    }


def test_what_could_be_seen_of_five_seeds_follows_from_their_intervals() -> None:
    """As near as intervals of three decimals tell."""
    row = re.compile(
        r"\| (?:first|second) \| [\w-]+ \| ([-+.\d]+)\*? \| \[[-.\d]+, ([-.\d]+)\] \| [.\d]+ \| 5 \| ([.\d]+) \|"
    )
    rows = [tuple(map(float, cells)) for cells in row.findall(PAGE)]
    assert len(rows) == 8
    assert [seen for *_, seen in rows] == [
        pytest.approx(detectable_lead(lead, high, 5, 5), abs=0.002) for lead, high, _ in rows
    ]
