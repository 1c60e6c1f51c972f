"""A run's folder from Python: its rows, what they cost and how diverse they are."""

from collections.abc import Iterator
from functools import cached_property
from pathlib import Path

import orjson

from agents.errors import UsageError
from agents.files import read_json, split_lines
from agents.schema import JsonObject, Row


class Run:
    """The folder of a run, which may still be going on: `for row in Run("runs/default")`.

    Raises: UsageError: there is no run in it.
    """

    def __init__(self, folder: str | Path) -> None:
        self.folder = Path(folder)
        if not (self.folder / "trajectories.jsonl").is_file():
            raise UsageError(f"{folder}: no trajectories.jsonl there; give the folder of a run, such as runs/default")

    def __iter__(self) -> Iterator[Row]:
        """The accepted rows, in slot order."""
        return self._rows("trajectories.jsonl")

    def __len__(self) -> int:
        return sum(1 for _ in split_lines(self.folder / "trajectories.jsonl"))

    def rejections(self) -> Iterator[Row]:
        """The slots that were not accepted, each with its `reason`, `faults` and `cost`."""
        return self._rows("rejected.jsonl")

    @cached_property
    def manifest(self) -> JsonObject:
        """What the run is made of: options, tools, teachers, versions."""
        return read_json(self.folder / "manifest.json")

    @cached_property
    def cost(self) -> JsonObject:
        """Tokens, and dollars where prices were given; written when a run ends."""
        return read_json(self.folder / "cost.json")

    def diversity(self) -> JsonObject:
        """The entropies, complexity and coverage of the accepted rows, as the last line of metrics.jsonl has them."""
        from memory.measure.diversity import Tally  # here and below what a call needs: `tdscaling --help` does without
        from memory.measure.modes import Measures

        tally = Tally()
        for row in self:
            tally.add(Measures.model_validate(row["measures"]))
        return dict(tally.metrics())

    def _rows(self, name: str) -> Iterator[Row]:
        for _, line in split_lines(self.folder / name):
            yield orjson.loads(line)


def export(run: str | Path, layout: str, out: str | Path | None = None) -> None:
    """Write the accepted rows in another layout, as `tdscaling export RUN --format LAYOUT --out OUT`.

    Raises: UsageError: no such layout, no run, or no accepted row.
    """
    from graphs.export.dataset import Config, export_run
    from graphs.export.formats import Format

    if layout not in set(Format):
        raise UsageError(f"--format: {layout!r} is none of {', '.join(Format)}")
    export_run(Config(run=Path(run), format=Format(layout), out=Path(out) if out else None))
