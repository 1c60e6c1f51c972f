"""What other services of a run do: a catalogue search for the BlueprintAgent, who has someone ask for it in vain."""

import asyncio
from collections.abc import Sequence
from pathlib import Path

from agents.schema import Cluster, Tool
from memory.embed.cache import Cached
from memory.embed.embedder import Embedder
from memory.store.tools import Catalogue

NEAREST, SHOWN = 40, 5
"""Tools looked at, and those of other services that are named."""


class Elsewhere:
    """The search over the tools of these clusters; the catalogue is made, in the folder, when it is first asked."""

    def __init__(self, clusters: Sequence[Cluster], embedder: Embedder, folder: Path) -> None:
        self._tools = {tool.key: tool for cluster in clusters for tool in cluster.tools}
        self._embedder, self._folder = embedder, folder
        self._catalogue: Catalogue | None = None
        self._found: dict[str, list[Tool]] = {}
        self._alone = asyncio.Lock()

    async def __call__(self, cluster: Cluster) -> list[Tool]:
        """The tools nearest to what the cluster is about that belong to other services."""
        async with self._alone:
            if cluster.id not in self._found:
                self._found[cluster.id] = await asyncio.to_thread(self._near, cluster)
        return self._found[cluster.id]

    def _near(self, cluster: Cluster) -> list[Tool]:
        if self._catalogue is None:
            self._catalogue = Catalogue(Cached(self._embedder), self._folder)
            self._catalogue.fill(list(self._tools.values()))
        own = {tool.service for tool in cluster.tools}
        near = (self._tools[key] for key in self._catalogue.nearest(cluster.title, NEAREST))
        return [tool for tool in near if tool.service not in own][:SHOWN]

    def close(self) -> None:
        if self._catalogue:
            self._catalogue.close()
