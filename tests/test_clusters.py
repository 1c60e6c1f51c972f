"""Tools to Business Clusters."""

from typing import Any

import pytest

from agents.schema import Cluster, Tool
from memory.clusters import build, dependencies, inputs, leaf_labels, nouns, split
from memory.embedder import Embedder, embedder


def tool(name: str, *required: str, service: str = "npm:@x/shop", out: dict[str, Any] | None = None) -> Tool:
    schema = {"type": "object", "properties": {r: {"type": "string"} for r in required}, "required": list(required)}
    return Tool(name=name, description=name, input_schema=schema, output_schema=out, service=service)


SHOP = [
    tool("list_orders"),
    tool("cancel_order", "order_id"),
    tool("get_order", "id"),
    tool("search_products", "query"),
    tool("update_product", "productId"),
]


@pytest.fixture(scope="module")
def words() -> Embedder:
    return embedder()


def names(clusters: list[Cluster]) -> list[list[str]]:
    return [[tool.name for tool in cluster.tools] for cluster in clusters]


def test_listing_feeds_what_needs_an_id() -> None:
    edges = dependencies(SHOP)
    assert edges == {(0, 1): 2.0, (0, 2): 2.0, (3, 4): 2.0}


def test_declared_outputs_are_believed() -> None:
    order = {"type": "object", "properties": {"id": {"type": "string"}, "total": {"type": "number"}}}
    out = {"type": "object", "properties": {"orders": {"type": "array", "items": order}}}
    assert dependencies([tool("sync", out=out), tool("cancel", "order_id")]) == {(0, 1): 2.0}


def test_types_must_be_compatible() -> None:
    out = {"type": "object", "properties": {"order_id": {"type": "integer"}}}
    assert dependencies([tool("sync", out=out), tool("cancel", "order_id")]) == {}


def test_making_needs_no_id_of_its_own() -> None:
    assert inputs(tool("create_order", "name", "customer_id")) == {("customer", "id"): "string"}
    assert inputs(tool("get_order", "id")) == {("order", "id"): "string"}


def test_nouns_are_singular() -> None:
    assert nouns(tool("shop_list_openOrders_by_user")) == ("open", "order")
    assert nouns(tool("companies")) == ("company",)


def test_parts_follow_dependencies() -> None:
    assert [[t.name for t in part] for part in split(SHOP, 8)] == [
        ["list_orders", "cancel_order", "get_order"],
        ["search_products", "update_product"],
    ]


def test_large_parts_are_cut() -> None:
    many = [tool("list_orders"), *(tool(f"v{i}_order", "order_id") for i in range(9))]
    parts = split(many, 4)
    assert sorted(len(part) for part in parts) == [2, 4, 4]
    assert parts[0][0].name == "list_orders"


def test_tools_without_edges_stay_together() -> None:
    loose = [tool(f"tool{chr(97 + i)}") for i in range(10)]
    assert [len(part) for part in split(loose, 8)] == [8, 2]
    assert [len(part) for part in split(loose[:1], 8)] == [1]


def test_every_tool_once_in_any_order(words: Embedder) -> None:
    other = tool("forecast", "city", service="pypi:weather")
    clusters = build([other, *SHOP], words)
    assert clusters == build([*SHOP[::-1], other], words)
    assert sorted(t.key for c in clusters for t in c.tools) == sorted(t.key for t in [other, *SHOP])
    assert len({cluster.id for cluster in clusters}) == len(clusters) == 3


def test_titles_are_service_and_noun(words: Embedder) -> None:
    assert {cluster.title for cluster in build(SHOP, words)} == {"shop order", "shop product"}


def test_same_tool_twice_is_one(words: Embedder) -> None:
    assert names(build([SHOP[0], SHOP[0]], words)) == [["list_orders"]]


def test_leaves_put_like_with_like(words: Embedder) -> None:
    texts = ["get weather forecast", "weather forecast today", "cancel order", "cancel an order"]
    labels = leaf_labels([tool(text) for text in texts], words, seed=0, n_dom=2, n_cls=1)
    assert labels == ["0.0", "0.0", "1.0", "1.0"]


def test_few_tools_have_few_leaves(words: Embedder) -> None:
    assert leaf_labels([tool("a b"), tool("a b")], words, seed=0, n_dom=10, n_cls=5) == ["0.0", "0.0"]
    assert build([], words) == []
