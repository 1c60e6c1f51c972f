"""Rows of a run -> what report.js browses: an index of all of them, and rows and requests in compressed parts.

The index is inflated when the page opens, a part when one of its rows is looked at.
"""

import zlib
from base64 import b64encode
from collections.abc import Iterator, Mapping, Sequence
from statistics import mean

import orjson

from agents.schema import JsonObject

PART = 50
"""Rows in a part."""
SHOWN = 10_000
"""Rows that can be browsed, the first ones; more would make a page that a browser opens slowly."""


class Browser:
    """A fold over rows in slot order; holds them compressed."""

    def __init__(self, requests: Mapping[int, Sequence[JsonObject]] | None = None) -> None:
        self.entries: list[JsonObject] = []
        self._requests = requests or {}
        self._parts: dict[str, str] = {}
        self._part: list[bytes] = []

    def add(self, line: bytes, row: JsonObject) -> None:
        """Take up a row and the line it was read from; nothing beyond the limit."""
        if len(self.entries) < SHOWN:
            self.entries.append(entry(row))
            self._part.append(line)
            if len(self._part) == PART:
                self._close()

    def data(self) -> dict[str, str]:
        """For the page, by id: `index`, and for every fifty rows `rows-N` and `requests-N`; deflated, as base64."""
        self._close()
        return {"index": _pack(orjson.dumps({"part": PART, "entries": self.entries})), **self._parts}

    def _close(self) -> None:
        if not self._part:
            return
        first = len(self.entries) - len(self._part)
        requests = [self._requests.get(entry["slot"], ()) for entry in self.entries[first:]]
        self._parts[f"rows-{first // PART}"] = _pack(b"".join(self._part))
        self._parts[f"requests-{first // PART}"] = _pack(orjson.dumps(requests))
        self._part = []


def entry(row: JsonObject) -> JsonObject:
    """What the list shows of a row, filters by, sorts by and searches in."""
    verdict, measures = row.get("verdict") or {}, row.get("measures") or {}
    return {
        "slot": row["slot"],
        "outcome": row.get("reason") or "accepted",
        "leaf": leaf_of(row),
        "mode": mode_of(row),
        "blame": blame_of(row),
        "score": round(mean(verdict["scores"].values()), 2) if verdict else None,
        "novelty": row.get("novelty"),
        "cac": measures.get("cac"),
        "goal": (row.get("blueprint") or {}).get("goal", ""),
        "tools": list(row.get("cluster", {}).get("tools", {}).values()),
        "origins": sorted({seen["origin"] for seen in row.get("origins", {}).values()}),
        "words": "\n".join(_words(row)),
    }


def _words(row: JsonObject) -> Iterator[str]:
    yield row.get("cluster", {}).get("title", "")
    yield from row.get("faults") or ()
    yield row.get("detail", "")
    yield (row.get("verdict") or {}).get("reasons", "")


def mode_of(row: JsonObject) -> str:
    """The mode that was played where it was measured, else the one that was asked for."""
    return str((row.get("measures") or {}).get("mode") or row["directive"]["mode"])


def leaf_of(row: JsonObject) -> str:
    return str((row.get("measures") or {}).get("leaf") or row["directive"]["leaf"])


def blame_of(row: JsonObject) -> str:
    """Whom the QualityAgent blames for the worst fault; `not judged` where it never saw the conversation."""
    return str((row.get("verdict") or {}).get("blame", "not judged"))


def _pack(content: bytes) -> str:
    return b64encode(zlib.compress(content)).decode()
