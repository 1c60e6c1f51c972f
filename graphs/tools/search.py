"""What other services of a run do: a tool search for the BlueprintAgent, who has someone ask for it in vain."""

import asyncio
from collections.abc import Sequence
from random import Random

import numpy as np

from agents.plan.code_tool import own
from agents.schema import Cluster, Tool
from memory.clusters.survey import search_text
from memory.embed.cache import Cached
from memory.embed.embedder import Embedder
from memory.statistics import Floats

SHOWN = 8
"""Tools of other services that are named."""
NEAR = 40
"""Of so many that are near: were they always the nearest, a cluster's refusals would all ask for the same."""
SAME = 0.25
"""A tool nearer than this to one of the cluster's does what the cluster does: nobody asks for it in vain."""


class Elsewhere:
    """The search over the tools of these clusters, which are embedded when it is first asked.

    It is exact: an approximate index over ten thousand tools answers differently from run to run, and so would the run.
    """

    def __init__(self, clusters: Sequence[Cluster], embedder: Embedder) -> None:
        self._tools = list({tool.key: tool for cluster in clusters for tool in cluster.tools}.values())
        self._embedder = Cached(embedder)
        self._rows = {tool.key: row for row, tool in enumerate(self._tools)}
        self._vectors: Floats | None = None
        self._by_cluster: dict[str, list[Tool]] = {}
        self._alone = asyncio.Lock()  # many slots ask at once, and the first one embeds all tools

    async def __call__(self, cluster: Cluster, slot: int = 0) -> list[Tool]:
        """Tools near to what the cluster is about that belong to other services; other ones for another slot."""
        async with self._alone:
            if cluster.id not in self._by_cluster:
                self._by_cluster[cluster.id] = await asyncio.to_thread(self.nearest, cluster)
        near = self._by_cluster[cluster.id]
        return Random(slot).sample(near, min(SHOWN, len(near)))

    def nearest(self, cluster: Cluster) -> list[Tool]:
        """The tools of other services that are nearest, the nearest first; it takes its time the first time."""
        if self._vectors is None:
            self._vectors = self._embedder.embed([search_text(tool) for tool in self._tools]).astype(np.float64)
        # by its tools, for a title is a handful of their words; the Code Tool is everybody's
        offered = [self._rows[tool.key] for tool in own(cluster).values()]
        queries = self._vectors[offered] if offered else self._embedder.embed([cluster.title])
        # not `@`: BLAS's threads wait spinning for a tenth of a second, which was a twelfth of a run's CPU time
        apart = np.round(1.0 - np.einsum("ij,kj->ik", self._vectors, queries), 6)
        services = {tool.service for tool in cluster.tools}
        distances = zip(apart.mean(axis=1).tolist(), apart.min(axis=1).tolist(), self._tools, strict=True)
        others = [
            (mean, tool.key, tool) for mean, least, tool in distances if tool.service not in services and least >= SAME
        ]
        return [tool for _, _, tool in sorted(others)[:NEAR]]
