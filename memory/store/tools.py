"""The catalogue [ours]: tool definitions in Chroma, searched by what they do.

The vectors are ours. Chroma keeps them; the search is exact, over all of them: its graph is approximate, and over ten
thousand tools it answers differently from one fill to the next. What lies at the same distance comes in the order of
its key.

    python -m memory.store search "refund an order" [--tools FILE_OR_FOLDER]
"""

from collections.abc import Iterable, Sequence
from hashlib import sha256
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from agents.schema import Tool
from memory.clusters.survey import search_text
from memory.embed.embedder import Embedder
from memory.statistics import Floats

BATCH = 2000


class Match(NamedTuple):
    """A tool near to a query; `distance` is cosine, 0 (the same direction) to 2."""

    tool: Tool
    distance: float


class Catalogue:
    """Tools by key; one process at a time owns the folder, and without one the catalogue is in memory."""

    def __init__(self, embedder: Embedder, folder: Path | None = None) -> None:
        self._embedder = embedder
        self._read: tuple[list[str], Floats] | None = None
        import chromadb  # a second of CPU time: --help does without
        from chromadb.config import Settings

        settings = Settings(anonymized_telemetry=False)
        self._client: Any = (
            chromadb.PersistentClient(path=str(folder), settings=settings)
            if folder
            else chromadb.EphemeralClient(settings=settings)
        )
        name = f"tools-{sha256(embedder.name.encode()).hexdigest()[:16]}"  # vectors of another model are others
        self._tools: Any = self._client.get_or_create_collection(
            name, embedding_function=None, configuration={"hnsw": {"space": "cosine"}}
        )

    def __len__(self) -> int:
        return int(self._tools.count())

    def fill(self, tools: Sequence[Tool]) -> int:
        """Makes the catalogue hold exactly these tools; returns how many were new or had changed."""
        self._read = None
        wanted = {tool.key: tool for tool in tools}
        stored = self._tools.get(include=["metadatas"])
        held = {key: data["sha256"] for key, data in zip(stored["ids"], stored["metadatas"], strict=True)}
        for keys in _batches([key for key in held if key not in wanted]):
            self._tools.delete(ids=keys)
        stale = [tool for key, tool in wanted.items() if held.get(key) != _digest(tool)]
        for part in _batches(stale):
            self._tools.upsert(
                ids=[tool.key for tool in part],
                embeddings=self._embedder.embed([search_text(tool) for tool in part]),
                documents=[tool.model_dump_json() for tool in part],
                metadatas=[{"service": tool.service, "sha256": _digest(tool)} for tool in part],
            )
        return len(stale)

    def search(self, query: str, k: int = 5) -> list[Match]:
        """The k tools nearest to the query in meaning, fewer if there are fewer."""
        if not (near := self.nearest(query, k)):
            return []
        stored = self._tools.get(ids=list(near), include=["documents"])
        tools = {
            key: Tool.model_validate_json(text) for key, text in zip(stored["ids"], stored["documents"], strict=True)
        }
        return [Match(tools[key], distance) for key, distance in near.items()]

    def nearest(self, query: str, k: int = 5) -> dict[str, float]:
        """Key -> distance of those tools, nearest first: for a caller who has the tools, in half the time."""
        keys, vectors = self._vectors()
        if not keys:
            return {}
        # in float64: the order of nearly equal tools must not hang on how a processor adds in float32
        near = vectors @ self._embedder.embed([query])[0].astype(np.float64)
        distances = np.maximum(np.round(1.0 - near, 6), 0.0) + 0.0  # never -0.0
        return {key: distance for distance, key in sorted(zip(distances.tolist(), keys, strict=True))[:k]}

    def _vectors(self) -> tuple[list[str], Floats]:
        """The keys and their vectors, read from Chroma once after each fill."""
        if self._read is None:
            stored = self._tools.get(include=["embeddings"])
            self._read = list(stored["ids"]), np.asarray(stored["embeddings"], dtype=np.float64)
        return self._read

    def close(self) -> None:
        self._client.close()


def _digest(tool: Tool) -> str:
    return sha256(tool.model_dump_json().encode()).hexdigest()


def _batches(items: Sequence[Any]) -> Iterable[Sequence[Any]]:
    return (items[start : start + BATCH] for start in range(0, len(items), BATCH))
