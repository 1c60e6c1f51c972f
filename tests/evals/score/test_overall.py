"""The overall score as BFCL's leaderboard weighs it, against a row that it published."""

import pytest

from evals.bench import bfcl
from evals.schema import Outcome
from evals.score import overall

# Claude-Opus-4-5-20251101 (FC) on gorilla.cs.berkeley.edu/leaderboard.html, V4: 77.47 over all. Its three simple
# categories and its two of irrelevance are published as one mean each.
PUBLISHED = {
    **dict.fromkeys(("simple_python", "simple_java", "simple_javascript"), 76.83),
    **{"multiple": 95.5, "parallel": 93.5, "parallel_multiple": 88.5},
    **{"live_simple": 86.43, "live_multiple": 78.16, "live_parallel": 87.5, "live_parallel_multiple": 75.0},
    **dict.fromkeys(("irrelevance", "live_irrelevance"), 84.72),
    **{"multi_turn_base": 81.0, "multi_turn_miss_func": 64.0, "multi_turn_miss_param": 58.0},
    **{"multi_turn_long_context": 70.5, "web_search_base": 84.0, "web_search_no_snippet": 85.0},
    **{"memory_kv": 70.97, "memory_vector": 72.9, "memory_rec_sum": 77.42},
}


def outcomes(scores: dict[str, float]) -> list[Outcome]:
    """Two tasks of each category whose mean is its score, in clusters that all categories share."""
    return [
        Outcome(
            task=f"{name} {side}",
            run=0,
            cluster=side,
            category=name,
            value=min(1, score / 50) if side == "a" else max(0, score / 50 - 1),
        )
        for name, score in scores.items()
        for side in ("a", "b")
    ]


def test_a_published_row_is_weighed_to_the_digit() -> None:
    assert sum(bfcl.WEIGHTS.values()) == pytest.approx(1)
    weighed = overall.weigh(outcomes(PUBLISHED), bfcl.WEIGHTS)
    assert weighed is not None
    assert weighed.score.mean == pytest.approx(77.47, abs=0.006)  # the parts are published with two digits
    assert (weighed.missing, weighed.asked) == ((), pytest.approx(1))


def test_what_was_not_asked_counts_0_is_named_and_told_apart() -> None:
    some = {name: score for name, score in PUBLISHED.items() if not name.startswith(("memory", "web"))}
    weighed = overall.weigh(outcomes(some), bfcl.WEIGHTS)
    assert weighed is not None
    assert weighed.asked == pytest.approx(0.6)
    assert weighed.score.mean == pytest.approx(0.6 * weighed.of_asked.mean)
    assert weighed.missing == (*bfcl.WEB, "memory_kv", "memory_vector", "memory_rec_sum")
    assert overall.weigh(outcomes({"live_relevance": 50.0}), bfcl.WEIGHTS) is None


@pytest.mark.parametrize("wrong", [0, 1])
def test_an_interval_ends_at_the_weights_that_were_asked(wrong: int) -> None:
    rows = [Outcome(task=f"{n}", run=0, cluster=f"{n}", category="x", value=float(n >= wrong)) for n in range(4)]
    weighed = overall.weigh(rows, {"x": 0.5, "y": 0.5})
    assert weighed is not None
    assert (weighed.score.high, weighed.of_asked.high) == (50, 100)
    assert weighed.score.low == pytest.approx((weighed.of_asked.low or 0) / 2)


def test_clusters_that_reach_over_categories_widen_the_interval() -> None:
    rows = [
        Outcome(task=f"{name}{n}", run=0, cluster=f"{n}", category=name, value=float(n % 2))
        for name in ("x", "y")
        for n in range(20)
    ]
    shared = overall.weigh(rows, {"x": 0.5, "y": 0.5})
    apart = [row.model_copy(update={"cluster": row.task}) for row in rows]
    alone = overall.weigh(apart, {"x": 0.5, "y": 0.5})
    assert shared is not None
    assert alone is not None
    width, narrow = (each.score.high - each.score.low for each in (shared, alone))  # type: ignore[operator]
    # the same 20 clusters twice are no more than 20; t(0.975, 19) both times
    assert width / narrow == pytest.approx((2 * (20 / 19) / (40 / 39)) ** 0.5)
