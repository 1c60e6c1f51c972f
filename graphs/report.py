"""What a person reads of a run: its progress, its summary, and report.html, a page without scripts or outside links.

python -m graphs.report runs/default
"""

import sys
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from html import escape
from pathlib import Path
from typing import Any

import orjson
from rich.console import Console
from rich.progress import BarColumn, TaskProgressColumn, TextColumn
from rich.progress import Progress as Bar

from agents.errors import UsageError
from graphs.campaign import Progress

SHOWN = 20
"""Trajectories that are printed in full."""
STYLE = """
body { font: 15px/1.5 system-ui, sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem; color: #222 }
table { border-collapse: collapse; margin: .5rem 0 } td, th { padding: .15rem .8rem .15rem 0; text-align: left }
details { border-top: 1px solid #ddd; padding: .4rem 0 } summary { cursor: pointer }
pre { white-space: pre-wrap; overflow-wrap: anywhere; margin: 0 }
div { margin: .4rem 0; padding: .4rem .7rem; border-left: 4px solid #bbb; background: #f7f7f7 }
.user { border-color: #3b7 } .assistant { border-color: #37b } .tool { border-color: #b73 } b { font-weight: 600 }
"""


@dataclass
class Summary:
    """What a run's files hold, counted in one pass; only the first trajectories are kept."""

    accepted: int = 0
    reasons: Counter[str] = field(default_factory=Counter)
    modes: Counter[str] = field(default_factory=Counter)
    leaves: Counter[str] = field(default_factory=Counter)
    services: Counter[str] = field(default_factory=Counter)
    metrics: dict[str, Any] = field(default_factory=dict)
    cost: dict[str, Any] = field(default_factory=dict)
    first: list[dict[str, Any]] = field(default_factory=list)

    @property
    def slots(self) -> int:
        return self.accepted + self.reasons.total()


def read(folder: Path) -> Summary:
    """The summary of a run folder. Raises UsageError where there is no run."""
    if not (folder / "trajectories.jsonl").is_file():
        raise UsageError(f"{folder}: no trajectories.jsonl there; give the folder of a run, such as runs/default")
    summary = Summary()
    for row in _rows(folder / "trajectories.jsonl"):
        summary.accepted += 1
        summary.modes[mode_of(row)] += 1
        summary.leaves[row["directive"]["leaf"]] += 1
        summary.services.update({key.rsplit("/", 1)[0] for key in row["cluster"].get("tools", {}).values()})
        if len(summary.first) < SHOWN:
            summary.first.append(row)
    summary.reasons.update(row["reason"] for row in _rows(folder / "rejected.jsonl"))
    for row in _rows(folder / "metrics.jsonl"):
        summary.metrics = row
    cost = folder / "cost.json"
    summary.cost = orjson.loads(cost.read_bytes()) if cost.is_file() else {}
    return summary


def told(folder: Path) -> Iterator[str]:
    """The summary in a few lines for a terminal."""
    summary = read(folder)
    yield f"accepted {summary.accepted} of {summary.slots} slots in {folder}"
    counts = {"rejected": summary.reasons, "modes": summary.modes, "services": summary.services}
    for title, counter in counts.items():
        shown = ", ".join(f"{name} {count}" for name, count in counter.most_common(12))
        yield f"{title} ({len(counter)}): {shown or 'none'}"
    yield f"files: {', '.join(sorted(path.name for path in folder.iterdir() if path.suffix in ('.json', '.jsonl')))}"


def mode_of(row: dict[str, Any]) -> str:
    """The mode that was played where it was measured, else the one that was asked for."""
    return str((row.get("measures") or {}).get("mode") or row["directive"]["mode"])


def _rows(path: Path) -> Iterator[dict[str, Any]]:
    if path.is_file():
        with path.open("rb") as lines:
            for text in lines:
                if text.endswith(b"\n"):  # a run that is still writing
                    yield orjson.loads(text)


def write(folder: Path) -> Path:
    """Write report.html into the run's folder; returns its path."""
    page = folder / "report.html"
    page.write_text("\n".join(_page(folder.name, read(folder))), encoding="utf-8")
    return page


def _page(name: str, summary: Summary) -> Iterator[str]:
    yield f"<!doctype html><html lang=en><meta charset=utf-8><title>{escape(name)}</title><style>{STYLE}</style>"
    yield f"<h1>{escape(name)}</h1><p><b>{summary.accepted}</b> of {summary.slots} slots accepted.</p>"
    yield from _table("Rejected by reason", summary.reasons.most_common())
    yield from _table("Modes", summary.modes.most_common())
    yield from _table("Leaves (domain.class)", sorted(summary.leaves.items()))
    yield from _table("Services", summary.services.most_common())
    yield from _table("Metrics [ours], after the last commit", sorted(summary.metrics.items()))
    yield from _table("Cost in tokens", sorted(summary.cost.items()))
    yield f"<h2>The first {len(summary.first)} trajectories</h2>"
    for row in summary.first:
        yield from _trajectory(row)
    yield "</html>"


def _table(title: str, rows: list[tuple[str, Any]]) -> Iterator[str]:
    if rows:
        yield f"<h2>{escape(title)}</h2><table>"
        yield from (f"<tr><td>{escape(str(key))}<td>{_cell(value)}" for key, value in rows)
        yield "</table>"


def _cell(value: Any) -> str:
    if isinstance(value, float):
        return f"{value:.4g}"
    return escape(value if isinstance(value, str) else orjson.dumps(value).decode())


def _trajectory(row: dict[str, Any]) -> Iterator[str]:
    goal = (row.get("blueprint") or {}).get("goal", "")
    yield f"<details><summary>slot {row['slot']}, {escape(mode_of(row))}: {escape(goal)}</summary>"
    for message in row["messages"]:
        yield from _message(message)
    verdict = {**(row.get("verdict") or {}), "novelty": row.get("novelty")}
    yield f"<p>verdict {escape(orjson.dumps(verdict).decode())}</p></details>"


def _message(message: dict[str, Any]) -> Iterator[str]:
    role = escape(str(message["role"]))
    yield f"<div class={role}><b>{role}</b><pre>{escape(message.get('content') or '')}</pre>"
    for call in message.get("tool_calls") or ():
        function = call["function"]
        yield f"<pre>{escape(function['name'])}({escape(function['arguments'])})</pre>"
    yield "</div>"


class Teller:
    """Tells a person how far the run is: a bar on a terminal, else a line every tenth and every few seconds."""

    EVERY_S = 5.0

    def __init__(self) -> None:
        self._console = Console(stderr=True)
        columns = TextColumn("{task.description}"), BarColumn(), TaskProgressColumn()
        self._bar = Bar(*columns, console=self._console, disable=not self._console.is_terminal)
        self._first: Progress | None = None
        self._told = (0.0, -1)

    def __enter__(self) -> "Teller":
        self._bar.start()
        self._task = self._bar.add_task("")
        return self

    def __exit__(self, *error: object) -> None:
        self._bar.stop()

    def __call__(self, progress: Progress) -> None:
        if self._first is None:
            self._first, self._began = progress, time.monotonic()
        text = describe(progress, progress.done - self._first.done, time.monotonic() - self._began)
        if self._console.is_terminal:
            self._bar.update(self._task, description=text, completed=progress.done, total=progress.count)
        elif self._due(progress):
            print(text, file=sys.stderr, flush=True)

    def _due(self, progress: Progress) -> bool:
        when, tenth = self._told
        now = 10 * progress.done // progress.count
        due = now > tenth or time.monotonic() - when > self.EVERY_S
        self._told = (time.monotonic(), now) if due else self._told
        return due


def describe(progress: Progress, played: int, seconds: float) -> str:
    """One line of progress; `played` slots in `seconds` give the rate and the time left."""
    reasons = ", ".join(f"{reason} {count}" for reason, count in progress.reasons.most_common())
    line = f"{progress.done}/{progress.count} slots, {progress.accepted} accepted, rejected: {reasons or 'none'}"
    line += f", {progress.tokens:,} tokens"
    if played and seconds:
        left = (progress.count - progress.done) * seconds / played
        line += f", {played / seconds:.1f} slots/s, {left:.0f} s left"
    return line


def main() -> None:
    """Write the report of the folder given on the command line."""
    try:
        if len(sys.argv) != 2 or sys.argv[1].startswith("-"):
            raise UsageError("usage: python -m graphs.report RUN, where RUN is a folder such as runs/default")
        print(write(Path(sys.argv[1])))
    except UsageError as error:
        print(f"error: {error}", file=sys.stderr)
        raise SystemExit(2) from None


if __name__ == "__main__":
    main()
