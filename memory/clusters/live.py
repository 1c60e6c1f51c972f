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
from memory.embed.embedder import Embedder, Vectors

SIDE = 6
"""Tools at most of each kind, so that both fit into a cluster."""


def beside(built: Sequence[Cluster], embedder: Embedder) -> list[Cluster]:
    """For each cluster of live tools one with the nearest cluster of simulated tools; none where a kind is missing."""
    live = [one for one in built if all(tool.live for tool in one.tools)]
    simulated = [one for one in built if not any(tool.live for tool in one.tools)]
    if not live or not simulated:
        return []
    nearest = np.argmax(_meanings(live, embedder) @ _meanings(simulated, embedder).T, axis=1)
    sizes = Counter(one.leaf for one in built)
    return [_joined(one, simulated[near], sizes) for one, near in zip(live, nearest, strict=True)]


def _meanings(groups: Sequence[Cluster], embedder: Embedder) -> Vectors:
    """A row for each cluster: what its tools are about, in sum."""
    return np.stack([embedder.embed([leaves.subject(tool) for tool in one.tools]).sum(axis=0) for one in groups])


def _joined(one: Cluster, other: Cluster, sizes: Counter[str]) -> Cluster:
    sides = [(side.tools[:SIDE], side.leaf) for side in (one, other)]
    tools = [tool for part, _ in sides for tool in part]
    return cluster(tools, [leaf for part, leaf in sides for _ in part], sizes)
