"""Clusters in which the tools of a live server stand beside simulated ones [ours].

Services seldom feed a live one by the names of their fields, and then no candidate spans both. Yet work that needs a
real calculator needs a real calculator beside something: the cluster that is nearest in meaning.
"""

from collections import Counter
from collections.abc import Sequence

import numpy as np

from agents.schema import Cluster
from memory.clusters import leaves
from memory.clusters.build import cluster
from memory.embed.embedder import Embedder

SIDE = 6
"""Tools at most of each kind, so that both fit into a cluster."""


def beside(built: Sequence[Cluster], embedder: Embedder) -> list[Cluster]:
    """For each cluster of live tools one more, with the nearest cluster of simulated tools.

    Where there are none of these, with the nearest of live tools of another server.
    """
    live = [cluster for cluster in built if all(tool.live for tool in cluster.tools)]
    simulated = [cluster for cluster in built if not any(tool.live for tool in cluster.tools)]
    others = simulated or live
    if not live:
        return []
    of_live, of_others = (leaves.meanings([part.tools for part in side], embedder) for side in (live, others))
    near = of_live @ of_others.T
    sizes, joined = Counter(cluster.leaf for cluster in built), dict[str, Cluster]()
    for part, row in zip(live, near, strict=True):
        order = (others[at] for at in np.argsort(-row, kind="stable"))
        other = next((other for other in order if _services(part).isdisjoint(_services(other))), None)
        if other:
            both = _join(part, other, sizes)
            joined.setdefault(both.id, both)
    return list(joined.values())


def _services(part: Cluster) -> set[str]:
    return {tool.service for tool in part.tools}


def _join(part: Cluster, other: Cluster, sizes: Counter[str]) -> Cluster:
    sides = [(side.tools[:SIDE], side.leaf) for side in (part, other)]
    tools = [tool for part, _ in sides for tool in part]
    return cluster(tools, [leaf for part, leaf in sides for _ in part], sizes)
