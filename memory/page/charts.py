"""Numbers -> charts as SVG strings, for a page of page.py, whose stylesheet gives the colours.

Nothing but text and coordinates: no script, no font, no outside link. What a mark stands for is its `<title>`, which
browsers show when the pointer rests on it. Values must be finite. A plotting library would bring a renderer of its own
(Vega, a browser, megabytes of fonts) for four shapes, and none of the small ones draws intervals.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from html import escape
from math import ceil, floor, isfinite, log10
from typing import NamedTuple

COLOURS = 10
"""Classes c0 to c9 of the stylesheet; an eleventh series begins again."""
WIDTH, HEIGHT = 460.0, 260.0
"""User units; a page scales the drawing to its column, which on a telephone is a little narrower."""
LEFT, RIGHT, TOP, BOTTOM = 46.0, 14.0, 26.0, 36.0
LETTER = 6.5
"""About the width of a letter at the stylesheet's 11 units."""

Scale = Callable[[float], float]


class Line(NamedTuple):
    """A curve; `band` holds (low, high) for each of its points, or nothing."""

    name: str
    points: Sequence[tuple[float, float]]
    band: Sequence[tuple[float, float]] = ()


class Point(NamedTuple):
    """A mark of a map; points of one group share a colour, `key` becomes `data-key` for a script to find."""

    x: float
    y: float
    group: str
    title: str
    key: str = ""


class Estimate(NamedTuple):
    """A value and its interval."""

    name: str
    value: float
    low: float
    high: float


def lines(title: str, series: Sequence[Line], x: str = "", y: str = "") -> str:
    """Curves over one x axis; the y axis begins at 0 unless values are negative. One without points is left out."""
    series = [line for line in series if line.points]
    xs, ys = list[float](), list[float]()
    for line in series:
        xs += [x for x, _ in line.points]
        ys += [y for _, y in line.points]
        ys += [edge for pair in line.band for edge in pair]
    if not xs:
        return _svg(title, HEIGHT / 3, [_text(LEFT, 60, "no data")])
    bottom = HEIGHT - BOTTOM
    across = _scale(min(xs), max(xs), LEFT, WIDTH - RIGHT)
    ticks = _ticks(min(0.0, *ys), max(ys))
    up = _scale(ticks[0], ticks[-1], bottom, TOP)
    marks = []
    for value in ticks:
        level = _at(up(value))
        marks.append(f'<line class="rule" x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{level}" y2="{level}"/>')
        marks.append(_text(LEFT - 6, up(value) + 4, f"{value:g}", "end"))
    marks += [_text(WIDTH - RIGHT, 14, y, "end")] if y else []
    marks += _steps(_ticks(min(xs), max(xs)), across, (min(xs), max(xs)), bottom, x)
    for i, line in enumerate(series):
        marks.append(_curve(line, i % COLOURS, across, up))
    legend, height = _legend([line.name for line in series] if len(series) > 1 else [], HEIGHT)
    return _svg(title, height, [*marks, *legend])


def bars(title: str, counts: Mapping[str, float], uniform: float | None = None, key: str = "") -> str:
    """One bar for each label in the given order, beside what each would be if all were equal.

    With a `key` each bar has `data-key="key:label"` for a script to find.
    """
    if not counts:
        return _svg(title, HEIGHT / 3, [_text(LEFT, 60, "no data")])
    left = min(20 + LETTER * max(map(len, counts)), WIDTH / 2)
    step = 18.0 if len(counts) <= 16 else 13.0
    across = _scale(0.0, max(*counts.values(), uniform or 0.0, 1e-9), left, WIDTH - 60)
    bottom = TOP + step * len(counts)
    marks = []
    for i, (name, value) in enumerate(counts.items()):
        y, wide = TOP + step * i, across(value) - left
        base, hint = y + step / 2 + 4, f"<title>{escape(name)}: {_number(value)}</title>"
        box = f'x="{_at(left)}" y="{_at(y + 2)}" width="{_at(wide)}" height="{_at(step - 4)}"'
        bar = f'<rect class="bar" {box}{_key(key and f"{key}:{name}")}>{hint}</rect>'
        number = _text(left + wide + 5, base, _number(value))
        marks.append(f"{_text(left - 6, base, _short(name, left), 'end')}{bar}{number}")
    if uniform is not None:
        at = _at(across(uniform))
        hint = f"<title>uniform: {uniform:.4g}</title>"
        marks.append(f'<line class="uniform" x1="{at}" x2="{at}" y1="{TOP}" y2="{bottom}">{hint}</line>')
        marks.append(_text(across(uniform), bottom + 14, f"uniform {uniform:.4g}", "middle"))
    return _svg(title, bottom + (24 if uniform is not None else 6), marks)


def scatter(title: str, points: Sequence[Point]) -> str:
    """A map of points without axes: only what lies near to what has a meaning."""
    if not points:
        return _svg(title, HEIGHT / 3, [_text(LEFT, 60, "no data")])
    side = WIDTH - 2 * RIGHT
    across = _scale(min(p.x for p in points), max(p.x for p in points), RIGHT, WIDTH - RIGHT)
    up = _scale(min(p.y for p in points), max(p.y for p in points), TOP + side * 0.75, TOP + 8)
    groups = list(dict.fromkeys(p.group for p in sorted(points, key=lambda p: p.group)))
    colour = {group: i % COLOURS for i, group in enumerate(groups)}
    radius = 4.5 if len(points) < 100 else 3.0 if len(points) < 1000 else 2.0
    marks = []
    for p in points:
        look = f'class="dot c{colour[p.group]}" r="{radius:g}"{_key(p.key)}'
        at = f'cx="{_at(across(p.x))}" cy="{_at(up(p.y))}"'
        marks.append(f"<circle {look} {at}><title>{escape(p.title)}</title></circle>")
    legend, height = _legend(groups, TOP + side * 0.75 + 16)
    return _svg(title, height, [*marks, *legend])


def forest(title: str, estimates: Sequence[Estimate], x: str = "") -> str:
    """A value with its interval in each row; a rule at 0, which of a difference is none."""
    if not estimates:
        return _svg(title, HEIGHT / 3, [_text(LEFT, 60, "no data")])
    low, high = min(0.0, *(e.low for e in estimates)), max(0.0, *(e.high for e in estimates))
    left = min(20 + LETTER * max(len(e.name) for e in estimates), WIDTH / 2)
    across = _scale(low, high, left + 10, WIDTH - 18 * LETTER)
    bottom = TOP + 8 + 22.0 * len(estimates)
    at = _at(across(0.0))
    rule = f'<line class="uniform" x1="{at}" x2="{at}" y1="{TOP}" y2="{bottom}"/>'
    marks = [*_steps(_ticks(low, high), across, (low, high), bottom, x), rule]
    marks += [_interval(e, TOP + 18 + 22.0 * i, left, across) for i, e in enumerate(estimates)]
    return _svg(title, bottom + BOTTOM, marks)


def _svg(title: str, height: float, marks: Iterable[str]) -> str:
    head = f'<svg class="chart" role="img" aria-label="{escape(title)}" viewBox="0 0 {WIDTH:g} {_at(height)}"'
    heading = f'<text class="heading" x="0" y="14">{escape(title)}</text>'
    return f'{head} xmlns="http://www.w3.org/2000/svg">{heading}{"".join(marks)}</svg>'


def _at(value: float) -> str:
    return f"{round(_finite(value), 1):g}"


def _finite(value: float) -> float:
    """The value. Raises ValueError where it is not finite: a browser would leave out such a mark without a word."""
    if not isfinite(value):
        raise ValueError(f"chart: {value} cannot be drawn")
    return value


def _scale(low: float, high: float, start: float, end: float) -> Scale:
    """Values to coordinates; values that are all the same come to lie in the middle."""
    if high == low:
        return lambda value: (start + end) / 2
    return lambda value: start + (end - start) * (value - low) / (high - low)


def _ticks(low: float, high: float) -> list[float]:
    """About five round numbers, the first at most `low`, the last at least `high`.

    >>> _ticks(0, 4.3)
    [0.0, 1.0, 2.0, 3.0, 4.0, 5.0]
    """
    span = _finite(high - low) or abs(high) or 1.0
    unit = 10.0 ** floor(log10(span / 4))
    step = next(unit * factor for factor in (1, 2, 5, 10) if span / (unit * factor) <= 5)
    first, last = floor(low / step + 1e-9), ceil(high / step - 1e-9)
    return [round(i * step, 10) for i in range(first, max(last, first + 1) + 1)]


def _text(x: float, y: float, text: str, anchor: str = "start") -> str:
    return f'<text x="{_at(x)}" y="{_at(y)}" text-anchor="{anchor}">{escape(text)}</text>'


def _short(name: str, room: float) -> str:
    letters = int(room / LETTER)
    return name if len(name) <= letters else name[: letters - 1] + "…"


def _steps(ticks: Sequence[float], across: Scale, ends: tuple[float, float], y: float, label: str) -> Iterator[str]:
    """The x axis: a number at each tick that lies within the ends."""
    yield f'<line class="axis" x1="{_at(across(ends[0]))}" x2="{_at(across(ends[1]))}" y1="{y}" y2="{y}"/>'
    for value in ticks:
        if ends[0] <= value <= ends[1]:
            yield _text(across(value), y + 15, f"{value:g}", "middle")
    if label:
        yield _text((across(ends[0]) + across(ends[1])) / 2, y + 29, label, "middle")


def _curve(line: Line, colour: int, across: Scale, up: Scale) -> str:
    path = " ".join(f"{_at(across(x))},{_at(up(y))}" for x, y in line.points)
    band = ""
    if line.band:
        edges = [(x, high) for (x, _), (_, high) in zip(line.points, line.band, strict=True)]
        edges += [(x, low) for (x, _), (low, _) in zip(reversed(line.points), reversed(line.band), strict=True)]
        outline = " ".join(f"{_at(across(x))},{_at(up(y))}" for x, y in edges)
        band = f'<polygon class="band c{colour}" points="{outline}"/>'
    last = line.points[-1]
    title = f"<title>{escape(line.name)}: {last[1]:.4g} at {last[0]:g}</title>"
    # a curve of one point would be invisible without its end
    end = f'<circle class="dot c{colour}" cx="{_at(across(last[0]))}" cy="{_at(up(last[1]))}" r="3">{title}</circle>'
    return f'{band}<polyline class="line c{colour}" points="{path}">{title}</polyline>{end}'


def _number(value: float) -> str:
    return f"{value:,.0f}" if value == int(value) else f"{value:.4g}"


def _key(key: str) -> str:
    return f' data-key="{escape(key)}"' if key else ""


def _interval(estimate: Estimate, y: float, left: float, across: Scale) -> str:
    low, high = _at(across(estimate.low)), _at(across(estimate.high))
    figures = f"{estimate.value:.3g} [{estimate.low:.3g}, {estimate.high:.3g}]"
    title = f"<title>{escape(estimate.name)}: {figures}</title>"
    span = f'<line class="span" x1="{low}" x2="{high}" y1="{y}" y2="{y}">{title}</line>'
    dot = f'<circle class="dot c0" cx="{_at(across(estimate.value))}" cy="{y}" r="4">{title}</circle>'
    number = _text(WIDTH, y + 4, figures, "end")
    return f"{_text(left, y + 4, _short(estimate.name, left), 'end')}{span}{dot}{number}"


def _legend(names: Sequence[str], y: float) -> tuple[list[str], float]:
    """Coloured names in as many rows as they need, and where the drawing then ends."""
    x, y, marks = 0.0, y + 8 if names else y, list[str]()
    for i, name in enumerate(names):
        wide = 26 + LETTER * len(name)
        if x and x + wide > WIDTH:
            x, y = 0.0, y + 16
        marks.append(f'<circle class="dot c{i % COLOURS}" cx="{_at(x + 5)}" cy="{_at(y)}" r="5"/>')
        marks.append(_text(x + 14, y + 4, name))
        x += wide
    return marks, y + 12 if names else y
