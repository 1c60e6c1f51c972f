"""Clusters of two servers: which strategy draws them, and how many tools they offer."""

from collections import Counter

import pytest

from agents.schema import Cluster, Tool
from graphs.campaign.config import Part, Strategy
from graphs.strategies import UNSTEERED, gather


def offer(service: str, count: int) -> Cluster:
    names = (f"get_{service}_{n}" for n in range(count))
    tools = (Tool(service=service, name=name, description="Gets it.", input_schema={}) for name in names)
    return Cluster(id=service, leaf="0.0", title=service, tools=tuple(tools))


CLUSTERS = [offer(f"s{n}", 8) for n in range(8)]


@pytest.mark.parametrize(("strategy", "each"), [(Strategy.TDSCALING, 3), (Strategy.TOUCAN, 6)])
def test_two_servers_bring_so_many_tools_each(strategy: Strategy, each: int) -> None:
    joined = gather(strategy, frozenset(), CLUSTERS, seed=0)[8:]
    assert 0 < len(joined) <= 4
    for cluster in joined:
        assert sorted(Counter(tool.service for tool in cluster.tools).values()) == [each, each]


def test_evolution_joins_servers_of_the_same_leaf_where_there_are_two() -> None:
    leaves = ["0.0", "0.0", "0.0", "1.0", "1.0", "1.0", "2.0"]
    clusters = [offer(f"s{n}", 4).model_copy(update={"leaf": leaf}) for n, leaf in enumerate(leaves)]
    leaf_of = {cluster.tools[0].service: cluster.leaf for cluster in clusters}
    for seed in range(20):
        for cluster in gather(Strategy.TDSCALING, frozenset(), clusters, seed)[7:]:
            pair = {leaf_of[tool.service] for tool in cluster.tools}
            assert pair == {cluster.leaf} or cluster.leaf == "2.0"


def test_clusters_that_somebody_chose_are_not_joined() -> None:
    assert gather(Strategy.TDSCALING, frozenset(), CLUSTERS, seed=0, as_named=True) == CLUSTERS


@pytest.mark.parametrize("without", [UNSTEERED, frozenset([Part.CLUSTER_SAMPLING])])
def test_nothing_is_joined_without_cluster_sampling(without: frozenset[Part]) -> None:
    assert gather(Strategy.RANDOM, without, CLUSTERS, seed=0) == CLUSTERS
