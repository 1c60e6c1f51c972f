import re
from math import inf, nan
from xml.etree import ElementTree

import pytest

from memory.page.charts import Estimate, Line, Point, bars, forest, lines, scatter
from memory.page.page import STYLE, page, section, table

SVG = "{http://www.w3.org/2000/svg}"


def drawn(svg: str, kind: str) -> list[ElementTree.Element]:
    return [e for e in ElementTree.fromstring(svg).iter() if e.get("class", "").split()[:1] == [kind]]


def number(element: ElementTree.Element, name: str) -> float:
    return float(element.attrib[name])


def test_bars_are_as_long_as_their_counts() -> None:
    svg = bars("Modes", {"linear": 30, "chained": 10}, uniform=20)
    long, short = (number(bar, "width") for bar in drawn(svg, "bar"))
    assert long == pytest.approx(3 * short, abs=0.3)
    start = number(drawn(svg, "bar")[0], "x")
    assert number(drawn(svg, "uniform")[0], "x1") - start == pytest.approx(2 * short, abs=0.3)


def test_a_curve_goes_up_within_its_band() -> None:
    svg = lines("H", [Line("a", [(0, 1), (10, 2)], [(0.5, 1.5), (1.5, 2.5)])], x="commit")
    (first, last) = (tuple(map(float, pair.split(","))) for pair in drawn(svg, "line")[0].attrib["points"].split())
    edges = [tuple(map(float, pair.split(","))) for pair in drawn(svg, "band")[0].attrib["points"].split()]
    assert first[0] < last[0]
    assert first[1] > last[1]
    assert edges[0][1] < first[1] < edges[3][1]


def test_a_map_colours_by_group_and_keeps_keys() -> None:
    points = [Point(0, 0, "b", "one", "7"), Point(1, 1, "a", "two"), Point(2, 0, "b", "three")]
    dots = drawn(scatter("Map", points), "dot")[:3]
    assert [dot.attrib["class"] for dot in dots] == ["dot c1", "dot c0", "dot c1"]
    assert (dots[0].attrib["data-key"], "data-key" in dots[1].attrib) == ("7", False)


def test_a_forest_plot_centres_each_interval_on_its_value() -> None:
    svg = forest("Differences", [Estimate("a", 0.0, -1.0, 1.0), Estimate("b", 1.0, 0.5, 1.5)])
    span, dot = drawn(svg, "span")[0], drawn(svg, "dot")[0]
    assert (number(span, "x1") + number(span, "x2")) / 2 == pytest.approx(number(dot, "cx"), abs=0.1)
    assert number(drawn(svg, "uniform")[0], "x1") == pytest.approx(number(dot, "cx"), abs=0.1)


@pytest.mark.parametrize(
    "svg",
    [
        lines("<b>&\"'", [Line("<i>", [(0, 1)]), Line("</svg>", [(0, 2)])], "<u>", "<s>"),
        bars("<b>&\"'", {"</text><script>": 1}, 1),
        scatter("<b>&\"'", [Point(0, 0, "</svg>", "<img>", '"><x>')]),
        forest("<b>&\"'", [Estimate("</text>", 0, 0, 0)], "<u>"),
        lines("<b>&\"'", []),
        bars("<b>&\"'", {}),
    ],
)
def test_whatever_is_told_a_chart_is_well_formed(svg: str) -> None:
    kinds = {element.tag.removeprefix(SVG) for element in ElementTree.fromstring(svg).iter()}
    assert kinds <= {"svg", "text", "title", "line", "polyline", "polygon", "circle", "rect"}


@pytest.mark.parametrize("points", [[(0, nan)], [(0, 1), (1, nan)], [(0, 1), (inf, 1)]])
def test_what_cannot_be_drawn_is_refused(points: list[tuple[float, float]]) -> None:
    with pytest.raises(ValueError, match="cannot be drawn"):
        lines("H", [Line("a", points)])


def test_every_colour_stands_out_from_the_paper() -> None:
    light, dark = STYLE.split("@media")
    for colours in (dict(re.findall(r"--(\w+): (#\w{6})", half)) for half in (light, dark)):
        marks = {name: contrast(value, colours["paper"]) for name, value in colours.items() if re.match(r"c\d", name)}
        assert len(marks) == 10
        assert min(marks.values()) >= 3
        assert min(contrast(colours[name], colours["paper"]) for name in ("ink", "dim")) >= 4.5


def contrast(one: str, other: str) -> float:
    """WCAG 2.1."""
    low, high = sorted(luminance(colour) for colour in (one, other))
    return (high + 0.05) / (low + 0.05)


def luminance(colour: str) -> float:
    channels = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def test_a_page_names_nothing_outside_itself() -> None:
    made = page("a <run>", [section("One", bars("b", {"x": 1}), table(["n"], [[None], [1.23456], ["<"]]))], script="1")
    assert "<title>a &lt;run&gt;</title>" in made
    assert re.findall(r"(?:src|href)=|url\(|@import", made) == []
    assert re.findall("<td>(.*?)</td>", made) == ["–", "1.235", "&lt;"]


@pytest.mark.parametrize("text", ["a</SCRIPT>b", "<!--"])
def test_data_that_would_end_its_element_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="encode it"):
        page("t", [], data={"d": text})
