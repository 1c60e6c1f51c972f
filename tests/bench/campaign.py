"""Trajectories per second and memory of a run, small against large: python -m tests.bench.campaign

Each size is one child `graphs.run` in a folder of its own that is thrown away. RSS is read along the way, so that
growth with the count can be told from what start-up takes; times are also given in CPU seconds, for a busy machine.
"""

import argparse
import json
import os
import re
import subprocess
import sys
import tempfile
import time
from dataclasses import asdict, dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
PROGRESS = re.compile(r"(\d+)/(\d+) slots")
QUARTERS = (0, 25, 50, 75, 100)


@dataclass(frozen=True)
class Measured:
    """One run. MiB; `anon` is memory that no file backs, by percent of the slots."""

    count: int
    accepted: int
    per_s: float
    """Slots per second from the first to the last, without start-up."""
    per_cpu_s: float
    startup_cpu_s: float
    cpu_s: float
    """Of the whole process, the report at its end included."""
    peak: float
    rss: dict[int, float]
    anon: dict[int, float]
    load: float
    """Load average of the machine at the end."""


def measure(count: int, tools: list[str]) -> Measured:
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "run"
        options = [option for file in tools for option in ("--tools", file)]
        command = [sys.executable, "-m", "graphs.run", "--out", str(out), "--count", str(count), *options]
        first = last = startup = 0.0
        rss: dict[int, float] = {}
        anon: dict[int, float] = {}
        child = subprocess.Popen(command, cwd=ROOT, stderr=subprocess.PIPE, stdout=subprocess.DEVNULL, text=True)
        tail, done = "", 0
        for tail in child.stderr or ():
            if not (found := PROGRESS.search(tail)):
                continue
            done, last = int(found[1]), time.monotonic()
            if not rss:
                first, startup = last, _cpu(child.pid)
            for quarter in QUARTERS:
                if quarter not in rss and done * 100 >= quarter * count:
                    rss[quarter], anon[quarter] = _mib(child.pid, "VmRSS"), _mib(child.pid, "RssAnon")
        _, status, usage = os.wait4(child.pid, 0)
        child.returncode = os.waitstatus_to_exitcode(status)
        if child.returncode or done != count:
            raise SystemExit(f"graphs.run ended with {child.returncode} after {done} of {count} slots: {tail}")
        cpu = usage.ru_utime + usage.ru_stime
        accepted = sum(1 for _ in (out / "trajectories.jsonl").open("rb"))
    return Measured(
        count=count,
        accepted=accepted,
        per_s=round(count / (last - first), 1),
        per_cpu_s=round(count / (cpu - startup), 1),
        startup_cpu_s=round(startup, 1),
        cpu_s=round(cpu, 1),
        peak=round(usage.ru_maxrss / 1024, 1),
        rss=rss,
        anon=anon,
        load=round(os.getloadavg()[0], 1),
    )


def _cpu(pid: int) -> float:
    """CPU seconds of a living process."""
    ticks = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(ticks[11]) + int(ticks[12])) / os.sysconf("SC_CLK_TCK")


def _mib(pid: int, name: str) -> float:
    """A line of the process's status; 0 where it has just ended."""
    try:
        found = re.search(rf"{name}:\s+(\d+) kB", Path(f"/proc/{pid}/status").read_text())
    except OSError:
        return 0.0
    return round(int(found[1]) / 1024, 1) if found else 0.0


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--tools", action="append", default=[], help="tool definitions; none: the built-in catalogue")
    parser.add_argument("--counts", type=int, nargs=2, default=[200, 2000])
    options = parser.parse_args()
    small, large = (measure(count, options.tools) for count in sorted(options.counts))
    print(f"{'slots':>6} {'accepted':>8} {'per s':>6} {'per CPU s':>9} {'peak MiB':>8} {'load':>5}  RSS MiB at %")
    for one in (small, large):
        along = ", ".join(f"{quarter}: {value:.0f}" for quarter, value in one.rss.items())
        row = f"{one.count:>6} {one.accepted:>8} {one.per_s:>6} {one.per_cpu_s:>9} {one.peak:>8} {one.load:>5}"
        print(f"{row}  {along}")
    ratios = {
        "peak": round(large.peak / small.peak, 3),
        "rss_25_to_100": round(large.rss[100] / large.rss[25], 3) if large.rss[25] else None,
        "per_cpu_s": round(large.per_cpu_s / small.per_cpu_s, 3),
    }
    print(json.dumps({"small": asdict(small), "large": asdict(large), "ratios": ratios}))


if __name__ == "__main__":
    main()
