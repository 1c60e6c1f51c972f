"""Points and their cells -> results.json: curves with intervals over seeds, paired tests, floors, what data was like.

A lead is how much better the first arm of a pair is, seed by seed: for a loss the other's minus the first's. Intervals
are 95% t intervals over seeds; p is of the sign-flip test, with g seeds never below 2 / 2^g, after Holm over the pairs
of one metric at one size. Gains are over the untrained student.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import orjson
from scipy.stats import spearmanr  # type: ignore[import-untyped]

from agents.errors import UsageError
from evals.study import cell, grid, stages
from evals.study.config import Config
from evals.study.scores import LOSS, Metric, Scored, scored
from memory.measure.diversity import entropy_bits
from memory.statistics import holm, mean, paired

NAME = "results.json"
Found = dict[str, Any]


def write(out: Path) -> Found:
    """results.json of what is finished. Raises: UsageError: nothing is, not even the untrained student."""
    config = Config.model_validate_json((out / "study.json").read_bytes()) if (out / "study.json").is_file() else None
    if config is None:
        raise UsageError(f"{out}: not a study's folder; first: python -m evals.study run CONFIG --out {out}")
    metrics: dict[str, Metric] = {}
    points = [scored(out / "cells", one, metrics) for one in grid.found(out)]
    base = next((one for one in points if one.point.by == "base"), None)
    if base is None:
        raise UsageError(f"{out}: the untrained student is not measured yet; run the study further")
    found = gathered(config, base, points, metrics, out / "cells")
    leaks = out / "leaks.json"
    found["leaks"] = orjson.loads(leaks.read_bytes()) if leaks.is_file() else []
    cell.write(out / NAME, found)
    return found


def gathered(
    config: Config, base: Scored, points: Sequence[Scored], metrics: Mapping[str, Metric], cells: Path
) -> Found:
    """All of results.json but the leaks."""
    sizes = [one for one in points if one.point.by == "size"]
    budgets = [one for one in points if one.point.by == "budget"]
    described = [{**_named(one), **_described(cells, one)} for one in sizes]
    return {
        "config": config.model_dump(mode="json"),
        "metrics": {name: metric.model_dump() for name, metric in metrics.items()},
        "points": [one.model_dump(mode="json") for one in points],
        "missing_points": _missing(config, points),
        "base": {"scores": base.scores, "by_part": base.by_part},
        "curves": {name: _curves(config, base, sizes, metric) for name, metric in metrics.items()},
        "equal_n": {name: _equal_n(config, sizes, metric) for name, metric in metrics.items()},
        "equal_tokens": {name: _equal_tokens(config, budgets, metric) for name, metric in metrics.items()},
        "uninformative": [name for name, metric in metrics.items() if at_floor(metric, points)],
        "home_ground": _home_ground(config, base, sizes),
        "described": described,
        "why": _why(described, sizes, config),
        "cost": _cost(points),
    }


def at_floor(metric: Metric, points: Iterable[Scored]) -> bool:
    """Whether no student, trained or not, is more than one task above the floor [ours]: nothing can be told apart."""
    values = [one.scores[metric.name] for one in points if metric.name in one.scores]
    return metric.floor is not None and all(value <= metric.floor + metric.step * (1 + 1e-9) for value in values)


def _missing(config: Config, points: Sequence[Scored]) -> list[str]:
    """Points of sizes that are not made yet."""
    there = {(one.point.arm, one.point.seed, one.point.rows) for one in points if one.point.by == "size"}
    wanted = [(arm, seed, size) for arm in config.arms for seed in config.seeds for size in config.of(arm)]
    return [f"{arm} seed {seed} size {size}" for arm, seed, size in wanted if (arm, seed, size) not in there]


def _by_seed(points: Iterable[Scored], metric: Metric) -> dict[int, float]:
    return {one.point.seed: one.scores[metric.name] for one in points if metric.name in one.scores}


def _estimate(values: Sequence[float]) -> Found:
    """An interval of one seed is infinite, and None here."""
    found = mean(values).model_dump(mode="json")
    return {**found, "values": list(values)}


def _curves(config: Config, base: Scored, sizes: Sequence[Scored], metric: Metric) -> Found:
    """Arm -> its points: rows, mean teacher tokens, the score and the gain over the untrained student."""
    curves: Found = {}
    for arm in config.arms:
        mine = [[one for one in sizes if (one.point.arm, one.point.rows) == (arm, size)] for size in config.of(arm)]
        curves[arm] = [found for group in mine if (found := _curve_point(base, group, metric))]
    return curves


def _curve_point(base: Scored, group: Sequence[Scored], metric: Metric) -> Found | None:
    values = list(_by_seed(group, metric).values())
    if not values:
        return None
    gains = [metric.gain(value, base.scores[metric.name]) for value in values] if metric.name in base.scores else []
    tokens = mean([one.point.tokens for one in group]).value
    told = {"rows": group[0].point.rows, "tokens": tokens, "score": _estimate(values)}
    return {**told, "gain": _estimate(gains) if gains else None}


def _equal_n(config: Config, sizes: Sequence[Scored], metric: Metric) -> Found:
    """Size -> the leads of all pairs that have it."""
    found: Found = {}
    for size in sorted({one.point.rows for one in sizes}):
        of = defaultdict(list)
        for one in sizes:
            if one.point.rows == size:
                of[one.point.arm].append(one)
        found[str(size)] = _leads(config.pairs, {arm: _by_seed(mine, metric) for arm, mine in of.items()}, metric)
    return found


def _equal_tokens(config: Config, budgets: Sequence[Scored], metric: Metric) -> list[Found]:
    """For each budget of a config, or the one that every seed has of its own: rows, scores and leads."""
    by_arm: dict[str, list[Scored]] = defaultdict(list)
    for one in budgets:
        by_arm[one.point.arm].append(one)
    found = []
    for place in range(max(1, len(config.budgets))):
        mine = {arm: _of_budget(ones, config, place) for arm, ones in by_arm.items()}
        scores = {arm: _by_seed(ones, metric) for arm, ones in mine.items()}
        if any(scores.values()):
            told = {
                arm: _bought(ones, values) for (arm, ones), values in zip(mine.items(), scores.values(), strict=True)
            }
            found.append({"arms": told, "leads": _leads(config.pairs, scores, metric)})
    return found


def _of_budget(points: Sequence[Scored], config: Config, place: int) -> list[Scored]:
    return [one for one in points if not config.budgets or one.point.tokens == config.budgets[place]]


def _bought(points: Sequence[Scored], values: Mapping[int, float]) -> Found:
    told = {"rows": [one.point.rows for one in points], "tokens": [one.point.tokens for one in points]}
    return {**told, "score": _estimate(list(values.values())) if values else None}


def _leads(pairs: Sequence[tuple[str, str]], scores: Mapping[str, Mapping[int, float]], metric: Metric) -> list[Found]:
    """How much better each pair's first is, seed by seed."""
    found = []
    for first, other in pairs:
        seeds = sorted(scores.get(first, {}).keys() & scores.get(other, {}).keys())
        if seeds:
            gains = [metric.gain(scores[first][seed], scores[other][seed]) for seed in seeds]
            found.append(
                {
                    "first": first,
                    "other": other,
                    "seeds": seeds,
                    **paired(gains, [0.0] * len(gains)).model_dump(mode="json"),
                }
            )
    adjusted = holm([one["p"] for one in found])
    return [{**one, "p_holm": float(p)} for one, p in zip(found, adjusted, strict=True)]


def _home_ground(config: Config, base: Scored, sizes: Sequence[Scored]) -> list[Found]:
    """For each arm and size: whose conversations -> the gain in held-out loss on them, the mean over seeds."""
    found = []
    for size in sorted({one.point.rows for one in sizes}):
        for arm in config.arms:
            mine = [one for one in sizes if (one.point.arm, one.point.rows) == (arm, size)]
            gains = {part: [LOSS.gain(one.by_part[part], loss) for one in mine] for part, loss in base.by_part.items()}
            if mine:
                found.append(
                    {"arm": arm, "rows": size, "gains": {part: mean(some).value for part, some in gains.items()}}
                )
    return found


def _named(one: Scored) -> Found:
    return {"arm": one.point.arm, "seed": one.point.seed, "rows": one.point.rows}


def _described(cells: Path, one: Scored) -> Found:
    """What the rows of a point are like; entropies are plug-in, at this N."""
    lines = stages.first(cells / one.point.data / "run", one.point.rows)
    rows = [orjson.loads(line) for line in lines]
    measures = [row["measures"] for row in rows]
    entropies = {
        "h_dom": entropy_bits(Counter(each["leaf"] for each in measures).values()),
        "h_mode_coarse": entropy_bits(Counter(each["mode"] for each in measures).values()),
    }
    used = {key for row in rows for key in row["cluster"]["tools"].values()}
    services = {key.rpartition("/")[0] for key in used}
    told = {"tools": len(used), "services": len(services), "cac": mean([each["cac"] for each in measures]).value}
    return {**entropies, **told, "learned": one.learned, "trained": one.trained, "loss": one.scores[LOSS.name]}


def _why(described: Sequence[Found], sizes: Sequence[Scored], config: Config) -> list[Found]:
    """Spearman's rank correlation of what the rows are like with the held-out loss, over arms and seeds of a size.

    To look at, not to test: seeds of an arm are not independent, and arms differ in more than one thing.
    """
    found = []
    for size in sorted({one["rows"] for one in described}):
        mine = [one for one in described if one["rows"] == size]
        for name in ("h_dom", "h_mode_coarse", "cac", "tools", "services", "learned", "trained"):
            values, losses = [one[name] for one in mine], [one["loss"] for one in mine]
            if len(set(values)) > 1 and len(set(losses)) > 1:
                rho = float(spearmanr(values, losses).statistic)
                found.append({"rows": size, "measure": name, "rho": rho, "n": len(mine)})
    return found


def _cost(points: Sequence[Scored]) -> Found:
    """CPU- and GPU-seconds by stage, each cell once."""
    seen: dict[str, tuple[str, float, float]] = {}
    for one in points:
        for stage, folder in one.point.cells.items():
            seen[folder] = stage, one.cpu[stage], one.gpu[stage]
    found: Found = {}
    for stage in dict.fromkeys(stage for stage, _, _ in seen.values()):
        mine = [(cpu, gpu) for name, cpu, gpu in seen.values() if name == stage]
        found[stage] = {"cells": len(mine), "cpu_s": sum(one for one, _ in mine), "gpu_s": sum(one for _, one in mine)}
    return found
