"""Clusters of two servers [ours]: of any two, or of two that one person would have to do with at once."""

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Sequence
from itertools import islice
from random import Random

import numpy as np

from agents.schema import Cluster, Tool
from memory.clusters import leaves
from memory.embed.embedder import Embedder, unit
from memory.stock import ABLE, Skill, work_of

KIN = 0.4
"""Cosine from which what two servers bring is about like things: of pairs below it many only share a word."""
TRADE = 0.3
"""What a common trade counts beside it: a flight and a hotel have hardly a word in common."""
NEAREST = 12
"""Partners that a cluster is joined with one of."""
Pair = tuple[Cluster, Cluster]


def any_two(clusters: Sequence[Cluster], seed: int, each: int) -> list[Cluster]:
    """Half as many clusters again, each of the tools of two that lie on different servers, so many of each."""
    rng, ordered = Random(f"servers:{seed}"), sorted(clusters, key=lambda cluster: cluster.id)
    return _join(((first, rng.choice(ordered)) for first in rng.sample(ordered, len(ordered) // 2)), each)


def related(clusters: Sequence[Cluster], seed: int, each: int, vectors: Embedder, skill: Skill) -> list[Cluster]:
    """The same, but of servers of one trade or about like things: hardly anybody needs a railway and a database.

    Only clusters are joined of which the teacher calls a tool; these tools come first, and tell what it is about. Each
    server that has a partner is the first of a pair as often as every other.
    """
    able = sorted((c for c in clusters if any(map(skill.calls, c.tools))), key=lambda cluster: cluster.id)
    brought = [[tool for tool in _first(cluster, each, skill) if skill.calls(tool)] for cluster in able]
    partners = find_partners(brought, vectors, skill)
    by_service: dict[str, list[int]] = defaultdict(list)
    for place, cluster in enumerate(able):
        if partners[place]:
            by_service[cluster.tools[0].service].append(place)
    rng, pairs = Random(f"servers:{seed}"), list[Pair]()
    order = rng.sample(list(by_service), len(by_service))
    for turn in range(len(clusters) // 2 if order else 0):
        first = rng.choice(by_service[order[turn % len(order)]])
        pairs.append((able[first], able[rng.choice(partners[first])]))
    return _join(pairs, each, skill)


def find_partners(brought: Sequence[Sequence[Tool]], vectors: Embedder, skill: Skill) -> list[list[int]]:
    """For each group of tools the places of those nearest to it, NEAREST at most: of other servers, with other tools.

    Nobody asks two servers for the same.
    """
    if not brought:
        return []
    meanings = unit(leaves.meanings(brought, vectors)).astype(np.float64)
    trades = np.array([skill.trade(tools) for tools in brought])
    services = [{tool.service for tool in tools} for tools in brought]
    does = [{key for tool in tools for key in (skill.kind(tool), work_of(tool.key))} for tools in brought]
    partners = list[list[int]]()
    for place, trade in enumerate(trades):
        # rounded, or another machine's last bit would choose other partners
        like = np.round(meanings @ meanings[place] + TRADE * ((trades == trade) & (trade != "")), 6)
        near = (int(other) for other in np.argsort(-like, kind="stable") if like[other] >= KIN)
        apart = (o for o in near if services[o].isdisjoint(services[place]) and does[o].isdisjoint(does[place]))
        partners.append(list(islice(apart, NEAREST)))
    return partners


def _first(cluster: Cluster, each: int, skill: Skill) -> list[Tool]:
    return sorted(cluster.tools, key=skill.calls, reverse=True)[:each]


def _join(pairs: Iterable[Pair], each: int, skill: Skill = ABLE) -> list[Cluster]:
    """A cluster of each pair of different servers, each once."""
    joined = dict[str, Cluster]()
    for cluster, other in pairs:
        if {tool.service for tool in cluster.tools}.isdisjoint(tool.service for tool in other.tools):
            digest = hashlib.sha256(f"{cluster.id} {other.id}".encode()).hexdigest()
            title = f"{cluster.title} and {other.title}"
            tools = (*_first(cluster, each, skill), *_first(other, each, skill))
            both = Cluster(id=f"m{digest[:10]}", leaf=cluster.leaf, title=title, tools=tools)
            joined.setdefault(both.id, both)
    return list(joined.values())
