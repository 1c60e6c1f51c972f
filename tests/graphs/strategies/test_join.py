"""Clusters of two servers: which strategy draws them, and how many tools they offer."""

from collections import Counter

import pytest

from agents.schema import Cluster, Tool
from graphs.campaign.config import Part, Strategy
from graphs.strategies import UNSTEERED, gather
from graphs.strategies.joined import find_partners
from memory.embed.embedder import embedder
from memory.stock import ABLE, Skill

TDSCALING = Strategy.TDSCALING


def offer(service: str, count: int, about: str = "Gets it.") -> Cluster:
    names = (f"get_{service}_{n}" for n in range(count))
    tools = (Tool(service=service, name=name, description=about, input_schema={}) for name in names)
    return Cluster(id=service, leaf="0.0", title=service, tools=tuple(tools))


CLUSTERS = [offer(f"s{n}", 8) for n in range(8)]
MEANING = embedder()


@pytest.mark.parametrize(("strategy", "each"), [(Strategy.TDSCALING, 3), (Strategy.TOUCAN, 6)])
def test_two_servers_bring_so_many_tools_each(strategy: Strategy, each: int) -> None:
    joined = gather(strategy, frozenset(), CLUSTERS, MEANING, seed=0)[8:]
    assert 0 < len(joined) <= 4
    for cluster in joined:
        assert sorted(Counter(tool.service for tool in cluster.tools).values()) == [each, each]


def test_evolution_joins_servers_that_are_about_like_things() -> None:
    clusters = [
        offer("radar", 2, "Rain and wind at a weather station"),
        offer("gauge", 2, "Wind and temperature at a weather station"),
        offer("ledger", 2, "Invoices that are overdue"),
    ]
    titles = {
        cluster.title for seed in range(20) for cluster in gather(TDSCALING, frozenset(), clusters, MEANING, seed)[3:]
    }
    assert titles == {"radar and gauge", "gauge and radar"}


def test_servers_of_one_trade_need_hardly_a_word_in_common() -> None:
    about = {"rail": "Seats of trains for travellers", "inn": "Rooms of hotels for travellers", "bank": "Loans"}
    sides = [offer(name, 2, text).tools for name, text in about.items()]
    travel = Skill(trade=lambda tools: "travel" if tools[0].service in ("rail", "inn") else "")
    assert find_partners(sides, MEANING, ABLE) == [[], [], []]
    assert find_partners(sides, MEANING, travel) == [[1], [0], []]


def test_nobody_asks_two_servers_for_the_same() -> None:
    first, second = (
        Tool(service=name, name="get_rain", description="Rain", input_schema={}) for name in ("one", "two")
    )
    other = Tool(service="two", name="get_wind", description="Rain and wind", input_schema={})
    assert find_partners([[first], [second]], MEANING, ABLE) == [[], []]
    assert find_partners([[first], [other]], MEANING, ABLE) == [[1], [0]]


def test_clusters_that_somebody_chose_are_not_joined() -> None:
    assert gather(TDSCALING, frozenset(), CLUSTERS, MEANING, seed=0, as_named=True) == CLUSTERS


@pytest.mark.parametrize("without", [UNSTEERED, frozenset([Part.CLUSTER_SAMPLING])])
def test_nothing_is_joined_without_cluster_sampling(without: frozenset[Part]) -> None:
    assert gather(Strategy.RANDOM, without, CLUSTERS, MEANING, seed=0) == CLUSTERS
