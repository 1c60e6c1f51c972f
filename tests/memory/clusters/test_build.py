"""Tools to Business Clusters: candidates, choice, files and services held out."""

import re
from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from agents.errors import UsageError
from agents.schema import Cluster, Tool
from memory.clusters import build as clusters
from memory.clusters import file
from memory.clusters.build import at_random, build, choose, set_aside
from memory.clusters.candidates import connect, grow, links, loose
from memory.clusters.survey import BLOCK, Grain, Survey, kinds, survey_tools
from memory.corpus import corpus
from memory.embed.embedder import Embedder, embedder, unit


def tool(name: str, *required: str, service: str = "npm:@x/shop", out: dict[str, Any] | None = None) -> Tool:
    schema = {"type": "object", "properties": {r: {"type": "string"} for r in required}, "required": list(required)}
    return Tool(name=name, description=name, input_schema=schema, output_schema=out, service=service)


SHOP = [
    tool("list_orders"),
    tool("cancel_order", "order_id"),
    tool("get_order", "id"),
    tool("search_products", "query"),
    tool("update_product", "productId"),
    tool("ping"),
]


@pytest.fixture(scope="module")
def words() -> Embedder:
    return embedder()


@pytest.fixture(scope="module")
def known(words: Embedder) -> Survey:
    return survey_tools(corpus.builtin().tools, words)


def names(found: list[Cluster]) -> list[list[str]]:
    return [[tool.name for tool in one.tools] for one in found]


def test_dependencies_hold_clusters_together(words: Embedder) -> None:
    assert sorted(names(build(SHOP, words))) == [
        ["cancel_order", "get_order", "list_orders"],
        ["ping"],
        ["search_products", "update_product"],
    ]


def test_a_set_grows_along_what_is_strongest() -> None:
    inside, alike = links({(0, 1): 1.0, (0, 2): 2.0, (2, 3): 1.0, (0, 3): 0.5}), np.eye(10, dtype=np.float32)
    assert grow([0], inside, 3, alike, {}) == [0, 2, 3]
    assert grow([0], inside, 3, alike, {2: 9, 3: 9}) == [0, 1, 2]
    parts = connect({(0, 1): 1.0, (1, 2): 1.0}, {(2, 9): 0.5}, 8, alike)
    assert parts == [(0, 1), (1, 2), (2, 9), (0, 1, 2), (0, 1, 2, 9)]


def test_what_nothing_connects_stays_with_its_service() -> None:
    assert loose([[0, 1, 2, 3, 4], [5]], touched=[1], max_size=3) == [(0, 2, 3), (4,), (5,)]


def test_every_connected_candidate_is_connected(known: Survey) -> None:
    held = links({**known.edges, **known.bridges})
    assert len(known.connected) > 300
    for part in known.connected:
        assert 2 <= len(part) <= 8
        reached, new = set[int](), {part[0]}
        while new:
            reached |= new
            new = {other for one in new for other in held[one]} & set(part) - reached
        assert reached == set(part)


def test_services_are_crossed_where_a_field_means_the_same(known: Survey) -> None:
    crossed = {(known.tools[a].key, known.tools[b].key) for a, b in known.bridges}
    assert ("storefront-orders/get_order", "parcel-hub/track_shipment") in crossed
    drawn = [clusters.cluster_at(known, index) for index in choose(known, 6944)]
    assert sum(len({tool.service for tool in cluster.tools}) == 2 for cluster in drawn) >= 1


def test_all_is_covered_and_the_budget_kept(known: Survey) -> None:
    order = choose(known, 6944)
    assert frozenset[int]().union(*(known.covers[index] for index in order)) == set(known.kinds)
    assert choose(known, 10) == order[:10]


def test_every_leaf_weighs_the_same(known: Survey) -> None:
    weight: Counter[str] = Counter()
    for leaf, share in zip(known.leaves, known.weights, strict=True):
        weight[leaf] += share  # type: ignore[assignment]
    assert {round(total, 9) for total in weight.values()} == {1.0}


def test_near_duplicates_of_a_leaf_are_of_the_first_ones_kind() -> None:
    rows = unit(np.array([[1.0, 0.0], [1.0, 0.1], [1.0, 0.4], [1.0, 0.0]]))
    assert kinds(rows, ["0.0", "0.0", "0.0", "0.1"]) == [0, 0, 2, 3]


def test_kinds_do_not_depend_on_the_block_that_a_tool_falls_into() -> None:
    angles = np.random.default_rng(0).uniform(0, np.pi, 2 * BLOCK + 10)
    rows = unit(np.stack([np.cos(angles), np.sin(angles)], axis=1))
    first: list[int] = []
    for one in range(len(rows)):
        near = [kind for kind in first if rows[kind] @ rows[one] >= 0.95]
        first += [] if near else [one]
    found = kinds(rows, ["0.0"] * len(rows))
    assert sorted(set(found)) == first
    assert found[-1] == next(kind for kind in first if rows[kind] @ rows[len(rows) - 1] >= 0.95)


def test_near_duplicates_cover_each_other(words: Embedder) -> None:
    twice = [*SHOP, *(tool.model_copy(update={"service": f"{tool.service}-copy"}) for tool in SHOP)]
    once, both = (survey_tools(tools, words, grain=Grain(1, 1)) for tools in (SHOP, twice))
    assert len(set(both.kinds)) == len(set(once.kinds))
    assert len(choose(both, 99)) == len(choose(once, 99))


def test_order_of_the_tools_does_not_matter(words: Embedder) -> None:
    assert build(SHOP, words) == build([SHOP[0], *SHOP[::-1]], words)


def test_random_sets_have_the_sizes_and_one_service(words: Embedder) -> None:
    tools = corpus.builtin().tools
    made = build(tools, words)
    drawn = at_random(tools, words, made, seed=1)
    assert all(len({tool.service for tool in one.tools}) == 1 for one in drawn)
    assert 0.8 * len(made) <= len(drawn) <= len(made)
    assert drawn == at_random(tools, words, made, seed=1) != at_random(tools, words, made, seed=2)


def test_services_are_held_out_whole_and_stay_so() -> None:
    tools = corpus.builtin().tools
    kept, held = set_aside(tools, 0.1)
    assert {tool.service for tool in kept}.isdisjoint(tool.service for tool in held)
    assert 1 <= len({tool.service for tool in held}) <= 10
    assert {tool.key for tool in held} <= {tool.key for tool in set_aside(tools, 0.3)[1]}
    assert set_aside(tools, 0.0) == (list(tools), [])


def test_held_out_tools_are_read_back_as_they_were(tmp_path: Path) -> None:
    held = set_aside(corpus.builtin().tools, 0.2)[1]
    file.write(tmp_path / "held_out.jsonl", held)
    assert list(corpus.load([tmp_path / "held_out.jsonl"]).tools) == held


def test_clusters_are_read_back_as_they_were(words: Embedder, tmp_path: Path) -> None:
    made = build(SHOP, words)
    file.write(tmp_path / "deep" / "clusters.jsonl", made)
    assert file.read(tmp_path / "deep" / "clusters.jsonl") == made
    assert [path.name for path in (tmp_path / "deep").iterdir()] == ["clusters.jsonl"]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "no clusters in it"),
        (b'{"id": "c1"}\n', r":1: not a cluster \(leaf: Field required\)"),
        (b'{"id": "c1", "leaf": "0.0", "tools": []}', ":1: not a cluster"),
    ],
)
def test_a_file_of_something_else_is_refused(content: bytes, message: str, tmp_path: Path) -> None:
    (tmp_path / "clusters.jsonl").write_bytes(content)
    with pytest.raises(UsageError, match=message):
        file.read(tmp_path / "clusters.jsonl")


def test_the_command_writes_clusters_a_page_and_what_is_held_out(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    given = ["--out", str(tmp_path / "made.jsonl"), "--hold-out", "0.2", "--budget", "30", "--max-size", "4"]
    with pytest.raises(SystemExit, match="0"):
        clusters.main(given)
    told = capfd.readouterr().out
    made, held = file.read(tmp_path / "made.jsonl"), corpus.load([tmp_path / "held_out.jsonl"]).tools
    assert len(made) == 30
    assert max(len(one.tools) for one in made) <= 4
    assert {tool.service for one in made for tool in one.tools}.isdisjoint(tool.service for tool in held)
    assert f"held out: {len(held)} tools of" in told
    assert re.search(r"95% of the weight: greedy \d+, random \d+ clusters", told)
    page = (tmp_path / "made.html").read_text()
    assert page.count("<svg") == 4
    assert re.search(r"The median is [\d.]+ tools. \S+ is in most of all: in \d+% of the clusters", page)
    assert not re.search(r"<(script|link|img|iframe)\b|url\(|@import", page)


@pytest.mark.parametrize("count", [3, 11])
def test_a_handful_of_tools_has_a_page_without_a_map(count: int, tmp_path: Path) -> None:
    few = [Tool(name=f"get_thing_{n}", service=f"s{n}", input_schema={"type": "object"}) for n in range(count)]
    (tmp_path / "few.jsonl").write_text("".join(f"{tool.model_dump_json()}\n" for tool in few))
    with pytest.raises(SystemExit, match="0"):
        clusters.main(["--tools", str(tmp_path / "few.jsonl"), "--out", str(tmp_path / "made.jsonl")])
    assert (tmp_path / "made.html").exists()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--max-size", "13"], "--max-size: Input should be less than or equal to 12, not 13"),
        (["--tools", "/nowhere"], "--tools: /nowhere: no such file or folder"),
    ],
)
def test_a_wrong_option_is_one_line(
    arguments: list[str], message: str, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit, match="2"):
        clusters.main(["--out", str(tmp_path / "made.jsonl"), *arguments])
    assert message in capfd.readouterr().err
    assert list(tmp_path.iterdir()) == []
