"""Rows of a run -> what report.js browses: an index of all of them, and rows and requests in compressed parts.

The index is inflated when the page opens, a part when one of its rows is looked at.
"""

import zlib
from base64 import b64decode, b64encode
from collections.abc import Callable, Iterator, Sequence
from statistics import mean

import orjson

from agents.schema import JsonObject
from memory.store.novelty import trajectory_text

PART = 50
"""Rows in a part."""
SHOWN = 5_000
"""Rows that can be browsed at most; each also has its mark in the map and its line in the index."""
WEIGHT = 8_000_000
"""Bytes of all parts at most. With SHOWN it keeps a page of any run under 12 MB, which a browser opens at once."""


class Browser:
    """A fold over rows in slot order; holds them compressed, and of a large run every second, fourth, eighth one.

    How many rows there will be and how long they are is not known before, so a fold that is full lets go of every
    second row that it holds, and goes on with every second one of those to come.
    """

    def __init__(
        self,
        read_requests: Callable[[Sequence[int]], Sequence[Sequence[JsonObject]]] = lambda slots: [()] * len(slots),
        shown: int = SHOWN,
        weight: int = WEIGHT,
    ) -> None:
        self._shown, self._weight = shown, weight
        self.entries: list[JsonObject] = []
        self.texts: list[str] = []
        """What the Global Memory embeds of each entry."""
        self.stride = 1
        """It holds one row of so many."""
        self._rows = 0
        # asked for the slots of a part when that is packed: which of a large run's will be shown nobody knows before
        self._read_requests = read_requests
        self._parts: dict[str, str] = {}
        self._part: list[bytes] = []

    def add(self, line: bytes, row: JsonObject) -> None:
        """Take up a row and the line it was read from, if it is one of those that are held."""
        self._rows += 1
        if (self._rows - 1) % self.stride:
            return
        self.entries.append(entry(row))
        self.texts.append(trajectory_text(row, (row.get("measures") or {}).get("signature", "")))
        self._part.append(line)
        if len(self._part) == PART:
            self._close()
            # again and again, where one thinning is not enough: at least one part stays in any case
            while len(self.entries) > self._shown or sum(map(len, self._parts.values())) > self._weight:
                packed = [self._parts[f"rows-{part}"] for part in range(len(self.entries) // PART)]
                lines = b"".join(zlib.decompress(b64decode(part)) for part in packed).splitlines(keepends=True)
                entries, self.entries = self.entries[::2], []
                self.texts, self._parts, self.stride = self.texts[::2], {}, 2 * self.stride
                for kept, kept_line in zip(entries, lines[::2], strict=True):
                    self.entries.append(kept)
                    self._part.append(kept_line)
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
        requests = self._read_requests([entry["slot"] for entry in self.entries[first:]])
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
