"""What the files of a run hold, counted in one pass, and told in a few lines."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from heapq import merge
from pathlib import Path

from agents.errors import UsageError
from agents.files import find_object
from agents.files import read_rows as read_rows_of
from agents.plan.code_tool import SERVICE
from agents.run_format import find_manifest
from agents.schema import JsonObject
from graphs.report.rows import blame_of, leaf_of, mode_of
from memory.measure.modes import Measures

Row = JsonObject
FIELDS: dict[str, dict[str, type]] = {
    "trajectories.jsonl": {"slot": int, "directive": dict, "cluster": dict, "messages": list},
    "rejected.jsonl": {"slot": int, "directive": dict, "reason": str},
}
"""File of a run -> what each of its rows has."""


@dataclass
class Summary:
    """What a run's files hold, counted in one pass."""

    accepted: int = 0
    reasons: Counter[str] = field(default_factory=Counter)
    blames: Counter[str] = field(default_factory=Counter)
    faults: Counter[str] = field(default_factory=Counter)
    modes: Counter[str] = field(default_factory=Counter)
    leaves: Counter[str] = field(default_factory=Counter)
    wanted: set[str] = field(default_factory=set)
    """Leaves that a slot was meant for, accepted or not."""
    signatures: Counter[str] = field(default_factory=Counter)
    services: Counter[str] = field(default_factory=Counter)
    shares: dict[str, float] = field(default_factory=lambda: defaultdict(float))
    """Kind of unit -> the sum over slots of its share in what the directive added to evolution's coverage."""
    measures: list[Measures] = field(default_factory=list)
    """Of the accepted rows that hold them, for the intervals of what is measured of a run."""
    novelties: list[tuple[int, float]] = field(default_factory=list)
    metrics: list[Row] = field(default_factory=list)
    cost: Row = field(default_factory=dict)
    manifest: Row = field(default_factory=dict)

    @property
    def slots(self) -> int:
        return self.accepted + self.reasons.total()

    def add(self, row: Row) -> None:
        self.wanted.add(row["directive"]["leaf"])
        gains = row["directive"].get("gains") or {}
        whole = sum(gains.values())
        for kind, gain in gains.items() if whole else ():
            self.shares[kind] += gain / whole
        if "reason" in row:
            self.reasons[row["reason"]] += 1
            self.blames[blame_of(row)] += 1
            self.faults.update(fault.partition(":")[0] for fault in row.get("faults") or ())
            return
        self.accepted += 1
        self.modes[mode_of(row)] += 1
        self.leaves[leaf_of(row)] += 1
        self.signatures[(row.get("measures") or {}).get("signature", "")] += 1
        if row.get("measures"):
            self.measures.append(Measures.model_validate(row["measures"]))
        services = {key.rsplit("/", 1)[0] for key in row["cluster"].get("tools", {}).values()} - {SERVICE}
        self.services.update(sorted(services))  # of as many rows in the order of their first, the same in each process
        if row.get("nearest") is not None:
            self.novelties.append((row["slot"], row["nearest"]))


def read(folder: Path) -> Summary:
    """The summary of a run. Raises UsageError where there is no run."""
    summary = open_run(folder)
    for _, row in read_rows(folder):
        summary.add(row)
    return summary


def open_run(folder: Path) -> Summary:
    """The summary of a run whose rows are still to be added. Raises UsageError where there is no run."""
    if not (folder / "trajectories.jsonl").is_file():
        raise UsageError(f"{folder}: no trajectories.jsonl there; give the folder of a run, such as runs/default")
    manifest = find_manifest(folder)
    metrics = [row for _, row in _rows(folder / "metrics.jsonl", {})]
    return Summary(metrics=metrics, cost=find_object(folder / "cost.json"), manifest=manifest)


def describe(folder: Path) -> Iterator[str]:
    """The summary in a few lines for a terminal."""
    summary = read(folder)
    yield f"accepted {summary.accepted} of {summary.slots} slots in {folder}"
    counts = {
        f"rejected ({summary.slots - summary.accepted})": summary.reasons,
        f"modes ({len(summary.modes)})": summary.modes,
        f"services ({len(summary.services)})": summary.services,
    }
    for title, counter in counts.items():
        shown = ", ".join(f"{name} {count}" for name, count in counter.most_common(12))
        yield f"{title}: {shown or 'none'}"
    if "sandbox" in summary.manifest:
        yield f"sandbox of executed code: {summary.manifest['sandbox']}"
    yield f"files: {', '.join(sorted(path.name for path in folder.iterdir() if path.suffix in ('.json', '.jsonl')))}"


def read_rows(folder: Path) -> Iterator[tuple[bytes, Row]]:
    """Accepted and rejected rows with their lines, in slot order. Raises: UsageError: one is no row of a run."""
    files = (_rows(folder / name, fields) for name, fields in FIELDS.items())
    return merge(*files, key=lambda item: item[1]["slot"])


def _rows(path: Path, fields: Mapping[str, type]) -> Iterator[tuple[bytes, Row]]:
    return read_rows_of(path, fields) if path.is_file() else iter(())
