"""Figures on a page that stand alone: a score without its n, its interval, its floor or its ceiling."""

import re
from html.parser import HTMLParser

SCORED = re.compile(r"\b(score|difference|lead|mean|gain)\b|is better", re.I)
INTERVAL = re.compile(r"95%")
COUNTS = {"n", "seeds", "trials", "tasks"}
MEASURED = re.compile(r"entropy|h_(dom|mode)|\bcac$|^accepted$|share$", re.I)
"""Rows of a run's summary that are measured; the others are counts of things, settings and what was spent."""
UNBOUNDED = re.compile(r"cac|loss", re.I)
RANGE = re.compile(r"\[-?[\d.,%]+, -?[\d.,%]+\]|none: n of \d+ decides")


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


def bare_rows(html: str) -> list[str]:
    """Measured rows of a page's tables with an interval's column that lack interval, n, floor or ceiling."""
    faults = []
    for header, *rows in Tables(html).tables:
        if not any(map(INTERVAL.search, header)):
            continue
        names = [name.strip().lower() for name in header]
        for row in (row for row in rows if MEASURED.search(row[0])):
            cells = dict(zip(names, row, strict=True))
            intervals = [cell for name, cell in zip(names, row, strict=True) if INTERVAL.search(name)]
            missing = ["interval"] * (not all(map(RANGE.fullmatch, intervals)))
            missing += ["n"] * (not re.fullmatch(r"[\d,]+", cells.get("n", "")))
            for bound in {"floor", "ceiling"} & set(names):
                known = re.fullmatch(r"-?[\d.]+", cells[bound]) or (bound == "ceiling" and UNBOUNDED.search(row[0]))
                missing += [bound] * (not known)
            faults += [f"{row[0]}: no {name}" for name in missing]
    return faults


def markdown_tables(text: str) -> list[list[list[str]]]:
    """The tables of a Markdown page as rows of cells, the header first, without the line of dashes."""
    tables: list[list[list[str]]] = [[]]
    for line in text.splitlines():
        if line.startswith("|"):
            tables[-1].append([cell.strip() for cell in line.strip().strip("|").split("|")])
        elif tables[-1]:
            tables.append([])
    return [[table[0], *table[2:]] for table in tables if len(table) > 2]


def bare_docs(text: str) -> list[str]:
    """Tables of a page whose header tells scores, leads or gains without intervals, or without how many they are of."""
    faults = []
    for header, *rows in markdown_tables(text):
        names = " ".join(header).lower()
        if not SCORED.search(names):
            continue
        ranged = any(RANGE.search(cell) for row in rows for cell in row)
        if not (INTERVAL.search(names) or ranged):
            faults.append(f"{header}: no interval")
        if not set(re.findall(r"[a-z]+", names)) & (COUNTS | {"rows", "clusters"}) and " of " not in str(rows):
            faults.append(f"{header}: no n")
    return faults
