"""How far a run is, for a person at a terminal."""

import sys
import time

from rich.console import Console
from rich.progress import BarColumn, TaskProgressColumn, TextColumn
from rich.progress import Progress as Bar

from graphs.campaign.parts import Progress


class ProgressBar:
    """Shows a person how far the run is: a bar on a terminal, else a line every tenth and every few seconds."""

    EVERY_S = 5.0

    def __init__(self) -> None:
        self._console = Console(stderr=True)
        columns = TextColumn("{task.description}"), BarColumn(), TaskProgressColumn()
        self._bar = Bar(*columns, console=self._console, disable=not self._console.is_terminal)
        self._first: Progress | None = None
        self._last_line = (0.0, -1)

    def __enter__(self) -> "ProgressBar":
        self._bar.start()
        self._task = self._bar.add_task("")
        return self

    def __exit__(self, *error: object) -> None:
        self._bar.stop()

    def __call__(self, progress: Progress) -> None:
        if self._first is None:  # of a resumed run the rate is this process's own
            self._first, self._began = progress, time.monotonic()
        text = describe(progress, self._first, time.monotonic() - self._began)
        if self._console.is_terminal:
            self._bar.update(self._task, description=text, completed=progress.share, total=1)
        elif self._due(progress):
            print(text, file=sys.stderr, flush=True)

    def _due(self, progress: Progress) -> bool:
        when, tenth = self._last_line
        now = int(10 * progress.share)
        due = now > tenth or time.monotonic() - when > self.EVERY_S
        if due:
            self._last_line = (time.monotonic(), now)
        return due


def describe(progress: Progress, first: Progress, seconds: float) -> str:
    """One line of progress; what was done since the first one, in `seconds`, gives the rate and the time left."""
    played, share = progress.done - first.done, progress.share - first.share
    reasons = ", ".join(f"{reason} {count}" for reason, count in progress.reasons.most_common())
    wanted = f" of {progress.wanted}" if progress.wanted else ""
    line = (
        f"{progress.done}/{progress.count} slots, {progress.accepted}{wanted} accepted, rejected: {reasons or 'none'}"
    )
    line += f", {progress.tokens:,} tokens"
    if played and share and seconds:
        left = (1 - progress.share) * seconds / share
        line += f", {played / seconds:.1f} slots/s, {left:.0f} s left"
    return line
