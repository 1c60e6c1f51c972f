"""Size of report.html of 20,000 slots, and seconds until it can be used: python -m tests.bench.report

The rows of a small run of the offline teacher are numbered anew, with other goals, until there are enough. Needs
chromedriver (`make browser`). Exits with 1 where the page, a filter or a search takes longer than 2 s in headless
Chromium, or the page is larger than 12 MB.
"""

import argparse
import json
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from statistics import median
from typing import Any

import orjson
from selenium import webdriver
from selenium.webdriver.common.by import By

from graphs.report import page as report

ROOT = Path(__file__).parents[2]
LIMIT_S = 2.0
LIMIT_MB = 12.0
SEARCH = "form.search.value = {text!r}; form.deep.checked = {deep}; await refresh();"
OPEN = "location.hash = 'slot={slot}'; await open();"


def enlarge(folder: Path, count: int) -> None:
    """Repeats the run's rows until there are `count`; every seventh is rejected."""
    rows = [orjson.loads(line) for line in (folder / "trajectories.jsonl").open("rb")]
    last = orjson.loads((folder / "metrics.jsonl").read_bytes().splitlines()[-1])
    end = {"reason": "rules", "stop": "completed", "detail": "", "faults": ["leak: call_1 made up"], "cost": None}
    kinds: dict[str, list[dict[str, Any]]] = {"trajectories": [], "rejected": [], "metrics": []}
    for slot in range(count):
        row = rows[slot % len(rows)]
        row = {**row, "slot": slot, "blueprint": {**row["blueprint"], "goal": f"{row['blueprint']['goal']}, {slot}"}}
        kinds["metrics"].append({**last, "slot": slot})
        kinds["trajectories" if slot % 7 else "rejected"].append(row if slot % 7 else {**row, **end})
    for name, kind in kinds.items():
        (folder / f"{name}.jsonl").write_bytes(b"".join(orjson.dumps(row) + b"\n" for row in kind))


def took_s(browser: webdriver.Chrome, work: str) -> float:
    """Seconds that the page's own functions need, one frame painted included."""
    script = f"const done = arguments[0], began = performance.now(); (async () => {{ {work}"
    script += " requestAnimationFrame(() => setTimeout(() => done(performance.now() - began))); })()"
    return float(browser.execute_async_script(script)) / 1000


def opened_s(browser: webdriver.Chrome, page: Path) -> float:
    """Seconds from the start of loading until the list can be used."""
    browser.get("about:blank")
    browser.get(page.as_uri())
    while not (ready := browser.execute_script("return performance.getEntriesByName('ready')[0]?.startTime")):
        time.sleep(0.01)
    assert browser.find_element(By.ID, "count").text != "Opening…"
    return float(ready) / 1000


def measure(page: Path, repeats: int) -> dict[str, float]:
    """Median seconds of each thing that a reader does first."""
    options = webdriver.ChromeOptions()
    for argument in ("--headless=new", "--no-sandbox"):
        options.add_argument(argument)
    browser = webdriver.Chrome(options, webdriver.ChromeService(shutil.which("chromedriver")))
    steps = {
        "filter": "form.mode.value = 'chained'; await refresh();",
        "search": SEARCH.format(text="list events", deep="false"),
        "choose": OPEN.format(slot=2048),  # a power of two: of a large run one slot in 2, 4, 8 is there
        "search in all conversations, the first time": SEARCH.format(text="call_3", deep="true"),
        "search in all conversations, again": SEARCH.format(text="call_4", deep="true"),
    }
    times: dict[str, list[float]] = {name: [] for name in ("open", *steps)}
    try:
        for _ in range(repeats):
            times["open"].append(opened_s(browser, page))
            for name, work in steps.items():
                times[name].append(took_s(browser, work))
    finally:
        browser.quit()
    return {name: round(median(seconds), 3) for name, seconds in times.items()}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=20_000)
    parser.add_argument("--repeats", type=int, default=5)
    parser.add_argument("--run", type=Path, help="whose rows are repeated; by default a new one of 60 slots")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        run = Path(folder) / "run"
        if options.run:
            shutil.copytree(options.run, run, ignore=shutil.ignore_patterns("memory", "journal*"))
        else:
            command = [sys.executable, "-m", "graphs.run", "--out", str(run), "--count", "60"]
            subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
        enlarge(run, options.count)
        began = time.process_time()
        page = report.write(run)
        written = {
            "cpu_s_to_write": round(time.process_time() - began, 1),
            "MB": round(page.stat().st_size / 1e6, 1),
        }
        times = measure(page, options.repeats)
    for name, seconds in times.items():
        print(f"{name:>45} {seconds:7.3f} s")
    print(json.dumps({"count": options.count, **written, "seconds": times}))
    raise SystemExit(int(max(times.values()) > LIMIT_S or written["MB"] > LIMIT_MB))


if __name__ == "__main__":
    main()
