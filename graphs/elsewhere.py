"""What other services of a run do: a catalogue search for the BlueprintAgent, who has someone ask for it in vain."""

import asyncio
from collections.abc import Sequence
from pathlib import Path

from agents.schema import Cluster, Tool
from memory.catalogue import Catalogue
from memory.embedder import Embedder
from memory.vectors import Cached

NEAREST, SHOWN = 40, 5
"""Tools looked at, and those of other services that are named."""


class Elsewhere:
    """The search over the tools of these clusters; the catalogue is made, in the folder, when it is first asked."""

    def __init__(self, clusters: Sequence[Cluster], embedder: Embedder, folder: Path) -> None:
        self._tools = list({tool.key: tool for cluster in clusters for tool in cluster.tools}.values())
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
            self._catalogue.fill(self._tools)
        own = {tool.service for tool in cluster.tools}
        found = self._catalogue.search(cluster.title, NEAREST)
        return [tool for tool, _ in found if tool.service not in own][:SHOWN]

    def close(self) -> None:
        if self._catalogue:
            self._catalogue.close()
