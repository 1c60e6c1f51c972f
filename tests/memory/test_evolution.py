"""Directives toward what adds most."""

from collections import Counter
from collections.abc import Hashable
from random import Random
from typing import Any

import pytest

from agents.errors import UsageError
from agents.plan.code_tool import offering
from agents.plan.dataflow import find_modes
from agents.schema import Cluster, Directive, Mode, Operator, Parent, Tool
from memory.choice import bands, price
from memory.evolution import PLANS, WEIGHTS, Evolution
from memory.measure.level import Gains
from memory.measure.modes import Measures
from memory.stock import Pool, Skill, computed_stock_of, narrow, stock_of
from memory.uniform import Uniform


def cluster(name: str, leaf: str, tools: int = 2, service: str = "npm:shop") -> Cluster:
    schema = {"type": "object", "required": ["id"], "properties": {"id": {"type": "string"}}}
    names = ["get_order", "list_orders", "cancel_order"][:tools]
    parts = tuple(Tool(name=tool, input_schema=schema if "get" in tool else {}, service=service) for tool in names)
    return Cluster(id=name, leaf=leaf, tools=parts)


CLUSTERS = [cluster(f"c{i}", f"{i % 4}.0", service=f"s{i}") for i in range(12)]
SERVICE = {c.id: c.tools[0].service for c in CLUSTERS}


def accepted(directive: Directive, **changes: object) -> Measures:
    """The row that calls what was wished for."""
    service = SERVICE.get(directive.cluster, "s")
    row = Measures(
        slot=directive.slot,
        leaf=directive.leaf,
        mode=directive.mode,
        signature=f"{directive.mode} {directive.steps}",
        cac=1,
        chain=1,
        tools=tuple(sorted(f"{service}/{name}" for name in directive.tools)),
    )
    return row.model_copy(update=changes)


def run(evolution: Evolution | Uniform, slots: int) -> list[Directive]:
    drawn = []
    for slot in range(slots):
        drawn.append(evolution.draw(slot))
        evolution.advance(slot, accepted(drawn[-1]))
    return drawn


def test_same_seed_same_directives() -> None:
    assert run(Evolution(CLUSTERS, seed=3), 100) == run(Evolution(CLUSTERS[::-1], seed=3), 100)
    assert run(Evolution(CLUSTERS, seed=3), 100) != run(Evolution(CLUSTERS, seed=4), 100)


def test_directives_do_not_depend_on_when_outcomes_are_told() -> None:
    late = Evolution(CLUSTERS, window=8)
    drawn: list[Directive] = []
    for slot in range(50):
        if slot >= 8:
            late.advance(slot - 8, accepted(drawn[slot - 8]))
        drawn.append(late.draw(slot))
    assert drawn == run(Evolution(CLUSTERS, window=8), 50)


def test_plans_spread_before_any_outcome() -> None:
    evolution = Evolution(CLUSTERS)
    drawn = [evolution.draw(slot) for slot in range(36)]
    assert max(Counter(d.leaf for d in drawn).values()) <= 10
    assert set(Counter(d.mode for d in drawn)) == set(Mode) - {Mode.COMPUTATION}
    assert Counter(d.cluster for d in drawn).most_common()[-1][1] >= 2


def test_everything_is_level_at_once() -> None:
    drawn = run(Evolution(CLUSTERS, window=1), 240)
    for counts in (
        Counter(d.leaf for d in drawn),
        Counter(SERVICE[d.cluster] for d in drawn),
    ):
        assert max(counts.values()) <= 1.5 * min(counts.values()), counts
    modes = [mode for mode, _ in Counter(d.mode for d in drawn).most_common()]
    assert modes[0] is Mode.REFUSAL  # the dearer, the fewer
    assert modes[-1] is Mode.ITERATIVE
    assert Counter(d.mode for d in drawn)[Mode.ITERATIVE] >= 15
    steps = Counter(d.steps for d in drawn if d.steps > 1)
    assert steps.most_common(1)[0][0] == 2
    assert len(steps) > 2


def test_a_service_with_many_clusters_is_not_drawn_more_often() -> None:
    """Of 40 clusters 30 are of one service: nine rows in ten of a leaf would be its, were leaves levelled alone."""
    many = [cluster(f"m{i}", "0.0", service="big") for i in range(30)]
    few = [cluster(f"f{i}", "0.0", service=f"small{i}") for i in range(10)]
    SERVICE.update({c.id: c.tools[0].service for c in (*many, *few)})
    drawn = Counter(SERVICE[d.cluster] for d in run(Evolution([*many, *few], window=1), 110))
    assert len(drawn) == 11
    assert drawn["big"] <= 14


def test_behind_750_slots_services_are_levelled_more_than_leaves() -> None:
    """One of eleven services has 30 of the 31 leaves: two in three rows, until services weigh more."""
    many = [cluster(f"m{i}", f"{i}.0", service="big") for i in range(30)]
    few = [cluster(f"f{i}", "0.0", service=f"small{i}") for i in range(10)]
    SERVICE.update({c.id: c.tools[0].service for c in (*many, *few)})
    drawn = [SERVICE[d.cluster] for d in run(Evolution([*many, *few], window=1), 1400)]
    assert 250 <= drawn[350:750].count("big") <= 275
    assert drawn[1000:].count("big") <= 180


def test_missing_mode_is_drawn() -> None:
    modes = (Mode.LINEAR, Mode.CHAINED)
    evolution = Evolution(CLUSTERS, window=1, modes=modes)
    for slot in range(10):
        evolution.advance(slot, accepted(evolution.draw(slot), mode=Mode.CHAINED, signature="x"))
    assert evolution.draw(10).mode is Mode.LINEAR


def test_a_leaf_that_fails_is_not_drawn_forever() -> None:
    evolution = Evolution(CLUSTERS, window=1)
    drawn: list[Directive] = []
    for slot in range(200):
        drawn.append(evolution.draw(slot))
        evolution.advance(slot, None if drawn[-1].leaf == "0.0" else accepted(drawn[-1]))
    assert 40 < sum(directive.leaf == "0.0" for directive in drawn) < 60


def second(called: tuple[str, ...], seed: int) -> Directive:
    """The second slot, after the first called these tools of any of three services."""
    clusters = [cluster(name, "0.0", 3, service=name) for name in "abc"]
    evolution = Evolution(clusters, seed, modes=[Mode.LINEAR], window=1)
    evolution.advance(0, accepted(evolution.draw(0), tools=called))
    return evolution.draw(1)


def test_what_was_called_least_is_drawn_and_named() -> None:
    called = ("b/cancel_order", "b/get_order", "b/list_orders")
    assert {second(called, seed).cluster for seed in range(10)} == {"a", "c"}
    both = Evolution([cluster("a", "0.0", 3, service="a")], modes=[Mode.LINEAR], window=1)
    both.advance(0, accepted(both.draw(0), tools=("a/get_order", "a/list_orders")))
    assert both.draw(1).tools[0] == "cancel_order"


def test_as_many_tools_are_named_as_there_are_steps() -> None:
    drawn = run(Evolution([cluster("a", "0.0", 3, service="a")]), 60)
    assert {(d.steps, len(d.tools)) for d in drawn if d.operator is Operator.FRESH} <= {
        (steps, min(steps, 3)) for steps in range(7)
    }
    assert {d.tools for d in drawn if d.mode is Mode.REFUSAL} == {()}


def test_of_what_adds_the_same_the_cheapest_to_read_is_drawn() -> None:
    small, large = cluster("small", "0.0", 2, "a"), cluster("large", "0.0", 2, "b")
    tools = tuple(tool.model_copy(update={"description": "long " * 99}) for tool in large.tools)
    clusters = [small, large.model_copy(update={"tools": tools})]
    assert {Evolution(clusters, seed).draw(0).cluster for seed in range(20)} == {"small"}


def test_plans_of_a_cluster_are_told_in_flight_or_accepted() -> None:
    evolution = Evolution([cluster("a", "0.0", 2, service="s")], modes=[Mode.LINEAR], window=2)
    first, then = evolution.draw(0), evolution.draw(1)
    assert first.exists == ()
    assert then.exists == (f"linear: {', '.join(sorted(first.tools))}",)
    evolution.advance(0, accepted(first, mode=Mode.CHAINED, tools=("s/list_orders",)))
    assert evolution.draw(2).exists == (f"linear: {', '.join(sorted(then.tools))}", "chained: list_orders")
    for slot in range(3, 30):
        evolution.advance(slot - 2, None)
        evolution.draw(slot)
    assert len(run(Evolution([cluster("a", "0.0")]), 40)[-1].exists) == PLANS


def test_what_only_brings_copies_is_used_up() -> None:
    clusters = [cluster("a", "0.0", service="a"), cluster("b", "0.0", service="b")]
    evolution = Evolution(clusters, modes=[Mode.LINEAR, Mode.REFUSAL], window=1)
    drawn: list[Directive] = []
    for slot in range(60):
        drawn.append(evolution.draw(slot))
        copied = drawn[-1].cluster == "a" and drawn[-1].mode is Mode.LINEAR
        evolution.advance(slot, None if copied else accepted(drawn[-1]), copied)
    assert Counter((d.cluster, d.mode) for d in drawn)["a", Mode.LINEAR] == 1
    assert {("a", Mode.REFUSAL), ("b", Mode.LINEAR), ("b", Mode.REFUSAL)} <= {(d.cluster, d.mode) for d in drawn}


def test_a_set_of_tools_that_was_planned_is_drawn_after_every_other() -> None:
    """`getCity` of another service is `get_city` again, whatever that service, which no row calls yet, would add."""
    dear = Tool(name="draw_map", description="long " * 999, input_schema={}, service="u")
    city = Tool(name="get_city", input_schema={}, service="s")
    twin = city.model_copy(update={"name": "getCity", "service": "t"})
    clusters = [Cluster(id=tool.key, leaf="0.0", tools=(tool,)) for tool in (city, twin, dear)]
    drawn = run(Evolution(clusters, modes=[Mode.LINEAR]), 3)
    assert {drawn[0].cluster, drawn[2].cluster} == {"s/get_city", "t/getCity"}
    assert drawn[1].cluster == "u/draw_map"


def test_a_mode_is_drawn_less_only_while_its_plans_are_refused() -> None:
    evolution = Evolution(CLUSTERS, modes=[Mode.LINEAR, Mode.REFUSAL], window=1)
    counts = list[int]()
    for refusing in (False, True, False):
        drawn = []
        for slot in range(len(counts) * 300, len(counts) * 300 + 300):
            drawn.append(evolution.draw(slot))
            failed = refusing and drawn[-1].mode is Mode.LINEAR
            evolution.advance(slot, None if failed else accepted(drawn[-1]))
        counts.append(Counter(d.mode for d in drawn[200:])[Mode.LINEAR])
    assert counts == [39, 6, 42]


def test_a_mode_whose_rows_become_another_is_drawn_less() -> None:
    asked = {False: Counter[Mode](), True: Counter[Mode]()}
    for turning, counts in asked.items():
        evolution = Evolution(CLUSTERS, modes=[Mode.LINEAR, Mode.PARALLEL], window=1)
        for slot in range(200):
            directive = evolution.draw(slot)
            counts[directive.mode] += 1
            turned = {"mode": Mode.LINEAR} if turning else {}
            evolution.advance(slot, accepted(directive).model_copy(update=turned))
    assert (asked[False][Mode.PARALLEL], asked[True][Mode.PARALLEL]) == (95, 45)


def test_when_all_is_used_up_all_is_open_again() -> None:
    evolution = Evolution([cluster("a", "0.0")], modes=[Mode.LINEAR], window=1)
    for slot in range(5):
        evolution.advance(slot, None, used_up=bool(evolution.draw(slot)))
    assert evolution.draw(5).cluster == "a"


def test_every_directive_says_what_each_kind_adds() -> None:
    draws = run(Evolution(CLUSTERS), 100)
    first, *_, last = draws
    assert set(WEIGHTS) == set(first.gains)
    assert first.gains["leaf"] == 4.0  # its weight: nothing is covered yet
    changing = set(WEIGHTS) - {"tool", "word", "pair", "operator", "code"}
    assert all(0 < last.gains[kind] < first.gains[kind] for kind in changing)
    assert {draw.gains["code"] for draw in draws} == {0.0}  # of clusters without the Code Tool


def test_code_is_drawn_in_one_of_seven_rows() -> None:
    draws = run(Evolution([offering(cluster) for cluster in CLUSTERS]), 100)
    modes = Counter(draw.mode for draw in draws)
    assert 12 <= modes[Mode.COMPUTATION] <= 18
    assert {draw.mode for draw in draws if draw.gains["code"]} == {Mode.COMPUTATION}


def test_a_pool_gives_one_cluster_of_each_service() -> None:
    stock = [stock_of(cluster(name, "0.0", service=name[0])) for name in ("a1", "a2", "b1")]
    pool = Pool(stock)
    assert sorted(name[0] for name in pool.sample(Random(0), 9)) == ["a", "b"]
    pool.discard(stock[2])
    pool.discard(stock[2])
    pool.discard(stock[0])
    assert pool.sample(Random(0), 9) == ["a2"]
    pool.discard(stock[1])
    assert not pool


def test_a_price_counts_steps_by_their_mode_and_definitions_once() -> None:
    assert price(Mode.LINEAR, 1, 1000) == 3000 + 5500 + 1300
    assert price(Mode.CHAINED, 3, 1000) == 2900 + 3 * 4300 + 1300
    assert price(Mode.REFUSAL, 0, 1000) == 3700 + 1300


def test_steps_fit_the_mode() -> None:
    drawn = run(Evolution(CLUSTERS), 300)
    assert {d.steps for d in drawn if d.mode is Mode.REFUSAL} == {0}
    assert {d.steps for d in drawn if d.mode is Mode.LINEAR} <= set(range(1, 7))
    assert min(d.steps for d in drawn if d.mode in (Mode.CHAINED, Mode.PARALLEL, Mode.ITERATIVE)) == 2
    assert bands(Mode.REFUSAL) == [0]


def test_single_tool_never_chains() -> None:
    alone = cluster("alone", "0.0", tools=1)
    assert Mode.CHAINED not in find_modes(alone)
    assert Mode.REFUSAL in find_modes(alone)
    assert Mode.BRANCHING not in {d.mode for d in run(Evolution([alone]), 100)}


def test_question_needs_an_argument() -> None:
    bare = Cluster(id="c", leaf="0.0", tools=(Tool(name="ping", input_schema={}, service="s"),))
    assert Mode.CLARIFICATION not in find_modes(bare)


def test_nothing_to_draw_from_is_refused() -> None:
    with pytest.raises(UsageError, match="chained"):
        Evolution([cluster("alone", "0.0", tools=1)], modes=[Mode.CHAINED])


def test_order_and_outcomes_are_demanded() -> None:
    evolution = Evolution(CLUSTERS, window=1)
    with pytest.raises(ValueError, match="next is 0"):
        evolution.draw(1)
    evolution.draw(0)
    with pytest.raises(ValueError, match="slot 0 is not known"):
        evolution.draw(1)


def test_deepen_goes_beyond_the_latest_of_its_leaf() -> None:
    deep = Cluster(id="c", leaf="0.0", tools=chain_of("a", "b", "c", "d"))
    drawn = run(Evolution([deep], window=1, modes=[Mode.CHAINED]), 60)
    deepened = [directive for directive in drawn if directive.operator is Operator.DEEPEN]
    # Every accepted row of `run` has a chain of 1.
    assert {directive.parent for directive in deepened} == {
        Parent(slot=directive.slot - 1, chain=1, services=1) for directive in deepened
    }
    assert all(directive.parent is None for directive in drawn if directive.operator is Operator.FRESH)


def test_a_parent_still_out_counts_as_its_directive_asked() -> None:
    evolution = Evolution([Cluster(id="c", leaf="0.0", tools=chain_of("a", "b", "c", "d"))], modes=[Mode.CHAINED])
    drawn = [evolution.draw(slot) for slot in range(30)]
    deepest = [directive.parent.chain for directive in drawn if directive.parent]
    assert set(deepest) <= {2, 3}  # chained asks for 2, a deepened one for 3, and the cluster ends at 4
    assert 2 in deepest


def test_operators_are_level_where_they_are_open() -> None:
    both = Cluster(id="c", leaf="0.0", tools=chain_of("a", "b", "c", "d"))
    drawn = Counter(directive.operator for directive in run(Evolution([both], modes=[Mode.CHAINED]), 90))
    assert set(drawn) == {Operator.FRESH, Operator.DEEPEN}
    assert min(drawn.values()) > 35


def test_uniform_draws_know_nothing() -> None:
    learnt = [Uniform(CLUSTERS, seed=3).draw(slot) for slot in range(100)]
    assert learnt == run(Uniform(CLUSTERS[::-1], seed=3), 100)
    assert len({directive.cluster for directive in learnt}) == len(CLUSTERS)
    assert {d.operator for d in learnt} == {"fresh", "perturb", "underspecify", "refuse"}


def test_a_draw_looks_at_no_more_clusters_after_many_slots() -> None:
    """Counted, not timed: what a draw asks of the coverage is bounded by the sample."""
    evolution = Evolution([cluster(f"c{i}", f"{i % 7}.0", service=f"s{i}") for i in range(300)])
    asked: list[int] = []

    class Counting(Gains):
        def __getitem__(self, unit: Hashable) -> float:
            asked[-1] += 1
            return super().__getitem__(unit)

        def get(self, unit: Hashable, usual: Any = None) -> Any:
            asked[-1] += 1
            return super().get(unit, usual)

    kinds = evolution._level.gains
    kinds.update({kind: Counting() for kind in kinds})
    for slot in range(2000):
        asked.append(0)
        evolution.advance(slot, accepted(evolution.draw(slot)))
    assert 0 < max(asked[1900:]) <= max(asked[:100]) <= 64 * 27


def chain_of(*nouns: str) -> tuple[Tool, ...]:
    """Readers that feed each other in a row: get_b takes what get_a returns."""
    pairs = zip(nouns, [*nouns[1:], "end"], strict=True)
    return tuple(
        Tool(
            name=f"get_{first}",
            input_schema={
                "type": "object",
                "required": [f"{first}_id"],
                "properties": {f"{first}_id": {"type": "string"}},
            },
            output_schema={"type": "object", "properties": {f"{then}_id": {"type": "string"}}},
            service="s",
        )
        for first, then in pairs
    )


def test_a_chain_is_looked_for_where_none_was_played_though_it_costs_more() -> None:
    far = tuple(
        tool.model_copy(update={"service": "t", "description": "long " * 560}) for tool in chain_of("menu", "dish")
    )
    clusters = [
        Cluster(id="s", leaf="0.0", tools=chain_of("city", "map", "road", "sign")),
        Cluster(id="t", leaf="0.0", tools=far),
    ]
    evolution, drawn = Evolution(clusters, modes=[Mode.CHAINED], window=1), list[Directive]()
    for slot in range(3):
        drawn.append(evolution.draw(slot))
        called = tuple(sorted(f"{drawn[-1].cluster}/{name}" for name in drawn[-1].tools))
        evolution.advance(slot, accepted(drawn[-1], tools=called))
    assert [d.cluster for d in drawn] == ["s", "t", "s"]


@pytest.mark.parametrize("kind", [Evolution, Uniform])
def test_a_cluster_that_is_refused_is_seen_to_be_by_later_slots_alone(kind: type[Evolution | Uniform]) -> None:
    def draw_all(late: bool) -> list[str]:
        steering, drawn, waiting = kind(CLUSTERS, window=8), list[str](), list[int]()
        for slot in range(120):
            drawn.append(steering.draw(slot).cluster)
            waiting.append(slot)
            while waiting and (not late or waiting[0] <= slot - 7):
                steering.advance(waiting[0], None, refused=drawn[waiting[0]] == drawn[0])
                waiting.pop(0)
        return drawn

    early = draw_all(late=False)
    assert early == draw_all(late=True)
    assert early[0] not in early[8:]


@pytest.mark.parametrize("kind", [Evolution, Uniform])
def test_where_every_cluster_is_refused_the_run_says_so(kind: type[Evolution | Uniform]) -> None:
    steering, refused = kind(CLUSTERS, window=1), set[str]()
    while len(refused) < len(CLUSTERS):
        refused.add(steering.draw(len(refused)).cluster)
        steering.advance(len(refused) - 1, None, refused=True)
    with pytest.raises(UsageError, match="refuses the tools of every cluster"):
        steering.draw(len(refused))


def test_a_plan_is_only_made_of_what_the_teacher_can_call() -> None:
    own = cluster("a", "0.0", tools=3)
    skill = Skill(calls=lambda tool: tool.name == "get_order")
    assert set(stock_of(own, skill).offers) == {"npm:shop/get_order"}
    assert [tool.name for tool in narrow(own, skill).by_name.values()] == ["get_order"]
    drawn = run(Evolution([own], skill=skill, window=1), 30)
    assert {tool for directive in drawn for tool in directive.tools} == {"get_order"}


def test_a_cluster_of_which_the_teacher_calls_no_tool_by_choice_waits_for_the_others() -> None:
    skill = Skill(calls=lambda tool: tool.service != "s0")
    clusters = [offering(part) for part in CLUSTERS]
    assert narrow(clusters[0], skill) == clusters[0]
    assert stock_of(clusters[0], skill).ease < stock_of(clusters[1], skill).ease == 1.0
    drawn = Counter(directive.cluster for directive in run(Evolution(clusters, skill=skill, window=1), 120))
    assert drawn["c0"] < min(drawn[part.id] for part in clusters[1:])
    alone = run(Evolution(clusters[:1], skill=skill, window=1), 12)
    assert len({directive.mode for directive in alone}) > 2


def test_a_cluster_that_nobody_could_ask_anything_of_is_not_drawn() -> None:
    skill = Skill(asks=lambda tool: tool.service != "s0")
    drawn = {directive.cluster for directive in run(Evolution(CLUSTERS, skill=skill, window=1), 60)}
    assert drawn == {part.id for part in CLUSTERS} - {"c0"}


def test_of_two_services_that_do_the_same_a_plan_calls_one() -> None:
    both = Cluster(id="a", leaf="0.0", title="", tools=(*CLUSTERS[0].tools, *CLUSTERS[1].tools))
    skill = Skill(kind=lambda tool: tool.name)
    assert {tool.service for tool in narrow(both, skill).tools} == {"s0"}
    assert narrow(both, Skill()) == both


def test_a_computation_is_wished_for_of_a_tool_that_brings_something_to_work_with() -> None:
    own = offering(cluster("a", "0.0"))
    skill = Skill(computes=lambda tool: tool.name == "list_orders")
    drawn = run(Evolution([own], modes=[Mode.COMPUTATION, Mode.LINEAR], skill=skill, window=1), 30)
    wishes = {mode: {tool for d in drawn if d.mode is mode for tool in d.tools} for mode in Mode}
    assert wishes[Mode.COMPUTATION] == {"list_orders"}
    assert wishes[Mode.LINEAR] == {"get_order", "list_orders"}
    blind = skill._replace(calls=lambda tool: False)
    assert computed_stock_of(own, blind).ease == stock_of(own, blind).ease
