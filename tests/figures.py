"""Figures on a page that stand alone: a score without its n, its interval, its floor or its ceiling."""

import re
from html.parser import HTMLParser

SCORED = re.compile(r"\b(score|difference|lead|mean|gain)\b|is better", re.I)
INTERVAL = re.compile(r"95%")
COUNTS = {"n", "seeds", "trials", "tasks"}


class Tables(HTMLParser):
    """The tables of a page as rows of cells, the header first."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tables: list[list[list[str]]] = []
        self._open = False
        self.feed(html)

    def handle_starttag(self, tag: str, attributes: object) -> None:
        if tag == "table":
            self.tables.append([])
        elif tag == "tr":
            self.tables[-1].append([])
        elif tag in ("td", "th"):
            self.tables[-1][-1].append("")
            self._open = True

    def handle_endtag(self, tag: str) -> None:
        if tag in ("td", "th"):
            self._open = False

    def handle_data(self, text: str) -> None:
        if self._open:
            self.tables[-1][-1][-1] += text


def bare(html: str, bounds: bool = False) -> list[str]:
    """What is wrong with each table that tells scores; `bounds`: floor and ceiling must be columns too."""
    faults = []
    for header, *rows in Tables(html).tables:
        if not any(map(SCORED.search, header)):
            continue
        names = {name.strip().lower() for name in header}
        missing = [] if any(map(INTERVAL.search, header)) else ["no interval"]
        missing += [] if names & COUNTS else ["no n"]
        missing += [f"no {name}" for name in ("floor", "ceiling") if bounds and name not in names]
        missing += ["no row"] if not rows else []
        faults += [f"{header}: {fault}" for fault in missing]
    return faults


def bare_markdown(text: str) -> list[str]:
    """Rows of a Markdown table whose score has no interval beside it or no n."""
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in text.splitlines() if line.startswith("|")]
    faults = []
    for label, score, n, *_ in rows[2:]:
        if not re.fullmatch(r"-?[\d.]+ \[(-?[\d.]+, -?[\d.]+|no interval)\]", score) or not re.fullmatch(r"\d+", n):
            faults.append(f"{label}: {score}, n {n}")
    return faults
