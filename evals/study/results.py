"""Points and their cells -> results.json: curves with intervals over seeds, paired tests, floors, what data was like.

A lead is how much better the first arm of a pair is, seed by seed: for a loss the other's minus the first's. Intervals
are 95% t intervals over seeds; p is of the sign-flip test, with g seeds never below 2 / 2^g, after Holm over the pairs
of one metric at one size. Gains are over the untrained student.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

import orjson

from agents.errors import UsageError
from agents.schema import JsonObject
from evals.score import stats
from evals.study import grid
from evals.study.cells import cell, stages
from evals.study.cells.scores import LOSS, Metric, Scored, score_point
from evals.study.config import Config
from memory.measure.diversity import entropy_bits
from memory.statistics import holm, mean, paired_difference

NAME = "results.json"
FEWEST = 5
"""Students of a size, below which no rank correlation is told."""
Found = JsonObject


def write(out: Path) -> Found:
    """results.json of what is finished. Raises: UsageError: nothing is, not even the untrained student."""
    config = Config.model_validate_json((out / "study.json").read_bytes()) if (out / "study.json").is_file() else None
    if config is None:
        raise UsageError(f"{out}: not a study's folder; first: python -m evals.study run CONFIG --out {out}")
    metrics: dict[str, Metric] = {}
    points = [score_point(out / "cells", point, metrics) for point in grid.read_points(out)]
    base = next((point for point in points if point.point.by == "base"), None)
    if base is None:
        raise UsageError(f"{out}: the untrained student is not measured yet; run the study further")
    results = gather(config, base, points, metrics, out / "cells")
    leaks = out / "leaks.json"
    results["leaks"] = orjson.loads(leaks.read_bytes()) if leaks.is_file() else []
    cell.write(out / NAME, results)
    return results


def gather(config: Config, base: Scored, points: Sequence[Scored], metrics: Mapping[str, Metric], cells: Path) -> Found:
    """All of results.json but the leaks."""
    sizes = [point for point in points if point.point.by == "size"]
    budgets = [point for point in points if point.point.by == "budget"]
    described = [{**_key(point), **_describe(cells, point)} for point in sizes]
    there = {(point.point.arm, point.point.seed, point.point.rows) for point in sizes}
    wanted = [(arm, seed, size) for arm in config.arms for seed in config.seeds for size in config.of(arm)]
    grounds = []  # whose conversations -> the gain in held-out loss on them
    for size in sorted({point.point.rows for point in sizes}):
        for arm in config.arms:
            if mine := _at(sizes, arm, size):
                losses = {part: [point.by_part[part] for point in mine] for part in base.by_part}
                gains = {part: [LOSS.gain(loss, base.by_part[part]) for loss in some] for part, some in losses.items()}
                grounds.append({"arm": arm, "rows": size, "gains": {part: _estimate(gains[part]) for part in gains}})
    missing = [f"{arm} seed {seed} size {size}" for arm, seed, size in wanted if (arm, seed, size) not in there]
    return {
        "config": config.model_dump(mode="json"),
        "metrics": {name: metric.model_dump() for name, metric in metrics.items()},
        "points": [point.model_dump(mode="json") for point in points],
        "missing_points": missing,
        "base": {"scores": base.scores, "by_part": base.by_part},
        "curves": {name: _curves(config, base, sizes, metric) for name, metric in metrics.items()},
        "equal_n": {name: leads_by_size(config, sizes, metric) for name, metric in metrics.items()},
        "equal_tokens": {name: _equal_tokens(config, budgets, metric) for name, metric in metrics.items()},
        "uninformative": [name for name, metric in metrics.items() if at_floor(metric, points)],
        "home_ground": grounds,
        "described": described,
        "why": _why(described, sizes, config),
        "cost": _cost(points),
    }


def at_floor(metric: Metric, points: Iterable[Scored]) -> bool:
    """Whether no student, trained or not, is more than one task above the floor [ours]: nothing can be told apart."""
    values = [point.scores[metric.name] for point in points if metric.name in point.scores]
    return metric.floor is not None and all(value <= metric.floor + metric.step * (1 + 1e-9) for value in values)


def _by_seed(points: Iterable[Scored], metric: Metric) -> dict[int, float]:
    return {point.point.seed: point.scores[metric.name] for point in points if metric.name in point.scores}


def _estimate(values: Sequence[float]) -> Found:
    """An interval of one seed is infinite, and None here."""
    estimate = mean(values).model_dump(mode="json")
    return {**estimate, "values": list(values)}


def _curves(config: Config, base: Scored, sizes: Sequence[Scored], metric: Metric) -> Found:
    """Arm -> its points: rows, mean teacher tokens, the score and the gain over the untrained student."""
    curves: Found = {arm: [] for arm in config.arms}
    for arm, size in [(name, size) for name in config.arms for size in config.of(name)]:
        mine = _at(sizes, arm, size)
        values = list(_by_seed(mine, metric).values())
        if not values:
            continue
        # of one that the untrained student was not measured by, such as a benchmark that was missing then, no gain
        is_there = metric.name in base.scores
        gains = [metric.gain(value, base.scores[metric.name]) for value in values] if is_there else []
        tokens = mean([scored.point.tokens for scored in mine]).value
        point = {"rows": size, "tokens": tokens, "score": _estimate(values)}
        curves[arm].append({**point, "gain": _estimate(gains) if gains else None})
    return curves


def _at(points: Sequence[Scored], arm: str, size: int) -> list[Scored]:
    """The points of an arm's size, a seed each."""
    return [scored for scored in points if (scored.point.arm, scored.point.rows) == (arm, size)]


def leads_by_size(config: Config, sizes: Sequence[Scored], metric: Metric) -> Found:
    """Size -> the leads of all pairs that have it."""
    by_size: Found = {}
    for size in sorted({point.point.rows for point in sizes}):
        of = defaultdict(list)
        for point in sizes:
            if point.point.rows == size:
                of[point.point.arm].append(point)
        by_size[str(size)] = _leads(config.pairs, {arm: _by_seed(mine, metric) for arm, mine in of.items()}, metric)
    return by_size


def _equal_tokens(config: Config, budgets: Sequence[Scored], metric: Metric) -> list[Found]:
    """For each budget of a config, or the one that every seed has of its own: rows, scores and leads."""
    by_arm: dict[str, list[Scored]] = defaultdict(list)
    for point in budgets:
        by_arm[point.point.arm].append(point)
    by_budget = []
    for place in range(max(1, len(config.budgets))):
        mine = {
            arm: [point for point in ones if not config.budgets or point.point.tokens == config.budgets[place]]
            for arm, ones in by_arm.items()
        }
        scores = {arm: _by_seed(ones, metric) for arm, ones in mine.items()}
        if any(scores.values()):
            bought = {}
            for arm, ones in mine.items():
                spent = {"rows": [each.point.rows for each in ones], "tokens": [each.point.tokens for each in ones]}
                values = list(scores[arm].values())
                bought[arm] = {**spent, "score": _estimate(values) if values else None}
            by_budget.append({"arms": bought, "leads": _leads(config.pairs, scores, metric)})
    return by_budget


def _leads(pairs: Sequence[tuple[str, str]], scores: Mapping[str, Mapping[int, float]], metric: Metric) -> list[Found]:
    """How much better each pair's first is, seed by seed."""
    leads = []
    for first, other in pairs:
        # pairs are seeds: both arms start from the same student and, where they draw, from the same numbers
        seeds = sorted(scores.get(first, {}).keys() & scores.get(other, {}).keys())
        if seeds:
            gains = [metric.gain(scores[first][seed], scores[other][seed]) for seed in seeds]
            leads.append(
                {
                    "first": first,
                    "other": other,
                    "seeds": seeds,
                    **paired_difference(gains, [0.0] * len(gains)).model_dump(mode="json"),
                }
            )
    # over the pairs of one measure at one size, which are looked at together
    adjusted = holm([lead["p"] for lead in leads])
    for lead, p in zip(leads, adjusted, strict=True):
        lead["p_holm"] = float(p)
        lead["detectable"] = stats.detectable_difference(lead["difference"], lead["high"], len(lead["seeds"]))
    return leads


def _key(point: Scored) -> Found:
    return {"arm": point.point.arm, "seed": point.point.seed, "rows": point.point.rows}


def _describe(cells: Path, point: Scored) -> Found:
    """What the rows of a point are like; entropies are plug-in, at this N."""
    lines = stages.first(cells / point.point.data / "run", point.point.rows)
    rows = [orjson.loads(line) for line in lines]
    shared = {"learned": point.learned, "trained": point.trained, "loss": point.scores[LOSS.name]}
    if not all("measures" in row for row in rows):  # of a file of rows this is all that is known
        names = {tool["function"]["name"] for row in rows for tool in row["tools"]}
        return {**dict.fromkeys(("h_dom", "h_mode_coarse", "cac", "services")), "tools": len(names), **shared}
    measures = [row["measures"] for row in rows]
    entropies = {
        "h_dom": entropy_bits(Counter(each["leaf"] for each in measures).values()),
        "h_mode_coarse": entropy_bits(Counter(each["mode"] for each in measures).values()),
    }
    used = {key for row in rows for key in row["cluster"]["tools"].values()}
    services = {key.rpartition("/")[0] for key in used}
    counts = {"tools": len(used), "services": len(services), "cac": mean([each["cac"] for each in measures]).value}
    return {**entropies, **counts, **shared}


def _why(described: Sequence[Found], sizes: Sequence[Scored], config: Config) -> list[Found]:
    """Spearman's rank correlation of what the rows are like with the held-out loss, over arms and seeds of a size.

    To look at, not to test: seeds of an arm are not independent, and arms differ in more than one thing.
    """
    from scipy.stats import spearmanr  # type: ignore[import-untyped]  # takes a second, and --help needs none

    correlations = []
    for size in sorted({row["rows"] for row in described}):
        mine = [row for row in described if row["rows"] == size]
        for name in ("h_dom", "h_mode_coarse", "cac", "tools", "services", "learned", "trained"):
            there = [row for row in mine if row[name] is not None]
            values, losses = [row[name] for row in there], [row["loss"] for row in there]
            # of fewer an order says nothing: of two, each is all or nothing
            if len(there) >= FEWEST and len(set(values)) > 1 and len(set(losses)) > 1:
                rho = float(spearmanr(values, losses).statistic)
                low, high = stats.rank_interval(rho, len(there))
                correlations.append(
                    {"rows": size, "measure": name, "rho": rho, "low": low, "high": high, "n": len(there)}
                )
    return correlations


def _cost(points: Sequence[Scored]) -> Found:
    """CPU- and GPU-seconds by stage, each cell once."""
    seen: dict[str, tuple[str, float, float]] = {}
    for point in points:
        for stage, folder in point.point.cells.items():
            seen[folder] = stage, point.cpu[stage], point.gpu[stage]
    by_stage: Found = {}
    for stage in dict.fromkeys(stage for stage, _, _ in seen.values()):
        mine = [(cpu, gpu) for name, cpu, gpu in seen.values() if name == stage]
        by_stage[stage] = {
            "cells": len(mine),
            "cpu_s": sum(point for point, _ in mine),
            "gpu_s": sum(point for _, point in mine),
        }
    return by_stage
