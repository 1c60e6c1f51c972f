"""What a person reads of a survey and its clusters: lines for a terminal, and one HTML page.

The page holds the map of the tools, the leaves, and what the clusters cover, greedy beside random.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from statistics import median

import numpy as np

from agents.schema import Cluster
from memory.clusters import coverage, leaves
from memory.clusters.survey import Survey
from memory.page.charts import Line, Point, bars, lines, scatter
from memory.page.page import page, section, table

SHOWN, STEPS, ROWS = 2000, 120, 40
"""Points of the map, points of a curve, clusters of the table."""
SHARES = (0.5, 0.8, 0.95)
MAP = "The plane that tells the domains best apart (linear discriminants), so they look more separate than they are."
CURVES = (
    "Share of the weight that all connected candidates cover together; a tool weighs one over the size of its leaf."
)


def describe(survey: Survey, order: Sequence[int]) -> Iterator[str]:
    """Leaves, dependencies, candidates, the chosen clusters, and what they leave uncovered."""
    sizes = survey.sizes
    yield f"leaves {len(sizes)}, {min(sizes.values())} to {max(sizes.values())} of {len(survey.tools)} tools"
    yield from (f"  {leaf:5} {sizes[leaf]:6}  {survey.names[leaf]}" for leaf in sorted(sizes))
    yield f"dependencies {len(survey.edges)} inside services, {len(survey.bridges)} between them"
    yield f"candidates {len(survey.connected)} connected, {len(survey.loose)} of tools that nothing connects"
    parts = [survey.parts[index] for index in order]
    connected = sum(index < len(survey.connected) for index in order)
    crossing = sum(len({survey.tools[i].service for i in part}) > 1 for part in parts)
    by_size = Counter(map(len, parts))
    spread = ", ".join(f"{count} of {size}" for size, count in sorted(by_size.items()))
    yield f"clusters {len(order)}: {connected} connected, {crossing} across services; tools: {spread}"
    held = {tool for index in order for tool in survey.parts[index]}
    kinds = {kind for index in order for kind in survey.covers[index]}
    reached = {tool for tool, kind in enumerate(survey.kinds) if kind in kinds}
    weight = sum(survey.weights[kind] for kind in kinds) / sum(survey.weights)
    share = len(reached) / len(survey.tools)
    yield f"covered {len(reached)} of {len(survey.tools)} tools ({share:.1%}, {weight:.1%} by weight)"
    yield f"  {len(held)} stand in a cluster, {len(reached - held)} are near-duplicates of one"
    yield f"  {len(survey.tools) - len(reached)} are left uncovered by the budget"


def compare_with_random(curves: Sequence[Sequence[float]]) -> Iterator[str]:
    """How many connected candidates greedy and random need for a share of what all of them cover."""
    for share in SHARES:
        greedy, random = (coverage.sets_needed(curve, share) for curve in curves)
        if greedy and random:
            yield f"{share:.0%} of the weight: greedy {greedy}, random {random} clusters ({random / greedy:.1f} x)"


def write(path: Path, survey: Survey, clusters: Sequence[Cluster], curves: Sequence[Sequence[float]]) -> None:
    """The page of a survey; `curves` are what the first n candidates cover, greedy and random."""
    about = {f"{leaf} {survey.names[leaf]}": float(survey.sizes[leaf]) for leaf in sorted(survey.sizes)}
    drawn = []
    for name, curve in zip(("greedy", "random"), curves, strict=True):
        at = np.unique(np.linspace(0, len(curve) - 1, STEPS).astype(int)) if curve else ()
        drawn.append(Line(name, [(float(i + 1), curve[i]) for i in at]))
    counts = Counter(len(cluster.tools) for cluster in clusters)
    by_size = {f"{size} tools": float(counts[size]) for size in sorted(counts)}
    # a hub that is in many clusters would make them all alike
    held = Counter(tool.key for cluster in clusters for tool in cluster.tools)
    hub, most = held.most_common(1)[0] if held else ("", 0)
    note = (
        f"The median is {median(len(cluster.tools) for cluster in clusters):g} tools. {hub} is in most of all: in "
        f"{most / len(clusters):.0%} of the clusters."
        if hub
        else ""
    )
    sections = [
        section("Tools by what they are about", scatter("Tools by domain", _points(survey)), note=MAP),
        section("Leaves", bars("Tools in each leaf", about, uniform=len(survey.tools) / len(about))),
        section("Clusters by size", bars("Clusters of so many tools", by_size), note=note),
        section("Coverage", lines("Coverage by clusters", drawn, "clusters", "share covered"), note=CURVES),
        section(f"The first {min(ROWS, len(clusters))} of {len(clusters)} clusters", _table(clusters)),
    ]
    path.write_text(page("Business Clusters", sections), encoding="utf-8")


def _points(survey: Survey) -> list[Point]:
    """Tools at even distances in the order of their keys, by domain."""
    shown = np.unique(np.linspace(0, len(survey.tools) - 1, SHOWN).astype(int))
    every = [leaf.split(".")[0] for leaf in survey.leaves]
    about = leaves.names(survey.tools, every)
    domains = [f"{every[i]} {about[every[i]]}" for i in shown]
    if not 3 <= len(set(domains)) < len(shown):  # no plane to be found
        return []
    from sklearn.discriminant_analysis import LinearDiscriminantAnalysis  # type: ignore[import-untyped]

    placed = LinearDiscriminantAnalysis(n_components=2).fit_transform(survey.subjects[shown], domains)
    if placed.shape[1] < 2:  # nor where they lie in a line
        return []
    return [
        Point(float(x), float(y), domain, f"{survey.tools[i].key} ({survey.leaves[i]})")
        for i, domain, (x, y) in zip(shown, domains, placed, strict=True)
    ]


def _table(clusters: Sequence[Cluster]) -> str:
    rows = [
        (cluster.leaf, cluster.title, len(cluster.tools), ", ".join(tool.name for tool in cluster.tools))
        for cluster in clusters[:ROWS]
    ]
    return table(("leaf", "title", "tools", "names"), rows)
