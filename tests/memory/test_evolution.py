"""Directives toward what is missing."""

import time
from collections import Counter

import pytest

from agents.errors import UsageError
from agents.plan.dataflow import carried
from agents.schema import Cluster, Directive, Mode, Operator, Parent, Tool
from memory.evolution import Evolution, Uniform
from memory.measure.modes import Measures


def cluster(name: str, leaf: str, tools: int = 2) -> Cluster:
    schema = {"type": "object", "required": ["id"], "properties": {"id": {"type": "string"}}}
    names = ["get_order", "list_orders", "cancel_order"][:tools]
    made = tuple(Tool(name=tool, input_schema=schema if "get" in tool else {}, service="npm:shop") for tool in names)
    return Cluster(id=name, leaf=leaf, tools=made)


CLUSTERS = [cluster(f"c{i}", f"{i % 4}.0") for i in range(12)]


def accepted(directive: Directive, leaf: str = "", mode: Mode | None = None) -> Measures:
    return Measures(
        slot=directive.slot,
        leaf=leaf or directive.leaf,
        mode=mode or directive.mode,
        signature="",
        cac=1,
        chain=1,
        tools=(),
    )


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


def test_missing_leaf_is_drawn() -> None:
    evolution = Evolution(CLUSTERS, window=1)
    for slot in range(40):
        evolution.advance(slot, accepted(evolution.draw(slot), leaf=f"{slot % 3}.0"))
    # 40 rows over three leaves: each of them holds 13, more than the share of 41 / 4.
    assert evolution.draw(40).leaf == "3.0"


def test_missing_mode_is_drawn() -> None:
    modes = (Mode.LINEAR, Mode.CHAINED)
    evolution = Evolution(CLUSTERS, window=1, modes=modes)
    for slot in range(10):
        evolution.advance(slot, accepted(evolution.draw(slot), mode=Mode.CHAINED))
    assert evolution.draw(10).mode is Mode.LINEAR


def test_leaf_that_fails_is_not_drawn_forever() -> None:
    evolution = Evolution(CLUSTERS, window=1)
    drawn: list[Directive] = []
    for slot in range(200):
        drawn.append(evolution.draw(slot))
        evolution.advance(slot, None if drawn[-1].leaf == "0.0" else accepted(drawn[-1]))
    failed = sum(directive.leaf == "0.0" for directive in drawn)
    assert 50 < failed < 150


def test_clusters_of_a_leaf_take_turns() -> None:
    drawn = run(Evolution([cluster(f"c{i}", "0.0") for i in range(5)]), 10)
    assert sorted(d.cluster for d in drawn[:5]) == sorted(d.cluster for d in drawn[5:]) == [f"c{i}" for i in range(5)]


def of_service(name: str, tools: int) -> Cluster:
    made = cluster(name, "0.0", tools)
    return made.model_copy(update={"tools": tuple(t.model_copy(update={"service": name}) for t in made.tools)})


def second(called: tuple[str, ...], seed: int) -> str:
    """The cluster of the second slot, after the first called these tools."""
    evolution = Evolution([of_service("a", 3), of_service("b", 3), of_service("c", 3)], seed, window=1)
    evolution.advance(0, accepted(evolution.draw(0)).model_copy(update={"tools": called}))
    return evolution.draw(1).cluster


def test_the_cluster_with_most_uncalled_tools_is_drawn() -> None:
    known = ("b/get_order", "b/list_orders", "b/cancel_order")
    assert {second((), seed) for seed in range(10)} == {"a", "b", "c"}
    assert {second(known, seed) for seed in range(10)} == {"a", "c"}


def test_a_cluster_has_the_tools_that_the_steps_can_call_and_no_more_to_read() -> None:
    clusters = [of_service("small", 2), of_service("large", 3)]
    drawn = [Evolution(clusters, seed, modes=[Mode.LINEAR]).draw(0) for seed in range(100)]
    fresh = {(d.steps > 2, d.cluster) for d in drawn if d.operator is Operator.FRESH}
    assert fresh == {(True, "large"), (False, "small")}


def test_steps_fit_the_mode() -> None:
    drawn = run(Evolution(CLUSTERS), 300)
    assert {d.steps for d in drawn if d.mode is Mode.REFUSAL} == {0}
    assert {d.steps for d in drawn if d.mode is Mode.LINEAR} <= set(range(1, 7))
    assert min(d.steps for d in drawn if d.mode in (Mode.CHAINED, Mode.PARALLEL, Mode.ITERATIVE)) == 2
    assert max(Counter(d.steps for d in drawn if d.steps).values()) < 60


def test_single_tool_never_chains() -> None:
    alone = cluster("alone", "0.0", tools=1)
    assert Mode.CHAINED not in carried(alone)
    assert Mode.REFUSAL in carried(alone)
    assert Mode.BRANCHING not in {d.mode for d in run(Evolution([alone]), 100)}


def test_question_needs_an_argument() -> None:
    bare = Cluster(id="c", leaf="0.0", tools=(Tool(name="ping", input_schema={}, service="s"),))
    assert Mode.CLARIFICATION not in carried(bare)


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


def test_time_per_slot_does_not_grow() -> None:
    evolution = Evolution(CLUSTERS)
    start = time.process_time()
    run(evolution, 5000)
    assert time.process_time() - start < 5


def test_deepen_goes_beyond_the_latest_known_of_its_leaf() -> None:
    deep = Cluster(id="c", leaf="0.0", tools=chain_of("a", "b", "c", "d"))
    evolution = Evolution([deep], window=1, modes=[Mode.CHAINED])
    drawn = run(evolution, 60)
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
    assert set(deepest) == {2, 3}  # chained asks for 2, a deepened one for 3, and the cluster ends at 4


def test_operators_are_drawn_evenly_where_they_are_open() -> None:
    both = Cluster(id="c", leaf="0.0", tools=chain_of("a", "b", "c", "d"))
    drawn = Counter(directive.operator for directive in run(Evolution([both], modes=[Mode.CHAINED]), 90))
    assert set(drawn) == {Operator.FRESH, Operator.DEEPEN}
    assert min(drawn.values()) > 35


def test_uniform_draws_know_nothing() -> None:
    learnt = [Uniform(CLUSTERS, seed=3).draw(slot) for slot in range(100)]
    assert learnt == run(Uniform(CLUSTERS[::-1], seed=3), 100)
    assert len({directive.cluster for directive in learnt}) == len(CLUSTERS)
    assert {d.operator for d in learnt} == {"fresh", "perturb", "underspecify", "refuse"}


def chain_of(*nouns: str) -> tuple[Tool, ...]:
    """Readers that feed each other in a row: get_b takes what get_a returns."""
    pairs = zip(nouns, [*nouns[1:], "end"], strict=True)
    return tuple(
        Tool(
            name=f"get_{one}",
            input_schema={"type": "object", "required": [f"{one}_id"], "properties": {f"{one}_id": {"type": "string"}}},
            output_schema={"type": "object", "properties": {f"{two}_id": {"type": "string"}}},
            service="s",
        )
        for one, two in pairs
    )
