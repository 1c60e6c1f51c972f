"""Vectors of texts that were embedded before, by the hash of their content: a second run embeds nothing.

One SQLite file for each model in the user's cache folder; to delete it costs time.
"""

import os
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing
from hashlib import sha256
from pathlib import Path

import numpy as np

from memory.embed.embedder import Embedder, Vectors

BATCH = 1000
"""Keys asked for, and texts embedded, at a time: what is embedded is kept even if the next batch fails."""


def make_folder() -> Path:
    """The user's cache folder (`XDG_CACHE_HOME`, else ~/.cache), made where it is missing."""
    folder = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "tdscaling"
    folder.mkdir(parents=True, exist_ok=True)
    return folder


class Cached:
    """An embedder that remembers; several processes may share the file."""

    def __init__(self, embedder: Embedder, folder: Path | None = None) -> None:
        self._embedder, self.name = embedder, embedder.name
        self.embedded = 0
        """Texts that were not remembered."""
        folder = folder or make_folder()
        # of a folder also its files, so that other weights in it are another model
        model = Path(self.name)
        files = sorted(path for path in model.rglob("*") if path.is_file()) if model.is_dir() else []
        states = [f"{path} {path.stat().st_size} {path.stat().st_mtime_ns}" for path in files]
        identity = "\n".join([self.name, *states])
        self._path = folder / f"vectors-{sha256(identity.encode()).hexdigest()[:16]}.sqlite"

    def embed(self, texts: Sequence[str]) -> Vectors:
        keys = [sha256(text.encode(errors="surrogatepass")).digest() for text in texts]
        wanted = dict(zip(keys, texts, strict=True))
        with closing(sqlite3.connect(self._path, timeout=60)) as store:
            store.execute("pragma journal_mode = wal")
            store.execute("pragma synchronous = normal")  # what a power cut takes is embedded again
            store.execute("create table if not exists vectors (key blob primary key, vector blob) without rowid")
            rows = dict(_read(store, wanted))
            for part in _batches([key for key in wanted if key not in rows]):
                vectors = self._embedder.embed([wanted[key] for key in part])
                self.embedded += len(part)
                rows.update(zip(part, vectors, strict=True))
                with store:
                    values = ((key, vector.tobytes()) for key, vector in zip(part, vectors, strict=True))
                    # another process may have embedded the same text meanwhile
                    store.executemany("insert or ignore into vectors values (?, ?)", values)
        return np.stack([rows[key] for key in keys]) if keys else self._embedder.embed([])


def _read(store: sqlite3.Connection, keys: Iterable[bytes]) -> Iterator[tuple[bytes, Vectors]]:
    """The vectors that the file holds of these keys."""
    for part in _batches(list(keys)):
        places = ", ".join("?" * len(part))
        for key, vector in store.execute(f"select key, vector from vectors where key in ({places})", part):
            yield key, np.frombuffer(vector, dtype=np.float32)


def _batches(keys: Sequence[bytes]) -> Iterable[Sequence[bytes]]:
    return (keys[start : start + BATCH] for start in range(0, len(keys), BATCH))
